//! Houses on lots: suburbs along streets and around turning circles, row houses, villas.

use crate::simulate::description::{Border, Color, Material, Place, VehicleClass, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::houses::{draw_house, draw_row_house, draw_shed, draw_suburban, draw_villa};
use crate::simulate::story::lanes::{Growth, Lane, grow_lanes, point_along};
use crate::simulate::story::plot::{Fate, Plot};
use crate::simulate::story::settlement::Site;

/// Fences of boards, walls of blocks.
const FENCE_COLORS: [Color; 6] =
    [[124, 104, 84], [98, 84, 70], [150, 134, 112], [176, 166, 150], [206, 200, 188], [84, 78, 70]];

/// What the lots of a suburb have in common.
#[derive(Clone, Copy)]
pub(in crate::simulate) struct Lots {
    /// Frontage and depth, metres.
    pub size: [f64; 2],
    /// Width of the streets, metres.
    street_m: f64,
    /// Between house and lot line to either side, metres.
    gap_m: f64,
    /// Between street and house, metres.
    setback_m: f64,
    /// Houses of several roofs.
    complex: bool,
    lawn: Material,
    drive: Material,
    /// Narrowest and widest drive, metres.
    drive_m: [f64; 2],
    patios: f64,
    /// What is graded, or laid as a slab, where houses will stand.
    graded: Option<Material>,
    fence: Option<Color>,
    /// Height of fences, metres.
    fence_m: f64,
    sheds: f64,
    pools: f64,
    /// Share of lots without a house.
    vacant: f64,
}

impl Lots {
    fn draw(plot: Plot, dice: &mut Dice) -> Self {
        let complex = dice.chance(0.65);
        let depth = if complex { dice.between(27.0, 40.0) } else { dice.between(22.0, 42.0) };
        let wide_drives = dice.chance(0.7);
        let under_way = !matches!(plot, Plot::Nothing | Plot::Clear | Plot::Single);
        let bare = [Material::PaleSand, Material::Soil, Material::Concrete, Material::Gravel, Material::Sand];
        Lots {
            size: [if complex { dice.between(14.0, 23.0) } else { dice.between(12.0, 26.0) }, depth],
            street_m: dice.between(6.0, 11.0),
            gap_m: dice.between(0.6, 3.0),
            setback_m: dice.between(3.5, 9.0),
            complex,
            lawn: dice.pick(&[Material::Grass, Material::Grass, Material::DryGrass, Material::Turf, Material::Soil]),
            drive: if wide_drives {
                Material::Concrete
            } else {
                dice.pick(&[Material::Concrete, Material::Gravel, Material::OldAsphalt])
            },
            drive_m: if wide_drives { [5.0, 8.0] } else { [2.8, 5.5] },
            patios: dice.pick(&[0.1, 0.4, 0.8]),
            graded: (under_way && dice.chance(0.65)).then(|| dice.pick(&bare)),
            fence: dice.chance(0.6).then(|| dice.pick(&FENCE_COLORS)),
            fence_m: dice.between(1.2, 1.9),
            sheds: dice.pick(&[0.0, 0.05, 0.25]),
            pools: dice.pick(&[0.0, 0.05, 0.3]),
            vacant: dice.pick(&[0.04, 0.1, 0.3]),
        }
    }

    /// Lots of a village along one street: narrow houses before long gardens.
    pub(in crate::simulate) fn of_village(dice: &mut Dice) -> Self {
        Lots {
            size: [dice.between(12.0, 22.0), dice.between(45.0, 95.0)],
            setback_m: dice.between(1.5, 7.0),
            gap_m: dice.between(1.0, 3.0),
            complex: false,
            street_m: dice.between(4.5, 7.5),
            lawn: dice.pick(&[Material::Crop, Material::Grass, Material::Ploughed, Material::DryGrass, Material::Soil]),
            drive: dice.pick(&[Material::Gravel, Material::Soil, Material::Concrete]),
            drive_m: [2.6, 4.5],
            patios: 0.1,
            sheds: 0.5,
            pools: 0.0,
            vacant: dice.pick(&[0.08, 0.25]),
            ..Lots::draw(Plot::Nothing, dice)
        }
    }

    /// Lots of single houses in the open.
    pub(in crate::simulate) fn of_hamlet(dice: &mut Dice) -> Self {
        Lots { size: [dice.between(20.0, 40.0), dice.between(28.0, 50.0)], ..Lots::draw(Plot::Infill, dice) }
    }
}

/// A lot: the middle of its front on the street, and the way its street runs.
#[derive(Clone, Copy)]
pub(in crate::simulate) struct Lot {
    pub front: Place,
    pub azimuth_deg: f64,
    /// Frontage and depth, metres.
    pub size: [f64; 2],
    pub row: i64,
}

impl Site<'_> {
    /// Houses on lots along streets: grown ones, or parallel ones now and then.
    pub(in crate::simulate) fn streets(&mut self, dice: &mut Dice) {
        let lots = Lots::draw(self.course.plot, dice);
        if dice.chance(0.22) {
            self.parallel_streets(lots, dice);
        } else {
            let most = dice.pick(&[3, 8, 16, 24]);
            self.grown_streets(lots, most, dice);
        }
    }

    /// Houses along streets that branch, bend and end.
    pub(in crate::simulate) fn grown_streets(&mut self, lots: Lots, most: usize, dice: &mut Dice) {
        let start = self.place(dice.between(-0.15, 0.15) * self.side_m, dice.between(-0.2, 0.2) * self.side_m);
        let growth = Growth {
            start: (start, self.azimuth_at(0.0)),
            spacing_m: 2.0 * lots.size[1] + lots.street_m,
            most,
            kinks: dice.pick(&[(0.12, 40.0), (0.3, 25.0), (0.6, 14.0)]),
            skew: dice.pick(&[2.0, 7.0, 14.0]),
            side_m: self.side_m,
        };
        let edge = self.edge;
        let lanes = grow_lanes(&growth, |place| edge.is_none_or(|edge| edge.beyond(place) < 0.0), dice);
        for (number, lane) in lanes.iter().enumerate() {
            let width = if number == 0 { lots.street_m * dice.between(1.0, 1.3) } else { lots.street_m };
            self.road(lane.line.clone(), width);
        }
        let circles = lots.complex && dice.chance(0.7);
        for (number, lane) in lanes.iter().enumerate() {
            if let Some(end) = lane.line.last().filter(|_| lane.dead_end && circles) {
                self.turning_circle(*end, dice.between(8.0, 12.0));
                let ahead = lane.line.windows(2).last().map_or(0.0, |e| (e[1][0] - e[0][0]).atan2(e[0][1] - e[1][1]));
                let spoke = Block::new(*end, 1.0, 1.0, ahead.to_degrees());
                let azimuth_deg = ahead.to_degrees() - 90.0;
                let front = spoke.place(12.0, 0.0);
                self.house_lot(Lot { front, azimuth_deg, size: lots.size, row: 2 * number as i64 }, lots, dice);
            }
            self.lots_along(lane, number as i64, lots, dice);
        }
    }

    /// Lots of unequal width to both sides of a street.
    fn lots_along(&mut self, lane: &Lane, number: i64, lots: Lots, dice: &mut Dice) {
        for (side, turn) in [(1.0, 0.0), (-1.0, 180.0)] {
            let mut along = dice.between(0.1, 0.9) * lots.size[0];
            loop {
                let wide = lots.size[0] * dice.between(0.85, 1.3);
                let Some((middle, azimuth)) = point_along(&lane.line, along + wide / 2.0) else { break };
                along += wide;
                if dice.chance(lots.vacant) {
                    continue;
                }
                let beside = Block::new(middle, 1.0, 1.0, azimuth);
                let lot = Lot {
                    front: beside.place(0.0, side * lots.street_m / 2.0),
                    azimuth_deg: azimuth + turn,
                    size: [wide - 0.2, lots.size[1] * dice.between(0.85, 1.02)],
                    row: 2 * number + i64::from(side < 0.0),
                };
                self.house_lot(lot, lots, dice);
            }
        }
    }

    /// Houses on lots to both sides of parallel streets.
    fn parallel_streets(&mut self, lots: Lots, dice: &mut Dice) {
        self.bend(0.55, dice);
        let spacing = 2.0 * lots.size[1] + lots.street_m;
        let crossing = dice.chance(0.5).then(|| dice.between(-0.4, 0.4) * self.side_m);
        let reach = self.reach();
        if let Some(at) = crossing {
            let line = (0..=8).map(|i| self.place(at, reach * (f64::from(i) / 4.0 - 1.0))).collect::<Vec<_>>();
            if line.iter().all(|place| place.iter().all(|v| v.abs() < 10.0 * self.side_m)) {
                self.road(line, lots.street_m);
            }
        }
        let rows = (self.reach() / spacing).ceil() as i64;
        let jitter = dice.between(-0.5, 0.5) * spacing;
        for row in -rows..=rows {
            let across = row as f64 * spacing + jitter;
            if dice.chance(0.06) || self.stretch(across) < 0.3 {
                continue;
            }
            let end = dice.chance(0.3).then(|| dice.between(-0.3, 0.4) * self.side_m);
            self.street([-reach, end.unwrap_or(reach)], across, lots.street_m);
            if let Some(end) = end {
                self.cul_de_sac(end, across, lots, row, dice);
            }
            for (number, side) in [-1.0, 1.0].into_iter().enumerate() {
                let front = across + side * lots.street_m / 2.0;
                for along in self.steps(lots.size[0], front) {
                    let past = end.is_some_and(|end| along > end - 0.7 * lots.size[0]);
                    if past || dice.chance(lots.vacant) {
                        continue;
                    }
                    let turn = if side < 0.0 { 180.0 } else { 0.0 };
                    let lot = Lot {
                        front: self.place(along, front),
                        azimuth_deg: self.azimuth_at(along) + turn,
                        size: lots.size,
                        row: 2 * row + number as i64,
                    };
                    self.house_lot(lot, lots, dice);
                }
            }
        }
    }

    /// A turning circle with houses around it.
    fn cul_de_sac(&mut self, end: f64, across: f64, lots: Lots, row: i64, dice: &mut Dice) {
        let radius = dice.between(9.0, 13.0);
        let center = self.place(end + 0.5 * radius, across);
        self.turning_circle(center, radius);
        let ahead = self.azimuth_at(end);
        let number = dice.count(3, 5);
        for i in 0..number {
            let azimuth_deg = ahead + 200.0 * ((i as f64 + 0.5) / number as f64 - 0.5);
            // The lot's street runs at right angles to the way from the circle's middle.
            let spoke = Block::new(center, 1.0, 1.0, azimuth_deg);
            let size = [lots.size[0] * 0.9, lots.size[1]];
            let lot = Lot { front: spoke.place(radius, 0.0), azimuth_deg: azimuth_deg - 90.0, size, row: 2 * row };
            self.house_lot(lot, lots, dice);
        }
    }

    /// A house with drive, lawn and fence.
    pub(in crate::simulate) fn house_lot(&mut self, lot: Lot, lots: Lots, dice: &mut Dice) {
        let [frontage, depth] = lot.size;
        // Axes of the lot: along the street, and away from it.
        let axes = Block::new(lot.front, 1.0, 1.0, lot.azimuth_deg);
        let room = [frontage - 2.0 * lots.gap_m, ((depth - lots.setback_m) * 0.62).min(24.0)];
        let setback = lots.setback_m + dice.between(-1.5, 1.5);
        let askew = lot.azimuth_deg + dice.pick(&[0.0, 0.0, 2.5, 6.0]) * dice.normal();
        let center = axes.place(dice.between(-0.6, 0.6) * lots.gap_m, setback + room[1] * 0.5);
        if room[0] < 5.0 || !self.is_near(center, 18.0) {
            return;
        }
        // Gardens may meet behind the houses; what stands may not.
        let own = Block::new(axes.place(0.0, depth * 0.45), frontage - 1.0, depth * 0.86, lot.azimuth_deg);
        if !self.claim_lot(own) {
            return;
        }
        let fate = self.fate(center, lot.row, dice);
        let house = if lots.complex {
            draw_suburban(center, askew, room, self.style, dice)
        } else {
            let turn = if dice.chance(0.3) { 90.0 } else { 0.0 };
            let room = if turn > 0.0 { [room[1], room[0]] } else { room };
            draw_house(center, askew + turn, room, self.style, dice)
        };
        if self.build(house, fate, dice) {
            if let Some(graded) = lots.graded.filter(|_| fate.when == When::After && !fate.replaced) {
                self.grade_lot(&axes, lot.size, (setback, room), graded, dice);
            }
            self.furnish_lot(&axes, lot.size, setback, fate, lots, dice);
        }
    }

    /// Bare ground, and a pad or slab, where a house will stand.
    fn grade_lot(
        &mut self,
        axes: &Block,
        [frontage, depth]: [f64; 2],
        (setback, room): (f64, [f64; 2]),
        graded: Material,
        dice: &mut Dice,
    ) {
        let heading = heading(axes);
        if dice.chance(0.7) {
            let ground = Block::new(axes.place(0.0, depth / 2.0), frontage, depth, heading);
            let opened = self.opened;
            self.pave(When::Before, opened, ground.corners().into(), Border::Worn);
        }
        if dice.chance(0.75) {
            let pad = Block::new(axes.place(0.0, setback + room[1] * 0.5), room[0], room[1], heading);
            self.pave(When::Before, graded, pad.corners().into(), Border::Sharp);
        }
    }

    fn furnish_lot(
        &mut self,
        axes: &Block,
        [frontage, depth]: [f64; 2],
        setback: f64,
        fate: Fate,
        lots: Lots,
        dice: &mut Dice,
    ) {
        let when = if fate.replaced { When::Both } else { fate.when };
        let half = frontage / 2.0 - 0.2;
        let rectangle = |s: [f64; 2], t: [f64; 2]| {
            vec![axes.place(s[0], t[0]), axes.place(s[1], t[0]), axes.place(s[1], t[1]), axes.place(s[0], t[1])]
        };
        let lawn = if when == When::After && dice.chance(0.5) { self.opened } else { lots.lawn };
        if dice.chance(0.75) {
            self.pave(when, lawn, rectangle([-half, half], [0.5, depth * 0.97]), Border::Sharp);
        }
        if dice.chance(0.85) {
            let wide = dice.between(lots.drive_m[0], lots.drive_m[1]).min(1.4 * half);
            let from = dice.pick(&[-half + 0.6, half - wide - 0.6]);
            self.pave(when, lots.drive, rectangle([from, from + wide], [-0.3, setback + 2.5]), Border::Sharp);
            if dice.chance(0.4) {
                let spot = axes.place(from + wide / 2.0, setback * 0.5);
                let azimuth_deg = heading(axes) + 90.0;
                self.park(spot, azimuth_deg, VehicleClass::Car, when, dice);
            }
        }
        if dice.chance(lots.patios) {
            let behind = setback + (depth - setback).min(38.0) * 0.4;
            let (s, wide) = (dice.between(-0.4, 0.4) * half, dice.between(2.0, 4.5));
            let outline = rectangle([s - wide, s + wide], [behind, behind + dice.between(6.0, 11.0)]);
            self.pave(when, Material::Concrete, outline, Border::Sharp);
        }
        let yard = setback + (depth - setback) * 0.66;
        if dice.chance(lots.pools) {
            let (s, t) = (dice.between(-0.3, 0.3) * half, yard + 0.5 * (depth - yard));
            let own = if when == When::Both { dice.pick(&[When::Both, When::Both, When::After]) } else { when };
            self.pave(own, Material::Concrete, rectangle([s - 4.5, s + 4.5], [t - 2.8, t + 2.8]), Border::Sharp);
            self.pave(own, Material::Pool, rectangle([s - 3.4, s + 3.4], [t - 1.8, t + 1.8]), Border::Worn);
        } else if dice.chance(lots.sheds) {
            let center = axes.place(dice.pick(&[-0.6, 0.6]) * half, depth - 4.0);
            let shed = draw_shed(center, heading(axes), self.style, dice);
            // Sheds come and go by themselves.
            let shed_fate = if when == When::Both { self.fate(center, 0, dice) } else { fate };
            if self.is_clear_around(&shed, 0.6) {
                self.build(shed, Fate { extended: false, replaced: false, ..shed_fate }, dice);
            }
        }
        if let Some(color) = lots.fence.filter(|_| dice.chance(0.9)) {
            let corners = rectangle([-half, half], [setback + 4.0, depth * 0.985]);
            self.wall(when, &[corners[0], corners[3], corners[2], corners[1]], lots.fence_m, 0.15, color);
        }
    }

    /// Rows of houses that share their walls; each is a structure of its own.
    pub(in crate::simulate) fn terraces(&mut self, dice: &mut Dice) {
        self.bend(0.35, dice);
        let frontage = dice.between(4.8, 9.5);
        let deep = dice.between(8.0, 13.0);
        let (street_m, garden) = (dice.between(6.0, 11.0), dice.between(8.0, 20.0));
        let setback = dice.between(0.5, 6.0);
        let spacing = street_m + 2.0 * (setback + deep + garden);
        let in_row = dice.weigh(&[(2usize, 0.35), (5, 0.35), (9, 0.3)]);
        let fence = dice.pick(&FENCE_COLORS);
        let lawn = dice.pick(&[Material::Grass, Material::DryGrass, Material::Soil, Material::Turf]);
        let rows = (self.reach() / spacing).ceil() as i64;
        for row in -rows..=rows {
            let across = row as f64 * spacing;
            let reach = self.reach();
            self.street([-reach, reach], across, street_m);
            for side in [-1.0, 1.0] {
                let middle = across + side * (street_m / 2.0 + setback + deep / 2.0);
                for (number, along) in self.steps(frontage, middle).into_iter().enumerate() {
                    if number % (in_row + 1) == in_row {
                        continue;
                    }
                    let center = self.place(along, middle);
                    if !self.is_near(center, 15.0) {
                        continue;
                    }
                    // A row of houses is built at once.
                    let group = (number / (in_row + 1)) as i64 + 100 * row;
                    let row_middle = self.place(along - (number % (in_row + 1)) as f64 * frontage * 0.5, middle);
                    let fate = self.fate(row_middle, group, &mut Dice::at_place(group as u64, [middle, 0.0]));
                    let house = draw_row_house(center, self.azimuth_at(along), [frontage, deep], self.style, dice);
                    if self.build(house, fate, dice) {
                        let rear = middle + side * deep / 2.0;
                        let far = rear + side * garden * 0.95;
                        let half = 0.48 * frontage;
                        let outline = self.outline([along - half, rear], [along + half, far]);
                        let line = vec![outline[0], outline[3]];
                        self.pave(fate.when, lawn, outline, Border::Sharp);
                        self.wall(fate.when, &line, 1.6, 0.15, fence);
                    }
                }
            }
        }
    }

    /// Villas in walled gardens with pools.
    pub(in crate::simulate) fn villas(&mut self, dice: &mut Dice) {
        self.bend(0.3, dice);
        let lot = [dice.between(18.0, 32.0), dice.between(20.0, 34.0)];
        let street_m = dice.between(7.0, 12.0);
        let spacing = 2.0 * lot[1] + street_m;
        let (wall, wall_m) = (dice.pick(&FENCE_COLORS), dice.between(1.4, 2.4));
        let garden = dice.pick(&[self.opened, self.opened, Material::Grass, Material::Concrete]);
        let pools = dice.between(0.0, 0.7);
        let rows = (self.reach() / spacing).ceil() as i64;
        for row in -rows..=rows {
            let across = row as f64 * spacing;
            let reach = self.reach();
            self.street([-reach, reach], across, street_m);
            for side in [-1.0, 1.0] {
                let middle = across + side * (street_m + lot[1]) / 2.0;
                for along in self.steps(lot[0], middle) {
                    let center = self.place(along, middle);
                    if !self.is_near(center, 20.0) || dice.chance(0.12) {
                        continue;
                    }
                    let fate = self.fate(center, row, dice);
                    let house_at = self.place(along, middle - side * lot[1] * 0.06);
                    let room = [lot[0] - dice.between(3.0, 8.0), lot[1] * dice.between(0.5, 0.8)];
                    let askew = self.azimuth_at(along) + dice.pick(&[0.0, 0.0, 3.0]) * dice.normal();
                    let villa = draw_villa(house_at, askew, room, self.style, dice);
                    if !self.build(villa, fate, dice) {
                        continue;
                    }
                    let plot = Block::new(center, lot[0] - 0.3, lot[1] - 0.3, self.azimuth_at(along));
                    let mut line: Vec<Place> = plot.corners().into();
                    self.pave(fate.when, garden, line.clone(), Border::Sharp);
                    line.push(line[0]);
                    // Walls come before houses as often as with them.
                    let walled = if dice.chance(0.4) { When::Both } else { fate.when };
                    self.wall(walled, &line, wall_m, 0.25, wall);
                    if dice.chance(pools) {
                        let pool = Block::new(
                            plot.place(0.0, side * 0.43 * lot[1]),
                            dice.between(5.0, 9.0),
                            3.2,
                            heading(&plot),
                        );
                        self.pave(fate.when, Material::Pool, pool.corners().into(), Border::Worn);
                    }
                }
            }
        }
    }
}

/// Azimuth of a block's axis, degrees.
fn heading(block: &Block) -> f64 {
    let ahead = block.place(1.0, 0.0);
    (ahead[0] - block.center[0]).atan2(block.center[1] - ahead[1]).to_degrees()
}
