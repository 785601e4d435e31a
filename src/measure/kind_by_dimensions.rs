//! What a structure probably is, from its footprint's dimensions and its alike neighbours.

use crate::raster::units::Meters;
use crate::structure::{GroundMeasures, Kind, KindDistribution, StoreyDistribution};

/// Dimensions of one type of structure, metres, and how common it is among what is newly built.
struct TypePrior {
    kind: Kind,
    width: (f64, f64),
    length: (f64, f64),
    elongation: (f64, f64),
    /// Share of the bounding rectangle covered: rectangles about 1, circles 0.785.
    fill: (f64, f64),
    /// Relative frequency: our judgement, weak on purpose.
    frequency: f64,
    /// Comes in uniform rows.
    in_rows: bool,
}

/// Widths, lengths and elongations of the types in docs/CAPACITY.md; house, shed, tank, greenhouse and other are our
/// judgement, as are all frequencies.
const TYPES: [TypePrior; 14] = [
    prior(Kind::Barracks, (8.0, 15.0), (25.0, 80.0), (3.0, 8.0), 0.15, true),
    prior(Kind::Barracks, (10.0, 15.0), (100.0, 160.0), (7.0, 15.0), 0.03, true),
    prior(Kind::Tent, (4.9, 5.2), (9.8, 11.0), (2.0, 2.3), 0.03, true),
    prior(Kind::Tent, (9.5, 10.5), (24.0, 32.0), (2.4, 3.2), 0.02, true),
    prior(Kind::Shed, (4.6, 4.9), (9.5, 10.1), (2.0, 2.2), 0.03, true),
    prior(Kind::Shed, (3.0, 8.0), (4.0, 15.0), (1.0, 3.0), 0.10, false),
    prior(Kind::Container, (2.3, 2.6), (6.0, 12.2), (2.5, 5.0), 0.05, true),
    prior(Kind::Warehouse, (15.0, 40.0), (30.0, 100.0), (1.5, 3.0), 0.15, false),
    prior(Kind::Hangar, (25.0, 70.0), (30.0, 100.0), (1.0, 2.0), 0.05, false),
    prior(Kind::Shed, (25.0, 40.0), (80.0, 200.0), (3.0, 8.0), 0.01, false),
    prior(Kind::House, (6.0, 15.0), (8.0, 20.0), (1.0, 2.2), 0.30, false),
    TypePrior { fill: (0.72, 0.84), ..prior(Kind::Tank, (5.0, 60.0), (5.0, 60.0), (1.0, 1.1), 0.03, false) },
    prior(Kind::Greenhouse, (6.0, 12.0), (25.0, 100.0), (4.0, 12.0), 0.02, true),
    TypePrior { fill: (0.2, 1.0), ..prior(Kind::Other, (2.0, 100.0), (2.0, 300.0), (1.0, 20.0), 0.08, false) },
];

const fn prior(
    kind: Kind,
    width: (f64, f64),
    length: (f64, f64),
    elongation: (f64, f64),
    frequency: f64,
    in_rows: bool,
) -> TypePrior {
    TypePrior { kind, width, length, elongation, fill: (0.88, 1.0), frequency, in_rows }
}

/// Relative softness of a type's limits: a length 15 % beyond them is one standard deviation out. Our judgement.
const LIMIT_SD: f64 = 0.15;
/// The same for the filled share of the rectangle: detectors round corners and eat edges. Our judgement.
const FILL_SD: f64 = 0.06;
/// Edge error of a dimension in pixels, which softens the limits at coarse resolution (docs/CAPACITY.md, the chain).
const DIMENSION_SD_PX: f64 = 1.2;
/// Weight of a type that comes in rows when there are at least [`ROW`] sisters. Our judgement.
const ROW_WEIGHT: f64 = 3.0;
/// Alike structures that make a row.
const ROW: usize = 3;

/// Probabilities of every kind, by Bayes over the table of types with soft limits.
///
/// Within a type's limits length and elongation are uniform in their logarithms, so a narrow type that fits wins over a broad one.
pub(super) fn kinds_by_dimensions(
    ground: &GroundMeasures,
    fill_ratio: f64,
    gsd: Meters,
    sisters: usize,
) -> KindDistribution {
    let weights = TYPES.map(|kind| (kind.kind, likelihood(&kind, ground, fill_ratio, gsd.0, sisters)));
    KindDistribution::from_weights(|kind| weights.iter().filter(|(k, _)| *k == kind).map(|(_, w)| w).sum())
}

fn likelihood(kind: &TypePrior, ground: &GroundMeasures, fill_ratio: f64, gsd: f64, sisters: usize) -> f64 {
    let (length, width) = (ground.length.0, ground.width.0);
    let softness = |dimension: f64| LIMIT_SD.hypot(DIMENSION_SD_PX * gsd / dimension);
    let row = if kind.in_rows && sisters >= ROW { ROW_WEIGHT } else { 1.0 };
    kind.frequency
        * row
        * soft_log_uniform(length, kind.length, softness(length))
        * soft_log_uniform(length / width, kind.elongation, softness(width))
        * within(width, kind.width, softness(width))
        * fits_fill(fill_ratio, kind.fill)
}

/// Density in the logarithm of a value that is uniform between limits and falls off as a Gaussian beyond them.
fn soft_log_uniform(value: f64, limits: (f64, f64), sd: f64) -> f64 {
    let span = (limits.1 / limits.0).ln() + sd * std::f64::consts::TAU.sqrt();
    within(value, limits, sd) / span
}

/// 1 between limits, falling off as a Gaussian of the logarithm beyond them.
fn within(value: f64, limits: (f64, f64), sd: f64) -> f64 {
    let beyond = (limits.0 / value).ln().max((value / limits.1).ln()).max(0.0);
    (-0.5 * (beyond / sd).powi(2)).exp()
}

fn fits_fill(fill_ratio: f64, limits: (f64, f64)) -> f64 {
    let beyond = (limits.0 - fill_ratio).max(fill_ratio - limits.1).max(0.0);
    (-0.5 * (beyond / FILL_SD).powi(2)).exp()
}

/// Probability that people are housed in a structure, before anything but dimensions and neighbours is known.
///
/// The priors by kind, the cut above 18 m of width and the lift by uniform rows are those of docs/CAPACITY.md; the sizes
/// of cut and lift are our judgement.
pub(super) fn p_housing(kinds: &KindDistribution, ground: Option<&GroundMeasures>, sisters: usize) -> f64 {
    /// Width from which daylight no longer reaches the middle of a dormitory.
    const WIDE: f64 = 18.0;
    const WIDE_FACTOR: f64 = 0.25;
    const ROW_DOUBT: f64 = 0.8;
    let by_kind: f64 = Kind::ALL.iter().map(|&kind| kinds.probability(kind) * housing_prior(kind)).sum();
    let by_width = if ground.is_some_and(|g| g.width.0 > WIDE) { by_kind * WIDE_FACTOR } else { by_kind };
    if sisters >= ROW && by_width >= 0.3 { 1.0 - (1.0 - by_width) * ROW_DOUBT } else { by_width }
}

/// P(housing) by kind (docs/CAPACITY.md, "Kinds, default use, default storeys").
fn housing_prior(kind: Kind) -> f64 {
    match kind {
        Kind::Barracks => 0.85,
        Kind::House => 0.90,
        Kind::Tent => 0.80,
        Kind::Container => 0.60,
        Kind::Shed => 0.25,
        Kind::Warehouse | Kind::Hangar | Kind::Tank | Kind::Greenhouse => 0.03,
        Kind::Other => 0.30,
    }
}

/// Storeys, as the mixture of the kinds' priors (docs/CAPACITY.md, same table).
pub(super) fn storeys_of_kinds(kinds: &KindDistribution, ground: Option<&GroundMeasures>) -> StoreyDistribution {
    let long_block = ground.is_some_and(|g| g.length.0 > 100.0);
    let mut storeys = [0.0; 4];
    for kind in Kind::ALL {
        for (sum, share) in storeys.iter_mut().zip(storey_prior(kind, long_block)) {
            *sum += kinds.probability(kind) * share;
        }
    }
    storeys
}

fn storey_prior(kind: Kind, long_block: bool) -> StoreyDistribution {
    match kind {
        Kind::Barracks if long_block => [0.25, 0.35, 0.25, 0.15],
        Kind::Barracks => [0.70, 0.25, 0.05, 0.0],
        Kind::House | Kind::Other => [0.70, 0.30, 0.0, 0.0],
        Kind::Container => [0.85, 0.15, 0.0, 0.0],
        Kind::Tent | Kind::Shed | Kind::Warehouse | Kind::Hangar | Kind::Tank | Kind::Greenhouse => {
            [1.0, 0.0, 0.0, 0.0]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::SquareMeters;
    use proptest::prelude::*;

    fn ground(length: f64, width: f64) -> GroundMeasures {
        let area = SquareMeters(length * width);
        GroundMeasures {
            length: Meters(length),
            width: Meters(width),
            orientation_deg: 0.0,
            area,
            area_p5: area,
            area_p95: area,
        }
    }

    fn most_probable(length: f64, width: f64, fill: f64, sisters: usize) -> Kind {
        kinds_by_dimensions(&ground(length, width), fill, Meters(0.5), sisters).most_probable()
    }

    #[test]
    fn dimensions_of_the_literature_read_as_their_kind() {
        assert_eq!(most_probable(60.0, 12.0, 0.97, 5), Kind::Barracks);
        assert_eq!(most_probable(130.0, 12.5, 0.97, 1), Kind::Barracks);
        assert_eq!(most_probable(55.0, 22.0, 0.97, 1), Kind::Warehouse);
        assert_eq!(most_probable(50.0, 45.0, 0.97, 1), Kind::Hangar);
        assert_eq!(most_probable(12.0, 9.0, 0.95, 1), Kind::House);
        assert_eq!(most_probable(34.0, 34.0, 0.785, 1), Kind::Tank);
    }

    #[test]
    fn a_wide_structure_is_hardly_housing() {
        let kinds = KindDistribution::from_weights(|kind| f64::from(u8::from(kind == Kind::Barracks)));
        let narrow = p_housing(&kinds, Some(&ground(60.0, 12.0)), 1);
        let wide = p_housing(&kinds, Some(&ground(60.0, 22.0)), 1);
        let row = p_housing(&kinds, Some(&ground(60.0, 12.0)), 5);
        assert!(wide < 0.3 * narrow && narrow < row && row < 1.0);
    }

    proptest! {
        #[test]
        fn probabilities_stay_probabilities(length in 1.0..300.0f64, share in 0.02..1.0f64, fill in 0.0..1.0f64, sisters in 1usize..9) {
            let ground = ground(length, length * share);
            let kinds = kinds_by_dimensions(&ground, fill, Meters(0.5), sisters);
            let sum: f64 = Kind::ALL.iter().map(|&k| kinds.probability(k)).sum();
            prop_assert!((sum - 1.0).abs() < 1e-9);
            let storeys: f64 = storeys_of_kinds(&kinds, Some(&ground)).iter().sum();
            prop_assert!((storeys - 1.0).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&p_housing(&kinds, Some(&ground), sisters)));
        }
    }
}
