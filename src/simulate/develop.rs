//! Developing: from the light of pixels to an 8-bit image with the faults of real ones.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageReader};
use ndarray::{Array3, ArrayView3};

use crate::simulate::description::Camera;
use crate::simulate::dice::scramble;
use crate::simulate::paint::Light;

/// Light scattered by the air, bluish white (by eye, from hazy satellite images).
const AIRLIGHT: Light = [0.42, 0.47, 0.53];

/// Display value around which contrast turns.
const MIDDLE_GRAY: f32 = 0.45;

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
