//! The local frame on the ground: how a step in the image becomes metres east and north.

use serde::{Deserialize, Serialize};

use crate::raster::crs::{CrsError, Georeference};
use crate::raster::point::{LonLat, PixelPoint, PixelShift};
use crate::raster::units::{Meters, SquareMeters};
use crate::raster::window::GridSize;

/// Semi-major axis and flattening of WGS 84 (NIMA TR8350.2, third edition, 2000, table 3.1).
const WGS84_A: f64 = 6_378_137.0;
const WGS84_F: f64 = 1.0 / 298.257_223_563;

/// Linear map from pixel shifts to metres on the ground, taken at the centre of a scene.
///
/// Handles non-square, rotated and geographic pixels: a length is always measured along its own direction. The map
/// is constant over the scene; over 20 km at 60 degrees latitude that misstates lengths in geographic or Mercator
/// grids by about 0.5 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroundFrame {
    /// Metres east per pixel right, per pixel down; metres north per pixel right, per pixel down.
    east_north: [[f64; 2]; 2],
    /// False when only a ground sampling distance is known, so that "north" means the image's up.
    oriented: bool,
}

impl GroundFrame {
    /// Frame of an image without georeference whose pixels are squares of this side; its up stands for north.
    pub fn from_gsd(gsd: Meters) -> Self {
        GroundFrame { east_north: [[gsd.0, 0.0], [0.0, -gsd.0]], oriented: false }
    }

    /// Frame at the centre of a georeferenced image.
    ///
    /// # Errors
    /// [`CrsError::OutsideDomain`] when the scene's centre cannot be brought to WGS 84.
    pub fn from_georeference(georeference: &Georeference, size: GridSize) -> Result<Self, CrsError> {
        let center = PixelPoint::from_xy(size.width as f64 / 2.0, size.height as f64 / 2.0);
        let place = georeference.to_lonlat(center)?;
        // A step of one pixel: symmetric, so that second-order terms cancel.
        let step = |dx: f64, dy: f64| -> Result<[f64; 2], CrsError> {
            let ahead = georeference.to_lonlat(center.moved(PixelShift::from_xy(dx, dy)))?;
            let behind = georeference.to_lonlat(center.moved(PixelShift::from_xy(-dx, -dy)))?;
            Ok(meters_between(behind, ahead, place.lat).map(|m| m / 2.0))
        };
        let (right, down) = (step(1.0, 0.0)?, step(0.0, 1.0)?);
        Ok(GroundFrame { east_north: [[right[0], down[0]], [right[1], down[1]]], oriented: true })
    }

    /// Metres east and north of a shift in the image.
    pub fn east_north(&self, shift: PixelShift) -> (Meters, Meters) {
        let [[er, ed], [nr, nd]] = self.east_north;
        (Meters(er * shift.dx + ed * shift.dy), Meters(nr * shift.dx + nd * shift.dy))
    }

    /// The shift in the image of a step on the ground.
    pub fn to_pixels(&self, east: Meters, north: Meters) -> PixelShift {
        let [[er, ed], [nr, nd]] = self.east_north;
        let determinant = er * nd - ed * nr;
        PixelShift::from_xy((nd * east.0 - ed * north.0) / determinant, (er * north.0 - nr * east.0) / determinant)
    }

    /// Length on the ground of a shift in the image.
    pub fn length(&self, shift: PixelShift) -> Meters {
        let (east, north) = self.east_north(shift);
        Meters(east.0.hypot(north.0))
    }

    /// Azimuth of a shift in degrees, 0 to 360, clockwise from true north (from the image's up when not oriented).
    pub fn azimuth_deg(&self, shift: PixelShift) -> f64 {
        let (east, north) = self.east_north(shift);
        east.0.atan2(north.0).to_degrees().rem_euclid(360.0)
    }

    /// Ground area of one pixel.
    pub fn pixel_area(&self) -> SquareMeters {
        let [[er, ed], [nr, nd]] = self.east_north;
        SquareMeters((er * nd - ed * nr).abs())
    }

    /// Ground sampling distance: the side of a square with the area of one pixel.
    pub fn gsd(&self) -> Meters {
        Meters(self.pixel_area().0.sqrt())
    }

    /// Ground sampling distance along x and along y.
    pub fn gsd_xy(&self) -> (Meters, Meters) {
        (self.length(PixelShift::from_xy(1.0, 0.0)), self.length(PixelShift::from_xy(0.0, 1.0)))
    }

    /// True when north is known from a georeference.
    pub fn is_oriented(&self) -> bool {
        self.oriented
    }
}

/// Metres east and north from one place to a near one, with the ellipsoid's radii of curvature at `latitude`.
fn meters_between(from: LonLat, to: LonLat, latitude: f64) -> [f64; 2] {
    let e2 = WGS84_F * (2.0 - WGS84_F);
    let (sin, cos) = latitude.to_radians().sin_cos();
    let w2 = 1.0 - e2 * sin * sin;
    let prime_vertical = WGS84_A / w2.sqrt();
    let meridional = WGS84_A * (1.0 - e2) / (w2 * w2.sqrt());
    let turn = (to.lon - from.lon + 540.0).rem_euclid(360.0) - 180.0;
    [turn.to_radians() * prime_vertical * cos, (to.lat - from.lat).to_radians() * meridional]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::crs::Crs;
    use crate::raster::geotransform::GeoTransform;
    use crate::raster::point::MapPoint;

    fn frame(epsg: u32, at: LonLat, pixel: f64) -> GroundFrame {
        let crs = Crs::from_epsg(epsg).expect("invariant: known code");
        let MapPoint { x, y } = crs.from_lonlat(at).expect("invariant: in domain");
        let transform = GeoTransform::from_gdal([x, pixel, 0.0, y, 0.0, -pixel]).expect("invariant: not flat");
        let size = GridSize { height: 100, width: 100 };
        GroundFrame::from_georeference(&Georeference { transform, crs }, size).expect("invariant: in domain")
    }

    #[test]
    fn mercator_is_scaled_by_the_cosine_of_latitude() {
        let gsd = frame(3857, LonLat { lon: 20.0, lat: 60.0 }, 1.0).gsd();
        assert!((gsd.0 - 0.5).abs() < 0.003, "{gsd}");
    }

    #[test]
    fn degrees_become_metres_on_both_axes() {
        let (x, y) = frame(4326, LonLat { lon: -8.0, lat: 12.5 }, 1e-5).gsd_xy();
        assert!((x.0 - 1.0870).abs() < 1e-3, "{x}");
        assert!((y.0 - 1.1064).abs() < 1e-3, "{y}");
    }

    #[test]
    fn us_feet_become_metres() {
        let gsd = frame(2263, LonLat { lon: -74.0, lat: 40.7 }, 1.0).gsd();
        assert!((gsd.0 - 0.3048).abs() < 1e-4, "{gsd}");
    }

    #[test]
    fn north_is_up_in_utm_within_convergence() {
        let utm = frame(32629, LonLat { lon: -7.95, lat: 12.53 }, 0.5);
        let azimuth = utm.azimuth_deg(PixelShift::from_xy(0.0, -1.0));
        // Grid convergence: 1.05 degrees of longitude times sin(12.53 degrees) = 0.23 degrees.
        assert!((azimuth - 0.23).abs() < 0.02, "{azimuth}");
    }

    #[test]
    fn a_step_on_the_ground_comes_back() {
        let utm = frame(32629, LonLat { lon: -7.95, lat: 12.53 }, 0.5);
        let (east, north) = utm.east_north(utm.to_pixels(Meters(7.0), Meters(-3.0)));
        assert!((east.0 - 7.0).abs() < 1e-9 && (north.0 + 3.0).abs() < 1e-9);
    }
}
