//! Joins two scenes, after checking that they can be compared at all.

use geo::{Coord, Intersects, LineString, Polygon, Rect};
use thiserror::Error;

use crate::pair::ScenePair;
use crate::raster::crs::{CrsError, Georeference};
use crate::raster::point::{LonLat, PixelPoint};
use crate::raster::units::Meters;
use crate::raster::window::GridSize;
use crate::scene::Scene;

/// Ratio of ground sampling distances up to which a comparison makes sense: at 8, a pixel of one image covers 64 of
/// the other, and a barracks of 60 x 12 m seen at 0.5 m is 15 x 3 pixels. Set by the design.
const GSD_RATIO_LIMIT: f64 = 8.0;
/// Share of the after image that the before image must cover before its absence is worth a warning.
const COVERED_SHARE: f64 = 0.5;
/// Points along an edge of an outline, and along an axis of the lattice on which the overlap is measured.
const POINTS: usize = 24;
/// Mean radius of the earth (IUGG, 1980).
const EARTH_RADIUS_KM: f64 = 6371.0088;

/// Two scenes that cannot be compared.
#[derive(Debug, Error)]
pub enum PairError {
    /// Both scenes are the same file, or copies of it.
    #[error("{before} and {after} are the same image (SHA-256 {sha256}); give two images of different dates")]
    SameFile {
        /// Name of the before image.
        before: String,
        /// Name of the after image.
        after: String,
        /// Their common hash.
        sha256: String,
    },
    /// Two georeferenced scenes show different places.
    #[error(
        "{before} and {after} do not overlap: their centres lie {apart_km:.1} km apart; give two images of one site, or \
         correct a wrong georeference with `gdal_edit.py -a_srs EPSG:code`"
    )]
    NoOverlap {
        /// Name of the before image.
        before: String,
        /// Name of the after image.
        after: String,
        /// Distance between the centres along the great circle.
        apart_km: f64,
    },
    /// One scene is far coarser than the other.
    #[error(
        "{before} has pixels of {before_gsd} and {after} of {after_gsd}: a ratio beyond {limit} cannot be compared; use \
         images of similar resolution, or correct `--gsd`"
    )]
    GsdRatio {
        /// Name of the before image.
        before: String,
        /// Name of the after image.
        after: String,
        /// Ground sampling distance of the before image.
        before_gsd: Meters,
        /// Ground sampling distance of the after image.
        after_gsd: Meters,
        /// Largest ratio accepted, either way.
        limit: f64,
    },
    /// A georeference that cannot be brought to WGS 84.
    #[error(transparent)]
    Crs(#[from] CrsError),
}

/// Joins two scenes, after checking that they can be compared at all.
///
/// What the reader of results must know of the pair (dates in the wrong order, one georeference alone, little
/// overlap) is added to the warnings of the after scene's description.
///
/// # Errors
/// [`PairError`]: the same file twice, georeferenced scenes that do not overlap, ground sampling distances beyond a
/// ratio of 8, or a georeference that cannot be brought to WGS 84.
pub fn pair_scenes(before: Scene, after: Scene) -> Result<ScenePair, PairError> {
    let names = || (before.description().name.clone(), after.description().name.clone());
    if let (Some(a), Some(b)) = (&before.description().sha256, &after.description().sha256)
        && a == b
    {
        let (before, after) = names();
        return Err(PairError::SameFile { before, after, sha256: a.clone() });
    }
    let mut warnings = Vec::new();
    let gsds = (before.ground_frame()?.map(|f| f.gsd()), after.ground_frame()?.map(|f| f.gsd()));
    if let (Some(before_gsd), Some(after_gsd)) = gsds {
        let ratio = before_gsd.0 / after_gsd.0;
        if !(1.0 / GSD_RATIO_LIMIT..=GSD_RATIO_LIMIT).contains(&ratio) {
            let (before, after) = names();
            return Err(PairError::GsdRatio { before, after, before_gsd, after_gsd, limit: GSD_RATIO_LIMIT });
        }
    }
    match (&before.description().georeference, &after.description().georeference) {
        (Some(ours), Some(theirs)) => {
            let covered = share_covered((ours, before.size()), (theirs, after.size()));
            if covered == 0.0 && !outlines_meet((ours, before.size()), (theirs, after.size())) {
                let apart_km = distance_km(center(ours, before.size())?, center(theirs, after.size())?);
                let (before, after) = names();
                return Err(PairError::NoOverlap { before, after, apart_km });
            }
            if covered < COVERED_SHARE {
                let percent = covered * 100.0;
                warnings.push(format!("the before image covers only {percent:.0} % of the after image"));
            }
        }
        (None, None) => {}
        (before_place, _) => {
            let (has, lacks) = if before_place.is_some() { names() } else { (names().1, names().0) };
            warnings
                .push(format!("{has} is georeferenced and {lacks} is not: the two are aligned by their pixels alone"));
        }
    }
    let dates = (before.description().acquisition.date, after.description().acquisition.date);
    if let (Some(earlier), Some(later)) = dates
        && earlier > later
    {
        warnings.push(format!(
            "the before image is dated {earlier}, later than the after image, {later}: if they are swapped, new and \
             removed structures are too"
        ));
    }
    let after = after.with_description(|description| description.warnings.extend(warnings));
    Ok(ScenePair { before, after })
}

fn center(georeference: &Georeference, size: GridSize) -> Result<LonLat, CrsError> {
    georeference.to_lonlat(PixelPoint::from_xy(size.width as f64 / 2.0, size.height as f64 / 2.0))
}

/// The place in `to` of a place in `from`; `None` where a projection is not defined.
fn carry(from: &Georeference, to: &Georeference, point: PixelPoint) -> Option<PixelPoint> {
    let map = from.crs.transform(from.transform.to_map(point), &to.crs).ok()?;
    Some(to.transform.to_pixel(map))
}

/// Share of the after image's area that the before image shows, on a lattice of points.
fn share_covered(before: (&Georeference, GridSize), after: (&Georeference, GridSize)) -> f64 {
    let at = |index: usize, length: usize| (index as f64 + 0.5) / POINTS as f64 * length as f64;
    let lattice = (0..POINTS * POINTS)
        .map(|i| PixelPoint::from_xy(at(i % POINTS, after.1.width), at(i / POINTS, after.1.height)));
    let inside = lattice.filter(|&point| {
        carry(after.0, before.0, point).is_some_and(|p| {
            (0.0..=before.1.width as f64).contains(&p.x) && (0.0..=before.1.height as f64).contains(&p.y)
        })
    });
    inside.count() as f64 / (POINTS * POINTS) as f64
}

/// True when the outline of the after image meets the before image: finds overlaps that slip through the lattice.
fn outlines_meet(before: (&Georeference, GridSize), after: (&Georeference, GridSize)) -> bool {
    let (width, height) = (after.1.width as f64, after.1.height as f64);
    let corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height), (0.0, 0.0)];
    let along = corners.windows(2).flat_map(|edge| {
        let ((x0, y0), (x1, y1)) = (edge[0], edge[1]);
        (0..POINTS).map(move |i| {
            let t = i as f64 / POINTS as f64;
            PixelPoint::from_xy(x0 + t * (x1 - x0), y0 + t * (y1 - y0))
        })
    });
    let outline: Option<Vec<Coord<f64>>> =
        along.map(|point| carry(after.0, before.0, point).map(|p| Coord { x: p.x, y: p.y })).collect();
    let frame = Rect::new(Coord { x: 0.0, y: 0.0 }, Coord { x: before.1.width as f64, y: before.1.height as f64 });
    outline.is_some_and(|points| Polygon::new(LineString::new(points), Vec::new()).intersects(&frame))
}

/// Great-circle distance, by the haversine formula; within 0.6 % of that on the ellipsoid.
fn distance_km(a: LonLat, b: LonLat) -> f64 {
    let (lat_a, lat_b) = (a.lat.to_radians(), b.lat.to_radians());
    let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let h = half(b.lat - a.lat) + lat_a.cos() * lat_b.cos() * half(b.lon - a.lon);
    2.0 * EARTH_RADIUS_KM * h.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::Raster;
    use crate::raster::crs::Crs;
    use crate::raster::geotransform::GeoTransform;
    use ndarray::Array3;

    fn scene(name: &str, epsg: u32, left: f64, top: f64, pixel: f64) -> Scene {
        let crs = Crs::from_epsg(epsg).unwrap();
        let transform = GeoTransform::from_gdal([left, pixel, 0.0, top, 0.0, -pixel]).unwrap();
        Scene::from_raster(name, Raster::all_valid(Array3::zeros((1, 100, 100)))).with_description(|description| {
            description.georeference = Some(Georeference { transform, crs });
            description.sha256 = Some(name.to_owned());
        })
    }

    #[test]
    fn a_copy_is_no_pair() {
        let one = scene("a.tif", 32629, 6e5, 1.4e6, 0.5);
        let copy = one.with_description(|d| d.name = "copy.tif".to_owned());
        let message = pair_scenes(one, copy).unwrap_err().to_string();
        assert!(message.contains("a.tif and copy.tif are the same image"), "{message}");
    }

    #[test]
    fn distant_scenes_are_told_apart_in_km() {
        let error = pair_scenes(scene("a", 32629, 6e5, 1.4e6, 0.5), scene("b", 32629, 6e5, 1.5e6, 0.5)).unwrap_err();
        let PairError::NoOverlap { apart_km, .. } = error else { panic!("{error}") };
        // 100 km of northing; the sphere makes half a percent too much of a meridian near the equator.
        assert!((apart_km - 100.0).abs() < 0.7, "{apart_km}");
    }

    #[test]
    fn scenes_of_different_systems_overlap_where_they_do() {
        let utm = scene("utm", 32629, 600_000.0, 1_400_000.0, 1.0);
        let center = utm.description().georeference.as_ref().unwrap();
        let place = center.to_lonlat(PixelPoint::from_xy(50.0, 50.0)).unwrap();
        let mercator = Crs::from_epsg(3857).unwrap().from_lonlat(place).unwrap();
        let other = scene("mercator", 3857, mercator.x - 10.0, mercator.y + 10.0, 1.0);
        let pair = pair_scenes(utm, other).unwrap();
        // From 10 m before the centre to the far edge: about 60 of 100 m along each axis.
        let warning = pair.after.description().warnings.join(" ");
        assert!(warning.contains("covers only 3"), "{warning}");
    }

    #[test]
    fn a_sliver_of_overlap_still_counts() {
        let wide = scene("wide", 32629, 600_000.0, 1_400_000.0, 1.0);
        let beside = scene("beside", 32629, 600_099.9, 1_400_000.0, 1.0);
        assert!(pair_scenes(wide, beside).is_ok());
    }

    #[test]
    fn resolutions_too_far_apart_are_refused_with_both() {
        let fine = scene("fine", 32629, 6e5, 1.4e6, 0.5);
        let coarse = scene("coarse", 32629, 6e5, 1.4e6, 10.0);
        let message = pair_scenes(fine, coarse).unwrap_err().to_string();
        assert!(message.contains("0.50 m") && message.contains("10.0") && message.contains("beyond 8"), "{message}");
    }

    #[test]
    fn half_known_places_and_swapped_dates_are_warned_of() {
        let placed = scene("placed", 32629, 6e5, 1.4e6, 0.5).with_description(|d| {
            d.acquisition.date = Some(jiff::civil::date(2024, 6, 1));
        });
        let bare = Scene::from_raster("bare", Raster::all_valid(Array3::zeros((3, 700, 10)))).with_description(|d| {
            d.acquisition.date = Some(jiff::civil::date(2020, 6, 1));
        });
        let pair = pair_scenes(placed, bare).unwrap();
        let warnings = &pair.after.description().warnings;
        assert!(warnings.iter().any(|w| w.contains("placed is georeferenced and bare is not")), "{warnings:?}");
        assert!(warnings.iter().any(|w| w.contains("2024-06-01, later than")), "{warnings:?}");
    }
}
