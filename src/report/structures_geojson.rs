//! `structures.geojson`: outlines with everything told of them.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use geo::{LineString, Winding};
use serde::Serialize;

use crate::raster::crs::{CrsError, Georeference};
use crate::raster::point::PixelPoint;
use crate::report::structure_record::StructureRecord;
use crate::report::wording::SMALL_CAVEAT;
use crate::report::{Report, ReportError, write_error};

/// What the coordinates of an image without georeference mean.
const PIXEL_NOTE: &str = "coordinates are pixels of the after image, x right, y down, (0, 0) at the outer corner of the \
                          top-left pixel; this is not RFC 7946";

/// Decimals of longitude and latitude: about a centimetre.
const DEGREE_DECIMALS: i32 = 7;

/// Decimals of pixel coordinates.
const PIXEL_DECIMALS: i32 = 3;

#[derive(Serialize)]
struct Collection<'a> {
    r#type: &'static str,
    #[serde(rename = "sitedelta:coordinates", skip_serializing_if = "Option::is_none")]
    coordinates: Option<&'static str>,
    #[serde(rename = "sitedelta:note", skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
    #[serde(rename = "sitedelta:caveat")]
    caveat: &'static str,
    features: Vec<Feature<'a>>,
}

#[derive(Serialize)]
struct Feature<'a> {
    r#type: &'static str,
    id: u32,
    geometry: Geometry,
    properties: &'a StructureRecord<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Vec<[f64; 2]>>),
    Point([f64; 2]),
}

/// Writes the outlines: WGS 84 longitude and latitude, exterior rings anticlockwise (RFC 7946), where the after image is
/// georeferenced; else pixels, and says so.
pub(super) fn write_outlines(report: &Report, path: &Path) -> Result<(), ReportError> {
    let georeference = report.analysis.scenes.after.description().georeference.as_ref();
    write_layer(&report.records, georeference, path)
}

/// Writes the outlines of any records; a structure without outline is a point.
pub(super) fn write_layer(
    records: &[StructureRecord],
    georeference: Option<&Georeference>,
    path: &Path,
) -> Result<(), ReportError> {
    let features: Result<Vec<_>, CrsError> = records.iter().map(|record| feature(record, georeference)).collect();
    let in_pixels = georeference.is_none();
    let collection = Collection {
        r#type: "FeatureCollection",
        coordinates: in_pixels.then_some("pixel"),
        note: in_pixels.then_some(PIXEL_NOTE),
        caveat: SMALL_CAVEAT,
        features: features?,
    };
    let file = File::create(path).map_err(|error| write_error(path, error))?;
    let mut file = BufWriter::new(file);
    serde_json::to_writer(&mut file, &collection).map_err(|error| write_error(path, error))?;
    file.write_all(b"\n").and_then(|()| file.flush()).map_err(|error| write_error(path, error))
}

fn feature<'a>(record: &'a StructureRecord<'a>, georeference: Option<&Georeference>) -> Result<Feature<'a>, CrsError> {
    let structure = &record.measured.structure;
    let outline = &structure.outline;
    let geometry = if outline.exterior().0.is_empty() {
        Geometry::Point(place(structure.rectangle.center, georeference)?)
    } else {
        let mut rings = vec![ring(outline.exterior(), georeference, Turn::Anticlockwise)?];
        for hole in outline.interiors() {
            rings.push(ring(hole, georeference, Turn::Clockwise)?);
        }
        Geometry::Polygon(rings)
    };
    Ok(Feature { r#type: "Feature", id: record.id, geometry, properties: record })
}

/// Which way a ring goes round, seen with the second coordinate up.
enum Turn {
    Anticlockwise,
    Clockwise,
}

fn ring(line: &LineString<f64>, georeference: Option<&Georeference>, turn: Turn) -> Result<Vec<[f64; 2]>, CrsError> {
    let places: Result<Vec<[f64; 2]>, CrsError> =
        line.coords().map(|point| place(PixelPoint::from_xy(point.x, point.y), georeference)).collect();
    let mut placed: LineString<f64> = places?.into_iter().collect();
    match turn {
        Turn::Anticlockwise => placed.make_ccw_winding(),
        Turn::Clockwise => placed.make_cw_winding(),
    }
    Ok(placed.coords().map(|point| [point.x, point.y]).collect())
}

/// A place as it is written, rounded.
fn place(point: PixelPoint, georeference: Option<&Georeference>) -> Result<[f64; 2], CrsError> {
    let (place, decimals) = match georeference {
        None => ([point.x, point.y], PIXEL_DECIMALS),
        Some(georeference) => {
            let place = georeference.to_lonlat(point)?;
            ([place.lon, place.lat], DEGREE_DECIMALS)
        }
    };
    let unit = 10f64.powi(decimals);
    Ok(place.map(|value| (value * unit).round() / unit))
}
