//! Time to open an image and to walk it in tiles, by image side. The files are written here: a drawn RGB pattern, as PNG
//! and as a tiled GeoTIFF.

#![allow(missing_docs)]

use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ndarray::Array3;
use sitedelta::load::{LoadOptions, load_scene};
use sitedelta::raster::Raster;
use sitedelta::raster::geotiff_write::{GeoTiffLayout, GeoTiffWriter, StoredSample};
use sitedelta::raster::window::{GridSize, Window};

fn pattern(window: Window) -> Raster {
    Raster::all_valid(Array3::from_shape_fn((3, window.height, window.width), |(band, row, col)| {
        (((window.row + row) * 7 + (window.col + col) * 13 + band * 31) % 251) as f32
    }))
}

fn write_png(path: &Path, side: usize) {
    let whole = pattern(GridSize { height: side, width: side }.window());
    let image = image::RgbImage::from_fn(side as u32, side as u32, |x, y| {
        image::Rgb([0, 1, 2].map(|band| whole.samples()[[band, y as usize, x as usize]] as u8))
    });
    image.save(path).expect("the scratch folder is writable");
}

fn write_tiff(path: &Path, side: usize) {
    let layout = GeoTiffLayout {
        size: GridSize { height: side, width: side },
        bands: 3,
        sample: StoredSample::U8,
        nodata: None,
        georeference: None,
        color: true,
    };
    let mut writer = GeoTiffWriter::create(path, layout).expect("the scratch folder is writable");
    let tiles: Vec<Window> = writer.tiles().collect();
    for tile in tiles {
        writer.write_raster(tile, &pattern(tile)).expect("the scratch folder is writable");
    }
    writer.finish().expect("the scratch folder is writable");
}

fn walk(path: &Path) {
    let scene = load_scene(path, &LoadOptions::default()).expect("the file was just written");
    for tile in scene.size().tiles(512) {
        black_box(scene.read(tile, 1).expect("the file was just written"));
    }
}

fn load(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a scratch folder can be made");
    let mut group = criterion.benchmark_group("load_and_walk");
    group.sample_size(10);
    for side in [256, 1024, 4096] {
        let (png, tiff) = (folder.path().join("pattern.png"), folder.path().join("pattern.tif"));
        write_png(&png, side);
        write_tiff(&tiff, side);
        group.bench_function(BenchmarkId::new("png", side), |bencher| bencher.iter(|| walk(&png)));
        group.bench_function(BenchmarkId::new("geotiff", side), |bencher| bencher.iter(|| walk(&tiff)));
    }
    group.finish();
}

criterion_group!(benches, load);
criterion_main!(benches);
