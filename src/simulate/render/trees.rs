//! Trees and bushes: bumpy crowns with stems too thin to see.

use crate::raster::window::Window;
use crate::simulate::description::{DateDescription, Scatter, Species, Tree, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::crowns::{CROWN_REACH, Crown, crowns_of, dead_crowns, winter_crowns};
use crate::simulate::render::paint::{Light, light_of, mix, scaled};
use crate::simulate::render::palette::{BARE_WOOD, species_colors};
use crate::simulate::render::surface::{Side, Surface};

/// Below this greenness broadleaf trees and bushes begin to stand bare (by eye).
const LEAF_FALL: f32 = 0.36;

/// Share of trees that are dead.
const DEAD: f64 = 0.03;

/// Leaves darker than this many standard deviations are gaps of the crown (by eye).
const GAP: f32 = -1.25;

/// Dense twigs in the sun are paler than bark, and their crown has more gaps than one of leaves (by eye, beside levir_val).
const THICKET_LIGHT: f32 = 1.5;
const THICKET_GAPS: f32 = 1.25;

/// Shadows of crowns are thrown at most this far, metres.
const LONGEST_THROW_M: f32 = 60.0;

/// A tree on one date.
struct TreeLook {
    crown: &'static Crown,
    /// Without leaves: twigs over what lies below.
    bare: bool,
    /// Without leaves, and yet a crown: how much lighter and darker its twigs are than leaves would be.
    gaps: f32,
    /// Painted, crown and shadow, instead of raised: what is raised casts the shadow of a solid column.
    light: bool,
    color: Light,
    squeeze: f32,
    turn: f32,
}

/// A crown where it is drawn: turned, squeezed and, when it is painted, moved to where the view shows it.
pub(in crate::simulate) struct PlacedCrown {
    look: TreeLook,
    /// Its middle, metres on the ground.
    pub center: [f64; 2],
    along: [f32; 2],
    across: [f32; 2],
}

impl PlacedCrown {
    /// Half the side of the square around a tree's crown, metres.
    pub(in crate::simulate) fn reach_m(tree: &Tree) -> f64 {
        tree.radius_m * f64::from(CROWN_REACH)
    }

    /// True when it has no leaves: what lies below is seen through it.
    pub(in crate::simulate) fn is_bare(&self) -> bool {
        self.look.bare
    }

    /// True when it is painted on what it stands above, false when it is raised.
    pub(in crate::simulate) fn is_painted(&self) -> bool {
        self.look.light
    }

    /// Height as a share of the tree's where it covers a place on the ground; painted crowns have gaps.
    #[inline]
    pub(in crate::simulate) fn cover_at(&self, x: f32, y: f32) -> Option<f32> {
        let [cx, cy] = self.center.map(|v| v as f32);
        let (share, leaf) = self.at(x - cx, y - cy)?;
        (!self.look.light || leaf >= GAP).then_some(share)
    }

    /// What the stamp says at metres from its middle.
    #[inline]
    fn at(&self, dx: f32, dy: f32) -> Option<(f32, f32)> {
        let Self { along, across, .. } = self;
        self.look.crown.at(dx * along[0] + dy * along[1], dx * across[0] + dy * across[1])
    }
}

/// Draws trees of one date; crowns that meet keep the higher one.
pub(in crate::simulate) struct TreePainter {
    greenness: f32,
    /// Factor on the light of all leaves of the scene, per band.
    stray: Light,
    /// Factor on the light of bark and twigs: those of birches and planes are pale, wet ones nearly black (by eye).
    bark: f32,
    /// Share of what leafless crowns hide, and of the light they take.
    twigs: f32,
    /// Share of leafless trees that are seen as crowns.
    thickets: f64,
    /// Factor on how much leaves differ within a crown.
    roughness: f32,
    /// Unit vector on the ground along which shadows fall, and metres of shadow for one of height.
    away: [f32; 2],
    cotangent: f32,
    /// Share of the light that a dense crown takes.
    shade: f32,
    /// Unit vector on the ground along which tops lean, and metres of lean for one of height.
    view_away: [f64; 2],
    lean: f64,
    seed: u64,
}

impl TreePainter {
    /// A painter for a scene on a date.
    pub(in crate::simulate) fn new(seed: u64, date: &DateDescription) -> Self {
        let variety = &date.variety;
        let mut dice = Dice::for_part(variety.seed, "leaves");
        let brightness = 0.7 * variety.brightness * dice.normal();
        let stray = [0, 1, 2].map(|_| (brightness + variety.hue * dice.normal()).exp().clamp(0.25, 4.0) as f32);
        let away = |azimuth_deg: f64| {
            let (sin, cos) = azimuth_deg.to_radians().sin_cos();
            [-sin, cos]
        };
        let bark = dice.weigh(&[(0.7, 0.3), (1.3, 0.4), (2.5, 0.3)]);
        TreePainter {
            bark,
            twigs: variety.twigs as f32,
            thickets: variety.thickets,
            away: away(date.sun_azimuth_deg).map(|v| v as f32),
            cotangent: (1.0 / date.sun_elevation_deg.to_radians().tan()) as f32,
            shade: 0.9 * (1.0 - date.camera.skylight as f32),
            view_away: away(date.view_azimuth_deg),
            lean: date.off_nadir_deg.to_radians().tan(),
            greenness: date.greenness as f32,
            // Colors are display values: light goes with their square.
            stray: stray.map(|v| v * v),
            roughness: (variety.grain.sqrt() as f32).clamp(0.4, 2.0),
            seed,
        }
    }

    /// Darkens the ground below the crowns whose shadow lies apart from the stem or lets light through.
    pub(in crate::simulate) fn shade(&self, surface: &mut Surface, tree: &Tree) {
        let look = self.look_of(tree);
        if !look.light {
            return;
        }
        let middle = tree.height_m as f32 * if look.bare { 0.6 } else { 0.78 };
        let throw = (middle * self.cotangent).min(LONGEST_THROW_M);
        let radius = tree.radius_m as f32;
        // A crown is about as thick as half its radius; its shadow is longer than wide.
        let stretch = 1.0 + 0.4 * self.cotangent.min(2.0);
        let [ax, ay] = self.away;
        let [cx, cy] = tree.center.map(|v| v as f32);
        let (cx, cy) = (cx + throw * ax, cy + throw * ay);
        let reach = tree.radius_m * f64::from(CROWN_REACH * stretch);
        let center = [f64::from(cx), f64::from(cy)];
        if !surface.touches(center, reach) {
            return;
        }
        let (along, across) = (1.0 / (radius * stretch), 1.0 / radius);
        let highest = 0.5 * tree.height_m as f32;
        surface.draw_window(window_around(surface, center, reach), |x, y, cell| {
            let (dx, dy) = (x - cx, y - cy);
            let (u, v) = ((dx * ax + dy * ay) * along, (dy * ax - dx * ay) * across);
            let Some((cover, leaf)) = look.crown.at(u, v) else { return };
            if *cell.height > highest {
                return;
            }
            // Boughs above each other darken more than those one sees from above (by eye).
            let dense = if look.bare { 1.5 * self.twigs * cover } else { 1.2 + 0.5 * leaf };
            let taken = self.shade * dense.clamp(0.0, 1.0);
            *cell.albedo = scaled(*cell.albedo, 1.0 - taken);
        });
    }

    /// Puts the crown of a tree in its place.
    pub(in crate::simulate) fn place(&self, tree: &Tree) -> PlacedCrown {
        let look = self.look_of(tree);
        // Crowns that are painted stand where the view shows them.
        let lean = if look.light { 0.8 * tree.height_m * self.lean } else { 0.0 };
        let per_radius = 1.0 / tree.radius_m as f32;
        let (sin, cos) = look.turn.sin_cos();
        PlacedCrown {
            center: [0, 1].map(|k| tree.center[k] + lean * self.view_away[k]),
            along: [cos * per_radius, sin * per_radius],
            across: [-sin, cos].map(|v| v * per_radius / look.squeeze),
            look,
        }
    }

    /// Raises a tree.
    pub(in crate::simulate) fn raise(&self, surface: &mut Surface, tree: &Tree, side: u16) {
        let reach = PlacedCrown::reach_m(tree);
        let crown = self.place(tree);
        if !surface.touches(crown.center, reach) {
            return;
        }
        let look = &crown.look;
        let [cx, cy] = crown.center.map(|v| v as f32);
        let (height, per_radius) = (tree.height_m as f32, 1.0 / tree.radius_m as f32);
        let roughness = 0.30 * self.roughness * look.gaps;
        let sunward = self.away.map(|v| -per_radius * v * if look.light { 0.45 } else { 0.3 });
        surface.draw_window(window_around(surface, crown.center, reach), |x, y, cell| {
            let (dx, dy) = (x - cx, y - cy);
            let Some((share, leaf)) = crown.at(dx, dy) else { return };
            if look.bare {
                if *cell.height < height {
                    *cell.albedo = mix(*cell.albedo, look.color, self.twigs * share);
                }
                return;
            }
            // Through gaps one looks into the dark.
            let gap = leaf < GAP / look.gaps;
            let lit = 1.0 + dx * sunward[0] + dy * sunward[1];
            let light = scaled(look.color, (lit + roughness * leaf).max(0.2) * if gap { 0.45 } else { 1.0 });
            if look.light {
                if *cell.height < height && !gap {
                    *cell.albedo = light;
                }
                return;
            }
            let top = height * share;
            if top > *cell.height {
                *cell.height = top.max(0.2);
                *cell.albedo = light;
                *cell.side = side;
            }
        });
    }

    /// What a tree looks like on this date; the same draws every time.
    fn look_of(&self, tree: &Tree) -> TreeLook {
        let mut dice = Dice::at_place(self.seed, tree.center);
        let sheds = match tree.species {
            Species::Broadleaf => self.greenness < LEAF_FALL * (0.3 + 1.5 * dice.unit() as f32) || dice.chance(DEAD),
            Species::Shrub => self.greenness < LEAF_FALL * (0.1 + 0.8 * dice.unit() as f32),
            _ => dice.chance(DEAD),
        };
        // Bushes are too small for twigs to be told.
        let bare = sheds && tree.species != Species::Palm && tree.radius_m > 1.0;
        let thicket = bare && self.thickets > 0.0 && dice.chance(self.thickets);
        let bare = bare && !thicket;
        let crowns = match tree.species {
            Species::Broadleaf | Species::Shrub if bare => winter_crowns(),
            _ if bare => dead_crowns(),
            species => crowns_of(species),
        };
        let crown = &crowns[dice.count(0, crowns.len() - 1)];
        let color = if sheds {
            // Bark and twigs are gray, brown or reddish.
            let red = (0.08 * dice.normal()).exp() as f32;
            let lit = if thicket { THICKET_LIGHT * self.bark.sqrt() } else { self.bark };
            let [r, g, b] = scaled(light_of(BARE_WOOD), lit * (0.3 * dice.normal()).exp() as f32);
            [r * red, g, b / red.sqrt()]
        } else {
            self.color_of(tree.species, &mut dice)
        };
        let airy = match tree.species {
            Species::Palm | Species::Acacia => true,
            Species::Broadleaf | Species::Evergreen => tree.radius_m > 1.5 && dice.chance(0.25),
            Species::Conifer | Species::Shrub => false,
        };
        let (squeeze, turn) = (dice.between(0.8, 1.0) as f32, dice.between(0.0, 6.3) as f32);
        let gaps = if thicket { THICKET_GAPS } else { 1.0 };
        TreeLook { crown, bare, gaps, light: bare || airy, color, squeeze, turn }
    }

    fn color_of(&self, species: Species, dice: &mut Dice) -> Light {
        let (dry, green) = species_colors(species);
        // Trees turn at different times.
        let season = (self.greenness + dice.between(-0.2, 0.2) as f32).clamp(0.0, 1.0);
        let brightness = (0.24 * dice.normal()).exp() as f32;
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
    use crate::simulate::description::USUAL_STAND_OFF;

    #[test]
    fn a_scatter_keeps_its_density_and_shares() {
        let scatter = Scatter {
            species: Species::Acacia,
            outline: vec![[10.0, 10.0], [210.0, 10.0], [210.0, 110.0], [10.0, 110.0]],
            per_hectare: 400.0,
            radius_m: [1.0, 4.0],
            clumping: 0.0,
            stand_off: USUAL_STAND_OFF,
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
