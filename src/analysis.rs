//! The one sentence: from two scenes to new structures and the people they could house.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::capacity::CapacityEstimate;
use crate::change::ChangeMap;
use crate::detect::{ChangeDetector, DetectError, detect_changes};
use crate::estimate::{EstimateOptions, estimate_capacity};
use crate::extract::{ExtractError, ExtractOptions, extract_structures};
use crate::measure::{MeasureError, measure_structures};
use crate::normalize::{NormalizeError, NormalizeOptions, normalize_pair};
use crate::observer::{Observer, Stage};
use crate::pair::{CoregisteredPair, Radiometry, Registration, ScenePair};
use crate::raster::crs::CrsError;
use crate::raster::ground_frame::GroundFrame;
use crate::region::Region;
use crate::register::{RegisterError, RegisterOptions, register_pair};
use crate::scene::Scene;
use crate::structure::MeasuredStructure;

/// How to register: from the pixels, or not at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registering {
    /// Find the alignment.
    Search(RegisterOptions),
    /// Trust the georeferences, or the pixel grids where there are none.
    Skip,
}

/// Options of every stage.
pub struct AnalysisOptions {
    /// How to register.
    pub registering: Registering,
    /// How to normalize.
    pub normalize: NormalizeOptions,
    /// What finds the changes.
    pub detector: Box<dyn ChangeDetector>,
    /// Where to look.
    pub region: Region,
    /// What counts as a structure.
    pub extract: ExtractOptions,
    /// How to estimate.
    pub estimate: EstimateOptions,
}

/// Everything an analysis found.
#[derive(Debug)]
pub struct Analysis {
    /// The scenes as they were loaded.
    pub scenes: ScenePair,
    /// How well the scenes line up.
    pub registration: Registration,
    /// What was seen; `None` when registration was refused.
    pub seen: Option<Seen>,
    /// The frame of the after image, where known.
    pub frame: Option<GroundFrame>,
    /// New, replaced and removed structures, in order of their ids.
    pub structures: Vec<MeasuredStructure>,
    /// People the new structures could house.
    pub capacity: CapacityEstimate,
    /// What the reader must know, a sentence each.
    pub warnings: Vec<String>,
}

/// What an analysis saw on the way.
#[derive(Debug)]
pub struct Seen {
    /// Both scenes on the after grid.
    pub pair: CoregisteredPair,
    /// The radiometric mapping between them.
    pub radiometry: Radiometry,
    /// Where something changed.
    pub change: ChangeMap,
}

/// Why an analysis failed.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum AnalysisError {
    #[error(transparent)]
    Register(#[from] RegisterError),
    #[error(transparent)]
    Normalize(#[from] NormalizeError),
    #[error(transparent)]
    Detect(#[from] DetectError),
    #[error(transparent)]
    Extract(#[from] ExtractError),
    #[error(transparent)]
    Measure(#[from] MeasureError),
    #[error(transparent)]
    Crs(#[from] CrsError),
}

/// Compares two scenes of one site.
pub fn analyze(
    scenes: ScenePair,
    options: &AnalysisOptions,
    observer: &dyn Observer,
) -> Result<Analysis, AnalysisError> {
    let _ = (scenes, options, observer, Stage::Load);
    let _: (fn(Vec<_>, &Scene) -> _, _) = (measure_structures, ());
    let _ = (normalize_pair, detect_changes, extract_structures, estimate_capacity, register_pair);
    unimplemented!()
}
