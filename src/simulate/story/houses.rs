//! Random houses: plain ones, rows, villas, huts, sheds.
//!
//! Sizes are typical ones: 40-120 m2, 10-60 m2 in poor quarters.

use crate::simulate::description::{Building, Court, Cover, Fitting, Place, RoofShape, Wing};
use crate::simulate::dice::Dice;
use crate::simulate::render::covers::DESERT_COATS;
use crate::simulate::story::styles::{RoofStyle, STOREY_M, fit, pitch};
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
pub(super) const HUT_COVERS: [Cover; 7] = [
    Cover::RustyMetal,
    Cover::RustyMetal,
    Cover::GrayMetal,
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
    let size = [room[0] * dice.between(0.7, 1.0), room[1] * dice.between(0.6, 0.95)];
    let mut villa = Building::rectangle(Kind::House, center, size, azimuth_deg);
    villa.storeys = dice.weigh(&[(1, 0.3), (2, 0.6), (3, 0.1)]);
    villa.eaves_m = STOREY_M * f64::from(villa.storeys) + 0.4;
    pitch(&mut villa, &[RoofShape::Flat, RoofShape::Flat, RoofShape::Flat, RoofShape::Hip], dice);
    if dice.chance(0.3) && size[0].min(size[1]) > 14.0 {
        villa.courts.push(Court { along_m: 0.0, across_m: 0.0, length_m: size[0] * 0.3, width_m: size[1] * 0.35 });
    }
    villa.color = Some(dice.pick(&DESERT_COATS));
    style.dress(&mut villa, &[Cover::PaleConcrete, Cover::Concrete, Cover::RedTile, Cover::WhiteMembrane], dice);
    fit(&mut villa, &[(Fitting::RoofRooms, 0.5), (Fitting::Tanks, 0.5)], dice);
    villa.clutter = if villa.roof == RoofShape::Flat { dice.pick(&[0.0, 0.0, 0.3, 0.7]) } else { 0.06 };
    if dice.chance(0.35) {
        villa.parapet_color = Some(dice.pick(&DESERT_COATS));
    }
    villa
}

/// A hut or small house of a village.
pub(in crate::simulate) fn draw_hut(center: Place, azimuth_deg: f64, style: RoofStyle, dice: &mut Dice) -> Building {
    if style.common().chance(0.25) && dice.chance(0.4) {
        let across = dice.between(3.8, 6.5);
        let mut hut = Building::rectangle(Kind::House, center, [across, across], 0.0);
        (hut.round, hut.roof, hut.cover) = (true, RoofShape::Dome, Cover::Thatch);
        (hut.eaves_m, hut.rise_m) = (1.8, 0.35 * across);
        return hut;
    }
    let width = dice.between(4.4, 10.0);
    let mut hut = Building::rectangle(Kind::House, center, [width * dice.between(1.0, 2.0), width], azimuth_deg);
    hut.eaves_m = dice.between(2.3, 3.6);
    let usual = style.common().pick(&[RoofShape::Flat, RoofShape::Gable, RoofShape::Shed, RoofShape::Hip]);
    pitch(&mut hut, &[usual, usual, RoofShape::Flat, RoofShape::Gable, RoofShape::Shed], dice);
    if dice.chance(0.2) {
        let wide = width * 0.8;
        let across = dice.pick(&[-0.7, 0.7]) * width;
        hut.wings.push(Wing::rectangle(
            [0.3 * hut.length_m - 0.1, across],
            [width * 0.9, wide.min(hut.length_m * 0.5)],
            true,
        ));
    }
    style.dress(&mut hut, &HUT_COVERS, dice);
    if hut.roof == RoofShape::Flat {
        hut.clutter = dice.pick(&[0.0, 0.0, 0.3, 0.7]);
        fit(&mut hut, &[(Fitting::Tanks, 0.2), (Fitting::RoofRooms, 0.1)], dice);
    }
    hut
}

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
