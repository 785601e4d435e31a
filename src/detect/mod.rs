//! Finds where something was built or removed.

pub mod fused;
pub mod network;
pub mod spectral;
mod window_filters;

use std::path::PathBuf;

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
    /// [`DetectError`] when pixels cannot be read, the map cannot be stored, the after image's georeference cannot be
    /// brought to metres, or a network fails on its input.
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
    /// A file is not a network that can be used here.
    #[error("cannot use {} as the network: found {found}, but needed is {needed}; docs/MODELS.md tells how to export one", file.display())]
    UnusableModel {
        /// The file.
        file: PathBuf,
        /// What is in it.
        found: String,
        /// What should be.
        needed: String,
    },
    /// A dynamic library is not the runtime that was asked for.
    #[cfg(feature = "ort")]
    #[error("cannot load {} as ONNX Runtime: {reason}; name version 1.17 or later in ORT_DYLIB_PATH, or unset it", library.display())]
    UnusableRuntime {
        /// The library.
        library: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A network that had passed the checks failed on a part of the images.
    #[error("the network {} failed on a tile: {reason}; report this with the file, or use another detector", file.display())]
    Inference {
        /// The file.
        file: PathBuf,
        /// What the runtime says.
        reason: String,
    },
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
