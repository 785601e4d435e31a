//! Telling structures that touch apart: cutting components where the map is less sure between two places where it is sure.

use ndarray::{Array2, ArrayView2};

use crate::extract::components::{Component, ComponentScan};

/// When two peaks of one component are two structures.
#[derive(Clone, Copy, Debug)]
pub(super) struct Separation {
    /// Least rise of the log odds from the saddle between two peaks to the lower peak.
    pub(super) rise: f64,
    /// Least probability of a peak.
    pub(super) peak: f32,
    /// Fewest pixels about a peak, above the saddle.
    pub(super) min_area_px: f64,
}

/// Probabilities beyond which the log odds rise no more: half a step of the stored map from 0 and from 1.
const CERTAIN: f64 = 0.5 / 254.0;

/// Cuts a component along the watersheds between its peaks[^1]; one part where nothing separates them.
///
/// - Input: the component, and the probabilities over [`Component::window`] that it was made of.
/// - Output: its parts. Pixels of the watershed itself, a line one pixel wide, belong to none.
///
/// Pixels join in falling order of probability, equal ones in reading order. Where two basins meet, the one with the lower
/// peak goes into the other, unless both stand on their own: the log odds of the lower peak are above those of the meeting
/// place by at least [`Separation::rise`] (the dynamics of the peak[^2]), and both are large and sure enough.
///
/// Misleads where a map is less sure in the middle of one large roof than at both of its ends: one structure becomes two.
///
/// [^1]: Vincent and Soille, "Watersheds in digital spaces", IEEE Transactions on Pattern Analysis and Machine Intelligence
/// 13(6), 1991, doi 10.1109/34.87344.
/// [^2]: Grimaud, "A new measure of contrast: the dynamics", Image Algebra and Morphological Image Processing III, SPIE 1769,
/// 1992, doi 10.1117/12.60650.
pub(super) fn cut_at_saddles(
    component: Component,
    probabilities: ArrayView2<'_, f32>,
    separation: &Separation,
) -> Vec<Component> {
    let window = component.window();
    let padded = component.padded_mask();
    let mut flood = Flood::over(padded, probabilities, separation);
    if !flood.run() {
        return vec![component];
    }
    let apart = Array2::from_shape_fn((window.height, window.width), |(row, col)| {
        let belongs = matches!(flood.places[[row + 1, col + 1]], Place::Basin(_));
        if belongs { probabilities[[row, col]] } else { f32::NEG_INFINITY }
    });
    let mut scan = ComponentScan::new(f32::MIN);
    scan.add_rows(window.row, apart.view());
    scan.into_components().into_iter().map(|part| part.moved_right(window.col)).collect()
}

/// What is known of a pixel.
#[derive(Clone, Copy)]
enum Place {
    /// Not of the component.
    Outside,
    /// Not reached yet.
    Dry,
    /// In the basin with this number, or in the one that it went into.
    Basin(usize),
    /// Between two basins.
    Watershed,
}

/// Pixels about a peak.
struct Basin {
    peak: f64,
    pixels: usize,
    /// Number of the basin it went into; its own while it stands.
    into: usize,
}

/// The rising of water, upside down: from the peaks to the lowest pixels.
struct Flood<'a> {
    places: Array2<Place>,
    probabilities: ArrayView2<'a, f32>,
    separation: &'a Separation,
    basins: Vec<Basin>,
}

impl<'a> Flood<'a> {
    /// Over the component of a mask that has a border of one pixel more than the probabilities on every side.
    fn over(mask: Array2<bool>, probabilities: ArrayView2<'a, f32>, separation: &'a Separation) -> Self {
        let places = mask.mapv(|inside| if inside { Place::Dry } else { Place::Outside });
        Flood { places, probabilities, separation, basins: Vec::new() }
    }

    /// Lets all pixels join; true when there is a watershed.
    fn run(&mut self) -> bool {
        let mut falling: Vec<(usize, usize)> =
            self.places.indexed_iter().filter_map(|(at, place)| matches!(place, Place::Dry).then_some(at)).collect();
        let probability = |&(row, col): &(usize, usize)| self.probabilities[[row - 1, col - 1]];
        falling.sort_by(|a, b| probability(b).total_cmp(&probability(a)));
        let mut parted = false;
        for at in falling {
            self.places[at] = self.join(at);
            parted |= matches!(self.places[at], Place::Watershed);
        }
        parted
    }

    /// What a pixel becomes, all that are higher having joined.
    fn join(&mut self, (row, col): (usize, usize)) -> Place {
        let level = log_odds(self.probabilities[[row - 1, col - 1]]);
        let mut around: Vec<usize> = [(row - 1, col), (row, col - 1), (row, col + 1), (row + 1, col)]
            .into_iter()
            .filter_map(|at| match self.places[at] {
                Place::Basin(number) => Some(self.standing(number)),
                _ => None,
            })
            .collect();
        around.sort_unstable();
        around.dedup();
        let Some(&highest) = around.iter().max_by(|&&a, &&b| self.basins[a].peak.total_cmp(&self.basins[b].peak))
        else {
            self.basins.push(Basin { peak: level, pixels: 1, into: self.basins.len() });
            return Place::Basin(self.basins.len() - 1);
        };
        let mut between = false;
        for number in around.into_iter().filter(|&number| number != highest) {
            if self.stands(number, level) && self.is_large(highest) {
                between = true;
            } else {
                self.basins[number].into = highest;
                self.basins[highest].pixels += self.basins[number].pixels;
            }
        }
        if between {
            return Place::Watershed;
        }
        self.basins[highest].pixels += 1;
        Place::Basin(highest)
    }

    /// True when a basin is a structure of its own, seen from a saddle of this level.
    fn stands(&self, number: usize, level: f64) -> bool {
        let Basin { peak, .. } = self.basins[number];
        peak - level >= self.separation.rise && peak >= log_odds(self.separation.peak) && self.is_large(number)
    }

    fn is_large(&self, number: usize) -> bool {
        self.basins[number].pixels as f64 >= self.separation.min_area_px
    }

    /// The basin that a basin has become.
    fn standing(&mut self, mut number: usize) -> usize {
        while self.basins[number].into != number {
            let next = self.basins[number].into;
            self.basins[number].into = self.basins[next].into;
            number = next;
        }
        number
    }
}

fn log_odds(probability: f32) -> f64 {
    let p = f64::from(probability).clamp(CERTAIN, 1.0 - CERTAIN);
    (p / (1.0 - p)).ln()
}

#[cfg(test)]
mod tests {
    use ndarray::s;

    use super::*;

    const SEPARATION: Separation = Separation { rise: 2.0, peak: 0.65, min_area_px: 20.0 };

    /// Parts that a map falls into, as (pixels, leftmost column).
    fn parts(map: &Array2<f32>, separation: &Separation) -> Vec<(usize, usize)> {
        let mut scan = ComponentScan::new(0.25);
        scan.add_rows(7, map.view());
        let whole = scan.into_components();
        assert_eq!(whole.len(), 1, "drawn as one component");
        let cut = whole.into_iter().flat_map(|component| {
            let window = component.window();
            let seen = map.slice(s![window.row - 7..window.bottom() - 7, window.col..window.right()]);
            cut_at_saddles(component, seen, separation)
        });
        cut.map(|part| (part.pixels(), part.window().col)).collect()
    }

    /// Two sure squares of 6 x 6 with a strip of another probability between them.
    fn pair(between: f32, second: f32) -> Array2<f32> {
        let mut map = Array2::zeros((10, 20));
        map.slice_mut(s![2..8, 3..9]).fill(0.95);
        map.slice_mut(s![2..8, 9..11]).fill(between);
        map.slice_mut(s![2..8, 11..17]).fill(second);
        map
    }

    #[test]
    fn two_peaks_come_apart_where_the_saddle_is_deep() {
        assert_eq!(parts(&pair(0.4, 0.95), &SEPARATION), [(42, 3), (36, 11)], "a line of six pixels is lost");
        assert_eq!(parts(&pair(0.8, 0.95), &SEPARATION), [(84, 3)], "2.9 against 1.4: too shallow");
        assert_eq!(parts(&pair(0.4, 0.6), &SEPARATION), [(84, 3)], "the second is never sure");
    }

    #[test]
    fn a_small_peak_goes_into_the_large_one() {
        let separation = Separation { min_area_px: 40.0, ..SEPARATION };
        assert_eq!(parts(&pair(0.4, 0.95), &separation), [(84, 3)]);
    }

    #[test]
    fn a_roof_with_a_dim_spot_or_an_even_map_stays_whole() {
        let mut map = Array2::from_elem((12, 12), 0.9);
        map.slice_mut(s![5..8, 5..8]).fill(0.3);
        assert_eq!(parts(&map, &SEPARATION), [(144, 0)], "around the spot it hangs together");
        assert_eq!(parts(&Array2::from_elem((9, 9), 1.0), &SEPARATION), [(81, 0)]);
    }

    #[test]
    fn three_in_a_row_come_apart() {
        let mut map = Array2::from_elem((8, 29), 0.3);
        for start in [0, 10, 20] {
            map.slice_mut(s![.., start..start + 9]).fill(0.9);
        }
        assert_eq!(parts(&map, &SEPARATION).len(), 3);
    }
}
