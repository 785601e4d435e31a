//! What the lots of a suburb have in common, and the lots themselves.

use crate::simulate::description::{Color, Material, Place};
use crate::simulate::dice::Dice;
use crate::simulate::story::plot::Plot;

/// Fences of boards, walls of blocks.
pub(super) const FENCE_COLORS: [Color; 6] =
    [[124, 104, 84], [98, 84, 70], [150, 134, 112], [176, 166, 150], [206, 200, 188], [84, 78, 70]];

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
    /// Narrowest and widest drive, metres.
    pub(super) drive_m: [f64; 2],
    pub(super) patios: f64,
    /// What is graded, or laid as a slab, where houses will stand.
    pub(super) graded: Option<Material>,
    pub(super) fence: Option<Color>,
    /// Height of fences, metres.
    pub(super) fence_m: f64,
    pub(super) sheds: f64,
    pub(super) pools: f64,
    /// Share of lots without a house.
    pub(super) vacant: f64,
}

impl Lots {
    pub(super) fn draw(plot: Plot, dice: &mut Dice) -> Self {
        let complex = dice.chance(0.88);
        let depth = if complex { dice.between(27.0, 40.0) } else { dice.between(22.0, 42.0) };
        let wide_drives = dice.chance(0.7);
        let under_way = !matches!(plot, Plot::Nothing | Plot::Clear | Plot::Single);
        let bare = [Material::PaleSand, Material::Soil, Material::Concrete, Material::Gravel, Material::Sand];
        Lots {
            size: [if complex { dice.between(14.0, 28.0) } else { dice.between(12.0, 26.0) }, depth],
            street_m: dice.between(6.0, 11.0),
            gap_m: dice.between(0.6, 3.0),
            setback_m: dice.between(3.5, 9.0),
            complex,
            lawn: dice.pick(&[Material::Grass, Material::Grass, Material::DryGrass, Material::Turf, Material::Soil]),
            drive: if wide_drives {
                Material::Concrete
            } else {
                dice.pick(&[Material::Concrete, Material::Gravel, Material::OldAsphalt])
            },
            drive_m: if wide_drives { [5.0, 8.0] } else { [2.8, 5.5] },
            patios: dice.pick(&[0.1, 0.4, 0.8]),
            graded: (under_way && dice.chance(0.35)).then(|| dice.pick(&bare)),
            fence: dice.chance(0.75).then(|| dice.pick(&FENCE_COLORS)),
            fence_m: dice.between(1.2, 1.9),
            sheds: dice.pick(&[0.0, 0.05, 0.25]),
            pools: dice.pick(&[0.0, 0.05, 0.3]),
            vacant: dice.pick(&[0.02, 0.06, 0.2]),
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
            drive_m: [2.6, 4.5],
            patios: 0.1,
            sheds: 0.5,
            pools: 0.0,
            vacant: dice.pick(&[0.08, 0.25]),
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
