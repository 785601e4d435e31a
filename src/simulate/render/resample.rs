//! From grid to grid: images are taken at one pixel size and delivered at another, and no relief is taken out exactly.

use ndarray::Array3;

use crate::simulate::description::Resampling;
use crate::simulate::dice::Dice;

/// Source samples and weights of one output sample along one axis.
struct Taps {
    first: isize,
    weights: Vec<f32>,
}

/// Brings an image, (height, width, 3), onto a grid of other `[height, width]` over the same ground.
///
/// Bilinear interpolation averages when it shrinks; the other kernels alias, as hasty programs do.
pub(in crate::simulate) fn onto_grid(
    values: &Array3<f32>,
    [height, width]: [usize; 2],
    resampling: Resampling,
) -> Array3<f32> {
    let (old_height, old_width, _) = values.dim();
    let (across, down) = (taps(old_width, width, resampling), taps(old_height, height, resampling));
    let samples = values.as_slice().expect("invariant: fresh arrays are contiguous");
    let mut narrow = vec![0.0f32; old_height * width * 3];
    for (line, out) in samples.chunks_exact(3 * old_width).zip(narrow.chunks_exact_mut(3 * width)) {
        for (taps, pixel) in across.iter().zip(out.chunks_exact_mut(3)) {
            let mut sum = [0.0f32; 3];
            for (i, weight) in taps.weights.iter().enumerate() {
                let from = 3 * (taps.first + i as isize).clamp(0, old_width as isize - 1) as usize;
                (0..3).for_each(|band| sum[band] += weight * line[from + band]);
            }
            pixel.copy_from_slice(&sum);
        }
    }
    let mut result = Array3::zeros((height, width, 3));
    let out = result.as_slice_mut().expect("invariant: fresh arrays are contiguous");
    for (taps, line) in down.iter().zip(out.chunks_exact_mut(3 * width)) {
        for (i, weight) in taps.weights.iter().enumerate() {
            let row = (taps.first + i as isize).clamp(0, old_height as isize - 1) as usize;
            let from = &narrow[row * 3 * width..(row + 1) * 3 * width];
            line.iter_mut().zip(from).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    result
}

fn taps(from: usize, to: usize, resampling: Resampling) -> Vec<Taps> {
    let ratio = from as f64 / to as f64;
    let widening = if resampling == Resampling::Bilinear { ratio.max(1.0) } else { 1.0 };
    (0..to)
        .map(|i| {
            let center = (i as f64 + 0.5) * ratio - 0.5;
            let reach = match resampling {
                Resampling::Nearest => return Taps { first: center.round() as isize, weights: vec![1.0] },
                Resampling::Bilinear => widening,
                Resampling::Cubic => 2.0,
            };
            let first = (center - reach).ceil() as isize;
            let raw: Vec<f64> = (first..=(center + reach).floor() as isize)
                .map(|at| kernel(((at as f64 - center) / widening).abs(), resampling))
                .collect();
            let total: f64 = raw.iter().sum();
            Taps { first, weights: raw.iter().map(|w| (w / total) as f32).collect() }
        })
        .collect()
}

/// Weight at a distance in samples: a triangle, or Catmull and Rom's cubic.
fn kernel(distance: f64, resampling: Resampling) -> f64 {
    match resampling {
        Resampling::Cubic if distance < 1.0 => 1.0 + distance * distance * (1.5 * distance - 2.5),
        Resampling::Cubic => ((-0.5 * distance + 2.5) * distance - 4.0) * distance + 2.0,
        _ => (1.0 - distance).max(0.0),
    }
}

/// Points of the lattice of a warp along an axis.
const LATTICE: usize = 5;

/// A smooth local displacement.
pub(in crate::simulate) struct Warp {
    /// Displacements of lattice points, pixels right and down.
    shifts: Vec<[f32; 2]>,
}

impl Warp {
    /// Draws displacements of this standard deviation.
    pub(in crate::simulate) fn lay(warp_px: f64, seed: u64) -> Self {
        let mut dice = Dice::for_part(seed, "warp");
        let draw = |_| [0, 1].map(|_| (warp_px * dice.normal()).clamp(-2.0 * warp_px, 2.0 * warp_px) as f32);
        Warp { shifts: (0..LATTICE * LATTICE).map(draw).collect() }
    }

    /// Shows every pixel of an image, (height, width, 3), displaced.
    pub(in crate::simulate) fn apply(&self, values: &Array3<f32>) -> Array3<f32> {
        let (height, width, _) = values.dim();
        let samples = values.as_slice().expect("invariant: fresh arrays are contiguous");
        let mut result = Array3::zeros((height, width, 3));
        let out = result.as_slice_mut().expect("invariant: fresh arrays are contiguous");
        let scale = [height, width].map(|side| (LATTICE - 1) as f32 / side as f32);
        for (number, pixel) in out.chunks_exact_mut(3).enumerate() {
            let (row, col) = (number / width, number % width);
            let [dx, dy] = self.at(row as f32 * scale[0], col as f32 * scale[1]);
            let x = (col as f32 + dx).clamp(0.0, width as f32 - 1.001);
            let y = (row as f32 + dy).clamp(0.0, height as f32 - 1.001);
            let (i, j) = (x as usize, y as usize);
            let (fx, fy) = (x - i as f32, y - j as f32);
            let at = 3 * (j * width + i);
            for (band, value) in pixel.iter_mut().enumerate() {
                let own = &samples[at + band..];
                let below = &own[(3 * width).min(own.len() - 1)..];
                let (right, across) = (own[3.min(own.len() - 1)], below[3.min(below.len() - 1)]);
                let top = own[0] + fx * (right - own[0]);
                *value = top + fy * (below[0] + fx * (across - below[0]) - top);
            }
        }
        result
    }

    fn at(&self, row: f32, col: f32) -> [f32; 2] {
        let (j, i) = (row as usize, col as usize);
        let ease = |t: f32| t * t * (3.0 - 2.0 * t);
        let (fy, fx) = (ease(row - j as f32), ease(col - i as f32));
        let own = |dj: usize, di: usize| self.shifts[(j + dj) * LATTICE + i + di];
        [0, 1].map(|k| {
            let top = own(0, 0)[k] + fx * (own(0, 1)[k] - own(0, 0)[k]);
            let bottom = own(1, 0)[k] + fx * (own(1, 1)[k] - own(1, 0)[k]);
            top + fy * (bottom - top)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_image_stays_even() {
        let even = Array3::from_elem((33, 47, 3), 0.5f32);
        for resampling in [Resampling::Nearest, Resampling::Bilinear, Resampling::Cubic] {
            for sides in [[20, 30], [50, 60]] {
                let other = onto_grid(&even, sides, resampling);
                assert!(other.iter().all(|v| (v - 0.5).abs() < 1e-5), "{resampling:?} {sides:?}");
            }
        }
        assert!(Warp::lay(2.0, 1).apply(&even).iter().all(|v| (v - 0.5).abs() < 1e-5));
    }
}
