//! Length, width, direction and area on the ground, with what the edge leaves uncertain.

use crate::raster::ground_frame::GroundFrame;
use crate::raster::point::PixelShift;
use crate::raster::units::{Meters, SquareMeters};
use crate::structure::{GroundMeasures, Structure};

/// Standard deviation of an outline's edge that all edges of a site share, in pixels (docs/CAPACITY.md, the chain).
const SHARED_EDGE_SD_PX: f64 = 0.5;
/// Standard deviation of a dimension from its two own edges, in pixels: the square root of 2 x 0.5² (same source).
const OWN_DIMENSION_SD_PX: f64 = std::f64::consts::FRAC_1_SQRT_2;
/// Standard normal 95th percentile.
const Z95: f64 = 1.644_853_6;

/// Measures a structure in metres; `None` when it has no area.
///
/// Length, width and direction are those of its rectangle, each side measured along its own direction, so that
/// non-square and rotated pixels are handled. The area's percentiles follow from the edge's uncertainty by the delta
/// method, in pixels of `gsd`: those of the image that the outline was seen on. The lower one is never below zero.
pub(super) fn measure_on_ground(structure: &Structure, frame: &GroundFrame, gsd: Meters) -> Option<GroundMeasures> {
    let rectangle = &structure.rectangle;
    let (sin, cos) = rectangle.angle_deg.to_radians().sin_cos();
    let along = PixelShift::from_xy(cos * rectangle.length_px, sin * rectangle.length_px);
    let across = PixelShift::from_xy(-sin * rectangle.width_px, cos * rectangle.width_px);
    let (a, b) = (frame.length(along).0, frame.length(across).0);
    let (length, width, axis) = if a >= b { (a, b, along) } else { (b, a, across) };
    let area = structure.area_px * frame.pixel_area().0;
    if width <= 0.0 || area <= 0.0 {
        return None;
    }
    let sd = area_sd(length, width, area, gsd.0);
    Some(GroundMeasures {
        length: Meters(length),
        width: Meters(width),
        orientation_deg: frame.azimuth_deg(axis).rem_euclid(180.0),
        area: SquareMeters(area),
        area_p5: SquareMeters((area - Z95 * sd).max(0.0)),
        area_p95: SquareMeters(area + Z95 * sd),
    })
}

/// Standard deviation of w l under a shared edge shift b (both dimensions change by 2 b) and own edge errors, scaled to
/// the polygon's share of the rectangle.
fn area_sd(length: f64, width: f64, area: f64, gsd: f64) -> f64 {
    let shared = 2.0 * SHARED_EDGE_SD_PX * gsd * (length + width);
    let own = OWN_DIMENSION_SD_PX * gsd * length.hypot(width);
    shared.hypot(own) * area / (length * width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edge_uncertainty_of_a_barracks_at_half_a_metre() {
        // 60 m x 12 m at 0.5 m: shared 2 x 0.25 x 72 = 36 m2, own 0.354 x 61.2 = 21.6 m2, together 42.0 m2.
        assert!((area_sd(60.0, 12.0, 720.0, 0.5) - 42.0).abs() < 0.1);
    }
}
