//! Registration against planted truth on real images, and its behaviour on real pairs.
//!
//! Reads the evaluation images from the folder named by `SITEDELTA_DATA` and skips where that is unset. Run with
//! `--release --nocapture` to see the tallies.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use image::RgbImage;
use ndarray::Array3;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use sitedelta::observer::Silent;
use sitedelta::pair::{CoregisteredPair, Registration, RegistrationQuality, ScenePair};
use sitedelta::raster::Raster;
use sitedelta::raster::pixel_transform::PixelTransform;
use sitedelta::raster::point::{PixelPoint, PixelShift};
use sitedelta::raster::resample::sample_at;
use sitedelta::raster::window::GridSize;
use sitedelta::register::{RegisterError, RegisterOptions, register_pair};
use sitedelta::scene::Scene;

const CASES_PER_IMAGE: u64 = 4;

fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("SITEDELTA_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: set SITEDELTA_DATA to the folder of evaluation images");
    }
    folder
}

fn open(path: &Path) -> RgbImage {
    image::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).to_rgb8()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn raster(image: &RgbImage) -> Raster {
    let (width, height) = image.dimensions();
    Raster::all_valid(Array3::from_shape_fn((3, height as usize, width as usize), |(band, row, col)| {
        f32::from(image.get_pixel(col as u32, row as u32)[band])
    }))
}

fn scene(image: &RgbImage) -> Scene {
    Scene::from_raster("image", raster(image))
}

fn register(before: &RgbImage, after: &RgbImage) -> Result<CoregisteredPair, RegisterError> {
    let scenes = ScenePair { before: scene(before), after: scene(after) };
    register_pair(scenes, &RegisterOptions::default(), &Silent)
}

/// Four tiles side by side.
fn mosaic(tiles: &[PathBuf]) -> RgbImage {
    let tiles: Vec<RgbImage> = tiles.iter().map(|path| open(path)).collect();
    let (width, height) = tiles[0].dimensions();
    RgbImage::from_fn(2 * width, 2 * height, |x, y| {
        *tiles[(x / width + 2 * (y / height)) as usize].get_pixel(x % width, y % height)
    })
}

/// Images of 512 px and more: 40 mosaics of the even levir_val tiles, 12 of xbd_negatives, 8 of tents_series.
fn images(data: &Path) -> Vec<(String, RgbImage)> {
    let mut images = Vec::new();
    for date in ["A", "B"] {
        let even: Vec<PathBuf> = files(&data.join("levir_val").join(date)).into_iter().step_by(2).collect();
        for (index, tiles) in even.chunks_exact(4).enumerate() {
            images.push((format!("levir_val/{date} mosaic {index}"), mosaic(tiles)));
        }
        for path in files(&data.join("xbd_negatives").join(date)) {
            images.push((name_of(&path), open(&path)));
        }
    }
    for path in files(&data.join("tents_series")) {
        images.push((name_of(&path), open(&path)));
    }
    images
}

fn name_of(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// A map from after to before places: shift to 40 px, rotation to 10 degrees, scale 0.8 to 1.25, about the centre.
fn planted_map(random: &mut StdRng, size: GridSize) -> PixelTransform {
    let center = PixelPoint::from_xy(size.width as f64 / 2.0, size.height as f64 / 2.0);
    let scale = (random.random_range(-1.0..1.0) * 1.25f64.ln()).exp();
    let turn = random.random_range(-10.0..10.0);
    let shift = PixelShift::from_xy(random.random_range(-40.0..40.0), random.random_range(-40.0..40.0));
    PixelTransform::similarity(scale, turn, center).then(&PixelTransform::translation(shift))
}

/// The before image of an after image under a planted map, with changed radiometry.
fn planted_before(random: &mut StdRng, after: &RgbImage, map: &PixelTransform) -> RgbImage {
    let source = raster(after);
    let back = map.inverse().unwrap();
    let place = |row, col| Some(back.apply(PixelPoint::center_of(row, col)));
    let warped = sample_at(&source, source.size(), |row| move |col| place(row, col));
    let gamma: f32 = random.random_range(0.6..1.7);
    let gains = [0, 1, 2].map(|_| random.random_range(0.8..1.2));
    let sigma: f32 = random.random_range(0.0..1.2);
    let noise: f32 = random.random_range(0.0..8.0);
    let quality = random.random_range(40..=90);
    let GridSize { height, width } = source.size();
    let mut image = RgbImage::from_fn(width as u32, height as u32, |x, y| {
        image::Rgb([0, 1, 2].map(|band| {
            let unit: f32 = (warped.band(band)[[y as usize, x as usize]] / 255.0).clamp(0.0, 1.0);
            (255.0 * gains[band] * unit.powf(gamma)).round().clamp(1.0, 255.0) as u8
        }))
    });
    if sigma > 0.3 {
        image = image::imageops::blur(&image, sigma);
    }
    for pixel in image.pixels_mut() {
        for sample in &mut pixel.0 {
            // The sum of three uniform draws has a variance of a quarter: near enough to a normal deviate.
            let deviate: f32 = (0..3).map(|_| random.random_range(-0.5..0.5f32)).sum::<f32>() * 2.0;
            *sample = (f32::from(*sample) + noise * deviate).clamp(1.0, 255.0) as u8;
        }
    }
    let mut jpeg = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(&image).unwrap();
    let mut image = image::load_from_memory(&jpeg).unwrap().to_rgb8();
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        if !warped.valid()[[y as usize, x as usize]] {
            *pixel = image::Rgb([0, 0, 0]);
        }
    }
    image
}

/// Median distance in after pixels between the alignment and the planted map, over the overlap.
fn median_error(pair: &CoregisteredPair, map: &PixelTransform) -> f64 {
    let GridSize { height, width } = pair.size();
    let mut errors = Vec::new();
    for row in (0..height).step_by(16) {
        for col in (0..width).step_by(16) {
            let point = PixelPoint::center_of(row, col);
            let truth = map.apply(point);
            let before = pair.before().size();
            let seen = (0.0..before.width as f64).contains(&truth.x) && (0.0..before.height as f64).contains(&truth.y);
            if seen {
                let found = pair.alignment().to_before(point).unwrap();
                errors.push(found.minus(truth).length() / map.scale());
            }
        }
    }
    errors.sort_by(f64::total_cmp);
    errors[errors.len() / 2]
}

struct Case {
    name: String,
    /// Median error and verdict; `None` when refused.
    found: Option<(f64, RegistrationQuality)>,
    note: String,
}

#[test]
fn planted_maps_are_recovered() {
    let Some(data) = data() else { return };
    let images = images(&data);
    let plan: Vec<(usize, u64)> =
        (0..images.len()).flat_map(|index| (0..CASES_PER_IMAGE).map(move |k| (index, k))).collect();
    let cases: Vec<Case> = plan
        .par_iter()
        .map(|&(index, k)| {
            let (name, after) = &images[index];
            let mut random = StdRng::seed_from_u64(1_000 * index as u64 + k);
            let (width, height) = after.dimensions();
            let map = planted_map(&mut random, GridSize { height: height as usize, width: width as usize });
            let before = planted_before(&mut random, after, &map);
            let result = register(&before, after);
            let note = match &result {
                Ok(pair) => format!("{:?}", pair.registration()),
                Err(error) => error.to_string(),
            };
            let found = result.ok().map(|pair| (median_error(&pair, &map), pair.registration().quality));
            Case { name: format!("{name} #{k} {:.1} deg x{:.2}", map.rotation_deg(), map.scale()), found, note }
        })
        .collect();

    for case in cases.iter().filter(|case| case.found.is_none_or(|(error, _)| error > 0.5)) {
        println!("{}: {:?} {}", case.name, case.found, case.note);
    }
    let share = |accept: &dyn Fn(&Case) -> bool| cases.iter().filter(|c| accept(c)).count() as f64 / cases.len() as f64;
    let good = share(&|c| c.found.is_some_and(|(error, _)| error <= 0.5));
    let refused = share(&|c| c.found.is_none());
    let wrong = share(&|c| c.found.is_some_and(|(error, _)| error > 2.0));
    let doubtful = share(&|c| c.found.is_some_and(|(_, quality)| quality == RegistrationQuality::Doubtful));
    let mut errors: Vec<f64> = cases.iter().filter_map(|c| c.found.map(|(error, _)| error)).collect();
    errors.sort_by(f64::total_cmp);
    println!(
        "{} cases: {:.1} % within 0.5 px, {:.1} % refused, {:.1} % wrong by more than 2 px, {:.1} % doubtful; \
         median error {:.3} px, 95th percentile {:.3} px",
        cases.len(),
        100.0 * good,
        100.0 * refused,
        100.0 * wrong,
        100.0 * doubtful,
        errors[errors.len() / 2],
        errors[errors.len() * 95 / 100],
    );
    assert!(cases.len() >= 200);
    assert!(good >= 0.9 && refused <= 0.1 && wrong == 0.0, "good {good}, refused {refused}, wrong {wrong}");
}

/// Median distance that before -> after -> before moves a point, in after pixels, over the overlap.
fn round_trip(there: &CoregisteredPair, back: &CoregisteredPair) -> Option<f64> {
    let (after, before) = (there.after().size(), there.before().size());
    let mut misses = Vec::new();
    for row in (0..after.height).step_by(32) {
        for col in (0..after.width).step_by(32) {
            let point = PixelPoint::center_of(row, col);
            let over = there.alignment().to_before(point)?;
            if (0.0..before.width as f64).contains(&over.x) && (0.0..before.height as f64).contains(&over.y) {
                misses.push(back.alignment().to_before(over)?.minus(point).length());
            }
        }
    }
    misses.sort_by(f64::total_cmp);
    misses.get(misses.len() / 2).copied()
}

/// One real pair, registered both ways.
struct PairRow {
    name: String,
    registration: Registration,
    round_trip_px: Option<f64>,
}

fn register_both_ways(pairs: Vec<(String, PathBuf, PathBuf)>) -> Vec<PairRow> {
    let row = |(name, before, after): &(String, PathBuf, PathBuf)| {
        let (before, after) = (open(before), open(after));
        let (there, back) = (register(&before, &after), register(&after, &before));
        if let Ok(pair) = &there {
            write_checkerboard(name, pair);
        }
        let round_trip_px = there.as_ref().ok().zip(back.as_ref().ok()).and_then(|(t, b)| round_trip(t, b));
        let registration = match there {
            Ok(pair) => pair.registration().clone(),
            Err(RegisterError::Refused { registration }) => registration,
            Err(error) => panic!("{name}: {error}"),
        };
        PairRow { name: name.clone(), registration, round_trip_px }
    };
    pairs.par_iter().map(row).collect()
}

/// Writes the before and the after image in turn, in squares of 64 px, into the folder named by `SITEDELTA_PICTURES`.
fn write_checkerboard(name: &str, pair: &CoregisteredPair) {
    let Some(folder) = std::env::var_os("SITEDELTA_PICTURES") else { return };
    let both = pair.read(pair.size().window(), 1).unwrap();
    let GridSize { height, width } = pair.size();
    let picture = RgbImage::from_fn(width as u32, height as u32, |x, y| {
        let shown = if (x / 64 + y / 64) % 2 == 0 { &both.before } else { &both.after };
        image::Rgb([0, 1, 2].map(|band| shown.band(band)[[y as usize, x as usize]].clamp(0.0, 255.0) as u8))
    });
    picture.save(Path::new(&folder).join(format!("{}.png", name.replace(" -> ", "_to_")))).unwrap();
}

fn report_pairs(set: &str, pairs: Vec<(String, PathBuf, PathBuf)>) -> Vec<PairRow> {
    let rows = register_both_ways(pairs);
    for PairRow { name, registration: r, round_trip_px } in &rows {
        println!(
            "{set} {name}: {:?}, shift {:.2?} px, {:.2} deg, x{:.3}, residual {:.2?} px, {} of {} tie points, round trip \
             {round_trip_px:.2?} px; {}",
            r.quality,
            r.shift_px.map(|shift| shift.length()),
            r.rotation_deg,
            r.scale,
            r.residual_px,
            r.tie_points,
            r.tie_points_tried,
            r.reason.as_deref().unwrap_or("")
        );
    }
    let count = |quality| rows.iter().filter(|row| row.registration.quality == quality).count();
    let middle = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    println!(
        "{set}: {} pairs, {} trusted, {} doubtful, {} refused; medians: shift of trusted {:.2?} px, residual {:.2?} px, \
         round trip {:.2?} px",
        rows.len(),
        count(RegistrationQuality::Trusted),
        count(RegistrationQuality::Doubtful),
        count(RegistrationQuality::Refused),
        middle(
            rows.iter()
                .filter(|row| row.registration.quality == RegistrationQuality::Trusted)
                .filter_map(|row| row.registration.shift_px.map(|shift| shift.length()))
                .collect()
        ),
        middle(rows.iter().filter_map(|row| row.registration.residual_px).collect()),
        middle(rows.iter().filter_map(|row| row.round_trip_px).collect()),
    );
    rows
}

#[test]
fn real_pairs_are_reported() {
    let Some(data) = data() else { return };
    for set in ["levir_val", "arid", "sztaki", "oscd10m", "xbd_negatives"] {
        let before = files(&data.join(set).join("A"));
        let step = if set == "levir_val" { 2 } else { 1 };
        let pairs = before.into_iter().step_by(step).map(|path| {
            let after = data.join(set).join("B").join(path.file_name().unwrap());
            (name_of(&path), path, after)
        });
        let rows = report_pairs(set, pairs.collect());
        let refused = rows.iter().filter(|row| row.registration.quality == RegistrationQuality::Refused).count();
        assert!(refused * 8 <= rows.len(), "{set}: {refused} of {} true pairs refused", rows.len());
    }
}

#[test]
fn images_of_different_places_are_not_trusted() {
    let Some(data) = data() else { return };
    let before = files(&data.join("levir_val").join("A"));
    let even: Vec<PathBuf> = before.into_iter().step_by(2).collect();
    let pairs = (0..40).map(|index| {
        let after = even[(index + 23) % even.len()].file_name().unwrap();
        (name_of(&even[index]), even[index].clone(), data.join("levir_val").join("B").join(after))
    });
    let rows = report_pairs("different places", pairs.collect());
    assert!(rows.iter().all(|row| row.registration.quality != RegistrationQuality::Trusted));
}

#[test]
fn dates_of_one_site_are_reported() {
    let Some(data) = data() else { return };
    let dates = files(&data.join("tents_series"));
    let mut pairs = Vec::new();
    for i in 0..dates.len() {
        for j in i + 1..dates.len() {
            let name = format!("{} -> {}", name_of(&dates[i]), name_of(&dates[j]));
            pairs.push((name, dates[i].clone(), dates[j].clone()));
        }
    }
    let rows = report_pairs("tents_series", pairs);
    // What is trusted must come home: five pixels are one per cent of an overview's side.
    let lost = |row: &&PairRow| {
        row.registration.quality == RegistrationQuality::Trusted && row.round_trip_px.is_some_and(|trip| trip > 5.0)
    };
    assert_eq!(rows.iter().filter(lost).count(), 0);
}
