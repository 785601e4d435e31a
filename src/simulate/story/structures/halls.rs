//! Random halls and what stands on farms and works: warehouses, hangars, long stables, greenhouses, silos, tanks.

use crate::simulate::description::{Building, Cover, Fitting, Place, RoofShape, Wing};
use crate::simulate::dice::Dice;
use crate::simulate::story::structures::styles::{RoofStyle, fit, pitch};
use crate::structure::Kind;

/// Covers of halls.
const HALL_COVERS: [Cover; 10] = [
    Cover::WhiteMembrane,
    Cover::WhiteMembrane,
    Cover::WhiteMetal,
    Cover::GrayMetal,
    Cover::BlueMetal,
    Cover::DarkMembrane,
    Cover::GravelRoof,
    Cover::Concrete,
    Cover::GreenMetal,
    Cover::RustyMetal,
];

/// A hall: warehouse, works, hangar or supermarket, in a room of this length and width.
pub(in crate::simulate) fn draw_hall(
    center: Place,
    azimuth_deg: f64,
    room: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let size = [room[0] * dice.between(0.5, 1.0), room[1] * dice.between(0.5, 1.0)].map(|v| v.max(8.0));
    let mut hall = Building::rectangle(Kind::Warehouse, center, size, azimuth_deg);
    hall.eaves_m = dice.between(5.0, 12.0);
    use RoofShape::{Barrel, Flat, Gable, Sawtooth, Spans};
    pitch(&mut hall, &[Flat, Flat, Flat, Gable, Gable, Barrel, Sawtooth, Spans], dice);
    match hall.roof {
        Gable => hall.rise_m = hall.width_m * dice.between(0.03, 0.14),
        Barrel => hall.kind = Kind::Hangar,
        _ => {}
    }
    let annex = (room[1] - size[1]).min(9.0);
    if dice.chance(0.35) && annex > 3.0 {
        // Offices or a loading dock along one side.
        let long = size[0] * dice.between(0.2, 0.9);
        let side = dice.pick(&[-1.0, 1.0]);
        let across = side * (size[1] + annex) / 2.0;
        let along = dice.between(-0.5, 0.5) * (size[0] - long);
        let mut wing = Wing::rectangle([along, across], [long, annex], false);
        (wing.roof, wing.eaves_m) = (Some(Flat), Some(dice.between(3.0, 6.0)));
        // Half of it, so that it stays in the room with the hall in the middle.
        (wing.across_m, wing.width_m) = (side * (size[1] / 2.0 + annex / 4.0 - 0.05), annex / 2.0 + 0.1);
        hall.wings.push(wing);
    }
    style.dress(&mut hall, &HALL_COVERS, dice);
    match hall.roof {
        Flat => {
            if dice.chance(0.65) {
                hall.clutter = dice.pick(&[0.0, 0.05, 0.25]);
                fit(&mut hall, &[(Fitting::UnitRows, 0.65), (Fitting::Skylights, 0.35)], dice);
            }
            if dice.chance(0.3) {
                hall.parapet_color = Some(dice.pick(&[[226, 226, 222], [96, 96, 98], [150, 148, 144]]));
            }
        }
        _ => fit(&mut hall, &[(Fitting::Skylights, 0.4), (Fitting::RidgeVents, 0.3), (Fitting::RidgeCap, 0.2)], dice),
    }
    hall
}

/// A long stable: chickens, pigs, cattle.
pub(in crate::simulate) fn draw_stable(
    center: Place,
    azimuth_deg: f64,
    size: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let mut stable = Building::rectangle(Kind::Warehouse, center, size, azimuth_deg);
    stable.eaves_m = dice.between(2.6, 4.0);
    pitch(&mut stable, &[RoofShape::Gable], dice);
    stable.rise_m = size[1] * dice.between(0.08, 0.2);
    style.dress(
        &mut stable,
        &[Cover::WhiteMetal, Cover::GrayMetal, Cover::RustyMetal, Cover::RedMetal, Cover::GreenMetal],
        dice,
    );
    fit(&mut stable, &[(Fitting::RidgeVents, 0.3), (Fitting::RidgeCap, 0.3), (Fitting::Skylights, 0.2)], dice);
    stable
}

/// A greenhouse or polytunnel.
pub(in crate::simulate) fn draw_greenhouse(
    center: Place,
    azimuth_deg: f64,
    size: [f64; 2],
    dice: &mut Dice,
) -> Building {
    let mut house = Building::rectangle(Kind::Greenhouse, center, size, azimuth_deg);
    house.eaves_m = dice.between(1.6, 3.6);
    house.cover = dice.pick(&[Cover::Glass, Cover::Plastic, Cover::Plastic]);
    house.roof = if size[1] < 10.0 { RoofShape::Barrel } else { RoofShape::Spans };
    house.rise_m = dice.between(0.8, 1.8);
    house.wear = dice.unit();
    house.wall_color = Some([178, 182, 176]);
    house
}

/// A tank or silo of this diameter in metres.
pub(in crate::simulate) fn draw_tank(center: Place, across: f64, dice: &mut Dice) -> Building {
    let mut tank = Building::rectangle(Kind::Tank, center, [across, across], 0.0);
    (tank.round, tank.roof) = (true, RoofShape::Dome);
    tank.cover =
        dice.pick(&[Cover::WhiteMetal, Cover::WhiteMetal, Cover::GrayMetal, Cover::RustyMetal, Cover::GreenMetal]);
    tank.eaves_m = dice.between(4.0, 12.0);
    tank.rise_m = dice.between(0.02, 0.2) * across;
    tank.wall_color = Some([186, 186, 182]);
    tank
}

/// A barn or shed of a farm, often with a lean-to.
pub(in crate::simulate) fn draw_barn(center: Place, azimuth_deg: f64, style: RoofStyle, dice: &mut Dice) -> Building {
    let wide = dice.between(8.0, 16.0);
    let mut barn = Building::rectangle(Kind::Shed, center, [wide * dice.between(1.0, 2.6), wide], azimuth_deg);
    barn.eaves_m = dice.between(3.0, 5.5);
    pitch(&mut barn, &[RoofShape::Gable, RoofShape::Gable, RoofShape::Barrel], dice);
    if dice.chance(0.35) {
        let deep = dice.between(3.0, 6.0);
        let side = dice.pick(&[-1.0, 1.0]);
        let mut lean_to =
            Wing::rectangle([0.0, side * (wide + deep) / 2.0], [barn.length_m * dice.between(0.5, 1.0), deep], false);
        (lean_to.roof, lean_to.eaves_m) = (Some(RoofShape::Flat), Some(2.8));
        barn.wings.push(lean_to);
    }
    style.dress(
        &mut barn,
        &[Cover::GrayMetal, Cover::RedMetal, Cover::RustyMetal, Cover::BrownTile, Cover::WhiteMetal, Cover::RedTile],
        dice,
    );
    barn
}
