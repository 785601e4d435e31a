//! What the reader of any one format finds in a file, before user options and side files complete it.

use std::sync::Arc;

use crate::raster::crs::Crs;
use crate::raster::geotransform::GeoTransform;
use crate::raster::window::GridSize;
use crate::scene::{Acquisition, PixelSource, SampleType};

/// A file opened by the reader of its format.
pub(super) struct OpenedImage {
    pub format: String,
    pub size: GridSize,
    pub sample_type: SampleType,
    /// Number of bands, without alpha.
    pub bands: usize,
    /// Bands shown as red, green and blue, 0-based.
    pub visible: [usize; 3],
    pub nodata: Option<f64>,
    pub acquisition: Acquisition,
    pub placed: PlacedImage,
    pub warnings: Vec<String>,
    /// Full-resolution pixels along an edge for each pixel of the coarsest overview; 1 without any.
    pub coarsest_factor: usize,
    pub source: Arc<dyn PixelSource>,
}

/// The parts of a georeference that a file itself holds; side files may add the missing one.
#[derive(Clone, Debug, Default)]
pub(super) struct PlacedImage {
    pub transform: Option<GeoTransform>,
    pub crs: Option<Crs>,
}
