//! How people build on a site: lots, blocks, compounds, quarters and what stands in each.

pub(super) mod approaches;
pub(super) mod base;
pub(super) mod blocks;
pub(super) mod building_site;
pub(super) mod campus;
pub(super) mod downtown;
pub(super) mod edges;
pub(super) mod homesteads;
pub(super) mod house_lot;
pub(super) mod industry;
pub(super) mod lanes;
pub(super) mod lots;
pub(super) mod masonry;
pub(super) mod old_town;
pub(super) mod packed_quarter;
pub(super) mod row_houses;
pub(super) mod site;
pub(super) mod site_axes;
pub(super) mod sprawl;
pub(super) mod strip_farms;
pub(super) mod suburb;
pub(super) mod town;
pub(super) mod village;
pub(super) mod walled_plots;
pub(super) mod yard_goods;
