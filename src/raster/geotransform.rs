//! From pixels to map coordinates and back.

use serde::{Deserialize, Serialize};

use crate::raster::point::{MapPoint, PixelPoint};

/// Affine map from pixels to map coordinates, coefficients in GDAL order.
///
/// With coefficients g: map x = g0 + x g1 + y g2, map y = g3 + x g4 + y g5, for a [`PixelPoint`] measured from the outer
/// corner of the top-left pixel (GDAL's "pixel is area").
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GeoTransform {
    coefficients: [f64; 6],
}

impl GeoTransform {
    /// Makes a geotransform from GDAL's six coefficients; `None` when a number is not finite or the map is flat.
    pub fn from_gdal(coefficients: [f64; 6]) -> Option<Self> {
        let [_, gx, rx, _, ry, gy] = coefficients;
        let sound = coefficients.iter().all(|c| c.is_finite()) && (gx * gy - rx * ry) != 0.0;
        sound.then_some(GeoTransform { coefficients })
    }

    /// The coefficients, in GDAL order.
    pub fn coefficients(&self) -> [f64; 6] {
        self.coefficients
    }

    /// The map coordinates of a place in the image.
    pub fn to_map(&self, point: PixelPoint) -> MapPoint {
        let [x0, gx, rx, y0, ry, gy] = self.coefficients;
        MapPoint { x: x0 + point.x * gx + point.y * rx, y: y0 + point.x * ry + point.y * gy }
    }

    /// The place in the image of these map coordinates.
    pub fn to_pixel(&self, point: MapPoint) -> PixelPoint {
        let [x0, gx, rx, y0, ry, gy] = self.coefficients;
        let determinant = gx * gy - rx * ry;
        let (mx, my) = (point.x - x0, point.y - y0);
        PixelPoint { x: (gy * mx - rx * my) / determinant, y: (gx * my - ry * mx) / determinant }
    }

    /// The geotransform of the same image after keeping one pixel for every `step` x `step` block.
    pub fn reduced(&self, step: usize) -> GeoTransform {
        let [x0, gx, rx, y0, ry, gy] = self.coefficients;
        let s = step as f64;
        GeoTransform { coefficients: [x0, gx * s, rx * s, y0, ry * s, gy * s] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn round_trip(x in -1e4..1e4, y in -1e4..1e4, turn in 0.0..360.0f64) {
            let (sin, cos) = turn.to_radians().sin_cos();
            let map = GeoTransform::from_gdal([5e5, 0.5 * cos, 0.5 * sin, 1.4e6, 0.5 * sin, -0.5 * cos])
                .expect("invariant: a rotation is not flat");
            let back = map.to_pixel(map.to_map(PixelPoint::from_xy(x, y)));
            prop_assert!((back.x - x).abs() < 1e-5 && (back.y - y).abs() < 1e-5);
        }
    }

    #[test]
    fn flat_maps_are_refused() {
        assert!(GeoTransform::from_gdal([0.0, 1.0, 2.0, 0.0, 1.0, 2.0]).is_none());
        assert!(GeoTransform::from_gdal([f64::NAN, 1.0, 0.0, 0.0, 0.0, -1.0]).is_none());
    }
}
