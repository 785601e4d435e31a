//! Sets masks against labels: pixels, objects and counts, pooled over a set; or counts false alarms where nothing changed.
//!
//! A predicted mask is any image; a pixel above 127 is new structure. Figures are pooled: sums over the whole set come
//! first, ratios last, so that an image without change weighs what it should.

pub mod components;
pub mod false_alarms;
pub mod mask_file;
pub mod objects;
pub mod pixel;
pub mod poisson_interval;
mod valid_area;

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap};
use thiserror::Error;

use crate::evaluate::mask_file::{list_labels, read_mask};
use crate::evaluate::objects::{ObjectCounts, count_objects};
use crate::evaluate::pixel::{PixelCounts, count_pixels};
use crate::raster::window::GridSize;

/// Overlaps (intersection over union) from which two objects are the same one. The lower stands for "found", as
/// outlines of small buildings rarely agree better; the higher is the usual one for large objects.
pub const MATCHING_IOUS: [f64; 2] = [0.3, 0.5];

/// What stands in for the id in [`EvaluateOptions::prediction_name`].
pub const ID_PLACEHOLDER: &str = "{id}";

/// How to evaluate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluateOptions {
    /// Path of a prediction below the folder of predictions, with `{id}` where the label's file name (without ending)
    /// goes.
    pub prediction_name: String,
    /// Smallest object, in pixels. Smaller ones are neither found nor missed nor false.
    pub min_area_px: usize,
}

impl Default for EvaluateOptions {
    fn default() -> Self {
        // 30 px: the smallest structure `extract` reports where the size of a pixel is unknown.
        EvaluateOptions { prediction_name: format!("{ID_PLACEHOLDER}.png"), min_area_px: 30 }
    }
}

/// Masks that cannot be evaluated.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum EvaluateError {
    #[error("no labels (*.png) in {}; give the folder that holds one mask per pair", folder.display())]
    NoLabels { folder: PathBuf },
    #[error("no predictions named {pattern} in {}; check --prediction-name", folder.display())]
    NoPredictions { folder: PathBuf, pattern: String },
    #[error("missing prediction {}; every label needs one, an empty mask where nothing was found", path.display())]
    MissingPrediction { path: PathBuf },
    #[error(
        "prediction {} is {} x {} pixels, its label {} x {}; predict on the label's grid",
        path.display(), found.width, found.height, required.width, required.height
    )]
    SizeMismatch { path: PathBuf, found: GridSize, required: GridSize },
    #[error("prediction name {pattern:?} does not hold {{id}}; pass for example '{{id}}/new_structures.png'")]
    NoPlaceholder { pattern: String },
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
}

/// Figures of one set.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Number of labels.
    pub pairs: usize,
    /// Pixels of the change class, summed over the set.
    pub pixels: PixelCounts,
    /// Objects, summed over the set, for each of [`MATCHING_IOUS`].
    pub objects: [ObjectCounts; 2],
    /// Mean absolute difference between predicted and true number of objects in an image, divided by the mean true
    /// number.
    pub relative_count_error: f64,
}

/// Evaluates a folder of predicted masks against a folder of labels.
///
/// - Input: `labels` holds `ID.png`, 8-bit; `predictions` holds one mask for each, on the same grid.
/// - Output: figures pooled over the set.
///
/// Misleads where labels hold only one kind of change (new buildings) and the predictions another, and at label edges:
/// labels drawn generously lower the pixel IoU of a right answer.
///
/// # Errors
/// [`EvaluateError::NoLabels`] for an empty set, [`EvaluateError::MissingPrediction`] and
/// [`EvaluateError::SizeMismatch`] for a prediction that is not there or on another grid (never counted as a zero),
/// [`EvaluateError::NoPlaceholder`] for a name that is the same for every label, [`EvaluateError::Unreadable`] for a
/// file that is no image.
pub fn evaluate_folders(
    predictions: &Path,
    labels: &Path,
    options: &EvaluateOptions,
) -> Result<Evaluation, EvaluateError> {
    if !options.prediction_name.contains(ID_PLACEHOLDER) {
        return Err(EvaluateError::NoPlaceholder { pattern: options.prediction_name.clone() });
    }
    let labels = list_labels(labels)?;
    let scores = labels
        .par_iter()
        .map(|label| {
            let prediction = predictions.join(options.prediction_name.replace(ID_PLACEHOLDER, &label.id));
            score_pair(&prediction, &label.path, options.min_area_px)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(pool(&scores))
}

/// Counts of one pair of masks.
struct PairScore {
    pixels: PixelCounts,
    objects: [ObjectCounts; 2],
}

fn score_pair(prediction: &Path, label: &Path, min_area_px: usize) -> Result<PairScore, EvaluateError> {
    let truth = read_mask(label)?;
    if !prediction.exists() {
        return Err(EvaluateError::MissingPrediction { path: prediction.to_owned() });
    }
    let predicted = read_mask(prediction)?;
    if predicted.dim() != truth.dim() {
        let size = |(height, width)| GridSize { height, width };
        let (found, required) = (size(predicted.dim()), size(truth.dim()));
        return Err(EvaluateError::SizeMismatch { path: prediction.to_owned(), found, required });
    }
    Ok(PairScore {
        pixels: count_pixels(predicted.view(), truth.view()),
        objects: count_objects(predicted.view(), truth.view(), MATCHING_IOUS, min_area_px),
    })
}

fn pool(scores: &[PairScore]) -> Evaluation {
    let mut pixels = PixelCounts::default();
    let mut objects = [ObjectCounts::default(); 2];
    let mut absolute_errors = 0;
    for score in scores {
        pixels += score.pixels;
        for (total, counts) in objects.iter_mut().zip(score.objects) {
            *total += counts;
        }
        absolute_errors += score.objects[0].predicted.abs_diff(score.objects[0].truth);
    }
    let pairs = scores.len();
    let mean = |sum: usize| sum as f64 / pairs as f64;
    // The floor stands in score definitions for sets without any true object.
    let relative_count_error = mean(absolute_errors) / mean(objects[0].truth).max(1e-9);
    Evaluation { pairs, pixels, objects, relative_count_error }
}

/// One figure of an evaluation, as it is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// A whole number.
    Count(usize),
    /// A ratio or a rate.
    Ratio(f64),
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Figure::Count(count) => serializer.serialize_u64(*count as u64),
            Figure::Ratio(ratio) => serializer.serialize_f64(*ratio),
        }
    }
}

/// Figures under their names, in the order in which they are written; an object in JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures(pub Vec<(String, Figure)>);

impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for (name, figure) in &self.0 {
            object.serialize_entry(name, figure)?;
        }
        object.end()
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (name, figure)) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            match figure {
                Figure::Count(count) => write!(f, "{gap}{name} {count}")?,
                Figure::Ratio(ratio) => write!(f, "{gap}{name} {ratio:.4}")?,
            }
        }
        Ok(())
    }
}

impl Evaluation {
    /// Every figure under its name: precision, recall, F1 and IoU of pixels, the same of objects, and counts.
    pub fn figures(&self) -> Figures {
        let ratio = |name: &str, value| (name.to_owned(), Figure::Ratio(value));
        let count = |name: &str, value| (name.to_owned(), Figure::Count(value));
        let mut figures = vec![
            count("pairs", self.pairs),
            ratio("pixel_p", self.pixels.precision()),
            ratio("pixel_r", self.pixels.recall()),
            ratio("pixel_f1", self.pixels.f1()),
            ratio("pixel_iou", self.pixels.iou()),
        ];
        for (iou, objects) in MATCHING_IOUS.iter().zip(&self.objects) {
            figures.push(ratio(&format!("object_f1_{iou}"), objects.f1()));
            figures.push(ratio(&format!("object_p_{iou}"), objects.precision()));
            figures.push(ratio(&format!("object_r_{iou}"), objects.recall()));
        }
        figures.push(count("count_predicted", self.objects[0].predicted));
        figures.push(count("count_true", self.objects[0].truth));
        figures.push(ratio("count_mae_rel", self.relative_count_error));
        Figures(figures)
    }
}

/// Harmonic mean of precision and recall; 0 when both are.
fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::GrayImage;

    fn square(side: u32, at: u32, length: u32) -> GrayImage {
        let inside = at..at + length;
        GrayImage::from_fn(side, side, |x, y| {
            image::Luma([if inside.contains(&x) && inside.contains(&y) { 255 } else { 0 }])
        })
    }

    fn folders() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let scratch = tempfile::tempdir().unwrap();
        let (predictions, labels) = (scratch.path().join("predictions"), scratch.path().join("labels"));
        std::fs::create_dir_all(predictions.join("a")).unwrap();
        std::fs::create_dir(&labels).unwrap();
        (scratch, predictions, labels)
    }

    #[test]
    fn a_shifted_square_has_known_figures() {
        let (_scratch, predictions, labels) = folders();
        square(32, 5, 10).save(labels.join("a.png")).unwrap();
        square(32, 7, 10).save(predictions.join("a/new.png")).unwrap();
        let options = EvaluateOptions { prediction_name: "{id}/new.png".into(), min_area_px: 30 };
        let figures = evaluate_folders(&predictions, &labels, &options).unwrap().figures();
        // 64 of 100 pixels shared, so the IoU is 64 / 136 = 0.47: the same object at 0.3, another at 0.5.
        assert_eq!(
            figures.to_string(),
            "pairs 1 pixel_p 0.6400 pixel_r 0.6400 pixel_f1 0.6400 pixel_iou 0.4706 object_f1_0.3 1.0000 object_p_0.3 \
             1.0000 object_r_0.3 1.0000 object_f1_0.5 0.0000 object_p_0.5 0.0000 object_r_0.5 0.0000 count_predicted 1 \
             count_true 1 count_mae_rel 0.0000"
        );
        let json = serde_json::to_value(&figures).unwrap();
        assert_eq!(json["count_true"], serde_json::json!(1));
        assert_eq!(json["pixel_p"], serde_json::json!(0.64));
    }

    #[test]
    fn a_prediction_that_is_not_there_or_on_another_grid_is_an_error() {
        let (_scratch, predictions, labels) = folders();
        let evaluate = || evaluate_folders(&predictions, &labels, &EvaluateOptions::default());
        assert!(matches!(evaluate(), Err(EvaluateError::NoLabels { .. })));
        square(32, 5, 10).save(labels.join("a.png")).unwrap();
        assert!(matches!(evaluate(), Err(EvaluateError::MissingPrediction { .. })));
        square(31, 5, 10).save(predictions.join("a.png")).unwrap();
        let message = evaluate().unwrap_err().to_string();
        assert!(message.contains("31 x 31") && message.contains("32 x 32"), "{message}");
        std::fs::write(predictions.join("a.png"), b"not a picture").unwrap();
        assert!(matches!(evaluate(), Err(EvaluateError::Unreadable { .. })));
    }

    #[test]
    fn a_name_without_placeholder_is_refused() {
        let (_scratch, predictions, labels) = folders();
        square(32, 5, 10).save(labels.join("a.png")).unwrap();
        let options = EvaluateOptions { prediction_name: "new.png".into(), min_area_px: 30 };
        let error = evaluate_folders(&predictions, &labels, &options).unwrap_err();
        assert!(matches!(error, EvaluateError::NoPlaceholder { .. }), "{error}");
    }

    #[test]
    fn counts_differ_image_by_image() {
        // One image has one object too many and the other one too few: totals agree, the count error does not.
        let (_scratch, predictions, labels) = folders();
        square(32, 5, 10).save(labels.join("a.png")).unwrap();
        square(32, 5, 1).save(labels.join("b.png")).unwrap();
        square(32, 5, 1).save(predictions.join("a.png")).unwrap();
        square(32, 5, 10).save(predictions.join("b.png")).unwrap();
        let evaluation = evaluate_folders(&predictions, &labels, &EvaluateOptions::default()).unwrap();
        assert_eq!((evaluation.objects[0].predicted, evaluation.objects[0].truth), (1, 1));
        assert_eq!(evaluation.relative_count_error, 2.0);
    }
}
