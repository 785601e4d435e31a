//! Connected components of a mask.

use ndarray::{Array2, ArrayView2};

/// The 4-connected components of a mask: pixels that touch along a side belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Components {
    /// Number of the component at every pixel, (height, width), counted from 1 in reading order; 0 outside.
    pub labels: Array2<u32>,
    /// Pixels of every component; entry 0 stands for outside and is 0.
    pub area_px: Vec<usize>,
}

/// Labels the 4-connected components of a mask (height, width).
///
/// Runs along rows are joined to the runs above them in one pass, and numbered in a second[^1].
///
/// ```
/// use ndarray::arr2;
/// use sitedelta::evaluate::components::label_components;
/// let mask = arr2(&[[1, 0, 1], [1, 0, 1], [0, 1, 0]]).mapv(|v| v == 1);
/// let components = label_components(mask.view());
/// assert_eq!(components.labels, arr2(&[[1, 0, 2], [1, 0, 2], [0, 3, 0]]));
/// assert_eq!(components.area_px, [0, 2, 2, 1]);
/// ```
///
/// [^1]: Wu, Otoo and Suzuki, "Optimizing two-pass connected-component labeling algorithms", Pattern Analysis and
/// Applications 12(2), 2009, doi 10.1007/s10044-008-0109-y.
pub fn label_components(mask: ArrayView2<bool>) -> Components {
    let (height, width) = mask.dim();
    let mut labels = Array2::<u32>::zeros((height, width));
    // parents[label] is a smaller or equal label of the same component.
    let mut parents: Vec<u32> = vec![0];
    for ((row, col), _) in mask.indexed_iter().filter(|&(_, &set)| set) {
        let above = if row > 0 { labels[[row - 1, col]] } else { 0 };
        let left = if col > 0 { labels[[row, col - 1]] } else { 0 };
        labels[[row, col]] = match (above, left) {
            (0, 0) => {
                parents.push(parents.len() as u32);
                parents.len() as u32 - 1
            }
            (0, label) | (label, 0) => label,
            (above, left) => join(&mut parents, above, left),
        };
    }
    number(labels, &mut parents)
}

/// Replaces provisional labels by consecutive numbers, in order of first appearance, and counts pixels.
fn number(mut labels: Array2<u32>, parents: &mut [u32]) -> Components {
    let mut numbers = vec![0u32; parents.len()];
    let mut area_px = vec![0];
    for label in labels.iter_mut().filter(|label| **label > 0) {
        let root = root(parents, *label) as usize;
        if numbers[root] == 0 {
            numbers[root] = area_px.len() as u32;
            area_px.push(0);
        }
        *label = numbers[root];
        area_px[*label as usize] += 1;
    }
    Components { labels, area_px }
}

fn root(parents: &mut [u32], label: u32) -> u32 {
    let mut label = label;
    while parents[label as usize] != label {
        let grandparent = parents[parents[label as usize] as usize];
        parents[label as usize] = grandparent;
        label = grandparent;
    }
    label
}

fn join(parents: &mut [u32], a: u32, b: u32) -> u32 {
    let (a, b) = (root(parents, a), root(parents, b));
    let (low, high) = (a.min(b), a.max(b));
    parents[high as usize] = low;
    low
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Flood fill from every pixel that has no label yet: slow and obvious.
    pub(crate) fn reference_components(mask: ArrayView2<bool>) -> Components {
        let (height, width) = mask.dim();
        let mut labels = Array2::<u32>::zeros((height, width));
        let mut area_px = vec![0];
        for row in 0..height {
            for col in 0..width {
                let mut waiting = vec![(row as isize, col as isize)];
                let mut area = 0;
                while let Some((r, c)) = waiting.pop() {
                    let inside = r >= 0 && c >= 0 && r < height as isize && c < width as isize;
                    let at = [r as usize, c as usize];
                    if !inside || !mask[at] || labels[at] != 0 {
                        continue;
                    }
                    labels[at] = area_px.len() as u32;
                    area += 1;
                    waiting.extend([(r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)]);
                }
                if area > 0 {
                    area_px.push(area);
                }
            }
        }
        Components { labels, area_px }
    }

    /// A mask with both large areas and crumbs.
    pub(crate) fn any_mask(height: usize, width: usize) -> impl Strategy<Value = Array2<bool>> {
        (proptest::collection::vec(0.0..1.0f64, height * width), 0.2..0.8f64).prop_map(move |(values, share)| {
            Array2::from_shape_fn((height, width), |(row, col)| values[row * width + col] < share)
        })
    }

    #[test]
    fn a_spiral_is_one_component() {
        let picture = ["#######", "......#", "#####.#", "#...#.#", "#.###.#", "#.....#", "#######"];
        let mask = Array2::from_shape_fn((7, 7), |(row, col)| picture[row].as_bytes()[col] == b'#');
        assert_eq!(label_components(mask.view()).area_px, [0, 31]);
    }

    #[test]
    fn an_empty_mask_has_none() {
        assert_eq!(label_components(Array2::from_elem((3, 0), true).view()).area_px, [0]);
        assert_eq!(label_components(Array2::from_elem((3, 4), false).view()).area_px, [0]);
    }

    proptest! {
        #[test]
        fn labels_agree_with_a_flood_fill(mask in any_mask(13, 17)) {
            prop_assert_eq!(label_components(mask.view()), reference_components(mask.view()));
        }
    }
}
