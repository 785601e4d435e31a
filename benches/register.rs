//! Time of `register_pair` by image side. The images are drawn here: two octaves of smooth lattice noise, the before one
//! seen through a shift of (9.5, -6.25) px and a rotation of 2 degrees.

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::Array3;

use sitedelta::observer::Silent;
use sitedelta::pair::ScenePair;
use sitedelta::raster::Raster;
use sitedelta::raster::pixel_transform::PixelTransform;
use sitedelta::raster::point::{PixelPoint, PixelShift};
use sitedelta::register::{RegisterOptions, register_pair};
use sitedelta::scene::Scene;

fn lattice(col: i64, row: i64) -> f64 {
    let bits = (col as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (row as u64).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    let bits = (bits ^ (bits >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((bits ^ (bits >> 29)) >> 11) as f64 / (1u64 << 53) as f64
}

fn ground(point: PixelPoint, size: f64) -> f64 {
    let (u, v) = (point.x / size, point.y / size);
    let (col, row) = (u.floor(), v.floor());
    let (fx, fy) = (u - col, v - row);
    let at = |dc: i64, dr: i64| lattice(col as i64 + dc, row as i64 + dr);
    (at(0, 0) * (1.0 - fx) + at(1, 0) * fx) * (1.0 - fy) + (at(0, 1) * (1.0 - fx) + at(1, 1) * fx) * fy
}

fn drawn(side: usize, map: &PixelTransform) -> Scene {
    let samples = Array3::from_shape_fn((3, side, side), |(_, row, col)| {
        let place = map.apply(PixelPoint::center_of(row, col));
        (255.0 * (0.6 * ground(place, 9.0) + 0.4 * ground(place, 31.0))) as f32
    });
    Scene::from_raster("drawn", Raster::all_valid(samples))
}

fn register(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("register_pair");
    group.sample_size(10);
    for side in [256, 1024, 4096] {
        let center = PixelPoint::from_xy(side as f64 / 2.0, side as f64 / 2.0);
        let map = PixelTransform::similarity(1.0, 2.0, center)
            .then(&PixelTransform::translation(PixelShift::from_xy(9.5, -6.25)));
        let scenes = ScenePair { before: drawn(side, &map), after: drawn(side, &PixelTransform::identity()) };
        group.bench_function(side.to_string(), |bencher| {
            bencher.iter(|| register_pair(black_box(scenes.clone()), &RegisterOptions::default(), &Silent).map(|_| ()));
        });
    }
    group.finish();
}

criterion_group!(benches, register);
criterion_main!(benches);
