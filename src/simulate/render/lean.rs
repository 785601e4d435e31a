//! The slanted view: what stands high is shown away from the satellite, and walls that face it come into sight.

use crate::simulate::render::light::{LineWalk, Sun};
use crate::simulate::render::paint::Light;
use crate::simulate::render::surface::{Side, Surface};

/// The view as seen from the fine grid.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulate) struct View {
    /// Unit vector on the grid that points away from the satellite: where tops lean.
    pub away: [f64; 2],
    /// Tangent of the off-nadir angle: metres of lean for one metre of height.
    pub tangent: f64,
}

/// Heights below this stay where they are, metres.
const LOWEST_M: f32 = 0.25;

/// A step up of more than this many metres per cell of lean is a wall, less is a slope.
const WALL_STEP_M: f32 = 0.8;

/// Shows the lit surface from the satellite's side.
///
/// Feet of buildings stay in place, so footprints at ground level are those of the truth; a point of height h moves by
/// h times the tangent of the off-nadir angle. Along every line the cells are drawn from far to near: what is nearer to
/// the satellite hides what lies behind.
pub(in crate::simulate) fn lean_surface(surface: Surface, view: &View, sun: &Sun) -> Vec<Light> {
    let walk = LineWalk::new(&surface, view.away);
    let cells_per_meter = view.tangent / f64::from(surface.cell_m) / walk.step_cells;
    if cells_per_meter * f64::from(highest(&surface)) < 0.5 {
        return surface.albedo;
    }
    let lit = &surface.albedo;
    let mut shown = lit.clone();
    let wall_shade = wall_shade(view, sun);
    // Where a cell lies across the view, metres: along a wall that faces it.
    let across_view = |cell: usize| {
        let (row, col) = ((cell / surface.size.width) as i64, (cell % surface.size.width) as i64);
        let (row, col) = ((row + surface.origin.0) as f64, (col + surface.origin.1) as f64);
        ((row * view.away[0] - col * view.away[1]) * f64::from(surface.cell_m)) as f32
    };
    let moved = |height: f32| (f64::from(height) * cells_per_meter).round() as i64;
    for major in (0..walk.majors).rev() {
        for minor in 0..walk.minors {
            let cell = walk.cell(major, minor);
            let top = surface.height[cell];
            if top < LOWEST_M {
                continue;
            }
            let foot = walk.ahead(major, minor, -1).map_or(top, |before| surface.height[before].min(top));
            let wall = match surface.sides[usize::from(surface.side[cell])] {
                Side::Wall(facade) if top - foot > WALL_STEP_M => Some(facade.lit(wall_shade)),
                _ => None,
            };
            let (from, to) = (moved(foot), moved(top));
            let along = across_view(cell);
            for step in from..=to {
                let Some(there) = walk.ahead(major, minor, step) else { continue };
                shown[there] = match wall {
                    Some(facade) if step < to => facade.at(along, (step as f64 / cells_per_meter) as f32),
                    _ => lit[cell],
                };
            }
        }
    }
    shown
}

fn highest(surface: &Surface) -> f32 {
    surface.height.iter().copied().fold(0.0, f32::max)
}

/// Light on a wall that faces the satellite, relative to level ground of the same color.
fn wall_shade(view: &View, sun: &Sun) -> f32 {
    let toward = view.away[0] * sun.away[0] + view.away[1] * sun.away[1];
    let direct = (toward / sun.tangent).clamp(0.0, 1.3) as f32;
    // A wall sees half of the sky, and light from the ground before it.
    0.75 * sun.skylight + 0.1 + (1.0 - sun.skylight) * direct * 0.8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::pixel_transform::PixelTransform;
    use crate::raster::point::PixelPoint;
    use crate::raster::window::GridSize;
    use crate::simulate::render::facade::Facade;
    use crate::simulate::render::surface::FineWindow;

    #[test]
    fn a_box_leans_away_from_the_satellite_and_shows_its_wall() {
        let size = GridSize { height: 60, width: 60 };
        let from_ground = PixelTransform::similarity(2.0, 0.0, PixelPoint::from_xy(0.0, 0.0));
        let mut surface = Surface::over(FineWindow { top: 0, left: 0, size }, from_ground, 1);
        let wall = surface.add_side(Side::Wall(Facade::plain([0.5; 3])));
        for row in 20..30 {
            for col in 20..30 {
                surface.height[row * 60 + col] = 8.0;
                surface.albedo[row * 60 + col] = [1.0; 3];
                surface.side[row * 60 + col] = wall;
            }
        }
        // Satellite in the west: tops move east by 8 m x 0.5 = 4 m = 8 cells.
        let view = View { away: [1.0, 0.0], tangent: 0.5 };
        let sun = Sun { away: [0.0, 1.0], tangent: 1.0, skylight: 0.4 };
        let shown = lean_surface(surface, &view, &sun);
        let row: Vec<f32> = (0..60).map(|col| shown[25 * 60 + col][0]).collect();
        assert!(row[20..28].iter().all(|&v| v > 0.1 && v < 0.5), "wall: {row:?}");
        assert!(row[28..38].iter().all(|&v| v == 1.0), "roof: {row:?}");
        assert!(row[..20].iter().chain(&row[38..]).all(|&v| v == 0.0), "ground: {row:?}");
    }
}
