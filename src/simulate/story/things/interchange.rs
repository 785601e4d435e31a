//! Where highways meet: a dual carriageway, another above it on a bridge, ramps and loops in the corners between.

use crate::simulate::description::{Border, Markings, Material, Place, Road, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::palette::material_look;
use crate::simulate::render::surface::Block;
use crate::simulate::story::setting::{Setting, plain_road};
use crate::simulate::story::things::highways::{open_line, raise_deck};

/// Radii of loops, metres: a 40 km/h ramp needs some 50 m (usual values of design manuals), old ones have less.
const LOOP_M: [f64; 2] = [22.0, 60.0];

/// Width of a deck as a share of half the highway's: both carriageways, their shoulders and the rails.
const DECK: f64 = 1.95;

/// Points of a ramp.
const POINTS: usize = 12;

/// Lays an interchange where no building is in the way of its highways; ramps that would meet one are left out.
pub(in crate::simulate) fn join_highways(setting: &mut Setting<'_>, dice: &mut Dice) {
    let half_m = dice.between(9.0, 16.0);
    let Some((axes, azimuth)) = open_line(setting, half_m + 4.0, dice) else { return };
    let upward = azimuth + 90.0 + 12.0 * dice.normal();
    let over = Block::new(axes.center, 1.0, 1.0, upward);
    let reach = 1.5 * setting.side_m;
    if !setting.is_open(&[over.place(-reach, 0.0), over.place(reach, 0.0)], half_m + 3.0) {
        return;
    }
    let when = dice.weigh(&[(When::Both, 0.8), (When::After, 0.2)]);
    let material = dice.pick(&[Material::Asphalt, Material::OldAsphalt, Material::Concrete]);
    let verge = dice.pick(&[Material::Grass, Material::DryGrass, Material::Soil, Material::Turf]);
    for quarter in 0..4 {
        if dice.chance(0.7) {
            lay_ramps(setting, (&axes, quarter), (half_m, verge), (when, material), dice);
        }
    }
    lay_carriageways(setting, &axes, half_m, (when, material));
    lay_carriageways(setting, &over, half_m, (when, material));
    // The bridge itself: a piece of the upper highway, as long as the lower one is wide and its slopes are.
    let (span, height) = (2.0 * half_m + dice.between(8.0, 26.0), dice.between(5.0, 7.5));
    let deck = material_look(material, &setting.scene.after.variety).dry;
    let size = [span, DECK * half_m, height];
    raise_deck(setting, when, (axes.center, upward), size, (deck, &[-0.27, -0.01, 0.01, 0.27]));
}

/// Two carriageways, half of the highway's width to either side of its middle.
fn lay_carriageways(setting: &mut Setting<'_>, axes: &Block, half_m: f64, (when, material): (When, Material)) {
    let reach = 1.5 * setting.side_m;
    for side in [-0.5, 0.5] {
        let line = vec![axes.place(-reach, side * half_m), axes.place(reach, side * half_m)];
        let road = plain_road(when, material, line, 0.75 * half_m);
        setting.scene.roads.push(Road { shoulder_m: 1.2, markings: Markings::Street, ..road });
    }
}

/// A loop, an outer ramp, or both, in one of the four corners.
fn lay_ramps(
    setting: &mut Setting<'_>,
    (axes, quarter): (&Block, usize),
    (half_m, verge): (f64, Material),
    (when, material): (When, Material),
    dice: &mut Dice,
) {
    let [s, t] = [[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]][quarter];
    let radius = dice.between(LOOP_M[0], LOOP_M[1]);
    let middle = [s * (half_m + radius), t * (half_m + radius)];
    let loop_line: Vec<Place> = (0..=POINTS)
        .map(|i| {
            let (sin, cos) = (0.75 * std::f64::consts::TAU * (i as f64 / POINTS as f64 - 0.5)).sin_cos();
            // From one highway around to the other: open towards the crossing.
            let away = [(cos - sin) / std::f64::consts::SQRT_2, (cos + sin) / std::f64::consts::SQRT_2];
            axes.place(middle[0] + s * radius * away[0], middle[1] + t * radius * away[1])
        })
        .collect();
    let far = half_m + 2.6 * radius;
    let outer: Vec<Place> = (0..=POINTS)
        .map(|i| {
            let u = i as f64 / POINTS as f64;
            // A curve that leaves along one highway and arrives along the other (quadratic Bezier).
            let (a, b) = ((1.0 - u) * (1.0 - u), u * u);
            let corner = 2.0 * u * (1.0 - u) * (half_m + 0.9 * radius);
            let at = |start: f64, end: f64| a * start + b * end + corner;
            axes.place(s * at(2.0 * far, half_m), t * at(half_m, 2.0 * far))
        })
        .collect();
    let width = dice.between(5.0, 8.5);
    for (line, share) in [(loop_line, 0.6), (outer, 0.8)] {
        if dice.chance(share) && line.windows(2).all(|ends| setting.is_open(ends, 0.5 * width + 2.0)) {
            if dice.chance(0.5) {
                setting.lay(when, verge, line.clone(), Border::Worn).opacity = dice.between(0.3, 0.9);
            }
            let ramp = plain_road(when, material, line, width);
            setting.scene.roads.push(Road { curved: true, shoulder_m: 0.8, ..ramp });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::story::{RandomOptions, random_pair};

    #[test]
    fn highways_and_ramps_pass_houses() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.7), Meters(0.7)), biome: None };
        let mut laid = 0;
        for seed in 0..60 {
            let mut scene = random_pair(seed, &options);
            scene.roads.clear();
            let mut setting = Setting::of(&mut scene);
            join_highways(&mut setting, &mut Dice::from_seed(seed));
            laid += setting.scene.roads.len();
            for road in &setting.scene.roads {
                assert!(road.line.windows(2).all(|ends| setting.is_open(ends, 0.5 * road.width_m)), "seed {seed}");
            }
        }
        assert!(laid > 20, "{laid} roads");
    }
}
