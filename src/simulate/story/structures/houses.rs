//! Random houses: plain ones, rows, villas, huts, sheds.
//!
//! Sizes are typical ones: 40-120 m2, 10-60 m2 in poor quarters.

use crate::simulate::description::{Building, Color, Court, Cover, Fitting, Place, RoofShape, Wing};
use crate::simulate::dice::Dice;
use crate::simulate::render::covers::DESERT_COATS;
use crate::simulate::story::structures::styles::{RoofStyle, STOREY_M, fit, muted, pitch, stray_color, turn_pale};
use crate::structure::Kind;

/// Covers of houses in rich countries.
pub(super) const HOUSE_COVERS: [Cover; 7] = [
    Cover::Shingle,
    Cover::Shingle,
    Cover::Shingle,
    Cover::BrownTile,
    Cover::GrayTile,
    Cover::RedTile,
    Cover::GrayMetal,
];

/// Covers of small houses in poor countries.
pub(in crate::simulate) const HUT_COVERS: [Cover; 11] = [
    Cover::RustyMetal,
    Cover::RustyMetal,
    Cover::RustyMetal,
    Cover::GrayMetal,
    Cover::GrayMetal,
    Cover::GrayMetal,
    Cover::WhiteMetal,
    Cover::WhiteMetal,
    Cover::Concrete,
    Cover::PaleConcrete,
    Cover::BlueMetal,
];

/// A plain detached or semi-detached house that fits into a room of this length and width.
pub(in crate::simulate) fn draw_house(
    center: Place,
    azimuth_deg: f64,
    room: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let width = dice.between(7.0, 12.5).min(room[1]).max(4.5);
    let length = (width * dice.between(1.0, 1.8)).min(room[0]).max(4.5);
    let mut house = Building::rectangle(Kind::House, center, [length, width], azimuth_deg);
    house.storeys = dice.weigh(&[(1, 0.5), (2, 0.5)]);
    house.eaves_m = STOREY_M * f64::from(house.storeys) * dice.between(0.9, 1.05);
    let shape = style.common().pick(&[RoofShape::Hip, RoofShape::Gable, RoofShape::Gable, RoofShape::Flat]);
    pitch(&mut house, &[shape, shape, RoofShape::Gable], dice);
    if dice.chance(0.35) && room[1] > width + 1.5 {
        // A porch or an annex of one storey under a flat roof.
        let deep = dice.between(1.5, 4.0).min((room[1] - width) / 2.0 + 0.8);
        let long = length * dice.between(0.3, 0.9);
        let side = dice.pick(&[-1.0, 1.0]);
        let mut porch =
            Wing::rectangle([0.5 * (length - long) * side, side * (width + deep) / 2.0], [long, deep], false);
        (porch.roof, porch.eaves_m) = (Some(RoofShape::Flat), Some(2.6));
        house.wings.push(porch);
    }
    style.dress(&mut house, &HOUSE_COVERS, dice);
    fit(&mut house, &[(Fitting::Chimneys, 0.5), (Fitting::Dormers, 0.2), (Fitting::Gutters, 0.2)], dice);
    house.clutter = if house.roof == RoofShape::Flat { dice.between(0.0, 0.8) } else { 0.06 };
    house
}

/// One house of a row; it fills its frontage and shares walls with its neighbors.
pub(in crate::simulate) fn draw_row_house(
    center: Place,
    azimuth_deg: f64,
    size: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let mut house = Building::rectangle(Kind::House, center, size, azimuth_deg);
    let mut common = style.common();
    house.storeys = common.weigh(&[(1, 0.15), (2, 0.6), (3, 0.25)]);
    house.eaves_m = STOREY_M * f64::from(house.storeys) + common.between(-0.3, 0.6);
    house.roof = common.pick(&[RoofShape::Gable, RoofShape::Gable, RoofShape::Flat]);
    house.rise_m = if house.roof == RoofShape::Flat { 0.5 } else { size[1] / 2.0 * common.between(0.4, 0.9) };
    style.dress(&mut house, &HOUSE_COVERS, dice);
    fit(&mut house, &[(Fitting::Chimneys, 0.6), (Fitting::Dormers, 0.3)], dice);
    house
}

/// A flat-roofed villa, often around a court.
pub(in crate::simulate) fn draw_villa(
    center: Place,
    azimuth_deg: f64,
    room: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let size = [room[0] * dice.between(0.82, 1.0), room[1] * dice.between(0.78, 1.0)];
    let mut villa = Building::rectangle(Kind::House, center, size, azimuth_deg);
    villa.storeys = dice.weigh(&[(1, 0.3), (2, 0.6), (3, 0.1)]);
    villa.eaves_m = STOREY_M * f64::from(villa.storeys) + 0.4;
    pitch(&mut villa, &[RoofShape::Flat, RoofShape::Flat, RoofShape::Flat, RoofShape::Hip], dice);
    if dice.chance(0.3) && size[0].min(size[1]) > 14.0 {
        villa.courts.push(Court { along_m: 0.0, across_m: 0.0, length_m: size[0] * 0.3, width_m: size[1] * 0.35 });
    }
    villa.color = Some(dice.pick(&DESERT_COATS));
    style.dress(&mut villa, &[Cover::PaleConcrete, Cover::Concrete, Cover::RedTile, Cover::WhiteMembrane], dice);
    if villa.roof == RoofShape::Flat {
        villa.rise_m = villa.rise_m.max(0.5);
        turn_pale(&mut villa, style, dice);
        raise_stairs(&mut villa, dice);
        villa.clutter = dice.pick(&[0.0, 0.2, 0.4, 0.8]);
        fit(&mut villa, &[(Fitting::RoofRooms, 0.3), (Fitting::Tanks, 0.6)], dice);
    } else {
        villa.clutter = 0.06;
    }
    villa
}

/// Raises a stair house above a flat roof, and now and then a lift's head or a room: at a corner or a side.
pub(in crate::simulate) fn raise_stairs(building: &mut Building, dice: &mut Dice) {
    let room = [building.length_m, building.width_m];
    if room[0].min(room[1]) < 7.0 {
        return;
    }
    let mut top = |size: [f64; 2], height_m: f64, dice: &mut Dice| {
        let size = [0, 1].map(|k| size[k].min(0.6 * room[k]));
        let spot = [0, 1].map(|k| 0.5 * (room[k] - size[k]) * dice.pick(&[-1.0, -0.86, 0.0, 0.5, 0.86, 1.0]));
        let mut raised = Wing::rectangle(spot, size, false);
        raised.eaves_m = Some(building.eaves_m + height_m);
        building.wings.push(raised);
    };
    if dice.chance(0.85) {
        top([dice.between(2.8, 5.5), dice.between(2.8, 4.5)], dice.between(2.3, 3.0), dice);
    }
    if dice.chance(0.3) {
        top([dice.between(1.8, 2.8), dice.between(1.8, 2.6)], dice.between(1.2, 4.2), dice);
    }
    if dice.chance(0.25) {
        top([dice.between(0.25, 0.6) * room[0], dice.between(0.25, 0.6) * room[1]], dice.between(2.6, 3.2), dice);
    }
}

/// A hut or small house of a village: mostly one ridge or one slope, under thatch, earth or sheet.
pub(in crate::simulate) fn draw_hut(center: Place, azimuth_deg: f64, style: RoofStyle, dice: &mut Dice) -> Building {
    let mut common = style.common();
    if common.chance(0.25) && dice.chance(0.4) {
        return draw_round_hut(center, dice.between(3.8, 6.5), dice);
    }
    let plain = common.chance(PLAIN_VILLAGES);
    let width = if plain { dice.between(3.6, 7.0) } else { dice.between(4.4, 10.0) };
    let mut hut = Building::rectangle(Kind::House, center, [width * dice.between(1.0, 2.0), width], azimuth_deg);
    hut.eaves_m = dice.between(2.0, 3.2);
    let usual = common.pick(&[RoofShape::Flat, RoofShape::Gable, RoofShape::Gable, RoofShape::Shed, RoofShape::Hip]);
    let shapes = if plain {
        [usual, usual, usual, usual, RoofShape::Gable]
    } else {
        [usual, usual, RoofShape::Flat, RoofShape::Gable, RoofShape::Shed]
    };
    pitch(&mut hut, &shapes, dice);
    if dice.chance(if plain { 0.04 } else { 0.2 }) {
        let wide = width * 0.8;
        let across = dice.pick(&[-0.7, 0.7]) * width;
        hut.wings.push(Wing::rectangle(
            [0.3 * hut.length_m - 0.1, across],
            [width * 0.9, wide.min(hut.length_m * 0.5)],
            true,
        ));
    }
    style.dress(&mut hut, &HUT_COVERS, dice);
    if plain {
        let thatched = common.chance(0.3) && hut.roof != RoofShape::Flat;
        if thatched && dice.chance(0.7) {
            hut.cover = Cover::Thatch;
            (hut.color, hut.second_color) = (Some(stray_color(dice.pick(&THATCHES), 0.1, dice)), None);
        } else if dice.chance(0.9) {
            hut.color = hut.color.map(muted);
            hut.second_color = hut.second_color.map(muted);
        }
        hut.wall_color = Some(stray_color(dice.pick(&EARTH_WALLS), 0.1, dice));
    }
    if hut.roof == RoofShape::Flat {
        hut.clutter = if plain { dice.pick(&[0.0, 0.0, 0.0, 0.3]) } else { dice.pick(&[0.0, 0.0, 0.3, 0.7]) };
        fit(&mut hut, &[(Fitting::Tanks, if plain { 0.05 } else { 0.2 }), (Fitting::RoofRooms, 0.06)], dice);
    }
    hut
}

/// Share of villages whose houses are plain and small (by judgment).
const PLAIN_VILLAGES: f64 = 0.7;

/// A round hut under a cone of thatch, rarely of sheets.
pub(in crate::simulate) fn draw_round_hut(center: Place, across_m: f64, dice: &mut Dice) -> Building {
    let mut hut = Building::rectangle(Kind::House, center, [across_m, across_m], 0.0);
    (hut.round, hut.roof) = (true, RoofShape::Dome);
    hut.cover = if dice.chance(0.92) { Cover::Thatch } else { Cover::GrayMetal };
    if hut.cover == Cover::Thatch {
        hut.color = Some(stray_color(dice.pick(&THATCHES), 0.12, dice));
    }
    (hut.eaves_m, hut.rise_m) = (dice.between(1.2, 2.0), across_m * dice.between(0.3, 0.5));
    hut
}

/// Thatch, fresh to rotten, chosen by eye.
const THATCHES: [Color; 4] = [[150, 128, 94], [124, 106, 80], [170, 150, 114], [104, 92, 74]];

/// Walls of earth, mud brick and plaster, chosen by eye.
const EARTH_WALLS: [Color; 5] = [[158, 130, 100], [176, 150, 120], [142, 112, 86], [188, 170, 144], [166, 122, 92]];

/// A garden shed, carport or garage.
pub(in crate::simulate) fn draw_shed(center: Place, azimuth_deg: f64, style: RoofStyle, dice: &mut Dice) -> Building {
    let width = dice.between(3.2, 6.5);
    let mut shed = Building::rectangle(Kind::Shed, center, [width * dice.between(1.1, 1.8), width], azimuth_deg);
    shed.eaves_m = dice.between(2.0, 2.8);
    pitch(&mut shed, &[RoofShape::Flat, RoofShape::Gable, RoofShape::Shed], dice);
    shed.rise_m = shed.rise_m.min(1.2);
    style.dress(
        &mut shed,
        &[Cover::GrayMetal, Cover::Shingle, Cover::RustyMetal, Cover::WhiteMetal, Cover::BrownTile],
        dice,
    );
    shed
}
