//! What the coordinates of a GeoJSON file mean.

use serde_json::Value;

use crate::raster::crs::{Crs, CrsError};

/// Top-level member of a GeoJSON file whose coordinates are pixels, and its value.
const PIXEL_MARK: (&str, &str) = ("sitedelta:coordinates", "pixel");

/// What the coordinates mean.
pub(super) enum Coordinates {
    /// Pixels, x right, y down.
    Pixels,
    /// A place on the earth.
    Map(Crs),
}

/// Coordinates that nobody can place.
pub(super) enum CoordinatesError {
    /// What is wrong with the file.
    Unknown(String),
    /// A reference system that is not supported.
    Crs(CrsError),
}

/// Tells what the coordinates of a file are: WGS 84 longitude and latitude, unless it says otherwise.
pub(super) fn coordinates_of(file: &Value) -> Result<Coordinates, CoordinatesError> {
    match file.get(PIXEL_MARK.0).map(|mark| mark.as_str()) {
        Some(Some(mark)) if mark == PIXEL_MARK.1 => return Ok(Coordinates::Pixels),
        Some(mark) => {
            let reason = format!("\"{}\" is {:?}, not \"pixel\"", PIXEL_MARK.0, mark.unwrap_or("no text"));
            return Err(CoordinatesError::Unknown(reason));
        }
        None => {}
    }
    // GeoJSON of 2008, which QGIS and ogr2ogr still write on request.
    let Some(name) = file.pointer("/crs/properties/name").and_then(|name| name.as_str()) else {
        return Ok(Coordinates::Map(Crs::wgs84()));
    };
    if name.ends_with("CRS84") {
        return Ok(Coordinates::Map(Crs::wgs84()));
    }
    let code = name.rsplit(':').next().and_then(|code| code.parse().ok());
    let unknown = || CoordinatesError::Unknown(format!("its coordinate reference system {name} is not known"));
    let code = code.ok_or_else(unknown)?;
    Crs::from_epsg(code).map(Coordinates::Map).map_err(CoordinatesError::Crs)
}
