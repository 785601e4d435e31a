//! Brightness of whole scenes at a coarse step, gathered tile by tile.

use ndarray::{Array2, Axis};

use crate::pair::{Alignment, ScenePair};
use crate::raster::Raster;
use crate::raster::gather::gather_tiles;
use crate::raster::window::GridSize;
use crate::scene::{ReadError, Scene, SceneDescription};

/// Most pixels of a scene whose brightness is held while it is registered: 21 MB each. What overlapping windows show is then
/// neither read nor made gray again.
const MOST_HELD_PX: usize = 1 << 22;

/// Brightness of a raster: mean of the visible bands after the display stretch, one band, about 0..1.
///
/// Solid black (zero in every visible band, at a pixel and its four neighbours) counts as nodata: it is how screenshots
/// and PNG tiles fill the wedge outside the swath, and its edge would otherwise be the strongest feature in the image.
pub(super) fn brightness_of(raster: &Raster, description: &SceneDescription) -> Raster {
    let GridSize { height, width } = raster.size();
    let mut values = Array2::<f32>::zeros((height, width));
    let mut black = Array2::from_elem((height, width), true);
    for &band in &description.visible {
        let (low, high) = (description.stretch.low[band], description.stretch.high[band]);
        let scale = 1.0 / (3.0 * (high - low));
        ndarray::Zip::from(&mut values).and(&mut black).and(raster.band(band)).for_each(|value, black, &dn| {
            *value += (dn - low) * scale;
            *black &= dn == 0.0;
        });
    }
    let solid = |row: usize, col: usize| {
        black[[row, col]]
            && black[[row.saturating_sub(1), col]]
            && black[[row, col.saturating_sub(1)]]
            && black[[(row + 1).min(height - 1), col]]
            && black[[row, (col + 1).min(width - 1)]]
    };
    let mut valid = raster.valid().to_owned();
    if black.iter().any(|&b| b) {
        valid.indexed_iter_mut().for_each(|((row, col), ok)| *ok &= !solid(row, col));
    }
    Raster::from_bands(values.insert_axis(Axis(0)), valid)
}

/// A scene in memory that shows a brightness, as 8-bit-like samples that are never exactly black: [`brightness_of`] gives it
/// back.
pub(super) fn gray_scene(name: &str, brightness: Raster) -> Scene {
    let (samples, valid) = brightness.into_parts();
    Scene::from_raster(name, Raster::from_bands(samples.mapv(|v| 255.0 * v + 1.0), valid))
}

/// Both scenes as brightness in memory, on their own grids; `None` when either is too large to be held.
pub(super) fn gray_scenes(scenes: &ScenePair) -> Result<Option<ScenePair>, ReadError> {
    let ScenePair { before, after } = scenes;
    if before.size().pixels().max(after.size().pixels()) > MOST_HELD_PX {
        return Ok(None);
    }
    let (before, after) = rayon::join(|| read_overview(before, 1), || read_overview(after, 1));
    Ok(Some(ScenePair { before: gray_scene("before", before?), after: gray_scene("after", after?) }))
}

/// Brightness of a whole scene, one pixel for every `step` x `step` block.
pub(super) fn read_overview(scene: &Scene, step: usize) -> Result<Raster, ReadError> {
    gather_tiles(scene.size(), step, |tile| Ok(brightness_of(&scene.read(tile, step)?, scene.description())))
}

/// Brightness of the before scene warped onto the whole after grid, one pixel for every `step` x `step` block.
pub(super) fn warp_overview(
    before: &Scene,
    alignment: &Alignment,
    size: GridSize,
    step: usize,
) -> Result<Raster, ReadError> {
    gather_tiles(size, step, |tile| Ok(brightness_of(&alignment.warp(before, tile, step)?, before.description())))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, s};

    use super::*;

    #[test]
    fn an_overview_is_the_reduced_image() {
        let ramp = Array3::from_shape_fn((1, 40, 60), |(_, r, c)| 20.0 + 2.0 * r as f32 + c as f32);
        let scene = Scene::from_raster("ramp", Raster::all_valid(ramp));
        let overview = read_overview(&scene, 4).expect("invariant: in memory");
        assert_eq!(overview.size(), GridSize { height: 10, width: 15 });
        let expected = (20.0 + 2.0 * 9.5 + 21.5) / 255.0;
        assert!((overview.band(0)[[2, 5]] - expected).abs() < 1e-5);
    }

    #[test]
    fn solid_black_is_nodata_but_a_dark_pixel_is_not() {
        let mut samples = Array3::from_elem((3, 8, 8), 90.0);
        samples.slice_mut(s![.., .., 0..3]).fill(0.0);
        samples.slice_mut(s![.., 4, 6]).fill(0.0);
        let raster = Raster::all_valid(samples);
        let scene = Scene::from_raster("wedge", raster.clone());
        let brightness = brightness_of(&raster, scene.description());
        assert!(!brightness.valid()[[4, 0]] && !brightness.valid()[[4, 1]]);
        assert!(brightness.valid()[[4, 6]] && brightness.valid()[[4, 4]]);
    }
}
