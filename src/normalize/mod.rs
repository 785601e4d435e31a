//! Matches the radiometry of the before image to the after image.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::observer::Observer;
use crate::pair::{CoregisteredPair, NormalizedPair};
use crate::scene::ReadError;

/// How to normalize.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NormalizeOptions {}

/// Why a pair could not be normalized.
#[derive(Debug, Error)]
pub enum NormalizeError {
    /// Pixels could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Finds the map from before DN to after DN.
pub fn normalize_pair(
    _pair: CoregisteredPair,
    _options: &NormalizeOptions,
    _observer: &dyn Observer,
) -> Result<NormalizedPair, NormalizeError> {
    unimplemented!()
}
