//! Reads footprints that somebody drew or reviewed: GeoJSON in WGS 84, or in pixels of an image.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use geo::{Area, BoundingRect, Coord, LineString, MapCoords, Polygon, Rect, Validation};
use geojson::{Feature, GeoJson};
use thiserror::Error;

use crate::footprint::{Footprint, FootprintLayer};
use crate::load::footprint_properties::Properties;
use crate::load::geojson_coordinates::{Coordinates, CoordinatesError, coordinates_of};
use crate::load::sha256_of_bytes;
use crate::raster::crs::{Crs, CrsError, Georeference};
use crate::raster::geotransform::GeoTransform;
use crate::raster::point::{LonLat, MapPoint, PixelPoint};
use crate::structure::{OrientedRectangle, Structure};

/// Largest file read: 100,000 structures of `structures.geojson` have about as much.
const LONGEST: u64 = 256 << 20;
/// Largest extent of one site, metres: on the plane that touches its middle, lengths are then right to 1 in 30,000.
const LARGEST_SITE_M: f64 = 100_000.0;

/// Footprints that cannot be read or used.
#[derive(Debug, Error)]
pub enum FootprintError {
    /// The file cannot be opened or read.
    #[error("cannot read the footprints {}: {source}; check the path", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// The content is no GeoJSON.
    #[error("{} is no GeoJSON: {reason}; export the footprints as GeoJSON in WGS 84", path.display())]
    NotGeoJson {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// One feature cannot be used.
    #[error("{}, feature {number}: {reason}", path.display())]
    Feature {
        /// The file.
        path: PathBuf,
        /// Counted from 1, in the order of the file.
        number: usize,
        /// What is wrong, and what would be right.
        reason: String,
    },
    /// The footprints lie too far from each other.
    #[error(
        "the footprints of {} lie up to {found_km:.0} km apart (at most {accepted_km:.0} km); a file holds one site: split \
         it, or check the coordinates", path.display()
    )]
    TooFarApart {
        /// The file.
        path: PathBuf,
        /// Diagonal of the extent, kilometres.
        found_km: f64,
        /// Largest accepted.
        accepted_km: f64,
    },
    /// Two features name different ground sampling distances.
    #[error("{}: gsd_m is {one} as well as {other}; a file holds the structures of one image", path.display())]
    TwoGsds {
        /// The file.
        path: PathBuf,
        /// The first.
        one: f64,
        /// Another.
        other: f64,
    },
    /// The coordinates cannot be brought to WGS 84.
    #[error("{}: {source}", path.display())]
    Crs {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: CrsError,
    },
}

/// What a feature shows.
enum Shape {
    Outline(Polygon<f64>),
    Dot(Coord<f64>),
}

/// Reads footprints.
///
/// - Input: GeoJSON (a feature or a collection) of polygons, or of points for tents and containers that are to be
///   counted. Longitude and latitude on WGS 84, or the EPSG code in a `crs` member of older GeoJSON; or pixels (x right,
///   y down) where the top level says `"sitedelta:coordinates": "pixel"`, as our own `structures.geojson` does.
/// - Output: footprints in pixels; see [`FootprintLayer`]. Ids are those of the property `id` or of the feature, else the
///   first numbers that are free. Several parts of one feature are several structures.
///
/// An outline drawn by hand that crosses itself is refused, as its area means nothing. One that the program found, which has a
/// score, is taken as it is, with a warning.
///
/// # Errors
/// [`FootprintError`]: unreadable, no GeoJSON, a feature without a usable geometry or with a property out of range, ids
/// used twice, places too far apart, a reference system that is not known.
pub fn load_footprints(path: &Path) -> Result<FootprintLayer, FootprintError> {
    let bytes = read_bytes(path)?;
    let not_geojson = |reason: String| FootprintError::NotGeoJson { path: path.to_owned(), reason };
    let text = std::str::from_utf8(&bytes).map_err(|_| not_geojson("it is not text in UTF-8".to_owned()))?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| not_geojson(error.to_string()))?;
    let coordinates = coordinates_of(&value).map_err(|error| match error {
        CoordinatesError::Unknown(reason) => not_geojson(reason),
        CoordinatesError::Crs(source) => FootprintError::Crs { path: path.to_owned(), source },
    })?;
    let features = match text.parse().map_err(|error: geojson::Error| not_geojson(error.to_string()))? {
        GeoJson::FeatureCollection(all) => all.features,
        GeoJson::Feature(feature) => vec![feature],
        GeoJson::Geometry(_) => return Err(not_geojson("it is a bare geometry without properties".to_owned())),
    };
    let mut drawn = Vec::new();
    for (feature, number) in features.into_iter().zip(1..) {
        drawn.extend(read_feature(path, number, feature)?);
    }
    let georeference = match &coordinates {
        Coordinates::Pixels => None,
        Coordinates::Map(crs) => place_on_plane(path, crs, &mut drawn)?,
    };
    let gsd = one_gsd(path, &drawn)?;
    Ok(FootprintLayer {
        name: path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        site: one_site(&drawn),
        sha256: sha256_of_bytes(&bytes),
        warnings: unsound_outlines(&drawn).into_iter().collect(),
        footprints: number_footprints(path, drawn)?,
        georeference,
        gsd,
    })
}

/// A shape of a feature, the feature's number in the file, and what stands beside it.
struct Drawn {
    number: usize,
    shape: Shape,
    /// The outline crosses itself, as those of ragged components may.
    unsound: bool,
    properties: Properties,
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, FootprintError> {
    let failed = |source| FootprintError::Unreadable { path: path.to_owned(), source };
    let length = path.metadata().map_err(failed)?.len();
    if length > LONGEST {
        let reason = format!("{length} bytes are too many for the structures of one site");
        return Err(FootprintError::NotGeoJson { path: path.to_owned(), reason });
    }
    std::fs::read(path).map_err(failed)
}

fn read_feature(path: &Path, number: usize, feature: Feature) -> Result<Vec<Drawn>, FootprintError> {
    let fault = |reason: String| FootprintError::Feature { path: path.to_owned(), number, reason };
    let shapes = read_shapes(feature.geometry).map_err(fault)?;
    let single = shapes.len() == 1;
    let own_id = match &feature.id {
        Some(geojson::feature::Id::Number(id)) => {
            id.as_u64().and_then(|id| u32::try_from(id).ok()).filter(|id| *id > 0)
        }
        _ => None,
    };
    shapes
        .into_iter()
        .map(|shape| {
            let mut properties = Properties::read(feature.properties.as_ref()).map_err(fault)?;
            let unsound = matches!(&shape, Shape::Outline(outline) if !outline.is_valid());
            if unsound && !properties.was_found {
                return Err(fault(
                    "its outline crosses itself or is not sound; mend it (QGIS: Fix geometries)".to_owned(),
                ));
            }
            // Parts of one feature are structures of their own, and its id and measures belong to none of them.
            properties.id = properties.id.or(own_id).filter(|_| single);
            properties.inferred = properties.inferred.filter(|_| single);
            Ok(Drawn { number, shape, unsound, properties })
        })
        .collect()
}

fn read_shapes(geometry: Option<geojson::Geometry>) -> Result<Vec<Shape>, String> {
    let geometry = geometry.ok_or("it has no geometry; draw its outline, or delete it")?;
    let name = geometry.value.type_name();
    let shapes: Vec<Shape> = match geo::Geometry::<f64>::try_from(geometry).map_err(|error| error.to_string())? {
        geo::Geometry::Polygon(polygon) => vec![Shape::Outline(polygon)],
        geo::Geometry::MultiPolygon(many) => many.into_iter().map(Shape::Outline).collect(),
        geo::Geometry::Point(point) => vec![Shape::Dot(point.0)],
        geo::Geometry::MultiPoint(many) => many.into_iter().map(|point| Shape::Dot(point.0)).collect(),
        _ => return Err(format!("it is a {name}; draw outlines as polygons, or tents and containers as points")),
    };
    for shape in &shapes {
        match shape {
            Shape::Outline(polygon) if polygon.unsigned_area() == 0.0 || polygon.exterior().0.len() < 4 => {
                return Err("its outline has no area; draw at least three corners".to_owned());
            }
            _ => {}
        }
    }
    if shapes.is_empty() { Err("its geometry is empty; draw its outline, or delete it".to_owned()) } else { Ok(shapes) }
}

/// Moves shapes from a map to the plane that touches the earth in their middle; `None` when there are none.
fn place_on_plane(path: &Path, crs: &Crs, drawn: &mut [Drawn]) -> Result<Option<Georeference>, FootprintError> {
    let crs_error = |source| FootprintError::Crs { path: path.to_owned(), source };
    for own in drawn.iter_mut() {
        let (number, geographic) = (own.number, crs.is_geographic());
        own.shape.change(|at| {
            if geographic && !(at.x.abs() <= 360.0 && at.y.abs() <= 90.0) {
                let reason = format!(
                    "({}, {}) is no longitude and latitude; GeoJSON is longitude first, in degrees: export it in WGS 84 \
                     (EPSG:4326)",
                    at.x, at.y
                );
                return Err(FootprintError::Feature { path: path.to_owned(), number, reason });
            }
            let LonLat { lon, lat } = crs.to_lonlat(MapPoint { x: at.x, y: at.y }).map_err(crs_error)?;
            Ok(Coord { x: lon, y: lat })
        })?;
    }
    let Some(bounds) = bounds_of(drawn) else { return Ok(None) };
    let middle = bounds.center();
    let definition = format!(
        "+proj=tmerc +lat_0={} +lon_0={} +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs",
        middle.y, middle.x
    );
    let plane = Crs::from_proj_string(&definition).map_err(crs_error)?;
    let transform = GeoTransform::from_gdal([0.0, 1.0, 0.0, 0.0, 0.0, -1.0]).expect("invariant: squares are not flat");
    let georeference = Georeference { transform, crs: plane };
    // Far from its middle the plane is not defined: what reaches round the earth is refused before it is moved.
    let degrees = bounds.width().hypot(bounds.height());
    let too_far = |found_km| FootprintError::TooFarApart {
        path: path.to_owned(),
        found_km,
        accepted_km: LARGEST_SITE_M / 1000.0,
    };
    if degrees > 10.0 {
        return Err(too_far(degrees * 111.0));
    }
    for own in drawn.iter_mut() {
        own.shape.change(|at| {
            let point = georeference.from_lonlat(LonLat { lon: at.x, lat: at.y }).map_err(crs_error)?;
            Ok(Coord { x: point.x, y: point.y })
        })?;
    }
    let extent = bounds_of(drawn).map_or(0.0, |bounds| bounds.width().hypot(bounds.height()));
    if extent > LARGEST_SITE_M { Err(too_far(extent / 1000.0)) } else { Ok(Some(georeference)) }
}

fn bounds_of(drawn: &[Drawn]) -> Option<Rect<f64>> {
    let boxes = drawn.iter().filter_map(|own| match &own.shape {
        Shape::Outline(polygon) => polygon.bounding_rect(),
        Shape::Dot(at) => Some(Rect::new(*at, *at)),
    });
    boxes.reduce(|a, b| {
        let (low, high) = (a.min(), a.max());
        Rect::new(
            Coord { x: low.x.min(b.min().x), y: low.y.min(b.min().y) },
            Coord { x: high.x.max(b.max().x), y: high.y.max(b.max().y) },
        )
    })
}

impl Shape {
    fn change(
        &mut self,
        map: impl Fn(Coord<f64>) -> Result<Coord<f64>, FootprintError> + Copy,
    ) -> Result<(), FootprintError> {
        match self {
            Shape::Outline(polygon) => *polygon = polygon.try_map_coords(map)?,
            Shape::Dot(at) => *at = map(*at)?,
        }
        Ok(())
    }
}

fn one_gsd(path: &Path, drawn: &[Drawn]) -> Result<Option<crate::raster::units::Meters>, FootprintError> {
    let mut told = drawn.iter().filter_map(|own| own.properties.gsd);
    let Some(first) = told.next() else { return Ok(None) };
    match told.find(|other| (other.0 / first.0 - 1.0).abs() > 1e-6) {
        Some(other) => Err(FootprintError::TwoGsds { path: path.to_owned(), one: first.0, other: other.0 }),
        None => Ok(Some(first)),
    }
}

fn unsound_outlines(drawn: &[Drawn]) -> Option<String> {
    let number = drawn.iter().filter(|own| own.unsound && !own.properties.rejected).count();
    (number > 0)
        .then(|| format!("outlines that cross themselves: {number}; their areas are uncertain, redraw what matters"))
}

fn one_site(drawn: &[Drawn]) -> Option<String> {
    let first = drawn.first()?.properties.site.clone();
    first.filter(|site| drawn.iter().all(|own| own.properties.site.as_ref() == Some(site)))
}

fn number_footprints(path: &Path, drawn: Vec<Drawn>) -> Result<Vec<Footprint>, FootprintError> {
    let mut used = BTreeSet::new();
    for own in &drawn {
        if let Some(id) = own.properties.id.filter(|id| !used.insert(*id)) {
            let reason = format!("its id {id} is that of another feature; give each its own, or none to all");
            return Err(FootprintError::Feature { path: path.to_owned(), number: own.number, reason });
        }
    }
    let free: Vec<u32> = (1..).filter(|id| !used.contains(id)).take(drawn.len()).collect();
    let mut free = free.into_iter();
    let mut next = || free.next().expect("invariant: as many as there are shapes");
    drawn
        .into_iter()
        .map(|own| {
            let id = own.properties.id.unwrap_or_else(&mut next);
            to_footprint(own, id, path)
        })
        .collect()
}

fn to_footprint(drawn: Drawn, id: u32, path: &Path) -> Result<Footprint, FootprintError> {
    let Drawn { number, shape, properties, .. } = drawn;
    let (outline, rectangle) = match shape {
        Shape::Dot(at) => {
            let center = PixelPoint::from_xy(at.x, at.y);
            let none = OrientedRectangle { center, length_px: 0.0, width_px: 0.0, angle_deg: 0.0 };
            (Polygon::new(LineString::new(Vec::new()), Vec::new()), none)
        }
        Shape::Outline(outline) => {
            let rectangle = OrientedRectangle::around(&outline).ok_or_else(|| FootprintError::Feature {
                path: path.to_owned(),
                number,
                reason: "its outline has no area; draw at least three corners".to_owned(),
            })?;
            (outline, rectangle)
        }
    };
    let (status, score) = (properties.status, properties.score);
    Ok(Footprint {
        structure: Structure { id, status, area_px: outline.unsigned_area(), outline, rectangle, score },
        judged: properties.judged,
        rejected: properties.rejected,
        height: properties.height,
        inferred: properties.inferred,
        group: properties.group,
        note: properties.note,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<FootprintLayer, FootprintError> {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("drawn.geojson");
        std::fs::write(&path, text).unwrap();
        load_footprints(&path)
    }

    fn feature(geometry: &str, properties: &str) -> String {
        format!(r#"{{"type":"Feature","properties":{properties},"geometry":{geometry}}}"#)
    }

    fn collection(features: &[String]) -> String {
        format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
    }

    fn polygon(ring: &str) -> String {
        format!(r#"{{"type":"Polygon","coordinates":[[{ring}]]}}"#)
    }

    /// 0.001 degrees of longitude by 0.0001 of latitude at 60 degrees north.
    const STRIP: &str = "[10,60],[10.001,60],[10.001,60.0001],[10,60.0001],[10,60]";

    #[test]
    fn degrees_become_metres_on_the_ellipsoid() {
        let layer = load(&collection(&[feature(&polygon(STRIP), r#"{"id":7}"#)])).unwrap();
        let own = &layer.footprints[0].structure;
        // At 60 degrees a degree of longitude is 55,800 m and one of latitude 111,412 m (WGS 84).
        assert!((own.rectangle.length_px - 55.80).abs() < 0.01, "{:?}", own.rectangle);
        assert!((own.rectangle.width_px - 11.141).abs() < 0.003, "{:?}", own.rectangle);
        assert!((own.area_px - 621.7).abs() < 0.3 && own.id == 7, "{own:?}");
        let place = layer.georeference.unwrap().to_lonlat(own.rectangle.center).unwrap();
        assert!((place.lon - 10.0005).abs() < 1e-7 && (place.lat - 60.00005).abs() < 1e-7, "{place:?}");
    }

    #[test]
    fn pixels_stay_pixels_and_dots_are_dots() {
        let pixels = collection(&[
            feature(&polygon("[0,0],[100,0],[100,20],[0,20],[0,0]"), r#"{"gsd_m":0.5}"#),
            feature(r#"{"type":"MultiPoint","coordinates":[[5,60],[9,60]]}"#, r#"{"kind":"tent"}"#),
        ]);
        let pixels = pixels.replacen('{', r#"{"sitedelta:coordinates":"pixel","#, 1);
        let layer = load(&pixels).unwrap();
        assert!(layer.georeference.is_none() && layer.gsd.is_some_and(|gsd| gsd.0 == 0.5));
        assert_eq!(layer.footprints.iter().map(|own| own.structure.id).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(layer.footprints[0].structure.area_px, 2000.0);
        assert!(!layer.footprints[0].is_dot() && layer.footprints[1].is_dot() && layer.footprints[2].is_dot());
    }

    #[test]
    fn a_ragged_outline_of_our_own_is_taken_with_a_warning() {
        let bow = polygon("[0,0],[4,4],[4,0],[0,5],[0,0]");
        let own =
            collection(&[feature(&bow, r#"{"score":0.5}"#)]).replacen('{', r#"{"sitedelta:coordinates":"pixel","#, 1);
        let layer = load(&own).unwrap();
        assert!(layer.warnings[0].contains("cross themselves: 1"), "{:?}", layer.warnings);
    }

    #[test]
    fn nothing_drawn_is_an_empty_layer() {
        assert!(load(&collection(&[])).unwrap().footprints.is_empty());
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        let strip = || feature(&polygon(STRIP), "{}");
        let twice = [feature(&polygon(STRIP), r#"{"id":3}"#), feature(&polygon(STRIP), r#"{"id":3}"#)];
        let far = feature(&polygon("[12,60],[12.001,60],[12.001,60.0001],[12,60]"), "{}");
        let opposite = feature(&polygon("[-170,60],[-170.001,60],[-170.001,60.0001],[-170,60]"), "{}");
        for (text, told) in [
            ("ncols 4".to_owned(), "export the footprints as GeoJSON"),
            (polygon(STRIP), "bare geometry"),
            (collection(&[feature("null", "{}")]), "feature 1: it has no geometry"),
            (
                collection(&[strip(), feature(r#"{"type":"LineString","coordinates":[[1,2],[3,4]]}"#, "{}")]),
                "feature 2: it is a LineString",
            ),
            (collection(&[feature(&polygon("[10,60],[10,60],[10,60],[10,60]"), "{}")]), "no area"),
            (collection(&[feature(&polygon("[0,0],[1,1],[1,0],[0,2],[0,0]"), "{}")]), "crosses itself"),
            (collection(&[feature(&polygon(STRIP), r#"{"kind":"castle"}"#)]), "barracks"),
            (collection(&twice), "id 3"),
            (collection(&[strip(), far]), "split it"),
            (collection(&[strip(), opposite]), "split it"),
            (
                collection(&[feature(&polygon("[614010,1385990],[614020,1],[2,3],[614010,1385990]"), "{}")]),
                "longitude first",
            ),
            (
                collection(&[feature(&polygon(STRIP), r#"{"gsd_m":0.5}"#), feature(&polygon(STRIP), r#"{"gsd_m":1}"#)]),
                "as well as",
            ),
        ] {
            let message = load(&text).unwrap_err().to_string();
            assert!(message.contains(told), "{told}: {message}");
        }
    }
}
