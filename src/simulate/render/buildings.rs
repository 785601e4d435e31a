//! Structures: footprints, walls and roofs.

use geo::{Area, BooleanOps, Coord, LineString, MultiPolygon, Polygon};

use crate::simulate::description::{Building, Color, Cover, LIGHT_WELL_M2, Place, RoofShape, Stage, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::covers::{WALL_COLORS, translucency};
use crate::simulate::render::facade::Facade;
use crate::simulate::render::fittings::furnish;
use crate::simulate::render::paint::{light_of, mix, strayed};
use crate::simulate::render::roofs::roof_height;
use crate::simulate::render::skins::RoofSkin;
use crate::simulate::render::surface::{Block, Side, Surface};
use crate::simulate::render::unfinished::Works;

/// Corners of the polygon that stands for a circle.
const CIRCLE_CORNERS: usize = 48;

/// The rectangles of a building, main one first.
pub(in crate::simulate) fn blocks_of(building: &Building) -> Vec<Block> {
    let main = Block::new(building.center, building.length_m, building.width_m, building.azimuth_deg);
    let wings = building.wings.iter().map(|wing| {
        let turn = if wing.crosswise { 90.0 } else { 0.0 };
        let center = main.place(wing.along_m, wing.across_m);
        Block::new(center, wing.length_m, wing.width_m, building.azimuth_deg + turn)
    });
    std::iter::once(main).chain(wings).collect()
}

/// The outline of one of a building's blocks, by number: a rectangle, the plan of the main one, or a circle.
fn outline_of(building: &Building, number: usize, block: &Block) -> Vec<Place> {
    if number == 0 && building.plan.len() > 2 {
        return building.plan.iter().map(|corner| block.place(corner[0], corner[1])).collect();
    }
    if !building.round {
        return block.corners().into();
    }
    (0..CIRCLE_CORNERS)
        .map(|i| {
            let (sin, cos) = (std::f64::consts::TAU * i as f64 / CIRCLE_CORNERS as f64).sin_cos();
            block.place(block.half[0] * cos, block.half[1] * sin)
        })
        .collect()
}

/// The footprint at ground level, in metres: the union of the building's blocks less its courts, or its largest part
/// when they do not touch. Light wells stay in it.
pub(in crate::simulate) fn footprint_of(building: &Building) -> Polygon<f64> {
    let outlines = outlines_of(building);
    let ground = ground_of(building, &outlines);
    let largest = ground.into_iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()));
    largest.unwrap_or_else(|| outlines[0].clone())
}

/// The outlines of a building's blocks, main one first.
fn outlines_of(building: &Building) -> Vec<Polygon<f64>> {
    let blocks = blocks_of(building);
    blocks.iter().enumerate().map(|(number, block)| polygon_of(outline_of(building, number, block))).collect()
}

/// The union of some parts of a building less its courts; light wells stay in it.
fn ground_of(building: &Building, parts: &[Polygon<f64>]) -> MultiPolygon<f64> {
    let whole = |polygon: &Polygon<f64>| MultiPolygon::from(polygon.clone());
    let union = parts[1..].iter().fold(whole(&parts[0]), |union, part| union.union(part));
    let courts = courts_of(building).filter(|court| 4.0 * court.half[0] * court.half[1] >= LIGHT_WELL_M2);
    courts.fold(union, |rest, court| rest.difference(&polygon_of(court.corners().into())))
}

fn polygon_of(outline: Vec<Place>) -> Polygon<f64> {
    let ring = outline.into_iter().map(|[x, y]| Coord { x, y }).collect();
    Polygon::new(LineString(ring), Vec::new())
}

/// How high a building stands on a date: outlines on the ground and the height of the eaves there, metres. Blocks of
/// another height are apart; those of one height are the footprint. Raw walls end below the eaves.
pub(in crate::simulate) fn raised_parts(building: &Building, seed: u64, date: When) -> Vec<(f64, Polygon<f64>)> {
    let works = (building.stage_on(date) == Stage::Walls)
        .then(|| dress(building, date, &mut Dice::at_place(seed, building.center)).1);
    let outlines = outlines_of(building);
    let top = |number: usize| {
        let eaves = number.checked_sub(1).and_then(|wing| building.wings[wing].eaves_m).unwrap_or(building.eaves_m);
        works.as_ref().map_or(eaves, |works| f64::from(works.top(eaves as f32)))
    };
    let main = top(0);
    if (1..outlines.len()).all(|number| top(number) == main) {
        return vec![(main, footprint_of(building))];
    }
    let footprint = footprint_of(building);
    let parts = outlines.iter().enumerate().flat_map(|(number, outline)| {
        // What does not touch the rest is no part of the footprint.
        let ground = ground_of(building, std::slice::from_ref(outline)).intersection(&footprint);
        ground.into_iter().map(move |outline| (number, outline))
    });
    parts.map(|(number, outline)| (top(number), outline)).collect()
}

/// What is open to the sky inside a building.
fn courts_of(building: &Building) -> impl Iterator<Item = Block> {
    let main = Block::new(building.center, building.length_m, building.width_m, building.azimuth_deg);
    building.courts.iter().map(move |court| {
        let center = main.place(court.along_m, court.across_m);
        Block::new(center, court.length_m, court.width_m, building.azimuth_deg)
    })
}

/// Height of the highest point, metres, without what stands on the roof.
pub(in crate::simulate) fn top_of(building: &Building) -> f64 {
    highest_eaves(building) + building.rise_m
}

fn highest_eaves(building: &Building) -> f64 {
    building.wings.iter().filter_map(|wing| wing.eaves_m).fold(building.eaves_m, f64::max)
}

/// Raises a building that is there on this date, where this share of the ground is under snow.
pub(in crate::simulate) fn raise_building(
    surface: &mut Surface,
    building: &Building,
    seed: u64,
    date: When,
    snow: f64,
) {
    let reach = building.wings.iter().map(|w| w.along_m.hypot(w.across_m) + w.length_m + w.width_m).fold(0.0, f64::max);
    if !surface.touches(building.center, building.length_m + building.width_m + reach) {
        return;
    }
    let mut dice = Dice::at_place(seed, building.center);
    let stage = building.stage_on(date);
    let (bare, works) = dress(building, date, &mut dice);
    let weather = dice.clone();
    // Parts of another age have a roof of their own color.
    let skin_of = |own: Option<Color>| {
        let mut skin = bare.clone();
        if let Some(color) = own.filter(|_| stage == Stage::Finished) {
            skin.dye(light_of(color));
        }
        skin.snow_over(snow, &mut weather.clone());
        skin
    };
    let wall = strayed(building.wall_color.unwrap_or(dice.pick(&WALL_COLORS)), 0.08, &mut dice);
    // A copy of the dice: the same building keeps its fittings.
    let facade = match stage {
        Stage::Finished => Facade::of_height(wall, highest_eaves(building), &mut dice.clone()),
        _ => Facade::plain(works.raw),
    };
    let side = surface.add_side(Side::Wall(facade));
    let opacity = 1.0 - translucency(laid_on(building, date));
    let blocks = blocks_of(building);
    let courts: Vec<Block> = courts_of(building).collect();
    for (number, block) in blocks.iter().enumerate() {
        let half = block.half.map(|v| v as f32);
        let (shape, heights) = roof_of(building, &blocks[0], number, block);
        // Elsewhere wings fade on their own.
        let wing = number.checked_sub(1).map(|wing| &building.wings[wing]);
        let crosswise = building.facets != 1.0 && wing.is_some_and(|wing| wing.crosswise);
        let skin = skin_of(wing.and_then(|wing| wing.color));
        let outline = outline_of(building, number, block);
        let rim = if number == 0 { Rim::of(building) } else { Rim::default() };
        surface.draw_polygon_sampled(
            &outline,
            |x, y| skin.weather_at(x, y),
            |x, y, weather, cell| {
                let local = rim.seen_from(block.local(x, y), half);
                if !courts.is_empty() && courts.iter().any(|court| holds(court, x, y)) {
                    return;
                }
                let roofed = roof_height(shape, half, heights, local);
                let (height, light) = match works.at(half, [heights[0], roofed], local) {
                    Some(unfinished) => unfinished,
                    None if roofed > *cell.height => (roofed, skin.at(weather, (shape, crosswise), half, local)),
                    None => return,
                };
                if height > *cell.height {
                    *cell.height = height;
                    *cell.albedo = if opacity < 1.0 { mix(*cell.albedo, light, opacity) } else { light };
                    *cell.side = side;
                }
            },
        );
    }
    if stage == Stage::Finished {
        for block in &blocks {
            furnish(surface, building, block, &mut dice);
        }
    }
}

/// The sides of a flat roof that is no rectangle: parapets and walls follow them.
#[derive(Default)]
struct Rim {
    /// From and to, metres along and across.
    sides: Vec<[[f32; 2]; 2]>,
}

/// Closer to a side than this, metres, a place is told by its distance to it; parapets and raw walls are narrower.
const RIM_M: f32 = 0.6;

impl Rim {
    fn of(building: &Building) -> Self {
        let flat = building.roof == RoofShape::Flat;
        let corners = if flat { building.plan.as_slice() } else { &[] };
        let next = corners.iter().cycle().skip(1);
        Rim { sides: corners.iter().zip(next).map(|(a, b)| [a.map(|v| v as f32), b.map(|v| v as f32)]).collect() }
    }

    /// The place on the rectangle of these half extents that is as far from its rim as a place is from this one, where
    /// that is near; else the place itself.
    fn seen_from(&self, (along, across): (f32, f32), half: [f32; 2]) -> (f32, f32) {
        let squared = |[[ax, ay], [bx, by]]: &[[f32; 2]; 2]| {
            let (dx, dy, px, py) = (bx - ax, by - ay, along - ax, across - ay);
            let t = ((px * dx + py * dy) / (dx * dx + dy * dy).max(1e-6)).clamp(0.0, 1.0);
            (px - t * dx).powi(2) + (py - t * dy).powi(2)
        };
        let nearest = self.sides.iter().map(squared).fold(f32::MAX, f32::min).sqrt();
        if nearest < RIM_M { (half[0] - nearest, 0.0) } else { (along, across) }
    }
}

/// The look of a building's roof, and how it is built; `dice` the same on both dates.
fn dress(building: &Building, date: When, dice: &mut Dice) -> (RoofSkin, Works) {
    let mut skin = RoofSkin::of(building, laid_on(building, date), date, dice);
    let works = Works::of(building, building.stage_on(date), dice);
    if let Some(color) = works.tarpaulin {
        skin.dye(color);
    }
    (skin, works)
}

/// What lies on the roof on a date: its cover, or a tarpaulin until that is there.
fn laid_on(building: &Building, date: When) -> Cover {
    if building.stage_on(date) == Stage::Tarpaulin { Cover::BlueCanvas } else { cover_on(building, date) }
}

fn holds(block: &Block, x: f32, y: f32) -> bool {
    let (along, across) = block.local(x, y);
    along.abs() < block.half[0] as f32 && across.abs() < block.half[1] as f32
}

/// Shape, eaves and rise of one block's roof.
fn roof_of(building: &Building, main: &Block, number: usize, block: &Block) -> (RoofShape, [f32; 2]) {
    let Some(wing) = number.checked_sub(1).map(|wing| &building.wings[wing]) else {
        return (building.roof, [building.eaves_m as f32, building.rise_m as f32]);
    };
    let shape = wing.roof.unwrap_or(building.roof);
    let rise = match (shape, building.roof) {
        (RoofShape::Flat, RoofShape::Flat) => building.rise_m as f32,
        (RoofShape::Flat, _) => 0.3,
        // A narrower wing under the same pitch has a lower ridge.
        _ => building.rise_m as f32 * (narrower(block) / narrower(main)).min(1.0) as f32,
    };
    (shape, [wing.eaves_m.unwrap_or(building.eaves_m) as f32, rise])
}

fn narrower(block: &Block) -> f64 {
    block.half[0].min(block.half[1])
}

/// The cover a building has on a date.
pub(in crate::simulate) fn cover_on(building: &Building, date: When) -> Cover {
    match (date, building.cover_after) {
        (When::After, Some(renewed)) => renewed,
        _ => building.cover,
    }
}

/// Sides of fences and the like.
pub(in crate::simulate) fn plain_side(color: Color) -> Side {
    Side::Wall(Facade::plain(light_of(color)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::description::{Court, Wing};
    use crate::structure::Kind;

    fn hall() -> Building {
        let hall = Building::rectangle(Kind::Warehouse, [30.0, 30.0], [20.0, 10.0], 90.0);
        Building { eaves_m: 6.0, rise_m: 0.0, ..hall }
    }

    #[test]
    fn wings_join_the_footprint() {
        let plain = footprint_of(&hall());
        assert!((plain.unsigned_area() - 200.0).abs() < 1e-9);
        let wing = Wing::rectangle([0.0, 7.0], [8.0, 6.0], true);
        let with_wing = footprint_of(&Building { wings: vec![wing], ..hall() });
        // 8 m along its own ridge, of which 2 m lie inside the main rectangle: 3 + 8 / 2 - 5 = 6 m stand out by 6 m.
        assert!((with_wing.unsigned_area() - 236.0).abs() < 1e-6, "{}", with_wing.unsigned_area());
    }

    #[test]
    fn the_footprint_lies_along_its_azimuth() {
        let footprint = footprint_of(&hall());
        let xs: Vec<f64> = footprint.exterior().coords().map(|c| c.x).collect();
        assert!((xs.iter().copied().fold(f64::MIN, f64::max) - 40.0).abs() < 1e-9, "east-west hall: {xs:?}");
    }

    #[test]
    fn a_plan_cuts_the_rectangle() {
        let plan = vec![[-10.0, -5.0], [10.0, -5.0], [10.0, 1.0], [-6.0, 5.0]];
        let wedge = Building { plan, ..hall() };
        // Shoelace: half of |(-10 -5) x (10 -5) + ...|.
        let expected = 0.5 * (100.0_f64 + 60.0 + 56.0 + 80.0);
        assert!((footprint_of(&wedge).unsigned_area() - expected).abs() < 1e-6);
    }

    #[test]
    fn the_rim_of_a_plan_is_that_of_a_rectangle() {
        let plan = vec![[-10.0, -5.0], [10.0, -5.0], [10.0, 5.0], [-10.0, 5.0]];
        let rim = Rim::of(&Building { plan, ..hall() });
        assert_eq!(rim.seen_from((3.0, 2.0), [10.0, 5.0]), (3.0, 2.0));
        assert_eq!(rim.seen_from((3.0, 4.75), [10.0, 5.0]), (9.75, 0.0));
    }

    #[test]
    fn courts_are_open_and_light_wells_are_not() {
        let court = |length_m, width_m| Court { along_m: 1.0, across_m: 0.0, length_m, width_m };
        let with = |court| footprint_of(&Building { courts: vec![court], ..hall() });
        assert!((with(court(8.0, 4.0)).unsigned_area() - 168.0).abs() < 1e-6);
        assert_eq!(with(court(8.0, 4.0)).interiors().len(), 1);
        assert!((with(court(3.0, 3.0)).unsigned_area() - 200.0).abs() < 1e-6);
    }

    #[test]
    fn the_highest_wing_counts() {
        let wing = Wing { eaves_m: Some(21.0), ..Wing::rectangle([0.0, 0.0], [8.0, 6.0], false) };
        assert_eq!(top_of(&Building { wings: vec![wing], ..hall() }), 21.0);
    }
}
