//! Bases and camps: walled compounds with rows of sisters, rows of tents, containers and cabins.

use crate::simulate::description::{Border, Building, Material, Place, VehicleClass, When};
use crate::simulate::dice::Dice;
use crate::simulate::story::plot::{Fate, Plot};
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::camps::{
    draw_barracks, draw_cabin, draw_container, draw_hangar, draw_tent, draw_vehicle_shed, draw_watchtower,
};
use crate::simulate::story::structures::halls::{draw_hall, draw_tank};

/// What stands in the rows of a compound or camp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sister {
    Barracks,
    Tent,
    Cabin,
    Container,
    VehicleShed,
    Hangar,
    Tank,
}

impl Sister {
    /// Typical length and width, metres.
    fn size(self, dice: &mut Dice) -> [f64; 2] {
        match self {
            Sister::Barracks => [dice.between(15.0, 68.0), dice.between(6.5, 15.0)],
            Sister::Tent => dice.pick(&[
                [6.0, 5.0],
                [10.0, 6.0],
                [10.0, 6.0],
                [15.0, 6.5],
                [20.0, 10.0],
                [36.0, 15.0],
                [60.0, 25.0],
            ]),
            Sister::Cabin => [dice.between(7.0, 14.0), dice.between(4.5, 6.5)],
            Sister::Container => [dice.pick(&[6.1, 6.1, 12.2]), 2.5],
            Sister::VehicleShed => [dice.between(18.0, 70.0), dice.between(6.0, 14.0)],
            Sister::Hangar => [dice.between(18.0, 45.0), dice.between(14.0, 36.0)],
            Sister::Tank => [dice.between(6.0, 22.0); 2],
        }
    }

    fn draw(self, center: Place, azimuth_deg: f64, size: [f64; 2], site: &Site, dice: &mut Dice) -> Building {
        let style = site.style;
        match self {
            Sister::Barracks => draw_barracks(center, azimuth_deg, size, style, dice),
            Sister::Tent => draw_tent(center, azimuth_deg, size, style, dice),
            Sister::Cabin => draw_cabin(center, azimuth_deg, size, style, dice),
            Sister::Container => draw_container(center, azimuth_deg, size[0], dice),
            Sister::VehicleShed => draw_vehicle_shed(center, azimuth_deg, size, style, dice),
            Sister::Hangar => draw_hangar(center, azimuth_deg, size, style, dice),
            Sister::Tank => draw_tank(center, size[0], dice),
        }
    }
}

/// A rectangle of the site, from and to along and across, metres.
type Field = [[f64; 2]; 2];

impl Site<'_> {
    /// A walled compound with rows of alike buildings.
    pub(in crate::simulate) fn compound(&mut self, dice: &mut Dice) {
        let half = [dice.between(0.15, 0.55) * self.side_m, dice.between(0.15, 0.5) * self.side_m];
        let founded = self.course.plot == Plot::Found || (self.course.plot == Plot::Develop && dice.chance(0.4));
        let when = if founded { When::After } else { When::Both };
        let ground = self.outline([-half[0], -half[1]], half);
        if dice.chance(0.7) {
            let material =
                dice.pick(&[self.opened, self.opened, Material::Concrete, Material::Grass, Material::Gravel]);
            self.pave(when, material, ground.clone(), Border::Worn);
        }
        // A street divides it; each part holds rows of one kind.
        let street_m = dice.between(4.0, 9.0);
        let divide = dice.between(-0.4, 0.4) * half[1];
        let reach = self.reach();
        self.street([-reach, half[0] - 2.0], divide, street_m);
        if dice.chance(0.75) {
            let mut line = ground.clone();
            line.push(line[0]);
            let color = dice.pick(&[[186, 176, 158], [150, 146, 140], [206, 200, 190], [140, 118, 98]]);
            self.wall(when, &line, dice.between(1.8, 2.5), 0.3, color);
        }
        for corner in ground {
            if dice.chance(0.3) && self.is_near(corner, 5.0) {
                let tower = draw_watchtower(corner, self.azimuth_at(0.0), dice);
                self.build(tower, Fate::plain(when), dice);
            }
        }
        let parts: [Field; 2] = [
            [[-half[0] + 3.0, half[0] - 3.0], [-half[1] + 3.0, divide - street_m / 2.0 - 2.0]],
            [[-half[0] + 3.0, half[0] - 3.0], [divide + street_m / 2.0 + 2.0, half[1] - 3.0]],
        ];
        for part in parts {
            let sister = dice.weigh(&[
                (Sister::Barracks, 0.56),
                (Sister::VehicleShed, 0.12),
                (Sister::Hangar, 0.08),
                (Sister::Tent, 0.08),
                (Sister::Container, 0.08),
                (Sister::Cabin, 0.05),
                (Sister::Tank, 0.03),
            ]);
            self.rows_of(sister, part, founded, dice);
        }
        self.fill_up(half, founded, dice);
    }

    /// Rows of tents, containers or cabins, the camp of an army or of people who fled.
    pub(in crate::simulate) fn camp(&mut self, dice: &mut Dice) {
        let founded = self.course.plot == Plot::Found;
        let when = if founded { When::After } else { When::Both };
        let half = [dice.between(0.15, 0.65) * self.side_m, dice.between(0.15, 0.65) * self.side_m];
        if dice.chance(0.6) {
            let material =
                dice.pick(&[self.opened, self.opened, Material::Gravel, Material::PaleSand, Material::DryGrass]);
            let outline = self.outline([-half[0], -half[1]], half);
            self.pave(when, material, outline, Border::Organic);
        }
        let street_m = dice.between(3.5, 8.0);
        let blocks = dice.count(1, 3);
        let deep = 2.0 * half[1] / blocks as f64;
        for number in 0..blocks {
            let from = -half[1] + number as f64 * deep;
            let reach = self.reach();
            self.street([-reach, reach], from, street_m);
            let sister = dice.weigh(&[
                (Sister::Tent, 0.52),
                (Sister::Container, 0.15),
                (Sister::Cabin, 0.23),
                (Sister::Hangar, 0.1),
            ]);
            let part = [[-half[0], half[0]], [from + street_m / 2.0 + 1.5, from + deep - street_m / 2.0 - 1.5]];
            self.rows_of(sister, part, founded, dice);
        }
    }

    /// Rows of sisters at regular distances.
    fn rows_of(&mut self, sister: Sister, [[s0, s1], [t0, t1]]: Field, founded: bool, dice: &mut Dice) {
        let mut size = sister.size(dice);
        if sister != Sister::Tank && dice.chance(0.35) {
            size.swap(0, 1);
        }
        let close = matches!(sister, Sister::Container | Sister::Tent | Sister::Cabin);
        let gaps: &[f64] = if close { &[0.4, 1.5, 3.0, 6.0] } else { &[3.0, 6.0, 10.0, 16.0] };
        let gap = [dice.pick(gaps) * dice.between(0.8, 1.2), dice.pick(gaps) * dice.between(0.8, 1.2)];
        let count = [(s1 - s0) / (size[0] + gap[0]), (t1 - t0) / (size[1] + gap[1])].map(|v| (v as i64).min(40));
        let missing = dice.pick(&[0.0, 0.06, 0.25]);
        let crooked = if sister == Sister::Tent { dice.pick(&[0.0, 1.0, 5.0]) } else { 0.0 };
        let half = dice.chance(0.3);
        for row in 0..count[1] {
            let across = t0 + (row as f64 + 0.5) * (size[1] + gap[1]);
            let row_fate = self.fate(self.place((s0 + s1) / 2.0, across), row, dice);
            for col in 0..count[0] {
                let along = s0 + (col as f64 + 0.5) * (size[0] + gap[0]);
                let center = self.place(along, across);
                if dice.chance(missing) || !self.is_near(center, 40.0) || half && col * 2 > count[0] {
                    continue;
                }
                // Rows share their fate more often than not.
                let own = if dice.chance(0.5) { row_fate } else { self.fate(center, row, dice) };
                let fate = if founded { Fate::plain(When::After) } else { own };
                // A block that was turned keeps its ridge along the longer side.
                let (turn, lie) = if size[0] < size[1] { (90.0, [size[1], size[0]]) } else { (0.0, size) };
                let azimuth_deg = self.azimuth_at(along) + turn + crooked * dice.normal();
                let building = sister.draw(center, azimuth_deg, lie, self, dice);
                self.build(building, fate, dice);
            }
        }
    }

    /// What else stands in a compound: a hall, a few containers, a tank, trucks.
    fn fill_up(&mut self, half: [f64; 2], founded: bool, dice: &mut Dice) {
        for number in 0..dice.count(2, 8) {
            let center = self.place(dice.between(-0.9, 0.9) * half[0], dice.between(-0.9, 0.9) * half[1]);
            let azimuth_deg = self.azimuth_at(0.0) + dice.pick(&[0.0, 90.0]);
            let building = match dice.count(0, 4) {
                0 => draw_hall(center, azimuth_deg, [30.0, 18.0], self.style, dice),
                1 => draw_tank(center, dice.between(4.0, 12.0), dice),
                2 => draw_tent(center, azimuth_deg, [10.0, 6.0], self.style, dice),
                _ => draw_container(center, azimuth_deg, dice.pick(&[6.1, 12.2]), dice),
            };
            if self.is_near(center, 10.0) && self.is_clear_around(&building, 1.0) {
                let fate = if founded { Fate::plain(When::After) } else { self.fate(center, number as i64, dice) };
                self.build(building, fate, dice);
            }
        }
        let class = dice.pick(&[VehicleClass::Truck, VehicleClass::Car, VehicleClass::Van]);
        let start = [dice.between(-0.8, 0.5) * half[0], dice.between(-0.8, 0.8) * half[1]];
        for number in 0..dice.count(0, 14) {
            let spot = self.place(start[0] + 4.2 * number as f64, start[1]);
            self.park(spot, self.azimuth_at(0.0) + 90.0, class, When::Both, dice);
        }
    }
}
