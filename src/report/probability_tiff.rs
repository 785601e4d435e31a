//! `probability.tif`: how surely each pixel changed.

use std::path::Path;

use ndarray::{Axis, stack};

use crate::change::NODATA_PROBABILITY;
use crate::raster::geotiff_write::{GeoTiffLayout, GeoTiffWriter, StoredSample};
use crate::report::{Report, ReportError};

/// Writes the probabilities of new (band 1) and removed (band 2) structures on the after image's grid and place;
/// nodata is -1, everywhere after a refused registration.
pub(super) fn write_probability(report: &Report, path: &Path) -> Result<(), ReportError> {
    let after = &report.analysis.scenes.after;
    let layout = GeoTiffLayout {
        size: after.size(),
        bands: 2,
        sample: StoredSample::F32,
        nodata: Some(f64::from(NODATA_PROBABILITY)),
        georeference: after.description().georeference.clone(),
        color: false,
    };
    let mut writer = GeoTiffWriter::create(path, layout)?;
    if let Some(seen) = &report.analysis.seen {
        for tile in writer.tiles() {
            let change = seen.change.read(tile)?;
            let bands = stack(Axis(0), &[change.new.view(), change.removed.view()])
                .expect("invariant: both bands have the tile's size");
            writer.write_tile(tile, bands.view())?;
        }
    }
    Ok(writer.finish()?)
}
