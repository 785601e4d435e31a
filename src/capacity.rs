//! How many people the new housing could hold: an estimate with its interval, or the reason why there is none.

use serde::{Deserialize, Serialize};

use crate::structure::Kind;

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
        let mut draws = draws.to_vec();
        let last = draws.len().checked_sub(1)?;
        // From the lowest share up, everything left of a selected place is settled: each selection looks at the rest.
        let mut settled = 0;
        let mut at = |share: f64| {
            let place = share * last as f64;
            let index = place.floor() as usize;
            let rest = &mut draws[settled..];
            let (_, below, above) = rest.select_nth_unstable_by(index - settled, f64::total_cmp);
            let below = *below;
            let next = above.iter().copied().min_by(f64::total_cmp).unwrap_or(below);
            settled = index;
            below + (next - below) * place.fract()
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
    /// People it could hold if it exists and is housing; `None` where its probability of housing is too low to say.
    pub if_housing: Option<Quantiles>,
    /// The same with the doubts about its existence and use; `None` as above.
    pub people: Option<Quantiles>,
    /// How its people were reckoned.
    pub method: CapacityMethod,
}

/// How the people of a structure are reckoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CapacityMethod {
    /// Floor area over area per person.
    Area,
    /// A usual number of people for a structure of this kind, whatever its outline.
    Count,
}

/// Capacity of a group of alike structures, which share their storeys and whether they are housing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupCapacity {
    /// Ids of its structures.
    pub structures: Vec<u32>,
    /// What they most probably are.
    pub kind: Kind,
    /// Probability that they are housing.
    pub p_housing: f64,
    /// People they could hold together if all exist and are housing; `None` where that is too improbable to say.
    pub if_housing: Option<Quantiles>,
    /// The same with the doubts about existence and use; `None` as above.
    pub people: Option<Quantiles>,
}

/// Capacity of the site under one occupancy profile, if everything likely to be housing is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileCapacity {
    /// The profile's name.
    pub profile: String,
    /// Which area its square metres count, and how many a person takes, in words.
    pub definition: String,
    /// Where its numbers come from.
    pub source: String,
    /// People.
    pub people: Quantiles,
}

/// An uncertain input of the estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UncertainInput {
    /// Which use the housing has, and how much area a person takes under it.
    Profile,
    /// How many storeys there are.
    Storeys,
    /// Edges of the outlines, eaves and walls.
    Area,
    /// Whether a structure is housing at all.
    #[serde(rename = "p_housing")]
    Housing,
    /// Net to gross floor area.
    NetRatio,
    /// Whether a structure exists.
    Existence,
}

impl UncertainInput {
    /// Every input.
    pub const ALL: [UncertainInput; 6] = [
        UncertainInput::Profile,
        UncertainInput::Storeys,
        UncertainInput::Area,
        UncertainInput::Housing,
        UncertainInput::NetRatio,
        UncertainInput::Existence,
    ];

    /// Words for tables and sentences.
    pub fn name(self) -> &'static str {
        match self {
            UncertainInput::Profile => "profile",
            UncertainInput::Storeys => "storeys",
            UncertainInput::Area => "area",
            UncertainInput::Housing => "P(housing)",
            UncertainInput::NetRatio => "net ratio",
            UncertainInput::Existence => "existence",
        }
    }
}

/// How much of the variance of the site's capacity one input brings by itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct VarianceShare {
    /// The input.
    pub input: UncertainInput,
    /// Its share, 0 to 1. The shares of all inputs sum to 1 less what only acts in combination.
    pub share: f64,
}

/// A number of people that somebody published.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Lowest number claimed.
    pub low: f64,
    /// Highest number claimed; not below `low`.
    pub high: f64,
}

/// How a claim looks under one profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimVerdict {
    /// The area a person would have lies within the profile's limits, as far as the structures' area is known.
    Plausible,
    /// Implausible: less area a person than the profile's least.
    TooCrowded,
    /// More area a person than the profile's most: not full, or used otherwise.
    Roomier,
}

impl ClaimVerdict {
    /// Words for people.
    pub fn words(self) -> &'static str {
        match self {
            ClaimVerdict::Plausible => "plausible",
            ClaimVerdict::TooCrowded => "implausible: too crowded",
            ClaimVerdict::Roomier => "roomier than this use: not full, or another use",
        }
    }
}

/// What a claim implies under one profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileClaim {
    /// The profile's name.
    pub profile: String,
    /// Which area its square metres count, and how many a person takes, in words.
    pub definition: String,
    /// Least area a person that the claim implies: the highest number claimed in the fifth percentile of the area.
    pub implied_m2_low: f64,
    /// Most area a person: the lowest number claimed in the 95th percentile of the area.
    pub implied_m2_high: f64,
    /// Whether that is plausible.
    pub verdict: ClaimVerdict,
}

/// What a claim implies if it is true and everybody lives in the structures likely to be housing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimCheck {
    /// The claim.
    pub claim: Claim,
    /// Structures likely to be housing.
    pub buildings: usize,
    /// People in each of them at the lowest number claimed.
    pub people_per_building_low: f64,
    /// People in each at the highest.
    pub people_per_building_high: f64,
    /// Area of an outline in the mean over them, all storeys together, square metres; `None` where outlines are not known.
    pub gross_m2_per_building: Option<f64>,
    /// Under each profile.
    pub profiles: Vec<ProfileClaim>,
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
    /// Each group of alike structures, those of one included.
    pub groups: Vec<GroupCapacity>,
    /// The site's capacity under each profile of the mix.
    pub profiles: Vec<ProfileCapacity>,
    /// What makes the interval of `people` wide, the largest share first; empty when it has no width.
    pub drivers: Vec<VarianceShare>,
    /// What a published claim implies, when there was one to check.
    pub claim: Option<ClaimCheck>,
    /// How far to rely on it.
    pub confidence: Confidence,
    /// What was assumed, a sentence each.
    pub assumptions: Vec<String>,
    /// Draws of the Monte Carlo chain.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl CapacityEstimate {
    /// `profile 46 %, P(housing) 31 %, …, in combination 4 %`: the drivers of the variance in one line; empty when there
    /// are none. Shares under half a percent are left out.
    pub fn drivers_in_words(&self) -> String {
        let alone: f64 = self.drivers.iter().map(|driver| driver.share).sum();
        let named = self.drivers.iter().map(|driver| (driver.input.name(), driver.share));
        let rest = (!self.drivers.is_empty()).then_some(("in combination", (1.0 - alone).max(0.0)));
        let told = named.chain(rest).filter(|(_, share)| *share >= 0.005);
        told.map(|(name, share)| format!("{name} {:.0} %", 100.0 * share)).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_between_order_statistics() {
        let draws: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        let q = Quantiles::of_draws(&draws).expect("invariant: not empty");
        assert_eq!((q.p5, q.p25, q.p50, q.p75, q.p95), (5.0, 25.0, 50.0, 75.0, 95.0));
        let q = Quantiles::of_draws(&[3.0, 1.0]).expect("invariant: not empty");
        assert!((q.p5 - 1.1).abs() < 1e-12 && (q.p50 - 2.0).abs() < 1e-12 && (q.p95 - 2.9).abs() < 1e-12, "{q:?}");
        assert_eq!(Quantiles::of_draws(&[7.0]), Some(Quantiles::certain(7.0)));
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
