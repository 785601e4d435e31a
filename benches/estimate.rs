//! Time to measure structures and estimate their capacity, by number of structures, at the default 10,000 draws. The
//! structures are drawn here: rectangles of barracks' size in rows.

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use geo::{Coord, LineString, Polygon};
use ndarray::Array3;
use sitedelta::estimate::{EstimateOptions, estimate_capacity};
use sitedelta::measure::measure_structures;
use sitedelta::raster::Raster;
use sitedelta::raster::point::PixelPoint;
use sitedelta::raster::units::Meters;
use sitedelta::scene::Scene;
use sitedelta::structure::{OrientedRectangle, Status, Structure};

fn row_of_buildings(count: u32) -> Vec<Structure> {
    let building = |id: u32| {
        let center = PixelPoint::from_xy(100.0 + 200.0 * f64::from(id % 40), 60.0 + 70.0 * f64::from(id / 40));
        let (length_px, width_px) = (110.0 + f64::from(id % 9), 24.0);
        let rectangle = OrientedRectangle { center, length_px, width_px, angle_deg: 0.0 };
        let ring: LineString<f64> = rectangle.corners().iter().map(|p| Coord { x: p.x, y: p.y }).collect();
        let outline = Polygon::new(ring, Vec::new());
        Structure { id, status: Status::New, outline, rectangle, area_px: length_px * width_px, score: 0.8 }
    };
    (1..=count).map(building).collect()
}

fn estimate(criterion: &mut Criterion) {
    let after = Scene::from_raster("drawn", Raster::all_valid(Array3::zeros((3, 8, 8))))
        .with_description(|description| description.gsd = Some(Meters(0.5)));
    let mut group = criterion.benchmark_group("measure_and_estimate");
    group.sample_size(10);
    for count in [10, 100, 1000] {
        let structures = row_of_buildings(count);
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| {
                let measured = measure_structures(black_box(structures.clone()), &after).expect("no georeference");
                estimate_capacity(&measured, Some(Meters(0.5)), &EstimateOptions::default())
            });
        });
    }
    group.finish();
}

criterion_group!(benches, estimate);
criterion_main!(benches);
