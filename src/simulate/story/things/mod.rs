//! What people lay out, plant, park and leave about.

pub(super) mod amenities;
pub(super) mod gardens;
pub(super) mod highways;
pub(super) mod interchange;
pub(super) mod litter;
pub(super) mod paved_yards;
pub(super) mod worn_edges;
