//! What surrounds settlements, and what is mistaken for them: fields, tracks, pads, heaps, cars, trees.

use crate::simulate::description::{
    Biome, Border, Heap, Markings, Material, PairDescription, Patch, Place, Road, Scatter, Species, Vehicle,
    VehicleClass, When,
};
use crate::simulate::dice::Dice;
use crate::simulate::plot::Plot;
use crate::simulate::settlement::Layout;
use crate::simulate::surface::Block;

fn side_of(scene: &PairDescription) -> f64 {
    scene.width_px as f64 * scene.gsd_m
}

fn somewhere(side_m: f64, dice: &mut Dice) -> Place {
    [0, 1].map(|_| dice.between(0.0, side_m))
}

fn patch(when: When, material: Material, outline: Vec<Place>, border: Border) -> Patch {
    Patch {
        when,
        material,
        color: None,
        outline,
        border,
        opacity: 1.0,
        rows_m: None,
        rows_azimuth_deg: 0.0,
        stalls: false,
    }
}

/// Lays fields with furrows over the land between settlements.
pub(super) fn lay_fields(scene: &mut PairDescription, layout: Layout, dice: &mut Dice) {
    let farmed = match scene.biome {
        Biome::Cropland => 0.95,
        Biome::Desert => 0.05,
        _ if layout == Layout::Farms => 0.8,
        _ => 0.2,
    };
    if !dice.chance(farmed) {
        return;
    }
    let side = side_of(scene);
    let azimuth = dice.between(0.0, 180.0);
    let size = [dice.between(35.0, 140.0), dice.between(25.0, 90.0)];
    let axes = Block::new([side / 2.0, side / 2.0], 1.0, 1.0, azimuth);
    let count = size.map(|step| (0.75 * side / step).ceil() as i64);
    for j in -count[1]..=count[1] {
        for i in -count[0]..=count[0] {
            if dice.chance(0.15) {
                continue;
            }
            let center = axes.place(i as f64 * size[0], j as f64 * size[1]);
            let field = Block::new(center, size[0] - 1.5, size[1] - 1.5, azimuth);
            let crops = [Material::Crop, Material::Stubble, Material::Ploughed, Material::DryGrass, Material::Grass];
            let (was, is) = (dice.pick(&crops), dice.pick(&crops));
            let rows = dice.chance(0.6).then(|| dice.between(0.9, 6.0));
            let rows_azimuth_deg = azimuth + if dice.chance(0.3) { 90.0 } else { 0.0 };
            let sown = |when, material| Patch {
                rows_m: rows,
                rows_azimuth_deg,
                opacity: 0.9,
                ..patch(when, material, field.corners().into(), Border::Sharp)
            };
            if was == is || dice.chance(0.35) {
                scene.patches.push(sown(When::Both, was));
            } else {
                scene.patches.extend([sown(When::Before, was), sown(When::After, is)]);
            }
        }
    }
}

/// Strews what is mistaken for structures: pads, plots, tracks, heaps, cars.
pub(super) fn litter_ground(scene: &mut PairDescription, plot: Plot, dice: &mut Dice) {
    let side = side_of(scene);
    let hectares = side * side / 10_000.0;
    let when = |dice: &mut Dice| dice.weigh(&[(When::Both, 0.45), (When::After, 0.35), (When::Before, 0.2)]);
    // Graded land where something is being built, or nothing at all.
    if plot == Plot::Develop && dice.chance(0.6) || dice.chance(0.12) {
        let center = [side * dice.between(0.1, 0.4), side * dice.between(0.2, 0.8)];
        let cleared =
            Block::new(center, side * dice.between(0.3, 0.7), side * dice.between(0.3, 0.9), dice.between(0.0, 180.0));
        let material =
            dice.pick(&[Material::Soil, Material::Laterite, Material::Sand, Material::Gravel, Material::PaleSand]);
        scene.patches.insert(0, patch(When::After, material, cleared.corners().into(), Border::Organic));
    }
    for _ in 0..dice.count(0, (1.5 * hectares) as usize + 2) {
        let pad = Block::new(
            somewhere(side, dice),
            dice.between(3.0, 30.0),
            dice.between(3.0, 22.0),
            dice.between(0.0, 180.0),
        );
        let material = dice.pick(&[
            Material::Concrete,
            Material::Gravel,
            Material::Soil,
            Material::PaleSand,
            Material::Asphalt,
            Material::Clay,
            Material::Turf,
            Material::Pool,
            Material::Mud,
        ]);
        let border = dice.pick(&[Border::Sharp, Border::Worn, Border::Organic]);
        scene.patches.push(patch(when(dice), material, pad.corners().into(), border));
    }
    for _ in 0..dice.count(0, 3) {
        lay_track(scene, side, dice);
    }
    for _ in 0..dice.count(0, hectares as usize + 1) {
        let radius_m = dice.between(1.0, 5.0);
        let material = dice.pick(&[Material::Soil, Material::Sand, Material::Gravel, Material::Laterite]);
        let center = somewhere(side, dice);
        scene.heaps.push(Heap { when: when(dice), material, center, radius_m, height_m: 0.45 * radius_m });
    }
    drive_about(scene, dice);
}

fn lay_track(scene: &mut PairDescription, side: f64, dice: &mut Dice) {
    let across = |dice: &mut Dice| dice.between(-0.2, 1.2) * side;
    let mut line = vec![
        [-0.1 * side, across(dice)],
        [0.35 * side, across(dice)],
        [0.65 * side, across(dice)],
        [1.1 * side, across(dice)],
    ];
    if dice.chance(0.5) {
        line.iter_mut().for_each(|place| place.swap(0, 1));
    }
    let when = dice.weigh(&[(When::Both, 0.6), (When::After, 0.25), (When::Before, 0.15)]);
    let road = dice.chance(0.3);
    scene.roads.push(Road {
        when,
        material: if road {
            dice.pick(&[Material::Asphalt, Material::OldAsphalt])
        } else {
            dice.pick(&[Material::Soil, Material::Laterite, Material::PaleSand, Material::Gravel])
        },
        color: None,
        line,
        curved: true,
        width_m: if road { dice.between(5.0, 9.0) } else { dice.between(1.5, 4.5) },
        shoulder_m: if road { dice.between(0.0, 2.0) } else { 0.0 },
        fray_m: if road { 0.3 } else { 0.8 },
        opacity: if road { 1.0 } else { dice.between(0.5, 0.95) },
        markings: if road { Markings::Street } else { dice.pick(&[Markings::None, Markings::Ruts]) },
    });
}

/// Puts vehicles on roads, other ones on each date.
fn drive_about(scene: &mut PairDescription, dice: &mut Dice) {
    let side = side_of(scene);
    let mut driving = Vec::new();
    for road in scene.roads.iter().filter(|road| road.width_m > 4.0) {
        for ends in road.line.windows(2) {
            let (dx, dy) = (ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]);
            let cars = (dx.hypot(dy) / 60.0 * dice.between(0.0, 2.0)) as usize;
            for _ in 0..cars.min(12) {
                let (t, lane) = (dice.unit(), dice.pick(&[-0.25, 0.25]) * road.width_m);
                let length = dx.hypot(dy).max(1e-6);
                let center = [ends[0][0] + t * dx - lane * dy / length, ends[0][1] + t * dy + lane * dx / length];
                if center.iter().all(|v| (0.0..side).contains(v)) {
                    let turn = if lane > 0.0 { 0.0 } else { 180.0 };
                    driving.push(Vehicle {
                        when: dice.pick(&[When::Before, When::After]),
                        class: dice.weigh(&[
                            (VehicleClass::Car, 0.7),
                            (VehicleClass::Van, 0.2),
                            (VehicleClass::Truck, 0.1),
                        ]),
                        center,
                        azimuth_deg: (dx.atan2(-dy).to_degrees() + turn).rem_euclid(360.0),
                        color: None,
                    });
                }
            }
        }
    }
    scene.vehicles.extend(driving);
}

/// Grows trees and bushes that fit the landscape.
pub(super) fn grow_vegetation(scene: &mut PairDescription, dice: &mut Dice) {
    let (tree, trees, bushes) = match scene.biome {
        Biome::Desert => (Species::Palm, 2.0, 20.0),
        Biome::Savanna => (Species::Acacia, 12.0, 50.0),
        Biome::Steppe => (Species::Shrub, 2.0, 40.0),
        Biome::Temperate => (Species::Broadleaf, 30.0, 15.0),
        Biome::Mediterranean => (Species::Evergreen, 25.0, 60.0),
        Biome::Tropical => (Species::Evergreen, 45.0, 40.0),
        Biome::Cropland => (Species::Broadleaf, 10.0, 8.0),
        Biome::Boreal => (Species::Conifer, 70.0, 20.0),
    };
    let plenty = dice.weigh(&[(0.0, 0.1), (0.4, 0.35), (1.0, 0.35), (2.2, 0.2)]);
    let kept = dice.pick(&[1.0, 1.0, 0.95, 0.8]);
    let clumping = dice.unit();
    let large = dice.between(2.5, 5.5);
    let scatter = |species, per_hectare, radius_m| Scatter {
        species,
        outline: Vec::new(),
        per_hectare,
        radius_m,
        clumping,
        share_before: 1.0,
        share_after: kept,
    };
    scene.scatters.push(scatter(tree, trees * plenty, [1.2, large]));
    scene.scatters.push(scatter(Species::Shrub, bushes * plenty.min(1.5), [0.4, 1.6]));
}
