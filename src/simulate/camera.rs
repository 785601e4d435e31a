//! The camera: from the fine grid of light to an 8-bit image with the faults of real ones.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageReader};
use ndarray::{Array3, ArrayView3};

use crate::raster::window::GridSize;
use crate::simulate::description::Camera;
use crate::simulate::dice::scramble;
use crate::simulate::paint::Light;

/// Light scattered by the air, bluish white (by eye, from hazy satellite images).
const AIRLIGHT: Light = [0.42, 0.47, 0.53];

/// Display value around which contrast turns.
const MIDDLE_GRAY: f32 = 0.45;

/// Weights of the samples that make one pixel: its own square, spread by a Gaussian of `blur_px`.
///
/// Returns the offset of the first sample from the pixel's first one, and the weights, which sum to 1.
pub(super) fn pixel_weights(supersampling: usize, blur_px: f64) -> (i64, Vec<f32>) {
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
pub(super) const BLUR_MARGIN_PX: usize = 4;

/// Gathers the light of fine samples into pixels.
///
/// - Input: fine samples row by row, `fine_width` to a row; the first pixel's first sample is at `origin` (row, column).
/// - Output: (height, width, 3) light.
pub(super) fn gather_pixels(
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

/// Develops light into an 8-bit image, (height, width, 3).
///
/// In order: haze, gain, tint, display curve, gamma, contrast, saturation, sharpening, noise, rounding, JPEG.
pub(super) fn develop(light: ArrayView3<'_, f32>, camera: &Camera, seed: u64) -> Array3<u8> {
    let mut values = Array3::zeros(light.dim());
    let haze = camera.haze as f32;
    let factors = [0, 1, 2].map(|band| (camera.gain * camera.tint[band]) as f32);
    for (from, mut to) in light.lanes(ndarray::Axis(2)).into_iter().zip(values.lanes_mut(ndarray::Axis(2))) {
        let display =
            [0, 1, 2].map(|band| (factors[band] * (from[band] * (1.0 - haze) + haze * AIRLIGHT[band])).max(0.0).sqrt());
        let toned = tone(display, camera);
        (0..3).for_each(|band| to[band] = toned[band]);
    }
    if camera.sharpening > 0.0 {
        sharpen(&mut values, camera.sharpening as f32);
    }
    let noise = camera.noise_dn as f32;
    let width = values.dim().1;
    let image = Array3::from_shape_fn(values.dim(), |(row, col, band)| {
        let own = 255.0 * values[[row, col, band]];
        let stray = if noise > 0.0 { noise * noise_at(seed, (row * width + col) * 3 + band) } else { 0.0 };
        (own + stray).round().clamp(0.0, 255.0) as u8
    });
    match camera.jpeg_quality {
        Some(quality) => through_jpeg(image, quality),
        None => image,
    }
}

fn tone(display: Light, camera: &Camera) -> Light {
    let gamma = camera.gamma as f32;
    let curved = if gamma == 1.0 { display } else { display.map(|v| v.powf(gamma)) };
    let contrast = camera.contrast as f32;
    let stretched = curved.map(|v| MIDDLE_GRAY + contrast * (v - MIDDLE_GRAY));
    let gray = 0.3 * stretched[0] + 0.59 * stretched[1] + 0.11 * stretched[2];
    stretched.map(|v| gray + camera.saturation as f32 * (v - gray))
}

/// Adds the difference from the mean of the 3 x 3 neighborhood; the border keeps its values.
fn sharpen(values: &mut Array3<f32>, strength: f32) {
    let (height, width, _) = values.dim();
    let soft = values.clone();
    let soft = soft.as_slice().expect("invariant: fresh arrays are contiguous");
    let sharp = values.as_slice_mut().expect("invariant: fresh arrays are contiguous");
    let line = width * 3;
    for row in 1..height.saturating_sub(1) {
        for at in row * line + 3..(row + 1) * line - 3 {
            let around = |center: usize| soft[center - 3] + soft[center] + soft[center + 3];
            let mean = (around(at - line) + around(at) + around(at + line)) / 9.0;
            sharp[at] += strength * (soft[at] - mean);
        }
    }
}

/// Noise of one sample, close to normal with standard deviation 1: the sum of four uniform numbers.
#[inline]
fn noise_at(seed: u64, sample: usize) -> f32 {
    let bits = scramble(seed ^ (sample as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let sum = (0..4).map(|i| (bits >> (16 * i) & 0xffff) as f32).sum::<f32>();
    // Four uniform numbers of 0..65536 have the variance 4 x 65536^2 / 12.
    (sum - 2.0 * 65_535.0) / 37_836.8
}

/// Compresses as JPEG and decompresses again.
fn through_jpeg(image: Array3<u8>, quality: u8) -> Array3<u8> {
    let (height, width, _) = image.dim();
    let samples = image.as_standard_layout();
    let samples = samples.as_slice().expect("invariant: standard layout");
    let mut file = Vec::new();
    let side = |v: usize| u32::try_from(v).expect("invariant: sides are limited by SceneError::Size");
    let encoded = JpegEncoder::new_with_quality(&mut file, quality.clamp(1, 100)).encode(
        samples,
        side(width),
        side(height),
        ExtendedColorType::Rgb8,
    );
    encoded.expect("invariant: memory takes every JPEG");
    let reader = ImageReader::with_format(std::io::Cursor::new(file), image::ImageFormat::Jpeg);
    let decoded = reader.decode().expect("invariant: what was just encoded decodes").into_rgb8();
    Array3::from_shape_vec((height, width, 3), decoded.into_raw()).expect("invariant: same size")
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

    #[test]
    fn a_clean_camera_keeps_display_values() {
        let light = Array3::from_elem((2, 2, 3), (100.0f32 / 255.0).powi(2));
        let image = develop(light.view(), &Camera::default(), 1);
        assert!(image.iter().all(|&v| v == 100));
    }

    #[test]
    fn noise_has_its_standard_deviation() {
        let light = Array3::from_elem((100, 100, 3), 0.25);
        let image = develop(light.view(), &Camera { noise_dn: 4.0, ..Camera::default() }, 1);
        let mean = image.iter().map(|&v| f64::from(v)).sum::<f64>() / 30_000.0;
        let variance = image.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / 30_000.0;
        assert!((variance.sqrt() - 4.0).abs() < 0.15, "{}", variance.sqrt());
    }
}
