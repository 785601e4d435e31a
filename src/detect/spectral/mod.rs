//! Finds new and removed structures by their straight edges, colours and shadows, without any training.

mod alteration;
mod evidence;
mod scale;
mod straight_edges;
mod window_filters;

use std::sync::atomic::{AtomicUsize, Ordering};

use nalgebra::DMatrix;
use ndarray::{Array2, ArrayView2};
use rayon::iter::{ParallelBridge, ParallelIterator};
use serde::{Deserialize, Serialize};

use crate::change::{ChangeMap, ChangeThreshold, NODATA_PROBABILITY};
use crate::detect::spectral::alteration::{Alteration, Observations};
pub use crate::detect::spectral::evidence::EvidenceWeights;
use crate::detect::spectral::evidence::{COLOR_SIGMA, DateEvidence, Ground, appearance, smooth_bands, trust};
use crate::detect::spectral::scale::WorkingGrid;
use crate::detect::spectral::window_filters::gaussian_radius;
use crate::detect::{ChangeDetector, DetectError};
use crate::observer::{Observer, Stage};
use crate::pair::NormalizedPair;
use crate::raster::units::Meters;
use crate::raster::window::Window;
use crate::region::Region;

/// Side of the windows sampled for whole-scene statistics, in working pixels.
const PROBE_SIDE: usize = 64;

/// Most such windows along an axis: with every third pixel of each, 23,000 observations.
const MOST_PROBES: usize = 8;

/// Spacing of the pixels taken from a probe: beyond the smoothing's correlation length.
const PROBE_SPACING: usize = 3;

/// The classical detector: structures are where straight edges appeared.
///
/// Roofs, walls and their shadows have edges that go on in straight lines; plants, soil and rubble have as many edges,
/// but crooked ones. The share of all gradients in a neighbourhood of 8 m that survive averaging along a line of 6 m
/// tells them apart without any unit of brightness. The gain of that share between the dates is multiplied by what
/// else speaks for a structure ([`EvidenceWeights`]): no vegetation, no deep shadow but one close by, brighter than
/// that shadow, corners rather than one direction, and a spectral change by IR-MAD[^1], fitted to a systematic
/// sample of the whole scene. A guided filter fits the result to the image's own outlines. Removed structures are
/// found the same way with the dates swapped.
///
/// - Input: a normalized pair; the after image's ground sampling distance sets all sizes (0.5 m where unknown).
/// - Output: a score between 0 and 1 that rises with the evidence, even odds at 0.5. It is not calibrated: 0.8 does not
///   mean eight in ten.
/// - Nodata: pixels without data in either image, or outside the region, are nodata. Tiles of any size give the same
///   map, as every filter has a bounded reach and no statistic is a tile's.
///
/// Misleads where other straight things appear (roads, parked trucks, furrows, fences, canals), where tall buildings
/// lean differently in the two images, on large flat roofs without structure (only their rims are found), and beyond
/// about 1.5 m per pixel, where houses have no visible edges. Outlines are rounder than the roofs.
///
/// [^1]: Nielsen, "The regularized iteratively reweighted MAD method for change detection in multi- and hyperspectral
/// data", IEEE Transactions on Image Processing 16(2), 2007, doi 10.1109/TIP.2006.888195.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpectralDetector {
    /// Side of the tiles worked on, in pixels after reduction to about 0.5 m, rounded up to a multiple of 16. It has
    /// no influence on the result; memory is about 200 bytes for each of its pixels and thread.
    pub tile_side: usize,
    /// What each kind of evidence counts for.
    pub weights: EvidenceWeights,
}

impl Default for SpectralDetector {
    fn default() -> Self {
        SpectralDetector { tile_side: 512, weights: EvidenceWeights::default() }
    }
}

impl ChangeDetector for SpectralDetector {
    fn name(&self) -> &'static str {
        "spectral"
    }

    fn detect(
        &self,
        pair: &NormalizedPair,
        region: &Region,
        observer: &dyn Observer,
    ) -> Result<ChangeMap, DetectError> {
        let gsd = pair.coregistered().after().ground_frame()?.map(|frame| Meters(frame.pixel_area().0.sqrt()));
        let grid = WorkingGrid::new(pair.size(), gsd);
        let alteration = fit_alteration(pair, &grid)?;
        let map = ChangeMap::zeros(pair.size(), self.name(), ChangeThreshold { probability: 0.5 })?;
        let tiles = grid.tiles(self.tile_side);
        let (total, done) = (tiles.clone().count(), AtomicUsize::new(0));
        let search = Search { pair, region, grid, alteration, weights: &self.weights, map: &map };
        tiles.par_bridge().try_for_each(|tile| {
            search.work_on(tile)?;
            observer.progressed(Stage::Detect, done.fetch_add(1, Ordering::Relaxed) + 1, total);
            Ok::<(), DetectError>(())
        })?;
        Ok(map)
    }
}

/// Fits IR-MAD to windows spread evenly over the whole scene; `None` when too few pixels are usable.
fn fit_alteration(pair: &NormalizedPair, grid: &WorkingGrid) -> Result<Option<Alteration>, DetectError> {
    let (size, bands) = (grid.size(), pair.bands());
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for row in probe_starts(size.height) {
        for col in probe_starts(size.width) {
            let probe = Window::from_tlhw(row, col, PROBE_SIDE.min(size.height), PROBE_SIDE.min(size.width));
            let pixels = pair.read(grid.full_window(probe), grid.step)?;
            let (x, y) = (smooth_bands(&pixels.before, &pixels.usable), smooth_bands(&pixels.after, &pixels.usable));
            let trusted = trust(&pixels.usable);
            let inset = gaussian_radius(COLOR_SIGMA).min(probe.height / 4).min(probe.width / 4);
            for row in (inset..probe.height - inset).step_by(PROBE_SPACING) {
                for col in (inset..probe.width - inset).step_by(PROBE_SPACING) {
                    if trusted[[row, col]] && !pixels.suspect[[row, col]] {
                        before.extend(x.iter().map(|band| f64::from(band[[row, col]])));
                        after.extend(y.iter().map(|band| f64::from(band[[row, col]])));
                    }
                }
            }
        }
    }
    let count = before.len() / bands;
    let matrix = |values: Vec<f64>| DMatrix::from_vec(bands, count, values);
    Ok(Alteration::fit(&Observations { before: matrix(before), after: matrix(after) }))
}

/// Where probes begin along an axis: as many as fit without overlap, [`MOST_PROBES`] at most, evenly spread.
fn probe_starts(length: usize) -> Vec<usize> {
    let count = (length / PROBE_SIDE).clamp(1, MOST_PROBES);
    let room = length.saturating_sub(PROBE_SIDE);
    (0..count).map(|index| room * index / (count - 1).max(1)).collect()
}

/// All that the work on a tile needs to know.
struct Search<'a> {
    pair: &'a NormalizedPair,
    region: &'a Region,
    grid: WorkingGrid,
    alteration: Option<Alteration>,
    weights: &'a EvidenceWeights,
    map: &'a ChangeMap,
}

impl Search<'_> {
    /// Finds the probabilities of one tile of the working grid and stores them.
    fn work_on(&self, tile: Window) -> Result<(), DetectError> {
        let seen = tile.grown(self.grid.reach.margin(), self.grid.size());
        let full = self.grid.full_window(tile);
        let inside = self.region.inside(full);
        if !inside.iter().any(|&inside| inside) {
            let nothing = Array2::from_elem(inside.dim(), NODATA_PROBABILITY);
            return Ok(self.map.write(full, nothing.view(), nothing.view())?);
        }
        let pixels = self.pair.read(self.grid.full_window(seen), self.grid.step)?;
        let trusted = trust(&pixels.usable);
        let ground = Ground::new(&pixels.usable, &trusted, self.grid.reach);
        let (visible, saturated_from) = (self.pair.visible(), self.pair.radiometry().saturated_from);
        let gather = |raster| DateEvidence::gather(raster, visible, saturated_from, &ground, self.weights);
        let (before, after) = (gather(&pixels.before), gather(&pixels.after));
        let change = self
            .alteration
            .as_ref()
            .map(|alteration| alteration.change(&before.bands, &after.bands, self.grid.reach.tolerance));
        let part = tile.within(seen);
        let finish = |present, absent| {
            let probability = appearance(present, absent, change.as_ref(), &ground, self.weights);
            self.bring_to_full(probability.view(), &pixels.usable, part, &inside)
        };
        let (new, removed) = (finish(&after, &before), finish(&before, &after));
        Ok(self.map.write(full, new.view(), removed.view())?)
    }

    /// Repeats working pixels over the after pixels that they stand for, and drops what is not to be told.
    fn bring_to_full(
        &self,
        probability: ArrayView2<'_, f32>,
        usable: &Array2<bool>,
        part: Window,
        inside: &Array2<bool>,
    ) -> Array2<f32> {
        Array2::from_shape_fn(inside.dim(), |(row, col)| {
            let at = [part.row + row / self.grid.step, part.col + col / self.grid.step];
            if inside[[row, col]] && usable[at] { probability[at] } else { NODATA_PROBABILITY }
        })
    }
}
