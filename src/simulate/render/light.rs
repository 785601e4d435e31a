//! Sun and sky on the surface: slopes turned to the sun are brighter, and what stands higher casts a shadow.

use crate::simulate::render::paint::Light;
use crate::simulate::render::surface::Surface;

/// The sun as seen from the fine grid.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulate) struct Sun {
    /// Unit vector on the grid that points away from the sun: where shadows fall.
    pub away: [f64; 2],
    /// Tangent of the elevation.
    pub tangent: f64,
    /// Share of the light on level ground that comes from the sky.
    pub skylight: f32,
}

/// Sky light is bluer than sunlight: red, green and blue of shadows relative to lit ground, mean 1. Estimated by eye from
/// shadows on asphalt and concrete in satellite images.
const SKY_COLOR: Light = [0.88, 1.0, 1.16];

/// Height by which a shadow must pass over a cell to darken it, metres: below the size of a cell it is noise.
const SHADOW_BIAS_M: f32 = 0.08;

/// Slopes steeper than this (rise over run) are edges of the grid, not faces.
const STEEPEST: f32 = 2.2;

/// Lights the surface: turns what every cell sends back when lit like level ground into the light it sends upwards.
///
/// Level ground in the sun sends back its albedo; the direct part goes with the cosine of the angle between sun and
/// face, relative to level ground, and vanishes in shadow.
pub(in crate::simulate) fn light_surface(surface: &mut Surface, sun: &Sun) {
    let shadow = shadow_heights(surface, sun);
    let (width, height) = (surface.size.width, surface.size.height);
    let cotangent = (1.0 / sun.tangent) as f32;
    let away = sun.away.map(|v| v as f32);
    let sky = SKY_COLOR.map(|c| c * sun.skylight);
    let direct = [0, 1, 2].map(|i| (1.0 - sky[i]).max(0.0));
    let level = [0, 1, 2].map(|i| sky[i] + direct[i]);
    for row in 0..height {
        for col in 0..width {
            let at = row * width + col;
            let top = surface.height[at];
            let received = if shadow[at] > top + SHADOW_BIAS_M {
                sky
            } else if top > 0.0 {
                let [sx, sy] = slope_at(surface, row, col);
                // Level: 1. Rising away from the sun: lit more directly.
                let facing = 1.0 + cotangent * (sx * away[0] + sy * away[1]);
                let share = (facing / (1.0 + sx * sx + sy * sy).sqrt()).clamp(0.0, 2.5);
                [0, 1, 2].map(|i| sky[i] + direct[i] * share)
            } else {
                level
            };
            let light = &mut surface.albedo[at];
            (0..3).for_each(|i| light[i] *= received[i]);
        }
    }
}

/// Slope of a cell along x and y. The gentler of the two one-sided differences counts, so that a wall at the edge of a
/// roof does not tilt the roof.
fn slope_at(surface: &Surface, row: usize, col: usize) -> [f32; 2] {
    let (width, rows) = (surface.size.width, surface.size.height);
    let at = row * width + col;
    let own = surface.height[at];
    let gentler = |before: f32, after: f32| {
        let (a, b) = (own - before, after - own);
        let slope = if a * b <= 0.0 && a.abs().max(b.abs()) < 0.5 * surface.cell_m {
            0.5 * (a + b)
        } else if a.abs() < b.abs() {
            a
        } else {
            b
        };
        (slope / surface.cell_m).clamp(-STEEPEST, STEEPEST)
    };
    let x = gentler(surface.height[at - usize::from(col > 0)], surface.height[at + usize::from(col + 1 < width)]);
    let up = if row > 0 { at - width } else { at };
    let down = if row + 1 < rows { at + width } else { at };
    [x, gentler(surface.height[up], surface.height[down])]
}

/// Height up to which every cell lies in shadow, metres.
///
/// Walks the grid along lines away from the sun, one step of the longer axis at a time; what a cell casts sinks by the
/// tangent of the elevation. Lines are kept apart (each cell belongs to one line), so shadows keep their sharp borders
/// and their length is right to half a cell.
fn shadow_heights(surface: &Surface, sun: &Sun) -> Vec<f32> {
    let mut shadow = vec![0.0f32; surface.height.len()];
    let walk = LineWalk::new(surface, sun.away);
    let drop = (walk.step_cells * sun.tangent) as f32 * surface.cell_m;
    let mut carried = vec![0.0f32; walk.lines];
    for major in 0..walk.majors {
        for minor in 0..walk.minors {
            let cell = walk.cell(major, minor);
            let line = &mut carried[walk.line(major, minor)];
            *line -= drop;
            shadow[cell] = *line;
            *line = line.max(surface.height[cell]);
        }
    }
    shadow
}

/// Walks a grid along parallel lines of any direction: `major` counts steps in the direction, `minor` runs across.
pub(in crate::simulate) struct LineWalk {
    /// Steps from border to border.
    pub majors: usize,
    /// Cells across.
    pub minors: usize,
    /// Number of lines that meet the grid.
    pub lines: usize,
    /// Length of a step, cells.
    pub step_cells: f64,
    width: usize,
    by_rows: bool,
    forward: bool,
    shifts: Vec<usize>,
}

impl LineWalk {
    /// Lines over a surface in this direction.
    pub(in crate::simulate) fn new(surface: &Surface, direction: [f64; 2]) -> Self {
        let [dx, dy] = direction;
        let by_rows = dy.abs() >= dx.abs();
        let (height, width) = (surface.size.height, surface.size.width);
        let (majors, minors) = if by_rows { (height, width) } else { (width, height) };
        let (ahead, aside) = if by_rows { (dy, dx) } else { (dx, dy) };
        let slope = if ahead == 0.0 { 0.0 } else { aside / ahead.abs() };
        // Lines are numbered by where they are in the whole image, so that tiles cut the same lines.
        let first = if by_rows { surface.origin.0 } else { surface.origin.1 };
        let position = |step: usize| {
            let steps = step as i64;
            if ahead >= 0.0 { first + steps } else { steps - (first + majors as i64 - 1) }
        };
        let drift: Vec<i64> = (0..majors).map(|step| (slope * position(step) as f64).round() as i64).collect();
        let most = drift.iter().copied().max().unwrap_or(0);
        let least = drift.iter().copied().min().unwrap_or(0);
        LineWalk {
            majors,
            minors,
            lines: minors + (most - least) as usize,
            step_cells: (1.0 + slope * slope).sqrt(),
            width,
            by_rows,
            forward: ahead >= 0.0,
            shifts: drift.iter().map(|d| (most - d) as usize).collect(),
        }
    }

    /// Index of a cell.
    #[inline]
    pub(in crate::simulate) fn cell(&self, major: usize, minor: usize) -> usize {
        let major = if self.forward { major } else { self.majors - 1 - major };
        if self.by_rows { major * self.width + minor } else { minor * self.width + major }
    }

    /// Number of the line that a cell belongs to.
    #[inline]
    pub(in crate::simulate) fn line(&self, major: usize, minor: usize) -> usize {
        minor + self.shifts[major]
    }

    /// The cell `steps` further along the line of a cell; `None` beyond the border.
    #[inline]
    pub(in crate::simulate) fn ahead(&self, major: usize, minor: usize, steps: i64) -> Option<usize> {
        let there = usize::try_from(major as i64 + steps).ok().filter(|&there| there < self.majors)?;
        let minor = (self.line(major, minor)).checked_sub(self.shifts[there]).filter(|&m| m < self.minors)?;
        Some(self.cell(there, minor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::pixel_transform::PixelTransform;
    use crate::raster::point::PixelPoint;
    use crate::raster::window::GridSize;
    use crate::simulate::render::surface::FineWindow;
    use proptest::prelude::*;

    fn bare(side: usize, cell_m: f64) -> Surface {
        let size = GridSize { height: side, width: side };
        let from_ground = PixelTransform::similarity(1.0 / cell_m, 0.0, PixelPoint::from_xy(0.0, 0.0));
        let mut surface = Surface::over(FineWindow { top: 0, left: 0, size }, from_ground, 1);
        surface.albedo.fill([1.0; 3]);
        surface
    }

    proptest! {
        #[test]
        fn a_pole_casts_height_over_tangent(azimuth in 0.0..360.0f64, elevation in 20.0..70.0f64) {
            let mut surface = bare(240, 0.25);
            // A pole of 3 x 3 cells and 8 m in the middle.
            for row in 119..=121 {
                for col in 119..=121 {
                    surface.height[row * 240 + col] = 8.0;
                }
            }
            let (sin, cos) = azimuth.to_radians().sin_cos();
            let tangent = elevation.to_radians().tan();
            let sun = Sun { away: [-sin, cos], tangent, skylight: 0.0 };
            light_surface(&mut surface, &sun);
            let farthest = surface
                .albedo
                .iter()
                .enumerate()
                .filter(|(_, light)| light[1] == 0.0)
                .map(|(cell, _)| {
                    let (dx, dy) = ((cell % 240) as f64 - 120.0, (cell / 240) as f64 - 120.0);
                    dy * cos - dx * sin
                })
                .fold(0.0, f64::max);
            let expected = (8.0 / tangent / 0.25).min(119.0);
            // The pole's own half width, and half a cell for the line's rounding.
            prop_assert!((farthest - expected).abs() < 2.6, "{farthest} for {expected} cells");
        }
    }

    #[test]
    fn a_slope_toward_the_sun_is_brighter() {
        let mut surface = bare(20, 0.5);
        for row in 0..20 {
            for col in 0..20 {
                // A gable whose ridge runs from left to right in the middle, pitch 1 in 2.
                surface.height[row * 20 + col] = 10.0 - 0.25 * (row as f32 - 9.5).abs();
            }
        }
        let sun = Sun { away: [0.0, -1.0], tangent: 1.0, skylight: 0.0 };
        light_surface(&mut surface, &sun);
        let lit = surface.albedo;
        // Sun from below the image: the lower half rises away from it. Level is 1; cosines by hand.
        let expected = |facing: f32| facing / 1.25f32.sqrt();
        assert!((lit[15 * 20 + 10][0] - expected(1.5)).abs() < 1e-4);
        assert!((lit[4 * 20 + 10][0] - expected(0.5)).abs() < 1e-4);
    }
}
