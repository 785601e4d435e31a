//! Drawn scenes for program tests: textured ground with bright buildings.

use std::path::Path;

use geotiff_writer::GeoTiffBuilder;
use image::RgbImage;
use ndarray::Array3;

/// Side of the drawn images, pixels.
const SIDE: u32 = 256;

/// Left, top, width and height of a building, pixels.
pub type Building = (u32, u32, u32, u32);

/// Buildings in both images.
const OLD: [Building; 4] = [(30, 30, 24, 14), (180, 60, 16, 30), (60, 190, 30, 16), (200, 200, 20, 20)];

/// Buildings in the after image only.
const NEW: [Building; 3] = [(100, 90, 40, 16), (100, 120, 40, 16), (150, 170, 28, 20)];

/// Draws `before.png` and `after.png`: three new buildings, a little noise, a brighter day.
pub fn draw_pair(folder: &Path) {
    draw_scene(1, &[]).save(folder.join("before.png")).unwrap();
    draw_scene(2, &NEW).save(folder.join("after.png")).unwrap();
}

/// Draws one image: the same ground and old buildings for every `noise`, and more buildings.
pub fn draw_scene(noise: u32, more: &[Building]) -> RgbImage {
    let inside = |&(left, top, width, height): &Building, x: u32, y: u32| {
        (left..left + width).contains(&x) && (top..top + height).contains(&y)
    };
    RgbImage::from_fn(SIDE, SIDE, |x, y| {
        let ground = 70.0 + 45.0 * octave(x, y, 23) + 30.0 * octave(x, y, 9) + 20.0 * octave(x, y, 4);
        let roof = OLD.iter().chain(more).any(|building| inside(building, x, y));
        let shade = OLD.iter().chain(more).any(|building| inside(building, x.saturating_sub(3), y.saturating_sub(3)));
        let light = if roof {
            215.0
        } else if shade {
            0.45 * ground
        } else {
            ground
        };
        let gain = 1.0 + 0.04 * f64::from(noise);
        let grain = 4.0 * (hash(x, y, 77 + noise) - 0.5);
        image::Rgb([1.0, 0.9, 0.75].map(|tint| (light * tint * gain + grain).clamp(0.0, 255.0) as u8))
    })
}

/// Writes an image as a GeoTIFF in UTM 29N with its top-left corner at this place.
pub fn write_placed(image: &RgbImage, path: &Path, easting: f64, northing: f64, gsd_m: f64) {
    let (width, height) = image.dimensions();
    let samples = Array3::from_shape_fn((height as usize, width as usize, 3), |(row, col, band)| {
        image.get_pixel(col as u32, row as u32).0[band]
    });
    GeoTiffBuilder::new(width, height)
        .bands(3)
        .projected_epsg(32629)
        .pixel_scale(gsd_m, gsd_m)
        .origin(easting, northing)
        .write_3d(path, samples.view())
        .unwrap();
}

/// Smooth noise, 0 to 1: random numbers on a lattice of `step` pixels, interpolated.
fn octave(x: u32, y: u32, step: u32) -> f64 {
    let (col, row) = (x / step, y / step);
    let soft = |v: u32| {
        let t = f64::from(v % step) / f64::from(step);
        t * t * (3.0 - 2.0 * t)
    };
    let (right, down) = (soft(x), soft(y));
    let across = |row: u32| hash(col, row, step) * (1.0 - right) + hash(col + 1, row, step) * right;
    across(row) * (1.0 - down) + across(row + 1) * down
}

/// A random number, 0 to 1, that belongs to a lattice point.
fn hash(x: u32, y: u32, salt: u32) -> f64 {
    let mut bits = x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA77) ^ salt.wrapping_mul(0xC2B2_AE3D);
    bits = (bits ^ (bits >> 15)).wrapping_mul(0x2C1B_3C6D);
    bits = (bits ^ (bits >> 12)).wrapping_mul(0x297A_2D39);
    f64::from(bits ^ (bits >> 15)) / f64::from(u32::MAX)
}
