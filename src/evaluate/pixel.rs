//! Agreement pixel by pixel.

use std::ops::AddAssign;

use ndarray::{ArrayView2, Zip};

use crate::evaluate::f1;

/// Pixels of the change class, told apart by prediction and truth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PixelCounts {
    /// Changed in both.
    pub true_positive: u64,
    /// Changed in the prediction only.
    pub false_positive: u64,
    /// Changed in the truth only.
    pub false_negative: u64,
}

/// Counts the pixels of two masks of the same (height, width).
///
/// ```
/// use ndarray::arr2;
/// use sitedelta::evaluate::pixel::count_pixels;
/// let predicted = arr2(&[[true, true], [false, false]]);
/// let truth = arr2(&[[true, false], [true, false]]);
/// assert_eq!(count_pixels(predicted.view(), truth.view()).iou(), 1.0 / 3.0);
/// ```
///
/// # Panics
/// When the masks differ in size: a programming error.
pub fn count_pixels(predicted: ArrayView2<bool>, truth: ArrayView2<bool>) -> PixelCounts {
    let mut counts = PixelCounts::default();
    Zip::from(predicted).and(truth).for_each(|&predicted, &truth| match (predicted, truth) {
        (true, true) => counts.true_positive += 1,
        (true, false) => counts.false_positive += 1,
        (false, true) => counts.false_negative += 1,
        (false, false) => {}
    });
    counts
}

impl PixelCounts {
    /// Share of the predicted pixels that are true; 0 when none is predicted.
    pub fn precision(&self) -> f64 {
        share(self.true_positive, self.true_positive + self.false_positive)
    }

    /// Share of the true pixels that are predicted; 0 when none is true.
    pub fn recall(&self) -> f64 {
        share(self.true_positive, self.true_positive + self.false_negative)
    }

    /// Harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        f1(self.precision(), self.recall())
    }

    /// Intersection over union of the change class; 0 when both masks are empty.
    pub fn iou(&self) -> f64 {
        share(self.true_positive, self.true_positive + self.false_positive + self.false_negative)
    }
}

impl AddAssign for PixelCounts {
    fn add_assign(&mut self, other: Self) {
        self.true_positive += other.true_positive;
        self.false_positive += other.false_positive;
        self.false_negative += other.false_negative;
    }
}

fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}
