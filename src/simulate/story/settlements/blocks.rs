//! What the lots of a block have in common: continuous ground, pavements along its streets, lots nobody has built on.

use crate::simulate::description::{Border, Color, Material, PaintedLine, Patch, Place, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::roads::center_line;
use crate::simulate::render::surface::Block;
use crate::simulate::story::outlines::beside;
use crate::simulate::story::setting::cut_by_roads;
use crate::simulate::story::settlements::lots::{Lot, Lots};
use crate::simulate::story::settlements::site::Site;

/// Paving of footpaths, chosen by eye.
const PAVEMENTS: [Color; 4] = [[214, 208, 196], [196, 190, 178], [182, 178, 170], [204, 192, 172]];

/// What becomes of a lot without a house.
#[derive(Clone, Copy)]
enum Vacancy {
    Untouched,
    Bare,
    Pad,
    Sown,
    Strewn,
}

impl Site<'_> {
    /// One ground under all blocks of a settlement that fills the image: yards run into each other.
    pub(super) fn spread_yards(&mut self, lots: &Lots, dice: &mut Dice) {
        if self.edge.is_some() || !dice.chance(lots.joined) {
            return;
        }
        let side = 3.2 * self.side_m;
        let ground = Block::new(self.axes.center, side, side, self.azimuth_deg);
        self.pave(self.streets, lots.lawn, ground.corners().into(), Border::Sharp);
        self.thin_last(None, dice.between(0.35, 0.95));
    }

    /// Footpaths to both sides of the streets.
    pub(super) fn lay_pavements(&mut self, lots: &Lots, dice: &mut Dice) {
        let Some(verge_m) = lots.pavement_m else { return };
        let (width_m, color) = (dice.between(1.0, 1.8), dice.pick(&PAVEMENTS));
        let mut paths = Vec::new();
        for road in &self.scene.roads {
            let offset = road.width_m / 2.0 + verge_m + width_m / 2.0;
            let line = center_line(road);
            for side in [-offset, offset] {
                let path: Vec<Place> = line.windows(2).flat_map(|ends| beside(ends, side)).collect();
                let shown = path.split(|&place| !self.is_near(place, 6.0)).filter(|part| part.len() > 1);
                paths.extend(shown.flat_map(|part| cut_by_roads(part, &self.scene.roads)));
            }
        }
        let when = self.streets;
        let lines = paths.into_iter().map(|line| PaintedLine { when, line, width_m, color, opacity: 0.8 });
        self.scene.painted_lines.extend(lines);
    }

    /// A lot without a house: left alone, bare, sown, strewn with things, or with a pad on which nothing stands. It changes
    /// between the dates as built ones do.
    pub(super) fn vacant_lot(&mut self, lot: Lot, lots: &Lots, dice: &mut Dice) {
        let [frontage, depth] = lot.size;
        let axes = Block::new(lot.front, 1.0, 1.0, lot.azimuth_deg);
        let ground = Block::new(axes.place(0.0, 0.5 * depth), frontage + 0.4, depth, lot.azimuth_deg);
        let own = Block::new(axes.place(0.0, 0.45 * depth), frontage - 1.0, 0.86 * depth, lot.azimuth_deg);
        if !self.is_near(ground.center, 18.0) || !self.claim_lot(own) {
            return;
        }
        let when = dice.weigh(&[(When::Both, 0.35), (When::After, 0.35), (When::Before, 0.3)]);
        if lots.graded.is_some() && self.fate(ground.center, lot.row, dice).when == When::After {
            let when = if dice.chance(0.7) { When::Both } else { When::Before };
            self.pave(when, Material::Clay, ground.corners().into(), Border::Worn);
            return self.thin_last(Some(lots.earth), 0.95);
        }
        let vacancy = dice.weigh(&[
            (Vacancy::Untouched, 0.32),
            (Vacancy::Bare, 0.22),
            (Vacancy::Pad, 0.12),
            (Vacancy::Sown, 0.14),
            (Vacancy::Strewn, 0.2),
        ]);
        match vacancy {
            Vacancy::Untouched => {}
            Vacancy::Bare => {
                self.pave(when, Material::Clay, ground.corners().into(), Border::Worn);
                self.thin_last(Some(lots.earth), dice.between(0.5, 1.0));
            }
            Vacancy::Pad => {
                let room = lots.room(lot.size).map(|side| side * dice.between(0.7, 1.0));
                let pad =
                    Block::new(axes.place(0.0, lots.setback_m + 0.5 * room[1]), room[0], room[1], lot.azimuth_deg);
                let material = dice.pick(&[Material::Concrete, Material::Gravel, Material::PaleSand, Material::Soil]);
                self.pave(when, material, pad.corners().into(), Border::Sharp);
                self.thin_last(None, dice.between(0.5, 1.0));
            }
            Vacancy::Sown => {
                let bed = Block::new(
                    axes.place(0.0, depth * dice.between(0.4, 0.6)),
                    frontage * dice.between(0.5, 1.0),
                    depth * dice.between(0.3, 0.9),
                    lot.azimuth_deg,
                );
                let material = dice.pick(&[Material::Crop, Material::Ploughed, Material::Grass, Material::Soil]);
                self.pave(when, material, bed.corners().into(), Border::Worn);
                self.thin_last(None, dice.between(0.5, 1.0));
            }
            Vacancy::Strewn => self.strew_yard(&ground, dice.between(2.0, 7.0), When::Both, dice),
        }
    }

    /// A part of a yard that is dug, sown, paved or overgrown on one of the dates, with no house built.
    pub(super) fn change_yard(&mut self, yard: &Block, azimuth_deg: f64, dice: &mut Dice) {
        let [along, across] = yard.half.map(|half| half * dice.between(-0.5, 0.5));
        let [length, width] = yard.half.map(|half| 2.0 * half * dice.between(0.25, 0.95));
        let bed = Block::new(yard.place(along, across), length, width, azimuth_deg);
        let materials =
            [Material::Soil, Material::Grass, Material::Concrete, Material::Gravel, Material::DryGrass, self.opened];
        let (when, material) = (dice.pick(&[When::Before, When::After]), dice.pick(&materials));
        let border = dice.pick(&[Border::Sharp, Border::Worn, Border::Worn]);
        self.pave(when, material, bed.corners().into(), border);
        self.thin_last(None, dice.between(0.4, 1.0));
    }

    /// Gives the patch laid last a color and an opacity.
    pub(super) fn thin_last(&mut self, own: Option<Color>, share: f64) {
        if let Some(Patch { color, opacity, .. }) = self.scene.patches.last_mut() {
            (*color, *opacity) = (own, share);
        }
    }
}
