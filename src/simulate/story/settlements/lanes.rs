//! Streets that have grown: kinked lines with branches, junctions and dead ends.

use crate::simulate::description::Place;
use crate::simulate::dice::Dice;

/// A street.
#[derive(Clone, Debug)]
pub(in crate::simulate) struct Lane {
    /// Points of its center line, a step apart.
    pub line: Vec<Place>,
    /// Whether it ends in the open.
    pub dead_end: bool,
}

/// How streets of a settlement grow.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulate) struct Growth {
    /// Where the first street passes, and its azimuth.
    pub start: (Place, f64),
    /// Distance between parallel streets, metres: two lots and a street.
    pub spacing_m: f64,
    /// Most streets.
    pub most: usize,
    /// Chance of a kink at each step, and how far it turns, degrees.
    pub kinks: (f64, f64),
    /// How far branches stray from a right angle, degrees.
    pub skew: f64,
    /// Side of the image, metres.
    pub side_m: f64,
}

/// Length of a step, metres.
const STEP_M: f64 = 14.0;

/// Streets grow this far beyond the image, metres.
const MARGIN_M: f64 = 30.0;

/// Grows streets; `admits` says where any may be.
pub(in crate::simulate) fn grow_lanes(growth: &Growth, admits: impl Fn(Place) -> bool, dice: &mut Dice) -> Vec<Lane> {
    let (start, azimuth) = growth.start;
    let whole = 3.0 * growth.side_m;
    let ahead = walk(growth, start, azimuth, whole, &[], &admits, dice);
    let mut line = walk(growth, start, azimuth + 180.0, whole, &[], &admits, dice).line;
    line.reverse();
    line.extend(ahead.line.into_iter().skip(1));
    let mut lanes = vec![Lane { line, dead_end: false }];
    let mut parent = 0;
    while parent < lanes.len() && lanes.len() < growth.most {
        let mut along = growth.spacing_m * dice.between(0.1, 0.6);
        while let Some((from, azimuth)) = point_along(&lanes[parent].line, along) {
            along += growth.spacing_m * dice.between(0.85, 1.35);
            for turn in [90.0, -90.0] {
                if lanes.len() >= growth.most || dice.chance(0.18) {
                    continue;
                }
                let longest = growth.spacing_m * dice.pick(&[1.2, 2.5, 6.0]);
                let heading = azimuth + turn + growth.skew * dice.normal();
                let lane = walk(growth, from, heading, longest, &lanes, &admits, dice);
                // A stub shorter than a lot is deep serves nobody.
                if lane.line.len() > 1 + (0.6 * growth.spacing_m / STEP_M) as usize {
                    lanes.push(lane);
                }
            }
        }
        parent += 1;
    }
    lanes
}

/// One street from a place on, until it leaves the image, meets another or is long enough.
fn walk(
    growth: &Growth,
    start: Place,
    azimuth: f64,
    longest_m: f64,
    others: &[Lane],
    admits: &impl Fn(Place) -> bool,
    dice: &mut Dice,
) -> Lane {
    let (mut line, mut heading) = (vec![start], azimuth);
    let mut dead_end = false;
    let room = 0.8 * growth.spacing_m;
    for step in 1..=(longest_m / STEP_M) as usize {
        heading += 1.5 * dice.normal();
        if dice.chance(growth.kinks.0) {
            heading += growth.kinks.1 * dice.between(-1.0, 1.0);
        }
        let (sin, cos) = heading.to_radians().sin_cos();
        let last = line[line.len() - 1];
        let place = [last[0] + STEP_M * sin, last[1] - STEP_M * cos];
        // Near its own beginning the street it left is always close.
        let gone = step as f64 * STEP_M;
        let close = others.iter().flat_map(|lane| &lane.line).find(|point| {
            let distance = (point[0] - place[0]).hypot(point[1] - place[1]);
            let from_start = (point[0] - start[0]).hypot(point[1] - start[1]);
            distance < room && (gone >= room && from_start > 0.5 * room || from_start > 1.3 * room)
        });
        if let Some(&junction) = close {
            if dice.chance(0.6) && line.len() > 2 {
                line.push(junction);
            } else {
                dead_end = true;
            }
            break;
        }
        line.push(place);
        let inside = -MARGIN_M..growth.side_m + MARGIN_M;
        if !place.iter().all(|v| inside.contains(v)) || !admits(place) {
            return Lane { line, dead_end: false };
        }
        dead_end = true;
    }
    Lane { line, dead_end }
}

/// The place so many metres along a line, and the azimuth there.
pub(in crate::simulate) fn point_along(line: &[Place], along_m: f64) -> Option<(Place, f64)> {
    let mut left = along_m;
    for ends in line.windows(2) {
        let (dx, dy) = (ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]);
        let length = dx.hypot(dy);
        if left <= length && length > 0.0 {
            let t = left / length;
            return Some(([ends[0][0] + t * dx, ends[0][1] + t * dy], dx.atan2(-dy).to_degrees()));
        }
        left -= length;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streets_branch_and_keep_apart() {
        for seed in 0..20 {
            let growth = Growth {
                start: ([100.0, 100.0], 30.0),
                spacing_m: 70.0,
                most: 16,
                kinks: (0.2, 30.0),
                skew: 8.0,
                side_m: 200.0,
            };
            let lanes = grow_lanes(&growth, |_| true, &mut Dice::from_seed(seed));
            assert!(lanes.len() > 2 && lanes.len() <= 16, "seed {seed}: {}", lanes.len());
            assert_eq!(lanes[0].line, grow_lanes(&growth, |_| true, &mut Dice::from_seed(seed))[0].line);
        }
    }

    #[test]
    fn places_along_a_line() {
        let line = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]];
        let (place, azimuth) = point_along(&line, 15.0).unwrap();
        assert_eq!(place, [10.0, 5.0]);
        assert!((azimuth - 180.0).abs() < 1e-9);
        assert!(point_along(&line, 21.0).is_none());
    }
}
