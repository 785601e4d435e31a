//! Earthworks that hold water, or once did: basins, reservoirs, ponds ruled by dikes, embankments, terraces.

use crate::simulate::description::{Border, Color, Material, Place, Ridge, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::palette::material_look;
use crate::simulate::render::surface::Block;
use crate::simulate::story::outlines::crossing;
use crate::simulate::story::outlines::{rounded, shrunk};
use crate::simulate::story::setting::Setting;

/// Waters from clear to muddy, algae and brine, chosen by eye.
pub(in crate::simulate) const WATERS: [Color; 12] = [
    [46, 62, 60],
    [38, 52, 62],
    [70, 80, 66],
    [92, 98, 78],
    [124, 112, 86],
    [150, 132, 102],
    [40, 82, 66],
    [72, 104, 108],
    [156, 162, 148],
    [104, 128, 132],
    [30, 36, 40],
    [142, 116, 104],
];

/// How often room for banks is looked for.
const TRIES: usize = 12;

/// A detention basin or a lined reservoir: a berm around a floor that is dry, wet or full, not alike on both dates.
pub(in crate::simulate) fn dig_basin(setting: &mut Setting<'_>, dice: &mut Dice) {
    let length = dice.between(0.2, 0.8) * setting.side_m.min(220.0);
    let width = length * dice.between(0.4, 0.9);
    let Some((outer, azimuth)) = setting.claim([length, width], dice) else { return };
    let radius = dice.between(0.1, 0.6) * width;
    let lined = dice.chance(0.4);
    let when = dice.weigh(&[(When::Both, 0.65), (When::After, 0.25), (When::Before, 0.1)]);
    let slope = dice.between(2.0, 7.0);
    let berm = if lined { Material::Gravel } else { dice.pick(&[Material::DryGrass, Material::Soil, Material::Grass]) };
    setting.scene.ridges.push(Ridge {
        when,
        material: berm,
        line: rounded(&outer, radius),
        crest_m: dice.between(1.0, 4.0),
        slope_m: slope,
        height_m: slope * dice.between(0.25, 0.5),
        opacity: dice.between(0.4, 1.0),
    });
    let bank = shrunk(&outer, 0.6 * slope, azimuth);
    let liner: Color = if lined {
        dice.pick(&[[34, 36, 46], [44, 46, 60], [120, 118, 112], [28, 30, 34]])
    } else {
        dice.pick(&[[74, 76, 48], [96, 86, 62], [66, 60, 46]])
    };
    let bank_opacity = if lined { 1.0 } else { dice.between(0.4, 0.9) };
    let patch = setting.lay(when, Material::Mud, rounded(&bank, 0.9 * radius), Border::Sharp);
    (patch.color, patch.opacity) = (Some(liner), bank_opacity);
    let dates = if when == When::Both { vec![When::Before, When::After] } else { vec![when] };
    let (same, color) = (dice.chance(0.3), dice.pick(&WATERS));
    let level = dice.between(1.0, 9.0);
    let own_floor =
        dice.pick(&[Material::Grass, Material::DryGrass, Material::Soil, Material::Mud, Material::PaleSand]);
    for date in dates {
        let depth = if same { level } else { dice.between(1.0, 9.0) };
        let floor = shrunk(&outer, slope + 1.0 + depth, azimuth);
        let full = lined || dice.chance(0.45);
        let material = if full { Material::Water } else { own_floor };
        let border = if full || dice.chance(0.6) { Border::Sharp } else { Border::Worn };
        let patch = setting.lay(date, material, rounded(&floor, 0.8 * radius), border);
        patch.color = full.then(|| if same { color } else { dice.pick(&WATERS) });
    }
}

/// Salt works, evaporation ponds, fish ponds: water of many colors ruled by thin dikes.
pub(in crate::simulate) fn rule_ponds(setting: &mut Setting<'_>, dice: &mut Dice) {
    let side = setting.side_m;
    let size = [dice.between(18.0, 90.0), dice.between(14.0, 60.0)];
    let (cols, rows) = (dice.count(2, 6), dice.count(2, 5));
    let center = setting.anywhere(dice);
    let azimuth = setting.azimuth(dice);
    let axes = Block::new(center, 1.0, 1.0, azimuth);
    let gap = dice.between(1.0, 4.0);
    let raised = dice.chance(0.6);
    let dike = dice.pick(&[Material::Soil, Material::PaleSand, Material::Gravel, Material::DryGrass, Material::Sand]);
    let base = dice.pick(&WATERS);
    let places = (0..rows * cols).map(|number| {
        let along = ((number % cols) as f64 + 0.5 - cols as f64 / 2.0) * size[0];
        let across = ((number / cols) as f64 + 0.5 - rows as f64 / 2.0) * size[1];
        axes.place(along, across)
    });
    let free: Vec<Place> = places
        .filter(|place| {
            let whole = Block::new(*place, size[0] + 3.0, size[1] + 3.0, azimuth);
            let shown = !place.iter().any(|&v| v < -0.6 * size[0] || v > side + 0.6 * size[0]);
            shown && setting.has_room(&whole) && setting.is_unpaved(&whole)
        })
        .collect();
    // Dikes are of the earth of the field, all alike.
    let earth = material_look(dike, &setting.scene.after.variety).dry;
    for &place in &free {
        let whole = Block::new(place, size[0] + 1.0, size[1] + 1.0, azimuth);
        setting.lay(When::Both, dike, whole.corners().into(), Border::Worn).color = Some(earth);
    }
    for place in free {
        let pond = Block::new(place, size[0] - gap, size[1] - gap, azimuth);
        setting.taken.push(pond);
        let color = if dice.chance(0.5) { base } else { dice.pick(&WATERS) };
        let other = if dice.chance(0.5) { color } else { dice.pick(&WATERS) };
        for (date, color) in [(When::Before, color), (When::After, other)] {
            let dry = dice.chance(0.15);
            let material = if dry { dice.pick(&[Material::Mud, Material::PaleSand]) } else { Material::Water };
            let patch = setting.lay(date, material, pond.corners().into(), Border::Sharp);
            patch.color = (!dry).then_some(color);
        }
        if raised {
            let mut line: Vec<Place> = Block::new(place, size[0], size[1], azimuth).corners().into();
            line.push(line[0]);
            let height_m = dice.between(0.4, 1.2);
            let (crest_m, slope_m) = (0.6, 0.4 * gap);
            setting.scene.ridges.push(Ridge {
                when: When::Both,
                material: dike,
                line,
                crest_m,
                slope_m,
                height_m,
                opacity: 0.1,
            });
        }
    }
}

/// An embankment across the image, one side in the sun.
pub(in crate::simulate) fn bank_up(setting: &mut Setting<'_>, dice: &mut Dice) {
    let line = crossing(setting.side_m, 0.04, dice);
    if !line.windows(2).all(|ends| setting.is_open(ends, 10.0) && setting.is_unpaved_along(ends)) {
        return;
    }
    let slope_m = dice.between(3.0, 9.0);
    let materials = [Material::DryGrass, Material::Soil, Material::Grass, Material::Gravel, Material::Laterite];
    setting.scene.ridges.push(Ridge {
        when: dice.weigh(&[(When::Both, 0.7), (When::After, 0.3)]),
        material: dice.pick(&materials),
        line,
        crest_m: dice.between(2.0, 9.0),
        slope_m,
        height_m: slope_m * dice.between(0.3, 0.6),
        opacity: dice.between(0.3, 1.0),
    });
}

/// Terraces or bunded plots: parallel banks of earth on a field of their own, joined at the ends or running out of sight.
pub(in crate::simulate) fn step_slope(setting: &mut Setting<'_>, dice: &mut Dice) {
    let side = setting.side_m;
    let endless = dice.chance(0.4);
    let pitch = dice.between(6.0, 22.0);
    let banks = setting.fitting(dice.count(3, 9), pitch).max(2);
    let depth = (banks - 1) as f64 * pitch;
    let length = if endless { 3.0 * side } else { dice.between(0.25, 0.8) * side };
    let found = (0..TRIES).find_map(|_| {
        let azimuth = setting.azimuth(dice);
        let land = Block::new(setting.anywhere(dice), length, depth, azimuth);
        let around = Block::new(land.center, length + 8.0, depth + 12.0, azimuth);
        (setting.has_room(&around) && setting.is_unpaved(&around)).then_some((land, azimuth))
    });
    let Some((land, azimuth)) = found else { return };
    setting.taken.push(land);
    let when = setting.fate(dice);
    let fields =
        [Material::Soil, Material::DryGrass, Material::Stubble, Material::Crop, Material::Grass, Material::Mud];
    let (slope_m, crest_m) = (dice.between(0.08, 0.3) * pitch, dice.between(0.3, 1.2));
    let height_m = slope_m * dice.between(0.3, 0.6);
    let bend = if endless { 0.0 } else { dice.between(-0.2, 0.2) };
    let at = |along: f64, across: f64| land.place(along, across + bend * along * along / length);
    let half = land.half;
    let row = |along: [f64; 2], across: f64| -> Vec<Place> {
        (0..=6).map(|i| at(along[0] + (along[1] - along[0]) * f64::from(i) / 6.0, across)).collect()
    };
    // The field reaches under the outer banks: they are of its earth.
    let edge = 0.5 * crest_m + slope_m;
    let mut outline = row([-half[0] - edge, half[0] + edge], -half[1] - edge);
    outline.extend(row([half[0] + edge, -half[0] - edge], half[1] + edge));
    let (field, opacity) = (dice.pick(&fields), dice.between(0.6, 1.0));
    let rows = dice.chance(0.3).then(|| dice.between(0.7, 2.0));
    let patch = setting.lay(when, field, outline, dice.pick(&[Border::Worn, Border::Worn, Border::Organic]));
    (patch.opacity, patch.rows_m, patch.rows_azimuth_deg) = (opacity, rows, azimuth);
    let mut lines: Vec<Vec<Place>> =
        (0..banks).map(|number| row([-half[0], half[0]], number as f64 * pitch - half[1])).collect();
    if !endless {
        let across = if dice.chance(0.5) { 2 } else { dice.count(2, 5) };
        lines.extend((0..across).map(|number| {
            let along = half[0] * (2.0 * number as f64 / (across - 1) as f64 - 1.0);
            vec![at(along, -half[1]), at(along, half[1])]
        }));
    }
    let opacity = dice.between(0.0, 0.2);
    for line in lines {
        setting.scene.ridges.push(Ridge { when, material: field, line, crest_m, slope_m, height_m, opacity });
    }
}
