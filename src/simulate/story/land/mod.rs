//! Land: what lies, grows, flows and is worked around and between settlements.

pub(super) mod basins;
mod clearings;
pub(super) mod graded;
pub(super) mod hillside;
pub(super) mod landscape;
pub(super) mod parcels;
pub(super) mod rough_ground;
pub(super) mod scenery;
pub(super) mod shores;
pub(super) mod smallholdings;
pub(super) mod subdivision;
pub(super) mod trodden;
pub(super) mod vegetation;
pub(super) mod waters;
pub(super) mod works;
