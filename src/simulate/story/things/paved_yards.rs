//! Paved ground in use: cars between painted stalls, planted islands, trucks, goods, stains and repairs.

use crate::simulate::description::{
    BodyShape, Border, Color, Material, Patch, Place, Species, Tree, Vehicle, VehicleClass, When,
};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::render::trees::height_for;
use crate::simulate::story::clearance::is_within;
use crate::simulate::story::outlines::{blob, middle_of};
use crate::simulate::story::parcel::{lengthwise, sides_of};
use crate::simulate::story::setting::{Setting, is_on_road};
use crate::simulate::story::things::litter::GOODS;

/// Paved rectangles of this many square metres are yards; more is the ground of a town.
const YARDS_M2: [f64; 2] = [300.0, 12_000.0];

/// Most vehicles that all yards of a scene are given.
const MOST_VEHICLES: usize = 260;

/// A lane and a row of stalls to either side, and the width of a stall, metres (common practice).
const BAY_M: f64 = 16.5;
const STALL_M: f64 = 2.6;
const STALL_DEPTH_M: f64 = 5.0;

/// Oil, tyres and water on pavement, and repairs of it (by eye).
const STAINS: [Color; 4] = [[58, 56, 54], [84, 80, 76], [112, 104, 94], [70, 72, 70]];
const REPAIRS: [Color; 5] = [[52, 52, 54], [92, 92, 94], [150, 148, 142], [190, 186, 176], [120, 116, 110]];

/// What a yard is used for.
#[derive(Clone, Copy)]
enum Use {
    Cars,
    Trucks,
    Goods,
    Nothing,
}

/// Uses the paved yards of a scene, in most scenes.
pub(in crate::simulate) fn use_pavements(setting: &mut Setting<'_>, dice: &mut Dice) {
    if !dice.chance(0.65) {
        return;
    }
    // Where a settlement has parked its own vehicles nothing more is put.
    let in_use = |yard: &Block| setting.scene.vehicles.iter().any(|vehicle| is_within(yard, vehicle.center, 0.0));
    let yards = setting.scene.patches.iter().filter_map(yard_of).filter(|(yard, ..)| !in_use(yard));
    let yards: Vec<(Block, f64, When)> = yards.collect();
    let before = setting.scene.vehicles.len();
    for (yard, azimuth_deg, when) in yards {
        wear_pavement(setting, &yard, (when, azimuth_deg), dice);
        let room = setting.scene.vehicles.len() < before + MOST_VEHICLES;
        match dice.weigh(&[(Use::Cars, 0.35), (Use::Trucks, 0.15), (Use::Goods, 0.25), (Use::Nothing, 0.25)]) {
            Use::Cars if room => park_cars(setting, &yard, (when, azimuth_deg), dice),
            Use::Trucks if room => park_trucks(setting, &yard, (when, azimuth_deg), dice),
            Use::Goods => store_goods(setting, &yard, (when, azimuth_deg), dice),
            _ => {}
        }
    }
    // Streets through a yard stay free.
    let scene = &mut *setting.scene;
    let parked = scene.vehicles.split_off(before);
    let aside = |vehicle: &Vehicle| !is_on_road(&Block::new(vehicle.center, 3.0, 2.0, 0.0), &scene.roads);
    scene.vehicles.extend(parked.into_iter().filter(aside));
}

/// A paved rectangle within its rim, its azimuth in degrees, and when it is there.
fn yard_of(patch: &Patch) -> Option<(Block, f64, When)> {
    let paved =
        matches!(patch.material, Material::Asphalt | Material::OldAsphalt | Material::Concrete | Material::Gravel);
    let corners: [Place; 4] = patch.outline.as_slice().try_into().ok()?;
    let [long, wide] = sides_of(&corners);
    let yard = (YARDS_M2[0]..YARDS_M2[1]).contains(&(long * wide)) && long.min(wide) > 11.0;
    if !paved || patch.stalls || patch.opacity < 0.7 || !yard {
        return None;
    }
    let [from, to, ..] = lengthwise(&corners);
    let azimuth_deg = (to[0] - from[0]).atan2(from[1] - to[1]).to_degrees();
    let block = Block::new(middle_of(&corners), long.max(wide) - 2.0, long.min(wide) - 2.0, azimuth_deg);
    Some((block, azimuth_deg, patch.when))
}

/// When something that can be moved stands on a yard.
fn moved(when: When, dice: &mut Dice) -> When {
    if when == When::Both { dice.pick(&[When::Both, When::Before, When::After]) } else { when }
}

/// Rows of stalls with cars in some, lines between them, and planted islands at the ends of rows in some yards.
fn park_cars(setting: &mut Setting<'_>, yard: &Block, (when, azimuth_deg): (When, f64), dice: &mut Dice) {
    let [half, deep] = yard.half;
    let occupied = dice.between(0.1, 0.9);
    let (lined, planted) = (dice.chance(0.6), dice.chance(0.4));
    let paint: Color = dice.pick(&[[236, 234, 226], [214, 196, 120]]);
    let bays = (2.0 * deep / BAY_M).max(1.0) as usize;
    let stalls = (2.0 * half / STALL_M) as usize;
    for bay in 0..bays {
        let middle = (bay as f64 + 0.5) * BAY_M - 0.5 * bays as f64 * BAY_M;
        for side in [-1.0, 1.0] {
            let across = middle + side * (0.5 * BAY_M - 0.5 * STALL_DEPTH_M);
            if across.abs() + 0.5 * STALL_DEPTH_M > deep + 1.0 {
                continue;
            }
            for stall in 0..=stalls {
                let edge = stall as f64 * STALL_M - half;
                if lined {
                    let line = [-0.5, 0.5].map(|end| yard.place(edge, across + end * STALL_DEPTH_M));
                    setting.paint(when, line.into(), 0.15, paint, 0.7);
                }
                if stall < stalls && dice.chance(occupied) {
                    let center = yard.place(edge + 0.5 * STALL_M, across + 0.3 * dice.normal());
                    let class = dice.weigh(&[(VehicleClass::Car, 0.85), (VehicleClass::Van, 0.15)]);
                    let azimuth_deg = azimuth_deg + 90.0 * side + 2.0 * dice.normal();
                    let when = moved(when, dice);
                    setting.scene.vehicles.push(Vehicle { when, class, center, azimuth_deg, color: None });
                }
            }
            if planted {
                plant_island(setting, yard, [half - 1.5, across], (when, azimuth_deg), dice);
                plant_island(setting, yard, [1.5 - half, across], (when, azimuth_deg), dice);
            }
        }
    }
}

/// A curbed island with a tree on it.
fn plant_island(
    setting: &mut Setting<'_>,
    yard: &Block,
    [along, across]: [f64; 2],
    (when, azimuth_deg): (When, f64),
    dice: &mut Dice,
) {
    let island = Block::new(yard.place(along, across), 2.4, STALL_DEPTH_M, azimuth_deg);
    if !setting.is_unbuilt(&island) {
        return;
    }
    let material = dice.pick(&[Material::Grass, Material::DryGrass, Material::Soil]);
    setting.lay(when, material, island.corners().into(), Border::Sharp);
    let (species, radius_m) =
        (dice.pick(&[Species::Broadleaf, Species::Evergreen, Species::Palm]), dice.between(0.8, 2.6));
    let height_m = height_for(species, radius_m);
    setting.scene.trees.push(Tree { when, species, center: island.center, radius_m, height_m });
}

/// A row or two of trucks and trailers, side by side.
fn park_trucks(setting: &mut Setting<'_>, yard: &Block, (when, azimuth_deg): (When, f64), dice: &mut Dice) {
    let [half, deep] = yard.half;
    let class = dice.pick(&[VehicleClass::Truck, VehicleClass::Trailer, VehicleClass::Bus, VehicleClass::Van]);
    let occupied = dice.between(0.15, 0.8);
    for side in [-1.0, 1.0] {
        if dice.chance(0.4) || deep < 9.0 {
            continue;
        }
        for place in 0..(2.0 * half / 3.8) as usize {
            if dice.chance(occupied) {
                let center = yard.place((place as f64 + 0.5) * 3.8 - half, side * (deep - 7.0));
                let azimuth_deg = azimuth_deg + 90.0 + 2.0 * dice.normal();
                let when = moved(when, dice);
                setting.scene.vehicles.push(Vehicle { when, class, center, azimuth_deg, color: None });
            }
        }
    }
}

/// Stacks, pallets, pipes and machines in one part of a yard.
fn store_goods(setting: &mut Setting<'_>, yard: &Block, (when, azimuth_deg): (When, f64), dice: &mut Dice) {
    let [half, deep] = yard.half;
    let (mixed, usual) = (dice.chance(0.6), dice.pick(&GOODS));
    let size = [dice.between(1.0, 4.0), dice.between(0.8, 2.4), dice.between(0.4, 2.4)];
    let gap = dice.between(0.3, 3.0);
    let shape = dice.weigh(&[(BodyShape::Box, 0.5), (BodyShape::Ragged, 0.35), (BodyShape::Roll, 0.15)]);
    let part = [dice.between(0.2, 1.0), dice.between(0.2, 0.8)];
    let corner = [dice.pick(&[-1.0, 1.0]), dice.pick(&[-1.0, 1.0])];
    let [cols, rows] = [(2.0 * half * part[0], size[0]), (2.0 * deep * part[1], size[1])]
        .map(|(room, size)| ((room / (size + gap)) as usize).min(14));
    let askew = dice.pick(&[1.0, 6.0, 30.0]);
    for row in 0..rows {
        for col in 0..cols {
            if dice.chance(0.3) {
                continue;
            }
            let along = corner[0] * (half - (col as f64 + 0.6) * (size[0] + gap));
            let across = corner[1] * (deep - (row as f64 + 0.6) * (size[1] + gap));
            let color = if mixed { dice.pick(&GOODS) } else { usual };
            let own = [size[0] * dice.between(0.7, 1.2), size[1], size[2] * dice.between(0.5, 1.2)];
            let place = (yard.place(along, across), azimuth_deg + askew * dice.normal());
            let when = moved(when, dice);
            setting.put(when, shape, place, own, color);
        }
    }
}

/// Stains, repaired squares and cracks.
fn wear_pavement(setting: &mut Setting<'_>, yard: &Block, (when, azimuth_deg): (When, f64), dice: &mut Dice) {
    let [half, deep] = yard.half;
    let spot = |dice: &mut Dice| yard.place(dice.between(-0.9, 0.9) * half, dice.between(-0.9, 0.9) * deep);
    let worn = dice.pick(&[0, 2, 5, 9]);
    for _ in 0..dice.count(0, worn) {
        let (center, opacity) = (spot(dice), dice.between(0.1, 0.45));
        let stain = blob(center, dice.between(0.8, 4.0), 0.4, dice);
        let patch = setting.lay(when, Material::OldAsphalt, stain, Border::Worn);
        (patch.color, patch.opacity) = (Some(dice.pick(&STAINS)), opacity);
    }
    for _ in 0..dice.count(0, worn / 2) {
        let repair = Block::new(spot(dice), dice.between(2.0, 14.0), dice.between(1.0, 6.0), azimuth_deg);
        let own = moved(when, dice);
        let opacity = dice.between(0.3, 0.9);
        let patch = setting.lay(own, Material::Asphalt, repair.corners().into(), Border::Sharp);
        (patch.color, patch.opacity) = (Some(dice.pick(&REPAIRS)), opacity);
    }
    for _ in 0..dice.count(0, worn / 2) {
        let crack = vec![spot(dice), spot(dice)];
        setting.paint(when, crack, dice.between(0.15, 0.4), dice.pick(&STAINS), dice.between(0.3, 0.8));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::story::setting::plain_patch;
    use crate::simulate::story::{RandomOptions, random_pair};

    #[test]
    fn what_a_yard_is_given_stays_on_it() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.5), Meters(0.5)), biome: None };
        let mut scene = random_pair(5, &options);
        let outline = Block::new([64.0, 64.0], 60.0, 40.0, 30.0).corners();
        let (mut cars, mut goods) = (0, 0);
        for seed in 0..60 {
            (scene.vehicles, scene.bodies, scene.trees) = Default::default();
            scene.patches = vec![plain_patch(When::Both, Material::Asphalt, outline.into(), Border::Sharp)];
            use_pavements(&mut Setting::of(&mut scene), &mut Dice::from_seed(seed));
            let yard = Block::new([64.0, 64.0], 62.0, 42.0, 30.0);
            let places = scene.vehicles.iter().map(|v| v.center).chain(scene.bodies.iter().map(|body| body.center));
            for [x, y] in places {
                let (along, across) = yard.local(x as f32, y as f32);
                assert!(f64::from(along.abs()) < yard.half[0] && f64::from(across.abs()) < yard.half[1]);
            }
            (cars, goods) = (cars + scene.vehicles.len(), goods + scene.bodies.len());
        }
        assert!(cars > 100 && goods > 50, "{cars} vehicles, {goods} bodies");
    }
}
