//! Where crowns hide roofs in an image.
//!
//! Crowns are those of the tree painter, sampled at the centers of the image's pixels. A raised crown is a column from
//! the ground to its top: along the line of sight through a roof's pixel it hides the roof where it reaches above the
//! line. A painted crown lies on the roof, where the painter lays it. Crowns without leaves are seen through.

use ndarray::Array2;

use crate::raster::pixel_transform::PixelTransform;
use crate::raster::point::PixelPoint;
use crate::raster::window::GridSize;
use crate::simulate::description::{Tree, When};
use crate::simulate::render::ground_to_image;
use crate::simulate::render::model::SceneModel;
use crate::simulate::render::trees::{PlacedCrown, TreePainter};

/// Side of the squares by which trees far from all roofs are left out, pixels.
const SQUARE_PX: usize = 16;

/// Tops stand out above the height of a tree by at most this factor (bumps of the crowns).
const TOP: f64 = 1.2;

/// Marks the pixels of roofs that a crown hides.
///
/// - Input: height of the roof that each pixel shows, metres, 0 where it shows none; `lean_px`, pixels to the right and
///   down by which the view moves one metre of height.
/// - Output: (height, width), as the input.
pub(in crate::simulate) fn find_crowned(
    model: &SceneModel<'_>,
    date: When,
    roofs: &Array2<f32>,
    lean_px: [f64; 2],
) -> Array2<bool> {
    let mut crowned = Array2::from_elem(roofs.dim(), false);
    let to_image = ground_to_image(model.description, date);
    let squares = RoofSquares::of(roofs);
    let painter = TreePainter::new(model.description.seed, model.date(date));
    let near = |tree: &&Tree| tree.when.includes(date) && squares.are_near(tree, &to_image, lean_px);
    let hiding: Vec<(&Tree, PlacedCrown)> = (model.trees.iter().filter(near))
        .map(|tree| (tree, painter.place(tree)))
        .filter(|(_, crown)| !crown.is_bare())
        .collect();
    if hiding.is_empty() {
        return crowned;
    }
    let highest = hiding.iter().map(|(tree, _)| TOP * tree.height_m).fold(0.0, f64::max);
    let mut canopy = Canopy::bare(roofs.dim(), highest, lean_px);
    hiding.iter().for_each(|(tree, crown)| canopy.raise(tree, crown, &to_image));
    for ((row, col), crowned) in crowned.indexed_iter_mut() {
        let roof = roofs[[row, col]];
        *crowned = roof > 0.0 && canopy.hides(PixelPoint::center_of(row, col), f64::from(roof));
    }
    crowned
}

/// Squares of the image that show a roof, and the height of the lowest one.
struct RoofSquares {
    roofed: Array2<bool>,
    lowest_m: f64,
}

impl RoofSquares {
    fn of(roofs: &Array2<f32>) -> Self {
        let (height, width) = roofs.dim();
        let mut roofed = Array2::from_elem((height.div_ceil(SQUARE_PX), width.div_ceil(SQUARE_PX)), false);
        let mut lowest = f32::MAX;
        for ((row, col), &roof) in roofs.indexed_iter().filter(|(_, roof)| **roof > 0.0) {
            roofed[[row / SQUARE_PX, col / SQUARE_PX]] = true;
            lowest = lowest.min(roof);
        }
        RoofSquares { roofed, lowest_m: f64::from(lowest) }
    }

    /// True when a tree is higher than the lowest roof, and the square around it, from foot to top, touches a roof's.
    fn are_near(&self, tree: &Tree, to_image: &PixelTransform, lean_px: [f64; 2]) -> bool {
        let top_m = TOP * tree.height_m;
        if top_m < self.lowest_m {
            return false;
        }
        let PixelPoint { x, y } = to_image.apply(PixelPoint::from_xy(tree.center[0], tree.center[1]));
        let reach = PlacedCrown::reach_m(tree) * to_image.scale();
        let span = |middle: f64, lean: f64, squares: usize| {
            let [low, high] = [middle + (top_m * lean).min(0.0) - reach, middle + (top_m * lean).max(0.0) + reach];
            let [low, high] = [low.floor(), high.ceil()].map(|v| v / SQUARE_PX as f64);
            (low.max(0.0) as usize).min(squares)..(high.max(0.0).ceil() as usize).min(squares)
        };
        let (rows, cols) = self.roofed.dim();
        let cols = span(x, lean_px[0], cols);
        span(y, lean_px[1], rows).any(|row| cols.clone().any(|col| self.roofed[[row, col]]))
    }
}

/// Crowns above the ground, on the grid of an image grown by how far the highest one leans.
struct Canopy {
    size: GridSize,
    margin: usize,
    lean_px: [f64; 2],
    highest_m: f64,
    /// Top of raised crowns, and height of the trees whose crown is painted, metres, 0 where there is none.
    tops: Vec<[f32; 2]>,
}

impl Canopy {
    fn bare((height, width): (usize, usize), highest_m: f64, lean_px: [f64; 2]) -> Self {
        let margin = (highest_m * lean_px[0].hypot(lean_px[1])).ceil() as usize;
        let size = GridSize { height: height + 2 * margin, width: width + 2 * margin };
        Canopy { size, margin, lean_px, highest_m, tops: vec![[0.0; 2]; size.pixels()] }
    }

    fn raise(&mut self, tree: &Tree, crown: &PlacedCrown, to_image: &PixelTransform) {
        let to_ground = to_image.inverse().expect("invariant: a similarity has an inverse");
        let [dx, _, _, dy, ..] = to_ground.coefficients();
        let center = to_image.apply(PixelPoint::from_xy(crown.center[0], crown.center[1]));
        let reach = PlacedCrown::reach_m(tree) * to_image.scale();
        let margin = self.margin as f64;
        let span = |middle: f64, cells: usize| {
            let [low, high] = [(middle - reach).floor(), (middle + reach).ceil()].map(|v| (v + margin).max(0.0));
            (low as usize).min(cells)..(high as usize).min(cells)
        };
        let cols = span(center.x, self.size.width);
        let height = tree.height_m as f32;
        for row in span(center.y, self.size.height) {
            let at = |cell: usize| cell as f64 - margin + 0.5;
            let start = to_ground.apply(PixelPoint::from_xy(at(cols.start), at(row)));
            let cells = &mut self.tops[row * self.size.width..][cols.clone()];
            for (step, [raised, painted]) in cells.iter_mut().enumerate() {
                let step = step as f64;
                let Some(share) = crown.cover_at((start.x + step * dx) as f32, (start.y + step * dy) as f32) else {
                    continue;
                };
                if crown.is_painted() {
                    *painted = painted.max(height);
                } else {
                    *raised = raised.max(height * share);
                }
            }
        }
    }

    /// True when a crown hides a roof of this height that the image shows at this place.
    fn hides(&self, place: PixelPoint, roof_m: f64) -> bool {
        let [_, painted] = self.below(place, roof_m);
        if f64::from(painted) > roof_m {
            return true;
        }
        // From pixel to pixel along the line of sight.
        let step_m = 1.0 / self.lean_px[0].hypot(self.lean_px[1]).max(1e-9);
        let mut sight_m = roof_m;
        while sight_m < self.highest_m {
            let [raised, _] = self.below(place, sight_m);
            if f64::from(raised) > sight_m {
                return true;
            }
            sight_m += step_m;
        }
        false
    }

    /// What stands where the line of sight through a place of the image is this high above the ground.
    fn below(&self, PixelPoint { x, y }: PixelPoint, height_m: f64) -> [f32; 2] {
        let cell = |v: f64, lean: f64| (v - height_m * lean + self.margin as f64).max(0.0) as usize;
        let (col, row) = (cell(x, self.lean_px[0]), cell(y, self.lean_px[1]));
        if row < self.size.height && col < self.size.width { self.tops[row * self.size.width + col] } else { [0.0; 2] }
    }
}
