//! Figures for publication: the pictures an analyst puts into an article.
//!
//! Places in a figure are [`PixelPoint`](crate::raster::point::PixelPoint)s of the figure, not of an image.

pub(super) mod annotated;
pub(super) mod before_after;
mod canvas;
mod label_placement;
mod lettering;
mod marginalia;
mod outlines;
mod palette;
mod picture;
mod scale;
mod sheet;
mod stroke;
