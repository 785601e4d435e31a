//! Buildings under construction: what stands before the roof is on.

use crate::simulate::description::{Building, Stage};
use crate::simulate::dice::Dice;
use crate::simulate::render::covers::{DUG_COLORS, FRAME_COLORS, RAW_COLORS, TARPAULIN_COLORS};
use crate::simulate::render::paint::{Light, scaled, strayed};

/// Height of a slab above ground, metres.
const SLAB_M: f32 = 0.2;

/// Height of footings, metres: forms and stem walls.
const FOOTING_M: f32 = 0.5;

/// Thickness of raw walls, and of posts and rafters, metres: a little more than in the world, so that they show.
const WALL_M: f32 = 0.4;
/// See [`WALL_M`].
const RAFTER_M: f32 = 0.3;

/// Walls without slabs between them are not raised higher, metres.
const HIGHEST_RAW_M: f32 = 7.0;

/// How one building is built on one date.
pub(in crate::simulate) struct Works {
    stage: Stage,
    /// Color of slabs and raw walls.
    pub raw: Light,
    /// Color of the earth between footings.
    dug: Light,
    /// Color of the tarpaulin that is the roof.
    pub tarpaulin: Option<Light>,
    frame: Light,
    /// Size of rooms along and across, metres, and how far along each row of them begins after the one before.
    rooms: [f32; 2],
    stagger: f32,
    /// Distance between rafters, and between purlins, metres.
    rafters: [f32; 2],
    /// Share of the length that is roofed already, and height of walls as a share of the eaves.
    roofed: f32,
    raised: f32,
}

impl Works {
    /// The state of a building; `dice` the same on both dates.
    pub(in crate::simulate) fn of(building: &Building, stage: Stage, dice: &mut Dice) -> Self {
        let mut own = Dice::from_seed(dice.bits());
        let large = building.width_m > 18.0;
        Works {
            stage,
            raw: strayed(own.pick(&RAW_COLORS), 0.08, &mut own),
            dug: strayed(own.pick(&DUG_COLORS), 0.1, &mut own),
            tarpaulin: {
                let color = strayed(own.pick(&TARPAULIN_COLORS), 0.1, &mut own);
                (stage == Stage::Tarpaulin).then_some(color)
            },
            frame: strayed(own.pick(&FRAME_COLORS), 0.08, &mut own),
            rooms: [own.between(2.8, 5.5) as f32, own.between(2.8, 5.0) as f32],
            rafters: if large {
                [own.between(4.5, 8.0) as f32, own.between(3.0, 8.0) as f32]
            } else {
                [own.between(0.7, 1.5) as f32, own.between(4.0, 9.0) as f32]
            },
            roofed: own.between(-0.7, 0.7) as f32,
            raised: own.between(0.4, 1.0) as f32,
            stagger: own.pick(&[0.0, 1.1, 1.9, 3.1]),
        }
    }

    /// Height of what stands under these eaves, metres: raw walls end below them.
    pub(in crate::simulate) fn top(&self, eaves: f32) -> f32 {
        match self.stage {
            Stage::Walls => (eaves * self.raised).min(HIGHEST_RAW_M),
            Stage::Footings => eaves.min(FOOTING_M),
            _ => eaves,
        }
    }

    /// Height and light at metres along and across the middle of a block of these half extents, whose eaves and finished
    /// roof have these heights here; `None` where the roof is on.
    #[inline]
    pub(in crate::simulate) fn at(
        &self,
        half: [f32; 2],
        [eaves, roofed]: [f32; 2],
        (along, across): (f32, f32),
    ) -> Option<(f32, Light)> {
        let from = [along + half[0], across + half[1]];
        match self.stage {
            Stage::Finished | Stage::Tarpaulin => None,
            Stage::HalfRoofed if along < self.roofed * half[0] => None,
            Stage::Slab => Some((SLAB_M, self.raw)),
            Stage::Walls | Stage::Footings => {
                let rim = (half[0] - along.abs()).min(half[1] - across.abs()) < WALL_M;
                let row = (from[1] / self.rooms[1]) as i32 as f32;
                let divided = on_line(from[0] + row * self.stagger, self.rooms[0], WALL_M);
                let wall = rim || divided || on_line(from[1], self.rooms[1], WALL_M);
                let floor = if self.stage == Stage::Walls { (SLAB_M, scaled(self.raw, 0.85)) } else { (0.0, self.dug) };
                Some(if wall { (self.top(eaves), self.raw) } else { floor })
            }
            Stage::Frame | Stage::HalfRoofed => {
                let rim = (half[0] - along.abs()).min(half[1] - across.abs()) < RAFTER_M;
                let beam =
                    rim || on_line(from[0], self.rafters[0], RAFTER_M) || on_line(from[1], self.rafters[1], RAFTER_M);
                Some(if beam { (roofed, self.frame) } else { (SLAB_M, self.raw) })
            }
        }
    }
}

fn on_line(place: f32, pitch: f32, thickness: f32) -> bool {
    place - pitch * ((place / pitch) as i32 as f32) < thickness
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::structure::Kind;

    #[test]
    fn stages_rise_from_slab_to_roof() {
        let house = Building::rectangle(Kind::House, [0.0, 0.0], [14.0, 9.0], 0.0);
        let share_above = |stage| {
            let works = Works::of(&house, stage, &mut Dice::from_seed(1));
            let cells = (0..140 * 90).map(|i| ((i % 140) as f32 * 0.1 - 6.95, (i / 140) as f32 * 0.1 - 4.45));
            let high = cells.filter(|&local| works.at([7.0, 4.5], [3.0, 4.0], local).is_none_or(|(h, _)| h > 1.0));
            high.count() as f32 / (140.0 * 90.0)
        };
        assert_eq!(share_above(Stage::Slab), 0.0);
        assert_eq!(share_above(Stage::Footings), 0.0);
        assert!((0.1..0.6).contains(&share_above(Stage::Walls)), "{}", share_above(Stage::Walls));
        assert!((0.1..0.6).contains(&share_above(Stage::Frame)), "{}", share_above(Stage::Frame));
        assert!((0.2..0.98).contains(&share_above(Stage::HalfRoofed)), "{}", share_above(Stage::HalfRoofed));
        assert_eq!(share_above(Stage::Finished), 1.0);
    }
}
