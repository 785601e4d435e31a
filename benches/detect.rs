//! Time of the spectral detector by image side, on scenes drawn here: crooked ground, and houses in the after image.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use ndarray::{Array3, s};
use sitedelta::detect::detect_changes;
use sitedelta::detect::spectral::SpectralDetector;
use sitedelta::normalize::{NormalizeOptions, normalize_pair};
use sitedelta::observer::Silent;
use sitedelta::pair::{CoregisteredPair, NormalizedPair, ScenePair};
use sitedelta::raster::Raster;
use sitedelta::region::Region;
use sitedelta::scene::Scene;

fn drawn_pair(side: usize) -> NormalizedPair {
    let before = Array3::from_shape_fn((3, side, side), |(band, row, col)| {
        let mixed = (row as u32).wrapping_mul(0x9E37_79B1) ^ (col as u32).wrapping_mul(0x85EB_CA77);
        90.0 + 10.0 * band as f32 + ((mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D) >> 26) as f32
    });
    let mut after = before.clone();
    for row in (20..side - 40).step_by(90) {
        for col in (20..side - 40).step_by(70) {
            after.slice_mut(s![.., row..row + 20, col..col + 30]).fill(200.0);
        }
    }
    let scene = |name, samples| Scene::from_raster(name, Raster::all_valid(samples));
    let scenes = ScenePair { before: scene("before", before), after: scene("after", after) };
    normalize_pair(CoregisteredPair::assume_aligned(scenes), &NormalizeOptions::default(), &Silent)
        .expect("invariant: drawn scenes overlap")
}

fn spectral(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("spectral");
    group.sample_size(10);
    for side in [256, 1024, 4096] {
        let pair = drawn_pair(side);
        group.bench_function(BenchmarkId::from_parameter(side), |bencher| {
            bencher.iter(|| {
                detect_changes(black_box(&pair), &SpectralDetector::default(), &Region::default(), &Silent)
                    .expect("invariant: in memory")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, spectral);
criterion_main!(benches);
