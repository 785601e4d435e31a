//! Agreement object by object.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

use ndarray::{ArrayView2, Zip};

use crate::evaluate::components::label_components;
use crate::evaluate::f1;

/// Objects of two masks and how many of them were found again in the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObjectCounts {
    /// Predicted objects that match a true one.
    pub matched_predicted: usize,
    /// Predicted objects.
    pub predicted: usize,
    /// True objects that match a predicted one.
    pub matched_truth: usize,
    /// True objects.
    pub truth: usize,
}

/// Counts the objects of two masks of the same (height, width), for several overlaps at once.
///
/// An object is a 4-connected component of at least `min_area_px` pixels. It is found when any object of the other mask
/// has an intersection over union of at least `iou` with it. Below an IoU of 0.5 one object may match several.
///
/// # Panics
/// When the masks differ in size: a programming error.
pub fn count_objects<const N: usize>(
    predicted: ArrayView2<bool>,
    truth: ArrayView2<bool>,
    ious: [f64; N],
    min_area_px: usize,
) -> [ObjectCounts; N] {
    let (predicted, truth) = (label_components(predicted), label_components(truth));
    let large = |areas: &[usize]| areas[1..].iter().filter(|&&area| area >= min_area_px).count();
    let mut shared = BTreeMap::<(u32, u32), usize>::new();
    Zip::from(&predicted.labels).and(&truth.labels).for_each(|&p, &t| {
        if p > 0 && t > 0 {
            *shared.entry((p, t)).or_default() += 1;
        }
    });
    ious.map(|iou| {
        let (mut predicted_hits, mut truth_hits) = (BTreeSet::new(), BTreeSet::new());
        for (&(p, t), &pixels) in &shared {
            let (area_p, area_t) = (predicted.area_px[p as usize], truth.area_px[t as usize]);
            let union = area_p + area_t - pixels;
            if area_p.min(area_t) >= min_area_px && pixels as f64 / union as f64 >= iou {
                predicted_hits.insert(p);
                truth_hits.insert(t);
            }
        }
        ObjectCounts {
            matched_predicted: predicted_hits.len(),
            predicted: large(&predicted.area_px),
            matched_truth: truth_hits.len(),
            truth: large(&truth.area_px),
        }
    })
}

impl ObjectCounts {
    /// Share of the predicted objects that are true; 0 when none is predicted.
    pub fn precision(&self) -> f64 {
        self.matched_predicted as f64 / self.predicted.max(1) as f64
    }

    /// Share of the true objects that were found; 0 when there is none.
    pub fn recall(&self) -> f64 {
        self.matched_truth as f64 / self.truth.max(1) as f64
    }

    /// Harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        f1(self.precision(), self.recall())
    }
}

impl AddAssign for ObjectCounts {
    fn add_assign(&mut self, other: Self) {
        self.matched_predicted += other.matched_predicted;
        self.predicted += other.predicted;
        self.matched_truth += other.matched_truth;
        self.truth += other.truth;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::components::tests::{any_mask, reference_components};
    use ndarray::Array2;
    use proptest::prelude::*;

    /// Compares every object with every other one, pixel by pixel.
    fn reference_objects(
        predicted: ArrayView2<bool>,
        truth: ArrayView2<bool>,
        iou: f64,
        min_area_px: usize,
    ) -> ObjectCounts {
        let objects = |mask: ArrayView2<bool>| -> Vec<Vec<usize>> {
            let components = reference_components(mask);
            (1..components.area_px.len() as u32)
                .map(|number| {
                    let labels = components.labels.iter().enumerate();
                    labels.filter(|&(_, &label)| label == number).map(|(index, _)| index).collect()
                })
                .filter(|pixels: &Vec<usize>| pixels.len() >= min_area_px)
                .collect()
        };
        let alike = |a: &[usize], b: &[usize]| {
            let both = a.iter().filter(|pixel| b.contains(pixel)).count();
            both > 0 && both as f64 / (a.len() + b.len() - both) as f64 >= iou
        };
        let (predicted, truth) = (objects(predicted), objects(truth));
        ObjectCounts {
            matched_predicted: predicted.iter().filter(|p| truth.iter().any(|t| alike(p, t))).count(),
            predicted: predicted.len(),
            matched_truth: truth.iter().filter(|t| predicted.iter().any(|p| alike(p, t))).count(),
            truth: truth.len(),
        }
    }

    fn mask(picture: [&str; 4]) -> Array2<bool> {
        Array2::from_shape_fn((4, 8), |(row, col)| picture[row].as_bytes()[col] == b'#')
    }

    #[test]
    fn crumbs_are_neither_found_nor_missed() {
        let predicted = mask(["####....", "####....", "......#.", "........"]);
        let truth = mask([".####...", ".####...", "........", "#......."]);
        let [at_half, at_most] = count_objects(predicted.view(), truth.view(), [0.5, 0.7], 4);
        // 6 of 10 pixels are shared.
        assert_eq!(at_half, ObjectCounts { matched_predicted: 1, predicted: 1, matched_truth: 1, truth: 1 });
        assert_eq!(at_most, ObjectCounts { matched_predicted: 0, predicted: 1, matched_truth: 0, truth: 1 });
    }

    #[test]
    fn one_object_may_cover_two() {
        let predicted = mask(["#######.", "#######.", "#######.", "........"]);
        let truth = mask(["###.###.", "###.###.", "###.###.", "........"]);
        let [counts] = count_objects(predicted.view(), truth.view(), [0.3], 4);
        assert_eq!(counts, ObjectCounts { matched_predicted: 1, predicted: 1, matched_truth: 2, truth: 2 });
    }

    proptest! {
        #[test]
        fn counts_agree_with_the_reference(
            predicted in any_mask(9, 11),
            flips in any_mask(9, 11),
            keep in any_mask(9, 11),
            min_area_px in 0usize..6,
        ) {
            // The truth is the prediction with some pixels changed, so that objects overlap to every degree.
            let truth = Array2::from_shape_fn((9, 11), |at| if keep[at] { predicted[at] } else { flips[at] });
            let [at_low, at_half] = count_objects(predicted.view(), truth.view(), [0.3, 0.5], min_area_px);
            prop_assert_eq!(at_low, reference_objects(predicted.view(), truth.view(), 0.3, min_area_px));
            prop_assert_eq!(at_half, reference_objects(predicted.view(), truth.view(), 0.5, min_area_px));
        }
    }
}
