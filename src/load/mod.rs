//! Opens image files as scenes.

pub mod region_file;

use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::pair::ScenePair;
use crate::raster::units::Meters;
use crate::scene::Scene;

/// What the user knows of a file, and the limits set against hostile ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadOptions {
    /// Ground sampling distance, for a file that does not tell it.
    pub gsd: Option<Meters>,
    /// Bands shown as red, green and blue, counted from 1.
    pub bands: Option<[usize; 3]>,
    /// Most pixels accepted in a format that must be decoded whole.
    pub max_pixels: u64,
}

impl Default for LoadOptions {
    fn default() -> Self {
        LoadOptions { gsd: None, bands: None, max_pixels: 500_000_000 }
    }
}

/// A file that cannot be read or used.
#[derive(Debug, Error)]
#[error("stub")]
pub struct LoadError;

/// Two scenes that cannot be compared.
#[derive(Debug, Error)]
#[error("stub")]
pub struct PairError;

/// Opens an image.
pub fn load_scene(_path: &Path, _options: &LoadOptions) -> Result<Scene, LoadError> {
    Err(LoadError)
}

/// Joins two scenes, after checking that they can be compared at all.
pub fn pair_scenes(before: Scene, after: Scene) -> Result<ScenePair, PairError> {
    Ok(ScenePair { before, after })
}
