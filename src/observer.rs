//! How progress and warnings reach the caller: the library itself never prints.

/// A stage of the analysis, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Opening files and reading their metadata.
    Load,
    /// Bringing the before image onto the after grid.
    Register,
    /// Matching the radiometry of the before image to the after image.
    Normalize,
    /// Finding what changed.
    Detect,
    /// Turning changed pixels into structures.
    Extract,
    /// Measuring structures.
    Measure,
    /// Estimating the housing capacity.
    Estimate,
    /// Writing outputs.
    Report,
    /// Rendering synthetic pairs; not a stage of an analysis.
    Simulate,
}

impl Stage {
    /// The stage as a lower-case verb.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Load => "load",
            Stage::Register => "register",
            Stage::Normalize => "normalize",
            Stage::Detect => "detect",
            Stage::Extract => "extract",
            Stage::Measure => "measure",
            Stage::Estimate => "estimate",
            Stage::Report => "report",
            Stage::Simulate => "simulate",
        }
    }
}

/// What the library tells its caller while it works. Every method has an empty default.
///
/// Methods may be called from several threads at once.
pub trait Observer: Sync {
    /// A stage begins.
    fn stage_started(&self, stage: Stage) {
        let _ = stage;
    }

    /// `done` of `total` steps of the stage are finished.
    fn progressed(&self, stage: Stage, done: usize, total: usize) {
        let _ = (stage, done, total);
    }

    /// Something the reader of the results must know; it also stands among the analysis's warnings.
    fn warned(&self, stage: Stage, message: &str) {
        let _ = (stage, message);
    }
}

/// An observer that looks away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {}
