//! Writes a rendered pair: images, masks, truth and its scene file.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use geotiff_writer::{Compression, GeoKeyValue, GeoTiffBuilder, PhotometricInterpretation, Predictor};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use ndarray::{Array2, Array3};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::raster::Raster;
use crate::raster::crs::CrsError;
use crate::simulate::description::PairDescription;
use crate::simulate::scene_file::scene_file_text;
use crate::simulate::truth::Truth;
use crate::simulate::truth_files::{truth_features, truth_table};

/// How images are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageFormat {
    /// PNG, without a place on the earth.
    #[default]
    Png,
    /// GeoTIFF, Deflate with horizontal predictor, tiles of 256 pixels.
    GeoTiff,
}

impl ImageFormat {
    /// The extension of its files.
    pub fn extension(self) -> &'static str {
        match self {
            ImageFormat::Png => "png",
            ImageFormat::GeoTiff => "tif",
        }
    }
}

/// A rendered pair and the truth about it.
#[derive(Clone, Debug)]
pub struct RenderedPair {
    /// What was rendered.
    pub description: PairDescription,
    /// The earlier image: red, green, blue, 0 to 255, whole numbers.
    pub before: Raster,
    /// The later image; its grid is that of the truth.
    pub after: Raster,
    /// What is really there.
    pub truth: Truth,
}

/// A pair that could not be written.
#[derive(Debug, Error)]
pub enum WriteError {
    /// A file or folder cannot be made.
    #[error("cannot write {}: {source}; check the disk and its permissions", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// An image cannot be encoded.
    #[error("cannot encode {name}: {reason}")]
    Encode {
        /// The image.
        name: String,
        /// What the encoder says.
        reason: String,
    },
    /// The scene's place on the earth cannot be used.
    #[error(transparent)]
    Place(#[from] CrsError),
}

/// Written into every GeoTIFF as its citation.
const CITATION: &str = "SYNTHETIC image rendered by sitedelta simulate";

/// Writes before and after, masks, truth.geojson, truth.csv and scene.toml into a folder, which is made.
///
/// Masks are 8-bit PNG, 255 where true, on the after grid: buildings_before, buildings_after, new_structures,
/// removed_structures. Every file appears under its name only when it is complete.
///
/// # Errors
/// [`WriteError::Io`] when a file cannot be made, [`WriteError::Encode`] when an image cannot be encoded,
/// [`WriteError::Place`] when the scene's EPSG code cannot be used.
pub fn write_pair(pair: &RenderedPair, folder: &Path, format: ImageFormat) -> Result<(), WriteError> {
    std::fs::create_dir_all(folder).map_err(|source| WriteError::Io { path: folder.to_owned(), source })?;
    let description = &pair.description;
    for (name, image) in [("before", &pair.before), ("after", &pair.after)] {
        let file = format!("{name}.{}", format.extension());
        let bytes = match format {
            ImageFormat::Png => encode_png(&file, image)?,
            ImageFormat::GeoTiff => encode_geotiff(&file, image, description)?,
        };
        place_file(folder, &file, &bytes)?;
    }
    let truth = &pair.truth;
    let masks = [
        ("buildings_before.png", &truth.buildings_before),
        ("buildings_after.png", &truth.buildings_after),
        ("new_structures.png", &truth.new),
        ("removed_structures.png", &truth.removed),
    ];
    for (file, mask) in masks {
        place_file(folder, file, &encode_mask(file, mask)?)?;
    }
    place_file(folder, "truth.csv", &truth_table(description, truth))?;
    place_file(folder, "truth.geojson", &truth_features(description, truth)?)?;
    place_file(folder, "scene.toml", scene_file_text(description).as_bytes())
}

/// Writes a file under a temporary name and then gives it its own.
pub(super) fn place_file(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
    let path = folder.join(name);
    let failed = |source| WriteError::Io { path: path.clone(), source };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    std::io::Write::write_all(&mut file, bytes).map_err(failed)?;
    share_with_others(file.as_file()).map_err(failed)?;
    file.persist(&path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Temporary files are made private; a result is not.
#[cfg(unix)]
fn share_with_others(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn share_with_others(_file: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

/// The samples of an image, (height, width, 3), contiguous.
pub(super) fn interleaved(image: &Raster) -> Array3<u8> {
    let rows = image.samples().permuted_axes([1, 2, 0]).mapv(|v| v.round().clamp(0.0, 255.0) as u8);
    rows.as_standard_layout().into_owned()
}

fn encode_png(name: &str, image: &Raster) -> Result<Vec<u8>, WriteError> {
    let samples = interleaved(image);
    let samples = samples.as_slice().expect("invariant: standard layout");
    encode_samples(name, samples, image.size().width, image.size().height, ExtendedColorType::Rgb8)
}

fn encode_mask(name: &str, mask: &Array2<bool>) -> Result<Vec<u8>, WriteError> {
    let samples: Vec<u8> = mask.iter().map(|&inside| if inside { 255 } else { 0 }).collect();
    let (height, width) = mask.dim();
    encode_samples(name, &samples, width, height, ExtendedColorType::L8)
}

fn encode_samples(
    name: &str,
    samples: &[u8],
    width: usize,
    height: usize,
    color: ExtendedColorType,
) -> Result<Vec<u8>, WriteError> {
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive)
        .write_image(samples, width as u32, height as u32, color)
        .map_err(|error| WriteError::Encode { name: name.to_owned(), reason: error.to_string() })?;
    Ok(bytes)
}

fn encode_geotiff(name: &str, image: &Raster, description: &PairDescription) -> Result<Vec<u8>, WriteError> {
    let size = image.size();
    let samples = interleaved(image);
    let mut builder = GeoTiffBuilder::new(size.width as u32, size.height as u32)
        .bands(3)
        .photometric(PhotometricInterpretation::Rgb)
        .compression(Compression::Deflate)
        .predictor(Predictor::Horizontal)
        .deflate_level(9)
        .tile_size(256, 256)
        .geokey(GT_CITATION, GeoKeyValue::Ascii(CITATION.to_owned()));
    if let Some(place) = description.georeference {
        builder =
            builder.epsg(place.epsg).pixel_scale(description.gsd_m, description.gsd_m).origin(place.left, place.top);
    }
    let mut bytes = Cursor::new(Vec::new());
    builder
        .write_3d_to(&mut bytes, samples.view())
        .map_err(|error| WriteError::Encode { name: name.to_owned(), reason: error.to_string() })?;
    Ok(bytes.into_inner())
}

/// GTCitationGeoKey (OGC GeoTIFF 1.1, 7.4).
const GT_CITATION: u16 = 1026;
