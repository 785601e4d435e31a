//! A first look over a whole scene: is there anything in it, and which DN are its dark and bright ends.

use crate::raster::window::{GridSize, Window};
use crate::scene::{DisplayStretch, PixelSource, ReadError, SampleType};

/// Pixels kept of a scene for its percentiles: the 2nd percentile of 400,000 values has a standard error of 0.02 %.
const KEPT_PIXELS: usize = 400_000;
/// Pixels decoded at most before a lattice of samples stands for the whole: about two seconds on one core.
const DECODED_PIXELS: usize = 200_000_000;
/// Pixels decoded to tell whether 8-bit imagery, which needs no percentiles, holds anything but nodata.
const GLANCED_PIXELS: usize = 8_000_000;
/// Side of a lattice sample; most files are stored in blocks of 256 or 512.
const SAMPLE_SIDE: usize = 512;
/// Percentiles shown as black and white, the custom of display software (QGIS, "Cumulative count cut").
const STRETCH_QUANTILES: [f64; 2] = [0.02, 0.98];

/// What a first look found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Survey {
    /// Values looked at in each band, valid ones only.
    pub valid: usize,
    /// Pixels or averaged blocks looked at.
    pub looked_at: usize,
    /// The stretch from DN to 0..1.
    pub stretch: DisplayStretch,
}

/// Looks over a scene, reduced by averaging, or over an even lattice of samples where even that would take long.
///
/// The stretch of 8-bit samples is 0 to 255, so that a glance is enough; of others the 2nd to 98th percentile of every
/// band, nodata left out.
///
/// # Errors
/// [`ReadError`] when pixels cannot be read.
pub(super) fn survey_scene(
    source: &dyn PixelSource,
    size: GridSize,
    bands: usize,
    sample_type: SampleType,
    cheapest_step: usize,
) -> Result<Survey, ReadError> {
    // A power of two, so that stored overviews divide it.
    let step = (size.pixels() as f64 / KEPT_PIXELS as f64).sqrt().ceil().max(1.0) as usize;
    let step = step.next_power_of_two();
    let budget = if sample_type == SampleType::U8 { GLANCED_PIXELS } else { DECODED_PIXELS };
    let is_cheap = size.pixels() / cheapest_step.pow(2) <= budget;
    let mut found = Gathered { bands: vec![Vec::new(); bands], looked_at: 0 };
    if is_cheap {
        found.look(source, size.window(), step)?;
    } else {
        for window in lattice(size, budget / 2) {
            found.look(source, window, 16)?;
        }
        if found.bands[0].is_empty() {
            found.look(source, size.window(), step)?;
        }
    }
    let (valid, looked_at) = (found.bands[0].len(), found.looked_at);
    let stretch = match sample_type {
        SampleType::U8 => DisplayStretch::eight_bit(bands),
        _ => stretch_of(found.bands),
    };
    Ok(Survey { valid, looked_at, stretch })
}

/// Values gathered band by band.
struct Gathered {
    bands: Vec<Vec<f32>>,
    looked_at: usize,
}

impl Gathered {
    fn look(&mut self, source: &dyn PixelSource, window: Window, step: usize) -> Result<(), ReadError> {
        let raster = source.read(window, step)?;
        let valid = raster.valid();
        self.looked_at += valid.len();
        for (band, values) in self.bands.iter_mut().enumerate() {
            let layer = raster.band(band);
            values.extend(layer.iter().zip(&valid).filter(|(_, v)| **v).map(|(x, _)| *x));
        }
        Ok(())
    }
}

/// Windows spread evenly over a large scene, together about `pixels`.
fn lattice(size: GridSize, pixels: usize) -> impl Iterator<Item = Window> {
    let wanted = pixels / SAMPLE_SIDE.pow(2);
    let every = ((size.pixels() / wanted.max(1)) as f64).sqrt().max(SAMPLE_SIDE as f64) as usize;
    let every = every.next_multiple_of(SAMPLE_SIDE);
    size.tiles(every).map(move |tile| {
        Window::from_tlhw(tile.row, tile.col, SAMPLE_SIDE.min(tile.height), SAMPLE_SIDE.min(tile.width))
    })
}

fn stretch_of(bands: Vec<Vec<f32>>) -> DisplayStretch {
    let (low, high) = bands.into_iter().map(stretch_of_band).unzip();
    DisplayStretch { low, high }
}

/// Two percentiles; the extremes where these coincide, and one DN apart where there is but one value.
fn stretch_of_band(mut values: Vec<f32>) -> (f32, f32) {
    values.sort_unstable_by(f32::total_cmp);
    let (Some(&least), Some(&greatest)) = (values.first(), values.last()) else { return (0.0, 1.0) };
    let [low, high] = STRETCH_QUANTILES.map(|q| values[((values.len() - 1) as f64 * q).round() as usize]);
    match (low < high, least < greatest) {
        (true, _) => (low, high),
        (false, true) => (least, greatest),
        // Beyond 2^24 one DN is lost in the rounding of an f32.
        (false, false) => (low, (low + 1.0).max(low.next_up())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::Raster;
    use ndarray::{Array2, Array3};

    #[test]
    fn percentiles_leave_out_nodata() {
        let samples = Array3::from_shape_fn((2, 50, 100), |(b, r, c)| (b * 1000 + r * 100 + c) as f32);
        let valid = Array2::from_shape_fn((50, 100), |(r, _)| r >= 10);
        let raster = Raster::from_bands(samples, valid);
        let survey = survey_scene(&raster, raster.size(), 2, SampleType::U16, 1).unwrap();
        assert_eq!((survey.valid, survey.looked_at), (4000, 5000));
        assert!((survey.stretch.low[0] - 1080.0).abs() < 2.0, "{:?}", survey.stretch);
        assert!((survey.stretch.high[1] - 5919.0).abs() < 2.0, "{:?}", survey.stretch);
    }

    #[test]
    fn a_stretch_always_has_a_width() {
        assert_eq!(stretch_of_band(vec![5.0; 9]), (5.0, 6.0));
        let mut mostly_five = vec![5.0; 1000];
        mostly_five.push(9.0);
        assert_eq!(stretch_of_band(mostly_five), (5.0, 9.0));
        let (low, high) = stretch_of_band(vec![3e9; 4]);
        assert!(low < high);
        assert_eq!(stretch_of_band(Vec::new()), (0.0, 1.0));
    }

    #[test]
    fn the_lattice_stays_inside_and_small() {
        let size = GridSize { height: 100_000, width: 70_001 };
        let windows: Vec<Window> = lattice(size, DECODED_PIXELS / 2).collect();
        assert!(windows.iter().all(|w| w.fits(size) && !w.is_empty()));
        let pixels: usize = windows.iter().map(|w| w.size().pixels()).sum();
        assert!(pixels < DECODED_PIXELS && pixels > DECODED_PIXELS / 8, "{pixels}");
    }
}
