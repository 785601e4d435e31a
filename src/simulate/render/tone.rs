//! From light to display values: haze, exposure, curves and color.

use ndarray::Array3;

use crate::simulate::description::Camera;
use crate::simulate::render::paint::Light;
use crate::simulate::render::sensor::blur;

/// Light scattered by the air, bluish white (by eye, from hazy satellite images).
const AIRLIGHT: Light = [0.42, 0.47, 0.53];

/// Display value around which contrast turns.
const MIDDLE_GRAY: f32 = 0.45;

/// Share of red, green and blue in brightness (Rec. 601).
const LUMA: Light = [0.3, 0.59, 0.11];

/// Display values the curves are tabulated for, and steps of the table.
const CURVE_END: f32 = 1.6;
const CURVE_STEPS: usize = 1024;

/// Turns light into display values.
pub(in crate::simulate) fn tone(light: &mut Array3<f32>, camera: &Camera) {
    let haze = camera.haze as f32;
    let factors = [0, 1, 2].map(|band| (camera.gain * camera.tint[band]) as f32);
    let (clear, air) = (factors.map(|f| f * (1.0 - haze)), [0, 1, 2].map(|i| factors[i] * haze * AIRLIGHT[i]));
    let curved = camera.gamma != 1.0 || camera.lift != [0.0; 3];
    let curves = curved.then(|| camera.lift.map(|lift| curve(camera.gamma as f32, lift as f32)));
    let (contrast, saturation) = (camera.contrast as f32, camera.saturation as f32);
    let (height, width, _) = light.dim();
    let vignette = camera.vignette as f32;
    let samples = light.as_slice_mut().expect("invariant: fresh arrays are contiguous");
    for (number, pixel) in samples.chunks_exact_mut(3).enumerate() {
        let darker = if vignette > 0.0 {
            let (x, y) = ((number % width) as f32 / width as f32 - 0.5, (number / width) as f32 / height as f32 - 0.5);
            1.0 - vignette * 2.0 * (x * x + y * y)
        } else {
            1.0
        };
        let mut values = [0, 1, 2].map(|i| (clear[i] * pixel[i] * darker + air[i]).max(0.0).sqrt());
        if let Some(curves) = &curves {
            values = [0, 1, 2].map(|i| look_up(&curves[i], values[i]));
        }
        values = values.map(|v| MIDDLE_GRAY + contrast * (v - MIDDLE_GRAY));
        let gray = brightness(values);
        (0..3).for_each(|i| pixel[i] = gray + saturation * (values[i] - gray));
    }
}

/// Least distance between the 5th and the 95th percentile of brightness, and least middle: darker and flatter images tell
/// nothing (25 DN, and a little above black; by judgment).
const LEAST_SPAN: f32 = 0.105;
const LEAST_MIDDLE: f32 = 0.10;

/// Most that contrast is raised: more turned fields into speckle (by eye).
const MOST_RAISED: f32 = 3.0;

/// Raises exposure and contrast of an image that would be delivered black or without contrast.
pub(in crate::simulate) fn keep_span(values: &mut Array3<f32>) {
    let samples = values.as_slice_mut().expect("invariant: fresh arrays are contiguous");
    let mut sorted: Vec<f32> = samples.chunks_exact(3).step_by(13).map(|p| brightness([p[0], p[1], p[2]])).collect();
    sorted.sort_unstable_by(f32::total_cmp);
    let at = |share: f32| sorted[(share * (sorted.len() - 1) as f32) as usize].clamp(0.0, 1.0);
    let (low, middle, high) = (at(0.05), at(0.5), at(0.95));
    if high - low >= LEAST_SPAN && middle >= LEAST_MIDDLE * 0.5 {
        return;
    }
    let factor = (LEAST_SPAN / (high - low).max(1e-3)).clamp(1.0, MOST_RAISED);
    let target = middle.clamp(LEAST_MIDDLE, 0.85);
    samples.iter_mut().for_each(|v| *v = target + factor * (*v - middle));
}

fn brightness(values: Light) -> f32 {
    LUMA[0] * values[0] + LUMA[1] * values[1] + LUMA[2] * values[2]
}

/// The table of a tone curve: gamma, then black lifted.
fn curve(gamma: f32, lift: f32) -> Vec<f32> {
    let at = |step: usize| {
        let value = (step as f32 * CURVE_END / CURVE_STEPS as f32).powf(gamma);
        value + lift * (1.0 - value).max(0.0)
    };
    (0..=CURVE_STEPS + 1).map(at).collect()
}

#[inline]
fn look_up(curve: &[f32], value: f32) -> f32 {
    let place = value.min(CURVE_END) * (CURVE_STEPS as f32 / CURVE_END);
    let step = place as usize;
    curve[step] + (place - step as f32) * (curve[step + 1] - curve[step])
}

/// Blurs color over a square of `side` pixels and moves it, under brightness as sharp as before: what pan-sharpening
/// leaves.
pub(in crate::simulate) fn fringe(values: &mut Array3<f32>, side: usize, shift_px: [f64; 2]) {
    let (height, width, _) = values.dim();
    let mut soft = values.clone();
    if side > 1 {
        blur(&mut soft, side);
    }
    let [right, down] = shift_px.map(|v| v.round() as isize);
    let soft = soft.as_slice().expect("invariant: fresh arrays are contiguous");
    let samples = values.as_slice_mut().expect("invariant: fresh arrays are contiguous");
    for (number, pixel) in samples.chunks_exact_mut(3).enumerate() {
        let row = ((number / width) as isize - down).clamp(0, height as isize - 1) as usize;
        let col = ((number % width) as isize - right).clamp(0, width as isize - 1) as usize;
        let at = 3 * (row * width + col);
        let color = [soft[at], soft[at + 1], soft[at + 2]];
        let difference = brightness([pixel[0], pixel[1], pixel[2]]) - brightness(color);
        (0..3).for_each(|i| pixel[i] = color[i] + difference);
    }
}

/// Stretches display values so that `cut` of them lies below 0 and above 1; every band by itself, or all alike.
pub(in crate::simulate) fn stretch(values: &mut Array3<f32>, cut: f32, by_bands: bool) {
    let samples = values.as_slice_mut().expect("invariant: fresh arrays are contiguous");
    let ends = [0, 1, 2].map(|band| ends_of(samples.iter().skip(band).step_by(3).copied(), cut));
    let ends = if by_bands { ends } else { [ends_of(samples.iter().copied(), cut); 3] };
    for pixel in samples.chunks_exact_mut(3) {
        for (value, (low, high)) in pixel.iter_mut().zip(ends) {
            // A nearly even image is not blown up to black and white: a range of at least 0.4.
            *value = (*value - low) / (high - low).max(0.4);
        }
    }
}

/// The values below and above which `cut` of all lie.
fn ends_of(values: impl Iterator<Item = f32>, cut: f32) -> (f32, f32) {
    const BINS: usize = 256;
    let mut counts = [0usize; BINS];
    let mut total = 0usize;
    for value in values {
        counts[((value * (BINS as f32 / CURVE_END)) as usize).min(BINS - 1)] += 1;
        total += 1;
    }
    let wanted = (cut * total as f32) as usize;
    let reached = |seen: &mut usize, bin: &usize| {
        *seen += counts[*bin];
        *seen > wanted
    };
    let (mut below, mut above) = (0, 0);
    let low = (0..BINS).find(|bin| reached(&mut below, bin)).unwrap_or(0);
    let high = (0..BINS).rev().find(|bin| reached(&mut above, bin)).unwrap_or(BINS - 1);
    let value = |bin: usize| bin as f32 * CURVE_END / BINS as f32;
    (value(low), value(high + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretched_image_reaches_from_black_to_white() {
        let mut values = Array3::from_shape_fn((40, 40, 3), |(row, col, _)| 0.3 + (row * 40 + col) as f32 / 4000.0);
        stretch(&mut values, 0.02, true);
        let (low, high) = values.iter().fold((f32::MAX, f32::MIN), |(low, high), &v| (low.min(v), high.max(v)));
        assert!((-0.1..0.02).contains(&low) && (0.98..1.1).contains(&high), "{low} {high}");
    }

    #[test]
    fn color_moves_and_brightness_stays() {
        let mut values =
            Array3::from_shape_fn((20, 20, 3), |(_, col, band)| if col < 10 && band == 0 { 0.9 } else { 0.4 });
        let before: Vec<f32> =
            values.as_slice().expect("contiguous").chunks(3).map(|p| brightness([p[0], p[1], p[2]])).collect();
        fringe(&mut values, 3, [2.0, 0.0]);
        let after: Vec<f32> =
            values.as_slice().expect("contiguous").chunks(3).map(|p| brightness([p[0], p[1], p[2]])).collect();
        assert!(before.iter().zip(&after).all(|(b, a)| (b - a).abs() < 1e-4));
        assert!(values[[10, 10, 0]] > values[[10, 10, 1]] + 0.2);
    }
}
