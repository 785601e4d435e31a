//! What stood before, and what is added: replaced structures and extensions.

use crate::simulate::description::{Building, Cover, RoofShape, When};
use crate::simulate::dice::Dice;
use crate::simulate::render::surface::Block;
use crate::simulate::story::structures::styles::any_color;

/// What stood where a structure was replaced: smaller, lower, of another color, inside the same ground.
pub(in crate::simulate) fn predecessor_of(building: &Building, dice: &mut Dice) -> Building {
    let shares = [dice.between(0.45, 0.95), dice.between(0.45, 0.95)];
    let size = [building.length_m * shares[0], building.width_m * shares[1]];
    let mut old = Building::rectangle(building.kind, building.center, size, building.azimuth_deg);
    old.plan = building.plan.iter().map(|corner| [0, 1].map(|k| corner[k] * shares[k])).collect();
    old.when = When::Before;
    old.eaves_m = (building.eaves_m * dice.between(0.4, 1.0)).max(2.3);
    old.roof = dice.pick(&[RoofShape::Flat, RoofShape::Gable, RoofShape::Hip]);
    old.rise_m = if old.roof == RoofShape::Flat { 0.3 } else { size[0].min(size[1]) * dice.between(0.1, 0.35) };
    old.cover = dice.pick(&[Cover::RustyMetal, Cover::GrayMetal, Cover::Shingle, Cover::RedTile, Cover::Concrete]);
    old.color = Some(any_color(dice));
    old.wear = dice.between(0.4, 1.0);
    old
}

/// A wing that was added: it stands against one side.
pub(in crate::simulate) fn extension_of(building: &Building, dice: &mut Dice) -> Building {
    let main = Block::new(building.center, building.length_m, building.width_m, building.azimuth_deg);
    let [long, wide] = [building.length_m, building.width_m];
    let deep = dice.between(2.5, 7.0);
    let side = dice.pick(&[-1.0, 1.0]);
    // Walls overlap by less than can be measured, so that both are one piece whatever their angle.
    let reach = deep - 4e-5;
    let (center, size) = if dice.chance(0.5) {
        let across = wide * dice.between(0.5, 1.0);
        (main.place(side * (long + reach) / 2.0, 0.0), [deep, across])
    } else {
        let along = long * dice.between(0.35, 1.0);
        (main.place(0.3 * (long - along), side * (wide + reach) / 2.0), [along, deep])
    };
    let mut wing = Building::rectangle(building.kind, center, size, building.azimuth_deg);
    wing.when = When::After;
    wing.eaves_m = building.eaves_m * dice.between(0.7, 1.0);
    wing.roof = dice.pick(&[RoofShape::Flat, building.roof]);
    wing.rise_m = if wing.roof == RoofShape::Flat { 0.2 } else { building.rise_m * 0.5 };
    (wing.cover, wing.color) = (building.cover, building.color);
    wing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::render::buildings::footprint_of;
    use crate::structure::Kind;
    use geo::{Area, BooleanOps};

    #[test]
    fn extensions_touch_and_predecessors_lie_inside() {
        let house = Building::rectangle(Kind::House, [40.0, 30.0], [14.0, 9.0], 37.0);
        for seed in 0..40 {
            let mut dice = Dice::from_seed(seed);
            let (old, wing) = (predecessor_of(&house, &mut dice), extension_of(&house, &mut dice));
            let [own, before, added] = [&house, &old, &wing].map(footprint_of);
            assert!(own.intersection(&before).unsigned_area() > 0.999 * before.unsigned_area());
            assert!(own.intersection(&added).unsigned_area() < 1e-3);
            // Joined they are one piece.
            assert_eq!(own.union(&added).0.len(), 1, "seed {seed}");
            assert_eq!([old.when, wing.when], [When::Before, When::After]);
        }
    }
}
