//! Quarters of masonry: houses wall to wall at many heights, roofs at several levels, lanes between.

use crate::simulate::description::{Border, Building, Color, Court, Cover, Fitting, Material, Place, Wing};
use crate::simulate::dice::Dice;
use crate::simulate::story::plot::Fate;
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::styles::{RoofStyle, STOREY_M, fit, stray_color};
use crate::structure::Kind;

/// Bare concrete, screed, brick dust, sand, whitewash.
const ROOFS: [Color; 7] = [
    [168, 160, 148],
    [184, 172, 152],
    [146, 138, 128],
    [176, 154, 128],
    [202, 196, 184],
    [128, 122, 116],
    [160, 136, 114],
];

/// Brick, concrete, faded paint.
const WALLS: [Color; 6] =
    [[148, 108, 84], [166, 156, 142], [190, 178, 154], [136, 126, 116], [176, 150, 120], [204, 198, 186]];

impl Site<'_> {
    /// Two rows back to back between lanes; each house is a structure of its own.
    pub(in crate::simulate) fn masonry(&mut self, dice: &mut Dice) {
        self.bend(0.6, dice);
        let frontage = dice.between(7.0, 15.0);
        let deep = dice.between(9.0, 18.0);
        let street_m = dice.pick(&[2.5, 4.5, 8.0]) * dice.between(0.85, 1.2);
        let alley_m = dice.pick(&[0.0, 0.0, 2.0]);
        let garden_m = dice.pick(&[0.0, 0.0, 2.5]);
        let cross_every = dice.count(4, 11);
        let vacant = dice.pick(&[0.01, 0.05, 0.18]);
        let spacing = street_m + 2.0 * (deep + garden_m) + alley_m;
        let rows = (self.reach() / spacing).ceil() as i64;
        let jitter = dice.between(-0.5, 0.5) * spacing;
        let fence = dice.pick(&WALLS);
        for row in -rows..=rows {
            let across = row as f64 * spacing + jitter;
            let reach = self.reach();
            self.street([-reach, reach], across, street_m);
            for (number, side) in [-1.0, 1.0].into_iter().enumerate() {
                let front = across + side * (street_m / 2.0 + garden_m);
                let mut along = -reach;
                let mut house = dice.count(0, cross_every);
                while along < reach {
                    let wide = frontage * dice.pick(&[0.7, 0.9, 1.0, 1.0, 1.3, 1.8]);
                    let own_deep = deep * dice.pick(&[0.75, 0.9, 1.0, 1.0, 1.0]);
                    let middle = along + wide / 2.0;
                    along += wide;
                    house += 1;
                    let center = self.place(middle, front + side * own_deep / 2.0);
                    if house.is_multiple_of(cross_every) || dice.chance(vacant) || !self.is_near(center, 14.0) {
                        continue;
                    }
                    let turn = if side < 0.0 { 180.0 } else { 0.0 };
                    let azimuth = self.azimuth_at(middle) + turn;
                    let building = draw_masonry(center, azimuth, [wide - 0.03, own_deep], self.style, dice);
                    let fate = Fate { extended: false, ..self.fate(center, 2 * row + number as i64, dice) };
                    if self.build(building, fate, dice) && garden_m > 0.0 && dice.chance(0.7) {
                        let [from, to] = [middle - wide / 2.0, middle + wide / 2.0];
                        let outline = self.outline([from, front - side * garden_m * 0.9], [to, front]);
                        let line: [Place; 3] = [outline[3], outline[0], outline[1]];
                        let ground = dice.pick(&[Material::Grass, Material::Soil, Material::Concrete]);
                        self.pave(fate.when, ground, outline, Border::Sharp);
                        self.wall(fate.when, &line, 1.4, 0.2, fence);
                    }
                }
            }
        }
    }
}

/// A house of masonry that fills its frontage: a terrace with rooms, stair towers and light wells; the street lies on the
/// negative side across.
pub(in crate::simulate) fn draw_masonry(
    center: Place,
    azimuth_deg: f64,
    [long, wide]: [f64; 2],
    style: RoofStyle,
    dice: &mut Dice,
) -> Building {
    let mut house = Building::rectangle(Kind::Other, center, [long, wide], azimuth_deg);
    let mut common = style.common();
    let storeys = common.count(1, 4) + dice.weigh(&[(0, 0.45), (1, 0.35), (2, 0.15), (4, 0.05)]);
    house.storeys = storeys as u32;
    house.eaves_m = STOREY_M * storeys as f64 + dice.between(-0.4, 0.4);
    house.rise_m = dice.between(0.3, 1.1);
    for _ in 0..dice.weigh(&[(0, 0.15), (1, 0.2), (2, 0.3), (3, 0.2), (4, 0.15)]) {
        // Against one side or corner more often than not, as rooms on terraces stand.
        let size = [long * dice.between(0.25, 0.7), wide * dice.between(0.2, 0.6)];
        let spot = [long - size[0], wide - size[1]].map(|room| 0.5 * room * dice.pick(&[-1.0, -1.0, 0.0, 0.4, 1.0]));
        let mut room = Wing::rectangle(spot, size, false);
        room.eaves_m = Some(house.eaves_m + dice.weigh(&[(0.5, 0.15), (1.0, 0.25), (STOREY_M, 0.5), (5.6, 0.1)]));
        house.wings.push(room);
    }
    if dice.chance(0.45) {
        let size = [dice.between(1.5, 3.6), dice.between(1.5, 3.6)];
        let at =
            [dice.pick(&[-0.5, 0.0, 0.25, 0.5]) * (long - size[0]), dice.pick(&[-0.1, 0.2, 0.5]) * (wide - size[1])];
        house.courts.push(Court { along_m: at[0], across_m: at[1], length_m: size[0], width_m: size[1] });
    }
    let usual = [common.pick(&ROOFS), common.pick(&ROOFS)];
    style.dress(&mut house, &[Cover::Concrete, Cover::PaleConcrete, Cover::Concrete, Cover::GravelRoof], dice);
    if dice.chance(0.8) {
        house.color = Some(stray_color(dice.pick(&usual), 0.14, dice));
        house.second_color = dice.chance(0.3).then(|| stray_color(dice.pick(&ROOFS), 0.2, dice));
    }
    if house.second_color.is_some() {
        house.patched = house.patched.max(0.25);
    }
    house.wall_color = Some(dice.pick(&WALLS));
    if dice.chance(0.55) {
        house.parapet_color = Some(stray_color(dice.pick(&WALLS), 0.1, dice));
    }
    house.clutter = dice.pick(&[0.0, 0.0, 0.3, 0.8]);
    fit(&mut house, &[(Fitting::Tanks, 0.35)], dice);
    house
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::render::buildings::footprint_of;
    use geo::Area;

    #[test]
    fn rooms_on_the_roof_stay_on_it() {
        let mut dice = Dice::from_seed(2);
        let style = RoofStyle::draw([150, 140, 130], &mut dice);
        for _ in 0..60 {
            let house = draw_masonry([50.0, 50.0], 20.0, [12.0, 10.0], style, &mut dice);
            // Light wells count as footprint.
            assert!((footprint_of(&house).unsigned_area() - 120.0).abs() < 1e-6);
            assert!(house.wings.iter().all(|wing| wing.eaves_m.is_some_and(|eaves| eaves > house.eaves_m)));
        }
    }
}
