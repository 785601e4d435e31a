//! The camera's optics: from the fine grid of light to the light of pixels.

use ndarray::Array3;

use crate::raster::window::GridSize;
use crate::simulate::render::paint::Light;

/// Weights of the samples that make one pixel: its own square, spread by a Gaussian of `blur_px`.
///
/// Returns the offset of the first sample from the pixel's first one, and the weights, which sum to 1.
pub(in crate::simulate) fn pixel_weights(supersampling: usize, blur_px: f64) -> (i64, Vec<f32>) {
    let fine = supersampling as f64;
    let reach = (2.5 * blur_px * fine).ceil() as i64;
    let sigma = (blur_px * fine).max(1e-3);
    // A sample's share is the overlap of the spread square with it: a difference of error functions, here summed over
    // the square's own samples.
    let weight = |offset: i64| -> f64 {
        (0..supersampling as i64).map(|own| (-0.5 * ((offset - own) as f64 / sigma).powi(2)).exp()).sum()
    };
    let raw: Vec<f64> = (-reach..supersampling as i64 + reach).map(weight).collect();
    let total: f64 = raw.iter().sum();
    (-reach, raw.iter().map(|w| (w / total) as f32).collect())
}

/// Pixels around an image that its blur draws light from.
pub(in crate::simulate) const BLUR_MARGIN_PX: usize = 4;

/// Gathers the light of fine samples into pixels.
///
/// - Input: fine samples row by row, `fine_width` to a row; the first pixel's first sample is at `origin` (row, column).
/// - Output: (height, width, 3) light.
pub(in crate::simulate) fn gather_pixels(
    fine: &[Light],
    fine_width: usize,
    origin: (usize, usize),
    size: GridSize,
    supersampling: usize,
    blur_px: f64,
) -> Array3<f32> {
    let (first, weights) = pixel_weights(supersampling, blur_px);
    let fine_height = fine.len() / fine_width;
    // Along rows first.
    let mut narrow = vec![[0.0f32; 3]; fine_height * size.width];
    for (line, out) in fine.chunks_exact(fine_width).zip(narrow.chunks_exact_mut(size.width)) {
        for (col, pixel) in out.iter_mut().enumerate() {
            let start = (origin.1 + col * supersampling) as i64 + first;
            *pixel = weigh(&weights, |i| line[(start + i as i64).clamp(0, fine_width as i64 - 1) as usize]);
        }
    }
    let mut pixels = Array3::zeros((size.height, size.width, 3));
    for row in 0..size.height {
        let start = (origin.0 + row * supersampling) as i64 + first;
        for col in 0..size.width {
            let light = weigh(&weights, |i| {
                let line = (start + i as i64).clamp(0, fine_height as i64 - 1) as usize;
                narrow[line * size.width + col]
            });
            (0..3).for_each(|band| pixels[[row, col, band]] = light[band]);
        }
    }
    pixels
}

#[inline]
fn weigh(weights: &[f32], sample: impl Fn(usize) -> Light) -> Light {
    let mut sum = [0.0f32; 3];
    for (i, &weight) in weights.iter().enumerate() {
        let light = sample(i);
        (0..3).for_each(|band| sum[band] += weight * light[band]);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_sum_to_one_and_are_centered() {
        for (fine, blur) in [(2, 0.0), (3, 0.45), (4, 0.8)] {
            let (first, weights) = pixel_weights(fine, blur);
            let total: f32 = weights.iter().sum();
            let center: f32 = weights.iter().enumerate().map(|(i, w)| w * (first as f32 + i as f32)).sum();
            assert!((total - 1.0).abs() < 1e-5);
            assert!((center - (fine as f32 - 1.0) / 2.0).abs() < 1e-4, "{center}");
        }
    }
}
