//! Sentences for people: hedged, rounded to two significant figures, and the same in every figure.

use crate::analysis::Analysis;
use crate::capacity::{Quantiles, Withheld, two_significant_figures};
use crate::pair::RegistrationQuality;
use crate::report::structure_record::{SiteTotals, StructureRecord};
use crate::scene::Scene;
use crate::structure::Kind;

/// What every reader of a capacity must know.
pub const CAVEATS: [&str; 7] = [
    "Capacity says how many people the housing could hold. It does not say that anyone is there, how strong a force is \
     or what it intends.",
    "What a building is for is inferred from its shape and surroundings. Warehouses, schools and offices can look like \
     barracks.",
    "Space standards are minimums that somebody set. People are housed above and below them.",
    "Made for monitoring in the public interest. Not for choosing targets, assessing strikes or estimating casualties. \
     Consider the harm that publishing could do before showing anything about displaced or detained people.",
    "Publish the interval and never the middle value alone.",
    "Keep image dates, ground sampling distance, sun and view angles, overrides and seed with every figure.",
    "The assumptions about kinds, storeys and space lean on practice in the United States, in Russia and in \
     humanitarian aid.",
];

/// The caveat that stands under every figure and beside every number.
pub const SMALL_CAVEAT: &str =
    "Capacity is not presence, strength or intent. Uses are inferred from shape; verify before publishing.";

/// `4 November 2024`, or that nobody knows.
pub(super) fn date_of(scene: &Scene) -> String {
    match scene.description().acquisition.date {
        Some(date) => date.strftime("%-d %B %Y").to_string(),
        None => "date unknown".to_owned(),
    }
}

/// What was found, in one line: counts with their interval, then the capacity or why there is none.
pub(super) fn findings(analysis: &Analysis, records: &[StructureRecord]) -> String {
    if analysis.seen.is_none() {
        return "Nothing was compared, and no capacity is given".to_owned();
    }
    let totals = SiteTotals::of_records(records, None);
    let mut counts = match totals.new_structures {
        0 => "No new structure found".to_owned(),
        1 => "1 new structure found".to_owned(),
        many => format!("{} new structures found", grouped(many as f64)),
    };
    let (low, high) = (analysis.capacity.count.p5.round(), analysis.capacity.count.p95.round());
    if low < high {
        counts += &format!(", {}–{} of them real by their scores (90 % interval)", grouped(low), grouped(high));
    }
    match totals.replaced_structures {
        0 => {}
        1 => counts += ", 1 of them in place of a removed one",
        many => counts += &format!(", {many} of them in place of removed ones"),
    }
    if totals.removed_structures > 0 {
        counts += &format!(", {} removed", totals.removed_structures);
    }
    format!("{counts}; {}", capacity(analysis))
}

fn capacity(analysis: &Analysis) -> String {
    match (&analysis.capacity.people, &analysis.capacity.withheld) {
        (Some(people), _) => format!("housing capacity {}", interval(people)),
        (None, Some(reason)) => format!("housing capacity withheld: {}", withheld(reason)),
        (None, None) => "housing capacity not estimated".to_owned(),
    }
}

fn interval(people: &Quantiles) -> String {
    let (low, high) = (two_significant_figures(people.p5), two_significant_figures(people.p95));
    if high <= 0.0 {
        "0 people".to_owned()
    } else if low == high {
        format!("{} people", grouped(high))
    } else {
        format!("{}–{} people (90 % interval)", grouped(low), grouped(high))
    }
}

fn withheld(reason: &Withheld) -> String {
    match reason {
        Withheld::UnknownGsd => "the size of a pixel on the ground is unknown".to_owned(),
        Withheld::CoarseGsd { gsd_m, .. } => format!("at {gsd_m:.1} m a pixel buildings cannot be measured"),
        Withheld::NoLikelyHousing { .. } => "no structure is likely enough to be housing".to_owned(),
        Withheld::RegistrationRefused => "the images could not be lined up".to_owned(),
    }
}

/// What the reader must see before the picture, if anything.
pub(super) fn banner(analysis: &Analysis) -> Option<String> {
    let reason = analysis.registration.reason.as_deref().unwrap_or("no reason was recorded");
    if analysis.seen.is_none() {
        return Some(format!("Images not aligned: registration was refused and nothing was compared ({reason})"));
    }
    match analysis.registration.quality {
        RegistrationQuality::Doubtful => Some(format!("Alignment of the images is doubtful: check by eye ({reason})")),
        _ => None,
    }
}

/// How the images were brought together, for the small print.
pub(super) fn alignment(analysis: &Analysis) -> String {
    match (analysis.registration.quality, analysis.registration.residual_px) {
        (RegistrationQuality::Skipped, _) => "Alignment taken as given".to_owned(),
        (RegistrationQuality::Refused, _) => "Images not aligned".to_owned(),
        (_, Some(residual)) => format!("Images aligned to {residual:.2} px (median at check points)"),
        (_, None) if analysis.registration.shift_px.is_some() => "Images aligned, how well was not measured".to_owned(),
        (_, None) => "Images compared as they lie".to_owned(),
    }
}

/// Ground sampling distance for the small print.
pub(super) fn gsd(analysis: &Analysis) -> String {
    match &analysis.frame {
        Some(frame) => format!("Ground sampling distance {:.2} m", frame.gsd().0),
        None => "Ground sampling distance unknown".to_owned(),
    }
}

/// `likely barracks`: what a structure may be, in the words of likelihood of ICD 203[^1]; `None` where no kind is more
/// likely than not, or none but `other` is.
///
/// [^1]: Office of the Director of National Intelligence, Intelligence Community Directive 203, "Analytic Standards",
/// 2015, D.6.e(2)(a).
pub(super) fn hedged_kind(record: &StructureRecord) -> Option<String> {
    let probability = record.kind_probability?;
    let word = match probability {
        p if p >= 0.80 => "very likely",
        p if p >= 0.55 => "likely",
        _ => return None,
    };
    (record.kind != Kind::Other).then(|| format!("{word} {}", record.kind.name()))
}

/// A whole number with its thousands parted: `12,000`; small capacities keep the decimal they have.
pub(super) fn grouped(value: f64) -> String {
    if value.fract() != 0.0 && value.abs() < 10.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("−{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted() {
        assert_eq!([0.0, 4.3, 440.0, 1200.0, 1_234_000.0].map(grouped), ["0", "4.3", "440", "1,200", "1,234,000"]);
    }

    #[test]
    fn an_interval_is_never_a_middle_value() {
        let people = Quantiles { p5: 396.0, p25: 430.0, p50: 452.0, p75: 470.0, p95: 504.0 };
        let text = interval(&people);
        assert_eq!(text, "400–500 people (90 % interval)");
        assert_eq!(interval(&Quantiles::certain(0.0)), "0 people");
    }
}
