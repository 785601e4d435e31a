//! What happens to a site's structures between the dates.

use crate::simulate::description::When;
use crate::simulate::dice::Dice;

/// What happens to structures between the dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plot {
    /// Nothing, whatever else changes.
    Nothing,
    /// Some are added here and there.
    Infill,
    /// One side of the site is built up.
    Develop,
    /// Most of what stands is new.
    Found,
    /// Some are gone.
    Clear,
    /// Some are added, some gone, some given new roofs.
    Renew,
}

impl Plot {
    /// When a structure stands, by its place as a share of the side along the axis of development.
    pub(super) fn fate(self, place: f64, dice: &mut Dice) -> When {
        let (new, gone) = match self {
            Plot::Nothing => (0.0, 0.0),
            Plot::Infill => (0.25, 0.0),
            Plot::Develop => (if place < 0.5 { 0.95 } else { 0.03 }, 0.0),
            Plot::Found => (0.85, 0.0),
            Plot::Clear => (0.0, 0.35),
            Plot::Renew => (0.18, 0.15),
        };
        let roll = dice.unit();
        if roll < new {
            When::After
        } else if roll < new + gone {
            When::Before
        } else {
            When::Both
        }
    }
}
