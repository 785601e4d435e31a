//! Reading order: lines from top to bottom, each from left to right.

use geo::BoundingRect;

use crate::structure::Structure;

/// Sorts structures into lines and each line from left to right.
///
/// A line takes in every structure whose middle lies above the bottom of the line's first, so a row of sisters that
/// leans a little is still read from left to right.
pub(super) fn sort_in_reading_order(structures: &mut [Structure]) {
    structures.sort_by(|a, b| top(a).total_cmp(&top(b)).then(middle_x(a).total_cmp(&middle_x(b))));
    let mut start = 0;
    while start < structures.len() {
        let line_bottom = bottom(&structures[start]);
        let members = structures[start..].iter().take_while(|s| s.rectangle.center.y < line_bottom).count().max(1);
        structures[start..start + members].sort_by(|a, b| middle_x(a).total_cmp(&middle_x(b)));
        start += members;
    }
}

fn top(structure: &Structure) -> f64 {
    structure.outline.bounding_rect().map_or(structure.rectangle.center.y, |bounds| bounds.min().y)
}

fn bottom(structure: &Structure) -> f64 {
    structure.outline.bounding_rect().map_or(structure.rectangle.center.y, |bounds| bounds.max().y)
}

fn middle_x(structure: &Structure) -> f64 {
    structure.rectangle.center.x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::point::PixelPoint;
    use crate::structure::{OrientedRectangle, Status};
    use geo::{Rect, coord};

    fn square(x: f64, y: f64) -> Structure {
        let outline = Rect::new(coord! { x: x - 5.0, y: y - 5.0 }, coord! { x: x + 5.0, y: y + 5.0 }).to_polygon();
        let center = PixelPoint::from_xy(x, y);
        let rectangle = OrientedRectangle { center, length_px: 10.0, width_px: 10.0, angle_deg: 0.0 };
        Structure { id: 0, status: Status::New, outline, rectangle, area_px: 100.0, score: 1.0 }
    }

    #[test]
    fn a_leaning_row_is_read_from_left_to_right() {
        let mut structures = vec![square(50.0, 18.0), square(30.0, 20.0), square(10.0, 22.0), square(5.0, 60.0)];
        sort_in_reading_order(&mut structures);
        let order: Vec<f64> = structures.iter().map(|s| s.rectangle.center.x).collect();
        assert_eq!(order, [10.0, 30.0, 50.0, 5.0]);
    }
}
