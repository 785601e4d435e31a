//! Plans that are no rectangles: wedges, arcs, polygons, corners cut off.

use std::f64::consts::{PI, TAU};

use crate::simulate::description::Building;
use crate::simulate::dice::Dice;

/// Places along each side of an arc.
const ARC_STEPS: u32 = 8;

/// Gives a building another plan within its rectangle.
pub(in crate::simulate) fn reshape(building: &mut Building, dice: &mut Dice) {
    let plans: [(Plan, f64); 4] = [(cut_corners, 0.35), (taper, 0.25), (bow, 0.25), (round_off, 0.15)];
    building.plan = dice.weigh(&plans)([building.length_m / 2.0, building.width_m / 2.0], dice);
}

/// Corners of a plan within these half extents.
type Plan = fn([f64; 2], &mut Dice) -> Vec<[f64; 2]>;

/// One to four corners are cut off.
fn cut_corners([long, wide]: [f64; 2], dice: &mut Dice) -> Vec<[f64; 2]> {
    let cut = wide.min(long) * dice.between(0.25, 0.75);
    let cuts = dice.count(1, 4);
    // Turned by one after another, as a street corner comes at any of them.
    let first = dice.count(0, 3);
    let corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]];
    let mut plan = Vec::new();
    for (number, [along, across]) in corners.into_iter().enumerate() {
        let corner = [along * long, across * wide];
        if (number + first) % 4 >= cuts {
            plan.push(corner);
            continue;
        }
        let by_end = [corner[0], corner[1] - across * cut];
        let by_side = [corner[0] - along * cut, corner[1]];
        // Around the plan in one sense.
        plan.extend(if number % 2 == 0 { [by_end, by_side] } else { [by_side, by_end] });
    }
    plan
}

/// One end is narrower than the other, and the ends are askew.
fn taper([long, wide]: [f64; 2], dice: &mut Dice) -> Vec<[f64; 2]> {
    let narrow = wide * (1.0 - 2.0 * dice.between(0.1, 0.35));
    let askew = [dice.between(0.0, 0.5), dice.between(0.0, 0.5)].map(|share| share * wide.min(long));
    vec![[-long + askew[0], -wide], [long, -wide], [long - askew[1], narrow], [-long, wide]]
}

/// A slab along an arc.
fn bow([long, wide]: [f64; 2], dice: &mut Dice) -> Vec<[f64; 2]> {
    let thick = 2.0 * wide * dice.between(0.5, 0.75);
    let rise = 2.0 * wide - thick;
    let at = |step: u32, lift: f64| {
        let t = 2.0 * f64::from(step) / f64::from(ARC_STEPS) - 1.0;
        [t * long, -wide + rise * (1.0 - t * t) + lift]
    };
    (0..=ARC_STEPS).map(|step| at(step, 0.0)).chain((0..=ARC_STEPS).rev().map(|step| at(step, thick))).collect()
}

/// A polygon of five to eight sides, or an oval.
fn round_off([long, wide]: [f64; 2], dice: &mut Dice) -> Vec<[f64; 2]> {
    let corners = dice.pick(&[5u32, 6, 8, 8, 24]);
    let vertex = |number: u32| {
        let (sin, cos) = (TAU * f64::from(number) / f64::from(corners) + PI / f64::from(corners)).sin_cos();
        [long * cos, wide * sin]
    };
    (0..corners).map(vertex).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::render::buildings::footprint_of;
    use crate::structure::Kind;
    use geo::{Area, Validation};

    #[test]
    fn plans_lie_in_their_rectangle_and_fill_much_of_it() {
        for seed in 0..200 {
            let mut house = Building::rectangle(Kind::Other, [50.0, 50.0], [24.0, 12.0], 30.0);
            reshape(&mut house, &mut Dice::from_seed(seed));
            let inside = |[along, across]: &[f64; 2]| along.abs() < 12.0 + 1e-9 && across.abs() < 6.0 + 1e-9;
            assert!(house.plan.iter().all(inside), "seed {seed}: {:?}", house.plan);
            let footprint = footprint_of(&house);
            assert!(footprint.is_valid(), "seed {seed}: {:?}", house.plan);
            assert!((0.45..1.0).contains(&(footprint.unsigned_area() / 288.0)), "seed {seed}");
        }
    }
}
