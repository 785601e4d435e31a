//! Opens image files as scenes.
//!
//! Formats are told by content, not by name. TIFF, GeoTIFF, COG and BigTIFF are read by window and overview; PNG, JPEG,
//! WebP and JPEG 2000, which cannot be, are decoded once and kept in their own sample type.

mod acquisition;
mod error;
mod file_type;
pub mod footprint_file;
mod footprint_properties;
mod geo_keys;
mod geojson_coordinates;
mod interleaved;
mod jpeg2000;
mod opened_image;
mod pairing;
mod proj_definition;
pub mod region_file;
mod survey;
mod tiff_channels;
mod tiff_file;
mod tiff_pixels;
mod well_known_text;
mod whole_image;
mod world_file;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use crate::load::error::LoadError;
use crate::load::file_type::{FileType, HEAD_BYTES, sniff_file_type};
use crate::load::jpeg2000::open_jpeg2000;
use crate::load::opened_image::OpenedImage;
pub use crate::load::pairing::{PairError, pair_scenes};
use crate::load::survey::survey_scene;
use crate::load::tiff_file::open_tiff;
use crate::load::whole_image::open_whole_image;
use crate::load::world_file::{complete_from_side_files, find_world_file};
use crate::raster::crs::Georeference;
use crate::raster::ground_frame::GroundFrame;
use crate::raster::point::PixelPoint;
use crate::raster::units::Meters;
use crate::raster::window::GridSize;
use crate::scene::{Scene, SceneDescription};

/// Ground sampling distances that are believed: a millimetre (close-range photographs) to ten kilometres (weather
/// satellites). Anything else is a georeference in the wrong unit.
const GSD_LIMITS: (Meters, Meters) = (Meters(0.001), Meters(10_000.0));
/// Share by which a distance given by the user may differ from the georeference before it is worth a warning; set by
/// the design of `--gsd`.
const GSD_TOLERANCE: f64 = 0.05;

/// What the user knows of a file, and the limits set against hostile ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadOptions {
    /// Ground sampling distance, for a file that does not tell it; a georeference wins over it.
    pub gsd: Option<Meters>,
    /// Bands shown as red, green and blue, counted from 1.
    pub bands: Option<[usize; 3]>,
    /// Most pixels accepted in a format that must be decoded whole.
    pub max_pixels: u64,
}

impl Default for LoadOptions {
    fn default() -> Self {
        LoadOptions { gsd: None, bands: None, max_pixels: 500_000_000 }
    }
}

/// Opens an image.
///
/// - Pixels stay in DN. The nodata mask joins the file's nodata value (in all bands), its opacity or mask, and samples
///   that are not finite numbers.
/// - Place: the file's own georeference, then world file and .prj beside it. A world file without .prj does not count:
///   its unit would be a guess. Resolution tags (dots per inch) are no ground sampling distance and are not read.
/// - 8-bit samples are displayed from 0 to 255, others from the 2nd to the 98th percentile of the whole scene.
///
/// Misleads where tags are wrong: acquisition dates from a TIFF's `DateTime`, red, green and blue assumed by number of
/// bands; each such assumption is a warning in the description.
///
/// # Errors
/// [`LoadError`]: not found or readable, empty, truncated, of another type, damaged, of an unsupported variant, without
/// pixels or with nothing but nodata, over the limit of pixels, in an unknown coordinate reference system or outside
/// it, of absurd resolution, or without the bands asked for.
pub fn load_scene(path: &Path, options: &LoadOptions) -> Result<Scene, LoadError> {
    let opened = match file_type_of(path)? {
        FileType::Tiff => open_tiff(path)?,
        FileType::Jpeg2000 => open_jpeg2000(path, options)?,
        FileType::Other(looks_like) => {
            return Err(LoadError::WrongType { path: path.to_owned(), looks_like: looks_like.to_owned() });
        }
        whole => open_whole_image(path, whole, options, find_world_file(path).is_some())?,
    };
    describe_scene(path, options, opened)
}

fn describe_scene(path: &Path, options: &LoadOptions, mut opened: OpenedImage) -> Result<Scene, LoadError> {
    let placed = complete_from_side_files(path, opened.placed, &mut opened.warnings)?;
    let georeference = placed.transform.zip(placed.crs).map(|(transform, crs)| Georeference { transform, crs });
    let gsd = check_ground(path, options, georeference.as_ref(), opened.size, &mut opened.warnings)?;
    let visible = choose_visible(path, options, opened.visible, opened.bands)?;
    let (size, bands) = (opened.size, opened.bands);
    let survey = survey_scene(&*opened.source, size, bands, opened.sample_type, opened.coarsest_factor)
        .map_err(|error| LoadError::damaged(path, error.reason))?;
    if survey.valid == 0 {
        let looked_at = survey.looked_at as u64;
        return Err(LoadError::AllNodata { path: path.to_owned(), looked_at, nodata: opened.nodata });
    }
    let description = SceneDescription {
        name: path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        path: Some(path.to_owned()),
        format: opened.format,
        size,
        bands,
        sample_type: opened.sample_type,
        visible,
        georeference,
        gsd,
        acquisition: opened.acquisition,
        nodata: opened.nodata,
        stretch: survey.stretch,
        sha256: Some(sha256_of(path)?),
        warnings: opened.warnings,
    };
    Ok(Scene::new(description, opened.source))
}

fn file_type_of(path: &Path) -> Result<FileType, LoadError> {
    let failed = |error| LoadError::from_io(path, error);
    let file = File::open(path).map_err(failed)?;
    let mut head = Vec::new();
    file.take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(failed)?;
    match head.is_empty() {
        true => Err(LoadError::Empty { path: path.to_owned() }),
        false => Ok(sniff_file_type(&head)),
    }
}

/// Checks the resolution; the distance to describe, for an image without georeference.
fn check_ground(
    path: &Path,
    options: &LoadOptions,
    georeference: Option<&Georeference>,
    size: GridSize,
    warnings: &mut Vec<String>,
) -> Result<Option<Meters>, LoadError> {
    let believed = |gsd: Meters| match (GSD_LIMITS.0..=GSD_LIMITS.1).contains(&gsd) {
        true => Ok(gsd),
        false => Err(LoadError::AbsurdGsd { path: path.to_owned(), gsd, limits: GSD_LIMITS }),
    };
    let given = options.gsd.map(believed).transpose()?;
    let Some(georeference) = georeference else { return Ok(given) };
    let center = PixelPoint::from_xy(size.width as f64 / 2.0, size.height as f64 / 2.0);
    let map = georeference.transform.to_map(center);
    let outside =
        || LoadError::OutsideCrs { path: path.to_owned(), x: map.x, y: map.y, crs: georeference.crs.name().to_owned() };
    let place = georeference.to_lonlat(center).map_err(|_| outside())?;
    if place.lat.abs() > 90.0 || place.lon.abs() > 360.0 {
        return Err(outside());
    }
    let frame = GroundFrame::from_georeference(georeference, size).map_err(|_| outside())?;
    let found = believed(frame.gsd())?;
    if let Some(given) = given.filter(|given| (given.0 / found.0 - 1.0).abs() > GSD_TOLERANCE) {
        warnings.push(format!(
            "a ground sampling distance of {given} was given, but the georeference says {found}, which is used"
        ));
    }
    Ok(None)
}

fn choose_visible(
    path: &Path,
    options: &LoadOptions,
    found: [usize; 3],
    bands: usize,
) -> Result<[usize; 3], LoadError> {
    let Some(asked) = options.bands else { return Ok(found) };
    match asked.into_iter().find(|&band| band == 0 || band > bands) {
        Some(asked) => Err(LoadError::BandsOutOfRange { path: path.to_owned(), asked, bands }),
        None => Ok(asked.map(|band| band - 1)),
    }
}

fn sha256_of(path: &Path) -> Result<String, LoadError> {
    let failed = |error| LoadError::from_io(path, error);
    let mut file = File::open(path).map_err(failed)?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => break,
            read => hasher.update(&buffer[..read]),
        }
    }
    Ok(hexadecimal(&hasher.finalize()))
}

fn sha256_of_bytes(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
