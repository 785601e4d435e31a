//! Colours and lines, readable on any ground and by colour-blind readers.

use image::Rgb;

use crate::structure::Status;

/// The paper around the pictures.
pub const PAPER: Rgb<u8> = Rgb([255, 255, 255]);
/// Titles and findings.
pub const INK: Rgb<u8> = Rgb([24, 28, 33]);
/// Small print.
pub const FAINT_INK: Rgb<u8> = Rgb([92, 100, 110]);
/// Ground of a banner that warns.
pub const WARNING: Rgb<u8> = Rgb([255, 226, 140]);
/// Pixels that show nothing.
pub const NODATA: Rgb<u8> = Rgb([72, 76, 82]);
/// Halo around outlines and labels.
pub const HALO: Rgb<u8> = Rgb([0, 0, 0]);

/// The colour of a status, out of Okabe and Ito's set[^1], brightened for thin lines on imagery. Its lightness rises
/// from removed to replaced to new, so that the three also differ in print without colour.
///
/// [^1]: Okabe and Ito, "Color Universal Design", 2008, <https://jfly.uni-koeln.de/color/>.
pub fn status_color(status: Status) -> Rgb<u8> {
    match status {
        Status::New => Rgb([255, 226, 48]),
        Status::Removed => Rgb([255, 108, 60]),
        Status::Replaced => Rgb([86, 200, 255]),
    }
}

/// Removed structures are dashed, so that they differ by more than their colour.
pub fn is_dashed(status: Status) -> bool {
    status == Status::Removed
}
