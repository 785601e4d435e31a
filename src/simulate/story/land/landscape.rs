//! What surrounds settlements, and what is mistaken for them: how much of it there is, and what grows between.

use crate::simulate::description::{Border, Material, PairDescription, Patch, Relief, Vehicle, VehicleClass, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::palette::material_look;
use crate::simulate::render::surface::Block;
use crate::simulate::story::land::basins::{bank_up, dig_basin, rule_ponds};
use crate::simulate::story::land::graded::{BareLand, grade_land, work_land};
use crate::simulate::story::land::hillside::cut_hillside;
use crate::simulate::story::land::rough_ground::{drain_land, roughen_land};
use crate::simulate::story::land::scenery::wear_tracks;
use crate::simulate::story::land::shores::spread_water;
use crate::simulate::story::land::smallholdings::lay_small_plots;
use crate::simulate::story::land::subdivision::grade_subdivision;
use crate::simulate::story::land::trodden::{dig_ditch, lead_swale, mow_field, tread_paths};
use crate::simulate::story::land::waters::{blow_dunes, cut_rills, fill_pond, flood_land, run_river};
use crate::simulate::story::land::works::{
    clear_land, dig_quarry, grade_plots, lay_grid, lay_quay, lay_rails, leave_bales, pave_court, raise_solar,
};
use crate::simulate::story::plot::Plot;
use crate::simulate::story::setting::{Setting, is_driven, plain_patch};
use crate::simulate::story::things::amenities::{
    dig_pool, lay_bulb, lay_cemetery, lay_courts, lay_parking, lay_pitch, lay_playground, park_aircraft,
};
use crate::simulate::story::things::highways::{lay_avenue, span_flyover};
use crate::simulate::story::things::interchange::join_highways;
use crate::simulate::story::things::litter::{
    drop_scrap, enclose_plot, fence_line, lay_pad, lay_track, park_about, raise_rocks, stack_goods, tip_heaps,
};

/// Puts one thing, or one group of things, into a scene.
type Confuser = fn(&mut Setting<'_>, &mut Dice);

/// What is mistaken for structures, with how often it is met (by judgment: small and common things first).
const CONFUSERS: [(Confuser, f64); 33] = [
    (park_aircraft, 0.15),
    (lay_pad, 4.2),
    (stack_goods, 1.2),
    (drop_scrap, 1.5),
    (tip_heaps, 1.6),
    (raise_rocks, 1.1),
    (enclose_plot, 1.2),
    (fence_line, 1.0),
    (lay_track, 1.8),
    (park_about, 1.5),
    (lay_courts, 0.25),
    (lay_pitch, 0.5),
    (dig_pool, 0.9),
    (lay_playground, 0.5),
    (lay_cemetery, 0.3),
    (lay_parking, 1.2),
    (lay_bulb, 0.8),
    (grade_plots, 1.4),
    (lay_grid, 0.4),
    (raise_solar, 0.5),
    (leave_bales, 0.6),
    (pave_court, 1.0),
    (fill_pond, 0.6),
    (cut_rills, 1.4),
    (clear_land, 0.9),
    (tread_paths, 2.2),
    (dig_ditch, 1.0),
    (lay_small_plots, 0.9),
    (mow_field, 1.3),
    (lead_swale, 0.9),
    (wear_tracks, 0.4),
    (roughen_land, 2.0),
    (drain_land, 0.8),
];

/// Most groups of confusers in a scene.
const MOST_CONFUSERS: usize = 22;

/// Share of scenes among hills, and slopes that hills have (standard deviations of rise over run): rolling to steep.
const HILLY: f64 = 0.45;
const SLOPES: [f64; 2] = [0.08, 0.36];

/// Extent of hills, drawn evenly by ratio, metres (by eye).
const HILLS_M: [f64; 2] = [8.0, 160.0];

/// Hills, for some scenes.
pub(in crate::simulate) fn draw_relief(dice: &mut Dice) -> Option<Relief> {
    dice.chance(HILLY).then(|| {
        // From mounds and banks to hillsides.
        let size_m = HILLS_M[0] * (HILLS_M[1] / HILLS_M[0]).powf(dice.unit());
        Relief { height_m: 0.6 * size_m * dice.between(SLOPES[0], SLOPES[1]), size_m }
    })
}

/// Strews what is mistaken for structures, and what changes on the ground without any being built; the first patches of
/// the scene cover the land.
pub(in crate::simulate) fn litter_ground(scene: &mut PairDescription, plot: Plot, covers: usize, dice: &mut Dice) {
    let setting = &mut Setting::over(scene, covers);
    // Graded land where something is being built, or nothing at all.
    if plot == Plot::Develop && dice.chance(0.6) || dice.chance(0.15) {
        let side = setting.side_m;
        let center = [side * dice.between(0.1, 0.4), side * dice.between(0.2, 0.8)];
        let size = [dice.between(0.3, 0.7), dice.between(0.3, 0.9)].map(|share| side * share);
        let azimuth_deg = dice.between(0.0, 180.0);
        let cleared = Block::new(center, size[0], size[1], azimuth_deg);
        let material =
            dice.pick(&[Material::Soil, Material::Laterite, Material::Sand, Material::Gravel, Material::PaleSand]);
        let when = dice.weigh(&[(When::After, 0.5), (When::Both, 0.5)]);
        let border =
            dice.weigh(&[(Border::Sharp, 0.3), (Border::Worn, 0.45), (Border::Faded, 0.15), (Border::Organic, 0.1)]);
        let patch = plain_patch(when, material, cleared.corners().into(), border);
        setting.lay_below(patch);
        let earth = material_look(material, &setting.scene.after.variety).dry;
        work_land(setting, BareLand { block: cleared, azimuth_deg, earth, when }, dice);
    }
    // Wide things, at most one of each.
    let wide: [(Confuser, f64); 16] = [
        (grade_subdivision, 0.11),
        (grade_land, 0.22),
        (run_river, 0.08),
        (lay_rails, 0.08),
        (lay_quay, 0.05),
        (blow_dunes, 0.08),
        (flood_land, 0.06),
        (dig_quarry, 0.05),
        (lay_avenue, 0.08),
        (span_flyover, 0.03),
        (dig_basin, 0.09),
        (rule_ponds, 0.01),
        (bank_up, 0.1),
        (cut_hillside, 0.09),
        (spread_water, 0.05),
        (join_highways, 0.05),
    ];
    for (confuser, share) in wide {
        if dice.chance(share) {
            confuser(setting, dice);
        }
    }
    let plenty = dice.weigh(&[(0.0, 0.08), (1.0, 0.5), (2.0, 0.3), (3.5, 0.12)]);
    let most = (plenty * (2.0 + 1.2 * setting.hectares())) as usize;
    for _ in 0..dice.count(most / 3, most).min(MOST_CONFUSERS) {
        dice.weigh(&CONFUSERS)(setting, dice);
    }
    drive_about(setting.scene, dice);
}

/// Changes the ground of a large part of the image on one date: grass grown or gone, soil regraded, crops sown.
pub(in crate::simulate) fn change_cover(scene: &PairDescription, dice: &mut Dice) -> Option<Patch> {
    if !dice.chance(0.3) {
        return None;
    }
    let side = scene.width_px as f64 * scene.gsd_m;
    let center = [0, 1].map(|_| dice.between(0.1, 0.9) * side);
    let size = [dice.between(0.5, 2.2) * side, dice.between(0.4, 1.6) * side];
    let land = Block::new(center, size[0], size[1], dice.between(0.0, 180.0));
    let material = dice.pick(&[
        Material::Grass,
        Material::DryGrass,
        Material::Soil,
        Material::Sand,
        Material::Scrub,
        Material::Stubble,
        Material::Ploughed,
        Material::Gravel,
        Material::Laterite,
    ]);
    let when = dice.pick(&[When::Before, When::After, When::Both]);
    let border =
        dice.weigh(&[(Border::Sharp, 0.3), (Border::Worn, 0.15), (Border::Faded, 0.45), (Border::Organic, 0.1)]);
    let opacity = dice.between(0.3, 1.0);
    Some(Patch { opacity, ..plain_patch(when, material, land.corners().into(), border) })
}

/// Puts vehicles on roads, other ones on each date.
pub(in crate::simulate) fn drive_about(scene: &mut PairDescription, dice: &mut Dice) {
    let side = scene.width_px as f64 * scene.gsd_m;
    let mut driving = Vec::new();
    for road in scene.roads.iter().filter(|road| is_driven(road)) {
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
