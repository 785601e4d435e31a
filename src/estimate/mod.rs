//! Estimates the housing capacity of what was found.
//!
//! Facts, factors and the chain itself are explained in docs/CAPACITY.md.

mod monte_carlo;
mod profiles;
mod triangular;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::capacity::{CapacityEstimate, Confidence, ProfileCapacity, Quantiles, StructureCapacity, Withheld};
use crate::estimate::monte_carlo::{
    Dimensions, Group, GroupDraw, SiteDraw, Stream, StructureDraw, draw_site, draw_structure, stream,
};
pub use crate::estimate::profiles::{AreaBasis, PROFILES, Profile, default_mix, find_profile};
pub use crate::estimate::triangular::Triangular;
use crate::raster::units::Meters;
use crate::structure::{Kind, MeasuredStructure, Status};

/// Coarsest ground sampling distance at which buildings can be measured, metres (docs/CAPACITY.md).
const COARSEST_GSD_M: f64 = 5.0;
/// Least probability of housing from which a structure's capacity is told (docs/CAPACITY.md).
const LEAST_P_HOUSING: f64 = 0.3;
/// Finest resolution that "moderate" confidence asks for, metres (docs/CAPACITY.md).
const MODERATE_GSD_M: f64 = 0.5;
/// A kind counts as known from this probability on. Our judgement.
const KNOWN_KIND: f64 = 0.8;
/// Structures drawn before their sums are added up; bounds memory, and fixes the order of additions.
const BLOCK: usize = 64;

/// How to estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EstimateOptions {
    /// Name of the occupancy profile for all housing; the mix of each kind when `None`.
    pub profile: Option<String>,
    /// Draws of the Monte Carlo chain, at least 1.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for EstimateOptions {
    fn default() -> Self {
        EstimateOptions { profile: None, draws: 10_000, seed: 1 }
    }
}

/// Why no estimate could be made.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum EstimateError {
    /// No profile has this name.
    #[error("there is no occupancy profile '{name}'; choose one of {}", PROFILES.map(|p| p.name).join(", "))]
    UnknownProfile {
        /// The name asked for.
        name: String,
    },
    /// No draw was asked for.
    #[error("0 draws give no interval; ask for at least 1 (10,000 is usual)")]
    NoDraws,
}

/// Estimates how many people the new structures could hold, with five quantiles.
///
/// - Input: measured structures; only `New` ones count (a replaced one held people before, too). `gsd` is the ground
///   sampling distance of the after image, which sets the uncertainty of edges.
/// - Output: people for the site and for each structure, and the number of structures; or the reason why not.
///
/// The profile, net ratio, eaves, walls and edge bias are shared by all structures of a site and storeys and use by
/// groups of alike structures, so the interval does not shrink with the number of buildings.
///
/// Misleads where structures were missed: they are not in the interval. Capacity is neither presence nor intent.
///
/// # Errors
/// [`EstimateError::UnknownProfile`] and [`EstimateError::NoDraws`], when the options ask for it.
pub fn estimate_capacity(
    structures: &[MeasuredStructure],
    gsd: Option<Meters>,
    options: &EstimateOptions,
) -> Result<CapacityEstimate, EstimateError> {
    if options.draws == 0 {
        return Err(EstimateError::NoDraws);
    }
    let profile = match &options.profile {
        Some(name) => Some(find_profile(name).ok_or_else(|| EstimateError::UnknownProfile { name: name.clone() })?),
        None => None,
    };
    let counted: Vec<&MeasuredStructure> =
        structures.iter().filter(|s| s.structure.status != Status::Removed).collect();
    let mut estimate = blank_estimate(&counted, gsd, options);
    estimate.withheld = reason_to_withhold(&counted, gsd);
    if let (None, Some(gsd)) = (&estimate.withheld, gsd) {
        let site = SiteModel::new(&counted, profile, gsd.0, options);
        site.fill(&mut estimate);
    } else if estimate.withheld.is_none() {
        estimate.people = Some(Quantiles::certain(0.0));
        estimate.if_all_housing = Some(Quantiles::certain(0.0));
    }
    Ok(estimate)
}

/// An estimate when nothing could be looked for.
pub fn withhold_capacity(reason: Withheld, options: &EstimateOptions) -> CapacityEstimate {
    CapacityEstimate { withheld: Some(reason), ..blank_estimate(&[], None, options) }
}

fn blank_estimate(counted: &[&MeasuredStructure], gsd: Option<Meters>, options: &EstimateOptions) -> CapacityEstimate {
    let no_people = |s: &&MeasuredStructure| StructureCapacity { id: s.structure.id, people: None };
    CapacityEstimate {
        people: None,
        if_all_housing: None,
        withheld: None,
        count: count_structures(counted, options),
        structures: counted.iter().map(no_people).collect(),
        profiles: Vec::new(),
        confidence: confidence(counted, gsd),
        assumptions: Vec::new(),
        draws: options.draws,
        seed: options.seed,
    }
}

fn reason_to_withhold(counted: &[&MeasuredStructure], gsd: Option<Meters>) -> Option<Withheld> {
    if counted.is_empty() {
        return None;
    }
    let Some(gsd) = gsd else { return Some(Withheld::UnknownGsd) };
    if gsd.0 > COARSEST_GSD_M {
        return Some(Withheld::CoarseGsd { gsd_m: gsd.0, accepted_m: COARSEST_GSD_M });
    }
    let housing_like = counted.iter().filter(|s| !default_mix(s.kinds.most_probable()).is_empty());
    let highest = housing_like.map(|s| s.p_housing).max_by(f64::total_cmp)?;
    (highest < LEAST_P_HOUSING)
        .then_some(Withheld::NoLikelyHousing { highest_p_housing: highest, accepted: LEAST_P_HOUSING })
}

/// Draws of the number of structures, each there with the probability of its score.
fn count_structures(counted: &[&MeasuredStructure], options: &EstimateOptions) -> Quantiles {
    use rand::RngExt;
    let mut counts = vec![0.0; options.draws];
    for structure in counted {
        let mut random = stream(options.seed, Stream::Structure, u64::from(structure.structure.id) << 32);
        for count in &mut counts {
            *count += f64::from(u8::from(random.random::<f64>() < structure.structure.score));
        }
    }
    Quantiles::of_draws(&counts).unwrap_or(Quantiles::certain(0.0))
}

/// The words of docs/CAPACITY.md: moderate asks for fine pixels, measured storeys and a known kind; high, for photographs
/// or plans, is an analyst's to give.
fn confidence(counted: &[&MeasuredStructure], gsd: Option<Meters>) -> Confidence {
    let mut housing = counted.iter().filter(|s| s.p_housing >= LEAST_P_HOUSING).peekable();
    let fine = gsd.is_some_and(|gsd| gsd.0 <= MODERATE_GSD_M);
    let known =
        |s: &&MeasuredStructure| s.height.is_some() && s.kinds.probability(s.kinds.most_probable()) >= KNOWN_KIND;
    if fine && housing.peek().is_some() && housing.all(known) { Confidence::Moderate } else { Confidence::Low }
}

/// Everything the chain needs to know of a site.
struct SiteModel<'a> {
    counted: &'a [&'a MeasuredStructure],
    groups: BTreeMap<usize, Group>,
    profile: Option<&'static Profile>,
    gsd_m: f64,
    draws: usize,
    seed: u64,
}

/// Sums over the structures of a site, a value per draw.
struct SiteSums {
    people: Vec<f64>,
    if_all_housing: Vec<f64>,
}

impl<'a> SiteModel<'a> {
    fn new(
        counted: &'a [&'a MeasuredStructure],
        profile: Option<&'static Profile>,
        gsd_m: f64,
        options: &EstimateOptions,
    ) -> Self {
        let mut members: BTreeMap<usize, Vec<&MeasuredStructure>> = BTreeMap::new();
        for structure in counted {
            members.entry(structure.group).or_default().push(structure);
        }
        let groups = members.into_iter().map(|(number, members)| (number, describe_group(number, &members, profile)));
        SiteModel { counted, groups: groups.collect(), profile, gsd_m, draws: options.draws, seed: options.seed }
    }

    fn fill(&self, estimate: &mut CapacityEstimate) {
        let site = draw_site(self.seed, self.draws, self.gsd_m);
        let (sums, each) = self.sum_people(&site, None);
        estimate.people = Quantiles::of_draws(&sums.people);
        estimate.if_all_housing = Quantiles::of_draws(&sums.if_all_housing);
        for (capacity, people) in estimate.structures.iter_mut().zip(each) {
            capacity.people = people;
        }
        estimate.profiles = self
            .profiles_in_use()
            .into_iter()
            .filter_map(|profile| {
                let people = Quantiles::of_draws(&self.sum_people(&site, Some(profile)).0.if_all_housing)?;
                Some(ProfileCapacity { profile: profile.name.to_owned(), people })
            })
            .collect();
        estimate.assumptions = self.assumptions();
    }

    fn sum_people(&self, site: &[SiteDraw], profile: Option<&Profile>) -> (SiteSums, Vec<Option<Quantiles>>) {
        let mut sums = SiteSums { people: vec![0.0; self.draws], if_all_housing: vec![0.0; self.draws] };
        let mut each = Vec::with_capacity(self.counted.len());
        for block in self.counted.chunks(BLOCK) {
            let drawn: Vec<_> = block.par_iter().map(|structure| self.draw(structure, site, profile)).collect();
            for (structure, (shared, draws)) in block.iter().zip(&drawn) {
                let likely = structure.p_housing >= LEAST_P_HOUSING;
                if structure.structure.status == Status::New {
                    add_to_site(&mut sums, shared, draws, likely);
                }
                let people: Vec<f64> = draws.iter().map(|draw| draw.people).collect();
                each.push(Quantiles::of_draws(&people).filter(|_| likely));
            }
        }
        (sums, each)
    }

    fn draw(
        &self,
        structure: &MeasuredStructure,
        site: &[SiteDraw],
        profile: Option<&Profile>,
    ) -> (Vec<GroupDraw>, Vec<StructureDraw>) {
        let group = &self.groups[&structure.group];
        let shared = group.draw(self.seed, self.draws);
        let draws = match &structure.ground {
            Some(ground) => {
                let dimensions = Dimensions {
                    number: u64::from(structure.structure.id),
                    length_m: ground.length.0,
                    width_m: ground.width.0,
                    area_m2: ground.area.0,
                    p_exists: structure.structure.score,
                };
                let profile = profile.filter(|_| group.uses.iter().any(|&share| share > 0.0));
                draw_structure(&dimensions, group, site, &shared, self.seed, self.gsd_m, profile)
            }
            None => site.iter().map(|_| StructureDraw { exists: true, people: 0.0 }).collect(),
        };
        (shared, draws)
    }

    fn profiles_in_use(&self) -> Vec<&'static Profile> {
        let used = |index: usize| {
            self.groups.values().any(|group| group.uses[index] > 0.0 && group.p_housing >= LEAST_P_HOUSING)
        };
        (0..PROFILES.len()).filter(|&index| used(index)).map(|index| &PROFILES[index]).collect()
    }

    fn assumptions(&self) -> Vec<String> {
        let names = |profiles: Vec<&Profile>| profiles.iter().map(|p| p.name).collect::<Vec<_>>().join(", ");
        let uses = match self.profile {
            Some(profile) => format!("all housing is used as {} ({})", profile.name, profile.source),
            None => format!("the use is unknown: a mixture of {}", names(self.profiles_in_use())),
        };
        vec![
            uses,
            "storeys were not measured: one storey is most likely, by the kind of structure".to_owned(),
            format!("edges are uncertain by half a pixel, {:.2} m, shared by all structures", 0.5 * self.gsd_m),
            "structures that were missed are not in the interval".to_owned(),
            "replaced structures are not in the total: housing may have stood there before".to_owned(),
        ]
    }
}

fn add_to_site(sums: &mut SiteSums, shared: &[GroupDraw], draws: &[StructureDraw], likely: bool) {
    for (index, (group, draw)) in shared.iter().zip(draws).enumerate() {
        if draw.exists && group.is_housing {
            sums.people[index] += draw.people;
        }
        if likely {
            sums.if_all_housing[index] += draw.people;
        }
    }
}

/// Averages what the members of a group are, as alike structures share one answer.
fn describe_group(number: usize, members: &[&MeasuredStructure], profile: Option<&'static Profile>) -> Group {
    let mean = |value: &dyn Fn(&MeasuredStructure) -> f64| {
        members.iter().map(|member| value(member)).sum::<f64>() / members.len() as f64
    };
    let mut uses = [0.0; PROFILES.len()];
    for kind in Kind::ALL {
        let share = mean(&|member| member.kinds.probability(kind));
        for (name, part) in default_mix(kind) {
            let index = PROFILES.iter().position(|p| Some(p.name) == profile.map(|p| p.name).or(Some(*name)));
            uses[index.expect("invariant: mixes name profiles of the table")] += share * part;
        }
    }
    let total: f64 = uses.iter().sum();
    if total > 0.0 {
        uses.iter_mut().for_each(|share| *share /= total);
    }
    Group {
        number: number as u64,
        uses,
        storeys: std::array::from_fn(|index| mean(&|member| member.storeys[index])),
        p_housing: mean(&|member| member.p_housing),
        is_tent: mean(&|member| member.kinds.probability(Kind::Tent)) > 0.5,
    }
}

#[cfg(test)]
mod tests;
