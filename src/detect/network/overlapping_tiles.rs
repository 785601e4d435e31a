//! Overlapping tiles along an axis, and weights with which they become one again.

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

    /// One past the last pixel.
    pub(super) fn end(&self) -> usize {
        self.start + self.length()
    }
}

/// Cuts an axis of `length` pixels into spans of `side` pixels that overlap by [`OVERLAP`], counted from 0.
///
/// The last one is moved back so that it, too, sees `side` pixels (up to 15 fewer); an axis shorter than that is one span.
/// Weights fall from 1 to 0 along a smooth step in the middle of each overlap, and are 1 up to the ends of the axis.
pub(super) fn spans(length: usize, side: usize) -> Vec<Span> {
    let stride = side.saturating_sub(OVERLAP).max(START_UNIT);
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
        assert_eq!(spans(100, 512), [Span { start: 0, weights: vec![1.0; 100] }]);
    }

    #[test]
    fn the_last_span_is_moved_back() {
        let starts: Vec<_> = spans(1024, 512).iter().map(|span| (span.start, span.length())).collect();
        assert_eq!(starts, [(0, 512), (448, 512), (512, 512)]);
        let starts: Vec<_> = spans(1027, 512).iter().map(|span| (span.start, span.length())).collect();
        assert_eq!(starts, [(0, 512), (448, 512), (528, 499)]);
    }

    proptest! {
        #[test]
        fn weights_of_a_pixel_add_up_to_one_and_rims_count_nothing(length in 1usize..3000, side in 4usize..20) {
            let side = side * 32;
            let spans = spans(length, side);
            let mut sums = vec![0.0; length];
            for (index, span) in spans.iter().enumerate() {
                prop_assert!(span.end() <= length && span.start % START_UNIT == 0);
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
