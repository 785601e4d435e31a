//! A house on its lot: drive, lawn, patio, pool, shed and fence.

use crate::simulate::description::{Border, Color, Material, Species, Tree, VehicleClass, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::render::trees::height_for;
use crate::simulate::story::plot::Fate;
use crate::simulate::story::settlements::lots::{Fencing, Lot, Lots};
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::houses::{draw_house, draw_shed};
use crate::simulate::story::structures::suburban_house::draw_suburban;

/// Share of houses whose yard is another one on the other date, though the house is the same (by judgment).
const CHANGED_YARDS: f64 = 0.15;

/// Drives reach this far under the edge of the street, metres: streets bend, and no strip of ground is left between.
const DRIVE_REACH_M: f64 = 1.6;

/// What yards are covered with that do as they like.
const YARDS: [Material; 6] =
    [Material::Grass, Material::DryGrass, Material::Turf, Material::Soil, Material::Gravel, Material::Crop];

impl Site<'_> {
    /// A house with drive, lawn and fence.
    pub(in crate::simulate) fn house_lot(&mut self, lot: Lot, lots: Lots, dice: &mut Dice) {
        let [frontage, depth] = lot.size;
        // Axes of the lot: along the street, and away from it.
        let axes = Block::new(lot.front, 1.0, 1.0, lot.azimuth_deg);
        let room = lots.room(lot.size);
        let setback = lots.setback_m + dice.between(-1.5, 1.5);
        let askew = lot.azimuth_deg + dice.pick(&[0.0, 0.0, 2.5, 6.0]) * dice.normal();
        let center = axes.place(dice.between(-0.6, 0.6) * lots.gap_m, setback + room[1] * 0.5);
        if room[0] < 5.0 || !self.is_near(center, 18.0) {
            return;
        }
        // Gardens may meet behind the houses; what stands may not.
        let own = Block::new(axes.place(0.0, depth * 0.45), frontage - 1.0, depth * 0.86, lot.azimuth_deg);
        if !self.claim_lot(own) {
            return;
        }
        let fate = self.fate(center, lot.row, dice);
        let house = if lots.complex {
            draw_suburban(center, askew, room, self.style, dice)
        } else {
            let turn = if dice.chance(0.3) { 90.0 } else { 0.0 };
            let room = if turn > 0.0 { [room[1], room[0]] } else { room };
            draw_house(center, askew + turn, room, self.style, dice)
        };
        let around = house.clone();
        if self.build(house, fate, dice) {
            if let Some(graded) = lots.graded.filter(|_| fate.when == When::After && !fate.replaced) {
                self.grade_lot(&axes, lot.size, (setback, room), (graded, lots.earth), dice);
            }
            self.furnish_lot(&axes, lot.size, setback, fate, lots, dice);
            if dice.chance(lots.shrubs) {
                self.plant_eaves(&around, fate.when, dice);
            }
        }
    }

    /// Bare ground, and a pad or slab, where a house will stand.
    fn grade_lot(
        &mut self,
        axes: &Block,
        [frontage, depth]: [f64; 2],
        (setback, room): (f64, [f64; 2]),
        (graded, earth): (Material, Color),
        dice: &mut Dice,
    ) {
        let heading = heading(axes);
        // A little wider than the lot, and of one color: graded lots run into each other.
        if dice.chance(0.95) {
            let ground = Block::new(axes.place(0.0, depth / 2.0), frontage + 0.6, depth + 1.0, heading);
            self.pave(When::Before, Material::Clay, ground.corners().into(), Border::Worn);
            self.thin_last(Some(earth), 0.95);
        }
        if dice.chance(0.45) {
            let pad = Block::new(axes.place(0.0, setback + room[1] * 0.5), room[0], room[1], heading);
            self.pave(When::Before, graded, pad.corners().into(), Border::Sharp);
            self.thin_last(None, dice.between(0.3, 1.0));
        }
    }

    fn furnish_lot(
        &mut self,
        axes: &Block,
        [frontage, depth]: [f64; 2],
        setback: f64,
        fate: Fate,
        lots: Lots,
        dice: &mut Dice,
    ) {
        let when = if fate.replaced { When::Both } else { fate.when };
        let half = frontage / 2.0;
        let rectangle = |s: [f64; 2], t: [f64; 2]| {
            vec![axes.place(s[0], t[0]), axes.place(s[1], t[0]), axes.place(s[1], t[1]), axes.place(s[0], t[1])]
        };
        if when == When::After && dice.chance(lots.raw) {
            self.pave(when, Material::Clay, rectangle([-half - 0.3, half + 0.3], [0.0, depth]), Border::Worn);
            self.thin_last(Some(lots.earth), 0.95);
        } else if dice.chance(lots.own_yards) {
            // The whole lot, or what lies before or behind the house.
            let across = dice.pick(&[[0.3, depth * 0.98], [0.3, setback + 1.0], [setback + 3.0, depth * 0.98]]);
            let lawn = if dice.chance(0.6) { lots.lawn } else { dice.pick(&YARDS) };
            let border = dice.pick(&[Border::Sharp, Border::Worn]);
            self.pave(when, lawn, rectangle([-half, half], across), border);
            self.thin_last(None, dice.between(0.3, 0.95));
        }
        let behind = Block::new(
            axes.place(0.0, (setback + depth) / 2.0),
            2.0 * half - 0.6,
            (depth - setback).max(2.0),
            heading(axes),
        );
        if when == When::Both && dice.chance(CHANGED_YARDS) {
            self.change_yard(&behind, heading(axes), dice);
        }
        if dice.chance(0.93) {
            let wide = dice.between(lots.drive_m[0], lots.drive_m[1]).min(1.4 * half);
            let from = dice.pick(&[-half + 0.6, half - wide - 0.6]);
            self.pave(when, lots.drive, rectangle([from, from + wide], [-DRIVE_REACH_M, setback + 2.5]), Border::Sharp);
            if let Some(drive) = self.scene.patches.last_mut() {
                drive.color = lots.drive_color;
            }
            if dice.chance(0.4) {
                let spot = axes.place(from + wide / 2.0, setback * 0.5);
                let azimuth_deg = heading(axes) + 90.0;
                self.park(spot, azimuth_deg, VehicleClass::Car, when, dice);
            }
        }
        if dice.chance(lots.patios) {
            let behind = setback + lots.room([frontage, depth])[1] * 0.7;
            let (s, wide) = (dice.between(-0.4, 0.4) * half, dice.between(2.0, 4.5));
            let outline = rectangle([s - wide, s + wide], [behind, behind + dice.between(6.0, 11.0)]);
            self.pave(when, Material::Concrete, outline, Border::Sharp);
        }
        let yard = setback + (depth - setback) * 0.66;
        if dice.chance(lots.pools) {
            let (s, t) = (dice.between(-0.3, 0.3) * half, yard + 0.5 * (depth - yard));
            let own = if when == When::Both { dice.pick(&[When::Both, When::Both, When::After]) } else { when };
            self.pave(own, Material::Concrete, rectangle([s - 4.5, s + 4.5], [t - 2.8, t + 2.8]), Border::Sharp);
            self.pave(own, Material::Pool, rectangle([s - 3.4, s + 3.4], [t - 1.8, t + 1.8]), Border::Worn);
        } else if dice.chance(lots.sheds) {
            for number in 0..dice.count(1, lots.outhouses) {
                // The first stands in a corner of the garden, others anywhere behind the house.
                let across = if number == 0 { depth - 4.0 } else { dice.between(yard, depth - 2.5) };
                let center = axes.place(dice.pick(&[-0.6, 0.6, 0.3]) * half, across);
                let shed = draw_shed(center, heading(axes), self.style, dice);
                // Sheds come and go by themselves.
                let shed_fate = if when == When::Both { self.fate(center, 0, dice) } else { fate };
                if self.is_clear_around(&shed, if lots.outhouses > 1 { 0.1 } else { 0.6 }) {
                    self.build(shed, Fate { extended: false, replaced: false, ..shed_fate }, dice);
                }
            }
        }
        self.plant_lot(axes, [half, depth], lots.crowns, dice);
        if dice.chance(lots.beds) {
            self.lay_beds(axes, half, [yard - 0.15 * depth, depth], when, dice);
        }
        let garden = Block::new(axes.place(0.0, (setback + depth) / 2.0), 2.0 * half, depth - setback, heading(axes));
        self.strew_yard(&garden, lots.things, when, dice);
        if let Some(color) = lots.fence.filter(|_| dice.chance(0.95)) {
            let (front, rear) = (setback + 4.0, depth - 0.1);
            // From the house's corner to the lot line, around the garden, and back to the house.
            let wall = half - lots.gap_m - 0.5;
            let line = [[-wall, front], [-half, front], [-half, rear], [half, rear], [half, front], [wall, front]]
                .map(|[along, across]| axes.place(along, across));
            let sides = match lots.fencing {
                Fencing::Three => &line[..],
                Fencing::Shared => &line[..4],
                Fencing::Rear => &line[2..4],
            };
            // Fences of estates come before houses now and then.
            let fenced = if dice.chance(0.25) { When::Both } else { when };
            self.wall(fenced, sides, lots.fence_m, lots.fence_wide_m, color);
        }
    }

    /// Beds one behind the other in a garden that reaches across these metres: sown, dug or overgrown.
    pub(super) fn lay_beds(&mut self, axes: &Block, half: f64, [from, to]: [f64; 2], when: When, dice: &mut Dice) {
        let pitch = dice.between(2.5, 9.0);
        let wide = half * dice.between(0.5, 0.95);
        for bed in 0..((to - from) / pitch) as usize {
            let material = dice.pick(&[Material::Crop, Material::Soil, Material::Ploughed, Material::Grass]);
            let middle = from + (bed as f64 + 0.5) * pitch;
            let ground = Block::new(axes.place(0.0, middle), 2.0 * wide, 0.85 * pitch, heading(axes));
            let own = if when == When::Both { dice.pick(&[When::Both, When::Before, When::After]) } else { when };
            self.pave(own, material, ground.corners().into(), Border::Sharp);
            self.thin_last(None, dice.between(0.3, 0.9));
            if let Some(patch) = self.scene.patches.last_mut().filter(|_| dice.chance(0.5)) {
                (patch.rows_m, patch.rows_azimuth_deg) = (Some(dice.between(0.5, 1.2)), heading(axes));
            }
        }
    }

    /// Trees of all sizes on a lot, so many on average, before and behind the house.
    fn plant_lot(&mut self, axes: &Block, [half, depth]: [f64; 2], crowns: f64, dice: &mut Dice) {
        for _ in 0..(2.0 * crowns * dice.unit()).round() as usize {
            let center = axes.place(dice.between(-1.0, 1.0) * half, dice.between(1.0, depth));
            let species = dice.pick(&[Species::Broadleaf, Species::Broadleaf, Species::Evergreen, Species::Conifer]);
            let radius_m = dice.between(0.8, if species == Species::Conifer { 2.4 } else { 5.5 });
            let trunk = Block::new(center, 1.5, 1.5, 0.0);
            if self.is_clear(&trunk) {
                let height_m = height_for(species, radius_m);
                let when = dice.weigh(&[(When::Both, 0.8), (When::Before, 0.12), (When::After, 0.08)]);
                self.scene.trees.push(Tree { when, species, center, radius_m, height_m });
            }
        }
    }
}

/// Azimuth of a block's axis, degrees.
pub(super) fn heading(block: &Block) -> f64 {
    let ahead = block.place(1.0, 0.0);
    (ahead[0] - block.center[0]).atan2(block.center[1] - ahead[1]).to_degrees()
}
