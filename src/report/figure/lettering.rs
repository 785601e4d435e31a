//! Text in figures: DejaVu Sans, embedded.

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};
use image::Rgb;
use ndarray::Array2;

use crate::raster::point::PixelPoint;
use crate::report::figure::canvas::Canvas;
use crate::report::figure::palette::HALO;

/// Opacity of the halo around text: more than around lines, as letters are finer.
const HALO_OPACITY: f32 = 0.8;

/// Stroke weight of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// For small print and captions.
    Regular,
    /// For titles and labels on imagery.
    Bold,
}

/// How text is drawn.
#[derive(Clone, Copy, Debug)]
pub struct TextStyle {
    /// Side of the em square, pixels; capitals are about 0.73 of it.
    pub size: f64,
    /// Stroke weight.
    pub weight: Weight,
    /// Colour.
    pub color: Rgb<u8>,
    /// Pixels of dark halo; 0 for none.
    pub halo: f64,
}

/// Height of capitals as a part of the em square (DejaVu Sans, OS/2 table: 1493 of 2048).
pub const CAP_HEIGHT: f64 = 0.729;

/// The embedded fonts. A character they lack (see assets/fonts/README.md) is drawn as a box.
pub struct Lettering {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Lettering {
    /// Opens the embedded fonts.
    pub fn embedded() -> Self {
        let open =
            |bytes: &'static [u8]| FontRef::try_from_slice(bytes).expect("invariant: the embedded font is sound");
        Lettering {
            regular: open(include_bytes!("../../../assets/fonts/DejaVuSans.ttf")),
            bold: open(include_bytes!("../../../assets/fonts/DejaVuSans-Bold.ttf")),
        }
    }

    /// Width of a line of text, pixels.
    pub fn width(&self, text: &str, weight: Weight, size: f64) -> f64 {
        self.glyphs(text, weight, size).1
    }

    /// Breaks text between words into lines of at most `width` pixels; a longer word is broken where it must be.
    pub fn wrap(&self, text: &str, weight: Weight, size: f64, width: f64) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split_whitespace().flat_map(|word| self.broken(word, weight, size, width)) {
            let line = lines.last_mut().expect("invariant: never empty");
            let longer = if line.is_empty() { word.clone() } else { format!("{line} {word}") };
            if line.is_empty() || self.width(&longer, weight, size) <= width {
                *line = longer;
            } else {
                lines.push(word);
            }
        }
        lines
    }

    /// Draws a line of text with its baseline starting at `start`.
    pub fn draw(&self, canvas: &mut Canvas, text: &str, start: PixelPoint, style: &TextStyle) {
        let font = self.font(style.weight);
        let (glyphs, _) = self.glyphs(text, style.weight, style.size);
        let moved = glyphs.into_iter().map(|mut glyph| {
            glyph.position.x += start.x as f32;
            glyph.position.y += start.y as f32;
            glyph
        });
        let outlines: Vec<_> = moved.filter_map(|glyph| font.outline_glyph(glyph)).collect();
        if style.halo > 0.0 {
            let margin = style.halo.ceil() as usize + 1;
            for outline in &outlines {
                let bounds = outline.px_bounds();
                let shape = (bounds.height() as usize + 2 * margin + 1, bounds.width() as usize + 2 * margin + 1);
                let mut coverage = Array2::zeros(shape);
                outline.draw(|x, y, covered| {
                    if let Some(cell) = coverage.get_mut((y as usize + margin, x as usize + margin)) {
                        *cell = covered;
                    }
                });
                let corner = (bounds.min.y - margin as f32, bounds.min.x - margin as f32);
                paint(canvas, &spread(&coverage, style.halo), corner, HALO, HALO_OPACITY);
            }
        }
        for outline in &outlines {
            let bounds = outline.px_bounds();
            outline.draw(|x, y, covered| {
                let (row, col) = (bounds.min.y + y as f32, bounds.min.x + x as f32);
                if row >= 0.0 && col >= 0.0 {
                    canvas.blend(row as usize, col as usize, style.color, covered);
                }
            });
        }
    }

    fn font(&self, weight: Weight) -> &FontRef<'static> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Glyphs of a line with their baseline at (0, 0), and the line's width.
    fn glyphs(&self, text: &str, weight: Weight, size: f64) -> (Vec<Glyph>, f64) {
        let font = self.font(weight);
        // ab_glyph scales by ascent less descent, people by the em square.
        let em = font.units_per_em().unwrap_or(2048.0);
        let scale = PxScale::from(size as f32 * font.height_unscaled() / em);
        let scaled = font.as_scaled(scale);
        let mut glyphs = Vec::new();
        let (mut x, mut before) = (0.0, None);
        for character in text.chars() {
            let id = scaled.glyph_id(character);
            x += before.map_or(0.0, |before| scaled.kern(before, id));
            glyphs.push(id.with_scale_and_position(scale, point(x, 0.0)));
            x += scaled.h_advance(id);
            before = Some(id);
        }
        (glyphs, f64::from(x))
    }

    fn broken(&self, word: &str, weight: Weight, size: f64, width: f64) -> Vec<String> {
        let mut parts = vec![String::new()];
        for character in word.chars() {
            let part = parts.last_mut().expect("invariant: never empty");
            part.push(character);
            if part.chars().count() > 1 && self.width(part, weight, size) > width {
                part.pop();
                parts.push(character.to_string());
            }
        }
        parts
    }
}

/// Grows shapes by `reach` pixels all round, with soft edges.
fn spread(coverage: &Array2<f32>, reach: f64) -> Array2<f32> {
    let far = reach.ceil() as isize;
    let (height, width) = coverage.dim();
    let mut grown = coverage.clone();
    for (down, right) in (-far..=far).flat_map(|down| (-far..=far).map(move |right| (down, right))) {
        let share = (reach + 0.5 - (down as f64).hypot(right as f64)).clamp(0.0, 1.0) as f32;
        if share <= 0.0 {
            continue;
        }
        for row in down.max(0)..(height as isize + down.min(0)) {
            for col in right.max(0)..(width as isize + right.min(0)) {
                let from = coverage[[(row - down) as usize, (col - right) as usize]] * share;
                let cell = &mut grown[[row as usize, col as usize]];
                *cell = cell.max(from);
            }
        }
    }
    grown
}

fn paint(canvas: &mut Canvas, coverage: &Array2<f32>, (top, left): (f32, f32), color: Rgb<u8>, opacity: f32) {
    for ((row, col), &covered) in coverage.indexed_iter() {
        let (row, col) = (top + row as f32, left + col as f32);
        if covered > 0.0 && row >= 0.0 && col >= 0.0 {
            canvas.blend(row as usize, col as usize, color, covered * opacity);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_lose_no_word() {
        let lettering = Lettering::embedded();
        let text = "Five large buildings were seen, and several warehouses Donaudampfschifffahrtsgesellschaft";
        let lines = lettering.wrap(text, Weight::Regular, 14.0, 150.0);
        assert!(lines.len() > 3);
        assert!(lines.iter().all(|line| lettering.width(line, Weight::Regular, 14.0) <= 150.0), "{lines:?}");
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        assert_eq!(letters(&lines.join("")), letters(text));
    }

    #[test]
    fn every_sign_of_our_own_sentences_has_a_glyph() {
        let lettering = Lettering::embedded();
        let own = "ABCXYZabcxyz0123456789 –·²°%()éçÉñöß ŁłŞşıÇğ Киев Αθήνα −≈≥×“”’…";
        for font in [&lettering.regular, &lettering.bold] {
            let missing: Vec<char> = own.chars().filter(|&c| font.glyph_id(c).0 == 0).collect();
            assert!(missing.is_empty(), "{missing:?}");
        }
        // A foreign script is drawn as boxes, not dropped.
        assert!(lettering.width("京都", Weight::Regular, 20.0) > 10.0);
    }
}
