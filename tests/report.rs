//! The files of a report: names, columns, values, and what happens when it cannot be written.
//!
//! Tables and layers are compared with `tests/truth`; `REGENERATE=1 cargo test --test report` writes them anew.

mod drawn_site;

use std::fs;
use std::path::Path;

use drawn_site::{Place, analysis, drawn, five_structures, refused};
use ndarray::Array2;
use serde_json::Value;
use sitedelta::analysis::Analysis;
use sitedelta::observer::Silent;
use sitedelta::raster::area_mask::fill_polygon;
use sitedelta::raster::window::GridSize;
use sitedelta::report::{ReportError, ReportOptions, write_report};
use sitedelta::structure::{Kind, Status};

const SIZE: GridSize = GridSize { height: 120, width: 160 };

const FILES: [&str; 10] = [
    "analysis.json",
    "annotated.png",
    "before_after.png",
    "new_structures.png",
    "options.toml",
    "probability.tif",
    "removed_structures.png",
    "structures.csv",
    "structures.geojson",
    "summary.csv",
];

fn options() -> ReportOptions {
    ReportOptions {
        site: "Drawn, \"air base\"".to_owned(),
        figure_width: 480,
        options_toml: "detector = \"drawn\"\nseed = 1\n".to_owned(),
        ..ReportOptions::default()
    }
}

fn report(analysis: &Analysis) -> tempfile::TempDir {
    let out = tempfile::tempdir().expect("invariant: a temporary folder can be made");
    let written = write_report(analysis, out.path(), &options(), &Silent).expect("the report is written");
    assert_eq!(written.len(), FILES.len());
    assert_eq!(names(out.path()), FILES);
    out
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("listable");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("listable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn text(out: &Path, name: &str) -> String {
    fs::read_to_string(out.join(name)).expect("a text file")
}

fn json(out: &Path, name: &str) -> Value {
    serde_json::from_str(&text(out, name)).expect("JSON")
}

fn assert_golden(out: &Path, name: &str, golden: &str) {
    let truth = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/truth").join(golden);
    let found = text(out, name);
    if std::env::var_os("REGENERATE").is_some() {
        fs::write(&truth, found).expect("the golden file can be written");
        return;
    }
    let expected = fs::read_to_string(&truth).expect("a golden file; make it with REGENERATE=1");
    assert!(found == expected, "{name} differs from {golden}:\n{found}");
}

fn mask(out: &Path, name: &str) -> Array2<u8> {
    let picture = image::open(out.join(name)).expect("a picture");
    assert_eq!(picture.color(), image::ColorType::L8, "{name}");
    let gray = picture.into_luma8();
    Array2::from_shape_vec((gray.height() as usize, gray.width() as usize), gray.into_raw()).expect("invariant: 1 band")
}

#[test]
fn tables_and_layers_of_a_georeferenced_site() {
    let out = report(&analysis(SIZE, &five_structures(), Place::Utm));
    assert_golden(out.path(), "structures.csv", "utm_structures.csv");
    assert_golden(out.path(), "summary.csv", "utm_summary.csv");
    assert_golden(out.path(), "structures.geojson", "utm_structures.geojson");
    assert_golden(out.path(), "options.toml", "options.toml");
}

#[test]
fn tables_and_layers_of_a_site_in_pixels() {
    let out = report(&analysis(SIZE, &five_structures(), Place::Unknown));
    assert_golden(out.path(), "structures.csv", "pixel_structures.csv");
    assert_golden(out.path(), "summary.csv", "pixel_summary.csv");
    assert_golden(out.path(), "structures.geojson", "pixel_structures.geojson");
    let layer = json(out.path(), "structures.geojson");
    assert_eq!(layer["sitedelta:coordinates"], "pixel");
}

#[test]
fn masks_are_the_outlines_and_nothing_at_nodata() {
    let mut structures = five_structures();
    // Over the corner that shows nothing.
    structures.push(drawn(Status::New, Kind::House, 6.0, 6.0, 12.0, 12.0, 0.0));
    let analysis = analysis(SIZE, &structures, Place::Utm);
    let out = report(&analysis);
    let expected = |statuses: [Status; 2]| {
        let mut inside = Array2::from_elem((SIZE.height, SIZE.width), false);
        let own = analysis.structures.iter().map(|measured| &measured.structure);
        own.filter(|own| statuses.contains(&own.status))
            .for_each(|own| fill_polygon(&own.outline, SIZE.window(), &mut inside));
        Array2::from_shape_fn(inside.dim(), |(row, col)| if inside[[row, col]] && row + col >= 12 { 255 } else { 0 })
    };
    assert_eq!(mask(out.path(), "new_structures.png"), expected([Status::New, Status::Replaced]));
    assert_eq!(mask(out.path(), "removed_structures.png"), expected([Status::Removed, Status::Replaced]));
}

#[test]
fn probabilities_keep_nodata_and_place() {
    let out = report(&analysis(SIZE, &five_structures(), Place::Utm));
    let file = geotiff_reader::GeoTiffFile::open(out.path().join("probability.tif")).expect("a GeoTIFF");
    assert_eq!((file.width(), file.height(), file.band_count()), (160, 120, 2));
    assert_eq!((file.nodata(), file.epsg()), (Some("-1"), Some(32629)));
    let bands = file.read_raster::<f32>().expect("readable");
    assert_eq!([bands[[0, 0, 0]], bands[[0, 0, 1]]], [-1.0; 2]);
    let near = |found: f32, expected: f32| assert!((found - expected).abs() < 0.01, "{found} for {expected}");
    near(bands[[26, 48, 0]], 0.8);
    near(bands[[26, 48, 1]], 0.0);
    near(bands[[30, 120, 1]], 0.8);
}

#[test]
fn rings_follow_the_right_hand_rule() {
    let out = report(&analysis(SIZE, &five_structures(), Place::Utm));
    let layer = json(out.path(), "structures.geojson");
    assert!(layer.get("sitedelta:coordinates").is_none());
    for feature in layer["features"].as_array().expect("features") {
        let ring = feature["geometry"]["coordinates"][0].as_array().expect("a ring");
        assert_eq!(ring.first(), ring.last());
        let at = |index: usize, axis: usize| ring[index][axis].as_f64().expect("a number");
        let twice: f64 = (1..ring.len()).map(|i| at(i - 1, 0) * at(i, 1) - at(i, 0) * at(i - 1, 1)).sum();
        // Degrees squared are small, and the sum loses digits: only the sign counts.
        assert!(twice > 0.0, "feature {} runs clockwise", feature["id"]);
    }
}

#[test]
fn the_document_holds_everything_unrounded() {
    let analysis = analysis(SIZE, &five_structures(), Place::Utm);
    let out = report(&analysis);
    let document = json(out.path(), "analysis.json");
    assert_eq!(document["program"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(document["before"]["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(document["registration"]["quality"], "trusted");
    assert_eq!(document["options"]["detector"], "drawn");
    assert_eq!(document["caveats"].as_array().map(Vec::len), Some(7));
    let people = analysis.capacity.people.expect("a capacity");
    for (key, value) in
        [("p5", people.p5), ("p25", people.p25), ("p50", people.p50), ("p75", people.p75), ("p95", people.p95)]
    {
        assert_eq!(document["capacity"]["people"][key].as_f64(), Some(value));
    }
    assert_eq!(document["totals"]["new_structures"], 4);
    assert_eq!(document["totals"]["replaced_structures"], 1);
    assert_eq!(document["structures"][0]["capacity"]["p50"], 71.7);
    assert_eq!(document["structures"][4]["status"], "replaced");
}

#[test]
fn a_refused_registration_still_writes_every_file() {
    let out = report(&refused(SIZE, Place::Utm));
    for name in ["new_structures.png", "removed_structures.png"] {
        let mask = mask(out.path(), name);
        assert_eq!(mask.dim(), (120, 160));
        assert!(mask.iter().all(|&pixel| pixel == 0));
    }
    let file = geotiff_reader::GeoTiffFile::open(out.path().join("probability.tif")).expect("a GeoTIFF");
    assert!(file.read_raster::<f32>().expect("readable").iter().all(|&p| p == -1.0));
    assert_eq!(text(out.path(), "structures.csv").lines().count(), 1);
    assert_golden(out.path(), "summary.csv", "refused_summary.csv");
    assert_eq!(json(out.path(), "structures.geojson")["features"].as_array().map(Vec::len), Some(0));
    let document = json(out.path(), "analysis.json");
    assert_eq!(document["capacity"]["withheld"]["reason"], "registration_refused");
    assert!(document["totals"].is_null() && document["capacity"]["people"].is_null());
}

#[test]
fn equal_input_gives_equal_bytes() {
    let analysis = analysis(SIZE, &five_structures(), Place::Utm);
    let (one, two) = (report(&analysis), report(&analysis));
    for name in FILES {
        let bytes = |out: &tempfile::TempDir| fs::read(out.path().join(name)).expect("readable");
        assert!(bytes(&one) == bytes(&two), "{name}");
    }
}

#[test]
fn other_files_are_neither_overwritten_nor_removed() {
    let analysis = analysis(SIZE, &five_structures(), Place::Gsd);
    let out = tempfile::tempdir().expect("invariant: a temporary folder can be made");
    fs::write(out.path().join("notes.txt"), "mine").expect("invariant: writable");
    let refused = write_report(&analysis, out.path(), &options(), &Silent).expect_err("not empty");
    assert!(matches!(refused, ReportError::OutputNotEmpty { .. }), "{refused}");
    assert_eq!(names(out.path()), ["notes.txt"]);
    let over = ReportOptions { overwrite: true, ..options() };
    write_report(&analysis, out.path(), &over, &Silent).expect("overwriting was asked for");
    write_report(&analysis, out.path(), &over, &Silent).expect("twice");
    assert_eq!(text(out.path(), "notes.txt"), "mine");
    assert_eq!(names(out.path()).len(), FILES.len() + 1);
}

#[test]
fn a_failed_report_leaves_no_file() {
    // The file behind the scene vanished: the figures cannot be drawn.
    struct Vanished;
    impl sitedelta::scene::PixelSource for Vanished {
        fn read(
            &self,
            window: sitedelta::raster::window::Window,
            _: usize,
        ) -> Result<sitedelta::raster::Raster, sitedelta::scene::ReadError> {
            Err(sitedelta::scene::ReadError { name: "after.tif".to_owned(), window, reason: "it is gone".to_owned() })
        }
    }
    let mut analysis = analysis(SIZE, &five_structures(), Place::Gsd);
    let description = analysis.scenes.after.description().clone();
    analysis.scenes.after = sitedelta::scene::Scene::new(description, std::sync::Arc::new(Vanished));
    let out = tempfile::tempdir().expect("invariant: a temporary folder can be made");
    let error = write_report(&analysis, out.path(), &options(), &Silent).expect_err("unreadable");
    assert!(error.to_string().contains("it is gone"), "{error}");
    assert_eq!(names(out.path()), Vec::<String>::new());
}

#[test]
fn figures_too_small_to_read_are_refused() {
    let small = ReportOptions { figure_width: 100, ..options() };
    let out = tempfile::tempdir().expect("invariant: a temporary folder can be made");
    let error = write_report(&analysis(SIZE, &[], Place::Gsd), out.path(), &small, &Silent).expect_err("too small");
    assert!(matches!(error, ReportError::FigureTooSmall { found: 100, required: 480 }), "{error}");
}
