//! Quarters that grew: crooked lanes, plots of every shape, houses wall to wall.

use crate::simulate::description::{
    Border, Building, Color, Court, Cover, Fitting, Material, Place, RoofShape, Species, Tree, When,
};
use crate::simulate::dice::Dice;
use crate::simulate::render::buildings::blocks_of;
use crate::simulate::render::surface::Block;
use crate::simulate::render::trees::{contains, height_for};
use crate::simulate::story::outlines::middle_of;
use crate::simulate::story::parcel::{Parcel, divide, is_seen, lengthwise, sides_of};
use crate::simulate::story::plot::Fate;
use crate::simulate::story::setting::is_on_road;
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::styles::{STOREY_M, fit, pitch, stray_color};
use crate::structure::Kind;

/// Screed, bare concrete, whitewash, dust, tar.
const TERRACES: [Color; 7] = [
    [176, 168, 156],
    [150, 142, 132],
    [206, 200, 188],
    [128, 122, 116],
    [184, 160, 132],
    [96, 94, 92],
    [196, 178, 150],
];

/// Covers of quarters under tiles, under sheets, and under terraces, by eye against Rio, Zanzibar and Banepa.
const TILES: [Cover; 4] = [Cover::RedTile, Cover::RedTile, Cover::BrownTile, Cover::Concrete];
const SHEETS: [Cover; 5] =
    [Cover::RustyMetal, Cover::GrayMetal, Cover::WhiteMetal, Cover::Concrete, Cover::PaleConcrete];
const SLABS: [Cover; 3] = [Cover::Concrete, Cover::PaleConcrete, Cover::GravelRoof];

/// Narrowest plot that is built on, metres.
const NARROWEST_M: f64 = 2.6;

/// What the plots of a quarter have in common.
struct Habit {
    /// Longest side of a block between lanes, and of a plot, metres.
    block_m: f64,
    plot_m: [f64; 2],
    /// Most that a cut strays from a right angle, degrees.
    skew_deg: f64,
    lane_m: f64,
    /// Share of party walls with a gap between them.
    gaps: f64,
    vacant: f64,
    covers: &'static [Cover],
    shapes: [RoofShape; 3],
    storeys: [usize; 2],
}

impl Habit {
    fn draw(site: &Site<'_>, dice: &mut Dice) -> Self {
        use RoofShape::{Flat, Gable, Shed};
        let mut common = site.style.common();
        let (covers, shapes): (&[Cover], _) = common.weigh(&[
            ((&TILES[..], [Gable, Gable, Flat]), 0.3),
            ((&SHEETS[..], [Shed, Gable, Flat]), 0.3),
            ((&SLABS[..], [Flat, Flat, Flat]), 0.4),
        ]);
        let smallest = dice.between(5.0, 11.0);
        Habit {
            block_m: dice.between(28.0, 80.0),
            plot_m: [smallest, smallest * dice.between(1.3, 2.6)],
            skew_deg: dice.pick(&[4.0, 10.0, 18.0]),
            lane_m: dice.between(1.5, 6.5),
            gaps: dice.pick(&[0.0, 0.1, 0.35]),
            vacant: dice.pick(&[0.0, 0.04, 0.12]),
            covers,
            shapes,
            storeys: [dice.count(1, 2), dice.count(2, 5)],
        }
    }
}

impl Site<'_> {
    /// Blocks between crooked lanes, divided into plots that houses fill.
    pub(in crate::simulate) fn old_town(&mut self, dice: &mut Dice) {
        let habit = Habit::draw(self, dice);
        let reach = 2.0 * self.reach();
        let whole = Block::new(self.axes.center, reach, reach, self.azimuth_deg).corners();
        let ground = dice.pick(&[Material::Soil, Material::OldAsphalt, Material::Concrete, Material::Laterite]);
        if self.edge.is_none() && dice.chance(0.8) {
            self.pave(When::Both, ground, whole.into(), Border::Sharp);
        }
        let mut open = vec![whole];
        while let Some(part) = open.pop() {
            let longest = sides_of(&part).into_iter().fold(0.0, f64::max);
            if !is_seen(&part, self.side_m) {
                continue;
            }
            let enough = dice.between(habit.plot_m[0], habit.plot_m[1]);
            if longest <= enough.max(2.0 * NARROWEST_M) {
                self.fill_plot(&part, &habit, dice);
                continue;
            }
            let gap_m = match longest {
                long if long > habit.block_m => habit.lane_m * dice.between(0.7, 1.5),
                _ if dice.chance(habit.gaps) => dice.between(0.4, 1.8),
                _ => 0.0,
            };
            let skew = habit.skew_deg * dice.between(-1.0, 1.0);
            open.extend(divide(part, gap_m, skew, dice));
        }
    }

    /// A house that fills its plot, or leaves a yard behind it; nothing on some.
    fn fill_plot(&mut self, plot: &Parcel, habit: &Habit, dice: &mut Dice) {
        let center = middle_of(plot);
        let [long, wide] = sides_of(plot);
        if long.min(wide) < NARROWEST_M || !self.is_near(center, 12.0) {
            return;
        }
        if dice.chance(habit.vacant) {
            return self.leave_open(plot, center, dice);
        }
        let mut corners = *plot;
        if long.max(wide) > 9.0 && dice.chance(0.3) {
            // A yard behind: the house ends before its plot does.
            let share = dice.between(0.55, 0.9);
            for (front, back) in [(0, 3), (1, 2)] {
                corners[back] = [0, 1].map(|k| plot[front][k] + share * (plot[back][k] - plot[front][k]));
            }
        }
        let house = draw_house(&corners, habit, self, dice);
        let free = blocks_of(&house).iter().all(|block| !is_on_road(block, &self.scene.roads));
        if free {
            let fate = Fate { extended: false, ..self.fate(center, 0, dice) };
            self.build_on_plot(house, fate, dice);
        }
    }

    /// A plot where nothing stands: bare, overgrown or with a tree.
    fn leave_open(&mut self, plot: &Parcel, center: Place, dice: &mut Dice) {
        if dice.chance(0.6) {
            let material = dice.pick(&[Material::Soil, Material::Grass, Material::DryGrass, Material::Concrete]);
            self.pave(When::Both, material, plot.to_vec(), Border::Worn);
        }
        if dice.chance(0.4) {
            let radius_m = dice.between(1.0, 3.0);
            let species = dice.pick(&[Species::Broadleaf, Species::Palm, Species::Shrub]);
            let height_m = height_for(species, radius_m);
            self.scene.trees.push(Tree { when: When::Both, species, center, radius_m, height_m });
        }
    }
}

/// A house on a plot of these corners.
fn draw_house(corners: &Parcel, habit: &Habit, site: &Site<'_>, dice: &mut Dice) -> Building {
    // Ridges run along the longer side.
    let mut house = Building::on_plot(Kind::Other, &lengthwise(corners));
    let storeys = dice.count(habit.storeys[0], habit.storeys[1]);
    house.storeys = storeys as u32;
    house.eaves_m = STOREY_M * storeys as f64 + dice.between(-0.5, 0.5);
    if storeys == 1 {
        house.kind = Kind::House;
    }
    pitch(&mut house, &habit.shapes, dice);
    site.style.dress(&mut house, habit.covers, dice);
    if house.roof == RoofShape::Flat {
        house.rise_m = dice.between(0.2, 1.1);
        if dice.chance(0.7) {
            house.color = Some(stray_color(dice.pick(&TERRACES), 0.12, dice));
        }
        if dice.chance(0.5) {
            house.parapet_color = Some(stray_color(dice.pick(&TERRACES), 0.1, dice));
        }
        house.clutter = dice.pick(&[0.0, 0.2, 0.6]);
        fit(&mut house, &[(Fitting::Tanks, 0.4), (Fitting::RoofRooms, 0.35)], dice);
        open_court(&mut house, dice);
    } else {
        house.clutter = dice.pick(&[0.0, 0.0, 0.2]);
        fit(&mut house, &[(Fitting::Chimneys, 0.2), (Fitting::Skylights, 0.05)], dice);
    }
    house
}

/// Opens a court or light well in some, where there is room for one.
fn open_court(house: &mut Building, dice: &mut Dice) {
    let room = house.length_m.min(house.width_m) - 5.0;
    if room > 2.0 && dice.chance(0.3) {
        let [length_m, width_m] = [0, 1].map(|_| dice.between(1.8, room.min(7.0)));
        let reach = [(house.length_m - length_m) / 8.0, (house.width_m - width_m) / 8.0];
        let [along_m, across_m] = reach.map(|reach| reach * dice.between(-1.0, 1.0));
        let corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]
            .map(|[along, across]| [along_m + along * length_m / 2.0, across_m + across * width_m / 2.0]);
        if corners.iter().all(|&corner| contains(&house.plan, corner)) {
            house.courts.push(Court { along_m, across_m, length_m, width_m });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::render::buildings::footprint_of;
    use crate::simulate::story::plot::Plot;
    use crate::simulate::story::settlements::site::settle;
    use crate::simulate::story::{Layout, RandomOptions, random_pair};
    use geo::{Area, MinimumRotatedRect};

    #[test]
    fn houses_are_of_every_shape_and_fill_the_ground() {
        let options = RandomOptions { size_px: 160, gsd: (Meters(0.5), Meters(0.5)), biome: None };
        let mut scene = random_pair(3, &options);
        (scene.buildings, scene.roads) = (Vec::new(), Vec::new());
        settle(&mut scene, Layout::OldTown, Plot::Nothing, &mut Dice::from_seed(11));
        let footprints: Vec<_> = scene.buildings.iter().map(footprint_of).collect();
        let built: f64 = footprints.iter().map(Area::unsigned_area).sum();
        assert!(footprints.len() > 30 && built > 0.4 * 80.0 * 80.0, "{} houses, {built} m2", footprints.len());
        let skewed = footprints.iter().filter(|footprint| {
            let around = footprint.minimum_rotated_rect().map_or(0.0, |rectangle| rectangle.unsigned_area());
            footprint.exterior().unsigned_area() < 0.97 * around
        });
        assert!(skewed.count() * 4 > footprints.len());
    }
}
