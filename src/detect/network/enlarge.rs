//! Probabilities of a reduced grid, brought back to the after grid.

use ndarray::Array2;

use crate::raster::window::{GridSize, Window};

/// Part of the reduced grid that [`enlarged`] needs for a window of the full grid.
pub(super) fn needed(window: Window, step: usize, reduced: GridSize) -> Window {
    let (row, col) = (window.row / step, window.col / step);
    let bottom = window.bottom().div_ceil(step);
    let right = window.right().div_ceil(step);
    Window::from_tlhw(row, col, bottom - row, right - col).grown(1, reduced)
}

/// Bilinear probabilities at the pixels of `window`, from those of the `part` of the reduced grid that it needs.
///
/// Negative values are nodata and count nothing: a pixel is nodata when all four reduced pixels around it are.
pub(super) fn enlarged(reduced: &Array2<f32>, part: Window, window: Window, step: usize) -> Array2<f32> {
    let neighbors = |full: usize, first: usize, count: usize| {
        let place = (full as f64 + 0.5) / step as f64 - 0.5;
        let low = place.floor();
        let index = |at: f64| (at.max(first as f64) as usize - first).min(count - 1);
        (index(low), index(low + 1.0), (place - low) as f32)
    };
    let cols: Vec<_> = (window.col..window.right()).map(|col| neighbors(col, part.col, part.width)).collect();
    let mut full = Array2::zeros((window.height, window.width));
    for row in 0..window.height {
        let (top, bottom, down) = neighbors(window.row + row, part.row, part.height);
        for (col, &(left, right, along)) in cols.iter().enumerate() {
            let corners = [
                (top, left, (1.0 - down) * (1.0 - along)),
                (top, right, (1.0 - down) * along),
                (bottom, left, down * (1.0 - along)),
                (bottom, right, down * along),
            ];
            let (mut sum, mut weights) = (0.0, 0.0);
            for (row, col, weight) in corners {
                if reduced[[row, col]] >= 0.0 {
                    sum += weight * reduced[[row, col]];
                    weights += weight;
                }
            }
            full[[row, col]] = if weights > 0.0 { sum / weights } else { f32::NAN };
        }
    }
    full
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_stays_a_ramp_in_its_place() {
        let size = GridSize { height: 8, width: 8 };
        let ramp = |row: f64, col: f64| (0.05 * row + 0.03 * col) as f32;
        let reduced = Array2::from_shape_fn((8, 8), |(row, col)| ramp(row as f64 + 0.5, col as f64 + 0.5));
        let window = Window::from_tlhw(6, 9, 5, 7);
        let part = needed(window, 3, size);
        let values = reduced.slice(ndarray::s![part.row..part.bottom(), part.col..part.right()]).to_owned();
        let full = enlarged(&values, part, window, 3);
        for ((row, col), value) in full.indexed_iter() {
            let expected = ramp((6.5 + row as f64) / 3.0, (9.5 + col as f64) / 3.0);
            assert!((value - expected).abs() < 1e-5, "{value} for {expected}");
        }
    }

    #[test]
    fn nodata_counts_nothing() {
        let reduced = ndarray::arr2(&[[-1.0, 0.8], [-1.0, 0.8]]);
        let part = Window::from_tlhw(0, 0, 2, 2);
        let full = enlarged(&reduced, part, Window::from_tlhw(0, 0, 4, 4), 2);
        assert!(full[[1, 0]].is_nan() && (full[[1, 1]] - 0.8).abs() < 1e-6 && (full[[2, 3]] - 0.8).abs() < 1e-6);
    }
}
