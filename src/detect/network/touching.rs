//! Cutting structures apart where the network sees a border between them.

use ndarray::Array2;

/// A border is believed from this probability on: even odds.
const BORDER_FROM: f32 = 0.5;

/// How far to either side of a border pixel structures are looked for. Borders of the training labels are the rims of two
/// structures, a pixel each, and up to two pixels squeezed between them (`sitedelta simulate --packed`): from any pixel of
/// such a line both structures begin within this distance.
const REACH: usize = 3;

/// The four lines through a pixel, as steps in rows and columns.
const LINES: [(isize, isize); 4] = [(0, 1), (1, 0), (1, 1), (1, -1)];

/// Lowers probabilities on thin lines between structures, so that structures that touch come apart.
///
/// A pixel with a border probability of at least 0.5 becomes `probability * (1 - border)` if, along a row, a column or a
/// diagonal, both sides hold a pixel within 3 that is changed and no border. Borders along the outside of a
/// structure have nothing changed on one side and are left alone, so that structures do not shrink.
///
/// Misleads where a roof's ridge is taken for a border: one structure becomes two.
pub(super) fn cut_borders(probability: &Array2<f32>, border: &Array2<f32>, threshold: f32) -> Array2<f32> {
    let (height, width) = probability.dim();
    let inner = |at: (usize, usize)| probability[at] >= threshold && border[at] < BORDER_FROM;
    let any_inner = |row: usize, col: usize, (down, right): (isize, isize)| {
        (1..=REACH as isize).any(|distance| {
            let row = row.checked_add_signed(down * distance).filter(|&row| row < height);
            let col = col.checked_add_signed(right * distance).filter(|&col| col < width);
            row.zip(col).is_some_and(inner)
        })
    };
    Array2::from_shape_fn((height, width), |(row, col)| {
        let (own, border) = (probability[[row, col]], border[[row, col]]);
        let between = || {
            LINES
                .iter()
                .any(|&(down, right)| any_inner(row, col, (down, right)) && any_inner(row, col, (-down, -right)))
        };
        if own >= threshold && border >= BORDER_FROM && between() { own * (1.0 - border) } else { own }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::s;

    #[test]
    fn two_houses_come_apart_and_keep_their_rims() {
        let (mut new, mut border) = (Array2::zeros((12, 20)), Array2::zeros((12, 20)));
        new.slice_mut(s![2..10, 2..18]).fill(0.9);
        border.slice_mut(s![1..11, 9..11]).fill(0.8); // the wall between
        border.slice_mut(s![2..10, 2..3]).fill(0.8); // the outer rim
        let cut = cut_borders(&new, &border, 0.5);
        assert!(cut.slice(s![2..10, 9..11]).iter().all(|&p| p < 0.5));
        assert_eq!(cut.iter().filter(|&&p| p >= 0.5).count(), 8 * 14);
        assert_eq!(cut_borders(&new, &Array2::zeros((12, 20)), 0.5), new);
    }
}
