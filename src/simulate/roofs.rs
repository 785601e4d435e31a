//! Shapes of roofs as heights, and what covers them.

use crate::simulate::covers::cover_look;
use crate::simulate::description::{Building, Cover, RoofShape};
use crate::simulate::dice::{Dice, unit_at};
use crate::simulate::noise::{Field, Texture};
use crate::simulate::paint::{Light, scaled, strayed};

/// Width of a parapet, metres.
const PARAPET_M: f32 = 0.45;

/// Width of a bay of a sawtooth roof, metres.
const SAWTOOTH_BAY_M: f32 = 7.0;

/// Height of a roof above the ground at metres along and across the middle of a rectangle of these half extents.
///
/// Eaves lie at `eaves`, the highest point at `eaves + rise`.
#[inline]
pub(super) fn roof_height(
    shape: RoofShape,
    half: [f32; 2],
    [eaves, rise]: [f32; 2],
    (along, across): (f32, f32),
) -> f32 {
    let [half_length, half_width] = half;
    let to_side = (half_width - across.abs()).max(0.0);
    let to_end = (half_length - along.abs()).max(0.0);
    let share = match shape {
        RoofShape::Flat => f32::from(u8::from(to_side.min(to_end) < PARAPET_M)),
        RoofShape::Gable => to_side / half_width,
        RoofShape::Hip => to_side.min(to_end) / half_width.min(half_length),
        RoofShape::Shed => (across + half_width) / (2.0 * half_width),
        RoofShape::Barrel => (1.0 - (across / half_width).powi(2)).max(0.0).sqrt(),
        RoofShape::Dome => (1.0 - (across / half_width).powi(2) - (along / half_length).powi(2)).max(0.0).sqrt(),
        RoofShape::Sawtooth => (along + half_length).rem_euclid(SAWTOOTH_BAY_M) / SAWTOOTH_BAY_M,
    };
    eaves + rise * share.min(1.0)
}

/// The look of one roof.
pub(super) struct RoofSkin {
    color: Light,
    stains: Field,
    stain_strength: f32,
    grain: Field,
    grain_strength: f32,
    runs: Field,
    sheet_m: f32,
    sheet_jitter: f32,
    ridge: f32,
    slopes: f32,
    seed: u64,
}

impl RoofSkin {
    /// The look of a building's roof under this cover; `dice` the same on both dates.
    pub(super) fn of(building: &Building, cover: Cover, dice: &mut Dice) -> Self {
        let look = cover_look(cover);
        let wear = building.wear as f32;
        let across = building.azimuth_deg.to_radians();
        let ridged = matches!(building.roof, RoofShape::Gable | RoofShape::Hip);
        RoofSkin {
            color: strayed(building.color.unwrap_or(look.color), 0.05, dice),
            stains: Field::lay_anyhow(Texture::Mottle, 0.35, dice),
            stain_strength: 4.0 * look.stain * wear,
            grain: Field::lay_anyhow(Texture::Grain, 0.4, dice),
            grain_strength: 2.0 * look.grain,
            // Rain runs down the slopes: across the ridge.
            runs: Field::lay(Texture::Streak, 0.25, across, dice),
            sheet_m: look.sheet_m * dice.between(0.8, 1.2) as f32,
            sheet_jitter: 2.0 * look.sheet_jitter * (0.4 + wear),
            ridge: if ridged { dice.between(-0.12, 0.22) as f32 } else { 0.0 },
            // The two slopes weather differently.
            slopes: if ridged { dice.between(-0.03, 0.03) as f32 } else { 0.0 },
            seed: dice.bits(),
        }
    }

    /// The light at a place (metres), `along` and `across` counted from the middle of a rectangle.
    #[inline]
    pub(super) fn at(&self, (x, y): (f32, f32), (along, across): (f32, f32)) -> Light {
        let mut factor = 1.0 - self.stain_strength * (0.3 * self.stains.at(x, y) + 0.15 * self.runs.at(x, y))
            + self.grain_strength * self.grain.at(x, y);
        if self.sheet_m > 0.0 {
            let sheet = (along / self.sheet_m).floor() as i64;
            let side = i64::from(across > 0.0);
            factor += self.sheet_jitter * (unit_at(self.seed, sheet, side) - 0.5) * 2.0;
        }
        if across.abs() < 0.35 {
            factor += self.ridge;
        }
        factor += if across > 0.0 { self.slopes } else { -self.slopes };
        scaled(self.color, factor.max(0.2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roofs_meet_their_eaves_and_ridges() {
        let half = [10.0, 4.0];
        let height = |shape, place| roof_height(shape, half, [3.0, 2.0], place);
        for shape in [RoofShape::Gable, RoofShape::Hip, RoofShape::Barrel, RoofShape::Dome] {
            assert_eq!(height(shape, (0.0, 0.0)), 5.0, "{shape:?}");
            assert!((height(shape, (0.0, 4.0)) - 3.0).abs() < 1e-5, "{shape:?}");
        }
        assert_eq!(height(RoofShape::Gable, (9.9, 0.0)), 5.0);
        assert!(height(RoofShape::Hip, (9.0, 0.0)) < 4.0);
        assert_eq!([height(RoofShape::Flat, (0.0, 0.0)), height(RoofShape::Flat, (0.0, 3.9))], [3.0, 5.0]);
        assert_eq!([height(RoofShape::Shed, (0.0, -4.0)), height(RoofShape::Shed, (0.0, 4.0))], [3.0, 5.0]);
    }
}
