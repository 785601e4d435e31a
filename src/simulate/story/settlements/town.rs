//! Towns: apartment blocks, perimeter blocks around courts, dense desert housing.

use crate::simulate::description::{Border, Material, Species, Tree, VehicleClass, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::render::trees::height_for;
use crate::simulate::story::plot::{Fate, Plot};
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::apartments::{draw_block, draw_desert_block, draw_high_rise, draw_town_house};
use crate::simulate::story::structures::houses::draw_shed;

/// Share of the estates of blocks that are towers for the most part (by judgment).
const TOWER_ESTATES: f64 = 0.25;

impl Site<'_> {
    /// Apartment blocks in a grid.
    pub(in crate::simulate) fn blocks(&mut self, dice: &mut Dice) {
        self.bend(0.25, dice);
        let pitch = [dice.between(28.0, 70.0), dice.between(24.0, 52.0)];
        let ground =
            dice.pick(&[Material::Concrete, Material::OldAsphalt, Material::Soil, Material::Grass, Material::Turf]);
        let paved_when = if self.course.plot == Plot::Found { When::After } else { When::Both };
        let whole = 0.75 * self.side_m;
        // Estates of towers, with lower blocks among them, stand on paved or sown ground.
        let towers = if dice.chance(TOWER_ESTATES) { dice.between(0.4, 1.0) } else { 0.0 };
        if towers > 0.0 || dice.chance(0.5) {
            let middle = self.side_m / 2.0;
            let square = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]
                .map(|[x, y]| [middle + x * whole, middle + y * whole]);
            self.pave(paved_when, ground, square.into(), Border::Sharp);
        }
        let crowded = dice.between(0.72, 0.97);
        let rows = (self.reach() / pitch[1]).ceil() as i64;
        let jitter = dice.between(-0.5, 0.5) * pitch[1];
        for row in -rows..=rows {
            let across = row as f64 * pitch[1] + jitter;
            if row % 2 == 0 {
                let reach = self.reach();
                self.street([-reach, reach], across + 0.5 * pitch[1], dice.between(6.0, 11.0));
            }
            for along in self.steps(pitch[0], across) {
                let center = self.place(along, across);
                if dice.chance(0.1) || !self.is_near(center, 25.0) {
                    continue;
                }
                let room = [pitch[0] * crowded - 2.0, (pitch[1] - 11.0) * crowded];
                let fate = self.fate(center, row, dice);
                let turn = if dice.chance(0.12) { 90.0 } else { 0.0 };
                let room = if turn > 0.0 { [room[1], room[0]] } else { room };
                let room = room.map(|v| v.max(8.0));
                let draw = if dice.chance(towers) { draw_high_rise } else { draw_block };
                let block = draw(center, self.azimuth_at(along) + turn, room, self.style, dice);
                if self.build(block, fate, dice) {
                    self.parked_row(along, across + 0.5 * pitch[1] - 8.0, pitch[0] * 0.4, fate.when, dice);
                }
            }
        }
    }

    /// A row of parked cars.
    fn parked_row(&mut self, along: f64, across: f64, half: f64, when: When, dice: &mut Dice) {
        let stalls = (2.0 * half / 2.7) as usize;
        let share = dice.between(0.0, 0.5);
        for stall in 0..stalls.min(14) {
            if dice.chance(share) {
                let spot = along - half + (stall as f64 + 0.5) * 2.7;
                let azimuth_deg = self.azimuth_at(spot) + 90.0;
                self.park(self.place(spot, across), azimuth_deg, VehicleClass::Car, when, dice);
            }
        }
    }

    /// Houses wall to wall around courts; each is a structure of its own.
    pub(in crate::simulate) fn courts(&mut self, dice: &mut Dice) {
        self.bend(0.3, dice);
        let block = [dice.between(34.0, 90.0), dice.between(30.0, 62.0)];
        let deep = dice.between(9.0, 13.5);
        let street_m = dice.between(5.0, 14.0);
        let yard = dice.pick(&[Material::Concrete, Material::Soil, Material::Grass, Material::OldAsphalt]);
        let pitch = block.map(|v| v + street_m);
        let rows = (self.reach() / pitch[1]).ceil() as i64;
        for row in -rows..=rows {
            let across = row as f64 * pitch[1];
            let reach = self.reach();
            self.street([-reach, reach], across + 0.5 * pitch[1], street_m * 0.8);
            for along in self.steps(pitch[0], across) {
                if !self.is_near(self.place(along, across), 60.0) || self.stretch(across) < 0.5 {
                    continue;
                }
                let stretch = self.stretch(across);
                let half = [block[0] / 2.0 / stretch, block[1] / 2.0];
                let outline = self.outline([along - half[0], across - half[1]], [along + half[0], across + half[1]]);
                self.pave(When::Both, yard, outline, Border::Sharp);
                self.perimeter([along, across], block, deep, row, dice);
            }
        }
    }

    fn perimeter(&mut self, [along, across]: [f64; 2], block: [f64; 2], deep: f64, row: i64, dice: &mut Dice) {
        let stretch = self.stretch(across);
        for side in 0..4 {
            let lengthwise = side < 2;
            let sign = if side % 2 == 0 { -1.0 } else { 1.0 };
            // The long sides run to the corners, the short ones between them.
            let length = if lengthwise { block[0] } else { block[1] - 2.0 * deep };
            let mut from = -length / 2.0;
            while from < length / 2.0 - 4.0 {
                let mut frontage = dice.between(8.0, 24.0);
                if length / 2.0 - from - frontage < 7.0 {
                    frontage = length / 2.0 - from;
                }
                let middle = from + frontage / 2.0;
                from += frontage;
                let inset = if lengthwise { block[1] } else { block[0] } / 2.0 - deep / 2.0;
                let (s, t) = if lengthwise { (middle, sign * inset) } else { (sign * inset, middle) };
                let center = self.place(along + s / stretch, across + t);
                if dice.chance(0.05) || !self.is_near(center, 16.0) {
                    continue;
                }
                let fate = self.fate(center, row, dice);
                let turn = if lengthwise { 0.0 } else { 90.0 };
                let azimuth_deg = self.azimuth_at(along + s / stretch) + turn;
                let house = draw_town_house(center, azimuth_deg, [frontage - 0.04, deep], self.style, dice);
                self.build(house, fate, dice);
            }
        }
        for _ in 0..dice.count(0, 4) {
            let spot =
                [dice.between(-0.5, 0.5) * (block[0] - 2.0 * deep), dice.between(-0.5, 0.5) * (block[1] - 2.0 * deep)];
            let center = self.place(along + spot[0], across + spot[1]);
            let shed = draw_shed(center, self.azimuth_at(along), self.style, dice);
            let fate = self.fate(center, row, dice);
            if self.is_clear_around(&shed, 0.3) && self.is_near(center, 10.0) {
                self.build(shed, fate, dice);
            }
        }
    }

    /// Pale trodden ground under a whole town of a dry land, nearly as bright as its roofs, more often than not.
    pub(super) fn spread_ground(&mut self, dice: &mut Dice) {
        if self.edge.is_some() || !dice.chance(0.65) {
            return;
        }
        let material = dice.pick(&[Material::PaleSand, Material::Sand, Material::PaleSand, Material::Soil]);
        let half = 1.6 * self.side_m;
        let ground = Block::new(self.axes.center, 2.0 * half, 2.0 * half, self.azimuth_deg);
        self.pave(When::Both, material, ground.corners().into(), Border::Sharp);
        if let Some(patch) = self.scene.patches.last_mut() {
            patch.opacity = dice.between(0.5, 1.0);
        }
    }

    /// Two carriageways with a strip of grass or earth between them, planted here and there.
    fn lay_boulevard(&mut self, reach: f64, across: f64, street_m: f64, dice: &mut Dice) {
        for side in [-0.25, 0.25] {
            self.street([-reach, reach], across + side * street_m, 0.3 * street_m);
        }
        let material = dice.pick(&[Material::Grass, Material::DryGrass, Material::Soil, Material::Sand]);
        let half = 0.1 * street_m;
        for along in self.steps(48.0, across) {
            let outline = self.outline([along - 20.0, across - half], [along + 20.0, across + half]);
            self.pave(self.streets, material, outline, Border::Sharp);
            for _ in 0..dice.count(0, 5) {
                let center = self.place(along + dice.between(-19.0, 19.0), across);
                let (species, radius_m) = (dice.pick(&[Species::Palm, Species::Evergreen]), dice.between(0.8, 2.4));
                let height_m = height_for(species, radius_m);
                self.scene.trees.push(Tree { when: self.streets, species, center, radius_m, height_m });
            }
        }
    }

    /// Flat-roofed apartment houses, row behind row along curved streets.
    pub(in crate::simulate) fn desert(&mut self, dice: &mut Dice) {
        self.bend(0.7, dice);
        let size = [dice.between(12.0, 24.0), dice.between(12.0, 22.0)];
        self.spread_ground(dice);
        let gap = dice.pick(&[0.05, 0.3, 2.0, 3.0, 4.5]) * dice.between(0.8, 1.2);
        let lane = dice.pick(&[0.1, 2.0, 4.0]);
        let boulevards = dice.chance(0.3);
        let street_m = if boulevards { dice.between(14.0, 24.0) } else { dice.between(6.5, 12.0) };
        let cross_every = dice.count(5, 14);
        let spacing = street_m + 2.0 * size[1] + lane;
        let rows = (self.reach() / spacing).ceil() as i64;
        let jitter = dice.between(-0.5, 0.5) * spacing;
        let ground = dice.pick(&[Material::Sand, Material::PaleSand, Material::Soil, Material::Concrete]);
        let vacant = dice.pick(&[0.0, 0.05, 0.18]);
        for row in -rows..=rows {
            let across = row as f64 * spacing + jitter;
            let reach = self.reach();
            if boulevards && row % 2 == 0 {
                self.lay_boulevard(reach, across, street_m, dice);
            } else {
                self.street([-reach, reach], across, street_m * 0.7);
            }
            for (number, middle) in
                [across + (street_m + size[1]) / 2.0, across + street_m / 2.0 + 1.5 * size[1] + lane]
                    .into_iter()
                    .enumerate()
            {
                for (place, along) in self.steps(size[0] + gap, middle).into_iter().enumerate() {
                    let center = self.place(along, middle);
                    if place % cross_every == 0 || dice.chance(vacant) || !self.is_near(center, 18.0) {
                        continue;
                    }
                    let fate = self.fate(center, 2 * row + number as i64, dice);
                    let fate = Fate { extended: false, ..fate };
                    let block = draw_desert_block(center, self.azimuth_at(along), size, self.style, dice);
                    if self.build(block, fate, dice) && dice.chance(0.4) {
                        let half = [size[0] / 2.0 + 1.0, size[1] / 2.0 + 2.0];
                        let outline =
                            self.outline([along - half[0], middle - half[1]], [along + half[0], middle + half[1]]);
                        self.pave(fate.when, ground, outline, Border::Worn);
                    }
                }
            }
            if dice.chance(0.6) {
                for along in self.steps(40.0, across) {
                    if self.is_near(self.place(along, across), 10.0) {
                        self.parked_row(along, across + street_m * 0.4, 16.0, self.streets, dice);
                    }
                }
            }
        }
    }
}
