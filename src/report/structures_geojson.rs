//! `structures.geojson`: outlines with everything told of them.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use geo::{LineString, Winding};
use serde::Serialize;

use crate::raster::crs::{CrsError, Georeference};
use crate::raster::point::PixelPoint;
use crate::report::structure_record::StructureRecord;
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
struct Geometry {
    r#type: &'static str,
    coordinates: Vec<Vec<[f64; 2]>>,
}

/// Writes the outlines: WGS 84 longitude and latitude, exterior rings anticlockwise (RFC 7946), where the after image is
/// georeferenced; else pixels, and says so.
pub(super) fn write_outlines(report: &Report, path: &Path) -> Result<(), ReportError> {
    let georeference = report.analysis.scenes.after.description().georeference.as_ref();
    let features: Result<Vec<_>, CrsError> =
        report.records.iter().map(|record| feature(record, georeference)).collect();
    let in_pixels = georeference.is_none();
    let collection = Collection {
        r#type: "FeatureCollection",
        coordinates: in_pixels.then_some("pixel"),
        note: in_pixels.then_some(PIXEL_NOTE),
        features: features?,
    };
    let file = File::create(path).map_err(|error| write_error(path, error))?;
    let mut file = BufWriter::new(file);
    serde_json::to_writer(&mut file, &collection).map_err(|error| write_error(path, error))?;
    file.write_all(b"\n").and_then(|()| file.flush()).map_err(|error| write_error(path, error))
}

fn feature<'a>(record: &'a StructureRecord<'a>, georeference: Option<&Georeference>) -> Result<Feature<'a>, CrsError> {
    let outline = &record.measured.structure.outline;
    let mut coordinates = vec![ring(outline.exterior(), georeference, Turn::Anticlockwise)?];
    for hole in outline.interiors() {
        coordinates.push(ring(hole, georeference, Turn::Clockwise)?);
    }
    let geometry = Geometry { r#type: "Polygon", coordinates };
    Ok(Feature { r#type: "Feature", id: record.id, geometry, properties: record })
}

/// Which way a ring goes round, seen with the second coordinate up.
enum Turn {
    Anticlockwise,
    Clockwise,
}

fn ring(line: &LineString<f64>, georeference: Option<&Georeference>, turn: Turn) -> Result<Vec<[f64; 2]>, CrsError> {
    let mut placed = match georeference {
        None => line.clone(),
        Some(georeference) => {
            let places: Result<Vec<_>, _> = line
                .coords()
                .map(|point| georeference.to_lonlat(PixelPoint::from_xy(point.x, point.y)))
                .map(|place| place.map(|place| geo::coord! { x: place.lon, y: place.lat }))
                .collect();
            LineString::new(places?)
        }
    };
    match turn {
        Turn::Anticlockwise => placed.make_ccw_winding(),
        Turn::Clockwise => placed.make_cw_winding(),
    }
    let decimals = if georeference.is_some() { DEGREE_DECIMALS } else { PIXEL_DECIMALS };
    let unit = 10f64.powi(decimals);
    Ok(placed.coords().map(|point| [point.x, point.y].map(|value| (value * unit).round() / unit)).collect())
}
