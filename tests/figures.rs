//! Figures against golden pictures in `tests/truth`.
//!
//! `REGENERATE=1 cargo test --test figures` writes them anew; a refresh is its own commit with the reason. On failure a
//! picture of the difference is written to the folder that the message names.

mod drawn_site;

use std::path::{Path, PathBuf};

use drawn_site::{Place, analysis, five_structures, many_structures, refused};
use image::RgbImage;
use sitedelta::analysis::Analysis;
use sitedelta::observer::Silent;
use sitedelta::raster::window::GridSize;
use sitedelta::report::{ReportOptions, write_report};

/// Largest difference of one sample that is let pass: floating point may round otherwise on another processor.
const SAMPLE_TOLERANCE: u8 = 3;

const SIZE: GridSize = GridSize { height: 120, width: 160 };

fn options(site: &str) -> ReportOptions {
    ReportOptions {
        site: site.to_owned(),
        credit: Some("drawn for a test".to_owned()),
        figure_width: 700,
        ..ReportOptions::default()
    }
}

fn figure(analysis: &Analysis, options: &ReportOptions, name: &str) -> RgbImage {
    let out = tempfile::tempdir().expect("invariant: a temporary folder can be made");
    write_report(analysis, out.path(), options, &Silent).expect("the report is written");
    image::open(out.path().join(name)).expect("a picture").into_rgb8()
}

fn assert_golden(found: &RgbImage, name: &str) {
    let truth = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/truth").join(name);
    if std::env::var_os("REGENERATE").is_some() {
        found.save(&truth).expect("the golden picture can be written");
        return;
    }
    let expected = image::open(&truth).expect("a golden picture; make it with REGENERATE=1").into_rgb8();
    assert_eq!(found.dimensions(), expected.dimensions(), "{name} changed its size");
    let mut worst = 0;
    let difference = RgbImage::from_fn(found.width(), found.height(), |x, y| {
        let (a, b) = (found.get_pixel(x, y).0, expected.get_pixel(x, y).0);
        let apart = [0, 1, 2].map(|band| a[band].abs_diff(b[band]));
        worst = worst.max(apart.into_iter().max().unwrap_or(0));
        image::Rgb(apart.map(|d| d.saturating_mul(8)))
    });
    if worst > SAMPLE_TOLERANCE {
        let path: PathBuf = std::env::temp_dir().join(format!("difference_{name}"));
        difference.save(&path).expect("the difference can be written");
        panic!("{name} differs by up to {worst}, tolerance {SAMPLE_TOLERANCE}; see {}", path.display());
    }
}

#[test]
fn annotated_with_place() {
    let found = figure(&analysis(SIZE, &five_structures(), Place::Utm), &options("Drawn air base"), "annotated.png");
    assert_golden(&found, "annotated_utm.png");
}

#[test]
fn annotated_without_ground_sampling_distance() {
    let found =
        figure(&analysis(SIZE, &five_structures(), Place::Unknown), &options("Объект 7, Łódź"), "annotated.png");
    assert_golden(&found, "annotated_unknown.png");
}

#[test]
fn annotated_crowded() {
    let crowded = analysis(SIZE, &many_structures(SIZE, 80), Place::Gsd);
    assert_golden(&figure(&crowded, &options("Camp"), "annotated.png"), "annotated_crowded.png");
}

#[test]
fn before_after_side_by_side() {
    let found = figure(&analysis(SIZE, &five_structures(), Place::Utm), &options("Drawn air base"), "before_after.png");
    assert_golden(&found, "before_after_utm.png");
}

#[test]
fn before_after_refused() {
    let found = figure(&refused(SIZE, Place::Utm), &options("Drawn air base"), "before_after.png");
    assert_golden(&found, "before_after_refused.png");
}

#[test]
fn figures_keep_to_their_limit_whatever_the_shape() {
    for (height, width) in [(700, 40), (30, 900), (8, 8), (500, 500)] {
        let size = GridSize { height, width };
        let analysis = analysis(size, &many_structures(size, 3), Place::Gsd);
        for limit in [480, 1100] {
            let options =
                ReportOptions { figure_width: limit, ..options("A site with quite a long name, to be wrapped") };
            for name in ["annotated.png", "before_after.png"] {
                let found = figure(&analysis, &options, name);
                let (width, height) = found.dimensions();
                assert!(width.max(height) as usize <= limit, "{name} of {size:?}: {width} x {height} for {limit}");
            }
        }
    }
}
