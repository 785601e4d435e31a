//! What stands about and is no structure: fences, vehicles, aircraft, heaps, trees.

use serde::{Deserialize, Serialize};

use super::{Color, Material, Place, When, one};

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

/// A flat line: paint on a court, a rail, a rut, a rill, a rope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaintedLine {
    /// When it is there.
    #[serde(default)]
    pub when: When,
    /// Corners, in order.
    pub line: Vec<Place>,
    /// Width, metres.
    pub width_m: f64,
    /// Color.
    pub color: Color,
    /// How much of the ground below is hidden, 0 to 1.
    #[serde(default = "one")]
    pub opacity: f64,
}

/// The shape of a low body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BodyShape {
    /// A box: pallets, crates, gravestones, a straw stack.
    #[default]
    Box,
    /// A half cylinder along its length: bales, pipes, rolled tarps.
    Roll,
    /// A board that rises from one long side to the other: solar panels.
    Board,
    /// A box with a pointed front: boats and ships.
    Hull,
    /// An uneven heap within the rectangle: rubble, scrap, tarps over goods.
    Ragged,
    /// A round lid: wells, covers, trampolines.
    Disc,
}

/// A low body that is no structure: goods, gravestones, solar panels, boats, covers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// When it is there.
    #[serde(default)]
    pub when: When,
    /// Its shape.
    #[serde(default)]
    pub shape: BodyShape,
    /// Its center.
    pub center: Place,
    /// Extent along its azimuth, metres.
    pub length_m: f64,
    /// Extent across, metres.
    pub width_m: f64,
    /// Height, metres; 0 is flat.
    pub height_m: f64,
    /// Azimuth of its length, degrees.
    pub azimuth_deg: f64,
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

/// Earth raised along a line: embankments, dikes, berms around basins, spoil.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ridge {
    /// When it is there.
    #[serde(default)]
    pub when: When,
    /// What it is made of.
    pub material: Material,
    /// Points of its crest; the first repeated at the end for a ring.
    pub line: Vec<Place>,
    /// Width of the level crest, metres.
    pub crest_m: f64,
    /// Width of a slope on either side, metres.
    pub slope_m: f64,
    /// Height, metres.
    pub height_m: f64,
    /// How much of the ground below is hidden, 0 to 1.
    #[serde(default = "one")]
    pub opacity: f64,
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
    /// Radii of its crown that a tree stands off a building, 0.2 to 1.
    #[serde(default = "usual_stand_off")]
    pub stand_off: f64,
    /// Share that is there on the earlier date.
    #[serde(default = "one")]
    pub share_before: f64,
    /// Share that is there on the later date.
    #[serde(default = "one")]
    pub share_after: f64,
}

/// [`Scatter::stand_off`] when left out: people fell what hangs far over a roof (a choice, 2026-11-25; with 0.5 crowns hid
/// 24 to 68 % of the pixels of new structures in some wooded scenes).
pub const USUAL_STAND_OFF: f64 = 0.8;

fn usual_stand_off() -> f64 {
    USUAL_STAND_OFF
}
