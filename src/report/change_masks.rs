//! Masks of what was built and removed, from the reported outlines.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::RangeInclusive;
use std::path::Path;

use geo::{BoundingRect, Polygon};
use ndarray::Array2;

use crate::analysis::Analysis;
use crate::change::ChangeWindow;
use crate::raster::area_mask::for_each_span;
use crate::raster::window::Window;
use crate::report::{Report, ReportError, write_error};
use crate::structure::Status;

/// Rows rasterised at a time: a strip of a 20,000 px wide scene is then 5 MB.
const STRIP_ROWS: usize = 256;

/// Value of a changed pixel.
const CHANGED: u8 = 255;

/// Writes `new_structures.png`: 255 inside the outlines of new and replaced structures, 0 elsewhere and at nodata.
pub(super) fn write_new_mask(report: &Report, path: &Path) -> Result<(), ReportError> {
    write_mask(report.analysis, path, &[Status::New, Status::Replaced], |change| &change.new)
}

/// Writes `removed_structures.png`: 255 inside the outlines of removed and replaced structures, 0 elsewhere and at
/// nodata.
pub(super) fn write_removed_mask(report: &Report, path: &Path) -> Result<(), ReportError> {
    write_mask(report.analysis, path, &[Status::Removed, Status::Replaced], |change| &change.removed)
}

fn write_mask(
    analysis: &Analysis,
    path: &Path,
    statuses: &[Status],
    band: fn(&ChangeWindow) -> &Array2<f32>,
) -> Result<(), ReportError> {
    let size = analysis.scenes.after.size();
    let failed = |error: png::EncodingError| write_error(path, error);
    let file = File::create(path).map_err(|error| write_error(path, error))?;
    let mut encoder = png::Encoder::new(BufWriter::new(file), size.width as u32, size.height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    // Masks are long runs of equal bytes, which no filter makes shorter.
    encoder.set_filter(png::Filter::NoFilter);
    let mut header = encoder.write_header().map_err(failed)?;
    let mut writer = header.stream_writer().map_err(failed)?;
    let outlines = outlines_by_rows(analysis, statuses);
    for strip in size.strips(STRIP_ROWS) {
        let mask = rasterize_strip(analysis, &outlines, strip, band)?;
        let bytes = mask.as_slice().expect("invariant: fresh arrays are contiguous");
        writer.write_all(bytes).map_err(|error| write_error(path, error))?;
    }
    writer.finish().map_err(failed)?;
    header.finish().map_err(failed)
}

fn outlines_by_rows<'a>(analysis: &'a Analysis, statuses: &[Status]) -> Vec<(RangeInclusive<f64>, &'a Polygon<f64>)> {
    let structures = analysis.structures.iter().map(|measured| &measured.structure);
    let wanted = structures.filter(|structure| statuses.contains(&structure.status));
    wanted
        .filter_map(|structure| {
            let bounds = structure.outline.bounding_rect()?;
            Some((bounds.min().y..=bounds.max().y, &structure.outline))
        })
        .collect()
}

fn rasterize_strip(
    analysis: &Analysis,
    outlines: &[(RangeInclusive<f64>, &Polygon<f64>)],
    strip: Window,
    band: fn(&ChangeWindow) -> &Array2<f32>,
) -> Result<Array2<u8>, ReportError> {
    let mut mask = Array2::zeros((strip.height, strip.width));
    let mut drawn = false;
    for (rows, outline) in outlines {
        if *rows.start() < strip.bottom() as f64 && *rows.end() > strip.row as f64 {
            drawn = true;
            for_each_span(outline, strip, |row, cols| {
                mask.slice_mut(ndarray::s![row, cols]).fill(CHANGED);
            });
        }
    }
    if let Some(seen) = analysis.seen.as_ref().filter(|_| drawn) {
        let change = seen.change.read(strip)?;
        ndarray::Zip::from(&mut mask).and(band(&change)).for_each(|pixel, &probability| {
            if probability < 0.0 {
                *pixel = 0;
            }
        });
    }
    Ok(mask)
}
