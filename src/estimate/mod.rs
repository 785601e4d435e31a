//! Estimates the housing capacity of what was found.
//!
//! Facts, factors and the chain itself are explained in docs/CAPACITY.md.

mod claim;
mod confidence;
mod groups;
mod monte_carlo;
mod profile_file;
mod profiles;
mod random_draws;
mod site_sums;
mod triangular;
mod variance_shares;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::capacity::{
    CapacityEstimate, CapacityMethod, Claim, ProfileCapacity, Quantiles, StructureCapacity, Withheld,
};
use crate::estimate::claim::check_claim;
use crate::estimate::confidence::{assumptions, confidence};
use crate::estimate::groups::{Group, group_structures};
use crate::estimate::monte_carlo::{OWN_EDGE_SD_PX, SHARED_EDGE_SD_PX};
pub use crate::estimate::profile_file::ProfileFileError;
pub use crate::estimate::profiles::{AreaBasis, Profile, ProfileTable, default_mix};
use crate::estimate::random_draws::{Sample, draw_existence};
use crate::estimate::site_sums::draw_sums;
pub use crate::estimate::triangular::Triangular;
use crate::estimate::variance_shares::variance_shares;
use crate::raster::units::Meters;
use crate::structure::{Kind, MeasuredStructure, Status};

/// Coarsest ground sampling distance at which buildings can be measured, metres (docs/CAPACITY.md).
const COARSEST_GSD_M: f64 = 5.0;
/// Least probability of housing from which a structure's capacity is told (docs/CAPACITY.md).
const LEAST_P_HOUSING: f64 = 0.3;
/// Standard deviation of a width, as a share of it, above which tents and containers are counted instead of measured: the
/// error of the area then exceeds what people in one of them differ by. Our judgement.
const COUNTED_FROM: f64 = 1.0 / 3.0;

/// Where the outlines of structures lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutlinesAt {
    /// At the edge of the roof, as seen from above: eaves and walls are taken off as the profile says.
    #[default]
    Roof,
    /// From wall to wall, as in plans: nothing is taken off but the net to gross ratio.
    WallToWall,
}

/// When tents and containers are counted instead of measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Counting {
    /// Where their outlines are too uncertain, or not known.
    #[default]
    Auto,
    /// Never.
    Area,
    /// Always.
    Count,
}

/// How to estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EstimateOptions {
    /// Name of the occupancy profile for all housing; the mix of each kind when `None`.
    pub profile: Option<String>,
    /// The profiles there are.
    pub profiles: ProfileTable,
    /// Where the outlines lie.
    pub outlines: OutlinesAt,
    /// When tents and containers are counted.
    pub counting: Counting,
    /// A published number of people to check.
    pub claim: Option<Claim>,
    /// Draws of the Monte Carlo chain, at least 1.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for EstimateOptions {
    fn default() -> Self {
        EstimateOptions {
            profile: None,
            profiles: ProfileTable::default(),
            outlines: OutlinesAt::Roof,
            counting: Counting::Auto,
            claim: None,
            draws: 10_000,
            seed: 1,
        }
    }
}

/// Why no estimate could be made.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum EstimateError {
    /// No profile has this name.
    #[error("there is no occupancy profile '{name}'; choose one of {known}")]
    UnknownProfile {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// An analyst gave a structure a profile that is none.
    #[error("structure {id} has the occupancy profile '{name}', which is none; choose one of {known}")]
    UnknownProfileOf {
        /// The structure's id.
        id: u32,
        /// The name found.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A claim is no number of people.
    #[error("a claim of {low} to {high} people is none; give one number above 0, or a range that rises")]
    Claim {
        /// Its lower end.
        low: f64,
        /// Its upper end.
        high: f64,
    },
    /// No draw was asked for.
    #[error("0 draws give no interval; ask for at least 1 (10,000 is usual)")]
    NoDraws,
}

/// Estimates how many people the new structures could hold, with five quantiles.
///
/// - Input: measured structures; those `Removed` do not count, and those `Replaced` count as structures but add no
///   people, as housing may have stood there before. `gsd` is the ground sampling distance of the image that the outlines
///   were drawn on, which sets the uncertainty of edges.
/// - Output: people for the site, for each structure and for each group of alike ones; the number of structures; what
///   makes the interval wide; what a claim implies; or the reason why there is no number.
///
/// The profile, net ratio, eaves, walls and edge bias are shared by all structures of a site and storeys and use by
/// groups of alike structures, so the interval does not shrink with the number of buildings. Equal input and seed give
/// equal figures on any number of threads.
///
/// Misleads where structures were missed: they are not in the interval. Capacity is neither presence nor intent.
///
/// # Errors
/// [`EstimateError`], when a profile is not in the table, a claim is no number of people, or no draw is asked for.
pub fn estimate_capacity(
    structures: &[MeasuredStructure],
    gsd: Option<Meters>,
    options: &EstimateOptions,
) -> Result<CapacityEstimate, EstimateError> {
    check_options(structures, options)?;
    let counted: Vec<&MeasuredStructure> =
        structures.iter().filter(|s| s.structure.status != Status::Removed).collect();
    let mut estimate = blank_estimate(&counted, gsd, options);
    estimate.withheld = reason_to_withhold(&counted, gsd, options);
    if estimate.withheld.is_none() && counted.is_empty() {
        estimate.people = Some(Quantiles::certain(0.0));
        estimate.if_all_housing = Some(Quantiles::certain(0.0));
    } else if estimate.withheld.is_none() {
        // Without a ground sampling distance nothing has an outline in metres, and no edge is uncertain.
        fill_estimate(&mut estimate, &counted, gsd.map_or(0.0, |gsd| gsd.0), options);
    }
    Ok(estimate)
}

/// An estimate when nothing could be looked for.
pub fn withhold_capacity(reason: Withheld, options: &EstimateOptions) -> CapacityEstimate {
    CapacityEstimate { withheld: Some(reason), ..blank_estimate(&[], None, options) }
}

/// True where a structure's people would be counted and not measured, if its use allows it: tents and containers whose
/// outlines are not known, or whose width is uncertain by more than a third.
pub fn is_counted(structure: &MeasuredStructure, gsd_m: f64, options: &EstimateOptions) -> bool {
    let comes_in_sizes = matches!(structure.kinds.most_probable(), Kind::Tent | Kind::Container);
    let width_sd = (2.0 * SHARED_EDGE_SD_PX).hypot(OWN_EDGE_SD_PX) * gsd_m;
    match options.counting {
        Counting::Area => false,
        Counting::Count => comes_in_sizes,
        Counting::Auto => comes_in_sizes && structure.ground.is_none_or(|own| width_sd > COUNTED_FROM * own.width.0),
    }
}

/// Probability that a structure exists: its score, or 1 when an analyst accepted it.
fn p_exists(structure: &MeasuredStructure) -> f64 {
    if structure.judged.accepted { 1.0 } else { structure.structure.score }
}

fn check_options(structures: &[MeasuredStructure], options: &EstimateOptions) -> Result<(), EstimateError> {
    if options.draws == 0 {
        return Err(EstimateError::NoDraws);
    }
    let table = &options.profiles;
    if let Some(name) = options.profile.as_ref().filter(|name| table.find(name).is_none()) {
        return Err(EstimateError::UnknownProfile { name: name.clone(), known: table.names() });
    }
    for structure in structures {
        if let Some(name) = structure.judged.profile.as_ref().filter(|name| table.find(name).is_none()) {
            let (id, name) = (structure.structure.id, name.clone());
            return Err(EstimateError::UnknownProfileOf { id, name, known: table.names() });
        }
    }
    match options.claim {
        Some(Claim { low, high }) if !(low > 0.0 && low <= high && high.is_finite()) => {
            Err(EstimateError::Claim { low, high })
        }
        _ => Ok(()),
    }
}

fn blank_estimate(counted: &[&MeasuredStructure], gsd: Option<Meters>, options: &EstimateOptions) -> CapacityEstimate {
    let no_people = |s: &&MeasuredStructure| StructureCapacity {
        id: s.structure.id,
        if_housing: None,
        people: None,
        method: CapacityMethod::Area,
    };
    CapacityEstimate {
        people: None,
        if_all_housing: None,
        withheld: None,
        count: count_structures(counted, options),
        structures: counted.iter().map(no_people).collect(),
        groups: Vec::new(),
        profiles: Vec::new(),
        drivers: Vec::new(),
        claim: None,
        confidence: confidence(counted, gsd),
        assumptions: Vec::new(),
        draws: options.draws,
        seed: options.seed,
    }
}

fn reason_to_withhold(
    counted: &[&MeasuredStructure],
    gsd: Option<Meters>,
    options: &EstimateOptions,
) -> Option<Withheld> {
    let needs_metres = |s: &&MeasuredStructure| {
        let is_stated = s.judged.kind.is_some() || s.judged.profile.is_some();
        !(s.ground.is_none() && is_stated && is_counted(s, 0.0, options))
    };
    if counted.iter().any(needs_metres) {
        let Some(gsd) = gsd else { return Some(Withheld::UnknownGsd) };
        if gsd.0 > COARSEST_GSD_M {
            return Some(Withheld::CoarseGsd { gsd_m: gsd.0, accepted_m: COARSEST_GSD_M });
        }
    }
    let is_housing_like =
        |s: &&&MeasuredStructure| s.judged.profile.is_some() || !default_mix(s.kinds.most_probable()).is_empty();
    let highest = counted.iter().filter(is_housing_like).map(|s| s.p_housing).max_by(f64::total_cmp)?;
    (highest < LEAST_P_HOUSING)
        .then_some(Withheld::NoLikelyHousing { highest_p_housing: highest, accepted: LEAST_P_HOUSING })
}

/// Draws of the number of structures, each there with the probability of its score; the same draws as in the chain.
fn count_structures(counted: &[&MeasuredStructure], options: &EstimateOptions) -> Quantiles {
    let mut counts = vec![0.0; options.draws];
    for structure in counted {
        let id = structure.structure.id;
        let exists = draw_existence(options.seed, Sample::Reported, id, p_exists(structure), options.draws);
        counts.iter_mut().zip(exists).for_each(|(count, exists)| *count += f64::from(u8::from(exists)));
    }
    Quantiles::of_draws(&counts).unwrap_or(Quantiles::certain(0.0))
}

fn fill_estimate(
    estimate: &mut CapacityEstimate,
    counted: &[&MeasuredStructure],
    gsd_m: f64,
    options: &EstimateOptions,
) {
    let groups = group_structures(counted, options.profile.as_deref(), &options.profiles);
    let in_use = profiles_in_use(&groups, options);
    let asked: Vec<usize> =
        if options.claim.is_some() { (0..options.profiles.all().len()).collect() } else { in_use.clone() };
    let drawn = draw_sums(counted, &groups, &asked, gsd_m, options);
    estimate.people = Quantiles::of_draws(&drawn.sums.people);
    estimate.if_all_housing = Quantiles::of_draws(&drawn.sums.if_all_housing);
    let under = asked.iter().zip(&drawn.sums.under_profile).filter(|(index, _)| in_use.contains(index));
    estimate.profiles = under
        .filter_map(|(&index, draws)| {
            let (profile, people) = (&options.profiles.all()[index], Quantiles::of_draws(draws)?);
            let (name, source) = (profile.name.to_string(), profile.source.to_string());
            Some(ProfileCapacity { profile: name, definition: profile.definition(), source, people })
        })
        .collect();
    estimate.drivers = variance_shares(&drawn.sums.people, &drawn.sums.anew, &drawn.sums.frozen);
    estimate.claim = options.claim.and_then(|claim| check_claim(claim, counted, &drawn, options));
    let used: Vec<&Profile> = in_use.iter().map(|&index| &options.profiles.all()[index]).collect();
    estimate.assumptions = assumptions(counted, &used, gsd_m, options);
    estimate.structures = drawn.structures;
    estimate.groups = drawn.groups;
}

/// Least share of a use in the mix of a group from which it is told by itself; the chain draws rarer ones as well. Our
/// judgement: a use that one draw in a hundred has moves no end of an interval.
const LEAST_SHARE_TOLD: f64 = 0.01;

/// Indices of the profiles that something likely to be housing may well be used as.
fn profiles_in_use(groups: &[Group], options: &EstimateOptions) -> Vec<usize> {
    let used =
        |index: &usize| groups.iter().any(|g| g.uses[*index] >= LEAST_SHARE_TOLD && g.p_housing >= LEAST_P_HOUSING);
    (0..options.profiles.all().len()).filter(used).collect()
}

#[cfg(test)]
mod reference_cases;
#[cfg(test)]
mod tests;
