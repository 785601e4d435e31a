//! The one sentence: from two scenes to new structures and the people they could house.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::capacity::{CapacityEstimate, Withheld};
use crate::change::ChangeMap;
use crate::detect::network::NetworkDetector;
use crate::detect::spectral::SpectralDetector;
use crate::detect::{ChangeDetector, DetectError, detect_changes};
use crate::estimate::{EstimateError, EstimateOptions, estimate_capacity, withhold_capacity};
use crate::extract::{ExtractError, ExtractOptions, extract_structures};
use crate::measure::{MeasureError, measure_structures};
use crate::normalize::{NormalizeError, NormalizeOptions, normalize_pair};
use crate::observer::{Observer, Stage};
use crate::pair::{CoregisteredPair, Radiometry, Registration, ScenePair};
use crate::raster::crs::CrsError;
use crate::raster::ground_frame::GroundFrame;
use crate::region::Region;
use crate::register::{RegisterError, RegisterOptions, register_pair};
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

impl Default for AnalysisOptions {
    /// Registration from the pixels, the program's own network (the spectral detector where pixels are too coarse for it),
    /// everywhere.
    fn default() -> Self {
        AnalysisOptions {
            registering: Registering::Search(RegisterOptions::default()),
            normalize: NormalizeOptions::default(),
            detector: Box::new(NetworkDetector::bundled(Box::new(SpectralDetector::default()))),
            region: Region::default(),
            extract: ExtractOptions::default(),
            estimate: EstimateOptions::default(),
        }
    }
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

/// Why an analysis failed. A refused registration is not a failure: it is an [`Analysis`] that saw nothing.
#[derive(Debug, Error)]
pub enum AnalysisError {
    /// The images could not be read while they were lined up.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The images could not be brought to one radiometry.
    #[error(transparent)]
    Normalize(#[from] NormalizeError),
    /// Changes could not be looked for.
    #[error(transparent)]
    Detect(#[from] DetectError),
    /// Structures could not be outlined.
    #[error(transparent)]
    Extract(#[from] ExtractError),
    /// Structures could not be measured.
    #[error(transparent)]
    Measure(#[from] MeasureError),
    /// The capacity could not be estimated as asked.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
    /// The after image's georeference cannot be brought to WGS 84.
    #[error(transparent)]
    Crs(#[from] CrsError),
}

/// Compares two scenes of one site.
///
/// - Input: two scenes, each on its own grid, and the options of every stage.
/// - Output: structures in pixels of the after image and, where its ground sampling distance is known, in metres, and
///   the people they could house.
///
/// # Errors
/// [`AnalysisError`], by the stage that failed. When registration refuses the pair, the answer is an analysis without
/// structures, whose registration says why.
///
/// ```
/// use ndarray::Array3;
/// use sitedelta::analysis::{AnalysisOptions, analyze};
/// use sitedelta::observer::Silent;
/// use sitedelta::pair::ScenePair;
/// use sitedelta::raster::Raster;
/// use sitedelta::scene::Scene;
///
/// let sand = || Raster::all_valid(Array3::from_shape_fn((3, 96, 96), |(_, r, c)| ((r * 7 + c * 13) % 32 + 90) as f32));
/// let scenes = ScenePair { before: Scene::from_raster("before", sand()), after: Scene::from_raster("after", sand()) };
/// let analysis = analyze(scenes, &AnalysisOptions::default(), &Silent)?;
/// assert!(analysis.structures.is_empty(), "nothing was built between two equal images");
/// # Ok::<(), sitedelta::analysis::AnalysisError>(())
/// ```
pub fn analyze(
    scenes: ScenePair,
    options: &AnalysisOptions,
    observer: &dyn Observer,
) -> Result<Analysis, AnalysisError> {
    let warnings = Warnings::of_scenes(&scenes, observer);
    let observer: &dyn Observer = &warnings;
    let frame = scenes.after.ground_frame()?;
    let pair = match register(scenes.clone(), &options.registering, observer) {
        Ok(pair) => pair,
        Err(RegisterError::Refused { registration }) => return Ok(refused(scenes, registration, options, warnings)),
        Err(error) => return Err(error.into()),
    };
    warnings.add(Stage::Register, pair.registration().reason.clone());
    observer.stage_started(Stage::Normalize);
    let pair = normalize_pair(pair, &options.normalize, observer)?;
    observer.stage_started(Stage::Detect);
    let change = detect_changes(&pair, options.detector.as_ref(), &options.region, observer)?;
    observer.stage_started(Stage::Extract);
    let structures = extract_structures(&change, frame.as_ref(), &options.extract, observer)?;
    observer.stage_started(Stage::Measure);
    let structures = measure_structures(structures, &scenes.after)?;
    observer.stage_started(Stage::Estimate);
    let capacity = estimate_capacity(&structures, frame.map(|frame| frame.gsd()), &options.estimate)?;
    warnings.add(Stage::Estimate, capacity.withheld.as_ref().map(|reason| format!("capacity withheld: {reason}")));
    let registration = pair.coregistered().registration().clone();
    let seen = Seen { pair: pair.coregistered().clone(), radiometry: pair.radiometry().clone(), change };
    Ok(Analysis {
        scenes,
        registration,
        seen: Some(seen),
        frame,
        structures,
        capacity,
        warnings: warnings.into_messages(),
    })
}

fn register(
    scenes: ScenePair,
    registering: &Registering,
    observer: &dyn Observer,
) -> Result<CoregisteredPair, RegisterError> {
    observer.stage_started(Stage::Register);
    let pair = match registering {
        Registering::Search(options) => register_pair(scenes, options, observer)?,
        Registering::Skip => CoregisteredPair::assume_aligned(scenes),
    };
    Ok(pair.holding_before()?)
}

/// The analysis of a pair that could not be lined up: nothing was looked for, and the registration says why.
fn refused(
    scenes: ScenePair,
    registration: Registration,
    options: &AnalysisOptions,
    warnings: Warnings<'_>,
) -> Analysis {
    warnings.add(Stage::Register, registration.reason.clone());
    let frame = scenes.after.ground_frame().ok().flatten();
    let capacity = withhold_capacity(Withheld::RegistrationRefused, &options.estimate);
    Analysis {
        scenes,
        registration,
        seen: None,
        frame,
        structures: Vec::new(),
        capacity,
        warnings: warnings.into_messages(),
    }
}

/// The caller's observer, and a memory of what it was warned of.
struct Warnings<'a> {
    messages: Mutex<Vec<String>>,
    observer: &'a dyn Observer,
}

impl<'a> Warnings<'a> {
    fn of_scenes(scenes: &ScenePair, observer: &'a dyn Observer) -> Self {
        let warnings = Warnings { messages: Mutex::new(Vec::new()), observer };
        for scene in [&scenes.before, &scenes.after] {
            for warning in &scene.description().warnings {
                warnings.warned(Stage::Load, &format!("{}: {warning}", scene.description().name));
            }
        }
        warnings
    }

    fn add(&self, stage: Stage, message: Option<String>) {
        message.iter().for_each(|message| self.warned(stage, message));
    }

    fn into_messages(self) -> Vec<String> {
        self.messages.into_inner().expect("invariant: no panic while held")
    }
}

impl Observer for Warnings<'_> {
    fn stage_started(&self, stage: Stage) {
        self.observer.stage_started(stage);
    }

    fn progressed(&self, stage: Stage, done: usize, total: usize) {
        self.observer.progressed(stage, done, total);
    }

    fn warned(&self, stage: Stage, message: &str) {
        self.observer.warned(stage, message);
        self.messages.lock().expect("invariant: no panic while held").push(message.to_owned());
    }
}
