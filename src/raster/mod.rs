//! The ground: pixels, grids, coordinates and units, known to every room and knowing none of them.

pub mod area_mask;
pub mod crs;
pub(crate) mod gather;
pub mod geotiff_write;
pub mod geotransform;
pub mod ground_frame;
pub mod pixel_transform;
pub mod point;
pub mod resample;
pub mod scratch;
pub mod statistics;
pub mod units;
pub mod window;

use ndarray::{Array2, Array3, ArrayView2, ArrayView3, s};

use crate::raster::window::{GridSize, Window};

/// A block of pixels held in memory, with its nodata mask.
///
/// Samples are stored as `f32`, shape (bands, height, width), in the unit of their source (DN for files). 8 and 16-bit
/// integers are exact; 32-bit integers and doubles are rounded to 24 bits of mantissa. `valid` has shape
/// (height, width): a pixel is nodata in all bands or in none. Samples under an invalid pixel are finite but
/// meaningless.
#[derive(Clone, Debug, PartialEq)]
pub struct Raster {
    samples: Array3<f32>,
    valid: Array2<bool>,
}

impl Raster {
    /// Joins samples (bands, height, width) and their nodata mask (height, width; `true` where usable).
    ///
    /// # Panics
    /// When the two shapes disagree, or there is no band: a programming error, never a property of a file.
    pub fn from_bands(samples: Array3<f32>, valid: Array2<bool>) -> Self {
        let (bands, height, width) = samples.dim();
        assert!(bands > 0, "a raster needs at least one band");
        assert_eq!((height, width), valid.dim(), "samples and mask differ in size");
        Raster { samples, valid }
    }

    /// Makes a raster in which every pixel is valid.
    pub fn all_valid(samples: Array3<f32>) -> Self {
        let (_, height, width) = samples.dim();
        Raster::from_bands(samples, Array2::from_elem((height, width), true))
    }

    /// Makes a raster of `bands` bands in which every pixel is nodata.
    pub fn all_nodata(bands: usize, size: GridSize) -> Self {
        Raster::from_bands(
            Array3::zeros((bands, size.height, size.width)),
            Array2::from_elem((size.height, size.width), false),
        )
    }

    /// Number of bands.
    pub fn bands(&self) -> usize {
        self.samples.dim().0
    }

    /// Height and width in pixels.
    pub fn size(&self) -> GridSize {
        let (_, height, width) = self.samples.dim();
        GridSize { height, width }
    }

    /// All samples, (bands, height, width).
    pub fn samples(&self) -> ArrayView3<'_, f32> {
        self.samples.view()
    }

    /// The samples of one band, (height, width).
    ///
    /// # Panics
    /// When `index` is not a band of this raster.
    pub fn band(&self, index: usize) -> ArrayView2<'_, f32> {
        self.samples.index_axis(ndarray::Axis(0), index)
    }

    /// The nodata mask, (height, width): `true` where the pixel may be used.
    pub fn valid(&self) -> ArrayView2<'_, bool> {
        self.valid.view()
    }

    /// A copy of the pixels of a window.
    ///
    /// # Panics
    /// When the window does not fit.
    pub fn part(&self, window: Window) -> Raster {
        let (rows, cols) = window.slice();
        let samples = self.samples.slice(s![.., rows.clone(), cols.clone()]).to_owned();
        Raster { samples, valid: self.valid.slice(s![rows, cols]).to_owned() }
    }

    /// Takes the raster apart into samples and mask.
    pub fn into_parts(self) -> (Array3<f32>, Array2<bool>) {
        (self.samples, self.valid)
    }

    /// Mean of the given bands at every pixel, (height, width); the same nodata mask applies.
    ///
    /// # Panics
    /// When `bands` is empty or names a band that is not there.
    pub fn mean_of_bands(&self, bands: &[usize]) -> Array2<f32> {
        let mut mean = self.band(bands[0]).to_owned();
        for &index in &bands[1..] {
            mean += &self.band(index);
        }
        mean / bands.len() as f32
    }
}
