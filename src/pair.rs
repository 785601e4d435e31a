//! Pairs of scenes, and the promises they carry from stage to stage.
//!
//! A [`CoregisteredPair`] shows both dates on the after image's grid; only `register` makes one, or a caller who vouches
//! for the alignment with [`CoregisteredPair::assume_aligned`]. A [`NormalizedPair`] shows them in one radiometry as
//! well; only `normalize` makes one.

mod alignment;

use std::sync::Arc;

use ndarray::{Array2, Array3, Axis};
use serde::{Deserialize, Serialize};

pub use crate::pair::alignment::{Alignment, DisplacementGrid};
use crate::raster::Raster;
use crate::raster::gather::gather_tiles;
use crate::raster::window::{GridSize, Window};
use crate::scene::{DisplayStretch, ReadError, Scene};

/// How far the registration can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RegistrationQuality {
    /// The held-out tie points agree with the alignment.
    Trusted,
    /// An alignment was found, but its evidence is thin or its residual high; results need a human eye.
    Doubtful,
    /// No alignment worth using was found.
    Refused,
    /// The caller vouched for the alignment; nothing was measured.
    Skipped,
}

/// What registration found, and how good it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// The verdict.
    pub quality: RegistrationQuality,
    /// Median distance between alignment and held-out tie points, in after pixels; `None` when nothing was measured.
    pub residual_px: Option<f64>,
    /// 95th percentile of the same distances.
    pub residual_p95_px: Option<f64>,
    /// Shift at the scene's centre from after to before that the pixels asked for, in after pixels.
    pub shift_px: Option<crate::raster::point::PixelShift>,
    /// Rotation of before against after that the pixels asked for, in degrees, clockwise on the screen.
    pub rotation_deg: f64,
    /// Scale of before against after that the pixels asked for; 1 when sizes agree.
    pub scale: f64,
    /// Tie points measured, after outliers were dropped.
    pub tie_points: usize,
    /// Tie points tried, outliers included.
    pub tie_points_tried: usize,
    /// The reason behind a verdict that is not `Trusted`, and what to do.
    pub reason: Option<String>,
}

impl Registration {
    fn skipped() -> Self {
        Registration {
            quality: RegistrationQuality::Skipped,
            residual_px: None,
            residual_p95_px: None,
            shift_px: None,
            rotation_deg: 0.0,
            scale: 1.0,
            tie_points: 0,
            tie_points_tried: 0,
            reason: None,
        }
    }
}

/// Two scenes of one site, each still on its own grid.
#[derive(Clone, Debug)]
pub struct ScenePair {
    /// The earlier scene.
    pub before: Scene,
    /// The later scene, whose grid is the analysis grid.
    pub after: Scene,
}

/// Both dates over one window of the after grid, with the same bands.
#[derive(Clone, Debug)]
pub struct PairWindow {
    /// The window, in full-resolution after pixels.
    pub window: Window,
    /// The before image, warped onto the after grid; invalid where it shows nothing.
    pub before: Raster,
    /// The after image.
    pub after: Raster,
}

impl PairWindow {
    /// Where both dates are valid, (height, width).
    pub fn both_valid(&self) -> Array2<bool> {
        let mut both = self.before.valid().to_owned();
        both.zip_mut_with(&self.after.valid(), |a, b| *a &= b);
        both
    }
}

/// Most pixels of a pair whose warped before image is held in memory: three bands in 32-bit floats are 50 MB.
const MOST_HELD_PX: usize = 1 << 22;

/// Two scenes with a known alignment between them.
#[derive(Clone, Debug)]
pub struct CoregisteredPair {
    scenes: ScenePair,
    alignment: Alignment,
    registration: Registration,
    /// The before image, warped onto the whole after grid, where it is small enough.
    held_before: Option<Arc<Raster>>,
}

impl CoregisteredPair {
    /// Joins scenes and alignment. Called by `register` alone.
    pub(crate) fn from_registration(scenes: ScenePair, alignment: Alignment, registration: Registration) -> Self {
        CoregisteredPair { scenes, alignment, registration, held_before: None }
    }

    /// Takes the caller's word that the images already line up: by their georeferences where both have one, otherwise
    /// pixel by pixel from the top-left corner.
    pub fn assume_aligned(scenes: ScenePair) -> Self {
        let alignment = Alignment::from_georeferences(&scenes.before, &scenes.after);
        CoregisteredPair { scenes, alignment, registration: Registration::skipped(), held_before: None }
    }

    /// The same pair, its warped before image held in memory if it has no more than [`MOST_HELD_PX`] pixels: what the
    /// windows of several stages share is then sampled once.
    pub(crate) fn holding_before(mut self) -> Result<Self, ReadError> {
        if self.size().pixels() <= MOST_HELD_PX {
            let warped = gather_tiles(self.size(), 1, |tile| self.alignment.warp(self.before(), tile, 1))?;
            self.held_before = Some(Arc::new(warped));
        }
        Ok(self)
    }

    /// The before image over a window of the after grid, with all its bands.
    fn warped_before(&self, window: Window, step: usize) -> Result<Raster, ReadError> {
        match &self.held_before {
            Some(held) if step == 1 => Ok(held.part(window)),
            _ => self.alignment.warp(self.before(), window, step),
        }
    }

    /// The earlier scene, on its own grid.
    pub fn before(&self) -> &Scene {
        &self.scenes.before
    }

    /// The later scene, whose grid is the analysis grid.
    pub fn after(&self) -> &Scene {
        &self.scenes.after
    }

    /// From places in the after image to places in the before image.
    pub fn alignment(&self) -> &Alignment {
        &self.alignment
    }

    /// How the alignment was found, and how good it is.
    pub fn registration(&self) -> &Registration {
        &self.registration
    }

    /// Height and width of the analysis grid.
    pub fn size(&self) -> GridSize {
        self.after().size()
    }

    /// Which bands are compared.
    pub fn band_pairing(&self) -> BandPairing {
        BandPairing::of(self.before(), self.after())
    }

    /// Reads both dates over a window of the after grid, one pixel for every `step` x `step` block, in each image's own
    /// DN. The before image is sampled by cubic convolution after reduction to the after resolution.
    ///
    /// # Errors
    /// [`ReadError`] when either image cannot be read there.
    pub fn read(&self, window: Window, step: usize) -> Result<PairWindow, ReadError> {
        let pairing = self.band_pairing();
        let (before, after) = rayon::join(|| self.warped_before(window, step), || self.after().read(window, step));
        let (before, after) = (pairing.select(before?, self.before()), pairing.select(after?, self.after()));
        Ok(PairWindow { window, before, after })
    }
}

/// Which bands of the two dates are set against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BandPairing {
    /// All bands, as both images have the same number of them.
    All(usize),
    /// Red, green and blue, as the images differ in their other bands.
    Visible,
    /// Brightness alone, as one of the images is gray.
    Gray,
}

impl BandPairing {
    fn of(before: &Scene, after: &Scene) -> Self {
        if before.is_gray() != after.is_gray() {
            BandPairing::Gray
        } else if before.bands() == after.bands() {
            BandPairing::All(after.bands())
        } else if after.is_gray() {
            BandPairing::Gray
        } else {
            BandPairing::Visible
        }
    }

    /// Number of bands compared.
    pub fn bands(self) -> usize {
        match self {
            BandPairing::All(bands) => bands,
            BandPairing::Visible => 3,
            BandPairing::Gray => 1,
        }
    }

    /// Positions of red, green and blue among the bands compared; all 0 for gray.
    pub fn visible(self, scene: &Scene) -> [usize; 3] {
        match self {
            BandPairing::All(_) => scene.description().visible,
            BandPairing::Visible => [0, 1, 2],
            BandPairing::Gray => [0, 0, 0],
        }
    }

    /// The stretch of the bands compared.
    pub fn stretch(self, scene: &Scene) -> DisplayStretch {
        let stretch = &scene.description().stretch;
        let visible = scene.description().visible;
        let pick = |ends: &[f32]| match self {
            BandPairing::All(_) => ends.to_vec(),
            BandPairing::Visible => visible.iter().map(|&band| ends[band]).collect(),
            BandPairing::Gray => vec![visible.iter().map(|&band| ends[band]).sum::<f32>() / 3.0],
        };
        DisplayStretch { low: pick(&stretch.low), high: pick(&stretch.high) }
    }

    fn select(self, raster: Raster, scene: &Scene) -> Raster {
        let visible = scene.description().visible;
        match self {
            BandPairing::All(_) => raster,
            BandPairing::Visible => {
                let (samples, valid) = raster.into_parts();
                Raster::from_bands(samples.select(Axis(0), &visible), valid)
            }
            BandPairing::Gray => {
                let mean = raster.mean_of_bands(&visible).insert_axis(Axis(0));
                Raster::from_bands(mean, raster.into_parts().1)
            }
        }
    }
}

/// Monotone map of one band's before DN onto after DN, piecewise linear between knots and level beyond them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToneCurve {
    before: Vec<f32>,
    after: Vec<f32>,
}

impl ToneCurve {
    /// Makes a curve from knots; `None` unless there are at least two, equally many on both sides, all finite,
    /// strictly rising in `before` and never falling in `after`.
    pub fn from_knots(before: Vec<f32>, after: Vec<f32>) -> Option<Self> {
        let sound = before.len() >= 2
            && before.len() == after.len()
            && before.iter().chain(&after).all(|v| v.is_finite())
            && before.windows(2).all(|w| w[0] < w[1])
            && after.windows(2).all(|w| w[0] <= w[1]);
        sound.then_some(ToneCurve { before, after })
    }

    /// The after DN of a before DN. Beyond the outermost knots the curve goes on with the slope of its last segment.
    pub fn apply(&self, dn: f32) -> f32 {
        let last = self.before.len() - 2;
        let segment = self.before.partition_point(|&knot| knot <= dn).saturating_sub(1).min(last);
        let (x0, x1) = (self.before[segment], self.before[segment + 1]);
        let (y0, y1) = (self.after[segment], self.after[segment + 1]);
        y0 + (dn - x0) * (y1 - y0) / (x1 - x0)
    }
}

/// The radiometric mapping that `normalize` found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Radiometry {
    /// One curve for each compared band, before DN to after DN.
    pub curves: Vec<ToneCurve>,
    /// Stretch of after DN to 0..1, for each compared band.
    pub stretch: DisplayStretch,
    /// Brightness (mean of the visible bands after the stretch) from which a pixel counts as saturated or cloud-like;
    /// infinite where nothing is.
    pub saturated_from: f32,
}

/// Both dates over one window, in one radiometry.
#[derive(Clone, Debug)]
pub struct NormalizedWindow {
    /// The window, in full-resolution after pixels.
    pub window: Window,
    /// Before, about 0..1 (not clipped), (bands, height, width).
    pub before: Raster,
    /// After, about 0..1 (not clipped), (bands, height, width).
    pub after: Raster,
    /// Where both dates are valid, (height, width).
    pub usable: Array2<bool>,
    /// Where either date is saturated or cloud-like, (height, width); such pixels are usable but not to be trusted.
    pub suspect: Array2<bool>,
}

/// Two scenes with a known alignment and a common radiometry.
#[derive(Clone, Debug)]
pub struct NormalizedPair {
    pair: CoregisteredPair,
    radiometry: Radiometry,
}

impl NormalizedPair {
    /// Joins pair and mapping. Called by `normalize` alone.
    pub(crate) fn from_normalization(pair: CoregisteredPair, radiometry: Radiometry) -> Self {
        NormalizedPair { pair, radiometry }
    }

    /// The pair underneath, in each image's own DN.
    pub fn coregistered(&self) -> &CoregisteredPair {
        &self.pair
    }

    /// The mapping.
    pub fn radiometry(&self) -> &Radiometry {
        &self.radiometry
    }

    /// Height and width of the analysis grid.
    pub fn size(&self) -> GridSize {
        self.pair.size()
    }

    /// Number of bands compared.
    pub fn bands(&self) -> usize {
        self.pair.band_pairing().bands()
    }

    /// Positions of red, green and blue among the bands compared.
    pub fn visible(&self) -> [usize; 3] {
        self.pair.band_pairing().visible(self.pair.after())
    }

    /// Reads both dates over a window of the after grid, one pixel for every `step` x `step` block, normalized.
    ///
    /// # Errors
    /// [`ReadError`] when either image cannot be read there.
    pub fn read(&self, window: Window, step: usize) -> Result<NormalizedWindow, ReadError> {
        let pixels = self.pair.read(window, step)?;
        let usable = pixels.both_valid();
        let stretch = &self.radiometry.stretch;
        let before = map_bands(pixels.before, |band, dn| stretch.unit(band, self.radiometry.curves[band].apply(dn)));
        let after = map_bands(pixels.after, |band, dn| stretch.unit(band, dn));
        let visible = self.visible();
        let mut suspect = before.mean_of_bands(&visible).mapv(|v| v >= self.radiometry.saturated_from);
        suspect.zip_mut_with(&after.mean_of_bands(&visible), |s, &v| *s |= v >= self.radiometry.saturated_from);
        Ok(NormalizedWindow { window, before, after, usable, suspect })
    }
}

fn map_bands(raster: Raster, map: impl Fn(usize, f32) -> f32) -> Raster {
    let (mut samples, valid): (Array3<f32>, _) = raster.into_parts();
    for (band, mut layer) in samples.axis_iter_mut(Axis(0)).enumerate() {
        layer.mapv_inplace(|dn| map(band, dn));
    }
    Raster::from_bands(samples, valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_curve_meets_its_knots_and_goes_on() {
        let curve = ToneCurve::from_knots(vec![0.0, 10.0, 20.0], vec![5.0, 5.0, 25.0]).expect("invariant: sound knots");
        assert_eq!([0.0, 10.0, 15.0, 20.0, 30.0].map(|dn| curve.apply(dn)), [5.0, 5.0, 15.0, 25.0, 45.0]);
        assert!(ToneCurve::from_knots(vec![0.0, 0.0], vec![1.0, 2.0]).is_none());
    }

    #[test]
    fn gray_against_color_compares_brightness() {
        let gray = Scene::from_raster("gray", Raster::all_valid(Array3::from_elem((1, 4, 4), 60.0)));
        let color =
            Scene::from_raster("color", Raster::all_valid(Array3::from_shape_fn((3, 4, 4), |(b, ..)| 30.0 * b as f32)));
        let pair = CoregisteredPair::assume_aligned(ScenePair { before: gray, after: color });
        let window = pair.read(Window::from_tlhw(0, 0, 4, 4), 1).expect("invariant: in memory");
        assert_eq!(window.after.bands(), 1);
        assert_eq!(window.after.band(0)[[0, 0]], 30.0);
    }
}
