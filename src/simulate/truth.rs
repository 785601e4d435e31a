//! What is really there: masks and footprints on the after grid, straight from the description.

use geo::{Area, Centroid, MinimumRotatedRect, Polygon};
use ndarray::Array2;

use crate::raster::area_mask::{fill_polygon, for_each_span};
use crate::raster::pixel_transform::PixelTransform;
use crate::raster::point::PixelPoint;
use crate::raster::window::GridSize;
use crate::simulate::description::{Building, Cover, PairDescription, RoofShape, When};
use crate::simulate::render::buildings::{footprint_of, top_of};
use crate::simulate::render::{after_to_before, image_size};
use crate::structure::{Kind, Status};

/// A structure of the scene as it really is.
#[derive(Clone, Debug, PartialEq)]
pub struct TrueStructure {
    /// 1, 2, … in the order of the description.
    pub id: u32,
    /// What happened to it; `None` when it stands on both dates.
    pub status: Option<Status>,
    /// What it is.
    pub kind: Kind,
    /// Footprint at ground level, metres from the after image's top-left corner, x right, y down.
    pub footprint_m: Polygon<f64>,
    /// The same in pixels of the after image.
    pub footprint_px: Polygon<f64>,
    /// Longer side of the smallest rectangle around the footprint, metres.
    pub length_m: f64,
    /// Shorter side, metres.
    pub width_m: f64,
    /// Direction of the longer side, degrees, 0 to 180, clockwise from the image's up.
    pub orientation_deg: f64,
    /// Area of the footprint, square metres.
    pub area_m2: f64,
    /// Share of the footprint inside the after image, 0 to 1.
    pub inside_share: f64,
    /// Height of the eaves (flat roofs: of the roof), metres.
    pub eaves_m: f64,
    /// Height of the highest point of the roof, metres.
    pub height_m: f64,
    /// Storeys.
    pub storeys: u32,
    /// Shape of the roof.
    pub roof: RoofShape,
    /// Cover of the roof.
    pub cover: Cover,
}

/// The truth of a pair, on the after grid.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    /// Every structure of the description that stands on one of the dates, even where it lies outside the image.
    pub structures: Vec<TrueStructure>,
    /// Structures standing on the earlier date, (height, width).
    pub buildings_before: Array2<bool>,
    /// Structures standing on the later date, (height, width).
    pub buildings_after: Array2<bool>,
    /// New structures, (height, width).
    pub new: Array2<bool>,
    /// Structures that are gone, (height, width).
    pub removed: Array2<bool>,
    /// From places in the after image to places in the before image.
    pub after_to_before: PixelTransform,
}

impl Truth {
    /// Number of structures with this status of which a part lies inside the after image.
    pub fn count_seen(&self, status: Status) -> usize {
        self.structures.iter().filter(|s| s.status == Some(status) && s.inside_share > 0.0).count()
    }
}

/// Works out the truth of a description: footprints at ground level, a pixel being covered when its center is.
pub fn derive_truth(description: &PairDescription) -> Truth {
    let size = image_size(description, When::After);
    let gsd = description.gsd_m;
    let standing = description.buildings.iter().filter_map(|building| Some((building, building.standing()?)));
    let structures: Vec<TrueStructure> =
        standing.zip(1..).map(|((building, when), id)| true_structure(building, when, id, gsd, size)).collect();
    let mask = |wanted: &[Option<Status>]| {
        let mut mask = Array2::from_elem((size.height, size.width), false);
        for structure in structures.iter().filter(|s| wanted.contains(&s.status)) {
            fill_polygon(&structure.footprint_px, size.window(), &mut mask);
        }
        mask
    };
    Truth {
        buildings_before: mask(&[None, Some(Status::Removed)]),
        buildings_after: mask(&[None, Some(Status::New)]),
        new: mask(&[Some(Status::New)]),
        removed: mask(&[Some(Status::Removed)]),
        after_to_before: after_to_before(description),
        structures,
    }
}

fn true_structure(building: &Building, standing: When, id: u32, gsd_m: f64, size: GridSize) -> TrueStructure {
    let footprint_m = footprint_of(building);
    let footprint_px = in_pixels(&footprint_m, gsd_m);
    let area_m2 = footprint_m.unsigned_area();
    let (length_m, width_m, orientation_deg) = rectangle_around(&footprint_m);
    let mut covered = 0usize;
    for_each_span(&footprint_px, size.window(), |_, cols| covered += cols.len());
    TrueStructure {
        id,
        status: match standing {
            When::Both => None,
            When::Before => Some(Status::Removed),
            When::After => Some(Status::New),
        },
        kind: building.kind,
        length_m,
        width_m,
        orientation_deg,
        area_m2,
        inside_share: (covered as f64 * gsd_m * gsd_m / area_m2).min(1.0),
        eaves_m: building.eaves_m,
        height_m: top_of(building),
        storeys: building.storeys,
        roof: building.roof,
        cover: building.cover,
        footprint_m,
        footprint_px,
    }
}

impl TrueStructure {
    /// Center of the footprint in pixels of the after image.
    pub fn center_px(&self) -> PixelPoint {
        let center = self.footprint_px.centroid().expect("invariant: a footprint has corners");
        PixelPoint::from_xy(center.x(), center.y())
    }
}

fn in_pixels(polygon: &Polygon<f64>, gsd_m: f64) -> Polygon<f64> {
    use geo::MapCoords;
    polygon.map_coords(|geo::Coord { x, y }| geo::Coord { x: x / gsd_m, y: y / gsd_m })
}

/// Length, width and azimuth of the smallest rectangle around a polygon.
fn rectangle_around(polygon: &Polygon<f64>) -> (f64, f64, f64) {
    let Some(rectangle) = MinimumRotatedRect::minimum_rotated_rect(polygon) else { return (0.0, 0.0, 0.0) };
    let corners: Vec<_> = rectangle.exterior().coords().copied().collect();
    let side = |i: usize| {
        let (dx, dy) = (corners[i + 1].x - corners[i].x, corners[i + 1].y - corners[i].y);
        (dx.hypot(dy), dx.atan2(-dy).to_degrees().rem_euclid(180.0))
    };
    let (first, second) = (side(0), side(1));
    let (long, short) = if first.0 >= second.0 { (first, second) } else { (second, first) };
    (long.0, short.0, long.1)
}
