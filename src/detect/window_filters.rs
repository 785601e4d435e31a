//! Filters whose value at a pixel depends on a bounded window around it, and on nothing else.
//!
//! Every value is computed by the same operations in the same order whatever tile it is computed in (sums that run
//! along a row are kept in whole numbers), so that tiles of any size agree bit by bit away from their margins.

use ndarray::{Array2, ArrayView1, Axis, Zip};

/// Fixed-point scale of running sums. With magnitudes up to [`LARGEST`] a column of 255 values stays within 31 bits.
const SCALE: f32 = (1 << 20) as f32;

/// Largest magnitude that a running sum takes; larger values are clipped.
const LARGEST: f32 = 8.0;

/// Means over square windows, of the pixels of a mask alone.
pub(super) struct WindowMean<'a> {
    mask: &'a Array2<bool>,
    radius: usize,
    weight: Array2<f32>,
}

impl<'a> WindowMean<'a> {
    /// Prepares means over (2 `radius` + 1)² pixels, less those beyond the grid and those outside `mask`.
    pub(super) fn new(mask: &'a Array2<bool>, radius: usize) -> Self {
        let counts = window_sums(mask.mapv(i32::from), radius);
        let weight = counts.mapv(|count| if count > 0 { 1.0 / (count as f32 * SCALE) } else { 0.0 });
        WindowMean { mask, radius, weight }
    }

    /// The mean around every pixel; 0 where the window holds no pixel of the mask.
    pub(super) fn of(&self, values: &Array2<f32>) -> Array2<f32> {
        let fixed = Zip::from(values)
            .and(self.mask)
            .map_collect(|&v, &keep| if keep { (v.clamp(-LARGEST, LARGEST) * SCALE) as i32 } else { 0 });
        let mut mean = self.weight.clone();
        mean.zip_mut_with(&window_sums(fixed, self.radius), |weight, &sum| *weight *= sum as f32);
        mean
    }
}

/// Sums over square windows, clipped at the grid's border.
fn window_sums(values: Array2<i32>, radius: usize) -> Array2<i64> {
    let (height, width) = values.dim();
    let mut sums = Array2::zeros((height, width));
    let mut columns = vec![0i32; width];
    for row in 0..height + radius {
        if row < height {
            columns.iter_mut().zip(values.row(row)).for_each(|(column, v)| *column += v);
        }
        if row > 2 * radius {
            columns.iter_mut().zip(values.row(row - 2 * radius - 1)).for_each(|(column, v)| *column -= v);
        }
        if row >= radius {
            let mut out = sums.row_mut(row - radius);
            run_along(&columns, radius, out.as_slice_mut().expect("invariant: standard layout"));
        }
    }
    sums
}

fn run_along(columns: &[i32], radius: usize, sums: &mut [i64]) {
    let width = columns.len();
    let mut sum: i64 = columns[..radius.min(width)].iter().map(|&c| i64::from(c)).sum();
    for (col, out) in sums.iter_mut().enumerate() {
        if col + radius < width {
            sum += i64::from(columns[col + radius]);
        }
        if col > radius {
            sum -= i64::from(columns[col - radius - 1]);
        }
        *out = sum;
    }
}

/// Radius in pixels beyond which a Gaussian's weight is left out: three standard deviations.
pub(super) fn gaussian_radius(sigma: f32) -> usize {
    (3.0 * sigma).ceil() as usize
}

/// Smooths with a Gaussian of standard deviation `sigma` pixels; border pixels are repeated outwards.
pub(super) fn smooth(values: &Array2<f32>, sigma: f32) -> Array2<f32> {
    let radius = gaussian_radius(sigma);
    let raw: Vec<f32> = (0..=2 * radius).map(|i| (-0.5 * ((i as f32 - radius as f32) / sigma).powi(2)).exp()).collect();
    let total: f32 = raw.iter().sum();
    let kernel: Vec<f32> = raw.iter().map(|w| w / total).collect();
    let (height, width) = values.dim();
    let mut down = Array2::zeros((height, width));
    for (row, mut out) in down.axis_iter_mut(Axis(0)).enumerate() {
        for (tap, &weight) in kernel.iter().enumerate() {
            let source = (row + tap).saturating_sub(radius).min(height - 1);
            out.zip_mut_with(&values.row(source), |sum, &v| *sum += weight * v);
        }
    }
    let mut across = Array2::zeros((height, width));
    let mut padded = vec![0.0; width + 2 * radius];
    for (line, mut out) in down.rows().into_iter().zip(across.axis_iter_mut(Axis(0))) {
        pad(line, radius, &mut padded);
        let out = out.as_slice_mut().expect("invariant: standard layout");
        for (tap, &weight) in kernel.iter().enumerate() {
            out.iter_mut().zip(&padded[tap..tap + width]).for_each(|(sum, &v)| *sum += weight * v);
        }
    }
    across
}

/// The least value within `radius` pixels along both axes; border pixels are repeated outwards.
pub(super) fn least_around(values: &Array2<f32>, radius: usize) -> Array2<f32> {
    let (height, width) = values.dim();
    let mut down = values.clone();
    for (row, mut out) in down.axis_iter_mut(Axis(0)).enumerate() {
        for source in row.saturating_sub(radius)..(row + radius + 1).min(height) {
            out.zip_mut_with(&values.row(source), |least, &v| *least = if v < *least { v } else { *least });
        }
    }
    let mut across = down.clone();
    let mut padded = vec![0.0; width + 2 * radius];
    for (line, mut out) in down.rows().into_iter().zip(across.axis_iter_mut(Axis(0))) {
        pad(line, radius, &mut padded);
        let out = out.as_slice_mut().expect("invariant: standard layout");
        for tap in 0..=2 * radius {
            out.iter_mut()
                .zip(&padded[tap..tap + width])
                .for_each(|(least, &v)| *least = if v < *least { v } else { *least });
        }
    }
    across
}

fn pad(line: ArrayView1<'_, f32>, radius: usize, padded: &mut [f32]) {
    let width = line.len();
    padded[..radius].fill(line[0]);
    padded[radius + width..].fill(line[width - 1]);
    padded[radius..radius + width].iter_mut().zip(line).for_each(|(to, &from)| *to = from);
}

/// Smooths `values` within the regions that `guide` shows, not across its edges: the guided filter [^1].
///
/// - `means`: window means over the pixels to trust; `edge`: variance of the guide that counts as an edge.
///
/// [^1]: He, Sun and Tang, "Guided image filtering", IEEE Transactions on Pattern Analysis and Machine Intelligence
/// 35(6), 2013, doi 10.1109/TPAMI.2012.213.
pub(super) fn smooth_guided(
    values: &Array2<f32>,
    guide: &Array2<f32>,
    means: &WindowMean<'_>,
    edge: f32,
) -> Array2<f32> {
    let (mean_guide, mean_values) = (means.of(guide), means.of(values));
    let (products, squares) = (means.of(&(guide * values)), means.of(&(guide * guide)));
    let slope = Zip::from(&products)
        .and(&squares)
        .and(&mean_guide)
        .and(&mean_values)
        .map_collect(|&gv, &gg, &g, &v| (gv - g * v) / ((gg - g * g).max(0.0) + edge));
    let offset = Zip::from(&slope).and(&mean_guide).and(&mean_values).map_collect(|&a, &g, &v| v - a * g);
    let (slope, offset) = (means.of(&slope), means.of(&offset));
    Zip::from(&slope).and(&offset).and(guide).map_collect(|&a, &b, &g| a * g + b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    fn drawn(height: usize, width: usize) -> Array2<f32> {
        Array2::from_shape_fn((height, width), |(r, c)| ((r * 31 + c * 17) % 23) as f32 / 23.0)
    }

    /// The slow oracle of [`WindowMean`].
    fn reference_mean(values: &Array2<f32>, mask: &Array2<bool>, radius: usize, row: usize, col: usize) -> f32 {
        let near = |(r, c): (usize, usize)| r.abs_diff(row) <= radius && c.abs_diff(col) <= radius && mask[[r, c]];
        let kept: Vec<f32> = values.indexed_iter().filter(|(at, _)| near(*at)).map(|(_, &v)| v).collect();
        kept.iter().sum::<f32>() / kept.len().max(1) as f32
    }

    #[test]
    fn window_means_match_the_oracle() {
        let values = drawn(14, 19);
        let mask = Array2::from_shape_fn((14, 19), |(r, c)| (r + 2 * c) % 5 != 0);
        for radius in [1, 4, 20] {
            let mean = WindowMean::new(&mask, radius).of(&values);
            for ((row, col), &m) in mean.indexed_iter() {
                assert_relative_eq!(m, reference_mean(&values, &mask, radius, row, col), epsilon = 1e-5);
            }
        }
    }

    #[test]
    fn filters_agree_bit_by_bit_in_any_tile() {
        let values = drawn(60, 70);
        let part = values.slice(ndarray::s![10..50, 15..65]).to_owned();
        let all = |of: &Array2<f32>| Array2::from_elem(of.dim(), true);
        let (whole_mask, part_mask) = (all(&values), all(&part));
        let pairs = [
            (smooth(&values, 1.2), smooth(&part, 1.2)),
            (least_around(&values, 5), least_around(&part, 5)),
            (WindowMean::new(&whole_mask, 5).of(&values), WindowMean::new(&part_mask, 5).of(&part)),
        ];
        for (whole, part) in pairs {
            let inner = part.slice(ndarray::s![8..32, 8..42]);
            assert_eq!(whole.slice(ndarray::s![18..42, 23..57]), inner);
        }
    }

    #[test]
    fn the_least_value_spreads() {
        let mut values = Array2::from_elem((5, 5), 1.0);
        values[[0, 4]] = 0.0;
        let picture: Vec<String> = least_around(&values, 1)
            .rows()
            .into_iter()
            .map(|r| r.iter().map(|&v| if v == 0.0 { '#' } else { '.' }).collect())
            .collect();
        assert_eq!(picture, ["...##", "...##", ".....", ".....", "....."]);
    }
}
