//! How a command ends, and what it says when it fails.

use sitedelta::analysis::AnalysisError;
use sitedelta::appraisal::AppraisalError;
use sitedelta::batch::manifest::ManifestError;
use sitedelta::batch::run::BatchError;
use sitedelta::batch::site::SiteError;
use sitedelta::estimate::EstimateError;
use sitedelta::evaluate::EvaluateError;
use sitedelta::load::LoadError;
use sitedelta::load::footprint_file::FootprintError;

/// The exit codes, as `--help` lists them.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  anything else: an output cannot be written, an internal error
  2  usage: a wrong option, configuration or manifest, an output folder that is not empty
  3  an input cannot be read or used
  4  some sites of a batch failed
  5  answered, but registration was refused or the capacity withheld; analysis.json, or
     estimate.json, says which and why";

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Done = 0,
    Other = 1,
    Usage = 2,
    Input = 3,
    SomeFailed = 4,
    Withheld = 5,
}

impl Exit {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        self as u8
    }
}

/// Why a command failed, and the exit code for it.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    pub error: anyhow::Error,
}

impl Failure {
    /// What was typed cannot be done.
    pub fn usage(error: impl Into<anyhow::Error>) -> Self {
        Failure { exit: Exit::Usage, error: error.into() }
    }

    /// An input cannot be read or used.
    pub fn input(error: impl Into<anyhow::Error>) -> Self {
        Failure { exit: Exit::Input, error: error.into() }
    }

    /// Anything else.
    pub fn other(error: impl Into<anyhow::Error>) -> Self {
        Failure { exit: Exit::Other, error: error.into() }
    }
}

/// One line for the error, which ends with the remedy, and one for each cause that the line above does not tell.
impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut told = self.error.to_string();
        write!(f, "error: {told}")?;
        for cause in self.error.chain().skip(1).map(ToString::to_string) {
            if !told.contains(&cause) {
                write!(f, "\n  caused by: {cause}")?;
                told.push_str(&cause);
            }
        }
        Ok(())
    }
}

impl From<SiteError> for Failure {
    fn from(error: SiteError) -> Self {
        match &error {
            SiteError::Options(_)
            | SiteError::Profiles(_)
            | SiteError::OutputFolder(_)
            | SiteError::Analysis(AnalysisError::Estimate(_)) => Failure::usage(error),
            _ if error.is_input_fault() => Failure::input(error),
            _ => Failure::other(error),
        }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Failure::input(error)
    }
}

impl From<BatchError> for Failure {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::OutputFolder(_) => Failure::usage(error),
            BatchError::Write { .. } => Failure::other(error),
        }
    }
}

impl From<ManifestError> for Failure {
    fn from(error: ManifestError) -> Self {
        match error {
            ManifestError::Unreadable { .. } => Failure::input(error),
            _ => Failure::usage(error),
        }
    }
}

impl From<FootprintError> for Failure {
    fn from(error: FootprintError) -> Self {
        Failure::input(error)
    }
}

impl From<AppraisalError> for Failure {
    fn from(error: AppraisalError) -> Self {
        match &error {
            // A profile in the file is the file's fault, one on the command line that of what was typed.
            AppraisalError::Estimate(EstimateError::UnknownProfileOf { .. }) => Failure::input(error),
            AppraisalError::Estimate(_) => Failure::usage(error),
            _ => Failure::input(error),
        }
    }
}

impl From<EvaluateError> for Failure {
    fn from(error: EvaluateError) -> Self {
        match error {
            EvaluateError::NoPlaceholder { .. } => Failure::usage(error),
            _ => Failure::input(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn causes_follow_unless_they_were_told() {
        let cause = || std::io::Error::other("disk on fire");
        let told = Failure::other(anyhow::Error::from(cause()).context("cannot write x: disk on fire; free space"));
        assert_eq!(told.to_string(), "error: cannot write x: disk on fire; free space");
        let untold = Failure::other(Err::<(), _>(cause()).context("cannot write x").unwrap_err());
        assert_eq!(untold.to_string(), "error: cannot write x\n  caused by: disk on fire");
    }
}
