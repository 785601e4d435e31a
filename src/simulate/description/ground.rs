//! Ground: natural cover, and what people lay on it.

use serde::{Deserialize, Serialize};

use super::{Color, Place, When, is_zero, one};

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
    /// Fading over some ten metres: moisture, wear, thin growth.
    Faded,
}

/// Hills and hollows of the natural ground, as far as they turn slopes to the sun: what stands on the ground stands level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relief {
    /// Standard deviation of heights, metres.
    pub height_m: f64,
    /// Typical extent of a hill, metres.
    pub size_m: f64,
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
    /// Radius of the corners where it meets a road of the same material, metres; the smaller of both counts.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub corner_m: f64,
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

/// How the ground around structures is worn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wear {
    /// How far from walls, metres, 0.5 to 20.
    pub reach_m: f64,
    /// How much of the ground at the walls is trodden bare, 0 to 1.
    pub trodden: f64,
    /// How much of it small things cover, 0 to 1.
    #[serde(default)]
    pub things: f64,
    /// Color of what is bare; that of soil when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
}
