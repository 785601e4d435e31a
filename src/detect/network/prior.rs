//! How common change is in the scene at hand, and what that makes of a network's probabilities.

use crate::change::{ChangeMap, StoreError};

/// Furthest that log odds are moved down and up: to a third, and to twice the odds. An estimate from probabilities that
/// may be wrong must not run away with them. Down at 3 the real suburbs of levir_val lose one point of object F1 even where
/// they are full of new houses, and false alarms where nothing was built fall by two fifths; up at 2 deserts gain four points of
/// recall, and beyond it houses that stand close run together (training/RUNS.md).
const LEAST_LOG_ODDS: f64 = -1.0986; // ln 1/3
const MOST_LOG_ODDS: f64 = std::f64::consts::LN_2;

/// Rounds of the estimate; it stands still long before where anything is new.
const ROUNDS: usize = 30;

/// Share below which the estimate does not fall: nothing in ten million pixels.
const SMALLEST_SHARE: f64 = 1e-7;

/// How far the log odds of new and of removed structures were moved.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct PriorShift {
    pub(super) new: f64,
    pub(super) removed: f64,
}

/// Moves the probabilities of a map to how common change is in this scene. A network has learnt how much is new in its training
/// pairs, `trained_share` of their pixels; where far less is, the same signs mean less, and where far more is, more. The
/// scene's own share is estimated from the probabilities by expectation maximization[^1], for new and for removed
/// structures, and the odds of every pixel are multiplied by how much it differs, within bounds.
///
/// Misleads where a network is wrong all over a scene: it then believes that much is new.
///
/// # Errors
/// [`StoreError`] when the map's temporary file cannot be read or written.
///
/// [^1]: Saerens, Latinne, Decaestecker, "Adjusting the Outputs of a Classifier to New a Priori Probabilities: A Simple Procedure",
/// Neural Computation 14(1), 2002, doi 10.1162/089976602753284446.
pub(super) fn adapt_to_scene(map: &ChangeMap, trained_share: f64) -> Result<PriorShift, StoreError> {
    let [new, removed] = map.histograms()?.map(|counts| shift(&counts, trained_share));
    map.revise(|p| moved(p, new), |p| moved(p, removed))?;
    Ok(PriorShift { new, removed })
}

/// How far log odds are to be moved, from counts of probabilities that are spread evenly from 0 to 1.
fn shift(counts: &[u64], trained_share: f64) -> f64 {
    let all: u64 = counts.iter().sum();
    if all == 0 {
        return 0.0;
    }
    let probability = |index: usize| index as f64 / (counts.len() - 1) as f64;
    let mean = |f: &dyn Fn(f64) -> f64| {
        counts.iter().enumerate().map(|(index, &count)| count as f64 * f(probability(index))).sum::<f64>() / all as f64
    };
    let mut share = mean(&|p| p).max(SMALLEST_SHARE);
    for _ in 0..ROUNDS {
        let (more, less) = (share / trained_share, (1.0 - share) / (1.0 - trained_share));
        share = mean(&|p| p * more / (p * more + (1.0 - p) * less).max(f64::MIN_POSITIVE)).max(SMALLEST_SHARE);
    }
    let log_odds = |share: f64| (share / (1.0 - share)).ln();
    (log_odds(share) - log_odds(trained_share)).clamp(LEAST_LOG_ODDS, MOST_LOG_ODDS)
}

/// A probability whose log odds are moved.
fn moved(probability: f32, log_odds: f64) -> f32 {
    let (p, factor) = (f64::from(probability), log_odds.exp());
    (p * factor / (p * factor + 1.0 - p)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::ChangeThreshold;
    use crate::raster::window::GridSize;
    use ndarray::Array2;

    /// Counts of calibrated probabilities of 0.1 and 0.9 in a scene of which this share is new, by a network that learnt
    /// that a half is.
    fn counts(share: f64) -> Vec<u64> {
        let mut counts = vec![0; 11];
        counts[9] = (1e6 * (0.9 * share + 0.1 * (1.0 - share))) as u64;
        counts[1] = 1_000_000 - counts[9];
        counts
    }

    #[test]
    fn the_share_of_a_scene_is_found_from_its_probabilities() {
        for share in [0.3f64, 0.4, 0.5, 0.6] {
            let expected = (share / (1.0 - share)).ln();
            assert!((shift(&counts(share), 0.5) - expected).abs() < 0.02, "{share}");
        }
    }

    #[test]
    fn the_shift_is_bounded_and_nothing_moves_nothing() {
        assert_eq!(shift(&counts(0.001), 0.5), LEAST_LOG_ODDS);
        assert_eq!(shift(&counts(0.95), 0.5), MOST_LOG_ODDS);
        assert_eq!(shift(&[0; 255], 0.5), 0.0, "a scene of nodata");
        assert_eq!(moved(0.0, 0.5), 0.0);
        assert_eq!(moved(1.0, -0.5), 1.0);
        assert!((moved(0.5, 2f64.ln()) - 2.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn new_and_removed_are_moved_each_by_its_own_share() {
        let size = GridSize { height: 20, width: 20 };
        let map = ChangeMap::zeros(size, "drawn", ChangeThreshold::single(0.5)).expect("invariant: small");
        let mut new = Array2::from_elem((20, 20), 0.7);
        new[[3, 3]] = f32::NAN;
        let mut removed = Array2::zeros((20, 20));
        removed[[4, 4]] = 0.7;
        map.write(size.window(), new.view(), removed.view()).expect("invariant: in memory");
        let moved = adapt_to_scene(&map, 0.1).expect("invariant: in memory");
        assert_eq!(moved, PriorShift { new: MOST_LOG_ODDS, removed: LEAST_LOG_ODDS });
        let back = map.read(size.window()).expect("invariant: in memory");
        assert!((back.new[[0, 0]] - 0.8235).abs() < 0.01 && (back.removed[[4, 4]] - 0.4375).abs() < 0.01, "{back:?}");
        assert!(back.new[[3, 3]] < 0.0, "nodata stays nodata");
    }
}
