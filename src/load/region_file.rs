//! Reads areas that a user drew: GeoJSON or KML in WGS 84, or GeoJSON in pixels.

use std::path::{Path, PathBuf};

use geo::{BoundingRect, Coord, Geometry, LineString, MapCoords, MultiPolygon, Polygon};
use geojson::GeoJson;
use kml::types::Geometry as KmlGeometry;
use kml::{Kml, KmlReader};
use thiserror::Error;

use crate::load::geojson_coordinates::{self, Coordinates, CoordinatesError};
use crate::raster::crs::{Crs, CrsError, Georeference};
use crate::raster::point::MapPoint;
use crate::scene::Scene;

/// Largest file read; an area drawn by hand has a few kilobytes.
const LONGEST: u64 = 64 << 20;
/// Deepest nesting of KML elements accepted; the parser recurses.
const DEEPEST: usize = 200;

/// An area that cannot be read or used.
#[derive(Debug, Error)]
pub enum RegionError {
    /// The file cannot be opened or read.
    #[error("cannot read the area {}: {source}; check the path", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// The content is neither GeoJSON nor KML.
    #[error("{} is no GeoJSON or KML: {reason}; export the area again as GeoJSON in WGS 84", path.display())]
    NotARegion {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The file holds points or lines, or nothing.
    #[error("{} holds no polygon ({found}); draw the area as a polygon", path.display())]
    NoPolygon {
        /// The file.
        path: PathBuf,
        /// What it holds instead.
        found: String,
    },
    /// Geographic coordinates for an image that has no place on the earth.
    #[error(
        "{} is in longitude and latitude, but {image} has no georeference; draw the area in pixels of {image}, as \
         GeoJSON with \"sitedelta:coordinates\": \"pixel\" at the top", path.display()
    )]
    NeedsGeoreference {
        /// The file.
        path: PathBuf,
        /// The image.
        image: String,
    },
    /// Numbers that are no longitude and latitude.
    #[error(
        "{}: ({x}, {y}) is no longitude and latitude; GeoJSON is longitude first, in degrees: export it in WGS 84 \
         (EPSG:4326)", path.display()
    )]
    NotGeographic {
        /// The file.
        path: PathBuf,
        /// First coordinate.
        x: f64,
        /// Second coordinate.
        y: f64,
    },
    /// An area that lies nowhere in the image.
    #[error(
        "the area in {} lies outside {image}: pixels x {left:.0} to {right:.0}, y {top:.0} to {bottom:.0} of an image of \
         {width} x {height}; check the place", path.display()
    )]
    OutsideImage {
        /// The file.
        path: PathBuf,
        /// The image.
        image: String,
        /// Bounds of the area in the image's pixels.
        left: f64,
        /// See `left`.
        right: f64,
        /// See `left`.
        top: f64,
        /// See `left`.
        bottom: f64,
        /// Columns of the image.
        width: usize,
        /// Rows of the image.
        height: usize,
    },
    /// A place that cannot be brought into the image's coordinate reference system.
    #[error("the area in {} cannot be placed: {source}", path.display())]
    Crs {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: CrsError,
    },
}

/// Reads an area of interest, or a mask, into pixels of the after image.
///
/// - Input: GeoJSON (a geometry, feature or collection) or KML; told apart by content. Longitude and latitude on
///   WGS 84, or the EPSG code in a `crs` member of older GeoJSON; or pixels of the after image (x right, y down) where
///   the top level says `"sitedelta:coordinates": "pixel"`.
/// - Output: all polygons of the file, which may reach beyond the image.
///
/// Only corners are transformed: an edge of many kilometres is straight in the image rather than on the map.
///
/// # Errors
/// [`RegionError`]: unreadable, not GeoJSON or KML, without polygons, geographic for an image without georeference, no
/// longitudes and latitudes, or entirely outside the image.
pub fn load_region(path: &Path, after: &Scene) -> Result<MultiPolygon<f64>, RegionError> {
    let text = read_text(path)?;
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let (polygons, coordinates) = match start.chars().next() {
        Some('{') => read_geojson(path, start)?,
        Some('<') => (read_kml(path, start)?, Coordinates::Map(Crs::wgs84())),
        _ => return Err(not_a_region(path, "it begins with neither { nor <")),
    };
    let placed = match coordinates {
        Coordinates::Pixels => MultiPolygon::new(polygons),
        Coordinates::Map(crs) => place(path, after, MultiPolygon::new(polygons), &crs)?,
    };
    check_inside(path, after, placed)
}

fn read_text(path: &Path) -> Result<String, RegionError> {
    let failed = |source| RegionError::Unreadable { path: path.to_owned(), source };
    let length = path.metadata().map_err(failed)?.len();
    if length > LONGEST {
        return Err(not_a_region(path, format!("{length} bytes are too many for an area drawn by hand")));
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    match bytes.starts_with(b"PK\x03\x04") {
        true => Err(not_a_region(path, "it is a ZIP archive: unpack the KML from the KMZ")),
        false => String::from_utf8(bytes).map_err(|_| not_a_region(path, "it is not text in UTF-8")),
    }
}

fn not_a_region(path: &Path, reason: impl ToString) -> RegionError {
    RegionError::NotARegion { path: path.to_owned(), reason: reason.to_string() }
}

fn read_geojson(path: &Path, text: &str) -> Result<(Vec<Polygon<f64>>, Coordinates), RegionError> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|e| not_a_region(path, e))?;
    let coordinates = coordinates_of(path, &value)?;
    let json: GeoJson = text.parse().map_err(|e: geojson::Error| not_a_region(path, e))?;
    let geometries: Vec<geojson::Geometry> = match json {
        GeoJson::Geometry(geometry) => vec![geometry],
        GeoJson::Feature(feature) => feature.geometry.into_iter().collect(),
        GeoJson::FeatureCollection(all) => all.features.into_iter().filter_map(|f| f.geometry).collect(),
    };
    let (mut polygons, mut others) = (Vec::new(), Vec::new());
    for geometry in geometries {
        let kind = geometry.value.type_name();
        let geometry = Geometry::<f64>::try_from(geometry).map_err(|e| not_a_region(path, e))?;
        let before = polygons.len();
        gather(geometry, &mut polygons);
        if polygons.len() == before {
            others.push(kind);
        }
    }
    some_polygons(path, polygons, &others).map(|polygons| (polygons, coordinates))
}

fn gather(geometry: Geometry<f64>, polygons: &mut Vec<Polygon<f64>>) {
    match geometry {
        Geometry::Polygon(polygon) => polygons.push(polygon),
        Geometry::MultiPolygon(many) => polygons.extend(many),
        Geometry::GeometryCollection(all) => all.into_iter().for_each(|geometry| gather(geometry, polygons)),
        _ => {}
    }
}

fn some_polygons(path: &Path, polygons: Vec<Polygon<f64>>, others: &[&str]) -> Result<Vec<Polygon<f64>>, RegionError> {
    // Three corners and the first again.
    let sound: Vec<Polygon<f64>> = polygons.into_iter().filter(|p| p.exterior().0.len() >= 4).collect();
    if sound.is_empty() {
        let found = match others.first() {
            Some(kind) => format!("{} other geometries, the first a {kind}", others.len()),
            None => "no geometry at all".to_owned(),
        };
        return Err(RegionError::NoPolygon { path: path.to_owned(), found });
    }
    Ok(sound)
}

fn coordinates_of(path: &Path, value: &serde_json::Value) -> Result<Coordinates, RegionError> {
    geojson_coordinates::coordinates_of(value).map_err(|error| match error {
        CoordinatesError::Unknown(reason) => not_a_region(path, reason),
        CoordinatesError::Crs(source) => RegionError::Crs { path: path.to_owned(), source },
    })
}

fn read_kml(path: &Path, text: &str) -> Result<Vec<Polygon<f64>>, RegionError> {
    if !text.contains("kml") && !text.contains("Polygon") {
        return Err(not_a_region(path, "it is XML, but no KML"));
    }
    if nesting(text) > DEEPEST {
        return Err(not_a_region(path, format!("its elements are nested more than {DEEPEST} deep")));
    }
    let root = KmlReader::<_, f64>::from_string(text).read().map_err(|e| not_a_region(path, e))?;
    let (mut polygons, mut others) = (Vec::new(), Vec::new());
    gather_kml(root, &mut polygons, &mut others);
    some_polygons(path, polygons, &others)
}

fn gather_kml(element: Kml, polygons: &mut Vec<Polygon<f64>>, others: &mut Vec<&'static str>) {
    match element {
        Kml::KmlDocument(document) => document.elements.into_iter().for_each(|e| gather_kml(e, polygons, others)),
        Kml::Document { elements, .. } => elements.into_iter().for_each(|e| gather_kml(e, polygons, others)),
        Kml::Folder(folder) => folder.elements.into_iter().for_each(|e| gather_kml(e, polygons, others)),
        Kml::Placemark(place) => place.geometry.into_iter().for_each(|g| gather_kml_geometry(g, polygons, others)),
        Kml::Polygon(polygon) => polygons.push(polygon_of_kml(polygon)),
        Kml::MultiGeometry(many) => {
            many.geometries.into_iter().for_each(|g| gather_kml_geometry(g, polygons, others));
        }
        _ => {}
    }
}

fn gather_kml_geometry(geometry: KmlGeometry, polygons: &mut Vec<Polygon<f64>>, others: &mut Vec<&'static str>) {
    match geometry {
        KmlGeometry::Polygon(polygon) => polygons.push(polygon_of_kml(polygon)),
        KmlGeometry::MultiGeometry(many) => {
            many.geometries.into_iter().for_each(|g| gather_kml_geometry(g, polygons, others));
        }
        KmlGeometry::Point(_) => others.push("Point"),
        KmlGeometry::LineString(_) | KmlGeometry::LinearRing(_) => others.push("line"),
        _ => others.push("model"),
    }
}

fn polygon_of_kml(polygon: kml::types::Polygon) -> Polygon<f64> {
    let ring = |ring: kml::types::LinearRing| {
        LineString::new(ring.coords.into_iter().map(|c| Coord { x: c.x, y: c.y }).collect())
    };
    Polygon::new(ring(polygon.outer), polygon.inner.into_iter().map(ring).collect())
}

/// The deepest nesting of XML elements; comments and CDATA count for nothing.
fn nesting(text: &str) -> usize {
    let (mut rest, mut depth, mut deepest) = (text, 0usize, 0);
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<![CDATA[") => "]]>",
            _ => ">",
        };
        let Some(length) = rest.find(end) else { break };
        let tag = &rest[..length];
        if tag.starts_with("</") {
            depth = depth.saturating_sub(1);
        } else if !tag.starts_with("<!") && !tag.starts_with("<?") && !tag.ends_with('/') {
            depth += 1;
            deepest = deepest.max(depth);
        }
        rest = &rest[length + end.len()..];
    }
    deepest
}

fn place(path: &Path, after: &Scene, area: MultiPolygon<f64>, crs: &Crs) -> Result<MultiPolygon<f64>, RegionError> {
    let Some(georeference) = &after.description().georeference else {
        let image = after.description().name.clone();
        return Err(RegionError::NeedsGeoreference { path: path.to_owned(), image });
    };
    area.try_map_coords(|at| {
        if crs.is_geographic() && !(at.x.abs() <= 360.0 && at.y.abs() <= 90.0) {
            return Err(RegionError::NotGeographic { path: path.to_owned(), x: at.x, y: at.y });
        }
        place_point(georeference, crs, at).map_err(|source| RegionError::Crs { path: path.to_owned(), source })
    })
}

fn place_point(georeference: &Georeference, crs: &Crs, at: Coord<f64>) -> Result<Coord<f64>, CrsError> {
    let map = crs.transform(MapPoint { x: at.x, y: at.y }, &georeference.crs)?;
    let point = georeference.transform.to_pixel(map);
    Ok(Coord { x: point.x, y: point.y })
}

fn check_inside(path: &Path, after: &Scene, area: MultiPolygon<f64>) -> Result<MultiPolygon<f64>, RegionError> {
    let not_finite = area.iter().any(|p| p.exterior().coords().any(|at| !at.x.is_finite() || !at.y.is_finite()));
    let Some(bounds) = area.bounding_rect().filter(|_| !not_finite) else {
        return Err(not_a_region(path, "its coordinates are not finite"));
    };
    let (width, height) = (after.size().width, after.size().height);
    let (min, max) = (bounds.min(), bounds.max());
    if max.x <= 0.0 || max.y <= 0.0 || min.x >= width as f64 || min.y >= height as f64 {
        let image = after.description().name.clone();
        let (left, right, top, bottom) = (min.x, max.x, min.y, max.y);
        let path = path.to_owned();
        return Err(RegionError::OutsideImage { path, image, left, right, top, bottom, width, height });
    }
    Ok(area)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::Raster;
    use crate::raster::geotransform::GeoTransform;
    use crate::raster::point::PixelPoint;
    use geo::Area;
    use ndarray::Array3;

    fn bare() -> Scene {
        Scene::from_raster("after.tif", Raster::all_valid(Array3::zeros((1, 100, 200))))
    }

    fn placed() -> Scene {
        let crs = Crs::from_epsg(32629).unwrap();
        let transform = GeoTransform::from_gdal([614_000.0, 0.5, 0.0, 1_386_000.0, 0.0, -0.5]).unwrap();
        bare().with_description(|d| d.georeference = Some(Georeference { transform, crs }))
    }

    fn load(content: &str, after: &Scene) -> Result<MultiPolygon<f64>, RegionError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("area");
        std::fs::write(&path, content).unwrap();
        load_region(&path, after)
    }

    /// Longitudes and latitudes of the rectangle of pixels (20, 10) to (60, 40), written as a ring.
    fn ring(separator: &str, between: &str) -> String {
        let georeference = placed().description().georeference.clone().unwrap();
        let corners = [(20.0, 10.0), (60.0, 10.0), (60.0, 40.0), (20.0, 40.0), (20.0, 10.0)];
        let word = |(x, y): (f64, f64)| {
            let at = georeference.to_lonlat(PixelPoint::from_xy(x, y)).unwrap();
            format!("{}{between}{}", at.lon, at.lat)
        };
        corners.map(word).join(separator)
    }

    #[test]
    fn geojson_and_kml_land_on_the_same_pixels() {
        let json = format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{}},"geometry":
            {{"type":"Polygon","coordinates":[[[{}]]]}}}}]}}"#,
            ring("],[", ",")
        );
        let kml = format!(
            r#"<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><Placemark>
            <description><![CDATA[<b>drawn<br>]]></description><Polygon><outerBoundaryIs><LinearRing><coordinates>{}
            </coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Folder></Document></kml>"#,
            ring(" ", ",")
        );
        for text in [json, kml] {
            let area = load(&text, &placed()).unwrap();
            let bounds = area.bounding_rect().unwrap();
            assert!((area.unsigned_area() - 1200.0).abs() < 0.01, "{area:?}");
            assert!((bounds.min().x - 20.0).abs() < 1e-3 && (bounds.max().y - 40.0).abs() < 1e-3);
        }
    }

    const PIXELS: &str =
        r#"{"type":"Polygon","sitedelta:coordinates":"pixel","coordinates":[[[0,0],[9,0],[9,9],[0,0]]]}"#;

    #[test]
    fn pixel_geojson_needs_no_georeference() {
        assert_eq!(load(PIXELS, &bare()).unwrap().unsigned_area(), 40.5);
        assert_eq!(load(PIXELS, &placed()).unwrap().unsigned_area(), 40.5);
    }

    #[test]
    fn an_older_crs_member_is_honoured() {
        let utm = r#"{"type":"Polygon","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::32629"}},
            "coordinates":[[[614010,1385990],[614020,1385990],[614020,1385980],[614010,1385990]]]}"#;
        let bounds = load(utm, &placed()).unwrap().bounding_rect().unwrap();
        assert_eq!((bounds.min().x, bounds.min().y), (20.0, 20.0));
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        let lonlat = PIXELS.replace(r#""sitedelta:coordinates":"pixel","#, "");
        let point = r#"{"type":"Point","coordinates":[1,2]}"#;
        let cases = [
            (lonlat.clone(), bare(), "has no georeference; draw the area in pixels"),
            (lonlat, placed(), "lies outside after.tif"),
            (point.to_owned(), placed(), "draw the area as a polygon"),
            (r#"{"type":"Polygon""#.to_owned(), placed(), "no GeoJSON or KML"),
            ("ncols 4".to_owned(), placed(), "neither { nor <"),
            ("<html><body></body></html>".to_owned(), placed(), "no KML"),
            ("<kml>".repeat(100_000), placed(), "nested more than 200 deep"),
            ("PK\x03\x04".to_owned(), placed(), "unpack the KML"),
            (
                r#"{"type":"Polygon","coordinates":[[[614010,1385990],[614020,1],[2,3],[614010,1385990]]]}"#.to_owned(),
                placed(),
                "is no longitude and latitude",
            ),
            (PIXELS.replace("pixel\"", "metre\""), bare(), "\"metre\", not \"pixel\""),
        ];
        for (content, after, expected) in cases {
            let message = load(&content, &after).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
