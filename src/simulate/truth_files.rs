//! Writes truth as tables and vectors.

use geojson::{Feature, FeatureCollection, Geometry, JsonObject, JsonValue};

use crate::raster::crs::{Crs, CrsError, Georeference};
use crate::raster::geotransform::GeoTransform;
use crate::raster::point::PixelPoint;
use crate::simulate::description::{Cover, PairDescription};
use crate::simulate::truth::{TrueStructure, Truth};

/// The columns of truth.csv.
const COLUMNS: [&str; 25] = [
    "id",
    "status",
    "kind",
    "center_x_px",
    "center_y_px",
    "length_m",
    "width_m",
    "orientation_deg",
    "area_m2",
    "inside_share",
    "eaves_m",
    "height_m",
    "storeys",
    "roof",
    "cover",
    "gsd_m",
    "before_sun_azimuth_deg",
    "before_sun_elevation_deg",
    "before_view_azimuth_deg",
    "before_off_nadir_deg",
    "after_sun_azimuth_deg",
    "after_sun_elevation_deg",
    "after_view_azimuth_deg",
    "after_off_nadir_deg",
    "after_shadow_m",
];

/// Where the after image lies on the earth; `None` without a georeference.
///
/// # Errors
/// [`CrsError::UnknownCode`] or [`CrsError::Unsupported`] when the EPSG code is not one that can be used.
pub(super) fn georeference_of(description: &PairDescription) -> Result<Option<Georeference>, CrsError> {
    let Some(place) = description.georeference else { return Ok(None) };
    let gsd = description.gsd_m;
    let transform = GeoTransform::from_gdal([place.left, gsd, 0.0, place.top, 0.0, -gsd])
        .expect("invariant: check_description admits no flat grid");
    Ok(Some(Georeference { transform, crs: Crs::from_epsg(u32::from(place.epsg))? }))
}

/// truth.csv: one row for every structure.
pub(super) fn truth_table(description: &PairDescription, truth: &Truth) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let infallible = "invariant: memory takes every row";
    writer.write_record(COLUMNS).expect(infallible);
    for structure in &truth.structures {
        let values = values_of(description, structure);
        writer.write_record(values.iter().map(as_text)).expect(infallible);
    }
    writer.into_inner().expect(infallible)
}

fn as_text(value: &JsonValue) -> String {
    match value {
        JsonValue::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn values_of(description: &PairDescription, structure: &TrueStructure) -> Vec<JsonValue> {
    let number = |value: f64, digits: i32| {
        let scale = 10f64.powi(digits);
        JsonValue::from((value * scale).round() / scale)
    };
    let center = structure.center_px();
    let (before, after) = (&description.before, &description.after);
    vec![
        structure.id.into(),
        structure.status.map_or("unchanged", |status| status.name()).into(),
        structure.kind.name().into(),
        number(center.x, 2),
        number(center.y, 2),
        number(structure.length_m, 2),
        number(structure.width_m, 2),
        number(structure.orientation_deg, 2),
        number(structure.area_m2, 2),
        number(structure.inside_share, 3),
        number(structure.eaves_m, 2),
        number(structure.height_m, 2),
        structure.storeys.into(),
        structure.roof.name().into(),
        cover_word(structure.cover),
        number(description.gsd_m, 4),
        number(before.sun_azimuth_deg, 2),
        number(before.sun_elevation_deg, 2),
        number(before.view_azimuth_deg, 2),
        number(before.off_nadir_deg, 2),
        number(after.sun_azimuth_deg, 2),
        number(after.sun_elevation_deg, 2),
        number(after.view_azimuth_deg, 2),
        number(after.off_nadir_deg, 2),
        number(structure.height_m / after.sun_elevation_deg.to_radians().tan(), 2),
    ]
}

/// The word of the scene file for a cover.
fn cover_word(cover: Cover) -> JsonValue {
    serde_json::to_value(cover).expect("invariant: a cover is a word")
}

/// truth.geojson: footprints at ground level with the columns of truth.csv as properties, WGS 84 where the scene has a
/// place on the earth, else pixels of the after image.
///
/// # Errors
/// [`CrsError`] when a corner cannot be brought to WGS 84.
pub(super) fn truth_features(description: &PairDescription, truth: &Truth) -> Result<Vec<u8>, CrsError> {
    let georeference = georeference_of(description)?;
    let mut features = Vec::new();
    for structure in &truth.structures {
        let place = |x: f64, y: f64| -> Result<Vec<f64>, CrsError> {
            Ok(match &georeference {
                Some(georeference) => {
                    let there = georeference.to_lonlat(PixelPoint::from_xy(x, y))?;
                    vec![rounded(there.lon, 1e8), rounded(there.lat, 1e8)]
                }
                None => vec![rounded(x, 1e3), rounded(y, 1e3)],
            })
        };
        let polygon = &structure.footprint_px;
        let rings: Result<Vec<Vec<Vec<f64>>>, CrsError> = std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .map(|ring| ring.coords().map(|c| place(c.x, c.y)).collect())
            .collect();
        let properties: JsonObject =
            COLUMNS.iter().map(|name| name.to_string()).zip(values_of(description, structure)).collect();
        let geometry = Geometry::new_polygon(rings?);
        features.push(Feature { geometry: Some(geometry), properties: Some(properties), ..Feature::default() });
    }
    let mut collection = FeatureCollection { features, ..FeatureCollection::default() };
    let mut members = JsonObject::new();
    members.insert("name".into(), format!("{} (synthetic)", description.name).into());
    if georeference.is_none() {
        members.insert("sitedelta:coordinates".into(), "pixel".into());
    }
    collection.foreign_members = Some(members);
    let mut text = serde_json::to_vec_pretty(&collection).expect("invariant: numbers are finite");
    text.push(b'\n');
    Ok(text)
}

fn rounded(value: f64, scale: f64) -> f64 {
    (value * scale).round() / scale
}
