//! Where labels go: beside their outline, clear of one another and of other outlines[^1].
//!
//! [^1]: A greedy form of point-feature label placement: Christensen, Marks and Shieber, "An empirical study of
//! algorithms for point-feature label placement", ACM Transactions on Graphics 14(3), 1995, doi 10.1145/212332.212334.

use ndarray::Array2;

use crate::raster::point::{PixelPoint, PixelShift};
use crate::raster::window::Window;

/// Directions tried around an outline, degrees clockwise from the right on the screen, the preferred ones first.
const DIRECTIONS_DEG: [f64; 16] =
    [-45.0, 0.0, 45.0, -90.0, 90.0, 180.0, -135.0, 135.0, -22.5, 22.5, -67.5, 67.5, -112.5, 112.5, -157.5, 157.5];

/// Distances tried, in heights of the label beyond the closest; from the second on a leader line leads back.
const RINGS: [f64; 4] = [0.0, 0.9, 2.0, 3.4];

/// What it costs a label to cover a cell of a line, of a structure's inside, of another label; to go one ring further;
/// and to take the next direction. Chosen by eye on dense and sparse scenes, November 2026: a label rather leaves the
/// first ring than covers a line, and is rather left out than put over another label.
const LINE_COST: f64 = 4.0;
const INSIDE_COST: f64 = 2.0;
const RING_COST: f64 = 6.0;
const DIRECTION_COST: f64 = 0.15;

/// A direction whose part along an axis is smaller than this runs square to that axis.
const SQUARE: f64 = 1e-6;

/// Cells along the height of a label.
const CELLS_PER_LABEL: f64 = 4.0;

/// A label that wants a place.
pub struct LabelRequest {
    /// The outline it belongs to, figure pixels, not closed.
    pub outline: Vec<PixelPoint>,
    /// Pixels across the text.
    pub width: f64,
    /// Pixels from the top of its capitals to their bottom.
    pub height: f64,
}

/// A label's place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelPlace {
    /// Left edge.
    pub left: f64,
    /// Top of the capitals.
    pub top: f64,
    /// A line from the label to its outline, where they lie apart.
    pub leader: Option<(PixelPoint, PixelPoint)>,
}

/// Finds places for labels, in order of the requests; `None` for a label that would cover another wherever it stood.
///
/// - Input: requests; the window of the figure that labels must stay in; `gap` pixels kept between label and outline.
pub fn place_labels(requests: &[LabelRequest], clip: Window, gap: f64) -> Vec<Option<LabelPlace>> {
    let Some(height) = requests.iter().map(|request| request.height).reduce(f64::max) else { return Vec::new() };
    let mut ground = Occupancy::new(clip, (height / CELLS_PER_LABEL).max(1.0));
    requests.iter().for_each(|request| ground.add_outline(&request.outline));
    requests
        .iter()
        .map(|request| {
            let candidates = candidates(request, gap);
            let costed = candidates.filter_map(|(place, cost)| Some((place, cost + ground.cost(&place, request)?)));
            let (place, _) = costed.min_by(|a, b| a.1.total_cmp(&b.1))?;
            ground.add_label(&place, request, gap);
            Some(place)
        })
        .collect()
}

fn candidates(request: &LabelRequest, gap: f64) -> impl Iterator<Item = (LabelPlace, f64)> {
    RINGS.iter().enumerate().flat_map(move |(ring, &beyond)| {
        DIRECTIONS_DEG.iter().enumerate().map(move |(rank, degrees)| {
            let (sin, cos) = degrees.to_radians().sin_cos();
            // The farthest corner of the outline along the direction, and the label in the quadrant beyond it: the
            // line through that corner across the direction parts the two.
            let along = |p: &&PixelPoint| p.x * cos + p.y * sin;
            let corner = request.outline.iter().max_by(|a, b| along(a).total_cmp(&along(b)));
            let corner = corner.copied().unwrap_or(PixelPoint::from_xy(0.0, 0.0));
            let away = gap + beyond * request.height;
            let anchor = corner.moved(PixelShift::from_xy(away * cos, away * sin));
            let beside = |direction: f64, extent: f64| match direction {
                d if d > SQUARE => 0.0,
                d if d < -SQUARE => -extent,
                _ => -extent / 2.0,
            };
            let (left, top) = (anchor.x + beside(cos, request.width), anchor.y + beside(sin, request.height));
            let leader = (ring > 0).then(|| leader(request, left, top, gap)).flatten();
            (LabelPlace { left, top, leader }, ring as f64 * RING_COST + rank as f64 * DIRECTION_COST)
        })
    })
}

/// The shortest line between a corner or side of the label and a corner of the outline.
fn leader(request: &LabelRequest, left: f64, top: f64, gap: f64) -> Option<(PixelPoint, PixelPoint)> {
    let edge = |p: PixelPoint| {
        let margin = gap / 2.0;
        let x = p.x.clamp(left - margin, left + request.width + margin);
        let y = p.y.clamp(top - margin, top + request.height + margin);
        PixelPoint::from_xy(x, y)
    };
    let lines = request.outline.iter().map(|&corner| (edge(corner), corner));
    lines.min_by(|a, b| a.0.minus(a.1).length().total_cmp(&b.0.minus(b.1).length()))
}

#[derive(Clone, Copy, PartialEq)]
enum Cell {
    Free,
    Inside,
    Line,
    Label,
}

/// What stands where, in cells of a few pixels.
struct Occupancy {
    clip: Window,
    cell_px: f64,
    cells: Array2<Cell>,
}

impl Occupancy {
    fn new(clip: Window, cell_px: f64) -> Self {
        let along = |pixels: usize| (pixels as f64 / cell_px).ceil() as usize + 1;
        Occupancy { clip, cell_px, cells: Array2::from_elem((along(clip.height), along(clip.width)), Cell::Free) }
    }

    fn cell_of(&self, x: f64, y: f64) -> (usize, usize) {
        let along = |place: f64, from: usize, count: usize| {
            (((place - from as f64) / self.cell_px).max(0.0) as usize).min(count.saturating_sub(1))
        };
        (along(y, self.clip.row, self.cells.nrows()), along(x, self.clip.col, self.cells.ncols()))
    }

    fn add_outline(&mut self, outline: &[PixelPoint]) {
        let scaled = |p: &PixelPoint| {
            let x = (p.x - self.clip.col as f64) / self.cell_px;
            geo::coord! { x: x, y: (p.y - self.clip.row as f64) / self.cell_px }
        };
        let polygon = geo::Polygon::new(outline.iter().map(scaled).collect(), Vec::new());
        let (rows, cols) = self.cells.dim();
        let cells = &mut self.cells;
        crate::raster::area_mask::for_each_span(&polygon, Window::from_tlhw(0, 0, rows, cols), |row, span| {
            for cell in span.map(|col| (row, col)) {
                if cells[cell] == Cell::Free {
                    cells[cell] = Cell::Inside;
                }
            }
        });
        for (a, b) in outline.iter().zip(outline.iter().cycle().skip(1)) {
            let steps = (b.minus(*a).length() / self.cell_px).ceil().max(1.0) as usize;
            for step in 0..=steps {
                let share = step as f64 / steps as f64;
                let cell = self.cell_of(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share);
                self.cells[cell] = Cell::Line;
            }
        }
    }

    fn add_label(&mut self, place: &LabelPlace, request: &LabelRequest, gap: f64) {
        let margin = gap / 2.0;
        let first = self.cell_of(place.left - margin, place.top - margin);
        let last = self.cell_of(place.left + request.width + margin, place.top + request.height + margin);
        for row in first.0..=last.0 {
            for col in first.1..=last.1 {
                self.cells[[row, col]] = Cell::Label;
            }
        }
    }

    /// What a label would cover; `None` when it would leave the window or cover another label.
    fn cost(&self, place: &LabelPlace, request: &LabelRequest) -> Option<f64> {
        let (right, bottom) = (place.left + request.width, place.top + request.height);
        let inside = place.left >= self.clip.col as f64
            && place.top >= self.clip.row as f64
            && right <= self.clip.right() as f64
            && bottom <= self.clip.bottom() as f64;
        if !inside {
            return None;
        }
        let (first, last) = (self.cell_of(place.left, place.top), self.cell_of(right, bottom));
        let mut cost = 0.0;
        for row in first.0..=last.0 {
            for col in first.1..=last.1 {
                cost += match self.cells[[row, col]] {
                    Cell::Free => 0.0,
                    Cell::Inside => INSIDE_COST,
                    Cell::Line => LINE_COST,
                    Cell::Label => return None,
                };
            }
        }
        Some(cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CLIP: Window = Window { row: 10, col: 20, height: 400, width: 600 };

    fn square(x: f64, y: f64, side: f64) -> LabelRequest {
        let corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)];
        let outline = corners.map(|(x, y)| PixelPoint::from_xy(x, y)).to_vec();
        LabelRequest { outline, width: 22.0, height: 11.0 }
    }

    fn overlap(a: &LabelPlace, b: &LabelPlace) -> bool {
        (a.left - b.left).abs() < 22.0 && (a.top - b.top).abs() < 11.0
    }

    proptest! {
        #[test]
        fn labels_never_cover_one_another_nor_leave(corners in prop::collection::vec((20.0..600.0f64, 10.0..390.0f64), 1..60)) {
            let requests: Vec<_> = corners.iter().map(|&(x, y)| square(x, y, 18.0)).collect();
            let places: Vec<_> = place_labels(&requests, CLIP, 4.0).into_iter().flatten().collect();
            for (index, place) in places.iter().enumerate() {
                prop_assert!(place.left >= 20.0 && place.left + 22.0 <= 620.0);
                prop_assert!(place.top >= 10.0 && place.top + 11.0 <= 410.0);
                prop_assert!(places[..index].iter().all(|other| !overlap(place, other)));
            }
        }
    }

    #[test]
    fn a_label_keeps_clear_of_its_own_and_of_its_neighbour() {
        let requests = [square(300.0, 200.0, 40.0), square(345.0, 150.0, 40.0)];
        let places = place_labels(&requests, CLIP, 4.0);
        for place in places.iter().map(|place| place.expect("room enough")) {
            for request in &requests {
                let (x, y) = (request.outline[0].x, request.outline[0].y);
                let clear =
                    place.left >= x + 40.0 || place.left + 22.0 <= x || place.top >= y + 40.0 || place.top + 11.0 <= y;
                assert!(clear, "{place:?}");
            }
            assert!(place.leader.is_none());
        }
    }

    #[test]
    fn a_label_without_room_is_left_out() {
        let narrow = Window::from_tlhw(0, 0, 16, 30);
        let places = place_labels(&[square(2.0, 7.0, 1.0), square(3.0, 7.0, 1.0)], narrow, 1.0);
        assert_eq!(places.iter().flatten().count(), 1, "{places:?}");
    }
}
