//! The same images mirrored, and the mean of what is said of them.

use ndarray::{Array3, Axis, Slice};

use crate::detect::DetectError;

const ROWS: Axis = Axis(1);
const COLS: Axis = Axis(2);

/// Every way to mirror an image upon its axes, and not at all.
const FLIPS: [&[Axis]; 4] = [&[], &[COLS], &[ROWS], &[ROWS, COLS]];

/// Runs a network on four mirrored copies of a pair, mirrors its answers back and averages them.
///
/// # Errors
/// The first error of `run`.
pub(super) fn average_over_flips(
    before: &Array3<f32>,
    after: &Array3<f32>,
    run: impl Fn(Array3<f32>, Array3<f32>) -> Result<Array3<f32>, DetectError>,
) -> Result<Array3<f32>, DetectError> {
    let mut sum: Option<Array3<f32>> = None;
    for axes in FLIPS {
        let answer = flipped(&run(flipped(before, axes), flipped(after, axes))?, axes);
        sum = Some(match sum {
            Some(sum) => sum + answer,
            None => answer,
        });
    }
    Ok(sum.expect("invariant: there are four flips") / FLIPS.len() as f32)
}

fn flipped(image: &Array3<f32>, axes: &[Axis]) -> Array3<f32> {
    let mut view = image.view();
    for &axis in axes {
        view.slice_axis_inplace(axis, Slice::new(0, None, -1));
    }
    view.as_standard_layout().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_return_to_their_places_and_a_lean_averages_out() {
        let after = Array3::from_shape_fn((1, 4, 6), |(_, row, col)| (10 * row + col) as f32);
        let lean = |_, mut after: Array3<f32>| {
            after.indexed_iter_mut().for_each(|((_, row, col), value)| *value += row as f32 + 2.0 * col as f32);
            Ok(after)
        };
        let mean = average_over_flips(&after, &after, lean).expect("invariant: it cannot fail");
        assert_eq!(mean, after.mapv(|value| value + 1.5 + 2.0 * 2.5));
    }
}
