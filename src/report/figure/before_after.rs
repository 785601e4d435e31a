//! `before_after.png`: both dates on one grid, framed alike.

use std::path::Path;

use crate::raster::window::GridSize;
use crate::report::figure::annotated::{
    header_lines, largest_scale, legend, north, scale_bar, small_print, write_figure,
};
use crate::report::figure::lettering::Lettering;
use crate::report::figure::outlines::{Labels, Placing, draw_structures};
use crate::report::figure::picture::{Picture, draw_picture};
use crate::report::figure::scale::Scale;
use crate::report::figure::sheet::{SheetContent, lay_out};
use crate::report::structure_record::StructureRecord;
use crate::report::wording::{banner, date_of};
use crate::report::{Report, ReportError};
use crate::structure::Status;

/// A panel is enlarged until its long side has this many pixels: two of them side by side then fill a page.
const READABLE_FROM: usize = 720;

/// A sheet is at least this wide, if the caller's limit allows.
const NARROWEST: usize = 640;

/// Pictures wider than this many times their height stand one under the other.
const STACKED_FROM: f64 = 1.8;

/// Draws the figure and writes it.
///
/// The before image is warped onto the after image's grid; after a refused registration it stands on its own grid, and
/// the banner says so. New structures are outlined on the after panel alone, removed ones on the before panel alone.
pub(in crate::report) fn draw_before_after(report: &Report, path: &Path) -> Result<(), ReportError> {
    let lettering = Lettering::embedded();
    let scenes = &report.analysis.scenes;
    let limit = report.options.figure_width;
    let narrowest = NARROWEST.min(limit);
    let scale = largest_scale(scenes.after.size(), READABLE_FROM, limit, &|scale| {
        lay_out(content(report, scale, report.records.len(), true), narrowest, &lettering)
    });
    let read_after = |window, step| scenes.after.read(window, step);
    let (before, after) = rayon::join(
        || before_picture(report, scale),
        || draw_picture(scenes.after.size(), &scenes.after, scale, read_after),
    );
    let (before, after) = (before?, after?);
    let of_status = |statuses: [Status; 2]| -> Vec<&StructureRecord> {
        report.records.iter().filter(|record| statuses.contains(&record.status)).collect()
    };
    let (gone, built) = (of_status([Status::Removed, Status::Replaced]), of_status([Status::New, Status::Replaced]));
    let draw = |unlabelled: usize| {
        let content = content(report, scale, unlabelled, before.has_nodata || after.has_nodata);
        let sheet = lay_out(content, narrowest, &lettering);
        let mut canvas = sheet.draw(&[&before.pixels, &after.pixels], &lettering);
        let mut left_out = 0;
        for (records, panel) in [&gone, &built].into_iter().zip(&sheet.panels) {
            let placing = Placing { panel: *panel, scale, text_size: sheet.text_size };
            left_out += draw_structures(&mut canvas, records, Labels::Id, placing, &lettering);
        }
        (canvas, left_out)
    };
    let (mut canvas, unlabelled) = draw(0);
    if unlabelled > 0 {
        canvas = draw(unlabelled).0;
    }
    write_figure(&canvas.into_image(), path)
}

fn before_picture(report: &Report, scale: Scale) -> Result<Picture, ReportError> {
    let scenes = &report.analysis.scenes;
    let before = &scenes.before;
    Ok(match &report.analysis.seen {
        Some(seen) => {
            let alignment = seen.pair.alignment();
            draw_picture(scenes.after.size(), before, scale, |window, step| alignment.warp(before, window, step))?
        }
        None => {
            let own_scale = Scale::fitting(before.size(), scale.picture_size(scenes.after.size()));
            draw_picture(before.size(), before, own_scale, |window, step| before.read(window, step))?
        }
    })
}

fn content(report: &Report, scale: Scale, unlabelled: usize, has_nodata: bool) -> SheetContent {
    let analysis = report.analysis;
    let (before, after) = (&analysis.scenes.before, &analysis.scenes.after);
    let panel: GridSize = scale.picture_size(after.size());
    let aligned = analysis.seen.is_some();
    // A bar and an arrow would be wrong for a before panel that is not on the after grid.
    SheetContent {
        title: report.options.site.clone(),
        lines: header_lines(report).split_off(1),
        banner: banner(analysis),
        panel_titles: vec![format!("Before: {}", date_of(before)), format!("After: {}", date_of(after))],
        panel,
        stacked: panel.width as f64 >= STACKED_FROM * panel.height as f64,
        legend: legend(report, has_nodata),
        scale_bar: scale_bar(analysis, scale, panel).filter(|_| aligned),
        north: north(analysis).filter(|_| aligned),
        small_print: small_print(report, unlabelled),
    }
}
