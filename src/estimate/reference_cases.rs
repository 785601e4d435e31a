//! The reference cases of docs/CAPACITY.md: published figures, the arithmetic, and whether the interval holds them.
//!
//! Dimensions are wall to wall, edges are exact, every structure is housing on one storey. An interval must contain or
//! overlap the published figure and, with use and storeys known, span at most a factor of 4. That the median equals the
//! figure is never asked.

use super::tests::{building, estimate};
use super::*;
use crate::capacity::ClaimVerdict;

/// The interval of `count` equal structures of one use.
fn interval(count: u32, kind: Kind, length_m: f64, width_m: f64, profile: &str) -> Quantiles {
    let row: Vec<_> = (1..=count).map(|id| building(id, kind, length_m, width_m, 1.0)).collect();
    estimate(&row, 0.0, &options(profile)).people.expect("invariant: not withheld")
}

fn options(profile: &str) -> EstimateOptions {
    EstimateOptions {
        profile: Some(profile.to_owned()),
        outlines: OutlinesAt::WallToWall,
        ..EstimateOptions::default()
    }
}

fn assert_holds(q: Quantiles, published: (f64, f64)) {
    assert!(q.p5 <= published.1 && published.0 <= q.p95, "{q:?} and {published:?}");
    assert!(q.p95 / q.p5 <= 4.0, "{q:?}");
}

#[test]
fn bamako_air_base_101() {
    // CSIS, 10 December 2024: five large buildings, 400-500 people, dimensions not published, so consistency only.
    // 80-100 people a building at 8-12 m2 gross are 640-1,200 m2, such as 12 m x 55-100 m on one storey. The middle, 12 m x
    // 78 m = 936 m2: five are 4,680 m2, net at .50-.65-.85 about 3,100 m2, at 4.2 m2 a person about 740 people; the lower
    // end, 12 m x 55 m: 3,300 m2, net 2,200 m2, 520 people.
    for length in [55.0, 78.0] {
        assert_holds(interval(5, Kind::Barracks, length, 12.0, "deployed_barracks"), (400.0, 500.0));
    }
    // The upper end, 12 m x 100 m: 6,000 m2, net 3,900 m2, for 400-500 people 7.8-9.8 m2 each, above the profile's most of
    // 7.0; only a low net ratio makes the claim plausible: 0.5 x 6,000 m2 for 450 people are 6.7 m2.
    let large: Vec<_> = (1..=5).map(|id| building(id, Kind::Barracks, 100.0, 12.0, 1.0)).collect();
    let claim = Some(Claim { low: 400.0, high: 500.0 });
    let check =
        estimate(&large, 0.0, &EstimateOptions { claim, ..options("deployed_barracks") }).claim.expect("housing");
    let row = check.profiles.iter().find(|row| row.profile == "deployed_barracks").expect("in the table");
    assert_eq!(row.verdict, ClaimVerdict::Plausible);
    assert_eq!((check.people_per_building_low, check.people_per_building_high), (80.0, 100.0));
}

#[test]
fn tsel_official() {
    // 298 tents of 16 x 36 ft = 4.88 m x 10.97 m = 53.5 m2, 15,943 m2 in all; 5,000 people are 3.19 m2 each.
    assert_holds(interval(298, Kind::Tent, 10.97, 4.88, "military_tent"), (5000.0, 5000.0));
}

#[test]
fn tsel_observers() {
    // The same tents, 30 people in each less those in other use: about 8,000 people, 15,943 / 8,000 = 1.99 m2 each.
    assert_holds(interval(298, Kind::Tent, 10.97, 4.88, "emergency_bunk"), (8000.0, 8000.0));
}

#[test]
fn guantanamo_seahut() {
    // 15 x 32 ft = 4.57 m x 9.75 m = 44.6 m2; up to 10 people are 4.46 m2 each.
    assert_holds(interval(1, Kind::Shed, 9.75, 4.57, "deployed_hut"), (0.0, 10.0));
    assert!(interval(1, Kind::Shed, 9.75, 4.57, "deployed_hut").p95 >= 10.0);
}

#[test]
fn unhcr_family_tent() {
    // 6.5 m x 4.0 m = 26 m2 outer; 5 people are 5.2 m2 each.
    assert_holds(interval(1, Kind::Tent, 6.5, 4.0, "unhcr_tent"), (5.0, 5.0));
}

#[test]
fn containerized_housing_unit() {
    // 22 x 8 ft = 6.71 m x 2.44 m = 16.4 m2; 2-4 people are 8.2-4.1 m2 each.
    assert_holds(interval(1, Kind::Container, 6.71, 2.44, "container"), (2.0, 4.0));
}

#[test]
fn joint_base_lewis_mcchord() {
    // 11,237 m2 of gross floor in all (at most 120,956 ft2) for 324 soldiers: 34.7 m2 each. As ten floors of 75 m x 15 m.
    assert_holds(interval(10, Kind::Barracks, 74.91, 15.0, "suite_1_plus_1"), (324.0, 324.0));
}

#[test]
fn the_claim_of_30_000_in_260_tents_is_implausible_under_every_profile() {
    // 260 x 53.5 m2 = 13,910 m2; for 30,000 people 0.46 m2 each, below the least of every profile (0.9, emergency_bunk).
    let tents: Vec<_> = (1..=260).map(|id| building(id, Kind::Tent, 10.97, 4.88, 1.0)).collect();
    let claim = Some(Claim { low: 30_000.0, high: 30_000.0 });
    let check = estimate(&tents, 0.0, &EstimateOptions { claim, ..options("military_tent") }).claim.expect("housing");
    assert_eq!(check.profiles.len(), ProfileTable::default().all().len());
    assert!(check.profiles.iter().all(|row| row.verdict == ClaimVerdict::TooCrowded), "{check:?}");
    let footprint = check.profiles.iter().find(|row| row.profile == "military_tent").expect("in the table");
    assert!((footprint.implied_m2_low - 0.464).abs() < 0.001 && (footprint.implied_m2_high - 0.464).abs() < 0.001);
    assert!((check.people_per_building_low - 115.4).abs() < 0.1);
    assert!((check.gross_m2_per_building.expect("measured") - 53.5).abs() < 0.1);
}

#[test]
fn the_same_tents_counted_instead_of_measured_agree() {
    // Count x occupancy: 298 tents, all lived in, 8.9-16.7-29.7 people each; the floor of the tents gives the same.
    let measured = interval(298, Kind::Tent, 10.97, 4.88, "military_tent");
    let row: Vec<_> = (1..=298).map(|id| building(id, Kind::Tent, 10.97, 4.88, 1.0)).collect();
    let counted = EstimateOptions { counting: Counting::Count, ..options("military_tent") };
    let counted = estimate(&row, 0.0, &counted).if_all_housing.expect("invariant: not withheld");
    for (a, b) in [(measured.p5, counted.p5), (measured.p50, counted.p50), (measured.p95, counted.p95)] {
        assert!((a / b - 1.0).abs() < 0.01, "{measured:?} {counted:?}");
    }
}
