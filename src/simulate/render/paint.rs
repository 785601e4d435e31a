//! From a material to the light it sends back at every place.

use crate::simulate::description::{Color, DateDescription, Material};
use crate::simulate::dice::Dice;
use crate::simulate::render::noise::{Field, Texture};
use crate::simulate::render::palette::material_look;

/// Light of red, green and blue; 1 is what a white sheet on level ground sends back in full sun.
///
/// Display values are the square root of light: a gamma of 2 stands for sRGB's 2.2, and costs one multiplication.
pub(in crate::simulate) type Light = [f32; 3];

/// The light of a display color.
pub(in crate::simulate) fn light_of(color: Color) -> Light {
    color.map(|v| (f32::from(v) / 255.0).powi(2))
}

/// A mixture: `share` of the second, the rest of the first.
#[inline]
pub(in crate::simulate) fn mix(first: Light, second: Light, share: f32) -> Light {
    [0, 1, 2].map(|i| first[i] + share * (second[i] - first[i]))
}

/// All three times a factor.
#[inline]
pub(in crate::simulate) fn scaled(light: Light, factor: f32) -> Light {
    light.map(|v| v * factor)
}

/// A display color that strays: in brightness by `spread` (relative), in hue by a fifth of it.
pub(in crate::simulate) fn strayed(color: Color, spread: f64, dice: &mut Dice) -> Light {
    let brightness = (spread * dice.normal()).exp();
    light_of(color).map(|v| (f64::from(v) * brightness * (0.2 * spread * dice.normal()).exp()).min(1.0) as f32)
}

/// A material laid on one part of the ground on one date.
#[derive(Clone)]
pub(in crate::simulate) struct Paint {
    color: Light,
    mottle: Field,
    mottle_strength: f32,
    grain: Field,
    grain_strength: f32,
    /// Wet ground is darker in blotches of its own.
    dampness: f32,
}

/// How far patches of one material differ from each other.
const SPREAD: f64 = 0.10;

/// Blotches weaker than this are not seen (by eye: a DN or two).
const FAINT: f32 = 0.035;

impl Paint {
    /// Lays a material; `dice` must be the same on both dates for the ground to keep its texture.
    ///
    /// Streaky materials run along `azimuth` (radians from the x axis).
    pub(in crate::simulate) fn lay(
        material: Material,
        color: Option<Color>,
        azimuth: f64,
        date: &DateDescription,
        dice: &mut Dice,
    ) -> Self {
        let look = material_look(material, &date.variety);
        let season = date.greenness.clamp(0.0, 1.0) as f32;
        let stray = (SPREAD * dice.normal()).exp() as f32;
        let own = match color {
            Some(color) => light_of(color),
            None => scaled(mix(light_of(look.dry), light_of(look.green), season), stray),
        };
        let (texture, texel_m) = look.texture;
        let stretch = dice.between(0.85, 1.2);
        // Where grains and blotches lie, when the date has others than the other date.
        let mut moved = Dice::from_seed(dice.bits() ^ date.variety.texture_seed);
        let dice = &mut moved;
        let damp = look.wetting * date.moisture as f32 * if look.mottle < FAINT { 0.2 } else { 0.5 };
        Paint {
            color: scaled(own, 1.0 - look.wetting * date.moisture.clamp(0.0, 1.0) as f32),
            mottle: Field::lay_anyhow(Texture::Mottle, 0.6 * stretch * date.variety.texel, dice),
            // Light is the square of the display value, so relative strengths double.
            mottle_strength: if look.mottle < FAINT { 0.0 } else { 2.0 * look.mottle },
            grain: if texture == Texture::Streak {
                Field::lay(texture, texel_m, azimuth, dice)
            } else {
                Field::lay_anyhow(texture, texel_m * stretch, dice)
            },
            grain_strength: 2.0 * look.grain,
            dampness: if damp < FAINT { 0.0 } else { damp },
        }
    }

    /// The light at a place in metres.
    #[inline]
    pub(in crate::simulate) fn at(&self, x: f32, y: f32) -> Light {
        // Smooth covers cost one lookup.
        let strength = self.mottle_strength + self.dampness;
        let mottle = if strength > 0.0 { strength * self.mottle.at(x, y) } else { 0.0 };
        let grain = self.grain.at(x, y);
        let factor = 1.0 + mottle + self.grain_strength * grain;
        // Darker grains look like holes (by eye).
        scaled(self.color, factor.max(0.3))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_values_come_back() {
        let light = light_of([255, 128, 0]);
        assert_eq!(light.map(|v| (v.sqrt() * 255.0).round() as u8), [255, 128, 0]);
    }
}
