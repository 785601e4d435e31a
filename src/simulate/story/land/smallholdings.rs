//! Small plots worked by hand: kitchen gardens, allotments, paddies, steps on a slope.

use crate::simulate::description::{Border, Material, PaintedLine, Ridge, When};
use crate::simulate::dice::Dice;
use crate::simulate::story::parcel::{Parcel, divide, sides_of};
use crate::simulate::story::setting::Setting;

/// What grows on small plots, or does not.
const COVERS: [Material; 8] = [
    Material::Crop,
    Material::Soil,
    Material::Grass,
    Material::Ploughed,
    Material::DryGrass,
    Material::Mud,
    Material::Stubble,
    Material::Undergrowth,
];

/// What lies between small plots.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Between {
    /// Trodden paths, or nothing.
    Paths,
    /// Furrows that carry water.
    Channels,
    /// Each a step above the next.
    Steps,
}

/// A patch of land in many small plots, each sown, bare or overgrown by itself.
pub(in crate::simulate) fn lay_small_plots(setting: &mut Setting<'_>, dice: &mut Dice) {
    let size = [dice.between(20.0, 90.0), dice.between(16.0, 70.0)];
    let Some((land, azimuth_deg)) = setting.claim(size, dice) else { return };
    let when = dice.weigh(&[(When::Both, 0.7), (When::After, 0.18), (When::Before, 0.12)]);
    let between = dice.pick(&[Between::Paths, Between::Paths, Between::Channels, Between::Steps]);
    let least_m = dice.between(4.0, 15.0);
    let gap_m = if between == Between::Steps { 0.0 } else { dice.pick(&[0.3, 0.6, 1.2]) };
    let skew_deg = dice.pick(&[2.0, 8.0, 18.0]);
    let covers = [0, 1, 2].map(|_| dice.pick(&COVERS));
    let changing = dice.pick(&[0.1, 0.3, 0.7]);
    let ground = dice.pick(&[Material::Soil, Material::DryGrass, Material::Clay]);
    setting.lay(when, ground, land.corners().into(), Border::Worn).opacity = dice.between(0.5, 1.0);
    let mut open: Vec<Parcel> = vec![land.corners()];
    while let Some(part) = open.pop() {
        let sides = sides_of(&part);
        if sides[0].max(sides[1]) > least_m * dice.between(1.2, 2.0) {
            open.extend(divide(part, gap_m, skew_deg * dice.between(-1.0, 1.0), dice));
            continue;
        }
        lay_plot(setting, &part, (when, azimuth_deg), (&covers, changing), dice);
        let side = vec![part[0], part[1], part[2]];
        match between {
            Between::Paths => {}
            Between::Channels => {
                let (width_m, opacity) = (dice.between(0.3, 0.6), dice.between(0.3, 0.8));
                let line = PaintedLine { when, line: side, width_m, color: [54, 58, 52], opacity };
                setting.scene.painted_lines.push(line);
            }
            Between::Steps => {
                let height_m = dice.between(0.3, 0.9);
                let material = dice.pick(&[Material::Soil, Material::Gravel, Material::DryGrass]);
                let line = vec![part[0], part[1]];
                let ridge = Ridge { when, material, line, crest_m: 0.3, slope_m: height_m, height_m, opacity: 0.5 };
                setting.scene.ridges.push(ridge);
            }
        }
    }
}

/// One plot: the same on both dates, or another crop on the later one.
fn lay_plot(
    setting: &mut Setting<'_>,
    plot: &Parcel,
    (when, azimuth_deg): (When, f64),
    (covers, changing): (&[Material], f64),
    dice: &mut Dice,
) {
    if dice.chance(0.12) {
        return;
    }
    let was = dice.pick(covers);
    let changes = when == When::Both && dice.chance(changing);
    let looks = if changes { vec![(When::Before, was), (When::After, dice.pick(covers))] } else { vec![(when, was)] };
    for (when, material) in looks {
        let border = dice.pick(&[Border::Sharp, Border::Sharp, Border::Worn]);
        let (opacity, rows_m) = (dice.between(0.45, 1.0), dice.chance(0.4).then(|| dice.between(0.5, 1.4)));
        let patch = setting.lay(when, material, plot.to_vec(), border);
        (patch.opacity, patch.rows_m, patch.rows_azimuth_deg) = (opacity, rows_m, azimuth_deg);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::story::{RandomOptions, random_pair};

    #[test]
    fn land_is_divided_into_many_plots_of_its_own_extent() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.5), Meters(0.5)), biome: None };
        let mut dice = Dice::from_seed(8);
        let mut scene = random_pair(1, &options);
        (scene.buildings, scene.roads, scene.patches, scene.ridges) = Default::default();
        let mut setting = Setting::of(&mut scene);
        lay_small_plots(&mut setting, &mut dice);
        let land = setting.taken[0];
        let reach = land.half[0].hypot(land.half[1]) + 1e-6;
        let plots = &setting.scene.patches;
        assert!(plots.len() > 6, "{} plots", plots.len());
        for [x, y] in plots.iter().flat_map(|plot| &plot.outline) {
            assert!((x - land.center[0]).hypot(y - land.center[1]) <= reach);
        }
    }
}
