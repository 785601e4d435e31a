//! Suburbs: houses on lots along grown or parallel streets and around turning circles.

use crate::simulate::description::{Material, Ridge};
use crate::simulate::dice::Dice;
use crate::simulate::render::buildings::blocks_of;
use crate::simulate::render::surface::Block;
use crate::simulate::story::setting::{band, clip_to_block, is_on_road};
use crate::simulate::story::settlements::lanes::{Growth, Lane, grow_lanes, point_along};
use crate::simulate::story::settlements::lots::{Lot, Lots};
use crate::simulate::story::settlements::site::Site;

impl Site<'_> {
    /// Houses on lots along streets: grown ones, or parallel ones now and then.
    pub(in crate::simulate) fn streets(&mut self, dice: &mut Dice) {
        let lots = Lots::draw(self.course.plot, dice);
        self.spread_yards(&lots, dice);
        if dice.chance(0.6) {
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
        self.lay_pavements(&lots, dice);
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
                let beside = Block::new(middle, 1.0, 1.0, azimuth);
                let lot = Lot {
                    front: beside.place(0.0, side * lots.street_m / 2.0),
                    azimuth_deg: azimuth + turn,
                    size: [wide - 0.2, lots.size[1] * dice.between(0.85, 1.02)],
                    row: 2 * number + i64::from(side < 0.0),
                };
                self.settle_lot(lot, lots, dice);
            }
        }
    }

    /// A house, or none; behind it the bank to the next row.
    fn settle_lot(&mut self, lot: Lot, lots: Lots, dice: &mut Dice) {
        if let Some(size) = lots.bank.filter(|_| lot.row % 2 == 0 && self.is_near(lot.front, lot.size[1])) {
            self.bank_behind(lot, size, dice);
        }
        if dice.chance(lots.vacant) {
            self.vacant_lot(lot, &lots, dice);
        } else {
            self.house_lot(lot, lots, dice);
        }
    }

    /// Plans a bank along the rear of a lot.
    fn bank_behind(&mut self, lot: Lot, [slope_m, height_m]: [f64; 2], dice: &mut Dice) {
        let [frontage, depth] = lot.size;
        let axes = Block::new(lot.front, 1.0, 1.0, lot.azimuth_deg);
        let line = [-0.5, 0.0, 0.5].map(|end| axes.place(end * (frontage + 0.4), depth + dice.between(-0.4, 0.4)));
        let material = dice.pick(&[Material::Soil, Material::DryGrass, Material::Grass]);
        let (when, opacity) = (self.streets, dice.between(0.0, 0.3));
        self.banks.push(Ridge { when, material, line: line.into(), crest_m: 0.4, slope_m, height_m, opacity });
    }

    /// Raises the planned banks where neither houses nor roads are in their way.
    pub(super) fn raise_banks(&mut self) {
        let mut banks = std::mem::take(&mut self.banks);
        let built: Vec<Block> = self.scene.buildings.iter().flat_map(blocks_of).collect();
        banks.retain(|bank| {
            let reach = 0.5 * bank.crest_m + bank.slope_m;
            bank.line.windows(2).all(|ends| {
                let clear = built.iter().all(|block| clip_to_block(block, reach, ends[0], ends[1]).is_none());
                clear && !is_on_road(&band(ends, 2.0 * reach), &self.scene.roads)
            })
        });
        self.scene.ridges.extend(banks);
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
                    if past {
                        continue;
                    }
                    let turn = if side < 0.0 { 180.0 } else { 0.0 };
                    let lot = Lot {
                        front: self.place(along, front),
                        azimuth_deg: self.azimuth_at(along) + turn,
                        size: lots.size,
                        row: 2 * row + number as i64,
                    };
                    self.settle_lot(lot, lots, dice);
                }
            }
        }
        self.lay_pavements(&lots, dice);
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
}
