//! Grid sizes, windows of a grid, and the walk over a grid in tiles.

use serde::{Deserialize, Serialize};

/// Height and width of a grid, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridSize {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl GridSize {
    /// The window that covers the whole grid.
    pub fn window(self) -> Window {
        Window::from_tlhw(0, 0, self.height, self.width)
    }

    /// Number of pixels.
    pub fn pixels(self) -> usize {
        self.height * self.width
    }

    /// Size after keeping one pixel for every `step` x `step` block, partial blocks included.
    pub fn reduced(self, step: usize) -> GridSize {
        GridSize { height: self.height.div_ceil(step), width: self.width.div_ceil(step) }
    }

    /// Strips of `rows` whole rows that cover the grid from the top, the last one lower where they do not fit.
    pub fn strips(self, rows: usize) -> impl Iterator<Item = Window> + Clone {
        let rows = rows.max(1);
        (0..self.height)
            .step_by(rows)
            .map(move |row| Window::from_tlhw(row, 0, rows.min(self.height - row), self.width))
    }

    /// Cuts the grid into tiles of at most `side` pixels a side, in reading order, that touch but do not overlap.
    ///
    /// ```
    /// use sitedelta::raster::window::{GridSize, Window};
    /// let tiles: Vec<Window> = GridSize { height: 3, width: 5 }.tiles(4).collect();
    /// assert_eq!(tiles, [Window::from_tlhw(0, 0, 3, 4), Window::from_tlhw(0, 4, 3, 1)]);
    /// ```
    pub fn tiles(self, side: usize) -> impl Iterator<Item = Window> + Clone {
        let rows = (0..self.height).step_by(side.max(1));
        rows.flat_map(move |row| {
            (0..self.width)
                .step_by(side.max(1))
                .map(move |col| Window::from_tlhw(row, col, side.min(self.height - row), side.min(self.width - col)))
        })
    }
}

/// A rectangle of whole pixels: rows `row..row + height`, columns `col..col + width`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// First row.
    pub row: usize,
    /// First column.
    pub col: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Window {
    /// Makes a window from top row, left column, height and width.
    pub fn from_tlhw(row: usize, col: usize, height: usize, width: usize) -> Self {
        Window { row, col, height, width }
    }

    /// Height and width.
    pub fn size(self) -> GridSize {
        GridSize { height: self.height, width: self.width }
    }

    /// One past the last row.
    pub fn bottom(self) -> usize {
        self.row + self.height
    }

    /// One past the last column.
    pub fn right(self) -> usize {
        self.col + self.width
    }

    /// True when the window holds no pixel.
    pub fn is_empty(self) -> bool {
        self.height == 0 || self.width == 0
    }

    /// True when the window lies inside a grid of this size.
    pub fn fits(self, size: GridSize) -> bool {
        self.bottom() <= size.height && self.right() <= size.width
    }

    /// The window grown by `margin` pixels on every side, clipped to a grid of this size.
    pub fn grown(self, margin: usize, size: GridSize) -> Window {
        let row = self.row.saturating_sub(margin);
        let col = self.col.saturating_sub(margin);
        let bottom = (self.bottom() + margin).min(size.height);
        let right = (self.right() + margin).min(size.width);
        Window::from_tlhw(row, col, bottom - row, right - col)
    }

    /// The pixels that two windows share; `None` when they share none.
    pub fn intersection(self, other: Window) -> Option<Window> {
        let row = self.row.max(other.row);
        let col = self.col.max(other.col);
        let bottom = self.bottom().min(other.bottom());
        let right = self.right().min(other.right());
        (row < bottom && col < right).then(|| Window::from_tlhw(row, col, bottom - row, right - col))
    }

    /// This window in the coordinates of `outer`, which must contain it: the part of `outer`'s array that it covers.
    pub fn within(self, outer: Window) -> Window {
        debug_assert!(self.row >= outer.row && self.col >= outer.col);
        Window::from_tlhw(self.row - outer.row, self.col - outer.col, self.height, self.width)
    }

    /// The window as an ndarray slice of a (height, width) array.
    pub fn slice(self) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        (self.row..self.bottom(), self.col..self.right())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_every_pixel_once() {
        let size = GridSize { height: 103, width: 57 };
        let mut seen = ndarray::Array2::<u8>::zeros((103, 57));
        for tile in size.tiles(16) {
            let (rows, cols) = tile.slice();
            seen.slice_mut(ndarray::s![rows, cols]).mapv_inplace(|count| count + 1);
        }
        assert!(seen.iter().all(|&count| count == 1));
    }

    #[test]
    fn strips_are_whole_rows_from_the_top() {
        let strips: Vec<Window> = GridSize { height: 10, width: 7 }.strips(4).collect();
        assert_eq!(strips, [(0, 4), (4, 4), (8, 2)].map(|(row, height)| Window::from_tlhw(row, 0, height, 7)));
    }

    #[test]
    fn growing_stops_at_the_grid() {
        let size = GridSize { height: 10, width: 10 };
        assert_eq!(Window::from_tlhw(1, 8, 2, 2).grown(3, size), Window::from_tlhw(0, 5, 6, 5));
    }

    #[test]
    fn disjoint_windows_share_nothing() {
        let left = Window::from_tlhw(0, 0, 4, 4);
        assert_eq!(left.intersection(Window::from_tlhw(0, 4, 4, 4)), None);
        assert_eq!(left.intersection(Window::from_tlhw(2, 1, 9, 2)), Some(Window::from_tlhw(2, 1, 2, 2)));
    }
}
