//! Courts, pitches, pools, playgrounds, cemeteries, parking lots, roundabouts: laid out like structures, and flat.

use crate::simulate::description::{
    Aircraft, AircraftClass, BodyShape, Border, Color, Material, Place, Road, Vehicle, VehicleClass, When,
};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::outlines::ring;
use crate::simulate::story::setting::{Setting, is_driven, plain_road};
use crate::simulate::story::things::litter::GOODS;

const WHITE: Color = [226, 226, 220];

/// Surfaces of courts: blue, green, red, gray, clay.
const COURTS: [Color; 7] =
    [[58, 92, 148], [70, 110, 84], [150, 72, 60], [112, 114, 118], [172, 102, 74], [86, 130, 168], [62, 82, 70]];

/// Paints lines given in metres along and across a block's axes.
fn mark(setting: &mut Setting<'_>, when: When, axes: &Block, lines: &[[f64; 4]], width_m: f64) {
    for &[a, b, c, d] in lines {
        setting.paint(when, vec![axes.place(a, b), axes.place(c, d)], width_m, WHITE, 0.85);
    }
}

fn frame(half: [f64; 2]) -> [[f64; 4]; 4] {
    let [l, w] = half;
    [[-l, -w, l, -w], [l, -w, l, w], [l, w, -l, w], [-l, w, -l, -w]]
}

/// Tennis or ball courts side by side (23.8 x 11 m within 36 x 18 m: the game's rules).
pub(in crate::simulate) fn lay_courts(setting: &mut Setting<'_>, dice: &mut Dice) {
    let courts = dice.count(1, 4);
    let Some((ground, azimuth)) = setting.claim([36.0, 18.0 * courts as f64], dice) else { return };
    let when = setting.fate(dice);
    let (surround, inner) = (dice.pick(&COURTS), dice.pick(&COURTS));
    for court in 0..courts {
        let middle = ground.place(0.0, 18.0 * (court as f64 + 0.5) - ground.half[1]);
        let outer = Block::new(middle, 36.0, 18.0, azimuth);
        setting.lay(when, Material::Clay, outer.corners().into(), Border::Sharp).color = Some(surround);
        let play = Block::new(middle, 23.8, 11.0, azimuth);
        setting.lay(when, Material::Clay, play.corners().into(), Border::Sharp).color = Some(inner);
        mark(setting, when, &play, &frame([11.9, 5.5]), 0.1);
        mark(
            setting,
            when,
            &play,
            &[[-11.9, -4.1, 11.9, -4.1], [-11.9, 4.1, 11.9, 4.1], [-6.4, 0.0, 6.4, 0.0], [0.0, -6.0, 0.0, 6.0]],
            0.1,
        );
        if dice.chance(0.5) {
            setting.enclose(when, &outer, 3.0, [120, 124, 120]);
        }
    }
}

/// A pitch with lines, now and then within a running track.
pub(in crate::simulate) fn lay_pitch(setting: &mut Setting<'_>, dice: &mut Dice) {
    let (length, width) = (dice.between(40.0, 105.0), dice.between(25.0, 68.0));
    // The whole pitch must be free, and the track around it.
    let track = dice.chance(0.3);
    let room = if track { [1.24 * length + 10.0, 1.44 * width + 10.0] } else { [length, width] };
    let Some((ground, azimuth)) = setting.claim(room, dice) else { return };
    let (center, when) = (ground.center, setting.fate(dice));
    let pitch = Block::new(center, length, width, azimuth);
    if track {
        let color = dice.pick(&[[162, 82, 62], [72, 96, 148], [130, 100, 84]]);
        let line = ring(center, [0.62 * length, 0.72 * width], azimuth, 28);
        setting
            .scene
            .roads
            .push(Road { color: Some(color), ..plain_road(when, Material::Clay, line, dice.between(5.0, 10.0)) });
    }
    let material = dice.pick(&[Material::Turf, Material::Turf, Material::Grass, Material::Soil, Material::Sand]);
    let (border, rows) = (dice.pick(&[Border::Sharp, Border::Worn]), dice.chance(0.5).then(|| dice.between(4.0, 12.0)));
    let patch = setting.lay(when, material, pitch.corners().into(), border);
    patch.rows_m = rows;
    patch.rows_azimuth_deg = azimuth + 90.0;
    if dice.chance(0.75) {
        let half = [0.48 * length, 0.46 * width];
        mark(setting, when, &pitch, &frame(half), 0.15);
        mark(setting, when, &pitch, &[[0.0, -half[1], 0.0, half[1]]], 0.15);
        setting.paint(when, ring(center, [9.1, 9.1], azimuth, 20), 0.15, WHITE, 0.85);
        for end in [-1.0, 1.0] {
            let (far, near, box_half) = (end * half[0], end * (half[0] - 0.16 * length), 0.3 * width);
            let lines =
                [[far, -box_half, near, -box_half], [near, -box_half, near, box_half], [near, box_half, far, box_half]];
            mark(setting, when, &pitch, &lines, 0.15);
        }
    }
}

/// A pool with its deck; covered now and then.
pub(in crate::simulate) fn dig_pool(setting: &mut Setting<'_>, dice: &mut Dice) {
    let size = if dice.chance(0.15) { [25.0, 12.5] } else { [dice.between(5.0, 12.0), dice.between(3.0, 6.0)] };
    let extent = [size[0] + dice.between(2.0, 6.0), size[1] + dice.between(2.0, 5.0)];
    let Some((deck, azimuth)) = setting.claim(extent, dice) else { return };
    let (center, when) = (deck.center, setting.fate(dice));
    let material = dice.pick(&[Material::Concrete, Material::PaleSand, Material::Clay, Material::Grass]);
    setting.lay(when, material, deck.corners().into(), Border::Sharp);
    let pool = Block::new(center, size[0], size[1], azimuth);
    let outline: Vec<Place> = if dice.chance(0.3) {
        ring(center, [size[0] / 2.0, size[1] / 2.0], azimuth, 18)
    } else {
        pool.corners().into()
    };
    let cover = dice.pick(&[[40, 70, 110], [90, 110, 120], [60, 120, 150], [36, 50, 44]]);
    let covered = dice.chance(0.25);
    setting.lay(when, Material::Pool, outline, Border::Sharp).color = covered.then_some(cover);
}

/// Colorful equipment on sand or rubber.
pub(in crate::simulate) fn lay_playground(setting: &mut Setting<'_>, dice: &mut Dice) {
    let reach = dice.between(5.0, 12.0);
    let Some((ground, _)) = setting.claim([2.0 * reach; 2], dice) else { return };
    let (center, when) = (ground.center, setting.fate(dice));
    let material = dice.pick(&[Material::Sand, Material::PaleSand, Material::Clay, Material::Gravel]);
    setting.lay(when, material, ring(center, [reach, 0.8 * reach], dice.between(0.0, 180.0), 16), Border::Sharp);
    for _ in 0..dice.count(3, 9) {
        let place = center.map(|v| v + 0.4 * reach * dice.normal());
        let size = [dice.between(0.8, 3.0), dice.between(0.4, 1.6), dice.between(0.6, 2.2)];
        let shape = dice.pick(&[BodyShape::Box, BodyShape::Disc, BodyShape::Board]);
        setting.put(when, shape, (place, dice.between(0.0, 180.0)), size, dice.pick(&GOODS));
    }
}

/// Graves in rows.
pub(in crate::simulate) fn lay_cemetery(setting: &mut Setting<'_>, dice: &mut Dice) {
    let (rows, cols) = (dice.count(4, 14), dice.count(5, 22));
    let step = [dice.between(1.8, 3.2), dice.between(2.8, 4.5)];
    let extent = [step[0] * cols as f64 + 4.0, step[1] * rows as f64 + 4.0];
    let Some((ground, azimuth)) = setting.claim(extent, dice) else { return };
    let when = dice.weigh(&[(When::Both, 0.7), (When::After, 0.3)]);
    let material = dice.pick(&[Material::Grass, Material::Gravel, Material::Soil, Material::DryGrass]);
    setting.lay(when, material, ground.corners().into(), Border::Worn).opacity = 0.8;
    if dice.chance(0.6) {
        setting.enclose(when, &ground, 1.5, [170, 164, 152]);
    }
    let pale = dice.pick(&[[214, 212, 206], [150, 150, 150], [92, 92, 94], [190, 176, 150]]);
    for row in 0..rows {
        for col in 0..cols {
            if dice.chance(0.15) {
                continue;
            }
            let place =
                ground.place((col as f64 - cols as f64 / 2.0) * step[0], (row as f64 - rows as f64 / 2.0) * step[1]);
            setting.put(when, BodyShape::Box, (place, azimuth), [1.0, 2.1, dice.between(0.2, 0.8)], pale);
        }
    }
}

/// A parking lot: stalls, some taken, other ones on the other date.
pub(in crate::simulate) fn lay_parking(setting: &mut Setting<'_>, dice: &mut Dice) {
    let trucks = dice.chance(0.1);
    let (class, step, bay) = if trucks { (VehicleClass::Truck, 4.0, 30.0) } else { (VehicleClass::Car, 2.5, 16.0) };
    // A small lot where there is no room for a large one.
    let sizes = [(dice.count(6, 26), dice.count(1, 4)), (dice.count(6, 12), 1)];
    let found = sizes.into_iter().find_map(|(stalls, bays)| {
        let claimed = setting.claim([stalls as f64 * step + 6.0, bays as f64 * bay], dice)?;
        Some((stalls, bays, claimed))
    });
    let Some((stalls, bays, (lot, azimuth))) = found else { return };
    let when = setting.fate(dice);
    let material = dice.pick(&[Material::Asphalt, Material::OldAsphalt, Material::Concrete, Material::Gravel]);
    let patch = setting.lay(when, material, lot.corners().into(), Border::Sharp);
    patch.stalls = !trucks && material != Material::Gravel;
    // Stalls are counted across the lot's length.
    patch.rows_azimuth_deg = azimuth;
    let taken = [dice.unit(), dice.unit()];
    let seen = if when == When::Both { vec![When::Before, When::After] } else { vec![when] };
    for (number, date) in seen.into_iter().enumerate() {
        for row in 0..2 * bays {
            for stall in 0..stalls {
                if !dice.chance(if trucks { 0.4 } else { 0.9 } * taken[number] * taken[number]) {
                    continue;
                }
                let depth = if row % 2 == 0 { 0.18 } else { 0.82 };
                let across = ((row / 2) as f64 + depth) * bay - lot.half[1];
                let along = (stall as f64 + 0.5) * step + 3.0 - lot.half[0];
                let place = lot.place(along, across + 0.3 * dice.normal());
                let azimuth_deg = azimuth + 90.0 + 2.0 * dice.normal();
                let class = if class == VehicleClass::Car && dice.chance(0.12) { VehicleClass::Van } else { class };
                setting.scene.vehicles.push(Vehicle { when: date, class, center: place, azimuth_deg, color: None });
            }
        }
    }
}

/// An apron with aircraft, other ones on the other date.
pub(in crate::simulate) fn park_aircraft(setting: &mut Setting<'_>, dice: &mut Dice) {
    let class =
        dice.pick(&[AircraftClass::Light, AircraftClass::Jet, AircraftClass::Helicopter, AircraftClass::Transport]);
    let step = match class {
        AircraftClass::Light => 14.0,
        AircraftClass::Jet => 15.0,
        AircraftClass::Helicopter => 26.0,
        AircraftClass::Transport => 48.0,
    };
    let count = setting.fitting(dice.count(1, 6), step);
    let Some((apron, azimuth)) = setting.claim([step * count as f64, 1.6 * step], dice) else { return };
    let when = setting.fate(dice);
    let material = dice.pick(&[Material::Concrete, Material::OldAsphalt, Material::Grass]);
    setting.lay(when, material, apron.corners().into(), Border::Sharp);
    let heading = azimuth + 90.0 + dice.pick(&[0.0, 180.0, 35.0]);
    for number in 0..count {
        let place = apron.place((number as f64 + 0.5) * step - apron.half[0], dice.normal());
        let seen = if when == When::Both { dice.pick(&[When::Both, When::Before, When::After]) } else { when };
        let azimuth_deg = heading + 4.0 * dice.normal();
        setting.scene.aircraft.push(Aircraft { when: seen, class, center: place, azimuth_deg, color: None });
    }
}

/// A roundabout, or the bulb at the end of a street.
pub(in crate::simulate) fn lay_bulb(setting: &mut Setting<'_>, dice: &mut Dice) {
    let roads: Vec<&Road> = setting.scene.roads.iter().filter(|road| is_driven(road)).collect();
    let (place, material, when, width) = match roads.len() {
        0 => (setting.anywhere(dice), Material::Asphalt, setting.fate(dice), 7.0),
        count => {
            let road = roads[dice.count(0, count - 1)];
            (road.line[dice.count(0, road.line.len() - 1)], road.material, road.when, road.width_m)
        }
    };
    let radius = dice.between(0.9, 2.2) * width;
    let round = Block::new(place, 2.0 * radius + 1.0, 2.0 * radius + 1.0, 0.0);
    if !setting.is_unbuilt(&round) {
        return;
    }
    setting.taken.push(round);
    let island = dice.chance(0.5);
    let line = ring(place, [radius - width / 2.0; 2], 0.0, 20);
    if island && radius > width {
        setting.scene.roads.push(Road { shoulder_m: 0.5, ..plain_road(when, material, line, width) });
        let middle = dice.pick(&[Material::Grass, Material::Soil, Material::Concrete, Material::Gravel]);
        setting.lay(when, middle, ring(place, [radius - width; 2], 0.0, 16), Border::Sharp);
    } else {
        setting.lay(when, material, ring(place, [radius; 2], 0.0, 20), Border::Sharp);
    }
}
