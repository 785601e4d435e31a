//! Colors and textures of roofs and walls, as tables.
//!
//! Colors were chosen by eye for a natural-color display at full sun on level ground; they are typical values, and
//! every structure strays from them.

use crate::simulate::description::{Color, Cover};

/// How a roof cover looks.
pub(in crate::simulate) struct CoverLook {
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
pub(in crate::simulate) fn cover_look(which: Cover) -> CoverLook {
    match which {
        Cover::WhiteMetal    => cover([222, 224, 224], 0.045, 0.012, 3.0, 0.025),
        Cover::GrayMetal     => cover([168, 171, 172], 0.060, 0.015, 3.0, 0.040),
        Cover::RustyMetal    => cover([142, 108,  86], 0.150, 0.040, 2.2, 0.130),
        Cover::BlueMetal     => cover([ 92, 120, 158], 0.045, 0.015, 3.0, 0.030),
        Cover::GreenMetal    => cover([ 92, 122,  96], 0.050, 0.015, 3.0, 0.035),
        Cover::RedMetal      => cover([158,  76,  62], 0.060, 0.015, 3.0, 0.035),
        Cover::RedTile       => cover([150, 104,  84], 0.070, 0.045, 0.0, 0.0),
        Cover::BrownTile     => cover([122,  92,  76], 0.070, 0.045, 0.0, 0.0),
        Cover::GrayTile      => cover([118, 114, 110], 0.070, 0.045, 0.0, 0.0),
        Cover::Shingle       => cover([ 96,  91,  86], 0.065, 0.045, 0.0, 0.0),
        Cover::Concrete      => cover([168, 160, 148], 0.100, 0.035, 0.0, 0.0),
        Cover::PaleConcrete  => cover([204, 198, 186], 0.080, 0.030, 0.0, 0.0),
        Cover::WhiteMembrane => cover([226, 226, 222], 0.040, 0.012, 6.0, 0.012),
        Cover::DarkMembrane  => cover([ 92,  90,  88], 0.070, 0.025, 6.0, 0.020),
        Cover::Thatch        => cover([134, 114,  86], 0.090, 0.080, 0.0, 0.0),
        Cover::WhiteCanvas   => cover([226, 224, 216], 0.030, 0.015, 0.0, 0.0),
        Cover::TanCanvas     => cover([184, 166, 130], 0.040, 0.020, 0.0, 0.0),
        Cover::BlueCanvas    => cover([ 78, 112, 164], 0.060, 0.030, 0.0, 0.0),
        Cover::GravelRoof    => cover([156, 150, 142], 0.120, 0.060, 0.0, 0.0),
        Cover::Glass         => cover([176, 190, 192], 0.040, 0.020, 1.6, 0.060),
        Cover::Plastic       => cover([206, 208, 204], 0.060, 0.020, 4.0, 0.050),
        Cover::GreenCanvas   => cover([ 96, 102,  74], 0.050, 0.030, 0.0, 0.0),
    }
}

/// Walls, where a building leaves its color open.
pub(in crate::simulate) const WALL_COLORS: [Color; 6] =
    [[196, 184, 164], [206, 200, 188], [168, 156, 140], [150, 120, 98], [182, 176, 170], [214, 206, 190]];

/// Share of the ground that shows through a cover.
pub(in crate::simulate) fn translucency(cover: Cover) -> f32 {
    match cover {
        Cover::Glass => 0.55,
        Cover::Plastic => 0.35,
        _ => 0.0,
    }
}

/// Rust, and fresh sheets among old ones.
pub(in crate::simulate) const PATCH_COLORS: [Color; 6] =
    [[122, 84, 62], [146, 106, 80], [210, 212, 212], [96, 92, 90], [98, 124, 160], [160, 160, 158]];

/// White and beige coats of flat roofs in dry lands.
pub(in crate::simulate) const DESERT_COATS: [Color; 6] =
    [[226, 222, 212], [212, 202, 184], [200, 188, 166], [188, 176, 156], [234, 232, 228], [172, 160, 142]];

/// Tarpaulins.
pub(in crate::simulate) const TARPAULIN_COLORS: [Color; 4] =
    [[70, 108, 168], [84, 128, 176], [206, 204, 198], [104, 118, 92]];

/// Slabs and raw walls of building sites.
pub(in crate::simulate) const RAW_COLORS: [Color; 7] = [
    [186, 182, 172],
    [168, 164, 156],
    [150, 144, 136],
    [176, 160, 138],
    [160, 122, 100],
    [222, 220, 212],
    [206, 200, 188],
];

/// Earth that is dug up between footings.
pub(in crate::simulate) const DUG_COLORS: [Color; 5] =
    [[150, 126, 98], [168, 146, 116], [128, 104, 82], [110, 98, 84], [152, 112, 84]];

/// Posts and rafters: new timber, galvanized and painted steel.
pub(in crate::simulate) const FRAME_COLORS: [Color; 4] =
    [[206, 182, 138], [178, 176, 172], [140, 88, 70], [120, 124, 128]];
