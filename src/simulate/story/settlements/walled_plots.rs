//! Walled plots of dry lands: house, court and wall of one coat, plot beside plot.

use crate::simulate::description::{Border, Building, Color, Fitting, Material, Place, VehicleClass, When, Wing};
use crate::simulate::dice::Dice;
use crate::simulate::render::covers::DESERT_COATS;
use crate::simulate::render::surface::Block;
use crate::simulate::story::plot::Fate;
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::houses::raise_stairs;
use crate::simulate::story::structures::styles::{STOREY_M, fit, stray_color};
use crate::structure::Kind;

/// What the plots of a quarter have in common.
struct Habit {
    /// Frontage and depth of a plot, metres.
    plot: [f64; 2],
    /// Share of plots with a wall and nothing else.
    vacant: f64,
    /// Passage beside the house, metres; none where it takes the whole frontage.
    passage_m: f64,
    /// Share of the depth that the house takes.
    depth: [f64; 2],
    /// How far coats stray from one another within a plot.
    spread: f64,
    wall_m: f64,
}

impl Site<'_> {
    /// Two rows of walled plots back to back between streets.
    pub(in crate::simulate) fn walled_plots(&mut self, dice: &mut Dice) {
        self.bend(0.3, dice);
        self.spread_ground(dice);
        let habit = Habit {
            plot: [dice.between(11.0, 26.0), dice.between(15.0, 30.0)],
            vacant: dice.pick(&[0.03, 0.12, 0.3]),
            passage_m: dice.pick(&[0.0, 0.0, 1.5, 3.0]),
            depth: [dice.between(0.45, 0.6), dice.between(0.65, 0.92)],
            spread: dice.pick(&[0.02, 0.06, 0.12]),
            wall_m: dice.between(1.8, 3.2),
        };
        let street_m = dice.between(5.0, 14.0);
        let cross_every = dice.count(5, 14);
        let spacing = 2.0 * habit.plot[1] + street_m;
        let rows = (self.reach() / spacing).ceil() as i64;
        for row in -rows..=rows {
            let across = row as f64 * spacing;
            let reach = self.reach();
            self.street([-reach, reach], across, street_m * dice.pick(&[0.6, 0.9]));
            for side in [-1.0, 1.0] {
                let middle = across + side * (street_m + habit.plot[1]) / 2.0;
                for (number, along) in self.steps(habit.plot[0], middle).into_iter().enumerate() {
                    if number % cross_every != 0 && self.is_near(self.place(along, middle), 18.0) {
                        self.walled_plot(&habit, [along, middle], side, row, dice);
                    }
                }
            }
        }
    }

    fn walled_plot(&mut self, habit: &Habit, [along, middle]: [f64; 2], side: f64, row: i64, dice: &mut Dice) {
        let center = self.place(along, middle);
        let azimuth_deg = self.azimuth_at(along);
        let plot = Block::new(center, habit.plot[0] - 0.1, habit.plot[1] - 0.1, azimuth_deg);
        let coat = stray_color(dice.pick(&DESERT_COATS), 0.05, dice);
        let own = |dice: &mut Dice| stray_color(coat, habit.spread, dice);
        let mut fate = Fate { extended: false, ..self.fate(center, row, dice) };
        if !dice.chance(habit.vacant) {
            let house = draw_house(habit, &plot, azimuth_deg, side, [own(dice), own(dice)], dice);
            if !self.build(house, fate, dice) {
                return;
            }
        } else if !self.claim_lot(plot) {
            return;
        } else {
            fate.when = dice.pick(&[When::Both, When::Both, When::After]);
        }
        // Walls come before houses as often as with them.
        let walled = if dice.chance(0.35) { When::Both } else { fate.when };
        let mut line: Vec<Place> = plot.corners().into();
        if dice.chance(0.7) {
            let material = dice.pick(&[Material::Concrete, Material::PaleSand, Material::Concrete, Material::Sand]);
            self.pave(fate.when, material, line.clone(), Border::Sharp);
            if dice.chance(0.7) {
                let court: Color = own(dice);
                self.thin_last(Some(court), dice.between(0.6, 1.0));
            }
        }
        line.push(line[0]);
        self.wall(walled, &line, habit.wall_m, dice.between(0.2, 0.4), own(dice));
        if dice.chance(0.3) {
            let spot = plot.place(dice.between(-0.35, 0.35) * habit.plot[0], -0.4 * side * habit.plot[1]);
            self.park(spot, azimuth_deg + 90.0, VehicleClass::Car, fate.when, dice);
        }
    }
}

/// A flat-roofed house at the back of its plot, the whole frontage wide or with a passage beside it.
fn draw_house(
    habit: &Habit,
    plot: &Block,
    azimuth_deg: f64,
    side: f64,
    [roof, parapet]: [Color; 2],
    dice: &mut Dice,
) -> Building {
    let [front, deep] = habit.plot;
    let size = [front - 0.5 - habit.passage_m, (deep - 0.5) * dice.between(habit.depth[0], habit.depth[1])];
    let aside = 0.5 * habit.passage_m * dice.pick(&[-1.0, 1.0]);
    let center = plot.place(aside, side * ((deep - size[1]) / 2.0 - 0.25));
    let mut house = Building::rectangle(Kind::House, center, size, azimuth_deg);
    let storeys = dice.weigh(&[(1, 0.45), (2, 0.45), (3, 0.1)]);
    house.storeys = storeys as u32;
    house.eaves_m = STOREY_M * f64::from(storeys) + dice.between(-0.2, 0.6);
    house.rise_m = dice.between(0.4, 1.1);
    if dice.chance(0.35) {
        // A wing toward the street.
        let room = deep - 0.5 - size[1];
        let wing = [size[0] * dice.between(0.3, 0.5), room * dice.between(0.5, 0.95)];
        let along = 0.5 * (size[0] - wing[0]) * dice.pick(&[-1.0, 1.0]);
        let across = -side * (size[1] + wing[1]) / 2.0;
        house.wings.push(Wing::rectangle([along, across], wing, false));
    }
    raise_stairs(&mut house, dice);
    (house.color, house.wall_color, house.parapet_color) = (Some(roof), Some(parapet), Some(parapet));
    house.clutter = dice.pick(&[0.0, 0.2, 0.5]);
    fit(&mut house, &[(Fitting::Tanks, 0.5), (Fitting::UnitRows, 0.08)], dice);
    house
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::render::buildings::footprint_of;
    use crate::simulate::story::plot::Plot;
    use crate::simulate::story::settlements::site::settle;
    use crate::simulate::story::{Layout, RandomOptions, random_pair};
    use geo::{Contains, Coord, Polygon};

    #[test]
    fn houses_stay_behind_their_walls() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.5), Meters(0.5)), biome: None };
        let mut scene = random_pair(3, &options);
        (scene.buildings, scene.roads, scene.fences) = (Vec::new(), Vec::new(), Vec::new());
        settle(&mut scene, Layout::Walled, Plot::Nothing, &mut Dice::from_seed(8));
        assert!(scene.buildings.len() > 15 && scene.fences.len() >= scene.buildings.len());
        let plots: Vec<Polygon<f64>> = scene
            .fences
            .iter()
            .map(|wall| Polygon::new(wall.line.iter().map(|&[x, y]| Coord { x, y }).collect(), Vec::new()))
            .collect();
        for house in scene.buildings.iter().map(footprint_of) {
            assert!(plots.iter().any(|plot| plot.contains(&house)), "{house:?}");
        }
    }
}
