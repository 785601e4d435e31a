//! Time of normalization by image side, on scenes drawn here: crooked ground under another sensor.

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use ndarray::Array3;
use sitedelta::normalize::{NormalizeOptions, normalize_pair};
use sitedelta::observer::Silent;
use sitedelta::pair::{CoregisteredPair, ScenePair};
use sitedelta::raster::Raster;
use sitedelta::scene::Scene;

fn drawn_pair(side: usize) -> CoregisteredPair {
    let before = Array3::from_shape_fn((3, side, side), |(band, row, col)| {
        let mixed = (row as u32).wrapping_mul(0x9E37_79B1) ^ (col as u32).wrapping_mul(0x85EB_CA77);
        90.0 + 10.0 * band as f32 + ((mixed ^ (mixed >> 15)).wrapping_mul(0x2C1B_3C6D) >> 26) as f32
    });
    let after = before.mapv(|dn| 0.8 * dn + 20.0);
    let scene = |name, samples| Scene::from_raster(name, Raster::all_valid(samples));
    CoregisteredPair::assume_aligned(ScenePair { before: scene("before", before), after: scene("after", after) })
}

fn normalize(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("normalize");
    group.sample_size(10);
    for side in [256, 1024, 4096] {
        let pair = drawn_pair(side);
        group.bench_function(BenchmarkId::from_parameter(side), |bencher| {
            bencher.iter_batched(
                || pair.clone(),
                |pair| normalize_pair(pair, &NormalizeOptions::default(), &Silent).expect("invariant: drawn scenes"),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, normalize);
criterion_main!(benches);
