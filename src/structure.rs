//! Structures: what was found, where, how large, and what it probably is.

use geo::{MinimumRotatedRect, Polygon};
use serde::{Deserialize, Serialize};

use crate::raster::point::{LonLat, PixelPoint};
use crate::raster::units::{Meters, SquareMeters};

/// What happened to a structure between the dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// In the after image only.
    New,
    /// In the before image only.
    Removed,
    /// Another structure stands where one was removed: in both masks, counted as new, in neither net total.
    Replaced,
}

impl Status {
    /// The word used in tables.
    pub fn name(self) -> &'static str {
        match self {
            Status::New => "new",
            Status::Removed => "removed",
            Status::Replaced => "replaced",
        }
    }
}

/// The smallest rectangle around an outline, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrientedRectangle {
    /// Its middle.
    pub center: PixelPoint,
    /// The longer side, pixels.
    pub length_px: f64,
    /// The shorter side, pixels.
    pub width_px: f64,
    /// Direction of the longer side, degrees, 0 to 180, from the image's right towards its bottom.
    pub angle_deg: f64,
}

impl OrientedRectangle {
    /// The smallest rectangle around an outline; `None` when the outline has no area.
    pub fn around(outline: &Polygon<f64>) -> Option<Self> {
        let smallest = MinimumRotatedRect::minimum_rotated_rect(outline)?;
        let side = smallest.exterior().0[1] - smallest.exterior().0[0];
        let direction = side.y.atan2(side.x);
        let (sin, cos) = direction.sin_cos();
        let mut ends = [f64::INFINITY, f64::NEG_INFINITY, f64::INFINITY, f64::NEG_INFINITY];
        for c in &outline.exterior().0 {
            let (along, across) = (c.x * cos + c.y * sin, c.y * cos - c.x * sin);
            ends = [ends[0].min(along), ends[1].max(along), ends[2].min(across), ends[3].max(across)];
        }
        let (along, across) = ((ends[0] + ends[1]) / 2.0, (ends[2] + ends[3]) / 2.0);
        let (a, b) = (ends[1] - ends[0], ends[3] - ends[2]);
        let turned = if a >= b { direction } else { direction + std::f64::consts::FRAC_PI_2 };
        (a > 0.0 && b > 0.0).then(|| OrientedRectangle {
            center: PixelPoint::from_xy(along * cos - across * sin, along * sin + across * cos),
            length_px: a.max(b),
            width_px: a.min(b),
            angle_deg: turned.to_degrees().rem_euclid(180.0),
        })
    }

    /// Its corners, in order around it.
    pub fn corners(&self) -> [PixelPoint; 4] {
        let (sin, cos) = self.angle_deg.to_radians().sin_cos();
        let (l, w) = (self.length_px / 2.0, self.width_px / 2.0);
        [(-l, -w), (l, -w), (l, w), (-l, w)].map(|(along, across)| {
            PixelPoint::from_xy(self.center.x + along * cos - across * sin, self.center.y + along * sin + across * cos)
        })
    }
}

/// A structure as `extract` finds it: geometry in the pixels of the after image.
#[derive(Clone, Debug, PartialEq)]
pub struct Structure {
    /// 1, 2, … in reading order within the site.
    pub id: u32,
    /// What happened to it.
    pub status: Status,
    /// Its outline, pixel coordinates, exterior ring and holes.
    pub outline: Polygon<f64>,
    /// Smallest rectangle around the outline.
    pub rectangle: OrientedRectangle,
    /// Area inside the outline, square pixels.
    pub area_px: f64,
    /// Mean probability inside the outline, 0 to 1.
    pub score: f64,
}

/// What a structure may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Kind {
    Barracks,
    House,
    Warehouse,
    Hangar,
    Shed,
    Tent,
    Container,
    Tank,
    Greenhouse,
    Other,
}

impl Kind {
    /// Every kind, in the order of tables.
    pub const ALL: [Kind; 10] = [
        Kind::Barracks,
        Kind::House,
        Kind::Warehouse,
        Kind::Hangar,
        Kind::Shed,
        Kind::Tent,
        Kind::Container,
        Kind::Tank,
        Kind::Greenhouse,
        Kind::Other,
    ];

    /// The word used in tables.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Barracks => "barracks",
            Kind::House => "house",
            Kind::Warehouse => "warehouse",
            Kind::Hangar => "hangar",
            Kind::Shed => "shed",
            Kind::Tent => "tent",
            Kind::Container => "container",
            Kind::Tank => "tank",
            Kind::Greenhouse => "greenhouse",
            Kind::Other => "other",
        }
    }
}

/// A probability for every kind; they sum to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KindDistribution {
    probabilities: [f64; Kind::ALL.len()],
}

impl KindDistribution {
    /// Scales weights so that they sum to 1; all weight on `Other` when none is positive and finite.
    pub fn from_weights(weight: impl Fn(Kind) -> f64) -> Self {
        let mut weights = Kind::ALL.map(|kind| Some(weight(kind)).filter(|w| w.is_finite() && *w > 0.0).unwrap_or(0.0));
        let total: f64 = weights.iter().sum();
        if total > 0.0 {
            weights.iter_mut().for_each(|w| *w /= total);
        } else {
            weights[Kind::Other as usize] = 1.0;
        }
        KindDistribution { probabilities: weights }
    }

    /// Probability of one kind.
    pub fn probability(&self, kind: Kind) -> f64 {
        self.probabilities[kind as usize]
    }

    /// The most probable kind; the first in [`Kind::ALL`] of equals.
    pub fn most_probable(&self) -> Kind {
        Kind::ALL
            .into_iter()
            .rev()
            .max_by(|a, b| self.probability(*a).total_cmp(&self.probability(*b)))
            .unwrap_or(Kind::Other)
    }
}

/// Size and place of a structure on the ground.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroundMeasures {
    /// Longer side of the rectangle.
    pub length: Meters,
    /// Shorter side of the rectangle.
    pub width: Meters,
    /// Long axis, degrees, 0 to 180, clockwise from true north where georeferenced, else from the image's up.
    pub orientation_deg: f64,
    /// Area inside the outline.
    pub area: SquareMeters,
    /// Fifth percentile of the area, from the uncertainty of the edge.
    pub area_p5: SquareMeters,
    /// 95th percentile of the area.
    pub area_p95: SquareMeters,
}

/// Height above ground and its standard deviation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeightEstimate {
    /// Most probable height.
    pub height: Meters,
    /// Standard deviation.
    pub standard_deviation: Meters,
}

/// Probability of 1, 2, 3 and 4 storeys; they sum to 1.
pub type StoreyDistribution = [f64; 4];

/// The most probable number of storeys, the lower of equals.
pub fn most_probable_storeys(storeys: &StoreyDistribution) -> u32 {
    let ranked = [1u32, 2, 3, 4].into_iter().zip(storeys).rev().max_by(|a, b| a.1.total_cmp(b.1));
    ranked.map_or(1, |(number, _)| number)
}

/// What an analyst said of a structure; each word replaces what was inferred for this structure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// It exists: somebody looked.
    pub accepted: bool,
    /// What it is.
    pub kind: Option<Kind>,
    /// Name of the occupancy profile.
    pub profile: Option<String>,
    /// How many storeys it has.
    pub storeys: Option<u32>,
    /// Probability that people are housed in it.
    pub p_housing: Option<f64>,
    /// What the words above rest on, where that is more than the image.
    pub confirmed_by: Option<Confirmation>,
}

/// What can confirm use and storeys of a structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// A photograph from the ground.
    GroundPhoto,
    /// Building plans.
    Plans,
}

/// A structure with its measures on the ground and what it probably is.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredStructure {
    /// Geometry in pixels.
    pub structure: Structure,
    /// Centre on WGS 84, where georeferenced.
    pub place: Option<LonLat>,
    /// Measures on the ground; `None` when the ground sampling distance is unknown.
    pub ground: Option<GroundMeasures>,
    /// Height, where it could be measured.
    pub height: Option<HeightEstimate>,
    /// What it probably is; all `Other` when the ground sampling distance is unknown.
    pub kinds: KindDistribution,
    /// How many storeys it probably has.
    pub storeys: StoreyDistribution,
    /// Probability that people are housed in it.
    pub p_housing: f64,
    /// Number of the group of alike structures (rows of sisters) it belongs to.
    pub group: usize,
    /// What an analyst said of it.
    pub judged: Judgement,
    /// A remark for the reader; empty when there is none.
    pub note: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_sum_to_one_and_the_first_of_equals_wins() {
        let even = KindDistribution::from_weights(|kind| if kind <= Kind::House { 3.0 } else { 0.0 });
        assert_eq!(even.most_probable(), Kind::Barracks);
        assert_eq!(Kind::ALL.map(|kind| even.probability(kind)).iter().sum::<f64>(), 1.0);
        assert_eq!(KindDistribution::from_weights(|_| f64::NAN).most_probable(), Kind::Other);
    }

    #[test]
    fn corners_of_a_turned_rectangle() {
        let rectangle = OrientedRectangle {
            center: PixelPoint::from_xy(10.0, 10.0),
            length_px: 8.0,
            width_px: 2.0,
            angle_deg: 90.0,
        };
        let corners = rectangle.corners();
        assert!((corners[0].x - 11.0).abs() < 1e-9 && (corners[0].y - 6.0).abs() < 1e-9);
    }
}
