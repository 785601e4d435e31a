//! Colors and textures of everything, as tables.
//!
//! Colors were chosen by eye for a natural-color display at full sun on level ground; they are typical values, and
//! every object strays from them.

use crate::simulate::description::{Biome, Color, Material, Species, Variety};
use crate::simulate::dice::Dice;
use crate::simulate::render::noise::Texture;

/// How a material of the ground looks.
pub(in crate::simulate) struct MaterialLook {
    /// Color in the dry season, or of a material without seasons.
    pub dry: Color,
    /// Color when everything is green.
    pub green: Color,
    /// Relative strength of blotches (metres to tens of metres) and of grain (below a metre).
    pub mottle: f32,
    /// See `mottle`.
    pub grain: f32,
    /// Texture of the grain, and the size of its texels in metres.
    pub texture: (Texture, f64),
    /// How much darker it gets when wet, 0 to 1.
    pub wetting: f32,
}

const fn look(
    dry: Color,
    green: Color,
    mottle: f32,
    grain: f32,
    texture: (Texture, f64),
    wetting: f32,
) -> MaterialLook {
    MaterialLook { dry, green, mottle, grain, texture, wetting }
}

const FINE: (Texture, f64) = (Texture::Grain, 0.35);
const COARSE: (Texture, f64) = (Texture::Grain, 0.7);
const TUFTS: (Texture, f64) = (Texture::Clump, 0.35);
const STREAKS: (Texture, f64) = (Texture::Streak, 0.5);

/// Fresh snow, on the ground and on roofs.
pub(super) const SNOW: Color = [232, 234, 240];

/// The look of a material on a date: that of the table, strayed as far as the date's variety says.
pub(in crate::simulate) fn material_look(material: Material, variety: &Variety) -> MaterialLook {
    let mut look = table_look(material);
    if variety.is_none() {
        return look;
    }
    let mut dice = Dice::for_part(variety.seed, &format!("{material:?}"));
    let brightness = variety.brightness * dice.normal();
    let hue = [0, 1, 2].map(|_| variety.hue * dice.normal());
    let stray = |color: Color| {
        let gray = color.iter().map(|&v| f64::from(v)).sum::<f64>() / 3.0;
        [0, 1, 2].map(|i| {
            let vivid = (gray + variety.saturation * (f64::from(color[i]) - gray)).max(4.0);
            (vivid * (brightness + hue[i]).exp()).clamp(4.0, 250.0) as u8
        })
    };
    (look.dry, look.green) = (stray(look.dry), stray(look.green));
    if variety.hue < WILD_HUE && !matches!(material, Material::Pool | Material::Water) {
        (look.dry, look.green) = (earthy(look.dry, 1.06), earthy(look.green, 1.28));
    }
    if dice.chance(variety.swapped) {
        let other = dice.pick(&[Texture::Grain, Texture::Mottle, Texture::Clump, Texture::Crown]);
        look.texture = (other, look.texture.1 * dice.between(0.6, 2.5));
    }
    if material == Material::Water && dice.chance(0.5) {
        // Waves and wind on wide water.
        (look.texture, look.grain) = ((Texture::Streak, dice.between(0.25, 0.9)), dice.between(0.02, 0.07) as f32);
    }
    // Every material strays from the scene's factor on its own; the caps keep ground from turning black and white.
    let own = |dice: &mut Dice| (0.35 * dice.normal()).exp() as f32;
    // Pavements and water are smooth where meadows are rough.
    let smooth = matches!(
        material,
        Material::Asphalt
            | Material::OldAsphalt
            | Material::Concrete
            | Material::Clay
            | Material::Water
            | Material::Pool
    );
    let grain = if smooth { variety.grain.sqrt().min(ROUGHEST_PAVEMENT) } else { variety.grain };
    look.grain = (look.grain * grain as f32 * own(&mut dice)).min(0.40);
    look.mottle = (look.mottle * if smooth { 0.7 } else { 1.0 } * variety.mottle as f32 * own(&mut dice))
        .min(if variety.hue < WILD_HUE { 0.085 } else { 0.20 });
    look.texture.1 *= variety.texel;
    if matches!(look.texture.0, Texture::Mottle | Texture::Crown | Texture::Cloud) {
        // Large shapes in strong contrast are camouflage, not ground.
        look.grain = look.grain.min(if variety.hue < WILD_HUE { 0.10 } else { 0.22 });
    }
    if look.texture.0 == Texture::Clump {
        // Tufts, not a leopard's spots.
        look.grain = look.grain.min(0.17);
        look.texture.1 = look.texture.1.min(0.45);
    }
    look
}

/// Most by which the grain of pavements and water is stronger than in the table (by eye: beyond it roads are mottled).
const ROUGHEST_PAVEMENT: f64 = 1.3;

/// Spread of hues from which on ground may have any color.
const WILD_HUE: f64 = 0.12;

/// The nearest color that ground has: neither violet nor magenta nor lime (bounds by eye, from images of all kinds of land).
///
/// `greenest` bounds green by the larger of red and blue.
fn earthy([r, g, b]: Color, greenest: f64) -> Color {
    let g = f64::from(g).clamp(0.86 * f64::from(r), greenest * f64::from(r).max(0.9 * f64::from(b)));
    let b = f64::from(b).clamp(0.45 * g, 1.02 * f64::from(r).max(0.9 * g));
    [r, g as u8, b as u8]
}

#[rustfmt::skip]
fn table_look(material: Material) -> MaterialLook {
    match material {
        Material::Laterite    => look([168, 127,  98], [154, 119,  92], 0.110, 0.085, COARSE, 0.30),
        Material::Soil        => look([150, 124,  98], [136, 115,  91], 0.110, 0.090, COARSE, 0.35),
        Material::Sand        => look([204, 184, 148], [200, 182, 146], 0.070, 0.050, FINE,   0.25),
        Material::PaleSand    => look([218, 206, 180], [216, 204, 180], 0.045, 0.030, FINE,   0.25),
        Material::Gravel      => look([168, 160, 148], [164, 158, 146], 0.050, 0.060, COARSE, 0.25),
        Material::Mud         => look([112,  96,  78], [106,  94,  76], 0.080, 0.035, FINE,   0.20),
        Material::Rock        => look([142, 128, 114], [136, 124, 110], 0.130, 0.110, COARSE, 0.20),
        Material::DryGrass    => look([158, 140, 106], [104, 112,  70], 0.120, 0.120, TUFTS,  0.15),
        Material::Grass       => look([142, 132,  92], [ 84, 106,  56], 0.070, 0.055, COARSE, 0.10),
        Material::Scrub       => look([118, 104,  78], [ 78,  90,  56], 0.140, 0.200, TUFTS,  0.10),
        Material::Undergrowth => look([ 92,  84,  62], [ 50,  68,  38], 0.140, 0.200, TUFTS,  0.05),
        Material::Crop        => look([164, 148, 100], [ 82, 114,  54], 0.070, 0.060, STREAKS, 0.10),
        Material::Stubble     => look([176, 158, 118], [158, 150, 104], 0.070, 0.070, STREAKS, 0.20),
        Material::Ploughed    => look([122, 102,  82], [118, 100,  80], 0.080, 0.080, STREAKS, 0.35),
        Material::Asphalt     => look([ 88,  88,  90], [ 88,  88,  90], 0.050, 0.035, FINE,   0.15),
        Material::OldAsphalt  => look([126, 122, 116], [124, 121, 116], 0.070, 0.045, FINE,   0.15),
        Material::Concrete    => look([184, 180, 170], [182, 179, 170], 0.050, 0.025, FINE,   0.18),
        Material::Water       => look([ 62,  76,  70], [ 52,  72,  68], 0.060, 0.020, FINE,   0.00),
        Material::Pool        => look([ 84, 172, 190], [ 84, 172, 190], 0.040, 0.050, FINE,   0.00),
        Material::Turf        => look([112, 118,  76], [ 92, 110,  66], 0.040, 0.035, STREAKS, 0.10),
        Material::Clay        => look([176,  98,  70], [174,  98,  70], 0.030, 0.020, FINE,   0.20),
        Material::Snow        => look(SNOW, SNOW, 0.025, 0.012, FINE,   0.00),
    }
}

/// One ingredient of natural ground.
pub(in crate::simulate) struct CoverLayer {
    /// What it is.
    pub material: Material,
    /// Share of the ground it covers, 0 to 1; below zero-green seasons vegetation keeps its place and fades.
    pub share: f32,
    /// Typical size of its patches, metres.
    pub patch_m: f64,
    /// Width of its borders, in standard deviations of the field that places it: small is crisp.
    pub softness: f32,
}

const fn layer(material: Material, share: f32, patch_m: f64, softness: f32) -> CoverLayer {
    CoverLayer { material, share, patch_m, softness }
}

/// Natural ground of a biome: the first layer lies below all others.
#[rustfmt::skip]
pub(in crate::simulate) fn biome_layers(biome: Biome) -> &'static [CoverLayer] {
    const fn base(material: Material) -> CoverLayer { layer(material, 1.0, 100.0, 1.0) }
    match biome {
        Biome::Desert => const { &[base(Material::Sand), layer(Material::PaleSand, 0.35, 60.0, 1.6),
            layer(Material::Gravel, 0.25, 35.0, 1.2), layer(Material::Rock, 0.05, 20.0, 0.5)] },
        Biome::Savanna => const { &[base(Material::Laterite), layer(Material::Soil, 0.35, 55.0, 1.6),
            layer(Material::DryGrass, 0.46, 34.0, 1.5), layer(Material::Scrub, 0.10, 16.0, 0.7),
            layer(Material::Sand, 0.05, 16.0, 2.4)] },
        Biome::Steppe => const { &[base(Material::Soil), layer(Material::DryGrass, 0.70, 45.0, 1.4),
            layer(Material::Gravel, 0.12, 22.0, 0.9), layer(Material::Scrub, 0.06, 12.0, 0.5)] },
        Biome::Temperate => const { &[base(Material::Grass), layer(Material::DryGrass, 0.30, 40.0, 1.3),
            layer(Material::Soil, 0.06, 14.0, 0.6), layer(Material::Scrub, 0.10, 20.0, 0.6)] },
        Biome::Mediterranean => const { &[base(Material::Soil), layer(Material::DryGrass, 0.50, 30.0, 1.0),
            layer(Material::Scrub, 0.25, 14.0, 0.5), layer(Material::Rock, 0.08, 12.0, 0.5)] },
        Biome::Tropical => const { &[base(Material::Grass), layer(Material::Undergrowth, 0.40, 30.0, 0.7),
            layer(Material::Laterite, 0.12, 22.0, 0.6), layer(Material::Scrub, 0.20, 16.0, 0.6)] },
        Biome::Cropland => const { &[base(Material::DryGrass), layer(Material::Soil, 0.25, 40.0, 1.2),
            layer(Material::Grass, 0.35, 35.0, 1.0)] },
        Biome::Boreal => const { &[base(Material::Grass), layer(Material::Undergrowth, 0.30, 30.0, 0.8),
            layer(Material::Rock, 0.06, 14.0, 0.5), layer(Material::DryGrass, 0.30, 25.0, 1.0)] },
    }
}

/// Bodies of vehicles, with how often they are seen.
pub(in crate::simulate) const VEHICLE_COLORS: [(Color, f64); 10] = [
    ([226, 228, 230], 5.0),
    ([178, 182, 186], 3.0),
    ([120, 122, 126], 2.0),
    ([58, 58, 62], 3.0),
    ([36, 38, 44], 2.0),
    ([132, 38, 36], 1.0),
    ([48, 68, 112], 1.0),
    ([196, 182, 148], 1.0),
    ([92, 98, 72], 0.6),
    ([188, 152, 52], 0.3),
];

/// Twigs of trees without leaves.
pub(in crate::simulate) const BARE_WOOD: Color = [92, 82, 72];

/// Crowns: color in the dry season and when green.
pub(in crate::simulate) fn species_colors(species: Species) -> (Color, Color) {
    match species {
        Species::Broadleaf => ([104, 94, 70], [66, 86, 46]),
        Species::Evergreen => ([62, 78, 46], [54, 76, 42]),
        Species::Conifer => ([46, 62, 42], [44, 62, 40]),
        Species::Acacia => ([86, 88, 58], [74, 92, 50]),
        Species::Palm => ([88, 96, 58], [76, 96, 52]),
        Species::Shrub => ([98, 92, 64], [76, 90, 52]),
    }
}
