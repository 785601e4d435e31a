//! From image pixels to figure pixels: whole steps down, or whole enlargements up.

use crate::raster::point::PixelPoint;
use crate::raster::window::GridSize;

/// How an image becomes a picture: every `step` x `step` block of it one pixel, then every pixel `enlarge` x `enlarge`.
/// One of the two is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Image pixels in one picture pixel, along a side.
    pub step: usize,
    /// Picture pixels to one image pixel, along a side.
    pub enlarge: usize,
}

impl Scale {
    /// Scales from the largest useful one down: the first makes the long side at least `readable_from` pixels if the
    /// image is smaller, or shows the image as it is.
    pub fn falling(size: GridSize, readable_from: usize) -> impl Iterator<Item = Scale> {
        let largest = readable_from.div_ceil(size.height.max(size.width).max(1)).max(1);
        let enlarged = (2..=largest).rev().map(|enlarge| Scale { step: 1, enlarge });
        enlarged.chain((1..).map(|step| Scale { step, enlarge: 1 }))
    }

    /// The largest scale at which an image fits into a frame.
    pub fn fitting(size: GridSize, frame: GridSize) -> Scale {
        let largest = frame.height.max(frame.width);
        Scale::falling(size, largest)
            .find(|scale| {
                let picture = scale.picture_size(size);
                picture.height <= frame.height.max(1) && picture.width <= frame.width.max(1)
            })
            .expect("invariant: at some step an image is one pixel")
    }

    /// Height and width of the picture of an image.
    pub fn picture_size(self, size: GridSize) -> GridSize {
        let reduced = size.reduced(self.step);
        GridSize { height: reduced.height * self.enlarge, width: reduced.width * self.enlarge }
    }

    /// Picture pixels to one image pixel.
    pub fn factor(self) -> f64 {
        self.enlarge as f64 / self.step as f64
    }

    /// Where a place in the image lies in the picture.
    pub fn to_picture(self, place: PixelPoint) -> PixelPoint {
        PixelPoint::from_xy(place.x * self.factor(), place.y * self.factor())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_images_are_enlarged_and_large_ones_reduced() {
        let small = GridSize { height: 200, width: 256 };
        assert_eq!(Scale::falling(small, 1000).next(), Some(Scale { step: 1, enlarge: 4 }));
        let large = GridSize { height: 20_000, width: 10_000 };
        assert_eq!(Scale::falling(large, 1000).next(), Some(Scale { step: 1, enlarge: 1 }));
        let fitted = Scale::fitting(large, GridSize { height: 4000, width: 4000 });
        assert_eq!(fitted, Scale { step: 5, enlarge: 1 });
        assert_eq!(fitted.picture_size(large), GridSize { height: 4000, width: 2000 });
    }
}
