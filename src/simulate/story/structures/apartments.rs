//! Random apartment and office blocks: slabs, towers, L, T, U, E and O shapes, stepped ones, desert housing.

use crate::simulate::description::{Building, Court, Cover, Fitting, Place, RoofShape, Wing};
use crate::simulate::dice::Dice;
use crate::simulate::render::covers::DESERT_COATS;
use crate::simulate::story::structures::houses::raise_stairs;
use crate::simulate::story::structures::plans::reshape;
use crate::simulate::story::structures::styles::{RoofStyle, STOREY_M, fit, pitch, turn_pale};
use crate::structure::Kind;

/// Covers of blocks.
const BLOCK_COVERS: [Cover; 8] = [
    Cover::PaleConcrete,
    Cover::Concrete,
    Cover::GravelRoof,
    Cover::WhiteMembrane,
    Cover::DarkMembrane,
    Cover::RedTile,
    Cover::GrayTile,
    Cover::GrayMetal,
];

/// Roofs of blocks: mostly flat.
const BLOCK_ROOFS: [RoofShape; 6] =
    [RoofShape::Flat, RoofShape::Flat, RoofShape::Flat, RoofShape::Flat, RoofShape::Hip, RoofShape::Gable];

/// A block that fits into a room of this length and width.
pub(in crate::simulate) fn draw_block(
    center: Place,
    azimuth_deg: f64,
    room: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let storeys = style.common().count(2, 8) + dice.count(0, 3);
    if style.common().chance(0.2) && dice.chance(0.35) {
        return draw_high_rise(center, azimuth_deg, room, style, dice);
    }
    if dice.chance(0.15) {
        return draw_tower(center, azimuth_deg, room, style, dice);
    }
    let wide = dice.between(9.0, 17.0).min(room[1]).max(7.0);
    let long = (wide * dice.between(1.3, 5.0)).min(room[0]).max(9.0);
    let mut block = Building::rectangle(Kind::Other, center, [long, wide], azimuth_deg);
    raise(&mut block, storeys);
    let shape = style.common().pick(&BLOCK_ROOFS);
    pitch(&mut block, &[shape, shape, RoofShape::Flat], dice);
    shape_block(&mut block, room, dice);
    if style.common().chance(0.3) && block.wings.is_empty() && block.roof == RoofShape::Flat {
        reshape(&mut block, dice);
    }
    finish(&mut block, style, dice);
    block
}

fn raise(block: &mut Building, storeys: usize) {
    block.storeys = storeys as u32;
    block.eaves_m = STOREY_M * storeys as f64 + 0.5;
}

/// A tower, often stepped.
fn draw_tower(center: Place, azimuth_deg: f64, room: [f64; 2], style: RoofStyle, dice: &mut Dice) -> Building {
    let side = dice.between(14.0, 26.0).min(room[0].min(room[1])).max(9.0);
    let size = [side * dice.between(0.9, 1.1), side];
    let mut tower = Building::rectangle(Kind::Other, center, size, azimuth_deg);
    raise(&mut tower, dice.count(6, 13));
    pitch(&mut tower, &[RoofShape::Flat], dice);
    if dice.chance(0.5) {
        tower.wings.push(podium(room, dice));
    }
    finish(&mut tower, style, dice);
    tower
}

/// A low base under a tower that takes most of the room.
fn podium(room: [f64; 2], dice: &mut Dice) -> Wing {
    let mut base = Wing::rectangle([0.0, 0.0], room.map(|v| v * dice.between(0.7, 1.0)), false);
    base.eaves_m = Some(STOREY_M * dice.count(1, 3) as f64);
    base
}

/// The housing of lifts and coolers on a high roof.
pub(in crate::simulate) fn machine_room(below: &Building, dice: &mut Dice) -> Wing {
    let size = [below.length_m, below.width_m].map(|v| v * dice.between(0.3, 0.6));
    let mut room = Wing::rectangle([0.0, 0.0], size, false);
    room.eaves_m = Some(below.eaves_m + dice.between(2.5, 6.0));
    room
}

/// A high tower: seen aslant it shows more wall than roof.
pub(in crate::simulate) fn draw_high_rise(
    center: Place,
    azimuth_deg: f64,
    room: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let side = dice.between(16.0, 30.0).min(room[0].min(room[1])).max(11.0);
    let size = [(side * dice.between(1.0, 1.6)).min(room[0].max(side)), side];
    let mut tower = Building::rectangle(Kind::Other, center, size, azimuth_deg);
    let most = 15 + dice.count(5, 25);
    raise(&mut tower, dice.count(15, most));
    pitch(&mut tower, &[RoofShape::Flat], dice);
    if dice.chance(0.3) {
        reshape(&mut tower, dice);
    }
    tower.wings.push(machine_room(&tower, dice));
    if dice.chance(0.3) {
        tower.wings.push(podium(room, dice));
    }
    finish(&mut tower, style, dice);
    tower
}

/// Gives a slab wings, a court or steps.
fn shape_block(block: &mut Building, room: [f64; 2], dice: &mut Dice) {
    let (long, wide) = (block.length_m, block.width_m);
    let arm = (room[1] - wide).min(2.2 * wide);
    let number = dice.weigh(&[(0usize, 0.35), (1, 0.25), (2, 0.2), (3, 0.1), (9, 0.1)]);
    if number == 9 || arm < 4.0 {
        // Stepped: one end is higher or lower.
        let mut step = Wing::rectangle([0.3 * long, 0.0], [0.4 * long, wide], false);
        step.eaves_m = Some((block.eaves_m + STOREY_M * dice.between(-2.0, 3.0).round()).max(3.0));
        if dice.chance(0.5) {
            block.wings.push(step);
        }
        return;
    }
    if number >= 2 && long < 2.5 * wide {
        return;
    }
    let thick = (wide * dice.between(0.7, 1.0)).min(long / number.max(1) as f64 * 0.7);
    let side = dice.pick(&[-1.0, 1.0]);
    let places: &[f64] = match number {
        1 => &[dice.pick(&[-0.5, 0.0, 0.5])],
        2 => &[-0.5, 0.5],
        3 => &[-0.5, 0.0, 0.5],
        _ => &[],
    };
    for place in places {
        let center = [place * (long - thick), side * arm / 2.0];
        let mut wing = Wing::rectangle(center, [wide + arm, thick], true);
        // Long arms from one face of the body to the end of the room.
        wing.across_m = side * arm / 2.0;
        if dice.chance(0.2) {
            wing.eaves_m = Some((block.eaves_m - STOREY_M).max(3.0));
        }
        block.wings.push(wing);
    }
    if number == 2 && dice.chance(0.4) {
        // The fourth side: a courtyard block.
        block.wings.push(Wing::rectangle([0.0, side * arm], [long, wide * 0.9], false));
    }
    // The room's middle, not the body's, is where the whole stands.
    if number > 0 {
        let shift = -side * arm / 2.0;
        let (sin, cos) = block.azimuth_deg.to_radians().sin_cos();
        block.center = [block.center[0] + shift * cos, block.center[1] + shift * sin];
    }
}

fn finish(block: &mut Building, style: RoofStyle, dice: &mut Dice) {
    style.dress(block, &BLOCK_COVERS, dice);
    if block.roof == RoofShape::Flat {
        // More than a third of flat roofs are plain.
        if dice.chance(0.62) {
            block.clutter = dice.pick(&[0.1, 0.3, 0.8]);
            fit(block, &[(Fitting::UnitRows, 0.25), (Fitting::RoofRooms, 0.6), (Fitting::Tanks, 0.2)], dice);
        }
        if dice.chance(0.35) {
            block.parapet_color = Some(dice.pick(&[[214, 210, 200], [120, 116, 112], [176, 168, 156]]));
        }
    } else {
        fit(block, &[(Fitting::Dormers, 0.3), (Fitting::Chimneys, 0.5)], dice);
        block.clutter = 0.1;
    }
}

/// A house of a dense old town or of a perimeter block: it fills its frontage, ridge along the street.
pub(in crate::simulate) fn draw_town_house(
    center: Place,
    azimuth_deg: f64,
    size: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let mut house = Building::rectangle(Kind::Other, center, size, azimuth_deg);
    raise(&mut house, (style.common().count(2, 5) + dice.count(0, 2)).min(6));
    let shape = style.common().pick(&[RoofShape::Gable, RoofShape::Gable, RoofShape::Flat]);
    pitch(&mut house, &[shape, shape, shape, RoofShape::Flat], dice);
    let covers =
        [Cover::RedTile, Cover::RedTile, Cover::BrownTile, Cover::GrayTile, Cover::GrayMetal, Cover::DarkMembrane];
    style.dress(&mut house, &covers, dice);
    fit(&mut house, &[(Fitting::Dormers, 0.35), (Fitting::Chimneys, 0.6), (Fitting::Skylights, 0.1)], dice);
    house.clutter = dice.pick(&[0.0, 0.0, 0.2, 0.4]);
    house
}

/// A flat-roofed apartment house of a desert town: parapets, light wells, roof rooms, tanks and dishes.
pub(in crate::simulate) fn draw_desert_block(
    center: Place,
    azimuth_deg: f64,
    size: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let mut block = Building::rectangle(Kind::Other, center, size, azimuth_deg);
    let [long, wide] = size;
    raise(&mut block, style.common().count(2, 5) + dice.count(0, 1));
    block.rise_m = dice.between(0.6, 1.2);
    let well = |along: f64, across: f64, dice: &mut Dice| Court {
        along_m: along * long,
        across_m: across * wide,
        length_m: dice.between(1.8, 4.0),
        width_m: dice.between(1.8, 4.0),
    };
    match dice.count(0, 4) {
        0 => {}
        1 => block.courts.push(well(0.0, 0.0, dice)),
        2 => block.courts.extend([well(-0.25, 0.0, dice), well(0.25, 0.0, dice)]),
        // Notches in the middle of the sides, not in the footprint's truth: they are narrow.
        3 => block.courts.extend([well(-0.48, 0.0, dice), well(0.48, 0.0, dice)]),
        _ => block.courts.push(well(0.0, 0.45, dice)),
    }
    raise_stairs(&mut block, dice);
    block.color = Some(dice.pick(&DESERT_COATS));
    style.dress(&mut block, &[Cover::PaleConcrete, Cover::Concrete, Cover::PaleConcrete, Cover::WhiteMembrane], dice);
    block.wall_color = Some(dice.pick(&DESERT_COATS));
    turn_pale(&mut block, style, dice);
    if dice.chance(0.85) {
        block.clutter = dice.pick(&[0.1, 0.3, 0.8]);
        fit(&mut block, &[(Fitting::RoofRooms, 0.3), (Fitting::Tanks, 0.7), (Fitting::UnitRows, 0.12)], dice);
    }
    block
}
