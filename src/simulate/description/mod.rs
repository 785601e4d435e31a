//! What a pair shows: the scene file's words, and what the random story writes.
//!
//! Places are metres from the top-left corner of the after image, x right, y down ([`PixelPoint`] times the ground
//! sampling distance). Azimuths are degrees clockwise from the image's up.
//!
//! [`PixelPoint`]: crate::raster::point::PixelPoint

mod camera;
mod conditions;
mod date;
mod ground;
mod objects;
mod structures;

use serde::{Deserialize, Serialize};

pub use camera::{Camera, Overlay, Resampling};
pub use conditions::{Clouds, Variety};
pub use date::{DateDescription, Placement};
pub use ground::{Biome, Border, Markings, Material, Patch, Relief, Road, Wear};
pub use objects::{
    Aircraft, AircraftClass, Body, BodyShape, Fence, Heap, PaintedLine, Ridge, Scatter, Species, Tree, USUAL_STAND_OFF,
    Vehicle, VehicleClass,
};
pub use structures::{Building, Court, Cover, Fitting, LIGHT_WELL_M2, RoofShape, Stage, Wing};

/// A place on the ground, [x, y] in metres.
pub type Place = [f64; 2];

/// A color as it looks in full sun on level ground, 0 to 255 red, green, blue.
pub type Color = [u8; 3];

/// A pair of images of one site: all that is needed to render it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairDescription {
    /// Name for people.
    pub name: String,
    /// Seed of textures, colors left open and scattered objects.
    pub seed: u64,
    /// Columns of the after image.
    pub width_px: usize,
    /// Rows of the after image.
    pub height_px: usize,
    /// Side of a pixel of the after image on the ground, metres.
    pub gsd_m: f64,
    /// Samples per pixel and axis; 2 is quick, 3 or 4 is clean.
    #[serde(default = "default_supersampling")]
    pub supersampling: usize,
    /// Natural ground.
    pub biome: Biome,
    /// Place on the earth; none for a screenshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub georeference: Option<GeoreferenceDescription>,
    /// The earlier image.
    pub before: DateDescription,
    /// The later image.
    pub after: DateDescription,
    /// Hills; level when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relief: Option<Relief>,
    /// Wear around structures; none when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wear: Option<Wear>,
    /// Parts of the ground that differ from the biome, painted in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patches: Vec<Patch>,
    /// Roads, tracks, taxiways and runways, painted in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roads: Vec<Road>,
    /// Everything that counts as a structure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buildings: Vec<Building>,
    /// Lines of paint, ruts and rills, painted on the ground above roads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub painted_lines: Vec<PaintedLine>,
    /// Goods, gravestones, solar panels, boats and other low bodies that are no structures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bodies: Vec<Body>,
    /// Walls and fences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fences: Vec<Fence>,
    /// Cars, trucks and the like.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vehicles: Vec<Vehicle>,
    /// Aircraft on the ground.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aircraft: Vec<Aircraft>,
    /// Heaps of earth, sand or stone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub heaps: Vec<Heap>,
    /// Embankments, dikes and berms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ridges: Vec<Ridge>,
    /// Single trees and bushes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trees: Vec<Tree>,
    /// Trees and bushes by the hundred.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scatters: Vec<Scatter>,
}

fn default_supersampling() -> usize {
    3
}

/// Where the after image lies; both images are written with it, so that a placement of the before image is an error
/// of its georeference, as in real pairs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GeoreferenceDescription {
    /// EPSG code of a projected system with metres as its unit.
    pub epsg: u16,
    /// Map x of the left edge.
    pub left: f64,
    /// Map y of the top edge.
    pub top: f64,
}

/// On which of the two dates an object is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// On both dates.
    #[default]
    Both,
    /// Gone by the later date.
    Before,
    /// Came after the earlier date.
    After,
}

impl When {
    /// True when the object is there on this date.
    pub fn includes(self, date: When) -> bool {
        self == When::Both || self == date
    }
}

fn one() -> f64 {
    1.0
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

fn is_one(value: &f64) -> bool {
    *value == 1.0
}
