//! A scene: what is known of an image, and a source that yields its pixels by window.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::raster::Raster;
use crate::raster::crs::{CrsError, Georeference};
use crate::raster::ground_frame::GroundFrame;
use crate::raster::point::LonLat;
use crate::raster::resample::reduce_by_mean;
use crate::raster::units::Meters;
use crate::raster::window::{GridSize, Window};

/// Yields windows of an image. Implementations are shared between threads.
pub trait PixelSource: Send + Sync {
    /// Reads one pixel for every `step` x `step` block of `window`, averaged over the block.
    ///
    /// - Input: a window in full-resolution pixels, inside the image; `step` at least 1.
    /// - Output: a raster of `window.size().reduced(step)`, samples in DN, with the file's nodata mask. Blocks are
    ///   counted from the window's own corner. Implementations may read a stored overview whose factor divides `step`.
    ///
    /// # Errors
    /// [`ReadError`] when the pixels cannot be read or decoded.
    fn read(&self, window: Window, step: usize) -> Result<Raster, ReadError>;
}

/// Pixels that could not be read.
#[derive(Clone, Debug, Error)]
#[error("cannot read rows {}..{}, columns {}..{} of {name}: {reason}", window.row, window.bottom(), window.col, window.right())]
pub struct ReadError {
    /// The image.
    pub name: String,
    /// The window asked for.
    pub window: Window,
    /// What the decoder says.
    pub reason: String,
}

/// How samples are stored in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum SampleType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    F64,
}

/// Linear stretch of DN to 0..1 for display and for comparing scenes, band by band.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DisplayStretch {
    /// DN shown as black, per band.
    pub low: Vec<f32>,
    /// DN shown as white, per band; greater than `low`.
    pub high: Vec<f32>,
}

impl DisplayStretch {
    /// The stretch of 8-bit imagery: 0 to 255 in every band.
    pub fn eight_bit(bands: usize) -> Self {
        DisplayStretch { low: vec![0.0; bands], high: vec![255.0; bands] }
    }

    /// A DN of one band, as 0..1; values beyond the ends are not clipped.
    pub fn unit(&self, band: usize, dn: f32) -> f32 {
        (dn - self.low[band]) / (self.high[band] - self.low[band])
    }
}

/// When and how an image was taken, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Acquisition {
    /// Day of acquisition.
    pub date: Option<jiff::civil::Date>,
    /// Time of acquisition, UTC.
    pub time: Option<jiff::civil::Time>,
    /// Sun azimuth in degrees clockwise from true north.
    pub sun_azimuth_deg: Option<f64>,
    /// Sun elevation in degrees above the horizon.
    pub sun_elevation_deg: Option<f64>,
    /// Satellite azimuth seen from the target, degrees clockwise from true north.
    pub view_azimuth_deg: Option<f64>,
    /// Satellite elevation seen from the target, degrees above the horizon (90 is nadir).
    pub view_elevation_deg: Option<f64>,
    /// Where the site lies, told by the user for an image without georeference.
    pub place: Option<LonLat>,
}

/// What is known of an image.
#[derive(Clone, Debug)]
pub struct SceneDescription {
    /// Name for people: the file's name.
    pub name: String,
    /// The file, when it came from one.
    pub path: Option<PathBuf>,
    /// File format for people, such as `GeoTIFF` or `PNG`.
    pub format: String,
    /// Height and width.
    pub size: GridSize,
    /// Number of bands, without alpha.
    pub bands: usize,
    /// How samples are stored.
    pub sample_type: SampleType,
    /// Bands shown as red, green and blue (0-based); three times the same band for a gray image.
    pub visible: [usize; 3],
    /// Where the image lies on the earth.
    pub georeference: Option<Georeference>,
    /// Ground sampling distance given by the user or found in the file, for an image without georeference.
    pub gsd: Option<Meters>,
    /// When and how it was taken.
    pub acquisition: Acquisition,
    /// The DN that means nodata.
    pub nodata: Option<f64>,
    /// Stretch from DN to 0..1.
    pub stretch: DisplayStretch,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: Option<String>,
    /// What the reader of results must know about this file.
    pub warnings: Vec<String>,
}

/// An image of a site: a handle that is cheap to clone and never holds a whole large image.
#[derive(Clone)]
pub struct Scene {
    description: Arc<SceneDescription>,
    source: Arc<dyn PixelSource>,
}

impl std::fmt::Debug for Scene {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Scene").field(&self.description).finish()
    }
}

impl Scene {
    /// Joins a description and the source of its pixels.
    pub fn new(description: SceneDescription, source: Arc<dyn PixelSource>) -> Self {
        Scene { description: Arc::new(description), source }
    }

    /// Makes a scene of 8-bit-like samples (0..255) from pixels in memory, without georeference.
    ///
    /// ```
    /// use ndarray::Array3;
    /// use sitedelta::raster::Raster;
    /// use sitedelta::scene::Scene;
    /// let scene = Scene::from_raster("drawn", Raster::all_valid(Array3::zeros((3, 4, 4))));
    /// assert_eq!(scene.size().width, 4);
    /// ```
    pub fn from_raster(name: &str, raster: Raster) -> Self {
        let bands = raster.bands();
        let description = SceneDescription {
            name: name.to_owned(),
            path: None,
            format: "memory".to_owned(),
            size: raster.size(),
            bands,
            sample_type: SampleType::F32,
            visible: if bands >= 3 { [0, 1, 2] } else { [0, 0, 0] },
            georeference: None,
            gsd: None,
            acquisition: Acquisition::default(),
            nodata: None,
            stretch: DisplayStretch::eight_bit(bands),
            sha256: None,
            warnings: Vec::new(),
        };
        Scene::new(description, Arc::new(raster))
    }

    /// The same pixels under a changed description.
    pub fn with_description(&self, change: impl FnOnce(&mut SceneDescription)) -> Scene {
        let mut description = (*self.description).clone();
        change(&mut description);
        Scene { description: Arc::new(description), source: self.source.clone() }
    }

    /// What is known of the image.
    pub fn description(&self) -> &SceneDescription {
        &self.description
    }

    /// Height and width.
    pub fn size(&self) -> GridSize {
        self.description.size
    }

    /// Number of bands, without alpha.
    pub fn bands(&self) -> usize {
        self.description.bands
    }

    /// True when the image shows one band as gray.
    pub fn is_gray(&self) -> bool {
        let [red, green, blue] = self.description.visible;
        red == green && green == blue
    }

    /// The frame that turns pixels into metres; `None` when neither georeference nor ground sampling distance is known.
    ///
    /// # Errors
    /// [`CrsError`] when the georeference cannot be brought to WGS 84.
    pub fn ground_frame(&self) -> Result<Option<GroundFrame>, CrsError> {
        match (&self.description.georeference, self.description.gsd) {
            (Some(georeference), _) => GroundFrame::from_georeference(georeference, self.size()).map(Some),
            (None, Some(gsd)) => Ok(Some(GroundFrame::from_gsd(gsd))),
            (None, None) => Ok(None),
        }
    }

    /// Reads one pixel for every `step` x `step` block of `window`; see [`PixelSource::read`].
    ///
    /// # Errors
    /// [`ReadError`] when the window leaves the image or its pixels cannot be read.
    pub fn read(&self, window: Window, step: usize) -> Result<Raster, ReadError> {
        if !window.fits(self.size()) || window.is_empty() || step == 0 {
            let GridSize { height, width } = self.size();
            let reason = format!("the image has {height} rows and {width} columns");
            return Err(ReadError { name: self.description.name.clone(), window, reason });
        }
        self.source.read(window, step)
    }
}

impl PixelSource for Raster {
    fn read(&self, window: Window, step: usize) -> Result<Raster, ReadError> {
        let (rows, cols) = window.slice();
        let samples = self.samples().slice(ndarray::s![.., rows.clone(), cols.clone()]).to_owned();
        let valid = self.valid().slice(ndarray::s![rows, cols]).to_owned();
        Ok(reduce_by_mean(&Raster::from_bands(samples, valid), step))
    }
}
