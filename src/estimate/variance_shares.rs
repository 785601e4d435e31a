//! What makes the interval wide: first-order Sobol indices.

use crate::capacity::{UncertainInput, VarianceShare};

/// Shares of the variance that each input brings by itself, the largest first; empty when there is no variance.
///
/// - Input: `reported`, the site's total in a sample of draws; `anew`, in a second sample, independent of it; `frozen`,
///   for each input, in the second sample with this input alone taken from the first. Totals that share one input covary
///   by what it explains of the variance, its first-order Sobol index[^1]; what `anew` covaries by chance is taken off[^2],
///   so that an input without effect has a share of exactly 0.
/// - Error: about the inverse root of the number of draws for the largest share, less for small ones. Shares below 0 by
///   chance are given as 0, and a sum above 1 is scaled to 1.
///
/// [^1]: Sobol, "Global sensitivity indices for nonlinear mathematical models and their Monte Carlo estimates",
/// Mathematics and Computers in Simulation 55, 2001, doi 10.1016/S0378-4754(00)00270-6.
/// [^2]: Saltelli, Annoni, Azzini, Campolongo, Ratto and Tarantola, "Variance based sensitivity analysis of model output.
/// Design and estimator for the total sensitivity index", Computer Physics Communications 181(2), 2010,
/// doi 10.1016/j.cpc.2009.09.018, equation (b) of table 2.
pub(super) fn variance_shares(
    reported: &[f64],
    anew: &[f64],
    frozen: &[Vec<f64>; UncertainInput::ALL.len()],
) -> Vec<VarianceShare> {
    let count = reported.len().min(anew.len());
    let both = || reported[..count].iter().chain(&anew[..count]);
    let mean = both().sum::<f64>() / (2 * count) as f64;
    let variance = both().map(|value| (value - mean).powi(2)).sum::<f64>() / (2 * count) as f64;
    // Rounding of equal totals is no variance.
    if count < 2 || variance <= 1e-18 * mean * mean {
        return Vec::new();
    }
    let share = |frozen: &[f64]| {
        let products = reported.iter().zip(frozen.iter().zip(anew));
        let covariance =
            products.map(|(own, (frozen, anew))| (own - mean) * (frozen - anew)).sum::<f64>() / count as f64;
        (covariance / variance).max(0.0)
    };
    let mut shares: Vec<VarianceShare> = UncertainInput::ALL
        .into_iter()
        .zip(frozen)
        .map(|(input, frozen)| VarianceShare { input, share: share(frozen) })
        .collect();
    let total: f64 = shares.iter().map(|own| own.share).sum();
    shares.iter_mut().for_each(|own| own.share /= total.max(1.0));
    shares.sort_by(|a, b| b.share.total_cmp(&a.share));
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::estimate::random_draws::{Sample, Stream, stream};
    use rand::RngExt;

    #[test]
    fn known_shares_are_found() {
        // y = 3 a + b with a and b uniform: a brings 9 tenths of the variance, b one tenth, all others nothing.
        let mut random = stream(5, Sample::Reported, Stream::Site, 0);
        let mut uniform = || -> Vec<f64> { (0..40_000).map(|_| random.random()).collect() };
        let (a, b, a2, b2) = (uniform(), uniform(), uniform(), uniform());
        let total = |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| 3.0 * a + b).collect() };
        let nothing = || total(&a2, &b2);
        let frozen = [total(&a, &b2), total(&a2, &b), nothing(), nothing(), nothing(), nothing()];
        let shares = variance_shares(&total(&a, &b), &nothing(), &frozen);
        assert_eq!((shares[0].input, shares[1].input), (UncertainInput::Profile, UncertainInput::Storeys));
        assert!((shares[0].share - 0.9).abs() < 0.02 && (shares[1].share - 0.1).abs() < 0.02, "{shares:?}");
        assert!(shares[2..].iter().all(|own| own.share == 0.0), "{shares:?}");
    }

    #[test]
    fn what_does_not_vary_has_no_drivers() {
        let still = || vec![3.0; 100];
        assert!(variance_shares(&still(), &still(), &UncertainInput::ALL.map(|_| still())).is_empty());
    }
}
