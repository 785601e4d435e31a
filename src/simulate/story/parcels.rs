//! Parcels: land divided by straight lines into fields, lots, lawns and yards, each of one cover.

use crate::simulate::description::{Biome, Border, Color, Material, PairDescription, Patch, Place, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::setting::plain_patch;
use crate::simulate::story::settlement::Layout;

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
}

/// Divides the land into parcels of smooth covers with straight borders.
pub(in crate::simulate) fn lay_parcels(scene: &mut PairDescription, layout: Layout, dice: &mut Dice) {
    let farmed = layout == Layout::Farms || scene.biome == Biome::Cropland;
    let share = match scene.biome {
        _ if farmed => 0.92,
        Biome::Desert => 0.3,
        _ if layout == Layout::Empty => 0.4,
        _ => 0.45,
    };
    if !dice.chance(share) {
        return;
    }
    let side = scene.width_px as f64 * scene.gsd_m;
    let fields = farmed || dice.chance(0.4);
    let kinds: &[Material] = match scene.biome {
        Biome::Desert => &DRY_LOTS,
        _ if fields => &FIELDS,
        _ => &LOTS,
    };
    // A few covers that repeat.
    let covers = (0..dice.count(2, 4)).map(|_| dice.pick(kinds)).collect();
    let cadastre = Cadastre {
        covers,
        least_m: if fields { dice.between(35.0, 110.0) } else { dice.between(14.0, 60.0) },
        furrows: fields && dice.chance(0.6),
        opacity: dice.weigh(&[(1.0, 0.5), (0.75, 0.3), (0.45, 0.2)]),
        border: dice.weigh(&[(Border::Sharp, 0.8), (Border::Worn, 0.2)]),
        changing: dice.pick(&[0.1, 0.3, 0.6]),
        boundary: dice.chance(0.5).then(|| (dice.pick(&BOUNDARIES), dice.between(0.3, 2.2))),
    };
    let azimuth = if dice.chance(0.4) { 90.0 * dice.count(0, 1) as f64 } else { dice.between(0.0, 180.0) };
    let axes = Block::new([side / 2.0, side / 2.0], 1.0, 1.0, azimuth);
    let reach = 0.72 * side;
    let mut open = vec![[-reach, -reach, reach, reach]];
    let mut laid = 0;
    while let Some(rect) = open.pop() {
        let [left, top, right, bottom] = rect;
        let (length, width) = (right - left, bottom - top);
        let long = length.max(width);
        if long > 1.4 * cadastre.least_m && laid + open.len() < MOST_PARCELS && !dice.chance(0.04) {
            let cut = dice.between(0.3, 0.7);
            if length > width {
                let at = left + cut * length;
                open.extend([[left, top, at, bottom], [at, top, right, bottom]]);
            } else {
                let at = top + cut * width;
                open.extend([[left, top, right, at], [left, at, right, bottom]]);
            }
            continue;
        }
        // What lies outside the image needs no cover.
        let outline = [[left, top], [right, top], [right, bottom], [left, bottom]].map(|[s, t]| axes.place(s, t));
        let seen = (0..2).all(|k| {
            let values = outline.map(|place| place[k]);
            values.iter().any(|&v| v > 0.0) && values.iter().any(|&v| v < side)
        });
        if seen {
            cadastre.lay(scene, outline.into(), azimuth, dice);
            laid += 1;
        }
    }
}

impl Cadastre {
    fn lay(&self, scene: &mut PairDescription, outline: Vec<Place>, azimuth: f64, dice: &mut Dice) {
        if let Some((color, width_m)) = self.boundary.filter(|_| dice.chance(0.7)) {
            let line = vec![outline[0], outline[1], outline[2]];
            let opacity = dice.between(0.3, 0.9);
            scene.painted_lines.push(crate::simulate::description::PaintedLine {
                when: When::Both,
                line,
                width_m,
                color,
                opacity,
            });
        }
        if dice.chance(0.15) {
            return;
        }
        let was = dice.pick(&self.covers);
        let is = if dice.chance(self.changing) { dice.pick(&self.covers) } else { was };
        let rows_m = (self.furrows && dice.chance(0.6)).then(|| dice.between(0.9, 5.0));
        let rows_azimuth_deg = azimuth + if dice.chance(0.3) { 90.0 } else { 0.0 };
        let opacity = (self.opacity * dice.between(0.8, 1.2)).min(1.0);
        let parcel = |when, material| Patch {
            rows_m,
            rows_azimuth_deg,
            opacity,
            ..plain_patch(when, material, outline.clone(), self.border)
        };
        if was == is {
            scene.patches.push(parcel(When::Both, was));
        } else {
            scene.patches.extend([parcel(When::Before, was), parcel(When::After, is)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::story::{RandomOptions, random_pair};

    #[test]
    fn farms_lie_between_parcels() {
        let options = RandomOptions { size_px: 512, gsd: (Meters(0.5), Meters(0.5)), biome: Some(Biome::Cropland) };
        let mut scene = random_pair(1, &options);
        scene.patches.clear();
        let counts: Vec<usize> = (0..20)
            .map(|seed| {
                scene.patches.clear();
                lay_parcels(&mut scene, Layout::Farms, &mut Dice::from_seed(seed));
                scene.patches.len()
            })
            .collect();
        assert!(counts.iter().filter(|&&count| count > 0).count() > 14, "{counts:?}");
        assert!(counts.iter().all(|&count| count <= 2 * MOST_PARCELS), "{counts:?}");
    }
}
