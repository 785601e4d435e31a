//! Antialiased lines with a halo.

use image::Rgb;
use ndarray::Array2;

use crate::raster::point::{PixelPoint, PixelShift};
use crate::raster::window::Window;
use crate::report::figure::canvas::Canvas;
use crate::report::figure::palette::HALO;

/// Opacity of a halo: dark enough for a yellow line on white roofs, light enough not to look like a second outline.
const HALO_OPACITY: f32 = 0.62;

/// How a line is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Stroke {
    /// Pixels across.
    pub width: f64,
    /// Its colour.
    pub color: Rgb<u8>,
    /// Pixels of halo on each side.
    pub halo: f64,
    /// Pixels of line and of gap; unbroken when `None`.
    pub dashes: Option<(f64, f64)>,
}

/// A straight piece of a line.
type Segment = (PixelPoint, PixelPoint);

/// Draws a line through points, closed to a ring when `closed`, and only inside `clip`.
///
/// Each pixel takes the colour by how much of it the line covers, estimated from the distance of its centre.
pub fn draw_stroke(canvas: &mut Canvas, points: &[PixelPoint], closed: bool, stroke: &Stroke, clip: Window) {
    let mut segments: Vec<Segment> = points.windows(2).map(|ends| (ends[0], ends[1])).collect();
    if let (true, Some(&first), Some(&last)) = (closed, points.first(), points.last()) {
        segments.push((last, first));
    }
    if let Some((line, gap)) = stroke.dashes {
        segments = dashed(&segments, line, gap);
    }
    let reach = stroke.width / 2.0 + stroke.halo + 1.0;
    let Some(window) = window_around(&segments, reach, clip) else { return };
    let mut distances = Array2::from_elem((window.height, window.width), f32::INFINITY);
    for segment in &segments {
        lower_distances(&mut distances, window, *segment, reach);
    }
    for ((row, col), &distance) in distances.indexed_iter() {
        if f64::from(distance) < reach {
            let covered = |half: f64| (half as f32 + 0.5 - distance).clamp(0.0, 1.0);
            let (row, col) = (window.row + row, window.col + col);
            if stroke.halo > 0.0 {
                canvas.blend(row, col, HALO, HALO_OPACITY * covered(stroke.width / 2.0 + stroke.halo));
            }
            canvas.blend(row, col, stroke.color, covered(stroke.width / 2.0));
        }
    }
}

fn window_around(segments: &[Segment], reach: f64, clip: Window) -> Option<Window> {
    let ends = || segments.iter().flat_map(|(a, b)| [*a, *b]);
    let low = |of: fn(PixelPoint) -> f64| ends().map(of).fold(f64::INFINITY, f64::min) - reach;
    let high = |of: fn(PixelPoint) -> f64| ends().map(of).fold(f64::NEG_INFINITY, f64::max) + reach;
    let whole = |value: f64| value.max(0.0) as usize;
    let (top, left) = (whole(low(|p| p.y).floor()), whole(low(|p| p.x).floor()));
    let (bottom, right) = (whole(high(|p| p.y).ceil()), whole(high(|p| p.x).ceil()));
    Window::from_tlhw(top, left, bottom.saturating_sub(top), right.saturating_sub(left)).intersection(clip)
}

fn lower_distances(distances: &mut Array2<f32>, window: Window, (a, b): Segment, reach: f64) {
    let Some(near) = window_around(&[(a, b)], reach, window) else { return };
    let along = b.minus(a);
    let squared = along.dx * along.dx + along.dy * along.dy;
    for row in near.row..near.bottom() {
        for col in near.col..near.right() {
            let from = PixelPoint::center_of(row, col).minus(a);
            let share =
                if squared > 0.0 { ((from.dx * along.dx + from.dy * along.dy) / squared).clamp(0.0, 1.0) } else { 0.0 };
            let distance = PixelShift::from_xy(from.dx - share * along.dx, from.dy - share * along.dy).length() as f32;
            let lowest = &mut distances[[row - window.row, col - window.col]];
            *lowest = lowest.min(distance);
        }
    }
}

/// Cuts segments into pieces of `line`, `gap` apart, running on round corners.
fn dashed(segments: &[Segment], line: f64, gap: f64) -> Vec<Segment> {
    let mut pieces = Vec::new();
    let mut phase = 0.0;
    for &(a, b) in segments {
        let along = b.minus(a);
        let length = along.length();
        let at = |place: f64| a.moved(PixelShift::from_xy(along.dx * place / length, along.dy * place / length));
        let mut place = 0.0;
        while place < length {
            let drawing = phase < line;
            let step = (if drawing { line - phase } else { line + gap - phase }).min(length - place);
            if drawing {
                pieces.push((at(place), at(place + step)));
            }
            place += step;
            phase += step;
            if phase >= line + gap - 1e-9 {
                phase = 0.0;
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::window::GridSize;

    const SIZE: GridSize = GridSize { height: 20, width: 40 };

    fn drawn(points: &[PixelPoint], dashes: Option<(f64, f64)>) -> image::RgbImage {
        let mut canvas = Canvas::filled(SIZE, Rgb([0, 0, 0]));
        let stroke = Stroke { width: 2.0, color: Rgb([200, 200, 200]), halo: 0.0, dashes };
        draw_stroke(&mut canvas, points, false, &stroke, SIZE.window());
        canvas.into_image()
    }

    fn painted(picture: &image::RgbImage) -> f64 {
        picture.pixels().map(|pixel| f64::from(pixel.0[0]) / 200.0).sum()
    }

    #[test]
    fn a_line_paints_its_own_area() {
        for end in [PixelPoint::from_xy(35.0, 10.0), PixelPoint::from_xy(30.0, 16.0)] {
            let start = PixelPoint::from_xy(5.0, 10.0);
            // Length times width, and two half discs at the ends.
            let area = end.minus(start).length() * 2.0 + std::f64::consts::PI;
            let found = painted(&drawn(&[start, end], None));
            assert!((found - area).abs() < 0.05 * area, "{found} for {area}");
        }
    }

    #[test]
    fn dashes_leave_gaps() {
        let ends = [PixelPoint::from_xy(2.0, 10.0), PixelPoint::from_xy(38.0, 10.0)];
        let whole = painted(&drawn(&ends, None));
        let broken = painted(&drawn(&ends, Some((4.0, 8.0))));
        assert!(broken < 0.65 * whole && broken > 0.3 * whole, "{broken} of {whole}");
    }

    #[test]
    fn nothing_leaves_the_clip() {
        let mut canvas = Canvas::filled(SIZE, Rgb([0, 0, 0]));
        let stroke = Stroke { width: 3.0, color: Rgb([255, 255, 255]), halo: 2.0, dashes: None };
        let points = [PixelPoint::from_xy(-50.0, -9.0), PixelPoint::from_xy(90.0, 30.0)];
        draw_stroke(&mut canvas, &points, true, &stroke, Window::from_tlhw(5, 10, 10, 15));
        let picture = canvas.into_image();
        assert!(
            picture
                .enumerate_pixels()
                .all(|(x, y, p)| p.0 == [0; 3] || ((10..25).contains(&x) && (5..15).contains(&y)))
        );
        assert!(painted(&picture) > 1.0);
    }
}
