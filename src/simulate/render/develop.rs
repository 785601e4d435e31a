//! Developing: from the light of pixels to an 8-bit image with the faults of real ones.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageReader};
use ndarray::Array3;

use crate::raster::pixel_transform::PixelTransform;
use crate::simulate::description::{Camera, DateDescription};
use crate::simulate::render::clouds::draw_clouds;
use crate::simulate::render::overlays::draw_overlays;
use crate::simulate::render::resample::{Warp, onto_grid};
use crate::simulate::render::sensor::{add_noise, halo, sharpen};
use crate::simulate::render::tone::{fringe, keep_span, stretch, tone};

/// Develops the light of an image's pixels, (height, width, 3), into an 8-bit image of the same shape.
///
/// In order: clouds; haze, gain, tint, display curve, lift, gamma, contrast, saturation, vignette; contrast of flat images; color fringes; to the
/// grid of the image as it was taken; sharpening, noise, first JPEG; to the delivered grid, with local warp; stretch;
/// overlays; last JPEG. Steps that the description does not ask for cost nothing.
pub(in crate::simulate) fn develop(
    mut light: Array3<f32>,
    date: &DateDescription,
    from_ground: &PixelTransform,
    seed: u64,
) -> Array3<u8> {
    if let Some(clouds) = &date.clouds {
        draw_clouds(&mut light, clouds, from_ground);
    }
    let camera = &date.camera;
    tone(&mut light, camera);
    keep_span(&mut light);
    let (height, width, _) = light.dim();
    let taken = [height, width].map(|side| ((side as f64 * camera.native_scale).round() as usize).max(8));
    if taken != [height, width] {
        light = onto_grid(&light, taken, camera.resampling);
    }
    expose(&mut light, camera, seed);
    if let Some(quality) = camera.first_jpeg_quality {
        light = through_jpeg(in_steps(&light), quality).mapv(|v| f32::from(v) / 255.0);
    }
    if taken != [height, width] {
        light = onto_grid(&light, [height, width], camera.resampling);
    }
    if date.placement.warp_px > 0.0 {
        light = Warp::lay(date.placement.warp_px, seed).apply(&light);
    }
    if let Some(cut) = camera.stretch {
        stretch(&mut light, cut as f32, camera.stretch_bands);
        keep_span(&mut light);
    }
    let mut image = in_steps(&light);
    draw_overlays(&mut image, &date.overlays);
    match camera.jpeg_quality {
        Some(quality) => through_jpeg(image, quality),
        None => image,
    }
}

/// What happens on the grid of the image as it was taken.
fn expose(values: &mut Array3<f32>, camera: &Camera, seed: u64) {
    if camera.color_blur_px > 1 || camera.color_shift_px != [0.0; 2] {
        fringe(values, camera.color_blur_px, camera.color_shift_px);
    }
    if camera.sharpening > 0.0 {
        sharpen(values, camera.sharpening as f32);
    }
    if camera.halo > 0.0 {
        halo(values, camera.halo as f32);
    }
    if camera.noise_dn > 0.0 || camera.blotches_dn > 0.0 {
        add_noise(values, camera, seed);
    }
}

/// Rounds display values to 8 bits.
fn in_steps(values: &Array3<f32>) -> Array3<u8> {
    // Saturating: below 0 is 0, above 255 is 255.
    values.mapv(|v| (255.0 * v + 0.5) as u8)
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
    use crate::simulate::description::Resampling;

    fn day(camera: Camera) -> DateDescription {
        DateDescription {
            date: None,
            sun_azimuth_deg: 180.0,
            sun_elevation_deg: 45.0,
            view_azimuth_deg: 0.0,
            off_nadir_deg: 0.0,
            greenness: 0.5,
            moisture: 0.0,
            snow: 0.0,
            variety: Default::default(),
            clouds: None,
            camera,
            overlays: Vec::new(),
            placement: Default::default(),
        }
    }

    fn photograph(light: Array3<f32>, camera: Camera) -> Array3<u8> {
        develop(light, &day(camera), &PixelTransform::identity(), 1)
    }

    #[test]
    fn a_clean_camera_keeps_display_values() {
        let light = Array3::from_elem((16, 16, 3), (100.0f32 / 255.0).powi(2));
        assert!(photograph(light, Camera::default()).iter().all(|&v| v == 100));
    }

    #[test]
    fn noise_has_its_standard_deviation() {
        let light = Array3::from_elem((100, 100, 3), 0.25);
        let image = photograph(light, Camera { noise_dn: 4.0, noise_gray: 0.5, ..Camera::default() });
        let mean = image.iter().map(|&v| f64::from(v)).sum::<f64>() / 30_000.0;
        let variance = image.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / 30_000.0;
        assert!((variance.sqrt() - 4.0).abs() < 0.15, "{}", variance.sqrt());
    }

    #[test]
    fn resampling_keeps_an_edge_in_its_place() {
        for (native_scale, resampling) in [
            (0.6, Resampling::Bilinear),
            (0.5, Resampling::Cubic),
            (1.5, Resampling::Cubic),
            (0.7, Resampling::Nearest),
        ] {
            let light = Array3::from_shape_fn((60, 60, 3), |(_, col, _)| if col < 30 { 0.04 } else { 0.64 });
            let camera = Camera { native_scale, resampling, ..Camera::default() };
            let image = photograph(light, camera);
            let dark = (0..60).filter(|&col| image[[30, col, 1]] < 128).count();
            assert!((29..=31).contains(&dark), "{native_scale} {resampling:?}: {dark}");
        }
    }
}
