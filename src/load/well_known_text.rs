//! Coordinate reference systems written as well-known text: .prj files, in OGC and ESRI spelling, versions 1 and 2[^1].
//!
//! [^1]: OGC 01-009, "Coordinate Transformation Services", 2001; OGC 18-010r7, "Well-known text representation of
//! coordinate reference systems", 2019.

use crate::load::proj_definition::{Datum, Method, ProjectedSystem};
use crate::raster::crs::{Crs, CrsError};

/// A keyword with its arguments: `UNIT["metre",1]`.
#[derive(Clone, Debug, PartialEq)]
struct Node {
    keyword: String,
    arguments: Vec<Argument>,
}

#[derive(Clone, Debug, PartialEq)]
enum Argument {
    Text(String),
    Number(f64),
    Node(Node),
}

/// Deepest nesting accepted; real definitions stay below 10.
const DEEPEST: usize = 32;

/// Reads a coordinate reference system from well-known text.
///
/// The authority's code is believed where there is one; otherwise well-known names (`WGS_1984_UTM_Zone_29N`, Web
/// Mercator, WGS 84) and then the projection's own parameters.
///
/// # Errors
/// [`CrsError::Unsupported`] with the name found when none of this leads to a known system.
pub(super) fn crs_from_well_known_text(text: &str) -> Result<Crs, CrsError> {
    let unreadable = || CrsError::Unsupported {
        name: format!("\"{}\"", text.trim().chars().take(40).collect::<String>()),
        reason: "not well-known text".to_owned(),
    };
    let mut rest = text.trim_start_matches('\u{feff}').trim();
    let root = parse_node(&mut rest, 0).ok_or_else(unreadable)?;
    // A compound system is a horizontal one with heights, which images do not have.
    let horizontal = match root.keyword.as_str() {
        "COMPD_CS" | "COMPOUNDCRS" => {
            root.child(&["PROJCS", "PROJCRS", "GEOGCS", "GEOGCRS"]).cloned().ok_or_else(unreadable)?
        }
        _ => root,
    };
    let projected = matches!(horizontal.keyword.as_str(), "PROJCS" | "PROJCRS" | "PROJECTEDCRS");
    let geographic = matches!(horizontal.keyword.as_str(), "GEOGCS" | "GEOGCRS" | "GEODCRS" | "GEOGRAPHICCRS");
    if !projected && !geographic {
        return Err(unreadable());
    }
    if let Some(code) = horizontal.epsg().or_else(|| code_of_name(&horizontal.name())) {
        return Crs::from_epsg(code);
    }
    let built = if projected { projected_system(&horizontal) } else { geographic_system(&horizontal) };
    built.map_err(|reason| CrsError::Unsupported { name: horizontal.name(), reason })?
}

/// The EPSG code of a name that needs no further definition.
pub(super) fn code_of_name(name: &str) -> Option<u32> {
    let plain: String = name.to_lowercase().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let plain = plain.as_str();
    if let Some(zone) = plain.strip_prefix("wgs1984utmzone").or_else(|| plain.strip_prefix("wgs84utmzone")) {
        let south = zone.ends_with('s');
        let number: u32 = zone.trim_end_matches(['n', 's']).parse().ok()?;
        return (1..=60).contains(&number).then_some(if south { 32700 } else { 32600 } + number);
    }
    match plain {
        "gcswgs1984" | "wgs84" | "wgs1984" => Some(4326),
        "wgs1984webmercatorauxiliarysphere"
        | "wgs1984webmercator"
        | "wgs84pseudomercator"
        | "popularvisualisationcrsmercator"
        | "googlemapsglobalmercator" => Some(3857),
        _ => None,
    }
}

fn geographic_system(node: &Node) -> Result<Result<Crs, CrsError>, String> {
    let unit = node.child(&["UNIT", "ANGLEUNIT"]).and_then(Node::number);
    if unit.is_some_and(|radians| (radians - 1f64.to_radians()).abs() > 1e-9) {
        return Err("its angles are not in degrees".to_owned());
    }
    Ok(Crs::from_proj_string(&format!("+proj=longlat {} +no_defs", datum_of(node)?.0)))
}

fn datum_of(geographic: &Node) -> Result<Datum, String> {
    let name = geographic.child(&["DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE"]).map(Node::name).unwrap_or_default();
    if matches!(name.as_str(), "WGS_1984" | "D_WGS_1984" | "WGS84") || name.starts_with("World Geodetic System 1984") {
        return Ok(Datum::wgs84());
    }
    if let Some(datum) = geographic.epsg().and_then(Datum::from_epsg) {
        return Ok(datum);
    }
    let known = match name.trim_start_matches("D_") {
        "North_American_1983" | "NAD83" => Some(4269),
        "North_American_1927" => Some(4267),
        "ETRS_1989" | "European_Terrestrial_Reference_System_1989" => Some(4258),
        "OSGB_1936" => Some(4277),
        _ => None,
    };
    if let Some(datum) = known.and_then(Datum::from_epsg) {
        return Ok(datum);
    }
    let datum = geographic.child(&["DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE"]).ok_or("it has no datum")?;
    let ellipsoid = datum.child(&["SPHEROID", "ELLIPSOID"]).ok_or("its datum has no ellipsoid")?;
    let [semi_major, inverse_flattening] = ellipsoid.numbers()[..] else {
        return Err("its ellipsoid lacks axis and flattening".to_owned());
    };
    let shift = datum.child(&["TOWGS84"]).map(Node::numbers);
    Ok(Datum::from_ellipsoid(semi_major, inverse_flattening, shift.as_deref()))
}

fn projected_system(node: &Node) -> Result<Result<Crs, CrsError>, String> {
    let base = node.child(&["GEOGCS", "BASEGEOGCRS", "BASEGEODCRS"]).ok_or("it has no geographic system")?;
    let conversion = node.child(&["CONVERSION"]).unwrap_or(node);
    let projection = conversion.child(&["PROJECTION", "METHOD"]).ok_or("it has no projection")?.name();
    let plain = |name: &str| name.to_lowercase().replace([' ', '-'], "_");
    let parameter = |names: &[&str]| {
        conversion.children("PARAMETER").find(|p| names.contains(&plain(&p.name()).as_str())).and_then(Node::number)
    };
    let method = method_of_name(&plain(&projection)).ok_or(format!("the projection {projection} is not supported"))?;
    let unit_m = node.child(&["UNIT", "LENGTHUNIT"]).and_then(Node::number).unwrap_or(1.0);
    let system = ProjectedSystem {
        datum: datum_of(base)?,
        method,
        latitude_of_origin: parameter(&[
            "latitude_of_origin",
            "latitude_of_center",
            "latitude_of_natural_origin",
            "latitude_of_false_origin",
        ]),
        central_meridian: parameter(&[
            "central_meridian",
            "longitude_of_center",
            "longitude_of_natural_origin",
            "longitude_of_false_origin",
            "longitude_of_origin",
        ]),
        standard_parallels: [
            parameter(&["standard_parallel_1", "latitude_of_1st_standard_parallel", "latitude_of_standard_parallel"]),
            parameter(&["standard_parallel_2", "latitude_of_2nd_standard_parallel"]),
        ],
        scale: parameter(&["scale_factor", "scale_factor_at_natural_origin"]),
        false_easting: parameter(&["false_easting", "easting_at_false_origin"]).unwrap_or(0.0),
        false_northing: parameter(&["false_northing", "northing_at_false_origin"]).unwrap_or(0.0),
        unit_m,
    };
    Ok(system.to_crs())
}

fn method_of_name(plain: &str) -> Option<Method> {
    Some(match plain {
        "transverse_mercator" | "gauss_kruger" => Method::TransverseMercator,
        "lambert_conformal_conic"
        | "lambert_conformal_conic_1sp"
        | "lambert_conformal_conic_2sp"
        | "lambert_conic_conformal_(1sp)"
        | "lambert_conic_conformal_(2sp)" => Method::LambertConic,
        "albers" | "albers_conic_equal_area" | "albers_equal_area" => Method::AlbersEqualArea,
        "lambert_azimuthal_equal_area" => Method::LambertAzimuthalEqualArea,
        "mercator" | "mercator_1sp" | "mercator_2sp" | "mercator_(variant_a)" | "mercator_(variant_b)" => {
            Method::Mercator
        }
        "mercator_auxiliary_sphere" | "popular_visualisation_pseudo_mercator" => Method::WebMercator,
        "polar_stereographic"
        | "stereographic_north_pole"
        | "stereographic_south_pole"
        | "polar_stereographic_(variant_a)"
        | "polar_stereographic_(variant_b)" => Method::PolarStereographic,
        "oblique_stereographic" | "double_stereographic" => Method::ObliqueStereographic,
        "equirectangular" | "plate_carree" | "equidistant_cylindrical" => Method::EquidistantCylindrical,
        "sinusoidal" => Method::Sinusoidal,
        _ => return None,
    })
}

impl Node {
    fn name(&self) -> String {
        match self.arguments.first() {
            Some(Argument::Text(text)) => text.clone(),
            _ => String::new(),
        }
    }

    fn numbers(&self) -> Vec<f64> {
        let number = |argument: &Argument| if let Argument::Number(n) = argument { Some(*n) } else { None };
        self.arguments.iter().filter_map(number).collect()
    }

    fn number(&self) -> Option<f64> {
        self.numbers().first().copied()
    }

    fn children<'a>(&'a self, keyword: &'a str) -> impl Iterator<Item = &'a Node> {
        self.arguments.iter().filter_map(move |argument| match argument {
            Argument::Node(node) if node.keyword == keyword => Some(node),
            _ => None,
        })
    }

    fn child(&self, keywords: &[&str]) -> Option<&Node> {
        self.arguments.iter().find_map(|argument| match argument {
            Argument::Node(node) if keywords.contains(&node.keyword.as_str()) => Some(node),
            _ => None,
        })
    }

    fn epsg(&self) -> Option<u32> {
        let authority = self.child(&["AUTHORITY", "ID"])?;
        let code = match authority.arguments.get(1)? {
            Argument::Text(text) => text.trim().parse().ok()?,
            Argument::Number(number) => *number as u32,
            Argument::Node(_) => return None,
        };
        match (authority.name().to_uppercase().as_str(), code) {
            ("EPSG" | "ESRI", 102_100 | 102_113 | 900_913) => Some(3857),
            ("EPSG", code) => Some(code),
            _ => None,
        }
    }
}

fn parse_node(rest: &mut &str, depth: usize) -> Option<Node> {
    let end = rest.find(['[', '('])?;
    let keyword = rest[..end].trim().to_uppercase();
    if depth > DEEPEST || keyword.is_empty() || !keyword.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    *rest = &rest[end + 1..];
    let mut arguments = Vec::new();
    loop {
        *rest = rest.trim_start();
        arguments.push(parse_argument(rest, depth)?);
        *rest = rest.trim_start();
        let separator = rest.chars().next()?;
        *rest = &rest[separator.len_utf8()..];
        match separator {
            ',' => continue,
            ']' | ')' => return Some(Node { keyword, arguments }),
            _ => return None,
        }
    }
}

fn parse_argument(rest: &mut &str, depth: usize) -> Option<Argument> {
    if let Some(quoted) = rest.strip_prefix('"') {
        let end = quoted.find('"')?;
        *rest = &quoted[end + 1..];
        return Some(Argument::Text(quoted[..end].to_owned()));
    }
    let end = rest.find([',', ']', ')', '[', '('])?;
    if rest[end..].starts_with(['[', '(']) {
        return parse_node(rest, depth + 1).map(Argument::Node);
    }
    let word = rest[..end].trim();
    *rest = &rest[end..];
    Some(word.parse().map_or_else(|_| Argument::Text(word.to_owned()), Argument::Number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::point::LonLat;
    use proptest::prelude::*;

    const ESRI_GAUSS: &str = r#"PROJCS["My_Grid",GEOGCS["GCS_ETRS_1989",DATUM["D_ETRS_1989",SPHEROID["GRS_1980",
        6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],
        PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],
        PARAMETER["Central_Meridian",9.0],PARAMETER["Scale_Factor",0.9996],PARAMETER["Latitude_Of_Origin",0.0],
        UNIT["Meter",1.0]]"#;

    #[test]
    fn the_authority_is_believed_and_only_the_root_counts() {
        let text = r#"PROJCS["x",GEOGCS["WGS 84",AUTHORITY["EPSG","4326"]],AUTHORITY["EPSG","32629"]]"#;
        assert_eq!(crs_from_well_known_text(text).unwrap().epsg(), Some(32629));
        let version_2 = r#"PROJCRS["x",BASEGEOGCRS["WGS 84",ID["EPSG",4326]],ID["EPSG",3857]]"#;
        assert_eq!(crs_from_well_known_text(version_2).unwrap().epsg(), Some(3857));
    }

    #[test]
    fn esri_names_are_known() {
        let utm = r#"PROJCS["WGS_1984_UTM_Zone_29N",GEOGCS["GCS_WGS_1984"]]"#;
        assert_eq!(crs_from_well_known_text(utm).unwrap().epsg(), Some(32629));
        assert_eq!(code_of_name("WGS 84 / UTM zone 7S"), Some(32707));
        assert_eq!(code_of_name("WGS_1984_UTM_Zone_61N"), None);
        assert_eq!(code_of_name("WGS 84 / Pseudo-Mercator"), Some(3857));
    }

    #[test]
    fn parameters_build_a_projection() {
        let ours = crs_from_well_known_text(ESRI_GAUSS).unwrap();
        let at = LonLat { lon: 8.55, lat: 47.37 };
        let (a, b) = (ours.from_lonlat(at).unwrap(), Crs::from_epsg(25832).unwrap().from_lonlat(at).unwrap());
        assert!((a.x - b.x).hypot(a.y - b.y) < 1e-3, "{a:?} {b:?}");
    }

    #[test]
    fn what_is_not_known_is_named() {
        let local = r#"PROJCS["Moon_2000",GEOGCS["m",DATUM["D_Moon",SPHEROID["M",1737400,0]]],PROJECTION["Bonne"]]"#;
        let message = crs_from_well_known_text(local).unwrap_err().to_string();
        assert!(message.contains("Moon_2000") && message.contains("Bonne"), "{message}");
        assert!(crs_from_well_known_text("hello").is_err());
    }

    proptest! {
        #[test]
        fn cut_and_scrambled_text_never_panics(cut in 0..600usize, at in 0..600usize, put in "\\PC{0,3}") {
            let mut text = ESRI_GAUSS.chars().take(cut).collect::<String>();
            if at < text.len() {
                text.insert_str(at, &put);
            }
            let _ = crs_from_well_known_text(&text);
        }
    }
}
