//! Land cut into a slope: benches one above the other over the whole image, gullies that run down between them.

use crate::simulate::description::{Border, Color, Material, PaintedLine, Patch, Place, Relief, Ridge, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::clearance::cut_by_blocks;
use crate::simulate::story::land::graded::EARTHS;
use crate::simulate::story::outlines::blob;
use crate::simulate::story::setting::{Setting, cut_off_roads, plain_patch};

/// Pieces that a line along or down the slope is made of.
const PIECES: usize = 10;

/// Most benches of a hillside.
const MOST_BENCHES: f64 = 24.0;

/// Extent of the hills that lie under a hillside, metres (by eye: longer than most images are wide).
const HILLS_M: [f64; 2] = [80.0, 260.0];

/// Slopes of those hills, rise over run.
const STEEP: [f64; 2] = [0.15, 0.4];

/// Light of freshly cut earth beside that of graded land (by eye: it is damp).
const FRESH: f64 = 0.85;

/// A hillside: its axes, along the contour lines and down the slope, and how the contour lines wind.
struct Hillside {
    axes: Block,
    reach_m: f64,
    swing_m: f64,
    waves: [f64; 2],
    when: When,
}

/// Cuts benches and gullies into a slope as wide as the image: terraces, cleared hillsides, the walls of pits, road cuttings.
pub(in crate::simulate) fn cut_hillside(setting: &mut Setting<'_>, dice: &mut Dice) {
    // Water is level.
    if setting.scene.patches.iter().any(|patch| patch.material == Material::Water) {
        return;
    }
    let side = setting.side_m;
    let azimuth = dice.between(0.0, 180.0);
    let hillside = Hillside {
        axes: Block::new([side / 2.0, side / 2.0], 1.0, 1.0, azimuth),
        reach_m: 0.75 * side,
        swing_m: dice.between(0.02, 0.12) * side,
        waves: [dice.between(0.6, 2.4) / side, dice.between(0.0, std::f64::consts::TAU)],
        when: dice.weigh(&[(When::Both, 0.6), (When::After, 0.25), (When::Before, 0.15)]),
    };
    if setting.scene.relief.is_none() {
        let size_m = dice.between(HILLS_M[0], HILLS_M[1]);
        setting.scene.relief = Some(Relief { height_m: 0.6 * size_m * dice.between(STEEP[0], STEEP[1]), size_m });
    }
    if dice.chance(0.5) {
        hillside.bare(setting, dice);
    }
    if dice.chance(0.8) {
        hillside.bench(setting, dice);
    }
    if dice.chance(0.6) {
        hillside.gully(setting, dice);
    }
}

impl Hillside {
    /// A place at metres along the contour lines and down the slope.
    fn place(&self, along: f64, down: f64) -> Place {
        let [pace, phase] = self.waves;
        self.axes.place(along, down + self.swing_m * (std::f64::consts::TAU * pace * along + phase).sin())
    }

    /// Raw earth over a part of the slope, below all that lies on it.
    fn bare(&self, setting: &mut Setting<'_>, dice: &mut Dice) {
        let middle = self.place(dice.between(-0.5, 0.5) * self.reach_m, dice.between(-0.5, 0.5) * self.reach_m);
        let outline = blob(middle, dice.between(0.4, 1.1) * self.reach_m, 0.4, dice);
        let border = dice.pick(&[Border::Organic, Border::Faded]);
        let earth = plain_patch(self.when, Material::Clay, outline, border);
        let color = dice.chance(0.7).then(|| dice.pick(&EARTHS).map(|v| (f64::from(v) * FRESH) as u8));
        setting.lay_below(Patch { color, opacity: dice.between(0.5, 1.0), ..earth });
    }

    /// Banks along the contour lines, some of which end on the slope.
    fn bench(&self, setting: &mut Setting<'_>, dice: &mut Dice) {
        let pitch = dice.between(5.0, 26.0).max(2.0 * self.reach_m / MOST_BENCHES);
        let slope_m = pitch * dice.between(0.1, 0.32);
        let height_m = slope_m * dice.between(0.12, 0.45);
        let grown = [Material::Grass, Material::DryGrass, Material::Scrub, Material::Soil, Material::Clay];
        let (material, opacity) = (dice.pick(&grown), dice.between(0.0, 0.6));
        let crest_m = dice.between(0.3, 0.2 * pitch);
        let room = 0.5 * crest_m + slope_m + 1.0;
        for number in 0..(2.0 * self.reach_m / pitch) as usize {
            if dice.chance(0.12) {
                continue;
            }
            let down = number as f64 * pitch - self.reach_m + 0.1 * pitch * dice.normal();
            let ends = [dice.weigh(&[(-1.0, 0.7), (-0.3, 0.3)]), dice.weigh(&[(1.0, 0.7), (0.3, 0.3)])];
            let line = (0..=PIECES).map(|i| {
                let t = i as f64 / PIECES as f64;
                self.place(self.reach_m * (ends[0] + t * (ends[1] - ends[0])), down)
            });
            for line in open_parts(setting, &line.collect::<Vec<_>>(), room) {
                setting.scene.ridges.push(Ridge {
                    when: self.when,
                    material,
                    line,
                    crest_m,
                    slope_m,
                    height_m,
                    opacity,
                });
            }
        }
    }

    /// Gullies down the slope: pale or dark lines that wind and widen.
    fn gully(&self, setting: &mut Setting<'_>, dice: &mut Dice) {
        let color: Color = dice.pick(&[[206, 188, 158], [88, 76, 62], [66, 70, 50], [150, 130, 104]]);
        for _ in 0..dice.count(3, 18) {
            let (along, from) = (dice.between(-1.0, 1.0) * self.reach_m, dice.between(-1.0, 0.6) * self.reach_m);
            let (length, stray) = (dice.between(0.2, 0.9) * self.reach_m, dice.between(1.0, 4.0));
            let (width_m, opacity) = (dice.between(0.4, 2.0), dice.between(0.15, 0.6));
            let mut aside = 0.0;
            let line: Vec<Place> = (0..=PIECES)
                .map(|i| {
                    aside += stray * dice.normal();
                    self.place(along + aside, from + length * i as f64 / PIECES as f64)
                })
                .collect();
            for line in open_parts(setting, &line, 1.0) {
                setting.scene.painted_lines.push(PaintedLine { when: self.when, line, width_m, color, opacity });
            }
        }
    }
}

/// What is left of a line beside buildings, works and roads, by a margin.
fn open_parts(setting: &Setting<'_>, line: &[Place], margin_m: f64) -> Vec<Vec<Place>> {
    let grown: Vec<Block> = setting
        .taken
        .iter()
        .map(|block| block.widened(2.0 * (block.half[0] + margin_m), 2.0 * (block.half[1] + margin_m)))
        .collect();
    let beside = cut_by_blocks(line, &grown);
    beside.iter().flat_map(|part| cut_off_roads(part, margin_m, &setting.scene.roads)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::story::setting::clip_to_block;
    use crate::simulate::story::{RandomOptions, random_pair};

    #[test]
    fn benches_pass_what_is_built() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.5), Meters(0.5)), biome: None };
        let (mut benches, mut met) = (0, 0);
        for seed in 0..40 {
            let mut scene = random_pair(seed, &options);
            scene.ridges.clear();
            scene.patches.retain(|patch| patch.material != Material::Water);
            let mut setting = Setting::of(&mut scene);
            cut_hillside(&mut setting, &mut Dice::from_seed(seed));
            benches += setting.scene.ridges.len();
            let pieces = setting.scene.ridges.iter().flat_map(|ridge| ridge.line.windows(2));
            met += pieces
                .filter(|ends| setting.taken.iter().any(|block| clip_to_block(block, 0.0, ends[0], ends[1]).is_some()))
                .count();
        }
        assert!(benches > 100 && met == 0, "{benches} benches, {met} pieces in houses");
    }
}
