//! Histograms and percentiles gathered piece by piece, so that no statistic needs the whole image at once.

use serde::{Deserialize, Serialize};

/// A histogram over a fixed range; values outside it count in the outermost bins.
///
/// Not-a-number values are left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    low: f32,
    high: f32,
    counts: Vec<u64>,
}

impl Histogram {
    /// Makes an empty histogram of `bins` equal bins from `low` to `high`.
    ///
    /// # Panics
    /// When `bins` is zero or the range is empty or not finite.
    pub fn new(low: f32, high: f32, bins: usize) -> Self {
        assert!(bins > 0 && low.is_finite() && high.is_finite() && low < high, "no range: {low} to {high}");
        Histogram { low, high, counts: vec![0; bins] }
    }

    /// Counts one value.
    pub fn add(&mut self, value: f32) {
        if value.is_nan() {
            return;
        }
        let bin = (value - self.low) / (self.high - self.low) * self.counts.len() as f32;
        let last = self.counts.len() - 1;
        self.counts[(bin.max(0.0) as usize).min(last)] += 1;
    }

    /// Adds the counts of another histogram of the same range and bins.
    ///
    /// # Panics
    /// When range or bins differ.
    pub fn merge(&mut self, other: &Histogram) {
        assert!(self.low == other.low && self.high == other.high && self.counts.len() == other.counts.len());
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
    }

    /// Number of values counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Counts by bin.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// The middle value of a bin.
    pub fn bin_center(&self, bin: usize) -> f32 {
        self.low + (bin as f32 + 0.5) * (self.high - self.low) / self.counts.len() as f32
    }

    /// The value below which the share `quantile` (0 to 1) of all values lies, interpolated within its bin; `None`
    /// when nothing was counted.
    pub fn quantile(&self, quantile: f64) -> Option<f32> {
        let total = self.total();
        if total == 0 {
            return None;
        }
        let wanted = quantile.clamp(0.0, 1.0) * total as f64;
        let width = (self.high - self.low) / self.counts.len() as f32;
        let mut below = 0.0;
        for (bin, &count) in self.counts.iter().enumerate() {
            let count = count as f64;
            if count > 0.0 && below + count >= wanted {
                let share = ((wanted - below) / count) as f32;
                return Some(self.low + (bin as f32 + share) * width);
            }
            below += count;
        }
        Some(self.high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_a_ramp() {
        let mut histogram = Histogram::new(0.0, 100.0, 1000);
        (0..10_000).for_each(|i| histogram.add(i as f32 / 100.0));
        let median = histogram.quantile(0.5).expect("invariant: not empty");
        assert!((median - 50.0).abs() < 0.1, "{median}");
        assert!(Histogram::new(0.0, 1.0, 4).quantile(0.5).is_none());
    }

    #[test]
    fn parts_merge_to_the_whole() {
        let (mut left, mut right) = (Histogram::new(0.0, 8.0, 8), Histogram::new(0.0, 8.0, 8));
        left.add(1.0);
        right.add(7.5);
        right.add(99.0);
        left.merge(&right);
        assert_eq!(left.counts(), [0, 1, 0, 0, 0, 0, 0, 2]);
    }
}
