//! Kinds of settlement, and how often each is met.

use crate::simulate::description::Biome;
use crate::simulate::dice::Dice;

/// How people live on a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::simulate) enum Layout {
    /// Houses on lots along streets.
    Streets,
    /// Row houses.
    Terraces,
    /// Villas with walls and pools.
    Villas,
    /// Apartment blocks between streets.
    Blocks,
    /// Blocks built up from street to street, with towers.
    Downtown,
    /// Perimeter blocks and old towns: wall to wall around courts.
    Courts,
    /// Walled plots of dry lands: house, court and wall of one coat.
    Walled,
    /// Dense flat-roofed apartment houses along streets.
    Desert,
    /// Quarters of masonry, wall to wall, with roofs at many levels.
    Masonry,
    /// Quarters that grew: plots of every shape, wall to wall.
    OldTown,
    /// Dense quarters of sheet metal.
    Informal,
    /// Huts and small houses anyhow, or along one street.
    Village,
    /// Round huts around yards.
    Homesteads,
    /// A walled compound with rows of alike buildings.
    Compound,
    /// Rows of tents, containers or cabins.
    Camp,
    /// Halls in paved yards.
    Yards,
    /// Schools, hospitals, malls: one building of many parts, and parking.
    Campus,
    /// Long stables, greenhouses, silos.
    Agriculture,
    /// Single farms between fields.
    Farms,
    /// One to five buildings in one part of the image.
    Hamlet,
    /// Buildings of all kinds among trees and fields.
    Sprawl,
    /// Nobody.
    Empty,
}

impl Layout {
    /// Draws a layout that occurs in a landscape.
    ///
    /// One site in eleven to fourteen is nobody's, one in twenty-five is a hamlet: most land is empty, and a detector must
    /// learn to leave it so. About a fifth are suburbs, a sixth houses by themselves among trees: a detector that met fewer of either found too few
    /// of real ones. One in eleven to fourteen is a camp, one in sixteen to twenty a compound: at a third of that, a detector forgot rows of tents
    /// (weights by judgment; training/RUNS.md).
    pub(in crate::simulate) fn draw(biome: Biome, dice: &mut Dice) -> Self {
        use Layout::*;
        let dry = matches!(biome, Biome::Desert | Biome::Savanna | Biome::Steppe | Biome::Mediterranean);
        let poor = dry || biome == Biome::Tropical;
        dice.weigh(&[
            (Streets, 0.50),
            (Terraces, 0.035),
            (Villas, if dry { 0.05 } else { 0.02 }),
            (Blocks, 0.08),
            (Downtown, 0.12),
            (Courts, if poor { 0.05 } else { 0.10 }),
            (Walled, if dry { 0.09 } else { 0.01 }),
            (Desert, if dry { 0.18 } else { 0.04 }),
            (Masonry, if poor { 0.09 } else { 0.03 }),
            (OldTown, if poor { 0.10 } else { 0.07 }),
            (Informal, if poor { 0.11 } else { 0.02 }),
            (Village, if poor { 0.09 } else { 0.05 }),
            (
                Homesteads,
                if biome == Biome::Savanna {
                    0.12
                } else if poor {
                    0.04
                } else {
                    0.0
                },
            ),
            (Compound, 0.14),
            (Camp, 0.20),
            (Yards, 0.09),
            (Campus, 0.15),
            (Agriculture, 0.04),
            (Farms, if dry { 0.03 } else { 0.05 }),
            (Hamlet, 0.10),
            (Sprawl, 0.40),
            (Empty, 0.20),
        ])
    }

    /// What a settlement of this kind may end at: another that grew beside it.
    pub(in crate::simulate) fn neighbor(self, dice: &mut Dice) -> Option<Self> {
        use Layout::*;
        let others = match self {
            Streets | Terraces | Blocks | Downtown => [Blocks, Yards, Terraces, Streets],
            Desert | Walled | Masonry | OldTown | Villas => [Masonry, Villas, Desert, Yards],
            Informal | Village => [Masonry, Village, Streets, Yards],
            _ => return None,
        };
        Some(dice.pick(&others))
    }
}
