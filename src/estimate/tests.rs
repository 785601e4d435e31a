//! Reference cases of docs/CAPACITY.md, laws, and the refusals.

use geo::{LineString, Polygon};
use proptest::prelude::*;

use super::*;
use crate::raster::point::PixelPoint;
use crate::raster::units::SquareMeters;
use crate::structure::{GroundMeasures, KindDistribution, OrientedRectangle, Structure};

fn building(id: u32, kind: Kind, length: f64, width: f64, p_housing: f64) -> MeasuredStructure {
    let area = SquareMeters(length * width);
    MeasuredStructure {
        structure: Structure {
            id,
            status: Status::New,
            outline: Polygon::new(LineString::new(Vec::new()), Vec::new()),
            rectangle: OrientedRectangle {
                center: PixelPoint::from_xy(0.0, 0.0),
                length_px: length,
                width_px: width,
                angle_deg: 0.0,
            },
            area_px: area.0,
            score: 1.0,
        },
        place: None,
        ground: Some(GroundMeasures {
            length: Meters(length),
            width: Meters(width),
            orientation_deg: 0.0,
            area,
            area_p5: area,
            area_p95: area,
        }),
        height: None,
        kinds: KindDistribution::from_weights(|k| f64::from(u8::from(k == kind))),
        storeys: [1.0, 0.0, 0.0, 0.0],
        p_housing,
        group: 0,
        note: String::new(),
    }
}

fn people(structures: &[MeasuredStructure], profile: &str) -> Quantiles {
    let options = EstimateOptions { profile: Some(profile.to_owned()), ..EstimateOptions::default() };
    let estimate = estimate_capacity(structures, Some(Meters(0.01)), &options).expect("invariant: sound options");
    estimate.people.expect("invariant: not withheld")
}

#[test]
fn five_buildings_like_those_at_bamako_overlap_the_published_figure() {
    // Consistency only: dimensions were not published. 5 x 12 m x 65 m = 3,900 m2; at 8-12 m2 gross a person, 325-488.
    let five: Vec<_> = (1..=5).map(|id| building(id, Kind::Barracks, 65.0, 12.0, 1.0)).collect();
    let q = people(&five, "deployed_barracks");
    assert!(q.p5 < 500.0 && q.p95 > 400.0, "{q:?}");
    assert!(q.p95 / q.p5 <= 4.0, "{q:?}");
}

#[test]
fn the_tents_at_tsel_hold_the_official_figure() {
    // 298 tents of 16 x 36 ft = 4.88 m x 10.97 m = 53.5 m2; 5,000 people are 3.19 m2 each.
    let tents: Vec<_> = (1..=298).map(|id| building(id, Kind::Tent, 10.97, 4.88, 1.0)).collect();
    let q = people(&tents, "military_tent");
    assert!(q.p5 <= 5000.0 && 5000.0 <= q.p95, "{q:?}");
    assert!(q.p95 / q.p5 <= 4.0, "{q:?}");
}

#[test]
fn a_unhcr_tent_and_a_container_hold_their_families() {
    // 6.5 m x 4.0 m outer, 5 people; 22 x 8 ft = 6.7 m x 2.44 m, 2-4 people.
    let tent = people(&[building(1, Kind::Tent, 6.5, 4.0, 1.0)], "unhcr_tent");
    assert!(tent.p5 <= 5.0 && 5.0 <= tent.p95, "{tent:?}");
    let unit = people(&[building(1, Kind::Container, 6.7, 2.44, 1.0)], "container");
    assert!(unit.p5 <= 4.0 && unit.p95 >= 2.0, "{unit:?}");
}

#[test]
fn no_structure_holds_nobody_and_is_no_refusal() {
    let estimate = estimate_capacity(&[], None, &EstimateOptions::default()).expect("invariant: sound options");
    assert_eq!(estimate.people, Some(Quantiles::certain(0.0)));
    assert!(estimate.withheld.is_none());
}

#[test]
fn refusals_say_why() {
    let options = EstimateOptions::default();
    let house = [building(1, Kind::House, 12.0, 9.0, 0.9)];
    let withheld = |structures: &[MeasuredStructure], gsd| {
        let estimate = estimate_capacity(structures, gsd, &options).expect("invariant: sound options");
        assert!(estimate.people.is_none());
        estimate.withheld.expect("invariant: withheld")
    };
    assert_eq!(withheld(&house, None), Withheld::UnknownGsd);
    assert!(matches!(withheld(&house, Some(Meters(10.0))), Withheld::CoarseGsd { .. }));
    let doubtful = [building(1, Kind::Shed, 12.0, 9.0, 0.25)];
    assert!(matches!(withheld(&doubtful, Some(Meters(0.5))), Withheld::NoLikelyHousing { .. }));
}

#[test]
fn a_warehouse_alone_holds_nobody_and_is_no_refusal() {
    let halls = [building(1, Kind::Warehouse, 50.0, 22.0, 0.03)];
    let estimate = estimate_capacity(&halls, Some(Meters(0.5)), &EstimateOptions::default()).expect("invariant: sound");
    assert_eq!(estimate.people, Some(Quantiles::certain(0.0)));
    assert_eq!(estimate.structures[0].people, None);
}

#[test]
fn an_unknown_profile_is_named_with_the_known_ones() {
    let options = EstimateOptions { profile: Some("palace".to_owned()), ..EstimateOptions::default() };
    let error = estimate_capacity(&[], None, &options).expect_err("invariant: no such profile").to_string();
    assert!(error.contains("palace") && error.contains("deployed_barracks"), "{error}");
}

#[test]
fn the_same_seed_gives_the_same_figures_on_any_number_of_threads() {
    let camp: Vec<_> = (1..=200).map(|id| building(id, Kind::Barracks, 40.0 + f64::from(id % 7), 11.0, 0.8)).collect();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("invariant: threads");
        pool.install(|| estimate_capacity(&camp, Some(Meters(0.5)), &EstimateOptions::default()))
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn sister_buildings_share_their_doubts() {
    // Shared draws: five sisters are five times as uncertain as one, not the square root of five times.
    let spread = |count: u32| {
        let row: Vec<_> = (1..=count).map(|id| building(id, Kind::Barracks, 60.0, 12.0, 1.0)).collect();
        let q = people(&row, "deployed_barracks");
        q.p95 / q.p5
    };
    assert!((spread(5) / spread(1) - 1.0).abs() < 0.1, "{} {}", spread(5), spread(1));
}

/// Slow and obvious: the conditional total of one structure under one net profile, with a plain generator of its own.
fn reference_people(length: f64, width: f64, gsd: f64, draws: usize) -> Vec<f64> {
    let mut state = 12_345u64;
    let mut uniform = || {
        // Knuth's MMIX generator.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let triangle = |low: f64, mode: f64, high: f64, u: f64| {
        if u < (mode - low) / (high - low) {
            low + (u * (high - low) * (mode - low)).sqrt()
        } else {
            high - ((1.0 - u) * (high - low) * (high - mode)).sqrt()
        }
    };
    let mut people = Vec::new();
    for _ in 0..draws {
        let mut normal = || (-2.0 * (1.0 - uniform()).ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos();
        let (bias, own_width, own_length) = (normal(), normal(), normal());
        let off = bias * 0.5 * gsd + triangle(0.2, 0.5, 0.9, uniform());
        let net = triangle(0.50, 0.65, 0.85, uniform());
        let per_person = triangle(2.8f64.ln(), 4.2f64.ln(), 7.0f64.ln(), uniform()).exp();
        let inner = |side: f64, own: f64| (side - 2.0 * off + own * 0.5f64.sqrt() * gsd).max(0.0);
        people.push(inner(length, own_length) * inner(width, own_width) * net / per_person);
    }
    people
}

#[test]
fn quantiles_agree_with_a_plain_reference() {
    let reference = Quantiles::of_draws(&reference_people(60.0, 12.0, 0.5, 200_000)).expect("invariant: drawn");
    let options =
        EstimateOptions { profile: Some("deployed_barracks".to_owned()), draws: 200_000, ..EstimateOptions::default() };
    let one = [building(1, Kind::Barracks, 60.0, 12.0, 1.0)];
    let estimate = estimate_capacity(&one, Some(Meters(0.5)), &options).expect("invariant: sound options");
    let q = estimate.people.expect("invariant: not withheld");
    for (ours, theirs) in [(q.p5, reference.p5), (q.p50, reference.p50), (q.p95, reference.p95)] {
        assert!((ours / theirs - 1.0).abs() < 0.015, "{q:?} {reference:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn more_area_never_holds_fewer(length in 1.0..120.0f64, width in 0.1..20.0f64, more in 0.0..30.0f64) {
        let smaller = people(&[building(1, Kind::Barracks, length, width, 1.0)], "conscript_barracks");
        let larger = people(&[building(1, Kind::Barracks, length + more, width, 1.0)], "conscript_barracks");
        prop_assert!(smaller.p5 >= 0.0 && smaller.p95.is_finite());
        prop_assert!(larger.p5 >= smaller.p5 && larger.p50 >= smaller.p50 && larger.p95 >= smaller.p95);
    }

    #[test]
    fn a_structure_thinner_than_its_walls_holds_nobody(length in 1.0..50.0f64) {
        let thin = people(&[building(1, Kind::Barracks, length, 0.35, 1.0)], "emergency_bunk");
        prop_assert_eq!(thin.p95, 0.0);
    }
}
