//! A scene while it is being told: where there is room, and short ways to put things there.

use crate::simulate::description::{
    Body, BodyShape, Border, Color, Fence, Markings, Material, PaintedLine, PairDescription, Patch, Place, Road, When,
};
use crate::simulate::dice::Dice;
use crate::simulate::render::buildings::blocks_of;
use crate::simulate::render::surface::Block;

/// A scene that things are put into.
pub(in crate::simulate) struct Setting<'a> {
    /// The scene.
    pub scene: &'a mut PairDescription,
    /// Side of the image, metres.
    pub side_m: f64,
    /// Footprints, and rectangles that works took.
    pub(super) taken: Vec<Block>,
    /// How many of the patches are the land itself: fields, the floors of woods.
    pub(super) covers: usize,
}

/// How often a place is tried before whatever was to stand there is given up.
const TRIES: usize = 8;

impl<'a> Setting<'a> {
    /// A setting over a scene.
    pub(in crate::simulate) fn of(scene: &'a mut PairDescription) -> Self {
        let side_m = scene.width_px as f64 * scene.gsd_m;
        let taken = scene.buildings.iter().flat_map(blocks_of).collect();
        Setting { scene, side_m, taken, covers: 0 }
    }

    /// As [`of`](Self::of), where so many of the patches are the land itself.
    pub(in crate::simulate) fn over(scene: &'a mut PairDescription, covers: usize) -> Self {
        Setting { covers, ..Setting::of(scene) }
    }

    /// Area of the image, hectares.
    pub(in crate::simulate) fn hectares(&self) -> f64 {
        self.side_m * self.side_m / 10_000.0
    }

    /// Anywhere.
    pub(in crate::simulate) fn anywhere(&self, dice: &mut Dice) -> Place {
        [0, 1].map(|_| dice.between(0.0, self.side_m))
    }

    /// A place with this much room around it that no building takes.
    pub(in crate::simulate) fn free_spot(&self, radius_m: f64, dice: &mut Dice) -> Option<Place> {
        (0..TRIES).map(|_| self.anywhere(dice)).find(|&place| self.is_free(place, radius_m))
    }

    /// True when no building stands within a radius, by the circles around them.
    pub(in crate::simulate) fn is_free(&self, [x, y]: Place, radius_m: f64) -> bool {
        self.scene.buildings.iter().all(|building| {
            let reach = radius_m + 0.5 * building.length_m.max(building.width_m);
            (building.center[0] - x).powi(2) + (building.center[1] - y).powi(2) > reach * reach
        })
    }

    /// An azimuth: that of the buildings more often than not.
    pub(in crate::simulate) fn azimuth(&self, dice: &mut Dice) -> f64 {
        let buildings = &self.scene.buildings;
        if buildings.is_empty() || dice.chance(0.3) {
            return dice.between(0.0, 180.0);
        }
        buildings[dice.count(0, buildings.len() - 1)].azimuth_deg + 90.0 * dice.count(0, 1) as f64
    }

    /// When something is there that is no structure: it comes and goes as buildings do.
    pub(in crate::simulate) fn fate(&self, dice: &mut Dice) -> When {
        dice.weigh(&[(When::Both, 0.42), (When::After, 0.38), (When::Before, 0.2)])
    }

    /// Covers a part of the ground.
    pub(in crate::simulate) fn lay(
        &mut self,
        when: When,
        material: Material,
        outline: Vec<Place>,
        border: Border,
    ) -> &mut Patch {
        self.scene.patches.push(plain_patch(when, material, outline, border));
        self.scene.patches.last_mut().expect("invariant: one was just laid")
    }

    /// Covers the land below all that people have laid on it.
    pub(in crate::simulate) fn lay_below(&mut self, patch: Patch) {
        self.scene.patches.insert(self.covers, patch);
    }

    /// Paints a line on the ground.
    pub(in crate::simulate) fn paint(
        &mut self,
        when: When,
        line: Vec<Place>,
        width_m: f64,
        color: Color,
        opacity: f64,
    ) {
        self.scene.painted_lines.push(PaintedLine { when, line, width_m, color, opacity });
    }

    /// Puts a body on the ground; `size` is length, width and height in metres.
    pub(in crate::simulate) fn put(
        &mut self,
        when: When,
        shape: BodyShape,
        block: (Place, f64),
        size: [f64; 3],
        color: Color,
    ) {
        let ((center, azimuth_deg), [length_m, width_m, height_m]) = (block, size);
        self.scene.bodies.push(Body { when, shape, center, length_m, width_m, height_m, azimuth_deg, color });
    }

    /// Puts a fence or wall around a block.
    pub(in crate::simulate) fn enclose(&mut self, when: When, block: &Block, height_m: f64, color: Color) {
        let mut line: Vec<Place> = block.corners().into();
        line.push(line[0]);
        for line in cut_by_roads(&line, &self.scene.roads) {
            self.scene.fences.push(Fence { when, line, height_m: height_m.min(2.6), width_m: 0.2, color });
        }
    }
}

/// Where a segment enters and leaves a rectangle, as shares of its length; `None` when it misses it (Liang and Barsky).
pub(super) fn clip_to_block(block: &Block, margin: f64, from: Place, to: Place) -> Option<[f64; 2]> {
    let (start, end) = (block.local(from[0] as f32, from[1] as f32), block.local(to[0] as f32, to[1] as f32));
    let mut span = [0.0f64, 1.0];
    for (half, a, b) in [(block.half[0], start.0, end.0), (block.half[1], start.1, end.1)] {
        let (half, a, step) = (half + margin, f64::from(a), f64::from(b - a));
        if step.abs() < 1e-9 {
            if a.abs() >= half {
                return None;
            }
            continue;
        }
        let (low, high) = ((-half - a) / step, (half - a) / step);
        span = [span[0].max(low.min(high)), span[1].min(low.max(high))];
    }
    (span[0] < span[1]).then_some(span)
}

/// The rectangle of this width along a straight piece.
pub(in crate::simulate) fn band(ends: &[Place], width_m: f64) -> Block {
    let [dx, dy] = [0, 1].map(|k| ends[1][k] - ends[0][k]);
    let middle = [0, 1].map(|k| (ends[0][k] + ends[1][k]) / 2.0);
    Block::new(middle, dx.hypot(dy).max(1.0), width_m, dx.atan2(-dy).to_degrees())
}

/// True when a rectangle reaches onto one of these roads, by more than the fringe of its pavement.
pub(in crate::simulate) fn is_on_road<'a>(block: &Block, roads: impl IntoIterator<Item = &'a Road>) -> bool {
    roads.into_iter().any(|road| {
        let half = 0.5 * road.width_m - 0.2;
        let reach = block.radius() + half;
        road.line.windows(2).any(|ends| {
            let near = (0..2).all(|k| {
                ends[0][k].min(ends[1][k]) < block.center[k] + reach
                    && ends[0][k].max(ends[1][k]) > block.center[k] - reach
            });
            near && clip_to_block(block, half, ends[0], ends[1]).is_some()
        })
    })
}

/// What is left of a line where roads pass through it.
pub(in crate::simulate) fn cut_by_roads(line: &[Place], roads: &[Road]) -> Vec<Vec<Place>> {
    cut_off_roads(line, 0.2, roads)
}

/// What is left of a line where roads come this close to it.
pub(in crate::simulate) fn cut_off_roads(line: &[Place], margin_m: f64, roads: &[Road]) -> Vec<Vec<Place>> {
    let (mut parts, mut part): (Vec<Vec<Place>>, Vec<Place>) = (Vec::new(), Vec::new());
    for ends in line.windows(2) {
        let (dx, dy) = (ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]);
        let pieces = (dx.hypot(dy) / 2.0).ceil().max(1.0);
        let at = |t: f64| [ends[0][0] + t / pieces * dx, ends[0][1] + t / pieces * dy];
        // A piece of the wall as a small block; straight runs keep their two ends alone.
        let square = |i: usize| Block::new(at(i as f64 + 0.5), 2.0 * margin_m, 2.0 * margin_m, 0.0);
        let blocked: Vec<bool> = (0..pieces as usize).map(|i| is_on_road(&square(i), roads)).collect();
        if blocked.iter().any(|&yes| yes) {
            for (i, &yes) in blocked.iter().enumerate() {
                if yes {
                    parts.extend((part.len() > 1).then(|| std::mem::take(&mut part)));
                    part.clear();
                } else {
                    if part.is_empty() {
                        part.push(at(i as f64));
                    }
                    part.push(at(i as f64 + 1.0));
                }
            }
        } else {
            if part.is_empty() {
                part.push(ends[0]);
            }
            part.push(ends[1]);
        }
    }
    parts.extend((part.len() > 1).then_some(part));
    parts
}

/// True for a road that vehicles take; rivers, dry beds, rails and running tracks are bands too.
pub(in crate::simulate) fn is_driven(road: &Road) -> bool {
    let ground = matches!(
        road.material,
        Material::Asphalt
            | Material::OldAsphalt
            | Material::Concrete
            | Material::Gravel
            | Material::Soil
            | Material::Laterite
    );
    ground && road.color.is_none() && road.width_m > 4.0
}

/// A patch with nothing drawn on it.
pub(in crate::simulate) fn plain_patch(when: When, material: Material, outline: Vec<Place>, border: Border) -> Patch {
    Patch {
        when,
        material,
        color: None,
        outline,
        border,
        opacity: 1.0,
        rows_m: None,
        rows_azimuth_deg: 0.0,
        stalls: false,
    }
}

/// A straight road with nothing beside or painted on it.
pub(in crate::simulate) fn plain_road(when: When, material: Material, line: Vec<Place>, width_m: f64) -> Road {
    Road {
        when,
        material,
        color: None,
        line,
        curved: false,
        width_m,
        shoulder_m: 0.0,
        corner_m: 0.0,
        fray_m: 0.0,
        opacity: 1.0,
        markings: Markings::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn road(line: Vec<Place>) -> Road {
        plain_road(When::Both, Material::Asphalt, line, 6.0)
    }

    #[test]
    fn roads_take_their_width() {
        let roads = [road(vec![[0.0, 50.0], [100.0, 50.0]])];
        assert!(is_on_road(&Block::new([50.0, 56.0], 10.0, 10.0, 0.0), &roads));
        assert!(!is_on_road(&Block::new([50.0, 58.0], 10.0, 10.0, 0.0), &roads));
        assert!(!is_on_road(&Block::new([120.0, 50.0], 10.0, 10.0, 0.0), &roads));
    }

    #[test]
    fn walls_open_where_a_road_passes() {
        let roads = [road(vec![[0.0, 50.0], [100.0, 50.0]])];
        let parts = cut_by_roads(&[[30.0, 0.0], [30.0, 100.0], [60.0, 100.0]], &roads);
        assert_eq!(parts.len(), 2);
        assert!(parts[0].iter().all(|p| p[1] <= 48.0) && parts[1].iter().all(|p| p[1] >= 52.0));
        assert_eq!(parts[1].last(), Some(&[60.0, 100.0]));
    }
}
