//! What grows: scattered trees and bushes, forests, orchards, tree rows and hedges.

use crate::simulate::description::{
    Biome, Border, Color, Material, PairDescription, Patch, Place, Scatter, Species, Tree, USUAL_STAND_OFF, When,
};
use crate::simulate::dice::Dice;
use crate::simulate::render::model::KeepClear;
use crate::simulate::render::surface::Block;
use crate::simulate::render::trees::height_for;
use crate::simulate::story::land::clearings::open_clearings;
use crate::simulate::story::outlines::{blob, middle_of};
use crate::simulate::story::plot::Plot;
use crate::simulate::story::setting::{Setting, plain_patch};

/// Most crowns of a forest in a scene: where pixels are large, crowns are too.
const MOST_CROWNS: f64 = 2500.0;

/// Share of woods that shed their leaves where not all do: in green seasons, and where one of the dates is of a dry or cold one (by
/// judgment: a fifth of levir_val shows leafless woods).
const SHEDDING: [f64; 2] = [0.35, 0.75];

/// Share of leafless woods whose crowns touch (by judgment).
const CLOSED: f64 = 0.6;

/// Fallen leaves under bare woods, by eye against levir_val in winter.
const LITTER: [Color; 5] = [[134, 114, 100], [150, 128, 112], [118, 104, 94], [164, 146, 126], [128, 112, 108]];

/// Below this greenness broadleaf woods stand more or less bare (that of the renderer, at its most).
const LEAFLESS: f64 = 0.45;

/// The common tree of a landscape, and how many trees and bushes stand on a hectare.
fn habit_of(biome: Biome) -> (Species, f64, f64) {
    match biome {
        Biome::Desert => (Species::Palm, 2.0, 20.0),
        Biome::Savanna => (Species::Acacia, 12.0, 50.0),
        Biome::Steppe => (Species::Shrub, 2.0, 40.0),
        Biome::Temperate => (Species::Broadleaf, 30.0, 15.0),
        Biome::Mediterranean => (Species::Evergreen, 25.0, 60.0),
        Biome::Tropical => (Species::Evergreen, 45.0, 40.0),
        Biome::Cropland => (Species::Broadleaf, 10.0, 8.0),
        Biome::Boreal => (Species::Conifer, 70.0, 20.0),
    }
}

/// Grows trees and bushes that fit the landscape.
pub(in crate::simulate) fn grow_vegetation(scene: &mut PairDescription, dice: &mut Dice) {
    let (tree, trees, bushes) = habit_of(scene.biome);
    let plenty = dice.weigh(&[(0.0, 0.1), (0.4, 0.27), (1.0, 0.34), (2.5, 0.22), (5.0, 0.07)]);
    let kept = dice.pick(&[1.0, 1.0, 0.95, 0.8, 0.5]);
    let clumping = dice.unit();
    let large = dice.between(2.5, 6.0);
    // In some places nobody fells what hangs over a roof.
    let stand_off = if dice.chance(0.5) { dice.between(0.25, 0.7) } else { USUAL_STAND_OFF };
    let hectares = (scene.width_px as f64 * scene.gsd_m).powi(2) / 10_000.0;
    let scatter = |species, per_hectare: f64, radius_m| Scatter {
        species,
        outline: Vec::new(),
        per_hectare: per_hectare.min(MOST_CROWNS / hectares),
        radius_m,
        clumping,
        stand_off,
        share_before: 1.0,
        share_after: kept,
    };
    scene.scatters.push(scatter(tree, trees * plenty, [1.2, large]));
    // Open woods are mixed: some of them bare when others are green.
    if dice.chance(0.4) {
        let other = dice.pick(&[Species::Broadleaf, Species::Broadleaf, Species::Evergreen, Species::Conifer]);
        scene.scatters.push(scatter(
            other,
            trees * plenty * dice.between(0.2, 1.0),
            [1.0, large * dice.between(0.6, 1.2)],
        ));
    }
    // Great trees that stand by themselves.
    if dice.chance(0.3) && scene.biome != Biome::Desert {
        let great = if tree == Species::Conifer || tree == Species::Shrub { Species::Broadleaf } else { tree };
        scene.scatters.push(scatter(great, dice.between(2.0, 12.0), [3.5, 8.0]));
    }
    // Brush: bare in winter, so dense that ground is seen between twigs alone.
    if dice.chance(0.2) && !matches!(scene.biome, Biome::Desert | Biome::Tropical) {
        let dense = dice.between(150.0, 700.0);
        let large = dice.between(1.4, 2.6);
        scene.scatters.push(scatter(Species::Shrub, dense, [0.7, large]));
        scene.scatters.push(scatter(Species::Broadleaf, 0.25 * dense, [1.1, 1.3 * large]));
    }
    // Bushes smaller than a pixel are the ground's texture.
    if scene.gsd_m < 1.2 {
        scene.scatters.push(scatter(Species::Shrub, bushes * plenty.min(1.5), [0.4, 1.6]));
    }
    for _ in 0..dice.count(0, 2) {
        if dice.chance(0.25) {
            plant_rows(scene, tree, dice);
        }
    }
}

/// A closed canopy over a part or all of the image; felled or grown now and then. Returns its floor, which lies on the
/// fields.
pub(in crate::simulate) fn plant_wood(scene: &mut PairDescription, plot: Plot, dice: &mut Dice) -> Option<Patch> {
    let wooded = match scene.biome {
        Biome::Tropical | Biome::Boreal | Biome::Temperate => 0.50,
        Biome::Mediterranean | Biome::Cropland | Biome::Savanna => 0.36,
        Biome::Steppe | Biome::Desert => 0.05,
    };
    if !dice.chance(wooded) {
        return None;
    }
    let (tree, ..) = habit_of(scene.biome);
    let side = scene.width_px as f64 * scene.gsd_m;
    let outline = if dice.chance(0.3) {
        vec![[-9.0, -9.0], [side + 9.0, -9.0], [side + 9.0, side + 9.0], [-9.0, side + 9.0]]
    } else {
        let center = [0, 1].map(|_| dice.between(0.0, 1.0) * side);
        blob(center, dice.between(0.25, 0.7) * side, 0.35, dice)
    };
    // In most climates some woods shed their leaves.
    let cold = scene.before.greenness.min(scene.after.greenness) < LEAFLESS;
    let shedding = if cold { SHEDDING[1] } else { SHEDDING[0] };
    let sheds = !matches!(scene.biome, Biome::Desert | Biome::Tropical) && dice.chance(shedding);
    let species = match tree {
        _ if sheds => Species::Broadleaf,
        Species::Shrub => Species::Evergreen,
        _ => tree,
    };
    let mean = dice.between(1.5, 3.6).max(2.2 * scene.gsd_m).max(side / 65.0);
    // Crowns that touch: three times the area of the ground.
    let per_hectare = dice.between(1.5, 3.2) * 10_000.0 / (std::f64::consts::PI * mean * mean);
    // Woods are felled for what is built on a large scale.
    let felled = if matches!(plot, Plot::Found | Plot::Develop | Plot::Rows) { 0.5 } else { 0.15 };
    let (before, after) =
        dice.weigh(&[((1.0, 1.0), 0.6), ((1.0, 0.0), felled), ((1.0, 0.4), 0.12), ((0.2, 1.0), 0.13)]);
    let opacity = dice.between(0.6, 1.0);
    let mut floor = plain_patch(When::Both, Material::Undergrowth, outline.clone(), Border::Organic);
    // Mixed more often than not; where leaves have fallen, some trees keep theirs, or none does.
    let bare = species == Species::Broadleaf && cold;
    let (other, share) = if bare {
        (dice.pick(&[Species::Evergreen, Species::Conifer]), dice.weigh(&[(0.0, 0.4), (0.1, 0.3), (0.35, 0.3)]))
    } else {
        let kinds = [species, Species::Broadleaf, Species::Broadleaf, Species::Evergreen, Species::Conifer];
        (dice.pick(&kinds), dice.between(0.1, 0.8))
    };
    // One looks through bare crowns, onto litter, where they stand open; where they lie over each other twice and more the
    // ground is lost among twigs.
    let closed = bare && dice.chance(CLOSED);
    let per_hectare = match bare {
        true if closed => per_hectare * dice.between(0.7, 1.3),
        true => per_hectare * dice.between(0.4, 0.9),
        false => per_hectare,
    };
    let share = if other == species { 0.0 } else { share };
    if bare {
        floor.color = dice.chance(0.7).then(|| dice.pick(&LITTER));
    }
    open_clearings(scene, &outline, dice);
    let stand_off = if dice.chance(0.6) { dice.between(0.25, 0.7) } else { USUAL_STAND_OFF };
    // Woods thin out beyond their edge.
    let fringe = dice.chance(0.7).then(|| (widened(&outline, dice.between(1.1, 1.6)), dice.between(0.08, 0.35)));
    let stands = std::iter::once((outline.clone(), 1.0)).chain(fringe);
    let kinds = [(species, 1.0 - share), (other, share)];
    for ((outline, thinned), (species, share)) in stands.flat_map(|stand| kinds.map(|kind| (stand.clone(), kind))) {
        scene.scatters.push(Scatter {
            species,
            outline,
            per_hectare: thinned * share * per_hectare,
            radius_m: [0.6 * mean, 1.8 * mean],
            clumping: 0.0,
            stand_off,
            share_before: before,
            share_after: after,
        });
    }
    // Between wood and open land grows brush.
    if dice.chance(0.4) {
        scene.scatters.push(Scatter {
            species: Species::Shrub,
            outline: widened(&floor.outline, dice.between(1.15, 1.6)),
            per_hectare: dice.between(60.0, 400.0).min(MOST_CROWNS * 10_000.0 / (side * side)),
            radius_m: [0.5, 1.9],
            clumping: dice.unit(),
            stand_off: USUAL_STAND_OFF,
            share_before: before,
            share_after: after,
        });
    }
    Some(Patch { opacity, ..floor })
}

/// An outline grown about the mean of its points.
fn widened(outline: &[Place], factor: f64) -> Vec<Place> {
    let middle = middle_of(outline);
    outline.iter().map(|place| [0, 1].map(|k| middle[k] + factor * (place[k] - middle[k]))).collect()
}

/// An orchard, a row of trees, or a hedge.
fn plant_rows(scene: &mut PairDescription, tree: Species, dice: &mut Dice) {
    let setting = Setting::of(scene);
    let Some(center) = setting.free_spot(10.0, dice) else { return };
    let axes = Block::new(center, 1.0, 1.0, setting.azimuth(dice));
    let orchard = dice.chance(0.5);
    let hedge = !orchard && dice.chance(0.5);
    let when = dice.weigh(&[(When::Both, 0.7), (When::After, 0.15), (When::Before, 0.15)]);
    let species = if hedge { Species::Shrub } else { dice.pick(&[tree, Species::Evergreen, Species::Palm]) };
    let radius = if hedge { dice.between(0.7, 1.3) } else { dice.between(1.0, 3.2) };
    let step = if hedge { 1.2 * radius } else { radius * dice.between(1.9, 3.5) };
    let (rows, cols) = if orchard { (dice.count(3, 14), dice.count(4, 18)) } else { (1, dice.count(8, 40)) };
    let clear = KeepClear::of(scene);
    for row in 0..rows {
        for col in 0..cols {
            let stray = 0.08 * step;
            let center = axes.place(
                (col as f64 - cols as f64 / 2.0) * step + stray * dice.normal(),
                (row as f64 - rows as f64 / 2.0) * 1.2 * step + stray * dice.normal(),
            );
            if dice.chance(0.06) || !clear.is_free(center, radius, USUAL_STAND_OFF) {
                continue;
            }
            let radius_m = radius * dice.between(0.8, 1.2);
            let height_m = height_for(species, radius_m);
            scene.trees.push(Tree { when, species, center, radius_m, height_m });
        }
    }
}
