//! A drawn site with its analysis, built by hand: what the report room is tested and measured with.
//!
//! The ground is noise from a hash, structures are rectangles; nothing comes from a file.

#![allow(dead_code, missing_docs, clippy::unwrap_used)]

use std::sync::Arc;

use geo::{LineString, Polygon};
use jiff::civil::date;
use ndarray::{Array2, Array3};
use sitedelta::analysis::{Analysis, Seen};
use sitedelta::capacity::{
    CapacityEstimate, CapacityMethod, Confidence, ProfileCapacity, Quantiles, StructureCapacity, UncertainInput,
    VarianceShare, Withheld,
};
use sitedelta::change::{ChangeMap, ChangeThreshold, NODATA_PROBABILITY};
use sitedelta::pair::{CoregisteredPair, Radiometry, Registration, RegistrationQuality, ScenePair, ToneCurve};
use sitedelta::raster::Raster;
use sitedelta::raster::area_mask::fill_polygon;
use sitedelta::raster::crs::{Crs, Georeference};
use sitedelta::raster::geotransform::GeoTransform;
use sitedelta::raster::ground_frame::GroundFrame;
use sitedelta::raster::point::PixelPoint;
use sitedelta::raster::units::{Meters, SquareMeters};
use sitedelta::raster::window::{GridSize, Window};
use sitedelta::scene::{DisplayStretch, Scene};
use sitedelta::structure::{
    GroundMeasures, HeightEstimate, Judgement, Kind, KindDistribution, MeasuredStructure, OrientedRectangle, Status,
    Structure,
};

/// What is known of the site's place.
#[derive(Clone, Copy, PartialEq)]
pub enum Place {
    /// UTM zone 29N near Bamako, 0.5 m, turned by 20 degrees.
    Utm,
    /// Only the ground sampling distance.
    Gsd,
    /// Nothing.
    Unknown,
}

/// A rectangle that was built or removed.
pub struct Drawn {
    pub status: Status,
    pub kind: Kind,
    pub rectangle: OrientedRectangle,
}

pub fn drawn(status: Status, kind: Kind, x: f64, y: f64, length_px: f64, width_px: f64, angle_deg: f64) -> Drawn {
    let center = PixelPoint::from_xy(x, y);
    Drawn { status, kind, rectangle: OrientedRectangle { center, length_px, width_px, angle_deg } }
}

/// Three new structures, one removed and one replaced, on 160 x 120 pixels.
pub fn five_structures() -> Vec<Drawn> {
    vec![
        drawn(Status::New, Kind::Barracks, 48.0, 26.0, 50.0, 12.0, 15.0),
        drawn(Status::New, Kind::Barracks, 44.0, 46.0, 50.0, 12.0, 15.0),
        drawn(Status::Removed, Kind::House, 120.0, 30.0, 16.0, 12.0, 0.0),
        drawn(Status::New, Kind::Warehouse, 116.0, 78.0, 34.0, 24.0, 105.0),
        drawn(Status::Replaced, Kind::Shed, 40.0, 94.0, 18.0, 14.0, 60.0),
    ]
}

/// `count` small structures spread over a grid, every tenth of them removed.
pub fn many_structures(size: GridSize, count: usize) -> Vec<Drawn> {
    let across = (count as f64 * size.width as f64 / size.height as f64).sqrt().ceil() as usize;
    let down = count.div_ceil(across);
    let (dx, dy) = (size.width as f64 / across as f64, size.height as f64 / down as f64);
    (0..count)
        .map(|index| {
            let (row, col) = (index / across, index % across);
            let status = if index % 10 == 9 { Status::Removed } else { Status::New };
            let (x, y) = ((col as f64 + 0.5) * dx, (row as f64 + 0.5) * dy);
            drawn(status, Kind::House, x, y, 0.45 * dx, 0.25 * dy, (index * 37 % 180) as f64)
        })
        .collect()
}

/// An analysis of the drawn structures.
pub fn analysis(size: GridSize, structures: &[Drawn], place: Place) -> Analysis {
    let scenes = scenes(size, structures, place);
    let frame = scenes.after.ground_frame().expect("invariant: in the zone");
    let measured: Vec<_> =
        structures.iter().enumerate().map(|(index, own)| measure(index, own, &scenes.after, frame)).collect();
    let pair = CoregisteredPair::assume_aligned(scenes.clone());
    let change = change_map(size, &measured);
    let warnings =
        if frame.is_none() { vec!["the ground sampling distance is unknown".to_owned()] } else { Vec::new() };
    Analysis {
        capacity: capacity(&measured, frame.is_some()),
        registration: Registration {
            quality: RegistrationQuality::Trusted,
            residual_px: Some(0.31),
            residual_p95_px: Some(0.8),
            tie_points: 41,
            tie_points_tried: 48,
            ..pair.registration().clone()
        },
        seen: Some(Seen { pair, radiometry: radiometry(), change }),
        frame,
        structures: measured,
        warnings,
        scenes,
    }
}

/// The same after a refused registration.
pub fn refused(size: GridSize, place: Place) -> Analysis {
    let mut analysis = analysis(size, &[], place);
    analysis.seen = None;
    analysis.registration.quality = RegistrationQuality::Refused;
    analysis.registration.residual_px = None;
    analysis.registration.residual_p95_px = None;
    analysis.registration.reason = Some("only 3 of 48 tie points agree; choose images of one site".to_owned());
    analysis.capacity = withheld(Withheld::RegistrationRefused);
    analysis.warnings = vec!["registration was refused".to_owned()];
    analysis
}

/// Pixels that show nothing in the after image: a corner.
fn shows_nothing(size: GridSize, row: usize, col: usize) -> bool {
    row + col < size.height.min(size.width) / 10
}

fn scenes(size: GridSize, structures: &[Drawn], place: Place) -> ScenePair {
    let before = paint(size, structures, &[Status::Removed], 3, 0.9);
    let after = paint(size, structures, &[Status::New, Status::Replaced], 7, 1.0);
    let (samples, mut valid) = after.into_parts();
    valid.indexed_iter_mut().for_each(|((row, col), valid)| *valid = !shows_nothing(size, row, col));
    let described = |name: &str, raster: Raster, day: jiff::civil::Date| {
        Scene::from_raster(name, raster).with_description(|description| {
            description.acquisition.date = Some(day);
            description.stretch = DisplayStretch::eight_bit(3);
            description.sha256 = Some(format!("{name:0>64}").replace(|c: char| !c.is_ascii_hexdigit(), "0"));
            match place {
                Place::Utm => description.georeference = Some(near_bamako()),
                Place::Gsd => description.gsd = Some(Meters(0.5)),
                Place::Unknown => {}
            }
        })
    };
    ScenePair {
        before: described("before.tif", before, date(2023, 10, 12)),
        after: described("after.tif", Raster::from_bands(samples, valid), date(2024, 11, 4)),
    }
}

fn near_bamako() -> Georeference {
    let (sin, cos) = 20f64.to_radians().sin_cos();
    let transform = GeoTransform::from_gdal([614_000.0, 0.5 * cos, 0.5 * sin, 1_385_000.0, 0.5 * sin, -0.5 * cos]);
    Georeference {
        transform: transform.expect("invariant: a rotation is not flat"),
        crs: Crs::from_epsg(32629).expect("invariant: known code"),
    }
}

fn paint(size: GridSize, structures: &[Drawn], shown: &[Status], seed: u32, light: f32) -> Raster {
    let ground = [186.0, 158.0, 122.0];
    let mut samples = Array3::from_shape_fn((3, size.height, size.width), |(band, row, col)| {
        // Patches alike on both dates, and a few stones that are not; finer grain would only swell the golden pictures.
        let patch = noise((row / 24) as u32, (col / 24) as u32, 1) * 26.0;
        let stone = if noise(row as u32 / 3, col as u32 / 3, seed) > 0.492 { -40.0 } else { 0.0 };
        ((ground[band] + patch + stone) * light).clamp(0.0, 255.0).round()
    });
    let mut roof = Array2::from_elem((size.height, size.width), false);
    for own in structures.iter().filter(|own| shown.contains(&own.status)) {
        fill_polygon(&outline(&own.rectangle), Window::from_tlhw(0, 0, size.height, size.width), &mut roof);
    }
    for ((row, col), _) in roof.indexed_iter().filter(|(_, inside)| **inside) {
        for band in 0..3 {
            samples[[band, row, col]] = 206.0 * light;
        }
    }
    Raster::all_valid(samples)
}

/// -0.5 to 0.5 from a hash of three numbers (xorshift-multiply mixing).
fn noise(a: u32, b: u32, c: u32) -> f32 {
    let mut h = a.wrapping_mul(0x9E37_79B1) ^ b.wrapping_mul(0x85EB_CA77) ^ c.wrapping_mul(0xC2B2_AE3D);
    h = (h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D);
    h = (h ^ (h >> 12)).wrapping_mul(0x297A_2D39);
    (h ^ (h >> 15)) as f32 / u32::MAX as f32 - 0.5
}

fn outline(rectangle: &OrientedRectangle) -> Polygon<f64> {
    let corners = rectangle.corners().map(|corner| geo::coord! { x: corner.x, y: corner.y });
    Polygon::new(LineString::new(corners.to_vec()), Vec::new())
}

fn measure(index: usize, own: &Drawn, after: &Scene, frame: Option<GroundFrame>) -> MeasuredStructure {
    let rectangle = own.rectangle;
    let area_px = rectangle.length_px * rectangle.width_px;
    let structure = Structure {
        id: index as u32 + 1,
        status: own.status,
        outline: outline(&rectangle),
        rectangle,
        area_px,
        score: 0.8,
    };
    let ground = frame.map(|frame| {
        let area = area_px * frame.pixel_area().0;
        let [a, b, ..] = rectangle.corners();
        GroundMeasures {
            length: Meters(rectangle.length_px * frame.gsd().0),
            width: Meters(rectangle.width_px * frame.gsd().0),
            orientation_deg: frame.azimuth_deg(b.minus(a)).rem_euclid(180.0),
            area: SquareMeters(area),
            area_p5: SquareMeters(0.9 * area),
            area_p95: SquareMeters(1.1 * area),
        }
    });
    let georeference = after.description().georeference.as_ref();
    let kind = if ground.is_some() { own.kind } else { Kind::Other };
    MeasuredStructure {
        place: georeference.map(|g| g.to_lonlat(rectangle.center).expect("invariant: in the zone")),
        height: ground
            .filter(|_| index == 0)
            .map(|_| HeightEstimate { height: Meters(3.4), standard_deviation: Meters(0.6) }),
        kinds: KindDistribution::from_weights(|other| if other == kind { 7.0 } else { 1.0 / 3.0 }),
        storeys: [0.7, 0.25, 0.05, 0.0],
        p_housing: if own.kind == Kind::Barracks { 0.85 } else { 0.2 },
        group: usize::from(own.kind != Kind::Barracks) * (index + 1),
        judged: Judgement::default(),
        note: if index == 3 { "half in shadow, \"check\"".to_owned() } else { String::new() },
        ground,
        structure,
    }
}

fn change_map(size: GridSize, structures: &[MeasuredStructure]) -> ChangeMap {
    let map = ChangeMap::zeros(size, "drawn", ChangeThreshold::single(0.5)).expect("invariant: small");
    let mut bands = [(); 2].map(|()| Array2::from_elem((size.height, size.width), 0.0f32));
    for structure in structures.iter().map(|measured| &measured.structure) {
        let mut inside = Array2::from_elem((size.height, size.width), false);
        fill_polygon(&structure.outline, size.window(), &mut inside);
        let shown = [structure.status != Status::Removed, structure.status != Status::New];
        for (band, _) in bands.iter_mut().zip(shown).filter(|(_, shown)| *shown) {
            band.zip_mut_with(&inside, |p, &inside| *p = if inside { 0.8 } else { *p });
        }
    }
    for band in &mut bands {
        band.indexed_iter_mut()
            .filter(|((row, col), _)| shows_nothing(size, *row, *col))
            .for_each(|(_, p)| *p = NODATA_PROBABILITY);
    }
    map.write(size.window(), bands[0].view(), bands[1].view()).expect("invariant: room for a small map");
    map
}

fn radiometry() -> Radiometry {
    let curve = ToneCurve::from_knots(vec![0.0, 255.0], vec![0.0, 255.0]).expect("invariant: sound knots");
    Radiometry { curves: vec![curve; 3], stretch: DisplayStretch::eight_bit(3), saturated_from: f32::INFINITY }
}

fn capacity(structures: &[MeasuredStructure], gsd_known: bool) -> CapacityEstimate {
    if !gsd_known {
        return CapacityEstimate { count: counted(structures), ..withheld(Withheld::UnknownGsd) };
    }
    let housing = |own: &&MeasuredStructure| own.p_housing > 0.3;
    let total = structures.iter().filter(housing).count() as f64;
    let one = Quantiles { p5: 38.4, p25: 55.1, p50: 71.7, p75: 90.2, p95: 121.6 };
    let people = one.map(|people| people * total);
    CapacityEstimate {
        people: Some(people),
        if_all_housing: Some(people.map(|people| people * 1.2)),
        withheld: None,
        count: counted(structures),
        structures: structures
            .iter()
            .map(|own| StructureCapacity {
                id: own.structure.id,
                if_housing: housing(&own).then_some(one),
                people: housing(&own).then(|| one.map(|people| people - 38.4)),
                method: CapacityMethod::Area,
            })
            .collect(),
        groups: Vec::new(),
        profiles: vec![ProfileCapacity {
            profile: "deployed_barracks".to_owned(),
            definition: "2.8-4.2-7 m² net".to_owned(),
            source: "drawn".to_owned(),
            people,
        }],
        drivers: vec![
            VarianceShare { input: UncertainInput::Profile, share: 0.52 },
            VarianceShare { input: UncertainInput::Storeys, share: 0.2 },
        ],
        claim: None,
        confidence: Confidence::Low,
        assumptions: vec!["storeys are assumed, not measured".to_owned()],
        draws: 10_000,
        seed: 1,
    }
}

fn counted(structures: &[MeasuredStructure]) -> Quantiles {
    let count = structures.iter().filter(|own| own.structure.status != Status::Removed).count() as f64;
    Quantiles { p5: (0.8 * count).floor(), p25: count, p50: count, p75: count, p95: count }
}

fn withheld(reason: Withheld) -> CapacityEstimate {
    CapacityEstimate {
        people: None,
        if_all_housing: None,
        withheld: Some(reason),
        count: Quantiles::certain(0.0),
        structures: Vec::new(),
        groups: Vec::new(),
        profiles: Vec::new(),
        drivers: Vec::new(),
        claim: None,
        confidence: Confidence::Low,
        assumptions: Vec::new(),
        draws: 10_000,
        seed: 1,
    }
}

/// A scene whose pixels are computed where they are read, so that it may be larger than memory.
pub fn computed_scene(size: GridSize, seed: u32) -> Scene {
    struct Computed(u32);
    impl sitedelta::scene::PixelSource for Computed {
        fn read(&self, window: Window, step: usize) -> Result<Raster, sitedelta::scene::ReadError> {
            let size = window.size().reduced(step);
            Ok(Raster::all_valid(Array3::from_shape_fn((3, size.height, size.width), |(band, row, col)| {
                let (row, col) = (window.row + row * step, window.col + col * step);
                150.0 + 20.0 * band as f32 + 60.0 * noise((row / 40) as u32, (col / 40) as u32, self.0)
            })))
        }
    }
    let small = Raster::all_valid(Array3::zeros((3, 1, 1)));
    let mut description = Scene::from_raster("computed", small).description().clone();
    description.size = size;
    description.gsd = Some(Meters(0.5));
    Scene::new(description, Arc::new(Computed(seed)))
}

/// An analysis of a site of any size, without ever holding its pixels.
pub fn large_analysis(size: GridSize, count: usize) -> Analysis {
    let small = analysis(GridSize { height: 64, width: 64 }, &[], Place::Gsd);
    let scenes = ScenePair { before: computed_scene(size, 3), after: computed_scene(size, 7) };
    let frame = scenes.after.ground_frame().expect("invariant: no georeference to fail");
    let structures: Vec<_> = many_structures(size, count)
        .iter()
        .enumerate()
        .map(|(index, own)| measure(index, own, &scenes.after, frame))
        .collect();
    let threshold = ChangeThreshold::single(0.5);
    let change = ChangeMap::zeros(size, "drawn", threshold).expect("invariant: room in the temporary folder");
    let pair = CoregisteredPair::assume_aligned(scenes.clone());
    let capacity = capacity(&structures, true);
    Analysis {
        scenes,
        seen: Some(Seen { pair, radiometry: radiometry(), change }),
        frame,
        structures,
        capacity,
        ..small
    }
}
