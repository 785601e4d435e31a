//! Lets the spectral detector have a small say in what the network finds.

use ndarray::{Array2, Zip};
use rayon::iter::{ParallelBridge, ParallelIterator};

use crate::change::{ChangeMap, StoreError};
use crate::detect::network::NetworkDetector;
use crate::detect::spectral::SpectralDetector;
use crate::detect::{ChangeDetector, DetectError};
use crate::observer::Observer;
use crate::pair::NormalizedPair;
use crate::raster::units::Meters;
use crate::raster::window::Window;
use crate::region::Region;

/// What the spectral detector's log odds count for beside the network's. Of 0, 0.1, 0.2 and 0.4 the one with the fewest
/// false alarms that costs the suburbs of levir_val nothing (training/RUNS.md).
const WEIGHT: f64 = 0.1;

/// Spectral score that speaks neither for nor against a structure, on the scale of the network's probabilities: lower
/// than the even odds of the spectral detector alone, which finds no more than the rims of large roofs.
const NEUTRAL_SCORE: f64 = 0.2;

/// Bounds of the spectral score: beyond them the evidence counts no more.
const SCORE_BOUNDS: (f64, f64) = (0.001, 0.999);

/// Smallest probability that is revised: the evidence can at most double odds, so what is below cannot come to the cut
/// of 0.25 by it, and the spectral detector need not look there.
const LEAST_PROBABILITY: f32 = 0.12;

/// Ground sampling distance at which the evidence is gathered. On 0.5 m images it is as good as at full resolution
/// (docs/ACCURACY.md) for half the cost.
const EVIDENCE_GSD: Meters = Meters(1.0);

/// Side of the tiles in which it is gathered, in pixels of that size; only speed depends on it.
const EVIDENCE_TILE: usize = 256;

/// Rows that are revised at a time; only speed depends on it.
const STRIP_ROWS: usize = 256;

/// The learned detector, whose answer the classical one confirms or doubts.
///
/// The two err in different places: a network takes torn roofs and rubble for new ones, which have hardly any new
/// straight edges, and hesitates on bright roofs on bright ground, whose edges are plain. A tenth of the spectral log
/// odds is added to those of the network, as in a pool of two experts whose errors are independent but of whom one is
/// worth far less[^1].
///
/// - Output: the network's probabilities, the odds of those from 0.12 on changed by a factor of 0.58 to 2.3, for new and
///   removed structures alike. Where the network cannot run, the map is its fallback's.
/// - Nodata as that of the network; where the spectral detector knows nothing, the network's answer stands.
///
/// Helps less and less as the network gets better: averaged over mirrored copies it gains nothing from it.
///
/// [^1]: Genest and Zidek, "Combining Probability Distributions: A Critique and an Annotated Bibliography", Statistical
/// Science 1(1), 1986, doi 10.1214/ss/1177013825 (the logarithmic opinion pool).
#[derive(Debug)]
pub struct FusedDetector {
    network: NetworkDetector,
    spectral: SpectralDetector,
}

impl FusedDetector {
    /// Joins what finds the structures and what is asked about them; the latter will look at 1 m, in small tiles.
    pub fn new(network: NetworkDetector, spectral: SpectralDetector) -> Self {
        FusedDetector {
            network,
            spectral: SpectralDetector { working_gsd: EVIDENCE_GSD, tile_side: EVIDENCE_TILE, ..spectral },
        }
    }
}

impl ChangeDetector for FusedDetector {
    fn name(&self) -> &'static str {
        "network+spectral"
    }

    fn detect(
        &self,
        pair: &NormalizedPair,
        region: &Region,
        observer: &dyn Observer,
    ) -> Result<ChangeMap, DetectError> {
        let map = self.network.detect(pair, region, observer)?;
        if map.detector() != self.network.name() {
            return Ok(map);
        }
        let evidence = self.spectral.detect_where(pair, region, observer, &|tile| candidates(&map, tile))?;
        fuse(&map, &evidence)?;
        Ok(map.with_detector(self.name()))
    }
}

/// The smallest window within a tile that holds all probabilities high enough to be revised.
fn candidates(map: &ChangeMap, tile: Window) -> Result<Option<Window>, StoreError> {
    let change = map.read(tile)?;
    let held = Zip::indexed(&change.new).and(&change.removed).fold(
        None,
        |held: Option<[usize; 4]>, (row, col), new, removed| {
            let [top, left, bottom, right] = held.unwrap_or([row, col, row, col]);
            let grown = [top.min(row), left.min(col), bottom.max(row), right.max(col)];
            if new.max(*removed) >= LEAST_PROBABILITY { Some(grown) } else { held }
        },
    );
    Ok(held.map(|[top, left, bottom, right]| {
        Window::from_tlhw(tile.row + top, tile.col + left, bottom + 1 - top, right + 1 - left)
    }))
}

/// Adds the evidence of one map to another of the same size.
fn fuse(map: &ChangeMap, evidence: &ChangeMap) -> Result<(), StoreError> {
    map.size().strips(STRIP_ROWS).par_bridge().try_for_each(|strip| {
        let (mut change, evidence) = (map.read(strip)?, evidence.read(strip)?);
        let revise = |change: &mut Array2<f32>, evidence: &Array2<f32>| {
            Zip::from(change).and(evidence).for_each(|p, &score| *p = fused(*p, score));
        };
        revise(&mut change.new, &evidence.new);
        revise(&mut change.removed, &evidence.removed);
        map.write(strip, change.new.view(), change.removed.view())
    })
}

/// The network's probability in the light of a spectral score; unchanged where either is nodata.
fn fused(probability: f32, score: f32) -> f32 {
    if probability < LEAST_PROBABILITY || score < 0.0 {
        return probability;
    }
    let odds = |p: f64| p / (1.0 - p);
    let evidence = odds(f64::from(score).clamp(SCORE_BOUNDS.0, SCORE_BOUNDS.1)) / odds(NEUTRAL_SCORE);
    let (p, factor) = (f64::from(probability), evidence.powf(WEIGHT));
    (p * factor / (p * factor + 1.0 - p)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::{ChangeThreshold, NODATA_PROBABILITY};
    use crate::raster::window::GridSize;

    #[test]
    fn evidence_moves_odds_within_its_bounds() {
        let odds = |p: f32| f64::from(p / (1.0 - p));
        assert!((odds(fused(0.5, 0.0)) - 0.576).abs() < 1e-3, "{}", odds(fused(0.5, 0.0)));
        assert!((odds(fused(0.5, 1.0)) - 2.291).abs() < 1e-3, "{}", odds(fused(0.5, 1.0)));
        assert!((fused(0.5, 0.2) - 0.5).abs() < 1e-6, "neutral");
        assert_eq!(fused(1.0, 0.0), 1.0);
        assert!(fused(LEAST_PROBABILITY, 1.0) < 0.25, "what is left out could not have come to the cut");
    }

    #[test]
    fn what_cannot_matter_and_nodata_stay() {
        assert_eq!(fused(0.11, 1.0), 0.11);
        assert_eq!(fused(0.7, NODATA_PROBABILITY), 0.7);
        assert_eq!(fused(NODATA_PROBABILITY, 0.9), NODATA_PROBABILITY);
    }

    #[test]
    fn both_bands_of_a_map_are_revised() {
        let size = GridSize { height: STRIP_ROWS + 9, width: 4 };
        let filled = |new: f32, removed: f32| {
            let map = ChangeMap::zeros(size, "drawn", ChangeThreshold::single(0.5)).expect("invariant: small");
            let band = |p| Array2::from_elem((size.height, size.width), p);
            map.write(size.window(), band(new).view(), band(removed).view()).expect("invariant: in memory");
            map
        };
        let map = filled(0.5, 0.5);
        fuse(&map, &filled(1.0, 0.0)).expect("invariant: in memory");
        let change = map.read(size.window()).expect("invariant: in memory");
        assert!(change.new.iter().all(|&p| p > 0.69) && change.removed.iter().all(|&p| p < 0.37), "{change:?}");
    }

    #[test]
    fn candidates_are_boxed_within_their_tile() {
        let map = ChangeMap::zeros(GridSize { height: 20, width: 30 }, "drawn", ChangeThreshold::single(0.5))
            .expect("invariant: small");
        let (mut new, mut removed) = (Array2::zeros((20, 30)), Array2::zeros((20, 30)));
        (new[[12, 21]], new[[2, 2]], removed[[15, 17]]) = (0.2, 0.9, 0.5);
        map.write(map.size().window(), new.view(), removed.view()).expect("invariant: in memory");
        let boxed = |row, col, side| candidates(&map, Window::from_tlhw(row, col, side, side)).expect("in memory");
        assert_eq!(boxed(10, 16, 10), Some(Window::from_tlhw(12, 17, 4, 5)));
        assert_eq!(boxed(10, 0, 10), None);
    }
}
