//! From light to DN, and what was done to the image since.

use serde::{Deserialize, Serialize};

/// From light to DN. The default is a clean image.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Camera {
    /// Standard deviation of the point spread beyond the pixel's own square, pixels.
    pub blur_px: f64,
    /// Standard deviation of sensor noise, DN.
    pub noise_dn: f64,
    /// Share of the noise that is the same in all bands, 0 to 1.
    pub noise_gray: f64,
    /// Standard deviation of noise that neighbors share, DN: of blotches about 3 pixels wide.
    pub blotches_dn: f64,
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
    /// Display value added to the black of red, green and blue, fading towards white, -0.3 to 0.3: tinted shadows.
    pub lift: [f64; 3],
    /// Strength of unsharp masking over 3 x 3 pixels, 0 to 1.5.
    pub sharpening: f64,
    /// Strength of unsharp masking over 7 x 7 pixels, 0 to 1.5: bright and dark rims.
    pub halo: f64,
    /// How much darker the corners are, 0 to 0.6.
    pub vignette: f64,
    /// Width of the square over which color, not brightness, is blurred: coarse color bands under a sharp gray one.
    pub color_blur_px: usize,
    /// How far color lies beside brightness, pixels right and down.
    pub color_shift_px: [f64; 2],
    /// Stretches the image from black to white so that this share of it is cut off at either end, 0 to 0.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stretch: Option<f64>,
    /// Whether every band is stretched by itself, which changes colors.
    pub stretch_bands: bool,
    /// Pixels of the image as it was taken for one pixel of the image as it is delivered, 0.4 to 1.6.
    pub native_scale: f64,
    /// How the delivered image was made of the taken one.
    pub resampling: Resampling,
    /// JPEG quality the image went through before it was resampled, 1 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_jpeg_quality: Option<u8>,
    /// JPEG quality the image went through at last, 1 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jpeg_quality: Option<u8>,
}

impl Default for Camera {
    fn default() -> Self {
        Camera {
            blur_px: 0.45,
            noise_dn: 0.0,
            noise_gray: 0.0,
            blotches_dn: 0.0,
            haze: 0.0,
            skylight: 0.25,
            gain: 1.0,
            gamma: 1.0,
            contrast: 1.0,
            saturation: 1.0,
            tint: [1.0; 3],
            lift: [0.0; 3],
            sharpening: 0.0,
            halo: 0.0,
            vignette: 0.0,
            color_blur_px: 1,
            color_shift_px: [0.0; 2],
            stretch: None,
            stretch_bands: false,
            native_scale: 1.0,
            resampling: Resampling::Bilinear,
            first_jpeg_quality: None,
            jpeg_quality: None,
        }
    }
}

/// How an image is brought onto another grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resampling {
    /// The nearest pixel.
    Nearest,
    /// Bilinear interpolation.
    #[default]
    Bilinear,
    /// Cubic interpolation (Catmull-Rom): sharper, overshoots at edges.
    Cubic,
}

/// What is laid over a finished image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case", tag = "kind")]
pub enum Overlay {
    /// No image beyond a line that cuts off a corner or an edge: black.
    Void {
        /// A point of the line, shares of the image's width and height.
        at: [f64; 2],
        /// Azimuth of the side without image, degrees clockwise from up.
        azimuth_deg: f64,
    },
    /// A bar with writing.
    Caption {
        /// Top of the bar, share of the image's height.
        top: f64,
        /// Height of the bar, pixels.
        height_px: usize,
        /// How much of the image the bar hides, 0 to 1.
        opacity: f64,
        /// Whether the bar is white and the writing black.
        #[serde(default)]
        light: bool,
        /// Which strokes are written.
        seed: u64,
    },
    /// Pale writing repeated over the image.
    Watermark {
        /// Height of its letters, pixels.
        height_px: usize,
        /// How much of the image the strokes hide, 0 to 1.
        opacity: f64,
        /// Which strokes are written.
        seed: u64,
    },
}
