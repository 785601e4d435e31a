//! Turns changed pixels into structures.

mod components;
mod outline;
mod reading_order;
mod saddles;

use geo::{Area, Polygon};
use ndarray::Array2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::change::{ChangeMap, StoreError};
use crate::extract::components::{Component, ComponentScan};
use crate::extract::outline::trace_outline;
use crate::extract::reading_order::sort_in_reading_order;
use crate::extract::saddles::{Separation, cut_at_saddles};
use crate::observer::{Observer, Stage};
use crate::raster::ground_frame::GroundFrame;
use crate::raster::units::SquareMeters;
use crate::raster::window::Window;
use crate::structure::{OrientedRectangle, Status, Structure};

/// Rows of the change map read at a time; only speed depends on it.
const STRIP_ROWS: usize = 256;

/// A removed and a new structure are one replaced structure when they share this part of the larger one. Our judgement:
/// at one half each of them covers most of the other, and neither can be so paired twice.
const REPLACED_OVERLAP: f64 = 0.5;

/// Fewest pixels of a structure, however coarse they are: fewer have no shape to measure.
const FEWEST_PIXELS: f64 = 4.0;

/// Drop of the log odds between two peaks that makes two structures of them: 2 is from 0.95 to 0.72. Of 1, 1.5, 2, 2.5 and 3
/// the one with the best objects on single dates of other places and on rendered pairs held out (docs/ACCURACY.md).
const SADDLE_LOG_ODDS: f64 = 2.0;

/// Largest window, in pixels, in which touching structures are told apart: what hangs together over more is no row of
/// structures, and is left as it is rather than held in memory.
const LARGEST_CUT_PX: usize = 1 << 22;

/// What counts as a structure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExtractOptions {
    /// Smallest area of a structure, where the size of a pixel is known.
    pub min_area: SquareMeters,
    /// Smallest area in pixels, where it is not.
    pub min_area_px: f64,
    /// Touching structures are told apart where log odds fall by so much from the lower of two peaks to the saddle between
    /// them; infinite for never.
    pub saddle_log_odds: f64,
}

impl Default for ExtractOptions {
    fn default() -> Self {
        ExtractOptions { min_area: SquareMeters(10.0), min_area_px: 30.0, saddle_log_odds: SADDLE_LOG_ODDS }
    }
}

/// Why no structures could be extracted.
#[derive(Debug, Error)]
pub enum ExtractError {
    /// The change map could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds the structures of a change map: connected changed pixels that the map is sure enough of somewhere
/// ([`crate::change::ChangeThreshold`]), outlined, in reading order.
///
/// - Input: the map, and the frame that turns the smallest area into pixels (`None`: [`ExtractOptions::min_area_px`]).
/// - Output: new, replaced and removed structures, with ids 1, 2, … in reading order.
/// - Nodata never belongs to a structure.
///
/// Pixels touch by their edges (4-connected). The map is read in strips and components are joined across them, so the
/// result does not depend on any tile size, and memory follows the number of changed runs. A removed structure that
/// shares at least half of the larger footprint with a new one makes that one `Replaced` and is not listed itself.
///
/// Components are cut where the map is less sure between two places where it is sure ([`ExtractOptions::saddle_log_odds`]).
/// Misleads where touching roofs look like one: a terrace is one structure. Holes smaller than the smallest structure are filled.
///
/// # Errors
/// [`ExtractError::Store`] when the change map's temporary file cannot be read.
pub fn extract_structures(
    change: &ChangeMap,
    frame: Option<&GroundFrame>,
    options: &ExtractOptions,
    observer: &dyn Observer,
) -> Result<Vec<Structure>, ExtractError> {
    let min_area_px = match frame {
        Some(frame) => options.min_area.0 / frame.pixel_area().0,
        None => options.min_area_px,
    }
    .max(FEWEST_PIXELS);
    let (new, removed) = scan_components(change, observer)?;
    let peak = change.threshold().peak;
    let keep = |components: Vec<Component>| -> Vec<Component> {
        components.into_iter().filter(|part| part.pixels() as f64 >= min_area_px && part.reaches(peak)).collect()
    };
    let separation = Separation { rise: options.saddle_log_odds, peak, min_area_px };
    let new = cut_touching(keep(new), &separation, &|window| Ok(change.read(window)?.new))?;
    let removed = cut_touching(keep(removed), &separation, &|window| Ok(change.read(window)?.removed))?;
    let (new, removed) = (keep(new), keep(removed));
    let (replaced, gone) = pair_replacements(&new, &removed);
    let built = new.par_iter().enumerate().map(|(index, component)| {
        let status = if replaced.contains(&index) { Status::Replaced } else { Status::New };
        to_structure(component, status, min_area_px)
    });
    let removed = removed
        .par_iter()
        .enumerate()
        .filter(|(index, _)| !gone.contains(index))
        .map(|(_, component)| to_structure(component, Status::Removed, min_area_px));
    let mut structures: Vec<Structure> = built.chain(removed).flatten().collect();
    sort_in_reading_order(&mut structures);
    for (structure, id) in structures.iter_mut().zip(1..) {
        structure.id = id;
    }
    Ok(structures)
}

fn scan_components(
    change: &ChangeMap,
    observer: &dyn Observer,
) -> Result<(Vec<Component>, Vec<Component>), ExtractError> {
    let size = change.size();
    let threshold = change.threshold().probability;
    let (mut new, mut removed) = (ComponentScan::new(threshold), ComponentScan::new(threshold));
    for strip in size.strips(STRIP_ROWS) {
        let probabilities = change.read(strip)?;
        new.add_rows(strip.row, probabilities.new.view());
        removed.add_rows(strip.row, probabilities.removed.view());
        observer.progressed(Stage::Extract, strip.bottom(), size.height);
    }
    Ok((new.into_components(), removed.into_components()))
}

/// Cuts every component where structures touch; `read` gives the probabilities of a window.
fn cut_touching(
    components: Vec<Component>,
    separation: &Separation,
    read: &(dyn Fn(Window) -> Result<Array2<f32>, StoreError> + Sync),
) -> Result<Vec<Component>, StoreError> {
    let cut = components.into_par_iter().map(|component| {
        let window = component.window();
        if window.size().pixels() > LARGEST_CUT_PX {
            return Ok(vec![component]);
        }
        Ok(cut_at_saddles(component, read(window)?.view(), separation))
    });
    Ok(cut.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// Indices of new components that replace a removed one, and of the removed ones they replace.
fn pair_replacements(new: &[Component], removed: &[Component]) -> (Vec<usize>, Vec<usize>) {
    let pairs = new.iter().enumerate().filter_map(|(i, built)| {
        removed.iter().enumerate().find_map(|(j, gone)| {
            built.window().intersection(gone.window())?;
            let larger = built.pixels().max(gone.pixels()) as f64;
            (built.shared_pixels(gone) as f64 >= REPLACED_OVERLAP * larger).then_some((i, j))
        })
    });
    pairs.unzip()
}

/// The structure of a component; `None` when simplification leaves less than the smallest area.
fn to_structure(component: &Component, status: Status, min_area_px: f64) -> Option<Structure> {
    let outline: Polygon<f64> = trace_outline(component, min_area_px)?;
    let rectangle = OrientedRectangle::around(&outline)?;
    let area_px = outline.unsigned_area();
    Some(Structure { id: 0, status, outline, rectangle, area_px, score: component.mean_probability() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::ChangeThreshold;
    use crate::observer::Silent;
    use crate::raster::units::Meters;
    use crate::raster::window::GridSize;
    use ndarray::s;

    fn map(new: &Array2<f32>, removed: &Array2<f32>, threshold: ChangeThreshold) -> ChangeMap {
        let (height, width) = new.dim();
        let size = GridSize { height, width };
        let map = ChangeMap::zeros(size, "drawn", threshold).expect("invariant: small");
        map.write(size.window(), new.view(), removed.view()).expect("invariant: in memory");
        map
    }

    fn extract(new: &Array2<f32>, removed: &Array2<f32>, frame: Option<&GroundFrame>) -> Vec<Structure> {
        let map = map(new, removed, ChangeThreshold::single(0.5));
        extract_structures(&map, frame, &ExtractOptions::default(), &Silent).expect("invariant: readable")
    }

    #[test]
    fn the_higher_cut_decides_and_the_lower_one_outlines() {
        let (mut new, mut removed) = (Array2::zeros((60, 60)), Array2::zeros((60, 60)));
        for band in [&mut new, &mut removed] {
            band.slice_mut(s![5..15, 5..25]).fill(0.4);
        }
        new.slice_mut(s![30..50, 10..40]).fill(0.4);
        new[[40, 20]] = 0.8;
        let map = map(&new, &removed, ChangeThreshold { probability: 0.3, peak: 0.7 });
        let found = extract_structures(&map, None, &ExtractOptions::default(), &Silent).expect("invariant: readable");
        assert_eq!(found.len(), 1, "what stays below the higher cut is no structure, new or removed");
        assert!((found[0].area_px - 600.0).abs() < 2.0, "outlined from the lower cut: {}", found[0].area_px);
    }

    #[test]
    fn rectangles_are_found_measured_and_numbered_in_reading_order() {
        let mut new = Array2::zeros((700, 120));
        new.slice_mut(s![240..280, 70..90]).fill(0.9);
        new.slice_mut(s![236..300, 10..40]).fill(0.8);
        new.slice_mut(s![600..602, 10..12]).fill(1.0);
        let found = extract(&new, &Array2::zeros((700, 120)), None);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].id, found[1].id), (1, 2));
        assert!((found[0].rectangle.center.x - 25.0).abs() < 0.1, "the left one comes first");
        assert!((found[0].area_px - 64.0 * 30.0).abs() < 2.0, "{}", found[0].area_px);
        assert!((found[0].rectangle.length_px - 64.0).abs() < 0.1 && (found[0].rectangle.width_px - 30.0).abs() < 0.1);
        assert!((found[1].score - 0.9).abs() < 0.01);
    }

    #[test]
    fn the_smallest_area_is_in_square_metres_when_the_gsd_is_known() {
        let mut new = Array2::zeros((40, 40));
        new.slice_mut(s![10..14, 10..14]).fill(1.0);
        let none = Array2::zeros((40, 40));
        assert_eq!(extract(&new, &none, Some(&GroundFrame::from_gsd(Meters(1.0)))).len(), 1);
        assert_eq!(extract(&new, &none, Some(&GroundFrame::from_gsd(Meters(0.5)))).len(), 0);
    }

    #[test]
    fn a_rebuilt_structure_is_replaced_and_not_removed() {
        let (mut new, mut removed) = (Array2::zeros((60, 60)), Array2::zeros((60, 60)));
        new.slice_mut(s![10..30, 10..30]).fill(1.0);
        removed.slice_mut(s![12..30, 10..28]).fill(1.0);
        removed.slice_mut(s![40..55, 40..55]).fill(1.0);
        let found = extract(&new, &removed, None);
        assert_eq!(found.iter().map(|s| s.status).collect::<Vec<_>>(), [Status::Replaced, Status::Removed]);
    }

    #[test]
    fn nodata_is_never_part_of_a_structure() {
        let new = Array2::from_elem((50, 50), crate::change::NODATA_PROBABILITY);
        assert!(extract(&new, &new, None).is_empty());
    }
}
