//! What covers roofs: color, stains, sheets, patches, skylights, panels.

use crate::simulate::description::{Building, Color, Cover, Fitting, RoofShape, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::covers::{CoverLook, cover_look};
use crate::simulate::render::noise::{Field, Texture};
use crate::simulate::render::paint::{Light, light_of, mix, scaled, strayed};
use crate::simulate::render::palette::SNOW;
use crate::simulate::render::roofs::PARAPET_M;

/// Sheets after which their jitter repeats; a power of two.
const SHEETS: usize = 64;

/// Solar panels: dark blue glass in pale frames.
const PANEL_COLORS: [Color; 3] = [[42, 50, 74], [34, 38, 50], [56, 66, 92]];

/// Most of a roof's color that snow hides (by eye: planes stay apart).
const MOST_SNOW: f64 = 0.92;

/// How much rougher roofs are than the table of covers says: within a roof, real images stray by 22 to 29 DN (levir_val, Rio,
/// oam30cm), and tables alone made that 13 (measured 2026-11-25). Much of it is steps between planes, for which random pairs make up
/// by [`Building::roughness`].
const ROUGHNESS: f32 = 1.7;

/// Share of roofs that are blotchy all over, and how strong stains are on the others: real roofs are mostly even planes with
/// steps between them (by eye, beside levir_val, Rio and oam30cm).
const BLOTCHY: f64 = 0.15;
/// See [`BLOTCHY`].
const EVEN: f32 = 0.55;

/// Most by which the two slopes of a weathered roof differ from their mean, and its two ends.
const SLOPES_DIFFER: f64 = 0.12;
/// See [`SLOPES_DIFFER`].
const ENDS_DIFFER: f64 = 0.14;

/// Half the width of ridges, hips and valleys, and width of a trim along the eaves, metres.
const LINE_M: f32 = 0.35;
const TRIM_M: f32 = 0.4;

/// Length of a panel along its row and the width of a row, metres.
const PANEL_M: [f32; 2] = [1.7, 2.1];

/// The look of one roof on one date.
#[derive(Clone)]
pub(in crate::simulate) struct RoofSkin {
    color: Light,
    stains: Field,
    stain_strength: f32,
    grain: Field,
    grain_strength: f32,
    /// Width of a sheet, and brightness of sheets of either slope.
    per_sheet: f32,
    sheets: [f32; SHEETS],
    runs: Option<Field>,
    second: Light,
    /// Sheets below this number have the second color; blotches where the roof has no sheets.
    patched: f32,
    ridge: f32,
    /// Brightness of either slope, and of either end of a hip roof.
    slopes: f32,
    ends: f32,
    /// Factor on the light of the trim along the eaves.
    trim: f32,
    parapet: Option<Light>,
    skylights: Option<[f32; 3]>,
    panels: Option<Panels>,
}

/// What textures say of a place on a roof: how stained it is, in standard deviations, and the factor on its light.
#[derive(Clone, Copy)]
pub(in crate::simulate) struct RoofWeather {
    stain: f32,
    factor: f32,
}

#[derive(Clone)]
struct Panels {
    light: Light,
    /// From and to along, from and to across, as shares of the half extents.
    along: [f32; 2],
    across: [f32; 2],
    /// Metres from row to row; rows on slopes touch.
    pitch: f32,
}

/// Color, cover and panels of a building's roof on a date.
fn roof_on(building: &Building, cover: Cover, date: When) -> (Color, f64) {
    let own = building.color.unwrap_or(cover_look(cover).color);
    if date == When::Before {
        return (own, building.panels);
    }
    let renewed = building.cover_after.map(|cover| cover_look(cover).color);
    (building.color_after.or(renewed).unwrap_or(own), building.panels_after.unwrap_or(building.panels))
}

impl RoofSkin {
    /// The look of a building's roof under this cover; `dice` the same on both dates.
    pub(in crate::simulate) fn of(building: &Building, cover: Cover, date: When, dice: &mut Dice) -> Self {
        let CoverLook { stain, grain, sheet_m, sheet_jitter, .. } = cover_look(cover);
        let (color, panels) = roof_on(building, cover, date);
        let wear = building.wear as f32;
        let across = building.azimuth_deg.to_radians();
        let ridged = matches!(building.roof, RoofShape::Gable | RoofShape::Hip);
        let has = |fitting| building.fittings.contains(&fitting);
        let sheet_jitter = 2.0 * sheet_jitter * (0.4 + wear);
        let width = f64::from(sheet_m) * dice.between(0.6, 1.3);
        let mut own = Dice::from_seed(dice.bits());
        let roughness = ROUGHNESS * (building.roughness * (0.4 * own.normal()).exp()) as f32;
        let stains = 1.2 * if own.chance(BLOTCHY) { 1.0 } else { EVEN };
        let mut sheets = [0.0; SHEETS];
        sheets.iter_mut().for_each(|sheet| *sheet = 2.0 * own.unit() as f32 - 1.0);
        RoofSkin {
            color: strayed(color, 0.05, dice),
            stains: Field::lay_anyhow(Texture::Mottle, 0.35, dice),
            stain_strength: stains * stain * wear.max(0.25) * roughness,
            grain: Field::lay_anyhow(Texture::Grain, 0.4, dice),
            grain_strength: 2.0 * grain * roughness,
            per_sheet: if sheet_m > 0.0 { 1.0 / width as f32 } else { 0.0 },
            sheets: sheets.map(|sheet| sheet * sheet_jitter),
            // Rain runs down the slopes: across the ridge.
            runs: (sheet_m > 0.0 || stain > 0.08).then(|| Field::lay(Texture::Streak, 0.25, across, dice)),
            second: building.second_color.map_or([0.0; 3], light_of),
            patched: if building.second_color.is_some() { building.patched as f32 } else { 0.0 },
            ridge: match ridged {
                true if has(Fitting::RidgeCap) => 0.35,
                true => own.between(-0.25, 0.3) as f32,
                false => 0.0,
            },
            // Slopes weather differently.
            slopes: if ridged { (building.facets * own.between(-SLOPES_DIFFER, SLOPES_DIFFER)) as f32 } else { 0.0 },
            ends: if ridged { (building.facets * own.between(-ENDS_DIFFER, ENDS_DIFFER)) as f32 } else { 0.0 },
            trim: match has(Fitting::Gutters) {
                true => 0.6,
                false if ridged && own.chance(0.4) => own.between(0.75, 1.5) as f32,
                false => 1.0,
            },
            parapet: building.parapet_color.map(light_of),
            skylights: has(Fitting::Skylights).then(|| {
                let every = own.between(5.0, 12.0);
                [1.0 / every as f32, (own.between(0.9, 1.6) / every) as f32, own.between(0.15, 0.5) as f32]
            }),
            panels: (panels > 0.0).then(|| Panels::cover(panels, building.roof, &mut own)),
        }
    }

    /// Gives the whole roof another color.
    pub(in crate::simulate) fn dye(&mut self, color: Light) {
        (self.color, self.patched) = (color, 0.0);
    }

    /// Lays snow over the roof, thicker the more of the ground lies under it, on some roofs than on others; panels, parapets
    /// and what stands on the roof stay bare.
    pub(in crate::simulate) fn snow_over(&mut self, snow: f64, dice: &mut Dice) {
        if snow == 0.0 {
            return;
        }
        let share = (1.6 * snow - 0.8 * dice.unit()).clamp(0.0, MOST_SNOW) as f32;
        let white = light_of(SNOW);
        for color in [&mut self.color, &mut self.second] {
            *color = mix(*color, white, share);
        }
        self.patched *= 1.0 - share;
    }

    /// What textures say of a place, metres.
    pub(in crate::simulate) fn weather_at(&self, x: f32, y: f32) -> RoofWeather {
        let stain = self.stains.at(x, y);
        let runs = self.runs.as_ref().map_or(0.0, |runs| 0.8 * runs.at(x, y));
        let factor = 1.0 - self.stain_strength * (stain + runs) + self.grain_strength * self.grain.at(x, y);
        RoofWeather { stain, factor }
    }

    /// The light at a place with this weather under a roof of this shape, `along` and `across` counted from the middle of a
    /// rectangle of these half extents. Where `crosswise`, its slopes have the aspects of the house's ends.
    #[inline]
    pub(in crate::simulate) fn at(
        &self,
        RoofWeather { stain, mut factor }: RoofWeather,
        (shape, crosswise): (RoofShape, bool),
        half: [f32; 2],
        (along, across): (f32, f32),
    ) -> Light {
        if let Some(light) = self.panels.as_ref().and_then(|panels| panels.at(half, (along, across))) {
            return light;
        }
        let to_side = half[1] - across.abs();
        if let Some(parapet) = self.parapet.filter(|_| to_side.min(half[0] - along.abs()) < PARAPET_M) {
            return parapet;
        }
        let mut color = self.color;
        let far = usize::from(across > 0.0);
        if self.per_sheet > 0.0 {
            // Counted from the end, so that the cast to an integer rounds down.
            let number = ((along + half[0]) * self.per_sheet) as usize;
            factor += self.sheets[(2 * number + far) % SHEETS];
            if self.patched > 0.0 && hash_of(number, far, across) < self.patched {
                color = self.second;
            }
        } else if self.patched > 0.0 {
            let share = (2.0 * (stain - 1.4 + 2.2 * self.patched)).clamp(0.0, 1.0);
            color = mix(color, self.second, share);
        }
        let to_end = half[0] - along.abs();
        let hipped = shape == RoofShape::Hip;
        let on_end = hipped && to_end < to_side;
        if across.abs() < LINE_M && !on_end || hipped && (to_end - to_side).abs() < 1.4 * LINE_M {
            factor += self.ridge;
        }
        let (place, weathered) = match on_end {
            true if crosswise => (along, self.slopes),
            true => (along, self.ends),
            false if crosswise => (-across, self.ends),
            false => (across, self.slopes),
        };
        factor += if place > 0.0 { weathered } else { -weathered };
        if to_side.min(to_end) < TRIM_M {
            factor *= self.trim;
        }
        if let Some([per_bay, share, extent]) = self.skylights {
            let place = (along + half[0]) * per_bay;
            let middle = (across.abs() / half[1] - 0.5).abs() < extent * 0.5;
            if middle && place - (place as i32 as f32) < share {
                color = mix(color, [0.75, 0.8, 0.82], 0.6);
            }
        }
        scaled(color, factor.max(0.2))
    }
}

/// A number in 0..1 for one stretch of one sheet.
#[inline]
fn hash_of(number: usize, far: usize, across: f32) -> f32 {
    let stretch = (across.abs() * 0.28) as u32;
    let bits = (number as u32 * 2 + far as u32).wrapping_mul(0x9e37_79b1) ^ stretch.wrapping_mul(0x85eb_ca6b);
    (bits.wrapping_mul(0xc2b2_ae35) >> 16) as f32 / 65536.0
}

impl Panels {
    fn cover(share: f64, roof: RoofShape, dice: &mut Dice) -> Self {
        let light = strayed(dice.pick(&PANEL_COLORS), 0.08, dice);
        let sloped = roof != RoofShape::Flat;
        let side = share.clamp(0.05, 1.0).sqrt();
        let (long, wide) = (1.8 * side * 0.92, if sloped { 0.8 * side } else { 1.8 * side * 0.92 });
        let from_along = dice.between(-0.92, 0.92 - long);
        let from_across = if sloped { 0.1 } else { dice.between(-0.92, 0.92 - wide) };
        let across = [from_across as f32, (from_across + wide) as f32];
        Panels {
            light,
            along: [from_along as f32, (from_along + long) as f32],
            across: if sloped && dice.chance(0.5) { [-across[1], -across[0]] } else { across },
            pitch: if sloped { PANEL_M[1] } else { PANEL_M[1] + dice.between(0.3, 1.6) as f32 },
        }
    }

    #[inline]
    fn at(&self, half: [f32; 2], (along, across): (f32, f32)) -> Option<Light> {
        let (s, t) = (along - self.along[0] * half[0], across - self.across[0] * half[1]);
        if s < 0.0 || t < 0.0 || along > self.along[1] * half[0] || across > self.across[1] * half[1] {
            return None;
        }
        let row = t - self.pitch * ((t / self.pitch) as i32 as f32);
        if row > PANEL_M[1] {
            return None;
        }
        let place = s / PANEL_M[0];
        let frame = place - (place as i32 as f32) < 0.07 || row < 0.12;
        Some(if frame { mix(self.light, [0.5; 3], 0.35) } else { self.light })
    }
}
