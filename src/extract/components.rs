//! Connected components of a thresholded map, joined row by row from runs of changed pixels.

use std::collections::HashMap;

use ndarray::{Array2, ArrayView2};

use crate::raster::window::Window;

/// A run of changed pixels in one row.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Run {
    row: usize,
    from: usize,
    to: usize,
    probability_sum: f32,
    peak: f32,
}

/// Gathers 4-connected components while rows pass by, top to bottom.
///
/// He, Chao and Suzuki's run-based scheme[^1]: runs of one row take the labels of the runs above that they touch, and
/// equal labels are joined in a union-find forest.
///
/// [^1]: He, Chao and Suzuki, "A run-based two-scan labeling algorithm", IEEE Transactions on Image Processing 17(5),
/// 2008, doi 10.1109/TIP.2008.919369.
pub(super) struct ComponentScan {
    threshold: f32,
    runs: Vec<Run>,
    parents: Vec<usize>,
    previous_row: std::ops::Range<usize>,
}

impl ComponentScan {
    pub(super) fn new(threshold: f32) -> Self {
        ComponentScan { threshold, runs: Vec::new(), parents: Vec::new(), previous_row: 0..0 }
    }

    /// Adds the next rows, the first of which is `first_row`. Rows must come in order and without a gap.
    pub(super) fn add_rows(&mut self, first_row: usize, probabilities: ArrayView2<'_, f32>) {
        for (offset, line) in probabilities.rows().into_iter().enumerate() {
            let start = self.runs.len();
            let mut col = 0;
            while col < line.len() {
                let from = col;
                let (mut probability_sum, mut peak) = (0.0, 0.0f32);
                while col < line.len() && line[col] >= self.threshold {
                    probability_sum += line[col];
                    peak = peak.max(line[col]);
                    col += 1;
                }
                if col > from {
                    self.parents.push(self.runs.len());
                    self.runs.push(Run { row: first_row + offset, from, to: col, probability_sum, peak });
                }
                col += 1;
            }
            self.join_with_previous_row(start);
        }
    }

    fn join_with_previous_row(&mut self, start: usize) {
        let mut above = self.previous_row.start;
        for current in start..self.runs.len() {
            let Run { from, to, .. } = self.runs[current];
            while above < self.previous_row.end && self.runs[above].to <= from {
                above += 1;
            }
            let mut touching = above;
            while touching < self.previous_row.end && self.runs[touching].from < to {
                self.join(touching, current);
                touching += 1;
            }
        }
        self.previous_row = start..self.runs.len();
    }

    fn root(&mut self, mut run: usize) -> usize {
        while self.parents[run] != run {
            self.parents[run] = self.parents[self.parents[run]];
            run = self.parents[run];
        }
        run
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b)] = a.min(b);
    }

    /// The components, in the order of their first pixels.
    pub(super) fn into_components(mut self) -> Vec<Component> {
        let mut index_of_root = HashMap::new();
        let mut components: Vec<Component> = Vec::new();
        for run in 0..self.runs.len() {
            let root = self.root(run);
            let index = *index_of_root.entry(root).or_insert_with(|| {
                components.push(Component { runs: Vec::new() });
                components.len() - 1
            });
            components[index].runs.push(self.runs[run]);
        }
        components
    }
}

/// Changed pixels that hang together, as runs in row order.
pub(super) struct Component {
    runs: Vec<Run>,
}

impl Component {
    /// Number of pixels.
    pub(super) fn pixels(&self) -> usize {
        self.runs.iter().map(|run| run.to - run.from).sum()
    }

    /// Mean probability over its pixels.
    pub(super) fn mean_probability(&self) -> f64 {
        let sum: f64 = self.runs.iter().map(|run| f64::from(run.probability_sum)).sum();
        (sum / self.pixels().max(1) as f64).min(1.0)
    }

    /// True when one of its pixels has this probability.
    pub(super) fn reaches(&self, probability: f32) -> bool {
        self.runs.iter().any(|run| run.peak >= probability)
    }

    /// The smallest window around it.
    pub(super) fn window(&self) -> Window {
        let top = self.runs.iter().map(|run| run.row).min().unwrap_or(0);
        let bottom = self.runs.iter().map(|run| run.row + 1).max().unwrap_or(0);
        let left = self.runs.iter().map(|run| run.from).min().unwrap_or(0);
        let right = self.runs.iter().map(|run| run.to).max().unwrap_or(0);
        Window::from_tlhw(top, left, bottom - top, right - left)
    }

    /// Number of pixels that belong to both components.
    pub(super) fn shared_pixels(&self, other: &Component) -> usize {
        let mut shared = 0;
        let mut start = 0;
        for run in &self.runs {
            while start < other.runs.len() && other.runs[start].row < run.row {
                start += 1;
            }
            let same_row = other.runs[start..].iter().take_while(|theirs| theirs.row == run.row);
            shared +=
                same_row.map(|theirs| run.to.min(theirs.to).saturating_sub(run.from.max(theirs.from))).sum::<usize>();
        }
        shared
    }

    /// The same pixels, so many columns further right.
    pub(super) fn moved_right(mut self, cols: usize) -> Self {
        for run in &mut self.runs {
            (run.from, run.to) = (run.from + cols, run.to + cols);
        }
        self
    }

    /// Its pixels in [`Component::window`], with a border of one pixel outside on every side.
    pub(super) fn padded_mask(&self) -> Array2<bool> {
        let window = self.window();
        let mut mask = Array2::from_elem((window.height + 2, window.width + 2), false);
        for run in &self.runs {
            let cols = run.from - window.col + 1..run.to - window.col + 1;
            mask.slice_mut(ndarray::s![run.row - window.row + 1, cols]).fill(true);
        }
        mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn picture(rows: &[&str]) -> Array2<f32> {
        Array2::from_shape_fn((rows.len(), rows[0].len()), |(r, c)| f32::from(u8::from(rows[r].as_bytes()[c] == b'#')))
    }

    #[test]
    fn a_spiral_is_one_component_and_diagonals_do_not_touch() {
        let mut scan = ComponentScan::new(0.5);
        scan.add_rows(0, picture(&["#####.#", "....#.#", "###.##.", "#...#.#", "#####.#"]).view());
        let sizes: Vec<usize> = scan.into_components().iter().map(Component::pixels).collect();
        assert_eq!(sizes, [18, 2, 2]);
    }

    #[test]
    fn a_component_reaches_as_high_as_its_highest_pixel() {
        let mut scan = ComponentScan::new(0.3);
        let values = ndarray::arr2(&[[0.4, 0.0, 0.4, 0.5], [0.4, 0.8, 0.0, 0.5]]);
        scan.add_rows(0, values.slice(ndarray::s![..1, ..]));
        scan.add_rows(1, values.slice(ndarray::s![1.., ..]));
        let found: Vec<(usize, bool)> =
            scan.into_components().iter().map(|part| (part.pixels(), part.reaches(0.7))).collect();
        assert_eq!(found, [(3, true), (3, false)]);
    }

    #[test]
    fn shared_pixels_are_counted() {
        let components = |rows: &[&str]| {
            let mut scan = ComponentScan::new(0.5);
            scan.add_rows(0, picture(rows).view());
            scan.into_components()
        };
        let (left, right) = (components(&["####.", "####.", "..##."]), components(&["..###", "#.#.#", "..###"]));
        let shared: usize = right.iter().map(|part| left[0].shared_pixels(part)).sum();
        assert_eq!(shared, 2 + 2 + 2);
    }

    /// Slow and obvious: floods every component pixel by pixel.
    fn reference_component_sizes(mask: &Array2<bool>) -> Vec<usize> {
        let mut left = mask.clone();
        let mut sizes = Vec::new();
        for seed in mask.indexed_iter().filter(|(_, m)| **m).map(|(at, _)| at) {
            let (mut stack, mut size) = (vec![seed], 0);
            while let Some((r, c)) = stack.pop() {
                if left.get((r, c)) != Some(&true) {
                    continue;
                }
                left[[r, c]] = false;
                size += 1;
                stack.extend([(r + 1, c), (r.wrapping_sub(1), c), (r, c + 1), (r, c.wrapping_sub(1))]);
            }
            sizes.push(size);
        }
        sizes.retain(|&size| size > 0);
        sizes.sort_unstable();
        sizes
    }

    proptest! {
        #[test]
        fn agrees_with_flooding_for_any_strips(bits in prop::collection::vec(any::<bool>(), 13 * 17), cut in 1usize..13) {
            let mask = Array2::from_shape_vec((13, 17), bits).expect("invariant: sizes agree");
            let values = mask.mapv(|m| f32::from(u8::from(m)));
            let mut scan = ComponentScan::new(0.5);
            scan.add_rows(0, values.slice(ndarray::s![..cut, ..]));
            scan.add_rows(cut, values.slice(ndarray::s![cut.., ..]));
            let mut sizes: Vec<usize> = scan.into_components().iter().map(Component::pixels).collect();
            sizes.sort_unstable();
            prop_assert_eq!(sizes, reference_component_sizes(&mask));
        }
    }
}
