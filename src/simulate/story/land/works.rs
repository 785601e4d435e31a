//! Works on the land: graded plots, beds and basins, solar fields, quarries, rails, truck courts, quays, bales, burnt land.

use crate::simulate::description::{
    BodyShape, Border, Color, Heap, Material, Place, Road, Vehicle, VehicleClass, When,
};
use crate::simulate::dice::Dice;
use crate::simulate::render::palette::material_look;
use crate::simulate::render::surface::Block;
use crate::simulate::story::land::graded::{BareLand, work_land};
use crate::simulate::story::outlines::blob;
use crate::simulate::story::setting::{Setting, plain_road};
use crate::simulate::story::things::highways::open_line;
use crate::simulate::story::things::litter::GOODS;

/// Plots of bare ground in rows, staked out, with or without slabs, before anything is built on them.
pub(in crate::simulate) fn grade_plots(setting: &mut Setting<'_>, dice: &mut Dice) {
    let (rows, cols) = (dice.count(1, 4), dice.count(2, 10));
    let size = [dice.between(9.0, 24.0), dice.between(12.0, 32.0)];
    let gap = [dice.between(0.3, 5.0), dice.pick(&[0.5, 3.0, 9.0, 12.0])];
    let Some((axes, azimuth)) = setting.find_room(size, dice) else { return };
    let (center, when) = (axes.center, setting.fate(dice));
    let bare =
        [Material::Soil, Material::Laterite, Material::Sand, Material::PaleSand, Material::Gravel, Material::Concrete];
    let (material, base) = (dice.pick(&bare), dice.pick(&bare));
    if dice.chance(0.5) {
        let extent = [cols as f64 * (size[0] + gap[0]) + 8.0, rows as f64 * (size[1] + gap[1]) + 8.0];
        let land = Block::new(center, extent[0], extent[1], azimuth);
        if setting.has_room(&land) {
            setting.lay(when, base, land.corners().into(), Border::Worn).opacity = dice.between(0.5, 1.0);
            let earth = material_look(base, &setting.scene.after.variety).dry;
            work_land(setting, BareLand { block: land, azimuth_deg: azimuth, earth, when }, dice);
        }
    }
    let border = dice.pick(&[Border::Sharp, Border::Worn, Border::Worn]);
    let (bordered, slabs) = (dice.chance(0.4), dice.chance(0.5));
    let edge = dice.pick(&[[206, 200, 188], [96, 86, 74], [140, 120, 96]]);
    for row in 0..rows {
        for col in 0..cols {
            if dice.chance(0.15) {
                continue;
            }
            let along = (col as f64 + 0.5 - cols as f64 / 2.0) * (size[0] + gap[0]);
            let across = (row as f64 + 0.5 - rows as f64 / 2.0) * (size[1] + gap[1]);
            let plot = Block::new(axes.place(along, across), size[0], size[1], azimuth);
            if !setting.has_room(&plot) {
                continue;
            }
            setting.taken.push(plot);
            let opacity = dice.between(0.5, 1.0);
            setting.lay(when, material, plot.corners().into(), border).opacity = opacity;
            if bordered {
                let mut line: Vec<Place> = plot.corners().into();
                line.push(line[0]);
                setting.paint(when, line, 0.5, edge, 0.8);
            }
            if slabs && dice.chance(0.7) {
                let shift = [0.1 * size[0] * dice.normal(), 0.1 * size[1] * dice.normal()];
                let middle = plot.place(shift[0], shift[1]);
                let slab =
                    Block::new(middle, dice.between(0.4, 0.7) * size[0], dice.between(0.3, 0.6) * size[1], azimuth);
                setting.lay(when, Material::Concrete, slab.corners().into(), Border::Sharp);
            }
        }
    }
}

/// A grid of beds, basins or pans: gardens, settling ponds, salt works, paddies.
pub(in crate::simulate) fn lay_grid(setting: &mut Setting<'_>, dice: &mut Dice) {
    let large = dice.chance(0.4);
    let size = if large {
        [dice.between(12.0, 40.0), dice.between(10.0, 30.0)]
    } else {
        [dice.between(3.0, 12.0), dice.between(1.2, 5.0)]
    };
    let gap = dice.between(0.4, 2.5);
    let rows = setting.fitting(dice.count(2, 8), size[1] + gap);
    let cols = setting.fitting(dice.count(2, 8), size[0] + gap);
    let extent = [cols as f64 * (size[0] + gap) + gap, rows as f64 * (size[1] + gap) + gap];
    let Some((land, azimuth)) = setting.claim(extent, dice) else { return };
    let when = setting.fate(dice);
    let kinds: &[Material] = if large {
        &[Material::Water, Material::Mud, Material::Concrete, Material::PaleSand, Material::Crop, Material::Pool]
    } else {
        &[Material::Crop, Material::Soil, Material::Mud, Material::Grass, Material::Ploughed]
    };
    let own = dice.pick(kinds);
    let walks = dice.pick(&[Material::Soil, Material::Concrete, Material::Gravel, Material::Grass, Material::Sand]);
    setting.lay(when, walks, land.corners().into(), Border::Sharp);
    for row in 0..rows {
        for col in 0..cols {
            let along = (col as f64 + 0.5 - cols as f64 / 2.0) * (size[0] + gap);
            let across = (row as f64 + 0.5 - rows as f64 / 2.0) * (size[1] + gap);
            let bed = Block::new(land.place(along, across), size[0], size[1], azimuth);
            let material = if dice.chance(0.8) { own } else { dice.pick(kinds) };
            let opacity = dice.between(0.6, 1.0);
            setting.lay(when, material, bed.corners().into(), Border::Sharp).opacity = opacity;
        }
    }
}

/// Solar panels in rows.
pub(in crate::simulate) fn raise_solar(setting: &mut Setting<'_>, dice: &mut Dice) {
    let (rows, length) = (dice.count(2, 14), dice.between(10.0, 60.0));
    let (depth, pitch) = (dice.between(1.6, 4.5), dice.between(4.0, 9.0));
    let rows = setting.fitting(rows, pitch);
    let Some((ground, azimuth)) = setting.claim([length + 6.0, rows as f64 * pitch + 4.0], dice) else { return };
    let when = setting.fate(dice);
    let color = dice.pick(&[[44, 54, 84], [36, 40, 56], [58, 66, 84], [70, 84, 112]]);
    if dice.chance(0.5) {
        let material = dice.pick(&[Material::Gravel, Material::Grass, Material::Soil, Material::Sand]);
        setting.lay(when, material, ground.corners().into(), Border::Worn);
    }
    for row in 0..rows {
        let place = ground.place(2.0 * dice.normal(), (row as f64 + 0.5 - rows as f64 / 2.0) * pitch);
        let size = [length * dice.pick(&[1.0, 1.0, 0.8, 0.5]), depth, 0.5 * depth];
        setting.put(when, BodyShape::Board, (place, azimuth), size, color);
    }
}

/// A pit or a scraped yard with heaps and machines.
pub(in crate::simulate) fn dig_quarry(setting: &mut Setting<'_>, dice: &mut Dice) {
    let reach = dice.between(15.0, 60.0).min(0.45 * setting.side_m);
    let Some((pit, _)) = setting.claim([2.2 * reach; 2], dice) else { return };
    let center = pit.center;
    let when = setting.fate(dice);
    let materials = [Material::PaleSand, Material::Rock, Material::Laterite, Material::Soil, Material::Gravel];
    let mut inner = reach;
    for _ in 0..dice.count(1, 4) {
        let material = dice.pick(&materials);
        setting.lay(when, material, blob(center, inner, 0.3, dice), dice.pick(&[Border::Worn, Border::Organic]));
        // The edge of a step lies in shadow.
        let mut edge = blob(center, inner, 0.25, dice);
        edge.push(edge[0]);
        setting.paint(when, edge, dice.between(0.5, 2.0), [74, 64, 54], dice.between(0.2, 0.6));
        inner *= dice.between(0.5, 0.8);
    }
    if dice.chance(0.3) {
        setting.lay(when, Material::Water, blob(center, inner, 0.3, dice), Border::Worn);
    }
    for _ in 0..dice.count(0, 8) {
        let place = center.map(|v| v + 0.5 * reach * dice.normal());
        let radius_m = dice.between(1.5, 6.0);
        let height_m = dice.between(0.3, 0.6) * radius_m;
        setting.scene.heaps.push(Heap { when, material: dice.pick(&materials), center: place, radius_m, height_m });
    }
}

/// A railway: ballast, rails, now and then wagons.
pub(in crate::simulate) fn lay_rails(setting: &mut Setting<'_>, dice: &mut Dice) {
    let (side, when) = (setting.side_m, dice.weigh(&[(When::Both, 0.8), (When::After, 0.2)]));
    let tracks = dice.count(1, 4);
    let Some((axes, azimuth)) = open_line(setting, 2.25 * tracks as f64 + 2.0, dice) else { return };
    for track in 0..tracks {
        let across = 4.5 * (track as f64 - (tracks - 1) as f64 / 2.0);
        let line = vec![axes.place(-1.5 * side, across), axes.place(1.5 * side, across)];
        setting.scene.roads.push(Road {
            color: Some(dice.pick(&[[128, 116, 104], [104, 96, 90], [150, 142, 132]])),
            fray_m: 0.3,
            opacity: 0.9,
            ..plain_road(when, Material::Gravel, line, 3.6)
        });
        for rail in [-0.72, 0.72] {
            let line = vec![axes.place(-1.5 * side, across + rail), axes.place(1.5 * side, across + rail)];
            setting.paint(when, line, 0.15, [70, 60, 56], 0.8);
        }
        if dice.chance(0.25) {
            let (from, color, date) =
                (dice.between(-0.5, 0.3) * side, dice.pick(&GOODS), dice.pick(&[When::Before, When::After]));
            for wagon in 0..dice.count(2, 9) {
                let place = axes.place(from + 14.5 * wagon as f64, across);
                setting.put(date, BodyShape::Box, (place, azimuth), [13.5, 2.8, 3.2], color);
            }
        }
    }
}

/// Bright concrete along one side of a large building, with trailers at the docks.
pub(in crate::simulate) fn pave_court(setting: &mut Setting<'_>, dice: &mut Dice) {
    let halls: Vec<usize> = (0..setting.scene.buildings.len())
        .filter(|&i| setting.scene.buildings[i].length_m.min(setting.scene.buildings[i].width_m) > 13.0)
        .collect();
    if halls.is_empty() {
        return;
    }
    let hall = &setting.scene.buildings[halls[dice.count(0, halls.len() - 1)]];
    let (when, azimuth) = (if dice.chance(0.6) { hall.when } else { setting.fate(dice) }, hall.azimuth_deg);
    let (length, width) = (hall.length_m, hall.width_m);
    let axes = Block::new(hall.center, length, width, azimuth);
    let depth = dice.between(10.0, 35.0);
    let side = dice.pick(&[-1.0, 1.0]);
    let court =
        Block::new(axes.place(0.0, side * (width + depth) / 2.0), length * dice.between(0.6, 1.1), depth, azimuth);
    // All but the strip along the wall.
    let open = Block::new(court.place(0.0, side), court.half[0] * 2.0, depth - 1.0, azimuth);
    if !setting.has_room(&open) {
        return;
    }
    let material = dice.pick(&[Material::Concrete, Material::Concrete, Material::PaleSand, Material::OldAsphalt]);
    let rows = dice.chance(0.5).then(|| dice.between(4.0, 8.0));
    let patch = setting.lay(when, material, court.corners().into(), Border::Sharp);
    patch.rows_m = rows;
    patch.rows_azimuth_deg = azimuth;
    let docks = (length / 4.2) as usize;
    for dock in 0..docks.min(30) {
        if !dice.chance(0.35) {
            continue;
        }
        let along = (dock as f64 + 0.5) * 4.2 - length / 2.0;
        let center = axes.place(along, side * (width / 2.0 + 7.4));
        let seen = if when == When::Both { dice.pick(&[When::Both, When::Before, When::After]) } else { when };
        let color = Some(dice.pick(&[[228, 228, 226], [214, 214, 210], [150, 152, 156], [70, 90, 140]]));
        let azimuth_deg = azimuth + if side > 0.0 { 90.0 } else { 270.0 };
        setting.scene.vehicles.push(Vehicle { when: seen, class: VehicleClass::Trailer, center, azimuth_deg, color });
    }
}

/// Water along one side of the image with a straight bank and boats.
pub(in crate::simulate) fn lay_quay(setting: &mut Setting<'_>, dice: &mut Dice) {
    let side = setting.side_m;
    let azimuth = setting.azimuth(dice);
    let axes = Block::new([side / 2.0, side / 2.0], 1.0, 1.0, azimuth);
    let edge = dice.between(0.15, 0.45) * side;
    let corners = [[-1.5 * side, edge], [1.5 * side, edge], [1.5 * side, 1.5 * side], [-1.5 * side, 1.5 * side]];
    let water = corners.map(|[s, t]| axes.place(s, t)).to_vec();
    let quay = [[-1.5 * side, edge - 9.0], [1.5 * side, edge - 9.0], [1.5 * side, edge], [-1.5 * side, edge]];
    let drowned =
        |block: &Block| block.corners().iter().any(|p| axes.local(p[0] as f32, p[1] as f32).1 > edge as f32 - 9.0);
    if setting.taken.iter().any(drowned) {
        return;
    }
    if dice.chance(0.6) {
        let quay = quay.map(|[s, t]| axes.place(s, t)).to_vec();
        setting.lay(When::Both, Material::Concrete, quay, Border::Sharp);
    }
    setting.lay(When::Both, Material::Water, water, dice.pick(&[Border::Sharp, Border::Worn, Border::Organic]));
    for _ in 0..dice.count(0, 12) {
        let length: f64 = 4.0 * (3.0 * dice.unit() * dice.unit()).exp();
        let width = (length * dice.between(0.16, 0.34)).min(16.0);
        let place = axes.place(
            dice.between(-0.7, 0.7) * side,
            edge + width / 2.0 + 1.0 + dice.pick(&[0.0, 0.0, 0.3]) * side * dice.unit(),
        );
        let moored =
            azimuth + if dice.chance(0.7) { 180.0 * dice.count(0, 1) as f64 } else { dice.between(0.0, 360.0) };
        let when = dice.pick(&[When::Before, When::After, When::Both]);
        let size = [length, width, (0.12 * length).clamp(0.6, 7.0)];
        setting.put(when, BodyShape::Hull, (place, moored), size, dice.pick(&GOODS));
        let deck = [0.4 * length, 0.6 * width, size[2] + 0.8];
        setting.put(when, BodyShape::Box, (place, moored), deck, dice.pick(&GOODS));
    }
}

/// Bales or stacks of straw in rows.
pub(in crate::simulate) fn leave_bales(setting: &mut Setting<'_>, dice: &mut Dice) {
    let Some(center) = setting.free_spot(10.0, dice) else { return };
    let (azimuth, when) = (setting.azimuth(dice), dice.pick(&[When::Before, When::After]));
    let axes = Block::new(center, 1.0, 1.0, azimuth);
    let color: Color = dice.pick(&[[186, 164, 110], [200, 186, 146], [222, 222, 214], [150, 132, 92], [60, 62, 60]]);
    let (rows, cols) = (dice.count(1, 6), dice.count(2, 9));
    let (step, spread) = (dice.between(2.2, 16.0), dice.between(0.0, 2.0));
    let size = if dice.chance(0.6) { [1.3, 1.3, 1.2] } else { [dice.between(3.0, 14.0), 2.2, 2.0] };
    for row in 0..rows {
        for col in 0..cols {
            let place = axes.place(
                col as f64 * (step + size[0]) + spread * dice.normal(),
                row as f64 * (step + size[1]) + spread * dice.normal(),
            );
            if setting.is_free(place, 3.0) {
                setting.put(when, BodyShape::Roll, (place, azimuth + 8.0 * dice.normal()), size, color);
            }
        }
    }
}

/// Land that burned or was cleared: dark, or bare.
pub(in crate::simulate) fn clear_land(setting: &mut Setting<'_>, dice: &mut Dice) {
    let center = setting.anywhere(dice);
    let size = [dice.between(0.2, 0.9) * setting.side_m, dice.between(0.15, 0.7) * setting.side_m];
    let when = setting.fate(dice);
    let burnt = dice.chance(0.25);
    let azimuth_deg = setting.azimuth(dice);
    let block = Block::new(center, size[0], size[1], azimuth_deg);
    let outline = if dice.chance(0.5) { block.corners().into() } else { blob(center, 0.5 * size[0], 0.35, dice) };
    let material = dice.pick(&[
        Material::Soil,
        Material::Laterite,
        Material::Sand,
        Material::PaleSand,
        Material::Gravel,
        Material::Mud,
    ]);
    let border =
        dice.weigh(&[(Border::Sharp, 0.25), (Border::Worn, 0.3), (Border::Faded, 0.3), (Border::Organic, 0.15)]);
    let opacity = dice.between(0.5, 1.0);
    let mut patch = crate::simulate::story::setting::plain_patch(when, material, outline, border);
    patch.opacity = opacity;
    patch.color = burnt.then_some([46, 42, 38]);
    setting.lay_below(patch);
    if !burnt {
        let earth = material_look(material, &setting.scene.after.variety).dry;
        let block = Block::new(center, 0.8 * size[0], 0.8 * size[1].min(size[0]), azimuth_deg);
        return work_land(setting, BareLand { block, azimuth_deg, earth, when }, dice);
    }
    // Tracks of the machines.
    for _ in 0..dice.count(0, 8) {
        let place = center.map(|v| v + 0.25 * size[1] * dice.normal());
        let axes = Block::new(place, 1.0, 1.0, dice.between(0.0, 180.0));
        let reach = 0.25 * size[1];
        let line = [-1.0, -0.3, 0.4, 1.0].map(|t| axes.place(t * reach, 0.15 * reach * dice.normal()));
        setting.paint(when, line.into(), dice.between(0.6, 2.4), dice.pick(&[[96, 82, 66], [206, 192, 166]]), 0.35);
    }
}
