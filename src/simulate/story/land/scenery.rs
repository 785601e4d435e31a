//! Land without structures that is more than a color: deserts with shrubs and tracks, scrub, creeks, flood plains, golf
//! courses, ball diamonds.

use crate::simulate::description::{
    BodyShape, Border, Color, Markings, Material, PaintedLine, PairDescription, Place, Road, Scatter, Species,
    USUAL_STAND_OFF, When,
};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::land::basins::{WATERS, bank_up, dig_basin, rule_ponds, step_slope};
use crate::simulate::story::land::hillside::cut_hillside;
use crate::simulate::story::land::shores::spread_water;
use crate::simulate::story::land::waters::{cut_rills, fill_pond, flood_land};
use crate::simulate::story::land::works::dig_quarry;
use crate::simulate::story::outlines::{blob, crossing};
use crate::simulate::story::setting::{Setting, plain_road};

/// Most crowns of a scatter in a scene.
const MOST_BUSHES: f64 = 1600.0;

type Scene = fn(&mut Setting<'_>, &mut Dice);

/// What natural and shaped land holds, with how often it is met where nobody lives (by judgment).
const SCENES: [(Scene, f64); 15] = [
    (dot_shrubs, 3.0),
    (wear_tracks, 2.0),
    (run_creek, 2.0),
    (dig_basin, 2.0),
    (rule_ponds, 0.5),
    (lay_golf, 1.0),
    (lay_diamond, 0.8),
    (bank_up, 1.2),
    (step_slope, 1.0),
    (flood_land, 1.2),
    (dig_quarry, 0.8),
    (fill_pond, 1.0),
    (soak_land, 1.0),
    (cut_hillside, 1.5),
    (spread_water, 0.8),
];

/// Shapes the land: much where nobody lives, a little elsewhere; the first patches of the scene cover the land.
pub(in crate::simulate) fn shape_land(scene: &mut PairDescription, covers: usize, dice: &mut Dice) {
    let empty = scene.buildings.len() < 4;
    let count = if empty { dice.weigh(&[(1, 0.3), (2, 0.4), (3, 0.3)]) } else { usize::from(dice.chance(0.22)) };
    let setting = &mut Setting::over(scene, covers);
    for _ in 0..count {
        dice.weigh(&SCENES)(setting, dice);
    }
}

/// Shrubs on bare ground: dots, evenly or along drains.
fn dot_shrubs(setting: &mut Setting<'_>, dice: &mut Dice) {
    let hectares = setting.hectares();
    let large = dice.between(0.8, 2.2).max(0.9 * setting.scene.gsd_m);
    let share = dice.pick(&[1.0, 1.0, 0.9, 0.6]);
    setting.scene.scatters.push(Scatter {
        species: dice.weigh(&[(Species::Shrub, 0.8), (Species::Evergreen, 0.2)]),
        outline: Vec::new(),
        per_hectare: dice.between(40.0, 450.0).min(MOST_BUSHES / hectares),
        radius_m: [0.45 * large, large],
        clumping: dice.pick(&[0.0, 0.2, 0.6]),
        stand_off: USUAL_STAND_OFF,
        share_before: share,
        share_after: 1.0,
    });
    if dice.chance(0.5) {
        cut_rills(setting, dice);
    }
}

/// Tracks and tyre marks: single, or in bundles that part and meet.
pub(super) fn wear_tracks(setting: &mut Setting<'_>, dice: &mut Dice) {
    let pale = dice.chance(0.7);
    let color: Color = if pale {
        dice.pick(&[[214, 200, 172], [226, 214, 190], [190, 172, 142]])
    } else {
        dice.pick(&[[92, 82, 68], [110, 96, 76]])
    };
    for _ in 0..dice.count(1, 4) {
        let when = dice.weigh(&[(When::Both, 0.6), (When::After, 0.25), (When::Before, 0.15)]);
        let main = crossing(setting.side_m, 0.05, dice);
        for _ in 0..dice.count(1, 5) {
            let stray = dice.between(0.5, 6.0);
            let line: Vec<Place> = main.iter().map(|p| p.map(|v| v + stray * dice.normal())).collect();
            let smooth = Road {
                color: Some(color),
                curved: true,
                fray_m: dice.between(0.2, 0.6),
                opacity: dice.between(0.15, 0.7),
                markings: dice.pick(&[Markings::Ruts, Markings::Ruts, Markings::None]),
                ..plain_road(when, Material::Sand, line, dice.between(1.6, 3.2))
            };
            if smooth.line.windows(2).all(|ends| setting.is_open(ends, 1.0)) {
                setting.scene.roads.push(smooth);
            }
        }
    }
}

/// A creek or gully in its belt of trees and bushes; its water and its color change.
fn run_creek(setting: &mut Setting<'_>, dice: &mut Dice) {
    let line = crossing(setting.side_m, 0.06, dice);
    if !line.windows(2).all(|ends| setting.is_open(ends, 6.0)) {
        return;
    }
    let width = dice.between(2.0, 18.0);
    let band = |when, material, color, width_m: f64, opacity| Road {
        color,
        curved: true,
        fray_m: 0.15 * width_m.min(14.0) + 0.3,
        opacity,
        ..plain_road(when, material, line.clone(), width_m)
    };
    let belt = dice.pick(&[Material::Scrub, Material::Undergrowth, Material::DryGrass, Material::Mud]);
    let reach = width * dice.between(2.0, 4.0) + 6.0;
    let mut bands = vec![
        band(When::Both, belt, None, reach, dice.between(0.3, 0.9)),
        band(When::Both, dice.pick(&[Material::Mud, Material::Sand, Material::Gravel]), None, 1.5 * width, 0.8),
    ];
    for when in [When::Before, When::After] {
        let level = dice.weigh(&[(0.0, 0.2), (0.5, 0.3), (1.0, 0.35), (2.2, 0.15)]);
        if level > 0.0 {
            let muddy: Color = dice.pick(&[[150, 130, 100], [124, 108, 82], [164, 146, 118]]);
            let color = if level > 2.0 { muddy } else { dice.pick(&WATERS) };
            bands.push(band(when, Material::Water, Some(color), level * width, 1.0));
        }
    }
    setting.scene.roads.splice(0..0, bands);
    let species = dice.pick(&[Species::Broadleaf, Species::Shrub, Species::Evergreen, Species::Broadleaf]);
    let half = 0.5 * reach + 4.0;
    let shift = |p: &Place, by: f64| [p[0] + by, p[1] + 0.6 * by];
    let mut outline: Vec<Place> = line.iter().map(|p| shift(p, half)).collect();
    outline.extend(line.iter().rev().map(|p| shift(p, -half)));
    let area = (2.0 * half * setting.side_m / 10_000.0).max(0.05);
    let radius = dice.between(1.2, 3.5).max(1.6 * setting.scene.gsd_m);
    setting.scene.scatters.push(Scatter {
        species,
        outline,
        per_hectare: (dice.between(0.3, 1.3) * 10_000.0 / (4.0 * radius * radius)).min(900.0 / area),
        radius_m: [0.5 * radius, 1.5 * radius],
        clumping: 0.0,
        stand_off: USUAL_STAND_OFF,
        share_before: 1.0,
        share_after: 1.0,
    });
}

/// Fairways, greens, pale bunkers, ponds and paths of a golf course.
fn lay_golf(setting: &mut Setting<'_>, dice: &mut Dice) {
    let side = setting.side_m;
    let green: Color = dice.pick(&[[92, 116, 66], [112, 128, 82], [84, 108, 72], [128, 132, 88]]);
    let lay = |setting: &mut Setting<'_>,
               center: Place,
               radius: f64,
               look: (Material, Option<Color>),
               border,
               dice: &mut Dice| {
        if setting.is_free(center, radius) {
            setting.lay(When::Both, look.0, smooth_blob(center, radius, dice), border).color = look.1;
        }
    };
    for _ in 0..dice.count(1, 3) {
        let line = crossing(side, 0.06, dice);
        let width = dice.between(18.0, 40.0);
        if !line.windows(2).all(|ends| setting.is_open(ends, 0.6 * width)) {
            continue;
        }
        setting.scene.roads.insert(
            0,
            Road {
                color: Some(green),
                curved: true,
                fray_m: 0.8,
                opacity: 0.9,
                ..plain_road(When::Both, Material::Turf, line.clone(), width)
            },
        );
        let [x, y] = line[dice.count(1, 5)];
        let putting = green.map(|v| v.saturating_add(14));
        lay(setting, [x, y], dice.between(8.0, 14.0), (Material::Turf, Some(putting)), Border::Sharp, dice);
        for _ in 0..dice.count(2, 6) {
            let center = [x, y].map(|v| v + 18.0 * dice.normal());
            lay(setting, center, dice.between(2.5, 8.0), (Material::PaleSand, None), Border::Sharp, dice);
        }
        if dice.chance(0.4) {
            let color = dice.pick(&WATERS);
            let center = [x, y].map(|v| v + 35.0 * dice.normal());
            lay(setting, center, dice.between(8.0, 25.0), (Material::Water, Some(color)), Border::Sharp, dice);
        }
        let path = line.iter().map(|p| p.map(|v| v + 0.6 * width + 2.0 * dice.normal())).collect();
        setting.scene.roads.push(Road {
            curved: true,
            opacity: 0.9,
            ..plain_road(When::Both, Material::Concrete, path, 2.2)
        });
    }
}

/// A blob without corners: many points, radii that swing slowly.
fn smooth_blob(center: Place, radius: f64, dice: &mut Dice) -> Vec<Place> {
    let (a, b) = (dice.between(0.0, std::f64::consts::TAU), dice.between(0.0, std::f64::consts::TAU));
    let (two, three) = (dice.between(0.1, 0.35), dice.between(0.0, 0.2));
    (0..26)
        .map(|i| {
            let angle = f64::from(i) / 26.0 * std::f64::consts::TAU;
            let own = radius * (1.0 + two * (2.0 * angle + a).cos() + three * (3.0 * angle + b).cos());
            [center[0] + own * angle.cos(), center[1] + own * angle.sin()]
        })
        .collect()
}

/// A ball diamond: a quarter disc of clay, grass within, an outfield around, a backstop.
fn lay_diamond(setting: &mut Setting<'_>, dice: &mut Dice) {
    let scale = dice.between(0.6, 1.0);
    let Some(home) = setting.free_spot(35.0, dice) else { return };
    let (azimuth, when) = (dice.between(0.0, 360.0), setting.fate(dice));
    let axes = Block::new(home, 1.0, 1.0, azimuth);
    let whole = Block::new(axes.place(46.0 * scale, 0.0), 97.0 * scale, 137.0 * scale, azimuth);
    if !setting.has_room(&whole) {
        return;
    }
    setting.taken.push(whole);
    let fan = |reach: f64| -> Vec<Place> {
        let mut outline = vec![axes.place(-2.0, 0.0)];
        outline.extend((0..=12).map(|i| {
            let (sin, cos) = (-0.8 + 1.6 * f64::from(i) / 12.0).sin_cos();
            axes.place(reach * cos, reach * sin)
        }));
        outline
    };
    let field = dice.pick(&[Material::Turf, Material::Grass, Material::DryGrass]);
    let dirt: Color = dice.pick(&[[176, 122, 88], [188, 154, 118], [200, 172, 136], [158, 108, 84]]);
    setting.lay(when, field, fan(95.0 * scale), Border::Sharp);
    setting.lay(when, Material::Soil, fan(43.0 * scale), Border::Sharp).color = Some(dirt);
    let infield = Block::new(axes.place(19.0 * scale, 0.0), 24.0 * scale, 24.0 * scale, azimuth + 45.0);
    setting.lay(when, field, infield.corners().into(), Border::Sharp);
    setting.lay(when, Material::Soil, smooth_blob(infield.center, 2.6, dice), Border::Sharp).color = Some(dirt);
    for side in [-0.78, 0.78f64] {
        let line = vec![home, axes.place(93.0 * scale * side.cos(), 93.0 * scale * side.sin())];
        setting.scene.painted_lines.push(PaintedLine {
            when,
            line,
            width_m: 0.2,
            color: [230, 230, 226],
            opacity: 0.8,
        });
        let bench = axes.place(6.0, 14.0 * side.signum());
        setting.put(when, BodyShape::Box, (bench, azimuth + 45.0), [7.0, 1.2, 0.6], [150, 152, 150]);
    }
}

/// A flood plain or a swamp: pools that differ between the dates, among reeds.
fn soak_land(setting: &mut Setting<'_>, dice: &mut Dice) {
    let color = dice.pick(&WATERS);
    let center = setting.anywhere(dice);
    for _ in 0..dice.count(3, 12) {
        let place = center.map(|v| v + 0.25 * setting.side_m * dice.normal());
        let radius = dice.between(2.0, 18.0);
        if !setting.is_free(place, radius) {
            continue;
        }
        let when = dice.pick(&[When::Both, When::Before, When::After]);
        let (outline, opacity) = (blob(place, radius, 0.5, dice), dice.between(0.6, 1.0));
        let patch = setting.lay(when, Material::Water, outline, Border::Worn);
        (patch.color, patch.opacity) = (Some(color), opacity);
    }
}
