//! Room on the ground: what buildings, roads, water and works already take.

use crate::simulate::description::{Fence, Material, PairDescription, Patch, Place, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::buildings::blocks_of;
use crate::simulate::render::surface::Block;
use crate::simulate::render::trees::contains;
use crate::simulate::story::setting::{Setting, band, clip_to_block, is_on_road};

/// How often a place for something is looked for before it is given up.
const TRIES: usize = 12;

/// Roads fainter than this are worn tracks, which anything may cover.
const FAINT: f64 = 0.7;

/// Walls that run this far inside a footprint are part of the house, metres.
const SHARED_WALL_M: f64 = 0.3;

impl Setting<'_> {
    /// A free rectangle with its azimuth, that of the buildings more often than not.
    pub(in crate::simulate) fn find_room(&self, size_m: [f64; 2], dice: &mut Dice) -> Option<(Block, f64)> {
        (0..TRIES).find_map(|_| {
            let azimuth = self.azimuth(dice);
            let block = Block::new(self.anywhere(dice), size_m[0], size_m[1], azimuth);
            self.has_room(&block).then_some((block, azimuth))
        })
    }

    /// As [`find_room`](Self::find_room), and takes it.
    pub(in crate::simulate) fn claim(&mut self, size_m: [f64; 2], dice: &mut Dice) -> Option<(Block, f64)> {
        let found = self.find_room(size_m, dice)?;
        self.taken.push(found.0);
        Some(found)
    }

    /// True when a rectangle lies clear of buildings, works, roads, water and banks.
    pub(in crate::simulate) fn has_room(&self, block: &Block) -> bool {
        let lasting = self.scene.roads.iter().filter(|road| road.opacity > FAINT);
        self.is_unbuilt(block) && self.is_dry(block) && self.is_level(block) && !is_on_road(block, lasting)
    }

    /// True when no building or work reaches into a rectangle; roads and water may.
    pub(in crate::simulate) fn is_unbuilt(&self, block: &Block) -> bool {
        self.taken.iter().all(|taken| !meet(taken, block))
    }

    /// True when nothing that people have laid or walled in reaches into a rectangle: no yard, pad, field or fence.
    pub(in crate::simulate) fn is_unpaved(&self, block: &Block) -> bool {
        let walled =
            |fence: &Fence| fence.line.windows(2).any(|ends| clip_to_block(block, 0.0, ends[0], ends[1]).is_some());
        let laid = &self.scene.patches[self.covers.min(self.scene.patches.len())..];
        laid.iter().all(|patch| !overlaps(patch, block)) && !self.scene.fences.iter().any(walled)
    }

    /// As [`is_unpaved`](Self::is_unpaved), along a straight piece.
    pub(in crate::simulate) fn is_unpaved_along(&self, ends: &[Place]) -> bool {
        self.is_unpaved(&band(ends, 12.0))
    }

    pub(in crate::simulate) fn is_dry(&self, block: &Block) -> bool {
        let wet = |patch: &&Patch| matches!(patch.material, Material::Water | Material::Pool);
        self.scene.patches.iter().filter(wet).all(|patch| !overlaps(patch, block))
    }

    fn is_level(&self, block: &Block) -> bool {
        self.scene.ridges.iter().all(|ridge| {
            let reach = 0.5 * ridge.crest_m + ridge.slope_m;
            ridge.line.windows(2).all(|ends| clip_to_block(block, reach, ends[0], ends[1]).is_none())
        })
    }

    /// True when a straight piece passes everything built by a margin.
    pub(in crate::simulate) fn is_open(&self, ends: &[Place], margin_m: f64) -> bool {
        self.taken.iter().all(|block| clip_to_block(block, margin_m, ends[0], ends[1]).is_none())
    }

    /// As many steps as fit into half the side of the image, and one at least.
    pub(in crate::simulate) fn fitting(&self, count: usize, step_m: f64) -> usize {
        count.min((0.5 * self.side_m / step_m) as usize).max(1)
    }
}

/// True when a corner of one lies in the other, or the rectangle's center in the patch.
fn overlaps(patch: &Patch, block: &Block) -> bool {
    patch.outline.iter().any(|&place| is_within(block, place, 0.0))
        || block.corners().iter().chain([&block.center]).any(|&place| contains(&patch.outline, place))
}

/// Takes away what stands about where a building stands on the same date, and lets walls end at houses.
pub(in crate::simulate) fn clear_footprints(scene: &mut PairDescription) {
    let standing: Vec<(Block, When)> = scene
        .buildings
        .iter()
        .flat_map(|building| blocks_of(building).into_iter().map(|block| (block, building.when)))
        .collect();
    let stays = |when: &mut When, center: Place, reach_m: f64| {
        let free = [When::Before, When::After].map(|date| {
            let taken = |(block, stands): &(Block, When)| stands.includes(date) && is_within(block, center, reach_m);
            when.includes(date) && !standing.iter().any(taken)
        });
        *when = match free {
            [true, true] => When::Both,
            [true, false] => When::Before,
            _ => When::After,
        };
        free != [false, false]
    };
    scene.vehicles.retain_mut(|vehicle| stays(&mut vehicle.when, vehicle.center, 1.0));
    scene.aircraft.retain_mut(|aircraft| stays(&mut aircraft.when, aircraft.center, 6.0));
    scene.heaps.retain_mut(|heap| stays(&mut heap.when, heap.center, 0.5 * heap.radius_m));
    scene.bodies.retain_mut(|body| stays(&mut body.when, body.center, 0.3 * body.width_m.min(body.length_m)));
    let blocks: Vec<Block> = standing.iter().map(|(block, _)| *block).collect();
    for fence in std::mem::take(&mut scene.fences) {
        let parts = cut_by_blocks(&fence.line, &blocks).into_iter();
        scene.fences.extend(parts.map(|line| Fence { line, ..fence.clone() }));
    }
}

/// What is left of a line outside rectangles.
pub(in crate::simulate) fn cut_by_blocks(line: &[Place], blocks: &[Block]) -> Vec<Vec<Place>> {
    let (mut parts, mut part): (Vec<Vec<Place>>, Vec<Place>) = (Vec::new(), Vec::new());
    for ends in line.windows(2) {
        let at = |t: f64| [0, 1].map(|k| ends[0][k] + t * (ends[1][k] - ends[0][k]));
        let mut spans: Vec<[f64; 2]> = blocks
            .iter()
            .filter(|block| block.half[0].min(block.half[1]) > SHARED_WALL_M)
            .filter_map(|block| clip_to_block(block, -SHARED_WALL_M, ends[0], ends[1]))
            .collect();
        spans.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let mut from = 0.0;
        for [enter, leave] in spans {
            if enter > from {
                if part.is_empty() {
                    part.push(at(from));
                }
                part.push(at(enter));
            }
            parts.extend((part.len() > 1).then(|| std::mem::take(&mut part)));
            part.clear();
            from = leave.max(from);
        }
        if from < 1.0 {
            if part.is_empty() {
                part.push(at(from));
            }
            part.push(ends[1]);
        }
    }
    parts.extend((part.len() > 1).then_some(part));
    parts
}

/// True when a place lies in a rectangle or this close to it.
pub(in crate::simulate) fn is_within(block: &Block, place: Place, margin_m: f64) -> bool {
    let (along, across) = block.local(place[0] as f32, place[1] as f32);
    f64::from(along.abs()) < block.half[0] + margin_m && f64::from(across.abs()) < block.half[1] + margin_m
}

/// True when two rectangles share ground (separating axes).
fn meet(one: &Block, other: &Block) -> bool {
    let (dx, dy) = (one.center[0] - other.center[0], one.center[1] - other.center[1]);
    let reach = one.radius() + other.radius();
    dx * dx + dy * dy < reach * reach && !lies_beside(one, other) && !lies_beside(other, one)
}

/// True when a rectangle lies wholly beyond one side of another.
fn lies_beside(block: &Block, other: &Block) -> bool {
    let corners = other.corners().map(|place| {
        let (along, across) = block.local(place[0] as f32, place[1] as f32);
        [f64::from(along), f64::from(across)]
    });
    (0..2).any(|k| {
        corners.iter().all(|corner| corner[k] > block.half[k])
            || corners.iter().all(|corner| corner[k] < -block.half[k])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::story::{RandomOptions, random_pair};

    fn scenes() -> impl Iterator<Item = PairDescription> {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.4), Meters(0.7)), biome: None };
        (0..150).map(move |seed| random_pair(seed, &options))
    }

    #[test]
    fn rectangles_meet_where_they_share_ground() {
        let house = Block::new([50.0, 50.0], 20.0, 10.0, 30.0);
        assert!(meet(&house, &Block::new([50.0, 50.0], 2.0, 2.0, 0.0)));
        // The corner of a wide plot on a house whose centers are far apart.
        assert!(meet(&house, &Block::new([100.0, 50.0], 90.0, 90.0, 0.0)));
        assert!(!meet(&house, &Block::new([50.0, 75.0], 20.0, 20.0, 0.0)));
    }

    #[test]
    fn lines_end_at_walls() {
        let blocks = [Block::new([50.0, 50.0], 20.0, 10.0, 90.0), Block::new([62.0, 50.0], 10.0, 10.0, 90.0)];
        let parts = cut_by_blocks(&[[0.0, 50.0], [100.0, 50.0], [100.0, 90.0]], &blocks);
        assert_eq!(parts.len(), 2);
        assert!((parts[0][1][0] - 40.3).abs() < 1e-3 && (parts[1][0][0] - 66.7).abs() < 1e-3, "{parts:?}");
        assert_eq!(parts[1].last(), Some(&[100.0, 90.0]));
    }

    #[test]
    fn no_wall_or_rail_runs_through_a_house() {
        let mut looked_at = [0; 2];
        for scene in scenes() {
            let blocks: Vec<Block> = scene.buildings.iter().flat_map(blocks_of).collect();
            // Rails are painted 0.15 m wide.
            let rails = scene.painted_lines.iter().filter(|line| line.width_m == 0.15 && line.line.len() == 2);
            let rails = rails.filter(|line| line.color == [70, 60, 56]).map(|line| &line.line);
            let rails: Vec<_> = rails.collect();
            looked_at = [looked_at[0] + scene.fences.len(), looked_at[1] + rails.len()];
            for line in scene.fences.iter().map(|fence| &fence.line).chain(rails) {
                for ends in line.windows(2) {
                    let inside = blocks.iter().any(|block| {
                        clip_to_block(block, -0.4, ends[0], ends[1]).is_some_and(|[from, to]| to - from > 1e-3)
                    });
                    assert!(!inside, "{}: {ends:?}", scene.name);
                }
            }
        }
        assert!(looked_at.iter().all(|&count| count > 0), "walls and rails: {looked_at:?}");
    }

    #[test]
    fn nothing_is_parked_or_tipped_inside_houses() {
        for scene in scenes() {
            let vehicles = scene.vehicles.iter().map(|vehicle| (vehicle.when, vehicle.center));
            for (when, center) in vehicles.chain(scene.heaps.iter().map(|heap| (heap.when, heap.center))) {
                for building in &scene.buildings {
                    let meets = [When::Before, When::After]
                        .iter()
                        .any(|&date| when.includes(date) && building.when.includes(date));
                    let inside = blocks_of(building).iter().any(|block| is_within(block, center, 0.0));
                    assert!(!(meets && inside), "{}: {center:?}", scene.name);
                }
            }
        }
    }
}
