//! Smooth displacements left over by one affine map: relief, mosaic seams, orthorectification.

use ndarray::Array2;

use crate::pair::DisplacementGrid;
use crate::raster::point::{PixelPoint, PixelShift};
use crate::raster::window::GridSize;
use crate::register::robust_fit::median;

/// A place and the displacement measured there, pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct LocalMiss {
    pub place: PixelPoint,
    pub miss: PixelShift,
}

/// Nodes per long side: with 20 x 20 tie points, each node still has a handful near it.
const NODES_PER_SIDE: f64 = 10.0;

/// Closest nodes, pixels: the spacing at which tie points' windows are half overlapping.
const CLOSEST_PX: f64 = 48.0;

/// Weight of "no displacement", in tie points.
const PRIOR_TIE_POINTS: f64 = 0.5;

/// Standard deviation of the weights around a node and distance at which they end, in node spacings.
const WEIGHTS_DEVIATION: f64 = 0.6;
const WEIGHTS_END: f64 = 1.5;

/// Longest displacement, pixels; what is longer is a tall building or a mistake, not relief of the ground.
const LONGEST_PX: f64 = 6.0;

/// Averages displacements around every node of a coarse grid, weighted by distance and robustly against outliers.
///
/// - Output: nodes over the whole image; displacement fades to none where no tie point is near.
///
/// `None` without points.
pub(super) fn smooth_displacements(misses: &[LocalMiss], size: GridSize) -> Option<DisplacementGrid> {
    if misses.is_empty() {
        return None;
    }
    let longest = size.height.max(size.width) as f64;
    let spacing_px = (longest / NODES_PER_SIDE).max(CLOSEST_PX);
    let nodes = |n: usize| (n as f64 / spacing_px).ceil() as usize + 1;
    let shifts = Array2::from_shape_fn((nodes(size.height), nodes(size.width)), |(row, col)| {
        node_shift(misses, PixelPoint::from_xy(col as f64 * spacing_px, row as f64 * spacing_px), spacing_px)
    });
    Some(DisplacementGrid { spacing_px, shifts })
}

fn node_shift(misses: &[LocalMiss], node: PixelPoint, spacing_px: f64) -> PixelShift {
    let near: Vec<(f64, PixelShift)> = misses
        .iter()
        .filter_map(|m| {
            let distance = m.place.minus(node).length() / spacing_px;
            (distance < WEIGHTS_END).then(|| ((-0.5 * (distance / WEIGHTS_DEVIATION).powi(2)).exp(), m.miss))
        })
        .collect();
    let part = |pick: fn(&PixelShift) -> f64| median(&mut near.iter().map(|(_, m)| pick(m)).collect::<Vec<f64>>());
    let (Some(dx), Some(dy)) = (part(|m| m.dx), part(|m| m.dy)) else { return PixelShift::default() };
    let off = |m: &PixelShift| (m.dx - dx).hypot(m.dy - dy);
    let spread = median(&mut near.iter().map(|(_, m)| off(m)).collect::<Vec<f64>>()).unwrap_or(0.0).max(0.05);
    let (mut total, mut x, mut y) = (PRIOR_TIE_POINTS, 0.0, 0.0);
    for (weight, miss) in &near {
        let share = off(miss) / (4.0 * spread);
        if share < 1.0 {
            let weight = weight * (1.0 - share * share).powi(2);
            total += weight;
            x += weight * miss.dx;
            y += weight * miss.dy;
        }
    }
    let shift = PixelShift::from_xy(x / total, y / total);
    let shorten = (LONGEST_PX / shift.length().max(f64::MIN_POSITIVE)).min(1.0);
    PixelShift::from_xy(shift.dx * shorten, shift.dy * shorten)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smooth_wave_is_followed_and_one_wild_point_is_not() {
        let wave = |p: PixelPoint| PixelShift::from_xy(2.0 * (p.x / 160.0).sin(), 0.5);
        let mut misses: Vec<LocalMiss> = (0..400)
            .map(|k| PixelPoint::from_xy(f64::from(k % 20) * 50.0 + 25.0, f64::from(k / 20) * 50.0 + 25.0))
            .map(|place| LocalMiss { place, miss: wave(place) })
            .collect();
        misses[210].miss = PixelShift::from_xy(-14.0, 9.0);
        let grid = smooth_displacements(&misses, GridSize { height: 1000, width: 1000 }).expect("invariant: points");
        for m in misses.iter().filter(|m| (200.0..800.0).contains(&m.place.x)) {
            let (found, planted) = (grid.at(m.place), wave(m.place));
            assert!(
                (found.dx - planted.dx).abs() < 0.75 && (found.dy - planted.dy).abs() < 0.25,
                "{found:?} {planted:?}"
            );
        }
    }

    #[test]
    fn a_long_displacement_is_shortened() {
        let misses =
            vec![LocalMiss { place: PixelPoint::from_xy(50.0, 50.0), miss: PixelShift::from_xy(90.0, 0.0) }; 50];
        let grid = smooth_displacements(&misses, GridSize { height: 100, width: 100 }).expect("invariant: points");
        assert!(grid.shifts.iter().all(|s| s.length() <= LONGEST_PX + 1e-9));
    }
}
