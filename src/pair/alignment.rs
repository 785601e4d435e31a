//! From places in the after image to places in the before image.

use ndarray::Array2;

use crate::raster::Raster;
use crate::raster::crs::Georeference;
use crate::raster::pixel_transform::PixelTransform;
use crate::raster::point::{PixelPoint, PixelShift};
use crate::raster::resample::sample_at;
use crate::raster::window::{GridSize, Window};
use crate::scene::{ReadError, Scene};

/// Spacing, in output pixels, at which a window's mapping is computed exactly; between, it is interpolated bilinearly.
/// Over 16 pixels a map projection departs from that by far less than a hundredth of a pixel.
const EXACT_EVERY: usize = 16;

/// Reduction of the before image is worth its cost from this ratio of resolutions on.
const REDUCE_FROM: f64 = 1.5;

/// Where each place of the after image lies in the before image.
///
/// Three maps in turn: `residual` (affine, after pixels to after pixels: what the pixels asked for), `local` (smooth
/// displacements in after pixels, for relief and mosaics), then the initial map from after to before pixels through
/// the georeferences, or the identity where there are none.
#[derive(Clone, Debug)]
pub struct Alignment {
    initial: Initial,
    residual: PixelTransform,
    local: Option<DisplacementGrid>,
}

#[derive(Clone, Debug)]
enum Initial {
    Affine(PixelTransform),
    Reprojected { after: Georeference, before: Georeference },
}

/// Smooth displacements on a coarse grid of nodes over the after image, interpolated bilinearly, level beyond the edge.
#[derive(Clone, Debug, PartialEq)]
pub struct DisplacementGrid {
    /// Pixels of the after image between nodes; node (0, 0) lies at the point (0, 0).
    pub spacing_px: f64,
    /// Shifts at the nodes, (rows, columns).
    pub shifts: Array2<PixelShift>,
}

impl DisplacementGrid {
    /// The displacement at a place of the after image.
    pub fn at(&self, point: PixelPoint) -> PixelShift {
        let (rows, cols) = self.shifts.dim();
        let u = (point.x / self.spacing_px).clamp(0.0, (cols - 1) as f64);
        let v = (point.y / self.spacing_px).clamp(0.0, (rows - 1) as f64);
        let (col, row) = ((u as usize).min(cols.saturating_sub(2)), (v as usize).min(rows.saturating_sub(2)));
        let (next_col, next_row) = ((col + 1).min(cols - 1), (row + 1).min(rows - 1));
        let (fx, fy) = (u - col as f64, v - row as f64);
        let corner = |r: usize, c: usize, weight: f64| {
            let shift = self.shifts[[r, c]];
            (shift.dx * weight, shift.dy * weight)
        };
        let parts = [
            corner(row, col, (1.0 - fx) * (1.0 - fy)),
            corner(row, next_col, fx * (1.0 - fy)),
            corner(next_row, col, (1.0 - fx) * fy),
            corner(next_row, next_col, fx * fy),
        ];
        PixelShift::from_xy(parts.iter().map(|p| p.0).sum(), parts.iter().map(|p| p.1).sum())
    }
}

impl Alignment {
    /// The alignment that the files themselves claim: through both georeferences where both are known, otherwise the
    /// ratio of the ground sampling distances about the top-left corner where both are known, otherwise pixel by pixel.
    pub fn from_georeferences(before: &Scene, after: &Scene) -> Self {
        let (b, a) = (before.description(), after.description());
        let initial = match (&b.georeference, &a.georeference) {
            (Some(before), Some(after)) if before.crs == after.crs => Initial::Affine(affine_between(after, before)),
            (Some(before), Some(after)) => Initial::Reprojected { after: after.clone(), before: before.clone() },
            _ => {
                let scale = match (b.gsd, a.gsd) {
                    (Some(before), Some(after)) => after.0 / before.0,
                    _ => 1.0,
                };
                Initial::Affine(PixelTransform::similarity(scale, 0.0, PixelPoint::from_xy(0.0, 0.0)))
            }
        };
        Alignment { initial, residual: PixelTransform::identity(), local: None }
    }

    /// The same alignment with another residual map; see [`Alignment`].
    pub fn with_residual(mut self, residual: PixelTransform) -> Self {
        self.residual = residual;
        self
    }

    /// The same alignment with local displacements; see [`Alignment`].
    pub fn with_local(mut self, local: Option<DisplacementGrid>) -> Self {
        self.local = local;
        self
    }

    /// The affine map that the pixels asked for, from after pixels to after pixels.
    pub fn residual(&self) -> &PixelTransform {
        &self.residual
    }

    /// The local displacements, in after pixels.
    pub fn local(&self) -> Option<&DisplacementGrid> {
        self.local.as_ref()
    }

    /// The place in the before image of a place in the after image; `None` where a map projection is not defined.
    pub fn to_before(&self, point: PixelPoint) -> Option<PixelPoint> {
        let mut place = self.residual.apply(point);
        if let Some(local) = &self.local {
            place = place.moved(local.at(point));
        }
        match &self.initial {
            Initial::Affine(affine) => Some(affine.apply(place)),
            Initial::Reprojected { after, before } => {
                let map = after.crs.transform(after.transform.to_map(place), &before.crs).ok()?;
                Some(before.transform.to_pixel(map))
            }
        }
    }

    /// Before pixels per after pixel at the centre of a window: above 1 where the before image is the finer one.
    pub fn scale_at(&self, window: Window) -> Option<f64> {
        let x = window.col as f64 + window.width as f64 / 2.0;
        let y = window.row as f64 + window.height as f64 / 2.0;
        let center = self.to_before(PixelPoint::from_xy(x, y))?;
        let right = self.to_before(PixelPoint::from_xy(x + 1.0, y))?.minus(center);
        let down = self.to_before(PixelPoint::from_xy(x, y + 1.0))?.minus(center);
        Some((right.dx * down.dy - right.dy * down.dx).abs().sqrt())
    }

    /// Reads the before image warped onto a window of the after grid, one pixel for every `step` x `step` block.
    ///
    /// # Errors
    /// [`ReadError`] when the before image cannot be read.
    pub fn warp(&self, before: &Scene, window: Window, step: usize) -> Result<Raster, ReadError> {
        let size = window.size().reduced(step);
        let mapping = WindowMapping::new(self, window, step);
        let Some(source) = mapping.source_window(before.size()) else {
            return Ok(Raster::all_nodata(before.bands(), size));
        };
        let ratio = self.scale_at(window).unwrap_or(1.0) * step as f64;
        let reduction = if ratio >= REDUCE_FROM { ratio.round().max(1.0) as usize } else { 1 };
        // Blocks are counted from the image's own corner, so that neighbouring windows see the same ones.
        let source = aligned_to(source, reduction, before.size());
        let pixels = before.read(source, reduction)?;
        let (left, top, block) = (source.col as f64, source.row as f64, reduction as f64);
        Ok(sample_at(&pixels, size, |row| {
            let line = mapping.line(row);
            move |col| {
                let place = line.at(col)?;
                Some(PixelPoint::from_xy((place.x - left) / block, (place.y - top) / block))
            }
        }))
    }
}

/// The affine map between two images in one coordinate reference system.
fn affine_between(from: &Georeference, to: &Georeference) -> PixelTransform {
    let image = |x: f64, y: f64| to.transform.to_pixel(from.transform.to_map(PixelPoint::from_xy(x, y)));
    let origin = image(0.0, 0.0);
    let (right, down) = (image(1.0, 0.0).minus(origin), image(0.0, 1.0).minus(origin));
    PixelTransform::from_coefficients([right.dx, down.dx, origin.x, right.dy, down.dy, origin.y])
}

fn aligned_to(window: Window, block: usize, size: GridSize) -> Window {
    let (row, col) = (window.row / block * block, window.col / block * block);
    let bottom = window.bottom().next_multiple_of(block).min(size.height);
    let right = window.right().next_multiple_of(block).min(size.width);
    Window::from_tlhw(row, col, bottom - row, right - col)
}

/// The mapping of one window: exact at nodes [`EXACT_EVERY`] output pixels apart, bilinear between them.
struct WindowMapping {
    nodes: Array2<Option<PixelPoint>>,
}

impl WindowMapping {
    fn new(alignment: &Alignment, window: Window, step: usize) -> Self {
        let size = window.size().reduced(step);
        let rows = size.height / EXACT_EVERY + 2;
        let cols = size.width / EXACT_EVERY + 2;
        let center = |index: usize| ((index * EXACT_EVERY) as f64 + 0.5) * step as f64;
        let nodes = Array2::from_shape_fn((rows, cols), |(row, col)| {
            let point = PixelPoint::from_xy(window.col as f64 + center(col), window.row as f64 + center(row));
            alignment.to_before(point)
        });
        WindowMapping { nodes }
    }

    /// The mapping of one output row.
    fn line(&self, row: usize) -> LineMapping {
        let (node_row, share) = (row / EXACT_EVERY, (row % EXACT_EVERY) as f64 / EXACT_EVERY as f64);
        let (above, below) = (self.nodes.row(node_row), self.nodes.row(node_row + 1));
        let between =
            |(above, below): (&Option<PixelPoint>, &Option<PixelPoint>)| Some((*above)?.toward((*below)?, share));
        LineMapping { nodes: above.iter().zip(below).map(between).collect() }
    }

    /// The part of the before image that the window shows, with room for the interpolation kernel and one reduction
    /// block; `None` when it shows nothing.
    fn source_window(&self, size: GridSize) -> Option<Window> {
        let mut ends = [f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY];
        for place in self.nodes.iter().flatten() {
            ends = [ends[0].min(place.x), ends[1].max(place.x), ends[2].min(place.y), ends[3].max(place.y)];
        }
        let margin = 4.0;
        let clamp = |v: f64, n: usize| v.clamp(0.0, n as f64) as usize;
        let (left, right) = (clamp(ends[0] - margin, size.width), clamp(ends[1] + margin, size.width));
        let (top, bottom) = (clamp(ends[2] - margin, size.height), clamp(ends[3] + margin, size.height));
        (left < right && top < bottom).then(|| Window::from_tlhw(top, left, bottom - top, right - left))
    }
}

/// The mapping of one output row: known [`EXACT_EVERY`] columns apart.
struct LineMapping {
    nodes: Vec<Option<PixelPoint>>,
}

impl LineMapping {
    #[inline]
    fn at(&self, col: usize) -> Option<PixelPoint> {
        let (left, right) = (self.nodes[col / EXACT_EVERY]?, self.nodes[col / EXACT_EVERY + 1]?);
        Some(left.toward(right, (col % EXACT_EVERY) as f64 / EXACT_EVERY as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;

    fn ramp_scene(side: usize) -> Scene {
        let ramp = Array3::from_shape_fn((1, side, side), |(_, r, c)| (2 * r + c) as f32);
        Scene::from_raster("ramp", Raster::all_valid(ramp))
    }

    #[test]
    fn a_planted_shift_is_followed() {
        let scene = ramp_scene(64);
        let shift = PixelTransform::translation(PixelShift::from_xy(3.25, -1.5));
        let alignment = Alignment::from_georeferences(&scene, &scene).with_residual(shift);
        let warped = alignment.warp(&scene, Window::from_tlhw(10, 20, 20, 20), 1).expect("invariant: in memory");
        assert!((warped.band(0)[[5, 5]] - (2.0 * 13.5 + 28.25)).abs() < 1e-3);
    }

    #[test]
    fn neighbouring_windows_agree() {
        let scene = ramp_scene(96);
        let turn = PixelTransform::similarity(1.3, 4.0, PixelPoint::from_xy(48.0, 48.0));
        let alignment = Alignment::from_georeferences(&scene, &scene).with_residual(turn);
        let whole = alignment.warp(&scene, Window::from_tlhw(0, 0, 96, 96), 1).expect("invariant: in memory");
        let part = alignment.warp(&scene, Window::from_tlhw(32, 48, 32, 32), 1).expect("invariant: in memory");
        let difference = &whole.band(0).slice(ndarray::s![32..64, 48..80]) - &part.band(0);
        assert!(difference.iter().all(|d| d.abs() < 1e-2));
    }

    #[test]
    fn outside_the_before_image_is_nodata() {
        let scene = ramp_scene(32);
        let shift = PixelTransform::translation(PixelShift::from_xy(100.0, 0.0));
        let alignment = Alignment::from_georeferences(&scene, &scene).with_residual(shift);
        let warped = alignment.warp(&scene, Window::from_tlhw(0, 0, 32, 32), 1).expect("invariant: in memory");
        assert!(warped.valid().iter().all(|v| !v));
    }
}
