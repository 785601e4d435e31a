//! The coordinate reference system written in a GeoTIFF's keys[^1].
//!
//! [^1]: OGC 19-008r4, "OGC GeoTIFF Standard", version 1.1, 2019, annexes B to D.

use geotiff_reader::GeoTiffFile;
use geotiff_reader::geokeys::GeoKeyDirectory;

use crate::load::opened_image::PlacedImage;
use crate::load::proj_definition::{Datum, Method, ProjectedSystem};
use crate::load::well_known_text::{code_of_name, crs_from_well_known_text};
use crate::raster::crs::{Crs, CrsError};
use crate::raster::geotransform::GeoTransform;

/// Value of a key whose definition follows in other keys.
const USER_DEFINED: u16 = 32767;

/// Reads what a GeoTIFF knows of its place: transform, coordinate reference system, or both.
///
/// # Errors
/// [`CrsError`] when a system is named but not known.
pub(super) fn place_of_geotiff(file: &GeoTiffFile) -> Result<PlacedImage, CrsError> {
    let transform = file.transform().and_then(|t| {
        GeoTransform::from_gdal([t.origin_x, t.pixel_width, t.skew_x, t.origin_y, t.skew_y, t.pixel_height])
    });
    Ok(PlacedImage { transform, crs: crs_of_keys(file.geokeys())? })
}

/// The system named or defined by the keys; `None` when they name none.
fn crs_of_keys(keys: &GeoKeyDirectory) -> Result<Option<Crs>, CrsError> {
    let code = |id: u16| keys.get_short(id).filter(|&code| code != 0);
    match (code(3072), code(2048)) {
        (Some(USER_DEFINED), _) => projected_of_keys(keys).map(Some),
        (Some(projected), _) => Crs::from_epsg(u32::from(projected)).map(Some),
        (None, Some(geographic)) if code(1024) != Some(1) => match geographic {
            USER_DEFINED => geographic_of_keys(keys).map(Some),
            code => Crs::from_epsg(u32::from(code)).map(Some),
        },
        // A projected model that only says so in words, or in the keys of its projection.
        (None, _) if code(1024) == Some(1) => projected_of_keys(keys).map(Some),
        _ => Ok(None),
    }
}

fn citations(keys: &GeoKeyDirectory) -> impl Iterator<Item = &str> {
    [3073, 1026, 2049].into_iter().filter_map(|id| keys.get_ascii(id)).map(|text| text.trim_matches(['|', '\0', ' ']))
}

fn unsupported(keys: &GeoKeyDirectory, reason: impl Into<String>) -> CrsError {
    let name = citations(keys).find(|text| !text.is_empty()).unwrap_or("(unnamed)");
    CrsError::Unsupported { name: format!("\"{name}\""), reason: reason.into() }
}

fn geographic_of_keys(keys: &GeoKeyDirectory) -> Result<Crs, CrsError> {
    if keys.get_short(2054).is_some_and(|unit| unit != 9102 && unit != 0) {
        return Err(unsupported(keys, "its angles are not in degrees"));
    }
    Crs::from_proj_string(&format!("+proj=longlat {} +no_defs", datum_of_keys(keys)?.0))
}

fn datum_of_keys(keys: &GeoKeyDirectory) -> Result<Datum, CrsError> {
    let known = |id: u16| keys.get_short(id).filter(|&code| code != 0 && code != USER_DEFINED).map(u32::from);
    let number = |id: u16| keys.get_double(id).and_then(|values| values.first().copied());
    if let Some(datum) = known(2048).and_then(Datum::from_epsg) {
        return Ok(datum);
    }
    // Datum codes of the EPSG registry: 6326 is WGS 84, others are their geographic system's code plus 2000.
    match known(2050) {
        Some(6326) => return Ok(Datum::wgs84()),
        Some(code @ 6001..=6999) => {
            if let Some(datum) = Datum::from_epsg(code - 2000) {
                return Ok(datum);
            }
        }
        _ => {}
    }
    let inverse_flattening = number(2059).or_else(|| {
        let (major, minor) = (number(2057)?, number(2058)?);
        Some(if major == minor { 0.0 } else { major / (major - minor) })
    });
    let ellipsoid = match (known(2056), number(2057), inverse_flattening) {
        (_, Some(major), Some(flattening)) => (major, flattening),
        (Some(7030), ..) => (6_378_137.0, 298.257_223_563),
        (Some(7019), ..) => (6_378_137.0, 298.257_222_101),
        (Some(7004), ..) => (6_377_397.155, 299.152_812_8),
        (Some(7022), ..) => (6_378_388.0, 297.0),
        (Some(7024), ..) => (6_378_245.0, 298.3),
        _ => return Err(unsupported(keys, "neither its datum nor its ellipsoid is known")),
    };
    Ok(Datum::from_ellipsoid(ellipsoid.0, ellipsoid.1, keys.get_double(2062)))
}

fn projected_of_keys(keys: &GeoKeyDirectory) -> Result<Crs, CrsError> {
    for text in citations(keys) {
        // ESRI software hides the definition in the citation.
        if let Some(at) = text.find("PROJCS[") {
            return crs_from_well_known_text(&text[at..]);
        }
    }
    if let Some(code) = citations(keys).find_map(code_of_name) {
        return Crs::from_epsg(code);
    }
    // Projection codes 16001 to 16060 and 16101 to 16160 are the UTM zones, north and south.
    let utm = match keys.get_short(3074) {
        Some(code @ 16001..=16060) => Some((f64::from(code - 16000), 0.0)),
        Some(code @ 16101..=16160) => Some((f64::from(code - 16100), 10_000_000.0)),
        _ => None,
    };
    let datum = datum_of_keys(keys)?;
    if let Some((zone, false_northing)) = utm {
        let system = ProjectedSystem {
            datum,
            method: Method::TransverseMercator,
            latitude_of_origin: Some(0.0),
            central_meridian: Some(zone * 6.0 - 183.0),
            standard_parallels: [None, None],
            scale: Some(0.9996),
            false_easting: 500_000.0,
            false_northing,
            unit_m: 1.0,
        };
        return system.to_crs();
    }
    parametric_system(keys, datum)?.to_crs()
}

fn parametric_system(keys: &GeoKeyDirectory, datum: Datum) -> Result<ProjectedSystem, CrsError> {
    let number = |ids: &[u16]| ids.iter().find_map(|&id| keys.get_double(id).and_then(|v| v.first().copied()));
    // Codes of annex D, "projection method".
    let method = match keys.get_short(3075) {
        Some(1) => Method::TransverseMercator,
        Some(7) => Method::Mercator,
        Some(8 | 9) => Method::LambertConic,
        Some(10) => Method::LambertAzimuthalEqualArea,
        Some(11) => Method::AlbersEqualArea,
        Some(15) => Method::PolarStereographic,
        Some(16) => Method::ObliqueStereographic,
        Some(17) => Method::EquidistantCylindrical,
        Some(24) => Method::Sinusoidal,
        Some(code) => return Err(unsupported(keys, format!("projection method {code} is not supported"))),
        None => return Err(unsupported(keys, "it is user-defined, without a projection")),
    };
    let unit_m = match (keys.get_short(3076), number(&[3077])) {
        (_, Some(size)) => size,
        (None | Some(0 | 9001), _) => 1.0,
        (Some(9002), _) => 0.3048,
        (Some(9003), _) => 1200.0 / 3937.0,
        (Some(9036), _) => 1000.0,
        (Some(code), _) => return Err(unsupported(keys, format!("its unit of length, code {code}, is not known"))),
    };
    Ok(ProjectedSystem {
        datum,
        method,
        latitude_of_origin: number(&[3081, 3085, 3089]),
        central_meridian: number(&[3080, 3084, 3088, 3095]),
        standard_parallels: [number(&[3078]), number(&[3079])],
        scale: number(&[3092, 3093]),
        false_easting: number(&[3082, 3086, 3090]).unwrap_or(0.0),
        false_northing: number(&[3083, 3087, 3091]).unwrap_or(0.0),
        unit_m,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::point::LonLat;
    use geotiff_reader::geokeys::GeoKeyValue;

    fn keys(entries: &[(u16, GeoKeyValue)]) -> GeoKeyDirectory {
        let mut keys = GeoKeyDirectory::new();
        entries.iter().for_each(|(id, value)| keys.set(*id, value.clone()));
        keys
    }

    #[test]
    fn a_user_defined_utm_zone_is_recognised() {
        let user_defined = keys(&[
            (1024, GeoKeyValue::Short(1)),
            (2048, GeoKeyValue::Short(4326)),
            (3072, GeoKeyValue::Short(USER_DEFINED)),
            (3074, GeoKeyValue::Short(16129)),
        ]);
        let ours = crs_of_keys(&user_defined).unwrap().unwrap();
        let at = LonLat { lon: -8.0, lat: -12.5 };
        let (a, b) = (ours.from_lonlat(at).unwrap(), Crs::from_epsg(32729).unwrap().from_lonlat(at).unwrap());
        assert!((a.x - b.x).hypot(a.y - b.y) < 1e-3, "{a:?} {b:?}");
    }

    #[test]
    fn an_unknown_projection_is_named() {
        let odd = keys(&[
            (1024, GeoKeyValue::Short(1)),
            (2048, GeoKeyValue::Short(4326)),
            (3072, GeoKeyValue::Short(USER_DEFINED)),
            (3073, GeoKeyValue::Ascii("Local site grid|".to_owned())),
            (3075, GeoKeyValue::Short(3)),
        ]);
        let message = crs_of_keys(&odd).unwrap_err().to_string();
        assert!(message.contains("Local site grid") && message.contains("method 3"), "{message}");
    }

    #[test]
    fn no_keys_name_no_system() {
        assert_eq!(crs_of_keys(&keys(&[])).unwrap(), None);
    }
}
