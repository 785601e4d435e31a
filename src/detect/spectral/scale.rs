//! Sizes on the ground, as pixels of the grid that detection works on.

use crate::raster::units::Meters;
use crate::raster::window::{GridSize, Window};

/// Ground sampling distance that the filters were made for; assumed where it is unknown.
pub(super) const REFERENCE: Meters = Meters(0.5);

/// Mapping nodes of a warped image lie this many pixels apart (see [`crate::pair::Alignment`]); tiles that begin on a
/// multiple of it see the same warped pixels.
const NODE_SPACING: usize = 16;

/// Radii of the filters, in pixels of the working grid.
///
/// Each is a size on the ground, but not below a few pixels: 3 pixels is the least in which a line has a direction, 6
/// the least window in which a share of straight edges means something. Beyond about 1.3 m the latter rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reach {
    /// Half the length of a straight edge: 3 m, half a short wall.
    pub(super) line: usize,
    /// Window in which straightness is judged: 8 m, so that a house's walls are in it from anywhere on its roof.
    pub(super) neighborhood: usize,
    /// Window of edges close by: 2.5 m.
    pub(super) near: usize,
    /// How far a cast shadow reaches: 6 m, two storeys at a sun elevation of 45 degrees.
    pub(super) shadow: usize,
    /// Window against whose brightness a shadow is dark: 15 m.
    pub(super) surround: usize,
    /// Window of the final smoothing: 4 m.
    pub(super) guide: usize,
    /// Misalignment tolerated in spectral change: 1 m.
    pub(super) tolerance: usize,
}

impl Reach {
    fn at(working: Meters) -> Self {
        let pixels = |length: f64, least: usize| ((length / working.0).round() as usize).max(least);
        Reach {
            line: pixels(3.0, 3),
            neighborhood: pixels(8.0, 6),
            near: pixels(2.5, 1),
            shadow: pixels(6.0, 2),
            surround: pixels(15.0, 6),
            guide: pixels(4.0, 3),
            tolerance: pixels(1.0, 1),
        }
    }

    /// Pixels around a tile on which its values depend, rounded up to whole mapping nodes.
    pub(super) fn margin(&self) -> usize {
        // Smoothing and gradients 4, trust in the mask 4; the longest chain of windows after them; twice the guide.
        let edges = self.line + self.neighborhood;
        let shadows = self.surround + self.shadow;
        (8 + edges.max(shadows).max(self.tolerance) + 2 * self.guide).next_multiple_of(NODE_SPACING)
    }
}

/// The grid that detection works on: the after grid, reduced by a whole factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct WorkingGrid {
    /// The after grid.
    full: GridSize,
    /// Pixels of the after grid for a pixel of this one, along each axis.
    pub(super) step: usize,
    pub(super) reach: Reach,
}

impl WorkingGrid {
    /// The grid for an image of this ground sampling distance (0.5 m is assumed when it is unknown), reduced towards the
    /// working one.
    pub(super) fn new(full: GridSize, gsd: Option<Meters>, working: Meters) -> Self {
        let gsd = gsd.filter(|gsd| gsd.0.is_finite() && gsd.0 > 0.0).unwrap_or(REFERENCE);
        let step = (working.0 / gsd.0 + 1e-6).floor().clamp(1.0, 64.0) as usize;
        WorkingGrid { full, step, reach: Reach::at(Meters(gsd.0 * step as f64)) }
    }

    /// Height and width of the working grid.
    pub(super) fn size(&self) -> GridSize {
        self.full.reduced(self.step)
    }

    /// Cuts the working grid into tiles of about `side` pixels.
    pub(super) fn tiles(&self, side: usize) -> impl Iterator<Item = Window> + Clone {
        self.size().tiles(side.max(1).next_multiple_of(NODE_SPACING))
    }

    /// The window of the after grid that a window of the working grid shows.
    pub(super) fn full_window(&self, window: Window) -> Window {
        let (row, col) = (window.row * self.step, window.col * self.step);
        let bottom = (window.bottom() * self.step).min(self.full.height);
        let right = (window.right() * self.step).min(self.full.width);
        Window::from_tlhw(row, col, bottom - row, right - col)
    }

    /// The window of the working grid, in whole steps of [`NODE_SPACING`], that holds a window of the after grid.
    pub(super) fn working_window(&self, full: Window) -> Window {
        let size = self.size();
        let first = |start: usize| start / self.step / NODE_SPACING * NODE_SPACING;
        let end = |end: usize, most: usize| end.div_ceil(self.step).next_multiple_of(NODE_SPACING).min(most);
        let (row, col) = (first(full.row), first(full.col));
        let (bottom, right) = (end(full.bottom(), size.height), end(full.right(), size.width));
        Window::from_tlhw(row, col, bottom - row, right - col)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fine_images_are_reduced_and_coarse_ones_are_not() {
        let size = GridSize { height: 1001, width: 600 };
        let at = |gsd| WorkingGrid::new(size, Some(Meters(gsd)), REFERENCE);
        assert_eq!(at(0.5), WorkingGrid::new(size, None, REFERENCE));
        assert_eq!([0.1, 0.25, 0.3, 0.5, 3.0].map(|gsd| at(gsd).step), [5, 2, 1, 1, 1]);
        assert_eq!(at(0.25).full_window(Window::from_tlhw(496, 0, 5, 300)), Window::from_tlhw(992, 0, 9, 600));
        assert_eq!(at(0.25).working_window(Window::from_tlhw(993, 33, 8, 30)), Window::from_tlhw(496, 16, 5, 16));
        assert_eq!([0.4, 0.5, 0.7].map(|gsd| WorkingGrid::new(size, Some(Meters(gsd)), Meters(1.0)).step), [2, 2, 1]);
        assert_eq!(at(0.5).reach.margin(), 80);
        assert_eq!(at(10.0).reach.neighborhood, 6);
    }
}
