//! What viewers and processors lay over an image: captions, watermarks, corners without image.

use ndarray::Array3;

use crate::simulate::description::Overlay;
use crate::simulate::dice::unit_at;

/// Columns and rows of the grid on which strokes are written; a letter is a choice of its cells.
const LETTER: [usize; 2] = [4, 5];

/// Draws overlays over an 8-bit image, (height, width, 3), in their order.
pub(in crate::simulate) fn draw_overlays(image: &mut Array3<u8>, overlays: &[Overlay]) {
    for overlay in overlays {
        match *overlay {
            Overlay::Void { at, azimuth_deg } => cut_off(image, at, azimuth_deg),
            Overlay::Caption { top, height_px, opacity, light, seed } => {
                caption(image, top, height_px, opacity as f32, light, seed);
            }
            Overlay::Watermark { height_px, opacity, seed } => watermark(image, height_px, opacity as f32, seed),
        }
    }
}

fn cut_off(image: &mut Array3<u8>, at: [f64; 2], azimuth_deg: f64) {
    let (height, width, _) = image.dim();
    let (sin, cos) = azimuth_deg.to_radians().sin_cos();
    for (row, mut line) in image.outer_iter_mut().enumerate() {
        for (col, mut pixel) in line.outer_iter_mut().enumerate() {
            let (x, y) = (col as f64 - at[0] * width as f64, row as f64 - at[1] * height as f64);
            if x * sin - y * cos > 0.0 {
                pixel.fill(0);
            }
        }
    }
}

fn caption(image: &mut Array3<u8>, top: f64, height_px: usize, opacity: f32, light: bool, seed: u64) {
    let (height, width, _) = image.dim();
    let top = (top.clamp(0.0, 1.0) * height as f64) as usize;
    let (bar, ink) = if light { (255, 20) } else { (0, 245) };
    let margin = height_px / 5;
    let letters = height_px.saturating_sub(2 * margin).max(LETTER[1]);
    for row in top..(top + height_px).min(height) {
        for col in 0..width {
            let written = row >= top + margin && inked(seed, row - top - margin, col, letters, 3 * width / 4);
            let (value, share) = if written { (ink, 0.9) } else { (bar, opacity) };
            (0..3).for_each(|band| lay_over(&mut image[[row, col, band]], value, share));
        }
    }
}

fn watermark(image: &mut Array3<u8>, height_px: usize, opacity: f32, seed: u64) {
    let (height, width, _) = image.dim();
    let letters = height_px.max(LETTER[1]);
    let (period, length) = (6 * letters, 7 * letters);
    for row in 0..height {
        // Lines of writing are set off against each other.
        let line = row / period;
        for col in 0..width {
            let along = (col + line * 3 * letters) % (length + 3 * letters);
            if inked(seed, row % period, along, letters, length) {
                (0..3).for_each(|band| lay_over(&mut image[[row, col, band]], 255, opacity));
            }
        }
    }
}

fn lay_over(value: &mut u8, over: u8, share: f32) {
    *value = (f32::from(*value) + share * (f32::from(over) - f32::from(*value)) + 0.5) as u8;
}

/// Whether a pixel of a line of writing is inked: letters of strokes on a small grid, with gaps between words.
fn inked(seed: u64, row: usize, col: usize, letters_px: usize, length_px: usize) -> bool {
    let stroke = (letters_px / LETTER[1]).max(1);
    let advance = (LETTER[0] + 1) * stroke;
    let (letter, i, j) = (col / advance, col % advance / stroke, row / stroke);
    let pause = unit_at(seed, letter as i64, -1) < 0.15;
    if i >= LETTER[0] || j >= LETTER[1] || pause || col >= length_px {
        return false;
    }
    // Uprights and bars rather than single dots.
    let upright = unit_at(seed, letter as i64, i as i64) < if i == 0 { 0.8 } else { 0.3 };
    let bar = unit_at(seed, letter as i64, 10 + j as i64) < 0.4;
    upright || bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_void_hides_its_side_only() {
        let mut image = Array3::from_elem((20, 20, 3), 90u8);
        draw_overlays(&mut image, &[Overlay::Void { at: [0.5, 0.5], azimuth_deg: 90.0 }]);
        assert!((0..20).all(|row| image[[row, 5, 0]] == 90 && image[[row, 15, 0]] == 0));
    }

    #[test]
    fn captions_hold_ink_and_bar() {
        let mut image = Array3::from_elem((60, 120, 3), 90u8);
        draw_overlays(&mut image, &[Overlay::Caption { top: 0.5, height_px: 15, opacity: 1.0, light: false, seed: 4 }]);
        let bar: Vec<u8> =
            (30..45).flat_map(|row| (0..120).map(move |col| (row, col))).map(|(r, c)| image[[r, c, 0]]).collect();
        assert!(bar.iter().any(|&v| v > 200) && bar.iter().filter(|&&v| v == 0).count() > 600);
        assert!(image[[10, 10, 0]] == 90);
    }
}
