//! Row houses, and villas in walled gardens.

use crate::simulate::description::{Border, Material, Place, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::settlements::house_lot::heading;
use crate::simulate::story::settlements::lots::FENCE_COLORS;
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::houses::{draw_row_house, draw_villa};

impl Site<'_> {
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
        let lot = [dice.between(15.0, 27.0), dice.between(17.0, 29.0)];
        let street_m = dice.between(6.0, 11.0);
        self.spread_ground(dice);
        let spacing = 2.0 * lot[1] + street_m;
        let (wall, wall_m) = (dice.pick(&FENCE_COLORS), dice.between(1.4, 2.4));
        let garden = dice.pick(&[self.opened, self.opened, Material::Grass, Material::Concrete]);
        let (pools, paved) = (dice.between(0.0, 0.7), dice.pick(&[0.2, 0.6, 0.95]));
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
                    let room = [lot[0] - dice.between(2.0, 5.5), lot[1] * dice.between(0.6, 0.84)];
                    let askew = self.azimuth_at(along) + dice.pick(&[0.0, 0.0, 3.0]) * dice.normal();
                    let villa = draw_villa(house_at, askew, room, self.style, dice);
                    if !self.build(villa, fate, dice) {
                        continue;
                    }
                    let plot = Block::new(center, lot[0] - 0.3, lot[1] - 0.3, self.azimuth_at(along));
                    let mut line: Vec<Place> = plot.corners().into();
                    if dice.chance(paved) {
                        self.pave(fate.when, garden, line.clone(), Border::Sharp);
                    }
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
