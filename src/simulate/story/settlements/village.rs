//! Villages and farms.

use crate::simulate::description::{Border, Building, Color, Place, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::settlements::approaches::Approach;
use crate::simulate::story::settlements::lots::{Lot, Lots};
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::halls::{draw_barn, draw_stable, draw_tank};
use crate::simulate::story::structures::houses::{draw_house, draw_hut};

/// Walls of yards: mud, blocks, thorn.
const YARD_WALLS: [Color; 4] = [[158, 138, 112], [176, 160, 138], [148, 118, 96], [190, 182, 170]];

impl Site<'_> {
    /// Huts and houses anyhow, with yards of bare earth.
    pub(in crate::simulate) fn village(&mut self, dice: &mut Dice) {
        if dice.chance(0.3) {
            return self.strip_farms(dice);
        }
        if dice.chance(0.4) {
            let lots = Lots::of_village(dice);
            let most = dice.pick(&[1, 1, 2, 4]);
            return self.grown_streets(lots, most, dice);
        }
        let density = dice.pick(&[5.0, 12.0, 25.0, 45.0]) * dice.between(0.7, 1.3);
        let wanted = (self.side_m * self.side_m / 10_000.0 * density) as usize;
        let gap = dice.pick(&[0.4, 1.5, 4.0]);
        let walled = dice.pick(&[0.05, 0.3, 0.7]);
        if dice.chance(0.5) {
            let reach = self.reach();
            self.street([-reach, reach], 0.0, dice.between(3.5, 7.0));
        }
        for number in 0..wanted.min(450) {
            let center = [0, 1].map(|_| dice.between(-5.0, self.side_m + 5.0));
            let hut = draw_hut(center, self.azimuth_at(0.0) + 12.0 * dice.normal(), self.style, dice);
            if !self.is_near(center, 10.0) || !self.is_clear_around(&hut, gap) {
                continue;
            }
            let fate = self.fate(center, (number % 7) as i64, dice);
            let around = hut.clone();
            if self.build(hut, fate, dice) && dice.chance(0.5) {
                self.yard_around(&around, fate.when, walled, dice);
            }
        }
    }

    fn yard_around(&mut self, building: &Building, when: When, walled: f64, dice: &mut Dice) {
        let size = building.length_m + dice.between(4.0, 12.0);
        let yard = Block::new(building.center, size, size * dice.between(0.6, 1.0), building.azimuth_deg);
        let opened = self.opened;
        self.pave(when, opened, yard.corners().into(), Border::Organic);
        // Trodden earth is the earth of the place, more or less.
        self.thin_last(None, dice.between(0.2, 0.8));
        let things = dice.pick(&[0.0, 2.0, 5.0]);
        self.strew_yard(&yard, things, when, dice);
        if dice.chance(walled) {
            let mut line: Vec<Place> = yard.corners().into();
            line.push(line[0]);
            let (height_m, color) = (dice.between(1.2, 2.2), dice.pick(&YARD_WALLS));
            self.wall(when, &line, height_m, 0.25, color);
        }
    }

    /// One to five buildings in one part of the image: a farm, a house by itself, a shed, a compound.
    pub(in crate::simulate) fn hamlet(&mut self, dice: &mut Dice) {
        let center = [0, 1].map(|_| dice.between(0.12, 0.88) * self.side_m);
        let azimuth_deg = self.azimuth_at(0.0);
        if dice.chance(0.5) {
            let way = Block::new(center, 1.0, 1.0, azimuth_deg + dice.pick(&[0.0, 90.0]));
            let (past, beside) = (dice.pick(&[-14.0, self.side_m]), dice.between(9.0, 16.0));
            let line = (0..=6).map(|i| {
                let along = -1.2 * self.side_m + f64::from(i) / 6.0 * (1.2 * self.side_m + past);
                way.place(along, beside + 0.01 * self.side_m * dice.normal())
            });
            let line = line.collect();
            self.road(line, dice.between(3.0, 6.5));
        }
        let wanted = dice.count(1, 5);
        let wide = dice.between(12.0, 24.0);
        if dice.chance(0.45) {
            let lots = Lots::of_hamlet(dice);
            for number in 0..wanted {
                let front = center.map(|v| v + wide * dice.normal());
                let azimuth_deg = azimuth_deg + dice.pick(&[0.0, 90.0, 180.0, 270.0]) + 6.0 * dice.normal();
                self.house_lot(Lot { front, azimuth_deg, size: lots.size, row: number as i64 }, lots, dice);
            }
            return;
        }
        let approach = Approach::draw(dice);
        for number in 0..wanted {
            let place = center.map(|v| v + if number == 0 { 0.0 } else { wide * dice.normal() });
            let azimuth_deg = azimuth_deg + dice.pick(&[0.0, 0.0, 90.0]) + 4.0 * dice.normal();
            let building = self.farm_building(place, azimuth_deg, dice);
            let (around, fate) = (building.clone(), self.fate(place, number as i64, dice));
            if !self.is_clear_around(&building, 1.0) || !self.build(building, fate, dice) {
                continue;
            }
            self.lead_up_to(&around, fate.when, &approach, dice);
            if dice.chance(0.4) {
                self.yard_around(&around, fate.when, 0.35, dice);
            }
        }
    }

    fn farm_building(&self, spot: Place, azimuth_deg: f64, dice: &mut Dice) -> Building {
        match dice.count(0, 8) {
            0..=3 => draw_house(spot, azimuth_deg, [16.0, 12.0], self.style, dice),
            4 => draw_hut(spot, azimuth_deg, self.style, dice),
            5 => {
                let size = [dice.between(20.0, 55.0), dice.between(9.0, 18.0)];
                draw_stable(spot, azimuth_deg, size, self.style, dice)
            }
            6 | 7 => draw_barn(spot, azimuth_deg, self.style, dice),
            _ => draw_tank(spot, dice.between(3.5, 9.0), dice),
        }
    }

    /// A few farms.
    pub(in crate::simulate) fn farms(&mut self, dice: &mut Dice) {
        for number in 0..dice.count(1, 3) {
            let center = [0, 1].map(|_| dice.between(0.1, 0.9) * self.side_m);
            let azimuth_deg = dice.between(0.0, 180.0);
            let farm_fate = self.fate(center, number as i64, dice);
            for _ in 0..dice.count(2, 6) {
                let spot = [0, 1].map(|k| center[k] + 16.0 * dice.normal());
                let azimuth_deg = azimuth_deg + dice.pick(&[0.0, 0.0, 90.0, 12.0]);
                let building = self.farm_building(spot, azimuth_deg, dice);
                if self.is_clear_around(&building, 1.5) {
                    let fate = if dice.chance(0.7) { farm_fate } else { self.fate(spot, number as i64, dice) };
                    self.build(building, fate, dice);
                }
            }
        }
    }
}
