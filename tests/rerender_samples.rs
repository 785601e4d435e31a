//! The bundled samples are what their scene files say: rendered again, they give the same pixels and the same truth.
//!
//! `REGENERATE=1 cargo test --test rerender_samples` renders them anew; commit that on its own, with its reason.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use ndarray::{Array3, ArrayD};
use sitedelta::simulate::render_scene_file;

/// Sines and powers differ between mathematics libraries, and JPEG may turn that into a few DN here and there.
const TOLERANCE_DN: f64 = 8.0;
const TOLERANCE_MEAN_DN: f64 = 0.05;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples").join(name)
}

fn pixels(path: &Path) -> Array3<f64> {
    if path.extension().is_some_and(|extension| extension == "tif") {
        let file = geotiff_reader::GeoTiffFile::open(path).unwrap();
        let samples: ArrayD<u8> = file.read_raster().unwrap();
        return samples.into_dimensionality().unwrap().mapv(f64::from);
    }
    let image = image::open(path).unwrap().into_rgb8();
    let (width, height) = image.dimensions();
    Array3::from_shape_vec((height as usize, width as usize, 3), image.into_raw()).unwrap().mapv(f64::from)
}

fn rerender(name: &str) {
    let (kept, scratch) = (sample(name), tempfile::tempdir().unwrap());
    if std::env::var_os("REGENERATE").is_some() {
        render_scene_file(&kept.join("scene.toml"), &kept, true).unwrap();
        return;
    }
    render_scene_file(&kept.join("scene.toml"), scratch.path(), false).unwrap();
    let mut compared = 0;
    for entry in std::fs::read_dir(scratch.path()).unwrap() {
        let again = entry.unwrap().path();
        let file = again.file_name().unwrap();
        let committed = kept.join(file);
        if again.extension().is_some_and(|extension| extension == "tif" || extension == "png") {
            let (old, new) = (pixels(&committed), pixels(&again));
            assert_eq!(old.dim(), new.dim(), "{}", committed.display());
            let difference = (&old - &new).mapv(f64::abs);
            let most = difference.iter().copied().fold(0.0, f64::max);
            let mean = difference.mean().unwrap();
            assert!(
                most <= TOLERANCE_DN && mean <= TOLERANCE_MEAN_DN,
                "{file:?}: {most} DN at most, {mean} on average"
            );
        } else {
            let (old, new) = (std::fs::read_to_string(&committed).unwrap(), std::fs::read_to_string(&again).unwrap());
            assert!(old == new, "{} is not what its scene file says", committed.display());
        }
        compared += 1;
    }
    assert_eq!(compared, 9);
}

#[test]
fn bamako_is_what_its_scene_file_says() {
    rerender("bamako");
}

#[test]
fn screenshot_is_what_its_scene_file_says() {
    rerender("screenshot");
}
