//! Why a file cannot be read or used.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::raster::crs::CrsError;
use crate::raster::units::Meters;

/// A file that cannot be read or used. Every message names the file, what was found and the remedy.
#[derive(Debug, Error)]
pub enum LoadError {
    /// There is no such file.
    #[error("{} does not exist; check the path", path.display())]
    NotFound {
        /// The file asked for.
        path: PathBuf,
    },
    /// The file is there but cannot be opened or read.
    #[error("cannot read {}: {source}; check that it is a file and that you may read it", path.display())]
    Unreadable {
        /// The file asked for.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// The file has no content.
    #[error("{} is empty (0 bytes); fetch it again", path.display())]
    Empty {
        /// The empty file.
        path: PathBuf,
    },
    /// The file ends before its image does.
    #[error("{} is truncated: it has {found_bytes} bytes, but {reason}; fetch it again", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Its length.
        found_bytes: u64,
        /// What is missing.
        reason: String,
    },
    /// The content is no image format that can be read, whatever the file's name says.
    #[error(
        "{} is {looks_like}, not an image that can be read; convert it to PNG, JPEG, WebP, GeoTIFF or JPEG 2000",
        path.display()
    )]
    WrongType {
        /// The file.
        path: PathBuf,
        /// What its first bytes look like.
        looks_like: String,
    },
    /// An image without rows or columns.
    #[error("{} is {width} x {height} pixels: there is nothing to compare; export the image again", path.display())]
    NoPixels {
        /// The file.
        path: PathBuf,
        /// Columns.
        width: u64,
        /// Rows.
        height: u64,
    },
    /// An image in which no pixel is valid.
    #[error(
        "{} holds nothing but nodata ({looked_at} pixels looked at{}); choose another image, or clear a wrong nodata \
         value with `gdal_edit.py -unsetnodata`",
        path.display(), nodata.map(|v| format!(", nodata value {v}")).unwrap_or_default()
    )]
    AllNodata {
        /// The file.
        path: PathBuf,
        /// Pixels, or averaged blocks of pixels, that were looked at.
        looked_at: u64,
        /// The nodata value of the file.
        nodata: Option<f64>,
    },
    /// A coordinate reference system that is not known.
    #[error(
        "{}: unknown coordinate reference system {name} ({reason}); reproject with `gdalwarp -t_srs EPSG:4326` or name \
         the right one with `gdal_edit.py -a_srs EPSG:code`",
        path.display()
    )]
    UnknownCrs {
        /// The file, or its .prj.
        path: PathBuf,
        /// The name or code found.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Map coordinates that the coordinate reference system does not have.
    #[error(
        "{}: the image's centre, map point ({x}, {y}), is no place in {crs}; the file names the wrong coordinate \
         reference system: name the right one with `gdal_edit.py -a_srs EPSG:code`",
        path.display()
    )]
    OutsideCrs {
        /// The file.
        path: PathBuf,
        /// Map x of the centre.
        x: f64,
        /// Map y of the centre.
        y: f64,
        /// The system that the file names.
        crs: String,
    },
    /// A ground sampling distance that no overhead image has.
    #[error(
        "{}: a pixel measures {:.6} m on the ground, outside {} to {} m; correct the georeference with \
         `gdal_edit.py -a_srs EPSG:code` or `--gsd`",
        path.display(), gsd.0, limits.0.0, limits.1.0
    )]
    AbsurdGsd {
        /// The file.
        path: PathBuf,
        /// The distance found or given.
        gsd: Meters,
        /// Accepted range.
        limits: (Meters, Meters),
    },
    /// Bands asked for that the image lacks.
    #[error("{}: band {asked} was asked for, but the image has bands 1 to {bands}; correct `--bands`", path.display())]
    BandsOutOfRange {
        /// The file.
        path: PathBuf,
        /// The band asked for, counted from 1.
        asked: usize,
        /// Bands in the image.
        bands: usize,
    },
    /// More pixels than the limit set against decompression bombs.
    #[error(
        "{} claims {width} x {height} = {} pixels, over the limit of {limit}; {remedy}",
        path.display(), u128::from(*width) * u128::from(*height)
    )]
    TooManyPixels {
        /// The file.
        path: PathBuf,
        /// Columns.
        width: u64,
        /// Rows.
        height: u64,
        /// Most pixels accepted.
        limit: u64,
        /// What to do when the image is honest.
        remedy: &'static str,
    },
    /// A variant of a known format that cannot be read.
    #[error("{}: {what} is not supported; {remedy}", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// The variant.
        what: String,
        /// How to convert the file.
        remedy: String,
    },
    /// Content that contradicts itself or cannot be decoded.
    #[error("{} is damaged: {reason}; fetch or export it again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the decoder says.
        reason: String,
    },
}

impl LoadError {
    pub(super) fn from_io(path: &Path, source: std::io::Error) -> Self {
        match source.kind() {
            std::io::ErrorKind::NotFound => LoadError::NotFound { path: path.to_owned() },
            _ => LoadError::Unreadable { path: path.to_owned(), source },
        }
    }

    pub(super) fn from_crs(path: &Path, error: &CrsError) -> Self {
        let (name, reason) = match error {
            CrsError::UnknownCode { code } => (format!("EPSG:{code}"), "the code is in no table".to_owned()),
            CrsError::Unsupported { name, reason } => (name.clone(), reason.clone()),
            CrsError::OutsideDomain { from, .. } => (from.clone(), error.to_string()),
        };
        LoadError::UnknownCrs { path: path.to_owned(), name, reason }
    }

    pub(super) fn damaged(path: &Path, reason: impl std::fmt::Display) -> Self {
        LoadError::Damaged { path: path.to_owned(), reason: reason.to_string() }
    }

    pub(super) fn unsupported(path: &Path, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        LoadError::Unsupported { path: path.to_owned(), what: what.into(), remedy: remedy.into() }
    }
}
