//! Small windows whose place in the other image is measured by correlation.

use rayon::prelude::*;

use crate::pair::{Alignment, ScenePair};
use crate::raster::Raster;
use crate::raster::point::PixelPoint;
use crate::raster::window::{GridSize, Window};
use crate::register::brightness::brightness_of;
use crate::register::gradient_orientation::doubled_orientations;
use crate::register::phase_correlation::{Correlator, Peak, taper};
use crate::scene::ReadError;

/// Side of a tie point's window, pixels: a house and its street at 0.5 m.
pub(super) const WINDOW_SIDE: usize = 64;

/// Side of the windows tried where the first give too little: a block of houses, whose streets still lie where they did
/// when roofs lean another way.
pub(super) const WIDE_WINDOW_SIDE: usize = 128;

/// Share of each side over which windows fade out.
const TAPER: f32 = 0.25;

/// Least share of valid pixels, in both images, for a window to be tried.
const LEAST_VALID: f64 = 0.6;

/// Lowest peak accepted, in root mean squares of the correlation surface.
/// Of 1,089 shifts of Gaussian noise the highest is expected at 3.3; correlation surfaces have heavier tails. Set, not
/// tuned; with it no pair of different places (40, levir_val) and no planted pair (240) was trusted wrongly, 2026-11.
const LEAST_PROMINENCE: f32 = 5.5;

/// A measured correspondence.
#[derive(Clone, Copy, Debug)]
pub(super) struct TiePoint {
    /// Centre of the window in the after image.
    pub after: PixelPoint,
    /// The same spot in the before image, brought back by the initial map: the residual map and the local displacements
    /// should lead here.
    pub target: PixelPoint,
}

/// Tie points of one pass.
#[derive(Clone, Debug, Default)]
pub(super) struct TiePoints {
    /// Those with a clear peak, in the order of their windows.
    pub points: Vec<TiePoint>,
    /// Windows with enough valid pixels in both images.
    pub tried: usize,
}

/// Square windows (smaller than `side` in small images) spread evenly over a grid, overlapping by half at most, and at
/// most `most_per_side` squared of them.
pub(super) fn spread_windows(size: GridSize, side: usize, most_per_side: usize) -> Vec<Window> {
    let side = side.min(size.height).min(size.width);
    let starts = |n: usize| {
        let count = ((n - side) / (side / 2).max(1) + 1).min(most_per_side);
        (0..count).map(move |k| if count == 1 { (n - side) / 2 } else { k * (n - side) / (count - 1) })
    };
    let rows = starts(size.height);
    rows.flat_map(|row| starts(size.width).map(move |col| Window::from_tlhw(row, col, side, side))).collect()
}

/// Measures where the before image shows what each window of the after image shows, within `reach` pixels of where the
/// alignment puts it.
///
/// # Errors
/// [`ReadError`] when either image cannot be read.
pub(super) fn measure_tie_points(
    scenes: &ScenePair,
    alignment: &Alignment,
    windows: &[Window],
    reach: usize,
) -> Result<TiePoints, ReadError> {
    let Some(first) = windows.first() else { return Ok(TiePoints::default()) };
    let correlator = Correlator::new(first.size());
    let measured: Vec<Option<(Window, Option<Peak>)>> = windows
        .par_iter()
        .map(|&window| {
            let after = brightness_of(&scenes.after.read(window, 1)?, scenes.after.description());
            let before = brightness_of(&alignment.warp(&scenes.before, window, 1)?, scenes.before.description());
            let enough = valid_share(&after) >= LEAST_VALID && valid_share(&before) >= LEAST_VALID;
            Ok(enough.then(|| (window, correlate(&correlator, &after, &before, reach))))
        })
        .collect::<Result<_, ReadError>>()?;
    let tried = measured.iter().flatten().count();
    let points = measured.into_iter().flatten().filter_map(|(window, peak)| tie_point(alignment, window, peak?));
    Ok(TiePoints { points: points.collect(), tried })
}

fn valid_share(raster: &Raster) -> f64 {
    raster.valid().iter().filter(|&&v| v).count() as f64 / raster.size().pixels() as f64
}

fn correlate(correlator: &Correlator, after: &Raster, before: &Raster, reach: usize) -> Option<Peak> {
    let (mut after, mut before) = (doubled_orientations(after), doubled_orientations(before));
    taper(&mut after, TAPER);
    taper(&mut before, TAPER);
    correlator.correlate(&after, &before).peak(reach)
}

fn tie_point(alignment: &Alignment, window: Window, peak: Peak) -> Option<TiePoint> {
    if peak.prominence < LEAST_PROMINENCE {
        return None;
    }
    let x = window.col as f64 + window.width as f64 / 2.0;
    let y = window.row as f64 + window.height as f64 / 2.0;
    let after = PixelPoint::from_xy(x, y);
    let found = after.moved(peak.shift);
    let mut target = alignment.residual().apply(found);
    if let Some(local) = alignment.local() {
        target = target.moved(local.at(found));
    }
    Some(TiePoint { after, target })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_cover_the_grid_from_edge_to_edge() {
        let windows = spread_windows(GridSize { height: 300, width: 1000 }, 64, 12);
        assert!(windows.iter().all(|w| w.fits(GridSize { height: 300, width: 1000 })));
        assert_eq!(windows.first().map(|w| (w.row, w.col)), Some((0, 0)));
        assert_eq!(windows.last().map(|w| (w.bottom(), w.right())), Some((300, 1000)));
        assert_eq!(windows.len(), 8 * 12);
        assert_eq!(spread_windows(GridSize { height: 20, width: 90 }, 64, 12)[0].height, 20);
    }
}
