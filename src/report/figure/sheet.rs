//! The sheet around the pictures: title and findings above, legend, scale and small print below.

use image::RgbImage;

use crate::raster::point::{PixelPoint, PixelShift};
use crate::raster::window::{GridSize, Window};
use crate::report::figure::canvas::Canvas;
use crate::report::figure::lettering::{CAP_HEIGHT, Lettering, TextStyle, Weight};
use crate::report::figure::marginalia::{ScaleBar, draw_north_arrow, draw_scale_bar};
use crate::report::figure::outlines::{line_width, status_stroke};
use crate::report::figure::palette::{FAINT_INK, INK, NODATA, PAPER, WARNING};
use crate::report::figure::stroke::draw_stroke;
use crate::structure::Status;

/// Body text is this part of the side of a square as large as the pictures: 16 px at 1,024 px, 64 px at 4,096 px, which
/// is 19 px once that sheet is shown 1,200 px wide.
const TEXT_SHARE: f64 = 1.0 / 64.0;
const SMALLEST_TEXT: f64 = 13.0;

/// Half of the north arrow, in em squares.
const ARROW_RADIUS: f64 = 1.25;

/// Baseline to baseline, in em squares.
const LEADING: f64 = 1.4;

/// What a sheet says.
pub struct SheetContent {
    /// First line.
    pub title: String,
    /// Under the title: dates, then findings.
    pub lines: Vec<String>,
    /// What the reader must see before the pictures.
    pub banner: Option<String>,
    /// The pictures' titles, in order; as many as there are pictures. All empty for none.
    pub panel_titles: Vec<String>,
    /// Height and width of every picture.
    pub panel: GridSize,
    /// Pictures one under the other, not side by side.
    pub stacked: bool,
    /// What the lines mean.
    pub legend: Vec<LegendEntry>,
    /// A bar for the pictures' scale, if it is known.
    pub scale_bar: Option<ScaleBar>,
    /// The direction of true north in the pictures, if it is known.
    pub north: Option<PixelShift>,
    /// Last lines.
    pub small_print: Vec<String>,
}

/// A sign and what it means.
pub struct LegendEntry {
    /// The sign.
    pub sign: LegendSign,
    /// What it means.
    pub text: String,
}

/// How a legend shows its entry.
pub enum LegendSign {
    /// A line as in the picture.
    Line(Status),
    /// A filled rectangle of the colour of nodata.
    Nodata,
}

/// A laid-out sheet: where everything goes.
pub struct Sheet {
    /// Height and width.
    pub size: GridSize,
    /// Where the pictures go.
    pub panels: Vec<Window>,
    texts: Vec<(String, PixelPoint, TextStyle)>,
    banner: Option<Window>,
    signs: Vec<(Window, LegendSign)>,
    scale_bar: Option<(ScaleBar, PixelPoint)>,
    north: Option<(PixelShift, PixelPoint)>,
    /// Em square of the body text, pixels.
    pub text_size: f64,
}

/// Lays a sheet out; no narrower than `narrowest`, so that text has room beside a narrow picture.
pub fn lay_out(content: SheetContent, narrowest: usize, lettering: &Lettering) -> Sheet {
    let panels = content.panel_titles.len().max(1);
    let text_size = text_size(content.panel, panels);
    let margin = text_size.round() as usize;
    let gap = margin / 2;
    let across = if content.stacked { 1 } else { panels };
    let pictures = content.panel.width * across + gap * (across - 1);
    let width = (pictures + 2 * margin).max(narrowest);
    let mut layout = Layout {
        lettering,
        inner: (width - 2 * margin) as f64,
        y: margin as f64,
        sheet: Sheet {
            size: GridSize { height: 0, width },
            panels: Vec::new(),
            texts: Vec::new(),
            banner: None,
            signs: Vec::new(),
            scale_bar: None,
            north: None,
            text_size,
        },
        margin: margin as f64,
    };
    layout.header(&content);
    layout.pictures(&content, (width - pictures) / 2, gap);
    layout.key(content.legend, content.scale_bar, content.north);
    layout.small_print(&content.small_print);
    layout.sheet.size.height = (layout.y + 0.6 * text_size).ceil() as usize;
    layout.sheet
}

/// Em square of body text around pictures of this size.
fn text_size(panel: GridSize, panels: usize) -> f64 {
    (((panel.height * panel.width * panels) as f64).sqrt() * TEXT_SHARE).max(SMALLEST_TEXT)
}

/// Longest scale bar on a sheet: a quarter of a picture.
pub fn longest_bar(panel: GridSize) -> f64 {
    panel.width as f64 / 4.0
}

struct Layout<'a> {
    lettering: &'a Lettering,
    sheet: Sheet,
    /// Width between the margins.
    inner: f64,
    /// Bottom of what is laid out so far.
    y: f64,
    margin: f64,
}

impl Layout<'_> {
    fn body(&self) -> TextStyle {
        TextStyle { size: self.sheet.text_size, weight: Weight::Regular, color: INK, halo: 0.0 }
    }

    /// Puts wrapped text under what is there.
    fn paragraph(&mut self, text: &str, style: TextStyle, indent: f64) {
        let width = self.inner - 2.0 * indent;
        for line in self.lettering.wrap(text, style.weight, style.size, width) {
            self.y += LEADING * style.size;
            let baseline = self.y - (LEADING - CAP_HEIGHT) / 2.0 * style.size;
            self.sheet.texts.push((line, PixelPoint::from_xy(self.margin + indent, baseline), style));
        }
    }

    fn header(&mut self, content: &SheetContent) {
        let body = self.body();
        self.y -= 0.4 * body.size;
        self.paragraph(&content.title, TextStyle { size: 1.5 * body.size, weight: Weight::Bold, ..body }, 0.0);
        for line in &content.lines {
            self.paragraph(line, body, 0.0);
        }
        if let Some(banner) = &content.banner {
            self.y += 0.4 * body.size;
            let top = self.y;
            self.y += 0.25 * body.size;
            self.paragraph(banner, TextStyle { weight: Weight::Bold, ..body }, 0.6 * body.size);
            self.y += 0.25 * body.size;
            let (top, bottom) = (top.round() as usize, self.y.round() as usize);
            let (left, width) = (self.margin as usize, self.inner as usize);
            self.sheet.banner = Some(Window::from_tlhw(top, left, bottom - top, width));
        }
        self.y += 0.5 * body.size;
    }

    fn pictures(&mut self, content: &SheetContent, left: usize, gap: usize) {
        let body = TextStyle { weight: Weight::Bold, ..self.body() };
        let titled = content.panel_titles.iter().any(|title| !title.is_empty());
        let title_height = if titled { (LEADING * body.size).round() as usize } else { 0 };
        let GridSize { height, width } = content.panel;
        let top = self.y.round() as usize;
        for (index, title) in content.panel_titles.iter().enumerate() {
            let (down, right) = if content.stacked { (index, 0) } else { (0, index) };
            let row = top + title_height + down * (height + title_height + gap);
            let col = left + right * (width + gap);
            self.sheet.panels.push(Window::from_tlhw(row, col, height, width));
            let baseline = row as f64 - (LEADING - CAP_HEIGHT) / 2.0 * body.size;
            let title = self.lettering.wrap(title, body.weight, body.size, width as f64).swap_remove(0);
            self.sheet.texts.push((title, PixelPoint::from_xy(col as f64, baseline), body));
        }
        self.y = self.sheet.panels.iter().map(|panel| panel.bottom()).max().unwrap_or(top) as f64;
        self.y += 0.5 * body.size;
    }

    /// Legend to the left, scale bar and north arrow to the right; one under the other where the sheet is narrow.
    fn key(&mut self, legend: Vec<LegendEntry>, scale_bar: Option<ScaleBar>, north: Option<PixelShift>) {
        let size = self.sheet.text_size;
        let arrow = if north.is_some() { 3.2 * size } else { 0.0 };
        let bar = scale_bar.as_ref().map_or(0.0, |bar| bar.length_px + size);
        let beside = self.inner - arrow - bar;
        let narrow = beside < 0.45 * self.inner;
        let top = self.y;
        let signs_end = self.legend(legend, if narrow { self.inner } else { beside });
        if narrow {
            self.y = signs_end;
        }
        let right = self.margin + self.inner;
        let mut end = signs_end;
        if let Some(north) = north {
            let center = PixelPoint::from_xy(right - ARROW_RADIUS * size, self.y + ARROW_RADIUS * size);
            self.sheet.north = Some((north, center));
            end = end.max(self.y + (2.0 * ARROW_RADIUS + 0.2) * size);
        }
        if let Some(bar) = scale_bar {
            let left = right - arrow - bar.length_px;
            let start = PixelPoint::from_xy(left.max(self.margin), self.y + 1.55 * size);
            self.sheet.scale_bar = Some((bar, start));
            end = end.max(self.y + 1.9 * size);
        }
        self.y = end.max(top);
    }

    fn legend(&mut self, legend: Vec<LegendEntry>, width: f64) -> f64 {
        let size = self.sheet.text_size;
        let style = self.body();
        let (mut x, mut y) = (0.0, self.y);
        let any = !legend.is_empty();
        for entry in legend {
            let sign_width = 2.2 * size;
            let entry_width = sign_width + 0.5 * size + self.lettering.width(&entry.text, style.weight, size);
            if x > 0.0 && x + entry_width > width {
                x = 0.0;
                y += 1.7 * size;
            }
            let (left, baseline) = (self.margin + x, y + 1.25 * size);
            let window = Window::from_tlhw(
                (baseline - 0.9 * size).round() as usize,
                left.round() as usize,
                (1.05 * size).round() as usize,
                sign_width.round() as usize,
            );
            self.sheet.signs.push((window, entry.sign));
            let start = PixelPoint::from_xy(left + sign_width + 0.5 * size, baseline);
            self.sheet.texts.push((entry.text, start, style));
            x += entry_width + 1.4 * size;
        }
        if any { y + 1.9 * size } else { y }
    }

    fn small_print(&mut self, lines: &[String]) {
        let body = self.body();
        for line in lines {
            self.paragraph(line, TextStyle { size: 0.78 * body.size, color: FAINT_INK, ..body }, 0.0);
        }
    }
}

impl Sheet {
    /// Draws everything but the pictures' own lines and labels.
    ///
    /// - Input: a picture for every panel, at most as large; a smaller one stands in the middle.
    pub fn draw(&self, pictures: &[&RgbImage], lettering: &Lettering) -> Canvas {
        let mut canvas = Canvas::filled(self.size, PAPER);
        if let Some(banner) = self.banner {
            canvas.fill(banner, WARNING);
        }
        for (panel, picture) in self.panels.iter().zip(pictures) {
            canvas.fill(*panel, NODATA);
            let spare = |room: usize, taken: u32| room.saturating_sub(taken as usize) / 2;
            let (down, right) = (spare(panel.height, picture.height()), spare(panel.width, picture.width()));
            canvas.paste(picture, panel.row + down, panel.col + right);
        }
        for (window, sign) in &self.signs {
            draw_sign(&mut canvas, *window, sign, self.text_size);
        }
        if let Some((bar, start)) = &self.scale_bar {
            draw_scale_bar(&mut canvas, bar, *start, self.text_size, lettering);
        }
        if let Some((north, center)) = self.north {
            draw_north_arrow(&mut canvas, north, center, ARROW_RADIUS * self.text_size, lettering);
        }
        for (text, start, style) in &self.texts {
            lettering.draw(&mut canvas, text, *start, style);
        }
        canvas
    }
}

fn draw_sign(canvas: &mut Canvas, window: Window, sign: &LegendSign, text_size: f64) {
    // Lines are made for imagery: the legend shows them on a dark ground.
    canvas.fill(window, NODATA);
    if let LegendSign::Line(status) = sign {
        let stroke = status_stroke(*status, 1.4 * line_width(text_size));
        let (left, right) = (window.col as f64, window.right() as f64);
        let y = window.row as f64 + window.height as f64 / 2.0;
        let inset = 0.15 * window.width as f64;
        let ends = [PixelPoint::from_xy(left + inset, y), PixelPoint::from_xy(right - inset, y)];
        draw_stroke(canvas, &ends, false, &stroke, window);
    }
}
