//! Single structures, drawn at random: houses, blocks, halls, tents.

pub(super) mod apartments;
pub(super) mod camps;
pub(super) mod halls;
pub(super) mod houses;
pub(super) mod plans;
pub(super) mod rebuilding;
pub(super) mod styles;
pub(super) mod suburban_house;
