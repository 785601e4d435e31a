//! What lies between the tables and what is seen on a day: the looks of materials, and clouds.

use serde::{Deserialize, Serialize};

use super::{Material, is_one, is_zero};

/// How far the looks of the ground's materials stray from the tables. The same seed gives the same looks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Variety {
    /// Decides which way every material strays.
    pub seed: u64,
    /// Standard deviation of the logarithm of a material's brightness.
    pub brightness: f64,
    /// Standard deviation of the logarithm of each band against the others.
    pub hue: f64,
    /// Factor on every color's distance from gray.
    pub saturation: f64,
    /// Factor on the strength of grain.
    pub grain: f64,
    /// Factor on the strength of blotches.
    pub mottle: f64,
    /// Factor on the size of grains and blotches.
    pub texel: f64,
    /// Share of materials that have another's texture.
    pub swapped: f64,
    /// Factor on how much the layers of natural ground differ; 0 is one cover all over.
    #[serde(skip_serializing_if = "is_one")]
    pub blotches: f64,
    /// Factor on the width of the borders between those layers.
    #[serde(skip_serializing_if = "is_one")]
    pub softness: f64,
    /// Cover that lies below all others instead of the biome's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover: Option<Material>,
    /// How much the ground below roads, natural or laid, differs in tone in drifts of a few to tens of metres: standard
    /// deviation relative to its light.
    #[serde(skip_serializing_if = "is_zero")]
    pub drifts: f64,
    /// Factor on how dense leafless crowns and their shadows are.
    #[serde(skip_serializing_if = "is_one")]
    pub twigs: f64,
    /// Share of leafless trees whose twigs are so dense that they are seen as crowns of their own, gray and full of gaps.
    #[serde(skip_serializing_if = "is_zero")]
    pub thickets: f64,
    /// Where textures lie; a date with another number shows the same ground with other grains and blotches.
    pub texture_seed: u64,
}

impl Default for Variety {
    fn default() -> Self {
        Variety {
            seed: 0,
            brightness: 0.0,
            hue: 0.0,
            saturation: 1.0,
            grain: 1.0,
            mottle: 1.0,
            texel: 1.0,
            swapped: 0.0,
            blotches: 1.0,
            softness: 1.0,
            cover: None,
            drifts: 0.0,
            twigs: 1.0,
            thickets: 0.0,
            texture_seed: 0,
        }
    }
}

impl Variety {
    /// True when materials look as the tables say.
    pub fn is_none(&self) -> bool {
        *self == Variety::default()
    }
}

/// Clouds over a scene: where a field of noise is higher than a level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clouds {
    /// Decides where they are.
    pub seed: u64,
    /// Level of the field, standard deviations: -2 is overcast, 0 half covered, 2 a few.
    pub level: f64,
    /// Size of a cloud, metres.
    pub size_m: f64,
    /// Width of their borders, standard deviations of the field: 0.2 is crisp, 3 is a veil.
    pub softness: f64,
    /// How much of the ground they hide at their thickest, 0 to 1.
    pub opacity: f64,
    /// How much of the light their shadow takes, 0 to 1.
    pub shade: f64,
    /// From a cloud to its shadow on the image, metres right and down.
    pub shadow_m: [f64; 2],
}
