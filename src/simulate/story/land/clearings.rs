//! Clearings: the ground around houses in a wood, on which no tree stands.

use crate::simulate::description::{Border, Color, Material, PairDescription, Patch, Place, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::trees::contains;
use crate::simulate::story::outlines::blob;
use crate::simulate::story::setting::plain_patch;

/// Share of a wood's houses that stand in a clearing, by the wood: some stand under the crowns (by judgment).
const CLEARED: [f64; 4] = [0.0, 0.4, 0.8, 1.0];

/// How far clearings reach beyond walls, metres (by eye).
const REACH_M: [f64; 2] = [2.0, 14.0];

/// Most clearings of a wood.
const MOST: usize = 40;

/// Bare earth, litter, dry and green grass, chosen by eye.
const GROUNDS: [Color; 6] =
    [[150, 132, 104], [126, 110, 90], [174, 158, 130], [112, 102, 78], [104, 108, 74], [138, 126, 102]];

/// Clears the ground around houses within an outline, on the dates on which they stand, now and then before: trees keep off it.
pub(super) fn open_clearings(scene: &mut PairDescription, wood: &[Place], dice: &mut Dice) {
    let (share, ground) = (dice.pick(&CLEARED), dice.pick(&GROUNDS));
    let patches: Vec<Patch> = scene
        .buildings
        .iter()
        .filter(|building| contains(wood, building.center))
        .take(MOST)
        .filter_map(|building| {
            if !dice.chance(share) {
                return None;
            }
            let reach = 0.5 * building.length_m.hypot(building.width_m) + dice.between(REACH_M[0], REACH_M[1]);
            let when = if building.when == When::After && dice.chance(0.15) { When::Both } else { building.when };
            let center = building.center.map(|v| v + 2.0 * dice.normal());
            let border = dice.pick(&[Border::Worn, Border::Organic, Border::Organic]);
            let cleared = plain_patch(when, Material::Clay, blob(center, reach, 0.3, dice), border);
            Some(Patch { color: dice.chance(0.8).then_some(ground), opacity: dice.between(0.3, 1.0), ..cleared })
        })
        .collect();
    // Above the floor of the wood, below all that people have laid.
    scene.patches.splice(0..0, patches);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::units::Meters;
    use crate::simulate::description::Building;
    use crate::simulate::story::{RandomOptions, random_pair};
    use crate::structure::Kind;

    #[test]
    fn clearings_reach_beyond_the_houses_of_a_wood() {
        let options = RandomOptions { size_px: 256, gsd: (Meters(0.5), Meters(0.5)), biome: None };
        let mut scene = random_pair(1, &options);
        let house = |x| Building::rectangle(Kind::House, [x, 50.0], [10.0, 8.0], 0.0);
        (scene.buildings, scene.patches) = ((0..20).map(|i| house(5.0 * f64::from(i))).collect(), Vec::new());
        let wood = [[0.0, 0.0], [52.0, 0.0], [52.0, 100.0], [0.0, 100.0]];
        let mut laid = 0;
        for seed in 0..12 {
            scene.patches.clear();
            open_clearings(&mut scene, &wood, &mut Dice::from_seed(seed));
            laid += scene.patches.len();
            assert!(scene.patches.len() <= 11, "{}", scene.patches.len());
        }
        assert!(laid > 20, "{laid}");
    }
}
