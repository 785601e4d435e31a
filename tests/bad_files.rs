//! Files that must be refused with a clear message, and damaged ones that must never cause a panic.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use geotiff_writer::{Compression, GeoTiffBuilder};
use image::{ImageFormat, RgbImage};
use ndarray::Array3;
use proptest::prelude::*;
use sitedelta::load::{LoadError, LoadOptions, load_scene};
use sitedelta::raster::point::PixelShift;

fn bad(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad").join(name)
}

/// File and expected words, from the table in `tests/bad/README.md`.
fn table() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(bad("README.md")).expect("the table is there");
    let rows = text.lines().filter(|line| line.starts_with("| ")).skip(1);
    let cells = rows.map(|line| line.trim_matches(['|', ' ']).split_once(" | ").expect("two columns"));
    cells.map(|(file, words)| (file.to_owned(), words.to_owned())).collect()
}

#[test]
fn every_bad_file_is_refused_with_its_message() {
    let table = table();
    assert!(table.len() >= 30, "the table has {} rows", table.len());
    for (file, words) in &table {
        let started = Instant::now();
        let error = load_scene(&bad(file), &LoadOptions::default()).expect_err(file);
        let message = error.to_string();
        assert!(message.contains(words), "{file}: expected {words:?} in {message:?}");
        assert!(message.contains(file.split('.').next().expect("a stem")), "{file} is not named in {message:?}");
        assert!(started.elapsed() < Duration::from_secs(2), "{file} took {:?}", started.elapsed());
    }
}

#[test]
fn every_bad_file_stands_in_the_table() {
    let table = table();
    for entry in std::fs::read_dir(bad("")).expect("the folder is there") {
        let name = entry.expect("readable").file_name().into_string().expect("plain names");
        let is_side_file = [".md", ".pgw", ".prj"].iter().any(|end| name.ends_with(end));
        let is_known = name == "rotated.tif" || table.iter().any(|(file, _)| *file == name);
        assert!(is_side_file || is_known, "{name} is in no row");
    }
}

#[test]
fn a_rotated_image_keeps_its_rotation() {
    let scene = load_scene(&bad("rotated.tif"), &LoadOptions::default()).expect("a sound file");
    let frame = scene.ground_frame().expect("in its zone").expect("georeferenced");
    // Turned by 30 degrees counterclockwise, so that image up points to 330, less 0.2 of grid convergence.
    let up = frame.azimuth_deg(PixelShift::from_xy(0.0, -1.0));
    assert!((up - 330.2).abs() < 0.3, "{up}");
    assert!((frame.gsd().0 - 0.5).abs() < 0.001, "{}", frame.gsd());
}

#[test]
fn the_limit_of_pixels_can_be_raised_and_lowered() {
    let small = LoadOptions { max_pixels: 100, ..LoadOptions::default() };
    let error = load_scene(&bad("transparent.png"), &small).expect_err("256 pixels");
    assert!(matches!(error, LoadError::TooManyPixels { limit: 100, .. }), "{error}");
}

#[test]
fn a_folder_is_no_image() {
    let error = load_scene(&bad(""), &LoadOptions::default()).expect_err("a folder");
    assert!(error.to_string().contains("check that it is a file"), "{error}");
}

/// Small sound files of every format.
fn sound_files() -> Vec<(&'static str, Vec<u8>)> {
    let picture = RgbImage::from_fn(24, 18, |x, y| image::Rgb([(x * 9) as u8, (y * 12) as u8, (x * y) as u8]));
    let encoded = |format: ImageFormat| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("in memory");
        bytes.into_inner()
    };
    let samples = Array3::from_shape_fn((18, 24, 3), |(row, col, band)| (row * 9 + col * 5 + band) as u16);
    let tiff = |builder: GeoTiffBuilder| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let builder = builder.bands(3).epsg(32629).pixel_scale(0.5, 0.5).origin(614_000.0, 1_386_000.0).nodata("0");
        builder.write_3d_to(&mut bytes, samples.view()).expect("in memory");
        bytes.into_inner()
    };
    let jpeg_2000 = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/load/ramp_16bit.jp2");
    vec![
        ("png", encoded(ImageFormat::Png)),
        ("jpg", encoded(ImageFormat::Jpeg)),
        ("webp", encoded(ImageFormat::WebP)),
        ("tif", tiff(GeoTiffBuilder::new(24, 18))),
        ("tif", tiff(GeoTiffBuilder::new(24, 18).tile_size(16, 16).compression(Compression::Deflate))),
        ("tif", tiff(GeoTiffBuilder::new(24, 18).tile_size(16, 16).compression(Compression::Lzw))),
        ("jp2", std::fs::read(jpeg_2000).expect("a committed file")),
    ]
}

/// Opens damaged bytes and reads all of what opens; anything but a panic will do.
fn open_and_read(extension: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("damaged").with_extension(extension);
    std::fs::write(&path, bytes).expect("room on disk");
    // A flipped bit may ask for a large image; half a megapixel keeps the test quick.
    let options = LoadOptions { max_pixels: 1 << 19, ..LoadOptions::default() };
    if let Ok(scene) = load_scene(&path, &options) {
        let _ = scene.read(scene.size().window(), scene.size().width.div_ceil(512).max(1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_never_panic(
        which in 0..7usize,
        keep in 0.2..1.0f64,
        flips in proptest::collection::vec((0.0..1.0f64, any::<u8>()), 0..6),
        in_header in any::<bool>(),
    ) {
        let (extension, mut bytes) = sound_files().swap_remove(which);
        if !in_header {
            bytes.truncate((bytes.len() as f64 * keep) as usize);
        }
        // Headers and tags are where a wrong bit misleads most.
        let reach = if in_header { bytes.len().min(600) } else { bytes.len() };
        for (place, mask) in flips {
            bytes[(place * reach as f64) as usize] ^= mask;
        }
        open_and_read(extension, &bytes);
    }
}
