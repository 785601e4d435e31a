//! Trees and bushes close to houses: over eaves, against walls, older than the house or planted after it.

use crate::simulate::description::{Biome, Building, PairDescription, Place, Species, Tree, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::buildings::blocks_of;
use crate::simulate::render::model::KeepClear;
use crate::simulate::render::trees::height_for;

/// Most trees of all gardens of a scene.
const MOST_TREES: usize = 400;

/// Halls and the like have no gardens: footprints above this, square metres.
const LARGEST_M2: f64 = 900.0;

/// Radii of its crown that a garden tree stands off other walls.
const STAND_OFF: f64 = 0.3;

/// Plants trees by the walls of houses, in some scenes.
pub(in crate::simulate) fn plant_gardens(scene: &mut PairDescription, dice: &mut Dice) {
    let likely = match scene.biome {
        Biome::Desert | Biome::Steppe => 0.15,
        Biome::Savanna | Biome::Mediterranean | Biome::Cropland => 0.55,
        Biome::Temperate | Biome::Tropical | Biome::Boreal => 0.7,
    };
    if !dice.chance(likely) {
        return;
    }
    let per_house = dice.between(0.3, 4.0);
    let largest_m = dice.between(2.0, 5.5);
    let kinds: [Species; 3] = std::array::from_fn(|_| kind_of(scene.biome, dice));
    let clear = KeepClear::of(scene);
    let mut trees = Vec::new();
    for building in scene.buildings.iter().filter(|one| one.length_m * one.width_m < LARGEST_M2) {
        let wanted = (per_house * 2.0 * dice.unit()).round() as usize;
        for _ in 0..wanted {
            let species = dice.pick(&kinds);
            let small = species == Species::Shrub || dice.chance(0.4);
            let radius_m = if small { dice.between(0.5, 1.6) } else { dice.between(1.5, largest_m) };
            let center = beside(building, radius_m, dice);
            if trees.len() < MOST_TREES && clear.is_free(center, radius_m, STAND_OFF) {
                let height_m = height_for(species, radius_m) * dice.between(0.8, 1.2);
                trees.push(Tree { when: when_of(building, small, dice), species, center, radius_m, height_m });
            }
        }
    }
    scene.trees.extend(trees);
}

/// A place by a wall of one of the building's blocks, such that the crown reaches over it or comes near.
fn beside(building: &Building, radius_m: f64, dice: &mut Dice) -> Place {
    let block = dice.pick(&blocks_of(building));
    let off = radius_m * dice.between(STAND_OFF, 1.3);
    let [l, w] = block.half;
    let side = dice.pick(&[-1.0, 1.0]);
    if dice.chance(l / (l + w)) {
        block.place(dice.between(-l, l), side * (w + off))
    } else {
        block.place(side * (l + off), dice.between(-w, w))
    }
}

fn kind_of(biome: Biome, dice: &mut Dice) -> Species {
    use Species::{Broadleaf, Conifer, Evergreen, Palm, Shrub};
    match biome {
        Biome::Desert | Biome::Steppe | Biome::Savanna => dice.pick(&[Palm, Evergreen, Shrub, Broadleaf]),
        Biome::Tropical => dice.pick(&[Evergreen, Evergreen, Palm, Broadleaf, Shrub]),
        Biome::Boreal => dice.pick(&[Conifer, Conifer, Broadleaf, Shrub]),
        Biome::Mediterranean => dice.pick(&[Evergreen, Evergreen, Broadleaf, Conifer, Shrub]),
        Biome::Temperate | Biome::Cropland => dice.pick(&[Broadleaf, Broadleaf, Evergreen, Conifer, Shrub]),
    }
}

/// Large trees are older than a new house, small ones were planted with it.
fn when_of(building: &Building, small: bool, dice: &mut Dice) -> When {
    match building.when {
        When::Both => dice.weigh(&[(When::Both, 0.75), (When::After, 0.15), (When::Before, 0.1)]),
        When::After if !small && dice.chance(0.6) => When::Both,
        when => when,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::story::{RandomOptions, random_pair};
    use crate::structure::Kind;

    #[test]
    fn crowns_of_gardens_reach_over_walls() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.5), Meters(0.5)), biome: Some(Biome::Temperate) };
        let house = Building::rectangle(Kind::House, [64.0, 64.0], [14.0, 10.0], 0.0);
        let bare = PairDescription {
            buildings: vec![house.clone()],
            roads: Vec::new(),
            patches: Vec::new(),
            trees: Vec::new(),
            ..random_pair(1, &options)
        };
        let trees: Vec<Tree> = (0..40)
            .flat_map(|seed| {
                let mut scene = bare.clone();
                plant_gardens(&mut scene, &mut Dice::from_seed(seed));
                scene.trees
            })
            .collect();
        let block = blocks_of(&house)[0];
        let off = |tree: &Tree| {
            let (along, across) = block.local(tree.center[0] as f32, tree.center[1] as f32);
            let beyond = [(along, block.half[0]), (across, block.half[1])].map(|(at, half)| f64::from(at.abs()) - half);
            beyond[0].max(beyond[1]) / tree.radius_m
        };
        assert!(trees.len() > 40);
        assert!(trees.iter().all(|tree| off(tree) > STAND_OFF - 0.01), "no stem inside the walls");
        assert!(trees.iter().filter(|tree| off(tree) < 1.0).count() * 2 > trees.len(), "most crowns reach over them");
    }
}
