//! Homesteads of savannas: round huts around a swept yard, behind a fence of brush or a wall of mud.

use std::f64::consts::TAU;

use crate::simulate::description::{Border, Color, Place, Species, Tree, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::trees::height_for;
use crate::simulate::story::plot::Fate;
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::houses::{draw_hut, draw_round_hut};
use crate::simulate::story::structures::styles::stray_color;

/// Brush, reed mats, mud.
const ENCLOSURES: [Color; 4] = [[84, 70, 54], [120, 102, 76], [158, 136, 108], [146, 112, 84]];

/// Corners of a fence around a yard.
const FENCE_CORNERS: usize = 14;

/// What the homesteads of a scene have in common.
struct Custom {
    /// Narrowest and widest hut, metres.
    across_m: [f64; 2],
    /// Share of homesteads that are fenced.
    fenced: f64,
    /// Share of huts that are no circles.
    oblong: f64,
}

impl Site<'_> {
    /// Families by themselves or side by side, each around its own yard.
    pub(in crate::simulate) fn homesteads(&mut self, dice: &mut Dice) {
        let custom = Custom {
            across_m: [dice.between(3.2, 5.0), dice.between(4.5, 8.0)],
            fenced: dice.pick(&[0.0, 0.5, 0.95]),
            oblong: dice.pick(&[0.0, 0.15, 0.4]),
        };
        let per_hectare = dice.pick(&[2.0, 5.0, 10.0]) * dice.between(0.7, 1.3);
        let wanted = ((self.side_m * self.side_m / 10_000.0 * per_hectare) as usize).clamp(2, 60);
        let mut yards: Vec<(Place, f64)> = Vec::new();
        for number in 0..3 * wanted {
            let center = [0, 1].map(|_| dice.between(-8.0, self.side_m + 8.0));
            let huts = dice.count(2, 8);
            let radius = custom.across_m[1] * (0.9 + 0.28 * huts as f64) * dice.between(0.9, 1.3);
            let apart = |(other, reach): &(Place, f64)| {
                (other[0] - center[0]).hypot(other[1] - center[1]) > radius + reach + 1.0
            };
            if yards.len() < wanted && self.is_near(center, 10.0) && yards.iter().all(apart) {
                yards.push((center, radius));
                self.homestead(&custom, (center, radius), huts, number as i64, dice);
            }
        }
    }

    fn homestead(&mut self, custom: &Custom, yard: (Place, f64), huts: usize, row: i64, dice: &mut Dice) {
        let (center, radius) = yard;
        let fate = self.fate(center, row, dice);
        self.pave(fate.when, self.opened, ring(yard, 1.0, dice), Border::Organic);
        self.thin_last(None, dice.between(0.35, 0.95));
        let first = dice.between(0.0, TAU);
        for number in 0..huts {
            let angle = first + TAU * (number as f64 + 0.2 * dice.normal()) / huts as f64;
            let place = polar(center, radius * dice.between(0.5, 0.78), angle);
            let hut = if dice.chance(custom.oblong) {
                draw_hut(place, angle.to_degrees(), self.style, dice)
            } else {
                draw_round_hut(place, dice.between(custom.across_m[0], custom.across_m[1]), dice)
            };
            // Now and then a hut is added to a homestead, or falls in.
            let own = if dice.chance(0.12) { self.fate(place, row + 1, dice) } else { fate };
            if self.is_clear_around(&hut, 0.4) {
                self.build(hut, Fate { extended: false, ..own }, dice);
            }
        }
        if dice.chance(custom.fenced) {
            // Open on one side.
            let line = ring(yard, 1.05, dice);
            let (height_m, width_m) = (dice.between(1.1, 2.0), dice.between(0.3, 0.9));
            self.wall(fate.when, &line, height_m, width_m, stray_color(dice.pick(&ENCLOSURES), 0.1, dice));
        }
        if dice.chance(0.5) {
            let (species, radius_m) = (Species::Broadleaf, dice.between(1.5, 4.5));
            let spot = [0, 1].map(|k| center[k] + 0.2 * radius * dice.normal());
            let height_m = height_for(species, radius_m);
            self.scene.trees.push(Tree { when: When::Both, species, center: spot, radius_m, height_m });
        }
    }
}

/// Places around a yard, at about this share of its radius.
fn ring((center, radius): (Place, f64), share: f64, dice: &mut Dice) -> Vec<Place> {
    let angle = |corner: usize| TAU * corner as f64 / FENCE_CORNERS as f64;
    (0..FENCE_CORNERS).map(|corner| polar(center, share * radius * dice.between(0.92, 1.08), angle(corner))).collect()
}

fn polar(center: Place, reach: f64, angle: f64) -> Place {
    [center[0] + reach * angle.cos(), center[1] + reach * angle.sin()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::story::plot::Plot;
    use crate::simulate::story::settlements::site::settle;
    use crate::simulate::story::{Layout, RandomOptions, random_pair};

    #[test]
    fn homesteads_are_round_huts_around_yards() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.5), Meters(0.5)), biome: None };
        let mut scene = random_pair(3, &options);
        (scene.buildings, scene.roads, scene.patches) = (Vec::new(), Vec::new(), Vec::new());
        settle(&mut scene, Layout::Homesteads, Plot::Nothing, &mut Dice::from_seed(4));
        let round = scene.buildings.iter().filter(|hut| hut.round).count();
        assert!(round >= 4 && 2 * round > scene.buildings.len(), "{round} of {}", scene.buildings.len());
    }
}
