//! User-defined map projections, gathered from GeoKeys or well-known text and written as a PROJ.4 definition.

use crate::raster::crs::{Crs, CrsError};

/// The figure of the earth and its tie to WGS 84, as PROJ.4 words.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Datum(pub String);

impl Datum {
    /// The datum of a geographic system known by its EPSG code.
    pub fn from_epsg(code: u32) -> Option<Self> {
        let definition = crs_definitions::from_code(u16::try_from(code).ok()?)?.proj4;
        let kept = ["+datum=", "+ellps=", "+towgs84=", "+a=", "+b=", "+rf=", "+R=", "+pm="];
        let words = definition.split_whitespace().filter(|word| kept.iter().any(|start| word.starts_with(start)));
        let words: Vec<&str> = words.collect();
        (!words.is_empty()).then(|| Datum(words.join(" ")))
    }

    /// WGS 84 and the datums that name it, whose differences are below a metre.
    pub fn wgs84() -> Self {
        Datum("+datum=WGS84".to_owned())
    }

    /// A bare ellipsoid: semi-major axis in metres and inverse flattening, 0 for a sphere; with the shift to WGS 84
    /// where it is known.
    pub fn from_ellipsoid(semi_major: f64, inverse_flattening: f64, to_wgs84: Option<&[f64]>) -> Self {
        let shape = if inverse_flattening == 0.0 {
            format!("+a={semi_major} +b={semi_major}")
        } else {
            format!("+a={semi_major} +rf={inverse_flattening}")
        };
        let shift = to_wgs84.map(|shift| shift.iter().map(f64::to_string).collect::<Vec<_>>().join(","));
        Datum(shift.map_or(shape.clone(), |shift| format!("{shape} +towgs84={shift}")))
    }
}

/// Projection methods that occur in imagery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    TransverseMercator,
    LambertConic,
    AlbersEqualArea,
    LambertAzimuthalEqualArea,
    Mercator,
    WebMercator,
    PolarStereographic,
    ObliqueStereographic,
    EquidistantCylindrical,
    Sinusoidal,
}

/// A projection with its parameters: angles in degrees, offsets in map units; `None` where the file is silent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ProjectedSystem {
    pub datum: Datum,
    pub method: Method,
    pub latitude_of_origin: Option<f64>,
    pub central_meridian: Option<f64>,
    pub standard_parallels: [Option<f64>; 2],
    pub scale: Option<f64>,
    pub false_easting: f64,
    pub false_northing: f64,
    /// Metres of one map unit.
    pub unit_m: f64,
}

impl ProjectedSystem {
    /// The projection as a coordinate reference system.
    ///
    /// # Errors
    /// [`CrsError::Unsupported`] when the projection library does not take the definition.
    pub fn to_crs(&self) -> Result<Crs, CrsError> {
        Crs::from_proj_string(&self.definition())
    }

    fn definition(&self) -> String {
        let name = match self.method {
            Method::TransverseMercator => "tmerc",
            Method::LambertConic => "lcc",
            Method::AlbersEqualArea => "aea",
            Method::LambertAzimuthalEqualArea => "laea",
            Method::Mercator | Method::WebMercator => "merc",
            Method::PolarStereographic => "stere",
            Method::ObliqueStereographic => "sterea",
            Method::EquidistantCylindrical => "eqc",
            Method::Sinusoidal => "sinu",
        };
        if self.method == Method::WebMercator {
            return "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null \
                    +no_defs"
                .to_owned();
        }
        let mut words = vec![format!("+proj={name}")];
        let mut word = |key: &str, value: Option<f64>| words.extend(value.map(|v| format!("+{key}={v}")));
        let [first, second] = self.standard_parallels;
        match self.method {
            Method::PolarStereographic => {
                // Variant A states a scale at the pole, variant B a standard parallel (EPSG guidance note 7-2).
                let parallel = first.or(self.latitude_of_origin.filter(|lat| lat.abs() < 90.0));
                let south = parallel.or(self.latitude_of_origin).is_some_and(|lat| lat < 0.0);
                word("lat_0", Some(if south { -90.0 } else { 90.0 }));
                word("lat_ts", parallel);
            }
            Method::Mercator | Method::EquidistantCylindrical => word("lat_ts", first),
            Method::LambertConic => {
                word("lat_0", self.latitude_of_origin);
                word("lat_1", first.or(self.latitude_of_origin));
                word("lat_2", second);
            }
            _ => {
                word("lat_0", self.latitude_of_origin);
                word("lat_1", first);
                word("lat_2", second);
            }
        }
        word("lon_0", self.central_meridian);
        word("k_0", self.scale);
        // PROJ takes false origins in metres whatever the unit of the map.
        word("x_0", Some(self.false_easting * self.unit_m));
        word("y_0", Some(self.false_northing * self.unit_m));
        words.push(self.datum.0.clone());
        if self.unit_m != 1.0 {
            words.push(format!("+to_meter={}", self.unit_m));
        }
        words.push("+no_defs".to_owned());
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::point::LonLat;

    fn blank(method: Method) -> ProjectedSystem {
        ProjectedSystem {
            datum: Datum::wgs84(),
            method,
            latitude_of_origin: None,
            central_meridian: None,
            standard_parallels: [None, None],
            scale: None,
            false_easting: 0.0,
            false_northing: 0.0,
            unit_m: 1.0,
        }
    }

    /// The user-defined twin of an EPSG system gives the same coordinates.
    fn assert_twin(system: ProjectedSystem, epsg: u32, at: LonLat) {
        let ours = system.to_crs().unwrap().from_lonlat(at).unwrap();
        let known = Crs::from_epsg(epsg).unwrap().from_lonlat(at).unwrap();
        let apart = (ours.x - known.x).hypot(ours.y - known.y);
        assert!(apart < 1e-3, "{apart}: {} gives {ours:?}, EPSG:{epsg} {known:?}", system.definition());
    }

    #[test]
    fn definitions_agree_with_the_epsg_table() {
        let utm = ProjectedSystem {
            latitude_of_origin: Some(0.0),
            central_meridian: Some(-9.0),
            scale: Some(0.9996),
            false_easting: 500_000.0,
            ..blank(Method::TransverseMercator)
        };
        assert_twin(utm, 32629, LonLat { lon: -7.95, lat: 12.53 });
        let antarctic = ProjectedSystem {
            standard_parallels: [Some(-71.0), None],
            central_meridian: Some(0.0),
            ..blank(Method::PolarStereographic)
        };
        assert_twin(antarctic, 3031, LonLat { lon: 30.0, lat: -75.0 });
        let europe = ProjectedSystem {
            datum: Datum::from_epsg(4258).unwrap(),
            latitude_of_origin: Some(52.0),
            central_meridian: Some(10.0),
            false_easting: 4_321_000.0,
            false_northing: 3_210_000.0,
            ..blank(Method::LambertAzimuthalEqualArea)
        };
        assert_twin(europe, 3035, LonLat { lon: 11.6, lat: 48.1 });
        assert_twin(blank(Method::WebMercator), 3857, LonLat { lon: 11.6, lat: 48.1 });
    }

    #[test]
    fn feet_and_two_parallels() {
        // New York Long Island, EPSG:2263, in US survey feet.
        let new_york = ProjectedSystem {
            datum: Datum::from_epsg(4269).unwrap(),
            latitude_of_origin: Some(40.0 + 1.0 / 6.0),
            central_meridian: Some(-74.0),
            standard_parallels: [Some(41.0 + 1.0 / 30.0), Some(40.0 + 2.0 / 3.0)],
            false_easting: 984_250.0,
            unit_m: 1200.0 / 3937.0,
            ..blank(Method::LambertConic)
        };
        assert_twin(new_york, 2263, LonLat { lon: -73.9, lat: 40.7 });
    }
}
