//! Walls as a slanted view shows them: bands of windows, grids of them, balconies, glass.

use crate::simulate::dice::Dice;
use crate::simulate::render::paint::{Light, scaled};

/// Walls below this show storeys as bands and nothing else, metres: three storeys, of which a slanted view shows a few pixels (by eye).
const LOW_M: f64 = 9.0;

/// How the face of a building is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Face {
    /// Faint bands of windows.
    Bands,
    /// Windows one by one.
    Grid,
    /// Bright slabs or balconies before dark recesses.
    Balconies,
    /// Glass between bright ribs.
    Glass,
    /// Nothing but the joints of panels.
    Panels,
}

/// A wall: its light, and what divides it.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulate) struct Facade {
    light: Light,
    face: Face,
    storey_m: f32,
    bay_m: f32,
    /// Light of windows and recesses relative to the wall's.
    dark: f32,
}

impl Facade {
    /// A wall of a low building, or anything else that stands upright.
    pub(in crate::simulate) fn plain(light: Light) -> Self {
        Facade { light, face: Face::Bands, storey_m: 3.1, bay_m: 3.6, dark: 0.62 }
    }

    /// A wall of a building of which the highest eaves are this high. Storeys and bays are those of usual buildings, contrasts were chosen by eye.
    pub(in crate::simulate) fn of_height(light: Light, eaves_m: f64, dice: &mut Dice) -> Self {
        if eaves_m < LOW_M {
            return Facade::plain(light);
        }
        let glass = if eaves_m > 30.0 { 0.3 } else { 0.05 };
        let face = dice.weigh(&[
            (Face::Bands, 0.2),
            (Face::Grid, 0.35),
            (Face::Balconies, 0.3),
            (Face::Panels, 0.1),
            (Face::Glass, glass),
        ]);
        let light = if face == Face::Glass { scaled(light, 0.5) } else { light };
        let [storey_m, bay_m, dark] = [(2.8, 3.8), (2.4, 6.5), (0.25, 0.6)].map(|(low, high)| dice.between(low, high));
        Facade { light, face, storey_m: storey_m as f32, bay_m: bay_m as f32, dark: dark as f32 }
    }

    /// The same in this share of the light on level ground.
    #[inline]
    pub(in crate::simulate) fn lit(self, share: f32) -> Self {
        Facade { light: scaled(self.light, share), ..self }
    }

    /// Light at metres along the wall and above ground.
    #[inline]
    pub(in crate::simulate) fn at(&self, along_m: f32, height_m: f32) -> Light {
        let storey = height_m.rem_euclid(self.storey_m);
        let bay = along_m.rem_euclid(self.bay_m) / self.bay_m;
        let window = (1.0..2.2).contains(&storey);
        let factor = match self.face {
            Face::Bands if window => self.dark,
            Face::Grid if window && (0.22..0.78).contains(&bay) => self.dark,
            Face::Balconies if storey < 0.9 => 1.25,
            Face::Balconies if bay > 0.12 => self.dark,
            Face::Glass if storey < 0.4 || bay < 0.08 => 2.0,
            Face::Glass => 0.7 + 0.5 * self.dark,
            Face::Panels if storey < 0.25 || bay < 0.05 => 0.8,
            _ => 1.0,
        };
        scaled(self.light, factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn high_walls_are_divided_along_and_across() {
        let walls: Vec<Facade> =
            (0..60).map(|seed| Facade::of_height([0.4; 3], 24.0, &mut Dice::from_seed(seed))).collect();
        assert!(walls.iter().all(|wall| wall.at(0.5 * wall.bay_m, 0.1) != wall.at(0.5 * wall.bay_m, 1.5)));
        let grid = walls.iter().find(|wall| wall.face == Face::Grid).expect("a third of them");
        assert_eq!(grid.at(0.0, 1.5), [0.4; 3], "between the windows");
        assert!(grid.at(0.5 * grid.bay_m, 1.5)[0] < 0.25, "a window");
    }

    #[test]
    fn low_walls_show_their_storeys_alone() {
        let wall = Facade::of_height([0.4; 3], 6.0, &mut Dice::from_seed(1));
        assert_eq!(wall.at(0.0, 1.5), wall.at(1.8, 1.5));
        assert!(wall.at(0.0, 1.5)[0] < wall.at(0.0, 0.5)[0]);
    }
}
