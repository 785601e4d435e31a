//! Finds where something was built or removed.

pub mod spectral;

use thiserror::Error;

use crate::change::{ChangeMap, StoreError};
use crate::observer::Observer;
use crate::pair::NormalizedPair;
use crate::raster::crs::CrsError;
use crate::region::Region;
use crate::scene::ReadError;

/// A way to find changed structures. Chosen at run time, hence a trait.
pub trait ChangeDetector: Send + Sync {
    /// Name in tables and reports, such as `spectral`.
    fn name(&self) -> &'static str;

    /// Finds the probabilities of new and removed structures over the whole pair; nodata outside `region`.
    ///
    /// # Errors
    /// [`DetectError`] when pixels cannot be read, the map cannot be stored, or the after image's georeference cannot be
    /// brought to metres.
    fn detect(&self, pair: &NormalizedPair, region: &Region, observer: &dyn Observer)
    -> Result<ChangeMap, DetectError>;
}

/// Why no change map could be made.
#[derive(Debug, Error)]
pub enum DetectError {
    /// Pixels could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The map could not be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The size of a pixel could not be found.
    #[error(transparent)]
    Crs(#[from] CrsError),
}

/// Finds the probabilities of new and removed structures with the given detector.
///
/// # Errors
/// As the detector's own; see [`ChangeDetector::detect`].
pub fn detect_changes(
    pair: &NormalizedPair,
    detector: &dyn ChangeDetector,
    region: &Region,
    observer: &dyn Observer,
) -> Result<ChangeMap, DetectError> {
    detector.detect(pair, region, observer)
}
