//! Rounded corners where roads meet: curb returns.

use crate::simulate::description::{Markings, Place, Road, When};
use crate::simulate::render::roads::center_line;

/// Roads that meet at less than this angle, or at its supplement, have no corner to round: they merge, degrees.
const SHARPEST_DEG: f64 = 35.0;

/// Steps of the arc around a corner.
const STEPS: u32 = 6;

/// The band that fills a corner, and the road whose pavement it goes on with.
pub(in crate::simulate) struct Corner {
    /// Number of the road.
    pub of: usize,
    /// The band, along an arc; the ground within the arc stays open.
    pub band: Road,
}

/// The middle of the band around a corner, and its width, metres.
struct Arc {
    line: Vec<Place>,
    width_m: f64,
}

/// Where two lines meet: the place, and of each line its direction there and the metres that lie before and behind it.
struct Meeting {
    place: Place,
    lines: [([f64; 2], [f64; 2]); 2],
}

/// Rounds every corner between roads of the same material that are there on a date and ask for it.
pub(in crate::simulate) fn round_corners(roads: &[Road], date: When) -> Vec<Corner> {
    let asked: Vec<(usize, &Road, Vec<Place>)> = roads
        .iter()
        .enumerate()
        .filter(|(_, road)| road.corner_m > 0.0 && road.when.includes(date))
        .map(|(number, road)| (number, road, center_line(road)))
        .collect();
    let mut corners = Vec::new();
    for (position, (first, a, line_a)) in asked.iter().enumerate() {
        for (second, b, line_b) in asked[position + 1..].iter().filter(|other| other.1.material == a.material) {
            let (of, wider) = if a.width_m < b.width_m { (*second, *b) } else { (*first, *a) };
            for meeting in meetings(line_a, line_b, a.width_m.max(b.width_m) / 2.0) {
                for sides in [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]] {
                    corners.extend(corner(&meeting, sides, [a, b]).map(|arc| {
                        let shoulder_m = a.shoulder_m.min(b.shoulder_m);
                        let (markings, curved, corner_m) = (Markings::None, false, 0.0);
                        let Arc { line, width_m } = arc;
                        Corner {
                            of,
                            band: Road { line, width_m, shoulder_m, markings, curved, corner_m, ..wider.clone() },
                        }
                    }));
                }
            }
        }
    }
    corners
}

/// The band around the corner on one side of either road; `None` where one of them ends before.
fn corner(meeting: &Meeting, sides: [f64; 2], roads: [&Road; 2]) -> Option<Arc> {
    let radius = roads[0].corner_m.min(roads[1].corner_m);
    let [u, v] = [0, 1].map(|k| meeting.lines[k].0.map(|c| sides[k] * c));
    let angle = (u[0] * v[0] + u[1] * v[1]).clamp(-1.0, 1.0).acos();
    if !(SHARPEST_DEG..180.0 - SHARPEST_DEG).contains(&angle.to_degrees()) {
        return None;
    }
    let tangent = radius / (0.5 * angle).tan();
    // How far along each road its edge meets that of the other.
    let [from_u, from_v] = [1, 0].map(|other| {
        let own = 1 - other;
        (0.5 * roads[other].width_m + 0.5 * roads[own].width_m * angle.cos()) / angle.sin()
    });
    let left = [0, 1].map(|k| meeting.lines[k].1[usize::from(sides[k] > 0.0)]);
    if left[0] < from_u + tangent || left[1] < from_v + tangent {
        return None;
    }
    let [half_a, half_b] = roads.map(|road| 0.5 * road.width_m / angle.sin());
    let edge = [0, 1].map(|k| meeting.place[k] + half_b * u[k] + half_a * v[k]);
    let length = (u[0] + v[0]).hypot(u[1] + v[1]);
    let bisector = [0, 1].map(|k| (u[k] + v[k]) / length);
    let deep = radius / (0.5 * angle).sin();
    let center = [0, 1].map(|k| edge[k] + deep * bisector[k]);
    let width_m = deep - radius;
    let toward = (-bisector[1]).atan2(-bisector[0]);
    let reach = std::f64::consts::FRAC_PI_2 - 0.5 * angle;
    let line = (0..=STEPS).map(|step| {
        let turn = toward + reach * (2.0 * f64::from(step) / f64::from(STEPS) - 1.0);
        [center[0] + (radius + width_m / 2.0) * turn.cos(), center[1] + (radius + width_m / 2.0) * turn.sin()]
    });
    Some(Arc { line: line.collect(), width_m })
}

/// Where two lines cross, or one ends within `slack` metres of the other.
fn meetings(a: &[Place], b: &[Place], slack: f64) -> Vec<Meeting> {
    let mut found: Vec<Meeting> = Vec::new();
    let (lengths_a, lengths_b) = (walked(a), walked(b));
    for (i, ends_a) in a.windows(2).enumerate() {
        for (j, ends_b) in b.windows(2).enumerate() {
            let apart = (0..2).any(|k| {
                let span = |ends: &[Place]| [ends[0][k].min(ends[1][k]), ends[0][k].max(ends[1][k])];
                let ([low_a, high_a], [low_b, high_b]) = (span(ends_a), span(ends_b));
                low_a > high_b + slack || low_b > high_a + slack
            });
            if apart {
                continue;
            }
            let [da, db] = [ends_a, ends_b].map(|ends| [ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]]);
            let (la, lb) = (da[0].hypot(da[1]), db[0].hypot(db[1]));
            let cross = da[0] * db[1] - da[1] * db[0];
            if la <= 0.0 || lb <= 0.0 || (cross / (la * lb)).abs() < SHARPEST_DEG.to_radians().sin() {
                continue;
            }
            let gap = [ends_b[0][0] - ends_a[0][0], ends_b[0][1] - ends_a[0][1]];
            let s = (gap[0] * db[1] - gap[1] * db[0]) / cross;
            let t = (gap[0] * da[1] - gap[1] * da[0]) / cross;
            // Ends of a line may fall short of the other.
            let within = |share: f64, length: f64, piece: usize, pieces: usize| {
                let (low, high) = (if piece == 0 { slack } else { 0.0 }, if piece + 1 == pieces { slack } else { 0.0 });
                (-low..=length + high).contains(&(share * length))
            };
            if !within(s, la, i, a.len() - 1) || !within(t, lb, j, b.len() - 1) {
                continue;
            }
            let place = [0, 1].map(|k| ends_a[0][k] + s * da[k]);
            // Where a corner of a line lies on the other, both its pieces meet it.
            if found.iter().any(|other| (other.place[0] - place[0]).hypot(other.place[1] - place[1]) < 1.0) {
                continue;
            }
            let along = |lengths: &[f64], piece: usize, share: f64, length: f64| {
                let before = lengths[piece] + share * length;
                [before, lengths[lengths.len() - 1] - before]
            };
            found.push(Meeting {
                place,
                lines: [
                    (da.map(|c| c / la), along(&lengths_a, i, s, la)),
                    (db.map(|c| c / lb), along(&lengths_b, j, t, lb)),
                ],
            });
        }
    }
    found
}

/// Metres from the start of a line to each of its points.
fn walked(line: &[Place]) -> Vec<f64> {
    let steps = line.windows(2).map(|ends| (ends[1][0] - ends[0][0]).hypot(ends[1][1] - ends[0][1]));
    std::iter::once(0.0)
        .chain(steps.scan(0.0, |sum, step| {
            *sum += step;
            Some(*sum)
        }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::description::Material;

    fn street(line: [Place; 2]) -> Road {
        Road {
            when: When::Both,
            material: Material::Asphalt,
            color: None,
            line: line.into(),
            curved: false,
            width_m: 6.0,
            shoulder_m: 1.0,
            corner_m: 5.0,
            fray_m: 0.0,
            opacity: 1.0,
            markings: Markings::Street,
        }
    }

    #[test]
    fn a_crossing_has_four_corners_and_a_side_street_two() {
        let main = street([[0.0, 50.0], [100.0, 50.0]]);
        let across = street([[40.0, 0.0], [40.0, 100.0]]);
        let side = street([[70.0, 52.0], [70.0, 100.0]]);
        assert_eq!(round_corners(&[main.clone(), across.clone()], When::After).len(), 4);
        assert_eq!(round_corners(&[main.clone(), side], When::After).len(), 2);
        let dirt = Road { material: Material::Soil, ..across.clone() };
        assert!(round_corners(&[main.clone(), dirt], When::After).is_empty());
        let gone = Road { when: When::Before, ..across };
        assert!(round_corners(&[main, gone], When::After).is_empty());
    }

    #[test]
    fn the_arc_touches_both_edges() {
        let roads = [street([[0.0, 50.0], [100.0, 50.0]]), street([[40.0, 0.0], [40.0, 100.0]])];
        let corners = round_corners(&roads, When::After);
        assert_eq!(corners.len(), 4);
        for corner in corners {
            let band = &corner.band;
            for end in [band.line[0], band.line[STEPS as usize]] {
                // The middle of the band ends over an edge of one of the roads, or within it.
                let from_edges = [(end[1] - 50.0).abs(), (end[0] - 40.0).abs()];
                assert!(from_edges.iter().any(|d| *d < 3.0 + 1e-9), "{end:?}");
                assert!(from_edges.iter().all(|d| *d < 3.0 + 5.0 + 1e-9), "{end:?}");
            }
            // Half way, the open side of the band is one radius from its center.
            let middle = band.line[STEPS as usize / 2];
            let off = [(middle[0] - 40.0).abs(), (middle[1] - 50.0).abs()];
            let center = 3.0 + 5.0;
            let radius = (off[0] - center).hypot(off[1] - center) - band.width_m / 2.0;
            assert!((radius - 5.0).abs() < 1e-6, "{radius}");
        }
    }
}
