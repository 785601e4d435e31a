//! Ways to buildings that stand by themselves: drives, cart tracks and footpaths to the nearest road, or off the image.

use geo::{Closest, ClosestPoint, Coord, LineString, Point};

use crate::simulate::description::{Building, Markings, Material, Place, Road, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::roads::center_line;
use crate::simulate::story::setting::{is_driven, plain_road};
use crate::simulate::story::settlements::site::Site;

/// Roads farther away are not led to, metres: the way comes from outside the image.
const REACH_M: f64 = 90.0;

/// How far outside the image they begin, metres.
const BEYOND_M: f64 = 15.0;

/// Earth, stone and worn-out paving of ways.
const SURFACES: [Material; 6] =
    [Material::Soil, Material::Gravel, Material::PaleSand, Material::Clay, Material::OldAsphalt, Material::Concrete];

/// What the ways of a site have in common.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulate) struct Approach {
    material: Material,
    width_m: f64,
    opacity: f64,
    fray_m: f64,
    markings: Markings,
    /// Share of the buildings that have one.
    share: f64,
}

impl Approach {
    /// Trodden, driven or laid; on some sites nothing leads anywhere.
    pub(in crate::simulate) fn draw(dice: &mut Dice) -> Self {
        let laid = dice.chance(0.3);
        let width_m = dice.weigh(&[((0.7, 1.4), 0.3), ((2.0, 3.6), 0.7)]);
        let width_m = dice.between(width_m.0, width_m.1);
        Approach {
            material: dice.pick(&SURFACES),
            width_m,
            opacity: if laid { 1.0 } else { dice.between(0.25, 0.9) },
            fray_m: if laid { 0.0 } else { dice.between(0.1, 0.6) },
            markings: if laid || width_m < 2.0 { Markings::None } else { dice.pick(&[Markings::None, Markings::Ruts]) },
            share: dice.pick(&[0.0, 0.3, 0.7, 1.0]),
        }
    }
}

impl Site<'_> {
    /// A way from a building to the nearest road or way, as often as the approach has it.
    pub(in crate::simulate) fn lead_up_to(
        &mut self,
        building: &Building,
        when: When,
        approach: &Approach,
        dice: &mut Dice,
    ) {
        if !dice.chance(approach.share) {
            return;
        }
        let from = building.center;
        let to = nearest_road(from, &self.scene.roads).unwrap_or_else(|| off_the_image(from, self.side_m, dice));
        let [dx, dy] = [0, 1].map(|k| to[k] - from[k]);
        // People do not walk along a ruler.
        let bend = dice.between(-0.18, 0.18);
        let middle = [from[0] + 0.5 * dx - bend * dy, from[1] + 0.5 * dy + bend * dx];
        self.scene.roads.push(Road {
            curved: true,
            fray_m: approach.fray_m,
            opacity: approach.opacity,
            markings: approach.markings,
            ..plain_road(when, approach.material, vec![from, middle, to], approach.width_m)
        });
    }
}

/// The nearest place on the center line of a road or way within reach.
fn nearest_road(from: Place, roads: &[Road]) -> Option<Place> {
    let from = Point::from(from);
    let distance = |to: &Place| (to[0] - from.x()).hypot(to[1] - from.y());
    // Ways are narrower than what vehicles meet on; rivers and rails are bands too.
    let is_way = |road: &&Road| is_driven(road) || (road.width_m < 4.0 && road.material != Material::Water);
    roads
        .iter()
        .filter(is_way)
        .filter_map(|road| {
            let line: LineString<f64> = center_line(road).into_iter().map(|[x, y]| Coord { x, y }).collect();
            match line.closest_point(&from) {
                Closest::Intersection(point) | Closest::SinglePoint(point) => Some([point.x(), point.y()]),
                Closest::Indeterminate => None,
            }
        })
        .filter(|to| distance(to) < REACH_M)
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

/// A place beyond the nearest side of the image, a little aside.
fn off_the_image(from: Place, side_m: f64, dice: &mut Dice) -> Place {
    let aside = 0.3 * side_m * dice.normal();
    let [x, y] = from;
    let ways = [
        (x, [-BEYOND_M, y + aside]),
        (side_m - x, [side_m + BEYOND_M, y + aside]),
        (y, [x + aside, -BEYOND_M]),
        (side_m - y, [x + aside, side_m + BEYOND_M]),
    ];
    ways.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).expect("four sides").1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::story::plot::Plot;
    use crate::simulate::story::settlements::site::settle;
    use crate::simulate::story::{Layout, RandomOptions, random_pair};

    fn lane() -> Road {
        plain_road(When::Both, Material::Soil, vec![[0.0, 0.0], [100.0, 0.0]], 5.0)
    }

    #[test]
    fn the_nearest_road_within_reach() {
        let far = Road { line: vec![[0.0, 70.0], [100.0, 70.0]], ..lane() };
        assert_eq!(nearest_road([40.0, 20.0], &[far.clone(), lane()]), Some([40.0, 0.0]));
        assert_eq!(nearest_road([40.0, 20.0 + 70.0 + REACH_M], &[far, lane()]), None);
        let creek = Road { material: Material::Water, ..lane() };
        assert_eq!(nearest_road([40.0, 20.0], &[creek]), None);
    }

    #[test]
    fn without_a_road_the_way_leaves_the_image() {
        for seed in 0..20 {
            let [x, y] = off_the_image([30.0, 80.0], 128.0, &mut Dice::from_seed(seed));
            assert!(x < 0.0, "{x} {y}");
        }
    }

    #[test]
    fn sites_of_single_buildings_have_ways_to_them() {
        let started = (0..40).filter(|&seed| {
            let options = RandomOptions { size_px: 256, gsd: (Meters(0.5), Meters(0.5)), biome: None };
            let mut scene = random_pair(7, &options);
            (scene.buildings, scene.roads) = (Vec::new(), Vec::new());
            settle(&mut scene, Layout::Hamlet, Plot::Nothing, &mut Dice::from_seed(seed));
            let doors: Vec<Place> = scene.buildings.iter().map(|building| building.center).collect();
            scene.roads.iter().any(|road| doors.contains(&road.line[0]))
        });
        let started = started.count();
        assert!((8..40).contains(&started), "{started} of 40");
    }
}
