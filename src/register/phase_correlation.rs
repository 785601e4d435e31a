//! Correlation of two complex fields over all shifts, by the Fourier transform, with sub-pixel peaks.

use std::sync::Arc;

use ndarray::Array2;
use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

use crate::raster::point::PixelShift;
use crate::raster::window::GridSize;

/// Fourier transforms of one size, made once and shared between threads.
pub(super) struct Correlator {
    size: GridSize,
    rows: [Arc<dyn Fft<f32>>; 2],
    cols: [Arc<dyn Fft<f32>>; 2],
}

/// Correlation at every shift; negative shifts wrap to the far end of each axis.
pub(super) struct Surface {
    values: Array2<f32>,
    /// Root mean square over all shifts: what chance alone reaches.
    noise: f32,
}

/// The highest point of a surface.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peak {
    /// Where the second field shows what the first shows at its own place.
    pub shift: PixelShift,
    /// Height in root mean squares of the surface.
    pub prominence: f32,
}

impl Correlator {
    /// Plans the transforms of fields of one size.
    pub fn new(size: GridSize) -> Self {
        let mut planner = FftPlanner::new();
        let mut both = |n: usize| [planner.plan_fft_forward(n), planner.plan_fft_inverse(n)];
        Correlator { size, rows: both(size.width), cols: both(size.height) }
    }

    /// Correlates two fields of this size, circularly.
    ///
    /// Plain cross-correlation of the saturating fields of
    /// [`doubled_orientations`](super::gradient_orientation::doubled_orientations); their spectrum is nearly white
    /// already, and whitening it fully, as in phase correlation proper[^1], sharpens noise along with the peak.
    ///
    /// [^1]: Kuglin and Hines, "The phase correlation image alignment method", International Conference on Cybernetics
    /// and Society, 1975.
    pub fn correlate(&self, first: &Array2<Complex32>, second: &Array2<Complex32>) -> Surface {
        let energy = |field: &Array2<Complex32>| field.iter().map(|z| z.norm_sqr()).sum::<f32>();
        let unit = (energy(first) * energy(second)).sqrt();
        if unit == 0.0 {
            return Surface { values: Array2::zeros((self.size.height, self.size.width)), noise: 0.0 };
        }
        let mut product = self.forward(first);
        product.zip_mut_with(&self.forward(second), |a, b| *a = a.conj() * b);
        let scale = 1.0 / (unit * self.size.pixels() as f32);
        let values = self.inverse(product).mapv(|z| z.re * scale);
        let noise = (values.iter().map(|v| v * v).sum::<f32>() / values.len() as f32).sqrt();
        Surface { values, noise }
    }

    /// Transforms both axes; the result is transposed.
    fn forward(&self, field: &Array2<Complex32>) -> Array2<Complex32> {
        let along_rows = transformed(field.as_standard_layout().into_owned(), &*self.rows[0]);
        transformed(along_rows.reversed_axes().as_standard_layout().into_owned(), &*self.cols[0])
    }

    /// Undoes [`forward`](Self::forward), up to the factor of the number of pixels.
    fn inverse(&self, transposed: Array2<Complex32>) -> Array2<Complex32> {
        let along_cols = transformed(transposed, &*self.cols[1]);
        transformed(along_cols.reversed_axes().as_standard_layout().into_owned(), &*self.rows[1])
    }
}

fn transformed(mut lines: Array2<Complex32>, fft: &dyn Fft<f32>) -> Array2<Complex32> {
    fft.process(lines.as_slice_mut().expect("invariant: standard layout"));
    lines
}

impl Surface {
    /// The highest point within `reach` pixels of no shift along each axis; `None` on a surface without any relief.
    ///
    /// Its place is refined by parabolas through its neighbours, good to about 0.05 px near no shift.
    pub fn peak(&self, reach: usize) -> Option<Peak> {
        let (height, width) = self.values.dim();
        let span = |n: usize| {
            let most = reach.min((n - 1) / 2) as isize;
            -most..=most
        };
        let shifts = span(height).flat_map(|dy| span(width).map(move |dx| (dy, dx)));
        let (dy, dx) = shifts.max_by(|a, b| self.at(a.0, a.1).total_cmp(&self.at(b.0, b.1)))?;
        let top = self.at(dy, dx);
        if self.noise <= 0.0 || top <= 0.0 {
            return None;
        }
        let x = dx as f64 + vertex(self.at(dy, dx - 1), top, self.at(dy, dx + 1));
        let y = dy as f64 + vertex(self.at(dy - 1, dx), top, self.at(dy + 1, dx));
        Some(Peak { shift: PixelShift::from_xy(x, y), prominence: top / self.noise })
    }

    fn at(&self, dy: isize, dx: isize) -> f32 {
        let (height, width) = self.values.dim();
        self.values[[dy.rem_euclid(height as isize) as usize, dx.rem_euclid(width as isize) as usize]]
    }
}

/// Where the parabola through three equally spaced values has its vertex, -0.5 to 0.5 from the middle one.
fn vertex(left: f32, middle: f32, right: f32) -> f64 {
    let bend = f64::from(left) - 2.0 * f64::from(middle) + f64::from(right);
    if bend >= 0.0 { 0.0 } else { (0.5 * (f64::from(left) - f64::from(right)) / bend).clamp(-0.5, 0.5) }
}

/// Fades a field out towards its border: a raised cosine over `share` of each side (Tukey's window).
pub(super) fn taper(field: &mut Array2<Complex32>, share: f32) {
    let (height, width) = field.dim();
    let ramp = |index: usize, n: usize| {
        let from_edge = (index.min(n - 1 - index) as f32 + 0.5) / (share * n as f32);
        if from_edge >= 1.0 { 1.0 } else { 0.5 - 0.5 * (std::f32::consts::PI * from_edge).cos() }
    };
    let across: Vec<f32> = (0..width).map(|col| ramp(col, width)).collect();
    for (row, mut line) in field.rows_mut().into_iter().enumerate() {
        let down = ramp(row, height);
        line.iter_mut().zip(&across).for_each(|(z, weight)| *z *= weight * down);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Blobs of random place and direction, drawn analytically so that any shift is exact.
    fn field(dx: f64, dy: f64) -> Array2<Complex32> {
        let mut state = 7u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1u32 << 24)
        };
        let blobs: Vec<[f64; 3]> = (0..60).map(|_| [random() * 48.0, random() * 64.0, random() * 6.0]).collect();
        Array2::from_shape_fn((48, 64), |(row, col)| {
            let mut sum = Complex32::new(0.0, 0.0);
            for [y, x, angle] in &blobs {
                let (u, v) = (col as f64 - x - dx, row as f64 - y - dy);
                sum += Complex32::from_polar((-(u * u + v * v) / 6.0).exp() as f32, *angle as f32);
            }
            sum
        })
    }

    #[test]
    fn a_planted_sub_pixel_shift_is_found() {
        let correlator = Correlator::new(GridSize { height: 48, width: 64 });
        for (dx, dy) in [(0.0, 0.0), (0.25, -0.5), (-3.4, 2.25), (7.8, -6.1)] {
            let (mut still, mut moved) = (field(0.0, 0.0), field(dx, dy));
            taper(&mut still, 0.25);
            taper(&mut moved, 0.25);
            let peak = correlator.correlate(&still, &moved).peak(12).expect("invariant: texture");
            // Far from no shift the taper, which does not move, pulls the peak inwards a little.
            let allowed = 0.05 + 0.04 * f64::hypot(dx, dy);
            assert!((peak.shift.dx - dx).abs() < allowed && (peak.shift.dy - dy).abs() < allowed, "{peak:?}");
            assert!(peak.prominence > 6.0, "{peak:?}");
        }
    }

    #[test]
    fn nothing_has_no_peak() {
        let correlator = Correlator::new(GridSize { height: 8, width: 8 });
        let nothing = Array2::zeros((8, 8));
        assert!(correlator.correlate(&nothing, &nothing).peak(3).is_none());
    }
}
