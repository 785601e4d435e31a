//! Pixels as decoders yield them, and the way from there to a [`Raster`]: mask, average, reorder.

use ndarray::{Array2, Array3};

use crate::raster::Raster;
use crate::raster::window::Window;
use crate::scene::SampleType;

/// Pixels side by side, channels innermost, in the file's own sample type and the machine's byte order.
#[derive(Clone, Copy)]
pub(super) struct InterleavedPixels<'a> {
    /// Samples, (height, width, channels).
    pub bytes: &'a [u8],
    /// How a sample is stored.
    pub sample_type: SampleType,
    /// Pixels in a row.
    pub width: usize,
    /// Bands, alpha and extra channels.
    pub channels: usize,
    /// One byte for each pixel, 0 where it is nodata.
    pub mask: Option<&'a [u8]>,
}

/// What the channels of a pixel mean.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ChannelMeaning {
    /// Channels that are bands, in order.
    pub bands: Vec<usize>,
    /// The channel that is opacity, and the DN from which a pixel counts as opaque.
    pub alpha: Option<(usize, f64)>,
    /// A pixel is nodata when all its bands have this DN.
    pub nodata: Option<f64>,
}

impl ChannelMeaning {
    /// The nodata value rounded as a writer of this sample type must have rounded it.
    pub fn with_nodata(mut self, nodata: Option<f64>, sample_type: SampleType) -> Self {
        self.nodata = nodata.map(|value| if sample_type == SampleType::F32 { f64::from(value as f32) } else { value });
        self
    }
}

/// Bytes of one sample.
pub(super) fn sample_bytes(sample_type: SampleType) -> usize {
    match sample_type {
        SampleType::U8 | SampleType::I8 => 1,
        SampleType::U16 | SampleType::I16 => 2,
        SampleType::U32 | SampleType::I32 | SampleType::F32 => 4,
        SampleType::F64 => 8,
    }
}

/// Averages the valid pixels of every `step` x `step` block of a window.
///
/// - Input: a window inside the pixels.
/// - Output: as [`reduce_by_mean`](crate::raster::resample::reduce_by_mean): a block is valid when at least half of
///   its pixels are.
/// - Nodata: a pixel is nodata where the mask or its opacity says so, where all bands have the nodata value, and where
///   any band is not a finite number.
pub(super) fn average_window(
    pixels: &InterleavedPixels<'_>,
    meaning: &ChannelMeaning,
    window: Window,
    step: usize,
) -> Raster {
    match pixels.sample_type {
        SampleType::U8 => average::<1>(pixels, meaning, window, step, |[byte]| f64::from(byte)),
        SampleType::I8 => average::<1>(pixels, meaning, window, step, |bytes| f64::from(i8::from_ne_bytes(bytes))),
        SampleType::U16 => average::<2>(pixels, meaning, window, step, |bytes| f64::from(u16::from_ne_bytes(bytes))),
        SampleType::I16 => average::<2>(pixels, meaning, window, step, |bytes| f64::from(i16::from_ne_bytes(bytes))),
        SampleType::U32 => average::<4>(pixels, meaning, window, step, |bytes| f64::from(u32::from_ne_bytes(bytes))),
        SampleType::I32 => average::<4>(pixels, meaning, window, step, |bytes| f64::from(i32::from_ne_bytes(bytes))),
        SampleType::F32 => average::<4>(pixels, meaning, window, step, |bytes| f64::from(f32::from_ne_bytes(bytes))),
        SampleType::F64 => average::<8>(pixels, meaning, window, step, f64::from_ne_bytes),
    }
}

fn average<const BYTES: usize>(
    pixels: &InterleavedPixels<'_>,
    meaning: &ChannelMeaning,
    window: Window,
    step: usize,
    dn: impl Fn([u8; BYTES]) -> f64,
) -> Raster {
    let all_valid = all_are_valid(pixels, meaning);
    if all_valid && step == 1 {
        return copied(pixels, meaning, window, dn);
    }
    let reduced = window.size().reduced(step);
    let bands = meaning.bands.len();
    let mut samples = Array3::zeros((bands, reduced.height, reduced.width));
    let mut valid = Array2::from_elem((reduced.height, reduced.width), false);
    let (mut sums, mut counts) = (vec![0f64; reduced.width * bands], vec![0usize; reduced.width]);
    let mut values = vec![0f64; bands];
    let pixel_bytes = pixels.channels * BYTES;
    for out_row in 0..reduced.height {
        let rows = window.row + out_row * step..(window.row + (out_row + 1) * step).min(window.bottom());
        sums.fill(0.0);
        counts.fill(0);
        for row in rows.clone() {
            let from = row * pixels.width + window.col;
            let line = &pixels.bytes[from * pixel_bytes..][..window.width * pixel_bytes];
            if all_valid {
                let blocks = line.chunks(step * pixel_bytes);
                for ((sums, count), block) in sums.chunks_exact_mut(bands).zip(&mut counts).zip(blocks) {
                    *count += block.len() / pixel_bytes;
                    for pixel in block.chunks_exact(pixel_bytes) {
                        for (sum, &channel) in sums.iter_mut().zip(&meaning.bands) {
                            *sum += dn(std::array::from_fn(|i| pixel[channel * BYTES + i]));
                        }
                    }
                }
                continue;
            }
            let mask = pixels.mask.map(|mask| &mask[from..from + window.width]);
            for (col, pixel) in line.chunks_exact(pixel_bytes).enumerate() {
                let at = |channel: usize| dn(std::array::from_fn(|i| pixel[channel * BYTES + i]));
                let masked = mask.is_some_and(|mask| mask[col] == 0);
                if masked || !read_valid(meaning, at, &mut values) {
                    continue;
                }
                let out = col / step;
                counts[out] += 1;
                for (sum, value) in sums[out * bands..(out + 1) * bands].iter_mut().zip(&values) {
                    *sum += value;
                }
            }
        }
        for col in 0..reduced.width {
            let block = rows.len() * step.min(window.width - col * step);
            if counts[col] == 0 || counts[col] * 2 < block {
                continue;
            }
            valid[[out_row, col]] = true;
            for band in 0..bands {
                samples[[band, out_row, col]] = (sums[col * bands + band] / counts[col] as f64) as f32;
            }
        }
    }
    Raster::from_bands(samples, valid)
}

/// The pixels of a window as they are, none of them nodata.
fn copied<const BYTES: usize>(
    pixels: &InterleavedPixels<'_>,
    meaning: &ChannelMeaning,
    window: Window,
    dn: impl Fn([u8; BYTES]) -> f64,
) -> Raster {
    let mut samples = Array3::zeros((meaning.bands.len(), window.height, window.width));
    let pixel_bytes = pixels.channels * BYTES;
    for (mut band, &channel) in samples.outer_iter_mut().zip(&meaning.bands) {
        for (mut row, from) in band.outer_iter_mut().zip(window.row..) {
            let line = &pixels.bytes[(from * pixels.width + window.col) * pixel_bytes..];
            for (sample, pixel) in row.iter_mut().zip(line.chunks_exact(pixel_bytes)) {
                *sample = dn(std::array::from_fn(|i| pixel[channel * BYTES + i])) as f32;
            }
        }
    }
    Raster::all_valid(samples)
}

/// Whether no pixel can be nodata: whole numbers that nothing masks.
fn all_are_valid(pixels: &InterleavedPixels<'_>, meaning: &ChannelMeaning) -> bool {
    let whole = !matches!(pixels.sample_type, SampleType::F32 | SampleType::F64);
    whole && pixels.mask.is_none() && meaning.alpha.is_none() && meaning.nodata.is_none()
}

/// Reads the bands of one pixel into `values`; `false` when the pixel is nodata.
#[inline]
fn read_valid(meaning: &ChannelMeaning, at: impl Fn(usize) -> f64, values: &mut [f64]) -> bool {
    if meaning.alpha.is_some_and(|(channel, opaque_from)| at(channel) < opaque_from) {
        return false;
    }
    let mut finite = true;
    for (value, &channel) in values.iter_mut().zip(&meaning.bands) {
        *value = at(channel);
        finite &= (*value as f32).is_finite();
    }
    finite && meaning.nodata.is_none_or(|nodata| values.iter().any(|&value| value != nodata))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::resample::reduce_by_mean;
    use crate::raster::window::GridSize;
    use proptest::prelude::*;

    fn meaning(bands: usize) -> ChannelMeaning {
        ChannelMeaning { bands: (0..bands).collect(), alpha: None, nodata: None }
    }

    #[test]
    fn nodata_must_be_in_all_bands_and_alpha_masks() {
        let bytes = [9, 9, 255, 9, 7, 255, 8, 8, 10, 5, 5, 200];
        let pixels =
            InterleavedPixels { bytes: &bytes, sample_type: SampleType::U8, width: 4, channels: 3, mask: None };
        let meaning = ChannelMeaning { bands: vec![0, 1], alpha: Some((2, 128.0)), nodata: Some(9.0) };
        let raster = average_window(&pixels, &meaning, Window::from_tlhw(0, 0, 1, 4), 1);
        assert_eq!(raster.valid().iter().copied().collect::<Vec<_>>(), [false, true, false, true]);
        assert_eq!(raster.band(1)[[0, 1]], 7.0);
    }

    #[test]
    fn what_is_not_finite_is_nodata() {
        let bytes: Vec<u8> = [1.0, f64::NAN, 1e300, -2.5].iter().flat_map(|v: &f64| v.to_ne_bytes()).collect();
        let pixels =
            InterleavedPixels { bytes: &bytes, sample_type: SampleType::F64, width: 2, channels: 1, mask: None };
        let raster = average_window(&pixels, &meaning(1), Window::from_tlhw(0, 0, 2, 2), 1);
        assert_eq!(raster.valid().iter().copied().collect::<Vec<_>>(), [true, false, false, true]);
        assert!(raster.samples().iter().all(|v| v.is_finite()));
    }

    proptest! {
        #[test]
        fn agrees_with_reduction_of_the_full_window(
            bytes in proptest::collection::vec(any::<u8>(), 2 * 11 * 13), mask in proptest::collection::vec(0..2u8, 143),
            masked: bool, row in 0..5usize, col in 0..5usize, step in 1..5usize,
        ) {
            let mask = masked.then_some(mask.as_slice());
            let pixels =
                InterleavedPixels { bytes: &bytes, sample_type: SampleType::U8, width: 13, channels: 2, mask };
            let window = Window::from_tlhw(row, col, 11 - row, 13 - col);
            let full = average_window(&pixels, &meaning(2), window, 1);
            let expected = reduce_by_mean(&full, step);
            let found = average_window(&pixels, &meaning(2), window, step);
            prop_assert_eq!(found.size(), GridSize { height: 11 - row, width: 13 - col }.reduced(step));
            prop_assert_eq!(found.valid(), expected.valid());
            for (a, b) in found.samples().iter().zip(expected.samples()) {
                prop_assert!((a - b).abs() < 1e-3);
            }
        }
    }
}
