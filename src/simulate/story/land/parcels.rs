//! Parcels: land divided by straight lines into fields, lots, lawns and yards, each of one cover.

use crate::simulate::description::{
    Biome, Border, Color, Material, PaintedLine, PairDescription, Patch, Place, Species, Tree, USUAL_STAND_OFF, When,
};
use crate::simulate::dice::Dice;
use crate::simulate::render::buildings::blocks_of;
use crate::simulate::render::model::KeepClear;
use crate::simulate::render::surface::Block;
use crate::simulate::render::trees::{contains, height_for};
use crate::simulate::story::clearance::is_within;
use crate::simulate::story::land::trodden::leave_tramlines;
use crate::simulate::story::layouts::Layout;
use crate::simulate::story::parcel::{Parcel, divide, is_seen, sides_of};
use crate::simulate::story::setting::{cut_by_roads, plain_patch};

/// Most parcels of a scene.
const MOST_PARCELS: usize = 90;

/// What parcels of a landscape are covered with: fields where there is farming, lots and yards elsewhere.
const FIELDS: [Material; 6] =
    [Material::Crop, Material::Stubble, Material::Ploughed, Material::DryGrass, Material::Grass, Material::Soil];
const LOTS: [Material; 6] =
    [Material::DryGrass, Material::Soil, Material::Grass, Material::Gravel, Material::Sand, Material::Stubble];
const DRY_LOTS: [Material; 5] =
    [Material::Sand, Material::Soil, Material::PaleSand, Material::Gravel, Material::Stubble];

/// Lines between parcels: ditches, paths, hedges, low walls.
const BOUNDARIES: [Color; 5] = [[74, 70, 58], [196, 186, 164], [62, 70, 44], [150, 138, 116], [104, 94, 78]];

/// Most trees and bushes on the borders of parcels in a scene.
const MOST_HEDGE_CROWNS: usize = 400;

/// Fields keep this far from houses, metres.
const YARD_M: f64 = 8.0;

/// Share of fields with tramlines (by judgment).
const SPRAYED: f64 = 0.25;

/// How far cuts stray from a right angle, degrees.
const SKEW_DEG: [f64; 2] = [3.0, 10.0];

/// What the parcels of a scene have in common.
struct Cadastre {
    covers: Vec<Material>,
    /// Smallest side of a parcel that is still divided, metres.
    least_m: f64,
    /// Distance between furrows where there are some.
    furrows: bool,
    opacity: f64,
    border: Border,
    /// Share of parcels whose cover differs between the dates.
    changing: f64,
    boundary: Option<(Color, f64)>,
    /// What grows on some borders, and how wide its crowns are, metres.
    hedge: Option<(Species, f64)>,
}

/// Divides the land into parcels of smooth covers with straight borders; none where people have settled.
///
/// Borders and hedges are put into the scene; the covers are returned, as they belong below all that is laid there.
pub(in crate::simulate) fn lay_parcels(scene: &mut PairDescription, layout: Layout, dice: &mut Dice) -> Vec<Patch> {
    let farmed = layout == Layout::Farms || scene.biome == Biome::Cropland;
    let share = match scene.biome {
        _ if farmed => 0.92,
        Biome::Desert => 0.3,
        _ if layout == Layout::Empty => 0.4,
        _ => 0.45,
    };
    if !dice.chance(share) {
        return Vec::new();
    }
    let side = scene.width_px as f64 * scene.gsd_m;
    let fields = farmed || dice.chance(0.4);
    let cadastre = Cadastre::draw(scene.biome, fields, dice);
    // Farms have yards of their own among the fields.
    let plots: Vec<Block> = match layout {
        Layout::Farms => Vec::new(),
        _ => scene.buildings.iter().flat_map(blocks_of).map(with_yard).collect(),
    };
    let azimuth = if dice.chance(0.4) { 90.0 * dice.count(0, 1) as f64 } else { dice.between(0.0, 180.0) };
    let whole = Block::new([side / 2.0, side / 2.0], 1.44 * side, 1.44 * side, azimuth);
    let mut open: Vec<Parcel> = vec![whole.corners()];
    let (mut laid, mut covers, mut borders) = (0, Vec::new(), Vec::new());
    while let Some(parcel) = open.pop() {
        let [length, width] = sides_of(&parcel);
        if length.max(width) > 1.4 * cadastre.least_m && laid + open.len() < MOST_PARCELS && !dice.chance(0.08) {
            let skew = dice.pick(&[-1.0, 1.0]) * dice.between(SKEW_DEG[0], SKEW_DEG[1]);
            open.extend(divide(parcel, 0.0, skew, dice));
        } else if is_seen(&parcel, side) {
            laid += 1;
            if !is_settled(&parcel, &plots) {
                covers.extend(cadastre.cover(&parcel, dice));
                borders.push(parcel[..3].to_vec());
                if fields && dice.chance(SPRAYED) {
                    scene.painted_lines.extend(leave_tramlines(&parcel, dice));
                }
            }
        }
    }
    cadastre.mark(scene, &borders, dice);
    covers
}

/// A footprint and the yard around it.
fn with_yard(mut block: Block) -> Block {
    block.half = block.half.map(|half| half + YARD_M);
    block
}

/// True when a building's plot reaches into a parcel.
fn is_settled(parcel: &Parcel, plots: &[Block]) -> bool {
    plots.iter().any(|plot| {
        parcel.iter().any(|&place| is_within(plot, place, 0.0))
            || plot.corners().iter().chain([&plot.center]).any(|&place| contains(parcel, place))
    })
}

impl Cadastre {
    fn draw(biome: Biome, fields: bool, dice: &mut Dice) -> Self {
        let kinds: &[Material] = match biome {
            Biome::Desert => &DRY_LOTS,
            _ if fields => &FIELDS,
            _ => &LOTS,
        };
        let bush = dice.pick(&[(Species::Shrub, 1.0), (Species::Shrub, 1.6), (Species::Broadleaf, 2.6)]);
        let hedged = if biome == Biome::Desert { 0.0 } else { 0.3 };
        Cadastre {
            // A few covers that repeat.
            covers: (0..dice.count(2, 4)).map(|_| dice.pick(kinds)).collect(),
            least_m: if fields { dice.between(40.0, 120.0) } else { dice.between(22.0, 75.0) },
            furrows: fields && dice.chance(0.6),
            opacity: dice.weigh(&[(1.0, 0.5), (0.75, 0.3), (0.45, 0.2)]),
            border: dice.weigh(&[
                (Border::Sharp, 0.45),
                (Border::Worn, 0.35),
                (Border::Organic, 0.12),
                (Border::Faded, 0.08),
            ]),
            changing: dice.pick(&[0.1, 0.3, 0.6]),
            boundary: dice.chance(0.5).then(|| (dice.pick(&BOUNDARIES), dice.between(0.3, 2.2))),
            hedge: dice.chance(hedged).then_some(bush),
        }
    }

    /// What a parcel is covered with on both dates; some lie fallow.
    fn cover(&self, parcel: &Parcel, dice: &mut Dice) -> Vec<Patch> {
        if dice.chance(0.15) {
            return Vec::new();
        }
        let was = dice.pick(&self.covers);
        let is = if dice.chance(self.changing) { dice.pick(&self.covers) } else { was };
        let rows_m = (self.furrows && dice.chance(0.6)).then(|| dice.between(0.9, 5.0));
        // Furrows run along the longer side more often than not.
        let [length, width] = sides_of(parcel);
        let turned = usize::from((width > length) != dice.chance(0.2));
        let (from, to) = (parcel[turned], parcel[turned + 1]);
        let rows_azimuth_deg = (to[0] - from[0]).atan2(from[1] - to[1]).to_degrees();
        // Neighbors of one cover differ a little.
        let opacity = self.opacity * dice.between(0.7, 1.0);
        let patch = |when, material| Patch {
            rows_m,
            rows_azimuth_deg,
            opacity,
            ..plain_patch(when, material, parcel.to_vec(), self.border)
        };
        if was == is { vec![patch(When::Both, was)] } else { vec![patch(When::Before, was), patch(When::After, is)] }
    }

    /// Marks some of these borders: ditches, paths and walls as lines, hedges and rows of trees.
    fn mark(&self, scene: &mut PairDescription, borders: &[Vec<Place>], dice: &mut Dice) {
        if let Some((color, width_m)) = self.boundary {
            for border in borders {
                let opacity = dice.between(0.3, 0.9);
                if dice.chance(0.7) {
                    let lines = cut_by_roads(border, &scene.roads).into_iter();
                    let line = |line| PaintedLine { when: When::Both, line, width_m, color, opacity };
                    scene.painted_lines.extend(lines.map(line));
                }
            }
        }
        let Some((species, radius)) = self.hedge else { return };
        let clear = KeepClear::of(scene);
        let step = radius * dice.pick(&[1.2, 1.6, 4.0]);
        for ends in borders.iter().flat_map(|border| border.windows(2)) {
            if !dice.chance(0.35) {
                continue;
            }
            let [dx, dy] = [0, 1].map(|k| ends[1][k] - ends[0][k]);
            let count = (dx.hypot(dy) / step) as usize;
            for number in 0..count {
                let t = number as f64 / count as f64;
                let center = [ends[0][0] + t * dx, ends[0][1] + t * dy].map(|v| v + 0.15 * radius * dice.normal());
                if dice.chance(0.08)
                    || scene.trees.len() >= MOST_HEDGE_CROWNS
                    || !clear.is_free(center, radius, USUAL_STAND_OFF)
                {
                    continue;
                }
                let radius_m = radius * dice.between(0.7, 1.3);
                let height_m = height_for(species, radius_m);
                scene.trees.push(Tree { when: When::Both, species, center, radius_m, height_m });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::story::{RandomOptions, random_pair};

    fn scene_at(seed: u64) -> PairDescription {
        let options = RandomOptions { size_px: 512, gsd: (Meters(0.5), Meters(0.5)), biome: Some(Biome::Cropland) };
        random_pair(seed, &options)
    }

    #[test]
    fn farms_lie_between_parcels() {
        let mut scene = scene_at(1);
        let counts: Vec<usize> =
            (0..20).map(|seed| lay_parcels(&mut scene, Layout::Farms, &mut Dice::from_seed(seed)).len()).collect();
        assert!(counts.iter().filter(|&&count| count > 0).count() > 14, "{counts:?}");
        assert!(counts.iter().all(|&count| count <= 2 * MOST_PARCELS), "{counts:?}");
    }

    #[test]
    fn no_field_lies_under_houses() {
        for seed in 0..20 {
            let mut scene = scene_at(seed);
            let parcels = lay_parcels(&mut scene, Layout::Streets, &mut Dice::from_seed(seed));
            for building in &scene.buildings {
                assert!(!parcels.iter().any(|parcel| contains(&parcel.outline, building.center)), "seed {seed}");
            }
        }
    }

    #[test]
    fn a_cut_leaves_the_whole() {
        let area = |parcel: &Parcel| {
            let cross = |i: usize| {
                let (a, b) = (parcel[i], parcel[(i + 1) % 4]);
                a[0] * b[1] - b[0] * a[1]
            };
            0.5 * (0..4).map(cross).sum::<f64>().abs()
        };
        let whole = Block::new([0.0, 0.0], 80.0, 50.0, 20.0).corners();
        let parts = divide(whole, 0.0, 8.0, &mut Dice::from_seed(3));
        assert!((area(&parts[0]) + area(&parts[1]) - 4000.0).abs() < 1e-6);
        assert!(parts.iter().all(|part| area(part) > 1000.0));
    }
}
