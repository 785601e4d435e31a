//! Industry and its cousin, industrial agriculture: halls in paved yards, long stables, greenhouses, silos.

use crate::simulate::description::{Border, Building, Material, VehicleClass, When};
use crate::simulate::dice::Dice;
use crate::simulate::story::plot::Fate;
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::camps::{draw_container, draw_vehicle_shed};
use crate::simulate::story::structures::halls::{draw_greenhouse, draw_hall, draw_stable, draw_tank};

impl Site<'_> {
    /// Halls in paved yards with parking, containers and tanks.
    pub(in crate::simulate) fn yards(&mut self, dice: &mut Dice) {
        self.bend(0.15, dice);
        let large = dice.chance(0.4);
        let pitch = if large {
            [dice.between(90.0, 180.0), dice.between(70.0, 150.0)]
        } else {
            [dice.between(32.0, 90.0), dice.between(32.0, 75.0)]
        };
        let ground =
            dice.pick(&[Material::Concrete, Material::Asphalt, Material::OldAsphalt, Material::Gravel, self.opened]);
        let rows = (self.reach() / pitch[1]).ceil() as i64;
        let jitter = dice.between(-0.5, 0.5) * pitch[1];
        for row in -rows..=rows {
            let across = row as f64 * pitch[1] + jitter;
            let reach = self.reach();
            self.street([-reach, reach], across + 0.5 * pitch[1], dice.between(6.0, 10.0));
            for along in self.steps(pitch[0], across) {
                let center = self.place(along, across - pitch[1] * 0.1);
                if dice.chance(0.15) || !self.is_near(center, 0.5 * pitch[0]) {
                    continue;
                }
                let fate = self.fate(center, row, dice);
                let half = pitch.map(|step| step / 2.0 - dice.between(4.0, 6.0));
                let paved_when = if dice.chance(0.4) { When::Both } else { fate.when };
                let material = if dice.chance(0.75) { ground } else { self.opened };
                let outline = self.outline([along - half[0], across - half[1]], [along + half[0], across + half[1]]);
                self.pave(paved_when, material, outline, Border::Sharp);
                let room = [pitch[0] - 12.0, (pitch[1] - 12.0) * dice.between(0.6, 0.85)];
                let hall = draw_hall(center, self.azimuth_at(along), room, self.style, dice);
                self.build(hall, fate, dice);
                self.parking([along, across + half[1] - 4.0], half[0], fate.when, dice);
                self.yard_clutter([along, across], half, fate, row, dice);
            }
        }
    }

    /// A row of vehicles side by side, some stalls empty.
    pub(in crate::simulate) fn parking(&mut self, [s, t]: [f64; 2], half: f64, when: When, dice: &mut Dice) {
        let class = dice.pick(&[VehicleClass::Car, VehicleClass::Car, VehicleClass::Truck, VehicleClass::Trailer]);
        let step = if class == VehicleClass::Car { 2.6 } else { 4.0 };
        let stalls = (2.0 * half / step) as usize;
        for stall in 0..stalls.min(24) {
            if dice.chance(0.45) {
                let along = s - half + (stall as f64 + 0.5) * step;
                self.park(self.place(along, t), self.azimuth_at(along) + 90.0, class, when, dice);
            }
        }
    }

    /// Containers, tanks and sheds beside a hall; they come and go by themselves.
    fn yard_clutter(&mut self, [s, t]: [f64; 2], half: [f64; 2], yard: Fate, row: i64, dice: &mut Dice) {
        for _ in 0..dice.count(0, 6) {
            let (along, across) = (s + dice.between(-0.95, 0.95) * half[0], t + dice.between(-0.95, 0.95) * half[1]);
            let center = self.place(along, across);
            let azimuth_deg = self.azimuth_at(along) + dice.pick(&[0.0, 90.0]);
            let thing = match dice.count(0, 5) {
                0 => draw_tank(center, dice.between(3.0, 9.0), dice),
                1 => draw_vehicle_shed(center, azimuth_deg, [dice.between(8.0, 25.0), 6.0], self.style, dice),
                _ => draw_container(center, azimuth_deg, dice.pick(&[6.1, 12.2]), dice),
            };
            if self.is_near(center, 5.0) && self.is_clear_around(&thing, 0.5) {
                let fate = if yard.when == When::Both { self.fate(center, row, dice) } else { yard };
                self.build(thing, Fate { extended: false, replaced: false, ..fate }, dice);
            }
        }
    }

    /// Rows of long stables or greenhouses, with silos.
    pub(in crate::simulate) fn agriculture(&mut self, dice: &mut Dice) {
        let glass = dice.chance(0.5);
        let size = if glass {
            dice.pick(&[[30.0, 8.0], [40.0, 8.0], [60.0, 30.0], [50.0, 22.5], [25.0, 6.0]])
        } else {
            [dice.between(40.0, 125.0), dice.between(9.0, 18.0)]
        };
        let gap = dice.between(1.5, if glass { 5.0 } else { 22.0 });
        let lanes = size[0] + dice.between(6.0, 20.0);
        let rows = (dice.between(0.3, 0.9) * self.side_m / (size[1] + gap)) as i64;
        for row in -rows / 2..=rows / 2 {
            let across = row as f64 * (size[1] + gap);
            let row_fate = self.fate(self.place(0.0, across), row, dice);
            for along in self.steps(lanes, across) {
                let center = self.place(along, across);
                if dice.chance(0.08) || !self.is_near(center, 40.0) {
                    continue;
                }
                let fate = if dice.chance(0.6) { row_fate } else { self.fate(center, row, dice) };
                let fate = Fate { extended: false, ..fate };
                let building: Building = if glass {
                    draw_greenhouse(center, self.azimuth_at(along), size, dice)
                } else {
                    draw_stable(center, self.azimuth_at(along), size, self.style, dice)
                };
                let built = self.build(building, fate, dice);
                if built && !glass && dice.chance(0.6) {
                    let silo = draw_tank(self.place(along + size[0] / 2.0 + 2.8, across), dice.between(2.5, 4.0), dice);
                    self.build(silo, fate, dice);
                }
            }
        }
        let reach = self.reach();
        self.street([-reach, reach], -(rows as f64 / 2.0 + 1.0) * (size[1] + gap), dice.between(3.5, 6.0));
    }
}
