//! Low bodies and painted lines: goods, gravestones, solar panels, boats, court lines, rails.

use crate::simulate::description::{Body, BodyShape, PaintedLine, Place};
use crate::simulate::dice::Dice;
use crate::simulate::render::noise::{Field, Texture};
use crate::simulate::render::paint::{light_of, mix, scaled, strayed};
use crate::simulate::render::surface::{Block, Side, Surface};

/// How far bodies of one color differ in brightness.
const SPREAD: f64 = 0.08;

/// Corners of a lid.
const DISC_CORNERS: usize = 16;

/// Paints a line that is there on this date.
pub(in crate::simulate) fn paint_line(surface: &mut Surface, line: &PaintedLine) {
    let (light, opacity) = (light_of(line.color), line.opacity as f32);
    for ends in line.line.windows(2) {
        let (dx, dy) = (ends[1][0] - ends[0][0], ends[1][1] - ends[0][1]);
        let center = [(ends[0][0] + ends[1][0]) / 2.0, (ends[0][1] + ends[1][1]) / 2.0];
        let length = dx.hypot(dy);
        if !surface.touches(center, length / 2.0 + line.width_m) {
            continue;
        }
        // A line narrower than the grid's cells hides as much of them as it is wide.
        let width = line.width_m.max(f64::from(surface.cell_m));
        let share = opacity * (line.width_m / width) as f32;
        let block = Block::new(center, length + line.width_m, width, dx.atan2(-dy).to_degrees());
        surface.draw_polygon(&block.corners(), |_, _, cell| *cell.albedo = mix(*cell.albedo, light, share));
    }
}

/// Raises bodies that are there on a date.
pub(in crate::simulate) struct BodyPainter {
    rough: Field,
    grain: Field,
    side: u16,
    seed: u64,
}

impl BodyPainter {
    /// A painter for a scene.
    pub(in crate::simulate) fn new(surface: &mut Surface, seed: u64) -> Self {
        let mut dice = Dice::for_part(seed, "bodies");
        BodyPainter {
            rough: Field::lay_anyhow(Texture::Mottle, 0.15, &mut dice),
            grain: Field::lay_anyhow(Texture::Grain, 0.3, &mut dice),
            side: surface.add_side(Side::LikeTop),
            seed,
        }
    }

    /// Raises one body.
    pub(in crate::simulate) fn raise(&self, surface: &mut Surface, body: &Body) {
        let block = Block::new(body.center, body.length_m, body.width_m, body.azimuth_deg);
        if !surface.touches(body.center, block.radius()) {
            return;
        }
        let mut dice = Dice::at_place(self.seed, body.center);
        let light = strayed(body.color, SPREAD, &mut dice);
        let [_, half_width] = block.half.map(|v| v as f32);
        let height = body.height_m as f32;
        let (flat, level) = (height < 0.05, 0.5 * surface.cell_m);
        surface.draw_polygon(&outline_of(body, &block), |x, y, cell| {
            let across = || (block.local(x, y).1 / half_width).clamp(-1.0, 1.0);
            let top = match body.shape {
                BodyShape::Box | BodyShape::Disc => height,
                BodyShape::Roll => height * (1.0 - across().powi(2)).sqrt(),
                BodyShape::Board => height * (0.55 + 0.45 * across()),
                BodyShape::Hull => height * (0.8 + 0.2 * across().abs()),
                BodyShape::Ragged => height * (0.75 + 0.25 * self.rough.at(x, y)),
            };
            if flat && *cell.height < level || top > *cell.height {
                *cell.height = top.max(*cell.height);
                *cell.albedo = scaled(light, (1.0 + 0.06 * self.grain.at(x, y)).max(0.5));
                *cell.side = self.side;
            }
        });
    }
}

fn outline_of(body: &Body, block: &Block) -> Vec<Place> {
    let [length, width] = block.half;
    match body.shape {
        BodyShape::Hull => vec![
            block.place(-length, -0.8 * width),
            block.place(0.55 * length, -width),
            block.place(length, 0.0),
            block.place(0.55 * length, width),
            block.place(-length, 0.8 * width),
        ],
        BodyShape::Disc => (0..DISC_CORNERS)
            .map(|i| {
                let (sin, cos) = (i as f64 * std::f64::consts::TAU / DISC_CORNERS as f64).sin_cos();
                block.place(length * cos, width * sin)
            })
            .collect(),
        _ => block.corners().into(),
    }
}
