//! What the lots of a suburb have in common, and the lots themselves.

use crate::simulate::description::{Color, Material, Place};
use crate::simulate::dice::Dice;
use crate::simulate::story::land::graded::EARTHS;
use crate::simulate::story::plot::Plot;

/// Fences of boards, walls of blocks.
pub(super) const FENCE_COLORS: [Color; 7] =
    [[124, 104, 84], [98, 84, 70], [150, 134, 112], [176, 166, 150], [206, 200, 188], [84, 78, 70], [68, 58, 50]];

/// Clipped hedges, green and dry, chosen by eye.
const HEDGES: [Color; 3] = [[58, 72, 44], [74, 84, 56], [96, 94, 66]];

/// Drives of estates, much brighter than their streets (by eye).
const NEW_CONCRETE: [Color; 4] = [[232, 226, 210], [220, 214, 200], [208, 200, 184], [214, 184, 150]];

/// Share of the depth behind the street's setback that houses take: broad ones of estates leave small gardens (by eye).
const BUILT_DEPTH: [f64; 2] = [0.62, 0.8];

/// Share of quarters that have stood for decades: where nothing is under way, and where something is (by judgment).
const GROWN: [f64; 2] = [0.5, 0.25];

/// Share of quarters that are tracts by one builder, not counting those that stand for decades (by judgment).
const TRACTS: f64 = 0.3;

/// Which sides of a lot are fenced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fencing {
    /// The three that do not face the street.
    Three,
    /// The rear and one side: neighbors share what is between them.
    Shared,
    /// The rear.
    Rear,
}

/// What the lots of a suburb have in common.
#[derive(Clone, Copy)]
pub(in crate::simulate) struct Lots {
    /// Frontage and depth, metres.
    pub size: [f64; 2],
    /// Width of the streets, metres.
    pub(super) street_m: f64,
    /// Between house and lot line to either side, metres.
    pub(super) gap_m: f64,
    /// Between street and house, metres.
    pub(super) setback_m: f64,
    /// Houses of several roofs.
    pub(super) complex: bool,
    pub(super) lawn: Material,
    pub(super) drive: Material,
    /// Color of the drives instead of the material's.
    pub(super) drive_color: Option<Color>,
    /// Narrowest and widest drive, metres.
    pub(super) drive_m: [f64; 2],
    pub(super) patios: f64,
    /// What is graded, or laid as a slab, where houses will stand.
    pub(super) graded: Option<Material>,
    pub(super) fence: Option<Color>,
    /// Which sides of a lot are fenced.
    pub(super) fencing: Fencing,
    /// Thickness of fences or hedges, metres.
    pub(super) fence_wide_m: f64,
    /// Height of fences, metres.
    pub(super) fence_m: f64,
    pub(super) sheds: f64,
    /// Most sheds and lean-tos where there are any, and trees per lot.
    pub(super) outhouses: usize,
    pub(super) crowns: f64,
    /// Share of gardens with beds.
    pub(super) beds: f64,
    pub(super) pools: f64,
    /// Things that lie about in a yard, and share of houses with shrubs along their walls.
    pub(super) things: f64,
    pub(super) shrubs: f64,
    /// Share of lots without a house.
    pub(super) vacant: f64,
    /// Chance that one ground lies under all yards, and share of houses with a yard of another ground than their neighbors.
    pub(super) joined: f64,
    pub(super) own_yards: f64,
    /// Color of graded lots, and share of new houses that still stand on it.
    pub(super) earth: Color,
    pub(super) raw: f64,
    /// Between street and pavement, metres, where there are pavements.
    pub(super) pavement_m: Option<f64>,
    /// Slope and height of a bank behind every other row, metres: lots of hillsides are level in themselves.
    pub(super) bank: Option<[f64; 2]>,
}

impl Lots {
    /// Length and depth that a house may take on a lot of this size, metres.
    pub(super) fn room(&self, [frontage, depth]: [f64; 2]) -> [f64; 2] {
        let share = BUILT_DEPTH[usize::from(self.complex)];
        [frontage - 2.0 * self.gap_m, ((depth - self.setback_m) * share).min(25.0)]
    }

    pub(super) fn draw(plot: Plot, dice: &mut Dice) -> Self {
        let complex = dice.chance(0.88);
        let depth = if complex { dice.between(26.0, 36.0) } else { dice.between(22.0, 42.0) };
        let wide_drives = dice.chance(0.7);
        let under_way = !matches!(plot, Plot::Nothing | Plot::Clear | Plot::Single);
        let hedged = dice.chance(0.2);
        let bare = [Material::PaleSand, Material::Soil, Material::Concrete, Material::Gravel, Material::Sand];
        let lots = Lots {
            size: [if complex { dice.between(14.0, 22.5) } else { dice.between(12.0, 26.0) }, depth],
            street_m: dice.between(6.0, 11.0),
            gap_m: dice.between(0.6, if complex { 2.2 } else { 3.0 }),
            setback_m: dice.between(3.5, if complex { 7.5 } else { 9.0 }),
            complex,
            lawn: dice.pick(&[Material::Grass, Material::Grass, Material::DryGrass, Material::Turf, Material::Soil]),
            drive: if wide_drives {
                Material::Concrete
            } else {
                dice.pick(&[Material::Concrete, Material::Gravel, Material::OldAsphalt])
            },
            drive_color: (wide_drives && dice.chance(0.6)).then(|| dice.pick(&NEW_CONCRETE)),
            drive_m: if wide_drives { [5.0, 8.0] } else { [2.8, 5.5] },
            patios: dice.pick(&[0.2, 0.5, 0.9]),
            graded: (under_way && dice.chance(0.6)).then(|| dice.pick(&bare)),
            fence: dice.chance(0.85).then(|| if hedged { dice.pick(&HEDGES) } else { dice.pick(&FENCE_COLORS) }),
            fencing: dice.weigh(&[(Fencing::Three, 0.7), (Fencing::Shared, 0.2), (Fencing::Rear, 0.1)]),
            fence_wide_m: if hedged { dice.between(0.6, 1.3) } else { 0.15 },
            fence_m: dice.between(1.2, 1.9),
            sheds: dice.pick(&[0.05, 0.25, 0.6]),
            outhouses: 1,
            crowns: 0.0,
            beds: 0.03,
            pools: dice.pick(&[0.0, 0.05, 0.3]),
            things: dice.weigh(&[(0.5, 0.25), (2.0, 0.4), (5.0, 0.35)]),
            shrubs: dice.pick(&[0.0, 0.5, 0.9]),
            vacant: dice.weigh(&[(0.02, 0.3), (0.06, 0.3), (0.15, 0.25), (0.3, 0.15)]),
            joined: 0.5,
            own_yards: dice.weigh(&[(0.05, 0.4), (0.25, 0.35), (0.7, 0.25)]),
            earth: dice.pick(&EARTHS),
            raw: dice.weigh(&[(0.1, 0.55), (0.4, 0.27), (0.9, 0.18)]),
            pavement_m: dice.chance(0.5).then(|| dice.between(0.0, 2.2)),
            bank: dice.chance(0.2).then(|| [dice.between(1.0, 4.0), dice.between(0.5, 2.0)]),
        };
        match dice.unit() {
            share if share < GROWN[usize::from(under_way)] => lots.grown(dice),
            share if share > 1.0 - TRACTS => lots.of_tract(dice),
            _ => lots,
        }
    }

    /// A tract by one builder: alike houses back to back on narrow lots, a drive and a fence to every one.
    fn of_tract(self, dice: &mut Dice) -> Self {
        Lots {
            size: [dice.between(14.5, 20.0), dice.between(28.0, 37.0)],
            gap_m: dice.between(0.6, 1.7),
            setback_m: dice.between(4.0, 7.0),
            complex: true,
            fence: self.fence.or(Some(dice.pick(&FENCE_COLORS))),
            fencing: Fencing::Three,
            vacant: 0.01,
            own_yards: 0.05,
            pavement_m: Some(dice.between(0.0, 2.0)),
            ..self
        }
    }

    /// The same after decades: sheds, lean-tos, paving and goods fill the yards, and broad crowns hang over them.
    fn grown(self, dice: &mut Dice) -> Self {
        Lots {
            gap_m: self.gap_m.min(dice.between(0.4, 1.4)),
            sheds: 0.9,
            outhouses: dice.count(1, 4),
            crowns: dice.between(0.5, 4.0),
            beds: dice.pick(&[0.0, 0.1, 0.4]),
            patios: 0.8,
            own_yards: 0.9,
            things: dice.between(4.0, 9.0),
            shrubs: 0.9,
            vacant: 0.03,
            ..self
        }
    }

    /// Lots of a village along one street: narrow houses before long gardens.
    pub(in crate::simulate) fn of_village(dice: &mut Dice) -> Self {
        Lots {
            size: [dice.between(12.0, 22.0), dice.between(45.0, 95.0)],
            setback_m: dice.between(1.5, 7.0),
            gap_m: dice.between(1.0, 3.0),
            complex: false,
            street_m: dice.between(4.5, 7.5),
            lawn: dice.pick(&[Material::Crop, Material::Grass, Material::Ploughed, Material::DryGrass, Material::Soil]),
            drive: dice.pick(&[Material::Gravel, Material::Soil, Material::Concrete]),
            drive_color: None,
            drive_m: [2.6, 4.5],
            patios: 0.1,
            beds: dice.pick(&[0.1, 0.5, 0.9]),
            sheds: 0.5,
            pools: 0.0,
            vacant: dice.pick(&[0.08, 0.25]),
            joined: 0.0,
            own_yards: 0.6,
            pavement_m: None,
            bank: None,
            ..Lots::draw(Plot::Nothing, dice)
        }
    }

    /// Lots of single houses in the open.
    pub(in crate::simulate) fn of_hamlet(dice: &mut Dice) -> Self {
        Lots { size: [dice.between(20.0, 40.0), dice.between(28.0, 50.0)], ..Lots::draw(Plot::Infill, dice) }
    }
}

/// A lot: the middle of its front on the street, and the way its street runs.
#[derive(Clone, Copy)]
pub(in crate::simulate) struct Lot {
    pub front: Place,
    pub azimuth_deg: f64,
    /// Frontage and depth, metres.
    pub size: [f64; 2],
    pub row: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::render::buildings::footprint_of;
    use crate::simulate::story::structures::styles::RoofStyle;
    use crate::simulate::story::structures::suburban_house::draw_suburban;
    use geo::Area;

    #[test]
    fn houses_of_estates_have_some_two_hundred_square_metres() {
        let (mut dice, mut areas) = (Dice::from_seed(6), Vec::new());
        for _ in 0..400 {
            let lots = Lots::draw(Plot::Develop, &mut dice);
            let style = RoofStyle::draw([150, 140, 130], &mut dice);
            if lots.complex {
                let house = draw_suburban([50.0, 50.0], 0.0, lots.room(lots.size), style, &mut dice);
                areas.push(footprint_of(&house).unsigned_area());
            }
        }
        areas.sort_by(f64::total_cmp);
        let median = areas[areas.len() / 2];
        assert!((200.0..270.0).contains(&median), "median {median} m2");
    }
}
