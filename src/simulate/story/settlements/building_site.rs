//! Building on a site: what stands where, at which stage, and never inside anything else.

use crate::simulate::description::{Border, Building, Heap, Material, Stage, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::buildings::blocks_of;
use crate::simulate::render::surface::Block;
use crate::simulate::story::plot::Fate;
use crate::simulate::story::setting::is_on_road;
use crate::simulate::story::settlements::house_lot::heading;
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::rebuilding::{extension_of, predecessor_of};
use crate::structure::Kind;

/// Share of new structures of which slab or footings lay there before (by judgment: estates are built within months).
const LAID_OUT: f64 = 0.08;

/// What removed structures leave behind, with how often (by judgment).
const REMAINS: [(Remains, f64); 4] =
    [(Remains::Nothing, 0.4), (Remains::Slab, 0.2), (Remains::Rubble, 0.2), (Remains::BareGround, 0.2)];

#[derive(Clone, Copy)]
enum Remains {
    Nothing,
    Slab,
    Rubble,
    BareGround,
}

impl Site<'_> {
    /// Builds a structure, unless its ground is taken; true when it was built.
    ///
    /// What has no place on one date has none on the other, so that nothing stands inside anything else. An extension is
    /// a structure of its own that shares a wall with the first: in the truth it is new. A replaced structure is a
    /// smaller one before and a new one after.
    pub(in crate::simulate) fn build(&mut self, building: Building, fate: Fate, dice: &mut Dice) -> bool {
        let clear = blocks_of(&building).iter().all(|block| self.is_clear(block));
        if clear {
            self.build_on_plot(building, fate, dice);
        }
        clear
    }

    /// Builds a structure on ground that is known to be free.
    pub(in crate::simulate) fn build_on_plot(&mut self, mut building: Building, fate: Fate, dice: &mut Dice) {
        self.taken.extend(blocks_of(&building));
        building.when = fate.when;
        self.set_stages(&mut building, fate, dice);
        if fate.replaced && building.when == When::After {
            self.scene.buildings.push(predecessor_of(&building, dice));
        }
        if fate.extended {
            let extension = extension_of(&building, dice);
            let block = blocks_of(&extension)[0];
            if self.is_clear(&block) {
                self.taken.push(block);
                self.scene.buildings.push(extension);
            }
        }
        self.scene.buildings.push(building);
    }

    /// Now and then a structure is not ready on one of the dates.
    fn set_stages(&mut self, building: &mut Building, fate: Fate, dice: &mut Dice) {
        let solid =
            matches!(building.kind, Kind::House | Kind::Other | Kind::Barracks | Kind::Warehouse | Kind::Hangar);
        if !solid || building.round {
            return;
        }
        if building.when == When::After && !fate.replaced && dice.chance(LAID_OUT) {
            // What was laid out before the first image was taken, and is a structure in the second.
            let first = dice.pick(&[Stage::Slab, Stage::Slab, Stage::Footings]);
            (building.when, building.stage_before) = (When::Both, first);
            return;
        }
        if building.when == When::Before && !fate.replaced {
            return self.leave_remains(building, dice);
        }
        if !dice.chance(self.works) {
            return;
        }
        let flat = [Stage::Slab, Stage::Footings];
        let raw = [Stage::Walls, Stage::Frame, Stage::HalfRoofed, Stage::Tarpaulin, Stage::Walls];
        let stages = match building.when {
            When::After => [Stage::Finished, if dice.chance(0.35) { dice.pick(&flat) } else { dice.pick(&raw) }],
            When::Both => match dice.unit() {
                u if u < 0.3 && self.course.may_add() => {
                    [dice.pick(&flat), if dice.chance(0.6) { Stage::Finished } else { dice.pick(&raw) }]
                }
                u if u < 0.45 => [dice.pick(&flat), Stage::Slab],
                u if u < 0.6 => [Stage::Walls, Stage::HalfRoofed],
                _ => [dice.pick(&raw), Stage::Finished],
            },
            When::Before => [Stage::Finished, Stage::Finished],
        };
        [building.stage_before, building.stage_after] = stages;
        for _ in 0..dice.count(0, 3) {
            let spread = building.length_m.max(building.width_m) / 2.0 + 4.0;
            let angle = dice.between(0.0, std::f64::consts::TAU);
            let center = [building.center[0] + spread * angle.cos(), building.center[1] + spread * angle.sin()];
            let radius_m = dice.between(0.8, 2.2);
            let when = if stages[1] == Stage::Finished { When::Before } else { When::After };
            let material = dice.pick(&[Material::Sand, Material::Gravel, Material::Soil]);
            self.scene.heaps.push(Heap { when, material, center, radius_m, height_m: 0.5 * radius_m });
        }
    }

    /// What is seen on the later date where a structure was removed.
    fn leave_remains(&mut self, building: &mut Building, dice: &mut Dice) {
        let main = Block::new(building.center, building.length_m, building.width_m, building.azimuth_deg);
        match dice.weigh(&REMAINS) {
            Remains::Nothing => {}
            Remains::Slab => {
                let left = dice.pick(&[Stage::Slab, Stage::Footings]);
                (building.when, building.stage_after) = (When::Both, left);
            }
            Remains::Rubble => {
                for _ in 0..dice.count(2, 7) {
                    let [along, across] = main.half.map(|half| half * dice.between(-0.9, 0.9));
                    let center = main.place(along, across);
                    let radius_m = dice.between(0.8, 3.0);
                    let material = dice.pick(&[Material::Gravel, Material::Concrete, Material::Soil, Material::Clay]);
                    let height_m = radius_m * dice.between(0.2, 0.5);
                    self.scene.heaps.push(Heap { when: When::After, material, center, radius_m, height_m });
                }
                self.bare_ground(&main, dice);
            }
            Remains::BareGround => self.bare_ground(&main, dice),
        }
    }

    /// Bare earth where a structure stood, and around it.
    fn bare_ground(&mut self, main: &Block, dice: &mut Dice) {
        let [length, width] = main.half.map(|half| 2.0 * half + dice.between(0.0, 8.0));
        let ground = Block::new(main.center, length, width, heading(main));
        let material = dice.pick(&[Material::Soil, Material::Clay, Material::Gravel, self.opened]);
        let border = dice.pick(&[Border::Worn, Border::Organic]);
        self.pave(When::After, material, ground.corners().into(), border);
        self.thin_last(None, dice.between(0.4, 1.0));
    }

    /// True when neither a structure nor a street takes any of a rectangle. What only touches is clear.
    pub(in crate::simulate) fn is_clear(&self, block: &Block) -> bool {
        are_all_apart(&self.taken, block) && !is_on_road(block, &self.scene.roads)
    }

    /// Takes a rectangle for a lot; false when another lot or a structure has it.
    pub(in crate::simulate) fn claim_lot(&mut self, block: Block) -> bool {
        let free = are_all_apart(&self.taken, &block) && are_all_apart(&self.lots, &block);
        if free {
            self.lots.push(block);
        }
        free
    }

    /// True when nothing stands within a margin of a building.
    pub(in crate::simulate) fn is_clear_around(&self, building: &Building, margin: f64) -> bool {
        let mut grown = building.clone();
        grown.length_m += 2.0 * margin;
        grown.width_m += 2.0 * margin;
        blocks_of(&grown).iter().all(|block| self.is_clear(block))
    }
}

/// Overlap that counts as touching, metres.
const TOUCH_M: f32 = 0.05;

/// True when a rectangle overlaps none of these.
fn are_all_apart(others: &[Block], block: &Block) -> bool {
    let radius = block.radius();
    others.iter().all(|other| {
        let (dx, dy) = (other.center[0] - block.center[0], other.center[1] - block.center[1]);
        dx.hypot(dy) > radius + other.radius() || are_apart(block, other) || are_apart(other, block)
    })
}

/// True when the second rectangle lies beyond one of the first one's sides.
fn are_apart(first: &Block, second: &Block) -> bool {
    let corners = second.corners().map(|[x, y]| first.local(x as f32, y as f32));
    let [along, across] = first.half.map(|half| half as f32 - TOUCH_M);
    corners.iter().all(|c| c.0 > along)
        || corners.iter().all(|c| c.0 < -along)
        || corners.iter().all(|c| c.1 > across)
        || corners.iter().all(|c| c.1 < -across)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::story::plot::Plot;
    use crate::simulate::story::settlements::site::settle;
    use crate::simulate::story::{Layout, RandomOptions, random_pair};

    #[test]
    fn what_is_removed_leaves_slabs_and_rubble_now_and_then() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.5), Meters(0.5)), biome: None };
        let (mut removed, mut slabs, mut heaps) = (0, 0, 0);
        for seed in 0..12 {
            let mut scene = random_pair(5, &options);
            (scene.buildings, scene.roads, scene.heaps) = (Vec::new(), Vec::new(), Vec::new());
            settle(&mut scene, Layout::Blocks, Plot::Clear, &mut Dice::from_seed(seed));
            let gone = scene.buildings.iter().filter(|building| building.standing() == Some(When::Before));
            removed += gone.clone().count();
            slabs += gone.filter(|building| building.when == When::Both).count();
            heaps += scene.heaps.iter().filter(|heap| heap.when == When::After).count();
        }
        assert!(removed > 20 && slabs > 0 && slabs < removed && heaps > 0, "{removed} {slabs} {heaps}");
    }
}
