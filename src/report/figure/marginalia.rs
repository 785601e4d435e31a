//! What stands in the margin of a map: scale bar and north arrow.

use crate::raster::ground_frame::GroundFrame;
use crate::raster::point::{PixelPoint, PixelShift};
use crate::raster::units::Meters;
use crate::raster::window::Window;
use crate::report::figure::canvas::Canvas;
use crate::report::figure::lettering::{Lettering, TextStyle, Weight};
use crate::report::figure::palette::INK;
use crate::report::figure::stroke::{Stroke, draw_stroke};
use crate::report::wording::grouped;

/// A bar of a round length on the ground.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleBar {
    /// Its length in the figure, pixels.
    pub length_px: f64,
    /// Its length on the ground: `200 m`.
    pub label: String,
}

impl ScaleBar {
    /// The longest bar of 1, 2 or 5 times a power of ten metres that is no longer than `most_px`.
    ///
    /// - Input: the frame of the image; figure pixels to one image pixel. The bar measures along the image's x axis.
    pub fn round(frame: &GroundFrame, factor: f64, most_px: f64) -> Option<Self> {
        let Meters(pixel) = frame.length(PixelShift::from_xy(1.0, 0.0));
        let most = most_px / factor * pixel;
        if !(most.is_finite() && most > 0.0) {
            return None;
        }
        let decade = 10f64.powf(most.log10().floor());
        // A whisker of slack, lest 10^2 come out as 99.999….
        let metres =
            [5.0, 2.0, 1.0].map(|step| step * decade).into_iter().find(|&length| length <= most * (1.0 + 1e-9))?;
        let label = match metres {
            m if m >= 1000.0 => format!("{} km", grouped(m / 1000.0)),
            m if m >= 1.0 => format!("{} m", grouped(m)),
            m => format!("{} cm", grouped(m * 100.0)),
        };
        Some(ScaleBar { length_px: metres / pixel * factor, label })
    }
}

/// Draws a scale bar with its left end at `start`: a line between two ticks, its length above it.
pub fn draw_scale_bar(canvas: &mut Canvas, bar: &ScaleBar, start: PixelPoint, size: f64, lettering: &Lettering) {
    let clip = canvas.size().window();
    let stroke = ink((size / 8.0).max(1.5));
    let end = start.moved(PixelShift::from_xy(bar.length_px, 0.0));
    let tick = PixelShift::from_xy(0.0, -0.4 * size);
    draw_stroke(canvas, &[start.moved(tick), start, end, end.moved(tick)], false, &stroke, clip);
    let style = TextStyle { size, weight: Weight::Regular, color: INK, halo: 0.0 };
    let left = start.x + (bar.length_px - lettering.width(&bar.label, Weight::Regular, size)) / 2.0;
    lettering.draw(canvas, &bar.label, PixelPoint::from_xy(left, start.y - 0.45 * size), &style);
}

/// Draws an arrow that points to true north with an N at its head, within a circle of `radius` around `center`.
pub fn draw_north_arrow(
    canvas: &mut Canvas,
    north: PixelShift,
    center: PixelPoint,
    radius: f64,
    lettering: &Lettering,
) {
    let clip = canvas.size().window();
    let unit = PixelShift::from_xy(north.dx / north.length(), north.dy / north.length());
    let at = |along: f64, across: f64| {
        let along = along * radius;
        let across = across * radius;
        center.moved(PixelShift::from_xy(unit.dx * along - unit.dy * across, unit.dy * along + unit.dx * across))
    };
    fill_triangle(canvas, [at(0.3, 0.0), at(-0.35, -0.28), at(-0.35, 0.28)], clip);
    draw_stroke(canvas, &[at(-0.3, 0.0), at(-0.95, 0.0)], false, &ink(radius / 10.0), clip);
    let size = 0.75 * radius;
    let style = TextStyle { size, weight: Weight::Bold, color: INK, halo: 0.0 };
    let letter = at(0.72, 0.0);
    let left = letter.x - lettering.width("N", Weight::Bold, size) / 2.0;
    lettering.draw(canvas, "N", PixelPoint::from_xy(left, letter.y + 0.365 * size), &style);
}

fn ink(width: f64) -> Stroke {
    Stroke { width, color: INK, halo: 0.0, dashes: None }
}

/// Fills a triangle, antialiased by the distance of pixel centres to its sides.
fn fill_triangle(canvas: &mut Canvas, corners: [PixelPoint; 3], clip: Window) {
    let inside = |p: PixelPoint| {
        let [a, b, c] = corners;
        let turn = side_distance(a, b, c).signum();
        let sides = [(a, b), (b, c), (c, a)];
        sides.iter().map(|(from, to)| side_distance(*from, *to, p) * turn).fold(f64::INFINITY, f64::min)
    };
    for row in clip.row..clip.bottom() {
        let y = row as f64 + 0.5;
        if corners.iter().all(|p| p.y < y - 1.0) || corners.iter().all(|p| p.y > y + 1.0) {
            continue;
        }
        for col in clip.col..clip.right() {
            let covered = (inside(PixelPoint::center_of(row, col)) + 0.5).clamp(0.0, 1.0);
            if covered > 0.0 {
                canvas.blend(row, col, INK, covered as f32);
            }
        }
    }
}

/// Distance of a point from the line through two others, positive on one side of it.
fn side_distance(from: PixelPoint, to: PixelPoint, point: PixelPoint) -> f64 {
    let (along, across) = (to.minus(from), point.minus(from));
    (along.dx * across.dy - along.dy * across.dx) / along.length()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_round_and_true_to_scale() {
        let frame = GroundFrame::from_gsd(Meters(0.5));
        let bar = ScaleBar::round(&frame, 2.0, 300.0).expect("a bar");
        assert_eq!(bar, ScaleBar { length_px: 200.0, label: "50 m".to_owned() });
        let coarse = ScaleBar::round(&GroundFrame::from_gsd(Meters(10.0)), 0.5, 110.0).expect("a bar");
        assert_eq!(coarse, ScaleBar { length_px: 100.0, label: "2 km".to_owned() });
        let exact = ScaleBar::round(&frame, 1.0, 200.0).expect("a bar");
        assert_eq!(exact.label, "100 m");
    }
}
