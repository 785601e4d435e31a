//! Sums over the structures of a site, all shared draws kept aligned.

use rayon::prelude::*;

use crate::capacity::{CapacityMethod, GroupCapacity, Quantiles, StructureCapacity, UncertainInput};
use crate::estimate::groups::{Group, GroupDraws};
use crate::estimate::monte_carlo::{DrawnStructure, SharedDraws, Sources, StructureModel};
use crate::estimate::random_draws::{Sample, SiteDraws, draw_site};
use crate::estimate::{EstimateOptions, LEAST_P_HOUSING, is_counted, p_exists};
use crate::structure::{MeasuredStructure, Status};

/// Structures that one thread draws before their sums are added up: their order, and with it every rounding, is the same
/// on any number of threads.
const UNIT: usize = 16;
/// Units in work at one time: bounds memory.
const WAVE: usize = 8;
/// Draws behind the shares of the variance, which need not be as exact as an interval: their error is about 2 %.
const DRIVER_DRAWS: usize = 2048;

/// Totals of a site, a value per draw.
pub(super) struct SiteSums {
    pub(super) people: Vec<f64>,
    pub(super) if_all_housing: Vec<f64>,
    /// `people` when everything is drawn anew; of [`DRIVER_DRAWS`] draws.
    pub(super) anew: Vec<f64>,
    /// For each input, `people` when all but this input is drawn anew; likewise.
    pub(super) frozen: [Vec<f64>; UncertainInput::ALL.len()],
    /// For each profile asked for, `if_all_housing` if it were the use of all.
    pub(super) under_profile: Vec<Vec<f64>>,
}

/// What came of a site: sums, and quantiles of its parts.
pub(super) struct DrawnSite {
    pub(super) sums: SiteSums,
    /// In the order of the structures given.
    pub(super) structures: Vec<StructureCapacity>,
    pub(super) groups: Vec<GroupCapacity>,
    pub(super) shared: SharedDraws,
}

/// One structure to draw: its place among the structures given, its group, and itself.
type Job<'a> = (usize, usize, &'a MeasuredStructure);

/// What one thread made of a few structures.
struct UnitResult {
    sums: SiteSums,
    structures: Vec<(usize, StructureCapacity)>,
    groups: Vec<(usize, GroupSums)>,
}

struct GroupSums {
    people: Vec<f64>,
    if_housing: Vec<f64>,
}

/// A site and everything that is drawn once for it.
struct SiteModel<'a> {
    groups: &'a [Group<'a>],
    site: [SiteDraws; 2],
    shared: [SharedDraws; 2],
    profiles: &'a [usize],
    gsd_m: f64,
    options: &'a EstimateOptions,
}

/// Draws a site: `counted` are its structures, `profiles` the uses to reckon by themselves.
pub(super) fn draw_sums(
    counted: &[&MeasuredStructure],
    groups: &[Group],
    profiles: &[usize],
    gsd_m: f64,
    options: &EstimateOptions,
) -> DrawnSite {
    let draws = [options.draws, options.draws.min(DRIVER_DRAWS)];
    let site = Sample::BOTH.map(|sample| draw_site(options.seed, sample, draws[sample as usize]));
    let wanted = |index: usize| profiles.contains(&index) || groups.iter().any(|group| group.uses[index] > 0.0);
    let shared = Sample::BOTH.map(|s| SharedDraws::new(&site[s as usize], s, wanted, gsd_m, options));
    let model = SiteModel { groups, site, shared, profiles, gsd_m, options };
    model.draw(counted)
}

impl SiteModel<'_> {
    fn draw(self, counted: &[&MeasuredStructure]) -> DrawnSite {
        let of_group = |(group, own): (usize, &Group)| {
            own.indices.iter().map(|&index| (index, group, counted[index])).collect::<Vec<Job>>()
        };
        let jobs: Vec<Job> = self.groups.iter().enumerate().flat_map(of_group).collect();
        let mut sums = self.blank_sums();
        let mut structures: Vec<Option<StructureCapacity>> = vec![None; counted.len()];
        let mut groups: Vec<Option<GroupCapacity>> = vec![None; self.groups.len()];
        let mut open: Option<(usize, GroupSums)> = None;
        for wave in jobs.chunks(UNIT * WAVE) {
            let units: Vec<UnitResult> = wave.par_chunks(UNIT).map(|unit| self.draw_unit(unit)).collect();
            for unit in units {
                sums.add(&unit.sums);
                unit.structures.into_iter().for_each(|(index, own)| structures[index] = Some(own));
                for (group, own) in unit.groups {
                    match &mut open {
                        Some((number, begun)) if *number == group => begun.add(&own),
                        _ => {
                            let done = open.replace((group, own));
                            done.into_iter().for_each(|(n, own)| groups[n] = Some(self.group_capacity(n, &own)));
                        }
                    }
                }
            }
        }
        open.into_iter().for_each(|(n, own)| groups[n] = Some(self.group_capacity(n, &own)));
        let structures: Vec<StructureCapacity> = structures.into_iter().flatten().collect();
        let groups = groups.into_iter().enumerate().map(|(n, summed)| {
            let of_one = || self.group_of_one(n, structures[self.groups[n].indices[0]]);
            summed.unwrap_or_else(of_one)
        });
        let groups = groups.collect();
        let [shared, _] = self.shared;
        DrawnSite { sums, structures, groups, shared }
    }

    fn blank_sums(&self) -> SiteSums {
        let zeros = || vec![0.0; self.options.draws];
        SiteSums {
            people: zeros(),
            if_all_housing: zeros(),
            anew: vec![0.0; self.options.draws.min(DRIVER_DRAWS)],
            frozen: UncertainInput::ALL.map(|_| vec![0.0; self.options.draws.min(DRIVER_DRAWS)]),
            under_profile: self.profiles.iter().map(|_| zeros()).collect(),
        }
    }

    fn draw_unit(&self, jobs: &[Job]) -> UnitResult {
        let mut result = UnitResult { sums: self.blank_sums(), structures: Vec::new(), groups: Vec::new() };
        let mut drawn: Option<(usize, [GroupDraws; 2])> = None;
        for &(index, number, structure) in jobs {
            if drawn.as_ref().is_none_or(|(last, _)| *last != number) {
                drawn = Some((number, self.draw_group(number)));
            }
            let (_, group) = drawn.as_ref().expect("invariant: just drawn");
            let own = self.draw_structure(structure, number, group, &mut result.sums);
            if self.groups[number].members.len() > 1 {
                match result.groups.last_mut().filter(|(last, _)| *last == number) {
                    Some((_, sums)) => sums.add(&own),
                    None => result.groups.push((number, own.copy())),
                }
            }
            result.structures.push((index, self.structure_capacity(structure, number, &own)));
        }
        result
    }

    fn draw_group(&self, number: usize) -> [GroupDraws; 2] {
        let draws = |sample: Sample| self.site[sample as usize].edge_z.len();
        Sample::BOTH.map(|sample| {
            self.groups[number].draw(self.options.seed, sample, &self.site[sample as usize], draws(sample))
        })
    }

    /// Adds a structure to the site's sums, unless it replaces another, and returns its own people.
    fn draw_structure(
        &self,
        structure: &MeasuredStructure,
        number: usize,
        draws: &[GroupDraws; 2],
        sums: &mut SiteSums,
    ) -> GroupSums {
        let (group, likely) = (&self.groups[number], structure.p_housing >= LEAST_P_HOUSING);
        let count = self.options.draws;
        if !group.can_house() {
            return GroupSums { people: vec![0.0; count], if_housing: vec![0.0; count] };
        }
        let model = self.structure_model(structure);
        let drawn = DrawnStructure::draw(&model, group, draws, &self.shared, self.gsd_m, self.options);
        // Under one use at a time, which is quick; then each draw picks the row of the use drawn.
        let asked = |index: &usize| group.uses[*index] > 0.0 || (likely && self.profiles.contains(index));
        let row = |index: usize| -> Vec<f64> {
            let people = drawn.people_under(index, Sources::REPORTED);
            (0..count).map(people).collect()
        };
        let rows: Vec<Option<Vec<f64>>> =
            (0..group.uses.len()).map(|index| Some(index).filter(asked).map(row)).collect();
        let pick = |(draw, profile): (usize, &Option<u16>)| {
            profile.and_then(|profile| rows[usize::from(profile)].as_ref()).map_or(0.0, |row| row[draw])
        };
        let if_housing: Vec<f64> = draws[0].profiles.iter().enumerate().map(pick).collect();
        let housed = |i: usize| if drawn.houses(Sources::REPORTED, i) { if_housing[i] } else { 0.0 };
        let people: Vec<f64> = (0..count).map(housed).collect();
        if structure.structure.status == Status::New {
            add(&mut sums.people, people.iter().copied());
            add_drawn(&mut sums.anew, &drawn, Sources::SECOND);
            for (input, sum) in UncertainInput::ALL.into_iter().zip(&mut sums.frozen) {
                add_drawn(sum, &drawn, Sources::only(input));
            }
            if likely {
                add(&mut sums.if_all_housing, if_housing.iter().copied());
                for (&profile, sum) in self.profiles.iter().zip(&mut sums.under_profile) {
                    add(sum, rows[profile].iter().flatten().copied());
                }
            }
        }
        GroupSums { people, if_housing }
    }

    fn structure_model(&self, structure: &MeasuredStructure) -> StructureModel {
        let is_counted = is_counted(structure, self.gsd_m, self.options);
        StructureModel {
            id: structure.structure.id,
            outline: structure.ground.map(|own| [own.length.0, own.width.0, own.area.0]),
            p_exists: p_exists(structure),
            is_counted,
            housing_by_share: is_counted && structure.judged.p_housing.is_none(),
        }
    }

    fn structure_capacity(&self, structure: &MeasuredStructure, group: usize, own: &GroupSums) -> StructureCapacity {
        let likely = structure.p_housing >= LEAST_P_HOUSING;
        let uses = self.groups[group].uses.iter().zip(self.options.profiles.all());
        let can_be_counted = uses.into_iter().any(|(&share, p)| share > 0.0 && p.people_per_structure.is_some());
        let counted = can_be_counted && is_counted(structure, self.gsd_m, self.options);
        StructureCapacity {
            id: structure.structure.id,
            if_housing: Quantiles::of_draws(&own.if_housing).filter(|_| likely),
            people: Quantiles::of_draws(&own.people).filter(|_| likely),
            method: if counted { CapacityMethod::Count } else { CapacityMethod::Area },
        }
    }

    fn group_capacity(&self, number: usize, sums: &GroupSums) -> GroupCapacity {
        let group = &self.groups[number];
        let likely = group.members.iter().any(|member| member.p_housing >= LEAST_P_HOUSING);
        GroupCapacity {
            structures: group.members.iter().map(|member| member.structure.id).collect(),
            kind: group.kind,
            p_housing: group.p_housing,
            if_housing: Quantiles::of_draws(&sums.if_housing).filter(|_| likely),
            people: Quantiles::of_draws(&sums.people).filter(|_| likely),
        }
    }

    fn group_of_one(&self, number: usize, own: StructureCapacity) -> GroupCapacity {
        let Group { kind, p_housing, .. } = self.groups[number];
        GroupCapacity { structures: vec![own.id], kind, p_housing, if_housing: own.if_housing, people: own.people }
    }
}

impl SiteSums {
    fn add(&mut self, other: &SiteSums) {
        add(&mut self.people, other.people.iter().copied());
        add(&mut self.if_all_housing, other.if_all_housing.iter().copied());
        add(&mut self.anew, other.anew.iter().copied());
        self.frozen.iter_mut().zip(&other.frozen).for_each(|(sum, more)| add(sum, more.iter().copied()));
        self.under_profile.iter_mut().zip(&other.under_profile).for_each(|(sum, more)| add(sum, more.iter().copied()));
    }
}

impl GroupSums {
    fn add(&mut self, other: &GroupSums) {
        add(&mut self.people, other.people.iter().copied());
        add(&mut self.if_housing, other.if_housing.iter().copied());
    }

    fn copy(&self) -> Self {
        GroupSums { people: self.people.clone(), if_housing: self.if_housing.clone() }
    }
}

fn add(sums: &mut [f64], more: impl Iterator<Item = f64>) {
    sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

fn add_drawn(sums: &mut [f64], drawn: &DrawnStructure, sources: Sources) {
    for (draw, sum) in sums.iter_mut().enumerate().filter(|(draw, _)| drawn.houses(sources, *draw)) {
        *sum += drawn.people(sources, draw);
    }
}
