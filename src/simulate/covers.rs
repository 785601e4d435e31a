//! Colors and textures of roofs and walls, as tables.
//!
//! Colors were chosen by eye for a natural-color display at full sun on level ground; they are typical values, and
//! every structure strays from them.

use crate::simulate::description::{Color, Cover};

/// How a roof cover looks.
pub(super) struct CoverLook {
    /// Color.
    pub color: Color,
    /// Strength of stains.
    pub stain: f32,
    /// Strength of grain.
    pub grain: f32,
    /// Width of sheets or strips across the ridge, metres; zero for none.
    pub sheet_m: f32,
    /// How much one sheet differs from the next.
    pub sheet_jitter: f32,
}

const fn cover(color: Color, stain: f32, grain: f32, sheet_m: f32, sheet_jitter: f32) -> CoverLook {
    CoverLook { color, stain, grain, sheet_m, sheet_jitter }
}

/// The look of a roof cover.
#[rustfmt::skip]
pub(super) fn cover_look(which: Cover) -> CoverLook {
    match which {
        Cover::WhiteMetal    => cover([222, 224, 224], 0.045, 0.012, 3.0, 0.025),
        Cover::GrayMetal     => cover([168, 171, 172], 0.060, 0.015, 3.0, 0.040),
        Cover::RustyMetal    => cover([142, 108,  86], 0.150, 0.040, 2.2, 0.130),
        Cover::BlueMetal     => cover([ 92, 120, 158], 0.045, 0.015, 3.0, 0.030),
        Cover::GreenMetal    => cover([ 92, 122,  96], 0.050, 0.015, 3.0, 0.035),
        Cover::RedMetal      => cover([158,  76,  62], 0.060, 0.015, 3.0, 0.035),
        Cover::RedTile       => cover([156, 106,  86], 0.070, 0.045, 0.0, 0.0),
        Cover::BrownTile     => cover([122,  92,  76], 0.070, 0.045, 0.0, 0.0),
        Cover::Shingle       => cover([104,  98,  92], 0.055, 0.040, 0.0, 0.0),
        Cover::Concrete      => cover([168, 160, 148], 0.100, 0.035, 0.0, 0.0),
        Cover::PaleConcrete  => cover([204, 198, 186], 0.080, 0.030, 0.0, 0.0),
        Cover::WhiteMembrane => cover([226, 226, 222], 0.040, 0.012, 6.0, 0.012),
        Cover::DarkMembrane  => cover([ 92,  90,  88], 0.070, 0.025, 6.0, 0.020),
        Cover::Thatch        => cover([134, 114,  86], 0.090, 0.080, 0.0, 0.0),
        Cover::WhiteCanvas   => cover([226, 224, 216], 0.030, 0.015, 0.0, 0.0),
        Cover::TanCanvas     => cover([184, 166, 130], 0.040, 0.020, 0.0, 0.0),
        Cover::GreenCanvas   => cover([ 96, 102,  74], 0.050, 0.030, 0.0, 0.0),
    }
}

/// Walls, where a building leaves its color open.
pub(super) const WALL_COLORS: [Color; 6] =
    [[196, 184, 164], [206, 200, 188], [168, 156, 140], [150, 120, 98], [182, 176, 170], [214, 206, 190]];
