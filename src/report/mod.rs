//! Writes what an analyst publishes.
//!
//! Everything is made in a staging folder inside the output folder and moved to its final name at the end, so that a
//! run that fails or is killed leaves nothing half-written under a name that others read.

mod analysis_json;
mod appraisal_report;
mod change_masks;
mod figure;
mod probability_tiff;
mod staging;
mod structure_record;
mod structures_csv;
mod structures_geojson;
mod summary_csv;
mod wording;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use thiserror::Error;

use crate::analysis::Analysis;
use crate::change::StoreError;
use crate::observer::{Observer, Stage};
use crate::raster::crs::CrsError;
use crate::raster::geotiff_write::GeoTiffWriteError;
pub use crate::report::appraisal_report::{appraisal_json, write_appraisal};
use crate::report::figure::annotated::draw_annotated;
use crate::report::figure::before_after::draw_before_after;
use crate::report::staging::Staging;
use crate::report::structure_record::StructureRecord;
pub use crate::report::structures_csv::STRUCTURE_COLUMNS;
pub use crate::report::summary_csv::SUMMARY_COLUMNS;
use crate::scene::ReadError;

pub use crate::report::staging::check_output_folder;
pub use crate::report::wording::{CAVEATS, SMALL_CAVEAT};

/// Longest side of a figure unless the caller asks for another, in pixels: prints at 300 dpi across an A3 page.
pub const DEFAULT_FIGURE_WIDTH: usize = 4096;

/// Smallest figure in which title, legend and scale bar stay readable at the smallest text size.
pub const SMALLEST_FIGURE_WIDTH: usize = 480;

/// What the caller adds to the analysis.
#[derive(Clone, Debug)]
pub struct ReportOptions {
    /// Name of the site, for titles and tables.
    pub site: String,
    /// Who owns the imagery, for the figures' small print.
    pub credit: Option<String>,
    /// Longest side of a figure, pixels; at least [`SMALLEST_FIGURE_WIDTH`].
    pub figure_width: usize,
    /// Text of `options.toml`: every option as it was resolved.
    pub options_toml: String,
    /// Replace files of an earlier run.
    pub overwrite: bool,
}

impl Default for ReportOptions {
    fn default() -> Self {
        ReportOptions {
            site: "site".to_owned(),
            credit: None,
            figure_width: DEFAULT_FIGURE_WIDTH,
            options_toml: String::new(),
            overwrite: false,
        }
    }
}

/// Why nothing was published.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The output folder holds files.
    #[error(
        "the output folder {} is not empty (it holds {found}); choose another or pass --overwrite", folder.display()
    )]
    OutputNotEmpty {
        /// The folder.
        folder: PathBuf,
        /// A file it holds.
        found: String,
    },
    /// The output folder's name belongs to a file.
    #[error("{} is not a folder; choose another name for the output folder", path.display())]
    NotAFolder {
        /// What stands there.
        path: PathBuf,
    },
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system or the encoder says.
        #[source]
        source: std::io::Error,
    },
    /// The figures asked for are too small to be read.
    #[error("a figure of {found} px cannot be read; pass --figure-width {required} or more")]
    FigureTooSmall {
        /// Pixels asked for.
        found: usize,
        /// Fewest accepted.
        required: usize,
    },
    /// `probability.tif` could not be written.
    #[error(transparent)]
    GeoTiff(#[from] GeoTiffWriteError),
    /// An image could not be read again for the figures.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The change map could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An outline could not be brought to WGS 84.
    #[error(transparent)]
    Crs(#[from] CrsError),
}

/// Everything a file of the report is made from.
struct Report<'a> {
    analysis: &'a Analysis,
    options: &'a ReportOptions,
    records: Vec<StructureRecord<'a>>,
}

/// Makes one file of the report at a path in the staging folder.
type MakeFile = fn(&Report, &Path) -> Result<(), ReportError>;

/// The files of a report, in the order in which they are made; the order of publication is the same, so that
/// `analysis.json` stands there only when all the others do.
const FILES: [(&str, MakeFile); 10] = [
    ("new_structures.png", change_masks::write_new_mask),
    ("removed_structures.png", change_masks::write_removed_mask),
    ("probability.tif", probability_tiff::write_probability),
    ("annotated.png", draw_annotated),
    ("before_after.png", draw_before_after),
    ("structures.csv", structures_csv::write_structures),
    ("summary.csv", summary_csv::write_summary),
    ("structures.geojson", structures_geojson::write_outlines),
    ("options.toml", write_options),
    ("analysis.json", analysis_json::write_analysis),
];

/// Writes every file of the report into a folder and returns their paths.
///
/// - Input: the analysis; a folder, made if it does not exist.
/// - Output: the masks and `probability.tif` on the after image's grid, written by strips and tiles; figures of at most
///   `options.figure_width`; tables; `structures.geojson` on WGS 84 where the after image is georeferenced, else in
///   pixels; `analysis.json` last. After a refused registration the masks are empty, the probabilities nodata and the
///   tables without structures.
/// - Equal input gives equal bytes: no file holds the time of writing.
///
/// # Errors
/// [`ReportError::OutputNotEmpty`] and [`ReportError::NotAFolder`] as [`check_output_folder`];
/// [`ReportError::FigureTooSmall`]; [`ReportError::Write`] and [`ReportError::GeoTiff`] when a file cannot be written;
/// [`ReportError::Read`] and [`ReportError::Store`] when images or probabilities cannot be read again;
/// [`ReportError::Crs`] when an outline leaves the domain of the projection. After any of them nothing new stands under
/// a final name, unless moving the finished files itself was what failed.
pub fn write_report(
    analysis: &Analysis,
    out: &Path,
    options: &ReportOptions,
    observer: &dyn Observer,
) -> Result<Vec<PathBuf>, ReportError> {
    check_output_folder(out, options.overwrite)?;
    if options.figure_width < SMALLEST_FIGURE_WIDTH {
        return Err(ReportError::FigureTooSmall { found: options.figure_width, required: SMALLEST_FIGURE_WIDTH });
    }
    observer.stage_started(Stage::Report);
    let report = Report { analysis, options, records: StructureRecord::of_analysis(analysis, &options.site) };
    let staging = Staging::inside(out)?;
    let done = AtomicUsize::new(0);
    // One by one, or the two figures, which take longest, would fall to the same thread.
    FILES.par_iter().with_max_len(1).try_for_each(|(name, make)| {
        make(&report, &staging.path(name))?;
        observer.progressed(Stage::Report, done.fetch_add(1, Ordering::Relaxed) + 1, FILES.len());
        Ok::<(), ReportError>(())
    })?;
    staging.publish(&FILES.map(|(name, _)| name))
}

fn write_options(report: &Report, path: &Path) -> Result<(), ReportError> {
    std::fs::write(path, &report.options.options_toml).map_err(|source| write_error(path, source))
}

fn write_error(path: &Path, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ReportError {
    ReportError::Write { path: path.to_owned(), source: std::io::Error::other(source) }
}
