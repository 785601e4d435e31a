//! Crowns of trees, computed once and stamped wherever a tree stands: a forest has thousands.

use std::sync::LazyLock;

use crate::simulate::description::Species;
use crate::simulate::dice::Dice;
use crate::simulate::render::noise::{Field, Texture};

/// How a crown is built.
struct Habit {
    /// Height of the crown as a share of the tree's height.
    crown: f32,
    /// How far its outline strays, as a share of the radius.
    raggedness: f32,
    /// Depth of its bumps, as a share of the tree's height.
    bumps: f32,
    /// Exponent of its profile: 1 is a cone, 0.5 a ball.
    profile: f32,
    /// Rays of a palm.
    rays: Option<f32>,
}

fn habit_of(species: Species) -> Habit {
    let habit = |crown, raggedness, bumps, profile| Habit { crown, raggedness, bumps, profile, rays: None };
    match species {
        Species::Broadleaf => habit(0.7, 0.24, 0.09, 0.5),
        Species::Evergreen => habit(0.75, 0.22, 0.08, 0.5),
        Species::Conifer => habit(0.9, 0.15, 0.03, 0.95),
        Species::Acacia => habit(0.45, 0.32, 0.08, 0.35),
        Species::Palm => Habit { rays: Some(9.0), ..habit(0.3, 0.1, 0.04, 0.6) },
        Species::Shrub => habit(0.9, 0.32, 0.14, 0.5),
    }
}

/// Texels along the side of a stamp: a crown of 5 m has texels of 0.23 m.
const SIDE: usize = 64;

/// Half the side of a stamp, in radii of the crown.
pub(in crate::simulate) const CROWN_REACH: f32 = 1.45;

/// Crowns of a species to choose from; every tree turns and squeezes its own.
const KINDS: usize = 6;

/// A crown seen from above.
pub(in crate::simulate) struct Crown {
    /// Height as a share of the tree's (0 outside), and how bright its leaves are, standard deviations.
    texels: Vec<(f32, f32)>,
}

impl Crown {
    fn grow(habit: &Habit, dice: &mut Dice) -> Self {
        let outline = Field::lay_anyhow(Texture::Crown, 0.07, dice);
        let bumps = Field::lay_anyhow(Texture::Crown, 0.05, dice);
        let leaves = Field::lay_anyhow(Texture::Grain, 0.045, dice);
        // The outline strays about the radius, not about a longer or shorter one.
        let stray = |turn: f32| outline.at(turn.cos(), turn.sin());
        let mean = (0..32).map(|i| stray(i as f32 * std::f32::consts::TAU / 32.0)).sum::<f32>() / 32.0;
        let texel = |i: usize| {
            let place = |n: usize| ((n as f32 + 0.5) / SIDE as f32 * 2.0 - 1.0) * CROWN_REACH;
            let (u, v) = (place(i % SIDE), place(i / SIDE));
            let mut from_stem = u.hypot(v) + habit.raggedness * (outline.at(u, v) - mean);
            if let Some(rays) = habit.rays {
                from_stem *= 1.25 - 0.45 * (rays * v.atan2(u)).cos();
            }
            let from_stem = from_stem.max(0.0);
            if from_stem >= 1.0 {
                return (0.0, 0.0);
            }
            let profile = (1.0 - from_stem * from_stem).powf(habit.profile);
            let share = 1.0 - habit.crown * (1.0 - profile) + habit.bumps * bumps.at(u, v);
            // What stands out is lit, gaps are dark.
            (share.max(0.02), 0.75 * leaves.at(u, v) + 0.65 * bumps.at(u, v))
        };
        Crown { texels: (0..SIDE * SIDE).map(texel).collect() }
    }

    /// A crown without leaves: radial twigs that fork outwards. Texels hold how much they hide, up to 0.92; `mesh` is what the
    /// finest twigs hide everywhere.
    fn fork(mesh: f32, dice: &mut Dice) -> Self {
        let sway = Field::lay_anyhow(Texture::Crown, 0.06, dice);
        let fine = Field::lay_anyhow(Texture::Grain, 0.05, dice);
        let boughs = dice.count(3, 6) as f32;
        let texel = |i: usize| {
            let place = |n: usize| ((n as f32 + 0.5) / SIDE as f32 * 2.0 - 1.0) * CROWN_REACH;
            let (u, v) = (place(i % SIDE), place(i / SIDE));
            let radius = u.hypot(v) + 0.16 * sway.at(u, v);
            if radius >= 1.0 {
                return (0.0, 0.0);
            }
            // Boughs fork three times on the way out.
            let forks = boughs * [0.25, 0.5, 0.78].iter().filter(|&&at| radius > at).fold(1.0, |forks, _| 2.0 * forks);
            let twig = 1.0 - (0.5 * forks * (v.atan2(u) + 0.35 * sway.at(v, u))).sin().abs();
            let hidden = mesh + 0.75 * twig * twig + 0.12 * fine.at(u, v);
            (hidden.clamp(0.33 * mesh, 0.92) * (1.0 - 0.35 * radius.max(0.0)), 0.0)
        };
        Crown { texels: (0..SIDE * SIDE).map(texel).collect() }
    }

    /// Height as a share of the tree's and brightness of leaves at a place in radii from the stem; `None` outside.
    #[inline]
    pub(in crate::simulate) fn at(&self, u: f32, v: f32) -> Option<(f32, f32)> {
        let texel = |place: f32| ((place + CROWN_REACH) * (SIDE as f32 / (2.0 * CROWN_REACH))) as i32;
        let (col, row) = (texel(u), texel(v));
        if !(0..SIDE as i32).contains(&col) || !(0..SIDE as i32).contains(&row) {
            return None;
        }
        let found = self.texels[row as usize * SIDE + col as usize];
        (found.0 > 0.0).then_some(found)
    }
}

/// Crowns of dead trees, gray all over.
pub(in crate::simulate) fn dead_crowns() -> &'static [Crown] {
    static CROWNS: LazyLock<Vec<Crown>> = LazyLock::new(|| fork_kinds("bare", 0.3));
    &CROWNS
}

/// Crowns of trees that have shed their leaves: ground shows between the boughs.
pub(in crate::simulate) fn winter_crowns() -> &'static [Crown] {
    static CROWNS: LazyLock<Vec<Crown>> = LazyLock::new(|| fork_kinds("winter", 0.2));
    &CROWNS
}

fn fork_kinds(part: &str, mesh: f32) -> Vec<Crown> {
    (0..KINDS).map(|kind| Crown::fork(mesh, &mut Dice::for_part(kind as u64, part))).collect()
}

/// The crowns of a species.
pub(in crate::simulate) fn crowns_of(species: Species) -> &'static [Crown] {
    static CROWNS: LazyLock<Vec<Vec<Crown>>> = LazyLock::new(|| {
        use Species::{Acacia, Broadleaf, Conifer, Evergreen, Palm, Shrub};
        [Broadleaf, Evergreen, Conifer, Acacia, Palm, Shrub]
            .map(|species| {
                let habit = habit_of(species);
                (0..KINDS)
                    .map(|kind| Crown::grow(&habit, &mut Dice::for_part(kind as u64, &format!("{species:?}"))))
                    .collect()
            })
            .into()
    });
    &CROWNS[species as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crown_is_about_as_wide_as_its_radius() {
        for species in [Species::Broadleaf, Species::Conifer, Species::Shrub] {
            for crown in crowns_of(species) {
                let covered = crown.texels.iter().filter(|(share, _)| *share > 0.0).count() as f32;
                let area = covered * (2.0 * CROWN_REACH / SIDE as f32).powi(2);
                assert!((1.6..4.4).contains(&area), "{species:?}: {area} for {}", std::f32::consts::PI);
            }
        }
    }
}
