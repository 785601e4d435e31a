//! Suburban houses: one broad roof that others cross, as builders of estates lay them out.
//!
//! Footprints are 150-450 m2. Shapes by eye against estates of North America.

use crate::simulate::description::{Building, Color, Fitting, Place, RoofShape, Wing};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::structures::houses::HOUSE_COVERS;
use crate::simulate::story::structures::styles::{RoofStyle, STOREY_M, fit};
use crate::structure::Kind;

/// Roofs of estates: grays and browns of shingle and concrete tile, dark ones more often than pale ones (chosen by eye).
const ESTATE_TONES: [Color; 11] = [
    [104, 100, 96],
    [122, 114, 104],
    [138, 130, 120],
    [112, 98, 86],
    [132, 112, 96],
    [88, 86, 84],
    [74, 72, 72],
    [150, 142, 132],
    [172, 164, 150],
    [118, 102, 92],
    [156, 132, 114],
];

/// Rise of slopes over their run: 5 to 10 in 12, as shingles and tiles are laid.
const PITCHES: [f64; 6] = [0.42, 0.5, 0.5, 0.58, 0.67, 0.83];

/// Slopes of different aspect fade and stain this many times as differently as the table of roofs has it (by eye against
/// levir_val, where gray levels within a roof spread by 27 DN, labels a few pixels off included; 2026-11-25).
const FACETS: [f64; 2] = [1.8, 4.0];

/// Share of estates of plain houses, one roof and a garage, and how far their slopes differ.
const PLAIN: f64 = 0.4;
const PLAIN_FACETS: [f64; 2] = [1.0, 2.2];

/// Share of the room's depth under the main roof: with it half of the houses of estates have more than some 220 m2, as those of
/// levir_val have (median of new ones on even ids 234 m2, 2026-11-29).
const MAIN_DEPTH: [f64; 2] = [0.58, 0.9];

/// Wings stand in from the corners of the house by this much, metres: their slopes stay apart from its own.
const INSET_M: f64 = 0.15;

/// A house whose parts are being laid out; the street lies on the negative side across.
struct Plan {
    house: Building,
    hipped: bool,
    plain: bool,
    wings: Vec<Wing>,
}

/// A suburban house of several intersecting roofs that fills most of a room of this length and depth; the street lies on
/// the negative side across.
pub(in crate::simulate) fn draw_suburban(
    center: Place,
    azimuth_deg: f64,
    room: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let width = (room[0] * dice.between(0.86, 1.0)).clamp(6.0, 28.0);
    let depth = (room[1] * dice.between(0.8, 1.0)).clamp(6.0, 25.0);
    let size = [width * dice.pick(&[1.0, 1.0, 0.92, 0.75]), depth * dice.between(MAIN_DEPTH[0], MAIN_DEPTH[1])];
    let spare = [width - size[0], depth - size[1]];
    // How much of what is left lies before the house, and to which side of it.
    let (front, aside) = (spare[1] * dice.between(0.25, 0.8), dice.pick(&[-0.5, 0.5]) * spare[0]);
    let axes = Block::new(center, 1.0, 1.0, azimuth_deg);
    let middle = axes.place(-aside, front - spare[1] / 2.0);
    let mut common = style.common();
    let mut plan = Plan {
        house: Building::rectangle(Kind::House, middle, size, azimuth_deg),
        hipped: common.chance(0.72),
        plain: common.chance(PLAIN),
        wings: Vec::new(),
    };
    plan.raise(style, dice);
    plan.add_wings([front, spare[1] - front], dice);
    if spare[0] > 1.5 && !plan.plain {
        plan.add_side(aside.signum(), spare[0], dice);
    }
    if !plan.plain {
        plan.add_upper_storey(dice);
    }
    let facets = if plan.plain { PLAIN_FACETS } else { FACETS };
    let mut house = plan.house;
    house.wings = plan.wings;
    style.dress(&mut house, &HOUSE_COVERS, dice);
    style.tone(&mut house, &ESTATE_TONES, dice);
    // Shingles are even: what one sees is how their planes are lit.
    house.wear *= 0.4;
    house.facets = dice.between(facets[0], facets[1]);
    fit(
        &mut house,
        &[(Fitting::Chimneys, 0.3), (Fitting::RidgeCap, 0.08), (Fitting::Gutters, 0.2), (Fitting::Dormers, 0.06)],
        dice,
    );
    house.clutter = dice.pick(&[0.0, 0.0, 0.12, 0.25]);
    house
}

impl Plan {
    /// Storeys and the roof of the middle part; neighbors are built to one pitch.
    fn raise(&mut self, style: RoofStyle, dice: &mut Dice) {
        self.house.storeys = dice.weigh(&[(1, 0.6), (2, 0.4)]);
        self.house.eaves_m = STOREY_M * f64::from(self.house.storeys) * dice.between(0.9, 1.05);
        self.house.roof = self.draw_shape(dice);
        let pitch = style.common().pick(&PITCHES) * dice.between(0.9, 1.1);
        self.house.rise_m = (self.narrower() / 2.0 * pitch).clamp(1.2, 6.0);
    }

    fn draw_shape(&self, dice: &mut Dice) -> RoofShape {
        if dice.chance(if self.hipped { 0.8 } else { 0.2 }) { RoofShape::Hip } else { RoofShape::Gable }
    }

    fn narrower(&self) -> f64 {
        self.house.length_m.min(self.house.width_m)
    }

    /// The garage and other wings toward the street, and wings toward the garden, that fill the room left there.
    fn add_wings(&mut self, room: [f64; 2], dice: &mut Dice) {
        let ends = if dice.chance(0.5) { [-1.0, 1.0] } else { [1.0, -1.0] };
        let widest = self.narrower() * 0.9;
        let between = |from: f64, to: f64, dice: &mut Dice| dice.between(from, to).min(widest);
        let garage = [room[0] * dice.between(0.75, 1.0), between(5.5, 7.5, dice)];
        self.add_wing(-1.0, ends[0], garage, dice);
        if self.plain {
            return;
        }
        if dice.chance(0.75) {
            let second = [room[0] * dice.between(0.25, 0.8), between(4.5, 7.5, dice)];
            self.add_wing(-1.0, ends[1] * dice.between(0.3, 1.0), second, dice);
        }
        if dice.chance(0.25) {
            let porch = [dice.between(0.6, 1.4).min(room[0]), between(3.0, 4.5, dice)];
            self.add_wing(-1.0, dice.between(-0.5, 0.5), porch, dice);
        }
        for (end, chance) in [(ends[1], 0.9), (ends[0], 0.3)] {
            if dice.chance(chance) {
                let rear = [room[1] * dice.between(0.5, 1.0), between(5.0, 10.0, dice)];
                self.add_wing(1.0, end * dice.between(0.4, 1.0), rear, dice);
            }
        }
    }

    /// A wing that reaches this far beyond the eaves on one side across; `end` says where along, -1 to 1. Gables run to the
    /// ridge of the house and hips through it, so that only valleys show where roofs meet.
    fn add_wing(&mut self, side: f64, end: f64, [reach, wide]: [f64; 2], dice: &mut Dice) {
        let [long, body] = [self.house.length_m, self.house.width_m];
        let roof = self.draw_shape(dice);
        let inner = if roof == RoofShape::Hip { body - INSET_M } else { body / 2.0 };
        let along = end * ((long - wide) / 2.0 - INSET_M).max(0.0);
        let across = side * (body / 2.0 + (reach - inner) / 2.0);
        let mut wing = Wing::rectangle([along, across], [reach + inner, wide], true);
        wing.roof = Some(roof);
        if self.house.storeys == 2 && dice.chance(0.5) {
            wing.eaves_m = Some(STOREY_M * dice.between(0.9, 1.1));
        }
        self.wings.push(wing);
    }

    /// A lower roof that goes on to one side along.
    fn add_side(&mut self, side: f64, reach: f64, dice: &mut Dice) {
        let [long, body] = [self.house.length_m, self.house.width_m];
        let wide = (body * dice.between(0.45, 0.85)).min(self.narrower() * 0.9);
        let roof = self.draw_shape(dice);
        let inner = if roof == RoofShape::Hip { long - INSET_M } else { long / 2.0 };
        let across = dice.between(-1.0, 1.0) * ((body - wide) / 2.0 - INSET_M).max(0.0);
        let mut wing = Wing::rectangle([side * (long + reach - inner) / 2.0, across], [reach + inner, wide], false);
        wing.roof = Some(roof);
        self.wings.push(wing);
    }

    /// Rooms over a part of a low house.
    fn add_upper_storey(&mut self, dice: &mut Dice) {
        if self.house.storeys != 1 || !dice.chance(0.2) {
            return;
        }
        let size = [self.house.length_m * dice.between(0.35, 0.6), self.house.width_m * dice.between(0.5, 0.85)];
        let spot = [self.house.length_m - size[0], self.house.width_m - size[1]].map(|room| 0.4 * room);
        let place = spot.map(|room| room * dice.between(-1.0, 1.0));
        let mut upper = Wing::rectangle(place, size, false);
        (upper.roof, upper.eaves_m) = (Some(self.draw_shape(dice)), Some(self.house.eaves_m + dice.between(2.3, 2.9)));
        self.house.storeys = 2;
        self.wings.push(upper);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::render::buildings::footprint_of;
    use geo::{Area, BoundingRect};

    #[test]
    fn houses_of_several_roofs_fill_their_room() {
        let (mut dice, mut areas) = (Dice::from_seed(3), Vec::new());
        for _ in 0..200 {
            let style = RoofStyle::draw([150, 140, 130], &mut dice);
            let house = draw_suburban([50.0, 50.0], 0.0, [20.0, 18.0], style, &mut dice);
            let footprint = footprint_of(&house);
            let bounds = footprint.bounding_rect().unwrap();
            // Azimuth 0: the length runs up the image.
            assert!(bounds.height() < 20.01 && bounds.width() < 18.01, "{bounds:?}");
            assert!((1..=7).contains(&house.wings.len()));
            areas.push(footprint.unsigned_area());
        }
        areas.sort_by(f64::total_cmp);
        assert!((190.0..320.0).contains(&areas[100]), "median {} m2", areas[100]);
    }
}
