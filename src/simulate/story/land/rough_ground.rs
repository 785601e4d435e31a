//! Open land that nobody tends: tussocks, weeds and bare spots in drifts, and the lines along which water leaves.

use crate::simulate::description::{Border, Material, Patch, Place, Road, When};
use crate::simulate::dice::Dice;
use crate::simulate::story::outlines::{crossing, ring};
use crate::simulate::story::setting::{Setting, plain_patch, plain_road};

/// What grows in drifts on rough land, or does not.
const GROWTHS: [Material; 7] = [
    Material::DryGrass,
    Material::Grass,
    Material::Scrub,
    Material::Undergrowth,
    Material::Soil,
    Material::Gravel,
    Material::Stubble,
];

/// Most spots of one piece of rough land.
const MOST_SPOTS: usize = 60;

/// Spots of other growth that lie along the lie of the land, thick in the middle of drifts and thin beyond, below all that
/// people have laid.
pub(in crate::simulate) fn roughen_land(setting: &mut Setting<'_>, dice: &mut Dice) {
    let grain_deg = dice.between(0.0, 180.0);
    let (stretch, spread) = (dice.between(1.0, 3.5), dice.between(0.06, 0.25) * setting.side_m);
    let usual_m = dice.between(1.0, 6.0);
    let growths = [0, 1].map(|_| dice.pick(&GROWTHS));
    let strength = dice.between(0.12, 0.5);
    let when = dice.weigh(&[(When::Both, 0.7), (When::Before, 0.15), (When::After, 0.15)]);
    for _ in 0..dice.count(1, 4) {
        let middle = setting.anywhere(dice);
        let (sin, cos) = grain_deg.to_radians().sin_cos();
        for _ in 0..dice.count(6, MOST_SPOTS / 4) {
            let (along, across) = (stretch * spread * dice.normal(), spread * dice.normal());
            let center = [middle[0] + along * sin - across * cos, middle[1] - along * cos - across * sin];
            let radius = usual_m * (0.6 * dice.normal()).exp();
            let azimuth_deg = grain_deg + 12.0 * dice.normal();
            let outline = ring(center, [radius * stretch, radius], azimuth_deg, 10);
            let border = dice.pick(&[Border::Organic, Border::Worn, Border::Faded]);
            let opacity = strength * dice.between(0.5, 1.5);
            setting.lay_below(Patch { opacity, ..plain_patch(when, dice.pick(&growths), outline, border) });
        }
    }
}

/// A line along which water leaves the land, with branches that join it: damp, green or washed pale.
pub(in crate::simulate) fn drain_land(setting: &mut Setting<'_>, dice: &mut Dice) {
    let main = crossing(setting.side_m, dice.between(0.02, 0.06), dice);
    let growth = dice.pick(&[Material::Grass, Material::Undergrowth, Material::Mud, Material::Sand, Material::Scrub]);
    let when = dice.weigh(&[(When::Both, 0.85), (When::After, 0.15)]);
    let (width_m, opacity) = (dice.between(1.0, 5.0), dice.between(0.2, 0.7));
    let lines = std::iter::once((main.clone(), 1.0)).chain((0..dice.count(1, 5)).map(|_| {
        let joint = dice.pick(&main);
        (branch(joint, setting.side_m, dice), dice.between(0.3, 0.7))
    }));
    for (line, share) in lines.collect::<Vec<_>>() {
        if line.windows(2).all(|ends| setting.is_open(ends, 2.0)) {
            let run = plain_road(when, growth, line, width_m * share);
            let fray_m = 0.4 * width_m * share;
            setting.scene.roads.push(Road { curved: true, fray_m, opacity, ..run });
        }
    }
}

/// A winding line from a place outwards.
fn branch(from: Place, side_m: f64, dice: &mut Dice) -> Vec<Place> {
    let (length, heading) = (dice.between(0.1, 0.5) * side_m, dice.between(0.0, std::f64::consts::TAU));
    let stray = 0.12 * length;
    let at = |t: f64, dice: &mut Dice| {
        let (sin, cos) = heading.sin_cos();
        let aside = stray * dice.normal() * t;
        [from[0] + t * length * sin + aside * cos, from[1] - t * length * cos + aside * sin]
    };
    (0..=4).map(|step| at(f64::from(step) / 4.0, dice)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::story::{RandomOptions, random_pair};

    #[test]
    fn rough_land_lies_below_what_people_laid() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.5), Meters(0.5)), biome: None };
        let mut scene = random_pair(2, &options);
        let square = vec![[0.0, 0.0], [9.0, 0.0], [9.0, 9.0]];
        scene.patches = vec![plain_patch(When::Both, Material::Concrete, square, Border::Sharp)];
        roughen_land(&mut Setting::of(&mut scene), &mut Dice::from_seed(3));
        assert!(scene.patches.len() > 6);
        assert_eq!(scene.patches.last().map(|patch| patch.material), Some(Material::Concrete));
    }

    #[test]
    fn branches_begin_at_their_joint() {
        let line = branch([40.0, 50.0], 128.0, &mut Dice::from_seed(1));
        assert!((line[0][0] - 40.0).abs() < 1e-9 && (line[0][1] - 50.0).abs() < 1e-9 && line.len() == 5);
    }
}
