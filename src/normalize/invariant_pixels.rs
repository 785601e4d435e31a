//! Tone curves from the percentiles of the pixels that changed least.

use rayon::prelude::*;

use crate::normalize::NormalizeMethod;
use crate::pair::ToneCurve;

/// Percentiles at which a curve has its knots: every third one, dense enough to follow a gamma curve.
const KNOTS: usize = 33;

/// Percentile of the outermost knots; beyond, few pixels speak.
const OUTER: f64 = 0.005;

/// Share of pixels kept in a round: half, the break-down point of a median.
const KEPT: f64 = 0.5;

/// Classes of brightness that pixels are kept from in equal shares.
const CLASSES: usize = 8;

/// Rounds of trimming: enough for the planted curve of this room's test to be within 3 DN.
const ROUNDS: usize = 3;

/// How a band of one date answers to the same band of the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Agreement {
    /// One of them does not vary.
    Flat,
    /// Pearson's correlation, -1 to 1.
    Correlated(f64),
}

/// A band's curve, and what it rests on.
pub(super) struct BandFit {
    pub(super) curve: ToneCurve,
    pub(super) agreement: Agreement,
}

/// Fits a curve to every band; `before` and `after` hold the same places, band by band, none empty.
pub(super) fn fit_curves(before: &[Vec<f32>], after: &[Vec<f32>], method: NormalizeMethod) -> Vec<BandFit> {
    let count = before[0].len();
    let mut kept: Vec<usize> = (0..count).collect();
    let fit = |kept: &[usize]| -> Vec<ToneCurve> {
        before.par_iter().zip(after).map(|(x, y)| match_percentiles(&pick(x, kept), &pick(y, kept))).collect()
    };
    let mut curves = fit(&kept);
    if method == NormalizeMethod::InvariantPixels {
        let classes = classes_of_brightness(before);
        for _ in 0..ROUNDS {
            kept = least_changed(before, after, &curves, &classes);
            curves = fit(&kept);
        }
    }
    let agreement = before.iter().zip(after).map(|(x, y)| correlate(x, y));
    curves.into_iter().zip(agreement).map(|(curve, agreement)| BandFit { curve, agreement }).collect()
}

fn pick(samples: &[f32], kept: &[usize]) -> Vec<f32> {
    kept.iter().map(|&index| samples[index]).collect()
}

/// The pixels by brightness, dark ones first, in [`CLASSES`] equal parts.
fn classes_of_brightness(before: &[Vec<f32>]) -> Vec<Vec<usize>> {
    let count = before[0].len();
    let mut by_brightness: Vec<(f32, usize)> =
        (0..count).map(|index| (before.iter().map(|band| band[index]).sum::<f32>(), index)).collect();
    by_brightness.par_sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let members = |class: &[(f32, usize)]| class.iter().map(|&(_, index)| index).collect();
    by_brightness.chunks(count.div_ceil(CLASSES).max(1)).map(members).collect()
}

/// The share [`KEPT`] of pixels whose bands differ least from the curves, each band in units of its median difference.
///
/// The pixels are drawn in equal shares from classes of brightness, so that a frequent dark ground cannot push all bright
/// ground out and leave the curve's upper end without support.
fn least_changed(before: &[Vec<f32>], after: &[Vec<f32>], curves: &[ToneCurve], classes: &[Vec<usize>]) -> Vec<usize> {
    let off_by_band: Vec<(Vec<f32>, f32)> = (before, after, curves)
        .into_par_iter()
        .map(|(x, y, curve)| {
            let off: Vec<f32> = x.iter().zip(y).map(|(&x, &y)| (curve.apply(x) - y).abs()).collect();
            let typical = median(&off).max(f32::MIN_POSITIVE);
            (off, typical)
        })
        .collect();
    let misfit = |index: usize| off_by_band.iter().map(|(off, typical)| off[index] / typical).sum::<f32>();
    let best_of = |class: &Vec<usize>| {
        let mut members: Vec<(f32, usize)> = class.iter().map(|&index| (misfit(index), index)).collect();
        let least = ((members.len() as f64 * KEPT) as usize).max(1);
        if least < members.len() {
            members.select_nth_unstable_by(least, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        }
        members.truncate(least);
        members.into_iter().map(|(_, index)| index).collect::<Vec<usize>>()
    };
    classes.par_iter().flat_map_iter(best_of).collect()
}

fn median(values: &[f32]) -> f32 {
    let mut values = values.to_vec();
    let middle = values.len() / 2;
    *values.select_nth_unstable_by(middle, f32::total_cmp).1
}

/// The curve that takes the percentiles of one set of samples to those of the other.
fn match_percentiles(before: &[f32], after: &[f32]) -> ToneCurve {
    let (x, y) = rayon::join(|| percentiles(before), || percentiles(after));
    let (first, last) = (0, KNOTS - 1);
    let (range_x, range_y) = (x[last] - x[first], y[last] - y[first]);
    if range_x <= f32::EPSILON * x[last].abs() || range_y <= f32::EPSILON * y[last].abs() {
        let (x, y) = (x[KNOTS / 2], y[KNOTS / 2]);
        let reach = x.abs().max(1.0);
        return ToneCurve::from_knots(vec![x - reach, x + reach], vec![y - reach, y + reach])
            .expect("invariant: two distinct knots");
    }
    let mut knots = distinct(&x, &y);
    // Beyond the knots goes the mean slope: that of the last segment rests on too few pixels.
    let slope = range_y / range_x;
    let (low, high) = (knots[0], knots[knots.len() - 1]);
    knots.insert(0, (low.0 - range_x, low.1 - slope * range_x));
    knots.push((high.0 + range_x, high.1 + slope * range_x));
    let (x, y) = knots.into_iter().unzip();
    ToneCurve::from_knots(x, y).expect("invariant: percentiles rise and ties are joined")
}

fn percentiles(samples: &[f32]) -> Vec<f32> {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable_by(f32::total_cmp);
    let last = (sorted.len() - 1) as f64;
    let quantile = |knot: usize| {
        let at = (OUTER + (1.0 - 2.0 * OUTER) * knot as f64 / (KNOTS - 1) as f64) * last;
        let (below, share) = (at.floor() as usize, at.fract() as f32);
        sorted[below] + share * (sorted[(below + 1).min(sorted.len() - 1)] - sorted[below])
    };
    (0..KNOTS).map(quantile).collect()
}

/// Joins knots at one place into their mean: clipped or coarsely quantised samples have many.
fn distinct(x: &[f32], y: &[f32]) -> Vec<(f32, f32)> {
    let least = (x[KNOTS - 1] - x[0]) * 1e-4;
    let mut knots: Vec<(f32, f32)> = Vec::with_capacity(KNOTS + 2);
    let mut from = 0;
    while from < x.len() {
        let joined = x[from..].iter().take_while(|&&knot| knot - x[from] <= least).count();
        let mean = y[from..from + joined].iter().sum::<f32>() / joined as f32;
        knots.push((x[from], mean.max(knots.last().map_or(f32::NEG_INFINITY, |knot| knot.1))));
        from += joined;
    }
    knots
}

fn correlate(x: &[f32], y: &[f32]) -> Agreement {
    let mean = |values: &[f32]| values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len() as f64;
    let (mean_x, mean_y) = (mean(x), mean(y));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (&x, &y) in x.iter().zip(y) {
        let (dx, dy) = (f64::from(x) - mean_x, f64::from(y) - mean_y);
        (xx, yy, xy) = (xx + dx * dx, yy + dy * dy, xy + dx * dy);
    }
    let flat = |sum: f64, mean: f64| sum / x.len() as f64 <= (1e-6 * mean).powi(2);
    if flat(xx, mean_x) || flat(yy, mean_y) { Agreement::Flat } else { Agreement::Correlated(xy / (xx * yy).sqrt()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clipped_samples_still_give_a_sound_curve() {
        let before: Vec<f32> = (0..1000).map(|i| (i as f32 / 2.0).min(255.0)).collect();
        let after: Vec<f32> = before.iter().map(|dn| dn * 0.5 + 10.0).collect();
        let curve = match_percentiles(&before, &after);
        assert!((curve.apply(100.0) - 60.0).abs() < 0.5);
        assert!((curve.apply(255.0) - 137.5).abs() < 4.0);
    }
}
