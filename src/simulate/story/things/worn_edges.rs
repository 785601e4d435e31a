//! Edges of what is laid on the ground: earth and grass have none that are sharp, and dust and spoil lie around pads.

use geo::{Area, Coord, Polygon};

use crate::simulate::description::{Border, Color, Material, Patch, Place, When};
use crate::simulate::dice::Dice;
use crate::simulate::story::outlines::middle_of;
use crate::simulate::story::setting::{Setting, plain_patch};

/// Pads and yards from this area on have spoil around them, square metres: those of gardens are tidy.
const LEAST_M2: f64 = 70.0;

/// Most aprons of a scene: each is drawn with a border of its own.
const MOST_APRONS: usize = 40;

/// Earth, dust and crushed stone around pads, chosen by eye.
const SPOIL: [Color; 5] = [[196, 180, 152], [166, 146, 118], [140, 122, 100], [206, 198, 184], [120, 108, 92]];

/// Wears the edges of what lies on the land, of many things in some scenes and of none in others.
pub(in crate::simulate) fn wear_edges(setting: &mut Setting<'_>, dice: &mut Dice) {
    let share = dice.weigh(&[(0.0, 0.3), (0.4, 0.35), (0.9, 0.35)]);
    let spoil = dice.pick(&SPOIL);
    let patches = std::mem::take(&mut setting.scene.patches);
    let mut aprons = 0;
    for (number, mut patch) in patches.into_iter().enumerate() {
        if number >= setting.covers && dice.chance(share) {
            if is_earth(patch.material) && patch.border == Border::Sharp && patch.rows_m.is_none() {
                patch.border = Border::Worn;
            }
            if aprons < MOST_APRONS && is_pad(&patch) && area_of(&patch.outline) > LEAST_M2 {
                aprons += 1;
                setting.scene.patches.push(apron_of(&patch, spoil, dice));
            }
        }
        setting.scene.patches.push(patch);
    }
}

fn is_earth(material: Material) -> bool {
    use Material::{Clay, DryGrass, Grass, Laterite, Mud, PaleSand, Sand, Scrub, Soil, Undergrowth};
    matches!(material, Clay | DryGrass | Grass | Laterite | Mud | PaleSand | Sand | Scrub | Soil | Undergrowth)
}

fn is_pad(patch: &Patch) -> bool {
    use Material::{Asphalt, Clay, Concrete, Gravel, Laterite, OldAsphalt, PaleSand, Sand, Soil};
    let laid =
        matches!(patch.material, Asphalt | Clay | Concrete | Gravel | Laterite | OldAsphalt | PaleSand | Sand | Soil);
    laid && patch.opacity > 0.6 && matches!(patch.border, Border::Sharp | Border::Worn)
}

/// Spoil that lies around a patch and fades, on the dates of the patch or, of what lasts, on one of them.
fn apron_of(patch: &Patch, spoil: Color, dice: &mut Dice) -> Patch {
    let when = match patch.when {
        When::Both => dice.weigh(&[(When::Both, 0.7), (When::Before, 0.15), (When::After, 0.15)]),
        when => when,
    };
    let border = dice.pick(&[Border::Faded, Border::Organic, Border::Organic]);
    let outline = grown(&patch.outline, dice.between(0.5, 6.0));
    let color = if dice.chance(0.7) { Some(spoil) } else { patch.color };
    let material = if color.is_some() { Material::Clay } else { patch.material };
    Patch { color, opacity: dice.between(0.15, 0.6), ..plain_patch(when, material, outline, border) }
}

/// An outline whose corners lie further from its middle by so many metres.
fn grown(outline: &[Place], by_m: f64) -> Vec<Place> {
    let middle = middle_of(outline);
    let outward = |&[x, y]: &Place| {
        let (dx, dy) = (x - middle[0], y - middle[1]);
        let factor = 1.0 + by_m / dx.hypot(dy).max(1e-6);
        [middle[0] + factor * dx, middle[1] + factor * dy]
    };
    outline.iter().map(outward).collect()
}

/// Area of an outline, square metres.
fn area_of(outline: &[Place]) -> f64 {
    Polygon::new(outline.iter().map(|&[x, y]| Coord { x, y }).collect(), Vec::new()).unsigned_area()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlines_grow_outwards() {
        let square = [[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]];
        assert_eq!(area_of(&square), 100.0);
        // Corners move along the diagonals.
        let side = 10.0 + 2.0 * 2.0 / std::f64::consts::SQRT_2;
        assert!((area_of(&grown(&square, 2.0)) - side * side).abs() < 1e-9);
    }
}
