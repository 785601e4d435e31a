//! From the pixels of a component to a simplified outline and its oriented rectangle.

use geo::{Area, Coord, LineString, Polygon, SimplifyIdx};
use ndarray::Array2;

use crate::extract::components::Component;

/// Largest distance, in pixels, between the traced and the simplified outline. The steps of a straight wall, traced
/// through the middles of pixel edges, stay within 0.71 px of each other, so this removes them and keeps the corners.
const SIMPLIFY_PX: f64 = 0.75;

/// Traces a component along the edges of its pixels, through the middle of each edge, cuts the border into walls
/// (Douglas-Peucker[^1]) and fits a line to each.
///
/// - Output: a polygon in image coordinates; `None` when its area is below `min_area_px` after simplification by more
///   than a tenth, as with a one-pixel line.
/// - Holes below `min_area_px` are filled.
///
/// Edges are followed rather than pixel centres: an outline through the centres is half a pixel too small on every
/// side, 8 % of the area of a 12 m x 50 m building at 0.5 m.
///
/// [^1]: Douglas and Peucker, "Algorithms for the reduction of the number of points required to represent a digitized
/// line or its caricature", Cartographica 10(2), 1973, doi 10.3138/FM57-6770-U75U-7727.
pub(super) fn trace_outline(component: &Component, min_area_px: f64) -> Option<Polygon<f64>> {
    let window = component.window();
    let mask = component.padded_mask();
    let to_image =
        |(row, col): Corner| Coord { x: (col + window.col) as f64 - 1.0, y: (row + window.row) as f64 - 1.0 };
    let to_line = |ring: Vec<Corner>| edge_middles(ring.into_iter().map(to_image).collect());
    let mut rings: Vec<LineString<f64>> = trace_rings(&mask).into_iter().map(to_line).collect();
    rings.sort_by(|a, b| ring_area(b).total_cmp(&ring_area(a)));
    let mut rings = rings.into_iter();
    let exterior = rings.next()?;
    let holes = rings.filter(|ring| ring_area(ring) >= min_area_px.max(1.0)).collect();
    let simplified = simplify(&Polygon::new(exterior, holes));
    (simplified.unsigned_area() >= 0.9 * min_area_px && simplified.exterior().0.len() >= 4).then_some(simplified)
}

/// The closed ring through the middles of a ring's edges. It halves the steps of a slanting wall; the area changes by
/// half a pixel, as every closed border on a grid has four more outer than inner corners.
fn edge_middles(corners: Vec<Coord<f64>>) -> LineString<f64> {
    let mut middles: Vec<Coord<f64>> = corners.windows(2).map(|edge| (edge[0] + edge[1]) / 2.0).collect();
    middles.extend(middles.first().copied());
    LineString::new(middles)
}

/// Simplifies every ring, then lays each remaining edge through the middle of the border it stands for.
fn simplify(polygon: &Polygon<f64>) -> Polygon<f64> {
    let ring = |line: &LineString<f64>| fit_walls(&from_farthest_point(line));
    Polygon::new(ring(polygon.exterior()), polygon.interiors().iter().map(ring).collect())
}

/// The same closed ring, beginning at the point farthest from its middle: a true corner, which Douglas-Peucker, never
/// moving its first point, may keep.
fn from_farthest_point(ring: &LineString<f64>) -> LineString<f64> {
    let open = &ring.0[..ring.0.len().saturating_sub(1)];
    let count = open.len().max(1) as f64;
    let middle = open.iter().fold(Coord { x: 0.0, y: 0.0 }, |sum, c| sum + *c) / count;
    let distance = |c: &Coord<f64>| (c.x - middle.x).hypot(c.y - middle.y);
    let start = (0..open.len()).max_by(|&a, &b| distance(&open[a]).total_cmp(&distance(&open[b]))).unwrap_or(0);
    let mut turned: Vec<Coord<f64>> = open[start..].iter().chain(&open[..start]).copied().collect();
    turned.extend(turned.first().copied());
    LineString::new(turned)
}

/// Cuts a closed ring into walls (Douglas-Peucker), fits a line to each, and joins neighbouring lines at their
/// intersections.
///
/// Douglas-Peucker alone keeps points of the border, which lie to one side of a slanting wall as often as on the other,
/// and cuts corners: its area is off by some tenths of a pixel along the perimeter. The fitted lines are not.
fn fit_walls(ring: &LineString<f64>) -> LineString<f64> {
    let kept = ring.simplify_idx(SIMPLIFY_PX);
    let walls: Vec<Wall> = kept.windows(2).map(|ends| Wall::through(&ring.0[ends[0]..=ends[1]])).collect();
    if walls.len() < 3 {
        return LineString::new(kept.iter().map(|&index| ring.0[index]).collect());
    }
    let mut corners: Vec<Coord<f64>> = (0..walls.len())
        .map(|index| {
            let previous = &walls[(index + walls.len() - 1) % walls.len()];
            previous.meets(&walls[index], ring.0[kept[index]])
        })
        .collect();
    corners.extend(corners.first().copied());
    LineString::new(corners)
}

/// A straight piece of an outline: a point on it and its direction, of length 1.
struct Wall {
    point: Coord<f64>,
    direction: Coord<f64>,
}

/// Largest distance, in pixels, between a traced corner and the intersection of the walls that meet there.
const CORNER_REACH_PX: f64 = 2.0;

impl Wall {
    /// The line of least squared distance to the points between two corners. The points next to the corners already
    /// lean around them, so they are left out where enough others remain.
    fn through(border: &[Coord<f64>]) -> Wall {
        let inner = if border.len() > 6 { &border[1..border.len() - 1] } else { border };
        let count = inner.len() as f64;
        let point = inner.iter().fold(Coord { x: 0.0, y: 0.0 }, |sum, c| sum + *c) / count;
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for c in inner {
            let away = *c - point;
            xx += away.x * away.x;
            xy += away.x * away.y;
            yy += away.y * away.y;
        }
        let (sin, cos) = (0.5 * (2.0 * xy).atan2(xx - yy)).sin_cos();
        Wall { point, direction: Coord { x: cos, y: sin } }
    }

    /// Where two walls meet near a traced corner; for nearly parallel walls, halfway between their points nearest it.
    fn meets(&self, next: &Wall, corner: Coord<f64>) -> Coord<f64> {
        let cross = self.direction.x * next.direction.y - self.direction.y * next.direction.x;
        let between = next.point - self.point;
        let along = (between.x * next.direction.y - between.y * next.direction.x) / cross;
        let meeting = self.point + self.direction * along;
        if cross.abs() > 0.1 && (meeting.x - corner.x).hypot(meeting.y - corner.y) <= CORNER_REACH_PX {
            meeting
        } else {
            (self.nearest(corner) + next.nearest(corner)) / 2.0
        }
    }

    fn nearest(&self, to: Coord<f64>) -> Coord<f64> {
        let away = to - self.point;
        self.point + self.direction * (away.x * self.direction.x + away.y * self.direction.y)
    }
}

fn ring_area(ring: &LineString<f64>) -> f64 {
    Polygon::new(ring.clone(), Vec::new()).unsigned_area()
}

/// A corner between pixels: row and column of the pixel to its lower right.
type Corner = (usize, usize);

/// All closed borders between inside and outside, as corners; inside always lies to the right of the way.
///
/// Where two inside pixels touch only by a corner the border turns right, so that they stay apart (4-connected).
fn trace_rings(mask: &Array2<bool>) -> Vec<Vec<Corner>> {
    let (height, width) = mask.dim();
    // A border starts wherever an inside pixel lies below an outside one: its top edge is walked left to right.
    let mut walked = Array2::from_elem((height, width), false);
    let mut rings = Vec::new();
    for row in 1..height {
        for col in 0..width {
            if mask[[row, col]] && !mask[[row - 1, col]] && !walked[[row, col]] {
                rings.push(walk_ring(mask, (row, col), &mut walked));
            }
        }
    }
    rings
}

fn walk_ring(mask: &Array2<bool>, start: Corner, walked: &mut Array2<bool>) -> Vec<Corner> {
    const RIGHT: usize = 0;
    const STEPS: [(isize, isize); 4] = [(0, 1), (1, 0), (0, -1), (-1, 0)];
    let (mut row, mut col, mut heading) = (start.0, start.1, RIGHT);
    let mut ring = Vec::new();
    loop {
        ring.push((row, col));
        if heading == RIGHT {
            walked[[row, col]] = true;
        }
        row = row.wrapping_add_signed(STEPS[heading].0);
        col = col.wrapping_add_signed(STEPS[heading].1);
        // The two pixels ahead of the corner just reached: on the way's left and right hand.
        let (left, right) = match heading {
            0 => (mask[[row - 1, col]], mask[[row, col]]),
            1 => (mask[[row, col]], mask[[row, col - 1]]),
            2 => (mask[[row, col - 1]], mask[[row - 1, col - 1]]),
            _ => (mask[[row - 1, col - 1]], mask[[row - 1, col]]),
        };
        heading = match (left, right) {
            (_, false) => (heading + 1) % 4,
            (true, true) => (heading + 3) % 4,
            (false, true) => heading,
        };
        if (row, col) == start && heading == RIGHT {
            ring.push(start);
            return ring;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::components::ComponentScan;
    use crate::raster::area_mask::fill_polygon;
    use crate::raster::window::Window;
    use crate::structure::OrientedRectangle;
    use geo::{Rotate, polygon};
    use proptest::prelude::*;

    fn component_of(mask: &Array2<bool>) -> Component {
        let mut scan = ComponentScan::new(0.5);
        scan.add_rows(0, mask.mapv(|m| f32::from(u8::from(m))).view());
        scan.into_components().into_iter().max_by_key(Component::pixels).expect("invariant: something was drawn")
    }

    #[test]
    fn a_courtyard_keeps_its_hole() {
        let mut mask = Array2::from_elem((40, 40), false);
        mask.slice_mut(ndarray::s![5..35, 5..35]).fill(true);
        mask.slice_mut(ndarray::s![15..25, 15..25]).fill(false);
        let outline = trace_outline(&component_of(&mask), 30.0).expect("invariant: large enough");
        assert_eq!(outline.interiors().len(), 1);
        assert!((outline.unsigned_area() - 800.0).abs() < 1e-6, "{}", outline.unsigned_area());
        assert_eq!(outline.exterior().0.len(), 5, "four corners, closed: {outline:?}");
    }

    #[test]
    fn pixels_that_touch_by_a_corner_do_not_tangle_the_walk() {
        let rows = ["......", ".##...", ".#.#..", ".###..", "......"];
        let mask = Array2::from_shape_fn((5, 6), |(r, c)| rows[r].as_bytes()[c] == b'#');
        let areas: Vec<f64> = trace_rings(&mask)
            .into_iter()
            .map(|ring| ring_area(&ring.into_iter().map(|(r, c)| Coord { x: c as f64, y: r as f64 }).collect()))
            .collect();
        assert_eq!(areas.iter().sum::<f64>(), 7.0, "{areas:?}");
    }

    proptest! {
        #[test]
        fn a_turned_building_keeps_size_and_direction(turn in 0.0..180.0f64, length in 40.0..90.0f64, width in 16.0..30.0f64) {
            let drawn = polygon![(x: 80.0 - length / 2.0, y: 80.0 - width / 2.0), (x: 80.0 + length / 2.0, y: 80.0 - width / 2.0),
                (x: 80.0 + length / 2.0, y: 80.0 + width / 2.0), (x: 80.0 - length / 2.0, y: 80.0 + width / 2.0)]
                .rotate_around_centroid(turn);
            let mut mask = Array2::from_elem((160, 160), false);
            fill_polygon(&drawn, Window::from_tlhw(0, 0, 160, 160), &mut mask);
            let outline = trace_outline(&component_of(&mask), 30.0).expect("invariant: large enough");
            // Half a pixel of edge along the perimeter is the resolution of the grid; simplification stays well below.
            prop_assert!((outline.unsigned_area() - length * width).abs() < length + width);
            let rectangle = OrientedRectangle::around(&outline).expect("invariant: has area");
            prop_assert!((rectangle.length_px - length).abs() < 2.5 && (rectangle.width_px - width).abs() < 2.5);
            let off = (rectangle.angle_deg - turn).rem_euclid(180.0);
            prop_assert!(off.min(180.0 - off) < 3.0, "{} for {turn}", rectangle.angle_deg);
        }
    }
}
