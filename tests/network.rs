//! The network detector on the tiny networks of `tests/data/network`, whose answers are known.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use assert_cmd::Command;
use geo::{Rect, coord};
use ndarray::{Array2, Array3, s};
use predicates::str::contains;
use sitedelta::change::{ChangeMap, ChangeThreshold, ChangeWindow, NODATA_PROBABILITY};
use sitedelta::detect::network::{NetworkDetector, Quality};
use sitedelta::detect::spectral::SpectralDetector;
use sitedelta::detect::{ChangeDetector, DetectError};
use sitedelta::normalize::{NormalizeOptions, normalize_pair};
use sitedelta::observer::{Observer, Silent, Stage};
use sitedelta::pair::{CoregisteredPair, NormalizedPair, ScenePair};
use sitedelta::raster::Raster;
use sitedelta::raster::units::Meters;
use sitedelta::region::Region;
use sitedelta::scene::Scene;

const SIDE: usize = 300;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/network").join(name)
}

fn network(name: &str) -> NetworkDetector {
    NetworkDetector::from_file(&fixture(name), Box::new(SpectralDetector::default())).unwrap()
}

fn network_with(name: &str, change: impl FnOnce(&mut NetworkDetector)) -> NetworkDetector {
    let mut detector = network(name);
    change(&mut detector);
    detector
}

/// Rough ground, the same every time.
fn ground(side: usize) -> Array3<f32> {
    Array3::from_shape_fn((3, side, side), |(band, row, col)| {
        let hash = (row as u32).wrapping_mul(0x9E37_79B1) ^ (col as u32).wrapping_mul(0x85EB_CA77);
        90.0 + 20.0 * (hash.wrapping_mul(0x2C1B_3C6D) >> 16) as f32 / 65_536.0 - 5.0 * band as f32
    })
}

fn scene(name: &str, samples: Array3<f32>, gsd_m: Option<f64>) -> Scene {
    Scene::from_raster(name, Raster::all_valid(samples)).with_description(|about| about.gsd = gsd_m.map(Meters))
}

fn normalized(before: Scene, after: Scene) -> NormalizedPair {
    let pair = CoregisteredPair::assume_aligned(ScenePair { before, after });
    normalize_pair(pair, &NormalizeOptions::default(), &Silent).unwrap()
}

/// A pair of `side` pixels: a roof of 60 x 40 pixels appears at row 100, column 140, another goes at 220, 30. They are brighter
/// than the ground by twice what the network asks for, so that it tells their edges where they are.
fn built(side: usize, gsd_m: Option<f64>) -> NormalizedPair {
    let (mut before, mut after) = (ground(side), ground(side));
    after.slice_mut(s![.., 100..160, 140..180]).fill(175.0);
    before.slice_mut(s![.., 220..260, 30..90]).fill(175.0);
    normalized(scene("before", before, gsd_m), scene("after", after, gsd_m))
}

fn detect(detector: &NetworkDetector, pair: &NormalizedPair) -> ChangeWindow {
    let map = detector.detect(pair, &Region::default(), &Silent).unwrap();
    map.read(map.size().window()).unwrap()
}

/// Rows and columns of the changed pixels: first and one past the last.
fn extent(probability: &Array2<f32>) -> [usize; 4] {
    let changed: Vec<_> = probability.indexed_iter().filter(|(_, p)| **p >= 0.5).map(|(at, _)| at).collect();
    let ends = |values: Vec<usize>| (values.iter().min().copied().unwrap(), values.iter().max().unwrap() + 1);
    let (top, bottom) = ends(changed.iter().map(|at| at.0).collect());
    let (left, right) = ends(changed.iter().map(|at| at.1).collect());
    [top, bottom, left, right]
}

fn assert_near(found: [usize; 4], expected: [usize; 4], tolerance: usize) {
    let near = found.iter().zip(expected).all(|(&found, expected)| found.abs_diff(expected) <= tolerance);
    assert!(near, "{found:?}, but planted at {expected:?}");
}

/// Remembers warnings and steps.
#[derive(Default)]
struct Listener {
    warnings: Mutex<Vec<String>>,
    steps: Mutex<Vec<(usize, usize)>>,
}

impl Observer for Listener {
    fn progressed(&self, _: Stage, done: usize, total: usize) {
        self.steps.lock().unwrap().push((done, total));
    }

    fn warned(&self, stage: Stage, message: &str) {
        assert_eq!(stage, Stage::Detect);
        self.warnings.lock().unwrap().push(message.to_owned());
    }
}

fn listened(detector: &NetworkDetector, pair: &NormalizedPair) -> (ChangeMap, Vec<String>) {
    let listener = Listener::default();
    let map = detector.detect(pair, &Region::default(), &listener).unwrap();
    (map, listener.warnings.into_inner().unwrap())
}

#[test]
fn new_and_removed_are_found_in_place_and_told_apart() {
    let change = detect(&network("brightening.onnx"), &built(SIDE, Some(0.5)));
    assert_near(extent(&change.new), [100, 160, 140, 180], 1);
    assert_near(extent(&change.removed), [220, 260, 30, 90], 1);
    assert!(change.new[[130, 160]] > 0.99 && change.removed[[130, 160]] < 0.01);
}

#[test]
fn seams_are_invisible_and_progress_is_told() {
    // 300 px and tiles of 128 px: the roofs lie across seams.
    let pair = built(SIDE, Some(0.5));
    let whole = detect(&network("brightening.onnx"), &pair);
    for tile_side in [128, 160, 256] {
        let detector = network_with("brightening.onnx", |detector| detector.tile_side = tile_side);
        let listener = Listener::default();
        let map = detector.detect(&pair, &Region::default(), &listener).unwrap();
        let tiled = map.read(map.size().window()).unwrap();
        let pairs = tiled.new.iter().zip(&whole.new).chain(tiled.removed.iter().zip(&whole.removed));
        // Probabilities are kept in 254ths: a difference below 1e-3 can move one by a step, and no more.
        let (largest, moved) = pairs
            .fold((0.0f32, 0), |(largest, moved), (a, b)| (largest.max((a - b).abs()), moved + usize::from(a != b)));
        assert!(
            largest < 1.01 / 254.0 && moved < 20,
            "tiles of {tile_side}: {moved} pixels differ, by up to {largest}"
        );
        let steps = listener.steps.into_inner().unwrap();
        let total = steps[0].1;
        assert!(total > 1 && steps.len() == total && steps.iter().any(|step| step.0 == total));
    }
}

#[test]
fn nodata_and_the_outside_of_the_region_are_never_change() {
    for gsd_m in [0.5, 0.15] {
        let (before, after) = (ground(SIDE), ground(SIDE).mapv(|dn| dn + 120.0));
        let mut valid = Array2::from_elem((SIDE, SIDE), true);
        valid.slice_mut(s![40..101, 50..203]).fill(false);
        valid[[200, 200]] = false;
        let about = |scene: Scene| scene.with_description(|about| about.gsd = Some(Meters(gsd_m)));
        let after = about(Scene::from_raster("after", Raster::from_bands(after, valid.clone())));
        let pair = normalized(scene("before", before, Some(gsd_m)), after);
        let interest = Rect::new(coord! { x: 0.0, y: 0.0 }, coord! { x: 250.0, y: 300.0 }).to_polygon();
        let region = Region { interest: Some(interest.into()), masked: None };
        let map = network("brightening.onnx").detect(&pair, &region, &Silent).unwrap();
        let change = map.read(map.size().window()).unwrap();
        for ((row, col), &probability) in change.new.indexed_iter() {
            let told = valid[[row, col]] && col < 250;
            assert_eq!(probability == NODATA_PROBABILITY, !told, "{probability} at {row}, {col}, {gsd_m} m");
            // Beside the image's edge the tiny network sees zeros.
            let inner = (30..SIDE - 30).contains(&row) && (30..SIDE - 30).contains(&col);
            assert!(!told || !inner || probability > 0.9, "{probability} at {row}, {col}, {gsd_m} m");
        }
    }
}

#[test]
fn finer_images_are_reduced_and_masks_stay_in_place() {
    for gsd_m in [0.2, 0.15] {
        let (map, warnings) = listened(&network("brightening.onnx"), &built(301, Some(gsd_m)));
        let change = map.read(map.size().window()).unwrap();
        assert_near(extent(&change.new), [100, 160, 140, 180], 2);
        assert_near(extent(&change.removed), [220, 260, 30, 90], 2);
        assert!(warnings.is_empty(), "{warnings:?}");
    }
}

#[test]
fn coarse_and_unknown_pixels_are_warned_of() {
    let detector = network("brightening.onnx");
    for (gsd_m, ran, told) in [
        (None, "network", Some("--gsd METERS")),
        (Some(0.5), "network", None),
        (Some(2.0), "network", Some("many are missed")),
        (Some(10.0), "spectral", Some("another detector ran instead (spectral)")),
    ] {
        let (map, warnings) = listened(&detector, &built(SIDE, gsd_m));
        assert_eq!(map.detector(), ran, "{gsd_m:?}");
        assert_eq!(warnings.len(), usize::from(told.is_some()), "{warnings:?}");
        assert!(told.is_none_or(|told| warnings[0].contains(told)), "{warnings:?}");
    }
    // What the file says of itself goes before our defaults.
    let (map, warnings) = listened(&network("desert.onnx"), &built(SIDE, Some(0.5)));
    assert_eq!(map.detector(), "spectral");
    assert!(warnings[0].contains("0.1 to 0.15 m"), "{warnings:?}");
}

#[test]
fn four_views_nearly_agree_with_one_pass_of_an_even_network() {
    let pair = built(SIDE, Some(0.5));
    let fast = detect(&network("brightening.onnx"), &pair);
    let high = detect(&network_with("brightening.onnx", |detector| detector.set_quality(Quality::High)), &pair);
    // Two views are reduced, so that rims are softer, 4 px wide at most.
    let differs = fast.new.iter().zip(&high.new).filter(|(a, b)| (*a - *b).abs() > 0.02).count();
    assert!(differs > 0 && differs < 2 * (60 + 40) * 4, "{differs}");
    assert_near(extent(&high.new), extent(&fast.new), 1);
}

#[test]
fn a_file_without_border_channels_says_the_same() {
    let pair = built(SIDE, Some(0.5));
    assert_eq!(detect(&network("four_channels.onnx"), &pair), detect(&network("brightening.onnx"), &pair));
}

#[test]
fn gray_and_sixteen_bit_images_are_shown_by_their_stretch() {
    let gray = |samples: Array3<f32>| {
        let samples = samples.slice(s![..1, .., ..]).mapv(|dn| 300.0 + 8.0 * dn);
        scene("gray", samples, Some(0.5)).with_description(|about| {
            about.stretch.low = vec![300.0];
            about.stretch.high = vec![300.0 + 8.0 * 255.0];
        })
    };
    let mut after = ground(SIDE);
    after.slice_mut(s![.., 100..160, 140..180]).fill(220.0);
    let pair = normalized(gray(ground(SIDE)), gray(after));
    assert_near(extent(&detect(&network("brightening.onnx"), &pair).new), [100, 160, 140, 180], 1);
}

#[test]
fn files_that_are_no_such_network_are_explained() {
    let scratch = tempfile::tempdir().unwrap();
    let not_onnx = scratch.path().join("picture.onnx");
    fs::write(&not_onnx, b"not a network at all").unwrap();
    let cut = scratch.path().join("cut.onnx");
    fs::write(&cut, &fs::read(fixture("brightening.onnx")).unwrap()[..900]).unwrap();
    for (file, told) in [
        (fixture("absent.onnx"), ["No such file", "a file that can be read"]),
        (not_onnx, ["cannot load", "one ONNX file"]),
        (cut, ["cannot load", "one ONNX file"]),
        (fixture("other_names.onnx"), ["inputs a, b", "inputs before, after"]),
        (fixture("three_channels.onnx"), ["[1, 3, 64, 96]", "4 or more"]),
        (fixture("four_bands.onnx"), ["before of shape (1, 4, height, width)", "(1, 3, height, width)"]),
        (fixture("integer_inputs.onnx"), ["before of type tensor(i32)", "float32"]),
        (fixture("without_sigmoid.onnx"), ["sigmoid", "between 0 and 1"]),
        (fixture("half_size.onnx"), ["[1, 6, 32, 48]", "multiples of 32"]),
        (fixture("bad_metadata.onnx"), ["half a metre", "gsd_min_m"]),
    ] {
        let error = NetworkDetector::from_file(&file, Box::new(SpectralDetector::default())).unwrap_err();
        let DetectError::UnusableModel { file: named, found, needed } = &error else { panic!("{error}") };
        assert_eq!(named, &file);
        assert!(found.contains(told[0]), "{}: found {found}", file.display());
        assert!(needed.contains(told[1]), "{}: needed {needed}", file.display());
    }
}

/// A tiny network with an entry more in its metadata: a repeated field of an ONNX file may follow anything.
fn with_metadata(folder: &Path, key: &str, value: &str) -> PathBuf {
    let text = |field: u8, text: &str| [&[field << 3 | 2, text.len() as u8], text.as_bytes()].concat();
    let entry = [text(1, key), text(2, value)].concat();
    let mut file = fs::read(fixture("brightening.onnx")).unwrap();
    // Field 14 of a model is metadata_props.
    file.extend([&[14 << 3 | 2, entry.len() as u8], entry.as_slice()].concat());
    let path = folder.join(format!("{key}_{value}.onnx"));
    fs::write(&path, file).unwrap();
    path
}

#[test]
fn a_file_may_tell_both_cuts_and_nonsense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let open = |key: &str, value: &str| {
        NetworkDetector::from_file(&with_metadata(folder.path(), key, value), Box::new(SpectralDetector::default()))
    };
    assert_eq!(network("brightening.onnx").threshold, ChangeThreshold::single(0.5));
    assert_eq!(open("threshold", "0.25").unwrap().threshold, ChangeThreshold::single(0.25));
    assert_eq!(open("peak_threshold", "0.75").unwrap().threshold, ChangeThreshold { probability: 0.5, peak: 0.75 });
    let mut averaging = open("peak_threshold_averaged", "0.75").unwrap();
    assert_eq!(averaging.threshold, ChangeThreshold::single(0.5));
    averaging.set_quality(Quality::High);
    assert_eq!(averaging.threshold, ChangeThreshold { probability: 0.5, peak: 0.75 });
    for key in ["threshold", "peak_threshold", "peak_threshold_averaged"] {
        for value in ["1.5", "high", "NaN"] {
            let error = open(key, value).unwrap_err();
            let DetectError::UnusableModel { found, needed, .. } = &error else { panic!("{error}") };
            assert!(found.contains(key) && found.contains(value) && needed.contains("0 to 1"), "{error}");
        }
    }
}

#[test]
fn a_file_may_ask_to_be_suited_to_the_scene_and_what_was_done_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let open = |key: &str, value: &str| {
        NetworkDetector::from_file(&with_metadata(folder.path(), key, value), Box::new(SpectralDetector::default()))
    };
    let pair = built(SIDE, Some(0.5));
    let untold = network("brightening.onnx").detect(&pair, &Region::default(), &Silent).unwrap();
    let plain = untold.read(untold.size().window()).unwrap();
    let done = untold.adaptation().unwrap();
    assert_eq!((done.low_pass_before_px, done.low_pass_after_px), (0.0, 0.0));
    assert_eq!((done.new_log_odds, done.removed_log_odds), (0.0, 0.0));

    // The ground is white noise, far finer than any scene: it is smoothed, and the roof stays where it is.
    let smoothed = open("detail_ratio_max", "0.75").unwrap().detect(&pair, &Region::default(), &Silent).unwrap();
    let done = smoothed.adaptation().unwrap();
    assert!(done.low_pass_before_px > 0.4 && done.low_pass_after_px > 0.4, "{done:?}");
    assert_near(extent(&smoothed.read(smoothed.size().window()).unwrap().new), [100, 160, 140, 180], 1);

    // A thirtieth of the pair is new. Trained on less, the network believes more; trained on more, less.
    for (share, sign) in [("0.005", 1.0), ("0.3", -1.0)] {
        let moved = open("new_share", share).unwrap().detect(&pair, &Region::default(), &Silent).unwrap();
        let done = moved.adaptation().unwrap();
        assert!(done.new_log_odds * sign > 0.4 && done.removed_log_odds * sign > 0.4, "{share}: {done:?}");
        let after = moved.read(moved.size().window()).unwrap();
        let sum = |window: &ChangeWindow| window.new.iter().map(|&p| f64::from(p)).sum::<f64>();
        assert!((sum(&after) - sum(&plain)) * sign > 0.0, "{share}");
    }

    for (key, value) in
        [("detail_ratio_max", "0"), ("detail_ratio_max", "fine"), ("new_share", "0.9"), ("new_share", "-1")]
    {
        let error = open(key, value).unwrap_err();
        let DetectError::UnusableModel { found, needed, .. } = &error else { panic!("{error}") };
        assert!(found.contains(key) && found.contains(value) && needed.contains(key), "{error}");
    }
}

// --- the program ---------------------------------------------------------------------------------------------------------

fn compare(out: &Path) -> Command {
    let mut command = Command::cargo_bin("sitedelta").unwrap();
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command.args(["compare", "samples/bamako/before.tif", "samples/bamako/after.tif", "--overwrite", "--out"]).arg(out);
    command
}

fn analysis_in(out: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(out.join("analysis.json")).unwrap()).unwrap()
}

#[test]
fn compare_runs_the_network_from_end_to_end_and_says_so() {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let model = "tests/data/network/brightening.onnx";
    compare(&out)
        .args(["--detector", "network", "--model", model])
        .assert()
        .success()
        .stdout(contains("new structure"));
    let analysis = analysis_in(&out);
    assert_eq!(analysis["detection"]["detector"], "network");
    assert_eq!(analysis["detection"]["threshold"], 0.5);
    assert_eq!(analysis["detection"]["model_sha256"].as_str().unwrap().len(), 64);
    assert!(analysis["totals"]["new_structures"].as_u64().unwrap() > 0);
    let options = fs::read_to_string(out.join("options.toml")).unwrap();
    assert!(options.contains("detector = \"network\"") && options.contains("quality = \"fast\""), "{options}");
    // The options of a run ask for the same again, wherever they lie.
    let first = fs::read(out.join("structures.csv")).unwrap();
    let again = scratch.path().join("again");
    compare(&again).arg("--config").arg(out.join("options.toml")).assert().success();
    assert!(fs::read(again.join("structures.csv")).unwrap() == first, "the same options, other structures");
}

/// The sample's truth: five barracks and four warehouses are new.
#[test]
fn the_bundled_network_finds_and_names_what_is_new_on_the_sample() {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    compare(&out).assert().success();
    assert_eq!(analysis_in(&out)["detection"]["detector"], "network+spectral");
    let table = fs::read_to_string(out.join("structures.csv")).unwrap();
    let new = |kind: &str| table.lines().filter(|row| row.contains(&format!(",new,{kind}"))).count();
    assert_eq!((new("barracks"), new("warehouse")), (5, 4), "{table}");
    assert!(new("") <= 12, "more than three false alarms: {table}");
}

#[test]
fn coarse_images_fall_back_with_a_warning_in_the_outputs() {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let model = "tests/data/network/desert.onnx";
    compare(&out)
        .args(["--detector", "network", "--model", model])
        .assert()
        .stderr(contains("too coarse for the network"));
    let analysis = analysis_in(&out);
    assert_eq!(analysis["detection"]["detector"], "spectral");
    assert!(analysis["warnings"].to_string().contains("too coarse for the network"));
}

#[test]
fn a_file_that_cannot_be_used_ends_with_three() {
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out");
    let network = ["--detector", "network", "--model"];
    for (model, told) in [("other_names.onnx", "inputs a, b"), ("absent.onnx", "No such file")] {
        let model = format!("tests/data/network/{model}");
        compare(&out).args(network).arg(&model).assert().code(3).stdout("").stderr(contains(told));
    }
    let manifest = scratch.path().join("sites.csv");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/bamako");
    fs::write(&manifest, format!("id,before,after\nx,{0}/before.tif,{0}/after.tif\n", sample.display())).unwrap();
    let mut batch = Command::cargo_bin("sitedelta").unwrap();
    batch.arg("batch").arg(&manifest).arg("--out").arg(&out).args(network).arg(fixture("three_channels.onnx"));
    batch.assert().code(3).stderr(contains("4 or more"));
    assert!(!out.exists(), "a run that failed at its options leaves nothing");
}
