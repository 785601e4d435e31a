//! Brings the before image onto the after grid: from the georeferences where there are any, and from the pixels.
//!
//! First guesses come from overviews (features of a scale space and whole-image correlation) and are verified on the
//! pixels; the best is refined on tie points at full resolution, as stiffly as they allow. The verdict rests on tie
//! points that were held out of the fit. Pixels are read as overviews and as small windows only.

mod brightness;
mod feature_matching;
mod global_search;
mod gradient_orientation;
mod local_displacement;
mod phase_correlation;
mod refinement;
mod robust_fit;
mod scale_space_features;
mod tie_points;
mod verdict;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::observer::{Observer, Stage};
use crate::pair::{Alignment, CoregisteredPair, Registration, ScenePair};
use crate::raster::units::Meters;
use crate::register::global_search::{SearchRange, search_globally};
use crate::register::refinement::refine_alignment;
use crate::register::verdict::{Evidence, Verdict, judge};
use crate::scene::ReadError;

/// How to register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegisterOptions {
    /// Farthest the pixels may move a pair away from what both georeferences say.
    pub georeference_error: Meters,
}

impl Default for RegisterOptions {
    /// 30 m: several times the 5 m (CE90) vendors state for their sensors, as datum shifts without grids and unrectified
    /// relief add to it.
    fn default() -> Self {
        RegisterOptions { georeference_error: Meters(30.0) }
    }
}

/// Why a pair could not be registered.
#[derive(Debug, Error)]
pub enum RegisterError {
    /// No alignment worth using was found.
    #[error("registration was refused: {}", registration.reason.as_deref().unwrap_or("no reason given"))]
    Refused {
        /// What was found.
        registration: Registration,
    },
    /// Pixels could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Shortest image side, pixels, on which anything can be measured: one reduced tie-point window.
const SHORTEST_SIDE: usize = 24;

/// Finds the alignment of a pair.
pub fn register_pair(
    scenes: ScenePair,
    options: &RegisterOptions,
    observer: &dyn Observer,
) -> Result<CoregisteredPair, RegisterError> {
    observer.stage_started(Stage::Register);
    let initial = Alignment::from_georeferences(&scenes.before, &scenes.after);
    let range = search_range(&scenes, options);
    let evidence = gather_evidence(&scenes, &initial, range, observer)?;
    match judge(&scenes, initial, evidence) {
        Verdict::Accepted(alignment, registration) => {
            if let Some(reason) = &registration.reason {
                observer.warned(Stage::Register, reason);
            }
            Ok(CoregisteredPair::from_registration(scenes, alignment, registration))
        }
        Verdict::Refused(registration) => Err(RegisterError::Refused { registration }),
    }
}

fn search_range(scenes: &ScenePair, options: &RegisterOptions) -> SearchRange {
    let georeferenced = |scene: &crate::scene::Scene| scene.description().georeference.is_some();
    if !georeferenced(&scenes.before) || !georeferenced(&scenes.after) {
        return SearchRange::Anywhere;
    }
    match scenes.after.ground_frame() {
        Ok(Some(frame)) => SearchRange::Near(options.georeference_error.0 / frame.gsd().0),
        _ => SearchRange::Anywhere,
    }
}

fn gather_evidence(
    scenes: &ScenePair,
    initial: &Alignment,
    range: SearchRange,
    observer: &dyn Observer,
) -> Result<Evidence, ReadError> {
    let georeferenced = matches!(range, SearchRange::Near(_));
    let (after, before) = (scenes.after.size(), scenes.before.size());
    if after.height.min(after.width).min(before.height).min(before.width) < SHORTEST_SIDE {
        return Ok(Evidence { georeferenced, unmoved_prominence: None, refinement: None });
    }
    let search = search_globally(scenes, initial, range)?;
    observer.progressed(Stage::Register, 1, 2);
    let mut best = None::<refinement::Refinement>;
    for guess in search.guesses.iter().take(2) {
        if best.as_ref().is_some_and(|b| b.agreeing * 3 > b.clear || guess.prominence < 0.6 * search.guesses[0].prominence) {
            break;
        }
        let refined = refine_alignment(scenes, initial, &guess.residual)?;
        if best.as_ref().is_none_or(|b| refined.agreeing > b.agreeing) {
            best = Some(refined);
        }
    }
    observer.progressed(Stage::Register, 2, 2);
    Ok(Evidence { georeferenced, unmoved_prominence: Some(search.unmoved_prominence), refinement: best })
}
