//! Vehicles, fences and heaps: small things with shadows that are not structures.

use crate::simulate::description::{Color, DateDescription, Fence, Heap, Ridge, Vehicle, VehicleClass};
use crate::simulate::dice::Dice;
use crate::simulate::render::buildings::plain_side;
use crate::simulate::render::noise::{Field, Texture};
use crate::simulate::render::paint::{Light, Paint, light_of, mix, scaled, strayed};
use crate::simulate::render::palette::VEHICLE_COLORS;
use crate::simulate::render::surface::{Block, Side, Surface};

/// Length, width and height of a class, metres (typical of the vehicles on sale).
fn dimensions(class: VehicleClass) -> [f64; 3] {
    match class {
        VehicleClass::Car => [4.5, 1.85, 1.5],
        VehicleClass::Van => [5.6, 2.0, 2.3],
        VehicleClass::Truck => [8.5, 2.5, 3.2],
        VehicleClass::Bus => [11.8, 2.55, 3.1],
        VehicleClass::Trailer => [13.6, 2.55, 3.9],
    }
}

/// Raises a vehicle.
pub(in crate::simulate) fn raise_vehicle(surface: &mut Surface, vehicle: &Vehicle, seed: u64) {
    let [length, width, height] = dimensions(vehicle.class);
    if !surface.touches(vehicle.center, length) {
        return;
    }
    let mut dice = Dice::at_place(seed, vehicle.center);
    let color = vehicle.color.unwrap_or_else(|| dice.weigh(&VEHICLE_COLORS));
    let body = strayed(color, 0.06, &mut dice);
    let side = surface.add_side(Side::LikeTop);
    let block = Block::new(vehicle.center, length, width, vehicle.azimuth_deg);
    let half = length as f32 / 2.0;
    surface.draw_polygon(&block.corners(), |x, y, cell| {
        let (along, _) = block.local(x, y);
        let (share, light) = profile(vehicle.class, along / half, body);
        let top = share * height as f32;
        if top > *cell.height {
            *cell.height = top;
            *cell.albedo = light;
            *cell.side = side;
        }
    });
}

/// Share of the full height, and light, at a place from the rear (-1) to the front (1).
fn profile(class: VehicleClass, place: f32, body: Light) -> (f32, Light) {
    let glass = scaled(light_of([46, 52, 60]), 1.0);
    match class {
        VehicleClass::Car => match place {
            p if p > 0.45 => (0.62, body),
            p if p > 0.2 => (0.85, glass),
            p if p > -0.55 => (1.0, body),
            p if p > -0.72 => (0.85, glass),
            _ => (0.68, scaled(body, 0.95)),
        },
        VehicleClass::Van => match place {
            p if p > 0.75 => (0.55, body),
            p if p > 0.55 => (0.85, glass),
            _ => (1.0, body),
        },
        VehicleClass::Truck => match place {
            p if p > 0.62 => (0.85, scaled(body, 0.9)),
            p if p > 0.5 => (0.35, light_of([50, 50, 50])),
            _ => (1.0, light_of([176, 172, 160])),
        },
        VehicleClass::Bus | VehicleClass::Trailer => (1.0, body),
    }
}

/// Cells across the narrowest fence that is drawn: a band of this width covers a cell's center in every row it crosses, or nearly so.
const FENCE_CELLS: f64 = 1.1;

/// Raises a fence or wall.
pub(in crate::simulate) fn raise_fence(surface: &mut Surface, fence: &Fence) {
    let side = surface.add_side(plain_side(fence.color));
    let light = light_of(fence.color);
    let height = fence.height_m as f32;
    // What is narrower than a cell would be seen in dashes.
    let width = fence.width_m.max(f64::from(surface.cell_m) * FENCE_CELLS);
    for ends in fence.line.windows(2) {
        let (dx, dy) = (ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]);
        let center = [(ends[0][0] + ends[1][0]) / 2.0, (ends[0][1] + ends[1][1]) / 2.0];
        let block = Block::new(center, dx.hypot(dy) + width, width, dx.atan2(-dy).to_degrees());
        surface.draw_polygon(&block.corners(), |_, _, cell| {
            if height > *cell.height {
                *cell.height = height;
                *cell.albedo = light;
                *cell.side = side;
            }
        });
    }
}

/// Raises earth along a line.
pub(in crate::simulate) fn raise_ridge(surface: &mut Surface, ridge: &Ridge, seed: u64, date: &DateDescription) {
    let Some(first) = ridge.line.first() else { return };
    let mut dice = Dice::at_place(seed, *first);
    let paint = Paint::lay(ridge.material, None::<Color>, 0.0, date, &mut dice);
    let rough = Field::lay_anyhow(Texture::Mottle, 0.3, &mut dice);
    let [raised, painted] = [(); 2].map(|()| surface.add_side(Side::LikeTop));
    let [height, opacity] = [ridge.height_m, ridge.opacity].map(|v| v as f32);
    let (half_crest, per_slope) = (ridge.crest_m as f32 / 2.0, 1.0 / ridge.slope_m.max(0.1) as f32);
    let reach = ridge.crest_m / 2.0 + 1.2 * ridge.slope_m;
    let pieces = ridge.line.windows(2).map(|ends| {
        let (dx, dy) = (ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]);
        let center = [(ends[0][0] + ends[1][0]) / 2.0, (ends[0][1] + ends[1][1]) / 2.0];
        let length = dx.hypot(dy);
        (Block::new(center, length + 2.0 * reach, 2.0 * reach, dx.atan2(-dy).to_degrees()), length as f32 / 2.0)
    });
    let shown: Vec<(Block, f32)> = pieces.filter(|(block, _)| surface.touches(block.center, block.radius())).collect();
    for (block, half_length) in &shown {
        surface.draw_polygon_sampled(
            &block.corners(),
            |x, y| rough.at(x, y),
            |x, y, rough, cell| {
                let (along, across) = block.local(x, y);
                let distance = (along.abs() - half_length).max(0.0).hypot(across);
                let top = height * (1.0 - ((distance - half_crest) * per_slope).max(0.0) - 0.04 * rough).min(1.0);
                if top > *cell.height {
                    (*cell.height, *cell.side) = (top, raised);
                }
            },
        );
    }
    // Pieces overlap at bends, so that the ridge is painted when it stands, every cell once.
    for (block, _) in &shown {
        surface.draw_polygon_sampled(
            &block.corners(),
            |x, y| paint.at(x, y),
            |_, _, light, cell| {
                if *cell.side == raised {
                    let share = opacity * (4.0 * *cell.height / height).min(1.0);
                    (*cell.albedo, *cell.side) = (mix(*cell.albedo, light, share), painted);
                }
            },
        );
    }
}

/// Raises a heap: a rough cone.
pub(in crate::simulate) fn raise_heap(surface: &mut Surface, heap: &Heap, seed: u64, date: &DateDescription) {
    if !surface.touches(heap.center, 1.5 * heap.radius_m) {
        return;
    }
    let mut dice = Dice::at_place(seed, heap.center);
    let paint = Paint::lay(heap.material, None::<Color>, 0.0, date, &mut dice);
    let rough = Field::lay_anyhow(Texture::Mottle, 0.12, &mut dice);
    let side = surface.add_side(Side::LikeTop);
    let block = Block::new(heap.center, 2.8 * heap.radius_m, 2.8 * heap.radius_m, 0.0);
    let (radius, height) = (heap.radius_m as f32, heap.height_m as f32);
    surface.draw_polygon(&block.corners(), |x, y, cell| {
        let (along, across) = block.local(x, y);
        let top = height * (1.0 - along.hypot(across) / radius - 0.18 * rough.at(x, y));
        if top > *cell.height {
            *cell.height = top;
            *cell.albedo = paint.at(x, y);
            *cell.side = side;
        }
    });
}
