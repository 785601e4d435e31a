//! From image pixels to figure pixels.

use crate::raster::point::PixelPoint;
use crate::raster::window::GridSize;

/// How an image becomes a picture: every `step` x `step` block of it one pixel, then resampling by `resize`.
///
/// Either `step` is 1 and `resize` a whole enlargement, or `resize` lies between a half and 1: blocks keep the reading
/// cheap, resampling makes use of the room there is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Image pixels in one pixel read, along a side.
    pub step: usize,
    /// Picture pixels to one pixel read, along a side.
    pub resize: f64,
}

impl Scale {
    /// A whole enlargement; the image as it is for 1.
    pub fn enlarged(times: usize) -> Self {
        Scale { step: 1, resize: times as f64 }
    }

    /// A reduction by a factor between 0 and 1.
    pub fn reduced(factor: f64) -> Self {
        let step = (1.0 / factor).floor().max(1.0);
        Scale { step: step as usize, resize: (factor * step).min(1.0) }
    }

    /// The largest scale at which the result fits.
    ///
    /// - Input: the image's size; `excess(scale)`, how many times larger than allowed the result is: it fits up to 1.
    ///   It must shrink with the picture; where it never falls to 1, the picture ends as a single pixel.
    /// - The first scale tried is the whole enlargement that makes the long side at least `readable_from` pixels.
    pub fn largest(size: GridSize, readable_from: usize, excess: impl Fn(Scale) -> f64) -> Scale {
        let long_side = size.height.max(size.width).max(1);
        let enlargements = (1..=readable_from.div_ceil(long_side)).rev().map(Scale::enlarged);
        if let Some(scale) = enlargements.into_iter().find(|scale| excess(*scale) <= 1.0) {
            return scale;
        }
        let mut factor = 1.0;
        loop {
            // A little more than the excess, as margins and text do not shrink as fast as the picture.
            factor *= (0.998 / excess(Scale::reduced(factor))).min(0.998);
            let scale = Scale::reduced(factor.max(1.0 / long_side as f64));
            if excess(scale) <= 1.0 || factor * long_side as f64 <= 1.0 {
                return scale;
            }
        }
    }

    /// The largest scale at which an image fits into a frame.
    pub fn fitting(size: GridSize, frame: GridSize) -> Scale {
        Scale::largest(size, frame.height.max(frame.width), |scale| {
            let picture = scale.picture_size(size);
            (picture.height as f64 / frame.height as f64).max(picture.width as f64 / frame.width as f64)
        })
    }

    /// Height and width of the picture of an image.
    pub fn picture_size(self, size: GridSize) -> GridSize {
        let reduced = size.reduced(self.step);
        let resized = |pixels: usize| ((pixels as f64 * self.resize).round() as usize).max(1);
        GridSize { height: resized(reduced.height), width: resized(reduced.width) }
    }

    /// Picture pixels to one image pixel.
    pub fn factor(self) -> f64 {
        self.resize / self.step as f64
    }

    /// Where a place in the image lies in the picture, to within half a pixel.
    pub fn to_picture(self, place: PixelPoint) -> PixelPoint {
        PixelPoint::from_xy(place.x * self.factor(), place.y * self.factor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_images_are_enlarged_by_whole_factors() {
        let small = GridSize { height: 200, width: 256 };
        assert_eq!(Scale::largest(small, 1000, |_| 0.5), Scale::enlarged(4));
        let limited = Scale::largest(small, 1000, |scale| scale.picture_size(small).width as f64 / 700.0);
        assert_eq!(limited, Scale::enlarged(2));
    }

    #[test]
    fn large_images_fill_the_frame() {
        for (height, width) in [(20_000, 10_000), (4096, 4096), (4100, 300), (1, 9000)] {
            let size = GridSize { height, width };
            let frame = GridSize { height: 4000, width: 4000 };
            let scale = Scale::fitting(size, frame);
            let picture = scale.picture_size(size);
            let long_side = picture.height.max(picture.width);
            assert!((3900..=4000).contains(&long_side), "{picture:?} of {size:?} at {scale:?}");
            assert!(scale.resize > 0.5 && scale.resize <= 1.0, "{scale:?}");
        }
    }
}
