//! Sampling a raster between its pixels, and reducing it by whole factors.

use ndarray::{Array2, Array3, Axis, s};
use rayon::iter::{ParallelBridge, ParallelIterator};

use crate::raster::Raster;
use crate::raster::point::PixelPoint;
use crate::raster::window::GridSize;

/// Reduces a raster by averaging the valid pixels of every `step` x `step` block.
///
/// - Output: one pixel for every block, partial blocks at the right and bottom included.
/// - Nodata: a block is valid when at least half of its pixels are.
pub fn reduce_by_mean(raster: &Raster, step: usize) -> Raster {
    if step <= 1 {
        return raster.clone();
    }
    let (size, reduced) = (raster.size(), raster.size().reduced(step));
    let mut samples = Array3::zeros((raster.bands(), reduced.height, reduced.width));
    let mut valid = Array2::from_elem((reduced.height, reduced.width), false);
    for row in 0..reduced.height {
        for col in 0..reduced.width {
            let rows = row * step..((row + 1) * step).min(size.height);
            let cols = col * step..((col + 1) * step).min(size.width);
            let block_valid = raster.valid.slice(s![rows.clone(), cols.clone()]);
            let count = block_valid.iter().filter(|&&v| v).count();
            if count * 2 < block_valid.len() || count == 0 {
                continue;
            }
            valid[[row, col]] = true;
            for band in 0..raster.bands() {
                let block = raster.samples.slice(s![band, rows.clone(), cols.clone()]);
                let sum: f32 = block.iter().zip(&block_valid).filter(|(_, v)| **v).map(|(x, _)| *x).sum();
                samples[[band, row, col]] = sum / count as f32;
            }
        }
    }
    Raster::from_bands(samples, valid)
}

/// Rows that one thread samples at a time; tie-point windows, of which many are sampled at once, are hardly larger.
const STRIP_ROWS: usize = 128;

/// Samples a raster at one place per output pixel, by cubic convolution[^1] inside and bilinearly beside nodata.
///
/// - Input: `line(row)` gives, for one output row, the place in `raster` that the pixel of a column shows; `None` where it
///   shows nothing.
/// - Output: a raster of `size`; a pixel is valid where the four nearest input pixels are.
///
/// Misleads when the output is coarser than the input by more than about 1.5: reduce first, or it aliases.
///
/// [^1]: Keys, "Cubic convolution interpolation for digital image processing", IEEE Transactions on Acoustics, Speech,
/// and Signal Processing 29(6), 1981, doi 10.1109/TASSP.1981.1163711 (a = -1/2).
pub fn sample_at<Line>(raster: &Raster, size: GridSize, line: impl Fn(usize) -> Line + Sync) -> Raster
where
    Line: Fn(usize) -> Option<PixelPoint>,
{
    let mut samples = Array3::zeros((raster.bands(), size.height, size.width));
    let mut valid = Array2::from_elem((size.height, size.width), false);
    let grid = raster.size();
    // Plain rows: indexing views inside the loop costs more than the interpolation itself.
    let whole = raster.samples.as_standard_layout();
    let flat = whole.as_slice().expect("invariant: a standard layout is one slice");
    let layers: Vec<&[f32]> = flat.chunks_exact(grid.pixels().max(1)).collect();
    let mask = raster.valid.as_standard_layout();
    let mask = mask.as_slice().filter(|mask| mask.contains(&false));
    let strips = samples.axis_chunks_iter_mut(Axis(1), STRIP_ROWS).zip(valid.axis_chunks_iter_mut(Axis(0), STRIP_ROWS));
    strips.enumerate().par_bridge().for_each(|(strip, (mut samples, mut valid))| {
        for (row, mut valid) in valid.outer_iter_mut().enumerate() {
            let place = line(strip * STRIP_ROWS + row);
            let mut samples = samples.index_axis_mut(Axis(1), row);
            for (col, valid) in valid.iter_mut().enumerate() {
                let Some(point) = place(col) else { continue };
                let Some(stencil) = Stencil::around(point, grid, mask) else { continue };
                *valid = true;
                for (band, layer) in layers.iter().enumerate() {
                    samples[[band, col]] = stencil.weigh(layer, grid.width);
                }
            }
        }
    });
    Raster::from_bands(samples, valid)
}

/// Rows, columns and weights that give the value at one place; without a mask every pixel is valid.
struct Stencil {
    rows: [usize; 4],
    cols: [usize; 4],
    row_weights: [f32; 4],
    col_weights: [f32; 4],
}

impl Stencil {
    #[inline]
    fn around(point: PixelPoint, grid: GridSize, mask: Option<&[bool]>) -> Option<Stencil> {
        // Half a pixel of extrapolation at the border: the centre of the outermost pixel still has its own value.
        // Written so that what is not a number lies outside, too.
        let inside = point.x >= 0.0 && point.y >= 0.0 && point.x <= grid.width as f64 && point.y <= grid.height as f64;
        if !inside {
            return None;
        }
        let (cols, fx) = neighbors(point.x, grid.width);
        let (rows, fy) = neighbors(point.y, grid.height);
        let valid = |rows: &[usize], cols: &[usize]| {
            mask.is_none_or(|mask| rows.iter().all(|&r| cols.iter().all(|&c| mask[r * grid.width + c])))
        };
        let all_valid = valid(&rows, &cols);
        if !all_valid && !valid(&rows[1..3], &cols[1..3]) {
            return None;
        }
        if all_valid {
            return Some(Stencil { rows, cols, row_weights: cubic_weights(fy), col_weights: cubic_weights(fx) });
        }
        // The outer pixels count nothing and are not even read: nodata may be not-a-number.
        let inner = |at: [usize; 4]| [at[1], at[1], at[2], at[2]];
        let (row_weights, col_weights) = (linear_weights(fy), linear_weights(fx));
        Some(Stencil { rows: inner(rows), cols: inner(cols), row_weights, col_weights })
    }

    #[inline]
    fn weigh(&self, band: &[f32], width: usize) -> f32 {
        // Side by side, as nearly everywhere, four pixels are read and weighed at once.
        let side_by_side = self.cols[3] == self.cols[0] + 3;
        let mut down = [0.0; 4];
        for (&row, &row_weight) in self.rows.iter().zip(&self.row_weights) {
            let line = &band[row * width..][..width];
            let pixels = match line.get(self.cols[0]..).and_then(|rest| rest.first_chunk::<4>()) {
                Some(four) if side_by_side => *four,
                _ => self.cols.map(|col| line[col]),
            };
            down.iter_mut().zip(&pixels).for_each(|(sum, pixel)| *sum += row_weight * pixel);
        }
        down.iter().zip(&self.col_weights).map(|(sum, weight)| sum * weight).sum()
    }
}

/// The four pixels around a coordinate between 0 and `count`, at the border the outermost one again, and how far it lies
/// from the second's center to the third's.
#[inline]
fn neighbors(coordinate: f64, count: usize) -> ([usize; 4], f32) {
    // Shifted by one, so that rounding towards zero is rounding down.
    let shifted = coordinate + 0.5;
    let next = shifted as usize;
    let last = count - 1;
    let around = [next.saturating_sub(2), next.saturating_sub(1), next, next + 1].map(|at| at.min(last));
    (around, (shifted - next as f64) as f32)
}

/// Keys's kernel with a = -1/2 at distances 1 + t, t, 1 - t, 2 - t.
fn cubic_weights(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [-0.5 * t + t2 - 0.5 * t3, 1.0 - 2.5 * t2 + 1.5 * t3, 0.5 * t + 2.0 * t2 - 1.5 * t3, -0.5 * t2 + 0.5 * t3]
}

fn linear_weights(t: f32) -> [f32; 4] {
    [0.0, 1.0 - t, t, 0.0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn ramp(height: usize, width: usize) -> Raster {
        Raster::all_valid(Array3::from_shape_fn((1, height, width), |(_, r, c)| 3.0 * r as f32 - 2.0 * c as f32))
    }

    #[test]
    fn a_ramp_is_sampled_exactly() {
        let out = sample_at(&ramp(8, 8), GridSize { height: 3, width: 3 }, |row| {
            move |col| Some(PixelPoint::from_xy(col as f64 + 2.8, row as f64 + 2.6))
        });
        assert_relative_eq!(out.band(0)[[1, 1]], 3.0 * 3.1 - 2.0 * 3.3, epsilon = 1e-4);
    }

    #[test]
    fn nodata_never_leaks_into_valid_pixels() {
        for nodata in [1e9, f32::NAN] {
            let mut raster = ramp(8, 8);
            raster.samples[[0, 4, 4]] = nodata;
            raster.valid[[4, 4]] = false;
            let out = sample_at(&raster, GridSize { height: 8, width: 8 }, |row| {
                move |col| Some(PixelPoint::from_xy(col as f64 + 0.7, row as f64 + 0.6))
            });
            assert!(out.samples.iter().zip(&out.valid).all(|(x, v)| !*v || x.abs() < 100.0), "{nodata} leaked");
            assert!(!out.valid[[4, 4]] && out.valid[[6, 6]]);
        }
    }

    #[test]
    fn reducing_averages_blocks_and_keeps_the_rest() {
        let reduced = reduce_by_mean(&ramp(4, 5), 2);
        assert_eq!(reduced.size(), GridSize { height: 2, width: 3 });
        assert_relative_eq!(reduced.band(0)[[0, 0]], 0.5);
        assert_relative_eq!(reduced.band(0)[[0, 2]], 1.5 - 8.0);
    }
}
