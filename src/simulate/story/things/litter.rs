//! What lies and stands about and is mistaken for structures: pads, goods, heaps, tarps, walls, cars, tracks.

use crate::simulate::description::{
    BodyShape, Border, Color, Fence, Heap, Markings, Material, Place, Road, Vehicle, VehicleClass, Wear, When,
};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::outlines::{blob, crossing};
use crate::simulate::story::setting::{Setting, cut_by_roads, plain_road};

/// Colors of goods, tarps and boats, chosen by eye.
pub(in crate::simulate) const GOODS: [Color; 12] = [
    [196, 190, 178],
    [232, 232, 230],
    [150, 120, 88],
    [176, 150, 112],
    [110, 108, 106],
    [62, 62, 64],
    [52, 88, 148],
    [70, 128, 168],
    [156, 60, 48],
    [72, 112, 74],
    [204, 168, 70],
    [128, 84, 60],
];

const WALLS: [Color; 6] =
    [[186, 176, 158], [124, 104, 84], [92, 84, 76], [214, 206, 192], [150, 146, 140], [158, 128, 100]];

/// How the ground around houses is worn, in half of all scenes: by a meter or two of paths in tidy places, all over the yards in
/// others (by eye).
pub(in crate::simulate) fn draw_wear(dice: &mut Dice) -> Option<Wear> {
    let ranges: Option<[(f64, f64); 3]> = dice.weigh(&[
        (None, 0.38),
        (Some([(1.0, 3.0), (0.1, 0.6), (0.0, 0.03)]), 0.15),
        (Some([(2.0, 8.0), (0.2, 0.9), (0.0, 0.08)]), 0.3),
        (Some([(3.0, 12.0), (0.5, 1.0), (0.04, 0.2)]), 0.17),
    ]);
    let [reach_m, trodden, things] = ranges?.map(|(low, high)| dice.between(low, high));
    let pale = [[206, 194, 170], [178, 160, 134], [150, 134, 114], [186, 182, 176]];
    let color = dice.chance(0.15).then(|| dice.pick(&pale));
    Some(Wear { reach_m, trodden, things, color })
}

/// Bright or dark rectangles on the ground: slabs, beds, lids, courts, bare plots.
pub(in crate::simulate) fn lay_pad(setting: &mut Setting<'_>, dice: &mut Dice) {
    let size = (dice.between(2.5, 6.0) * (1.8 * dice.unit()).exp()).min(0.4 * setting.side_m);
    let azimuth = setting.azimuth(dice);
    let center = setting.anywhere(dice);
    let pad = Block::new(center, size, size * dice.between(0.5, 1.0), azimuth);
    let material = dice.pick(&[
        Material::Concrete,
        Material::Concrete,
        Material::Gravel,
        Material::Soil,
        Material::PaleSand,
        Material::Sand,
        Material::Asphalt,
        Material::Clay,
        Material::Turf,
        Material::Mud,
        Material::Grass,
        Material::Laterite,
    ]);
    let border = dice.weigh(&[(Border::Sharp, 0.6), (Border::Worn, 0.32), (Border::Organic, 0.08)]);
    let (when, color) = (setting.fate(dice), dice.pick(&GOODS));
    let (striped, painted) = (dice.chance(0.15), dice.chance(0.2));
    let (opacity, rows) = (dice.between(0.6, 1.0), dice.between(0.8, 5.0));
    let patch = setting.lay(when, material, pad.corners().into(), border);
    patch.opacity = opacity;
    patch.color = painted.then_some(color);
    patch.rows_m = striped.then_some(rows);
    patch.rows_azimuth_deg = azimuth;
    if dice.chance(0.2) {
        // An edge of another color: curbs, planks, ditches.
        let mut line: Vec<_> = pad.corners().into();
        line.push(line[0]);
        setting.paint(when, line, dice.between(0.3, 0.9), dice.pick(&GOODS), 0.8);
    }
}

/// Rows of crates, pallets, planks and pipes.
pub(in crate::simulate) fn stack_goods(setting: &mut Setting<'_>, dice: &mut Dice) {
    let (rows, cols) = (dice.count(1, 6), dice.count(2, 12));
    let size = [dice.between(0.9, 3.2), dice.between(0.8, 2.2), dice.between(0.5, 2.4)];
    let gap = [dice.between(0.1, 1.5), dice.between(0.3, 2.5)];
    let extent = [cols as f64 * (size[0] + gap[0]) + 3.0, rows as f64 * (size[1] + gap[1]) + 3.0];
    let Some((yard, azimuth)) = setting.claim(extent, dice) else { return };
    let when = setting.fate(dice);
    let shape = dice.weigh(&[(BodyShape::Box, 0.6), (BodyShape::Ragged, 0.25), (BodyShape::Roll, 0.15)]);
    let mut color = dice.pick(&GOODS);
    let mixed = dice.chance(0.5);
    if dice.chance(0.5) {
        let material = dice.pick(&[Material::Concrete, Material::Gravel, Material::Soil, Material::OldAsphalt]);
        setting.lay(when, material, yard.corners().into(), Border::Worn);
    }
    for row in 0..rows {
        for col in 0..cols {
            if dice.chance(0.2) {
                continue;
            }
            if mixed {
                color = dice.pick(&GOODS);
            }
            let along = (col as f64 - cols as f64 / 2.0) * (size[0] + gap[0]);
            let across = (row as f64 - rows as f64 / 2.0) * (size[1] + gap[1]);
            let own = [size[0], size[1], size[2] * dice.between(0.6, 1.2)];
            let turned = azimuth + 2.0 * dice.normal();
            setting.put(when, shape, (yard.place(along, across), turned), own, color);
        }
    }
}

/// Tarps, rubble and scrap.
pub(in crate::simulate) fn drop_scrap(setting: &mut Setting<'_>, dice: &mut Dice) {
    let center = setting.anywhere(dice);
    let when = setting.fate(dice);
    let spread = dice.between(2.0, 12.0);
    let tarp = dice.chance(0.4);
    for _ in 0..dice.count(1, 9) {
        let place = center.map(|v| v + spread * dice.normal());
        let length = dice.between(1.0, 6.0);
        let height = if tarp { dice.between(0.05, 0.4) } else { dice.between(0.2, 1.2) };
        let size = [length, length * dice.between(0.4, 1.0), height];
        let azimuth = dice.between(0.0, 180.0);
        setting.put(when, BodyShape::Ragged, (place, azimuth), size, dice.pick(&GOODS));
    }
}

/// Heaps of earth, sand and stone, single or in rows as tippers leave them.
pub(in crate::simulate) fn tip_heaps(setting: &mut Setting<'_>, dice: &mut Dice) {
    let center = setting.anywhere(dice);
    let when = setting.fate(dice);
    let material = dice.pick(&[Material::Soil, Material::Sand, Material::Gravel, Material::Laterite, Material::Rock]);
    let radius = dice.between(1.0, 4.5);
    let axes = Block::new(center, 1.0, 1.0, setting.azimuth(dice));
    for number in 0..dice.count(1, 7) {
        let radius_m = radius * dice.between(0.7, 1.3);
        let place = axes.place(1.8 * radius * number as f64, 0.5 * radius * dice.normal());
        let height_m = radius_m * dice.between(0.25, 0.6);
        setting.scene.heaps.push(Heap { when, material, center: place, radius_m, height_m });
    }
}

/// Rock that comes to the surface.
pub(in crate::simulate) fn raise_rocks(setting: &mut Setting<'_>, dice: &mut Dice) {
    let center = setting.anywhere(dice);
    let reach = dice.between(4.0, 20.0);
    setting.lay(When::Both, Material::Rock, blob(center, reach, 0.4, dice), Border::Organic).opacity = 0.8;
    for _ in 0..dice.count(3, 14) {
        let place = center.map(|v| v + 0.6 * reach * dice.normal());
        let radius_m = dice.between(0.6, 3.5);
        let height_m = radius_m * dice.between(0.3, 0.7);
        setting.scene.heaps.push(Heap {
            when: When::Both,
            material: Material::Rock,
            center: place,
            radius_m,
            height_m,
        });
    }
}

/// A plot with a wall or fence around it and nothing built on it.
pub(in crate::simulate) fn enclose_plot(setting: &mut Setting<'_>, dice: &mut Dice) {
    let size = [dice.between(8.0, 45.0), dice.between(8.0, 35.0)];
    let Some((plot, _)) = setting.claim(size, dice) else { return };
    let when = setting.fate(dice);
    if dice.chance(0.5) {
        let material =
            dice.pick(&[Material::Soil, Material::Sand, Material::Grass, Material::Gravel, Material::Laterite]);
        setting.lay(when, material, plot.corners().into(), Border::Worn).opacity = 0.85;
    }
    setting.enclose(when, &plot, dice.between(1.0, 2.6), dice.pick(&WALLS));
}

/// A wall, fence or ditch along a line, where no house stands in its way.
pub(in crate::simulate) fn fence_line(setting: &mut Setting<'_>, dice: &mut Dice) {
    let when = setting.fate(dice);
    let Some(line) = open_crossing(setting, 0.02, 0.5, dice) else { return };
    if dice.chance(0.4) {
        setting.paint(when, line, dice.between(0.4, 1.6), [70, 64, 54], dice.between(0.4, 0.8));
        return;
    }
    let (height_m, width_m, color) = (dice.between(0.8, 2.8), dice.between(0.1, 0.4), dice.pick(&WALLS));
    for line in cut_by_roads(&[line[0], line[6]], &setting.scene.roads) {
        setting.scene.fences.push(Fence { when, line, height_m, width_m, color });
    }
}

/// How often a line without buildings on it is looked for.
const LINE_TRIES: usize = 5;

/// A line across the image that passes everything built by a margin.
fn open_crossing(setting: &Setting<'_>, wander: f64, margin_m: f64, dice: &mut Dice) -> Option<Vec<Place>> {
    let is_open = |line: &Vec<Place>| line.windows(2).all(|ends| setting.is_open(ends, margin_m));
    (0..LINE_TRIES).map(|_| crossing(setting.side_m, wander, dice)).find(is_open)
}

/// A track or road across the image.
pub(in crate::simulate) fn lay_track(setting: &mut Setting<'_>, dice: &mut Dice) {
    let when = dice.weigh(&[(When::Both, 0.55), (When::After, 0.27), (When::Before, 0.18)]);
    let road = dice.chance(0.3);
    let width_m = if road { dice.between(5.0, 14.0) } else { dice.between(1.0, 4.5) };
    // Nobody drives through houses.
    let wander = if road { 0.03 } else { 0.06 };
    let Some(line) = open_crossing(setting, wander, 1.0 + 0.5 * width_m, dice) else { return };
    let laid = if road {
        let material = dice.pick(&[Material::Asphalt, Material::OldAsphalt, Material::Concrete]);
        let shoulder_m = dice.pick(&[0.0, 0.3, 1.5, 2.2]);
        Road { shoulder_m, markings: Markings::Street, ..plain_road(when, material, line, width_m) }
    } else {
        let worn = [Material::Soil, Material::Laterite, Material::PaleSand, Material::Gravel, Material::Mud];
        let markings = dice.pick(&[Markings::None, Markings::Ruts]);
        let track = plain_road(when, dice.pick(&worn), line, width_m);
        Road { fray_m: 0.8, opacity: dice.between(0.3, 0.95), markings, ..track }
    };
    setting.scene.roads.push(Road { curved: true, ..laid });
}

/// A few vehicles off the road.
pub(in crate::simulate) fn park_about(setting: &mut Setting<'_>, dice: &mut Dice) {
    let center = setting.anywhere(dice);
    let class = dice.weigh(&[
        (VehicleClass::Car, 0.6),
        (VehicleClass::Van, 0.15),
        (VehicleClass::Truck, 0.12),
        (VehicleClass::Trailer, 0.08),
        (VehicleClass::Bus, 0.05),
    ]);
    let axes = Block::new(center, 1.0, 1.0, setting.azimuth(dice));
    let when = setting.fate(dice);
    let heading = dice.between(0.0, 360.0);
    for number in 0..dice.count(1, 9) {
        let place = axes.place(4.2 * number as f64, 0.5 * dice.normal());
        let azimuth_deg = heading + 5.0 * dice.normal();
        setting.scene.vehicles.push(Vehicle { when, class, center: place, azimuth_deg, color: None });
    }
}
