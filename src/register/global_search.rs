//! The first alignment of two images: several guesses from overviews, each verified on the pixels.

use ndarray::Array2;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rustfft::num_complex::Complex32;

use crate::pair::{Alignment, ScenePair};
use crate::raster::Raster;
use crate::raster::pixel_transform::PixelTransform;
use crate::raster::point::PixelPoint;
use crate::raster::window::GridSize;
use crate::register::brightness::{gray_scene, read_overview, warp_overview};
use crate::register::feature_matching::match_features;
use crate::register::gradient_orientation::doubled_orientations;
use crate::register::phase_correlation::{Correlator, taper};
use crate::register::robust_fit::{Model, TargetPoint, agreed_similarity, fit_robustly};
use crate::register::scale_space_features::find_features;
use crate::register::tie_points::{TiePoints, WINDOW_SIDE, measure_tie_points, spread_windows};
use crate::scene::{ReadError, Scene};

/// Long side of an overview, pixels: enough for a few hundred features of a town at 1 m, few enough for a quarter of a
/// second. With it all 28 pairs of tents_series were found, 2026-11.
const OVERVIEW_SIDE: usize = 640;

/// Overview pixels within which a guess from features is refined.
const GUESS_REACH: usize = 8;

/// Guesses taken from features.
const FEATURE_GUESSES: usize = 3;

/// Overviews of both scenes, and what their pixels measure in after pixels.
struct Overviews {
    scenes: ScenePair,
    after_px: f64,
    before_px: f64,
}

/// A verified guess.
#[derive(Clone, Copy, Debug)]
pub(super) struct Guess {
    /// Residual map of the alignment, from after pixels to after pixels.
    pub residual: PixelTransform,
    /// Height of the whole images' correlation peak under this guess, in root mean squares of the surface.
    pub prominence: f32,
}

/// What the search saw.
#[derive(Clone, Debug)]
pub(super) struct GlobalSearch {
    /// Guesses, best first; the images as they lie are always among them.
    pub guesses: Vec<Guess>,
    /// Prominence of the images as they lie.
    pub unmoved_prominence: f32,
    /// Likeness of the images as they lie: prominences near no shift, summed over the scales of [`LIKENESS_SCALES`].
    pub unmoved_likeness: f32,
}

/// How far the pixels may contradict the initial alignment.
#[derive(Clone, Copy, Debug)]
pub(super) enum SearchRange {
    /// Shifts up to this many after pixels, with next to no rotation or scale: georeferenced images.
    Near(f64),
    /// Any shift, rotation, and scale from 0.4 to 2.5: screenshots.
    Anywhere,
}

/// Finds guesses for the residual map of `initial`, best first.
///
/// # Errors
/// [`ReadError`] when either image cannot be read.
pub(super) fn search_globally(
    scenes: &ScenePair,
    initial: &Alignment,
    range: SearchRange,
) -> Result<GlobalSearch, ReadError> {
    let overviews = Overviews::read(scenes, initial, range)?;
    let verifier = Verifier::new(&overviews);
    let (shift_reach, feature_guesses) = match range {
        SearchRange::Near(pixels) => ((pixels / overviews.after_px).ceil() as usize, 1),
        SearchRange::Anywhere => (usize::MAX, FEATURE_GUESSES),
    };
    let as_they_lie = overviews.to_coarse(&PixelTransform::identity());
    let verify = |reach| verifier.verify(&as_they_lie, reach);
    let features = |overview| Ok(find_features(&overview_raster(overview)?));
    // One after the other would leave threads idle at every end.
    let ((unmoved, moved), (after, before)) = rayon::join(
        || rayon::join(|| verify(2), || verify(shift_reach)),
        || rayon::join(|| features(&overviews.scenes.after), || features(&overviews.scenes.before)),
    );
    let unmoved = unmoved?;
    let mut hypotheses = match_features(&after?, &before?, feature_guesses);
    hypotheses.retain(|found| within(range, &overviews.to_full(&found.transform), scenes.after.size()));
    let verified = hypotheses.par_iter().map(|found| verifier.verify(&found.transform, GUESS_REACH));
    let mut guesses: Vec<Guess> = vec![unmoved, moved?];
    guesses.extend(verified.collect::<Result<Vec<_>, ReadError>>()?);
    guesses.sort_by(|a, b| b.prominence.total_cmp(&a.prominence));
    let best = guesses.len().min(2);
    let (refined, unmoved_likeness) = rayon::join(
        || guesses[..best].par_iter().map(|guess| verifier.refine(guess)).collect::<Result<Vec<_>, ReadError>>(),
        || likeness(&overviews, &verifier.alignment(&as_they_lie)),
    );
    guesses.splice(..best, refined?);
    guesses.retain(|guess| within(range, &guess.residual, scenes.after.size()));
    if guesses.is_empty() {
        guesses.push(unmoved);
    }
    guesses.sort_by(|a, b| b.prominence.total_cmp(&a.prominence));
    Ok(GlobalSearch { guesses, unmoved_prominence: unmoved.prominence, unmoved_likeness: unmoved_likeness? })
}

/// Reductions of the overviews at which likeness is measured, and the shift allowed at each, in reduced pixels. Streets
/// and fields outlast what is built between them, so coarse scales tell where fine ones no longer do.
const LIKENESS_SCALES: [(usize, usize); 3] = [(1, 6), (2, 3), (4, 2)];

fn likeness(overviews: &Overviews, alignment: &Alignment) -> Result<f32, ReadError> {
    let ScenePair { before, after } = &overviews.scenes;
    let window = after.size().window();
    let mut sum = 0.0;
    for (step, reach) in LIKENESS_SCALES {
        let (after, before) = (after.read(window, step)?, alignment.warp(before, window, step)?);
        let size = after.size();
        if size.height.min(size.width) >= 8 {
            let [after, before] = [after, before].map(|raster| tapered_orientations(&raster));
            sum += Correlator::new(size).correlate(&after, &before).peak(reach).map_or(0.0, |peak| peak.prominence);
        }
    }
    Ok(sum)
}

fn tapered_orientations(raster: &Raster) -> Array2<Complex32> {
    let mut field = doubled_orientations(raster);
    taper(&mut field, 0.1);
    field
}

fn within(range: SearchRange, residual: &PixelTransform, size: GridSize) -> bool {
    let SearchRange::Near(pixels) = range else { return true };
    let center = PixelPoint::from_xy(size.width as f64 / 2.0, size.height as f64 / 2.0);
    // A georeference is wrong by a shift; 2 degrees and 3 % leave room for rotated and rounded grids.
    residual.apply(center).minus(center).length() <= pixels
        && residual.rotation_deg().abs() <= 2.0
        && (residual.scale() - 1.0).abs() <= 0.03
}

fn overview_raster(overview: &Scene) -> Result<Raster, ReadError> {
    overview.read(overview.size().window(), 1)
}

impl Overviews {
    fn read(scenes: &ScenePair, initial: &Alignment, range: SearchRange) -> Result<Self, ReadError> {
        let (after_size, before_size) = (scenes.after.size(), scenes.before.size());
        // Before pixels per after pixel, as far as the files tell.
        let ratio = initial.scale_at(after_size.window()).unwrap_or(1.0);
        let long = |size: GridSize| size.height.max(size.width) as f64;
        let longest = match range {
            SearchRange::Near(_) => long(after_size),
            SearchRange::Anywhere => long(after_size).max(long(before_size) / ratio),
        };
        let step = (longest / OVERVIEW_SIDE as f64).ceil().max(1.0) as usize;
        let before_step = (step as f64 * ratio).round().max(1.0) as usize;
        let read_before = || match range {
            SearchRange::Near(_) => warp_overview(&scenes.before, initial, after_size, step),
            SearchRange::Anywhere => read_overview(&scenes.before, before_step),
        };
        let (before, after) = rayon::join(read_before, || read_overview(&scenes.after, step));
        let (before, after) = (gray_scene("before overview", before?), gray_scene("after overview", after?));
        let before_px = match range {
            SearchRange::Near(_) => step as f64,
            SearchRange::Anywhere => before_step as f64 / ratio,
        };
        Ok(Overviews { scenes: ScenePair { before, after }, after_px: step as f64, before_px })
    }

    /// A residual map in the pixels of the overviews.
    fn to_coarse(&self, residual: &PixelTransform) -> PixelTransform {
        scaling(self.after_px).then(residual).then(&scaling(1.0 / self.before_px))
    }

    /// A map between the overviews as a residual map.
    fn to_full(&self, coarse: &PixelTransform) -> PixelTransform {
        scaling(1.0 / self.after_px).then(coarse).then(&scaling(self.before_px))
    }
}

fn scaling(factor: f64) -> PixelTransform {
    PixelTransform::similarity(factor, 0.0, PixelPoint::from_xy(0.0, 0.0))
}

/// Judges guesses by the correlation of the whole overviews.
struct Verifier<'a> {
    overviews: &'a Overviews,
    after: Array2<Complex32>,
    size: GridSize,
    correlator: Correlator,
}

impl<'a> Verifier<'a> {
    fn new(overviews: &'a Overviews) -> Self {
        let size = overviews.scenes.after.size();
        let after = overview_raster(&overviews.scenes.after).expect("invariant: in memory");
        Verifier { overviews, after: tapered_orientations(&after), size, correlator: Correlator::new(size) }
    }

    /// Moves a guess onto the highest correlation within `reach` overview pixels.
    fn verify(&self, coarse: &PixelTransform, reach: usize) -> Result<Guess, ReadError> {
        let alignment = self.alignment(coarse);
        let before = alignment.warp(&self.overviews.scenes.before, self.size.window(), 1)?;
        let peak = self.correlator.correlate(&self.after, &tapered_orientations(&before)).peak(reach);
        let (shift, prominence) = peak.map_or_else(Default::default, |p| (p.shift, p.prominence));
        let residual = self.overviews.to_full(&PixelTransform::translation(shift).then(coarse));
        Ok(Guess { residual, prominence })
    }

    fn alignment(&self, coarse: &PixelTransform) -> Alignment {
        let ScenePair { before, after } = &self.overviews.scenes;
        Alignment::from_georeferences(before, after).with_residual(*coarse)
    }

    /// Fits a similarity to tie points measured on the overviews; keeps the guess where that does not raise its peak.
    fn refine(&self, guess: &Guess) -> Result<Guess, ReadError> {
        let mut best = *guess;
        for reach in [16, 8] {
            let coarse = self.overviews.to_coarse(&best.residual);
            let windows = spread_windows(self.size, WINDOW_SIDE, 10);
            let scenes = &self.overviews.scenes;
            let ties = measure_tie_points(scenes, &self.alignment(&coarse), &windows, reach)?;
            let Some(fitted) = fitted_similarity(&ties, &coarse) else { break };
            let refined = self.verify(&fitted, 2)?;
            if refined.prominence <= best.prominence {
                break;
            }
            best = refined;
        }
        Ok(best)
    }
}

fn fitted_similarity(ties: &TiePoints, first: &PixelTransform) -> Option<PixelTransform> {
    let points: Vec<TargetPoint> =
        ties.points.iter().map(|tie| TargetPoint { from: tie.after, to: tie.target, weight: 1.0 }).collect();
    let agreed = agreed_similarity(&points, 2.0).unwrap_or(*first);
    fit_robustly(&points, Model::Similarity, &agreed).map(|(transform, _)| transform)
}
