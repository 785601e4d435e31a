//! Matches the radiometry of the before image to the after image.
//!
//! Two dates differ in sun, haze, sensor and processing before anything on the ground does. A monotone curve for each
//! band takes that difference away; it is found on a systematic sample of the whole scene, so no tile sees another one.

mod invariant_pixels;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::normalize::invariant_pixels::{Agreement, fit_curves};
use crate::observer::{Observer, Stage};
use crate::pair::{CoregisteredPair, NormalizedPair, Radiometry};
use crate::raster::statistics::Histogram;
use crate::raster::window::{GridSize, Window};
use crate::scene::{DisplayStretch, ReadError};

/// Pixels sampled for the statistics, at most; a percentile then has a standard error of 0.1 percentage points.
const MOST_SAMPLES: usize = 250_000;

/// Least pixels that a curve may rest on: two for each of its knots.
const LEAST_SAMPLES: usize = 64;

/// Side of the windows read for the statistics, in full-resolution pixels; keeps them below 50 MB at 3 bands.
const READ_SIDE: usize = 1024;

/// Least share of the analysis grid that both images must show: below it, a percent of the scene stands for the rest.
const LEAST_OVERLAP: f64 = 0.01;

/// Correlation below which a band counts as inverted. A judgement: change alone brings the correlation towards 0, not
/// clearly below it.
const INVERTED_BELOW: f64 = -0.3;

/// Share of a declared stretch that the samples must fill for it to be kept: 8 DN of 255, less than any scene of the
/// sets in docs/ACCURACY.md should show.
const LEAST_STRETCH_USED: f32 = 0.03;

/// Brightness, after the stretch, at which 8-bit data are within 2 % of their ceiling.
const NEAR_CEILING: f32 = 0.98;

/// Share of samples near the brightest one that makes a ceiling out of a bright spot.
const CEILING_SHARE: f64 = 5e-4;

/// Which pixels the curves are fitted to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NormalizeMethod {
    /// All pixels: the two histograms are made equal. Misleads where much of the scene changed.
    Histogram,
    /// The pixels that agree best under the previous curves, over a few rounds.
    #[default]
    InvariantPixels,
}

/// How to normalize.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NormalizeOptions {
    /// Which pixels the curves are fitted to.
    pub method: NormalizeMethod,
}

/// Why a pair could not be normalized.
#[derive(Debug, Error)]
pub enum NormalizeError {
    /// Pixels could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The images hardly share valid ground.
    #[error(
        "only {:.2} % of the after image shows valid pixels in both images, at least {:.0} % is needed: \
         check that both images show the same place, or crop the after image to it", share * 100.0, required * 100.0
    )]
    NoOverlap {
        /// Share of the analysis grid that is valid in both images, 0 to 1.
        share: f64,
        /// Share that is needed.
        required: f64,
    },
}

/// Finds the map from before DN to after DN.
///
/// A monotone curve for each compared band, from the percentiles of the pixels that changed least [^1]; the idea of
/// fitting to invariant pixels alone is that of pseudo-invariant features [^2].
///
/// - Input: an aligned pair in each image's own DN, of any range.
/// - Output: the same pair with its [`Radiometry`]; no pixels are copied.
/// - Nodata: pixels invalid in either image are left out.
///
/// Misleads where most of the scene changed (forest to town): the curves then also carry part of the change. A band
/// that is flat in either image is only shifted, and a band that seems inverted is matched all the same; the observer
/// is warned of both.
///
/// # Errors
/// - [`NormalizeError::Read`] when pixels cannot be read.
/// - [`NormalizeError::NoOverlap`] when less than 1 % of the analysis grid is valid in both images.
///
/// [^1]: Gonzalez and Woods, "Digital Image Processing", 4th edition, 2018, section 3.3 (histogram matching).
/// [^2]: Schott, Salvaggio and Volchok, "Radiometric scene normalization using pseudoinvariant features", Remote
/// Sensing of Environment 26(1), 1988, doi 10.1016/0034-4257(88)90116-2.
pub fn normalize_pair(
    pair: CoregisteredPair,
    options: &NormalizeOptions,
    observer: &dyn Observer,
) -> Result<NormalizedPair, NormalizeError> {
    let sample = PairSample::read(&pair, observer)?;
    let stretch = choose_stretch(pair.band_pairing().stretch(pair.after()), &sample.after);
    let fits = fit_curves(&sample.before, &sample.after, options.method);
    for (band, fit) in fits.iter().enumerate() {
        if let Some(message) = describe(fit.agreement, band) {
            observer.warned(Stage::Normalize, &message);
        }
    }
    let curves = fits.into_iter().map(|fit| fit.curve).collect();
    let saturated_from = find_ceiling(&sample.after, &pair.band_pairing().visible(pair.after()), &stretch);
    Ok(NormalizedPair::from_normalization(pair, Radiometry { curves, stretch, saturated_from }))
}

/// Samples of both dates at the same places, band by band.
struct PairSample {
    before: Vec<Vec<f32>>,
    after: Vec<Vec<f32>>,
}

impl PairSample {
    fn read(pair: &CoregisteredPair, observer: &dyn Observer) -> Result<Self, NormalizeError> {
        let (size, bands) = (pair.size(), pair.band_pairing().bands());
        let step = (1..).find(|&step| size.reduced(step).pixels() <= MOST_SAMPLES).expect("invariant: shrinks to 1");
        let side = (READ_SIDE / step).max(1) * step;
        let windows: Vec<Window> = size.tiles(side).collect();
        let mut sample = PairSample { before: vec![Vec::new(); bands], after: vec![Vec::new(); bands] };
        for (done, &window) in windows.iter().enumerate() {
            sample.add(pair, window, step)?;
            observer.progressed(Stage::Normalize, done + 1, windows.len());
        }
        sample.require_overlap(size.reduced(step))?;
        Ok(sample)
    }

    fn add(&mut self, pair: &CoregisteredPair, window: Window, step: usize) -> Result<(), ReadError> {
        let pixels = pair.read(window, step)?;
        let mut usable = pixels.both_valid();
        for raster in [&pixels.before, &pixels.after] {
            for band in 0..raster.bands() {
                usable.zip_mut_with(&raster.band(band), |usable, dn| *usable &= dn.is_finite());
            }
        }
        for (raster, kept) in [(&pixels.before, &mut self.before), (&pixels.after, &mut self.after)] {
            for (band, kept) in kept.iter_mut().enumerate() {
                kept.extend(raster.band(band).iter().zip(&usable).filter(|(_, usable)| **usable).map(|(dn, _)| *dn));
            }
        }
        Ok(())
    }

    fn require_overlap(&self, grid: GridSize) -> Result<(), NormalizeError> {
        let count = self.after[0].len();
        let share = count as f64 / grid.pixels().max(1) as f64;
        // A drawn scene of a few pixels cannot hold LEAST_SAMPLES: half of it must then do.
        let least = LEAST_SAMPLES.min(grid.pixels() / 2).max(1);
        if share < LEAST_OVERLAP || count < least {
            let required = LEAST_OVERLAP.max(least as f64 / grid.pixels().max(1) as f64);
            return Err(NormalizeError::NoOverlap { share, required });
        }
        Ok(())
    }
}

fn describe(agreement: Agreement, band: usize) -> Option<String> {
    let band = band + 1;
    match agreement {
        Agreement::Flat => {
            Some(format!("band {band} is flat in one of the images: it was only shifted, changes in it mean little"))
        }
        Agreement::Correlated(r) if r < INVERTED_BELOW => Some(format!(
            "band {band} is bright in one image where it is dark in the other (correlation {r:.2}): \
             check the order of the bands, and that neither image is a negative"
        )),
        Agreement::Correlated(_) => None,
    }
}

/// Keeps the stretch that the file declares, unless its samples use hardly any of it or lie beyond it.
fn choose_stretch(declared: DisplayStretch, after: &[Vec<f32>]) -> DisplayStretch {
    let ends: Vec<(f32, f32)> = after.iter().map(|band| percentile_ends(band)).collect();
    let fits = ends.iter().enumerate().any(|(band, &(low, high))| {
        let (from, to) = (declared.unit(band, low), declared.unit(band, high));
        from.is_finite() && to - from >= LEAST_STRETCH_USED && from >= -1.0 && to <= 2.0
    });
    // A scene without contrast says nothing about its range: stretching it would only show its noise.
    let contrast = ends.iter().any(|&(low, high)| high > low);
    if fits || !contrast {
        return declared;
    }
    // One stretch for all bands keeps colours as they are.
    let low = ends.iter().map(|end| end.0).fold(f32::INFINITY, f32::min);
    let high = ends.iter().map(|end| end.1).fold(f32::NEG_INFINITY, f32::max);
    DisplayStretch { low: vec![low; after.len()], high: vec![high; after.len()] }
}

/// The 0.5th and 99.5th percentile.
fn percentile_ends(samples: &[f32]) -> (f32, f32) {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share).round() as usize];
    (at(0.005), at(0.995))
}

/// Brightness from which pixels are clipped: where many samples crowd at the bright end of the scale.
fn find_ceiling(after: &[Vec<f32>], visible: &[usize; 3], stretch: &DisplayStretch) -> f32 {
    let count = after[0].len();
    let brightness =
        |index: usize| visible.iter().map(|&band| stretch.unit(band, after[band][index])).sum::<f32>() / 3.0;
    let brightest = (0..count).map(brightness).fold(f32::NEG_INFINITY, f32::max);
    if brightest < NEAR_CEILING {
        return f32::INFINITY;
    }
    let from = NEAR_CEILING * brightest;
    let mut histogram = Histogram::new(0.0, brightest, 50);
    (0..count).for_each(|index| histogram.add(brightness(index)));
    let crowded = (0..count).filter(|&index| brightness(index) >= from).count() as f64 / count as f64;
    let dark = histogram.quantile(0.5).is_some_and(|median| median < from);
    if crowded >= CEILING_SHARE && dark { from } else { f32::INFINITY }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use ndarray::{Array2, Array3};
    use proptest::prelude::*;

    use super::*;
    use crate::observer::Silent;
    use crate::pair::ScenePair;
    use crate::raster::Raster;
    use crate::scene::Scene;

    /// A drawn ground: smooth in brightness, different in each band.
    fn ground(side: usize) -> Array3<f32> {
        Array3::from_shape_fn((3, side, side), |(band, row, col)| {
            let (x, y) = (col as f32 / 9.0, row as f32 / 13.0);
            110.0 + 50.0 * (x.sin() * (y + band as f32).cos()) + 20.0 * (0.31 * x * y).sin()
        })
    }

    fn aligned(before: Array3<f32>, after: Array3<f32>) -> CoregisteredPair {
        let scene = |name, samples| Scene::from_raster(name, Raster::all_valid(samples));
        CoregisteredPair::assume_aligned(ScenePair { before: scene("before", before), after: scene("after", after) })
    }

    fn curve_error(pair: &NormalizedPair, truth: impl Fn(f32) -> f32) -> f32 {
        let curve = &pair.radiometry().curves[1];
        (60..160).map(|dn| (curve.apply(dn as f32) - truth(dn as f32)).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn a_planted_gamma_is_recovered_despite_new_buildings() {
        let gamma = |dn: f32| 255.0 * (dn / 255.0).powf(0.8) * 0.9;
        let mut after = ground(200).mapv(gamma);
        // 15 % of the scene becomes bright roofs.
        after.slice_mut(ndarray::s![.., 20..120, 20..80]).fill(235.0);
        let error = |method| {
            let pair = normalize_pair(aligned(ground(200), after.clone()), &NormalizeOptions { method }, &Silent);
            curve_error(&pair.unwrap(), gamma)
        };
        let (histogram, invariant) = (error(NormalizeMethod::Histogram), error(NormalizeMethod::InvariantPixels));
        assert!(invariant < 3.0, "off by {invariant} DN");
        assert!(invariant < 0.5 * histogram, "{invariant} against {histogram} DN");
    }

    #[test]
    fn sixteen_bit_ranges_become_units() {
        let after = ground(96).mapv(|dn| 900.0 + 12.0 * dn);
        let pair = normalize_pair(aligned(ground(96), after), &NormalizeOptions::default(), &Silent).unwrap();
        let window = pair.read(pair.size().window(), 1).unwrap();
        for raster in [&window.before, &window.after] {
            assert!(raster.samples().iter().all(|v| (-0.1..1.1).contains(v)));
        }
        let difference = &window.before.samples() - &window.after.samples();
        assert!(difference.iter().all(|d| d.abs() < 0.02));
    }

    #[test]
    fn too_little_overlap_is_refused_with_the_share() {
        let valid = Array2::from_shape_fn((64, 64), |(row, col)| row < 2 && col < 20);
        let scene = |name, valid| Scene::from_raster(name, Raster::from_bands(ground(64), valid));
        let after = scene("after", Array2::from_elem((64, 64), true));
        let scenes = ScenePair { before: scene("before", valid), after };
        let error = normalize_pair(CoregisteredPair::assume_aligned(scenes), &NormalizeOptions::default(), &Silent);
        let message = error.unwrap_err().to_string();
        assert!(message.starts_with("only 0.4"), "{message}");
    }

    #[derive(Default)]
    struct Warnings(Mutex<Vec<String>>);

    impl Observer for Warnings {
        fn warned(&self, _: Stage, message: &str) {
            self.0.lock().unwrap().push(message.to_owned());
        }
    }

    #[test]
    fn flat_and_inverted_bands_are_told() {
        let warnings = Warnings::default();
        let flat = Array3::from_elem((3, 64, 64), 80.0);
        let pair = normalize_pair(aligned(flat, ground(64)), &NormalizeOptions::default(), &warnings).unwrap();
        assert!(pair.radiometry().curves.iter().all(|curve| curve.apply(81.0) > curve.apply(80.0)));
        let inverted = ground(64).mapv(|dn| 255.0 - dn);
        normalize_pair(aligned(inverted, ground(64)), &NormalizeOptions::default(), &warnings).unwrap();
        let told = warnings.0.into_inner().unwrap();
        assert_eq!(told.len(), 6);
        assert!(told[0].contains("flat") && told[3].contains("negative"), "{told:?}");
    }

    #[test]
    fn clipped_areas_are_suspect_and_dark_scenes_are_not() {
        let mut after = ground(64);
        after.slice_mut(ndarray::s![.., 10..20, 10..20]).fill(255.0);
        let pair = normalize_pair(aligned(ground(64), after), &NormalizeOptions::default(), &Silent).unwrap();
        let suspect = pair.read(pair.size().window(), 1).unwrap().suspect;
        assert!(suspect[[15, 15]] && !suspect[[40, 40]]);
        let pair = normalize_pair(aligned(ground(64), ground(64)), &NormalizeOptions::default(), &Silent).unwrap();
        assert_eq!(pair.radiometry().saturated_from, f32::INFINITY);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn gain_and_offset_are_undone(gain in 0.3f32..3.0, offset in -40.0f32..40.0) {
            let before = ground(64).mapv(|dn| (dn - offset) / gain);
            let pair = normalize_pair(aligned(before, ground(64)), &NormalizeOptions::default(), &Silent).unwrap();
            let window = pair.read(pair.size().window(), 1).unwrap();
            let difference = &window.before.samples() - &window.after.samples();
            prop_assert!(difference.iter().all(|d| d.abs() < 0.02));
        }
    }
}
