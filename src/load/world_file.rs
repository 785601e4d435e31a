//! Side files: world files[^1] that place an image, and .prj files that name the coordinate reference system.
//!
//! [^1]: ESRI, "World files for raster datasets", ArcGIS documentation: six lines A, D, B, E, C, F, where C and F are
//! the centre of the top-left pixel.

use std::path::{Path, PathBuf};

use crate::load::error::LoadError;
use crate::load::opened_image::PlacedImage;
use crate::load::well_known_text::crs_from_well_known_text;
use crate::raster::geotransform::GeoTransform;

/// Longest side file read: real ones have some hundred bytes.
const LONGEST: u64 = 64 << 10;

/// The world file beside an image: first and last letter of the extension and `w`, the extension and `w`, or `.wld`.
pub(super) fn find_world_file(image: &Path) -> Option<PathBuf> {
    let extension = image.extension()?.to_str()?;
    let (first, last) = (extension.chars().next()?, extension.chars().last()?);
    let lower = [format!("{first}{last}w"), format!("{extension}w"), "wld".to_owned()].map(|e| e.to_lowercase());
    find_beside(image, &lower)
}

fn find_beside(image: &Path, extensions: &[String]) -> Option<PathBuf> {
    let spellings = extensions.iter().flat_map(|e| [e.clone(), e.to_uppercase()]);
    spellings.map(|e| image.with_extension(e)).find(|path| path.is_file())
}

/// Fills the missing parts of a georeference from the side files of an image; what the image itself says wins.
///
/// # Errors
/// [`LoadError::Damaged`] when a world file cannot be understood, [`LoadError::UnknownCrs`] when a .prj file names a
/// system that is not known.
pub(super) fn complete_from_side_files(
    image: &Path,
    mut placed: PlacedImage,
    warnings: &mut Vec<String>,
) -> Result<PlacedImage, LoadError> {
    let world_file = find_world_file(image);
    if let (None, Some(path)) = (&placed.transform, &world_file) {
        placed.transform = Some(read_world_file(path)?);
    }
    if placed.transform.is_some() && placed.crs.is_none() {
        if let Some(path) = find_beside(image, &["prj".to_owned()]) {
            let text = read_text(&path)?;
            let crs = crs_from_well_known_text(&text);
            placed.crs = Some(crs.map_err(|error| LoadError::from_crs(&path, &error))?);
        } else {
            let what = if world_file.is_some() { "the world file places it" } else { "it has a geotransform" };
            warnings.push(format!(
                "no georeference: {what}, but nothing names the coordinate reference system; put a .prj file with its \
                 well-known text beside the image"
            ));
        }
    }
    Ok(placed)
}

fn read_text(path: &Path) -> Result<String, LoadError> {
    let length = path.metadata().map_err(|e| LoadError::from_io(path, e))?.len();
    if length > LONGEST {
        return Err(LoadError::damaged(path, format!("{length} bytes are too many for a side file")));
    }
    let bytes = std::fs::read(path).map_err(|e| LoadError::from_io(path, e))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn read_world_file(path: &Path) -> Result<GeoTransform, LoadError> {
    let text = read_text(path)?;
    let numbers: Vec<f64> = text.split_whitespace().map_while(|word| word.replace(',', ".").parse().ok()).collect();
    let &[a, d, b, e, c, f, ..] = numbers.as_slice() else {
        return Err(LoadError::damaged(path, format!("a world file has six numbers, this has {}", numbers.len())));
    };
    // From the centre of the top-left pixel to its outer corner.
    let corner = [c - (a + b) / 2.0, a, b, f - (d + e) / 2.0, d, e];
    GeoTransform::from_gdal(corner).ok_or_else(|| LoadError::damaged(path, "its pixels have no area"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::point::PixelPoint;

    #[test]
    fn a_world_file_places_the_centre_of_the_first_pixel() {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("picture.JPG");
        let world = folder.path().join("picture.JGW");
        std::fs::write(&world, "0.5\n0\n0\n-0,5\n600000.25\n1400000.75\n").unwrap();
        assert_eq!(find_world_file(&image).as_deref(), Some(world.as_path()));
        let map = read_world_file(&world).unwrap().to_map(PixelPoint::from_xy(0.0, 0.0));
        assert_eq!((map.x, map.y), (600_000.0, 1_400_001.0));
        assert!(find_world_file(&folder.path().join("other.png")).is_none());
    }

    #[test]
    fn a_broken_world_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let world = folder.path().join("picture.pgw");
        std::fs::write(&world, "0.5\n0\nzero\n").unwrap();
        let message = read_world_file(&world).unwrap_err().to_string();
        assert!(message.contains("six numbers, this has 2"), "{message}");
    }
}
