//! The spectral detector.

use crate::change::ChangeMap;
use crate::detect::{ChangeDetector, DetectError};
use crate::observer::Observer;
use crate::pair::NormalizedPair;
use crate::region::Region;

/// The spectral detector.
#[derive(Clone, Debug, Default)]
pub struct SpectralDetector {
    /// Fixed cut.
    pub threshold: Option<f32>,
}

impl ChangeDetector for SpectralDetector {
    fn name(&self) -> &'static str {
        "spectral"
    }
    fn detect(&self, _: &NormalizedPair, _: &Region, _: &dyn Observer) -> Result<ChangeMap, DetectError> {
        unimplemented!()
    }
}
