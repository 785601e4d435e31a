//! Gradient directions as complex numbers: what stays the same when light, season and sensor change.

use ndarray::{Array2, ArrayView2, s};
use rustfft::num_complex::Complex32;

use crate::raster::Raster;

/// Pixels next to nodata whose gradient would feel it: two for the smoothing, one for the difference.
const NODATA_REACH: usize = 3;

/// Smoothing before differences: binomial, variance 1 px². Chosen as the usual pre-filter of gradient methods; narrower
/// ones follow JPEG blocks, wider ones lose small roofs.
const SMOOTHING: [f32; 5] = [1.0 / 16.0, 4.0 / 16.0, 6.0 / 16.0, 4.0 / 16.0, 1.0 / 16.0];

/// The field of doubled gradient directions[^1]: argument twice the direction of the gradient, so that a dark roof on
/// bright ground and a bright roof on dark ground look the same; modulus 0..1, saturating with the gradient's strength.
///
/// - Input: a brightness raster of one band.
/// - Output: (height, width); zero at nodata and within three pixels of it.
///
/// The strength is measured against the median strength of the field itself, so contrast and exposure cancel.
///
/// Misleads where texture is all noise: then the noise is what is lined up.
///
/// [^1]: Fitch, Kadyrov, Christmas and Kittler, "Orientation correlation", British Machine Vision Conference, 2002,
/// doi 10.5244/C.16.11 (there with single angles).
pub(super) fn doubled_orientations(brightness: &Raster) -> Array2<Complex32> {
    let (gx, gy) = gradient(brightness.band(0));
    let usable = eroded(brightness.valid(), NODATA_REACH);
    let mut strengths: Vec<f32> = Vec::with_capacity(gx.len());
    ndarray::Zip::from(&gx).and(&gy).and(&usable).for_each(|&x, &y, &ok| {
        if ok {
            strengths.push((x * x + y * y).sqrt());
        }
    });
    let half = median(&mut strengths).unwrap_or(0.0).max(FLAT);
    let mut field = Array2::zeros(gx.dim());
    ndarray::Zip::from(&mut field).and(&gx).and(&gy).and(&usable).for_each(|out, &x, &y, &ok| {
        let strength = (x * x + y * y).sqrt();
        if ok && strength > FLAT {
            let modulus = strength / (strength + half);
            *out = Complex32::new(x * x - y * y, 2.0 * x * y) * (modulus / (strength * strength));
        }
    });
    field
}

/// Gradient strength, in units of brightness per pixel, below which there is none: a thousandth of an 8-bit step.
const FLAT: f32 = 4e-6;

/// Horizontal and vertical differences of the smoothed image, per pixel.
fn gradient(image: ArrayView2<'_, f32>) -> (Array2<f32>, Array2<f32>) {
    let smooth = convolved(&convolved(&image.to_owned(), &SMOOTHING).reversed_axes(), &SMOOTHING).reversed_axes();
    let smooth = smooth.as_standard_layout();
    let (height, width) = smooth.dim();
    let (mut gx, mut gy) = (Array2::zeros((height, width)), Array2::zeros((height, width)));
    // No gradient on the border itself: there the difference would be one-sided.
    gx.slice_mut(s![.., 1..width - 1]).assign(&smooth.slice(s![.., 2..]));
    gx.slice_mut(s![.., 1..width - 1]).zip_mut_with(&smooth.slice(s![.., ..width - 2]), |a, b| *a = 0.5 * (*a - b));
    gy.slice_mut(s![1..height - 1, ..]).assign(&smooth.slice(s![2.., ..]));
    gy.slice_mut(s![1..height - 1, ..]).zip_mut_with(&smooth.slice(s![..height - 2, ..]), |a, b| *a = 0.5 * (*a - b));
    (gx, gy)
}

/// Convolves every row with a symmetric kernel, repeating the border pixel; returns a standard-layout array.
pub(super) fn convolved(image: &Array2<f32>, kernel: &[f32]) -> Array2<f32> {
    let image = image.as_standard_layout();
    let (height, width) = image.dim();
    let reach = kernel.len() / 2;
    let mut out = Array2::zeros((height, width));
    let mut padded = vec![0.0f32; width + 2 * reach];
    for (line, mut target) in image.rows().into_iter().zip(out.rows_mut()) {
        for (index, value) in padded.iter_mut().enumerate() {
            *value = line[index.saturating_sub(reach).min(width - 1)];
        }
        let target = target.as_slice_mut().expect("invariant: fresh arrays are contiguous");
        for (offset, &weight) in kernel.iter().enumerate() {
            for (value, &source) in target.iter_mut().zip(&padded[offset..]) {
                *value += weight * source;
            }
        }
    }
    out
}

/// The mask without the pixels that have an invalid one within `reach` rows or columns.
pub(super) fn eroded(valid: ArrayView2<'_, bool>, reach: usize) -> Array2<bool> {
    if valid.iter().all(|&v| v) {
        return valid.to_owned();
    }
    let along_rows = |mask: ArrayView2<'_, bool>| {
        let (height, width) = mask.dim();
        let mut out = Array2::from_elem((height, width), true);
        for (line, mut target) in mask.rows().into_iter().zip(out.rows_mut()) {
            for col in (0..width).filter(|&col| !line[col]) {
                target.slice_mut(ndarray::s![col.saturating_sub(reach)..(col + reach + 1).min(width)]).fill(false);
            }
        }
        out
    };
    let once = along_rows(valid);
    along_rows(once.t()).reversed_axes().as_standard_layout().into_owned()
}

/// The median, reordering the values; `None` when there are none.
pub(super) fn median(values: &mut [f32]) -> Option<f32> {
    let middle = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f32::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;

    fn disk(inside: f32, outside: f32) -> Raster {
        Raster::all_valid(Array3::from_shape_fn((1, 32, 32), |(_, r, c)| {
            if (r as f32 - 15.5).hypot(c as f32 - 15.5) < 9.0 { inside } else { outside }
        }))
    }

    #[test]
    fn inverted_contrast_looks_the_same() {
        let (bright, dark) = (doubled_orientations(&disk(0.9, 0.2)), doubled_orientations(&disk(0.1, 0.4)));
        let difference = (&bright - &dark).iter().map(|z| z.norm()).fold(0.0, f32::max);
        assert!(difference < 0.02, "{difference}");
        assert!(bright.iter().any(|z| z.norm() > 0.4));
    }

    #[test]
    fn nodata_and_its_surroundings_are_silent() {
        let (samples, mut valid) = disk(0.9, 0.2).into_parts();
        valid.slice_mut(s![.., 0..16]).fill(false);
        let field = doubled_orientations(&Raster::from_bands(samples, valid));
        assert!(field.slice(s![.., 0..19]).iter().all(|z| z.norm() == 0.0));
        assert!(field.slice(s![.., 19..]).iter().any(|z| z.norm() > 0.0));
    }

    #[test]
    fn a_flat_image_has_no_direction() {
        let field = doubled_orientations(&disk(0.5, 0.5));
        assert!(field.iter().all(|z| z.norm() == 0.0));
    }
}
