//! Points and shifts in the coordinate systems the program meets, one type for each.

use serde::{Deserialize, Serialize};

/// A place in an image: x right, y down, in pixels.
///
/// (0, 0) is the outer corner of the top-left pixel; its centre is (0.5, 0.5). The pixel at `row`, `col` covers
/// x in `col..col + 1` and y in `row..row + 1`. Every image coordinate in this crate follows this convention.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PixelPoint {
    /// Pixels to the right of the image's left edge.
    pub x: f64,
    /// Pixels below the image's top edge.
    pub y: f64,
}

impl PixelPoint {
    /// Makes a point from x (right) and y (down).
    pub fn from_xy(x: f64, y: f64) -> Self {
        PixelPoint { x, y }
    }

    /// The centre of the pixel at this row and column.
    pub fn center_of(row: usize, col: usize) -> Self {
        PixelPoint { x: col as f64 + 0.5, y: row as f64 + 0.5 }
    }

    /// The shift that leads from `other` to this point.
    pub fn minus(self, other: PixelPoint) -> PixelShift {
        PixelShift { dx: self.x - other.x, dy: self.y - other.y }
    }

    /// The point moved by a shift.
    pub fn moved(self, shift: PixelShift) -> PixelPoint {
        PixelPoint { x: self.x + shift.dx, y: self.y + shift.dy }
    }

    /// The point this share of the way to another.
    pub fn toward(self, other: PixelPoint, share: f64) -> PixelPoint {
        let rest = 1.0 - share;
        PixelPoint { x: self.x * rest + other.x * share, y: self.y * rest + other.y * share }
    }
}

/// A displacement in an image, in pixels: x right, y down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PixelShift {
    /// Pixels to the right.
    pub dx: f64,
    /// Pixels down.
    pub dy: f64,
}

impl PixelShift {
    /// Makes a shift from its x (right) and y (down) parts.
    pub fn from_xy(dx: f64, dy: f64) -> Self {
        PixelShift { dx, dy }
    }

    /// Its length in pixels.
    pub fn length(self) -> f64 {
        self.dx.hypot(self.dy)
    }
}

/// A place in the units of a map projection or, for geographic systems, degrees (x east, y north).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MapPoint {
    /// Easting, or longitude in degrees.
    pub x: f64,
    /// Northing, or latitude in degrees.
    pub y: f64,
}

/// A place on the WGS 84 ellipsoid, in degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LonLat {
    /// Longitude, east positive, -180 to 180.
    pub lon: f64,
    /// Latitude, north positive, -90 to 90.
    pub lat: f64,
}
