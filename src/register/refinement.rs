//! From a rough alignment to the most supple one that the tie points justify, judged on tie points it never saw.

use crate::pair::{Alignment, DisplacementGrid, ScenePair};
use crate::raster::pixel_transform::PixelTransform;
use crate::raster::point::{PixelPoint, PixelShift};
use crate::raster::window::GridSize;
use crate::register::local_displacement::{LocalMiss, smooth_displacements};
use crate::register::robust_fit::{Model, TargetPoint, agreed_similarity, fit_robustly, median, quantile};
use crate::register::tie_points::{
    TiePoint, TiePoints, WIDE_WINDOW_SIDE, WINDOW_SIDE, measure_tie_points, spread_windows,
};
use crate::scene::ReadError;

/// Tie points per side of their grid: rough passes, and the last one.
const ROUGH_PER_SIDE: usize = 9;
const FINE_PER_SIDE: usize = 16;
const WIDE_PER_SIDE: usize = 11;

/// Pixels around the present alignment in which tie points are searched: a quarter of their window, as far as a
/// circular correlation can see.
pub(super) const TIE_REACH: usize = 16;

/// Distance within which a tie point supports an alignment, and beyond which it is a mistake, pixels.
pub(super) const AGREEING_PX: f64 = 2.0;
const MISTAKEN_PX: f64 = 6.0;

/// Sign-test score[^1] from which the more supple of two models is taken, one-sided: 1 % by chance.
///
/// [^1]: Dixon and Mood, "The statistical sign test", Journal of the American Statistical Association 41(236), 1946,
/// doi 10.1080/01621459.1946.10501898.
const SUPPLER_SCORE: f64 = 2.33;

/// Least gain of the suppler model, pixels in the median: less is beyond what correlation peaks can tell.
const SUPPLER_GAIN_PX: f64 = 0.01;

/// What a refinement came to.
#[derive(Clone, Debug)]
pub(super) struct Refinement {
    pub residual: PixelTransform,
    pub local: Option<DisplacementGrid>,
    /// Tie points tried, with a clear peak, and in agreement with the alignment.
    pub tried: usize,
    pub clear: usize,
    pub agreeing: usize,
    /// Part of the image's width and of its height, the lesser of the two, between the 10th and the 90th percentile of
    /// the agreeing tie points.
    pub span: f64,
    /// Median and 95th percentile of held-out distances, without mistakes.
    pub residual_px: Option<f64>,
    pub residual_p95_px: Option<f64>,
}

impl Refinement {
    /// Share of the clear tie points that agree.
    pub fn share(&self) -> f64 {
        self.agreeing as f64 / self.clear.max(1) as f64
    }
}

/// Refines a residual map of `initial` at full resolution, with wider windows where narrow ones do not suffice.
///
/// # Errors
/// [`ReadError`] when either image cannot be read.
pub(super) fn refine_alignment(
    scenes: &ScenePair,
    initial: &Alignment,
    rough: &PixelTransform,
) -> Result<Refinement, ReadError> {
    let narrow = refine_with_windows(scenes, initial, rough, WINDOW_SIDE)?;
    let size = scenes.after.size();
    if narrow.agreeing * 5 >= narrow.tried || size.height.min(size.width) < WIDE_WINDOW_SIDE + TIE_REACH {
        return Ok(narrow);
    }
    let wide = refine_with_windows(scenes, initial, rough, WIDE_WINDOW_SIDE)?;
    let yield_of = |r: &Refinement| r.agreeing as f64 / r.tried.max(1) as f64;
    Ok(if yield_of(&wide) > yield_of(&narrow) { wide } else { narrow })
}

fn refine_with_windows(
    scenes: &ScenePair,
    initial: &Alignment,
    rough: &PixelTransform,
    side: usize,
) -> Result<Refinement, ReadError> {
    let size = scenes.after.size();
    let per_side = if side > WINDOW_SIDE { WIDE_PER_SIDE } else { FINE_PER_SIDE };
    let mut residual = *rough;
    for _ in 0..2 {
        let ties = measure(scenes, initial, &residual, side, ROUGH_PER_SIDE)?;
        let Some(closer) = consensus(&ties, &residual) else { break };
        let moved = farthest_move(&residual, &closer, size);
        residual = closer;
        if moved < 1.0 {
            break;
        }
    }
    let ties = measure(scenes, initial, &residual, side, per_side)?;
    if let Some(closer) = consensus(&ties, &residual) {
        residual = closer;
    }
    Ok(judge(&ties, &residual, size))
}

fn measure(
    scenes: &ScenePair,
    initial: &Alignment,
    residual: &PixelTransform,
    side: usize,
    most_per_side: usize,
) -> Result<TiePoints, ReadError> {
    let windows = spread_windows(scenes.after.size(), side, most_per_side);
    measure_tie_points(scenes, &initial.clone().with_residual(*residual), &windows, TIE_REACH)
}

/// The similarity most tie points agree on.
fn consensus(ties: &TiePoints, first: &PixelTransform) -> Option<PixelTransform> {
    let points = targets(ties.points.iter());
    let agreed = agreed_similarity(&points, AGREEING_PX)?;
    let support = |t: &PixelTransform| points.iter().filter(|p| miss_of(t, p) < AGREEING_PX).count();
    let first = if support(&agreed) > support(first) { agreed } else { *first };
    fit_robustly(&points, Model::Similarity, &first).map(|(transform, _)| transform)
}

/// How far apart two maps lead a corner of the image.
pub(super) fn farthest_move(from: &PixelTransform, to: &PixelTransform, size: GridSize) -> f64 {
    let (w, h) = (size.width as f64, size.height as f64);
    let corners = [(0.0, 0.0), (w, 0.0), (0.0, h), (w, h)].map(|(x, y)| PixelPoint::from_xy(x, y));
    corners.iter().map(|&c| from.apply(c).minus(to.apply(c)).length()).fold(0.0, f64::max)
}

fn targets<'a>(ties: impl Iterator<Item = &'a TiePoint>) -> Vec<TargetPoint> {
    ties.map(|tie| TargetPoint { from: tie.after, to: tie.target, weight: 1.0 }).collect()
}

fn miss_of(transform: &PixelTransform, point: &TargetPoint) -> f64 {
    transform.apply(point.from).minus(point.to).length()
}

/// Chooses the model and measures it on held-out tie points.
fn judge(ties: &TiePoints, consensus: &PixelTransform, size: GridSize) -> Refinement {
    let points = targets(ties.points.iter());
    let sound: Vec<TargetPoint> = points.iter().copied().filter(|p| miss_of(consensus, p) < MISTAKEN_PX).collect();
    let (held_out, fitted): (Vec<_>, Vec<_>) = sound.iter().enumerate().partition(|(index, _)| is_held_out(*index));
    let strip = |part: Vec<(usize, &TargetPoint)>| part.into_iter().map(|(_, p)| *p).collect::<Vec<TargetPoint>>();
    let (held_out, fitted) = (strip(held_out), strip(fitted));

    let residual = chosen_transform(&fitted, consensus);
    let local = chosen_local(&fitted, &residual, size);
    let distance = |p: &TargetPoint| left_over(&residual, local.as_ref(), p).length();
    let mut misses: Vec<f64> = held_out.iter().map(distance).collect();
    let agreeing: Vec<&TargetPoint> = sound.iter().filter(|p| distance(p) < AGREEING_PX).collect();
    Refinement {
        tried: ties.tried,
        clear: points.len(),
        agreeing: agreeing.len(),
        span: span(&agreeing, size),
        residual_px: median(&mut misses),
        residual_p95_px: quantile(&mut misses, 0.95),
        residual,
        local,
    }
}

fn span(points: &[&TargetPoint], size: GridSize) -> f64 {
    let between = |pick: fn(&TargetPoint) -> f64, whole: usize| {
        let mut values: Vec<f64> = points.iter().map(|p| pick(p)).collect();
        let low = quantile(&mut values, 0.1)?;
        Some((quantile(&mut values, 0.9)? - low) / whole as f64)
    };
    let (across, down) = (between(|p| p.from.x, size.width), between(|p| p.from.y, size.height));
    across.zip(down).map_or(0.0, |(across, down)| across.min(down))
}

/// Every fourth tie point, scattered rather than in stripes: multiples of the golden ratio.
fn is_held_out(index: usize) -> bool {
    (index as f64 * 0.618_033_988_749_895).fract() < 0.25
}

/// The stiffest transform that no suppler one beats in cross-validation; no move at all is the stiffest.
fn chosen_transform(fitted: &[TargetPoint], consensus: &PixelTransform) -> PixelTransform {
    let unmoved = PixelTransform::identity();
    let mut best = unmoved;
    let mut best_misses: Vec<f64> = fitted.iter().map(|p| miss_of(&unmoved, p)).collect();
    for model in [Model::Translation, Model::Similarity, Model::Affine] {
        let fit = |points: &[TargetPoint]| fit_robustly(points, model, consensus).map(|(t, _)| t);
        let Some(whole) = fit(fitted) else { continue };
        let misses = cross_validated(fitted, |train, test| {
            let part = fit(train)?;
            Some(test.iter().map(|p| miss_of(&part, p)).collect())
        });
        if misses.is_some_and(|misses| {
            let gain = median(&mut best_misses.clone()).zip(median(&mut misses.clone())).map_or(0.0, |(b, m)| b - m);
            let better = gain > SUPPLER_GAIN_PX && beats(&misses, &best_misses, SUPPLER_SCORE);
            if better {
                best_misses = misses;
            }
            better
        }) {
            best = whole;
        }
    }
    best
}

/// Local displacements, if cross-validation finds them clearly better than none.
fn chosen_local(fitted: &[TargetPoint], residual: &PixelTransform, size: GridSize) -> Option<DisplacementGrid> {
    let misses: Vec<LocalMiss> =
        fitted.iter().map(|p| LocalMiss { place: p.from, miss: left_over(residual, None, p) }).collect();
    let without: Vec<f64> = misses.iter().map(|m| m.miss.length()).collect();
    let with = cross_validated(&misses, |train, test| {
        let grid = smooth_displacements(train, size)?;
        Some(
            test.iter()
                .map(|m| {
                    let shift = grid.at(m.place);
                    (m.miss.dx - shift.dx).hypot(m.miss.dy - shift.dy)
                })
                .collect(),
        )
    })?;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
    let (before, after) = (mean(&without), mean(&with));
    let better = beats(&with, &without, SUPPLER_SCORE) && after < LOCAL_GAIN * before && before > LOCAL_FROM_PX;
    if better { smooth_displacements(&misses, size) } else { None }
}

/// Local displacements must lower the cross-validated mean to this share of what it was without them, and are not
/// looked for when it is already below so many pixels.
const LOCAL_GAIN: f64 = 0.9;
const LOCAL_FROM_PX: f64 = 0.1;

/// Distances of all points from models fitted without their fifth; `None` when a fifth cannot be left out.
fn cross_validated<T: Copy>(points: &[T], judge: impl Fn(&[T], &[T]) -> Option<Vec<f64>>) -> Option<Vec<f64>> {
    const PARTS: usize = 5;
    let mut misses = vec![0.0; points.len()];
    for part in 0..PARTS {
        let of_part = |(index, _): &(usize, &T)| index % PARTS == part;
        let train: Vec<T> = points.iter().enumerate().filter(|p| !of_part(p)).map(|(_, p)| *p).collect();
        let test: Vec<T> = points.iter().enumerate().filter(of_part).map(|(_, p)| *p).collect();
        for (place, miss) in misses.iter_mut().skip(part).step_by(PARTS).zip(judge(&train, &test)?) {
            *place = miss;
        }
    }
    Some(misses)
}

/// Sign test: are the first distances smaller than the second more often than chance allows?
fn beats(first: &[f64], second: &[f64], score: f64) -> bool {
    let wins = first.iter().zip(second).filter(|(a, b)| a < b).count() as f64;
    let losses = first.iter().zip(second).filter(|(a, b)| a > b).count() as f64;
    wins + losses > 0.0 && (wins - losses) / (wins + losses).sqrt() > score
}

/// The displacement still missing at a point.
fn left_over(residual: &PixelTransform, local: Option<&DisplacementGrid>, point: &TargetPoint) -> PixelShift {
    let mut place = residual.apply(point.from);
    if let Some(local) = local {
        place = place.moved(local.at(point.from));
    }
    point.to.minus(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ties(count: usize, map: impl Fn(PixelPoint) -> PixelPoint) -> TiePoints {
        let points: Vec<TiePoint> = (0..count * count)
            .map(|k| {
                let step = 1000.0 / count as f64;
                let after = PixelPoint::from_xy((k % count) as f64 * step + 20.0, (k / count) as f64 * step + 20.0);
                // Correlation noise of a few hundredths of a pixel, the same in every run.
                let noise = |salt: f64| 0.05 * (12.9898 * k as f64 + salt).sin();
                let target = map(after).moved(PixelShift::from_xy(noise(0.0), noise(1.0)));
                TiePoint { after, target }
            })
            .collect();
        TiePoints { tried: points.len(), points }
    }

    const SIZE: GridSize = GridSize { height: 1000, width: 1000 };

    #[test]
    fn aligned_images_stay_where_they_are() {
        let judged = judge(&ties(12, |p| p), &PixelTransform::identity(), SIZE);
        assert_eq!(judged.residual, PixelTransform::identity());
        assert!(judged.local.is_none() && judged.agreeing == 144);
    }

    #[test]
    fn a_quarter_pixel_is_a_shift_and_nothing_else() {
        let planted = PixelTransform::translation(PixelShift::from_xy(0.25, 0.0));
        let judged = judge(&ties(12, |p| planted.apply(p)), &planted, SIZE);
        let [a, b, c, d, e, f] = judged.residual.coefficients();
        assert_eq!([a, b, d, e], [1.0, 0.0, 0.0, 1.0]);
        assert!((c - 0.25).abs() < 0.02 && f.abs() < 0.02, "{c} {f}");
        assert!(judged.local.is_none());
    }

    #[test]
    fn relief_is_followed_locally() {
        let planted = PixelTransform::similarity(1.02, 1.0, PixelPoint::from_xy(500.0, 500.0));
        let hill = |p: PixelPoint| {
            let distance = p.minus(PixelPoint::from_xy(400.0, 600.0)).length() / 220.0;
            planted.apply(p).moved(PixelShift::from_xy(3.0 * (-distance * distance).exp(), 0.0))
        };
        let judged = judge(&ties(20, hill), &planted, SIZE);
        let place = PixelPoint::from_xy(400.0, 600.0);
        let found = judged.residual.apply(place).moved(judged.local.expect("invariant: relief").at(place));
        assert!(found.minus(hill(place)).length() < 0.9, "{found:?}");
        assert!(judged.residual_px.expect("invariant: held-out points") < 0.35);
    }
}
