//! Random structures of armies and of aid: barracks, tents, containers, cabins, shelters, vehicle sheds.

use crate::simulate::description::{Building, Cover, Fitting, Place, RoofShape, Wing};
use crate::simulate::dice::Dice;
use crate::simulate::story::structures::styles::{RoofStyle, any_color, fit, pitch};
use crate::structure::Kind;

/// Height of a storey of barracks, metres.
const BARRACKS_STOREY_M: f64 = 3.0;

/// A long building, one of a row of sisters.
pub(in crate::simulate) fn draw_barracks(
    center: Place,
    azimuth_deg: f64,
    size: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let mut barracks = Building::rectangle(Kind::Barracks, center, size, azimuth_deg);
    let mut common = style.common();
    barracks.storeys = common.weigh(&[(1, 0.65), (2, 0.25), (3, 0.10)]);
    barracks.eaves_m = BARRACKS_STOREY_M * f64::from(barracks.storeys);
    pitch(
        &mut barracks,
        &[RoofShape::Gable, RoofShape::Gable, RoofShape::Gable, RoofShape::Hip, RoofShape::Flat],
        &mut common,
    );
    if common.chance(0.15) {
        let wide = size[1] * 0.9;
        barracks.wings.push(Wing::rectangle([0.0, 0.35 * size[1]], [size[1] * 0.8, wide.min(size[0] * 0.3)], true));
    }
    let covers = [
        Cover::GrayMetal,
        Cover::WhiteMetal,
        Cover::RedMetal,
        Cover::GreenMetal,
        Cover::RustyMetal,
        Cover::BrownTile,
        Cover::Concrete,
        Cover::BlueMetal,
        Cover::RedTile,
    ];
    style.dress(&mut barracks, &covers, dice);
    barracks.clutter = if barracks.roof == RoofShape::Flat { dice.pick(&[0.0, 0.0, 0.3]) } else { 0.0 };
    fit(&mut barracks, &[(Fitting::RidgeCap, 0.2), (Fitting::RidgeVents, 0.1), (Fitting::Gutters, 0.1)], &mut common);
    barracks
}

/// A tent of this size: gabled or round-topped, white, tan, green or blue, alike in one camp.
pub(in crate::simulate) fn draw_tent(
    center: Place,
    azimuth_deg: f64,
    size: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let mut tent = Building::rectangle(Kind::Tent, center, size, azimuth_deg);
    let mut common = style.common();
    tent.roof = common.pick(&[RoofShape::Gable, RoofShape::Gable, RoofShape::Barrel, RoofShape::Hip]);
    tent.eaves_m = if tent.roof == RoofShape::Barrel { 0.6 } else { (0.22 * size[1]).clamp(0.8, 2.6) };
    tent.rise_m = (0.32 * size[1]).clamp(0.9, 4.0);
    let canvas = [Cover::WhiteCanvas, Cover::WhiteCanvas, Cover::TanCanvas, Cover::GreenCanvas, Cover::BlueCanvas];
    let usual = common.pick(&canvas);
    tent.cover = if dice.chance(0.9) { usual } else { dice.pick(&canvas) };
    if dice.chance(0.1) {
        tent.color = Some(any_color(dice));
    }
    tent.wear = dice.unit();
    tent
}

/// A shipping or living container of 20 or 40 feet; stacks are higher.
pub(in crate::simulate) fn draw_container(center: Place, azimuth_deg: f64, length_m: f64, dice: &mut Dice) -> Building {
    let mut container = Building::rectangle(Kind::Container, center, [length_m, 2.5], azimuth_deg);
    let stacked = dice.weigh(&[(1u32, 0.75), (2, 0.2), (3, 0.05)]);
    (container.eaves_m, container.rise_m) = (2.6 * f64::from(stacked), 0.0);
    container.cover =
        dice.pick(&[Cover::BlueMetal, Cover::RustyMetal, Cover::WhiteMetal, Cover::GreenMetal, Cover::GrayMetal]);
    if dice.chance(0.4) {
        container.color = Some(any_color(dice));
    }
    container.wear = dice.unit();
    container
}

/// A cabin of plywood or sandwich panels.
pub(in crate::simulate) fn draw_cabin(
    center: Place,
    azimuth_deg: f64,
    size: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let mut cabin = Building::rectangle(Kind::Barracks, center, size, azimuth_deg);
    cabin.eaves_m = 2.6;
    pitch(&mut cabin, &[RoofShape::Gable, RoofShape::Gable, RoofShape::Flat], &mut style.common());
    cabin.rise_m = cabin.rise_m.min(1.0);
    style.dress(&mut cabin, &[Cover::WhiteMetal, Cover::TanCanvas, Cover::GrayMetal, Cover::BrownTile], dice);
    cabin
}

/// An open-sided shed for vehicles, or a sun shelter.
pub(in crate::simulate) fn draw_vehicle_shed(
    center: Place,
    azimuth_deg: f64,
    size: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let mut shed = Building::rectangle(Kind::Shed, center, size, azimuth_deg);
    shed.eaves_m = dice.between(3.5, 6.0);
    pitch(&mut shed, &[RoofShape::Shed, RoofShape::Gable, RoofShape::Flat, RoofShape::Barrel], dice);
    shed.rise_m = shed.rise_m.min(2.0);
    // One looks below the roof, into the dark.
    shed.wall_color = Some([52, 50, 48]);
    style.dress(
        &mut shed,
        &[Cover::GrayMetal, Cover::WhiteMetal, Cover::RustyMetal, Cover::GreenMetal, Cover::TanCanvas],
        dice,
    );
    shed
}

/// An arched hangar or shelter for aircraft.
pub(in crate::simulate) fn draw_hangar(
    center: Place,
    azimuth_deg: f64,
    size: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let mut hangar = Building::rectangle(Kind::Hangar, center, size, azimuth_deg);
    let arched = style.common().chance(0.7);
    hangar.roof = if arched { RoofShape::Barrel } else { RoofShape::Gable };
    hangar.eaves_m = if arched { dice.between(1.0, 4.0) } else { dice.between(5.0, 9.0) };
    hangar.rise_m = size[1] * if arched { dice.between(0.22, 0.4) } else { dice.between(0.08, 0.2) };
    style.dress(
        &mut hangar,
        &[
            Cover::GrayMetal,
            Cover::WhiteMetal,
            Cover::GreenMetal,
            Cover::Concrete,
            Cover::TanCanvas,
            Cover::WhiteCanvas,
        ],
        dice,
    );
    fit(&mut hangar, &[(Fitting::Skylights, 0.15), (Fitting::RidgeCap, 0.1)], dice);
    hangar
}

/// A small guard tower.
pub(in crate::simulate) fn draw_watchtower(center: Place, azimuth_deg: f64, dice: &mut Dice) -> Building {
    let side = dice.between(3.2, 4.2);
    let mut tower = Building::rectangle(Kind::Other, center, [side, side], azimuth_deg);
    (tower.eaves_m, tower.rise_m, tower.roof) = (dice.between(5.0, 9.0), 0.8, RoofShape::Hip);
    tower.cover = dice.pick(&[Cover::GrayMetal, Cover::RedMetal, Cover::GreenMetal, Cover::Concrete]);
    tower
}
