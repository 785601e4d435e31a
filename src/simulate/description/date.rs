//! When and how an image was taken.

use serde::{Deserialize, Serialize};

use super::{Camera, Clouds, Overlay, Variety, is_zero};

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
    /// Share of open ground under snow, 0 to 1; from about 0.5 on most roofs are under it too.
    #[serde(default)]
    pub snow: f64,
    /// How far the materials of the ground stray from the tables.
    #[serde(default, skip_serializing_if = "Variety::is_none")]
    pub variety: Variety,
    /// Clouds and their shadows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clouds: Option<Clouds>,
    /// From light to DN.
    #[serde(default)]
    pub camera: Camera,
    /// What is laid over the finished image: captions, watermarks, black corners.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overlays: Vec<Overlay>,
    /// How this image lies against the after grid; the after image must leave it out.
    #[serde(default, skip_serializing_if = "Placement::is_identity")]
    pub placement: Placement,
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
    /// How far the image is stretched locally beyond that, pixels: relief that was not taken out.
    #[serde(skip_serializing_if = "is_zero")]
    pub warp_px: f64,
    /// Columns, when they differ from the after image's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width_px: Option<usize>,
    /// Rows, when they differ from the after image's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height_px: Option<usize>,
}

impl Default for Placement {
    fn default() -> Self {
        Placement {
            shift_x_px: 0.0,
            shift_y_px: 0.0,
            rotation_deg: 0.0,
            scale: 1.0,
            warp_px: 0.0,
            width_px: None,
            height_px: None,
        }
    }
}

impl Placement {
    /// True when the image lies on the after grid.
    pub fn is_identity(&self) -> bool {
        *self == Placement::default()
    }
}
