//! `annotated.png`: the after image with every structure outlined and numbered.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use image::{ImageEncoder, RgbImage};

use crate::analysis::Analysis;
use crate::raster::point::PixelShift;
use crate::raster::units::Meters;
use crate::raster::window::GridSize;
use crate::report::figure::lettering::Lettering;
use crate::report::figure::marginalia::ScaleBar;
use crate::report::figure::outlines::{Labels, Placing, draw_structures};
use crate::report::figure::picture::draw_picture;
use crate::report::figure::scale::Scale;
use crate::report::figure::sheet::{LegendEntry, LegendSign, Sheet, SheetContent, lay_out, longest_bar};
use crate::report::structure_record::StructureRecord;
use crate::report::wording::{SMALL_CAVEAT, alignment, banner, date_of, findings, gsd};
use crate::report::{Report, ReportError, write_error};
use crate::structure::Status;

/// A picture is enlarged until its long side has this many pixels: less looks poor on a page 800 px wide.
const READABLE_FROM: usize = 1000;

/// A sheet is at least this wide, if the caller's limit allows: room for the title beside a narrow picture.
const NARROWEST: usize = 640;

/// Draws the figure and writes it.
pub(in crate::report) fn draw_annotated(report: &Report, path: &Path) -> Result<(), ReportError> {
    let lettering = Lettering::embedded();
    let after = &report.analysis.scenes.after;
    let limit = report.options.figure_width;
    // Labels that find no room are counted once the scale is known, and told in the small print: hence the two layouts.
    let content = |scale: Scale| content(report, scale, 0, true);
    let scale = largest_scale(after.size(), READABLE_FROM, limit, &|scale| {
        lay_out(content(scale), NARROWEST.min(limit), &lettering)
    });
    let picture = draw_picture(after.size(), after, scale, |window, step| after.read(window, step))?;
    let records: Vec<&StructureRecord> = report.records.iter().collect();
    let draw = |unlabelled: usize| {
        let content = self::content(report, scale, unlabelled, picture.has_nodata);
        let sheet = lay_out(content, NARROWEST.min(limit), &lettering);
        let mut canvas = sheet.draw(&[&picture.pixels], &lettering);
        let placing = Placing { panel: sheet.panels[0], scale, text_size: sheet.text_size };
        let left_out = draw_structures(&mut canvas, &records, Labels::IdAndKind, placing, &lettering);
        (canvas, left_out)
    };
    let (mut canvas, unlabelled) = draw(0);
    if unlabelled > 0 {
        canvas = draw(unlabelled).0;
    }
    write_figure(&canvas.into_image(), path)
}

fn content(report: &Report, scale: Scale, unlabelled: usize, has_nodata: bool) -> SheetContent {
    let analysis = report.analysis;
    let panel = scale.picture_size(analysis.scenes.after.size());
    SheetContent {
        title: report.options.site.clone(),
        lines: header_lines(report),
        banner: banner(analysis),
        panel_titles: vec![String::new()],
        panel,
        stacked: false,
        legend: legend(report, has_nodata),
        scale_bar: scale_bar(analysis, scale, panel),
        north: north(analysis),
        small_print: small_print(report, unlabelled),
    }
}

/// Dates and findings.
pub(super) fn header_lines(report: &Report) -> Vec<String> {
    let scenes = &report.analysis.scenes;
    let dates = format!("Before: {}  ·  After: {}", date_of(&scenes.before), date_of(&scenes.after));
    vec![dates, findings(report.analysis, &report.records)]
}

/// The statuses that occur, and nodata where there is some.
pub(super) fn legend(report: &Report, has_nodata: bool) -> Vec<LegendEntry> {
    let occurs = |status: &Status| report.records.iter().any(|record| record.status == *status);
    let mut entries: Vec<_> = [Status::New, Status::Replaced, Status::Removed]
        .into_iter()
        .filter(occurs)
        .map(|status| {
            let text = match status {
                Status::New => "new",
                Status::Removed => "removed",
                Status::Replaced => "new in place of a removed one",
            };
            LegendEntry { sign: LegendSign::Line(status), text: text.to_owned() }
        })
        .collect();
    if has_nodata {
        entries.push(LegendEntry { sign: LegendSign::Nodata, text: "no image".to_owned() });
    }
    entries
}

/// A bar for pictures of this size, where a pixel's size is known.
pub(super) fn scale_bar(analysis: &Analysis, scale: Scale, panel: GridSize) -> Option<ScaleBar> {
    ScaleBar::round(analysis.frame.as_ref()?, scale.factor(), longest_bar(panel))
}

/// Where true north lies, where a georeference tells.
pub(super) fn north(analysis: &Analysis) -> Option<PixelShift> {
    let frame = analysis.frame.as_ref().filter(|frame| frame.is_oriented())?;
    Some(frame.to_pixels(Meters(0.0), Meters(1.0)))
}

/// Credit, method and caveat.
pub(super) fn small_print(report: &Report, unlabelled: usize) -> Vec<String> {
    let analysis = report.analysis;
    let mut method = vec![gsd(analysis), alignment(analysis)];
    if let Some(seen) = &analysis.seen {
        method.push(format!("Detector: {}", seen.change.detector()));
    }
    method.push(format!("Made with sitedelta {}", env!("CARGO_PKG_VERSION")));
    if unlabelled > 0 {
        method.push(format!("{unlabelled} ids left out for want of room, see structures.csv"));
    }
    let mut lines = vec![SMALL_CAVEAT.to_owned(), format!("{}.", method.join(". "))];
    if let Some(credit) = &report.options.credit {
        lines.push(format!("Imagery: {credit}"));
    }
    lines
}

/// The largest scale at which the whole sheet keeps to the limit; the smallest there is where none does.
pub(super) fn largest_scale(
    size: GridSize,
    readable_from: usize,
    limit: usize,
    sheet_at: &dyn Fn(Scale) -> Sheet,
) -> Scale {
    let long_side = size.height.max(size.width);
    // A picture of one pixel ends the search: text alone may be higher than the limit.
    let mut scales = Scale::falling(size, readable_from).take_while(|scale| scale.step <= long_side.max(1));
    let fits = |scale: &Scale| {
        let picture = scale.picture_size(size);
        picture.height.max(picture.width) <= limit && {
            let sheet = sheet_at(*scale).size;
            sheet.height.max(sheet.width) <= limit
        }
    };
    scales.find(fits).unwrap_or(Scale { step: long_side.max(1), enlarge: 1 })
}

/// Writes a figure as PNG.
pub(super) fn write_figure(figure: &RgbImage, path: &Path) -> Result<(), ReportError> {
    let file = File::create(path).map_err(|error| write_error(path, error))?;
    let encoder = image::codecs::png::PngEncoder::new(BufWriter::new(file));
    let (width, height) = figure.dimensions();
    encoder
        .write_image(figure.as_raw(), width, height, image::ExtendedColorType::Rgb8)
        .map_err(|error| write_error(path, error))
}
