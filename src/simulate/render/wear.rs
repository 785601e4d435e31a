//! Ground that is lived on: trodden around walls, with small things lying about, the more the nearer.

use crate::simulate::description::{DateDescription, Material, Wear};
use crate::simulate::dice::{Dice, unit_at};
use crate::simulate::render::noise::{Field, Texture};
use crate::simulate::render::paint::{Light, Paint, light_of, mix, scaled};
use crate::simulate::render::surface::{Block, Surface};

/// Side of the squares that hold at most one thing, metres: sacks, sheets, tubs, firewood, rubble (by eye).
const THING_M: f32 = 0.9;

/// What lies about: wood, plastic, rags, rubble, sheets of metal.
const THINGS: [[u8; 3]; 8] = [
    [92, 80, 66],
    [58, 54, 52],
    [196, 190, 180],
    [228, 226, 220],
    [70, 96, 132],
    [146, 104, 82],
    [128, 124, 116],
    [44, 50, 44],
];

/// Paints wear around what stands on a date.
pub(in crate::simulate) struct WearPainter {
    wear: Wear,
    trodden: Paint,
    patches: Field,
    seed: u64,
}

impl WearPainter {
    /// A painter for a scene on a date; `None` where nothing wears.
    pub(in crate::simulate) fn new(wear: Option<Wear>, seed: u64, date: &DateDescription) -> Option<Self> {
        let wear = wear?;
        let mut dice = Dice::for_part(seed, "wear");
        let trodden = Paint::lay(Material::Soil, wear.color, 0.0, date, &mut dice);
        let patches = Field::lay_anyhow(Texture::Mottle, 0.22, &mut dice);
        // Things come and go with the date's own textures.
        Some(WearPainter { wear, trodden, patches, seed: dice.bits() ^ date.variety.texture_seed })
    }

    /// Wears the ground around a rectangle.
    pub(in crate::simulate) fn tread(&self, surface: &mut Surface, block: &Block) {
        let Wear { reach_m, trodden, things, .. } = self.wear;
        let [length, width] = block.half.map(|half| 2.0 * (half + reach_m));
        let outline = block.widened(length, width).corners();
        let half = block.half.map(|v| v as f32);
        let share = |(along, across): (f32, f32)| {
            let away = (along.abs() - half[0]).max(0.0).hypot((across.abs() - half[1]).max(0.0));
            1.0 - away / reach_m as f32
        };
        let sample = |x: f32, y: f32| {
            let near = share(block.local(x, y));
            if near <= 0.0 {
                return (0.0, Light::default());
            }
            let patchy = 1.5 * near - 0.1 + 0.6 * self.patches.at(x, y);
            let worn = (trodden as f32 * patchy).clamp(0.0, 1.0) * (4.0 * near).min(1.0);
            (worn, if worn > 0.0 { self.trodden.at(x, y) } else { Light::default() })
        };
        surface.draw_polygon_sampled(&outline, sample, |x, y, (worn, light), cell| {
            if worn > 0.0 {
                *cell.albedo = mix(*cell.albedo, light, worn);
            }
            let local = block.local(x, y);
            let square = [local.0, local.1].map(|v| (v / THING_M).floor() as i64);
            let chance = things as f32 * share(local).max(0.0).powi(2);
            let drawn = unit_at(self.seed, square[0] ^ block.center[0].to_bits() as i64, square[1]);
            if drawn < chance {
                let kind = drawn / chance;
                let thing = THINGS[(kind * THINGS.len() as f32) as usize % THINGS.len()];
                // Not all fill their square.
                let within = [local.0, local.1].map(|v| v.rem_euclid(THING_M) / THING_M);
                if within[0] < 0.4 + 0.6 * kind && within[1] < 1.0 - 0.5 * kind {
                    *cell.albedo = scaled(light_of(thing), 0.8 + 0.4 * kind);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::pixel_transform::PixelTransform;
    use crate::raster::point::PixelPoint;
    use crate::raster::units::Meters;
    use crate::raster::window::GridSize;
    use crate::simulate::render::surface::FineWindow;
    use crate::simulate::story::{RandomOptions, random_pair};

    #[test]
    fn ground_wears_near_walls_alone() {
        let options = RandomOptions { size_px: 64, gsd: (Meters(0.5), Meters(0.5)), biome: None };
        let date = random_pair(1, &options).after;
        let size = GridSize { height: 120, width: 120 };
        let from_ground = PixelTransform::similarity(2.0, 0.0, PixelPoint::from_xy(0.0, 0.0));
        let mut surface = Surface::over(FineWindow { top: 0, left: 0, size }, from_ground, 1);
        let wear = Wear { reach_m: 6.0, trodden: 1.0, things: 0.1, color: Some([200, 180, 150]) };
        let painter = WearPainter::new(Some(wear), 1, &date).expect("something wears");
        painter.tread(&mut surface, &Block::new([30.0, 30.0], 10.0, 10.0, 0.0));
        let worn = |x: f64, y: f64| surface.albedo[(2.0 * y) as usize * 120 + (2.0 * x) as usize] != [0.0; 3];
        // The walls stand at 25 and 35 m.
        assert!((26..34).all(|x| worn(f64::from(x), 24.5)), "at the wall");
        assert!((0..60).all(|x| !worn(f64::from(x), 18.5)), "6.5 m away");
    }
}
