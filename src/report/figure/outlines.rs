//! Structures drawn on a picture: thin outlines and short labels.

use geo::LineString;

use crate::raster::point::{PixelPoint, PixelShift};
use crate::raster::window::Window;
use crate::report::figure::canvas::Canvas;
use crate::report::figure::label_placement::{LabelPlace, LabelRequest, place_labels};
use crate::report::figure::lettering::{CAP_HEIGHT, Lettering, TextStyle, Weight};
use crate::report::figure::palette::{is_dashed, status_color};
use crate::report::figure::scale::Scale;
use crate::report::figure::stroke::{Stroke, draw_stroke};
use crate::report::structure_record::StructureRecord;
use crate::report::wording::hedged_kind;
use crate::structure::Status;

/// A line is this part of the sheet's body text: 1.4 px, where it is thinnest, to 4 px on a sheet of 4,096 px. Chosen by
/// eye, November 2026.
const LINE_SHARE: f64 = 1.0 / 16.0;
const THINNEST_LINE: f64 = 1.4;

/// The same for the em square of labels.
const LABEL_SHARE: f64 = 0.8;

/// From more structures than these a label is only its id: words would hide the picture.
const MOST_WORDED: usize = 12;

/// What labels say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    /// The id.
    Id,
    /// The id, and what a new structure may be while there are few of them.
    IdAndKind,
}

/// Where and at which scale an image stands in a figure.
#[derive(Clone, Copy, Debug)]
pub struct Placing {
    /// The part of the figure that the image fills.
    pub panel: Window,
    /// From image pixels to picture pixels.
    pub scale: Scale,
    /// Em square of the sheet's body text, figure pixels.
    pub text_size: f64,
}

impl Placing {
    fn to_figure(self, x: f64, y: f64) -> PixelPoint {
        let corner = PixelShift::from_xy(self.panel.col as f64, self.panel.row as f64);
        self.scale.to_picture(PixelPoint::from_xy(x, y)).moved(corner)
    }

    fn ring(self, line: &LineString<f64>) -> Vec<PixelPoint> {
        let open = line.0.len().saturating_sub(usize::from(line.is_closed()));
        line.0[..open].iter().map(|point| self.to_figure(point.x, point.y)).collect()
    }
}

/// The line that stands for a status in pictures and legends.
pub fn status_stroke(status: Status, width: f64) -> Stroke {
    Stroke {
        width,
        color: status_color(status),
        halo: 0.6 + 0.35 * width,
        dashes: is_dashed(status).then_some((4.0 * width, 3.0 * width)),
    }
}

/// Width of outlines on a sheet with body text of this size.
pub fn line_width(text_size: f64) -> f64 {
    (text_size * LINE_SHARE).max(THINNEST_LINE)
}

/// Draws outlines and labels of structures; returns how many labels found no room.
pub fn draw_structures(
    canvas: &mut Canvas,
    records: &[&StructureRecord],
    labels: Labels,
    placing: Placing,
    lettering: &Lettering,
) -> usize {
    let width = line_width(placing.text_size);
    for record in records {
        let outline = &record.measured.structure.outline;
        for line in std::iter::once(outline.exterior()).chain(outline.interiors()) {
            draw_stroke(canvas, &placing.ring(line), true, &status_stroke(record.status, width), placing.panel);
        }
    }
    let size = LABEL_SHARE * placing.text_size;
    let worded = labels == Labels::IdAndKind && records.len() <= MOST_WORDED;
    let texts: Vec<String> = records.iter().map(|record| label(record, worded)).collect();
    let requests: Vec<_> = records
        .iter()
        .zip(&texts)
        .map(|(record, text)| LabelRequest {
            outline: placing.ring(record.measured.structure.outline.exterior()),
            width: lettering.width(text, Weight::Bold, size),
            height: CAP_HEIGHT * size,
        })
        .collect();
    let places = place_labels(&requests, placing.panel, 0.35 * size + width);
    for ((record, text), place) in records.iter().zip(&texts).zip(&places) {
        if let Some(place) = place {
            draw_label(canvas, text, record.status, place, size, placing, lettering);
        }
    }
    places.iter().filter(|place| place.is_none()).count()
}

fn label(record: &StructureRecord, worded: bool) -> String {
    let kind = hedged_kind(record).filter(|_| worded && record.counts_as_new());
    kind.map_or_else(|| record.id.to_string(), |kind| format!("{} {kind}", record.id))
}

fn draw_label(
    canvas: &mut Canvas,
    text: &str,
    status: Status,
    place: &LabelPlace,
    size: f64,
    placing: Placing,
    lettering: &Lettering,
) {
    if let Some((from, to)) = place.leader {
        let thin = Stroke { width: 0.6 * line_width(placing.text_size), dashes: None, ..status_stroke(status, 1.0) };
        draw_stroke(canvas, &[from, to], false, &thin, placing.panel);
    }
    let style = TextStyle { size, weight: Weight::Bold, color: status_color(status), halo: (0.11 * size).max(1.5) };
    let baseline = PixelPoint::from_xy(place.left, place.top + CAP_HEIGHT * size);
    lettering.draw(canvas, text, baseline, &style);
}
