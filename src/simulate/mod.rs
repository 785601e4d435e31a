//! Renders before and after scenes with known truth.
//!
//! A [`PairDescription`] says what a site holds on two dates: ground, roads, buildings,
//! trees, vehicles, in metres, with the sun, the view and the camera of each date. It is written by hand as a scene file
//! or told by [`random_pair`](story::random_pair) from a seed. [`render_pair`] draws it: everything is painted on a fine
//! grid of light and height; from the heights follow shadows, the shading of slopes, and the lean of walls in a slanted
//! view; a camera makes DN of the light. The truth comes from the description alone, never from the pictures.
//!
//! The same description gives the same bytes on any number of threads.

pub mod description;
pub mod packed;
pub mod scene_file;
pub mod shown;
pub mod story;
pub mod truth;
pub mod write_pair;

mod canopy;
mod dice;
mod produce;
mod render;
mod truth_files;

pub use produce::{Produced, SimulateError, SimulateOptions, render_scene_file, simulate_pairs};

use crate::simulate::description::{PairDescription, When};
use crate::simulate::render::model::SceneModel;
use crate::simulate::render::render_date;
use crate::simulate::scene_file::{SceneError, check_description};
use crate::simulate::truth::derive_truth;
use crate::simulate::write_pair::RenderedPair;

/// Renders both images of a description, and derives the truth.
///
/// - Output: images of 3 bands (red, green, blue), 0 to 255, whole numbers, no nodata; truth on the after grid.
///
/// Misleads where it is taken for the real world: roofs, crowns and ground are typical ones, the air is the same all
/// over, and nothing moves while the picture is taken. A detector that does well here may fail on real images.
///
/// # Errors
/// [`SceneError`] when a number of the description is out of its range.
pub fn render_pair(description: &PairDescription) -> Result<RenderedPair, SceneError> {
    check_description(description)?;
    Ok(render_model(&SceneModel::of(description)))
}

/// Renders both images of a scene whose numbers were checked.
fn render_model(model: &SceneModel<'_>) -> RenderedPair {
    let before = render_date(model, When::Before);
    let after = render_date(model, When::After);
    RenderedPair { description: model.description.clone(), before, after, truth: derive_truth(model.description) }
}

#[cfg(test)]
mod tests;
