//! Wide water: a lake, a broad river or the sea on one side of a shore, with what lies along it.

use crate::simulate::description::{BodyShape, Border, Material, Patch, Place, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::render::trees::contains;
use crate::simulate::story::land::basins::WATERS;
use crate::simulate::story::setting::{Setting, clip_to_block, plain_patch};
use crate::simulate::story::things::litter::GOODS;

/// How often a side without buildings is looked for.
const TRIES: usize = 16;

/// Points of a shore.
const POINTS: usize = 14;

/// Metres from the shore within which nothing is built.
const CLEAR_M: f64 = 4.0;

/// A shore: its axes, along it and out over the water, and how it winds.
struct Shore {
    axes: Block,
    azimuth_deg: f64,
    reach_m: f64,
    winding: [[f64; 3]; 2],
}

/// Lays water over one side of the image where nothing is built; its level differs between the dates now and then.
pub(in crate::simulate) fn spread_water(setting: &mut Setting<'_>, dice: &mut Dice) {
    let Some(shore) = (0..TRIES).map(|_| Shore::draw(setting.side_m, dice)).find(|shore| shore.is_free(setting)) else {
        return;
    };
    let color = dice.pick(&WATERS);
    let beach =
        dice.pick(&[Material::Sand, Material::Mud, Material::Gravel, Material::DryGrass, Material::Undergrowth]);
    let strip_m = dice.between(1.0, 12.0);
    let strip = plain_patch(When::Both, beach, shore.water(-strip_m), Border::Organic);
    setting.lay_below(Patch { opacity: dice.between(0.5, 1.0), ..strip });
    let levels = if dice.chance(0.3) { [dice.between(0.0, 10.0), dice.between(0.0, 10.0)] } else { [0.0; 2] };
    let other = if dice.chance(0.4) { dice.pick(&WATERS) } else { color };
    let border = dice.pick(&[Border::Sharp, Border::Worn, Border::Worn]);
    for (when, level, color) in [(When::Before, levels[0], color), (When::After, levels[1], other)] {
        setting.lay(when, Material::Water, shore.water(level), border).color = Some(color);
    }
    for _ in 0..dice.count(0, 3) {
        shore.build_pier(setting, dice);
    }
    for _ in 0..dice.pick(&[0, 0, 3, 9]) {
        shore.float(setting, dice);
    }
}

impl Shore {
    fn draw(side_m: f64, dice: &mut Dice) -> Self {
        let azimuth_deg = dice.between(0.0, 360.0);
        let middle = [side_m / 2.0; 2];
        let from = Block::new(middle, 1.0, 1.0, azimuth_deg).place(0.0, side_m * dice.between(-0.3, 0.45));
        let wave = |share: f64, pace: f64, dice: &mut Dice| {
            [share * side_m * dice.unit(), pace * dice.between(0.6, 1.5) / side_m, dice.between(0.0, 1.0)]
        };
        Shore {
            axes: Block::new(from, 1.0, 1.0, azimuth_deg),
            azimuth_deg,
            reach_m: 1.2 * side_m,
            winding: [wave(0.12, 0.8, dice), wave(0.03, 3.0, dice)],
        }
    }

    /// A place at metres along the shore and out over the water.
    fn place(&self, along: f64, out: f64) -> Place {
        let winds = |[swing, pace, phase]: [f64; 3]| swing * (std::f64::consts::TAU * (pace * along + phase)).sin();
        self.axes.place(along, out + self.winding.into_iter().map(winds).sum::<f64>())
    }

    /// Outline of the water from so many metres off the shore on.
    fn water(&self, out: f64) -> Vec<Place> {
        let line = (0..=POINTS).map(|i| self.place(self.reach_m * (2.0 * i as f64 / POINTS as f64 - 1.0), out));
        let far = [1.0, -1.0].map(|end| self.axes.place(end * self.reach_m, 2.0 * self.reach_m));
        line.chain(far).collect()
    }

    /// True when no building, work, road or bank reaches into the water or close to it.
    fn is_free(&self, setting: &Setting<'_>) -> bool {
        let water = self.water(-CLEAR_M);
        let built = setting.taken.iter().flat_map(|block| block.corners().into_iter().chain([block.center]));
        let roads = setting.scene.roads.iter().flat_map(|road| &road.line);
        let ridges = setting.scene.ridges.iter().flat_map(|ridge| &ridge.line);
        let crossed =
            |ends: &[Place]| setting.taken.iter().any(|block| clip_to_block(block, 0.0, ends[0], ends[1]).is_some());
        !built.chain(roads.chain(ridges).copied()).any(|place| contains(&water, place))
            && !water.windows(2).any(crossed)
    }

    /// A jetty of planks or concrete, with boats beside it or none.
    fn build_pier(&self, setting: &mut Setting<'_>, dice: &mut Dice) {
        let along = dice.between(-0.5, 0.5) * setting.side_m;
        let (length, width) = (dice.between(6.0, 40.0), dice.between(1.5, 4.0));
        let when = setting.fate(dice);
        let center = self.place(along, length / 2.0 - 2.0);
        let color = dice.pick(&[[150, 134, 112], [188, 182, 170], [112, 102, 90]]);
        setting.put(when, BodyShape::Box, (center, self.azimuth_deg + 90.0), [length, width, 0.8], color);
        for _ in 0..dice.count(0, 4) {
            let at = self.place(along + dice.pick(&[-1.0, 1.0]) * (width / 2.0 + 1.6), dice.between(2.0, length));
            self.moor(setting, at, self.azimuth_deg + 90.0, dice);
        }
    }

    /// A boat out on the water.
    fn float(&self, setting: &mut Setting<'_>, dice: &mut Dice) {
        let at = self.place(dice.between(-0.6, 0.6) * setting.side_m, dice.between(14.0, 14.0 + 0.6 * setting.side_m));
        self.moor(setting, at, dice.between(0.0, 180.0), dice);
    }

    fn moor(&self, setting: &mut Setting<'_>, at: Place, azimuth_deg: f64, dice: &mut Dice) {
        let length = dice.between(4.0, 14.0);
        let size = [length, length * dice.between(0.25, 0.4), dice.between(0.6, 2.0)];
        let when = dice.pick(&[When::Before, When::After]);
        setting.put(when, BodyShape::Ragged, (at, azimuth_deg), size, dice.pick(&GOODS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::story::{RandomOptions, random_pair};

    #[test]
    fn nobody_builds_or_drives_in_wide_water() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.5), Meters(0.5)), biome: None };
        let mut spread = 0;
        for seed in 0..60 {
            let mut scene = random_pair(seed, &options);
            scene.patches.clear();
            let setting = &mut Setting::of(&mut scene);
            spread_water(setting, &mut Dice::from_seed(seed));
            for water in setting.scene.patches.iter().filter(|patch| patch.material == Material::Water) {
                spread += 1;
                assert!(!setting.taken.iter().any(|block| contains(&water.outline, block.center)), "seed {seed}");
            }
        }
        assert!(spread > 10, "{spread} waters");
    }
}
