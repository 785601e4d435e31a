//! What lies about in yards: shrubs at the eaves, piles, tarpaulins, tanks, worn paving.

use crate::simulate::description::{Body, BodyShape, Border, Building, Color, Material, Patch, Species, Tree, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::buildings::blocks_of;
use crate::simulate::render::surface::Block;
use crate::simulate::story::clearance::is_within;
use crate::simulate::story::settlements::house_lot::heading;
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::things::litter::GOODS;

/// A kind of thing in a yard: shape, least and largest length, width over length, height, metres.
type Thing = (BodyShape, [f64; 2], f64, f64);

/// Piles, tarpaulins, crates and huts of play, trampolines and round pools, tanks, rolls, with how often they are met (by
/// eye; rectangles first, so that none of them is a house's mark).
const THINGS: [(Thing, f64); 7] = [
    ((BodyShape::Ragged, [0.8, 3.5], 0.7, 0.8), 3.0),
    ((BodyShape::Ragged, [2.0, 5.0], 0.75, 0.15), 1.5),
    ((BodyShape::Box, [1.0, 3.2], 0.7, 1.4), 3.0),
    ((BodyShape::Box, [3.0, 6.0], 0.45, 1.8), 1.0),
    ((BodyShape::Disc, [1.2, 4.6], 1.0, 0.8), 1.0),
    ((BodyShape::Roll, [1.5, 4.0], 0.4, 1.0), 0.6),
    ((BodyShape::Box, [2.0, 5.5], 0.8, 0.1), 1.5),
];

/// Faded covers beside the colors of goods: canvas, wood, concrete.
const FADED: [Color; 4] = [[168, 162, 150], [132, 112, 90], [108, 106, 100], [196, 190, 176]];

/// Shares of buildings with things around them: half of all settlements are swept (by judgment).
const CLUTTERED: [f64; 4] = [0.0, 0.0, 0.3, 0.7];

/// Most shrubs along the walls of one house.
const MOST_SHRUBS: usize = 9;

impl Site<'_> {
    /// Strews about as many things as wanted over a yard, on either date or both.
    pub(super) fn strew_yard(&mut self, yard: &Block, wanted: f64, when: When, dice: &mut Dice) {
        let own = |dice: &mut Dice| match when {
            When::Both => dice.weigh(&[(When::Both, 0.5), (When::Before, 0.25), (When::After, 0.25)]),
            _ => when,
        };
        let place = |dice: &mut Dice| {
            let [along, across] = yard.half.map(|half| half * dice.between(-0.9, 0.9));
            yard.place(along, across)
        };
        let azimuth_deg = heading(yard);
        for _ in 0..(wanted * dice.between(0.4, 1.6)).round() as usize {
            let (shape, length, ratio, height) = dice.weigh(&THINGS);
            let length_m = dice.between(length[0], length[1]);
            let body = Body {
                when: own(dice),
                shape,
                center: place(dice),
                length_m,
                width_m: length_m * if ratio < 1.0 { ratio * dice.between(0.7, 1.2) } else { 1.0 },
                height_m: height * dice.between(0.5, 1.2),
                azimuth_deg: azimuth_deg + dice.pick(&[0.0, 90.0]) + dice.pick(&[2.0, 15.0]) * dice.normal(),
                color: if dice.chance(0.5) { dice.pick(&FADED) } else { dice.pick(&GOODS) },
            };
            let ground = Block::new(body.center, body.length_m, body.width_m, body.azimuth_deg);
            if self.is_clear(&ground) {
                self.scene.bodies.push(body);
            }
        }
        if dice.chance(0.12 * wanted) {
            let size = yard.half.map(|half| half * dice.between(0.25, 0.8));
            let worn = Block::new(place(dice), size[0], size[1], azimuth_deg);
            let material =
                dice.pick(&[Material::Concrete, Material::Gravel, Material::Soil, Material::OldAsphalt, self.opened]);
            self.pave(own(dice), material, worn.corners().into(), Border::Worn);
            if let Some(Patch { opacity, .. }) = self.scene.patches.last_mut() {
                *opacity = dice.between(0.4, 0.9);
            }
        }
    }

    /// Strews things between the buildings of a settlement, or leaves it swept.
    pub(super) fn strew_between(&mut self, dice: &mut Dice) {
        let (share, things) = (dice.pick(&CLUTTERED), dice.between(0.5, 3.0));
        let yards: Vec<(Block, When)> = self
            .scene
            .buildings
            .iter()
            .filter(|building| self.is_near(building.center, 10.0))
            .map(|building| {
                let [length, width] = [building.length_m, building.width_m].map(|side| side + 12.0);
                (Block::new(building.center, length, width, building.azimuth_deg), building.when)
            })
            .collect();
        for (yard, when) in yards {
            if dice.chance(share) {
                self.strew_yard(&yard, things, when, dice);
            }
        }
    }

    /// Plants shrubs along the walls of a house, as gardens have them.
    pub(super) fn plant_eaves(&mut self, house: &Building, when: When, dice: &mut Dice) {
        let blocks = blocks_of(house);
        for _ in 0..dice.count(0, MOST_SHRUBS) {
            let radius_m = dice.between(0.5, 1.4);
            let block = blocks[dice.count(0, blocks.len() - 1)];
            let (side, axis) = (dice.pick(&[-1.0, 1.0]), dice.count(0, 1));
            let mut spot = block.half.map(|half| half * dice.between(-1.0, 1.0));
            spot[axis] = side * (block.half[axis] + radius_m * dice.between(0.8, 1.3));
            let center = block.place(spot[0], spot[1]);
            if !blocks.iter().any(|block| is_within(block, center, 0.75 * radius_m)) {
                let height_m = radius_m * dice.between(0.8, 1.8);
                self.scene.trees.push(Tree { when, species: Species::Shrub, center, radius_m, height_m });
            }
        }
    }
}
