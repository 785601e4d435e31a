//! Evaluation on real labels against a slow reference; needs SITEDELTA_DATA.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use sitedelta::evaluate::{EvaluateOptions, Figure, evaluate_folders};

/// Difference from the reference that is rounding.
const TOLERANCE: f64 = 1e-6;

type Mask = Vec<Vec<bool>>;

fn read(path: &Path) -> Mask {
    let gray = image::open(path).unwrap().into_luma8();
    (0..gray.height()).map(|y| (0..gray.width()).map(|x| gray.get_pixel(x, y).0[0] > 127).collect()).collect()
}

/// Pixels of every 4-connected component of at least `min_area_px`, by flood fill.
fn reference_objects(mask: &Mask, min_area_px: usize) -> Vec<Vec<(usize, usize)>> {
    let mut left = mask.clone();
    let mut objects = Vec::new();
    for row in 0..mask.len() {
        for col in 0..mask[row].len() {
            let (mut object, mut waiting) = (Vec::new(), vec![(row, col)]);
            while let Some((r, c)) = waiting.pop() {
                if r < mask.len() && c < mask[0].len() && left[r][c] {
                    left[r][c] = false;
                    object.push((r, c));
                    waiting.extend([(r + 1, c), (r.wrapping_sub(1), c), (r, c + 1), (r, c.wrapping_sub(1))]);
                }
            }
            if object.len() >= min_area_px.max(1) {
                object.sort_unstable();
                objects.push(object);
            }
        }
    }
    objects
}

/// Objects of `these` that overlap any of `those` with at least `iou`, comparing each with each.
fn reference_matches(these: &[Vec<(usize, usize)>], those: &[Vec<(usize, usize)>], iou: f64) -> usize {
    let overlap = |a: &[(usize, usize)], b: &[(usize, usize)]| {
        let both = a.iter().filter(|pixel| b.binary_search(pixel).is_ok()).count();
        both as f64 / (a.len() + b.len() - both) as f64
    };
    these.iter().filter(|a| those.iter().any(|b| overlap(a, b) >= iou)).count()
}

fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

/// Every figure of a set, pair by pair and object by object, in the order in which they are written.
fn reference_figures(pairs: &[(Mask, Mask)], min_area_px: usize) -> Vec<f64> {
    let count = |wanted: fn(bool, bool) -> bool| -> f64 {
        let of_pair = |(predicted, truth): &(Mask, Mask)| {
            let pixels = predicted.iter().flatten().zip(truth.iter().flatten());
            pixels.filter(|&(&p, &t)| wanted(p, t)).count()
        };
        pairs.iter().map(of_pair).sum::<usize>() as f64
    };
    let (both, predicted, truth) = (count(|p, t| p && t), count(|p, _| p), count(|_, t| t));
    let (precision, recall) = (both / predicted.max(1.0), both / truth.max(1.0));
    let iou = both / count(|p, t| p || t).max(1.0);
    let mut figures = vec![pairs.len() as f64, precision, recall, f1(precision, recall), iou];
    let objects: Vec<_> = pairs
        .iter()
        .map(|(predicted, truth)| (reference_objects(predicted, min_area_px), reference_objects(truth, min_area_px)))
        .collect();
    let total = |of: fn(&(Vec<_>, Vec<_>)) -> usize| objects.iter().map(of).sum::<usize>() as f64;
    let (found, real) = (total(|(p, _)| p.len()), total(|(_, t)| t.len()));
    for iou in [0.3, 0.5] {
        let hits = |of_truth: bool| -> f64 {
            let of_pair = |(p, t): &(Vec<_>, Vec<_>)| {
                if of_truth { reference_matches(t, p, iou) } else { reference_matches(p, t, iou) }
            };
            objects.iter().map(of_pair).sum::<usize>() as f64
        };
        let (precision, recall) = (hits(false) / found.max(1.0), hits(true) / real.max(1.0));
        figures.extend([f1(precision, recall), precision, recall]);
    }
    let errors: usize = objects.iter().map(|(p, t)| p.len().abs_diff(t.len())).sum();
    let mean = |sum: f64| sum / pairs.len() as f64;
    figures.extend([found, real, mean(errors as f64) / mean(real).max(1e-9)]);
    figures
}

/// A crude prediction: where brightness differs by more than 40 over 5 x 5 pixels.
fn predict(folder: &Path, name: &Path) -> image::GrayImage {
    let gray = |date: &str| image::open(folder.join(date).join(name)).unwrap().into_luma8();
    let (before, after) = (gray("A"), gray("B"));
    let (width, height) = after.dimensions();
    image::GrayImage::from_fn(width, height, |x, y| {
        let mut sum = 0.0;
        for row in y.saturating_sub(2)..(y + 3).min(height) {
            for col in x.saturating_sub(2)..(x + 3).min(width) {
                sum += f64::from(after.get_pixel(col, row).0[0]) - f64::from(before.get_pixel(col, row).0[0]);
            }
        }
        image::Luma([if sum.abs() > 40.0 * 25.0 { 255 } else { 0 }])
    })
}

#[test]
fn figures_on_real_labels_agree_with_the_reference() {
    let Some(data) = std::env::var_os("SITEDELTA_DATA").map(PathBuf::from) else {
        eprintln!("skipped: SITEDELTA_DATA is not set");
        return;
    };
    let folder = data.join("levir_val");
    let predictions = tempfile::tempdir().unwrap();
    let mut pairs = Vec::new();
    for label in std::fs::read_dir(folder.join("label")).unwrap() {
        let label = label.unwrap().path();
        let name = Path::new(label.file_name().unwrap());
        predict(&folder, name).save(predictions.path().join(name)).unwrap();
        pairs.push((read(&predictions.path().join(name)), read(&label)));
    }
    for min_area_px in [1, 30] {
        let options = EvaluateOptions { min_area_px, ..EvaluateOptions::default() };
        let figures = evaluate_folders(predictions.path(), &folder.join("label"), &options).unwrap().figures();
        let expected = reference_figures(&pairs, min_area_px);
        assert_eq!(figures.0.len(), expected.len());
        for ((name, figure), expected) in figures.0.iter().zip(expected) {
            let value = match figure {
                Figure::Count(count) => *count as f64,
                Figure::Ratio(ratio) => *ratio,
            };
            assert!((value - expected).abs() <= TOLERANCE, "{name}: {value}, reference {expected}");
        }
    }
}
