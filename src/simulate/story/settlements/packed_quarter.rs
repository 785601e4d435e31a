//! Dense quarters of sheet metal: roofs of unequal size that touch, alleys a step wide, rubbish in them.

use crate::simulate::description::{Body, BodyShape, Building, Color, Place, RoofShape, When, Wing};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::plot::Fate;
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::houses::HUT_COVERS;
use crate::simulate::story::structures::styles::{RoofStyle, muted, pitch, stray_color};
use crate::simulate::story::things::litter::GOODS;
use crate::structure::Kind;

/// Rust of all ages, bare and painted sheets, by eye against quarters in Nairobi and on Zanzibar and Catanduanes.
const SHEETS: [Color; 9] = [
    [122, 84, 62],
    [146, 106, 80],
    [164, 128, 104],
    [176, 168, 158],
    [206, 206, 202],
    [138, 136, 132],
    [96, 92, 90],
    [94, 122, 152],
    [112, 68, 54],
];

/// Length of one side from which on a dwelling is not divided further, metres: smallest and largest.
const SIDE_M: [f64; 2] = [3.0, 20.0];

/// Narrowest dwelling, metres.
const NARROWEST_M: f64 = 2.2;

/// Most of its width that a dwelling gives away to be turned against its block: nobody would give more (by judgment).
const MOST_ASKEW: f64 = 0.2;

/// Widths of alleys, metres.
const ALLEY_M: [f64; 2] = [0.5, 1.5];

/// What the dwellings of a quarter have in common.
struct Quarter {
    /// How quickly large dwellings get rare.
    smallness: f64,
    /// Share of walls that have an alley between them.
    alleys: f64,
    vacant: f64,
    /// Share of dwellings whose sheets have colors of their own.
    motley: f64,
    lean_tos: f64,
    /// Pieces of rubbish for each alley, at most.
    rubbish: usize,
    /// Roofs of one slope and one kind of sheet.
    alike: bool,
    /// Standard deviation of how far dwellings are turned against their block, degrees.
    askew_deg: f64,
}

/// Share of quarters whose roofs are larger and much alike, with little between them (by judgment).
const CALM: f64 = 0.4;

impl Quarter {
    fn motley(dice: &mut Dice) -> Self {
        Quarter {
            smallness: dice.between(1.2, 3.0),
            alleys: dice.between(0.1, 0.5),
            vacant: dice.pick(&[0.0, 0.02, 0.06, 0.2]),
            motley: dice.between(0.3, 1.0),
            lean_tos: dice.between(0.1, 0.5),
            rubbish: dice.pick(&[1, 3, 6]),
            alike: false,
            askew_deg: dice.pick(&[0.0, 2.5, 6.0]),
        }
    }

    fn calm(dice: &mut Dice) -> Self {
        Quarter {
            smallness: dice.between(0.5, 1.1),
            alleys: dice.between(0.3, 0.9),
            vacant: dice.pick(&[0.0, 0.03, 0.1]),
            motley: dice.between(0.0, 0.12),
            lean_tos: dice.between(0.0, 0.15),
            rubbish: dice.pick(&[0, 1, 2]),
            alike: true,
            askew_deg: dice.pick(&[0.0, 1.5]),
        }
    }
}

/// A part of a block of dwellings: from and to along and across the middle of the block, metres.
type Part = [[f64; 2]; 2];

impl Site<'_> {
    /// Dwellings wall to wall: blocks between lanes that are divided over and over.
    pub(in crate::simulate) fn informal(&mut self, dice: &mut Dice) {
        self.bend(0.5, dice);
        let quarter = if dice.chance(CALM) { Quarter::calm(dice) } else { Quarter::motley(dice) };
        let block = [dice.between(24.0, 70.0), dice.between(18.0, 45.0)];
        let lane_m = dice.pick(&[1.2, 2.5, 4.5]) * dice.between(0.8, 1.2);
        let turned = dice.pick(&[0.5, 2.0, 5.0]);
        let street_every = dice.count(2, 4) as i64;
        let rows = (self.reach() / (block[1] + lane_m)).ceil() as i64;
        for row in -rows..=rows {
            let across = row as f64 * (block[1] + lane_m);
            if row % street_every == 0 {
                let reach = self.reach();
                self.street([-reach, reach], across + 0.5 * (block[1] + lane_m), lane_m.max(2.5));
            }
            for along in self.steps(block[0] + lane_m, across) {
                let center = self.place(along + 0.1 * block[0] * dice.normal(), across);
                let azimuth_deg = self.azimuth_at(along) + turned * dice.normal();
                if !self.is_near(center, block[0].max(block[1])) {
                    continue;
                }
                let whole = block.map(|side| [-0.5 * side, 0.5 * side]);
                let axes = Block::new(center, 1.0, 1.0, azimuth_deg);
                self.divide(&quarter, whole, (&axes, azimuth_deg), row, dice);
            }
        }
    }

    /// Divides a part of a block until its pieces are dwellings.
    fn divide(&mut self, quarter: &Quarter, part: Part, axes: (&Block, f64), row: i64, dice: &mut Dice) {
        let sides = part.map(|[from, to]| to - from);
        let axis = usize::from(sides[1] > sides[0]);
        let enough = SIDE_M[0] + (SIDE_M[1] - SIDE_M[0]) * dice.unit().powf(quarter.smallness);
        if sides[axis] < enough.max(2.0 * SIDE_M[0]) {
            return self.dwell(quarter, part, axes, row, dice);
        }
        let cut = part[axis][0] + sides[axis] * dice.between(0.32, 0.68);
        let alley = if dice.chance(quarter.alleys) { dice.between(ALLEY_M[0], ALLEY_M[1]) } else { 0.0 };
        let (mut near, mut far) = (part, part);
        (near[axis][1], far[axis][0]) = (cut - alley / 2.0, cut + alley / 2.0);
        if alley > 0.0 {
            for _ in 0..dice.count(0, quarter.rubbish) {
                let mut spot = part.map(|[from, to]| dice.between(from, to));
                spot[axis] = cut + 0.3 * alley * dice.between(-1.0, 1.0);
                self.drop_rubbish(axes.0.place(spot[0], spot[1]), alley, dice);
            }
        }
        self.divide(quarter, near, axes, row, dice);
        self.divide(quarter, far, axes, row, dice);
    }

    fn drop_rubbish(&mut self, center: Place, widest_m: f64, dice: &mut Dice) {
        let width_m = widest_m * dice.between(0.3, 0.9);
        self.scene.bodies.push(Body {
            when: dice.pick(&[When::Both, When::Before, When::After]),
            shape: BodyShape::Ragged,
            center,
            length_m: width_m * dice.between(1.0, 2.5),
            width_m,
            height_m: dice.between(0.1, 0.9),
            azimuth_deg: dice.between(0.0, 180.0),
            color: dice.pick(&GOODS),
        });
    }

    /// One dwelling that fills its part of the block, or rubbish where none stands.
    fn dwell(&mut self, quarter: &Quarter, mut part: Part, axes: (&Block, f64), row: i64, dice: &mut Dice) {
        // Fronts are uneven.
        if dice.chance(0.4) {
            let [side, end] = [dice.count(0, 1), dice.count(0, 1)];
            let inward = [1.0, -1.0][end];
            part[side][end] += inward * dice.between(0.1, 0.9);
        }
        let [long, wide] = part.map(|[from, to]| to - from);
        let center = axes.0.place((part[0][0] + part[0][1]) / 2.0, (part[1][0] + part[1][1]) / 2.0);
        if long.min(wide) < NARROWEST_M || !self.is_near(center, 6.0) {
            return;
        }
        if dice.chance(quarter.vacant) {
            return self.drop_rubbish(center, 0.6 * long.min(wide), dice);
        }
        let (turn, size) = if wide > long { (90.0, [wide, long]) } else { (0.0, [long, wide]) };
        // A rectangle turned within its part has shorter sides; narrow ones are hardly turned.
        let most = MOST_ASKEW * size[1] / size[0];
        let askew = (quarter.askew_deg * dice.normal()).to_radians().tan().clamp(-most, most);
        let size = [size[0] - askew.abs() * size[1], size[1] - askew.abs() * size[0]];
        let shack = draw_shack(center, axes.1 + turn + askew.atan().to_degrees(), size, self.style, quarter, dice);
        let fate = self.fate(center, row, dice);
        self.build(shack, Fate { extended: false, ..fate }, dice);
    }
}

/// A dwelling under patched sheets, with a lean-to along one side or without.
fn draw_shack(
    center: Place,
    azimuth_deg: f64,
    [long, wide]: [f64; 2],
    style: RoofStyle,
    quarter: &Quarter,
    dice: &mut Dice,
) -> Building {
    let lean_m = if wide > 4.5 && dice.chance(quarter.lean_tos) { dice.between(1.2, 0.4 * wide) } else { 0.0 };
    let side = dice.pick(&[-1.0, 1.0]);
    let middle = Block::new(center, 1.0, 1.0, azimuth_deg).place(0.0, -side * lean_m / 2.0);
    let mut shack = Building::rectangle(Kind::House, middle, [long, wide - lean_m], azimuth_deg);
    shack.storeys = dice.weigh(&[(1, 0.82), (2, 0.14), (3, 0.04)]);
    shack.eaves_m = 2.7 * f64::from(shack.storeys) + dice.between(-0.5, 0.5);
    let shapes = [RoofShape::Shed, RoofShape::Flat, RoofShape::Gable, RoofShape::Gable];
    let usual = [style.common().pick(&shapes)];
    pitch(&mut shack, if quarter.alike { &usual } else { &shapes }, dice);
    shack.rise_m = if shack.roof == RoofShape::Flat { 0.2 } else { shack.rise_m.min(1.8) };
    if lean_m > 0.0 {
        let extent = long * dice.between(0.4, 1.0);
        let along = (long - extent) / 2.0 * dice.between(-1.0, 1.0);
        let mut lean =
            Wing::rectangle([along, side * (wide - lean_m) / 2.0 + side * lean_m / 2.0], [extent, lean_m], false);
        (lean.roof, lean.eaves_m) = (Some(RoofShape::Flat), Some(dice.between(1.9, 2.4)));
        shack.wings.push(lean);
    }
    style.dress(&mut shack, &HUT_COVERS, dice);
    if dice.chance(quarter.motley) {
        shack.color = Some(stray_color(dice.pick(&SHEETS), 0.12, dice));
        if dice.chance(0.6) {
            shack.second_color = Some(stray_color(dice.pick(&SHEETS), 0.15, dice));
            shack.patched = dice.between(0.1, 0.6);
        }
    }
    if quarter.alike {
        shack.color = shack.color.map(muted);
        (shack.second_color, shack.patched) = (None, 0.0);
    }
    shack.clutter = if quarter.alike { 0.0 } else { dice.pick(&[0.0, 0.0, 0.3, 0.6]) };
    shack
}
