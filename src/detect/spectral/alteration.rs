//! Spectral change without regard to sun, haze and sensor: the iteratively reweighted multivariate alteration
//! detection.

use nalgebra::{DMatrix, DVector};
use ndarray::{Array2, Zip, s};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Rounds of reweighting at most; Nielsen reports convergence within some 10 to 30.
const MOST_ROUNDS: usize = 30;

/// Change of the canonical correlations at which the iteration has converged.
const CONVERGED: f64 = 1e-3;

/// Variance added to every band so that flat or equal bands can be inverted: a thousandth of full brightness, squared.
const FLOOR_VARIANCE: f64 = 1e-6;

/// Highest canonical correlation taken at its word: above it, differences are below the noise of 8-bit data.
const MOST_CORRELATION: f64 = 0.9995;

/// Observations of both dates at the same places: bands x observations.
pub(super) struct Observations {
    pub(super) before: DMatrix<f64>,
    pub(super) after: DMatrix<f64>,
}

/// Linear combinations of the bands in which unchanged ground has differences of variance 1 [^1].
///
/// The sum of their squares follows, where nothing changed, a chi-squared distribution with as many degrees of freedom
/// as there are bands; it is the same for any linear change of sensor, sun or haze.
///
/// [^1]: Nielsen, "The regularized iteratively reweighted MAD method for change detection in multi- and hyperspectral
/// data", IEEE Transactions on Image Processing 16(2), 2007, doi 10.1109/TIP.2006.888195.
#[derive(Clone, Debug)]
pub(super) struct Alteration {
    before: Projection,
    after: Projection,
}

/// Coefficients (variates x bands) and the band means they are applied about.
#[derive(Clone, Debug)]
struct Projection {
    coefficients: DMatrix<f64>,
    mean: DVector<f64>,
}

impl Alteration {
    /// Fits the combinations; `None` without at least ten observations for each band.
    pub(super) fn fit(observations: &Observations) -> Option<Self> {
        let (bands, count) = observations.before.shape();
        if count < 10 * bands {
            return None;
        }
        let unchanged = UnchangedProbability::new(bands);
        let mut weights = DVector::from_element(count, 1.0);
        let mut correlations = DVector::zeros(bands);
        let mut fitted = None;
        for _ in 0..MOST_ROUNDS {
            let (alteration, now) = canonical_differences(observations, &weights)?;
            weights = alteration.distances(observations).map(|distance| unchanged.at(distance));
            let moved = (&now - &correlations).amax();
            (correlations, fitted) = (now, Some(alteration));
            // Weights that vanish altogether would leave nothing to fit the next round to.
            if moved < CONVERGED || weights.sum() < 10.0 * bands as f64 {
                break;
            }
        }
        fitted
    }

    /// Squared change of every observation.
    fn distances(&self, observations: &Observations) -> DVector<f64> {
        let difference = self.before.apply(&observations.before) - self.after.apply(&observations.after);
        DVector::from_iterator(difference.ncols(), difference.column_iter().map(|column| column.norm_squared()))
    }

    /// Squared change per band at every pixel: 1 on average where nothing changed.
    ///
    /// Takes the least over shifts of `tolerance` pixels to all eight sides, so that a residual misalignment of that
    /// size, or a building's lean, is not taken for change. Input: bands of one size, brightness about 0 to 1.
    pub(super) fn change(&self, before: &[Array2<f32>], after: &[Array2<f32>], tolerance: usize) -> Array2<f32> {
        let (before, after) = (self.before.project(before), self.after.project(after));
        let (height, width) = after[0].dim();
        let mut least = Array2::from_elem((height, width), f32::INFINITY);
        let reach = tolerance.min(height.saturating_sub(1)).min(width.saturating_sub(1)) as isize;
        for (down, right) in (-1..=1).flat_map(|down| (-1..=1).map(move |right| (down * reach, right * reach))) {
            let rows = (0.max(-down)..height as isize - 0.max(down), 0.max(-right)..width as isize - 0.max(right));
            let here = s![rows.0.clone(), rows.1.clone()];
            let there = s![rows.0.start + down..rows.0.end + down, rows.1.start + right..rows.1.end + right];
            let mut distance = Array2::zeros(least.slice(here).dim());
            for (b, a) in before.iter().zip(&after) {
                Zip::from(&mut distance)
                    .and(b.slice(there))
                    .and(a.slice(here))
                    .for_each(|sum, &b, &a| *sum += (b - a) * (b - a));
            }
            least.slice_mut(here).zip_mut_with(&distance, |least, &d| *least = if d < *least { d } else { *least });
        }
        let bands = after.len() as f32;
        least.mapv_inplace(|distance| distance / bands);
        least
    }
}

impl Projection {
    fn apply(&self, observations: &DMatrix<f64>) -> DMatrix<f64> {
        let offset = &self.coefficients * &self.mean;
        let mut variates = &self.coefficients * observations;
        variates.column_iter_mut().for_each(|mut column| column -= &offset);
        variates
    }

    fn project(&self, bands: &[Array2<f32>]) -> Vec<Array2<f32>> {
        let variate = |index: usize| {
            let mut sum = Array2::from_elem(bands[0].dim(), -(self.coefficients.row(index) * &self.mean)[0] as f32);
            for (band, &weight) in bands.iter().zip(self.coefficients.row(index).iter()) {
                sum.zip_mut_with(band, |sum, &v| *sum += weight as f32 * v);
            }
            sum
        };
        (0..bands.len()).map(variate).collect()
    }
}

/// One round: canonical correlation analysis under weights, scaled to differences of variance 1.
fn canonical_differences(observations: &Observations, weights: &DVector<f64>) -> Option<(Alteration, DVector<f64>)> {
    let (before, after) = (&observations.before, &observations.after);
    let total = weights.sum();
    let (mean_before, mean_after) = (before * weights / total, after * weights / total);
    let centered = |values: &DMatrix<f64>, mean: &DVector<f64>| {
        let mut values = values.clone();
        values.column_iter_mut().for_each(|mut column| column -= mean);
        values
    };
    let (x, y) = (centered(before, &mean_before), centered(after, &mean_after));
    let weighted = |values: &DMatrix<f64>| {
        let mut values = values.clone();
        values.column_iter_mut().zip(weights.iter()).for_each(|(mut column, &weight)| column *= weight / total);
        values
    };
    let floor = DMatrix::identity(before.nrows(), before.nrows()) * FLOOR_VARIANCE;
    let (weighted_x, weighted_y) = (weighted(&x), weighted(&y));
    let inverse_x = (&weighted_x * x.transpose() + &floor).cholesky()?.l().try_inverse()?;
    let inverse_y = (&weighted_y * y.transpose() + &floor).cholesky()?.l().try_inverse()?;
    let cross = &inverse_x * (&weighted_x * y.transpose()) * inverse_y.transpose();
    let svd = cross.svd(true, true);
    let (left, right) = (svd.u?, svd.v_t?);
    let correlations = svd.singular_values.map(|rho| rho.min(MOST_CORRELATION));
    let scale = DMatrix::from_diagonal(&correlations.map(|rho| 1.0 / (2.0 * (1.0 - rho)).sqrt()));
    let projection = |coefficients: DMatrix<f64>, mean| Projection { coefficients: &scale * coefficients, mean };
    let alteration = Alteration {
        before: projection(left.transpose() * inverse_x, mean_before),
        after: projection(right * inverse_y, mean_after),
    };
    Some((alteration, correlations))
}

/// Probability that unchanged ground differs at least as much, tabulated: the distribution function is dear.
struct UnchangedProbability {
    table: Vec<f64>,
}

impl UnchangedProbability {
    /// Steps of the table per unit of squared change.
    const RESOLUTION: f64 = 10.0;

    fn new(bands: usize) -> Self {
        let distribution = ChiSquared::new(bands as f64).expect("invariant: at least one band");
        // Far enough out for the probability to fall below 1e-6 at any number of bands.
        let last = ((bands as f64 + 10.0 * (2.0 * bands as f64).sqrt() + 20.0) * Self::RESOLUTION) as usize;
        UnchangedProbability { table: (0..=last).map(|i| distribution.sf(i as f64 / Self::RESOLUTION)).collect() }
    }

    fn at(&self, distance: f64) -> f64 {
        self.table.get((distance * Self::RESOLUTION).round() as usize).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::SmallRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// Three correlated bands, seen again through another sensor with noise; the last tenth truly changed.
    fn planted(count: usize) -> Observations {
        let mut random = SmallRng::seed_from_u64(7);
        let mut noise = |scale: f64| (0..6).map(|_| random.random::<f64>() - 0.5).sum::<f64>() * scale;
        let (mut before, mut after) = (DMatrix::zeros(3, count), DMatrix::zeros(3, count));
        for index in 0..count {
            let ground = noise(0.3);
            for band in 0..3 {
                let value = 0.4 + ground * (1.0 + 0.2 * band as f64) + noise(0.05);
                before[(band, index)] = value;
                let seen = if index >= count - count / 10 { 0.9 - 0.2 * band as f64 } else { 0.7 * value + 0.1 };
                after[(band, index)] = seen + noise(0.01);
            }
        }
        Observations { before, after }
    }

    #[test]
    fn planted_change_stands_out_of_another_sensor() {
        let observations = planted(2000);
        let alteration = Alteration::fit(&observations).unwrap();
        let distances = alteration.distances(&observations);
        let mean =
            |range: std::ops::Range<usize>| range.clone().map(|i| distances[i]).sum::<f64>() / range.len() as f64;
        // Three degrees of freedom: 3 on average, a little less as the fit is to the less changed ones.
        assert!((1.5..6.0).contains(&mean(0..1800)), "{}", mean(0..1800));
        assert!(mean(1800..2000) > 50.0, "{}", mean(1800..2000));
    }

    #[test]
    fn a_linear_change_of_sensor_hardly_matters() {
        let observations = planted(1500);
        let other = Observations {
            before: observations.before.map(|v| 0.3 * v + 0.2),
            after: observations.after.map(|v| 1.4 * v - 0.1),
        };
        let of = |o: &Observations| Alteration::fit(o).unwrap().distances(o);
        let (first, second) = (of(&observations), of(&other));
        assert!((first[10] - second[10]).abs() < 0.25 * first[10].max(1.0), "{} {}", first[10], second[10]);
    }

    #[test]
    fn identical_and_flat_scenes_do_not_change() {
        for spread in [0.0, 0.4] {
            let before = DMatrix::from_fn(2, 400, |band, i| 0.5 + spread * ((i * (band + 3)) % 17) as f64 / 17.0);
            let observations = Observations { after: before.clone(), before };
            let alteration = Alteration::fit(&observations).unwrap();
            assert!(alteration.distances(&observations).amax() < 1e-9);
        }
    }
}
