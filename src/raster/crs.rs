//! Coordinate reference systems, and the way from any of them to WGS 84 longitude and latitude.

use std::sync::Arc;

use proj4rs::Proj;
use thiserror::Error;

use crate::raster::geotransform::GeoTransform;
use crate::raster::point::{LonLat, MapPoint, PixelPoint};

/// What can go wrong between map coordinates and the ellipsoid.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum CrsError {
    /// The code is not in the table of known systems.
    #[error("EPSG:{code} is not a known coordinate reference system; reproject the image to a UTM zone or EPSG:4326")]
    UnknownCode {
        /// The EPSG code found.
        code: u32,
    },
    /// The system is known, but its projection is not supported.
    #[error(
        "coordinate reference system {name} is not supported ({reason}); reproject the image to a UTM zone or EPSG:4326"
    )]
    Unsupported {
        /// Name or definition of the system.
        name: String,
        /// What the projection library says.
        reason: String,
    },
    /// A point lies outside the area where the projection is defined.
    #[error("map point ({x}, {y}) cannot be transformed from {from} to {to}")]
    OutsideDomain {
        /// Map x of the point.
        x: f64,
        /// Map y of the point.
        y: f64,
        /// System the point was given in.
        from: String,
        /// System asked for.
        to: String,
    },
}

/// A coordinate reference system that can be transformed to and from WGS 84.
///
/// Axis order is always x east (or longitude), y north (or latitude), as GeoTIFF stores it, whatever the EPSG
/// definition says. Datum shifts follow the PROJ.4 definition (three or seven parameters, no grids): absolute positions
/// may be off by some metres on old datums, which registration from the pixels removes.
#[derive(Clone)]
pub struct Crs {
    name: String,
    epsg: Option<u32>,
    projection: Arc<Proj>,
}

impl std::fmt::Debug for Crs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Crs({})", self.name)
    }
}

impl PartialEq for Crs {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Crs {
    /// Looks a system up by its EPSG code.
    ///
    /// # Errors
    /// [`CrsError::UnknownCode`] when the code is in no table, [`CrsError::Unsupported`] when its projection is not
    /// implemented.
    pub fn from_epsg(code: u32) -> Result<Self, CrsError> {
        let definition =
            u16::try_from(code).ok().and_then(crs_definitions::from_code).ok_or(CrsError::UnknownCode { code })?;
        let name = format!("EPSG:{code}");
        Ok(Crs { projection: parse(definition.proj4, &name)?, name, epsg: Some(code) })
    }

    /// Makes a system from a PROJ.4 string such as `+proj=utm +zone=29 +datum=WGS84`.
    ///
    /// # Errors
    /// [`CrsError::Unsupported`] when the string cannot be parsed.
    pub fn from_proj_string(definition: &str) -> Result<Self, CrsError> {
        Ok(Crs { projection: parse(definition, definition)?, name: definition.to_owned(), epsg: None })
    }

    /// `EPSG:32629`, or the definition where there is no code.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The EPSG code, when the system came from one.
    pub fn epsg(&self) -> Option<u32> {
        self.epsg
    }

    /// True when coordinates are longitude and latitude in degrees.
    pub fn is_geographic(&self) -> bool {
        self.projection.is_latlong()
    }

    /// The WGS 84 position of a map point.
    ///
    /// # Errors
    /// [`CrsError::OutsideDomain`] when the projection is not defined there.
    pub fn to_lonlat(&self, point: MapPoint) -> Result<LonLat, CrsError> {
        let there = self.transform(point, &Crs::wgs84())?;
        Ok(LonLat { lon: there.x, lat: there.y })
    }

    /// The map point of a WGS 84 position.
    ///
    /// # Errors
    /// [`CrsError::OutsideDomain`] when the projection is not defined there.
    pub fn from_lonlat(&self, place: LonLat) -> Result<MapPoint, CrsError> {
        Crs::wgs84().transform(MapPoint { x: place.lon, y: place.lat }, self)
    }

    /// The same place in another system.
    ///
    /// # Errors
    /// [`CrsError::OutsideDomain`] when either projection is not defined there.
    pub fn transform(&self, point: MapPoint, to: &Crs) -> Result<MapPoint, CrsError> {
        if self == to {
            return Ok(point);
        }
        let outside =
            || CrsError::OutsideDomain { x: point.x, y: point.y, from: self.name.clone(), to: to.name.clone() };
        let (into, out_of) = (self.radians_per_unit(), to.radians_per_unit());
        let mut place = (point.x * into, point.y * into, 0.0);
        proj4rs::transform::transform(&self.projection, &to.projection, &mut place).map_err(|_| outside())?;
        let there = MapPoint { x: place.0 / out_of, y: place.1 / out_of };
        (there.x.is_finite() && there.y.is_finite()).then_some(there).ok_or_else(outside)
    }

    fn radians_per_unit(&self) -> f64 {
        if self.is_geographic() { 1f64.to_radians() } else { 1.0 }
    }

    /// Longitude and latitude on WGS 84, EPSG:4326.
    pub fn wgs84() -> Crs {
        Crs::from_epsg(4326).expect("invariant: EPSG:4326 is in the table")
    }
}

fn parse(definition: &str, name: &str) -> Result<Arc<Proj>, CrsError> {
    Proj::from_proj_string(definition)
        .map(Arc::new)
        .map_err(|error| CrsError::Unsupported { name: name.to_owned(), reason: error.to_string() })
}

/// Where an image lies on the earth: a geotransform into a coordinate reference system.
#[derive(Clone, Debug, PartialEq)]
pub struct Georeference {
    /// From pixels to map coordinates.
    pub transform: GeoTransform,
    /// The system of the map coordinates.
    pub crs: Crs,
}

impl Georeference {
    /// The WGS 84 position of a place in the image.
    ///
    /// # Errors
    /// [`CrsError::OutsideDomain`] when the projection is not defined there.
    pub fn to_lonlat(&self, point: PixelPoint) -> Result<LonLat, CrsError> {
        self.crs.to_lonlat(self.transform.to_map(point))
    }

    /// The place in the image of a WGS 84 position; it may lie outside the image.
    ///
    /// # Errors
    /// [`CrsError::OutsideDomain`] when the projection is not defined there.
    pub fn from_lonlat(&self, place: LonLat) -> Result<PixelPoint, CrsError> {
        Ok(self.transform.to_pixel(self.crs.from_lonlat(place)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utm_round_trip_near_bamako() {
        let utm = Crs::from_epsg(32629).expect("invariant: a UTM zone is known");
        let place = LonLat { lon: -7.9499, lat: 12.5335 };
        let map = utm.from_lonlat(place).expect("invariant: inside the zone");
        // Easting of 1.05 degrees east of the central meridian at this latitude, by the UTM series.
        assert!((map.x - 614_080.0).abs() < 200.0, "{map:?}");
        let back = utm.to_lonlat(map).expect("invariant: inside the zone");
        assert!((back.lon - place.lon).abs() < 1e-9 && (back.lat - place.lat).abs() < 1e-9);
    }

    #[test]
    fn an_unknown_code_is_named() {
        let error = Crs::from_epsg(999_999).expect_err("invariant: no such code");
        assert!(error.to_string().contains("EPSG:999999"));
    }
}
