//! Groups of alike structures: what their members share, and the draws of it.

use std::collections::BTreeMap;

use rand::RngExt;

use crate::estimate::profiles::{ProfileTable, default_mix};
use crate::estimate::random_draws::{Sample, SiteDraws, Stream, index_at, stratified, stream};
use crate::structure::{Judgement, Kind, MeasuredStructure};

/// What a group shares: its uses, its storeys, and whether it is housing at all.
pub(super) struct Group<'a> {
    /// Number of its random stream.
    number: u64,
    pub(super) members: Vec<&'a MeasuredStructure>,
    /// Places of the members among the structures given.
    pub(super) indices: Vec<usize>,
    /// Shares of the profile table, summing to 1; all zero when the group can house nobody.
    pub(super) uses: Vec<f64>,
    storeys: Vec<f64>,
    pub(super) p_housing: f64,
    pub(super) kind: Kind,
    pub(super) is_tent: bool,
}

/// Draws of what a group shares, a value each per draw.
pub(super) struct GroupDraws {
    /// Index into the profile table; `None` when the group can house nobody.
    pub(super) profiles: Vec<Option<u16>>,
    pub(super) storeys: Vec<f64>,
    pub(super) housing: Vec<bool>,
}

impl Group<'_> {
    /// True when one of its uses houses people.
    pub(super) fn can_house(&self) -> bool {
        self.uses.iter().any(|&share| share > 0.0)
    }

    pub(super) fn draw(&self, seed: u64, sample: Sample, site: &SiteDraws, draws: usize) -> GroupDraws {
        let mut random = stream(seed, sample, Stream::Group, self.number);
        let storeys = stratified(&mut random, draws);
        let housing = stratified(&mut random, draws);
        GroupDraws {
            profiles: (0..draws).map(|i| index_at(&self.uses, site.profile_u[i]).map(|index| index as u16)).collect(),
            storeys: storeys.iter().map(|&u| (index_at(&self.storeys, u).unwrap_or(0) + 1) as f64).collect(),
            housing: housing.iter().map(|&u| u < self.p_housing).collect(),
        }
    }

    /// Whether one structure by itself is housing, when a share of all are and which ones is not known.
    pub(super) fn draw_own_housing(seed: u64, sample: Sample, id: u32, shares: &[f64]) -> Vec<bool> {
        let mut random = stream(seed, sample, Stream::Group, u64::from(id) << 40);
        shares.iter().map(|&share| random.random::<f64>() < share).collect()
    }
}

/// Puts structures into groups, in the order of the groups' first members.
///
/// An analyst's word parts a structure from its sisters: only those of which the same was said still share their doubts.
pub(super) fn group_structures<'a>(
    counted: &[&'a MeasuredStructure],
    profile: Option<&str>,
    table: &ProfileTable,
) -> Vec<Group<'a>> {
    let mut places: BTreeMap<(usize, String), usize> = BTreeMap::new();
    let mut members: Vec<Vec<usize>> = Vec::new();
    for (index, structure) in counted.iter().enumerate() {
        let place = *places.entry((structure.group, said_of(&structure.judged))).or_insert(members.len());
        if place == members.len() {
            members.push(Vec::new());
        }
        members[place].push(index);
    }
    members.into_iter().map(|indices| describe_group(counted, indices, profile, table)).collect()
}

/// What was said of kind, use and storeys, as a key; empty when nothing was.
fn said_of(judged: &Judgement) -> String {
    let Judgement { kind, profile, storeys, p_housing, .. } = judged;
    match (kind, profile, storeys, p_housing) {
        (None, None, None, None) => String::new(),
        said => format!("{said:?}"),
    }
}

/// Averages what the members of a group are, as alike structures share one answer.
fn describe_group<'a>(
    counted: &[&'a MeasuredStructure],
    indices: Vec<usize>,
    profile: Option<&str>,
    table: &ProfileTable,
) -> Group<'a> {
    let members: Vec<&MeasuredStructure> = indices.iter().map(|&index| counted[index]).collect();
    let count = members.len() as f64;
    let mean = |value: &dyn Fn(&MeasuredStructure) -> f64| members.iter().map(|m| value(m)).sum::<f64>() / count;
    let shares = Kind::ALL.map(|kind| (kind, mean(&|member| member.kinds.probability(kind))));
    let most_probable = shares.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(Kind::Other, |(kind, _)| *kind);
    let judged = &members[0].judged;
    let storeys = match judged.storeys {
        Some(stated) => (1..=stated.max(1)).map(|k| f64::from(u8::from(k == stated.max(1)))).collect(),
        None => (0..4).map(|index| mean(&|member| member.storeys[index])).collect(),
    };
    // A group that nobody spoke of keeps its number whatever is said of the others, and with it its draws.
    let number = match said_of(judged).is_empty() {
        true => members[0].group as u64,
        false => (1 << 32) + u64::from(members[0].structure.id),
    };
    Group {
        number,
        uses: uses(&shares, judged.profile.as_deref(), profile, table),
        storeys,
        p_housing: mean(&|member| member.p_housing),
        kind: most_probable,
        is_tent: mean(&|member| member.kinds.probability(Kind::Tent)) > 0.5,
        members,
        indices,
    }
}

/// The profile stated for these structures; else, for what can be housing, the one of the whole site or the kinds' mixes.
fn uses(shares: &[(Kind, f64)], stated: Option<&str>, of_site: Option<&str>, table: &ProfileTable) -> Vec<f64> {
    let mut uses = vec![0.0; table.all().len()];
    if let Some(index) = stated.and_then(|name| table.position(name)) {
        uses[index] = 1.0;
        return uses;
    }
    for (kind, share) in shares {
        for (name, part) in default_mix(*kind) {
            let index = table.position(of_site.unwrap_or(name));
            uses[index.expect("invariant: mixes name profiles of the table")] += share * part;
        }
    }
    let total: f64 = uses.iter().sum();
    if total > 0.0 {
        uses.iter_mut().for_each(|share| *share /= total);
    }
    uses
}
