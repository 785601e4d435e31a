//! How much of a prediction's image was looked at.

use std::path::Path;

use tiff_reader::TiffFile;

use crate::change::NODATA_PROBABILITY;
use crate::evaluate::EvaluateError;
use crate::raster::window::GridSize;

/// Side of the tiles in which a probability map is read: 4 MB a tile.
const TILE_PX: usize = 1024;

/// Counts the pixels of the first band of a probability map that are not nodata.
///
/// # Errors
/// [`EvaluateError::Unreadable`] when the file is no TIFF of 32-bit floats, [`EvaluateError::SizeMismatch`] when it is
/// not on the mask's grid.
pub(super) fn count_valid_pixels(path: &Path, required: GridSize) -> Result<usize, EvaluateError> {
    let unreadable = |error: tiff_reader::error::Error| EvaluateError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let file = TiffFile::open(path).map_err(unreadable)?;
    let directory = file.ifd(0).map_err(unreadable)?;
    let found = GridSize { height: directory.height() as usize, width: directory.width() as usize };
    if found != required {
        return Err(EvaluateError::SizeMismatch { path: path.to_owned(), found, required });
    }
    let mut valid = 0;
    for tile in found.tiles(TILE_PX) {
        let values =
            file.read_band_window::<f32>(0, 0, tile.row, tile.col, tile.height, tile.width).map_err(unreadable)?;
        valid += values.iter().filter(|&&probability| probability != NODATA_PROBABILITY).count();
    }
    Ok(valid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geotiff_writer::GeoTiffBuilder;
    use ndarray::Array3;

    #[test]
    fn nodata_of_the_first_band_is_left_out() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("probability.tif");
        // The left 10 columns are nodata in band 1; band 2 is valid throughout.
        let map =
            Array3::from_shape_fn((30, 1100, 2), |(_, col, band)| if band == 0 && col < 10 { -1.0f32 } else { 0.5 });
        GeoTiffBuilder::new(1100, 30).bands(2).nodata("-1").write_3d(&path, map.view()).unwrap();
        assert_eq!(count_valid_pixels(&path, GridSize { height: 30, width: 1100 }).unwrap(), 30 * 1090);
        let error = count_valid_pixels(&path, GridSize { height: 30, width: 1000 }).unwrap_err();
        assert!(matches!(error, EvaluateError::SizeMismatch { .. }), "{error}");
        std::fs::write(&path, b"II*").unwrap();
        let error = count_valid_pixels(&path, GridSize { height: 30, width: 1100 }).unwrap_err();
        assert!(matches!(error, EvaluateError::Unreadable { .. }), "{error}");
    }
}
