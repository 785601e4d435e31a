//! Structures: everything that counts as built.

use serde::{Deserialize, Serialize};

use super::{Color, Place, When, is_one, one};
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
    /// Gables side by side, valleys along the length: greenhouses, old works.
    Spans,
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
            RoofShape::Spans => "spans",
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
    GrayTile,
    Shingle,
    Concrete,
    PaleConcrete,
    WhiteMembrane,
    DarkMembrane,
    Thatch,
    WhiteCanvas,
    TanCanvas,
    GreenCanvas,
    BlueCanvas,
    GravelRoof,
    Glass,
    Plastic,
}

/// How far a structure is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A slab on the ground: no structure yet, and not in the truth.
    Slab,
    /// Footings, a hand high to knee-high, around bare earth: no structure yet, and not in the truth.
    Footings,
    /// Walls and rooms, open to the sky.
    Walls,
    /// Posts and rafters.
    Frame,
    /// A roof over one part, rafters over the rest.
    HalfRoofed,
    /// Built up to the roof, which is a tarpaulin for now.
    Tarpaulin,
    /// Ready.
    #[default]
    Finished,
}

impl Stage {
    fn is_finished(&self) -> bool {
        *self == Stage::Finished
    }
}

/// What stands on a roof or is let into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fitting {
    /// Rows of translucent strips across the ridge.
    Skylights,
    /// Rows of air handlers.
    UnitRows,
    /// A stair house or two, small rooms.
    RoofRooms,
    /// Water tanks, dishes, drums.
    Tanks,
    /// Small gables on the slopes.
    Dormers,
    /// Chimneys.
    Chimneys,
    /// A pale cap along the ridge.
    RidgeCap,
    /// Vents along the ridge.
    RidgeVents,
    /// Dark gutters along the eaves.
    Gutters,
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
    /// Shape of its roof; the building's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roof: Option<RoofShape>,
    /// Height of its eaves; the building's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eaves_m: Option<f64>,
    /// Color of its roof; the building's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
}

impl Wing {
    /// A wing under the building's own kind of roof: center along and across, extent along and across its own ridge.
    pub fn rectangle(center: [f64; 2], size: [f64; 2], crosswise: bool) -> Self {
        let ([along_m, across_m], [length_m, width_m]) = (center, size);
        Wing { along_m, across_m, length_m, width_m, crosswise, roof: None, eaves_m: None, color: None }
    }
}

/// A rectangle that is open from the roof down to the ground.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Court {
    /// Its center along the building's length, metres from the building's center.
    pub along_m: f64,
    /// Its center across, metres from the building's center.
    pub across_m: f64,
    /// Its extent along the building's length, metres.
    pub length_m: f64,
    /// Its extent across, metres.
    pub width_m: f64,
}

/// Courts smaller than this are light wells: in the truth they belong to the footprint, as whoever draws one around a
/// building does not leave them out. Square metres, chosen by eye.
pub const LIGHT_WELL_M2: f64 = 20.0;

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
    /// Color of the roof on the later date, when it was repainted. That is no new structure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color_after: Option<Color>,
    /// Color of sheets or patches of another age among the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_color: Option<Color>,
    /// Share of sheets or patches that have the second color, 0 to 1.
    #[serde(default)]
    pub patched: f64,
    /// Color of the parapet of a flat roof; the roof's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parapet_color: Option<Color>,
    /// Color of the walls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wall_color: Option<Color>,
    /// Whether the footprint is a circle (`length_m` across): tanks, huts.
    #[serde(default)]
    pub round: bool,
    /// Corners of the main part, in order, metres along and across from the center, when it is no rectangle. They lie within
    /// `length_m` by `width_m`, over which the roof rises.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<[f64; 2]>,
    /// Stains and patches on the roof, 0 to 1.
    #[serde(default = "half")]
    pub wear: f64,
    /// How differently slopes of different aspect have faded and stained: 1 as the table of roofs has it; else wings follow
    /// the aspects of the whole.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub facets: f64,
    /// Factor on how rough the roof's grain and stains are.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub roughness: f64,
    /// Boxes, pipes and hatches on the roof, 0 to 1.
    #[serde(default)]
    pub clutter: f64,
    /// What stands on the roof or is let into it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fittings: Vec<Fitting>,
    /// Share of one slope, or of a flat roof, under solar panels, 0 to 1.
    #[serde(default)]
    pub panels: f64,
    /// The same on the later date, when panels came or went. That is no new structure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub panels_after: Option<f64>,
    /// Rectangles that add to the footprint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wings: Vec<Wing>,
    /// Rectangles open to the sky.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub courts: Vec<Court>,
    /// How far it is built on the earlier date.
    #[serde(default, skip_serializing_if = "Stage::is_finished")]
    pub stage_before: Stage,
    /// How far it is built on the later date.
    #[serde(default, skip_serializing_if = "Stage::is_finished")]
    pub stage_after: Stage,
}

impl Building {
    /// A plain flat-roofed storey of concrete: [length, width] in metres, azimuth of the length in degrees.
    pub fn rectangle(kind: Kind, center: Place, size: [f64; 2], azimuth_deg: f64) -> Self {
        Building {
            kind,
            when: When::Both,
            center,
            length_m: size[0],
            width_m: size[1],
            azimuth_deg: azimuth_deg.rem_euclid(360.0),
            storeys: 1,
            eaves_m: 3.0,
            rise_m: 0.5,
            roof: RoofShape::Flat,
            cover: Cover::Concrete,
            cover_after: None,
            color: None,
            color_after: None,
            second_color: None,
            patched: 0.0,
            parapet_color: None,
            wall_color: None,
            round: false,
            plan: Vec::new(),
            wear: 0.5,
            facets: 1.0,
            roughness: 1.0,
            clutter: 0.0,
            fittings: Vec::new(),
            panels: 0.0,
            panels_after: None,
            wings: Vec::new(),
            courts: Vec::new(),
            stage_before: Stage::Finished,
            stage_after: Stage::Finished,
        }
    }

    /// The same on a plot of this shape, its corners in order: at least three. Its length lies along the first side.
    pub fn on_plot(kind: Kind, corners: &[Place]) -> Self {
        let [from, to] = [corners[0], corners[1]];
        let azimuth = (to[0] - from[0]).atan2(from[1] - to[1]);
        let (sin, cos) = azimuth.sin_cos();
        let local = |place: &Place| {
            let [dx, dy] = [place[0] - from[0], place[1] - from[1]];
            [dx * sin - dy * cos, dy * sin + dx * cos]
        };
        let plan: Vec<[f64; 2]> = corners.iter().map(local).collect();
        let extent = [0, 1].map(|k| {
            let low = plan.iter().map(|corner| corner[k]).fold(f64::MAX, f64::min);
            let high = plan.iter().map(|corner| corner[k]).fold(f64::MIN, f64::max);
            [low, high]
        });
        let [along, across] = extent.map(|[low, high]| (low + high) / 2.0);
        let center = [from[0] + along * sin + across * cos, from[1] - along * cos + across * sin];
        let size = extent.map(|[low, high]| high - low);
        let plan = plan.iter().map(|corner| [corner[0] - along, corner[1] - across]).collect();
        Building { plan, ..Building::rectangle(kind, center, size, azimuth.to_degrees()) }
    }

    /// How far it is built on a date.
    pub fn stage_on(&self, date: When) -> Stage {
        if date == When::Before { self.stage_before } else { self.stage_after }
    }

    /// True when it counts as a structure on a date: it is there, and more than a slab or footings.
    pub fn stands_on(&self, date: When) -> bool {
        self.when.includes(date) && !matches!(self.stage_on(date), Stage::Slab | Stage::Footings)
    }

    /// On which dates it counts as a structure; `None` when on neither.
    pub fn standing(&self) -> Option<When> {
        match (self.stands_on(When::Before), self.stands_on(When::After)) {
            (true, true) => Some(When::Both),
            (true, false) => Some(When::Before),
            (false, true) => Some(When::After),
            (false, false) => None,
        }
    }
}

fn half() -> f64 {
    0.5
}

fn one_storey() -> u32 {
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_is_met_corner_by_corner() {
        let corners = [[3.0, 4.0], [11.0, 1.0], [14.0, 9.0], [6.0, 12.5]];
        let house = Building::on_plot(Kind::House, &corners);
        let (sin, cos) = house.azimuth_deg.to_radians().sin_cos();
        for (corner, [along, across]) in corners.iter().zip(&house.plan) {
            let [x, y] = [house.center[0] + along * sin + across * cos, house.center[1] - along * cos + across * sin];
            assert!((x - corner[0]).hypot(y - corner[1]) < 1e-9, "{x} {y}");
            assert!(along.abs() <= house.length_m / 2.0 + 1e-9 && across.abs() <= house.width_m / 2.0 + 1e-9);
        }
    }

    #[test]
    fn what_is_only_laid_out_does_not_count_yet() {
        let mut house = Building::rectangle(Kind::House, [0.0, 0.0], [14.0, 9.0], 0.0);
        for flat in [Stage::Slab, Stage::Footings] {
            house.stage_before = flat;
            assert_eq!(house.standing(), Some(When::After));
            house.stage_after = flat;
            assert_eq!(house.standing(), None);
            house.stage_after = Stage::Finished;
        }
        house.stage_before = Stage::Walls;
        assert_eq!(house.standing(), Some(When::Both));
    }
}
