//! A figure in the making.

use image::{Rgb, RgbImage};

use crate::raster::window::{GridSize, Window};

/// Pixels that can be painted over, with opacity.
pub struct Canvas {
    pixels: RgbImage,
}

impl Canvas {
    /// Makes a canvas of one colour.
    pub fn filled(size: GridSize, color: Rgb<u8>) -> Self {
        Canvas { pixels: RgbImage::from_pixel(size.width as u32, size.height as u32, color) }
    }

    /// Height and width.
    pub fn size(&self) -> GridSize {
        GridSize { height: self.pixels.height() as usize, width: self.pixels.width() as usize }
    }

    /// Covers one pixel with a colour, `opacity` 0 to 1; a pixel beside the canvas is left out.
    pub fn blend(&mut self, row: usize, col: usize, color: Rgb<u8>, opacity: f32) {
        let (x, y) = (col as u32, row as u32);
        if let Some(pixel) = self.pixels.get_pixel_mut_checked(x, y) {
            let opacity = opacity.clamp(0.0, 1.0);
            for (under, over) in pixel.0.iter_mut().zip(color.0) {
                *under = (f32::from(*under) + (f32::from(over) - f32::from(*under)) * opacity).round() as u8;
            }
        }
    }

    /// Fills a rectangle.
    pub fn fill(&mut self, window: Window, color: Rgb<u8>) {
        let Some(window) = window.intersection(self.size().window()) else { return };
        for row in window.row..window.bottom() {
            for col in window.col..window.right() {
                self.pixels.put_pixel(col as u32, row as u32, color);
            }
        }
    }

    /// Copies a picture onto the canvas, its top-left pixel at `row`, `col`; what does not fit is cut.
    pub fn paste(&mut self, picture: &RgbImage, row: usize, col: usize) {
        image::imageops::replace(&mut self.pixels, picture, col as i64, row as i64);
    }

    /// The finished picture.
    pub fn into_image(self) -> RgbImage {
        self.pixels
    }
}
