//! Least-squares transforms through points, and their robust versions.

use nalgebra::{Matrix3, Vector3};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::raster::pixel_transform::PixelTransform;
use crate::raster::point::{PixelPoint, PixelShift};

/// A place, where it goes, and how much it counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct TargetPoint {
    pub from: PixelPoint,
    pub to: PixelPoint,
    pub weight: f64,
}

/// Kinds of transform, from stiff to supple.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Model {
    Translation,
    Similarity,
    Affine,
}

impl Model {
    /// Fewest points for a fit that can also be judged: three times the unknowns over two coordinates, rounded up.
    pub fn fewest_points(self) -> usize {
        match self {
            Model::Translation => 3,
            Model::Similarity => 6,
            Model::Affine => 9,
        }
    }

    fn fit(self, points: &[TargetPoint]) -> Option<PixelTransform> {
        match self {
            Model::Translation => fit_translation(points),
            Model::Similarity => fit_similarity(points),
            Model::Affine => fit_affine(points),
        }
    }
}

/// Narrowest and widest standard deviation the robust fit assumes, pixels: correlation peaks are never better than the
/// first, and beyond the second a tie point is no relief but a mistake.
const DEVIATION_PX: (f64, f64) = (0.08, 1.5);

/// Iteratively reweighted fit with Tukey's biweight[^1] around a first guess.
///
/// - `first`: a transform already good to a few pixels.
/// - Output: the transform and the standard deviation of its inliers, pixels; `None` when too few points remain.
///
/// [^1]: Beaton and Tukey, "The fitting of power series, meaning polynomials, illustrated on band-spectroscopic data",
/// Technometrics 16(2), 1974, doi 10.2307/1267936 (c = 4.685).
pub(super) fn fit_robustly(
    points: &[TargetPoint],
    model: Model,
    first: &PixelTransform,
) -> Option<(PixelTransform, f64)> {
    let mut transform = *first;
    let mut deviation = DEVIATION_PX.1;
    for _ in 0..12 {
        let reach = 4.685 * deviation;
        let weighted: Vec<TargetPoint> = points
            .iter()
            .map(|point| (point, transform.apply(point.from).minus(point.to).length()))
            .filter(|(_, miss)| *miss < reach)
            .map(|(p, miss)| TargetPoint { weight: p.weight * (1.0 - (miss / reach).powi(2)).powi(2), ..*p })
            .collect();
        if weighted.len() < model.fewest_points() {
            return None;
        }
        transform = model.fit(&weighted)?;
        // Of the new transform: wrong points may have drawn it away from right ones that were exact before.
        let mut inside: Vec<f64> = weighted.iter().map(|p| transform.apply(p.from).minus(p.to).length()).collect();
        // The median length of a circular normal deviate is 1.1774 standard deviations.
        deviation = (median(&mut inside)? / 1.1774).clamp(DEVIATION_PX.0, DEVIATION_PX.1);
    }
    Some((transform, deviation))
}

/// The similarity through two of the points that most others agree with to within `tolerance_px`[^1]; `None` with fewer
/// than three points or when no two agree.
///
/// [^1]: Fischler and Bolles, "Random sample consensus", Communications of the ACM 24(6), 1981,
/// doi 10.1145/358669.358692.
pub(super) fn agreed_similarity(points: &[TargetPoint], tolerance_px: f64) -> Option<PixelTransform> {
    if points.len() < 3 {
        return None;
    }
    // A fixed seed: the same points always give the same map. With one point in ten right, 500 draws hold 5 right pairs.
    let mut random = SmallRng::seed_from_u64(17);
    let agreeing = |transform: &PixelTransform| {
        points.iter().filter(|p| transform.apply(p.from).minus(p.to).length() < tolerance_px).count()
    };
    let mut best: Option<(usize, PixelTransform)> = None;
    for _ in 0..500 {
        let (i, j) = (random.random_range(0..points.len()), random.random_range(0..points.len()));
        if points[i].from.minus(points[j].from).length() < 8.0 * tolerance_px {
            continue;
        }
        let Some(transform) = fit_similarity(&[points[i], points[j]]) else { continue };
        let count = agreeing(&transform);
        if best.is_none_or(|(most, _)| count > most) {
            best = Some((count, transform));
        }
    }
    best.filter(|(count, _)| *count >= 3).map(|(_, transform)| transform)
}

/// The weighted least-squares shift; `None` without points.
pub(super) fn fit_translation(points: &[TargetPoint]) -> Option<PixelTransform> {
    let (from, to) = centers(points)?;
    Some(PixelTransform::translation(to.minus(from)))
}

/// The weighted least-squares similarity; `None` when the points are fewer than two or coincide.
pub(super) fn fit_similarity(points: &[TargetPoint]) -> Option<PixelTransform> {
    let (from, to) = centers(points)?;
    let (mut dot, mut cross, mut square) = (0.0, 0.0, 0.0);
    for point in points {
        let (p, q) = (point.from.minus(from), point.to.minus(to));
        dot += point.weight * (p.dx * q.dx + p.dy * q.dy);
        cross += point.weight * (p.dx * q.dy - p.dy * q.dx);
        square += point.weight * (p.dx * p.dx + p.dy * p.dy);
    }
    if square < 1e-6 {
        return None;
    }
    let (c, s) = (dot / square, cross / square);
    Some(PixelTransform::from_coefficients([
        c,
        -s,
        to.x - c * from.x + s * from.y,
        s,
        c,
        to.y - s * from.x - c * from.y,
    ]))
}

/// The weighted least-squares affine map; `None` when the points lie on a line.
pub(super) fn fit_affine(points: &[TargetPoint]) -> Option<PixelTransform> {
    let (from, _) = centers(points)?;
    let (mut normal, mut right_x, mut right_y) = (Matrix3::zeros(), Vector3::zeros(), Vector3::zeros());
    for point in points {
        let p = point.from.minus(from);
        let row = Vector3::new(p.dx, p.dy, 1.0);
        normal += row * row.transpose() * point.weight;
        right_x += row * (point.weight * point.to.x);
        right_y += row * (point.weight * point.to.y);
    }
    let inverse = normal.try_inverse()?;
    let (x, y) = (inverse * right_x, inverse * right_y);
    let sound = x.iter().chain(y.iter()).all(|c| c.is_finite());
    let back = PixelTransform::translation(PixelShift::from_xy(-from.x, -from.y));
    sound.then(|| back.then(&PixelTransform::from_coefficients([x[0], x[1], x[2], y[0], y[1], y[2]])))
}

fn centers(points: &[TargetPoint]) -> Option<(PixelPoint, PixelPoint)> {
    let total: f64 = points.iter().map(|p| p.weight).sum();
    if total <= 0.0 {
        return None;
    }
    let mean = |value: &dyn Fn(&TargetPoint) -> f64| points.iter().map(|p| p.weight * value(p)).sum::<f64>() / total;
    Some((
        PixelPoint::from_xy(mean(&|p| p.from.x), mean(&|p| p.from.y)),
        PixelPoint::from_xy(mean(&|p| p.to.x), mean(&|p| p.to.y)),
    ))
}

/// The median, reordering the values; `None` when there are none.
pub(super) fn median(values: &mut [f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The value below which a share of the values lies, reordering them; `None` when there are none.
pub(super) fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    Some(*values.select_nth_unstable_by((share * last as f64).round() as usize, f64::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(planted: &PixelTransform) -> Vec<TargetPoint> {
        (0..25)
            .map(|k| {
                let from = PixelPoint::from_xy(f64::from(k % 5) * 40.0, f64::from(k / 5) * 30.0);
                TargetPoint { from, to: planted.apply(from), weight: 1.0 }
            })
            .collect()
    }

    proptest! {
        #[test]
        fn exact_points_give_the_planted_similarity(scale in 0.7..1.4, turn in -20.0..20.0, x in -40.0..40.0) {
            let planted = PixelTransform::similarity(scale, turn, PixelPoint::from_xy(70.0, x));
            for model in [Model::Similarity, Model::Affine] {
                let found = model.fit(&points(&planted)).expect("invariant: spread points");
                let corner = PixelPoint::from_xy(200.0, 0.0);
                prop_assert!(found.apply(corner).minus(planted.apply(corner)).length() < 1e-6);
            }
        }

        #[test]
        fn a_third_of_wrong_points_is_ignored(wrong in proptest::collection::vec((-15.0..15.0, -15.0..15.0), 8)) {
            let planted = PixelTransform::translation(PixelShift::from_xy(2.5, -1.25));
            let mut points = points(&planted);
            for (index, (dx, dy)) in wrong.into_iter().enumerate() {
                points[3 * index].to = points[3 * index].from.moved(PixelShift::from_xy(dx + 8.0, dy));
            }
            let (found, _) = fit_robustly(&points, Model::Translation, &planted).expect("invariant: enough points");
            let center = PixelPoint::from_xy(80.0, 60.0);
            prop_assert!(found.apply(center).minus(planted.apply(center)).length() < 0.3);
        }
    }

    #[test]
    fn exact_points_are_kept_when_wrong_ones_draw_the_first_fit_away() {
        let planted = PixelTransform::translation(PixelShift::from_xy(2.5, -1.25));
        let mut points = points(&planted);
        for wrong in points.iter_mut().step_by(3).take(8) {
            wrong.to = wrong.from.moved(PixelShift::from_xy(6.0, 0.0));
        }
        let (found, deviation) = fit_robustly(&points, Model::Translation, &planted).expect("seventeen exact points");
        let center = PixelPoint::from_xy(80.0, 60.0);
        assert!(found.apply(center).minus(planted.apply(center)).length() < 1e-6, "{found:?}");
        assert!(deviation <= DEVIATION_PX.0);
    }

    #[test]
    fn points_on_a_line_carry_no_affine_map() {
        let line: Vec<TargetPoint> = points(&PixelTransform::identity()).into_iter().take(5).collect();
        assert!(fit_affine(&line).is_none());
    }
}
