//! Trees and bushes: bumpy crowns with stems too thin to see.

use crate::simulate::description::{DateDescription, Scatter, Species, Tree, When};
use crate::simulate::dice::Dice;
use crate::simulate::noise::{Field, Texture};
use crate::simulate::paint::{Light, light_of, mix, scaled};
use crate::simulate::palette::species_colors;
use crate::simulate::surface::{Side, Surface};

/// How a crown is built.
struct Habit {
    /// Height of the crown as a share of the tree's height.
    crown: f32,
    /// How far its outline strays, as a share of the radius.
    raggedness: f32,
    /// Depth of its bumps, metres for one metre of radius.
    bumps: f32,
    /// Exponent of its profile: 1 is a cone, 0.5 a ball.
    profile: f32,
    /// Rays of a palm.
    rays: Option<f32>,
}

fn habit_of(species: Species) -> Habit {
    let habit = |crown, raggedness, bumps, profile| Habit { crown, raggedness, bumps, profile, rays: None };
    match species {
        Species::Broadleaf => habit(0.7, 0.22, 0.16, 0.5),
        Species::Evergreen => habit(0.75, 0.20, 0.15, 0.5),
        Species::Conifer => habit(0.9, 0.15, 0.08, 0.95),
        Species::Acacia => habit(0.45, 0.32, 0.14, 0.35),
        Species::Palm => Habit { rays: Some(9.0), ..habit(0.3, 0.1, 0.1, 0.6) },
        Species::Shrub => habit(0.9, 0.32, 0.20, 0.5),
    }
}

/// Draws trees of one date; crowns that meet keep the higher one.
pub(super) struct TreePainter {
    outline: Field,
    bumps: Field,
    leaves: Field,
    greenness: f32,
    seed: u64,
}

impl TreePainter {
    /// A painter for a scene on a date.
    pub(super) fn new(seed: u64, date: &DateDescription) -> Self {
        let mut dice = Dice::for_part(seed, "crowns");
        TreePainter {
            outline: Field::lay_anyhow(Texture::Crown, 0.22, &mut dice),
            bumps: Field::lay_anyhow(Texture::Crown, 0.16, &mut dice),
            leaves: Field::lay_anyhow(Texture::Grain, 0.3, &mut dice),
            greenness: date.greenness as f32,
            seed,
        }
    }

    /// Raises a tree.
    pub(super) fn raise(&self, surface: &mut Surface, tree: &Tree, side: u16) {
        let radius = tree.radius_m as f32;
        if !surface.touches(tree.center, tree.radius_m * 1.6) {
            return;
        }
        let mut dice = Dice::at_place(self.seed, tree.center);
        let habit = habit_of(tree.species);
        let color = self.color_of(tree.species, &mut dice);
        let (squeeze, turn) = (dice.between(0.8, 1.0) as f32, dice.between(0.0, 3.2) as f32);
        let (sin, cos) = turn.sin_cos();
        let [cx, cy] = tree.center.map(|v| v as f32);
        let reach = tree.radius_m * 1.5;
        let [x, y] = tree.center;
        let square = [[x - reach, y - reach], [x + reach, y - reach], [x + reach, y + reach], [x - reach, y + reach]];
        let height = tree.height_m as f32;
        surface.draw_polygon(&square, |x, y, cell| {
            let (dx, dy) = (x - cx, y - cy);
            let (u, v) = (dx * cos + dy * sin, (dy * cos - dx * sin) / squeeze);
            let mut from_stem = (u * u + v * v).sqrt() / radius;
            from_stem += habit.raggedness * self.outline.at(x, y);
            if let Some(rays) = habit.rays {
                from_stem *= 1.25 - 0.45 * (rays * v.atan2(u)).cos();
            }
            let from_stem = from_stem.max(0.0);
            if from_stem >= 1.0 {
                return;
            }
            let profile = (1.0 - from_stem * from_stem).powf(habit.profile);
            let top =
                height * (1.0 - habit.crown * (1.0 - profile)) + habit.bumps * radius.min(4.0) * self.bumps.at(x, y);
            if top > *cell.height {
                *cell.height = top.max(0.2);
                *cell.albedo = scaled(color, (1.0 + 0.16 * self.leaves.at(x, y)).max(0.4));
                *cell.side = side;
            }
        });
    }

    fn color_of(&self, species: Species, dice: &mut Dice) -> Light {
        let (dry, green) = species_colors(species);
        // Trees turn at different times.
        let season = (self.greenness + dice.between(-0.2, 0.2) as f32).clamp(0.0, 1.0);
        let brightness = (0.14 * dice.normal()).exp() as f32;
        let warmth = (0.08 * dice.normal()).exp() as f32;
        let [r, g, b] = scaled(mix(light_of(dry), light_of(green), season), brightness);
        [r * warmth, g, b / warmth]
    }

    /// The side that trees have.
    pub(super) fn side(surface: &mut Surface) -> u16 {
        surface.add_side(Side::LikeTop)
    }
}

/// Metres between the clumps of a scatter.
const CLUMP_M: f64 = 45.0;

/// Grows the trees of a scatter over a rectangle of ground (x and y from 0, in metres); `is_free` refuses places.
pub(super) fn grow_scatter(
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
pub(super) fn height_for(species: Species, radius_m: f64) -> f64 {
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
pub(super) fn contains(outline: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
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
