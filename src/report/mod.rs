//! Writes what an analyst publishes.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::analysis::Analysis;
use crate::observer::Observer;

/// Longest side of a figure.
pub const DEFAULT_FIGURE_WIDTH: usize = 4096;

/// Smallest figure.
pub const SMALLEST_FIGURE_WIDTH: usize = 480;

/// What to write.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct ReportOptions {
    pub site: String,
    pub credit: Option<String>,
    pub figure_width: usize,
    pub options_toml: String,
    pub overwrite: bool,
}

/// Outputs that cannot be written.
#[derive(Debug, Error)]
#[error("cannot write")]
pub struct ReportError;

/// Writes every output.
pub fn write_report(
    _analysis: &Analysis,
    _out: &Path,
    _options: &ReportOptions,
    _observer: &dyn Observer,
) -> Result<Vec<PathBuf>, ReportError> {
    unimplemented!()
}

/// Checks that outputs may go to a folder.
pub fn check_output_folder(_out: &Path, _overwrite: bool) -> Result<(), ReportError> {
    Ok(())
}
