//! What stands on roofs: chimneys, dormers, air handlers, roof rooms, tanks, and all that lies about.

use crate::simulate::description::{Building, Color, Fitting, RoofShape};
use crate::simulate::dice::Dice;
use crate::simulate::render::paint::{Light, scaled, strayed};
use crate::simulate::render::surface::{Block, Surface};

/// Air conditioners, pipes, hatches, tanks.
const CLUTTER_COLORS: [Color; 5] = [[208, 208, 204], [150, 150, 148], [96, 96, 98], [184, 178, 166], [60, 62, 66]];

/// Water tanks and dishes.
const TANK_COLORS: [Color; 5] = [[226, 226, 222], [40, 42, 46], [168, 170, 170], [92, 110, 140], [214, 208, 196]];

/// Brick and render of chimneys.
const CHIMNEY_COLORS: [Color; 3] = [[138, 94, 78], [168, 160, 150], [88, 84, 80]];

/// Most pieces on one block, for the sake of speed.
const MOST_PIECES: usize = 40;

/// Furnishes one block of a building's roof.
pub(in crate::simulate) fn furnish(surface: &mut Surface, building: &Building, block: &Block, dice: &mut Dice) {
    let mut roof = Roof { surface, building, block, dice };
    // Rooms on the roof carry no rooms and rows of their own.
    let small = 4.0 * block.half[0] * block.half[1] < 0.45 * building.length_m * building.width_m;
    for &fitting in &building.fittings {
        if small && matches!(fitting, Fitting::UnitRows | Fitting::RoofRooms | Fitting::Tanks) {
            continue;
        }
        match fitting {
            Fitting::UnitRows => roof.unit_rows(),
            Fitting::RoofRooms => roof.roof_rooms(),
            Fitting::Tanks => roof.tanks(),
            Fitting::Dormers => roof.dormers(),
            Fitting::Chimneys => roof.chimneys(),
            Fitting::RidgeVents => roof.ridge_vents(),
            // Painted with the roof.
            Fitting::Skylights | Fitting::RidgeCap | Fitting::Gutters => {}
        }
    }
    roof.clutter();
}

struct Roof<'a> {
    surface: &'a mut Surface,
    building: &'a Building,
    block: &'a Block,
    dice: &'a mut Dice,
}

impl Roof<'_> {
    /// A box of this size and color at these shares of the half extents; `rise` above the roof.
    fn set(&mut self, place: [f64; 2], size: [f64; 2], rise: f64, color: Light) {
        let piece = self.piece(place, size);
        let rise = rise as f32;
        self.surface.draw_polygon(&piece.corners(), |_, _, cell| {
            if *cell.height > 0.0 {
                *cell.height += rise;
                *cell.albedo = color;
                *cell.side = 0;
            }
        });
    }

    fn piece(&self, [along, across]: [f64; 2], [length, width]: [f64; 2]) -> Block {
        let half = self.block.half;
        let center = self.block.place(along * half[0], across * half[1]);
        // The block's own axis, so that pieces of crosswise wings lie right.
        let ahead = self.block.place(along * half[0] + 1.0, across * half[1]);
        let azimuth = (ahead[0] - center[0]).atan2(center[1] - ahead[1]).to_degrees();
        Block::new(center, length, width, azimuth)
    }

    fn is_flat(&self) -> bool {
        self.building.roof == RoofShape::Flat
    }

    /// Boxes and pipes on flat roofs as the clutter asks for, on others what is low: vents, windows.
    fn clutter(&mut self) {
        let area = 4.0 * self.block.half[0] * self.block.half[1];
        // One piece on 40 square metres is a crowded roof.
        let expected = self.building.clutter * area / 40.0;
        let mut pieces = ((expected * self.dice.between(0.6, 1.4)).round() as usize).min(MOST_PIECES);
        if self.is_flat() && pieces >= 4 {
            // Most of it stands in rows along the axes.
            let aligned = pieces * 4 / 5;
            self.aligned(aligned);
            pieces -= aligned;
        }
        for _ in 0..pieces {
            let place = [self.dice.between(-0.88, 0.88), self.dice.between(-0.85, 0.85)];
            let mut size = if !self.is_flat() {
                // Vents, hatches, small windows.
                [self.dice.between(0.4, 1.1), self.dice.between(0.4, 0.9)]
            } else if self.dice.chance(0.15) {
                [self.dice.between(3.0, 9.0), self.dice.between(0.4, 0.9)]
            } else {
                [self.dice.between(0.7, 2.8), self.dice.between(0.7, 2.2)]
            };
            if self.dice.chance(0.3) {
                size.swap(0, 1);
            }
            let color = strayed(self.dice.pick(&CLUTTER_COLORS), 0.1, self.dice);
            let rise = self.dice.between(0.4, 1.8);
            let rise = if self.is_flat() { rise } else { rise.min(0.4) };
            self.set(place, size, rise, color);
        }
    }

    /// Pieces of one size in one or a few lines along the block's axes, some lines bright, most of the roof's own gray.
    fn aligned(&mut self, pieces: usize) {
        let half = self.block.half;
        let lines = 1 + pieces / self.dice.count(5, 9);
        for _ in 0..lines {
            let lengthwise = self.dice.chance(0.7);
            let (along, across) = if lengthwise { (half[0], half[1]) } else { (half[1], half[0]) };
            let size = [self.dice.between(0.7, 2.4), self.dice.between(0.7, 1.8)];
            let color = strayed(self.dice.pick(&CLUTTER_COLORS), 0.1, self.dice);
            let rise = self.dice.between(0.4, 1.5);
            let step = size[0] * self.dice.between(1.3, 3.5);
            let offset = self.dice.between(-0.8, 0.8);
            let start = self.dice.between(-0.85, 0.2) * along;
            for number in 0..pieces / lines {
                let at = start + number as f64 * step;
                if at > 0.9 * along {
                    break;
                }
                let place = [at / along, offset * (1.0 - size[1] / across / 2.0).max(0.0)];
                if lengthwise {
                    self.set(place, size, rise, color);
                } else {
                    self.set([place[1], place[0]], [size[1], size[0]], rise, color);
                }
            }
        }
    }

    fn unit_rows(&mut self) {
        let half = self.block.half;
        let rows = self.dice.count(1, 1 + (half[1] / 10.0) as usize);
        let step = self.dice.between(5.0, 14.0);
        let size = [self.dice.between(1.4, 3.4), self.dice.between(1.2, 2.6)];
        let color = strayed(self.dice.pick(&CLUTTER_COLORS), 0.1, self.dice);
        let rise = self.dice.between(0.8, 1.8);
        let each = (2.0 * half[0] / step) as usize;
        for number in 0..(rows * each).min(MOST_PIECES) {
            let (row, place) = (number / each, number % each);
            let along = (place as f64 + 0.5) * step / half[0] - 1.0;
            let across = (row as f64 + 0.5) * 2.0 / rows as f64 - 1.0;
            if self.dice.chance(0.85) {
                self.set([along, 0.85 * across], size, rise, color);
            }
        }
    }

    fn roof_rooms(&mut self) {
        let color = strayed(self.building.color.unwrap_or([196, 188, 174]), 0.12, self.dice);
        for _ in 0..self.dice.count(1, 2) {
            let place = [self.dice.between(-0.7, 0.7), self.dice.between(-0.6, 0.6)];
            let size = [self.dice.between(2.6, 6.0), self.dice.between(2.4, 4.5)];
            self.set(place, size, 2.5, color);
        }
    }

    fn tanks(&mut self) {
        let area = 4.0 * self.block.half[0] * self.block.half[1];
        for _ in 0..self.dice.count(1, 2 + (area / 50.0) as usize).min(14) {
            let place = [self.dice.between(-0.85, 0.85), self.dice.between(-0.85, 0.85)];
            let across = self.dice.between(0.8, 1.7);
            let color = strayed(self.dice.pick(&TANK_COLORS), 0.1, self.dice);
            let rise = self.dice.between(0.7, 1.6);
            self.set(place, [across, across], rise, color);
        }
    }

    /// Raises parts of the slopes; they keep the color of the roof.
    fn dormers(&mut self) {
        let half = self.block.half;
        let (step, width) = (self.dice.between(2.8, 5.0), self.dice.between(1.3, 2.2));
        let sides: &[f64] = if self.dice.chance(0.5) { &[-0.55, 0.55] } else { &[0.55] };
        let each = (2.0 * half[0] * 0.8 / step) as usize;
        for &side in sides {
            for number in 0..each.min(12) {
                let along = ((number as f64 + 0.5) / each as f64 - 0.5) * 1.6;
                let piece = self.piece([along, side], [width, 0.45 * half[1]]);
                self.surface.draw_polygon(&piece.corners(), |_, _, cell| {
                    if *cell.height > 0.0 {
                        *cell.height += 0.9;
                        *cell.albedo = scaled(*cell.albedo, 1.08);
                    }
                });
            }
        }
    }

    fn chimneys(&mut self) {
        for _ in 0..self.dice.count(1, 2) {
            let place = [self.dice.between(-0.7, 0.7), self.dice.between(-0.4, 0.4)];
            let size = [self.dice.between(0.7, 1.3), self.dice.between(0.6, 1.0)];
            let color = strayed(self.dice.pick(&CHIMNEY_COLORS), 0.1, self.dice);
            self.set(place, size, 1.2, color);
        }
    }

    fn ridge_vents(&mut self) {
        let half = self.block.half;
        let step = self.dice.between(4.0, 9.0);
        let color = strayed(self.dice.pick(&CLUTTER_COLORS), 0.1, self.dice);
        let each = (2.0 * half[0] / step) as usize;
        for number in 0..each.min(24) {
            let along = (number as f64 + 0.5) * step / half[0] - 1.0;
            self.set([along, 0.0], [0.9, 0.9], 0.5, color);
        }
    }
}
