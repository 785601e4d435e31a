//! Time to turn a change map into structures, by image side. The maps are drawn here: rows of turned rectangles on ground
//! with faint speckle.

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use geo::{Rotate, polygon};
use ndarray::Array2;
use sitedelta::change::{ChangeMap, ChangeThreshold};
use sitedelta::extract::{ExtractOptions, extract_structures};
use sitedelta::observer::Silent;
use sitedelta::raster::area_mask::fill_polygon;
use sitedelta::raster::window::GridSize;

fn drawn_map(side: usize) -> ChangeMap {
    let size = GridSize { height: side, width: side };
    let mut built = Array2::from_elem((side, side), false);
    for row in (40..side - 60).step_by(80) {
        for col in (40..side - 60).step_by(100) {
            let (x, y) = (col as f64, row as f64);
            let house = polygon![(x: x, y: y), (x: x + 60.0, y: y), (x: x + 60.0, y: y + 22.0), (x: x, y: y + 22.0)];
            fill_polygon(&house.rotate_around_centroid((row + col) as f64 % 90.0), size.window(), &mut built);
        }
    }
    let new = Array2::from_shape_fn((side, side), |(row, col)| {
        let speckle = (row * 31 + col * 17) % 97 == 0;
        if built[[row, col]] || speckle { 0.9f32 } else { 0.1 }
    });
    let map = ChangeMap::zeros(size, "drawn", ChangeThreshold::single(0.5)).expect("scratch space");
    map.write(size.window(), new.view(), Array2::zeros((side, side)).view()).expect("scratch space");
    map
}

fn extract(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("extract_structures");
    group.sample_size(10);
    for side in [256, 1024, 4096] {
        let map = drawn_map(side);
        group.bench_function(BenchmarkId::from_parameter(side), |bencher| {
            bencher.iter(|| extract_structures(black_box(&map), None, &ExtractOptions::default(), &Silent));
        });
    }
    group.finish();
}

criterion_group!(benches, extract);
criterion_main!(benches);
