//! How long a random pair takes, by image side. The scenes are drawn from seeds; no file is read.
//!
//! One iteration renders eight pairs on all threads, so that the mean is that of a mixture of scenes.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;
use sitedelta::raster::units::Meters;
use sitedelta::simulate::render_pair;
use sitedelta::simulate::story::{RandomOptions, random_pair};

const PAIRS: u64 = 8;

fn render_random_pairs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simulate");
    group.sample_size(10);
    for size_px in [256, 1024] {
        let options = RandomOptions { size_px, gsd: (Meters(0.4), Meters(0.6)), biome: None };
        group.throughput(Throughput::Elements(PAIRS));
        group.bench_function(format!("render_pair/{size_px}"), |bencher| {
            bencher.iter(|| {
                (0..PAIRS).into_par_iter().map(|seed| render_pair(&random_pair(seed, &options))).collect::<Vec<_>>()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, render_random_pairs);
criterion_main!(benches);
