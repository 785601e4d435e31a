//! Renders before and after scenes with known truth.
#![allow(missing_docs)]
pub mod description {
    use serde::{Deserialize, Serialize};
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Biome {
        Desert,
    }
}
pub mod write_pair {
    use serde::{Deserialize, Serialize};
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub enum ImageFormat {
        #[default]
        Png,
        GeoTiff,
    }
}
use crate::{observer::Observer, raster::units::Meters};
use description::Biome;
use std::path::{Path, PathBuf};
use write_pair::ImageFormat;
#[derive(Clone, Debug, PartialEq)]
pub struct SimulateOptions {
    pub pairs: usize,
    pub size_px: usize,
    pub gsd_min: Meters,
    pub gsd_max: Meters,
    pub biome: Option<Biome>,
    pub seed: u64,
    pub format: ImageFormat,
    pub overwrite: bool,
}
impl Default for SimulateOptions {
    fn default() -> Self {
        SimulateOptions {
            pairs: 10,
            size_px: 256,
            gsd_min: Meters(0.4),
            gsd_max: Meters(0.6),
            biome: None,
            seed: 1,
            format: ImageFormat::Png,
            overwrite: false,
        }
    }
}
pub struct Produced {
    pub folders: Vec<PathBuf>,
    pub new_structures: usize,
    pub removed_structures: usize,
}
#[derive(Debug, thiserror::Error)]
#[error("stub")]
pub enum SimulateError {
    Option {},
    NotEmpty {},
    Folder {},
    Scene(String),
    Write(String),
}
pub fn simulate_pairs(_: &SimulateOptions, _: &Path, _: &dyn Observer) -> Result<Produced, SimulateError> {
    Err(SimulateError::Scene("stub".into()))
}
pub fn render_scene_file(_: &Path, _: &Path, _: bool) -> Result<Produced, SimulateError> {
    Err(SimulateError::Scene("stub".into()))
}
