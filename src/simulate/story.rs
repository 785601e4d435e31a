//! Tells random pairs: what a site looks like, and what happens to it between two dates.
use crate::raster::units::Meters;
use crate::simulate::description::*;
/// What random pairs have in common.
#[derive(Clone, Debug)]
pub struct RandomOptions {
    /// Side.
    pub size_px: usize,
    /// gsd
    pub gsd: (Meters, Meters),
    /// biome
    pub biome: Option<Biome>,
}
/// x
pub fn random_pair(_seed: u64, _options: &RandomOptions) -> PairDescription {
    todo!()
}
