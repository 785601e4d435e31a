//! Affine maps from the pixels of one image to the pixels of another.

use serde::{Deserialize, Serialize};

use crate::raster::point::{PixelPoint, PixelShift};

/// An affine map between two images: x' = a x + b y + c, y' = d x + e y + f.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PixelTransform {
    coefficients: [f64; 6],
}

impl PixelTransform {
    /// The map that leaves every point where it is.
    pub fn identity() -> Self {
        PixelTransform { coefficients: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0] }
    }

    /// Makes a map from a, b, c, d, e, f as in the type's formula.
    pub fn from_coefficients(coefficients: [f64; 6]) -> Self {
        PixelTransform { coefficients }
    }

    /// A shift.
    pub fn translation(shift: PixelShift) -> Self {
        PixelTransform { coefficients: [1.0, 0.0, shift.dx, 0.0, 1.0, shift.dy] }
    }

    /// Turns by `rotation_deg` (clockwise on the screen, as y points down) and scales by `scale` about `center`.
    pub fn similarity(scale: f64, rotation_deg: f64, center: PixelPoint) -> Self {
        let (sin, cos) = rotation_deg.to_radians().sin_cos();
        let (c, s) = (scale * cos, scale * sin);
        PixelTransform {
            coefficients: [c, -s, center.x - c * center.x + s * center.y, s, c, center.y - s * center.x - c * center.y],
        }
    }

    /// The six coefficients a, b, c, d, e, f.
    pub fn coefficients(&self) -> [f64; 6] {
        self.coefficients
    }

    /// Where a point goes.
    pub fn apply(&self, point: PixelPoint) -> PixelPoint {
        let [a, b, c, d, e, f] = self.coefficients;
        PixelPoint { x: a * point.x + b * point.y + c, y: d * point.x + e * point.y + f }
    }

    /// The map that applies this one first and `next` afterwards.
    pub fn then(&self, next: &PixelTransform) -> PixelTransform {
        let [a, b, c, d, e, f] = self.coefficients;
        let [na, nb, nc, nd, ne, nf] = next.coefficients;
        PixelTransform {
            coefficients: [
                na * a + nb * d,
                na * b + nb * e,
                na * c + nb * f + nc,
                nd * a + ne * d,
                nd * b + ne * e,
                nd * c + ne * f + nf,
            ],
        }
    }

    /// The map that undoes this one; `None` when it flattens the plane.
    pub fn inverse(&self) -> Option<PixelTransform> {
        let [a, b, c, d, e, f] = self.coefficients;
        let determinant = a * e - b * d;
        if determinant.abs() < 1e-12 {
            return None;
        }
        let (ia, ib, id, ie) = (e / determinant, -b / determinant, -d / determinant, a / determinant);
        Some(PixelTransform { coefficients: [ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f)] })
    }

    /// Mean linear scale: the square root of how much areas grow.
    pub fn scale(&self) -> f64 {
        let [a, b, _, d, e, _] = self.coefficients;
        (a * e - b * d).abs().sqrt()
    }

    /// Rotation in degrees, -180 to 180, clockwise on the screen.
    pub fn rotation_deg(&self) -> f64 {
        let [a, b, _, d, e, _] = self.coefficients;
        (d - b).atan2(a + e).to_degrees()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn inverse_undoes(scale in 0.5..2.0, turn in -90.0..90.0, x in -500.0..500.0, y in -500.0..500.0) {
            let map = PixelTransform::similarity(scale, turn, PixelPoint::from_xy(31.0, -7.5));
            let point = PixelPoint::from_xy(x, y);
            let back = map.inverse().expect("invariant: a similarity has an inverse").apply(map.apply(point));
            prop_assert!(back.minus(point).length() < 1e-9);
            prop_assert!((map.scale() - scale).abs() < 1e-12);
            prop_assert!((map.rotation_deg() - turn).abs() < 1e-9);
        }
    }

    #[test]
    fn shifts_compose_by_addition() {
        let first = PixelTransform::translation(PixelShift::from_xy(2.0, -1.0));
        let second = PixelTransform::translation(PixelShift::from_xy(0.5, 4.0));
        let both = first.then(&second).apply(PixelPoint::from_xy(0.0, 0.0));
        assert_relative_eq!(both.x, 2.5);
        assert_relative_eq!(both.y, 3.0);
    }
}
