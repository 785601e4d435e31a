//! Straight edges: what built things have and grown things lack.

use std::f32::consts::PI;

use ndarray::{Array2, ArrayView1, Zip, s};

/// Directions tried, over half a turn. Twelve instead of eight gained 0.2 points of pixel F1 on the even levir_val
/// tiles (2026-11-22) for half as much time again.
const DIRECTIONS: usize = 8;

/// Edges of one image, pixel by pixel; gradients are in brightness (0 to 1) per pixel.
pub(super) struct Edges {
    /// Length of the gradient.
    pub(super) strength: Array2<f32>,
    /// Length of the part of the gradient that goes on in a straight line: the mean gradient across the line, taken
    /// along it, for the direction where it is largest. Never above the largest `strength` nearby.
    pub(super) straight: Array2<f32>,
    /// `straight` times the cosine of twice the line's direction.
    pub(super) double_cosine: Array2<f32>,
    /// `straight` times the sine of twice the line's direction.
    pub(super) double_sine: Array2<f32>,
}

/// Finds the edges of a smoothed gray image.
///
/// - Input: `gray` and the mask of pixels to trust, whose neighbours are real as well; gradients elsewhere count as 0.
/// - `reach`: half the length of a line, in pixels; a pixel's values depend on pixels at most `reach` + 1 away.
pub(super) fn trace_edges(gray: &Array2<f32>, trusted: &Array2<bool>, reach: usize) -> Edges {
    let (right, down) = gradients(gray, trusted);
    let strength = Zip::from(&right).and(&down).map_collect(|&x, &y| (x * x + y * y).sqrt());
    let mut edges = Edges {
        strength,
        straight: Array2::zeros(gray.dim()),
        double_cosine: Array2::zeros(gray.dim()),
        double_sine: Array2::zeros(gray.dim()),
    };
    for direction in 0..DIRECTIONS {
        let angle = PI * direction as f32 / DIRECTIONS as f32;
        let (sine, cosine) = angle.sin_cos();
        let across = Zip::from(&right).and(&down).map_collect(|&x, &y| y * cosine - x * sine);
        let along = line_offsets(angle, reach);
        edges.merge(&across, &along, (2.0 * angle).sin_cos());
    }
    edges
}

impl Edges {
    /// Takes over the pixels where this direction's line is stronger than those before.
    fn merge(&mut self, across: &Array2<f32>, along: &[(isize, isize)], (double_sine, double_cosine): (f32, f32)) {
        let (height, width) = across.dim();
        let scale = 1.0 / along.len() as f32;
        let across = across.as_slice().expect("invariant: standard layout");
        let mut sums = vec![0.0f32; width];
        for row in 0..height {
            sums.fill(0.0);
            for &(down, right) in along {
                let Some(source) = row.checked_add_signed(down).filter(|&source| source < height) else { continue };
                let line = &across[source * width..(source + 1) * width];
                let shift = right.unsigned_abs().min(width);
                let (to, from) = if right >= 0 {
                    (&mut sums[..width - shift], &line[shift..])
                } else {
                    (&mut sums[shift..], &line[..width - shift])
                };
                to.iter_mut().zip(from).for_each(|(sum, &v)| *sum += v);
            }
            let rows = (self.straight.row_mut(row), self.double_cosine.row_mut(row), self.double_sine.row_mut(row));
            Zip::from(rows.0).and(rows.1).and(rows.2).and(ArrayView1::from(&sums)).for_each(
                |straight, cosine, sine, sum| {
                    let mean = sum.abs() * scale;
                    let stronger = mean > *straight;
                    *cosine = if stronger { mean * double_cosine } else { *cosine };
                    *sine = if stronger { mean * double_sine } else { *sine };
                    *straight = if stronger { mean } else { *straight };
                },
            );
        }
    }
}

/// Sobel's gradients to the right and down; 0 at pixels not to be trusted and at the border.
fn gradients(gray: &Array2<f32>, trusted: &Array2<bool>) -> (Array2<f32>, Array2<f32>) {
    let (height, width) = gray.dim();
    let (mut right, mut down) = (Array2::zeros((height, width)), Array2::zeros((height, width)));
    if height < 3 || width < 3 {
        return (right, down);
    }
    let inner = s![1..height - 1, 1..width - 1];
    let part = |row: usize, col: usize| gray.slice(s![row..row + height - 2, col..col + width - 2]);
    // Sobel's kernels, one row and one column at a time: differences first, then the weights 1, 2, 1.
    for (row, weight) in [(0, 0.125), (1, 0.25), (2, 0.125)] {
        Zip::from(right.slice_mut(inner))
            .and(part(row, 2))
            .and(part(row, 0))
            .for_each(|sum: &mut f32, &east, &west| *sum += weight * (east - west));
    }
    for (col, weight) in [(0, 0.125), (1, 0.25), (2, 0.125)] {
        Zip::from(down.slice_mut(inner))
            .and(part(2, col))
            .and(part(0, col))
            .for_each(|sum: &mut f32, &south, &north| *sum += weight * (south - north));
    }
    for gradient in [&mut right, &mut down] {
        gradient.zip_mut_with(trusted, |v, &keep| *v = if keep { *v } else { 0.0 });
    }
    (right, down)
}

/// Pixels of a digital line through the origin, as (down, right) offsets.
fn line_offsets(angle: f32, reach: usize) -> Vec<(isize, isize)> {
    let (sine, cosine) = angle.sin_cos();
    let reach = reach as isize;
    (-reach..=reach).map(|t| ((t as f32 * sine).round() as isize, (t as f32 * cosine).round() as isize)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(gray: &Array2<f32>) -> Edges {
        trace_edges(gray, &Array2::from_elem(gray.dim(), true), 6)
    }

    fn share(edges: &Edges) -> f32 {
        edges.straight.sum() / edges.strength.sum()
    }

    #[test]
    fn a_roof_is_straight_and_a_thicket_is_not() {
        let roof =
            Array2::from_shape_fn(
                (48, 48),
                |(r, c)| {
                    if (12..36).contains(&r) && (10..38).contains(&c) { 0.8 } else { 0.3 }
                },
            );
        let thicket = Array2::from_shape_fn((48, 48), |(r, c)| {
            let hash = (r as u32).wrapping_mul(2_654_435_761) ^ (c as u32).wrapping_mul(2_246_822_519);
            ((hash ^ (hash >> 15)).wrapping_mul(2_246_822_519) >> 16) as f32 / 65_536.0
        });
        let (roof, thicket) = (share(&trace(&roof)), share(&trace(&thicket)));
        assert!(roof > 0.8, "{roof}");
        assert!(thicket < 0.65, "{thicket}");
    }

    #[test]
    fn the_direction_of_a_line_is_known() {
        let wall = Array2::from_shape_fn((40, 40), |(_, c)| if c < 20 { 0.2 } else { 0.7 });
        let edges = trace(&wall);
        // A vertical line: twice its direction is half a turn.
        assert!(edges.double_cosine[[20, 20]] < -0.9 * edges.straight[[20, 20]]);
        assert!(edges.double_sine[[20, 20]].abs() < 1e-3);
    }
}
