//! Textures: tiles of noise made once, looked up by place on the ground.

use std::sync::LazyLock;

use crate::simulate::dice::{Dice, unit_at};

/// Texels along a side of a tile; a power of two, so that wrapping is a mask.
const SIDE: usize = 512;

/// What a texture looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulate) enum Texture {
    /// Fine speckle: gravel, worn asphalt, short grass.
    Grain,
    /// Blotches of all sizes from a few texels to a quarter of the tile.
    Mottle,
    /// Large soft shapes.
    Cloud,
    /// Dark spots on an even ground: tufts, stones, bushes too small to draw.
    Clump,
    /// Streaks along u: wheel marks, stains running down a roof, swaths of a mower.
    Streak,
    /// Round bumps: the leaves of a crown.
    Crown,
}

/// Octaves as (cell size in texels, weight) for every texture.
fn octaves(texture: Texture) -> &'static [(usize, f32)] {
    match texture {
        Texture::Grain => &[(1, 1.0), (2, 0.9), (4, 0.5)],
        Texture::Mottle => &[(2, 0.25), (4, 0.35), (8, 0.5), (16, 0.7), (32, 0.9), (64, 1.0), (128, 0.8)],
        Texture::Cloud => &[(16, 0.12), (32, 0.3), (64, 0.6), (128, 1.0)],
        Texture::Clump => &[(2, 0.3), (4, 0.7), (8, 1.0), (32, 0.6)],
        Texture::Streak => &[(1, 0.5), (2, 0.7), (4, 0.9), (16, 0.6)],
        Texture::Crown => &[(2, 0.3), (4, 0.7), (8, 1.0), (16, 0.6)],
    }
}

/// Texels along u for one along v in streaks.
const STREAK_STRETCH: usize = 16;

/// Most that clumps fall below their mean, standard deviations: without a floor they are ink blots (by eye). They come near it
/// gently, for flat floors with edges look like a leopard's spots.
const DARKEST_CLUMP: f32 = -1.9;

/// Height of the sum of octaves that clumps begin at, and over which they do so.
const CLUMPS_FROM: f32 = 0.5;
/// See [`CLUMPS_FROM`].
const CLUMP_EDGE: f32 = 0.35;

/// Steps of a stored texel to one standard deviation: a byte then holds four of them, and a tile fits the second-level
/// cache, which is what lookups wait for.
const STEPS: f32 = 31.0;

/// Texels row by row. Of a known length, so that a masked place needs no check.
type Tile = [i8; SIDE * SIDE];

fn tile(texture: Texture) -> &'static Tile {
    static TILES: LazyLock<Vec<Box<Tile>>> = LazyLock::new(|| {
        use Texture::{Cloud, Clump, Crown, Grain, Mottle, Streak};
        [Grain, Mottle, Cloud, Clump, Streak, Crown].map(|texture| in_steps(&make_tile(texture))).into()
    });
    &TILES[texture as usize]
}

fn in_steps(tile: &[f32]) -> Box<Tile> {
    let texels: Vec<i8> = tile.iter().map(|v| (v * STEPS).round().clamp(-127.0, 127.0) as i8).collect();
    texels.into_boxed_slice().try_into().expect("invariant: a tile has SIDE x SIDE texels")
}

/// Sums octaves of value noise; the result wraps around, has mean 0 and standard deviation 1.
fn make_tile(texture: Texture) -> Vec<f32> {
    let mut tile = vec![0.0f32; SIDE * SIDE];
    for (number, &(cell, weight)) in octaves(texture).iter().enumerate() {
        let stretch = if texture == Texture::Streak { STREAK_STRETCH } else { 1 };
        let seed = texture as u64 * 100 + number as u64;
        add_octave(&mut tile, seed, (cell * stretch).min(SIDE / 4), cell, weight);
    }
    if texture == Texture::Clump {
        // Only what stands out downwards stays: spots, not waves.
        tile.iter_mut().for_each(|v| *v = -CLUMP_EDGE * (1.0 + ((*v - CLUMPS_FROM) / CLUMP_EDGE).exp()).ln());
    }
    let mean = tile.iter().sum::<f32>() / tile.len() as f32;
    let deviation = (tile.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / tile.len() as f32).sqrt();
    // No spot of a ground is black.
    let floored =
        |v: f32| if texture == Texture::Clump && v < 0.0 { DARKEST_CLUMP * (v / DARKEST_CLUMP).tanh() } else { v };
    tile.iter().map(|v| floored((v - mean) / deviation)).collect()
}

fn add_octave(tile: &mut [f32], seed: u64, cell_u: usize, cell_v: usize, weight: f32) {
    let (nu, nv) = (SIDE / cell_u, SIDE / cell_v);
    let lattice: Vec<f32> = (0..nu * nv).map(|i| 2.0 * unit_at(seed, (i % nu) as i64, (i / nu) as i64) - 1.0).collect();
    for (v, row) in tile.chunks_exact_mut(SIDE).enumerate() {
        let (j, fv) = (v / cell_v, smooth((v % cell_v) as f32 / cell_v as f32));
        let (top, bottom) = (j * nu, (j + 1) % nv * nu);
        for (u, texel) in row.iter_mut().enumerate() {
            let (i, fu) = (u / cell_u, smooth((u % cell_u) as f32 / cell_u as f32));
            let next = (i + 1) % nu;
            let above = lattice[top + i] + fu * (lattice[top + next] - lattice[top + i]);
            let below = lattice[bottom + i] + fu * (lattice[bottom + next] - lattice[bottom + i]);
            *texel += weight * (above + fv * (below - above));
        }
    }
}

fn smooth(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// A texture laid over the ground: mean 0, standard deviation 1; clumps, which have a floor, vary half as much.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulate) struct Field {
    tile: &'static Tile,
    along: [f32; 2],
    across: [f32; 2],
    offset: [f32; 2],
}

impl Field {
    /// Lays a texture at a random place, turned by `angle` radians, with texels of this size in metres.
    pub(in crate::simulate) fn lay(texture: Texture, texel_m: f64, angle: f64, dice: &mut Dice) -> Self {
        let (sin, cos) = angle.sin_cos();
        let per_meter = 1.0 / texel_m;
        Field {
            tile: tile(texture),
            along: [(cos * per_meter) as f32, (sin * per_meter) as f32],
            across: [(-sin * per_meter) as f32, (cos * per_meter) as f32],
            offset: [dice.between(0.0, SIDE as f64) as f32, dice.between(0.0, SIDE as f64) as f32],
        }
    }

    /// Lays a texture at a random angle.
    pub(in crate::simulate) fn lay_anyhow(texture: Texture, texel_m: f64, dice: &mut Dice) -> Self {
        let angle = dice.between(0.0, std::f64::consts::TAU);
        Field::lay(texture, texel_m, angle, dice)
    }

    /// The value at a place in metres, interpolated bilinearly.
    #[inline]
    pub(in crate::simulate) fn at(&self, x: f32, y: f32) -> f32 {
        let u = self.along[0] * x + self.along[1] * y + self.offset[0];
        let v = self.across[0] * x + self.across[1] * y + self.offset[1];
        let (i, fu) = split(u);
        let (j, fv) = split(v);
        let (i, j) = (i as usize & (SIDE - 1), j as usize & (SIDE - 1));
        let (i1, j1) = ((i + 1) & (SIDE - 1), ((j + 1) & (SIDE - 1)) * SIDE);
        let j = j * SIDE;
        let texel = |at: usize| f32::from(self.tile[at]);
        let above = texel(j + i) + fu * (texel(j + i1) - texel(j + i));
        let below = texel(j1 + i) + fu * (texel(j1 + i1) - texel(j1 + i));
        (above + fv * (below - above)) * (1.0 / STEPS)
    }
}

/// A number's floor and what is left; `f32::floor` is a call into the mathematics library on the oldest 64-bit processors,
/// for which the program is built.
#[inline]
fn split(value: f32) -> (i32, f32) {
    let toward_zero = value as i32;
    let floor = toward_zero - i32::from(value < toward_zero as f32);
    (floor, value - floor as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_normalized_and_wrap() {
        for texture in
            [Texture::Grain, Texture::Mottle, Texture::Cloud, Texture::Clump, Texture::Streak, Texture::Crown]
        {
            let values: Vec<f32> = tile(texture).iter().map(|&v| f32::from(v) / STEPS).collect();
            let mean = values.iter().sum::<f32>() / values.len() as f32;
            let power = values.iter().map(|v| v * v).sum::<f32>() / values.len() as f32;
            // Clumps are normalized before their floor is laid.
            let normal = match texture {
                Texture::Clump => {
                    values.iter().all(|v| *v >= DARKEST_CLUMP - 0.5 / STEPS) && (0.1..1.0).contains(&power)
                }
                _ => mean.abs() < 0.03 && (power - 1.0).abs() < 0.02,
            };
            assert!(normal, "{texture:?} {mean} {power}");
        }
        let field = Field::lay(Texture::Cloud, 1.0, 0.0, &mut Dice::from_seed(1));
        assert!((field.at(3.2, 9.7) - field.at(3.2 + SIDE as f32, 9.7)).abs() < 1e-3);
    }
}
