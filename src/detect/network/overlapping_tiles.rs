//! Overlapping tiles along an axis, and weights with which they become one again.

use crate::detect::network::model_file::SIDE_UNIT;

/// Pixels that neighbouring tiles share.
pub(super) const OVERLAP: usize = 64;

/// Pixels over which one tile gives way to the next, in the middle of what they share. On both sides of it 16 pixels
/// are left of the overlap, where a network sees the edge of its tile and is not believed.
const RAMP: f32 = 32.0;

/// Tiles begin on multiples of this, where windows of a warped image see the same pixels (nodes of
/// [`crate::pair::Alignment`] lie 16 apart).
const START_UNIT: usize = 16;

/// A tile along one axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Span {
    /// First pixel.
    pub(super) start: usize,
    /// What each of its pixels counts; over all spans, the weights of a pixel add up to 1.
    pub(super) weights: Vec<f32>,
}

impl Span {
    /// Number of pixels.
    pub(super) fn length(&self) -> usize {
        self.weights.len()
    }
}

/// Cuts an image into tiles of at most `side` x `side` pixels, though not squares: the rows and columns of tiles by which
/// the network has least to look at, `at_once` tiles of a row being looked at together.
///
/// Two tiles of 1,024 x 544 cover an image of 1,024 x 1,024 with 6 % less than four of 544 x 544 do. No side is longer
/// than twice `side`, a multiple of 32 that is at least twice the overlap.
pub(super) fn tile_axes(height: usize, width: usize, side: usize, at_once: usize) -> (Vec<Span>, Vec<Span>) {
    let counts = |length: usize| fewest_spans(length, 2 * side)..=fewest_spans(length, side);
    let layouts = counts(height).flat_map(|rows| counts(width).map(move |cols| (rows, cols)));
    let area = |(rows, cols)| span_length(height, rows) * span_length(width, cols);
    let (rows, cols) = layouts
        .filter(|&layout| area(layout) <= side * side)
        .min_by_key(|&(rows, cols)| rows * cols.next_multiple_of(at_once) * area((rows, cols)))
        .expect("invariant: spans no longer than the side on both axes are among the layouts");
    (spans(height, rows), spans(width, cols))
}

/// The fewest spans of at most `most` pixels that cover an axis.
fn fewest_spans(length: usize, most: usize) -> usize {
    length.saturating_sub(OVERLAP).div_ceil(most - OVERLAP).max(1)
}

/// Pixels of each of `count` equal spans that cover an axis, a multiple of 32.
fn span_length(length: usize, count: usize) -> usize {
    (length + (count - 1) * OVERLAP).div_ceil(count).next_multiple_of(SIDE_UNIT)
}

/// Cuts an axis of `length` pixels into at most `count` spans, counted from 0.
///
/// Spans are equal, up to a multiple of 32, so that none is mostly overlap (two of 544 cover 1024, where two of 512 and
/// their overlap do not), and overlap by [`OVERLAP`]; the last is moved back to end with the axis. Weights fall from 1 to
/// 0 along a smooth step in the middle of each overlap, and are 1 up to the ends of the axis.
fn spans(length: usize, count: usize) -> Vec<Span> {
    let side = span_length(length, count);
    let stride = side - OVERLAP.min(side - SIDE_UNIT);
    let mut starts = vec![0];
    while let Some(&start) = starts.last()
        && start + side < length
    {
        starts.push((start + stride).min((length - side).next_multiple_of(START_UNIT)));
    }
    // Middle of what tile `index` shares with the next.
    let seam = |index: usize| (starts[index + 1] + starts[index] + side) as f32 / 2.0;
    let of_tile = |index: usize| {
        let weight = |pixel: usize| {
            let after = if index > 0 { risen(pixel, seam(index - 1)) } else { 1.0 };
            let before = if index + 1 < starts.len() { 1.0 - risen(pixel, seam(index)) } else { 1.0 };
            after * before
        };
        let start = starts[index];
        Span { start, weights: (start..(start + side).min(length)).map(weight).collect() }
    };
    (0..starts.len()).map(of_tile).collect()
}

/// The smooth step 3 t^2 - 2 t^3 around a seam.
fn risen(pixel: usize, seam: f32) -> f32 {
    let t = ((pixel as f32 + 0.5 - seam) / RAMP + 0.5).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_short_axis_is_one_span_of_full_weight() {
        assert_eq!(spans(100, 1), [Span { start: 0, weights: vec![1.0; 100] }]);
    }

    #[test]
    fn spans_are_few_and_equal_and_the_last_is_moved_back() {
        let of =
            |length, count| spans(length, count).iter().map(|span| (span.start, span.length())).collect::<Vec<_>>();
        assert_eq!(of(1024, 2), [(0, 544), (480, 544)]);
        assert_eq!(of(1027, 3), [(0, 416), (352, 416), (624, 403)]);
    }

    #[test]
    fn tiles_are_long_where_that_leaves_less_to_look_at() {
        let sides = |height, width| {
            let (rows, cols) = tile_axes(height, width, 768, 2);
            (rows.len(), rows[0].length(), cols.len(), cols[0].length())
        };
        assert_eq!(sides(1024, 1024), (1, 1024, 2, 544));
        assert_eq!(sides(4096, 4096), (6, 736, 6, 736));
        assert_eq!(sides(256, 200), (1, 256, 1, 200));
    }

    proptest! {
        #[test]
        fn tiles_are_never_larger_than_asked(height in 1usize..5000, width in 1usize..5000, side in 4usize..30) {
            let side = side * 32;
            let (rows, cols) = tile_axes(height, width, side, 2);
            prop_assert!(rows[0].length() * cols[0].length() <= side * side);
            prop_assert!(rows[0].length() <= 2 * side && cols[0].length() <= 2 * side);
        }

        #[test]
        fn weights_of_a_pixel_add_up_to_one_and_rims_count_nothing(length in 1usize..3000, side in 4usize..20) {
            let side = side * 32;
            let spans = spans(length, fewest_spans(length, side));
            let side = spans[0].length();
            let mut sums = vec![0.0; length];
            for (index, span) in spans.iter().enumerate() {
                prop_assert!(span.start + span.length() <= length && span.start % START_UNIT == 0);
                prop_assert!(index == 0 || span.weights[..16].iter().all(|&w| w == 0.0));
                prop_assert!(index + 1 == spans.len() || span.weights[side - 16..].iter().all(|&w| w == 0.0));
                for (sum, weight) in sums[span.start..].iter_mut().zip(&span.weights) {
                    *sum += weight;
                }
            }
            prop_assert!(sums.iter().all(|sum: &f32| (sum - 1.0).abs() < 1e-6));
        }
    }
}
