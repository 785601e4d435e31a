//! Aircraft on the ground, as outlines of body, wings and tail.

use crate::simulate::description::{Aircraft, AircraftClass, Color};
use crate::simulate::dice::Dice;
use crate::simulate::render::paint::{Light, light_of, scaled, strayed};
use crate::simulate::render::surface::{Block, Side, Surface};

/// A part of an aircraft: corners [forward, right] in metres from the middle of the wing, height of its top, brightness.
struct Part {
    corners: &'static [[f64; 2]],
    height_m: f32,
    brightness: f32,
}

const fn part(corners: &'static [[f64; 2]], height_m: f32, brightness: f32) -> Part {
    Part { corners, height_m, brightness }
}

/// Parts of a class. Dimensions follow common types: a C-130 class transport (29.8 x 40.4 m), a jet trainer
/// (12 x 9.5 m), a light aircraft (8.3 x 11 m) and a medium helicopter (body 18 m, rotor 21 m).
fn parts_of(class: AircraftClass) -> &'static [Part] {
    match class {
        AircraftClass::Transport => {
            const {
                &[
                    part(
                        &[[2.6, -20.2], [2.6, 20.2], [-0.8, 20.2], [-2.2, 2.0], [-2.2, -2.0], [-0.8, -20.2]],
                        5.5,
                        0.96,
                    ),
                    part(
                        &[
                            [15.0, -0.7],
                            [15.0, 0.7],
                            [13.0, 2.1],
                            [-6.0, 2.1],
                            [-14.6, 0.6],
                            [-14.6, -0.6],
                            [-6.0, -2.1],
                            [13.0, -2.1],
                        ],
                        5.0,
                        1.0,
                    ),
                    part(&[[-11.0, -8.0], [-11.0, 8.0], [-14.2, 8.0], [-14.6, 0.0], [-14.2, -8.0]], 6.0, 0.95),
                    part(&[[-9.0, -0.3], [-9.0, 0.3], [-14.6, 0.3], [-14.6, -0.3]], 11.0, 0.9),
                    part(&[[5.2, 4.6], [5.2, 6.0], [0.0, 6.0], [0.0, 4.6]], 5.9, 0.8),
                    part(&[[5.2, -6.0], [5.2, -4.6], [0.0, -4.6], [0.0, -6.0]], 5.9, 0.8),
                    part(&[[5.0, 9.7], [5.0, 11.0], [0.0, 11.0], [0.0, 9.7]], 5.9, 0.8),
                    part(&[[5.0, -11.0], [5.0, -9.7], [0.0, -9.7], [0.0, -11.0]], 5.9, 0.8),
                ]
            }
        }
        AircraftClass::Jet => {
            const {
                &[
                    part(
                        &[
                            [1.8, -0.9],
                            [1.8, 0.9],
                            [-1.6, 4.7],
                            [-2.8, 4.7],
                            [-2.6, 0.9],
                            [-2.6, -0.9],
                            [-2.8, -4.7],
                            [-1.6, -4.7],
                        ],
                        1.8,
                        0.95,
                    ),
                    part(&[[6.4, 0.0], [3.0, 0.75], [-5.2, 0.65], [-5.2, -0.65], [3.0, -0.75]], 2.1, 1.0),
                    part(&[[-3.8, -2.2], [-3.8, 2.2], [-5.4, 2.2], [-5.4, -2.2]], 1.9, 0.95),
                    part(&[[-3.2, -0.15], [-3.2, 0.15], [-5.6, 0.15], [-5.6, -0.15]], 4.0, 0.9),
                ]
            }
        }
        AircraftClass::Light => {
            const {
                &[
                    part(&[[0.8, -5.5], [0.8, 5.5], [-0.7, 5.5], [-0.7, -5.5]], 2.2, 1.0),
                    part(&[[2.6, -0.5], [2.6, 0.5], [-5.0, 0.2], [-5.0, -0.2]], 2.0, 0.95),
                    part(&[[-4.4, -1.7], [-4.4, 1.7], [-5.3, 1.7], [-5.3, -1.7]], 1.2, 0.95),
                ]
            }
        }
        AircraftClass::Helicopter => {
            const {
                &[
                    part(
                        &[
                            [5.0, 0.0],
                            [3.8, 1.2],
                            [-3.4, 1.2],
                            [-4.2, 0.4],
                            [-12.0, 0.25],
                            [-12.0, -0.25],
                            [-4.2, -0.4],
                            [-3.4, -1.2],
                            [3.8, -1.2],
                        ],
                        3.6,
                        1.0,
                    ),
                    part(&[[10.3, -0.25], [10.3, 0.25], [-10.3, 0.25], [-10.3, -0.25]], 4.4, 0.5),
                    part(&[[0.25, -10.3], [0.25, 10.3], [-0.25, 10.3], [-0.25, -10.3]], 4.4, 0.5),
                ]
            }
        }
    }
}

const COLORS: [Color; 4] = [[206, 208, 210], [172, 176, 178], [140, 144, 140], [228, 230, 230]];

/// Raises an aircraft. It stands on the ground over its whole outline: its shadow is that of a solid body.
pub(in crate::simulate) fn raise_aircraft(surface: &mut Surface, aircraft: &Aircraft, seed: u64) {
    if !surface.touches(aircraft.center, 25.0) {
        return;
    }
    let mut dice = Dice::at_place(seed, aircraft.center);
    let color = aircraft.color.unwrap_or_else(|| dice.pick(&COLORS));
    let body: Light = strayed(color, 0.04, &mut dice);
    let side = surface.add_side(Side::LikeTop);
    let axes = Block::new(aircraft.center, 1.0, 1.0, aircraft.azimuth_deg);
    for part in parts_of(aircraft.class) {
        let outline: Vec<_> = part.corners.iter().map(|&[forward, right]| axes.place(forward, right)).collect();
        let dark = aircraft.class == AircraftClass::Helicopter && part.brightness < 0.6;
        let light = if dark { light_of([70, 72, 70]) } else { scaled(body, part.brightness) };
        surface.draw_polygon(&outline, |x, y, cell| {
            if part.height_m > *cell.height {
                let (_, across) = axes.local(x, y);
                // Bodies are round: darker towards their flanks.
                let round = if part.brightness == 1.0 { 1.0 - 0.04 * across.abs().min(2.0) } else { 1.0 };
                *cell.height = part.height_m;
                *cell.albedo = scaled(light, round);
                *cell.side = side;
            }
        });
    }
}
