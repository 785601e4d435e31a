//! Renders one date of a scene: draws, lights, leans and develops it, tile by tile.

mod aircraft;
mod bodies;
pub(in crate::simulate) mod buildings;
mod camera;
pub(in crate::simulate) mod clouds;
pub(in crate::simulate) mod covers;
mod crowns;
mod develop;
mod facade;
mod fittings;
mod ground;
mod junctions;
mod lean;
mod light;
pub(in crate::simulate) mod model;
mod noise;
pub(in crate::simulate) mod overlays;
mod paint;
pub(in crate::simulate) mod palette;
mod patches;
mod relief;
mod resample;
pub(in crate::simulate) mod roads;
mod roofs;
mod sensor;
mod skins;
pub(in crate::simulate) mod surface;
mod tone;
pub(in crate::simulate) mod trees;
mod unfinished;
mod vehicles;
mod wear;

use ndarray::{Array3, s};
use rayon::prelude::*;

use crate::raster::Raster;
use crate::raster::pixel_transform::PixelTransform;
use crate::raster::point::{PixelPoint, PixelShift};
use crate::raster::window::{GridSize, Window};
use crate::simulate::description::{DateDescription, PairDescription, Placement, When};
use crate::simulate::dice::scramble;
use crate::simulate::render::aircraft::raise_aircraft;
use crate::simulate::render::bodies::{BodyPainter, paint_line};
use crate::simulate::render::buildings::{blocks_of, raise_building};
use crate::simulate::render::camera::{BLUR_MARGIN_PX, gather_pixels};
use crate::simulate::render::develop::develop;
use crate::simulate::render::ground::{paint_ground, tone_drifts};
use crate::simulate::render::junctions::{Corner, round_corners};
use crate::simulate::render::lean::{View, lean_surface};
use crate::simulate::render::light::{Sun, light_surface};
use crate::simulate::render::model::SceneModel;
use crate::simulate::render::patches::paint_patch;
use crate::simulate::render::relief::shade_relief;
use crate::simulate::render::roads::{RoadLayer, paint_band, paint_road};
use crate::simulate::render::surface::{FineWindow, Surface};
use crate::simulate::render::trees::TreePainter;
use crate::simulate::render::vehicles::{raise_fence, raise_heap, raise_ridge, raise_vehicle};
use crate::simulate::render::wear::WearPainter;

/// Side of the tiles a large image is rendered in, pixels: bounds memory and lets threads share the work. Everything is a
/// function of the place on the ground, so tiles meet without seams.
const TILE_PX: usize = 512;

/// Shadows and lean from outside a tile are followed this far, metres.
const LONGEST_REACH_M: f64 = 120.0;

/// Size of the image of one date.
pub(in crate::simulate) fn image_size(description: &PairDescription, date: When) -> GridSize {
    let whole = GridSize { height: description.height_px, width: description.width_px };
    if date == When::After {
        return whole;
    }
    let placement = &description.before.placement;
    GridSize { height: placement.height_px.unwrap_or(whole.height), width: placement.width_px.unwrap_or(whole.width) }
}

/// The map from metres on the ground to pixels of the image of one date.
pub(in crate::simulate) fn ground_to_image(description: &PairDescription, date: When) -> PixelTransform {
    let origin = PixelPoint::from_xy(0.0, 0.0);
    let to_after = PixelTransform::similarity(1.0 / description.gsd_m, 0.0, origin);
    if date == When::After {
        return to_after;
    }
    to_after.then(&after_to_before(description))
}

/// The map from pixels of the after image to pixels of the before image.
pub(in crate::simulate) fn after_to_before(description: &PairDescription) -> PixelTransform {
    let Placement { shift_x_px, shift_y_px, rotation_deg, scale, .. } = description.before.placement;
    let center = |size: GridSize| PixelPoint::from_xy(size.width as f64 / 2.0, size.height as f64 / 2.0);
    let from = center(image_size(description, When::After));
    let to = center(image_size(description, When::Before));
    let shift = to.minus(from);
    PixelTransform::similarity(scale, rotation_deg, from)
        .then(&PixelTransform::translation(PixelShift::from_xy(shift.dx + shift_x_px, shift.dy + shift_y_px)))
}

/// Renders the image of one date: 3 bands, 0 to 255, whole numbers.
pub(in crate::simulate) fn render_date(model: &SceneModel<'_>, date: When) -> Raster {
    let size = image_size(model.description, date);
    let tiles: Vec<Window> = size.tiles(TILE_PX).collect();
    let lit: Vec<Array3<f32>> = tiles.par_iter().map(|&tile| render_tile(model, date, tile)).collect();
    let mut light = Array3::zeros((size.height, size.width, 3));
    for (tile, part) in tiles.iter().zip(lit) {
        let (rows, cols) = tile.slice();
        light.slice_mut(s![rows, cols, ..]).assign(&part);
    }
    let seed = scramble(model.description.seed ^ if date == When::Before { 1 } else { 2 });
    let image = develop(light, model.date(date), &ground_to_image(model.description, date), seed);
    Raster::all_valid(image.permuted_axes([2, 0, 1]).mapv(f32::from))
}

/// Geometry of a date on the fine grid.
struct Lighting {
    sun: Sun,
    view: View,
}

impl Lighting {
    /// Turns azimuths, which count from the after image's up, into directions on the grid of the date.
    fn on(date: &DateDescription, from_ground: &PixelTransform) -> Self {
        let away = |azimuth_deg: f64| {
            let (sin, cos) = azimuth_deg.to_radians().sin_cos();
            let [a, b, _, d, e, _] = from_ground.coefficients();
            let (x, y) = (-a * sin + b * cos, -d * sin + e * cos);
            let length = x.hypot(y);
            [x / length, y / length]
        };
        Lighting {
            sun: Sun {
                away: away(date.sun_azimuth_deg),
                tangent: date.sun_elevation_deg.to_radians().tan(),
                skylight: date.camera.skylight as f32,
            },
            view: View { away: away(date.view_azimuth_deg), tangent: date.off_nadir_deg.to_radians().tan() },
        }
    }
}

/// The light of one tile of an image, (height, width, 3).
fn render_tile(model: &SceneModel<'_>, date: When, tile: Window) -> Array3<f32> {
    let conditions = model.date(date);
    let fine = model.description.supersampling;
    let to_fine = PixelTransform::similarity(fine as f64, 0.0, PixelPoint::from_xy(0.0, 0.0));
    let from_ground = ground_to_image(model.description, date).then(&to_fine);
    let lighting = Lighting::on(conditions, &from_ground);
    let (window, origin) = window_with_reach(tile, fine, from_ground.scale(), model.highest_m, &lighting);
    let mut surface = Surface::over(window, from_ground, fine);
    // Bare ground is needed only where it is seen; things that cast shadows or lean in are drawn all over.
    // The ground shows through ridges, which lean in too.
    let highest_ridge = model.description.ridges.iter().map(|ridge| ridge.height_m).fold(0.0, f64::max);
    let lean_cells = highest_ridge * lighting.view.tangent * from_ground.scale();
    let margin = BLUR_MARGIN_PX * fine + lean_cells.ceil() as usize;
    let seen = Window::from_tlhw(origin.0, origin.1, tile.height * fine, tile.width * fine).grown(margin, surface.size);
    draw_scene(&mut surface, model, date, seen);
    light_surface(&mut surface, &lighting.sun);
    let fine_width = surface.size.width;
    let shown = lean_surface(surface, &lighting.view, &lighting.sun);
    gather_pixels(&shown, fine_width, origin, tile.size(), fine, conditions.camera.blur_px)
}

/// The fine window of a tile, grown towards the sun and the satellite as far as the highest thing reaches, and the row
/// and column at which the tile begins in it.
fn window_with_reach(
    tile: Window,
    fine: usize,
    cells_per_meter: f64,
    highest_m: f64,
    lighting: &Lighting,
) -> (FineWindow, (usize, usize)) {
    let margin = (BLUR_MARGIN_PX * fine) as i64;
    let mut before = [margin; 2];
    let mut behind = [margin; 2];
    let reaches = [
        (lighting.sun.away, highest_m / lighting.sun.tangent),
        (lighting.view.away, highest_m * lighting.view.tangent),
    ];
    for (away, reach_m) in reaches {
        for axis in 0..2 {
            // What lies against the direction reaches into the tile.
            let cells = (-away[axis] * reach_m.min(LONGEST_REACH_M) * cells_per_meter).round() as i64;
            before[axis] = before[axis].max(margin - cells);
            behind[axis] = behind[axis].max(margin + cells);
        }
    }
    let window = FineWindow {
        top: (tile.row * fine) as i64 - before[1],
        left: (tile.col * fine) as i64 - before[0],
        size: GridSize {
            height: tile.height * fine + (before[1] + behind[1]) as usize,
            width: tile.width * fine + (before[0] + behind[0]) as usize,
        },
    };
    (window, (before[1] as usize, before[0] as usize))
}

/// Draws everything that is there on a date, from the ground up.
fn draw_scene(surface: &mut Surface, model: &SceneModel<'_>, date: When, seen: Window) {
    let scene = model.description;
    let conditions = model.date(date);
    let seed = scene.seed;
    // What is flat is needed only where it is seen.
    surface.clip = seen;
    paint_ground(surface, seen, scene.biome, seed, conditions);
    for patch in scene.patches.iter().filter(|patch| patch.when.includes(date)) {
        paint_patch(surface, patch, seed, conditions);
    }
    if let Some(painter) = WearPainter::new(scene.wear, seed, conditions) {
        for building in scene.buildings.iter().filter(|building| building.when.includes(date)) {
            blocks_of(building).iter().for_each(|block| painter.tread(surface, block));
        }
    }
    tone_drifts(surface, seen, seed, conditions);
    let corners = round_corners(&scene.roads, date);
    // All shoulders lie below all roads, so that junctions are open.
    for layer in [RoadLayer::Shoulder, RoadLayer::Pavement] {
        for road in scene.roads.iter().filter(|road| road.when.includes(date)) {
            paint_road(surface, road, layer, seed, conditions);
        }
        for Corner { of, band } in &corners {
            paint_band(surface, band, &scene.roads[*of], layer, seed, conditions);
        }
    }
    scene.painted_lines.iter().filter(|line| line.when.includes(date)).for_each(|line| paint_line(surface, line));
    if let Some(relief) = scene.relief {
        shade_relief(surface, seen, relief, seed, conditions);
    }
    surface.clip = surface.size.window();
    for ridge in scene.ridges.iter().filter(|ridge| ridge.when.includes(date)) {
        raise_ridge(surface, ridge, seed, conditions);
    }
    for heap in scene.heaps.iter().filter(|heap| heap.when.includes(date)) {
        raise_heap(surface, heap, seed, conditions);
    }
    for fence in scene.fences.iter().filter(|fence| fence.when.includes(date)) {
        raise_fence(surface, fence);
    }
    let bodies = BodyPainter::new(surface, seed);
    scene.bodies.iter().filter(|body| body.when.includes(date)).for_each(|body| bodies.raise(surface, body));
    for vehicle in scene.vehicles.iter().filter(|vehicle| vehicle.when.includes(date)) {
        raise_vehicle(surface, vehicle, seed);
    }
    for aircraft in scene.aircraft.iter().filter(|aircraft| aircraft.when.includes(date)) {
        raise_aircraft(surface, aircraft, seed);
    }
    for building in scene.buildings.iter().filter(|building| building.when.includes(date)) {
        raise_building(surface, building, seed, date, conditions.snow);
    }
    let painter = TreePainter::new(seed, conditions);
    let side = TreePainter::side(surface);
    let standing = || model.trees.iter().filter(|tree| tree.when.includes(date));
    standing().for_each(|tree| painter.shade(surface, tree));
    for tree in standing() {
        painter.raise(surface, tree, side);
    }
}
