//! What is said of a capacity: the interval, why it is wide, what it assumes, and what it is not.
//!
//! A sentence holds a word of confidence or one of likelihood, never both.

use sitedelta::capacity::{CapacityEstimate, ClaimCheck, ClaimVerdict, GroupCapacity, UncertainInput};
use sitedelta::report::CAVEATS;

use crate::cli::output::{counted, people, people_interval};

/// Most groups of alike structures that are listed; the tables have them all.
const MOST_GROUPS: usize = 12;

/// The interval, the same if all likely housing is, and what makes it wide; or why there is none.
pub fn capacity_lines(capacity: &CapacityEstimate) -> Vec<String> {
    let (Some(total), None) = (&capacity.people, &capacity.withheld) else {
        let reason = capacity.withheld.as_ref().map_or_else(|| "nothing is known".to_owned(), ToString::to_string);
        return vec![format!("capacity      withheld: {reason}")];
    };
    let confidence = capacity.confidence.name();
    let mut lines = vec![format!("capacity      {} people, confidence {confidence}", people_interval(total))];
    if let Some(all) = capacity.if_all_housing.filter(|all| all.p95 > 0.0) {
        let number = capacity.structures.iter().filter(|own| own.if_housing.is_some()).count();
        let whole = match number {
            1 => "it is".to_owned(),
            2 => "both are".to_owned(),
            many => format!("all {many} are"),
        };
        lines.push(format!("if housing    {} people, if {whole} real and housing", people_interval(&all)));
    }
    if capacity.if_all_housing.is_some_and(|all| total.p95 > all.p95) {
        let unlikely = capacity.structures.iter().filter(|own| own.if_housing.is_none()).count();
        let whole = if unlikely == 1 { "1 structure".to_owned() } else { format!("{unlikely} structures") };
        lines.push(format!(
            "              (the upper end rests on {whole} with P(housing) under 0.3, left out of this line)"
        ));
    }
    let drivers = capacity.drivers_in_words();
    if !drivers.is_empty() {
        lines.push(format!("why so wide   {drivers} (shares of the variance)"));
    }
    lines
}

/// What to find out first, by what makes the interval widest.
pub fn advice_line(capacity: &CapacityEstimate) -> Option<String> {
    let first = capacity.drivers.first().filter(|driver| driver.share >= 0.1)?;
    let advice = match first.input {
        UncertainInput::Profile => "find out the use: --profile NAME, or the property profile",
        UncertainInput::Storeys => "find out the storeys: the property storeys, or height_m and height_sd_m",
        UncertainInput::Area => "draw the outlines on a finer image, and pass its --gsd",
        UncertainInput::Housing => "find out which are housing: the property kind or p_housing",
        UncertainInput::NetRatio => "find out the floor plan: a profile of basis internal, or a net_ratio of your own",
        UncertainInput::Existence => "review them: the property accepted or rejected",
    };
    Some(format!("to narrow it  {advice}"))
}

/// What a claim implies.
pub fn claim_lines(capacity: &CapacityEstimate) -> Vec<String> {
    let Some(check) = &capacity.claim else { return Vec::new() };
    let ClaimCheck { claim, buildings, people_per_building_low: low, people_per_building_high: high, .. } = check;
    let mut lines = vec![
        String::new(),
        format!(
            "claim         {} people in {} that may be housing",
            range(claim.low, claim.high, |n| format!("{n}")),
            counted(*buildings, "structure")
        ),
        format!("a building    {} people", range(*low, *high, square_metres)),
    ];
    if let Some(gross) = check.gross_m2_per_building {
        let each = range(gross / high, gross / low, square_metres);
        lines.push(format!("gross area    {gross:.0} m² a building with all storeys, {each} m² a person"));
    }
    let plausible = check.profiles.iter().filter(|row| row.verdict == ClaimVerdict::Plausible).count();
    let all = check.profiles.len();
    lines.push(match (plausible, check.profiles.iter().all(|row| row.verdict == ClaimVerdict::TooCrowded)) {
        (0, true) => format!("verdict       implausible: too crowded under all {all} profiles"),
        _ => format!("verdict       plausible under {plausible} of {all} profiles"),
    });
    lines.extend(check.profiles.iter().map(|row| {
        let implied = range(row.implied_m2_low, row.implied_m2_high, square_metres);
        let words = row.verdict.words();
        format!("  {:<22} {:<25} claim leaves {implied:<14} {words}", row.profile, row.definition)
    }));
    lines
}

/// The capacity under each use.
pub fn profile_lines(capacity: &CapacityEstimate) -> Vec<String> {
    if capacity.profiles.is_empty() {
        return Vec::new();
    }
    let rows = capacity
        .profiles
        .iter()
        .map(|row| format!("  {:<22} {:<25} {} people", row.profile, row.definition, people_interval(&row.people)));
    let title = "if all that may be housing is, in one use (low-mode-high m² a person)".to_owned();
    [String::new(), title].into_iter().chain(rows).collect()
}

/// The groups of alike structures, the largest capacity first.
pub fn group_lines(capacity: &CapacityEstimate) -> Vec<String> {
    let mut groups: Vec<&GroupCapacity> = capacity.groups.iter().filter(|group| group.if_housing.is_some()).collect();
    if groups.is_empty() {
        return Vec::new();
    }
    let median = |group: &GroupCapacity| group.if_housing.map_or(0.0, |own| own.p50);
    groups.sort_by(|a, b| median(b).total_cmp(&median(a)));
    let rows = groups.iter().take(MOST_GROUPS).filter_map(|group| {
        let what = format!("{} {}", group.structures.len(), group.kind.name());
        let interval = people_interval(&group.if_housing?);
        let ids = runs(&group.structures);
        Some(format!("  {what:<16} P(housing) {:.2}   {interval:<20} ids {ids}", group.p_housing))
    });
    let more = groups.len().saturating_sub(MOST_GROUPS);
    let rest = (more > 0).then(|| format!("  and {more} more that hold fewer"));
    let title = "structures and rows of alike ones (people if they are real and housing)".to_owned();
    [String::new(), title].into_iter().chain(rows).chain(rest).collect()
}

/// What was assumed.
pub fn assumption_lines(capacity: &CapacityEstimate) -> Vec<String> {
    if capacity.assumptions.is_empty() {
        return Vec::new();
    }
    let seed = format!("{} draws, seed {}", capacity.draws, capacity.seed);
    let sentences = capacity.assumptions.iter().cloned().chain([seed]).map(|sentence| format!("  - {sentence}"));
    [String::new(), "assumed".to_owned()].into_iter().chain(sentences).collect()
}

/// What a capacity is not.
pub fn caveat_lines() -> Vec<String> {
    let sentences = CAVEATS.iter().map(|caveat| format!("  - {caveat}"));
    [String::new(), "before you quote it".to_owned()].into_iter().chain(sentences).collect()
}

/// `80 to 100`, or one number where both read alike.
fn range(low: f64, high: f64, word: impl Fn(f64) -> String) -> String {
    let (low, high) = (word(low), word(high));
    if low == high { low } else { format!("{low} to {high}") }
}

/// An area with two figures or more.
fn square_metres(area: f64) -> String {
    match area {
        a if a < 1.0 => format!("{a:.2}"),
        a if a < 10.0 => format!("{a:.1}"),
        a => people(a.round()),
    }
}

/// `1-4, 7`: numbers in runs.
fn runs(ids: &[u32]) -> String {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for id in sorted {
        match runs.last_mut().filter(|(_, last)| *last + 1 == id) {
            Some((_, last)) => *last = id,
            None => runs.push((id, id)),
        }
    }
    let words = runs.iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a}-{b}") });
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(runs(&[4, 1, 2, 3, 9, 7]), "1-4, 7, 9");
        assert_eq!(range(0.4641, 0.4649, square_metres), "0.46");
        assert_eq!(range(3.31, 12.4, square_metres), "3.3 to 12");
    }
}
