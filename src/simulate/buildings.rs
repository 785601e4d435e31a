//! Structures: footprints, walls, roofs and what stands on roofs.

use geo::{Area, BooleanOps, Coord, LineString, Polygon};

use crate::simulate::covers::WALL_COLORS;
use crate::simulate::description::{Building, Color, Cover, Place, RoofShape, When};
use crate::simulate::dice::Dice;
use crate::simulate::paint::{Light, light_of, scaled, strayed};
use crate::simulate::roofs::{RoofSkin, roof_height};
use crate::simulate::surface::{Block, Side, Surface};

/// Corners of the polygon that stands for a circle.
const CIRCLE_CORNERS: usize = 48;

/// Light of what stands on roofs: air conditioners, pipes, hatches, tanks.
const CLUTTER_COLORS: [Color; 5] = [[208, 208, 204], [150, 150, 148], [96, 96, 98], [184, 178, 166], [60, 62, 66]];

/// The rectangles of a building, main one first.
pub(super) fn blocks_of(building: &Building) -> Vec<Block> {
    let main = Block::new(building.center, building.length_m, building.width_m, building.azimuth_deg);
    let wings = building.wings.iter().map(|wing| {
        let turn = if wing.crosswise { 90.0 } else { 0.0 };
        let center = main.place(wing.along_m, wing.across_m);
        Block::new(center, wing.length_m, wing.width_m, building.azimuth_deg + turn)
    });
    std::iter::once(main).chain(wings).collect()
}

/// The outline of one block: a rectangle, or a circle for round buildings.
fn outline_of(block: &Block, round: bool) -> Vec<Place> {
    if !round {
        return block.corners().into();
    }
    (0..CIRCLE_CORNERS)
        .map(|i| {
            let (sin, cos) = (std::f64::consts::TAU * i as f64 / CIRCLE_CORNERS as f64).sin_cos();
            block.place(block.half[0] * cos, block.half[1] * sin)
        })
        .collect()
}

/// The footprint at ground level, in metres: the union of the building's blocks, or its largest part when they do not
/// touch.
pub(super) fn footprint_of(building: &Building) -> Polygon<f64> {
    let polygon = |block: &Block| {
        let ring = outline_of(block, building.round).into_iter().map(|[x, y]| Coord { x, y }).collect();
        Polygon::new(LineString(ring), Vec::new())
    };
    let blocks = blocks_of(building);
    if let [block] = blocks.as_slice() {
        return polygon(block);
    }
    let union = blocks[1..].iter().fold(geo::MultiPolygon::from(polygon(&blocks[0])), |union, block| {
        union.union(&geo::MultiPolygon::from(polygon(block)))
    });
    let largest = union.into_iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()));
    largest.expect("invariant: a union of rectangles is not empty")
}

/// Height of the highest point, metres, without what stands on the roof.
pub(super) fn top_of(building: &Building) -> f64 {
    building.eaves_m + building.rise_m
}

/// Raises a building that is there on this date.
pub(super) fn raise_building(surface: &mut Surface, building: &Building, seed: u64, date: When) {
    let reach = building.wings.iter().map(|w| w.along_m.hypot(w.across_m) + w.length_m + w.width_m).fold(0.0, f64::max);
    if !surface.touches(building.center, building.length_m + building.width_m + reach) {
        return;
    }
    let mut dice = Dice::at_place(seed, building.center);
    let cover = cover_on(building, date);
    let skin = RoofSkin::of(building, cover, &mut dice);
    let wall = strayed(building.wall_color.unwrap_or(dice.pick(&WALL_COLORS)), 0.08, &mut dice);
    let side = surface.add_side(Side::Wall(wall));
    let heights = [building.eaves_m as f32, building.rise_m as f32];
    let blocks = blocks_of(building);
    for (number, block) in blocks.iter().enumerate() {
        let half = block.half.map(|v| v as f32);
        let narrowing = if number == 0 { 1.0 } else { narrowing_of(&blocks[0], block) };
        let heights = [heights[0], heights[1] * narrowing];
        surface.draw_polygon(&outline_of(block, building.round), |x, y, cell| {
            let local = block.local(x, y);
            let height = roof_height(building.roof, half, heights, local);
            if height > *cell.height {
                *cell.height = height;
                *cell.albedo = skin.at((x, y), local);
                *cell.side = side;
            }
        });
    }
    for block in &blocks {
        furnish(surface, building, block, &mut dice);
    }
}

/// The cover a building has on a date.
pub(super) fn cover_on(building: &Building, date: When) -> Cover {
    match (date, building.cover_after) {
        (When::After, Some(renewed)) => renewed,
        _ => building.cover,
    }
}

/// A narrower wing under the same pitch has a lower ridge.
fn narrowing_of(main: &Block, wing: &Block) -> f32 {
    (wing.half[1] / main.half[1]).min(1.0) as f32
}

/// Sets boxes and pipes on a roof: on flat ones what its clutter asks for, on others a chimney or vent.
fn furnish(surface: &mut Surface, building: &Building, block: &Block, dice: &mut Dice) {
    let [half_length, half_width] = block.half;
    let area = 4.0 * half_length * half_width;
    // One piece on 40 square metres is a crowded roof.
    let expected = building.clutter * area / 40.0;
    let pieces = (expected * dice.between(0.6, 1.4)).round().min(80.0) as usize;
    for _ in 0..pieces {
        let (along, across) = (dice.between(-0.88, 0.88) * half_length, dice.between(-0.85, 0.85) * half_width);
        let (length, width) = if dice.chance(0.15) {
            (dice.between(3.0, 9.0), dice.between(0.4, 0.9))
        } else {
            (dice.between(0.7, 2.8), dice.between(0.7, 2.2))
        };
        let color = strayed(dice.pick(&CLUTTER_COLORS), 0.1, dice);
        let rise = dice.between(0.4, 1.8) as f32;
        let turn = if dice.chance(0.3) { 90.0 } else { 0.0 };
        let piece = Block::new(block.place(along, across), length, width, building.azimuth_deg + turn);
        set_piece(surface, building.roof, &piece, color, rise);
    }
}

fn set_piece(surface: &mut Surface, roof: RoofShape, piece: &Block, color: Light, rise: f32) {
    let side = surface.add_side(Side::LikeTop);
    // On slopes only what is low: vents, windows.
    let rise = if roof == RoofShape::Flat { rise } else { rise.min(0.5) };
    surface.draw_polygon(&piece.corners(), |_, _, cell| {
        if *cell.height > 0.0 {
            *cell.height += rise;
            *cell.albedo = color;
            *cell.side = side;
        }
    });
}

/// Light of a wall at a height: storeys show as faint bands of windows.
pub(super) fn wall_light(wall: Light, height_m: f32) -> Light {
    let storey = height_m.rem_euclid(3.1);
    let window = (1.0..2.2).contains(&storey);
    scaled(wall, if window { 0.78 } else { 1.0 })
}

/// Sides of fences and the like.
pub(super) fn plain_side(color: Color) -> Side {
    Side::Wall(light_of(color))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::description::Wing;
    use crate::structure::Kind;

    pub(crate) fn hall() -> Building {
        Building {
            kind: Kind::Warehouse,
            when: When::Both,
            center: [30.0, 30.0],
            length_m: 20.0,
            width_m: 10.0,
            azimuth_deg: 90.0,
            storeys: 1,
            eaves_m: 6.0,
            rise_m: 0.0,
            roof: RoofShape::Flat,
            cover: Cover::Concrete,
            cover_after: None,
            color: None,
            wall_color: None,
            round: false,
            wear: 0.5,
            clutter: 0.0,
            wings: Vec::new(),
        }
    }

    #[test]
    fn wings_join_the_footprint() {
        let plain = footprint_of(&hall());
        assert!((plain.unsigned_area() - 200.0).abs() < 1e-9);
        let wing = Wing { along_m: 0.0, across_m: 7.0, length_m: 8.0, width_m: 6.0, crosswise: true };
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
}
