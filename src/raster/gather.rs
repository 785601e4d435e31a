//! Making one raster of tiles that are read on all threads.

use ndarray::{Array2, Array3, s};
use rayon::prelude::*;

use crate::raster::Raster;
use crate::raster::window::{GridSize, Window};

/// Side of the full-resolution tiles a raster is gathered from; two of them in flight, three bands in 32-bit floats,
/// are 6 MB.
const TILE_SIDE: usize = 512;

/// Gathers a raster of a whole grid, one pixel for every `step` x `step` block, from what `read` gives for its tiles.
///
/// Tiles begin on whole blocks; all of them must have the same number of bands.
///
/// # Errors
/// The first error of `read`.
pub(crate) fn gather_tiles<E: Send>(
    size: GridSize,
    step: usize,
    read: impl Fn(Window) -> Result<Raster, E> + Sync,
) -> Result<Raster, E> {
    let side = (TILE_SIDE / step).max(1) * step;
    let tiles: Vec<Window> = size.tiles(side).collect();
    let pieces: Vec<Raster> = tiles.par_iter().map(|&tile| read(tile)).collect::<Result<_, _>>()?;
    let reduced = size.reduced(step);
    let bands = pieces.first().map_or(1, Raster::bands);
    let mut samples = Array3::zeros((bands, reduced.height, reduced.width));
    let mut valid = Array2::from_elem((reduced.height, reduced.width), false);
    for (tile, piece) in tiles.iter().zip(pieces) {
        let (row, col) = (tile.row / step, tile.col / step);
        let (rows, cols) = (row..row + piece.size().height, col..col + piece.size().width);
        samples.slice_mut(s![.., rows.clone(), cols.clone()]).assign(&piece.samples());
        valid.slice_mut(s![rows, cols]).assign(&piece.valid());
    }
    Ok(Raster::from_bands(samples, valid))
}
