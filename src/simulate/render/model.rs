//! The scene model: a description with everything scattered put in its place.

use crate::simulate::description::{DateDescription, PairDescription, Place, Tree, When};
use crate::simulate::render::buildings::{blocks_of, top_of};
use crate::simulate::render::roads::center_line;
use crate::simulate::render::surface::Block;
use crate::simulate::render::trees::{contains, grow_scatter};

/// A scene ready to be drawn.
pub(in crate::simulate) struct SceneModel<'a> {
    /// What was asked for.
    pub description: &'a PairDescription,
    /// Trees of the description and of its scatters.
    pub trees: Vec<Tree>,
    /// Height of the highest thing, metres.
    pub highest_m: f64,
}

impl<'a> SceneModel<'a> {
    /// Places scattered trees off roads, hard surfaces and buildings.
    pub(in crate::simulate) fn of(description: &'a PairDescription) -> Self {
        let ground_m = [description.width_px, description.height_px].map(|px| px as f64 * description.gsd_m);
        let lasting = KeepClear::of(&part_of(description, When::Both));
        let [gone, came] = [When::Before, When::After].map(|when| KeepClear::of(&part_of(description, when)));
        let mut trees = description.trees.clone();
        for (number, scatter) in description.scatters.iter().enumerate() {
            let seed = description.seed.wrapping_add(number as u64);
            let grown = grow_scatter(scatter, seed, ground_m, |place, radius| {
                lasting.is_free(place, radius, scatter.stand_off)
            });
            trees.extend(grown.into_iter().filter_map(|tree| {
                let free = |clear: &KeepClear| clear.is_free(tree.center, tree.radius_m, scatter.stand_off);
                make_way(&tree, free(&gone), free(&came)).map(|when| Tree { when, ..tree })
            }));
        }
        let highest_m = description
            .buildings
            .iter()
            .map(|building| top_of(building) + 2.0)
            .chain(trees.iter().map(|tree| tree.height_m * 1.2))
            .chain(description.aircraft.iter().map(|_| 11.0))
            .chain(description.bodies.iter().map(|body| body.height_m))
            .chain([4.0])
            .fold(0.0, f64::max);
        SceneModel { description, trees, highest_m }
    }

    /// What is known of a date.
    pub(in crate::simulate) fn date(&self, date: When) -> &DateDescription {
        if date == When::Before { &self.description.before } else { &self.description.after }
    }
}

/// What of a description is there on exactly these dates.
fn part_of(description: &PairDescription, when: When) -> PairDescription {
    let mut part = description.clone();
    part.buildings.retain(|building| building.when == when);
    part.roads.retain(|road| road.when == when);
    part.patches.retain(|patch| patch.when == when);
    part
}

/// When a tree stands, whose place is free or not of what was torn down, and of what was built: it is felled for what
/// comes, and does not grow where something stood a while ago. Woods have no gaps where houses will be.
fn make_way(tree: &Tree, free_before: bool, free_after: bool) -> Option<When> {
    match (tree.when, free_before, free_after) {
        (When::After, _, false) | (When::Before | When::Both, false, _) => None,
        (When::Both, true, false) => Some(When::Before),
        (when, ..) => Some(when),
    }
}

/// Where no tree may stand.
pub(in crate::simulate) struct KeepClear {
    blocks: Vec<Block>,
    /// Center line, half the width, and the rectangle around both.
    bands: Vec<(Vec<Place>, f64, [Place; 2])>,
    pavements: Vec<Vec<Place>>,
}

impl KeepClear {
    /// Buildings, roads and patches that are paved, wet or played on.
    pub(in crate::simulate) fn of(description: &PairDescription) -> Self {
        use crate::simulate::description::Material::{Asphalt, Clay, Concrete, OldAsphalt, Pool, Turf, Water};
        let hard = [Asphalt, OldAsphalt, Concrete, Water, Pool, Clay, Turf];
        KeepClear {
            blocks: description.buildings.iter().flat_map(blocks_of).collect(),
            bands: description.roads.iter().map(|road| band_of(center_line(road), road.width_m / 2.0)).collect(),
            pavements: description
                .patches
                .iter()
                .filter(|patch| hard.contains(&patch.material))
                .map(|patch| patch.outline.clone())
                .collect(),
        }
    }

    /// True when a tree of this radius may stand at a place; stand_off: radii between its stem and buildings.
    pub(in crate::simulate) fn is_free(&self, place: Place, radius: f64, stand_off: f64) -> bool {
        let margin = 0.5 * radius;
        let eaves = stand_off * radius;
        let on_block = self.blocks.iter().any(|block| {
            let (along, across) = block.local(place[0] as f32, place[1] as f32);
            f64::from(along.abs()) < block.half[0] + eaves && f64::from(across.abs()) < block.half[1] + eaves
        });
        let on_band = || {
            self.bands.iter().any(|(line, half, [low, high])| {
                (0..2).all(|k| low[k] - margin < place[k] && place[k] < high[k] + margin)
                    && near(line, place, half + margin)
            })
        };
        let on_pavement = || self.pavements.iter().any(|outline| contains(outline, place));
        !on_block && !on_band() && !on_pavement()
    }
}

fn band_of(line: Vec<Place>, half: f64) -> (Vec<Place>, f64, [Place; 2]) {
    let low = [0, 1].map(|k| line.iter().map(|p| p[k]).fold(f64::MAX, f64::min) - half);
    let high = [0, 1].map(|k| line.iter().map(|p| p[k]).fold(f64::MIN, f64::max) + half);
    (line, half, [low, high])
}

/// True when a place lies within a distance of a line.
fn near(line: &[Place], place: Place, distance: f64) -> bool {
    line.windows(2).any(|ends| {
        let (dx, dy) = (ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]);
        let (px, py) = (place[0] - ends[0][0], place[1] - ends[0][1]);
        let t = ((px * dx + py * dy) / (dx * dx + dy * dy).max(1e-9)).clamp(0.0, 1.0);
        (px - t * dx).powi(2) + (py - t * dy).powi(2) < distance * distance
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::description::{Building, Species};
    use crate::simulate::story::{RandomOptions, random_pair};
    use crate::structure::Kind;

    #[test]
    fn crowns_hang_over_eaves_but_not_far() {
        let options = RandomOptions { size_px: 64, gsd: (Meters(0.5), Meters(0.5)), biome: None };
        let house = Building::rectangle(Kind::House, [16.0, 16.0], [10.0, 8.0], 0.0);
        let scene = PairDescription {
            buildings: vec![house],
            roads: Vec::new(),
            patches: Vec::new(),
            ..random_pair(1, &options)
        };
        let clear = KeepClear::of(&scene);
        // The width of 8 m lies across: a crown of 5 m hangs over by 2, and by 0.5 m.
        assert!(!clear.is_free([16.0 + 4.0 + 3.0, 16.0], 5.0, 0.8));
        assert!(clear.is_free([16.0 + 4.0 + 4.5, 16.0], 5.0, 0.8));
    }

    #[test]
    fn trees_make_way_for_what_is_built() {
        let tree = |when| Tree { when, species: Species::Palm, center: [0.0, 0.0], radius_m: 2.0, height_m: 8.0 };
        assert_eq!(make_way(&tree(When::Both), true, false), Some(When::Before));
        assert_eq!(make_way(&tree(When::After), true, false), None);
        assert_eq!(make_way(&tree(When::Both), false, true), None);
        assert_eq!(make_way(&tree(When::After), false, true), Some(When::After));
        assert_eq!(make_way(&tree(When::Both), true, true), Some(When::Both));
    }
}
