//! From features of two images to the similarity transforms that many of their matches agree on.

use ndarray::{Array2, ArrayView2};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::raster::pixel_transform::PixelTransform;
use crate::raster::point::PixelPoint;
use crate::register::robust_fit::{TargetPoint, fit_similarity};
use crate::register::scale_space_features::{DESCRIPTOR_LENGTH, Feature};

/// A match's distance may be at most this share of the second best's. Lowe's 0.8 loosened, because the geometry checks
/// that follow reject wrong matches far better. Set, not tuned: with it all 28 pairs of tents_series were found, 2026-11.
const RATIO: f32 = 0.88;

/// Distance in overview pixels within which a match agrees with a transform.
const AGREEING_PX: f64 = 3.0;

/// Differences in direction and size (as a factor) within which a match agrees with a transform: two and a half bins of
/// the orientation histogram, half an octave.
const AGREEING_RADIANS: f64 = 0.44;
const AGREEING_FACTOR: f64 = 1.5;

/// Scales accepted between the overviews.
const SCALES: std::ops::RangeInclusive<f64> = 0.4..=2.5;

/// Most pairs of matches drawn. With 3 % right matches, 18 drawn pairs are expected to be right.
const DRAWS: usize = 20_000;

/// Drawing ends once a transform is found that so many of the pairs drawn so far are expected to support: more pairs will
/// not find a better one.
const EXPECTED_RIGHT_PAIRS: f64 = 30.0;

/// A feature of the after image and the feature of the before image it looks like.
#[derive(Clone, Copy, Debug)]
struct Match {
    after: PixelPoint,
    before: PixelPoint,
    turn: f64,
    scale: f64,
}

/// A transform from after to before overview pixels, and how many matches agree with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct FeatureHypothesis {
    /// Maps after overview points to before overview points.
    pub transform: PixelTransform,
    /// Matches that agree in place, direction and size.
    pub agreeing: usize,
}

/// The transforms that most matches agree on, best first, at most `most`; each set of matches votes once.
///
/// Misleads on repetitive patterns (rows of equal houses, vineyards), where wrong matches agree with each other: the
/// caller verifies each on the pixels.
pub(super) fn match_features(after: &[Feature], before: &[Feature], most: usize) -> Vec<FeatureHypothesis> {
    let mut matches = mutual_matches(after, before);
    let mut hypotheses = Vec::new();
    while hypotheses.len() < most {
        let Some(best) = agreed_transform(&matches) else { break };
        let before_count = matches.len();
        matches.retain(|m| !agrees(&best.transform, m));
        hypotheses.push(best);
        if matches.len() == before_count {
            break;
        }
    }
    hypotheses
}

fn mutual_matches(after: &[Feature], before: &[Feature]) -> Vec<Match> {
    if after.len() < 2 || before.len() < 2 {
        return Vec::new();
    }
    let likeness = descriptors(after).dot(&descriptors(before).t());
    let backward: Vec<Option<usize>> = best_of_rows(likeness.t());
    best_of_rows(likeness.view())
        .into_iter()
        .enumerate()
        .filter_map(|(i, best)| {
            let j = best.filter(|&j| backward[j] == Some(i))?;
            let (a, b) = (&after[i], &before[j]);
            let turn = f64::from(b.angle - a.angle);
            Some(Match { after: a.place, before: b.place, turn, scale: f64::from(b.sigma / a.sigma) })
        })
        .collect()
}

fn descriptors(features: &[Feature]) -> Array2<f32> {
    Array2::from_shape_fn((features.len(), DESCRIPTOR_LENGTH), |(i, k)| features[i].descriptor[k])
}

/// The column of every row's greatest value, where it is clearly greater than the second greatest.
fn best_of_rows(likeness: ArrayView2<'_, f32>) -> Vec<Option<usize>> {
    likeness
        .rows()
        .into_iter()
        .map(|row| {
            let (mut best, mut second, mut place) = (f32::MIN, f32::MIN, 0);
            for (index, &value) in row.iter().enumerate() {
                if value > best {
                    (best, second, place) = (value, best, index);
                } else if value > second {
                    second = value;
                }
            }
            // Unit descriptors: squared distance is 2 - 2 likeness.
            ((1.0 - best) < RATIO * RATIO * (1.0 - second)).then_some(place)
        })
        .collect()
}

/// The similarity most matches agree on[^1]; `None` when no two agree.
///
/// [^1]: Fischler and Bolles, "Random sample consensus", Communications of the ACM 24(6), 1981,
/// doi 10.1145/358669.358692.
fn agreed_transform(matches: &[Match]) -> Option<FeatureHypothesis> {
    if matches.len() < 3 {
        return None;
    }
    // A fixed seed: the same images always give the same alignment.
    let mut random = SmallRng::seed_from_u64(17);
    let count = |transform: &PixelTransform| matches.iter().filter(|m| agrees(transform, m)).count();
    let mut best: Option<FeatureHypothesis> = None;
    for drawn in 0..DRAWS {
        let right = best.map_or(0.0, |b| b.agreeing as f64 / matches.len() as f64);
        if drawn as f64 * right * right > EXPECTED_RIGHT_PAIRS {
            break;
        }
        let (i, j) = (random.random_range(0..matches.len()), random.random_range(0..matches.len()));
        let Some(transform) = through_both(&matches[i], &matches[j]) else { continue };
        let agreeing = count(&transform);
        if best.is_none_or(|b| agreeing > b.agreeing) {
            best = Some(FeatureHypothesis { transform, agreeing });
        }
    }
    let mut best = best.filter(|b| b.agreeing >= 3)?;
    for _ in 0..3 {
        let points: Vec<TargetPoint> = matches
            .iter()
            .filter(|m| agrees(&best.transform, m))
            .map(|m| TargetPoint { from: m.after, to: m.before, weight: 1.0 })
            .collect();
        let Some(transform) = fit_similarity(&points) else { break };
        let agreeing = count(&transform);
        if agreeing < best.agreeing {
            break;
        }
        best = FeatureHypothesis { transform, agreeing };
    }
    Some(best)
}

/// The similarity through two matches, if both features' own directions and sizes agree with it.
fn through_both(first: &Match, second: &Match) -> Option<PixelTransform> {
    let (a, b) = (second.after.minus(first.after), second.before.minus(first.before));
    let (from, to) = (a.length(), b.length());
    if from < 4.0 * AGREEING_PX || to < 4.0 * AGREEING_PX {
        return None;
    }
    let turn = b.dy.atan2(b.dx) - a.dy.atan2(a.dx);
    let transform = PixelTransform::similarity(to / from, turn.to_degrees(), PixelPoint::from_xy(0.0, 0.0));
    let shift = first.before.minus(transform.apply(first.after));
    let transform = transform.then(&PixelTransform::translation(shift));
    (SCALES.contains(&(to / from)) && agrees(&transform, first) && agrees(&transform, second)).then_some(transform)
}

fn agrees(transform: &PixelTransform, m: &Match) -> bool {
    let miss = transform.apply(m.after).minus(m.before);
    if miss.dx * miss.dx + miss.dy * miss.dy > AGREEING_PX * AGREEING_PX {
        return false;
    }
    let [a, b, _, d, e, _] = transform.coefficients();
    let turn = (m.turn - (d - b).atan2(a + e)).rem_euclid(std::f64::consts::TAU);
    let factor = m.scale / transform.scale();
    turn.min(std::f64::consts::TAU - turn) < AGREEING_RADIANS
        && factor < AGREEING_FACTOR
        && factor > 1.0 / AGREEING_FACTOR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_planted_similarity_wins_over_wrong_matches() {
        let planted = PixelTransform::similarity(1.2, 25.0, PixelPoint::from_xy(100.0, 80.0));
        let mut random = SmallRng::seed_from_u64(3);
        let mut point = || PixelPoint::from_xy(random.random_range(0.0..400.0), random.random_range(0.0..300.0));
        let mut matches: Vec<Match> = (0..15)
            .map(|_| {
                let after = point();
                Match { after, before: planted.apply(after), turn: 25f64.to_radians(), scale: 1.2 }
            })
            .collect();
        matches.extend((0..300).map(|k| Match { after: point(), before: point(), turn: f64::from(k), scale: 1.0 }));
        let found = agreed_transform(&matches).expect("invariant: fifteen agree");
        let miss = found.transform.apply(PixelPoint::from_xy(200.0, 150.0));
        assert!(miss.minus(planted.apply(PixelPoint::from_xy(200.0, 150.0))).length() < 0.7);
        assert!(found.agreeing >= 15);
    }
}
