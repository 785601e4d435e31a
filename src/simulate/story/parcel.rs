//! A parcel: a quadrilateral of land, and how it is cut and turned.

use crate::simulate::description::Place;
use crate::simulate::dice::Dice;

/// A parcel: its corners, in order.
pub(in crate::simulate) type Parcel = [Place; 4];

/// Lengths of a parcel along its first side and across it.
pub(in crate::simulate) fn sides_of([a, b, c, d]: &Parcel) -> [f64; 2] {
    let length = |from: &Place, to: &Place| (to[0] - from[0]).hypot(to[1] - from[1]);
    [0.5 * (length(a, b) + length(d, c)), 0.5 * (length(b, c) + length(a, d))]
}

/// A parcel with its corners counted so that its first side is one of the longer ones.
pub(in crate::simulate) fn lengthwise(parcel: &Parcel) -> Parcel {
    let mut turned = *parcel;
    let [along, across] = sides_of(parcel);
    turned.rotate_left(usize::from(across > along));
    turned
}

/// Cuts a parcel in two across its longer sides, by a gap of this width and so many degrees off a right angle.
pub(in crate::simulate) fn divide(parcel: Parcel, gap_m: f64, skew_deg: f64, dice: &mut Dice) -> [Parcel; 2] {
    let sides = sides_of(&parcel);
    let [a, b, c, d] = if sides[0] > sides[1] { parcel } else { [parcel[1], parcel[2], parcel[3], parcel[0]] };
    let [long, short] = [sides[0].max(sides[1]), sides[0].min(sides[1])];
    let askew = 0.5 * skew_deg.to_radians().tan() * short / long;
    let (cut, gap) = (dice.between(0.35, 0.65), 0.5 * gap_m / long);
    let between = |from: Place, to: Place, t: f64| [0, 1].map(|k| from[k] + t * (to[k] - from[k]));
    let ends = |shift: f64| (between(a, b, cut + askew + shift), between(d, c, cut - askew + shift));
    let (near, far) = (ends(-gap), ends(gap));
    [[a, near.0, near.1, d], [far.0, b, c, far.1]]
}

/// True when a parcel reaches into the image.
pub(in crate::simulate) fn is_seen(parcel: &Parcel, side: f64) -> bool {
    (0..2).all(|k| parcel.iter().any(|place| place[k] > 0.0) && parcel.iter().any(|place| place[k] < side))
}
