//! Exact interval of a Poisson mean.

use statrs::distribution::{ContinuousCDF, Gamma};

/// Probability left out at each end of a 95 % interval.
const TAIL: f64 = 0.025;

/// The two ends of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Finds the exact 95 % interval of the mean of a Poisson distribution from one count[^1].
///
/// The ends are those means at which a count this large, or this small, has a probability of 2.5 %. The interval is
/// conservative: it holds the true mean in at least 95 % of all cases. Nothing counted still leaves an upper end of 3.69.
///
/// Misleads where events come in clusters (one cloud, twenty false alarms): they are not independent then, and the true
/// interval is wider.
///
/// ```
/// use sitedelta::evaluate::poisson_interval::poisson_interval;
/// assert_eq!(poisson_interval(0).low, 0.0);
/// assert!((poisson_interval(0).high - 3.689).abs() < 1e-3);
/// ```
///
/// [^1]: Garwood, "Fiducial Limits for the Poisson Distribution", Biometrika 28(3/4), 1936,
/// doi 10.1093/biomet/28.3-4.437.
pub fn poisson_interval(count: usize) -> Interval {
    // The chi-squared quantile with 2k degrees of freedom, halved, is the gamma quantile of shape k and rate 1.
    let quantile = |shape: usize, probability: f64| {
        Gamma::new(shape as f64, 1.0).expect("invariant: shape and rate are positive").inverse_cdf(probability)
    };
    let low = if count == 0 { 0.0 } else { quantile(count, TAIL) };
    Interval { low, high: quantile(count + 1, 1.0 - TAIL) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Probability of at most `count` events, summed term by term.
    fn reference_cdf(count: usize, mean: f64) -> f64 {
        let mut term = (-mean).exp();
        let mut sum = term;
        for k in 1..=count {
            term *= mean / k as f64;
            sum += term;
        }
        sum
    }

    #[test]
    fn the_ends_leave_out_two_and_a_half_percent() {
        for count in [1, 2, 5, 17, 100, 400] {
            let Interval { low, high } = poisson_interval(count);
            assert!((reference_cdf(count, high) - TAIL).abs() < 1e-8, "{count}: {high}");
            assert!((1.0 - reference_cdf(count - 1, low) - TAIL).abs() < 1e-8, "{count}: {low}");
        }
    }

    #[test]
    fn ends_agree_with_the_published_table() {
        // Garwood's table 1, 95 %: counts 1 and 10.
        let ends = |count| (poisson_interval(count).low, poisson_interval(count).high);
        let (low, high) = ends(1);
        assert!((low - 0.0253).abs() < 1e-4 && (high - 5.572).abs() < 1e-3);
        let (low, high) = ends(10);
        assert!((low - 4.795).abs() < 1e-3 && (high - 18.39).abs() < 1e-2);
    }
}
