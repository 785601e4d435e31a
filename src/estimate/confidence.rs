//! How far an estimate can be relied on, and what it assumes, in words.

use crate::capacity::Confidence;
use crate::estimate::profiles::Profile;
use crate::estimate::{EstimateOptions, LEAST_P_HOUSING, OutlinesAt, is_counted, p_exists};
use crate::raster::units::Meters;
use crate::structure::{MeasuredStructure, Status};

/// Finest resolution that "moderate" confidence asks for, metres (docs/CAPACITY.md).
const MODERATE_GSD_M: f64 = 0.5;
/// A kind counts as known from this probability on. Our judgement.
const KNOWN_KIND: f64 = 0.8;

/// The words of docs/CAPACITY.md: moderate asks for fine pixels, measured storeys and a known kind of all that is likely
/// to be housing; high for an analyst's word on use and storeys from photographs or plans.
pub(super) fn confidence(counted: &[&MeasuredStructure], gsd: Option<Meters>) -> Confidence {
    let housing: Vec<_> = counted.iter().filter(|s| s.p_housing >= LEAST_P_HOUSING).collect();
    let said_what = |s: &MeasuredStructure| s.judged.kind.is_some() || s.judged.profile.is_some();
    let confirmed =
        |s: &MeasuredStructure| s.judged.confirmed_by.is_some() && said_what(s) && s.judged.storeys.is_some();
    let known = |s: &MeasuredStructure| {
        let kind_known = said_what(s) || s.kinds.probability(s.kinds.most_probable()) >= KNOWN_KIND;
        kind_known && (s.height.is_some() || s.judged.storeys.is_some())
    };
    let fine = gsd.is_some_and(|gsd| gsd.0 <= MODERATE_GSD_M);
    match housing.is_empty() {
        false if housing.iter().all(|s| confirmed(s)) => Confidence::High,
        false if fine && housing.iter().all(|s| known(s)) => Confidence::Moderate,
        _ => Confidence::Low,
    }
}

/// What an estimate assumes, a sentence each.
pub(super) fn assumptions(
    counted: &[&MeasuredStructure],
    used: &[&Profile],
    gsd_m: f64,
    options: &EstimateOptions,
) -> Vec<String> {
    let number = |what: &dyn Fn(&MeasuredStructure) -> bool| counted.iter().filter(|s| what(s)).count();
    let mut sentences = vec![uses(used, options), storeys(counted)];
    sentences.push(match options.outlines {
        OutlinesAt::Roof => {
            "outlines follow the roofs: eaves and walls are taken off where the profile's area asks for it".into()
        }
        OutlinesAt::WallToWall => "outlines run from wall to wall: neither eaves nor walls are taken off".to_owned(),
    });
    let in_camp = number(&|s| is_counted(s, gsd_m, options));
    if in_camp > 0 {
        let whole =
            if in_camp == 1 { "1 tent or container is".into() } else { format!("{in_camp} tents or containers are") };
        sentences.push(format!(
            "{whole} counted, not measured: the usual number of people in one, in 45 to 90 % of them (75 % most often) \
             unless P(housing) was stated"
        ));
    }
    if gsd_m > 0.0 && number(&|s| s.ground.is_some()) > 0 {
        let edge = 0.5 * gsd_m;
        sentences.push(format!("edges are uncertain by half a pixel, {edge:.2} m, shared by all structures"));
    }
    if number(&|s| p_exists(s) < 1.0) > 0 {
        sentences.push("a structure is real with the probability of its score, which is not calibrated".to_owned());
    }
    sentences.push("structures that were missed are not in the interval".to_owned());
    if number(&|s| s.structure.status == Status::Replaced) > 0 {
        sentences.push("replaced structures are not in the total: housing may have stood there before".to_owned());
    }
    sentences
}

fn uses(used: &[&Profile], options: &EstimateOptions) -> String {
    let stated = options.profile.as_ref().and_then(|name| options.profiles.find(name));
    let names: Vec<&str> = used.iter().map(|profile| &*profile.name).collect();
    match (stated, names.as_slice()) {
        (Some(profile), _) => format!("all housing is used as {} ({})", profile.name, profile.source),
        (None, []) => "nothing found is likely to be used as housing".to_owned(),
        (None, [one]) => format!("the use is taken to be {one}, by the kind of structure"),
        (None, many) => format!("the use is unknown: a mixture of {}", many.join(", ")),
    }
}

fn storeys(counted: &[&MeasuredStructure]) -> String {
    let housing = || counted.iter().filter(|s| s.p_housing >= LEAST_P_HOUSING);
    let stated = housing().filter(|s| s.judged.storeys.is_some()).count();
    let measured = housing().filter(|s| s.judged.storeys.is_none() && s.height.is_some()).count();
    let assumed = housing().count() - stated - measured;
    match (stated, measured, assumed) {
        (0, 0, _) => "storeys were not measured: they follow from the kind of structure, mostly one".to_owned(),
        counts => {
            let parts = ["stated for", "from heights for", "by the kind of structure for"];
            let told = parts.iter().zip([counts.0, counts.1, counts.2]).filter(|(_, number)| *number > 0);
            let words: Vec<String> = told.map(|(part, number)| format!("{part} {number}")).collect();
            format!("storeys: {}", words.join(", "))
        }
    }
}
