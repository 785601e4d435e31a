//! Images as pictures: stretched for display, read tile by tile.

use fast_image_resize::images::Image;
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{Rgb, RgbImage};
use rayon::prelude::*;

use crate::raster::Raster;
use crate::raster::window::{GridSize, Window};
use crate::report::figure::palette::NODATA;
use crate::report::figure::scale::Scale;
use crate::scene::{ReadError, Scene};

/// Side of the windows in which an image is read, image pixels: a window of three float bands is then 3 MB.
const READ_SIDE: usize = 512;

/// An image for display.
pub struct Picture {
    /// Its pixels.
    pub pixels: RgbImage,
    /// True when some of them show nothing.
    pub has_nodata: bool,
}

/// Makes a picture of a grid.
///
/// - Input: the grid; the scene whose bands and stretch `read` delivers; `read(window, step)`, as [`Scene::read`].
/// - Output: red, green and blue of the scene's visible bands, stretched as its description says; gray at nodata.
///   Resampling is by cubic convolution: enlarged, it smooths and shows no more than there is.
pub fn draw_picture(
    size: GridSize,
    scene: &Scene,
    scale: Scale,
    read: impl Fn(Window, usize) -> Result<Raster, ReadError> + Sync,
) -> Result<Picture, ReadError> {
    let step = scale.step;
    let reduced = size.reduced(step);
    let mut pixels = RgbImage::from_pixel(reduced.width as u32, reduced.height as u32, NODATA);
    let tiles: Vec<Window> = size.tiles(READ_SIDE.next_multiple_of(step)).collect();
    let mut has_nodata = false;
    // As many tiles at a time as there are threads: the picture is whole, the image never is.
    for batch in tiles.chunks(rayon::current_num_threads().max(1)) {
        let drawn: Result<Vec<_>, ReadError> =
            batch.par_iter().map(|&tile| read(tile, step).map(|raster| displayed(&raster, scene))).collect();
        for (tile, (part, part_has_nodata)) in batch.iter().zip(drawn?) {
            image::imageops::replace(&mut pixels, &part, (tile.col / step) as i64, (tile.row / step) as i64);
            has_nodata |= part_has_nodata;
        }
    }
    Ok(Picture { pixels: resampled(pixels, scale.picture_size(size)), has_nodata })
}

fn resampled(pixels: RgbImage, size: GridSize) -> RgbImage {
    let (width, height) = pixels.dimensions();
    let (wide, high) = (size.width as u32, size.height as u32);
    if (width, height) == (wide, high) {
        return pixels;
    }
    let source =
        Image::from_vec_u8(width, height, pixels.into_raw(), PixelType::U8x3).expect("invariant: three bytes a pixel");
    let mut target = Image::new(wide, high, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize(&source, &mut target, &options).expect("invariant: both are of three bytes a pixel");
    RgbImage::from_raw(wide, high, target.into_vec()).expect("invariant: three bytes a pixel")
}

fn displayed(raster: &Raster, scene: &Scene) -> (RgbImage, bool) {
    let description = scene.description();
    let size = raster.size();
    let bands = description.visible.map(|band| (band, raster.band(band)));
    let valid = raster.valid();
    let pixels = RgbImage::from_fn(size.width as u32, size.height as u32, |x, y| {
        let at = [y as usize, x as usize];
        if !valid[at] {
            return NODATA;
        }
        Rgb(bands.each_ref().map(|(band, samples)| {
            let unit = description.stretch.unit(*band, samples[at]);
            (unit.clamp(0.0, 1.0) * 255.0).round() as u8
        }))
    });
    (pixels, valid.iter().any(|&valid| !valid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array3;

    #[test]
    fn tiles_join_without_a_seam_and_the_stretch_is_applied() {
        let (height, width) = (2100, 1300);
        let ramp = Array3::from_shape_fn((1, height, width), |(_, row, col)| ((row + col) / 16) as f32);
        let scene = Scene::from_raster("ramp", Raster::all_valid(ramp))
            .with_description(|description| description.stretch.high = vec![510.0]);
        let scale = Scale { step: 3, resize: 1.0 };
        let read = |window, step| scene.read(window, step);
        let picture = draw_picture(scene.size(), &scene, scale, read).expect("invariant: in memory");
        assert_eq!(picture.pixels.dimensions(), (434, 700));
        assert!(!picture.has_nodata);
        for (x, y) in [(0, 0), (341, 341), (342, 342), (400, 690)] {
            let expected = (3.0 * (x + y) as f64 + 2.0) / 16.0 / 2.0;
            let found = f64::from(picture.pixels.get_pixel(x, y).0[1]);
            assert!((found - expected).abs() <= 1.0, "{found} for {expected} at {x}, {y}");
        }
    }
}
