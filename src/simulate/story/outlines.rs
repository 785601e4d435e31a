//! Lines and outlines on the ground: blobs, rings, rounded rectangles, what runs beside a line.

use crate::simulate::description::Place;
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;

/// Length of the pieces of a pavement, metres.
const PIECE_M: f64 = 8.0;

/// The middle of an outline: the mean of its corners.
pub(in crate::simulate) fn middle_of(outline: &[Place]) -> Place {
    [0, 1].map(|k| outline.iter().map(|corner| corner[k]).sum::<f64>() / outline.len() as f64)
}

/// Corners of a roundish shape whose radius strays by a share of itself.
pub(in crate::simulate) fn blob(center: Place, radius_m: f64, stray: f64, dice: &mut Dice) -> Vec<Place> {
    let corners = dice.count(7, 13);
    let (stretch, turn) = (dice.between(0.6, 1.0), dice.between(0.0, std::f64::consts::TAU));
    (0..corners)
        .map(|i| {
            let (sin, cos) = (i as f64 / corners as f64 * std::f64::consts::TAU).sin_cos();
            let radius = radius_m * (1.0 + stray * (2.0 * dice.unit() - 1.0));
            let (u, v) = (radius * cos, stretch * radius * sin);
            [center[0] + u * turn.cos() - v * turn.sin(), center[1] + u * turn.sin() + v * turn.cos()]
        })
        .collect()
}

/// Points of a circle, the first repeated at the end; radii along two axes of a block's azimuth.
pub(in crate::simulate) fn ring(center: Place, radii_m: [f64; 2], azimuth_deg: f64, points: usize) -> Vec<Place> {
    let axes = Block::new(center, 1.0, 1.0, azimuth_deg);
    (0..=points)
        .map(|i| {
            let (sin, cos) = (i as f64 / points as f64 * std::f64::consts::TAU).sin_cos();
            axes.place(radii_m[0] * cos, radii_m[1] * sin)
        })
        .collect()
}

/// A line that wanders across the image from border to border.
pub(in crate::simulate) fn crossing(side_m: f64, wander: f64, dice: &mut Dice) -> Vec<Place> {
    let (from, to) = (dice.between(-0.1, 1.1), dice.between(-0.1, 1.1));
    let swap = dice.chance(0.5);
    (0..7)
        .map(|i| {
            let t = i as f64 / 6.0;
            let across = (from + (to - from) * t + wander * dice.normal()) * side_m;
            let along = (1.3 * t - 0.15) * side_m;
            if swap { [across, along] } else { [along, across] }
        })
        .collect()
}

/// A rectangle with rounded corners, the first point repeated at the end.
pub(in crate::simulate) fn rounded(block: &Block, radius: f64) -> Vec<Place> {
    let [l, w] = block.half;
    let radius = radius.min(0.95 * l.min(w));
    let mut line = Vec::with_capacity(25);
    for (corner, (sl, sw)) in [(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)].into_iter().enumerate() {
        for step in 0..6 {
            let angle = (corner as f64 + f64::from(step) / 5.0) * std::f64::consts::FRAC_PI_2;
            let (sin, cos) = angle.sin_cos();
            line.push(block.place(sl * (l - radius) + radius * cos, sw * (w - radius) + radius * sin));
        }
    }
    line.push(line[0]);
    line
}

/// A rectangle less a rim.
pub(in crate::simulate) fn shrunk(block: &Block, by: f64, azimuth: f64) -> Block {
    let [l, w] = block.half.map(|half| 2.0 * (half - by).max(0.5));
    Block::new(block.center, l, w, azimuth)
}

/// Places along a segment, moved to one side.
pub(in crate::simulate) fn beside(ends: &[Place], by: f64) -> Vec<Place> {
    let [dx, dy] = [0, 1].map(|k| ends[1][k] - ends[0][k]);
    let length = dx.hypot(dy).max(1e-6);
    let pieces = (length / PIECE_M).ceil().max(1.0);
    (0..=pieces as usize)
        .map(|i| {
            let t = i as f64 / pieces;
            [ends[0][0] + t * dx - by * dy / length, ends[0][1] + t * dy + by * dx / length]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_corners_stay_inside() {
        let block = Block::new([10.0, 10.0], 20.0, 10.0, 90.0);
        let line = rounded(&block, 3.0);
        assert_eq!(line.first(), line.last());
        for place in line {
            let (along, across) = block.local(place[0] as f32, place[1] as f32);
            assert!(along.abs() <= 10.001 && across.abs() <= 5.001, "{along} {across}");
        }
    }

    #[test]
    fn pavements_run_beside_their_street() {
        let path = beside(&[[0.0, 10.0], [20.0, 10.0]], 4.0);
        assert_eq!((path[0], path[path.len() - 1]), ([0.0, 14.0], [20.0, 14.0]));
        assert!(path.windows(2).all(|ends| ends[1][0] - ends[0][0] <= PIECE_M));
    }
}
