//! Tells the dates of random pairs: season, sun, view, looks of materials, clouds and what is laid over the image.

use crate::simulate::description::{Biome, Clouds, DateDescription, Material, Overlay, Placement, Variety};
use crate::simulate::dice::Dice;
use crate::simulate::story::cameras::draw_cameras;

/// Draws both dates of a site photographed with pixels of this size.
pub(in crate::simulate) fn draw_dates(biome: Biome, gsd_m: f64, dice: &mut Dice) -> [DateDescription; 2] {
    let suns = draw_suns(dice);
    let seasons = draw_seasons(biome, dice);
    let varieties = draw_varieties(biome, gsd_m, dice);
    let cameras = draw_cameras(dice);
    let mut date = |number: usize| {
        let [sun_azimuth_deg, sun_elevation_deg] = suns[number];
        let [greenness, moisture, snow] = seasons[number];
        DateDescription {
            date: None,
            sun_azimuth_deg,
            sun_elevation_deg,
            view_azimuth_deg: dice.between(0.0, 360.0),
            // Usually below 20 degrees, as vendors offer; up to 35 after storms.
            off_nadir_deg: if dice.chance(0.8) { 20.0 * dice.unit().powf(1.2) } else { dice.between(15.0, 35.0) },
            greenness,
            moisture,
            snow,
            variety: varieties[number],
            clouds: draw_clouds(dice),
            camera: cameras[number],
            overlays: draw_overlays(dice),
            placement: if number == 0 { draw_placement(dice) } else { Placement::default() },
        }
    };
    [date(0), date(1)]
}

/// Azimuth and elevation of both suns. Satellites pass at the same hour: suns are alike more often than not; aerial
/// images have any sun. Both hemispheres.
fn draw_suns(dice: &mut Dice) -> [[f64; 2]; 2] {
    let away = if dice.chance(0.3) { 180.0 } else { 0.0 };
    let noon = |dice: &mut Dice| away + 180.0 + 45.0 * dice.normal();
    // Vendors and mapping flights choose high suns; storms and winters do not.
    let elevation = |dice: &mut Dice| {
        let range =
            dice.weigh(&[((35.0, 65.0), 0.82), ((28.0, 35.0), 0.07), ((65.0, 75.0), 0.07), ((18.0, 28.0), 0.04)]);
        dice.between(range.0, range.1)
    };
    let first = [noon(dice), elevation(dice)];
    let second = match dice.weigh(&[(0, 0.5), (1, 0.3), (2, 0.2)]) {
        0 => [
            first[0] + 14.0 * dice.normal(),
            (first[1] + 8.0 * dice.normal()).clamp(if first[1] < 30.0 { 18.0 } else { 29.0 }, 75.0),
        ],
        1 => [noon(dice), elevation(dice)],
        _ => [dice.between(0.0, 360.0), elevation(dice)],
    };
    [first, second].map(|[azimuth, elevation]| [azimuth.rem_euclid(360.0), elevation])
}

/// Greenness, moisture and snow of both dates.
fn draw_seasons(biome: Biome, dice: &mut Dice) -> [[f64; 3]; 2] {
    let greenness = |dice: &mut Dice| match biome {
        Biome::Desert => dice.between(0.0, 0.25),
        Biome::Tropical => dice.between(0.45, 1.0),
        // Winter or a dry season: woods stand bare.
        _ if dice.chance(0.32) => dice.between(0.0, 0.22),
        _ => dice.between(0.0, 1.0),
    };
    let first = greenness(dice);
    let same = dice.chance(0.35);
    let second = if same { (first + 0.08 * dice.normal()).clamp(0.0, 1.0) } else { greenness(dice) };
    let winter = matches!(biome, Biome::Boreal | Biome::Temperate | Biome::Steppe | Biome::Cropland);
    [first, second].map(|greenness| {
        let moisture = if dice.chance(0.5) { 0.0 } else { dice.between(0.0, 0.9) };
        let snow = if winter && dice.chance(0.09) { dice.between(0.3, 0.97) } else { 0.0 };
        [greenness, moisture, snow]
    })
}

/// Factor on the grain of ground: blur and the pixel's own square leave less than half of it. With 1.1 half of the gradients off
/// structures were below 4.4 DN a pixel; of real images 6.5 to 8.3 (Rio, levir_val even; trees among them, 2026-11-29).
const GRAIN: f64 = 1.7;

/// How far materials stray. A table of colors is soon known by heart; a detector should know shapes and shadows.
fn draw_varieties(biome: Biome, gsd_m: f64, dice: &mut Dice) -> [Variety; 2] {
    let (brightness, hue, swapped) =
        dice.weigh(&[((0.12, 0.02, 0.0), 0.55), ((0.2, 0.04, 0.04), 0.4), ((0.36, 0.15, 0.25), 0.05)]);
    let saturation = dice.weigh(&[((0.25, 0.8), 0.30), ((0.8, 1.3), 0.66), ((1.3, 1.6), 0.04)]);
    // One cover; soft drifts; the biome's own patches.
    let (blotches, softness) = match dice.weigh(&[(0, 0.5), (1, 0.36), (2, 0.12), (3, 0.02)]) {
        0 => (0.0, 1.0),
        1 => (dice.between(0.2, 0.5), dice.between(2.0, 5.0)),
        2 => (dice.between(0.5, 1.0), dice.between(1.8, 4.0)),
        _ => (1.0, 1.0),
    };
    let smooth = blotches < 0.5;
    let cover = if dice.chance(0.4) { None } else { Some(dice.weigh(covers_of(biome))) };
    let usual = if smooth { GRAIN } else { 1.25 * GRAIN };
    let draw_grain = |dice: &mut Dice| (usual * (0.4 * dice.normal()).exp()).clamp(0.25, 2.9);
    let first = Variety {
        // Below 2^63: TOML knows no larger integers.
        seed: dice.bits() >> 1,
        brightness,
        hue,
        saturation: dice.between(saturation.0, saturation.1),
        grain: draw_grain(dice),
        mottle: (if smooth { 0.42 } else { 0.8 } * (0.45 * dice.normal()).exp()).clamp(0.15, 2.5),
        // Tables are for pixels of half a metre; at every size there is texture of the size of pixels.
        texel: (1.3 * gsd_m / 0.5 * (0.35 * dice.normal()).exp()).clamp(0.3, 8.0),
        swapped,
        blotches,
        softness,
        cover,
        drifts: if dice.chance(0.25) { 0.0 } else { dice.between(0.03, 0.13) },
        twigs: if dice.chance(0.3) { 1.0 } else { dice.between(0.5, 1.0) },
        thickets: if dice.chance(0.3) { 0.0 } else { dice.between(0.3, 1.0) },
        texture_seed: 0,
    };
    let mut second = first;
    if dice.chance(0.5) {
        second.texture_seed = dice.bits() >> 1;
        second.grain = (first.grain * (0.4 * dice.normal()).exp()).clamp(0.25, 3.3);
    }
    if dice.chance(0.35) {
        second.seed = dice.bits() >> 1;
        second.saturation = first.saturation * dice.between(0.7, 1.3);
    }
    [first, second]
}

/// What covers the ground of a landscape all over, with how often: mostly dry, sandy and gray-brown (by eye). Rows of stubble
/// are rare: towns do not stand on a ploughed field, and parcels have rows of their own.
fn covers_of(biome: Biome) -> &'static [(Material, f64)] {
    use Material::{DryGrass, Grass, Gravel, Laterite, PaleSand, Sand, Scrub, Soil, Stubble, Undergrowth};
    match biome {
        Biome::Desert => &[(Sand, 0.4), (PaleSand, 0.25), (Gravel, 0.15), (Soil, 0.2)],
        Biome::Savanna => &[(DryGrass, 0.3), (Soil, 0.3), (Laterite, 0.2), (Sand, 0.2)],
        Biome::Steppe => &[(DryGrass, 0.45), (Soil, 0.35), (Stubble, 0.04), (Gravel, 0.16)],
        Biome::Mediterranean => &[(DryGrass, 0.4), (Soil, 0.36), (Scrub, 0.2), (Stubble, 0.04)],
        Biome::Cropland => &[(Stubble, 0.08), (DryGrass, 0.36), (Soil, 0.26), (Grass, 0.3)],
        Biome::Temperate | Biome::Boreal => &[(Grass, 0.35), (DryGrass, 0.4), (Soil, 0.1), (Undergrowth, 0.15)],
        Biome::Tropical => &[(Grass, 0.35), (Undergrowth, 0.2), (Laterite, 0.15), (DryGrass, 0.3)],
    }
}

/// Draws clouds: mostly none, now and then a few, a bank, a veil, or their shadow alone.
fn draw_clouds(dice: &mut Dice) -> Option<Clouds> {
    let (share, veil) = (dice.unit(), dice.between(0.08, 0.45));
    let (level, softness, opacity) = match share {
        s if s < 0.05 => (dice.between(0.4, 1.8), dice.between(0.7, 2.2), dice.between(0.6, 1.0)),
        s if s < 0.10 => (dice.between(-2.0, 0.5), dice.between(2.5, 5.0), veil),
        s if s < 0.13 => (dice.between(-0.3, 1.2), dice.between(0.5, 2.0), 0.0),
        _ => return None,
    };
    let (sin, cos) = dice.between(0.0, std::f64::consts::TAU).sin_cos();
    let distance = dice.between(20.0, 400.0);
    Some(Clouds {
        seed: dice.bits() >> 1,
        level,
        size_m: dice.between(60.0, 500.0),
        softness,
        opacity,
        shade: if !(0.05..0.10).contains(&share) { dice.between(0.3, 0.7) } else { dice.between(0.0, 0.2) },
        shadow_m: [distance * cos, distance * sin],
    })
}

/// Draws what lies over an image: mostly nothing.
fn draw_overlays(dice: &mut Dice) -> Vec<Overlay> {
    let mut overlays = Vec::new();
    if dice.chance(0.02) {
        let at = [0, 1].map(|_| dice.pick(&[dice.clone().between(0.0, 0.25), dice.clone().between(0.75, 1.0)]));
        // The black side is the one away from the middle.
        let toward_edge = (at[0] - 0.5).atan2(0.5 - at[1]).to_degrees();
        overlays.push(Overlay::Void { at, azimuth_deg: toward_edge + 20.0 * dice.normal() });
    }
    if dice.chance(0.01) {
        let top = dice.pick(&[0.0, 0.93, 0.9, 0.5]);
        let (height_px, opacity) = (dice.count(9, 22), dice.between(0.0, 1.0));
        let light = dice.chance(0.3);
        overlays.push(Overlay::Caption { top, height_px, opacity, light, seed: dice.bits() >> 1 });
    }
    if dice.chance(0.01) {
        let (height_px, opacity) = (dice.count(6, 16), dice.between(0.08, 0.5));
        overlays.push(Overlay::Watermark { height_px, opacity, seed: dice.bits() >> 1 });
    }
    overlays
}

/// Draws the misregistration that is left after co-registration.
fn draw_placement(dice: &mut Dice) -> Placement {
    let reach = dice.weigh(&[(0.0, 0.25), (1.0, 0.35), (2.0, 0.22), (4.0, 0.18)]);
    Placement {
        shift_x_px: dice.between(-reach, reach),
        shift_y_px: dice.between(-reach, reach),
        rotation_deg: 0.15 * dice.normal(),
        scale: 1.0 + 0.0018 * dice.normal(),
        warp_px: if dice.chance(0.15) { dice.between(0.3, 1.5) } else { 0.0 },
        ..Placement::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_stay_within_what_scene_files_allow() {
        for seed in 0..300 {
            let dates = draw_dates(Biome::Temperate, 0.5, &mut Dice::from_seed(seed));
            for date in &dates {
                assert!((18.0..=75.0).contains(&date.sun_elevation_deg) && (0.0..=35.0).contains(&date.off_nadir_deg));
                assert!((0.0..=1.6).contains(&date.camera.blur_px) && (0.0..=0.9).contains(&date.camera.skylight));
            }
            assert_eq!(dates[1].placement, Placement::default());
        }
    }
}
