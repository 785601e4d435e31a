//! Bands along lines: roads, tracks, taxiways, runways.

use crate::simulate::description::{DateDescription, Markings, Place, Road};
use crate::simulate::dice::Dice;
use crate::simulate::render::noise::{Field, Texture};
use crate::simulate::render::paint::{Light, Paint, light_of, mix, scaled};
use crate::simulate::render::surface::{Block, Surface};

/// Length of the straight pieces that stand for a curve, metres.
const CURVE_STEP_M: f64 = 4.0;

/// The two layers of a road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulate) enum RoadLayer {
    /// Curbs and shoulders.
    Shoulder,
    /// What is driven on.
    Pavement,
}

/// Paints one layer of a road that is there on this date.
pub(in crate::simulate) fn paint_road(
    surface: &mut Surface,
    road: &Road,
    layer: RoadLayer,
    seed: u64,
    date: &DateDescription,
) {
    paint_band(surface, road, road, layer, seed, date);
}

/// Paints a part of a road that has a line of its own: it looks as the rest of `whole` does.
pub(in crate::simulate) fn paint_band(
    surface: &mut Surface,
    road: &Road,
    whole: &Road,
    layer: RoadLayer,
    seed: u64,
    date: &DateDescription,
) {
    let line = center_line(road);
    if line.len() < 2 || layer == RoadLayer::Shoulder && road.shoulder_m <= 0.0 {
        return;
    }
    // Textures lie as they lie on the whole road, so that none of its parts shows.
    let along_whole = center_line(whole);
    let (start, next) = (along_whole[0], along_whole[1]);
    let mut dice = Dice::at_place(seed, start);
    let heading = (next[1] - start[1]).atan2(next[0] - start[0]);
    let skin = RoadSkin {
        paint: Paint::lay(road.material, road.color, heading, date, &mut dice),
        fray: Field::lay_anyhow(Texture::Mottle, 0.3, &mut dice),
        streaks: Field::lay(Texture::Streak, 0.4, heading, &mut dice),
        half: road.width_m as f32 / 2.0,
        shoulder: road.shoulder_m as f32,
        fray_m: road.fray_m as f32,
        opacity: road.opacity as f32,
        markings: road.markings,
        length: length_of(&line) as f32,
        layer,
    };
    let pieces = Pieces::of(&line);
    let reach = road.width_m / 2.0 + road.shoulder_m + 2.5 * road.fray_m;
    for piece in 0..line.len() - 1 {
        let (a, b) = (line[piece], line[piece + 1]);
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let center = [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
        let length = dx.hypot(dy);
        let block = Block::new(center, length + 2.0 * reach, 2.0 * reach, dx.atan2(-dy).to_degrees());
        if !surface.touches(center, block.radius()) {
            continue;
        }
        surface.draw_polygon_sampled(
            &block.corners(),
            |x, y| skin.weather_at(x, y),
            |x, y, weather, cell| {
                if let Some((along, across)) = pieces.nearest(piece, x, y) {
                    *cell.albedo = skin.over(*cell.albedo, weather, along, across);
                }
            },
        );
    }
}

/// The points of a road's center line; a curve becomes short straight pieces (Catmull-Rom).
pub(in crate::simulate) fn center_line(road: &Road) -> Vec<Place> {
    let points = &road.line;
    if !road.curved || points.len() < 3 {
        return points.clone();
    }
    let at = |i: isize| points[i.clamp(0, points.len() as isize - 1) as usize];
    let mut line = vec![points[0]];
    for i in 0..points.len() as isize - 1 {
        let [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
        let steps = ((p2[0] - p1[0]).hypot(p2[1] - p1[1]) / CURVE_STEP_M).ceil().max(1.0) as usize;
        for step in 1..=steps {
            let t = step as f64 / steps as f64;
            line.push([0, 1].map(|k| {
                let (a, b, c, d) = (p0[k], p1[k], p2[k], p3[k]);
                0.5 * (2.0 * b
                    + (c - a) * t
                    + (2.0 * a - 5.0 * b + 4.0 * c - d) * t * t
                    + (3.0 * b - a - 3.0 * c + d) * t * t * t)
            }));
        }
    }
    line
}

fn length_of(line: &[Place]) -> f64 {
    line.windows(2).map(|ends| (ends[1][0] - ends[0][0]).hypot(ends[1][1] - ends[0][1])).sum()
}

/// The straight pieces of a line, with the distance from its start.
struct Pieces {
    /// Start, direction times length, squared length, distance from the start of the line.
    pieces: Vec<([f32; 2], [f32; 2], f32, f32)>,
}

impl Pieces {
    fn of(line: &[Place]) -> Self {
        let mut walked = 0.0f32;
        let pieces = line
            .windows(2)
            .map(|ends| {
                let d = [(ends[1][0] - ends[0][0]) as f32, (ends[1][1] - ends[0][1]) as f32];
                let from = walked;
                walked += d[0].hypot(d[1]);
                (ends[0].map(|v| v as f32), d, (d[0] * d[0] + d[1] * d[1]).max(1e-9), from)
            })
            .collect();
        Pieces { pieces }
    }

    /// Metres along the line and signed metres across it, when `piece` is the nearest of it and its two neighbors: so
    /// every cell is painted once.
    #[inline]
    fn nearest(&self, piece: usize, x: f32, y: f32) -> Option<(f32, f32)> {
        let (own, t) = self.squared_distance(piece, x, y);
        let before = piece.checked_sub(1).is_none_or(|i| own < self.squared_distance(i, x, y).0);
        let after = piece + 1 >= self.pieces.len() || own <= self.squared_distance(piece + 1, x, y).0;
        if !(before && after) {
            return None;
        }
        let (start, d, squared, from) = self.pieces[piece];
        let sign = if d[0] * (y - start[1]) - d[1] * (x - start[0]) < 0.0 { -1.0 } else { 1.0 };
        Some((from + t * squared.sqrt(), sign * own.sqrt()))
    }

    /// Squared metres to a piece, and the share of its length at which it is nearest.
    #[inline]
    fn squared_distance(&self, piece: usize, x: f32, y: f32) -> (f32, f32) {
        let (start, d, squared, _) = self.pieces[piece];
        let (px, py) = (x - start[0], y - start[1]);
        let t = ((px * d[0] + py * d[1]) / squared).clamp(0.0, 1.0);
        ((px - t * d[0]).powi(2) + (py - t * d[1]).powi(2), t)
    }
}

/// What textures say of a place on a road: the light of its material, how its edge frays, how it is streaked.
#[derive(Clone, Copy)]
struct Weather {
    light: Light,
    fray: f32,
    streak: f32,
}

struct RoadSkin {
    paint: Paint,
    fray: Field,
    streaks: Field,
    half: f32,
    shoulder: f32,
    fray_m: f32,
    opacity: f32,
    markings: Markings,
    length: f32,
    layer: RoadLayer,
}

impl RoadSkin {
    fn weather_at(&self, x: f32, y: f32) -> Weather {
        Weather {
            light: self.paint.at(x, y),
            fray: if self.fray_m > 0.0 { self.fray_m * self.fray.at(x, y) } else { 0.0 },
            streak: self.streaks.at(x, y),
        }
    }

    #[inline]
    fn over(&self, below: Light, weather: Weather, along: f32, across: f32) -> Light {
        let distance = across.abs();
        if distance > self.half + self.shoulder + 2.5 * self.fray_m {
            return below;
        }
        let fray = weather.fray;
        let inside = self.half + fray - distance;
        if self.layer == RoadLayer::Shoulder {
            let verge = ((self.half + self.shoulder + fray - distance) / 0.3 + 0.5).clamp(0.0, 1.0);
            if self.fray_m <= 0.0 {
                // A sidewalk: pale, with clean edges and a curb of its own.
                let curb = distance - self.half < 0.25;
                let slabs = 0.94 + 0.06 * ((along * 0.5) as i32 & 1) as f32 + 0.03 * weather.streak;
                let light = scaled(light_of(if curb { [206, 202, 194] } else { [178, 173, 163] }), slabs);
                return mix(below, light, 0.9 * verge);
            }
            let light = scaled(mix(weather.light, light_of([176, 164, 146]), 0.55), 0.95);
            return mix(below, light, 0.75 * verge);
        }
        let fade = (self.fray_m * 0.8).max(0.05);
        let share = (inside / fade + 0.5).clamp(0.0, 1.0) * self.opacity;
        if share <= 0.0 {
            return below;
        }
        mix(below, self.surface_at(below, weather, along, across), share)
    }

    /// The light of the road itself, with what is painted on it.
    fn surface_at(&self, below: Light, Weather { light: own, streak, .. }: Weather, along: f32, across: f32) -> Light {
        let distance = across.abs();
        match self.markings {
            Markings::None => scaled(own, 1.0 + 0.05 * streak),
            Markings::Street => {
                let worn = scaled(own, 1.0 + 0.05 * streak - 0.06 * wheel_path(distance, self.half));
                let dash = distance < 0.09 && along.rem_euclid(12.0) < 4.0;
                if dash { mix(worn, light_of([214, 212, 202]), 0.7) } else { worn }
            }
            Markings::Taxiway => {
                let worn = scaled(own, 1.0 + 0.04 * streak - 0.10 * wheel_path(distance, 8.0));
                if distance < 0.2 { mix(worn, light_of([204, 170, 72]), 0.6) } else { worn }
            }
            Markings::Runway => self.runway(own, streak, along, distance),
            Markings::Ruts => {
                let rut = (1.0 - (distance - 0.8).abs() / 0.45).clamp(0.0, 1.0);
                mix(below, own, 0.35 + 0.65 * rut)
            }
        }
    }

    /// Stripes of 30 m with gaps of 20 m, side stripes of 0.9 m (ICAO Annex 14, volume I, 5.2), rubber in the touchdown
    /// zones.
    fn runway(&self, own: Light, streak: f32, along: f32, distance: f32) -> Light {
        let from_end = along.min(self.length - along);
        let touchdown = (1.0 - ((from_end - 350.0) / 260.0).abs()).clamp(0.0, 1.0);
        let path = (1.0 - (distance / (self.half * 0.42)).powi(2)).max(0.0);
        let rubber = path * (0.10 + 0.35 * touchdown) * (1.0 + 0.5 * streak);
        let worn = scaled(own, (1.0 + 0.05 * streak - rubber).max(0.3));
        let center = distance < 0.45 && along.rem_euclid(50.0) < 30.0;
        let side = (self.half - 1.6 - distance).abs() < 0.45;
        let bars = (6.0..36.0).contains(&from_end) && distance < self.half - 3.0 && distance.rem_euclid(3.6) > 1.8;
        if center || side || bars { mix(worn, light_of([208, 206, 198]), 0.72) } else { worn }
    }
}

fn wheel_path(distance: f32, half: f32) -> f32 {
    (1.0 - ((distance - half * 0.5) / (half * 0.25)).abs()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_near_a_bend_belongs_to_one_piece() {
        let pieces = Pieces::of(&[[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]);
        for (x, y) in [(3.0, 1.0), (10.5, -0.5), (9.0, 1.5), (11.0, 5.0), (8.0, 2.0)] {
            let owners = (0..2).filter(|&piece| pieces.nearest(piece, x, y).is_some()).count();
            assert_eq!(owners, 1, "({x}, {y})");
        }
        let (along, across) = pieces.nearest(1, 11.0, 5.0).expect("invariant: nearest to the second piece");
        assert_eq!((along, across), (15.0, -1.0));
    }
}
