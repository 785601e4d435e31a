//! The answers on overlapping tiles, blended a row of tiles at a time.

use ndarray::{Array2, s};

use crate::detect::network::overlapping_tiles::Span;

/// Probabilities of one tile, (height, width) each; not-a-number at nodata.
pub(super) struct TileAnswer {
    pub(super) new: Array2<f32>,
    pub(super) removed: Array2<f32>,
}

/// Weighted sums over a row of tiles: memory for the tiles' height by the image's width, however high that is.
pub(super) struct BlendedStrip {
    first_row: usize,
    new: Array2<f32>,
    removed: Array2<f32>,
}

/// Rows to which nothing more will be added.
pub(super) struct FinishedRows {
    pub(super) first_row: usize,
    pub(super) new: Array2<f32>,
    pub(super) removed: Array2<f32>,
}

impl BlendedStrip {
    /// An empty strip of `height` rows from row 0 on.
    pub(super) fn new(height: usize, width: usize) -> Self {
        BlendedStrip { first_row: 0, new: Array2::zeros((height, width)), removed: Array2::zeros((height, width)) }
    }

    /// Adds a tile's answer; `None` makes all its pixels nodata.
    pub(super) fn add(&mut self, rows: &Span, cols: &Span, answer: Option<&TileAnswer>) {
        let from = rows.start - self.first_row;
        for (row, &row_weight) in rows.weights.iter().enumerate() {
            for (col, &col_weight) in cols.weights.iter().enumerate() {
                let weight = row_weight * col_weight;
                // Rims count nothing, even where not-a-number stands in them.
                if weight > 0.0 {
                    let at = [from + row, cols.start + col];
                    self.new[at] += answer.map_or(f32::NAN, |answer| answer.new[[row, col]] * weight);
                    self.removed[at] += answer.map_or(f32::NAN, |answer| answer.removed[[row, col]] * weight);
                }
            }
        }
    }

    /// Takes the rows above `end` out and makes room for as many below.
    pub(super) fn finish_rows_above(&mut self, end: usize) -> FinishedRows {
        let count = end - self.first_row;
        let take = |band: &mut Array2<f32>| {
            let finished = band.slice(s![..count, ..]).to_owned();
            let mut rest = Array2::zeros(band.dim());
            rest.slice_mut(s![..band.nrows() - count, ..]).assign(&band.slice(s![count.., ..]));
            *band = rest;
            finished
        };
        let finished =
            FinishedRows { first_row: self.first_row, new: take(&mut self.new), removed: take(&mut self.removed) };
        self.first_row = end;
        finished
    }
}
