//! Clouds and their shadows: known to the truth, as they are a function of the place alone.

use ndarray::Array3;

use crate::raster::pixel_transform::PixelTransform;
use crate::raster::point::PixelPoint;
use crate::simulate::description::Clouds;
use crate::simulate::dice::Dice;
use crate::simulate::render::noise::{Field, Texture};
use crate::simulate::render::paint::Light;

/// Texels of [`Texture::Cloud`] that one of its blotches spans.
const BLOTCH_TEXELS: f64 = 64.0;

/// How strongly fine noise frays the border of a cloud, standard deviations.
const FRAY: f32 = 0.12;

/// Light of a thick cloud (by eye: nearly white, a little blue).
const CLOUD_LIGHT: Light = [0.84, 0.87, 0.92];

/// Clouds ready to be looked up.
pub(in crate::simulate) struct CloudCover {
    large: Field,
    fine: Field,
    level: f32,
    per_softness: f32,
    opacity: f32,
    shade: f32,
    shadow_m: [f32; 2],
}

impl CloudCover {
    /// Lays clouds over a scene.
    pub(in crate::simulate) fn lay(clouds: &Clouds) -> Self {
        let mut dice = Dice::for_part(clouds.seed, "clouds");
        CloudCover {
            large: Field::lay_anyhow(Texture::Cloud, clouds.size_m / BLOTCH_TEXELS, &mut dice),
            fine: Field::lay_anyhow(Texture::Mottle, clouds.size_m / 150.0, &mut dice),
            level: clouds.level as f32,
            per_softness: 1.0 / clouds.softness.max(0.05) as f32,
            opacity: clouds.opacity as f32,
            shade: clouds.shade as f32,
            shadow_m: clouds.shadow_m.map(|v| v as f32),
        }
    }

    /// How much of the ground a cloud hides at a place seen there, 0 to 1.
    pub(in crate::simulate) fn opacity_at(&self, x: f32, y: f32) -> f32 {
        self.opacity * self.thickness_at(x, y)
    }

    /// How much of the light the shadow of a cloud takes at a place, 0 to 1.
    pub(in crate::simulate) fn shade_at(&self, x: f32, y: f32) -> f32 {
        self.shade * self.thickness_at(x - self.shadow_m[0], y - self.shadow_m[1])
    }

    fn thickness_at(&self, x: f32, y: f32) -> f32 {
        let above = self.large.at(x, y) + FRAY * self.fine.at(x, y) - self.level;
        // Smooth at both ends: clouds have no inner edges.
        let t = (above * self.per_softness).clamp(0.0, 1.0);
        t * t * (3.0 - 2.0 * t)
    }
}

/// Draws clouds over the light of an image's pixels, (height, width, 3).
pub(in crate::simulate) fn draw_clouds(light: &mut Array3<f32>, clouds: &Clouds, from_ground: &PixelTransform) {
    let Some(to_ground) = from_ground.inverse() else { return };
    let cover = CloudCover::lay(clouds);
    let (_, width, _) = light.dim();
    let [dx, _, _, dy, ..] = to_ground.coefficients();
    let samples = light.as_slice_mut().expect("invariant: fresh arrays are contiguous");
    for (row, line) in samples.chunks_exact_mut(3 * width).enumerate() {
        let start = to_ground.apply(PixelPoint::center_of(row, 0));
        for (col, pixel) in line.chunks_exact_mut(3).enumerate() {
            let (x, y) = ((start.x + col as f64 * dx) as f32, (start.y + col as f64 * dy) as f32);
            let (sunlit, hidden) = (1.0 - cover.shade_at(x, y), cover.opacity_at(x, y));
            for (value, cloud) in pixel.iter_mut().zip(CLOUD_LIGHT) {
                let ground = *value * sunlit;
                *value = ground + hidden * (cloud - ground);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_decides_how_much_is_covered() {
        let share = |level| {
            let clouds =
                Clouds { seed: 3, level, size_m: 20.0, softness: 0.2, opacity: 1.0, shade: 0.5, shadow_m: [0.0; 2] };
            let cover = CloudCover::lay(&clouds);
            (0..10_000).map(|i| cover.opacity_at((i % 100) as f32 * 3.0, (i / 100) as f32 * 3.0)).sum::<f32>() / 1e4
        };
        let (few, half, overcast) = (share(1.5), share(0.0), share(-2.5));
        assert!(few < 0.25 && (0.3..0.6).contains(&half) && overcast > 0.9, "{few} {half} {overcast}");
    }
}
