//! Water and what it leaves: ponds, rivers, dry beds, rills, floods; and what wind leaves: dunes.

use crate::simulate::description::{Border, Material, Place, Road, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::outlines::{blob, crossing};
use crate::simulate::story::setting::{Setting, plain_road};

/// A pond with a natural or a straight border.
pub(in crate::simulate) fn fill_pond(setting: &mut Setting<'_>, dice: &mut Dice) {
    let reach = dice.between(5.0, 35.0);
    let Some((ground, _)) = setting.claim([2.0 * reach, reach * dice.between(1.2, 2.0)], dice) else { return };
    let center = ground.center;
    let when = dice.weigh(&[(When::Both, 0.6), (When::After, 0.2), (When::Before, 0.2)]);
    let straight = dice.chance(0.4);
    let outline = if straight { ground.corners().into() } else { blob(center, reach, 0.25, dice) };
    let material = dice.weigh(&[(Material::Water, 0.8), (Material::Mud, 0.2)]);
    let color = dice.pick(&[[52, 64, 58], [92, 98, 78], [40, 56, 72], [124, 112, 86], [72, 100, 96]]);
    let bank = dice.pick(&[Material::Mud, Material::Sand, Material::Grass]);
    let border = if straight { Border::Sharp } else { Border::Worn };
    setting.lay(when, bank, outline.clone(), Border::Organic).opacity = 0.6;
    setting.lay(when, material, outline, border).color = dice.chance(0.6).then_some(color);
}

/// A river, a dry bed, or a rill across the image.
pub(in crate::simulate) fn run_river(setting: &mut Setting<'_>, dice: &mut Dice) {
    let dry = dice.chance(0.65);
    let line = crossing(setting.side_m, 0.07, dice);
    if !line.windows(2).all(|ends| setting.is_open(ends, 4.0)) {
        return;
    }
    let material = if dry {
        dice.pick(&[Material::Sand, Material::PaleSand, Material::Gravel, Material::Mud])
    } else {
        Material::Water
    };
    let width = if dry { dice.between(1.5, 14.0) } else { dice.between(4.0, 25.0) };
    let river = |material, width_m, opacity, when| Road {
        curved: true,
        fray_m: 0.12 * width_m + 0.3,
        opacity,
        ..plain_road(when, material, line.clone(), width_m)
    };
    // Below the roads that cross it.
    let bed = river(material, width, if dry { dice.between(0.4, 0.9) } else { 1.0 }, When::Both);
    setting.scene.roads.insert(0, bed);
    if !dry {
        setting.scene.roads.insert(0, river(Material::Mud, 1.4 * width, 0.7, When::Both));
        if dice.chance(0.3) {
            let flooded = dice.pick(&[When::Before, When::After]);
            let mut flood = river(Material::Mud, width * dice.between(1.5, 3.0), 0.95, flooded);
            flood.color = Some(dice.pick(&[[150, 126, 94], [120, 106, 84], [92, 88, 74]]));
            setting.scene.roads.insert(1, flood);
        }
    }
}

/// Rills and cattle paths: thin lines that run together.
pub(in crate::simulate) fn cut_rills(setting: &mut Setting<'_>, dice: &mut Dice) {
    let toward = setting.anywhere(dice);
    let color = dice.pick(&[[86, 76, 62], [210, 196, 168], [110, 92, 72], [64, 62, 52]]);
    let when = dice.weigh(&[(When::Both, 0.6), (When::After, 0.2), (When::Before, 0.2)]);
    for _ in 0..dice.count(3, 16) {
        let from = setting.anywhere(dice);
        let points = 7;
        let line: Vec<Place> = (0..=points)
            .map(|i| {
                let t = i as f64 / f64::from(points);
                let stray = 0.02 * setting.side_m;
                [0, 1].map(|k| from[k] + (toward[k] - from[k]) * t + stray * dice.normal())
            })
            .collect();
        let (width_m, opacity) = (dice.between(0.25, 1.3), dice.between(0.2, 0.7));
        if line.windows(2).all(|ends| setting.is_open(ends, 0.5)) {
            setting.paint(when, line, width_m, color, opacity);
        }
    }
}

/// Dunes or plough ridges: long parallel bands, lighter and darker.
pub(in crate::simulate) fn blow_dunes(setting: &mut Setting<'_>, dice: &mut Dice) {
    let side = setting.side_m;
    let axes = Block::new([side / 2.0, side / 2.0], 1.0, 1.0, dice.between(0.0, 180.0));
    let pitch = dice.between(5.0, 30.0);
    let dark = dice.pick(&[[128, 108, 82], [96, 84, 70], [150, 128, 96]]);
    let count = (1.5 * side / pitch) as i64;
    for number in (-count / 2..=count / 2).take(60) {
        if dice.chance(0.25) {
            continue;
        }
        let (from, to) = (dice.between(-0.8, 0.2) * side, dice.between(-0.2, 0.8) * side);
        let across = number as f64 * pitch;
        let line = (0..=6)
            .map(|i| axes.place(from + (to - from) * i as f64 / 6.0, across + 0.12 * pitch * dice.normal()))
            .collect();
        setting.paint(When::Both, line, dice.between(0.1, 0.25) * pitch, dark, dice.between(0.12, 0.4));
    }
}

/// Standing water or mud over a large part of the image on one date.
pub(in crate::simulate) fn flood_land(setting: &mut Setting<'_>, dice: &mut Dice) {
    let center = setting.anywhere(dice);
    let reach = dice.between(0.15, 0.5) * setting.side_m;
    let outline = blob(center, reach, 0.5, dice);
    let color = dice.pick(&[[150, 126, 94], [120, 106, 84], [84, 88, 78], [60, 72, 70]]);
    let opacity = dice.between(0.7, 1.0);
    let when = dice.pick(&[When::Before, When::After]);
    let patch = setting.lay(when, Material::Mud, outline, Border::Organic);
    patch.color = Some(color);
    patch.opacity = opacity;
}
