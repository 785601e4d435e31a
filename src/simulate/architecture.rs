//! Random buildings of many kinds.
//!
//! Dimensions are typical ones: houses 8-14 m wide, barracks 7-15 m by 18-68 m, halls up to the room they have.

use crate::simulate::description::{Building, Cover, Place, RoofShape, When, Wing};
use crate::simulate::dice::Dice;
use crate::structure::Kind;

/// Height of a storey, metres.
const STOREY_M: f64 = 3.0;

fn plain(kind: Kind, center: Place, size: [f64; 2], azimuth_deg: f64) -> Building {
    Building {
        kind,
        when: When::Both,
        center,
        length_m: size[0],
        width_m: size[1],
        azimuth_deg: azimuth_deg.rem_euclid(360.0),
        storeys: 1,
        eaves_m: STOREY_M,
        rise_m: 0.5,
        roof: RoofShape::Flat,
        cover: Cover::Concrete,
        cover_after: None,
        color: None,
        wall_color: None,
        round: false,
        wear: 0.5,
        clutter: 0.0,
        wings: Vec::new(),
    }
}

/// Covers of a settlement: a few of the possible ones, the same for all its buildings of a kind.
fn cover_of(style: u64, choices: &[Cover], dice: &mut Dice) -> Cover {
    let mut common = Dice::from_seed(style);
    let favorites = [common.pick(choices), common.pick(choices)];
    if dice.chance(0.75) { dice.pick(&favorites) } else { dice.pick(choices) }
}

fn finish(mut building: Building, dice: &mut Dice) -> Building {
    building.wear = dice.unit();
    if dice.chance(0.06) {
        building.cover_after =
            Some(dice.pick(&[Cover::GrayMetal, Cover::RedTile, Cover::WhiteMembrane, Cover::Shingle]));
    }
    building
}

fn pitched(building: &mut Building, shapes: &[RoofShape], dice: &mut Dice) {
    building.roof = dice.pick(shapes);
    let pitch = dice.between(0.25, 0.85);
    building.rise_m = match building.roof {
        RoofShape::Flat => dice.between(0.2, 0.9),
        RoofShape::Shed => building.width_m * 0.12,
        RoofShape::Barrel => building.width_m * dice.between(0.2, 0.35),
        _ => building.width_m.min(building.length_m) / 2.0 * pitch,
    };
}

/// A detached house that fits into a room of this length and width.
pub(super) fn draw_house(center: Place, azimuth_deg: f64, room: [f64; 2], style: u64, dice: &mut Dice) -> Building {
    let width = dice.between(7.5, 13.0).min(room[1]).max(5.0);
    let length = (width * dice.between(1.0, 1.7)).min(room[0]).max(5.0);
    let mut house = plain(Kind::House, center, [length, width], azimuth_deg);
    house.storeys = dice.weigh(&[(1, 0.6), (2, 0.4)]);
    house.eaves_m = STOREY_M * f64::from(house.storeys) * dice.between(0.9, 1.05);
    pitched(&mut house, &[RoofShape::Hip, RoofShape::Hip, RoofShape::Gable, RoofShape::Gable, RoofShape::Flat], dice);
    let covers =
        [Cover::Shingle, Cover::BrownTile, Cover::RedTile, Cover::GrayMetal, Cover::WhiteMetal, Cover::Concrete];
    house.cover = cover_of(style, &covers, dice);
    for _ in 0..dice.weigh(&[(0, 0.4), (1, 0.4), (2, 0.2)]) {
        house.wings.push(Wing {
            along_m: dice.between(-0.3, 0.3) * length,
            across_m: dice.pick(&[-1.0, 1.0]) * width * dice.between(0.3, 0.5),
            length_m: width * dice.between(0.5, 0.9),
            width_m: (length * dice.between(0.3, 0.5)).max(3.0),
            crosswise: true,
        });
    }
    if house.roof == RoofShape::Flat {
        house.clutter = dice.between(0.0, 0.8);
    } else if dice.chance(0.5) {
        house.clutter = 0.3;
    }
    finish(house, dice)
}

/// A hut or small house of a village.
pub(super) fn draw_hut(center: Place, azimuth_deg: f64, style: u64, dice: &mut Dice) -> Building {
    if dice.chance(0.12) {
        let across = dice.between(3.5, 6.0);
        let mut hut = plain(Kind::House, center, [across, across], 0.0);
        (hut.round, hut.roof, hut.cover) = (true, RoofShape::Dome, Cover::Thatch);
        (hut.eaves_m, hut.rise_m) = (1.8, 0.35 * across);
        return hut;
    }
    let width = dice.between(3.5, 9.0);
    let mut hut = plain(Kind::House, center, [width * dice.between(1.0, 1.9), width], azimuth_deg);
    hut.eaves_m = dice.between(2.3, 3.4);
    pitched(&mut hut, &[RoofShape::Flat, RoofShape::Gable, RoofShape::Shed, RoofShape::Gable], dice);
    let covers = [
        Cover::RustyMetal,
        Cover::GrayMetal,
        Cover::WhiteMetal,
        Cover::Concrete,
        Cover::PaleConcrete,
        Cover::BlueMetal,
    ];
    hut.cover = cover_of(style, &covers, dice);
    if hut.roof == RoofShape::Flat {
        hut.clutter = dice.between(0.0, 0.5);
    }
    finish(hut, dice)
}

/// A long building, one of a row.
pub(super) fn draw_barracks(center: Place, azimuth_deg: f64, size: [f64; 2], style: u64, dice: &mut Dice) -> Building {
    let mut barracks = plain(Kind::Barracks, center, size, azimuth_deg);
    barracks.storeys = dice.weigh(&[(1, 0.75), (2, 0.25)]);
    barracks.eaves_m = STOREY_M * f64::from(barracks.storeys);
    let mut common = Dice::from_seed(style);
    pitched(
        &mut barracks,
        &[RoofShape::Gable, RoofShape::Gable, RoofShape::Hip, RoofShape::Flat, RoofShape::Barrel],
        &mut common,
    );
    let covers = [
        Cover::GrayMetal,
        Cover::WhiteMetal,
        Cover::RedMetal,
        Cover::GreenMetal,
        Cover::RustyMetal,
        Cover::BrownTile,
        Cover::Concrete,
        Cover::WhiteCanvas,
        Cover::TanCanvas,
        Cover::BlueMetal,
    ];
    barracks.cover = cover_of(style, &covers, dice);
    if matches!(barracks.cover, Cover::WhiteCanvas | Cover::TanCanvas) {
        barracks.kind = Kind::Tent;
    }
    barracks.clutter = dice.between(0.0, 0.4);
    finish(barracks, dice)
}

/// A hall: warehouse, works, hangar or supermarket.
pub(super) fn draw_hall(center: Place, azimuth_deg: f64, room: [f64; 2], style: u64, dice: &mut Dice) -> Building {
    let size = [room[0] * dice.between(0.5, 1.0), room[1] * dice.between(0.5, 1.0)];
    let mut hall = plain(Kind::Warehouse, center, [size[0].max(8.0), size[1].max(7.0)], azimuth_deg);
    hall.eaves_m = dice.between(5.0, 11.0);
    pitched(
        &mut hall,
        &[RoofShape::Flat, RoofShape::Flat, RoofShape::Gable, RoofShape::Barrel, RoofShape::Sawtooth],
        dice,
    );
    if hall.roof == RoofShape::Gable {
        hall.rise_m = hall.width_m * dice.between(0.06, 0.14);
    }
    if hall.roof == RoofShape::Sawtooth {
        hall.rise_m = 2.0;
    }
    if hall.roof == RoofShape::Barrel {
        hall.kind = Kind::Hangar;
    }
    let covers = [
        Cover::WhiteMembrane,
        Cover::WhiteMetal,
        Cover::GrayMetal,
        Cover::BlueMetal,
        Cover::DarkMembrane,
        Cover::Concrete,
        Cover::GreenMetal,
        Cover::RustyMetal,
        Cover::WhiteMembrane,
    ];
    hall.cover = cover_of(style, &covers, dice);
    hall.clutter = if hall.roof == RoofShape::Flat { dice.between(0.0, 0.6) } else { dice.between(0.0, 0.15) };
    finish(hall, dice)
}

/// An apartment or office block, often with wings.
pub(super) fn draw_block(center: Place, azimuth_deg: f64, room: [f64; 2], style: u64, dice: &mut Dice) -> Building {
    let width = dice.between(10.0, 18.0).min(room[1].max(8.0));
    let length = (width * dice.between(1.2, 3.2)).min(room[0].max(10.0));
    let mut block = plain(Kind::Other, center, [length, width], azimuth_deg);
    block.storeys = dice.count(2, 9) as u32;
    block.eaves_m = STOREY_M * f64::from(block.storeys) + 0.5;
    pitched(&mut block, &[RoofShape::Flat, RoofShape::Flat, RoofShape::Flat, RoofShape::Hip, RoofShape::Gable], dice);
    let covers = [
        Cover::PaleConcrete,
        Cover::Concrete,
        Cover::WhiteMembrane,
        Cover::DarkMembrane,
        Cover::RedTile,
        Cover::GrayMetal,
    ];
    block.cover = cover_of(style, &covers, dice);
    if dice.chance(0.4) {
        block.wings.push(Wing {
            along_m: dice.pick(&[-0.5, 0.0, 0.5]) * (length - width),
            across_m: dice.pick(&[-1.0, 1.0]) * width * 0.6,
            length_m: width * 1.2,
            width_m: width * 0.8,
            crosswise: true,
        });
    }
    block.clutter = if block.roof == RoofShape::Flat { dice.between(0.2, 1.0) } else { 0.1 };
    finish(block, dice)
}

/// A shed, container, tent, tank or greenhouse.
pub(super) fn draw_small(center: Place, azimuth_deg: f64, style: u64, dice: &mut Dice) -> Building {
    match dice.count(0, 4) {
        0 => {
            let across = dice.between(5.0, 16.0);
            let mut tank = plain(Kind::Tank, center, [across, across], 0.0);
            (tank.round, tank.roof, tank.cover) = (true, RoofShape::Dome, Cover::WhiteMetal);
            (tank.eaves_m, tank.rise_m) = (dice.between(4.0, 10.0), 0.05 * across);
            tank
        }
        1 => {
            let mut container = plain(Kind::Container, center, [dice.pick(&[6.1, 12.2]), 2.5], azimuth_deg);
            (container.eaves_m, container.rise_m) = (2.6, 0.0);
            container.cover = dice.pick(&[Cover::BlueMetal, Cover::RustyMetal, Cover::WhiteMetal, Cover::GreenMetal]);
            container
        }
        2 => {
            let mut tent = plain(Kind::Tent, center, [dice.between(5.0, 12.0), dice.between(4.5, 6.5)], azimuth_deg);
            (tent.eaves_m, tent.rise_m, tent.roof) = (1.8, 1.6, RoofShape::Gable);
            tent.cover = dice.pick(&[Cover::WhiteCanvas, Cover::TanCanvas, Cover::GreenCanvas]);
            tent
        }
        _ => {
            let mut shed = draw_hut(center, azimuth_deg, style, dice);
            shed.kind = Kind::Shed;
            shed
        }
    }
}
