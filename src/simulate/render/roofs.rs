//! Shapes of roofs as heights.

use crate::simulate::description::RoofShape;

/// Width of a parapet, metres.
pub(in crate::simulate) const PARAPET_M: f32 = 0.45;

/// Width of a bay of a sawtooth roof, metres.
const SAWTOOTH_BAY_M: f32 = 7.0;

/// Width of one of several gables side by side, metres.
const SPAN_M: f32 = 7.5;

/// Height of a roof above the ground at metres along and across the middle of a rectangle of these half extents.
///
/// Eaves lie at `eaves`, the highest point at `eaves + rise`.
#[inline]
pub(in crate::simulate) fn roof_height(
    shape: RoofShape,
    half: [f32; 2],
    [eaves, rise]: [f32; 2],
    (along, across): (f32, f32),
) -> f32 {
    let [half_length, half_width] = half;
    let to_side = (half_width - across.abs()).max(0.0);
    let to_end = (half_length - along.abs()).max(0.0);
    let share = match shape {
        RoofShape::Flat => f32::from(u8::from(to_side.min(to_end) < PARAPET_M)),
        RoofShape::Gable => to_side / half_width,
        RoofShape::Hip => to_side.min(to_end) / half_width.min(half_length),
        RoofShape::Shed => (across + half_width) / (2.0 * half_width),
        RoofShape::Barrel => (1.0 - (across / half_width).powi(2)).max(0.0).sqrt(),
        RoofShape::Dome => (1.0 - (across / half_width).powi(2) - (along / half_length).powi(2)).max(0.0).sqrt(),
        RoofShape::Sawtooth => (along + half_length).rem_euclid(SAWTOOTH_BAY_M) / SAWTOOTH_BAY_M,
        RoofShape::Spans => {
            let spans = (2.0 * half_width / SPAN_M).max(1.0) as i32 as f32;
            let place = to_side * spans / (2.0 * half_width);
            let within = place - place as i32 as f32;
            2.0 * within.min(1.0 - within)
        }
    };
    eaves + rise * share.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roofs_meet_their_eaves_and_ridges() {
        let half = [10.0, 4.0];
        let height = |shape, place| roof_height(shape, half, [3.0, 2.0], place);
        for shape in [RoofShape::Gable, RoofShape::Hip, RoofShape::Barrel, RoofShape::Dome] {
            assert_eq!(height(shape, (0.0, 0.0)), 5.0, "{shape:?}");
            assert!((height(shape, (0.0, 4.0)) - 3.0).abs() < 1e-5, "{shape:?}");
        }
        assert_eq!(height(RoofShape::Gable, (9.9, 0.0)), 5.0);
        assert!(height(RoofShape::Hip, (9.0, 0.0)) < 4.0);
        assert_eq!([height(RoofShape::Flat, (0.0, 0.0)), height(RoofShape::Flat, (0.0, 3.9))], [3.0, 5.0]);
        assert_eq!([height(RoofShape::Shed, (0.0, -4.0)), height(RoofShape::Shed, (0.0, 4.0))], [3.0, 5.0]);
    }

    #[test]
    fn spans_have_a_valley_between_their_ridges() {
        let height = |across| roof_height(RoofShape::Spans, [20.0, 7.5], [3.0, 2.0], (0.0, across));
        assert!((height(0.0) - 3.0).abs() < 1e-5);
        assert!((height(3.75) - 5.0).abs() < 1e-5 && (height(-3.75) - 5.0).abs() < 1e-5);
    }
}
