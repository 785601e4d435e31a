//! The ground as the renderer sees it: a fine grid of light and height on which everything is drawn.

use std::ops::Range;

use geo::{BoundingRect, Coord, LineString, Polygon};

use crate::raster::area_mask::for_each_span;
use crate::raster::pixel_transform::PixelTransform;
use crate::raster::point::{PixelPoint, PixelShift};
use crate::raster::window::{GridSize, Window};
use crate::simulate::description::Place;
use crate::simulate::render::facade::Facade;
use crate::simulate::render::paint::Light;

/// What a cell's side looks like where it stands above its neighbor.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulate) enum Side {
    /// The same as its top: foliage, heaps, vehicles.
    LikeTop,
    /// A wall.
    Wall(Facade),
}

/// One cell of the surface.
pub(in crate::simulate) struct Cell<'a> {
    /// Share of the light it sends back when lit like level ground.
    pub albedo: &'a mut Light,
    /// Height above ground, metres.
    pub height: &'a mut f32,
    /// Number of its side in the surface's table.
    pub side: &'a mut u16,
}

/// A fine grid over a part of the scene, in the orientation of one image.
///
/// `albedo` and `height` are row by row. Everything that stands on the ground is a height above it: shadows, the shading
/// of slopes and the lean of walls all follow from this one array.
pub(in crate::simulate) struct Surface {
    /// Rows and columns of the fine grid.
    pub size: GridSize,
    /// Row and column of its first cell in the fine grid of the whole image.
    pub origin: (i64, i64),
    /// From metres on the ground to cells of this grid.
    pub from_ground: PixelTransform,
    /// From cells of this grid to metres on the ground.
    pub to_ground: PixelTransform,
    /// Side of a cell, metres.
    pub cell_m: f32,
    /// Cells along the side of a block, for which textures are sampled once: a pixel's.
    pub block: usize,
    /// Where polygons are drawn: all over at first.
    pub clip: Window,
    /// Light sent back by every cell when lit like level ground.
    pub albedo: Vec<Light>,
    /// Height of every cell, metres.
    pub height: Vec<f32>,
    /// Number of every cell's side in `sides`.
    pub side: Vec<u16>,
    /// Sides by number; 0 is the ground.
    pub sides: Vec<Side>,
}

impl Surface {
    /// A bare surface over `window` of the fine grid that `from_ground` leads to.
    pub(in crate::simulate) fn over(window: FineWindow, from_ground: PixelTransform, block: usize) -> Self {
        let shift = PixelShift::from_xy(-window.left as f64, -window.top as f64);
        let from_ground = from_ground.then(&PixelTransform::translation(shift));
        let to_ground = from_ground.inverse().expect("invariant: a similarity has an inverse");
        let cells = window.size.pixels();
        Surface {
            size: window.size,
            origin: (window.top, window.left),
            cell_m: to_ground.scale() as f32,
            block,
            clip: window.size.window(),
            from_ground,
            to_ground,
            albedo: vec![[0.0; 3]; cells],
            height: vec![0.0; cells],
            side: vec![0; cells],
            sides: vec![Side::LikeTop],
        }
    }

    /// Registers a kind of side and returns its number.
    pub(in crate::simulate) fn add_side(&mut self, side: Side) -> u16 {
        self.sides.push(side);
        (self.sides.len() - 1).min(usize::from(u16::MAX)) as u16
    }

    /// True when a circle on the ground touches the surface.
    pub(in crate::simulate) fn touches(&self, center: Place, radius_m: f64) -> bool {
        let at = self.cell_of(center);
        let reach = radius_m / f64::from(self.cell_m) + 1.0;
        at.x > -reach
            && at.y > -reach
            && at.x < self.size.width as f64 + reach
            && at.y < self.size.height as f64 + reach
    }

    /// Where a place on the ground lies in the fine grid.
    pub(in crate::simulate) fn cell_of(&self, place: Place) -> PixelPoint {
        self.from_ground.apply(PixelPoint::from_xy(place[0], place[1]))
    }

    /// Calls `draw(x, y, cell)` for every cell whose center lies inside the polygon, x and y being metres on the ground.
    pub(in crate::simulate) fn draw_polygon(&mut self, outline: &[Place], mut draw: impl FnMut(f32, f32, Cell<'_>)) {
        let Some(polygon) = self.polygon_of_cells(outline) else { return };
        self.for_each_run(&polygon, |surface, row, cols| surface.draw_run(row, cols, &mut draw));
    }

    /// As [`draw_polygon`](Self::draw_polygon), with what `sample(x, y)` says of the middle of the block that the cell
    /// belongs to: textures need not be looked up for every cell.
    ///
    /// Blocks have `self.block` x `self.block` cells and are counted from the corner of the whole image, so that tiles
    /// sample the same ones.
    pub(in crate::simulate) fn draw_polygon_sampled<S: Copy>(
        &mut self,
        outline: &[Place],
        sample: impl Fn(f32, f32) -> S,
        mut draw: impl FnMut(f32, f32, S, Cell<'_>),
    ) {
        let Some(polygon) = self.polygon_of_cells(outline) else { return };
        let block = self.block as i64;
        let (top, left) = self.origin;
        let first = left.div_euclid(block);
        let [dx, _, _, dy, ..] = self.to_ground.coefficients();
        let mut samples: Vec<Option<S>> = vec![None; self.size.width / self.block + 2];
        let mut sampled_row = i64::MIN;
        self.for_each_run(&polygon, |surface, row, cols| {
            let block_row = (top + row as i64).div_euclid(block);
            if block_row != sampled_row {
                samples.fill(None);
                sampled_row = block_row;
            }
            let middle = |number: i64, origin: i64| (number * block - origin) as f64 + 0.5 * block as f64;
            let start = surface.to_ground.apply(PixelPoint::from_xy(0.0, middle(block_row, top)));
            let mut col = cols.start as i64;
            surface.draw_run(row, cols, &mut |x, y, cell| {
                let number = (left + col).div_euclid(block);
                col += 1;
                let known = samples[(number - first) as usize].get_or_insert_with(|| {
                    let across = middle(number, left);
                    sample((start.x + across * dx) as f32, (start.y + across * dy) as f32)
                });
                draw(x, y, *known, cell);
            });
        });
    }

    /// Calls `visit` for every run of cells of the clip whose centers lie inside the polygon.
    fn for_each_run(&mut self, polygon: &Polygon<f64>, mut visit: impl FnMut(&mut Self, usize, Range<usize>)) {
        let clip = self.clip;
        for_each_span(polygon, clip, |row, cols| {
            visit(self, clip.row + row, clip.col + cols.start..clip.col + cols.end)
        });
    }

    /// An outline in cells of this grid; `None` when it lies outside the clip.
    fn polygon_of_cells(&self, outline: &[Place]) -> Option<Polygon<f64>> {
        let ring: Vec<Coord<f64>> = outline
            .iter()
            .map(|&place| {
                let PixelPoint { x, y } = self.cell_of(place);
                Coord { x, y }
            })
            .collect();
        let polygon = Polygon::new(LineString(ring), Vec::new());
        let bounds = polygon.bounding_rect()?;
        let outside = bounds.max().x < self.clip.col as f64
            || bounds.max().y < self.clip.row as f64
            || bounds.min().x > self.clip.right() as f64
            || bounds.min().y > self.clip.bottom() as f64;
        (!outside).then_some(polygon)
    }

    /// Calls `draw(x, y, cell)` for every cell in these columns of a row.
    pub(in crate::simulate) fn draw_run(
        &mut self,
        row: usize,
        cols: Range<usize>,
        draw: &mut impl FnMut(f32, f32, Cell<'_>),
    ) {
        let start = self.to_ground.apply(PixelPoint::center_of(row, cols.start));
        let [dx, _, _, dy, ..] = self.to_ground.coefficients();
        let from = row * self.size.width;
        let run = from + cols.start..from + cols.end;
        let cells = self.albedo[run.clone()].iter_mut().zip(&mut self.height[run.clone()]).zip(&mut self.side[run]);
        for (i, ((albedo, height), side)) in cells.enumerate() {
            let step = i as f64;
            draw((start.x + step * dx) as f32, (start.y + step * dy) as f32, Cell { albedo, height, side });
        }
    }

    /// Calls `draw` for every cell of a rectangle of the fine grid.
    pub(in crate::simulate) fn draw_window(&mut self, window: Window, mut draw: impl FnMut(f32, f32, Cell<'_>)) {
        for row in window.row..window.bottom() {
            self.draw_run(row, window.col..window.right(), &mut draw);
        }
    }

    /// Paints a rectangle of the fine grid with one sample of `light(x, y)` for every block.
    pub(in crate::simulate) fn paint_blocks(&mut self, window: Window, light: impl Fn(f32, f32) -> Light) {
        let width = self.size.width;
        self.for_each_block(window, light, |albedo, rows, cols, light| {
            rows.for_each(|row| albedo[row * width + cols.start..row * width + cols.end].fill(light));
        });
    }

    /// Changes the light of a rectangle of the fine grid by what `sample(x, y)` says of every block.
    pub(in crate::simulate) fn alter_blocks<S: Copy>(
        &mut self,
        window: Window,
        sample: impl Fn(f32, f32) -> S,
        alter: impl Fn(Light, S) -> Light,
    ) {
        let width = self.size.width;
        self.for_each_block(window, sample, |albedo, rows, cols, sampled| {
            for row in rows {
                let run = &mut albedo[row * width + cols.start..row * width + cols.end];
                run.iter_mut().for_each(|light| *light = alter(*light, sampled));
            }
        });
    }

    /// Calls `visit` with the light of all cells, the rows and columns of every block of a rectangle, and what `sample(x, y)`
    /// says of the block's middle.
    fn for_each_block<S>(
        &mut self,
        window: Window,
        sample: impl Fn(f32, f32) -> S,
        visit: impl Fn(&mut [Light], Range<usize>, Range<usize>, S),
    ) {
        let size = self.block as i64;
        let bounds = |from: usize, to: usize, origin: i64| {
            let first = (origin + from as i64).div_euclid(size);
            let last = (origin + to as i64 - 1).div_euclid(size);
            (first..=last).map(move |number| {
                let start = number * size - origin;
                let center = start as f64 + 0.5 * size as f64;
                (start.max(from as i64) as usize..(start + size).min(to as i64) as usize, center)
            })
        };
        let [dx, _, _, dy, ..] = self.to_ground.coefficients();
        for (rows, center_y) in bounds(window.row, window.bottom(), self.origin.0) {
            let start = self.to_ground.apply(PixelPoint::from_xy(0.0, center_y));
            for (cols, center_x) in bounds(window.col, window.right(), self.origin.1) {
                let (x, y) = (start.x + center_x * dx, start.y + center_x * dy);
                visit(&mut self.albedo, rows.clone(), cols, sample(x as f32, y as f32));
            }
        }
    }
}

/// A window of the fine grid; its corner may lie outside the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulate) struct FineWindow {
    /// First row.
    pub top: i64,
    /// First column.
    pub left: i64,
    /// Rows and columns.
    pub size: GridSize,
}

/// A rectangle on the ground with its own axes: the shape of most things people make.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulate) struct Block {
    /// Its center.
    pub center: Place,
    /// Half its extent along and across its axis, metres.
    pub half: [f64; 2],
    /// Direction of its axis.
    along: [f64; 2],
}

impl Block {
    /// A rectangle whose axis has this azimuth in degrees, clockwise from up.
    pub(in crate::simulate) fn new(center: Place, length_m: f64, width_m: f64, azimuth_deg: f64) -> Self {
        let (sin, cos) = azimuth_deg.to_radians().sin_cos();
        Block { center, half: [length_m / 2.0, width_m / 2.0], along: [sin, -cos] }
    }

    /// A rectangle of this length and width with the same center and axes.
    pub(in crate::simulate) fn widened(self, length_m: f64, width_m: f64) -> Self {
        Block { half: [length_m / 2.0, width_m / 2.0], ..self }
    }

    /// The place at these metres along and across the axis, from the center.
    pub(in crate::simulate) fn place(&self, along: f64, across: f64) -> Place {
        let [ax, ay] = self.along;
        [self.center[0] + along * ax - across * ay, self.center[1] + along * ay + across * ax]
    }

    /// Metres along and across the axis of a place.
    #[inline]
    pub(in crate::simulate) fn local(&self, x: f32, y: f32) -> (f32, f32) {
        let (dx, dy) = (x - self.center[0] as f32, y - self.center[1] as f32);
        let (ax, ay) = (self.along[0] as f32, self.along[1] as f32);
        (dx * ax + dy * ay, dy * ax - dx * ay)
    }

    /// Its corners, in order.
    pub(in crate::simulate) fn corners(&self) -> [Place; 4] {
        let [l, w] = self.half;
        [self.place(-l, -w), self.place(l, -w), self.place(l, w), self.place(-l, w)]
    }

    /// Radius of the circle around it.
    pub(in crate::simulate) fn radius(&self) -> f64 {
        self.half[0].hypot(self.half[1])
    }
}
