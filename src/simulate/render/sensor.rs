//! What a sensor and its first processing do to an image: sharpening and noise.

use ndarray::Array3;

use crate::simulate::description::Camera;
use crate::simulate::dice::{Dice, scramble};
use crate::simulate::render::noise::{Field, Texture};

/// Adds the difference from the mean of the 3 x 3 neighborhood; the border keeps its values.
pub(in crate::simulate) fn sharpen(values: &mut Array3<f32>, strength: f32) {
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

/// Adds the difference from the mean of the 7 x 7 neighborhood; edges get bright and dark rims.
pub(in crate::simulate) fn halo(values: &mut Array3<f32>, strength: f32) {
    let mut soft = values.clone();
    blur(&mut soft, 7);
    values.zip_mut_with(&soft, |value, mean| *value += strength * (*value - mean));
}

/// Replaces every sample by the mean of the square of `side` pixels (odd) around it; the border repeats itself.
pub(in crate::simulate) fn blur(values: &mut Array3<f32>, side: usize) {
    let (height, width, bands) = values.dim();
    let (reach, share) = ((side / 2) as isize, 1.0 / (2 * (side / 2) + 1) as f32);
    let samples = values.as_slice_mut().expect("invariant: fresh arrays are contiguous");
    let line = width * bands;
    let mut own = vec![0.0f32; line.max(height * line)];
    for row in samples.chunks_exact_mut(line) {
        own[..line].copy_from_slice(row);
        let at = |col: isize, band: usize| own[col.clamp(0, width as isize - 1) as usize * bands + band];
        for band in 0..bands {
            let mut sum: f32 = (-reach - 1..reach).map(|col| at(col, band)).sum();
            for col in 0..width as isize {
                sum += at(col + reach, band) - at(col - reach - 1, band);
                row[col as usize * bands + band] = sum * share;
            }
        }
    }
    own.copy_from_slice(samples);
    let at = |row: isize| row.clamp(0, height as isize - 1) as usize * line;
    let mut sum = vec![0.0f32; line];
    for row in -reach - 1..reach {
        sum.iter_mut().zip(&own[at(row)..]).for_each(|(sum, v)| *sum += v);
    }
    for (row, out) in samples.chunks_exact_mut(line).enumerate() {
        let (enters, leaves) = (at(row as isize + reach), at(row as isize - reach - 1));
        for (i, out) in out.iter_mut().enumerate() {
            sum[i] += own[enters + i] - own[leaves + i];
            *out = sum[i] * share;
        }
    }
}

/// Adds noise of single pixels and of blotches to display values.
pub(in crate::simulate) fn add_noise(values: &mut Array3<f32>, camera: &Camera, seed: u64) {
    let width = values.dim().1;
    let strength = (camera.noise_dn / 255.0) as f32;
    let gray = camera.noise_gray.clamp(0.0, 1.0) as f32;
    let (shared, single) = (strength * gray.sqrt(), strength * (1.0 - gray).sqrt());
    let blotches = (camera.blotches_dn / 255.0) as f32;
    let mut dice = Dice::from_seed(seed);
    // Grain has octaves of 1, 2 and 4 texels.
    let fields = [0, 1].map(|_| Field::lay_anyhow(Texture::Grain, 1.2, &mut dice));
    let samples = values.as_slice_mut().expect("invariant: fresh arrays are contiguous");
    for (number, pixel) in samples.chunks_exact_mut(3).enumerate() {
        let mut stray = if shared > 0.0 { shared * noise_at(seed ^ 0x5eed, number) } else { 0.0 };
        if blotches > 0.0 {
            let (x, y) = ((number % width) as f32, (number / width) as f32);
            stray += blotches * fields[0].at(x, y);
            let warm = 0.4 * blotches * fields[1].at(x, y);
            pixel[0] += warm;
            pixel[2] -= warm;
        }
        for (band, value) in pixel.iter_mut().enumerate() {
            *value += stray + if single > 0.0 { single * noise_at(seed, 3 * number + band) } else { 0.0 };
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
