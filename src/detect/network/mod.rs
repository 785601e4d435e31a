//! Finds new and removed structures with a trained network: the program's own, or one from an ONNX file.

mod blended_strip;
mod enlarge;
mod model_file;
#[cfg(feature = "ort")]
mod onnx_runtime;
mod overlapping_tiles;
mod prior;
mod scale;
mod sharpness;
mod tile_pixels;
mod views;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array2, Axis, Zip, s};
use rayon::iter::{IntoParallelRefIterator, ParallelBridge, ParallelIterator};
use serde::{Deserialize, Serialize};

use crate::change::{ChangeMap, ChangeThreshold, SceneAdaptation};
use crate::detect::network::blended_strip::{BlendedStrip, FinishedRows, TileAnswer};
use crate::detect::network::enlarge::{enlarged, needed};
use crate::detect::network::model_file::{ModelFile, NEW, REMOVED, SIDE_UNIT, thread_pool};
use crate::detect::network::overlapping_tiles::{OVERLAP, Span, tile_axes};
use crate::detect::network::prior::{PriorShift, adapt_to_scene};
use crate::detect::network::scale::{Plan, full_window};
use crate::detect::network::sharpness::LowPass;
use crate::detect::network::tile_pixels::TilePixels;
use crate::detect::network::views::{average_over_views, run_at_scale};
use crate::detect::{ChangeDetector, DetectError};
use crate::observer::{Observer, Stage};
use crate::pair::NormalizedPair;
use crate::raster::window::Window;
use crate::region::Region;

#[cfg(feature = "ort")]
pub use crate::detect::network::onnx_runtime::use_onnx_runtime;

/// Smallest side of a tile: below it, overlaps are most of the work.
const SMALLEST_TILE: usize = 2 * OVERLAP;

/// Tiles in work at one time. A tile's own parallel parts leave a core idle now and then: with a second tile beside it a
/// comparison of 1,024 x 1,024 pixels took 2.2 instead of 2.4 s, for 145 MB more (the network of training/, 2 cores,
/// 2026-11-24). More tiles would cost as much for every core.
const TILES_AT_ONCE: usize = 2;

/// Side of the windows in which probabilities of a reduced grid are brought back to the after grid, in after pixels.
const ENLARGE_SIDE: usize = 1024;

/// What is worth more: time, or the last few structures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quality {
    /// One pass.
    #[default]
    Fast,
    /// The mean over four mirrored copies, two of them reduced to three quarters: about twice the time.
    High,
}

/// The learned detector: a network sees both dates and says what is new and what is gone.
///
/// The network is the bundled one or an ONNX file of the interface in docs/MODELS.md, run on the CPU. Both dates are shown in their own display
/// stretch (8-bit images as they are), the before image warped onto the after grid, in tiles that overlap by 64
/// pixels; in the middle of each overlap one tile's answer gives way smoothly to the next one's.
///
/// - Input: a pair of which the normalization is not used. Images finer than the network's range of ground sampling
///   distances (0.3 to 1.5 m unless the file says otherwise) are reduced to it by averaging and the answer is enlarged
///   bilinearly; coarser ones are enlarged where the file asks for it; up to twice as coarse as the range they are run with a
///   warning, beyond it the fallback is run instead;
///   an unknown size of a pixel is run as it is, with a warning.
/// - Output: the network's probabilities, which are as calibrated as the file is, moved to how common change is in this
///   scene where the file tells how common it was in training ([`crate::change::SceneAdaptation`] tells by how much).
/// - Images with finer detail than the file says the network knows are smoothed for it.
/// - Nodata: pixels without data in either image, or outside the region, are nodata; the network sees the tile's mean there.
///
/// Tiles are counted from the image's corner. Another tile size gives nearly, not exactly, the same map, because what
/// a network says of a pixel depends a little on how far it sees. Memory is some 500 bytes for each pixel of two tiles
/// (for the network of training/), and 8 bytes for each pixel of one row of tiles.
///
/// Misleads on everything unlike its training data, silently.
#[derive(Debug)]
pub struct NetworkDetector {
    /// Side of a square, in working pixels, than which no tile is larger, rounded up to a multiple of 32 and at least
    /// 128; tiles are equal, and none of their sides is longer than twice this.
    pub tile_side: usize,
    /// Probabilities from which pixels are changed and structures are; at first what the file says.
    pub threshold: ChangeThreshold,
    quality: Quality,
    file: Arc<ModelFile>,
    fallback: Fallback,
}

/// The detector that runs where the network cannot.
struct Fallback(Box<dyn ChangeDetector>);

impl std::fmt::Debug for Fallback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

impl NetworkDetector {
    /// Opens an ONNX file, checks that it has the interface of docs/MODELS.md and runs it once on a small gray image.
    /// `fallback` runs instead where pixels are too coarse for the network.
    ///
    /// # Errors
    /// [`DetectError::UnusableModel`] when the file cannot be read, is no ONNX file, has other inputs and outputs (names,
    /// types, shapes, number of channels), or fails.
    pub fn from_file(path: &Path, fallback: Box<dyn ChangeDetector>) -> Result<Self, DetectError> {
        Ok(NetworkDetector::around(Arc::new(ModelFile::open(path)?), fallback))
    }

    /// The network that comes with the program: what it was trained on and what to expect of it stands in
    /// models/MODEL_CARD.md. `fallback` runs instead where pixels are too coarse for it.
    pub fn bundled(fallback: Box<dyn ChangeDetector>) -> Self {
        NetworkDetector::around(ModelFile::bundled(), fallback)
    }

    fn around(file: Arc<ModelFile>, fallback: Box<dyn ChangeDetector>) -> Self {
        NetworkDetector {
            tile_side: 768,
            threshold: file.threshold,
            quality: Quality::Fast,
            file,
            fallback: Fallback(fallback),
        }
    }

    /// Asks for one pass or four, and takes the cuts that the file tells for it.
    pub fn set_quality(&mut self, quality: Quality) {
        self.quality = quality;
        self.threshold = match quality {
            Quality::Fast => self.file.threshold,
            Quality::High => ChangeThreshold { peak: self.file.averaged_peak, ..self.file.threshold },
        };
    }

    /// What the network says of a tile that is shown `enlargement` times larger, nodata as not-a-number.
    fn answer(&self, pixels: TilePixels, enlargement: f64, low_pass: LowPass) -> Result<TileAnswer, DetectError> {
        let TilePixels { before, after, usable } = pixels;
        let run = |before, after| self.file.run(before, after);
        let probabilities = run_at_scale(before, after, enlargement, |before, after| {
            let (before, after) = low_pass.apply(before, after);
            match self.quality {
                Quality::Fast => run(before, after),
                Quality::High => average_over_views(&before, &after, run),
            }
        })?;
        let channel = |index: usize| {
            let (height, width) = usable.dim();
            probabilities.index_axis(Axis(0), index).slice(s![..height, ..width]).to_owned()
        };
        let finished = |index: usize| {
            let mut change = channel(index);
            Zip::from(&mut change).and(&usable).for_each(|p, &usable| *p = if usable { *p } else { f32::NAN });
            change
        };
        Ok(TileAnswer { new: finished(NEW), removed: finished(REMOVED) })
    }
}

impl ChangeDetector for NetworkDetector {
    fn name(&self) -> &'static str {
        "network"
    }

    fn detect(
        &self,
        pair: &NormalizedPair,
        region: &Region,
        observer: &dyn Observer,
    ) -> Result<ChangeMap, DetectError> {
        let gsd = pair.coregistered().after().ground_frame()?.map(|frame| frame.gsd());
        let step = match self.file.made_for.plan(gsd) {
            Plan::Run { step, warning } => {
                warning.iter().for_each(|warning| observer.warned(Stage::Detect, warning));
                step
            }
            Plan::TooCoarse { warning } => {
                observer.warned(Stage::Detect, &format!("{warning} ({})", self.fallback.0.name()));
                return self.fallback.0.detect(pair, region, observer);
            }
        };
        let full = pair.size();
        let working = ChangeMap::zeros(full.reduced(step), self.name(), self.threshold)?;
        let enlargement = self.file.made_for.enlargement(gsd);
        let low_pass = match self.file.finest_detail {
            Some(most) => LowPass::find(pair.coregistered(), step, enlargement, most)?,
            None => LowPass::default(),
        };
        let walk = Walk { detector: self, pair, region, step, enlargement, low_pass, observer };
        walk.fill(&working)?;
        let shift = match self.file.trained_share {
            Some(share) => adapt_to_scene(&working, f64::from(share))?,
            None => PriorShift::default(),
        };
        let map = if step == 1 {
            working
        } else {
            let map = ChangeMap::zeros(full, self.name(), self.threshold)?;
            walk.enlarge(&working, &map)?;
            map
        };
        let adaptation = SceneAdaptation {
            low_pass_before_px: low_pass.before_px,
            low_pass_after_px: low_pass.after_px,
            new_log_odds: shift.new,
            removed_log_odds: shift.removed,
        };
        Ok(map.with_model(&self.file.sha256).with_adaptation(adaptation))
    }
}

/// The walk over the tiles of a pair, on blocks of `step` x `step` pixels.
struct Walk<'a> {
    detector: &'a NetworkDetector,
    pair: &'a NormalizedPair,
    region: &'a Region,
    step: usize,
    enlargement: f64,
    low_pass: LowPass,
    observer: &'a dyn Observer,
}

impl Walk<'_> {
    /// Fills the working map, a row of tiles after the other.
    fn fill(&self, working: &ChangeMap) -> Result<(), DetectError> {
        let size = working.size();
        // Tiles are as large for the network whether their pixels are enlarged or not.
        let side = (self.detector.tile_side as f64 / self.enlargement) as usize;
        let side = side.max(SMALLEST_TILE).next_multiple_of(SIDE_UNIT);
        let (rows, cols) = tile_axes(size.height, size.width, side, TILES_AT_ONCE);
        let (total, done) = (rows.len() * cols.len(), AtomicUsize::new(0));
        let mut strip = BlendedStrip::new(rows[0].length(), size.width);
        for (index, row) in rows.iter().enumerate() {
            // Added in the order of the tiles, so that sums are the same on any number of threads.
            for cols in cols.chunks(TILES_AT_ONCE) {
                let answer = |col: &Span| {
                    let answer = self.look_at(row, col);
                    self.observer.progressed(Stage::Detect, done.fetch_add(1, Ordering::Relaxed) + 1, total);
                    answer
                };
                let answers: Vec<_> =
                    thread_pool().run(|| cols.par_iter().map(answer).collect::<Result<_, DetectError>>())?;
                cols.iter().zip(&answers).for_each(|(col, answer)| strip.add(row, col, answer.as_ref()));
            }
            let end = rows.get(index + 1).map_or(size.height, |next| next.start);
            let FinishedRows { first_row, new, removed } = strip.finish_rows_above(end);
            working.write(Window::from_tlhw(first_row, 0, end - first_row, size.width), new.view(), removed.view())?;
        }
        Ok(())
    }

    /// The network's answer on one tile; `None` when nothing of it is asked for or usable.
    fn look_at(&self, rows: &Span, cols: &Span) -> Result<Option<TileAnswer>, DetectError> {
        let tile = Window::from_tlhw(rows.start, cols.start, rows.length(), cols.length());
        let full = full_window(tile, self.step, self.pair.size());
        let inside = self.region.inside(full);
        if !inside.iter().any(|&inside| inside) {
            return Ok(None);
        }
        let mut pixels = TilePixels::read(self.pair.coregistered(), full, self.step)?;
        if self.step == 1 {
            pixels.usable.zip_mut_with(&inside, |usable, &inside| *usable &= inside);
        }
        if !pixels.usable.iter().any(|&usable| usable) {
            return Ok(None);
        }
        self.detector.answer(pixels, self.enlargement, self.low_pass).map(Some)
    }

    /// Brings the working map to the after grid. Validity and region are those of its own pixels, so that a nodata pixel in
    /// a block that was good enough to be looked at is still nodata.
    fn enlarge(&self, working: &ChangeMap, map: &ChangeMap) -> Result<(), DetectError> {
        map.size().tiles(ENLARGE_SIDE).par_bridge().try_for_each(|window| {
            let mut told = self.region.inside(window);
            if told.iter().any(|&told| told) {
                let usable = self.pair.coregistered().read(window, 1)?.both_valid();
                told.zip_mut_with(&usable, |told, &usable| *told &= usable);
            }
            let part = needed(window, self.step, working.size());
            let change = working.read(part)?;
            let bring = |reduced: &Array2<f32>| {
                let mut full = enlarged(reduced, part, window, self.step);
                full.zip_mut_with(&told, |p, &told| *p = if told { *p } else { f32::NAN });
                full
            };
            Ok(map.write(window, bring(&change.new).view(), bring(&change.removed).view())?)
        })
    }
}
