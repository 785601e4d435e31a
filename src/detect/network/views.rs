//! The same images mirrored, reduced or enlarged, and what is said of them.

use image::imageops::{FilterType, resize};
use image::{ImageBuffer, Luma};
use ndarray::{Array2, Array3, ArrayView2, Axis, Slice, stack};

use crate::detect::DetectError;
use crate::detect::network::model_file::SIDE_UNIT;

const ROWS: Axis = Axis(1);
const COLS: Axis = Axis(2);

/// One way to show a pair: mirrored along these axes, and reduced to this share of its sides.
struct View {
    mirrored: &'static [Axis],
    scale: f64,
}

/// A network that saw houses of one size in pixels finds others when they are shown smaller. On levir_val a mean over full size and
/// three quarters has more pixel F1 than full size alone, and runs neighbors together (docs/ACCURACY.md).
const REDUCED: f64 = 0.75;

const VIEWS: [View; 4] = [
    View { mirrored: &[], scale: 1.0 },
    View { mirrored: &[COLS], scale: REDUCED },
    View { mirrored: &[ROWS], scale: REDUCED },
    View { mirrored: &[ROWS, COLS], scale: 1.0 },
];

/// What white is in the images a network sees; resizing keeps to 0 to 1.
const WHITE: f32 = 255.0;

/// Runs a network on four views of a pair, brings its answers back and averages them.
///
/// # Errors
/// The first error of `run`.
pub(super) fn average_over_views(
    before: &Array3<f32>,
    after: &Array3<f32>,
    run: impl Fn(Array3<f32>, Array3<f32>) -> Result<Array3<f32>, DetectError>,
) -> Result<Array3<f32>, DetectError> {
    let mut sum: Option<Array3<f32>> = None;
    for View { mirrored, scale } in VIEWS {
        let answer = run_at_scale(flipped(before, mirrored), flipped(after, mirrored), scale, &run)?;
        let answer = flipped(&answer, mirrored);
        sum = Some(match sum {
            Some(sum) => sum + answer,
            None => answer,
        });
    }
    Ok(sum.expect("invariant: there are four views") / VIEWS.len() as f32)
}

/// Runs a network on a pair shown at about `scale` times its sides, and brings the answer back; at 1 nothing is resized.
///
/// # Errors
/// The error of `run`.
pub(super) fn run_at_scale(
    before: Array3<f32>,
    after: Array3<f32>,
    scale: f64,
    run: impl Fn(Array3<f32>, Array3<f32>) -> Result<Array3<f32>, DetectError>,
) -> Result<Array3<f32>, DetectError> {
    let (_, height, width) = after.dim();
    let answer = run(at_scale(before, scale), at_scale(after, scale))?;
    let (_, seen_height, seen_width) = answer.dim();
    Ok(if (seen_height, seen_width) == (height, width) { answer } else { resized(&answer, [height, width]) })
}

/// An image, RGB 0 to 255, at about `scale` times its sides, which a network takes; at 1 it is the same image.
pub(super) fn at_scale(image: Array3<f32>, scale: f64) -> Array3<f32> {
    let (_, height, width) = image.dim();
    let seen = [height, width].map(|side| scaled_side(side, scale));
    if seen == [height, width] { image } else { resized(&(image / WHITE), seen) * WHITE }
}

/// The side a network takes that is nearest to a share of a side it takes.
fn scaled_side(side: usize, scale: f64) -> usize {
    let units = (side as f64 * scale / SIDE_UNIT as f64).round() as usize;
    units.max(1) * SIDE_UNIT
}

fn flipped(image: &Array3<f32>, axes: &[Axis]) -> Array3<f32> {
    let mut view = image.view();
    for &axis in axes {
        view.slice_axis_inplace(axis, Slice::new(0, None, -1));
    }
    view.as_standard_layout().into_owned()
}

/// Every channel, of values from 0 to 1, at another size: a mean over the pixels that fall together, or linear between them.
fn resized(channels: &Array3<f32>, [height, width]: [usize; 2]) -> Array3<f32> {
    let layers: Vec<_> = channels.outer_iter().map(|channel| resized_channel(channel, height, width)).collect();
    let views: Vec<_> = layers.iter().map(|layer| layer.view()).collect();
    stack(Axis(0), &views).expect("invariant: channels of one image have one size")
}

fn resized_channel(channel: ArrayView2<f32>, height: usize, width: usize) -> Array2<f32> {
    let side = |v: usize| u32::try_from(v).expect("invariant: a tile's sides are small");
    let (rows, cols) = channel.dim();
    let samples = channel.iter().copied().collect();
    let buffer: ImageBuffer<Luma<f32>, Vec<f32>> =
        ImageBuffer::from_raw(side(cols), side(rows), samples).expect("invariant: as many samples as pixels");
    let resized = resize(&buffer, side(width), side(height), FilterType::Triangle);
    Array2::from_shape_vec((height, width), resized.into_raw()).expect("invariant: the size that was asked for")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_return_to_their_places_and_a_lean_averages_out() {
        let after = Array3::from_shape_fn((1, 128, 256), |(_, row, col)| row as f32 + 0.5 * col as f32);
        // Leans right and down by a share of the sides, whatever they are.
        let lean = |_, mut after: Array3<f32>| {
            let (_, height, width) = after.dim();
            after.indexed_iter_mut().for_each(|((_, row, col), value)| {
                let (down, right) = ((row as f32 + 0.5) / height as f32, (col as f32 + 0.5) / width as f32);
                *value = *value / 400.0 + 0.1 * down + 0.2 * right;
            });
            Ok(after)
        };
        let mean = average_over_views(&after, &after, lean).expect("invariant: it cannot fail");
        assert_eq!(mean.dim(), after.dim());
        // Rims are worth less where an image was reduced.
        for ((_, row, col), value) in mean.indexed_iter() {
            if (4..124).contains(&row) && (4..252).contains(&col) {
                assert!((value - after[[0, row, col]] / 400.0 - 0.15).abs() < 0.002, "{row} {col}: {value}");
            }
        }
    }

    #[test]
    fn two_views_are_reduced_to_three_quarters() {
        let seen = std::cell::RefCell::new(Vec::new());
        let image = Array3::zeros((3, 544, 96));
        let note = |before: Array3<f32>, _| {
            seen.borrow_mut().push(before.dim());
            Ok(before)
        };
        average_over_views(&image, &image, note).expect("invariant: it cannot fail");
        assert_eq!(*seen.borrow(), [(3, 544, 96), (3, 416, 64), (3, 416, 64), (3, 544, 96)]);
    }

    #[test]
    fn an_enlarged_pair_is_answered_at_its_own_size() {
        let image = Array3::from_shape_fn((3, 64, 96), |(_, row, col)| (row + col) as f32);
        let echo = |before: Array3<f32>, after: Array3<f32>| {
            assert_eq!((before.dim(), after.dim()), ((3, 160, 256), (3, 160, 256)));
            Ok(after / WHITE)
        };
        let answer = run_at_scale(image.clone(), image.clone(), 2.5, echo).expect("invariant: it cannot fail");
        assert_eq!(answer.dim(), image.dim());
        for ((band, row, col), value) in answer.indexed_iter() {
            if (4..60).contains(&row) && (4..92).contains(&col) {
                assert!((value * WHITE - image[[band, row, col]]).abs() < 0.5, "{row} {col}: {value}");
            }
        }
    }
}
