//! How fine the detail of images is, and the low pass that brings it to what a network knows.

use ndarray::{Array2, Array3, Axis, stack};

use crate::detect::DetectError;
use crate::detect::network::scale::full_window;
use crate::detect::network::tile_pixels::TilePixels;
use crate::detect::network::views::at_scale;
use crate::detect::window_filters::smooth;
use crate::pair::CoregisteredPair;
use crate::raster::window::{GridSize, Window};

/// Fine detail is what a Gaussian of the first deviation takes away, coarse detail what the second one takes away then;
/// pixels. An octave each.
const FINE_SIGMA: f32 = 0.7;
const COARSE_SIGMA: f32 = 1.4;

/// The images are looked at in three rows of three windows of this side, in pixels as the network is shown them.
const WINDOWS: usize = 3;
const WINDOW_SIDE: usize = 128;

/// Strongest low pass, a Gaussian's deviation in pixels as shown. More blurs houses away: on levir_val and Rio stronger ones
/// brought nothing more (training/RUNS.md).
const STRONGEST: f32 = 1.0;

/// Halvings of the interval in which the weakest sufficient low pass is looked for; to 0.03 px.
const HALVINGS: usize = 5;

/// The low pass for either date: deviations of a Gaussian, in pixels as the network is shown them; 0 for none.
///
/// A network that learnt from one kind of imagery takes the grain and the sharpening of another for what they are not.
/// Basemaps are sharpened until the finest detail is stronger than the next coarser one. So each image whose ratio of fine to
/// coarse detail is above the network's own is smoothed until it is not; smoother images are shown as they are.
///
/// Misleads on images with other than optical blur: noise that is strong only at single pixels is taken for sharpness, which
/// it is best treated as.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct LowPass {
    pub(super) before_px: f32,
    pub(super) after_px: f32,
}

impl LowPass {
    /// The weakest low pass after which neither date's detail is finer than `most`, from windows spread over the pair.
    ///
    /// # Errors
    /// As [`TilePixels::read`].
    pub(super) fn find(pair: &CoregisteredPair, step: usize, enlargement: f64, most: f32) -> Result<Self, DetectError> {
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for window in spread_windows(pair.size().reduced(step), (WINDOW_SIDE as f64 / enlargement).ceil() as usize) {
            let pixels = TilePixels::read(pair, full_window(window, step, pair.size()), step)?;
            // Where data ends there is an edge that no sensor has drawn.
            if pixels.usable.iter().all(|&usable| usable) {
                before.push(gray(&at_scale(pixels.before, enlargement)));
                after.push(gray(&at_scale(pixels.after, enlargement)));
            }
        }
        Ok(LowPass { before_px: weakest(&before, most), after_px: weakest(&after, most) })
    }

    /// Both dates as the network is to see them.
    pub(super) fn apply(self, before: Array3<f32>, after: Array3<f32>) -> (Array3<f32>, Array3<f32>) {
        (smoothed(before, self.before_px), smoothed(after, self.after_px))
    }
}

/// Windows of about `side`, in rows and columns spread over the grid; fewer pixels where the grid is smaller.
fn spread_windows(size: GridSize, side: usize) -> impl Iterator<Item = Window> {
    let start = move |index: usize, whole: usize| {
        let center = (2 * index + 1) * whole / (2 * WINDOWS);
        center.saturating_sub(side / 2).min(whole.saturating_sub(side))
    };
    let (height, width) = (side.min(size.height), side.min(size.width));
    (0..WINDOWS).flat_map(move |row| {
        (0..WINDOWS).map(move |col| Window::from_tlhw(start(row, size.height), start(col, size.width), height, width))
    })
}

fn gray(image: &Array3<f32>) -> Array2<f32> {
    image.mean_axis(Axis(0)).expect("invariant: an image has bands")
}

/// Amplitude of fine detail as a share of that of coarse detail after a low pass; 0 for images without any.
fn detail_ratio(images: &[Array2<f32>], sigma: f32) -> f32 {
    let (mut fine, mut coarse) = (0.0, 0.0);
    for image in images {
        let image = if sigma > 0.0 { smooth(image, sigma) } else { image.clone() };
        let (without_fine, without_coarse) = (smooth(&image, FINE_SIGMA), smooth(&image, COARSE_SIGMA));
        fine += squared_distance(&image, &without_fine);
        coarse += squared_distance(&without_fine, &without_coarse);
    }
    if coarse > 0.0 { (fine / coarse).sqrt() as f32 } else { 0.0 }
}

fn squared_distance(a: &Array2<f32>, b: &Array2<f32>) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum()
}

/// The weakest low pass after which the detail ratio is at most `most`, as far as [`STRONGEST`].
fn weakest(images: &[Array2<f32>], most: f32) -> f32 {
    if detail_ratio(images, 0.0) <= most {
        return 0.0;
    }
    let (mut weak, mut strong) = (0.0, STRONGEST);
    for _ in 0..HALVINGS {
        let middle = (weak + strong) / 2.0;
        if detail_ratio(images, middle) > most {
            weak = middle;
        } else {
            strong = middle;
        }
    }
    strong
}

fn smoothed(image: Array3<f32>, sigma: f32) -> Array3<f32> {
    if sigma <= 0.0 {
        return image;
    }
    let layers: Vec<Array2<f32>> = image.outer_iter().map(|layer| smooth(&layer.to_owned(), sigma)).collect();
    let views: Vec<_> = layers.iter().map(|layer| layer.view()).collect();
    stack(Axis(0), &views).expect("invariant: bands of one image have one size")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// White noise, of mean 128.
    fn noise() -> Array2<f32> {
        Array2::from_shape_fn((96, 96), |(row, col)| {
            let number = ((row * 96 + col) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            96.0 + 64.0 * ((number ^ (number >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40) as f32
                / (1u64 << 24) as f32
        })
    }

    #[test]
    fn sharp_images_are_smoothed_just_to_the_limit_and_soft_ones_not_at_all() {
        let sharp = [noise()];
        let sigma = weakest(&sharp, 0.9);
        assert!((0.3..STRONGEST).contains(&sigma), "{sigma}");
        assert!(detail_ratio(&sharp, sigma) <= 0.9 && detail_ratio(&sharp, sigma - 0.05) > 0.9, "{sigma}");
        assert_eq!(weakest(&[smooth(&noise(), 1.2)], 0.9), 0.0);
        assert_eq!(weakest(&[Array2::from_elem((9, 9), 3.0)], 0.9), 0.0, "an even image has no detail");
        assert_eq!(weakest(&sharp, 1e-4), STRONGEST, "never more than the strongest");
    }

    #[test]
    fn windows_are_spread_over_the_grid_and_lie_inside() {
        for size in [GridSize { height: 1000, width: 700 }, GridSize { height: 40, width: 130 }] {
            let windows: Vec<Window> = spread_windows(size, 128).collect();
            assert_eq!(windows.len(), WINDOWS * WINDOWS);
            assert!(windows.iter().all(|w| w.bottom() <= size.height && w.right() <= size.width));
        }
        let corners: Vec<Window> = spread_windows(GridSize { height: 1000, width: 700 }, 128).collect();
        assert!(corners[0].row < 334 && corners[8].bottom() > 666 && corners[8].right() > 466);
    }

    #[test]
    fn each_date_gets_its_own() {
        let image = stack(Axis(0), &[noise().view(), noise().view(), noise().view()]).expect("invariant: alike");
        let (before, after) = LowPass { before_px: 0.0, after_px: 0.8 }.apply(image.clone(), image.clone());
        assert_eq!(before, image);
        let expected = smooth(&noise(), 0.8);
        assert_eq!(after.index_axis(Axis(0), 2), expected);
    }
}
