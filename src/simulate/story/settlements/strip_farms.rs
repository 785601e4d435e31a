//! Old villages of farmers along one street: narrow plots, house, barns and sheds in a chain behind it, then garden and strips of
//! field.

use crate::simulate::description::{Border, Building, Cover, Material, RoofShape, Species, Tree, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::render::trees::height_for;
use crate::simulate::story::plot::Fate;
use crate::simulate::story::settlements::house_lot::heading;
use crate::simulate::story::settlements::site::Site;
use crate::simulate::story::structures::houses::draw_house;
use crate::simulate::story::structures::styles::pitch;
use crate::structure::Kind;

/// Covers of barns and sheds.
const BARN_COVERS: [Cover; 6] =
    [Cover::RedTile, Cover::BrownTile, Cover::RustyMetal, Cover::GrayMetal, Cover::GrayTile, Cover::WhiteMetal];

/// What grows on strips of field, or does not.
const STRIPS: [Material; 7] = [
    Material::Crop,
    Material::Ploughed,
    Material::Stubble,
    Material::Grass,
    Material::Soil,
    Material::DryGrass,
    Material::Undergrowth,
];

/// What the farms of a village have in common, metres unless said otherwise.
#[derive(Clone, Copy)]
struct Custom {
    frontage: f64,
    setback: f64,
    /// How far plots reach behind the street, fields included.
    depth: f64,
    /// Whether houses stand with their gable to the street.
    gables: bool,
    /// Most buildings of a chain behind the house, and share of farms whose yard a barn closes.
    chain: usize,
    closed: f64,
    yard: Material,
    /// Share of plots nobody built on, and of strips with another crop on the other date.
    vacant: f64,
    changing: f64,
    orchards: f64,
    fenced: f64,
}

impl Custom {
    fn draw(dice: &mut Dice) -> Self {
        Custom {
            frontage: dice.between(11.0, 26.0),
            setback: dice.between(1.0, 6.0),
            depth: dice.between(55.0, 150.0),
            gables: dice.chance(0.6),
            chain: dice.count(1, 5),
            closed: dice.pick(&[0.0, 0.4, 0.8]),
            yard: dice.pick(&[Material::Soil, Material::Gravel, Material::Concrete, Material::Grass, Material::Clay]),
            vacant: dice.between(0.03, 0.25),
            changing: dice.pick(&[0.2, 0.5, 0.9]),
            orchards: dice.pick(&[0.0, 0.3, 0.7]),
            fenced: dice.pick(&[0.1, 0.6]),
        }
    }
}

/// A farm being laid out: its plot and what becomes of it.
struct Farm {
    /// Along the street, and away from it.
    axes: Block,
    wide: f64,
    /// Side of the plot along which barns stand.
    side: f64,
    fate: Fate,
}

impl Site<'_> {
    /// Farms side by side along one street.
    pub(super) fn strip_farms(&mut self, dice: &mut Dice) {
        self.bend(0.6, dice);
        let custom = Custom::draw(dice);
        let (reach, street_m) = (self.reach(), dice.between(5.0, 9.0));
        let across = dice.between(-0.3, 0.3) * self.side_m;
        self.street([-reach, reach], across, street_m);
        for (row, side) in [-1.0, 1.0].into_iter().enumerate() {
            if dice.chance(0.1) {
                continue;
            }
            let front = across + side * street_m / 2.0;
            for along in self.steps(custom.frontage, front) {
                let azimuth_deg = self.azimuth_at(along) + if side < 0.0 { 180.0 } else { 0.0 };
                let axes = Block::new(self.place(along, front), 1.0, 1.0, azimuth_deg);
                if !self.is_near(axes.center, 0.9 * custom.depth) {
                    continue;
                }
                let fate = self.fate(axes.center, row as i64, dice);
                let farm = Farm { axes, wide: custom.frontage - 0.3, side: dice.pick(&[-1.0, 1.0]), fate };
                let behind = if dice.chance(custom.vacant) { 0.0 } else { self.farmstead(&farm, custom, dice) };
                self.till(&farm, [behind, custom.depth * dice.between(0.85, 1.0)], custom, dice);
            }
        }
    }

    /// House, yard and barns; returns how far they reach behind the street.
    fn farmstead(&mut self, farm: &Farm, custom: Custom, dice: &mut Dice) -> f64 {
        let Farm { axes, wide, side, fate } = farm;
        let (azimuth_deg, when) = (heading(axes), fate.when);
        let deep = if custom.gables { dice.between(9.0, 16.0) } else { dice.between(7.0, 11.0) };
        let broad = if custom.gables { dice.between(6.0, 0.62 * wide + 2.0) } else { dice.between(0.55, 0.98) * wide };
        let middle = axes.place(side * 0.5 * (wide - broad), custom.setback + 0.5 * deep);
        let turned = if custom.gables { 90.0 } else { 0.0 };
        let room = if custom.gables { [deep, broad.min(0.98 * wide)] } else { [broad, deep] };
        let house = draw_house(middle, azimuth_deg + turned, room, self.style, dice);
        if !self.build(house, *fate, dice) {
            return 0.0;
        }
        let mut reach = custom.setback + deep + dice.pick(&[0.0, 0.5, 3.0]);
        for _ in 0..dice.count(0, custom.chain) {
            let size = [dice.between(4.0, 15.0), dice.between(3.5, (0.45 * wide).max(4.0))];
            let center = axes.place(side * 0.5 * (wide - size[1]), reach + 0.5 * size[0]);
            let barn = self.outbuilding(center, azimuth_deg + 90.0, size, dice);
            let own = if when == When::Both { self.fate(center, 0, dice) } else { *fate };
            self.build(barn, Fate { extended: false, replaced: false, ..own }, dice);
            // Some share a wall, some leave a passage.
            reach += size[0] + dice.pick(&[0.0, 0.0, 0.0, 2.5]);
        }
        if dice.chance(custom.closed) {
            let size = [wide * dice.between(0.7, 0.98), dice.between(6.5, 12.0)];
            reach += dice.between(0.5, 7.0);
            let barn = self.outbuilding(axes.place(0.0, reach + 0.5 * size[1]), azimuth_deg, size, dice);
            self.build(barn, *fate, dice);
            reach += size[1];
        }
        let yard = Block::new(axes.place(0.0, 0.5 * reach), *wide, reach, azimuth_deg);
        let opened = if dice.chance(0.7) { custom.yard } else { self.opened };
        self.pave(when, opened, yard.corners().into(), dice.pick(&[Border::Worn, Border::Organic]));
        self.thin_last(None, dice.between(0.3, 0.95));
        let things = dice.pick(&[0.0, 2.0, 6.0]);
        self.strew_yard(&yard, things, when, dice);
        reach
    }

    fn outbuilding(&self, center: [f64; 2], azimuth_deg: f64, [length, width]: [f64; 2], dice: &mut Dice) -> Building {
        let mut barn = Building::rectangle(Kind::Shed, center, [length, width], azimuth_deg);
        barn.eaves_m = dice.between(2.2, 5.0).min(0.7 * width.min(length));
        pitch(&mut barn, &[RoofShape::Gable, RoofShape::Gable, RoofShape::Shed, RoofShape::Flat], dice);
        self.style.dress(&mut barn, &BARN_COVERS, dice);
        barn
    }

    /// Garden and strips of field from behind the farmstead to the end of the plot.
    fn till(&mut self, farm: &Farm, [from, to]: [f64; 2], custom: Custom, dice: &mut Dice) {
        let Farm { axes, wide, fate, .. } = farm;
        let azimuth_deg = heading(axes);
        let garden = from + dice.between(0.15, 0.45) * (to - from);
        if from > 0.0 && dice.chance(0.8) {
            self.lay_beds(axes, 0.5 * wide, [from, garden], fate.when, dice);
        }
        if dice.chance(custom.orchards) {
            self.plant_orchard(axes, *wide, [from.max(4.0), garden], dice);
        }
        let strips = dice.count(1, 3);
        for strip in 0..strips {
            let own = wide / strips as f64;
            let middle = axes.place((strip as f64 + 0.5) * own - 0.5 * wide, 0.5 * (garden + to));
            let land = Block::new(middle, own - dice.pick(&[0.0, 0.3, 0.8]), (to - garden).max(1.0), azimuth_deg);
            let was = dice.pick(&STRIPS);
            let is = if dice.chance(custom.changing) { dice.pick(&STRIPS) } else { was };
            let looks = if was == is { vec![(When::Both, was)] } else { vec![(When::Before, was), (When::After, is)] };
            for (when, material) in looks {
                self.pave(when, material, land.corners().into(), dice.pick(&[Border::Sharp, Border::Worn]));
                self.thin_last(None, dice.between(0.4, 1.0));
                let rows = dice.chance(0.5).then(|| dice.between(0.6, 2.5));
                if let Some(patch) = self.scene.patches.last_mut() {
                    (patch.rows_m, patch.rows_azimuth_deg) = (rows, azimuth_deg + 90.0);
                }
            }
        }
        if dice.chance(custom.fenced) {
            let line = [axes.place(0.5 * wide, custom.setback), axes.place(0.5 * wide, to)];
            self.wall(When::Both, &line, dice.between(0.8, 1.6), 0.2, [112, 98, 80]);
        }
    }

    /// Fruit trees in rows.
    fn plant_orchard(&mut self, axes: &Block, wide: f64, [from, to]: [f64; 2], dice: &mut Dice) {
        let (step, radius) = (dice.between(4.0, 7.5), dice.between(1.0, 2.6));
        let species = dice.pick(&[Species::Broadleaf, Species::Broadleaf, Species::Evergreen]);
        for row in 0..(wide / step) as usize {
            for number in 0..((to - from).max(0.0) / step) as usize {
                let along = (row as f64 + 0.5) * step - 0.5 * wide + 0.4 * dice.normal();
                let center = axes.place(along, from + (number as f64 + 0.5) * step + 0.4 * dice.normal());
                let radius_m = radius * dice.between(0.6, 1.3);
                if dice.chance(0.85) && self.is_clear(&Block::new(center, 1.5, 1.5, 0.0)) {
                    let when = dice.weigh(&[(When::Both, 0.85), (When::Before, 0.1), (When::After, 0.05)]);
                    let height_m = height_for(species, radius_m);
                    self.scene.trees.push(Tree { when, species, center, radius_m, height_m });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::story::plot::Plot;
    use crate::simulate::story::{RandomOptions, random_pair};

    #[test]
    fn barns_stand_behind_houses_and_fields_behind_both() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.5), Meters(0.5)), biome: None };
        let (mut sheds, mut houses, mut strips) = (0, 0, 0);
        for seed in 0..8 {
            let mut scene = random_pair(seed, &options);
            (scene.buildings, scene.roads, scene.patches) = Default::default();
            let mut dice = Dice::from_seed(seed);
            let mut site = Site::survey(&mut scene, Plot::Nothing, &mut dice);
            site.strip_farms(&mut dice);
            let of = |kind| site.scene.buildings.iter().filter(|building| building.kind == kind).count();
            (sheds, houses) = (sheds + of(Kind::Shed), houses + of(Kind::House));
            strips += site.scene.patches.iter().filter(|patch| STRIPS.contains(&patch.material)).count();
        }
        assert!(houses > 40 && sheds > houses && strips > houses, "{houses} houses, {sheds} sheds, {strips} strips");
    }
}
