//! The spectral detector against labels of real pairs, and against the simplest method there is.
//!
//! Runs on the set `levir_val` under the folder named by `SITEDELTA_DATA` (see docs/ACCURACY.md), skipped without it.
//! Only even ids are read: the odd ones are kept for final figures.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use ndarray::{Array2, Array3, Zip};
use sitedelta::detect::detect_changes;
use sitedelta::detect::spectral::SpectralDetector;
use sitedelta::normalize::{NormalizeOptions, normalize_pair};
use sitedelta::observer::Silent;
use sitedelta::pair::{CoregisteredPair, NormalizedPair, ScenePair};
use sitedelta::raster::Raster;
use sitedelta::raster::statistics::Histogram;
use sitedelta::raster::units::Meters;
use sitedelta::region::Region;
use sitedelta::scene::Scene;

/// Pixels of change, pooled over pairs.
#[derive(Default)]
struct Tally {
    hit: u64,
    false_alarm: u64,
    missed: u64,
}

impl Tally {
    fn add(&mut self, found: &Array2<bool>, truth: &Array2<bool>) {
        Zip::from(found).and(truth).for_each(|&found, &truth| match (found, truth) {
            (true, true) => self.hit += 1,
            (true, false) => self.false_alarm += 1,
            (false, true) => self.missed += 1,
            (false, false) => {}
        });
    }

    fn f1(&self) -> f64 {
        2.0 * self.hit as f64 / (2 * self.hit + self.false_alarm + self.missed).max(1) as f64
    }
}

fn read_scene(path: &Path) -> Scene {
    let pixels = image::open(path).unwrap().to_rgb8();
    let (width, height) = pixels.dimensions();
    let samples = Array3::from_shape_fn((3, height as usize, width as usize), |(band, row, col)| {
        f32::from(pixels.get_pixel(col as u32, row as u32)[band])
    });
    let scene = Scene::from_raster(&path.display().to_string(), Raster::all_valid(samples));
    scene.with_description(|description| description.gsd = Some(Meters(0.5)))
}

fn read_label(path: &Path) -> Array2<bool> {
    let pixels = image::open(path).unwrap().to_luma8();
    let (width, height) = pixels.dimensions();
    Array2::from_shape_fn((height as usize, width as usize), |(row, col)| {
        pixels.get_pixel(col as u32, row as u32)[0] > 127
    })
}

fn even_tiles(set: &Path) -> Vec<PathBuf> {
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(set.join("label")).unwrap().map(|entry| entry.unwrap().file_name().into()).collect();
    names.sort();
    let even = |name: &PathBuf| {
        let stem = name.file_stem().unwrap().to_string_lossy();
        stem.bytes().last().is_some_and(|digit| digit % 2 == 0)
    };
    names.into_iter().filter(even).collect()
}

/// Length of the change vector, cut by Otsu's threshold: the yardstick.
fn change_vector_mask(pair: &NormalizedPair) -> Array2<bool> {
    let window = pair.read(pair.size().window(), 1).unwrap();
    let length = Array2::from_shape_fn(window.usable.dim(), |(row, col)| {
        let difference = |band: usize| window.after.band(band)[[row, col]] - window.before.band(band)[[row, col]];
        (0..3).map(|band| difference(band).powi(2)).sum::<f32>().sqrt()
    });
    let mut histogram = Histogram::new(0.0, 2.0, 512);
    length.iter().for_each(|&value| histogram.add(value));
    let threshold = otsu(&histogram);
    length.mapv(|value| value >= threshold)
}

fn otsu(histogram: &Histogram) -> f32 {
    let weighted = |bin: usize| histogram.counts()[bin] as f64 * f64::from(histogram.bin_center(bin));
    let bins = histogram.counts().len();
    let (total, sum) = (histogram.total() as f64, (0..bins).map(weighted).sum::<f64>());
    let (mut below, mut sum_below, mut best) = (0.0, 0.0, (0.0, 0));
    for bin in 0..bins {
        below += histogram.counts()[bin] as f64;
        sum_below += weighted(bin);
        let between = (sum * below / total - sum_below).powi(2) / (below * (total - below)).max(1.0);
        if between > best.0 {
            best = (between, bin);
        }
    }
    histogram.bin_center(best.1)
}

#[test]
fn the_spectral_detector_beats_a_change_vector_twice_over() {
    let Some(folder) = std::env::var_os("SITEDELTA_DATA") else {
        eprintln!("skipped: SITEDELTA_DATA is not set");
        return;
    };
    let set = Path::new(&folder).join("levir_val");
    let (mut spectral, mut change_vector) = (Tally::default(), Tally::default());
    for name in even_tiles(&set) {
        let scenes =
            ScenePair { before: read_scene(&set.join("A").join(&name)), after: read_scene(&set.join("B").join(&name)) };
        let truth = read_label(&set.join("label").join(&name));
        let pair = CoregisteredPair::assume_aligned(scenes);
        let pair = normalize_pair(pair, &NormalizeOptions::default(), &Silent).unwrap();
        let map = detect_changes(&pair, &SpectralDetector::default(), &Region::default(), &Silent).unwrap();
        let change = map.read(map.size().window()).unwrap();
        spectral.add(&change.new.mapv(|p| p >= map.threshold().probability), &truth);
        change_vector.add(&change_vector_mask(&pair), &truth);
    }
    println!("pixel F1: spectral {:.3}, change vector {:.3}", spectral.f1(), change_vector.f1());
    assert!(spectral.f1() > 2.0 * change_vector.f1(), "{:.3} against {:.3}", spectral.f1(), change_vector.f1());
}
