//! What a pair shows: the scene file's words, and what the random story writes.
//!
//! Places are metres from the top-left corner of the after image, x right, y down ([`PixelPoint`] times the ground
//! sampling distance). Azimuths are degrees clockwise from the image's up.
//!
//! [`PixelPoint`]: crate::raster::point::PixelPoint

use serde::{Deserialize, Serialize};

use crate::structure::Kind;

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
    /// Parts of the ground that differ from the biome, painted in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patches: Vec<Patch>,
    /// Roads, tracks, taxiways and runways, painted in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roads: Vec<Road>,
    /// Everything that counts as a structure.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buildings: Vec<Building>,
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

/// When and how one of the images was taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateDescription {
    /// Day of acquisition, for the tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<jiff::civil::Date>,
    /// Azimuth of the sun, degrees clockwise from the image's up.
    pub sun_azimuth_deg: f64,
    /// Elevation of the sun, degrees above the horizon, 5 to 90.
    pub sun_elevation_deg: f64,
    /// Azimuth of the satellite seen from the ground, degrees clockwise from the image's up.
    #[serde(default)]
    pub view_azimuth_deg: f64,
    /// Angle between the line of sight and the vertical, degrees, 0 to 45.
    #[serde(default)]
    pub off_nadir_deg: f64,
    /// How green vegetation is, 0 (dry season, winter) to 1.
    pub greenness: f64,
    /// How wet bare ground is, 0 to 1; wet ground is darker.
    #[serde(default)]
    pub moisture: f64,
    /// Share of open ground under snow, 0 to 1.
    #[serde(default)]
    pub snow: f64,
    /// From light to DN.
    #[serde(default)]
    pub camera: Camera,
    /// How this image lies against the after grid; the after image must leave it out.
    #[serde(default, skip_serializing_if = "Placement::is_identity")]
    pub placement: Placement,
}

/// From light to DN. The default is a clean image.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Camera {
    /// Standard deviation of the point spread beyond the pixel's own square, pixels.
    pub blur_px: f64,
    /// Standard deviation of sensor noise, DN.
    pub noise_dn: f64,
    /// Share of the light that is scattered by the air, 0 to 0.6.
    pub haze: f64,
    /// Share of the light on level ground that comes from the sky: how bright shadows are, 0.05 to 0.6.
    pub skylight: f64,
    /// Factor on the light.
    pub gain: f64,
    /// Exponent of the tone curve; above 1 darkens the middle.
    pub gamma: f64,
    /// Factor on the distance from middle gray.
    pub contrast: f64,
    /// Factor on the distance from gray, 0 is black and white.
    pub saturation: f64,
    /// Factor on red, green and blue.
    pub tint: [f64; 3],
    /// Strength of unsharp masking, 0 to 1.5.
    pub sharpening: f64,
    /// JPEG quality the image went through, 1 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jpeg_quality: Option<u8>,
}

impl Default for Camera {
    fn default() -> Self {
        Camera {
            blur_px: 0.45,
            noise_dn: 0.0,
            haze: 0.0,
            skylight: 0.25,
            gain: 1.0,
            gamma: 1.0,
            contrast: 1.0,
            saturation: 1.0,
            tint: [1.0; 3],
            sharpening: 0.0,
            jpeg_quality: None,
        }
    }
}

/// How an image lies against the after grid: a place p of the after image is shown at
/// c' + scale R(p - c) + shift, with c and c' the centers of the two images and R a turn clockwise on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Placement {
    /// Pixels to the right.
    pub shift_x_px: f64,
    /// Pixels down.
    pub shift_y_px: f64,
    /// Degrees, clockwise on the screen.
    pub rotation_deg: f64,
    /// Pixels of this image for one of the after image.
    pub scale: f64,
    /// Columns, when they differ from the after image's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width_px: Option<usize>,
    /// Rows, when they differ from the after image's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height_px: Option<usize>,
}

impl Default for Placement {
    fn default() -> Self {
        Placement { shift_x_px: 0.0, shift_y_px: 0.0, rotation_deg: 0.0, scale: 1.0, width_px: None, height_px: None }
    }
}

impl Placement {
    /// True when the image lies on the after grid.
    pub fn is_identity(&self) -> bool {
        *self == Placement::default()
    }
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

/// A kind of landscape: the mix of natural ground and vegetation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Biome {
    Desert,
    Savanna,
    Steppe,
    Temperate,
    Mediterranean,
    Tropical,
    Cropland,
    Boreal,
}

impl Biome {
    /// Every biome.
    pub const ALL: [Biome; 8] = [
        Biome::Desert,
        Biome::Savanna,
        Biome::Steppe,
        Biome::Temperate,
        Biome::Mediterranean,
        Biome::Tropical,
        Biome::Cropland,
        Biome::Boreal,
    ];
}

/// What the ground is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Material {
    Laterite,
    Soil,
    Sand,
    PaleSand,
    Gravel,
    Mud,
    Rock,
    DryGrass,
    Grass,
    Scrub,
    Undergrowth,
    Crop,
    Stubble,
    Ploughed,
    Asphalt,
    OldAsphalt,
    Concrete,
    Water,
    Pool,
    Turf,
    Clay,
    Snow,
}

/// How the border of a patch runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Border {
    /// Along the outline: concrete, lawns.
    #[default]
    Sharp,
    /// Frayed by about a meter: graded plots.
    Worn,
    /// Wandering by several metres: natural shapes.
    Organic,
}

/// A part of the ground that differs from the biome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    /// When it is there.
    #[serde(default)]
    pub when: When,
    /// What it is made of.
    pub material: Material,
    /// Color instead of the material's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// Corners, in order.
    pub outline: Vec<Place>,
    /// How the border runs.
    #[serde(default)]
    pub border: Border,
    /// How much of the ground below is hidden, 0 to 1.
    #[serde(default = "one")]
    pub opacity: f64,
    /// Distance between furrows, joints or swaths, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_m: Option<f64>,
    /// Azimuth of furrows, joints or swaths, degrees.
    #[serde(default)]
    pub rows_azimuth_deg: f64,
    /// Whether stalls are painted on it: a parking lot.
    #[serde(default)]
    pub stalls: bool,
}

fn one() -> f64 {
    1.0
}

/// What is painted on a road.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Markings {
    /// Nothing.
    #[default]
    None,
    /// A dashed center line.
    Street,
    /// A yellow center line: a taxiway.
    Taxiway,
    /// Center line, side stripes and rubber: a runway.
    Runway,
    /// Two ruts: a vehicle track.
    Ruts,
}

/// A band along a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Road {
    /// When it is there.
    #[serde(default)]
    pub when: When,
    /// What it is made of.
    pub material: Material,
    /// Color instead of the material's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// Points of the center line.
    pub line: Vec<Place>,
    /// Whether the line is a curve through the points.
    #[serde(default)]
    pub curved: bool,
    /// Width, metres.
    pub width_m: f64,
    /// Width of a pale curb or shoulder on either side, metres.
    #[serde(default)]
    pub shoulder_m: f64,
    /// How far the edges fray, metres.
    #[serde(default)]
    pub fray_m: f64,
    /// How much of the ground below is hidden, 0 to 1.
    #[serde(default = "one")]
    pub opacity: f64,
    /// What is painted on it.
    #[serde(default)]
    pub markings: Markings,
}

/// The shape of a roof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoofShape {
    /// Level, with a parapet.
    Flat,
    /// Two slopes, ridge along the length.
    Gable,
    /// Four slopes.
    Hip,
    /// One slope.
    Shed,
    /// A half cylinder along the length.
    Barrel,
    /// A cap over the middle.
    Dome,
    /// Bays with one steep and one gentle side each.
    Sawtooth,
}

impl RoofShape {
    /// The word used in tables.
    pub fn name(self) -> &'static str {
        match self {
            RoofShape::Flat => "flat",
            RoofShape::Gable => "gable",
            RoofShape::Hip => "hip",
            RoofShape::Shed => "shed",
            RoofShape::Barrel => "barrel",
            RoofShape::Dome => "dome",
            RoofShape::Sawtooth => "sawtooth",
        }
    }
}

/// What a roof is covered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Cover {
    WhiteMetal,
    GrayMetal,
    RustyMetal,
    BlueMetal,
    GreenMetal,
    RedMetal,
    RedTile,
    BrownTile,
    Shingle,
    Concrete,
    PaleConcrete,
    WhiteMembrane,
    DarkMembrane,
    Thatch,
    WhiteCanvas,
    TanCanvas,
    GreenCanvas,
}

/// A rectangle that adds to a building's footprint.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wing {
    /// Its center along the building's length, metres from the building's center.
    pub along_m: f64,
    /// Its center across, metres from the building's center.
    pub across_m: f64,
    /// Its extent along its own ridge, metres.
    pub length_m: f64,
    /// Its extent across its own ridge, metres.
    pub width_m: f64,
    /// Whether its ridge runs across the building's length.
    #[serde(default)]
    pub crosswise: bool,
}

/// A structure: in the truth, whatever its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Building {
    /// What it is.
    pub kind: Kind,
    /// When it is there.
    #[serde(default)]
    pub when: When,
    /// Center of its main rectangle.
    pub center: Place,
    /// Extent along the ridge, metres.
    pub length_m: f64,
    /// Extent across the ridge, metres.
    pub width_m: f64,
    /// Azimuth of the length, degrees.
    pub azimuth_deg: f64,
    /// Storeys.
    #[serde(default = "one_storey")]
    pub storeys: u32,
    /// Height of the eaves above ground, metres.
    pub eaves_m: f64,
    /// Height of the ridge above the eaves, metres; of the parapet for a flat roof.
    #[serde(default)]
    pub rise_m: f64,
    /// Shape of the roof.
    pub roof: RoofShape,
    /// What the roof is covered with.
    pub cover: Cover,
    /// What the roof is covered with on the later date, when it was renewed. That is no new structure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cover_after: Option<Cover>,
    /// Color of the roof instead of the cover's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// Color of the walls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wall_color: Option<Color>,
    /// Whether the footprint is a circle (`length_m` across): tanks, huts.
    #[serde(default)]
    pub round: bool,
    /// Stains and patches on the roof, 0 to 1.
    #[serde(default = "half")]
    pub wear: f64,
    /// Boxes, pipes and hatches on the roof, 0 to 1.
    #[serde(default)]
    pub clutter: f64,
    /// Rectangles that add to the footprint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wings: Vec<Wing>,
}

fn half() -> f64 {
    0.5
}

fn one_storey() -> u32 {
    1
}

/// A wall or fence along a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fence {
    /// When it is there.
    #[serde(default)]
    pub when: When,
    /// Corners, in order.
    pub line: Vec<Place>,
    /// Height, metres.
    pub height_m: f64,
    /// Thickness, metres.
    pub width_m: f64,
    /// Color.
    pub color: Color,
}

/// A kind of vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum VehicleClass {
    Car,
    Van,
    Truck,
    Bus,
    Trailer,
}

/// A vehicle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vehicle {
    /// When it is there.
    #[serde(default)]
    pub when: When,
    /// What it is.
    pub class: VehicleClass,
    /// Its center.
    pub center: Place,
    /// Azimuth it heads for, degrees.
    pub azimuth_deg: f64,
    /// Color of the body; drawn from the table when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
}

/// A kind of aircraft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum AircraftClass {
    Transport,
    Jet,
    Light,
    Helicopter,
}

/// An aircraft on the ground.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aircraft {
    /// When it is there.
    #[serde(default)]
    pub when: When,
    /// What it is.
    pub class: AircraftClass,
    /// Middle of its wing.
    pub center: Place,
    /// Azimuth it heads for, degrees.
    pub azimuth_deg: f64,
    /// Color.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
}

/// A heap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Heap {
    /// When it is there.
    #[serde(default)]
    pub when: When,
    /// What it is made of.
    pub material: Material,
    /// Its center.
    pub center: Place,
    /// Radius, metres.
    pub radius_m: f64,
    /// Height, metres.
    pub height_m: f64,
}

/// How a tree grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Species {
    Broadleaf,
    Evergreen,
    Conifer,
    Acacia,
    Palm,
    Shrub,
}

/// A tree or bush.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tree {
    /// When it is there.
    #[serde(default)]
    pub when: When,
    /// How it grows.
    pub species: Species,
    /// Its stem.
    pub center: Place,
    /// Radius of the crown, metres.
    pub radius_m: f64,
    /// Height, metres.
    pub height_m: f64,
}

/// Trees or bushes by the hundred, kept off roads, pavements and buildings of either date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scatter {
    /// How they grow.
    pub species: Species,
    /// Where; the whole scene when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outline: Vec<Place>,
    /// How many on 10,000 square metres.
    pub per_hectare: f64,
    /// Smallest and largest radius of a crown, metres.
    pub radius_m: [f64; 2],
    /// How much they crowd, 0 (evenly) to 1 (in clumps).
    #[serde(default)]
    pub clumping: f64,
    /// Share that is there on the earlier date.
    #[serde(default = "one")]
    pub share_before: f64,
    /// Share that is there on the later date.
    #[serde(default = "one")]
    pub share_after: f64,
}
