//! How many people the new housing could hold: an estimate with its interval, or the reason why there is none.

use serde::{Deserialize, Serialize};

/// Five quantiles of a distribution.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Quantiles {
    pub p5: f64,
    pub p25: f64,
    pub p50: f64,
    pub p75: f64,
    pub p95: f64,
}

impl Quantiles {
    /// The same number five times.
    pub fn certain(value: f64) -> Self {
        Quantiles { p5: value, p25: value, p50: value, p75: value, p95: value }
    }

    /// Quantiles of draws, by linear interpolation between order statistics[^1]; `None` when there is no draw.
    ///
    /// [^1]: Hyndman and Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50(4), 1996,
    /// doi 10.2307/2684934 (definition 7).
    pub fn of_draws(draws: &[f64]) -> Option<Self> {
        let mut sorted = draws.to_vec();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        let at = |share: f64| {
            let place = share * last as f64;
            let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
            below + (above - below) * place.fract()
        };
        Some(Quantiles { p5: at(0.05), p25: at(0.25), p50: at(0.5), p75: at(0.75), p95: at(0.95) })
    }

    /// Every quantile changed by one function, which must not reverse their order.
    pub fn map(self, change: impl Fn(f64) -> f64) -> Self {
        Quantiles {
            p5: change(self.p5),
            p25: change(self.p25),
            p50: change(self.p50),
            p75: change(self.p75),
            p95: change(self.p95),
        }
    }
}

/// A number of people rounded as it is shown: to two significant figures, and never to parts of a person.
pub fn two_significant_figures(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let unit = 10f64.powf(value.abs().log10().floor() - 1.0).max(1.0);
    (value / unit).round() * unit
}

/// Why no capacity is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Withheld {
    /// Nobody knows how large a pixel is.
    UnknownGsd,
    /// Pixels are too coarse to measure buildings.
    CoarseGsd {
        /// Ground sampling distance found, metres.
        gsd_m: f64,
        /// Coarsest accepted, metres.
        accepted_m: f64,
    },
    /// Structures were found that may house people, but none is likely enough to.
    NoLikelyHousing {
        /// Highest probability of housing among them.
        highest_p_housing: f64,
        /// Lowest accepted.
        accepted: f64,
    },
    /// The images could not be lined up, so nothing was looked for.
    RegistrationRefused,
}

impl std::fmt::Display for Withheld {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Withheld::UnknownGsd => {
                write!(f, "the ground sampling distance is unknown; pass --gsd METERS to get metres and a capacity")
            }
            Withheld::CoarseGsd { gsd_m, accepted_m } => write!(
                f,
                "at {gsd_m:.2} m a pixel buildings cannot be measured (coarsest accepted: {accepted_m:.0} m); use finer imagery"
            ),
            Withheld::NoLikelyHousing { highest_p_housing, accepted } => write!(
                f,
                "no structure is likely enough to be housing (highest probability {highest_p_housing:.2}, accepted from {accepted:.1})"
            ),
            Withheld::RegistrationRefused => {
                write!(f, "the images could not be lined up; see the registration for the reason")
            }
        }
    }
}

/// How far a capacity can be relied on, in the sense of analytic confidence (ICD 203), not of likelihood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Use and storeys are assumed.
    Low,
    /// Fine imagery, measured storeys and a known kind.
    Moderate,
    /// An analyst confirmed use and storeys from ground photographs or plans.
    High,
}

impl Confidence {
    /// The word used in tables.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Moderate => "moderate",
            Confidence::High => "high",
        }
    }
}

/// Capacity of one structure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StructureCapacity {
    /// The structure's id.
    pub id: u32,
    /// People it could hold if it is housing; `None` where its probability of housing is too low to say.
    pub people: Option<Quantiles>,
}

/// Capacity of the site under one occupancy profile, if everything likely to be housing is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileCapacity {
    /// The profile's name.
    pub profile: String,
    /// People.
    pub people: Quantiles,
}

/// Capacity of a site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CapacityEstimate {
    /// People the new structures could hold, doubts about existence and use included; `None` when withheld.
    pub people: Option<Quantiles>,
    /// The same, if all structures likely to be housing exist and are housing.
    pub if_all_housing: Option<Quantiles>,
    /// Why there is no capacity.
    pub withheld: Option<Withheld>,
    /// Number of new structures, doubts about existence included.
    pub count: Quantiles,
    /// Each new structure's own capacity.
    pub structures: Vec<StructureCapacity>,
    /// The site's capacity under each profile of the mix.
    pub profiles: Vec<ProfileCapacity>,
    /// How far to rely on it.
    pub confidence: Confidence,
    /// What was assumed, a sentence each.
    pub assumptions: Vec<String>,
    /// Draws of the Monte Carlo chain.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_between_order_statistics() {
        let draws: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        let q = Quantiles::of_draws(&draws).expect("invariant: not empty");
        assert_eq!((q.p5, q.p25, q.p50, q.p75, q.p95), (5.0, 25.0, 50.0, 75.0, 95.0));
        assert!(Quantiles::of_draws(&[]).is_none());
    }

    #[test]
    fn two_figures_are_kept() {
        assert_eq!(
            [0.0, 4.26, 437.0, 455.0, 98_765.0].map(two_significant_figures),
            [0.0, 4.0, 440.0, 460.0, 99_000.0]
        );
    }
}
