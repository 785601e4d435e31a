//! Where a settlement ends: a wandering line with a fringe in which it thins out.

use crate::simulate::description::Place;
use crate::simulate::dice::{Dice, unit_at};

/// The line beyond which nothing is built.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulate) struct Edge {
    /// Direction across the line; the settlement lies against it.
    across: [f64; 2],
    /// Distance of the line from the origin, metres.
    from: f64,
    /// How far the line wanders, metres, and how fast, radians per metre, with phases.
    waves: [[f64; 3]; 2],
    /// Width of the fringe, metres.
    fringe_m: f64,
    seed: u64,
}

impl Edge {
    /// An edge that leaves the settlement a corner, a side or most of an image with sides of this length.
    pub(in crate::simulate) fn draw(side_m: f64, dice: &mut Dice) -> Self {
        let angle = dice.between(0.0, std::f64::consts::TAU);
        let across = [angle.cos(), angle.sin()];
        let middle = (across[0] + across[1]) * side_m / 2.0;
        let wave = |share: f64, per_side: f64, dice: &mut Dice| {
            let reach = share * dice.unit() * side_m;
            [reach, per_side * dice.between(0.7, 1.4) * std::f64::consts::TAU / side_m, dice.between(0.0, 6.3)]
        };
        Edge {
            across,
            from: middle + side_m * dice.between(-0.38, 0.34),
            waves: [wave(0.12, 0.8, dice), wave(0.05, 2.6, dice)],
            fringe_m: dice.pick(&[1.0, 0.12 * side_m, 0.35 * side_m]),
            seed: dice.bits(),
        }
    }

    /// Metres from the line; negative inside.
    pub(in crate::simulate) fn beyond(&self, [x, y]: Place) -> f64 {
        let [ax, ay] = self.across;
        let along = ax * y - ay * x;
        let wander: f64 = self.waves.iter().map(|[reach, pace, phase]| reach * (pace * along + phase).sin()).sum();
        ax * x + ay * y - self.from + wander
    }

    /// Whether something stands at a place: surely inside, ever more rarely in the fringe.
    pub(in crate::simulate) fn admits(&self, place: Place) -> bool {
        let beyond = self.beyond(place) / self.fringe_m + 0.5;
        if beyond <= 0.0 || beyond >= 1.0 {
            return beyond <= 0.0;
        }
        let [a, b] = place.map(|v| (4.0 * v).round() as i64);
        f64::from(unit_at(self.seed, a, b)) > beyond
    }

    /// The edge of what lies on the other side, with a strip of open land between.
    pub(in crate::simulate) fn reversed(&self, strip_m: f64) -> Self {
        let waves = self.waves.map(|[reach, pace, phase]| [reach, pace, std::f64::consts::PI - phase]);
        let across = self.across.map(|v| -v);
        // Along counts the other way too: sin(-u + pi - phase) = sin(u + phase), and the wander must change its sign.
        let waves = waves.map(|[reach, pace, phase]| [-reach, pace, phase]);
        Edge { across, from: -self.from - strip_m, waves, fringe_m: 1.0, ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_side_is_the_rest() {
        for seed in 0..20 {
            let mut dice = Dice::from_seed(seed);
            let edge = Edge::draw(128.0, &mut dice);
            let other = edge.reversed(0.0);
            for _ in 0..50 {
                let place = [dice.between(0.0, 128.0), dice.between(0.0, 128.0)];
                assert!((edge.beyond(place) + other.beyond(place)).abs() < 1e-6);
                assert_eq!(edge.admits(place), edge.admits(place));
            }
        }
    }
}
