//! Tells the cameras of random pairs: from a vendor's clean delivery to a screenshot of a screenshot.

use crate::simulate::description::{Camera, Resampling};
use crate::simulate::dice::Dice;

/// What kind of image it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// As vendors deliver: sharp, a little flat.
    Vendor,
    /// As web maps show it: stretched, sharpened, compressed, somewhat gray.
    Basemap,
    /// Dark and gray, as old mosaics of web maps are.
    Somber,
    /// Resampled, hazy, compressed twice.
    Poor,
    /// Anything.
    Wild,
}

const LOOKS: [(Look, f64); 5] =
    [(Look::Vendor, 0.32), (Look::Basemap, 0.34), (Look::Somber, 0.19), (Look::Poor, 0.10), (Look::Wild, 0.05)];

/// Draws both cameras: of one make in a third of pairs.
pub(in crate::simulate) fn draw_cameras(dice: &mut Dice) -> [Camera; 2] {
    let first = draw_camera(dice.weigh(&LOOKS), dice);
    if dice.chance(0.33) {
        let gain = first.gain * (0.12 * dice.normal()).exp();
        let haze = (first.haze * dice.between(0.5, 1.5)).min(0.6);
        return [first, Camera { gain, haze, noise_dn: first.noise_dn * dice.between(0.7, 1.4), ..first }];
    }
    [first, draw_camera(dice.weigh(&LOOKS), dice)]
}

/// Draws a camera. Widths of the distributions were chosen by eye on contact sheets beside real images.
fn draw_camera(look: Look, dice: &mut Dice) -> Camera {
    let camera = basics(dice);
    match look {
        Look::Vendor => Camera {
            haze: dice.between(0.0, 0.12),
            contrast: dice.between(0.8, 1.15),
            saturation: dice.between(0.7, 1.25),
            lift: black_point(dice),
            sharpening: if dice.chance(0.5) { crisp(dice) } else { 0.0 },
            jpeg_quality: dice.chance(0.3).then(|| dice.count(75, 95) as u8),
            ..camera
        },
        Look::Basemap => Camera {
            contrast: dice.between(0.85, 1.35),
            saturation: dice.between(0.55, 1.25),
            sharpening: crisp(dice),
            halo: if dice.chance(0.25) { dice.between(0.1, 0.6) } else { 0.0 },
            stretch: dice.chance(0.4).then(|| dice.between(0.001, 0.012)),
            stretch_bands: dice.chance(0.2),
            lift: if dice.chance(0.5) { black_point(dice) } else { cast(0.04, dice) },
            jpeg_quality: Some(dice.count(55, 95) as u8),
            ..camera
        },
        Look::Somber => Camera {
            gain: dice.between(0.4, 0.72),
            gamma: dice.between(0.9, 1.25),
            contrast: dice.between(0.7, 1.5),
            saturation: dice.between(0.45, 1.1),
            sharpening: crisp(dice),
            haze: dice.between(0.0, 0.06),
            lift: if dice.chance(0.15) { black_point(dice) } else { cast(0.03, dice) },
            jpeg_quality: Some(dice.count(60, 95) as u8),
            ..camera
        },
        Look::Poor => Camera {
            haze: dice.between(0.05, 0.4),
            contrast: dice.between(0.8, 1.3),
            noise_dn: (5.0 * dice.normal()).abs().min(14.0),
            native_scale: dice.between(0.5, 1.0),
            resampling: dice.pick(&[Resampling::Bilinear, Resampling::Cubic, Resampling::Nearest]),
            first_jpeg_quality: dice.chance(0.6).then(|| dice.count(35, 90) as u8),
            jpeg_quality: Some(dice.count(30, 85) as u8),
            ..camera
        },
        Look::Wild => Camera {
            haze: dice.between(0.0, 0.35),
            gain: (0.45 * dice.normal()).exp().clamp(0.25, 1.9),
            gamma: (0.3 * dice.normal()).exp().clamp(0.5, 2.0),
            contrast: dice.between(0.6, 1.9),
            saturation: dice.weigh(&[
                (0.05, 0.25),
                (dice.clone().between(0.2, 1.0), 0.45),
                (dice.clone().between(1.0, 1.8), 0.3),
            ]),
            tint: [0, 1, 2].map(|_| (0.11 * dice.normal()).exp()),
            lift: cast(0.07, dice),
            stretch: dice.chance(0.3).then(|| dice.between(0.002, 0.08)),
            stretch_bands: dice.chance(0.5),
            vignette: if dice.chance(0.3) { dice.between(0.1, 0.5) } else { 0.0 },
            color_blur_px: dice.pick(&[1, 1, 3, 5]),
            color_shift_px: [0, 1].map(|_| dice.pick(&[0.0, 0.0, 0.0, 1.0, -1.0, 2.0])),
            ..camera
        },
    }
}

/// How far an image was sharpened (by eye): real basemaps are, until single pixels stand out. It does not make up for
/// smooth surfaces by itself; training adds grain (training/RUNS.md).
fn crisp(dice: &mut Dice) -> f64 {
    dice.pick(&[0.3, 1.0, 2.0, 3.2]) * dice.unit()
}

/// A black point as deliveries for the eye have it: half of them put it where shade lies. The darkest fiftieth of levir_val and
/// Rio lies at 7 to 18 DN, of renderings without it at 53 (measured 2026-11-25).
fn black_point(dice: &mut Dice) -> [f64; 3] {
    let common = if dice.chance(0.55) { -dice.between(0.04, 0.14) } else { 0.0 };
    [0, 1, 2].map(|_| (common + 0.012 * dice.normal()).clamp(-0.24, 0.05))
}

fn cast(spread: f64, dice: &mut Dice) -> [f64; 3] {
    let common = spread * dice.normal();
    [0, 1, 2].map(|_| (common + 0.7 * spread * dice.normal()).clamp(-0.2, 0.25))
}

/// What every look has.
fn basics(dice: &mut Dice) -> Camera {
    let tint = if dice.chance(0.8) { 0.03 } else { 0.09 };
    let resampled = dice.chance(0.25);
    Camera {
        blur_px: dice.between(0.2, 0.75),
        noise_dn: (2.4 * dice.normal()).abs(),
        noise_gray: dice.unit(),
        blotches_dn: if dice.chance(0.35) { (2.5 * dice.normal()).abs() } else { 0.0 },
        haze: dice.between(0.0, 0.10),
        skylight: {
            let range = dice.weigh(&[((0.05, 0.2), 0.6), ((0.2, 0.35), 0.32), ((0.35, 0.55), 0.08)]);
            dice.between(range.0, range.1)
        },
        gain: (0.20 * dice.normal()).exp(),
        gamma: (0.12 * dice.normal()).exp(),
        tint: [0, 1, 2].map(|_| (tint * dice.normal()).exp()),
        sharpening: if dice.chance(0.3) { dice.between(0.2, 1.2) } else { 0.0 },
        color_blur_px: dice.weigh(&[(1, 0.8), (3, 0.15), (5, 0.05)]),
        native_scale: if resampled { dice.between(0.6, 1.5) } else { 1.0 },
        resampling: dice.weigh(&[(Resampling::Bilinear, 0.5), (Resampling::Cubic, 0.42), (Resampling::Nearest, 0.08)]),
        first_jpeg_quality: dice.chance(0.12).then(|| dice.count(45, 95) as u8),
        ..Camera::default()
    }
}
