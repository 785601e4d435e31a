//! Polygons and the pixels they cover.

use geo::{BoundingRect, Polygon};
use ndarray::Array2;

use crate::raster::window::Window;

/// Sets to `true` every pixel of `window` whose centre lies inside the polygon; leaves the others alone.
///
/// - Input: the polygon in pixel coordinates ([`PixelPoint`](crate::raster::point::PixelPoint)); holes are honoured.
/// - `mask`: (height, width) of `window`.
///
/// Even-odd rule; two polygons that share an edge never both cover a pixel.
pub fn fill_polygon(polygon: &Polygon<f64>, window: Window, mask: &mut Array2<bool>) {
    for_each_span(polygon, window, |row, cols| {
        for col in cols {
            mask[[row, col]] = true;
        }
    });
}

/// Calls `visit(row, columns)` for every run of pixels of `window` whose centres lie inside the polygon.
///
/// Rows and columns are counted from the window's own corner.
pub fn for_each_span(polygon: &Polygon<f64>, window: Window, mut visit: impl FnMut(usize, std::ops::Range<usize>)) {
    let Some(bounds) = polygon.bounding_rect() else { return };
    let clamp = |v: f64, from: usize, n: usize| (v - from as f64).clamp(0.0, n as f64) as usize;
    let first = clamp(bounds.min().y.floor(), window.row, window.height);
    let last = clamp(bounds.max().y.ceil(), window.row, window.height);
    let mut crossings = Vec::new();
    for row in first..last {
        let y = (window.row + row) as f64 + 0.5;
        crossings.clear();
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            crossings.extend(ring.lines().filter_map(|line| {
                let (a, b) = (line.start, line.end);
                ((a.y <= y) != (b.y <= y)).then(|| a.x + (y - a.y) * (b.x - a.x) / (b.y - a.y))
            }));
        }
        crossings.sort_by(f64::total_cmp);
        for ends in crossings.chunks_exact(2) {
            // A pixel is inside when its centre, col + 0.5, lies in [left, right).
            let from = clamp((ends[0] - 0.5).ceil(), window.col, window.width);
            let to = clamp((ends[1] - 0.5).ceil(), window.col, window.width);
            if from < to {
                visit(row, from..to);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, Rotate, polygon};
    use proptest::prelude::*;

    #[test]
    fn a_square_covers_its_pixels() {
        let square = polygon![(x: 1.0, y: 1.0), (x: 3.0, y: 1.0), (x: 3.0, y: 3.0), (x: 1.0, y: 3.0)];
        let mut mask = Array2::from_elem((4, 4), false);
        fill_polygon(&square, Window::from_tlhw(0, 0, 4, 4), &mut mask);
        let picture: Vec<String> =
            mask.rows().into_iter().map(|r| r.iter().map(|&m| if m { '#' } else { '.' }).collect()).collect();
        assert_eq!(picture, ["....", ".##.", ".##.", "...."]);
    }

    #[test]
    fn windows_cut_the_same_picture() {
        let shape = polygon![(x: 1.2, y: 0.4), (x: 17.9, y: 6.3), (x: 9.0, y: 19.5)];
        let mut whole = Array2::from_elem((20, 20), false);
        fill_polygon(&shape, Window::from_tlhw(0, 0, 20, 20), &mut whole);
        let part_window = Window::from_tlhw(5, 3, 9, 11);
        let mut part = Array2::from_elem((9, 11), false);
        fill_polygon(&shape, part_window, &mut part);
        let (rows, cols) = part_window.slice();
        assert_eq!(part, whole.slice(ndarray::s![rows, cols]));
    }

    proptest! {
        #[test]
        fn area_is_kept_under_rotation(turn in 0.0..360.0f64, w in 20.0..60.0f64, h in 20.0..60.0f64) {
            let shape = polygon![(x: 60.0, y: 60.0), (x: 60.0 + w, y: 60.0), (x: 60.0 + w, y: 60.0 + h),
                (x: 60.0, y: 60.0 + h)].rotate_around_centroid(turn);
            let mut mask = Array2::from_elem((200, 200), false);
            fill_polygon(&shape, Window::from_tlhw(0, 0, 200, 200), &mut mask);
            let covered = mask.iter().filter(|&&m| m).count() as f64;
            // Within half a pixel along the perimeter, in practice far less.
            prop_assert!((covered - shape.unsigned_area()).abs() < 0.5 * (2.0 * (w + h)));
        }
    }
}
