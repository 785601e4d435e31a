//! Sprawl: buildings of all kinds and sizes among trees and fields, on no lots.

use crate::simulate::description::{Border, Building, Material, Place, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::settlements::approaches::Approach;
use crate::simulate::story::settlements::lanes::{Growth, grow_lanes};
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::apartments::{draw_desert_block, draw_town_house};
use crate::simulate::story::structures::camps::draw_barracks;
use crate::simulate::story::structures::halls::draw_hall;
use crate::simulate::story::structures::houses::{draw_house, draw_hut, draw_villa};
use crate::simulate::story::structures::styles::RoofStyle;
use crate::simulate::story::structures::suburban_house::draw_suburban;

/// Most buildings on one site: where pixels are large, single ones are lost in any case.
const MOST: usize = 200;

impl Site<'_> {
    /// Buildings strewn over the natural ground. What surrounds a building elsewhere (lot, lawn, fence, sisters in a row) is
    /// missing here, and bare ground and a drive are there or not, so that none of it can be taken for the building's mark.
    pub(in crate::simulate) fn sprawl(&mut self, dice: &mut Dice) {
        self.lanes_anyhow(dice);
        let hectares = self.side_m * self.side_m / 10_000.0;
        let wanted = (hectares * dice.pick(&[3.0, 7.0, 14.0, 22.0]) * dice.between(0.7, 1.3)).ceil() as usize;
        let gap = dice.pick(&[0.5, 2.0, 6.0]);
        let (askew, mixed, cleared, driven) =
            (dice.pick(&[2.0, 12.0, 60.0]), dice.pick(&[0.0, 0.3, 1.0]), dice.pick(&[0.0, 0.2, 0.7]), dice.unit());
        let houses = dice.pick(&[1.0, 1.0, 0.7, 0.2]);
        let approach = Approach::draw(dice);
        for number in 0..wanted.min(MOST) {
            let center = [0, 1].map(|_| dice.between(-8.0, self.side_m + 8.0));
            let azimuth_deg = self.azimuth_at(0.0) + dice.pick(&[0.0, 90.0]) + askew * dice.normal();
            let style = if dice.chance(mixed) { self.fresh_style(dice) } else { self.style };
            let building = if dice.chance(houses) {
                draw_suburban(center, azimuth_deg, any_room(dice), style, dice)
            } else {
                draw_anything(center, azimuth_deg, style, dice)
            };
            if !self.is_near(center, 16.0) || !self.is_clear_around(&building, gap) {
                continue;
            }
            let fate = self.fate(center, (number % 9) as i64, dice);
            let around = building.clone();
            if self.build(building, fate, dice) {
                self.lead_up_to(&around, fate.when, &approach, dice);
                self.strew_around(&around, fate.when, [cleared, driven], dice);
            }
        }
    }

    /// A few lanes that branch and bend, or none.
    fn lanes_anyhow(&mut self, dice: &mut Dice) {
        let most = dice.pick(&[0, 1, 2, 4]);
        let growth = Growth {
            start: ([0, 1].map(|_| dice.between(0.2, 0.8) * self.side_m), self.azimuth_at(0.0)),
            spacing_m: dice.between(40.0, 90.0),
            most,
            kinks: dice.pick(&[(0.3, 25.0), (0.6, 14.0), (0.8, 30.0)]),
            skew: dice.pick(&[4.0, 14.0, 30.0]),
            side_m: self.side_m,
        };
        let width = dice.between(3.5, 9.0);
        if most == 0 {
            return;
        }
        for lane in grow_lanes(&growth, |_| true, dice) {
            self.road(lane.line, width);
        }
    }

    /// Bare ground around a building, and a drive that leads to it, with these probabilities.
    fn strew_around(&mut self, building: &Building, when: When, [cleared, driven]: [f64; 2], dice: &mut Dice) {
        let reach = building.length_m.max(building.width_m);
        if dice.chance(0.4) {
            self.plant_eaves(building, when, dice);
        }
        let yard = Block::new(building.center, 2.2 * reach, 2.2 * reach, building.azimuth_deg);
        let things = dice.pick(&[0.0, 1.0, 4.0]);
        self.strew_yard(&yard, things, when, dice);
        if dice.chance(cleared) {
            let ground =
                dice.pick(&[self.opened, Material::Soil, Material::Grass, Material::PaleSand, Material::Gravel]);
            let size = reach + dice.between(4.0, 26.0);
            let plot = Block::new(building.center, size, size * dice.between(0.6, 1.0), building.azimuth_deg);
            let border = dice.pick(&[Border::Organic, Border::Organic, Border::Worn]);
            self.pave(when, ground, plot.corners().into(), border);
        }
        if dice.chance(0.5 * driven) {
            let axes =
                Block::new(building.center, 1.0, 1.0, building.azimuth_deg + dice.pick(&[0.0, 90.0, 180.0, 270.0]));
            let (aside, half, far) =
                (dice.between(-0.3, 0.3) * reach, dice.between(1.3, 3.5), reach * dice.between(0.7, 1.3));
            let outline = vec![
                axes.place(0.0, aside - half),
                axes.place(far, aside - half),
                axes.place(far, aside + half),
                axes.place(0.0, aside + half),
            ];
            let material = dice.pick(&[Material::Concrete, Material::Gravel, Material::OldAsphalt, Material::Soil]);
            self.pave(when, material, outline, Border::Sharp);
        }
    }
}

/// Length and depth that a house may take, metres.
fn any_room(dice: &mut Dice) -> [f64; 2] {
    let long = dice.between(9.0, 28.0);
    [long, (long * dice.between(0.6, 1.1)).clamp(8.0, 22.0)]
}

/// A building of any kind.
fn draw_anything(center: Place, azimuth_deg: f64, style: RoofStyle, dice: &mut Dice) -> Building {
    match dice.count(0, 7) {
        0 | 1 => draw_house(center, azimuth_deg, any_room(dice), style, dice),
        2 => draw_villa(center, azimuth_deg, any_room(dice), style, dice),
        3 => draw_hut(center, azimuth_deg, style, dice),
        4 => draw_hall(center, azimuth_deg, [dice.between(18.0, 60.0), dice.between(14.0, 40.0)], style, dice),
        5 => draw_town_house(center, azimuth_deg, [dice.between(9.0, 22.0), dice.between(8.0, 14.0)], style, dice),
        6 => draw_desert_block(center, azimuth_deg, [dice.between(12.0, 26.0), dice.between(10.0, 22.0)], style, dice),
        _ => draw_barracks(center, azimuth_deg, [dice.between(18.0, 60.0), dice.between(7.0, 15.0)], style, dice),
    }
}
