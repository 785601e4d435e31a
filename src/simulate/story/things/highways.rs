//! Roads that engineers drew: avenues with planted medians, flyovers, cars parked along curbs.

use crate::simulate::description::{
    BodyShape, Border, Color, Markings, Material, PairDescription, Place, Road, Tree, Vehicle, VehicleClass, When,
};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::render::trees::height_for;
use crate::simulate::story::setting::{Setting, is_driven, plain_road};

/// Tries to find a straight line across the image that no building stands on.
const TRIES: usize = 6;

/// A straight line across the image with this much room on either side, along the streets more often than not.
pub(in crate::simulate) fn open_line(setting: &Setting<'_>, margin_m: f64, dice: &mut Dice) -> Option<(Block, f64)> {
    (0..TRIES).find_map(|_| {
        let azimuth = setting.azimuth(dice);
        let axes = Block::new(setting.anywhere(dice), 1.0, 1.0, azimuth);
        let reach = 1.5 * setting.side_m;
        let ends = [axes.place(-reach, 0.0), axes.place(reach, 0.0)];
        setting.is_open(&ends, margin_m).then_some((axes, azimuth))
    })
}

fn carriageway(when: When, material: Material, line: Vec<Place>, width_m: f64, shoulder_m: f64) -> Road {
    Road { shoulder_m, markings: Markings::Street, ..plain_road(when, material, line, width_m) }
}

/// A dual carriageway: two clean bands, a median of grass, sand or slabs, planted or not, sidewalks.
pub(in crate::simulate) fn lay_avenue(setting: &mut Setting<'_>, dice: &mut Dice) {
    let (width, median) = (dice.pick(&[7.0, 7.5, 10.5, 14.0]), dice.between(1.5, 12.0));
    let half = width + 0.5 * median;
    let Some((axes, azimuth)) = open_line(setting, half + 3.0, dice) else { return };
    let reach = 1.5 * setting.side_m;
    let when = dice.weigh(&[(When::Both, 0.8), (When::After, 0.2)]);
    let material = dice.pick(&[Material::Asphalt, Material::OldAsphalt, Material::OldAsphalt, Material::Concrete]);
    let walk = dice.pick(&[0.0, 1.5, 2.5]);
    let strip = Block::new(axes.center, 2.0 * reach, median + 0.6, azimuth);
    let planted = dice.pick(&[Material::Grass, Material::DryGrass, Material::Sand, Material::Concrete, Material::Soil]);
    setting.lay(when, planted, strip.corners().into(), Border::Sharp);
    for side in [-1.0, 1.0] {
        let across = side * (median + width) / 2.0;
        let line = vec![axes.place(-reach, across), axes.place(reach, across)];
        setting.scene.roads.push(carriageway(when, material, line, width, walk));
        let curb = side * (median / 2.0 + 0.1);
        let color: Color = dice.pick(&[[196, 192, 182], [170, 166, 156]]);
        setting.paint(when, vec![axes.place(-reach, curb), axes.place(reach, curb)], 0.35, color, 0.9);
    }
    if planted != Material::Concrete && dice.chance(0.6) {
        let species = dice.pick(&[
            crate::simulate::description::Species::Palm,
            crate::simulate::description::Species::Broadleaf,
            crate::simulate::description::Species::Shrub,
        ]);
        let (step, radius_m) = (dice.between(5.0, 14.0), dice.between(0.9, 2.4));
        let height_m = height_for(species, radius_m);
        let count = (reach / step) as i64;
        for number in -count..=count {
            let center = axes.place(number as f64 * step, 0.2 * dice.normal());
            setting.scene.trees.push(Tree { when, species, center, radius_m, height_m });
        }
    }
}

/// A flyover or bridge: a deck on which cars drive, with its shadow; no structure.
pub(in crate::simulate) fn span_flyover(setting: &mut Setting<'_>, dice: &mut Dice) {
    let width = dice.between(8.0, 18.0);
    let Some((axes, azimuth)) = open_line(setting, 0.5 * width + 4.0, dice) else { return };
    let (length, height) = (3.0 * setting.side_m, dice.between(4.0, 9.0));
    let when = dice.weigh(&[(When::Both, 0.75), (When::After, 0.25)]);
    let deck: Color = dice.pick(&[[150, 148, 142], [112, 112, 112], [176, 172, 162], [92, 92, 94]]);
    raise_deck(setting, when, (axes.center, azimuth), [length, width, height], (deck, &[-0.02, 0.02]));
    for _ in 0..dice.count(0, 8) {
        let lane = dice.pick(&[-0.25, 0.25]) * width;
        let place = axes.place(dice.between(-0.7, 0.7) * setting.side_m, lane);
        let color = dice.pick(&[[226, 228, 230], [58, 58, 62], [132, 38, 36], [178, 182, 186]]);
        let date = dice.pick(&[When::Before, When::After]);
        if when.includes(date) {
            setting.put(date, BodyShape::Box, (place, azimuth), [4.5, 1.9, height + 1.5], color);
        }
    }
}

/// The deck of a bridge with its rails and painted lines, these at shares of its width from the middle; `size` is length, width
/// and height in metres.
pub(in crate::simulate) fn raise_deck(
    setting: &mut Setting<'_>,
    when: When,
    (center, azimuth): (Place, f64),
    size: [f64; 3],
    (deck, lines): (Color, &[f64]),
) {
    let [length, width, height] = size;
    let axes = Block::new(center, 1.0, 1.0, azimuth);
    setting.put(when, BodyShape::Box, (center, azimuth), size, deck);
    for side in [-1.0, 1.0] {
        let rail = axes.place(0.0, side * (width / 2.0 - 0.3));
        setting.put(when, BodyShape::Box, (rail, azimuth), [length, 0.6, height + 0.9], [200, 196, 188]);
    }
    for share in lines {
        let line = axes.place(0.0, share * width);
        setting.put(when, BodyShape::Box, (line, azimuth), [length, 0.3, height + 0.02], [206, 202, 190]);
    }
}

/// Cars along the curbs of some streets, other ones on each date.
pub(in crate::simulate) fn park_along_curbs(scene: &mut PairDescription, dice: &mut Dice) {
    if !dice.chance(0.4) {
        return;
    }
    let side = scene.width_px as f64 * scene.gsd_m;
    let density = dice.between(0.05, 0.7);
    let mut parked = Vec::new();
    for road in scene.roads.iter().filter(|road| is_driven(road) && road.width_m > 5.5 && road.width_m < 16.0) {
        for ends in road.line.windows(2) {
            let (dx, dy) = (ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]);
            let length = dx.hypot(dy);
            if length < 8.0 || !dice.chance(0.6) {
                continue;
            }
            let azimuth = dx.atan2(-dy).to_degrees();
            let block = Block::new([0, 1].map(|k| (ends[0][k] + ends[1][k]) / 2.0), length, road.width_m, azimuth);
            for number in 0..((length / 6.0) as usize).min(200) {
                for curb in [-1.0, 1.0] {
                    let center = block.place(
                        (number as f64 + 0.5) * 6.0 - length / 2.0 + 0.4 * dice.normal(),
                        curb * (road.width_m / 2.0 - 1.1),
                    );
                    if !dice.chance(density) || !center.iter().all(|v| (0.0..side).contains(v)) {
                        continue;
                    }
                    let when = dice.pick(&[When::Before, When::After, When::Both]);
                    let class = dice.weigh(&[(VehicleClass::Car, 0.85), (VehicleClass::Van, 0.15)]);
                    let azimuth_deg = azimuth + if curb > 0.0 { 0.0 } else { 180.0 };
                    parked.push(Vehicle { when, class, center, azimuth_deg, color: None });
                }
            }
        }
    }
    scene.vehicles.extend(parked.into_iter().take(400));
}
