//! Estimates the housing capacity of what was found.

use serde::{Deserialize, Serialize};

use crate::capacity::CapacityEstimate;
use crate::raster::units::Meters;
use crate::structure::MeasuredStructure;

/// How to estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EstimateOptions {
    /// Name of the occupancy profile for all housing; the mix of each kind when `None`.
    pub profile: Option<String>,
    /// Draws of the Monte Carlo chain.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for EstimateOptions {
    fn default() -> Self {
        EstimateOptions { profile: None, draws: 10_000, seed: 1 }
    }
}

/// Estimates how many people the new structures could hold.
pub fn estimate_capacity(
    _structures: &[MeasuredStructure],
    _gsd: Option<Meters>,
    _options: &EstimateOptions,
) -> CapacityEstimate {
    unimplemented!()
}
