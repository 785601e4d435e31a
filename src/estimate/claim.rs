//! The inverse question: what a published number of people implies.

use crate::capacity::{Claim, ClaimCheck, ClaimVerdict, ProfileClaim, Quantiles};
use crate::estimate::profiles::Profile;
use crate::estimate::site_sums::DrawnSite;
use crate::estimate::{EstimateOptions, LEAST_P_HOUSING};
use crate::structure::{MeasuredStructure, Status};

/// Sets a claim against the structures likely to be housing, under every profile of the table; `None` when there are none.
///
/// Under a profile the area that counts is uncertain, and the claim may be a range: the implied area per person runs from
/// the highest number in the fifth percentile of the area to the lowest number in its 95th. The claim is implausible
/// under the profile when all of that lies below the profile's least area per person.
pub(super) fn check_claim(
    claim: Claim,
    counted: &[&MeasuredStructure],
    drawn: &DrawnSite,
    options: &EstimateOptions,
) -> Option<ClaimCheck> {
    let is_housing =
        |own: &&&MeasuredStructure| own.structure.status == Status::New && own.p_housing >= LEAST_P_HOUSING;
    let housing: Vec<&MeasuredStructure> = counted.iter().filter(is_housing).copied().collect();
    if housing.is_empty() {
        return None;
    }
    let buildings = housing.len() as f64;
    let profiles = options.profiles.all().iter().enumerate();
    Some(ClaimCheck {
        claim,
        buildings: housing.len(),
        people_per_building_low: claim.low / buildings,
        people_per_building_high: claim.high / buildings,
        gross_m2_per_building: gross_area(&housing).map(|area| area / buildings),
        profiles: profiles.filter_map(|(index, profile)| under_profile(claim, index, profile, drawn)).collect(),
    })
}

/// The outlines' area times the storeys expected.
fn gross_area(housing: &[&MeasuredStructure]) -> Option<f64> {
    let storeys = |own: &MeasuredStructure| match own.judged.storeys {
        Some(stated) => f64::from(stated),
        None => own.storeys.iter().zip(1..).map(|(p, k)| p * f64::from(k)).sum(),
    };
    housing.iter().map(|own| own.ground.map(|ground| ground.area.0 * storeys(own))).sum()
}

fn under_profile(claim: Claim, index: usize, profile: &Profile, drawn: &DrawnSite) -> Option<ProfileClaim> {
    // Every profile stands in the table of sums when there is a claim; all structures share one density a draw, so that
    // the people it yields give back the area.
    let people = &drawn.sums.under_profile[index];
    let areas: Vec<f64> =
        people.iter().zip(drawn.shared.people_per_m2(index)).map(|(people, density)| people / density).collect();
    let area = Quantiles::of_draws(&areas).filter(|area| area.p95 > 0.0)?;
    let (low, high) = (area.p5 / claim.high, area.p95 / claim.low);
    let limits = profile.area_per_person;
    let verdict = match () {
        () if high < limits.low => ClaimVerdict::TooCrowded,
        () if low > limits.high => ClaimVerdict::Roomier,
        () => ClaimVerdict::Plausible,
    };
    Some(ProfileClaim {
        profile: profile.name.to_string(),
        definition: profile.definition(),
        implied_m2_low: low,
        implied_m2_high: high,
        verdict,
    })
}
