//! Settlements: streets, lots, compounds and yards with the structures on them.

use crate::simulate::architecture::{draw_barracks, draw_block, draw_hall, draw_house, draw_hut, draw_small};
use crate::simulate::description::{
    Biome, Border, Building, Fence, Markings, Material, PairDescription, Patch, Place, Road, Vehicle, VehicleClass,
    When,
};
use crate::simulate::dice::Dice;
use crate::simulate::plot::Plot;
use crate::simulate::surface::Block;

/// How people live on a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Houses on lots along parallel streets.
    Streets,
    /// Apartment blocks between streets.
    Blocks,
    /// Huts and small houses anyhow.
    Village,
    /// A walled compound with rows of alike buildings.
    Compound,
    /// Halls in paved yards.
    Yards,
    /// Single farms between fields.
    Farms,
    /// Nobody.
    Empty,
}

impl Layout {
    /// Draws a layout that occurs in a landscape.
    pub(super) fn draw(biome: Biome, dice: &mut Dice) -> Self {
        use Layout::{Blocks, Compound, Empty, Farms, Streets, Village, Yards};
        let dry = matches!(biome, Biome::Desert | Biome::Savanna | Biome::Steppe);
        let village = if dry || biome == Biome::Tropical { 0.25 } else { 0.10 };
        let farms = if dry { 0.05 } else { 0.15 };
        dice.weigh(&[
            (Streets, 0.27),
            (Blocks, 0.10),
            (Village, village),
            (Compound, 0.14),
            (Yards, 0.16),
            (Farms, farms),
            (Empty, 0.10),
        ])
    }
}

/// A site under construction: its axes, and what already stands.
struct Site<'a> {
    scene: &'a mut PairDescription,
    axes: Block,
    side_m: f64,
    azimuth_deg: f64,
    plot: Plot,
    /// Color of the land that is opened up for building.
    opened: Material,
}

/// Builds a settlement into the scene.
pub(super) fn settle(scene: &mut PairDescription, layout: Layout, plot: Plot, dice: &mut Dice) {
    let side_m = scene.width_px as f64 * scene.gsd_m;
    let azimuth_deg = if dice.chance(0.3) { 90.0 * dice.count(0, 1) as f64 } else { dice.between(0.0, 180.0) };
    let center = [0, 1].map(|_| side_m * dice.between(0.35, 0.65));
    let opened = dice.pick(&[Material::Soil, Material::Laterite, Material::Gravel, Material::Sand]);
    let axes = Block::new(center, 1.0, 1.0, azimuth_deg);
    let mut site = Site { scene, axes, side_m, azimuth_deg, plot, opened };
    match layout {
        Layout::Streets => site.streets(dice),
        Layout::Blocks => site.blocks(dice),
        Layout::Village => site.village(dice),
        Layout::Compound => site.compound(dice),
        Layout::Yards => site.yards(dice),
        Layout::Farms => site.farms(dice),
        Layout::Empty => {}
    }
}

impl Site<'_> {
    fn place(&self, along: f64, across: f64) -> Place {
        self.axes.place(along, across)
    }

    fn outline(&self, from: [f64; 2], to: [f64; 2]) -> Vec<Place> {
        let [(s0, t0), (s1, t1)] = [(from[0], from[1]), (to[0], to[1])];
        vec![self.place(s0, t0), self.place(s1, t0), self.place(s1, t1), self.place(s0, t1)]
    }

    /// Half the length that covers the site along any axis.
    fn reach(&self) -> f64 {
        0.85 * self.side_m
    }

    /// What becomes of a structure at a place, by the plot.
    fn fate(&self, place: Place, dice: &mut Dice) -> When {
        self.plot.fate(place[0] / self.side_m, dice)
    }

    fn pave(&mut self, when: When, material: Material, outline: Vec<Place>, border: Border) {
        self.scene.patches.push(Patch {
            when,
            material,
            color: None,
            outline,
            border,
            opacity: 1.0,
            rows_m: None,
            rows_azimuth_deg: self.azimuth_deg,
            stalls: false,
        });
    }

    fn road(&mut self, line: Vec<Place>, width_m: f64, when: When, dice: &mut Dice) {
        let paved = dice.chance(0.7);
        let material = if paved {
            dice.pick(&[Material::Asphalt, Material::OldAsphalt, Material::OldAsphalt, Material::Concrete])
        } else {
            dice.pick(&[Material::Laterite, Material::Soil, Material::Gravel, Material::Sand])
        };
        self.scene.roads.push(Road {
            when,
            material,
            color: None,
            line,
            curved: true,
            width_m,
            shoulder_m: if paved && dice.chance(0.5) { dice.between(0.6, 2.0) } else { 0.0 },
            fray_m: if paved { 0.2 } else { 0.8 },
            opacity: 1.0,
            markings: if paved && dice.chance(0.4) { Markings::Street } else { Markings::None },
        });
    }

    /// Houses on lots to both sides of parallel streets.
    fn streets(&mut self, dice: &mut Dice) {
        let (depth, lot) = (dice.between(24.0, 36.0), dice.between(14.0, 26.0));
        let width = dice.between(6.0, 10.0);
        let spacing = 2.0 * depth + width;
        let fenced = dice.chance(0.45);
        let bend = dice.between(-0.08, 0.08) * self.side_m;
        let style = dice.bits();
        let rows = (self.reach() / spacing).ceil() as i64;
        for row in -rows..=rows {
            if dice.chance(0.12) {
                continue;
            }
            let across = row as f64 * spacing;
            let points =
                [-1.0, -0.4, 0.4, 1.0].map(|share| self.place(share * self.reach(), across + bend * share * share));
            self.road(points.into(), width, When::Both, dice);
            for side in [-1.0, 1.0] {
                let lots = (self.reach() / lot) as i64;
                for number in -lots..=lots {
                    let along = (number as f64 + 0.5) * lot;
                    let share = along / self.reach();
                    let front = across + bend * share * share + side * width / 2.0;
                    if !dice.chance(0.1) {
                        self.house_lot([along, front], [lot, side * depth], fenced, style, dice);
                    }
                }
            }
        }
    }

    /// A house with drive, lawn and fence on a lot that begins at `front` and goes `size[1]` deep.
    fn house_lot(&mut self, front: [f64; 2], size: [f64; 2], fenced: bool, style: u64, dice: &mut Dice) {
        let [lot, depth] = size;
        let center = self.place(front[0] + dice.between(-1.0, 1.0), front[1] + depth * dice.between(0.36, 0.44));
        if !self.is_near(center, 25.0) {
            return;
        }
        let when = self.fate(center, dice);
        let room = [lot - 3.5, depth.abs() * 0.55];
        let house = draw_house(center, self.azimuth_deg, room, style, dice);
        let [left, right] = [front[0] - lot / 2.0 + 0.4, front[0] + lot / 2.0 - 0.4];
        let far = front[1] + depth * 0.97;
        let before_lawn = if when == When::After && dice.chance(0.6) { self.opened } else { Material::Grass };
        if dice.chance(0.8) {
            self.pave(when, before_lawn, self.outline([left, front[1]], [right, far]), Border::Sharp);
        }
        if dice.chance(0.75) {
            let drive = left + dice.between(1.0, 3.0);
            let outline = self.outline([drive, front[1]], [drive + dice.between(3.0, 6.0), front[1] + depth * 0.3]);
            let material = dice.pick(&[Material::Concrete, Material::Concrete, Material::Gravel, Material::OldAsphalt]);
            self.pave(when, material, outline, Border::Sharp);
            if dice.chance(0.5) {
                let spot = self.place(drive + 2.0, front[1] + depth * 0.15);
                self.park(spot, self.azimuth_deg + 90.0, VehicleClass::Car, when, dice);
            }
        }
        if dice.chance(0.08) {
            let pool = [front[0], front[1] + depth * 0.78];
            let outline = self.outline([pool[0] - 3.5, pool[1] - 1.8], [pool[0] + 3.5, pool[1] + 1.8]);
            self.pave(when, Material::Pool, outline, Border::Sharp);
        }
        if fenced {
            let corners = self.outline([left, front[1] + depth * 0.4], [right, far]);
            let line = vec![corners[0], corners[3], corners[2], corners[1]];
            self.scene.fences.push(Fence { when, line, height_m: 1.8, width_m: 0.25, color: [124, 104, 84] });
        }
        self.build(house, when);
    }

    /// Apartment blocks in a grid.
    fn blocks(&mut self, dice: &mut Dice) {
        let pitch = [dice.between(34.0, 60.0), dice.between(30.0, 50.0)];
        let style = dice.bits();
        let ground = dice.pick(&[Material::Concrete, Material::OldAsphalt, Material::Soil, Material::Grass]);
        let paved_when = if self.plot == Plot::Found { When::After } else { When::Both };
        let reach = self.reach();
        if dice.chance(0.6) {
            self.pave(paved_when, ground, self.outline([-reach, -reach], [reach, reach]), Border::Sharp);
        }
        let count = pitch.map(|step| (reach / step).ceil() as i64);
        for j in -count[1]..=count[1] {
            if j % 2 == 0 {
                let across = (j as f64 + 0.5) * pitch[1];
                let line = vec![self.place(-reach, across), self.place(reach, across)];
                self.road(line, dice.between(6.0, 11.0), When::Both, dice);
            }
            for i in -count[0]..=count[0] {
                let center = self.place(i as f64 * pitch[0], j as f64 * pitch[1]);
                if dice.chance(0.15) || !self.is_near(center, 30.0) {
                    continue;
                }
                let room = [pitch[0] - 8.0, pitch[1] - 15.0];
                let when = self.fate(center, dice);
                self.build(draw_block(center, self.azimuth_deg, room, style, dice), when);
            }
        }
    }

    /// Huts and houses anyhow, with yards of bare earth.
    fn village(&mut self, dice: &mut Dice) {
        let density = dice.between(6.0, 40.0);
        let wanted = (self.side_m * self.side_m / 10_000.0 * density) as usize;
        let style = dice.bits();
        for _ in 0..wanted.min(400) {
            let center = [0, 1].map(|_| dice.between(-5.0, self.side_m + 5.0));
            let hut = draw_hut(center, self.azimuth_deg + 15.0 * dice.normal(), style, dice);
            if self.is_free(&hut, 2.0) {
                let when = self.fate(center, dice);
                if dice.chance(0.5) {
                    self.yard_around(&hut, when, dice);
                }
                self.build(hut, when);
            }
        }
    }

    fn yard_around(&mut self, building: &Building, when: When, dice: &mut Dice) {
        let size = building.length_m + dice.between(4.0, 12.0);
        let yard = Block::new(building.center, size, size * dice.between(0.6, 1.0), building.azimuth_deg);
        self.pave(when, self.opened, yard.corners().into(), Border::Organic);
        if dice.chance(0.35) {
            let mut line: Vec<Place> = yard.corners().into();
            line.push(line[0]);
            self.scene.fences.push(Fence { when, line, height_m: 1.7, width_m: 0.3, color: [158, 138, 112] });
        }
    }

    /// A walled compound with rows of alike buildings.
    fn compound(&mut self, dice: &mut Dice) {
        let half = [dice.between(0.25, 0.5) * self.side_m, dice.between(0.2, 0.42) * self.side_m];
        let founded = matches!(self.plot, Plot::Found) || (self.plot == Plot::Develop && dice.chance(0.5));
        let when = if founded { When::After } else { When::Both };
        let ground = self.outline([-half[0], -half[1]], [half[0], half[1]]);
        if dice.chance(0.75) {
            let material = dice.pick(&[self.opened, self.opened, Material::Concrete, Material::Grass]);
            self.pave(when, material, ground.clone(), Border::Worn);
        }
        if dice.chance(0.8) {
            let mut line = ground;
            line.push(line[0]);
            self.scene.fences.push(Fence { when, line, height_m: 2.4, width_m: 0.3, color: [186, 176, 158] });
        }
        let gate = dice.between(-0.5, 0.5) * half[0];
        let line = vec![self.place(gate, -self.reach()), self.place(gate, half[1] * 0.2)];
        self.road(line, dice.between(4.0, 7.0), When::Both, dice);
        let style = dice.bits();
        let (length, width) = (dice.between(18.0, 68.0), dice.between(7.0, 15.0));
        let gap = [dice.between(5.0, 14.0), dice.between(6.0, 16.0)];
        let rows = (2.0 * half[1] / (width + gap[1])) as i64;
        let cols = ((2.0 * half[0] - 6.0) / (length + gap[0])) as i64;
        for row in 0..rows {
            let row_fate = self.fate(self.place(0.0, (row as f64 + 0.5) * (width + gap[1]) - half[1]), dice);
            for col in 0..cols.max(1) {
                let along = (col as f64 + 0.5 - cols.max(1) as f64 / 2.0) * (length + gap[0]);
                let center = self.place(along, (row as f64 + 0.5) * (width + gap[1]) - half[1]);
                if dice.chance(0.2) || (along - gate).abs() < length / 2.0 + 5.0 && row < rows / 2 {
                    continue;
                }
                // Rows share their fate more often than not.
                let fate = if dice.chance(0.7) { row_fate } else { self.fate(center, dice) };
                let fate = if founded { When::After } else { fate };
                self.build(draw_barracks(center, self.azimuth_deg, [length, width], style, dice), fate);
            }
        }
    }

    /// Halls in paved yards with parking.
    fn yards(&mut self, dice: &mut Dice) {
        let style = dice.bits();
        let pitch = [dice.between(50.0, 110.0), dice.between(50.0, 90.0)];
        let count = pitch.map(|step| (self.reach() / step).ceil() as i64);
        for j in -count[1]..=count[1] {
            let across = (j as f64 + 0.5) * pitch[1];
            let line = vec![self.place(-self.reach(), across), self.place(self.reach(), across)];
            self.road(line, dice.between(6.0, 10.0), When::Both, dice);
            for i in -count[0]..=count[0] {
                let [s, t] = [i as f64 * pitch[0], j as f64 * pitch[1]];
                let center = self.place(s, t);
                if dice.chance(0.18) || !self.is_near(center, 60.0) {
                    continue;
                }
                let when = self.fate(center, dice);
                let half = pitch.map(|step| step / 2.0 - 6.0);
                let material = dice.pick(&[
                    Material::Concrete,
                    Material::Asphalt,
                    Material::OldAsphalt,
                    Material::Gravel,
                    self.opened,
                ]);
                let paved_when = if dice.chance(0.3) { When::Both } else { when };
                self.pave(
                    paved_when,
                    material,
                    self.outline([s - half[0], t - half[1]], [s + half[0], t + half[1]]),
                    Border::Sharp,
                );
                let room = [pitch[0] - 14.0, (pitch[1] - 14.0) * 0.62];
                let hall = draw_hall(self.place(s, t - pitch[1] * 0.12), self.azimuth_deg, room, style, dice);
                self.build(hall, when);
                self.parking([s, t + half[1] - 6.0], half[0], when, dice);
            }
        }
    }

    fn parking(&mut self, [s, t]: [f64; 2], half: f64, when: When, dice: &mut Dice) {
        let class = dice.pick(&[VehicleClass::Car, VehicleClass::Car, VehicleClass::Truck, VehicleClass::Trailer]);
        let step = if class == VehicleClass::Car { 2.6 } else { 4.0 };
        let stalls = (2.0 * half / step) as usize;
        for stall in 0..stalls.min(24) {
            if dice.chance(0.45) {
                let spot = self.place(s - half + (stall as f64 + 0.5) * step, t);
                self.park(spot, self.azimuth_deg + 90.0, class, when, dice);
            }
        }
    }

    /// A few farms.
    fn farms(&mut self, dice: &mut Dice) {
        let style = dice.bits();
        for _ in 0..dice.count(1, 4) {
            let center = [0, 1].map(|_| dice.between(0.1, 0.9) * self.side_m);
            let azimuth = dice.between(0.0, 180.0);
            let farm_fate = self.fate(center, dice);
            for _ in 0..dice.count(2, 6) {
                let spot = [0, 1].map(|k| center[k] + 18.0 * dice.normal());
                let building = match dice.count(0, 2) {
                    0 => draw_house(spot, azimuth, [16.0, 12.0], style, dice),
                    1 => draw_barracks(spot, azimuth, [dice.between(20.0, 50.0), dice.between(9.0, 16.0)], style, dice),
                    _ => draw_small(spot, azimuth, style, dice),
                };
                if self.is_free(&building, 3.0) {
                    let fate = if dice.chance(0.7) { farm_fate } else { self.fate(spot, dice) };
                    self.build(building, fate);
                }
            }
        }
    }

    fn park(&mut self, center: Place, azimuth_deg: f64, class: VehicleClass, place_when: When, dice: &mut Dice) {
        let own = dice.pick(&[When::Both, When::Before, When::After]);
        let when = if place_when == When::Both { own } else { place_when };
        let azimuth_deg = azimuth_deg + 3.0 * dice.normal();
        self.scene.vehicles.push(Vehicle { when, class, center, azimuth_deg, color: None });
    }

    fn build(&mut self, building: Building, when: When) {
        self.scene.buildings.push(Building { when, ..building });
    }

    fn is_near(&self, [x, y]: Place, margin: f64) -> bool {
        let inside = -margin..self.side_m + margin;
        inside.contains(&x) && inside.contains(&y)
    }

    /// True when a building keeps its distance from all others, by the circles around them.
    fn is_free(&self, building: &Building, margin: f64) -> bool {
        let radius = |b: &Building| if b.round { b.length_m / 2.0 } else { b.length_m.hypot(b.width_m) / 2.0 };
        let own = radius(building);
        self.scene.buildings.iter().all(|other| {
            let (dx, dy) = (other.center[0] - building.center[0], other.center[1] - building.center[1]);
            dx.hypot(dy) > own + radius(other) + margin
        })
    }
}
