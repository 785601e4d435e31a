//! Complexes: schools, hospitals, malls, terminals. One building of many parts at many heights, on grounds with parking.

use crate::simulate::description::{Border, Building, Color, Court, Cover, Fitting, Material, Place, RoofShape, Wing};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::plot::Fate;
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::styles::{RoofStyle, STOREY_M, fit, stray_color};
use crate::structure::Kind;

/// Covers of complexes.
const COVERS: [Cover; 7] = [
    Cover::WhiteMembrane,
    Cover::WhiteMembrane,
    Cover::DarkMembrane,
    Cover::GravelRoof,
    Cover::PaleConcrete,
    Cover::GrayMetal,
    Cover::RedTile,
];

/// Roofs of parts of another age: membranes new and old, gravel, tar, sheet metal (by eye).
const ROOFS: [Color; 8] = [
    [236, 236, 232],
    [206, 204, 198],
    [170, 166, 158],
    [136, 134, 130],
    [92, 92, 94],
    [64, 64, 68],
    [188, 176, 156],
    [148, 120, 104],
];

/// Rims of flat roofs.
const PARAPETS: [Color; 3] = [[220, 218, 212], [110, 108, 106], [168, 158, 144]];

/// Distance between the middles of two rows of a car park, metres: a lane and two stalls (common practice).
const BAY_M: f64 = 17.0;

/// How the parts of a complex lie to each other.
#[derive(Clone, Copy, Debug)]
enum Plan {
    /// Fingers off a spine: schools, barracks of another century, hospitals.
    Comb,
    /// A broad body with boxes set into its sides: malls, works, terminals.
    Cluster,
    /// Bays that step back one by one.
    Stepped,
    /// A broad body around courts.
    Courts,
    /// Bodies of many depths and heights along a corridor, one at a time as a hospital grows.
    Joined,
}

/// A complex in a room of this length and width.
pub(in crate::simulate) fn draw_complex(
    center: Place,
    azimuth_deg: f64,
    room: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let storey = dice.between(3.2, 4.5);
    let storeys = dice.count(1, 3);
    let plan = dice.weigh(&[
        (Plan::Comb, 0.18),
        (Plan::Cluster, 0.2),
        (Plan::Stepped, 0.1),
        (Plan::Courts, 0.12),
        (Plan::Joined, 0.4),
    ]);
    let mut complex = Building::rectangle(Kind::Other, center, room, azimuth_deg);
    complex.storeys = storeys as u32;
    complex.eaves_m = storey * storeys as f64;
    complex.rise_m = dice.between(0.2, 1.2);
    match plan {
        Plan::Comb => comb(&mut complex, room, dice),
        Plan::Cluster => cluster(&mut complex, room, dice),
        Plan::Stepped => step(&mut complex, room, dice),
        Plan::Courts => open_courts(&mut complex, room, dice),
        Plan::Joined => join_on(&mut complex, room, dice),
    }
    for wing in complex.wings.iter_mut().filter(|wing| wing.eaves_m.is_none()) {
        // Parts are as high as the whole, or lower or higher by a storey.
        let eaves = complex.eaves_m + STOREY_M * dice.pick(&[0.0, 0.0, -1.0, 1.0, 0.5]);
        wing.eaves_m = Some(eaves.max(3.2) + 0.3 * dice.unit());
    }
    if matches!(plan, Plan::Comb) && dice.chance(0.35) {
        complex.roof = dice.pick(&[RoofShape::Gable, RoofShape::Hip]);
        complex.rise_m = complex.width_m * dice.between(0.1, 0.25);
    }
    style.dress(&mut complex, &COVERS, dice);
    if complex.roof == RoofShape::Flat {
        complex.clutter = dice.pick(&[0.0, 0.05, 0.15]);
        complex.parapet_color = dice.chance(0.4).then(|| dice.pick(&PARAPETS));
        fit(&mut complex, &[(Fitting::UnitRows, 0.6), (Fitting::Skylights, 0.25), (Fitting::RoofRooms, 0.2)], dice);
    }
    complex
}

/// A spine along the room, with fingers to one side or both.
fn comb(complex: &mut Building, [long, wide]: [f64; 2], dice: &mut Dice) {
    let both = dice.chance(0.5);
    let spine = dice.between(9.0, 18.0).min(0.4 * wide);
    let reach = if both { (wide - spine) / 2.0 } else { wide - spine };
    complex.width_m = spine;
    let finger = dice.between(9.0, 16.0).min(0.4 * long);
    let number = dice.count(2, 5).min((long / (1.5 * finger)) as usize).max(1);
    for i in 0..number {
        let along = if number == 1 { 0.0 } else { (long - finger) * (i as f64 / (number - 1) as f64 - 0.5) };
        for side in [-1.0, 1.0] {
            if (side < 0.0 && !both) || dice.chance(0.12) {
                continue;
            }
            let length = reach * dice.between(0.6, 1.0);
            // Fingers begin within the spine, so that nothing stands open between them.
            let across = side * (spine / 2.0 + length / 2.0 - 1.0);
            complex.wings.push(Wing::rectangle([along, across], [length + 2.0, finger], true));
        }
    }
}

/// A body that fills most of the room, with boxes half outside it.
fn cluster(complex: &mut Building, [long, wide]: [f64; 2], dice: &mut Dice) {
    [complex.length_m, complex.width_m] = [long * dice.between(0.6, 0.85), wide * dice.between(0.55, 0.8)];
    for _ in 0..dice.count(2, 6) {
        // Deep enough to reach the body from the corners of the room.
        let size = [
            dice.between(0.6 * (long - complex.length_m), 0.4 * long),
            dice.between(0.6 * (wide - complex.width_m), 0.5 * wide),
        ];
        let place = |room: f64, size: f64, dice: &mut Dice| (room - size) / 2.0 * dice.pick(&[-1.0, 1.0, 0.4, -0.3]);
        let center = [place(long, size[0], dice), place(wide, size[1], dice)];
        complex.wings.push(Wing::rectangle(center, size, false));
    }
}

/// Bays side by side, each a step further back.
fn step(complex: &mut Building, [long, wide]: [f64; 2], dice: &mut Dice) {
    let bays = dice.count(3, 6);
    let bay = long / bays as f64;
    let deep = wide * dice.between(0.4, 0.6);
    let by = (wide - deep) / (bays - 1) as f64;
    let turned = dice.pick(&[-1.0, 1.0]);
    // Staircases, or bays that go to and fro.
    let (to_and_fro, length) = (dice.chance(0.4), bay + 0.2);
    let across = |i: usize| {
        let step = if to_and_fro { (i % 2) as f64 * 0.6 * (bays - 1) as f64 } else { i as f64 };
        turned * (step * by - (wide - deep) / 2.0)
    };
    let along = |i: usize| (i as f64 + 0.5) * bay - long / 2.0;
    complex.wings = (0..bays).map(|i| Wing::rectangle([along(i), across(i)], [length, deep], false)).collect();
    // The body is a corridor along all bays.
    [complex.length_m, complex.width_m] = [long, (deep * 0.3).max(3.0)];
}

/// Bodies to both sides of a corridor, of different depths, heights and ages, some with an upper part that stands back, some
/// joined again at their far ends, so that courts are shut in between them.
fn join_on(complex: &mut Building, [long, wide]: [f64; 2], dice: &mut Dice) {
    let corridor = dice.between(5.0, 12.0).min(0.3 * wide);
    // The corridor runs where it likes, and the room's middle stays where it is.
    let aside = dice.between(-0.3, 0.3) * (wide - corridor);
    complex.width_m = corridor;
    let storey = complex.eaves_m / f64::from(complex.storeys);
    let (aged, tallest) = (dice.chance(0.7), dice.count(1, 5));
    let own_color = |dice: &mut Dice| (aged && dice.chance(0.6)).then(|| stray_color(dice.pick(&ROOFS), 0.08, dice));
    let mut extent = [-corridor / 2.0, corridor / 2.0];
    for side in [-1.0, 1.0] {
        let reach = (wide - corridor) / 2.0 + side * aside;
        if reach < 6.0 {
            continue;
        }
        let mut from = -long / 2.0;
        let mut deepest: f64 = 0.0;
        while from < long / 2.0 - 8.0 {
            let length = dice.between(9.0, 34.0).min(long / 2.0 - from);
            let depth = reach * dice.between(0.35, 1.0);
            let along = from + length / 2.0;
            from += length + dice.pick(&[0.0, 0.0, 4.0, 9.0]);
            if length < 6.0 || dice.chance(0.15) {
                continue;
            }
            deepest = deepest.max(depth);
            let across = side * (corridor / 2.0 + depth / 2.0 - 0.5);
            let mut body = Wing::rectangle([along, across], [length, depth + 1.0], false);
            let eaves = storey * dice.count(1, tallest) as f64 + dice.between(0.0, 1.2);
            (body.eaves_m, body.color) = (Some(eaves), own_color(dice));
            complex.wings.push(body);
            if dice.chance(0.5) {
                let eaves = eaves + storey * dice.pick(&[0.7, 1.0, 1.0, 2.0, 3.0]);
                let upper = stand_back(&body, eaves, dice);
                complex.wings.push(Wing { color: own_color(dice), ..upper });
            }
        }
        if deepest > 14.0 && dice.chance(0.45) {
            // A walk along the far ends shuts courts in.
            let across = side * (corridor / 2.0 + deepest - 3.0);
            let walk = Wing::rectangle([0.0, across], [long, 5.0], false);
            complex.wings.push(walk);
        }
        extent[usize::from(side > 0.0)] = side * (corridor / 2.0 + deepest);
    }
    // What was built lies around the room's middle.
    let shift = -0.5 * (extent[0] + extent[1]);
    let axes = Block::new(complex.center, 1.0, 1.0, complex.azimuth_deg);
    complex.center = axes.place(0.0, shift);
}

/// An upper part that stands back from the walls of the body below it.
fn stand_back(below: &Wing, eaves_m: f64, dice: &mut Dice) -> Wing {
    let share = [dice.between(0.25, 0.8), dice.between(0.25, 0.8)];
    let [along, across] = [0, 1].map(|k| dice.between(-0.45, 0.45) * (1.0 - share[k]));
    let center = [below.along_m + along * below.length_m, below.across_m + across * below.width_m];
    let size = [share[0] * below.length_m, share[1] * below.width_m];
    Wing { eaves_m: Some(eaves_m), ..Wing::rectangle(center, size, false) }
}

/// A body with one to three courts in a row.
fn open_courts(complex: &mut Building, [long, wide]: [f64; 2], dice: &mut Dice) {
    let number = dice.count(1, 3);
    let part = long / number as f64;
    let rim = (0.5 * part.min(wide) * dice.between(0.45, 0.75)).min(18.0);
    let size = [part - 2.0 * rim, wide - 2.0 * rim];
    if size.iter().all(|&side| side > 5.0) {
        complex.courts = (0..number)
            .map(|i| Court {
                along_m: (i as f64 + 0.5) * part - long / 2.0,
                across_m: 0.0,
                length_m: size[0],
                width_m: size[1],
            })
            .collect();
    }
}

impl Site<'_> {
    /// One to three complexes on their grounds, with car parks and an approach.
    pub(in crate::simulate) fn campus(&mut self, dice: &mut Dice) {
        let pitch = [dice.between(70.0, 150.0), dice.between(55.0, 120.0)];
        let ground = dice.pick(&[Material::Asphalt, Material::OldAsphalt, Material::Concrete, self.opened]);
        let offset = [0, 1].map(|_| dice.between(-0.5, 0.5));
        for row in -1..=1i64 {
            let across = (row as f64 + offset[1]) * pitch[1];
            let reach = self.reach();
            if row == 0 {
                self.street([-reach, reach], across + 0.5 * pitch[1] + 4.0, dice.between(7.0, 12.0));
            }
            for col in -1..=1i64 {
                let along = (col as f64 + offset[0]) * pitch[0];
                let center = self.place(along, across);
                if dice.chance(0.35) || !self.is_near(center, 0.4 * pitch[0]) {
                    continue;
                }
                let fate = self.fate(center, row, dice);
                self.complex_on_grounds([along, across], pitch, ground, fate, dice);
            }
        }
    }

    /// A complex in the middle of its grounds, the car park before it.
    fn complex_on_grounds(
        &mut self,
        [along, across]: [f64; 2],
        pitch: [f64; 2],
        ground: Material,
        fate: Fate,
        dice: &mut Dice,
    ) {
        let parking = if pitch[1] > 75.0 && dice.chance(0.75) { BAY_M * dice.pick(&[1.0, 1.0, 2.0]) } else { 0.0 };
        let room = [(pitch[0] - 10.0) * dice.between(0.6, 1.0), (pitch[1] - 12.0 - parking) * dice.between(0.6, 1.0)];
        let back = parking / 2.0 + 2.0;
        let center = self.place(along, across - back);
        let complex = draw_complex(center, self.azimuth_at(along), room, self.style, dice);
        if dice.chance(0.5) {
            let half = [room[0] / 2.0 + 4.0, room[1] / 2.0 + 3.0];
            let low = across - back;
            let outline = self.outline([along - half[0], low - half[1]], [along + half[0], low + half[1]]);
            let material = dice.pick(&[Material::Concrete, Material::Grass, Material::Turf, ground]);
            self.pave(fate.when, material, outline, Border::Sharp);
        }
        if !self.build(complex, Fate { extended: false, ..fate }, dice) || parking == 0.0 {
            return;
        }
        let half = pitch[0] / 2.0 - 6.0;
        let front = across + 0.5 * pitch[1];
        let outline = self.outline([along - half, front - parking], [along + half, front]);
        self.pave(fate.when, ground, outline, Border::Sharp);
        for bay in 0..(parking / BAY_M) as usize {
            let middle = front - (bay as f64 + 0.5) * BAY_M;
            for side in [-1.0, 1.0] {
                self.parking([along, middle + side * 5.5], half, fate.when, dice);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::render::buildings::{blocks_of, footprint_of};
    use geo::{Area, BoundingRect, Contains, Point};

    #[test]
    fn a_complex_stays_in_its_room_and_is_of_one_piece() {
        let mut dice = Dice::from_seed(9);
        for number in 0..300 {
            let style = RoofStyle::draw([150, 140, 130], &mut dice);
            let complex = draw_complex([0.0, 0.0], 90.0, [100.0, 60.0], style, &mut dice);
            let footprint = footprint_of(&complex);
            let bounds = footprint.bounding_rect().unwrap();
            assert!(bounds.width() < 102.1 && bounds.height() < 62.1, "complex {number}: {bounds:?}");
            for block in blocks_of(&complex) {
                let [x, y] = block.center;
                let inside = footprint.contains(&Point::new(x, y)) || !complex.courts.is_empty();
                assert!(inside, "complex {number}: a part at {x}, {y} stands by itself");
            }
            assert!(footprint.unsigned_area() > 600.0, "complex {number}: {} m2", footprint.unsigned_area());
        }
    }
}
