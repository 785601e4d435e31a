//! Reads regions.

use std::path::Path;

use geo::MultiPolygon;
use thiserror::Error;

use crate::scene::Scene;

/// A region file that cannot be used.
#[derive(Debug, Error)]
#[error("cannot read region")]
pub struct RegionError;

/// Reads polygons.
pub fn load_region(_path: &Path, _scene: &Scene) -> Result<MultiPolygon<f64>, RegionError> {
    Err(RegionError)
}
