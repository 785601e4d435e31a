//! Hills and hollows: slopes of the land that turn to the sun or away from it.

use crate::raster::window::Window;
use crate::simulate::description::{DateDescription, Relief};
use crate::simulate::dice::Dice;
use crate::simulate::render::noise::{Field, Texture};
use crate::simulate::render::paint::scaled;
use crate::simulate::render::surface::Surface;

/// Texels of [`Texture::Cloud`] that one of its shapes spans.
const HILL_TEXELS: f64 = 64.0;

/// Slopes are taken over this part of a hill, so that the texture's steps do not show.
const REACH: f64 = 0.06;

/// Darkest and brightest that a slope gets, relative to level ground: land in full shade still has the sky's light, and
/// is not as steep as walls.
const SHADES: [f32; 2] = [0.35, 1.5];

/// Shades a window of the ground by its slopes, seen from the sun of a date.
///
/// The land itself stays level for everything that stands on it: shadows, lean and the truth do not know of the hills.
/// Both dates have the same hills, and each its own sun.
pub(in crate::simulate) fn shade_relief(
    surface: &mut Surface,
    window: Window,
    relief: Relief,
    seed: u64,
    date: &DateDescription,
) {
    let hills = Field::lay_anyhow(Texture::Cloud, relief.size_m / HILL_TEXELS, &mut Dice::for_part(seed, "hills"));
    let (sin, cos) = date.sun_azimuth_deg.to_radians().sin_cos();
    let half = 0.5 * REACH * relief.size_m;
    let [dx, dy] = [(-sin * half) as f32, (cos * half) as f32];
    let steepness = relief.height_m / (2.0 * half) / date.sun_elevation_deg.to_radians().tan();
    let gain = (steepness * (1.0 - date.camera.skylight)) as f32;
    let rise = |x: f32, y: f32| hills.at(x + dx, y + dy) - hills.at(x - dx, y - dy);
    // Rising away from the sun: lit more directly.
    let factor = |x: f32, y: f32| (1.0 + gain * rise(x, y)).clamp(SHADES[0], SHADES[1]);
    surface.alter_blocks(window, factor, scaled);
}
