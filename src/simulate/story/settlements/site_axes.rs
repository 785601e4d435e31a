//! The axes of a site: straight, kinked or bent, and places along and across them.

use crate::simulate::description::Place;
use crate::simulate::dice::Dice;
use crate::simulate::story::settlements::site::Site;

impl Site<'_> {
    /// Kinks the streets with this probability; bends them into arcs now and then.
    pub(in crate::simulate) fn bend(&mut self, chance: f64, dice: &mut Dice) {
        if dice.chance(0.15 * chance) {
            let radius = self.side_m * dice.pick(&[0.6, 0.9, 1.4, 2.5]) * dice.between(0.8, 1.2);
            self.curvature = dice.pick(&[-1.0, 1.0]) / radius;
            return;
        }
        if dice.chance(1.6 * chance) {
            let mut at = -0.9 * self.side_m;
            while at < 0.9 * self.side_m {
                at += self.side_m * dice.between(0.15, 0.7);
                self.kinks.push((at, dice.between(-0.42, 0.42)));
            }
        }
    }

    /// How far the axis has strayed across at metres along, and its slope there.
    fn kink_at(&self, along: f64) -> (f64, f64) {
        let (mut strayed, mut slope, mut from) = (0.0, 0.0, 0.0);
        // The axis runs through the middle of the site on both sides of the first kink.
        for &(at, next) in &self.kinks {
            if along < at {
                break;
            }
            strayed += slope * (at - from);
            (slope, from) = (next, at);
        }
        (if slope == 0.0 { strayed } else { strayed + slope * (along - from) }, slope)
    }

    /// The place at metres along the streets and across them.
    pub(in crate::simulate) fn place(&self, along: f64, across: f64) -> Place {
        if self.curvature == 0.0 {
            return self.axes.place(along, across + self.kink_at(along).0);
        }
        let (sin, cos) = (along * self.curvature).sin_cos();
        let radius = 1.0 / self.curvature - across;
        self.axes.place(radius * sin, 1.0 / self.curvature - radius * cos)
    }

    /// Azimuth of the streets at metres along them.
    pub(in crate::simulate) fn azimuth_at(&self, along: f64) -> f64 {
        self.azimuth_deg + (along * self.curvature).to_degrees() + self.kink_at(along).1.atan().to_degrees()
    }

    /// Metres on the ground for a metre along, this far across: less than 1 on the inner side of a bend.
    pub(in crate::simulate) fn stretch(&self, across: f64) -> f64 {
        1.0 - self.curvature * across
    }

    /// Corners of a rectangle between two places.
    pub(in crate::simulate) fn outline(&self, [s0, t0]: [f64; 2], [s1, t1]: [f64; 2]) -> Vec<Place> {
        vec![self.place(s0, t0), self.place(s1, t0), self.place(s1, t1), self.place(s0, t1)]
    }

    /// Half the length that covers the site along any axis.
    pub(in crate::simulate) fn reach(&self) -> f64 {
        let whole = 0.9 * self.side_m;
        if self.curvature == 0.0 { whole } else { whole.min(3.0 / self.curvature.abs()) }
    }

    /// Places along, `step` metres apart on the ground this far across, from end to end.
    pub(in crate::simulate) fn steps(&self, step: f64, across: f64) -> Vec<f64> {
        let stretch = self.stretch(across);
        if stretch < 0.25 {
            return Vec::new();
        }
        let step = step / stretch;
        let count = (self.reach() / step) as i64;
        (-count..=count).map(|number| (number as f64 + 0.5) * step).collect()
    }
}
