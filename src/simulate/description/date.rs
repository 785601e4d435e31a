//! When and how an image was taken.

use serde::{Deserialize, Serialize};

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
