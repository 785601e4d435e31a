//! Trees and bushes: bumpy crowns with stems too thin to see.

use crate::raster::window::Window;
use crate::simulate::description::{DateDescription, Scatter, Species, Tree, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::crowns::{CROWN_REACH, Crown, crowns_of};
use crate::simulate::render::paint::{Light, light_of, mix, scaled};
use crate::simulate::render::palette::{BARE_WOOD, species_colors};
use crate::simulate::render::surface::{Side, Surface};

/// Below this greenness broadleaf trees and bushes begin to stand bare (by eye).
const LEAF_FALL: f32 = 0.3;

/// Draws trees of one date; crowns that meet keep the higher one.
pub(in crate::simulate) struct TreePainter {
    greenness: f32,
    /// Factor on the light of all leaves of the scene, per band.
    stray: Light,
    /// Factor on how much leaves differ within a crown.
    roughness: f32,
    seed: u64,
}

impl TreePainter {
    /// A painter for a scene on a date.
    pub(in crate::simulate) fn new(seed: u64, date: &DateDescription) -> Self {
        let variety = &date.variety;
        let mut dice = Dice::for_part(variety.seed, "leaves");
        let brightness = 0.7 * variety.brightness * dice.normal();
        let stray = [0, 1, 2].map(|_| (brightness + variety.hue * dice.normal()).exp().clamp(0.25, 4.0) as f32);
        TreePainter {
            greenness: date.greenness as f32,
            // Colors are display values: light goes with their square.
            stray: stray.map(|v| v * v),
            roughness: (variety.grain.sqrt() as f32).clamp(0.4, 2.0),
            seed,
        }
    }

    /// Raises a tree.
    pub(in crate::simulate) fn raise(&self, surface: &mut Surface, tree: &Tree, side: u16) {
        let reach = tree.radius_m * f64::from(CROWN_REACH);
        if !surface.touches(tree.center, reach) {
            return;
        }
        let mut dice = Dice::at_place(self.seed, tree.center);
        let crowns = crowns_of(tree.species);
        let crown: &Crown = &crowns[dice.count(0, crowns.len() - 1)];
        let bare = matches!(tree.species, Species::Broadleaf | Species::Shrub)
            && self.greenness < LEAF_FALL * (0.4 + 1.2 * dice.unit() as f32);
        let color = if bare {
            scaled(light_of(BARE_WOOD), (0.25 * dice.normal()).exp() as f32)
        } else {
            self.color_of(tree.species, &mut dice)
        };
        let (squeeze, turn) = (dice.between(0.8, 1.0) as f32, dice.between(0.0, 6.3) as f32);
        let (sin, cos) = turn.sin_cos();
        let [cx, cy] = tree.center.map(|v| v as f32);
        let (height, per_radius) = (tree.height_m as f32, 1.0 / tree.radius_m as f32);
        let (along, across) = ([cos * per_radius, sin * per_radius], [-sin, cos].map(|v| v * per_radius / squeeze));
        let roughness = 0.24 * self.roughness;
        surface.draw_window(window_around(surface, tree.center, reach), |x, y, cell| {
            let (dx, dy) = (x - cx, y - cy);
            let (u, v) = (dx * along[0] + dy * along[1], dx * across[0] + dy * across[1]);
            let Some((share, leaf)) = crown.at(u, v) else { return };
            let top = height * share;
            // Between the twigs of a bare crown the ground is seen.
            if top > *cell.height && !(bare && leaf < 0.35) {
                *cell.height = top.max(0.2);
                *cell.albedo = scaled(color, (1.0 + roughness * leaf).max(0.25));
                *cell.side = side;
            }
        });
    }

    fn color_of(&self, species: Species, dice: &mut Dice) -> Light {
        let (dry, green) = species_colors(species);
        // Trees turn at different times.
        let season = (self.greenness + dice.between(-0.2, 0.2) as f32).clamp(0.0, 1.0);
        let brightness = (0.16 * dice.normal()).exp() as f32;
        let warmth = (0.08 * dice.normal()).exp() as f32;
        let [r, g, b] = scaled(mix(light_of(dry), light_of(green), season), brightness);
        [r * warmth * self.stray[0], g * self.stray[1], b / warmth * self.stray[2]].map(|v| v.min(0.9))
    }

    /// The side that trees have.
    pub(in crate::simulate) fn side(surface: &mut Surface) -> u16 {
        surface.add_side(Side::LikeTop)
    }
}

/// The cells around a circle on the ground.
fn window_around(surface: &Surface, center: [f64; 2], reach_m: f64) -> Window {
    let at = surface.cell_of(center);
    let reach = reach_m / f64::from(surface.cell_m);
    let span = |middle: f64, cells: usize| {
        let low = (middle - reach).floor().max(0.0) as usize;
        let high = ((middle + reach).ceil().max(0.0) as usize).min(cells);
        (low.min(high), high - low.min(high))
    };
    let ((row, height), (col, width)) = (span(at.y, surface.size.height), span(at.x, surface.size.width));
    Window::from_tlhw(row, col, height, width)
}

/// Metres between the clumps of a scatter.
const CLUMP_M: f64 = 45.0;

/// Grows the trees of a scatter over a rectangle of ground (x and y from 0, in metres); `is_free` refuses places.
pub(in crate::simulate) fn grow_scatter(
    scatter: &Scatter,
    seed: u64,
    ground_m: [f64; 2],
    is_free: impl Fn([f64; 2], f64) -> bool,
) -> Vec<Tree> {
    let mut dice = Dice::for_part(seed, &format!("scatter {:?} {:?}", scatter.species, scatter.outline));
    let (low, high) = bounds_of(&scatter.outline, ground_m);
    let area = (high[0] - low[0]) * (high[1] - low[1]);
    let wanted = (area / 10_000.0 * scatter.per_hectare).round() as usize;
    let clumps: Vec<[f64; 2]> = (0..(area / (CLUMP_M * CLUMP_M)).ceil() as usize)
        .map(|_| [0, 1].map(|k| dice.between(low[k], high[k])))
        .collect();
    let mut trees = Vec::with_capacity(wanted);
    for _ in 0..wanted {
        let center = if !clumps.is_empty() && dice.chance(scatter.clumping) {
            let clump = dice.pick(&clumps);
            clump.map(|v| v + 0.28 * CLUMP_M * dice.normal())
        } else {
            [0, 1].map(|k| dice.between(low[k], high[k]))
        };
        // Small ones are more common than large ones.
        let size = dice.unit().powf(1.6);
        let radius_m = scatter.radius_m[0] + (scatter.radius_m[1] - scatter.radius_m[0]) * size;
        let height_m = height_for(scatter.species, radius_m) * dice.between(0.8, 1.25);
        let (was, is) = (dice.chance(scatter.share_before), dice.chance(scatter.share_after));
        let when = match (was, is) {
            (true, true) => When::Both,
            (true, false) => When::Before,
            (false, true) => When::After,
            (false, false) => continue,
        };
        let inside = scatter.outline.is_empty() || contains(&scatter.outline, center);
        if inside && is_free(center, radius_m) {
            trees.push(Tree { when, species: scatter.species, center, radius_m, height_m });
        }
    }
    trees
}

/// Height that goes with a crown, metres: crowns of open-grown trees are about as wide as the tree is tall, conifers'
/// and palms' much narrower.
pub(in crate::simulate) fn height_for(species: Species, radius_m: f64) -> f64 {
    match species {
        Species::Broadleaf | Species::Evergreen => 1.2 + 1.9 * radius_m,
        Species::Conifer => 2.0 + 4.0 * radius_m,
        Species::Acacia => 1.5 + 1.2 * radius_m,
        Species::Palm => 4.0 + 2.0 * radius_m,
        Species::Shrub => 0.3 + 0.9 * radius_m,
    }
}

fn bounds_of(outline: &[[f64; 2]], ground_m: [f64; 2]) -> ([f64; 2], [f64; 2]) {
    if outline.is_empty() {
        // A little beyond the borders, so that crowns are cut by them.
        return ([-8.0; 2], ground_m.map(|v| v + 8.0));
    }
    let fold = |k: usize, pick: fn(f64, f64) -> f64, from: f64| outline.iter().map(|p| p[k]).fold(from, pick);
    ([0, 1].map(|k| fold(k, f64::min, f64::MAX)), [0, 1].map(|k| fold(k, f64::max, f64::MIN)))
}

/// True when a place lies inside an outline (even-odd).
pub(in crate::simulate) fn contains(outline: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    (0..outline.len()).fold(false, |inside, i| {
        let (a, b) = (outline[i], outline[(i + 1) % outline.len()]);
        let crosses = (a[1] <= y) != (b[1] <= y) && x < a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]);
        inside != crosses
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scatter_keeps_its_density_and_shares() {
        let scatter = Scatter {
            species: Species::Acacia,
            outline: vec![[10.0, 10.0], [210.0, 10.0], [210.0, 110.0], [10.0, 110.0]],
            per_hectare: 400.0,
            radius_m: [1.0, 4.0],
            clumping: 0.0,
            share_before: 1.0,
            share_after: 0.5,
        };
        let trees = grow_scatter(&scatter, 5, [300.0, 300.0], |_, _| true);
        assert_eq!(trees.len(), 800);
        let kept = trees.iter().filter(|tree| tree.when == When::Both).count();
        assert!((340..460).contains(&kept), "{kept}");
        assert!(trees.iter().all(|tree| contains(&scatter.outline, tree.center)));
        assert_eq!(trees, grow_scatter(&scatter, 5, [300.0, 300.0], |_, _| true));
    }
}
