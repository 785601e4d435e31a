//! Triangular distributions, by their inverse distribution function, so that one shared uniform drives many.

use serde::{Deserialize, Serialize};

/// A triangular distribution; `low` <= `mode` <= `high`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Triangular {
    /// Least value.
    pub low: f64,
    /// Most likely value.
    pub mode: f64,
    /// Greatest value.
    pub high: f64,
}

impl Triangular {
    /// Makes a distribution from least, most likely and greatest value.
    pub const fn new(low: f64, mode: f64, high: f64) -> Self {
        Triangular { low, mode, high }
    }

    /// `whole` divided by each of the three numbers: for a log-triangular divisor, the distribution of the quotient.
    pub const fn shares_of(&self, whole: f64) -> Self {
        Triangular { low: whole / self.high, mode: whole / self.mode, high: whole / self.low }
    }

    /// The value below which a share `u` (0 to 1) of all draws lies.
    pub fn quantile(&self, u: f64) -> f64 {
        let (span, rise) = (self.high - self.low, self.mode - self.low);
        if u * span <= rise {
            self.low + (u * span * rise).sqrt()
        } else {
            self.high - ((1.0 - u) * span * (self.high - self.mode)).sqrt()
        }
    }

    /// The same for a value whose logarithm is triangular between the logarithms of the three numbers.
    pub fn log_quantile(&self, u: f64) -> f64 {
        Triangular::new(self.low.ln(), self.mode.ln(), self.high.ln()).quantile(u).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_ends_and_the_mode_are_where_they_belong() {
        let shape = Triangular::new(2.0, 3.0, 6.0);
        assert_eq!((shape.quantile(0.0), shape.quantile(1.0)), (2.0, 6.0));
        assert!((shape.quantile(0.25) - 3.0).abs() < 1e-12, "a quarter lies below the mode");
        assert!((shape.log_quantile(0.0) - 2.0).abs() < 1e-12 && (shape.log_quantile(1.0) - 6.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn never_falls_and_never_leaves(u in 0.0..1.0f64, step in 0.0..0.5f64) {
            let shape = Triangular::new(0.9, 2.0, 3.0);
            let (low, high) = (shape.log_quantile(u), shape.log_quantile((u + step).min(1.0)));
            prop_assert!(low <= high && low >= 0.9 - 1e-12 && high <= 3.0 + 1e-12);
        }
    }
}
