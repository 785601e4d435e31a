//! What feet, wheels and water leave on open ground: footpaths, swaths and tramlines of fields, ditches, swales.

use crate::simulate::description::{Border, Color, Material, PaintedLine, Place, Ridge, Road, When};
use crate::simulate::dice::Dice;
use crate::simulate::story::clearance::cut_by_blocks;
use crate::simulate::story::outlines::{beside, crossing, rounded, shrunk};
use crate::simulate::story::parcel::{Parcel, lengthwise, sides_of};
use crate::simulate::story::setting::{Setting, band, cut_by_roads, plain_road};

/// Trodden earth, on pale ground and on dark (by eye).
const TRODDEN: [Color; 5] = [[216, 202, 176], [196, 178, 148], [174, 160, 138], [134, 116, 94], [106, 94, 78]];

/// Bottoms of ditches: wet earth, standing water, reeds, dry silt (by eye).
const BOTTOMS: [Color; 5] = [[58, 52, 44], [46, 56, 54], [74, 84, 50], [92, 82, 66], [176, 164, 140]];

/// Length of the pieces of a path, metres.
const PIECE_M: f64 = 5.0;

/// Radius in which machines turn at the corners of a field, metres (by eye).
const CORNER_M: f64 = 7.0;

/// Between the two wheels of a tractor, and from one pair of tramlines to the next, metres (sprayers are 12 to 36 m wide).
const WHEELS_M: f64 = 1.9;
const PASSES_M: [f64; 2] = [12.0, 30.0];

/// Paths that people tread: they set out from one place, part, and end at walls, at roads or out of sight.
pub(in crate::simulate) fn tread_paths(setting: &mut Setting<'_>, dice: &mut Dice) {
    let color = dice.pick(&TRODDEN);
    let (width_m, opacity) = (dice.between(0.4, 1.3), dice.between(0.3, 0.8));
    let stray = dice.between(0.01, 0.07);
    let when = dice.weigh(&[(When::Both, 0.75), (When::After, 0.15), (When::Before, 0.1)]);
    let mut trodden: Vec<Place> = vec![setting.anywhere(dice)];
    for _ in 0..dice.count(2, 7) {
        let from = dice.pick(&trodden);
        let buildings = &setting.scene.buildings;
        let goal = if buildings.is_empty() || dice.chance(0.4) {
            crossing(setting.side_m, 0.05, dice)[0]
        } else {
            buildings[dice.count(0, buildings.len() - 1)].center
        };
        let path = wander(from, goal, stray, dice);
        let own = width_m * dice.between(0.6, 1.2);
        for part in cut_by_blocks(&path, &setting.taken) {
            for line in cut_by_roads(&part, &setting.scene.roads) {
                if line.windows(2).all(|ends| setting.is_dry(&band(ends, own))) {
                    setting.paint(when, line, own, color, opacity);
                }
            }
        }
        trodden.extend(path);
    }
}

/// A line from one place to another that bends two or three times, as nobody walks straight.
fn wander(from: Place, to: Place, stray: f64, dice: &mut Dice) -> Vec<Place> {
    let [dx, dy] = [0, 1].map(|k| to[k] - from[k]);
    let (length, pieces) = (dx.hypot(dy), (dx.hypot(dy) / PIECE_M).ceil().max(2.0) as usize);
    let bends = [(1.0, 1.0), (2.0, 0.6), (5.0, 0.2)].map(|(waves, share)| (waves, share * stray * dice.normal()));
    (0..=pieces)
        .map(|i| {
            let t = i as f64 / pieces as f64;
            let aside: f64 = bends.iter().map(|(waves, by)| by * (std::f64::consts::PI * waves * t).sin()).sum();
            [from[0] + t * dx - aside * dy, from[1] + t * dy + aside * dx].map(|v| v + 0.004 * length * dice.unit())
        })
        .collect()
}

/// A ditch along a road or across the land, between verges; what was dug out of some lies beside them.
pub(in crate::simulate) fn dig_ditch(setting: &mut Setting<'_>, dice: &mut Dice) {
    let width_m = dice.between(0.6, 2.4);
    let roads = &setting.scene.roads;
    let line = if roads.is_empty() || dice.chance(0.5) {
        crossing(setting.side_m, dice.pick(&[0.0, 0.02, 0.06]), dice)
    } else {
        let road = &roads[dice.count(0, roads.len() - 1)];
        let offset = (road.width_m / 2.0 + road.shoulder_m + dice.between(1.0, 4.0)) * dice.pick(&[-1.0, 1.0]);
        road.line.windows(2).flat_map(|ends| beside(ends, offset)).collect()
    };
    let when = dice.weigh(&[(When::Both, 0.8), (When::After, 0.2)]);
    let (color, opacity) = (dice.pick(&BOTTOMS), dice.between(0.5, 0.95));
    let verge = dice.pick(&[Material::Grass, Material::DryGrass, Material::Undergrowth, Material::Soil]);
    let (grown, spoil) = (dice.between(0.0, 0.8), dice.chance(0.35));
    let [slope_m, height_m] = [dice.between(0.7, 1.6), dice.between(0.3, 0.9)];
    for part in cut_by_blocks(&line, &setting.taken) {
        for line in cut_by_roads(&part, &setting.scene.roads) {
            let reach_m = width_m + 2.0 * slope_m;
            if spoil && line.windows(2).all(|ends| setting.is_open(ends, reach_m)) {
                let bank = line.windows(2).flat_map(|ends| beside(ends, width_m / 2.0 + slope_m)).collect();
                let material = dice.pick(&[Material::Soil, Material::DryGrass]);
                let ridge = Ridge { when, material, line: bank, crest_m: 0.3, slope_m, height_m, opacity: 0.4 };
                setting.scene.ridges.push(ridge);
            }
            let strip = plain_road(when, verge, line.clone(), 2.5 * width_m);
            setting.scene.roads.push(Road { fray_m: 0.5, opacity: grown, ..strip });
            setting.paint(when, line, width_m, color, opacity);
        }
    }
}

/// A meadow or field mown or harvested round and round from its border inwards: swaths light and dark.
pub(in crate::simulate) fn mow_field(setting: &mut Setting<'_>, dice: &mut Dice) {
    let size = [dice.between(30.0, 140.0), dice.between(25.0, 90.0)].map(|side| side.min(0.9 * setting.side_m));
    let Some((field, azimuth_deg)) = setting.claim(size, dice) else { return };
    let when = setting.fate(dice);
    let material = dice.pick(&[Material::Grass, Material::DryGrass, Material::Stubble, Material::Crop, Material::Soil]);
    let border = dice.pick(&[Border::Sharp, Border::Worn]);
    setting.lay(when, material, rounded(&field, CORNER_M), border).opacity = dice.between(0.4, 1.0);
    let (pitch_m, opacity) = (dice.between(2.5, 9.0), dice.between(0.06, 0.3));
    let swaths: [Color; 2] = dice.pick(&[[[226, 216, 180], [66, 62, 44]], [[180, 190, 128], [52, 60, 36]]]);
    let rounds = (0.5 * size[0].min(size[1]) / pitch_m) as usize;
    for round in 0..rounds {
        let inner = shrunk(&field, (round as f64 + 0.5) * pitch_m, azimuth_deg);
        let line = rounded(&inner, CORNER_M);
        setting.paint(when, line, 0.55 * pitch_m, swaths[round % 2], opacity * dice.between(0.6, 1.2));
    }
}

/// A swale: a broad shallow hollow that stays damp, of another growth than the land, between low swells.
pub(in crate::simulate) fn lead_swale(setting: &mut Setting<'_>, dice: &mut Dice) {
    let line = crossing(setting.side_m, dice.pick(&[0.02, 0.05, 0.09]), dice);
    if !line.windows(2).all(|ends| setting.is_open(ends, 8.0)) {
        return;
    }
    let width_m = dice.between(3.0, 10.0);
    let growth =
        dice.pick(&[Material::Grass, Material::Undergrowth, Material::DryGrass, Material::Mud, Material::Soil]);
    let when = dice.weigh(&[(When::Both, 0.85), (When::After, 0.15)]);
    let strip = plain_road(when, growth, line.clone(), width_m);
    let (fray_m, opacity) = (dice.between(0.6, 1.6), dice.between(0.2, 0.75));
    setting.scene.roads.push(Road { curved: true, fray_m, opacity, ..strip });
    let (slope_m, height_m) = (dice.between(1.5, 4.0), dice.between(0.2, 0.7));
    for side in [-1.0, 1.0] {
        let swell = line.windows(2).flat_map(|ends| beside(ends, side * (0.5 * width_m + slope_m))).collect();
        let (material, line) = (growth, swell);
        setting.scene.ridges.push(Ridge { when, material, line, crest_m: 0.5, slope_m, height_m, opacity: 0.0 });
    }
}

/// Pairs of wheel marks at equal distances along a field, as sprayers leave them.
pub(super) fn leave_tramlines(parcel: &Parcel, dice: &mut Dice) -> Vec<PaintedLine> {
    let field = lengthwise(parcel);
    let wide = sides_of(&field)[1];
    let (pitch_m, color) = (dice.between(PASSES_M[0], PASSES_M[1]), dice.pick(&TRODDEN));
    let (width_m, opacity) = (dice.between(0.3, 0.6), dice.between(0.15, 0.6));
    let when = dice.pick(&[When::Both, When::Before, When::After]);
    let [a, b, c, d] = field;
    let between = |from: Place, to: Place, t: f64| [0, 1].map(|k| from[k] + t * (to[k] - from[k]));
    let first = dice.between(0.3, 0.7) * pitch_m;
    let passes = ((wide - first) / pitch_m).max(0.0) as usize;
    let wheels = (0..=passes).flat_map(|pass| [-0.5, 0.5].map(|side| first + pass as f64 * pitch_m + side * WHEELS_M));
    wheels
        .filter(|wheel| (0.0..wide).contains(wheel))
        .map(|wheel| {
            let t = wheel / wide;
            let (near, far) = (between(a, d, t), between(b, c, t));
            PaintedLine {
                when,
                line: vec![between(near, far, 0.01), between(near, far, 0.99)],
                width_m,
                color,
                opacity,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_joins_its_ends() {
        let path = wander([10.0, 20.0], [90.0, 60.0], 0.05, &mut Dice::from_seed(2));
        let end = path[path.len() - 1];
        assert!((path[0][0] - 10.0).abs() < 0.5 && (end[0] - 90.0).abs() < 0.5 && (end[1] - 60.0).abs() < 0.5);
        assert!(path.windows(2).all(|ends| (ends[1][0] - ends[0][0]).hypot(ends[1][1] - ends[0][1]) < 2.0 * PIECE_M));
    }

    #[test]
    fn tramlines_come_in_pairs_within_their_field() {
        let field = [[0.0, 0.0], [120.0, 0.0], [120.0, 70.0], [0.0, 70.0]];
        let lines = leave_tramlines(&field, &mut Dice::from_seed(4));
        assert!(lines.len() >= 4, "{}", lines.len());
        for pair in lines.chunks_exact(2) {
            assert!((pair[1].line[0][1] - pair[0].line[0][1] - WHEELS_M).abs() < 1e-9);
        }
        let ends = lines.iter().flat_map(|line| &line.line);
        ends.for_each(|[x, y]| assert!((0.0..120.0).contains(x) && (0.0..70.0).contains(y), "{x} {y}"));
    }
}
