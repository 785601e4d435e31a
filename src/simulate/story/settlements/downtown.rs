//! Downtowns: blocks built up from street to street, towers on bases among offices and what was there before them.

use crate::simulate::description::{
    Border, Building, Color, Court, Cover, Fitting, Material, Species, Tree, VehicleClass, When, Wing,
};
use crate::simulate::dice::Dice;
use crate::simulate::render::buildings::blocks_of;
use crate::simulate::render::surface::Block;
use crate::simulate::render::trees::height_for;
use crate::simulate::story::outlines::middle_of;
use crate::simulate::story::parcel::{Parcel, divide, is_seen, lengthwise, sides_of};
use crate::simulate::story::plot::Fate;
use crate::simulate::story::setting::{is_on_road, plain_road};
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::apartments::{draw_high_rise, draw_town_house, machine_room};
use crate::simulate::story::structures::styles::{fit, stray_color};
use crate::structure::Kind;

/// From floor to floor of an office, metres (3.9 is what the Council on Tall Buildings and Urban Habitat assumes).
const OFFICE_STOREY_M: f64 = 3.9;

/// Roofs of offices: membranes new and old, gravel, pavers, tar, and copper now and then (by eye).
const ROOFS: [Color; 8] = [
    [228, 228, 224],
    [196, 194, 190],
    [164, 160, 152],
    [132, 130, 126],
    [104, 104, 106],
    [72, 72, 76],
    [184, 168, 146],
    [120, 146, 128],
];

/// Covers of offices.
const COVERS: [Cover; 4] = [Cover::WhiteMembrane, Cover::DarkMembrane, Cover::GravelRoof, Cover::PaleConcrete];

/// Narrowest lot that is built on, metres.
const NARROWEST_M: f64 = 7.0;

/// A tower beyond the image's border leans in from as far as this, metres.
const LEANS_IN_M: f64 = 45.0;

/// What the blocks of a downtown have in common.
struct Core {
    block: [f64; 2],
    street_m: f64,
    /// Longest sides of lots, metres.
    lots: [f64; 2],
    /// Most that a cut strays from a right angle, degrees.
    skew_deg: f64,
    pavement: Material,
    towers: f64,
    /// Share of houses that were there before the offices.
    old: f64,
    open: f64,
    /// Distance between street trees, metres, where there are some.
    trees_m: Option<f64>,
    /// Fewest and most storeys of offices.
    storeys: [usize; 2],
}

impl Core {
    fn draw(dice: &mut Dice) -> Self {
        let smallest = dice.between(14.0, 26.0);
        Core {
            block: [dice.between(55.0, 130.0), dice.between(45.0, 80.0)],
            street_m: dice.between(11.0, 26.0),
            lots: [smallest, smallest * dice.between(1.5, 2.6)],
            skew_deg: dice.pick(&[0.0, 0.0, 5.0]),
            pavement: dice.pick(&[Material::Concrete, Material::Concrete, Material::OldAsphalt, Material::Gravel]),
            towers: dice.pick(&[0.1, 0.3, 0.55]),
            old: dice.pick(&[0.05, 0.2, 0.4]),
            open: dice.pick(&[0.03, 0.08, 0.18]),
            trees_m: dice.chance(0.6).then(|| dice.between(6.0, 14.0)),
            storeys: [dice.count(2, 4), dice.count(6, 14)],
        }
    }
}

impl Site<'_> {
    /// A grid of streets, the blocks between them divided into lots that buildings fill.
    pub(in crate::simulate) fn downtown(&mut self, dice: &mut Dice) {
        let core = Core::draw(dice);
        let pitch = core.block.map(|side| side + core.street_m);
        let offset = [0, 1].map(|_| dice.between(-0.5, 0.5));
        let reach = self.reach();
        let carriageway = core.street_m - dice.between(3.0, 8.0);
        // Pavements reach from the houses to the curbs.
        let curbs = core.block.map(|side| side + core.street_m - carriageway + 1.0);
        let [cols, rows] = pitch.map(|pitch| (reach / pitch).ceil() as i64);
        let line = |number: i64, axis: usize| (number as f64 + offset[axis]) * pitch[axis];
        for row in -rows..=rows {
            self.street([-reach, reach], line(row, 1) + 0.5 * pitch[1], carriageway);
        }
        for col in -cols..=cols {
            let along = line(col, 0) + 0.5 * pitch[0];
            let ends = [self.place(along, -reach), self.place(along, reach)];
            self.road(ends.into(), carriageway);
        }
        for row in -rows..=rows {
            for col in -cols..=cols {
                let center = self.place(line(col, 0), line(row, 1));
                let block = Block::new(center, core.block[0], core.block[1], self.azimuth_deg);
                let whole: Parcel = Block::new(center, curbs[0], curbs[1], self.azimuth_deg).corners();
                if is_seen(&whole, self.side_m) && self.is_near(center, core.block[0]) {
                    self.pave(When::Both, core.pavement, whole.into(), Border::Sharp);
                    self.plant_pavement(&whole, &core, dice);
                }
                self.fill_block(&block, row, &core, dice);
            }
        }
    }

    /// Trees along the curbs of a block.
    fn plant_pavement(&mut self, block: &Parcel, core: &Core, dice: &mut Dice) {
        let Some(step) = core.trees_m else { return };
        let species = dice.pick(&[Species::Broadleaf, Species::Broadleaf, Species::Evergreen, Species::Palm]);
        let large = dice.between(1.5, 3.5);
        for side in 0..4 {
            let (from, to) = (block[side], block[(side + 1) % 4]);
            let [dx, dy] = [0, 1].map(|k| to[k] - from[k]);
            let length = dx.hypot(dy);
            for number in 1..(length / step) as usize {
                let t = number as f64 * step / length;
                // A step in from the curb.
                let center = [from[0] + t * dx - 1.4 * dy / length, from[1] + t * dy + 1.4 * dx / length];
                if dice.chance(0.75) && self.is_near(center, 5.0) {
                    let radius_m = large * dice.between(0.6, 1.1);
                    let height_m = height_for(species, radius_m);
                    self.scene.trees.push(Tree { when: self.streets, species, center, radius_m, height_m });
                }
            }
        }
    }

    /// Divides a block within its pavement into lots and builds on them.
    fn fill_block(&mut self, block: &Block, row: i64, core: &Core, dice: &mut Dice) {
        let verge = dice.between(1.5, 4.0);
        let [long, wide] = block.half.map(|half| 2.0 * (half - verge));
        let mut open = vec![Block::new(block.center, long, wide, self.azimuth_deg).corners()];
        while let Some(part) = open.pop() {
            let longest = sides_of(&part).into_iter().fold(0.0, f64::max);
            if longest <= dice.between(core.lots[0], core.lots[1]) {
                self.fill_lot(&part, row, core, dice);
                continue;
            }
            // Alleys and party walls.
            let gap_m = dice.weigh(&[(0.0, 0.6), (1.0, 0.2), (4.5, 0.2)]);
            let skew = core.skew_deg * dice.between(-1.0, 1.0);
            open.extend(divide(part, gap_m, skew, dice));
        }
    }

    /// A building that fills its lot, or what lots are used for until one does.
    fn fill_lot(&mut self, lot: &Parcel, row: i64, core: &Core, dice: &mut Dice) {
        let (center, turned) = (middle_of(lot), lengthwise(lot));
        let [long, wide] = sides_of(&turned);
        if wide < NARROWEST_M || !self.is_near(center, LEANS_IN_M) {
            return;
        }
        if dice.chance(core.open) {
            return self.leave_lot_open(&turned, dice);
        }
        let plain = Building::on_plot(Kind::Other, &turned);
        let azimuth_deg = plain.azimuth_deg;
        let square = core.skew_deg == 0.0;
        let building = if square && wide > 13.0 && dice.chance(core.towers) {
            let mut tower = draw_high_rise(center, azimuth_deg, [long, wide], self.style, dice);
            set_back(&mut tower, dice);
            tower
        } else if square && wide < 22.0 && dice.chance(core.old) {
            draw_town_house(center, azimuth_deg, [long, wide], self.style, dice)
        } else {
            self.draw_office(plain, core, dice)
        };
        if blocks_of(&building).iter().all(|block| !is_on_road(block, &self.scene.roads)) {
            let fate = Fate { extended: false, ..self.fate(center, row, dice) };
            self.build_on_plot(building, fate, dice);
        }
    }

    /// An office over its whole lot: a roof at two or three levels, full of machines.
    fn draw_office(&self, mut office: Building, core: &Core, dice: &mut Dice) -> Building {
        let storeys = dice.count(core.storeys[0], core.storeys[1]);
        office.storeys = storeys as u32;
        office.eaves_m = OFFICE_STOREY_M * storeys as f64 + dice.between(0.0, 1.5);
        office.rise_m = dice.between(0.3, 1.4);
        let [long, wide] = [office.length_m, office.width_m];
        self.style.dress(&mut office, &COVERS, dice);
        office.color = dice.chance(0.7).then(|| stray_color(dice.pick(&ROOFS), 0.1, dice));
        office.parapet_color = dice.chance(0.4).then(|| stray_color(dice.pick(&ROOFS), 0.1, dice));
        if wide > 24.0 && dice.chance(0.35) {
            // A light court, more or less in the middle.
            let size = [long, wide].map(|side| side * dice.between(0.2, 0.4));
            let [along_m, across_m] = [long, wide].map(|side| side * dice.between(-0.08, 0.08));
            office.courts.push(Court { along_m, across_m, length_m: size[0], width_m: size[1] });
        } else {
            // On a plot askew an upper body at the rim would hang over the neighbor.
            if core.skew_deg == 0.0 {
                set_back(&mut office, dice);
            }
            if dice.chance(0.6) {
                office.wings.push(machine_room(&office, dice));
            }
        }
        office.clutter = dice.pick(&[0.1, 0.3, 0.6]);
        fit(&mut office, &[(Fitting::UnitRows, 0.7), (Fitting::RoofRooms, 0.5), (Fitting::Skylights, 0.1)], dice);
        office
    }

    /// A lot between buildings: cars, a square with trees, or a site that waits.
    fn leave_lot_open(&mut self, lot: &Parcel, dice: &mut Dice) {
        let plan = Building::on_plot(Kind::Other, lot);
        let ground = Block::new(plan.center, plan.length_m, plan.width_m, plan.azimuth_deg);
        let [long, wide] = ground.half;
        match dice.count(0, 2) {
            0 => {
                self.pave(When::Both, Material::Asphalt, lot.to_vec(), Border::Sharp);
                let stalls = (2.0 * long / 2.8) as usize;
                for side in [-1.0, 1.0] {
                    for stall in 0..stalls {
                        let place = ground.place(-long + (stall as f64 + 0.5) * 2.8, side * (wide - 3.0));
                        if dice.chance(0.6) {
                            self.park(place, plan.azimuth_deg + 90.0, VehicleClass::Car, When::Both, dice);
                        }
                    }
                }
            }
            1 => {
                let material = dice.pick(&[Material::Grass, Material::Turf, Material::Concrete]);
                self.pave(When::Both, material, lot.to_vec(), Border::Sharp);
                let path = vec![ground.place(-0.6 * long, -0.6 * wide), ground.place(0.6 * long, 0.6 * wide)];
                self.scene.roads.push(plain_road(When::Both, Material::Concrete, path, 2.5));
                for _ in 0..dice.count(3, 14) {
                    let center = ground.place(dice.between(-0.9, 0.9) * long, dice.between(-0.9, 0.9) * wide);
                    let (species, radius_m) = (Species::Broadleaf, dice.between(1.5, 4.0));
                    let height_m = height_for(species, radius_m);
                    self.scene.trees.push(Tree { when: When::Both, species, center, radius_m, height_m });
                }
            }
            _ => {
                let material = dice.pick(&[Material::Soil, Material::Gravel, Material::Clay, Material::Mud]);
                let when = dice.pick(&[When::Both, When::Before, When::After]);
                self.pave(when, material, lot.to_vec(), Border::Worn);
            }
        }
    }
}

/// Lets the upper storeys of some stand back: a smaller body within the larger one, once or twice.
fn set_back(building: &mut Building, dice: &mut Dice) {
    let levels = dice.weigh(&[(0usize, 0.4), (1, 0.35), (2, 0.25)]);
    let (mut size, mut center) = ([building.length_m, building.width_m], [0.0, 0.0]);
    let mut eaves = building.eaves_m;
    for _ in 0..levels {
        let share = [0, 1].map(|_| dice.between(0.5, 0.9));
        center = [0, 1].map(|k| center[k] + dice.pick(&[-0.5, 0.0, 0.0, 0.5]) * size[k] * (1.0 - share[k]));
        size = [0, 1].map(|k| size[k] * share[k]);
        eaves += OFFICE_STOREY_M * dice.count(1, 5) as f64;
        let mut upper = Wing::rectangle(center, size, false);
        upper.eaves_m = Some(eaves);
        upper.color = dice.chance(0.5).then(|| stray_color(dice.pick(&ROOFS), 0.08, dice));
        building.wings.push(upper);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::render::buildings::{footprint_of, top_of};
    use crate::simulate::story::plot::Plot;
    use crate::simulate::story::settlements::site::settle;
    use crate::simulate::story::{Layout, RandomOptions, random_pair};
    use geo::Area;

    #[test]
    fn blocks_are_built_up_and_streets_stay_free() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.6), Meters(0.6)), biome: None };
        for seed in 0..4 {
            let mut scene = random_pair(seed, &options);
            (scene.buildings, scene.roads) = (Vec::new(), Vec::new());
            settle(&mut scene, Layout::Downtown, Plot::Nothing, &mut Dice::from_seed(seed));
            let built: f64 = scene.buildings.iter().map(|building| footprint_of(building).unsigned_area()).sum();
            let highest = scene.buildings.iter().map(top_of).fold(0.0, f64::max);
            assert!(scene.buildings.len() > 15 && highest > 20.0, "{} buildings to {highest} m", scene.buildings.len());
            assert!(built > 0.3 * 153.6 * 153.6, "seed {seed}: {built} m2");
            let blocks = scene.buildings.iter().flat_map(blocks_of);
            assert_eq!(blocks.filter(|block| is_on_road(block, &scene.roads)).count(), 0, "seed {seed}");
        }
    }
}
