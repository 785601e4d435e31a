//! Natural ground: layers of material, each where a field of its own says so.

use crate::raster::window::Window;
use crate::simulate::description::{Biome, DateDescription, Material};
use crate::simulate::dice::Dice;
use crate::simulate::render::noise::{Field, Texture};
use crate::simulate::render::paint::{Light, Paint, mix, scaled};
use crate::simulate::render::palette::{CoverLayer, biome_layers};
use crate::simulate::render::surface::Surface;

/// Texels of [`Texture::Cloud`] that one of its blotches spans.
const CLOUD_BLOTCH_TEXELS: f64 = 64.0;

/// Most layers that a biome has above its base.
const MOST_LAYERS: usize = 4;

/// How strongly fine noise frays the border of a layer.
const FRAY: f32 = 0.35;

struct PlacedLayer {
    paint: Paint,
    field: Field,
    threshold: f32,
    per_softness: f32,
}

impl PlacedLayer {
    fn place(layer: &CoverLayer, material: Material, seed: u64, date: &DateDescription) -> Self {
        let mut dice = Dice::for_part(seed, &format!("layer {material:?}"));
        PlacedLayer {
            field: Field::lay_anyhow(Texture::Cloud, layer.patch_m / CLOUD_BLOTCH_TEXELS, &mut dice),
            paint: Paint::lay(material, None, 0.0, date, &mut dice),
            threshold: threshold_of(layer.share),
            per_softness: 1.0 / (layer.softness * date.variety.softness.max(0.1) as f32),
        }
    }

    #[inline]
    fn share_at(&self, x: f32, y: f32, fray: f32) -> f32 {
        let level = self.field.at(x, y) + fray - self.threshold;
        (level * self.per_softness + 0.5).clamp(0.0, 1.0)
    }
}

/// The level that a field of standard deviation 1 exceeds over this share of the ground (logistic approximation of the
/// normal distribution).
fn threshold_of(share: f32) -> f32 {
    let share = share.clamp(1e-3, 1.0 - 1e-3);
    0.6 * ((1.0 - share) / share).ln()
}

/// Paints the natural ground of a biome on one date over a window of the surface.
///
/// The fields depend on the seed alone: the ground keeps its shapes between the dates and changes its colors. One sample
/// is taken for a block of cells: ground has no edges that a finer one would show.
pub(in crate::simulate) fn paint_ground(
    surface: &mut Surface,
    window: Window,
    biome: Biome,
    seed: u64,
    date: &DateDescription,
) {
    let layers = biome_layers(biome);
    let base = PlacedLayer::place(&layers[0], date.variety.cover.unwrap_or(layers[0].material), seed, date).paint;
    let blotches = date.variety.blotches as f32;
    let upper = if blotches > 0.0 { &layers[1..] } else { &[] };
    let placed: Vec<PlacedLayer> =
        upper.iter().map(|layer| PlacedLayer::place(layer, layer.material, seed, date)).collect();
    let mut dice = Dice::for_part(seed, "relief");
    let broad = Field::lay_anyhow(Texture::Cloud, 2.2, &mut dice);
    let fray = Field::lay_anyhow(Texture::Mottle, 0.45, &mut dice);
    // Soft borders do not fray.
    let fray_strength = FRAY / date.variety.softness.max(1.0) as f32;
    let snow = (date.snow > 0.0).then(|| SnowCover::lay(seed, date));
    surface.paint_blocks(window, |x, y| {
        // What one layer wins the next one loses, so that their borders differ.
        let frayed = if placed.is_empty() { 0.0 } else { fray_strength * fray.at(x, y) };
        let mut shares = [0.0; MOST_LAYERS];
        for (number, (share, layer)) in shares.iter_mut().zip(&placed).enumerate() {
            *share = blotches * layer.share_at(x, y, if number % 2 == 0 { frayed } else { -frayed });
        }
        // What lies below a layer that covers it all is not painted.
        let bottom = shares.iter().rposition(|&share| share == 1.0);
        let mut light = bottom.map_or_else(|| base.at(x, y), |number| placed[number].paint.at(x, y));
        let above = bottom.map_or(0, |number| number + 1);
        for (layer, &share) in placed.iter().zip(&shares).skip(above).filter(|(_, share)| **share > 0.0) {
            light = mix(light, layer.paint.at(x, y), share);
        }
        light = scaled(light, 1.0 + 0.08 * broad.at(x, y));
        match &snow {
            Some(snow) => snow.over(light, x, y),
            None => light,
        }
    });
}

/// Metres of a texel of the drifts' tones, from the finest to the coarsest (by eye).
const DRIFT_TEXEL_M: [f64; 2] = [0.12, 0.5];

/// How far the hue of a drift strays, as a share of how far its tone does (by eye: greener or browner).
const DRIFT_HUE: f32 = 0.45;

/// Tones a window of the ground in drifts, below roads and whatever stands: no ground is even, and what people have laid on it
/// wears and weathers with it.
pub(in crate::simulate) fn tone_drifts(surface: &mut Surface, window: Window, seed: u64, date: &DateDescription) {
    let strength = date.variety.drifts as f32;
    if strength == 0.0 {
        return;
    }
    let mut dice = Dice::for_part(seed, "drifts");
    let texel_m = dice.between(DRIFT_TEXEL_M[0], DRIFT_TEXEL_M[1]);
    let tone = Field::lay_anyhow(Texture::Mottle, texel_m, &mut dice);
    let hue = Field::lay_anyhow(Texture::Cloud, texel_m, &mut dice);
    surface.alter_blocks(
        window,
        |x, y| {
            let factor = (1.0 + strength * tone.at(x, y)).max(0.4);
            let warm = DRIFT_HUE * strength * hue.at(x, y);
            [factor * (1.0 + warm), factor, factor * (1.0 - warm)]
        },
        |light, factors| [0, 1, 2].map(|band| light[band] * factors[band]),
    );
}

struct SnowCover {
    paint: Paint,
    field: Field,
    threshold: f32,
}

impl SnowCover {
    fn lay(seed: u64, date: &DateDescription) -> Self {
        let mut dice = Dice::for_part(seed, "snow");
        SnowCover {
            field: Field::lay_anyhow(Texture::Mottle, 0.5, &mut dice),
            paint: Paint::lay(Material::Snow, None, 0.0, date, &mut dice),
            threshold: threshold_of(date.snow as f32),
        }
    }

    fn over(&self, light: Light, x: f32, y: f32) -> Light {
        let share = ((self.field.at(x, y) - self.threshold) * 1.5 + 0.5).clamp(0.0, 0.95);
        mix(light, self.paint.at(x, y), share)
    }
}
