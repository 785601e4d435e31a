//! Parts of the ground that differ from the natural cover: pads, plots, fields, lawns, pools, parking lots.

use crate::simulate::description::{Border, DateDescription, Patch, Place};
use crate::simulate::dice::{Dice, unit_at};
use crate::simulate::render::noise::{Field, Texture};
use crate::simulate::render::paint::{Light, Paint, light_of, mix, scaled};
use crate::simulate::render::surface::Surface;

/// Metres over which a border fades, and by which it wanders.
fn border_widths(border: Border) -> (f32, f32) {
    match border {
        Border::Sharp => (0.0, 0.0),
        Border::Worn => (0.9, 0.7),
        Border::Organic => (1.8, 3.2),
        Border::Faded => (11.0, 3.0),
    }
}

/// Stalls of a parking lot: 2.5 m wide, two rows of 5 m and an aisle of 6 m (usual dimensions of design manuals).
const STALL_M: f32 = 2.5;
const STALL_BAY_M: f32 = 16.0;

/// Paints a patch that is there on this date.
pub(in crate::simulate) fn paint_patch(surface: &mut Surface, patch: &Patch, seed: u64, date: &DateDescription) {
    let Some(first) = patch.outline.first() else { return };
    let mut dice = Dice::at_place(seed, *first);
    let azimuth = patch.rows_azimuth_deg.to_radians() - std::f64::consts::FRAC_PI_2;
    let paint = Paint::lay(patch.material, patch.color, azimuth, date, &mut dice);
    let wander = Field::lay_anyhow(Texture::Mottle, 0.35, &mut dice);
    let rows = Rows::of(patch, dice.bits());
    let (fade, reach) = border_widths(patch.border);
    let opacity = patch.opacity as f32;
    let outline = if fade > 0.0 { grown(&patch.outline, 2.0 * f64::from(fade + reach)) } else { patch.outline.clone() };
    let distances = (fade > 0.0).then(|| DistanceGrid::around(&patch.outline, fade + 2.0 * reach));
    // Beyond this distance from the border nothing frays: the field strays by at most about 4 standard deviations.
    let sure = fade + 4.0 * reach;
    let share_at = |x: f32, y: f32| {
        let Some(distances) = &distances else { return opacity };
        let distance = distances.at(x, y);
        if distance >= sure {
            return opacity;
        }
        let inside = distance + reach * wander.at(x, y);
        opacity * (inside / fade + 0.5).clamp(0.0, 1.0)
    };
    let sample = |x: f32, y: f32| {
        let share = share_at(x, y);
        (share, if share > 0.0 { paint.at(x, y) } else { Light::default() })
    };
    surface.draw_polygon_sampled(&outline, sample, |x, y, (share, light), cell| {
        if share > 0.0 {
            *cell.albedo = mix(*cell.albedo, rows.over(light, x, y), share);
        }
    });
}

/// What is drawn in rows on a patch.
struct Rows {
    period_m: Option<f32>,
    across: [f32; 2],
    seed: u64,
    /// Relative strength of furrows.
    depth: f32,
    jointed: bool,
    stalls: bool,
}

impl Rows {
    fn of(patch: &Patch, seed: u64) -> Self {
        use crate::simulate::description::Material::Concrete;
        let (sin, cos) = patch.rows_azimuth_deg.to_radians().sin_cos();
        Rows {
            period_m: patch.rows_m.map(|m| m as f32),
            across: [cos as f32, sin as f32],
            seed,
            depth: 0.08 + 0.30 * unit_at(seed, 1, 1),
            jointed: patch.material == Concrete,
            stalls: patch.stalls,
        }
    }

    #[inline]
    fn over(&self, light: Light, x: f32, y: f32) -> Light {
        let across = x * self.across[0] + y * self.across[1];
        let along = y * self.across[0] - x * self.across[1];
        if self.stalls {
            let bay = across.rem_euclid(STALL_BAY_M);
            let line = along.rem_euclid(STALL_M) < 0.15 && !(5.0..11.0).contains(&bay);
            return if line { mix(light, light_of([206, 204, 198]), 0.6) } else { light };
        }
        let Some(period) = self.period_m else { return light };
        if self.jointed {
            // Slabs: every one a little different, with a dark joint.
            let (i, j) = ((across / period).floor(), (along / period).floor());
            let slab = 0.93 + 0.14 * unit_at(self.seed, i as i64, j as i64);
            let joint = across - i * period < 0.18 || along - j * period < 0.18;
            return scaled(light, if joint { 0.78 * slab } else { slab });
        }
        // A parabola per half period stands for the sine; every row is a little different.
        let row = across / period;
        let number = row.floor();
        let t = row - number;
        let wave = if t < 0.5 { 16.0 * t * (0.5 - t) } else { -16.0 * (t - 0.5) * (1.0 - t) };
        scaled(light, 1.0 + self.depth * wave + 0.10 * (unit_at(self.seed, number as i64, 0) - 0.5))
    }
}

/// Signed distances to an outline on a coarse lattice: outlines have many edges, patches very many cells.
struct DistanceGrid {
    corner: [f32; 2],
    per_step: f32,
    columns: usize,
    rows: usize,
    distances: Vec<f32>,
}

/// Most points of a lattice along an axis.
const MOST_POINTS: usize = 256;

impl DistanceGrid {
    /// A lattice that reaches beyond the outline by twice the margin.
    fn around(outline: &[Place], margin_m: f32) -> Self {
        let edges = edges_of(outline);
        let frame = grown(outline, 2.0 * f64::from(margin_m));
        let [left, top] = frame[0].map(|v| v as f32);
        let extent = [0, 1].map(|k| (frame[2][k] - frame[0][k]) as f32);
        // Fine enough for a border that wanders, chosen by eye: half the margin.
        let step = (0.5 * margin_m)
            .clamp(0.6, (0.3 * margin_m).max(2.0))
            .max(extent[0].max(extent[1]) / (MOST_POINTS - 2) as f32);
        let [columns, rows] = extent.map(|length| (length / step) as usize + 2);
        let distances = (0..rows * columns)
            .map(|i| signed_distance(&edges, left + (i % columns) as f32 * step, top + (i / columns) as f32 * step))
            .collect();
        DistanceGrid { corner: [left, top], per_step: 1.0 / step, columns, rows, distances }
    }

    #[inline]
    fn at(&self, x: f32, y: f32) -> f32 {
        let u = ((x - self.corner[0]) * self.per_step).clamp(0.0, (self.columns - 1) as f32 - 1e-3);
        let v = ((y - self.corner[1]) * self.per_step).clamp(0.0, (self.rows - 1) as f32 - 1e-3);
        let (i, j) = ((u as usize).min(self.columns - 2), (v as usize).min(self.rows - 2));
        let (fu, fv) = (u - i as f32, v - j as f32);
        let own = j * self.columns + i;
        let below = own + self.columns;
        let d = &self.distances;
        let top = d[own] + fu * (d[own + 1] - d[own]);
        top + fv * (d[below] + fu * (d[below + 1] - d[below]) - top)
    }
}

type Edge = [[f32; 2]; 2];

fn edges_of(outline: &[Place]) -> Vec<Edge> {
    let to_f32 = |p: Place| p.map(|v| v as f32);
    (0..outline.len()).map(|i| [to_f32(outline[i]), to_f32(outline[(i + 1) % outline.len()])]).collect()
}

/// Distance to the outline in metres, positive inside (even-odd).
fn signed_distance(edges: &[Edge], x: f32, y: f32) -> f32 {
    let (mut nearest, mut inside) = (f32::MAX, false);
    for [a, b] in edges {
        let (ex, ey) = (b[0] - a[0], b[1] - a[1]);
        let (px, py) = (x - a[0], y - a[1]);
        let t = ((px * ex + py * ey) / (ex * ex + ey * ey).max(1e-12)).clamp(0.0, 1.0);
        let (dx, dy) = (px - t * ex, py - t * ey);
        nearest = nearest.min(dx * dx + dy * dy);
        if (a[1] <= y) != (b[1] <= y) && x < a[0] + (y - a[1]) * ex / ey {
            inside = !inside;
        }
    }
    if inside { nearest.sqrt() } else { -nearest.sqrt() }
}

/// The bounding rectangle of an outline, grown by a margin: enough for the borders of any shape.
fn grown(outline: &[Place], margin_m: f64) -> Vec<Place> {
    let along = |axis: usize| {
        let low = outline.iter().map(|p| p[axis]).fold(f64::MAX, f64::min) - margin_m;
        let high = outline.iter().map(|p| p[axis]).fold(f64::MIN, f64::max) + margin_m;
        (low, high)
    };
    let ((left, right), (top, bottom)) = (along(0), along(1));
    vec![[left, top], [right, top], [right, bottom], [left, bottom]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_to_a_square() {
        let edges = edges_of(&[[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]]);
        assert_eq!(signed_distance(&edges, 3.0, 5.0), 3.0);
        assert_eq!(signed_distance(&edges, -4.0, 5.0), -4.0);
    }

    #[test]
    fn the_lattice_is_close_to_the_distance() {
        let outline = [[0.0, 0.0], [40.0, 5.0], [30.0, 35.0], [-5.0, 20.0]];
        let (grid, edges) = (DistanceGrid::around(&outline, 5.0), edges_of(&outline));
        for (x, y) in [(3.0, 5.0), (20.0, 15.0), (-4.0, 5.0), (36.0, 20.0)] {
            let error = grid.at(x, y) - signed_distance(&edges, x, y);
            assert!(error.abs() < 0.8, "{error} m at ({x}, {y})");
        }
    }
}
