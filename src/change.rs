//! Where, and how surely, something was built or removed between the dates.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::raster::scratch::ScratchBand;
use crate::raster::window::{GridSize, Window};

/// Code of nodata in a stored probability.
const NODATA: u8 = 255;
/// Code of probability 1; a probability is stored as a whole number of 254ths.
const ONE: f32 = 254.0;

/// Rows of a map that are revised at a time; only speed depends on it.
const STRIP_ROWS: usize = 256;

/// Value of a nodata pixel in a [`ChangeWindow`] and in `probability.tif`.
pub const NODATA_PROBABILITY: f32 = -1.0;

/// A change map whose temporary store failed.
#[derive(Debug, Error)]
#[error("cannot {action} the temporary change map: {source}; free space in the temporary folder (TMPDIR)")]
pub struct StoreError {
    /// `make`, `read` or `write`.
    pub action: &'static str,
    /// What the operating system says.
    #[source]
    pub source: std::io::Error,
}

/// Cuts that turn probabilities into changed pixels and structures: thresholding with hysteresis[^1]. The lower cut draws
/// the outline, the higher one decides whether there is anything to outline.
///
/// [^1]: Canny, "A Computational Approach to Edge Detection", IEEE Transactions on Pattern Analysis and Machine
/// Intelligence 8(6), 1986, doi 10.1109/TPAMI.1986.4767851.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeThreshold {
    /// A pixel is changed from this probability on, 0 to 1.
    pub probability: f32,
    /// Connected changed pixels are a structure when one of them reaches this probability, 0 to 1; no further demand
    /// where it is not above `probability`.
    pub peak: f32,
}

impl ChangeThreshold {
    /// One cut for both.
    pub fn single(probability: f32) -> Self {
        ChangeThreshold { probability, peak: probability }
    }
}

/// Probabilities that a pixel shows a new, or lost a, structure, on the after grid.
///
/// Stored in 254ths, in a temporary file when large, so that a 20,000 x 20,000 map costs disk and not memory.
#[derive(Debug)]
pub struct ChangeMap {
    new: ScratchBand,
    removed: ScratchBand,
    detector: String,
    model_sha256: Option<String>,
    threshold: ChangeThreshold,
    adaptation: Option<SceneAdaptation>,
}

/// What a detector did to suit itself to the scene at hand.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SceneAdaptation {
    /// Low pass on the before image: deviation of a Gaussian, in pixels as the detector saw them; 0 for none.
    pub low_pass_before_px: f32,
    /// Low pass on the after image.
    pub low_pass_after_px: f32,
    /// By how much the log odds of new structures were moved.
    pub new_log_odds: f64,
    /// By how much those of removed structures were.
    pub removed_log_odds: f64,
}

/// Probabilities over one window, (height, width), 0 to 1; [`NODATA_PROBABILITY`] at nodata.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeWindow {
    /// The window, in after pixels.
    pub window: Window,
    /// Probability that the after image shows a structure here which the before image lacks.
    pub new: Array2<f32>,
    /// Probability that the before image shows a structure here which the after image lacks.
    pub removed: Array2<f32>,
}

impl ChangeMap {
    /// Makes a map of probability 0 everywhere.
    ///
    /// # Errors
    /// [`StoreError`] when a temporary file is needed and cannot be made.
    pub fn zeros(size: GridSize, detector: &str, threshold: ChangeThreshold) -> Result<Self, StoreError> {
        let band = || ScratchBand::zeros(size).map_err(|source| StoreError { action: "make", source });
        Ok(ChangeMap {
            new: band()?,
            removed: band()?,
            detector: detector.to_owned(),
            model_sha256: None,
            threshold,
            adaptation: None,
        })
    }

    /// The same map, by a detector of this name.
    pub fn with_detector(self, name: &str) -> Self {
        ChangeMap { detector: name.to_owned(), ..self }
    }

    /// The same map, made with the weights of the file that has this SHA-256 (lower-case hexadecimal).
    pub fn with_model(self, sha256: &str) -> Self {
        ChangeMap { model_sha256: Some(sha256.to_owned()), ..self }
    }

    /// The same map, with what was done to suit the scene.
    pub fn with_adaptation(self, adaptation: SceneAdaptation) -> Self {
        ChangeMap { adaptation: Some(adaptation), ..self }
    }

    /// What the detector did to suit itself to the scene; `None` for one that has no way to.
    pub fn adaptation(&self) -> Option<SceneAdaptation> {
        self.adaptation
    }

    /// Height and width.
    pub fn size(&self) -> GridSize {
        self.new.size()
    }

    /// Name of the detector that made the map.
    pub fn detector(&self) -> &str {
        &self.detector
    }

    /// SHA-256 of the file whose weights made the map, lower-case hexadecimal; `None` for a detector without any.
    pub fn model_sha256(&self) -> Option<&str> {
        self.model_sha256.as_deref()
    }

    /// The cut between changed and unchanged.
    pub fn threshold(&self) -> ChangeThreshold {
        self.threshold
    }

    /// Stores the probabilities of one window.
    ///
    /// - Input: both (height, width) of the window; negative or not-a-number means nodata, above 1 counts as 1.
    ///
    /// # Errors
    /// [`StoreError`] when the temporary file cannot be written.
    pub fn write(&self, window: Window, new: ArrayView2<f32>, removed: ArrayView2<f32>) -> Result<(), StoreError> {
        let failed = |source| StoreError { action: "write", source };
        self.new.write(window, new.mapv(encode).view()).map_err(failed)?;
        self.removed.write(window, removed.mapv(encode).view()).map_err(failed)
    }

    /// Reads the probabilities of one window.
    ///
    /// # Errors
    /// [`StoreError`] when the temporary file cannot be read.
    pub fn read(&self, window: Window) -> Result<ChangeWindow, StoreError> {
        let failed = |source| StoreError { action: "read", source };
        let new = self.new.read(window).map_err(failed)?.mapv(decode);
        let removed = self.removed.read(window).map_err(failed)?.mapv(decode);
        Ok(ChangeWindow { window, new, removed })
    }

    /// Counts of the probabilities of new and of removed structures as they are stored: entry i is the number of pixels of
    /// probability i / 254. Nodata is not counted.
    ///
    /// # Errors
    /// [`StoreError`] when the temporary file cannot be read.
    pub fn histograms(&self) -> Result<[Vec<u64>; 2], StoreError> {
        let mut counts = [&self.new, &self.removed].map(|band| (band, vec![0; usize::from(NODATA)]));
        for (band, counts) in &mut counts {
            for strip in self.size().strips(STRIP_ROWS) {
                let codes = band.read(strip).map_err(|source| StoreError { action: "read", source })?;
                codes.iter().filter(|&&code| code != NODATA).for_each(|&code| counts[usize::from(code)] += 1);
            }
        }
        Ok(counts.map(|(_, counts)| counts))
    }

    /// Replaces every probability by what the functions make of it; nodata stays nodata.
    ///
    /// # Errors
    /// [`StoreError`] when the temporary file cannot be read or written.
    pub fn revise(&self, new: impl Fn(f32) -> f32, removed: impl Fn(f32) -> f32) -> Result<(), StoreError> {
        let bands: [(_, &dyn Fn(f32) -> f32); 2] = [(&self.new, &new), (&self.removed, &removed)];
        for (band, revise) in bands {
            let table: Vec<u8> =
                (0..=NODATA).map(|code| if code == NODATA { NODATA } else { encode(revise(decode(code))) }).collect();
            for strip in self.size().strips(STRIP_ROWS) {
                let codes = band.read(strip).map_err(|source| StoreError { action: "read", source })?;
                let revised = codes.mapv(|code| table[usize::from(code)]);
                band.write(strip, revised.view()).map_err(|source| StoreError { action: "write", source })?;
            }
        }
        Ok(())
    }
}

fn encode(probability: f32) -> u8 {
    if probability >= 0.0 { (probability.min(1.0) * ONE).round() as u8 } else { NODATA }
}

fn decode(code: u8) -> f32 {
    if code == NODATA { NODATA_PROBABILITY } else { f32::from(code) / ONE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_and_nodata_survive_storage() {
        let size = GridSize { height: 2, width: 2 };
        let map = ChangeMap::zeros(size, "drawn", ChangeThreshold::single(0.5)).expect("invariant: small");
        let new = ndarray::arr2(&[[0.0, 0.5], [1.0, f32::NAN]]);
        let removed = ndarray::arr2(&[[-1.0, 2.0], [0.25, 0.75]]);
        map.write(size.window(), new.view(), removed.view()).expect("invariant: in memory");
        let back = map.read(size.window()).expect("invariant: in memory");
        assert_eq!(back.new[[1, 1]], NODATA_PROBABILITY);
        assert_eq!(back.removed[[0, 0]], NODATA_PROBABILITY);
        assert_eq!(back.removed[[0, 1]], 1.0);
        assert!((back.new[[0, 1]] - 0.5).abs() < 0.5 / ONE);
    }
}
