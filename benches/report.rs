//! Writing a report by image side; the site is drawn by `tests/drawn_site`, with 100 structures.

#![allow(missing_docs)]

#[path = "../tests/drawn_site/mod.rs"]
mod drawn_site;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use sitedelta::observer::Silent;
use sitedelta::raster::window::GridSize;
use sitedelta::report::{ReportOptions, write_report};

fn report(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("report");
    group.sample_size(10);
    let options = ReportOptions { overwrite: true, ..ReportOptions::default() };
    for side in [256, 1024, 4096] {
        let analysis = drawn_site::large_analysis(GridSize { height: side, width: side }, 100);
        let out = tempfile::tempdir().expect("invariant: a temporary folder can be made");
        group.bench_function(BenchmarkId::from_parameter(side), |bencher| {
            bencher.iter(|| write_report(&analysis, out.path(), &options, &Silent).expect("the report is written"));
        });
    }
    group.finish();
}

criterion_group!(benches, report);
criterion_main!(benches);
