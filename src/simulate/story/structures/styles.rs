//! What the roofs of a settlement have in common, and how far single ones stray.

use crate::simulate::description::{Building, Color, Cover, Fitting, RoofShape};
use crate::simulate::dice::Dice;
use crate::simulate::render::covers::{DESERT_COATS, PATCH_COLORS, cover_look};

/// Height of a storey, metres.
pub(in crate::simulate) const STOREY_M: f64 = 3.0;

/// Where the colors of a settlement's roofs come from.
#[derive(Clone, Copy, Debug)]
enum Colors {
    /// The covers' own.
    Table,
    /// One arbitrary color that all stray from.
    Family(Color),
    /// Each its own arbitrary color.
    Anything,
    /// Nearly that of the ground around: hard to see.
    LikeGround(Color),
}

/// The style of a settlement: sisters look alike, with outliers.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulate) struct RoofStyle {
    seed: u64,
    colors: Colors,
    /// Share of roofs that do as they like.
    outliers: f64,
    /// How far colors stray, relative.
    spread: f64,
    /// Share of roofs that are renewed or repainted between the dates.
    renewed: f64,
    /// Share of roofs with solar panels, and of those that get them between the dates.
    panels: [f64; 2],
    /// Share of metal roofs that are patched.
    patched: f64,
    /// Least brightness of a roof, 0 to 255: most settlements are brighter than their ground.
    least: Option<f64>,
}

/// Share of settlements whose roofs are no darker than their ground, and how much darker or brighter than the ground the darkest
/// of them is. Of real new roofs 2 (levir_val) to 8 % (oam30cm) are darker by more than 3 in L than what lies within 5 pixels
/// of them; of those drawn without regard for the ground it was 30 % (measured 2026-11-26).
const BRIGHTER: f64 = 0.9;
const LEAST_RATIO: [f64; 2] = [0.95, 1.25];

impl RoofStyle {
    /// Draws a style for a settlement on ground of this color.
    pub(in crate::simulate) fn draw(ground: Color, dice: &mut Dice) -> Self {
        RoofStyle {
            seed: dice.bits(),
            colors: match dice.unit() {
                u if u < 0.55 => Colors::Table,
                u if u < 0.89 => Colors::Family(calm_color(dice)),
                u if u < 0.95 => Colors::Anything,
                _ => Colors::LikeGround(ground),
            },
            outliers: dice.weigh(&[(0.0, 0.2), (0.08, 0.5), (0.3, 0.3)]),
            spread: dice.weigh(&[(0.03, 0.3), (0.10, 0.5), (0.22, 0.2)]),
            renewed: dice.weigh(&[(0.0, 0.45), (0.06, 0.35), (0.35, 0.2)]),
            panels: dice.weigh(&[([0.0, 0.0], 0.55), ([0.12, 0.08], 0.3), ([0.5, 0.2], 0.15)]),
            patched: dice.weigh(&[(0.0, 0.4), (0.2, 0.4), (0.6, 0.2)]),
            least: dice.chance(BRIGHTER).then(|| brightness(ground) * dice.between(LEAST_RATIO[0], LEAST_RATIO[1])),
        }
    }

    /// Dice that roll the same for all buildings of the settlement.
    pub(in crate::simulate) fn common(self) -> Dice {
        Dice::from_seed(self.seed)
    }

    /// Gives a building its cover, color, wear and age; `covers` are those its kind may have.
    pub(in crate::simulate) fn dress(self, building: &mut Building, covers: &[Cover], dice: &mut Dice) {
        let mut common = self.common();
        let favorites = [common.pick(covers), common.pick(covers)];
        let outlier = dice.chance(self.outliers);
        building.cover = if outlier { dice.pick(covers) } else { dice.pick(&favorites) };
        let base = match self.colors {
            _ if outlier && dice.chance(0.4) => Some(any_color(dice)),
            Colors::Table => None,
            Colors::Family(color) | Colors::LikeGround(color) => Some(color),
            Colors::Anything => Some(any_color(dice)),
        };
        let color = base.or(building.color).unwrap_or(cover_look(building.cover).color);
        building.color = Some(self.lit(stray_color(color, self.spread, dice)));
        building.roughness = TEXTURE;
        // Most roofs are plainer than the light on them (by eye, beside levir_val).
        building.wear = dice.unit().powf(1.7);
        // Sheets are replaced on small roofs; halls look like checkerboards once in a while only.
        let hall = building.length_m * building.width_m > 250.0;
        if is_metal(building.cover) && dice.chance(if hall { 0.15 * self.patched } else { self.patched }) {
            let patch = if dice.chance(0.5) { stray_color(color, 0.3, dice) } else { dice.pick(&PATCH_COLORS) };
            building.second_color = Some(patch);
            building.patched = dice.between(0.05, 0.5);
        } else if dice.chance(0.06) {
            building.second_color = Some(stray_color(color, 0.25, dice));
            building.patched = dice.between(0.05, 0.4);
        }
        self.age(building, covers, dice);
    }

    /// Gives a roof one of the settlement's one or two tones, plain and close to each other: estates of one builder.
    pub(in crate::simulate) fn tone(self, building: &mut Building, tones: &[Color], dice: &mut Dice) {
        let mut common = self.common();
        if !common.chance(0.62) {
            return;
        }
        let first = stray_color(common.pick(tones), 0.15, &mut common);
        let second = if common.chance(0.5) { first } else { stray_color(first, 0.16, &mut common) };
        let tone = if dice.chance(0.5) { first } else { second };
        building.color = Some(self.lit(stray_color(tone, 0.05, dice)));
        (building.second_color, building.patched) = (None, 0.0);
    }

    /// The color, brightened to the settlement's least brightness.
    fn lit(self, color: Color) -> Color {
        let ratio = self.least.map_or(1.0, |least| (least / brightness(color).max(1.0)).max(1.0));
        color.map(|v| (f64::from(v) * ratio).min(MOST_LIT.max(f64::from(v))) as u8)
    }

    /// What happens to a roof between the dates, without a new structure.
    fn age(self, building: &mut Building, covers: &[Cover], dice: &mut Dice) {
        if dice.chance(self.renewed) {
            if dice.chance(0.5) {
                building.color_after = Some(self.lit(any_color(dice)));
            } else {
                building.cover_after = Some(dice.pick(covers));
            }
        }
        let [has, gets] = self.panels;
        if dice.chance(has) {
            building.panels = dice.between(0.1, 0.95);
        } else if dice.chance(gets) {
            building.panels_after = Some(dice.between(0.1, 0.95));
        }
    }
}

/// Roughness of roofs: planes are even, and what strays within a roof are the steps between them. With 1 half of the gradients within
/// roofs were above 9 DN a pixel and the largest tenth above 2.8 times that; of real ones 4 to 7 DN, and 3.4 to 4.4 times (levir_val
/// even, Rio, oam30cm at 0.5 m, 2026-11-29).
const TEXTURE: f64 = 0.3;

/// Value that brightening stops at: beyond it roofs on pale sand would be blown out.
const MOST_LIT: f64 = 238.0;

fn brightness(color: Color) -> f64 {
    color.iter().map(|&v| f64::from(v)).sum::<f64>() / 3.0
}

fn is_metal(cover: Cover) -> bool {
    use Cover::{BlueMetal, GrayMetal, GreenMetal, RedMetal, RustyMetal, WhiteMetal};
    matches!(cover, WhiteMetal | GrayMetal | RustyMetal | BlueMetal | GreenMetal | RedMetal)
}

/// Strong colors that roofs do have: paint on metal, glazed tile, coatings (chosen by eye).
const STRONG_COLORS: [Color; 9] = [
    [52, 92, 150],
    [70, 120, 168],
    [58, 104, 76],
    [92, 124, 96],
    [146, 62, 48],
    [172, 92, 62],
    [120, 70, 58],
    [64, 128, 132],
    [186, 150, 92],
];

/// Any color a roof may have: mostly grays of any brightness with a faint tint, some strong ones, once in a while any.
pub(in crate::simulate) fn any_color(dice: &mut Dice) -> Color {
    if dice.chance(0.12) {
        return stray_color(dice.pick(&STRONG_COLORS), 0.25, dice);
    }
    let value = 255.0 * dice.between(0.2, 0.95);
    let tint = if dice.chance(0.97) { 0.06 } else { 0.25 };
    built([0, 1, 2].map(|_| (value * (tint * dice.normal()).exp()).clamp(12.0, 252.0) as u8))
}

/// The nearest color that plain roofs have: not violet, and hardly bluer than gray. Of the roofs in levir_val, Rio and oam30cm
/// at most one in a hundred is violet or pink; of those drawn freely it was one in seven (measured 2026-11-25).
fn built([r, g, b]: Color) -> Color {
    let (red, blue) = (f64::from(r), f64::from(b));
    let g = f64::from(g).max(0.94 * (red + blue) / 2.0);
    [r, g as u8, blue.min(1.08 * g) as u8]
}

/// A color that a whole settlement may have: darker ones are more common.
fn calm_color(dice: &mut Dice) -> Color {
    let value = 255.0 * (0.22 + 0.73 * dice.unit() * dice.unit().max(0.4));
    let tint = if dice.chance(0.92) { 0.05 } else { 0.13 };
    let warm = dice.between(-0.02, 0.14);
    built([warm, 0.0, -warm].map(|lean| (value * (lean + tint * dice.normal()).exp()).clamp(12.0, 252.0) as u8))
}

/// A color that strays in brightness, and a little in hue.
pub(in crate::simulate) fn stray_color(color: Color, spread: f64, dice: &mut Dice) -> Color {
    let factor = (spread * dice.normal()).exp();
    let strayed =
        color.map(|v| (f64::from(v) * factor * (0.25 * spread * dice.normal()).exp()).clamp(8.0, 254.0) as u8);
    // Blue paint strays to blue; nothing strays to violet.
    if color[2] > color[1] { strayed } else { built(strayed) }
}

/// The color, its hue halved: weathered sheet and painted sheet that has faded.
pub(in crate::simulate) fn muted(color: Color) -> Color {
    let mean = brightness(color);
    color.map(|v| (mean + 0.45 * (f64::from(v) - mean)) as u8)
}

/// Share of settlements of flat roofs in dry lands whose roofs share a pale coat (by judgment).
const PALE_TOWNS: f64 = 0.75;

/// Gives a flat roof of a dry land the pale coat of its town, hardly unlike its neighbors, its walls and its parapet.
pub(in crate::simulate) fn turn_pale(building: &mut Building, style: RoofStyle, dice: &mut Dice) {
    let mut common = style.common();
    let coat = stray_color(common.pick(&DESERT_COATS), 0.06, &mut common);
    if common.chance(PALE_TOWNS) && dice.chance(0.9) {
        building.color = Some(stray_color(coat, 0.05, dice));
        building.wall_color = Some(stray_color(coat, 0.08, dice));
        building.second_color = dice.chance(0.25).then(|| stray_color(coat, 0.12, dice));
        building.patched = if building.second_color.is_some() { dice.between(0.1, 0.4) } else { 0.0 };
    }
    let rim = building.color.unwrap_or(coat).map(|v| (f64::from(v) * 1.1).min(MOST_LIT) as u8);
    if dice.chance(0.8) {
        building.parapet_color = Some(stray_color(rim, 0.05, dice));
    }
}

/// Draws a roof of one of these shapes, with the rise that suits it.
pub(in crate::simulate) fn pitch(building: &mut Building, shapes: &[RoofShape], dice: &mut Dice) {
    building.roof = dice.pick(shapes);
    let slope = dice.between(0.22, 0.85);
    building.rise_m = match building.roof {
        RoofShape::Flat => dice.between(0.1, 1.1),
        RoofShape::Shed => building.width_m * dice.between(0.05, 0.16),
        RoofShape::Barrel => building.width_m * dice.between(0.2, 0.45),
        RoofShape::Sawtooth => dice.between(1.6, 2.6),
        RoofShape::Spans => dice.between(0.9, 2.0),
        RoofShape::Dome => building.width_m * dice.between(0.1, 0.4),
        RoofShape::Gable | RoofShape::Hip => building.width_m.min(building.length_m) / 2.0 * slope,
    };
}

/// Adds each fitting with its probability.
pub(in crate::simulate) fn fit(building: &mut Building, fittings: &[(Fitting, f64)], dice: &mut Dice) {
    building.fittings.extend(fittings.iter().filter(|(_, chance)| dice.chance(*chance)).map(|(fitting, _)| *fitting));
}
