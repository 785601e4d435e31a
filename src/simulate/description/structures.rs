//! Structures: everything that counts as built.

use serde::{Deserialize, Serialize};

use super::{Color, Place, When};
use crate::structure::Kind;

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
