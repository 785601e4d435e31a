//! Graded subdivisions: land laid bare, streets with curbs, lots pegged out, and not one house.

use crate::simulate::description::{Border, Color, Heap, Material, Place, Road, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::land::graded::EARTHS;
use crate::simulate::story::land::graded::{BareLand, work_land};
use crate::simulate::story::outlines::ring;
use crate::simulate::story::setting::{Setting, plain_road};

/// Streets and lots of one subdivision, metres.
struct Plat {
    when: When,
    streets: usize,
    lots: usize,
    lot_m: [f64; 2],
    street_m: f64,
}

impl Plat {
    /// From the middle of one street to the next: two lots and a street.
    fn pitch_m(&self) -> f64 {
        2.0 * self.lot_m[1] + self.street_m
    }

    fn extent_m(&self) -> [f64; 2] {
        [self.lots as f64 * self.lot_m[0], self.streets as f64 * self.pitch_m()]
    }
}

/// Streets with curbs between bare lots, ready to be built on.
pub(in crate::simulate) fn grade_subdivision(setting: &mut Setting<'_>, dice: &mut Dice) {
    let mut plat = Plat {
        when: dice.weigh(&[(When::Both, 0.5), (When::After, 0.5)]),
        streets: dice.count(1, 3),
        lots: dice.count(5, 16),
        lot_m: [dice.between(12.0, 22.0), dice.between(20.0, 36.0)],
        street_m: dice.between(6.0, 9.0),
    };
    let mut found = setting.claim(plat.extent_m(), dice);
    while found.is_none() && plat.lots > 3 {
        (plat.streets, plat.lots) = (plat.streets.div_ceil(2), plat.lots / 2);
        found = setting.claim(plat.extent_m(), dice);
    }
    let Some((land, azimuth)) = found else { return };
    let earth = dice.pick(&EARTHS);
    let border = dice.pick(&[Border::Sharp, Border::Worn]);
    // Clay keeps trees off.
    let patch = setting.lay(plat.when, Material::Clay, land.corners().into(), border);
    patch.color = Some(earth);
    grade_lots(setting, &plat, (&land, azimuth), earth, dice);
    pave_streets(setting, &plat, &land, dice);
    work_land(setting, BareLand { block: land, azimuth_deg: azimuth, earth, when: plat.when }, dice);
}

/// Pads where houses will stand, now and then another earth or grass, and heaps.
fn grade_lots(setting: &mut Setting<'_>, plat: &Plat, (land, azimuth): (&Block, f64), earth: Color, dice: &mut Dice) {
    let [width, depth] = plat.lot_m;
    let (padded, pegged) = (dice.chance(0.6), dice.chance(0.5));
    let shade = earth.map(|v| (f64::from(v) * dice.pick(&[0.86, 0.93, 1.05])).min(255.0) as u8);
    let peg: Color = dice.pick(&[[246, 244, 238], [140, 122, 98]]);
    for row in 0..2 * plat.streets {
        let side = if row % 2 == 0 { -1.0 } else { 1.0 };
        let middle = (row / 2) as f64 * plat.pitch_m() + 0.5 * plat.pitch_m() - land.half[1];
        let across = middle + side * 0.5 * (plat.street_m + depth);
        for number in 0..plat.lots {
            let center = land.place((number as f64 + 0.5) * width - land.half[0], across);
            if dice.chance(0.12) {
                let grown = dice.pick(&[Material::DryGrass, Material::Soil, Material::Grass]);
                let lot = Block::new(center, width, depth, azimuth);
                setting.lay(plat.when, grown, lot.corners().into(), Border::Worn).opacity = dice.between(0.3, 0.8);
            } else if padded && dice.chance(0.7) {
                let pad = Block::new(center, width - dice.between(2.0, 4.0), 0.6 * depth, azimuth);
                let opacity = dice.between(0.4, 0.9);
                let patch = setting.lay(plat.when, Material::Clay, pad.corners().into(), Border::Worn);
                (patch.color, patch.opacity) = (Some(shade), opacity);
            }
            if pegged {
                let line = Block::new(center, width, depth, azimuth).corners()[..3].to_vec();
                setting.paint(plat.when, line, 0.3, peg, 0.5);
            }
            if dice.chance(0.05) {
                let radius_m = dice.between(1.5, 4.0);
                let height_m = 0.4 * radius_m;
                setting.scene.heaps.push(Heap {
                    when: plat.when,
                    material: Material::Soil,
                    center,
                    radius_m,
                    height_m,
                });
            }
        }
    }
}

/// Streets along the lots with a bulb at the far end, and one across that joins them.
fn pave_streets(setting: &mut Setting<'_>, plat: &Plat, land: &Block, dice: &mut Dice) {
    let material = dice.pick(&[Material::Asphalt, Material::Asphalt, Material::OldAsphalt, Material::Concrete]);
    let shoulder_m = dice.pick(&[0.4, 0.6, 1.8]);
    let corner_m = dice.between(2.0, 8.0);
    let street =
        |line: Vec<Place>| Road { shoulder_m, corner_m, ..plain_road(plat.when, material, line, plat.street_m) };
    let [half, deep] = land.half;
    let near = 0.5 * plat.street_m - half;
    let bulbs = dice.chance(0.6);
    for number in 0..plat.streets {
        let across = (number as f64 + 0.5) * plat.pitch_m() - deep;
        let far = land.place(half - plat.street_m, across);
        setting.scene.roads.push(street(vec![land.place(near, across), far]));
        if bulbs {
            setting.lay(plat.when, material, ring(far, [1.2 * plat.street_m; 2], 0.0, 20), Border::Sharp);
        }
    }
    setting.scene.roads.push(street(vec![land.place(near, -deep), land.place(near, deep)]));
}
