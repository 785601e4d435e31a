//! Finds new and removed structures by their straight edges, colours and shadows, without any training.

mod alteration;
mod evidence;
mod scale;
mod straight_edges;

use std::sync::atomic::{AtomicUsize, Ordering};

use nalgebra::DMatrix;
use ndarray::{Array2, ArrayView2};
use rayon::iter::{IntoParallelIterator, ParallelBridge, ParallelIterator};
use serde::{Deserialize, Serialize};

use crate::change::{ChangeMap, ChangeThreshold, NODATA_PROBABILITY, StoreError};
use crate::detect::spectral::alteration::{Alteration, Observations};
pub use crate::detect::spectral::evidence::EvidenceWeights;
use crate::detect::spectral::evidence::{COLOR_SIGMA, DateEvidence, Ground, appearance, smooth_bands, trust};
use crate::detect::spectral::scale::{REFERENCE, WorkingGrid};
use crate::detect::window_filters::gaussian_radius;
use crate::detect::{ChangeDetector, DetectError};
use crate::observer::{Observer, Stage};
use crate::pair::NormalizedPair;
use crate::raster::units::Meters;
use crate::raster::window::Window;
use crate::region::Region;
use crate::scene::ReadError;

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
    /// Ground sampling distance that finer images are reduced towards, by whole factors; 0.5 m is what the filters were
    /// made for.
    pub working_gsd: Meters,
    /// Side of the tiles worked on, in pixels after reduction to about 0.5 m, rounded up to a multiple of 16. It has
    /// no influence on the result; memory is about 200 bytes for each of its pixels and thread.
    pub tile_side: usize,
    /// Score from which a pixel is changed, 0 to 1; 0.5 is where the evidence is even.
    pub threshold: f32,
    /// What each kind of evidence counts for.
    pub weights: EvidenceWeights,
}

impl Default for SpectralDetector {
    fn default() -> Self {
        SpectralDetector { working_gsd: REFERENCE, tile_side: 512, threshold: 0.5, weights: EvidenceWeights::default() }
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
        self.detect_where(pair, region, observer, &|tile| Ok(Some(tile)))
    }
}

impl SpectralDetector {
    /// As [`ChangeDetector::detect`], but only in the part of each tile (windows of the after grid) that is wanted, grown to
    /// whole steps of [`NODE_SPACING`]; all else is nodata. What is known does not depend on what is wanted.
    pub(super) fn detect_where(
        &self,
        pair: &NormalizedPair,
        region: &Region,
        observer: &dyn Observer,
        wanted: &Wanted<'_>,
    ) -> Result<ChangeMap, DetectError> {
        let gsd = pair.coregistered().after().ground_frame()?.map(|frame| Meters(frame.pixel_area().0.sqrt()));
        let grid = WorkingGrid::new(pair.size(), gsd, self.working_gsd);
        let alteration = fit_alteration(pair, &grid)?;
        let map = ChangeMap::zeros(pair.size(), self.name(), ChangeThreshold::single(self.threshold))?;
        let tiles = grid.tiles(self.tile_side);
        let (total, done) = (tiles.clone().count(), AtomicUsize::new(0));
        let search = Search { pair, region, wanted, grid, alteration, weights: &self.weights, map: &map };
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
    let corners: Vec<(usize, usize)> = probe_starts(size.height)
        .into_iter()
        .flat_map(|row| probe_starts(size.width).into_iter().map(move |col| (row, col)))
        .collect();
    let seen = corners.into_par_iter().map(|(row, col)| {
        let probe = Window::from_tlhw(row, col, PROBE_SIDE.min(size.height), PROBE_SIDE.min(size.width));
        probe_colors(pair, grid, probe)
    });
    let seen = seen.collect::<Result<Vec<_>, ReadError>>()?;
    let (before, after): (Vec<_>, Vec<_>) = seen.into_iter().unzip();
    let (before, after) = (before.concat(), after.concat());
    let count = before.len() / bands;
    let matrix = |values: Vec<f64>| DMatrix::from_vec(bands, count, values);
    Ok(Alteration::fit(&Observations { before: matrix(before), after: matrix(after) }))
}

/// The smoothed bands of both dates at every few pixels of a probe, place by place.
fn probe_colors(pair: &NormalizedPair, grid: &WorkingGrid, probe: Window) -> Result<(Vec<f64>, Vec<f64>), ReadError> {
    let pixels = pair.read(grid.full_window(probe), grid.step)?;
    let (x, y) = (smooth_bands(&pixels.before, &pixels.usable), smooth_bands(&pixels.after, &pixels.usable));
    let trusted = trust(&pixels.usable);
    let inset = gaussian_radius(COLOR_SIGMA).min(probe.height / 4).min(probe.width / 4);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for row in (inset..probe.height - inset).step_by(PROBE_SPACING) {
        for col in (inset..probe.width - inset).step_by(PROBE_SPACING) {
            if trusted[[row, col]] && !pixels.suspect[[row, col]] {
                before.extend(x.iter().map(|band| f64::from(band[[row, col]])));
                after.extend(y.iter().map(|band| f64::from(band[[row, col]])));
            }
        }
    }
    Ok((before, after))
}

/// Where probes begin along an axis: as many as fit without overlap, [`MOST_PROBES`] at most, evenly spread.
fn probe_starts(length: usize) -> Vec<usize> {
    let count = (length / PROBE_SIDE).clamp(1, MOST_PROBES);
    let room = length.saturating_sub(PROBE_SIDE);
    (0..count).map(|index| room * index / (count - 1).max(1)).collect()
}

/// The part of a tile, both windows of the after grid, in which evidence is wanted.
pub(super) type Wanted<'a> = dyn Fn(Window) -> Result<Option<Window>, StoreError> + Sync + 'a;

/// All that the work on a tile needs to know.
struct Search<'a> {
    pair: &'a NormalizedPair,
    region: &'a Region,
    wanted: &'a Wanted<'a>,
    grid: WorkingGrid,
    alteration: Option<Alteration>,
    weights: &'a EvidenceWeights,
    map: &'a ChangeMap,
}

impl Search<'_> {
    /// Finds the probabilities of one tile of the working grid, where they are wanted, and stores them.
    fn work_on(&self, tile: Window) -> Result<(), DetectError> {
        let full = self.grid.full_window(tile);
        let wanted = (self.wanted)(full)?.and_then(|part| self.grid.working_window(part).intersection(tile));
        if wanted != Some(tile) {
            let nothing = Array2::from_elem((full.height, full.width), NODATA_PROBABILITY);
            self.map.write(full, nothing.view(), nothing.view())?;
        }
        wanted.map_or(Ok(()), |part| self.search(part))
    }

    /// Finds the probabilities of a window of the working grid and stores them.
    fn search(&self, tile: Window) -> Result<(), DetectError> {
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

#[cfg(test)]
mod tests {
    use geo::{Rect, coord};
    use ndarray::{Array3, s};

    use super::*;
    use crate::change::ChangeWindow;
    use crate::normalize::{NormalizeOptions, normalize_pair};
    use crate::observer::Silent;
    use crate::pair::{CoregisteredPair, ScenePair};
    use crate::raster::Raster;
    use crate::scene::Scene;

    /// Rough natural ground: crooked in every place, the same every time.
    fn ground(side: usize) -> Array3<f32> {
        let hash = |row: usize, col: usize| {
            let mixed = (row as u32).wrapping_mul(0x9E37_79B1) ^ (col as u32).wrapping_mul(0x85EB_CA77);
            let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D);
            (mixed >> 16) as f32 / 65_536.0
        };
        Array3::from_shape_fn((3, side, side), |(band, row, col)| {
            let blotch =
                ((row as f32 / 11.0).sin() + (col as f32 / 14.0).cos() + (row as f32 * col as f32).sqrt().sin()) * 12.0;
            100.0 + blotch + 26.0 * hash(row / 2, col / 2) - 8.0 * band as f32
        })
    }

    /// A house of two roof faces with its shadow to the upper left.
    fn build(scene: &mut Array3<f32>, row: usize, col: usize) {
        scene.slice_mut(s![.., row - 8..row + 18, col - 8..col + 24]).mapv_inplace(|dn| dn * 0.3);
        scene.slice_mut(s![.., row..row + 12, col..col + 30]).fill(190.0);
        scene.slice_mut(s![.., row + 12..row + 24, col..col + 30]).fill(140.0);
    }

    fn scene(name: &str, samples: Array3<f32>) -> Scene {
        Scene::from_raster(name, Raster::all_valid(samples))
    }

    fn detect_with(before: Scene, after: Scene, detector: &SpectralDetector, region: &Region) -> ChangeWindow {
        let pair = CoregisteredPair::assume_aligned(ScenePair { before, after });
        let pair = normalize_pair(pair, &NormalizeOptions::default(), &Silent).unwrap();
        let map = detector.detect(&pair, region, &Silent).unwrap();
        map.read(map.size().window()).unwrap()
    }

    fn detect(before: Scene, after: Scene) -> ChangeWindow {
        detect_with(before, after, &SpectralDetector::default(), &Region::default())
    }

    fn planted(side: usize) -> (Array3<f32>, Array3<f32>) {
        let (mut before, mut after) = (ground(side), ground(side));
        build(&mut before, side / 4, side / 4);
        build(&mut after, side / 2 + 20, side / 2);
        (before, after)
    }

    fn share_over(probability: &Array2<f32>, row: usize, col: usize) -> f64 {
        let roof = probability.slice(s![row..row + 24, col..col + 30]);
        roof.iter().filter(|&&p| p >= 0.5).count() as f64 / roof.len() as f64
    }

    #[test]
    fn a_new_and_a_removed_house_are_told_apart() {
        let (before, after) = planted(256);
        let change = detect(scene("before", before), scene("after", after));
        assert!(share_over(&change.new, 148, 128) > 0.6, "{}", share_over(&change.new, 148, 128));
        assert!(share_over(&change.removed, 64, 64) > 0.6, "{}", share_over(&change.removed, 64, 64));
        assert_eq!(share_over(&change.new, 64, 64) + share_over(&change.removed, 148, 128), 0.0);
        assert!(change.new.slice(s![..40, ..]).iter().all(|&p| p < 0.5));
    }

    #[test]
    fn identical_scenes_do_not_change() {
        let (before, _) = planted(200);
        let change = detect(scene("before", before.clone()), scene("after", before));
        assert!(change.new.iter().chain(&change.removed).all(|&p| p == 0.0));
    }

    #[test]
    fn a_shift_of_two_pixels_builds_nothing() {
        let (before, _) = planted(200);
        let mut after = before.clone();
        after.slice_mut(s![.., 2.., 2..]).assign(&before.slice(s![.., ..198, ..198]));
        let change = detect(scene("before", before), scene("after", after));
        assert!(change.new.iter().chain(&change.removed).all(|&p| p < 0.5));
    }

    #[test]
    fn another_sun_and_sensor_build_nothing() {
        let (before, _) = planted(200);
        let after = before.mapv(|dn| 255.0 * (dn / 255.0).powf(0.7) * 0.85 + 12.0);
        let change = detect(scene("before", before), scene("after", after));
        assert!(change.new.iter().chain(&change.removed).all(|&p| p < 0.5));
    }

    #[test]
    fn tiles_of_any_size_give_the_same_map() {
        let (before, after) = planted(400);
        let maps = [96, 256, 512, 2048].map(|tile_side| {
            let detector = SpectralDetector { tile_side, ..SpectralDetector::default() };
            detect_with(scene("b", before.clone()), scene("a", after.clone()), &detector, &Region::default())
        });
        assert!(maps[0].new.iter().any(|&p| p >= 0.5));
        maps.windows(2).for_each(|pair| assert_eq!(pair[0], pair[1]));
    }

    #[test]
    fn tiles_agree_on_finer_images_shifted_against_each_other() {
        let (before, after) = planted(400);
        let fine = |name, samples| scene(name, samples).with_description(|d| d.gsd = Some(Meters(0.24)));
        let maps = [48, 160].map(|tile_side| {
            let detector = SpectralDetector { tile_side, ..SpectralDetector::default() };
            let pair = ScenePair { before: fine("b", before.clone()), after: fine("a", after.clone()) };
            detect_with(pair.before, pair.after, &detector, &Region::default())
        });
        assert_eq!(maps[0], maps[1]);
    }

    #[test]
    fn nodata_never_becomes_change() {
        let (before, after) = planted(256);
        // A wedge of nodata whose straight rim must not look like a wall.
        let valid = Array2::from_shape_fn((256, 256), |(row, col)| row + 40 > col / 2 && !(90..120).contains(&col));
        let wedge = Scene::from_raster("before", Raster::from_bands(before, valid.clone()));
        let change = detect(wedge, scene("after", after));
        for (at, &valid) in valid.indexed_iter() {
            assert!(valid || change.new[at] == NODATA_PROBABILITY && change.removed[at] == NODATA_PROBABILITY);
        }
        // Away from both houses there is only the rim.
        assert!(change.new.slice(s![..100, ..]).iter().all(|&p| p < 0.5));
        assert!(change.removed.slice(s![..100, 125..]).iter().all(|&p| p < 0.5));
    }

    #[test]
    fn outside_the_region_is_nodata() {
        let (before, after) = planted(256);
        let half = Rect::new(coord! { x: 0.0, y: 0.0 }, coord! { x: 256.0, y: 100.0 }).to_polygon();
        let region = Region { interest: Some(half.into()), masked: None };
        let detector = SpectralDetector { tile_side: 64, ..SpectralDetector::default() };
        let change = detect_with(scene("before", before), scene("after", after), &detector, &region);
        assert!(change.new.slice(s![100.., ..]).iter().all(|&p| p == NODATA_PROBABILITY));
        assert!(change.removed.slice(s![..100, ..]).iter().any(|&p| p >= 0.5));
    }

    #[test]
    fn a_cloud_neither_is_nor_hides_a_structure() {
        let (before, _) = planted(256);
        let mut after = before.clone();
        // A soft white cloud over the house that still stands below it.
        for ((_, row, col), dn) in after.indexed_iter_mut() {
            let away = ((row as f32 - 74.0).hypot(col as f32 - 80.0) - 80.0) / 12.0;
            let opacity = 1.0 / (1.0 + away.exp());
            *dn = (*dn * (1.0 - opacity) + 275.0 * opacity).min(255.0);
        }
        let change = detect(scene("before", before), scene("after", after));
        assert_eq!(share_over(&change.removed, 64, 64), 0.0);
        assert!(change.new.iter().all(|&p| p < 0.5));
    }

    #[test]
    fn flat_tiny_and_many_banded_scenes_are_no_trouble() {
        for shape in [(1, 1, 1), (3, 7, 300), (8, 40, 40)] {
            let flat = Array3::from_elem(shape, 50.0);
            let change = detect(scene("before", flat.clone()), scene("after", flat));
            assert!(change.new.iter().all(|&p| p <= 0.0));
        }
    }
}
