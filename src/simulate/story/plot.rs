//! What happens to a site's structures between the dates.

use crate::simulate::description::{Place, When};
use crate::simulate::dice::{Dice, unit_at};

/// What happens to structures between the dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulate) enum Plot {
    /// Nothing, whatever else changes.
    Nothing,
    /// One to three are added.
    Single,
    /// Some are added here and there.
    Infill,
    /// A few neighborhoods of several structures are added.
    Cluster,
    /// Whole rows are added.
    Rows,
    /// One side of the site is built up.
    Develop,
    /// Most of what stands is new.
    Found,
    /// Some are gone.
    Clear,
    /// Some are added, some gone, some replaced.
    Renew,
    /// Others stand where some stood.
    Replace,
    /// Wings are added to what stands.
    Extend,
}

/// What becomes of one structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulate) struct Fate {
    /// When it stands.
    pub when: When,
    /// Whether another one stood in its place before.
    pub replaced: bool,
    /// Whether a wing is added, as a structure of its own.
    pub extended: bool,
}

impl Fate {
    /// It stands on these dates, and that is all.
    pub(in crate::simulate) const fn plain(when: When) -> Self {
        Fate { when, replaced: false, extended: false }
    }
}

/// A plot on the ground: where and how much.
#[derive(Clone, Debug)]
pub(in crate::simulate) struct Course {
    /// What happens.
    pub plot: Plot,
    share: f64,
    /// Places and radii within which everything is new, metres.
    spots: Vec<(Place, f64)>,
    /// Everything beyond a line is new: direction across it, and metres from the origin.
    front: ([f64; 2], f64),
    rows: u64,
}

impl Course {
    /// Sets a plot on a site with sides of this length.
    pub(in crate::simulate) fn draw(plot: Plot, side_m: f64, dice: &mut Dice) -> Self {
        let angle = dice.between(0.0, std::f64::consts::TAU);
        let across = [angle.cos(), angle.sin()];
        let middle = [0, 1].map(|_| side_m * dice.between(0.25, 0.75));
        let spot = |radius: [f64; 2], dice: &mut Dice| {
            ([0, 1].map(|_| side_m * dice.between(0.08, 0.92)), dice.between(radius[0], radius[1]))
        };
        let (count, radius) = match plot {
            Plot::Single => (dice.count(1, 3), [5.0, 10.0]),
            Plot::Cluster => (dice.count(1, 3), [16.0, 45.0]),
            _ => (0, [1.0, 1.0]),
        };
        Course {
            plot,
            share: match plot {
                Plot::Infill => dice.pick(&[0.04, 0.10, 0.2, 0.35]),
                Plot::Develop => dice.between(0.8, 1.0),
                Plot::Found => dice.pick(&[0.75, 0.95, 1.0]),
                Plot::Clear => dice.pick(&[0.08, 0.3, 0.8]),
                Plot::Renew | Plot::Replace => dice.between(0.05, 0.3),
                Plot::Extend => dice.between(0.05, 0.4),
                _ => 1.0,
            },
            spots: (0..count).map(|_| spot(radius, dice)).collect(),
            front: (across, across[0] * middle[0] + across[1] * middle[1]),
            rows: dice.bits(),
        }
    }

    /// Whether this plot may bring anything new.
    pub(in crate::simulate) fn may_add(&self) -> bool {
        !matches!(self.plot, Plot::Nothing | Plot::Clear)
    }

    /// What becomes of a structure at a place, in this row of its settlement.
    pub(in crate::simulate) fn fate(&self, [x, y]: Place, row: i64, dice: &mut Dice) -> Fate {
        let happens = dice.chance(self.share);
        let new = |yes: bool| Fate::plain(if yes { When::After } else { When::Both });
        match self.plot {
            Plot::Nothing => new(false),
            Plot::Infill | Plot::Found => new(happens),
            Plot::Single | Plot::Cluster => {
                new(self.spots.iter().any(|([sx, sy], radius)| (sx - x).hypot(sy - y) < *radius))
            }
            Plot::Rows => new(unit_at(self.rows, row, 0) < 0.4),
            Plot::Develop => {
                let ([ax, ay], from) = self.front;
                let beyond = ax * x + ay * y > from;
                new(if beyond { happens } else { dice.chance(0.02) })
            }
            Plot::Clear => Fate::plain(if happens { When::Before } else { When::Both }),
            Plot::Renew if happens => {
                let when = dice.pick(&[When::After, When::Before, When::After]);
                Fate { replaced: when == When::After && dice.chance(0.4), ..Fate::plain(when) }
            }
            Plot::Replace => Fate { replaced: happens, ..new(happens) },
            Plot::Extend => Fate { extended: happens, ..new(false) },
            Plot::Renew => new(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_new_comes_of_plots_that_may_not_add() {
        for plot in [Plot::Nothing, Plot::Clear] {
            let course = Course::draw(plot, 128.0, &mut Dice::from_seed(4));
            assert!(!course.may_add());
            let mut dice = Dice::from_seed(5);
            for row in 0..200 {
                let place = [dice.between(0.0, 128.0), dice.between(0.0, 128.0)];
                let fate = course.fate(place, row, &mut dice);
                assert!(fate.when != When::After && !fate.replaced && !fate.extended, "{plot:?} {fate:?}");
            }
        }
    }
}
