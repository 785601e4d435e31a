//! What the network is shown of a tile.

use ndarray::{Array2, Array3, Axis, s};

use crate::detect::network::model_file::SIDE_UNIT;
use crate::pair::{CoregisteredPair, PairWindow};
use crate::raster::Raster;
use crate::raster::window::Window;
use crate::scene::{DisplayStretch, ReadError};

/// Both dates of a tile as a person would see them.
pub(super) struct TilePixels {
    /// Before, (3, height, width), RGB 0 to 255, sides rounded up to multiples of [`SIDE_UNIT`].
    pub(super) before: Array3<f32>,
    /// After, of the same shape.
    pub(super) after: Array3<f32>,
    /// Where both dates are valid, (height, width) of the tile itself.
    pub(super) usable: Array2<bool>,
}

impl TilePixels {
    /// Reads a window of the after grid, one pixel for every `step` x `step` block, each date in its own display stretch: a
    /// network is trained on pairs of unlike radiometry, and a tone curve between the dates would take away what it knows.
    ///
    /// # Errors
    /// [`ReadError`] when either image cannot be read there.
    pub(super) fn read(pair: &CoregisteredPair, window: Window, step: usize) -> Result<Self, ReadError> {
        let pixels: PairWindow = pair.read(window, step)?;
        let pairing = pair.band_pairing();
        let shown = |raster: &Raster, scene| displayed(raster, pairing.visible(scene), &pairing.stretch(scene));
        Ok(TilePixels {
            before: shown(&pixels.before, pair.before()),
            after: shown(&pixels.after, pair.after()),
            usable: pixels.both_valid(),
        })
    }
}

/// Three bands stretched to 0 to 255; nodata becomes the mean of what is valid, and the padding repeats the last pixels.
fn displayed(raster: &Raster, visible: [usize; 3], stretch: &DisplayStretch) -> Array3<f32> {
    let size = raster.size();
    let (height, width) = (size.height.next_multiple_of(SIDE_UNIT), size.width.next_multiple_of(SIDE_UNIT));
    let mut shown = Array3::zeros((3, height, width));
    let valid = raster.valid();
    for (band, mut layer) in visible.into_iter().zip(shown.axis_iter_mut(Axis(0))) {
        let samples = raster.band(band).mapv(|dn| stretch.unit(band, dn).clamp(0.0, 1.0) * 255.0);
        let mut kept = layer.slice_mut(s![..size.height, ..size.width]);
        kept.assign(&samples);
        let count = valid.iter().filter(|&&valid| valid).count();
        if count < size.pixels() {
            let sum: f64 = samples.iter().zip(valid).filter(|(_, valid)| **valid).map(|(v, _)| f64::from(*v)).sum();
            let mean = (sum / count.max(1) as f64) as f32;
            kept.zip_mut_with(&valid, |value, &valid| *value = if valid { *value } else { mean });
        }
        for row in 0..size.height {
            let last = layer[[row, size.width - 1]];
            layer.slice_mut(s![row, size.width..]).fill(last);
        }
        let last = layer.row(size.height - 1).to_owned();
        layer.slice_mut(s![size.height.., ..]).outer_iter_mut().for_each(|mut row| row.assign(&last));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_stretched_nodata_filled_and_sides_padded() {
        let samples = Array3::from_shape_fn((4, 2, 3), |(band, row, col)| (1000 * band + 100 * row + 10 * col) as f32);
        let mut valid = Array2::from_elem((2, 3), true);
        valid[[0, 1]] = false;
        let raster = Raster::from_bands(samples, valid);
        let stretch =
            DisplayStretch { low: vec![0.0, 1000.0, 2000.0, 3000.0], high: vec![255.0, 1255.0, 2255.0, 3255.0] };
        let shown = displayed(&raster, [3, 1, 0], &stretch);
        assert_eq!(shown.dim(), (3, 32, 32));
        for band in 0..3 {
            assert!((shown[[band, 1, 2]] - 120.0).abs() < 0.01);
            assert!((shown[[band, 0, 1]] - (0.0 + 20.0 + 100.0 + 110.0 + 120.0) / 5.0).abs() < 0.01);
            assert_eq!(shown[[band, 31, 31]], shown[[band, 1, 2]]);
        }
    }
}
