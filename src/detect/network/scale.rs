//! At which size of a pixel the network sees the images.

use crate::raster::units::Meters;
use crate::raster::window::{GridSize, Window};

/// Sizes of a pixel that a network was trained on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct GsdRange {
    pub(super) min: Meters,
    pub(super) max: Meters,
    /// Coarser images are enlarged to this, when the file asks for it.
    pub(super) enlarged_to: Option<Meters>,
}

impl Default for GsdRange {
    /// The range of the training recipe (docs/MODELS.md), for a file that does not tell its own.
    fn default() -> Self {
        GsdRange { min: Meters(0.3), max: Meters(1.5), enlarged_to: None }
    }
}

/// Images finer than the range are reduced to about this many times its lower end: 0.4 to 0.5 m for 0.3 m, where a
/// network trained from 0.3 m on did best on 0.2 m images (trial of 2026-11; at 0.2 m itself it lost a third).
const BEST_ABOVE_MIN: f64 = 1.5;

/// Up to this many times the upper end of the range the network is still run, with a warning: a house of 10 m is then
/// 3 pixels wide at 3 m. Our judgement; beyond it there is no shape left to learn from.
const USABLE_BEYOND_MAX: f64 = 2.0;

/// Most pixels of the image that one working pixel stands for, along each axis.
const MOST_STEP: f64 = 64.0;

impl GsdRange {
    /// The range from a file's metadata, `gsd_min_m`, `gsd_max_m` and `gsd_enlarged_to_m`; the default for what is not told.
    ///
    /// # Errors
    /// What was found, when it is no range.
    pub(super) fn from_metadata(get: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let default = GsdRange::default();
        let read = |key: &str| match get(key) {
            None => Ok(None),
            Some(text) => text
                .trim()
                .parse()
                .map(|meters| Some(Meters(meters)))
                .map_err(|_| format!("{key} = {text:?} in the metadata, which is no number")),
        };
        let (min, max) = (read("gsd_min_m")?.unwrap_or(default.min), read("gsd_max_m")?.unwrap_or(default.max));
        let enlarged_to = read("gsd_enlarged_to_m")?;
        if !(0.0 < min.0 && min.0 <= max.0 && max.0.is_finite()) {
            return Err(format!("gsd_min_m = {} and gsd_max_m = {} in the metadata", min.0, max.0));
        }
        match enlarged_to {
            Some(to) if !(min.0..=max.0).contains(&to.0) => {
                Err(format!("gsd_enlarged_to_m = {}, which is not from gsd_min_m to gsd_max_m, in the metadata", to.0))
            }
            _ => Ok(GsdRange { min, max, enlarged_to }),
        }
    }

    /// Whether and how images of this ground sampling distance are shown to the network.
    pub(super) fn plan(self, gsd: Option<Meters>) -> Plan {
        let made_for = format!("{} to {} m", self.min.0, self.max.0);
        let Some(gsd) = gsd else {
            let warning = format!(
                "the size of a pixel is unknown: the network, made for {made_for}, ran at the image's own scale and may \
                 miss what is there; pass --gsd METERS"
            );
            return Plan::Run { step: 1, warning: Some(warning) };
        };
        let usable = self.max.0 * USABLE_BEYOND_MAX;
        if gsd.0 > usable {
            return Plan::TooCoarse {
                warning: format!(
                    "pixels of {:.2} m are too coarse for the network, which is made for {made_for} and usable up to {usable} \
                     m: another detector ran instead",
                    gsd.0
                ),
            };
        }
        let warning = (gsd.0 > self.max.0 * (1.0 + 1e-6)).then(|| {
            format!(
                "pixels of {:.2} m are coarser than the {made_for} that the network is made for: a house is a few pixels \
                 wide, many are missed, outlines are rough and counts too low",
                gsd.0
            )
        });
        Plan::Run { step: self.step(gsd), warning }
    }

    /// How many times larger, along each axis, images of this ground sampling distance are shown.
    pub(super) fn enlargement(self, gsd: Option<Meters>) -> f64 {
        match (self.enlarged_to, gsd) {
            (Some(to), Some(gsd)) => (gsd.0 / to.0).max(1.0),
            _ => 1.0,
        }
    }

    /// Pixels along each axis that are averaged into one.
    fn step(self, gsd: Meters) -> usize {
        if gsd.0 >= self.min.0 * (1.0 - 1e-6) {
            return 1;
        }
        let nearest = (self.min.0 * BEST_ABOVE_MIN / gsd.0).round();
        let least = (self.min.0 / gsd.0 - 1e-6).ceil();
        nearest.max(least).clamp(1.0, MOST_STEP) as usize
    }
}

/// What to do with images of a given size of a pixel.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Plan {
    /// Run on blocks of `step` x `step` pixels.
    Run {
        step: usize,
        /// What the reader of the results must know.
        warning: Option<String>,
    },
    /// Do not run.
    TooCoarse {
        /// Why, and what happened instead.
        warning: String,
    },
}

/// The full-resolution pixels that a window of the reduced grid stands for.
pub(super) fn full_window(reduced: Window, step: usize, full: GridSize) -> Window {
    let (row, col) = (reduced.row * step, reduced.col * step);
    let bottom = (reduced.bottom() * step).min(full.height);
    let right = (reduced.right() * step).min(full.width);
    Window::from_tlhw(row, col, bottom - row, right - col)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(gsd_m: f64) -> Plan {
        GsdRange::default().plan(Some(Meters(gsd_m)))
    }

    #[test]
    fn finer_images_are_reduced_into_the_range_and_others_are_not() {
        for (gsd_m, expected) in [(0.05, 9), (0.1, 4), (0.15, 3), (0.2, 2), (0.28, 2), (0.3, 1), (0.5, 1), (1.5, 1)] {
            assert_eq!(plan(gsd_m), Plan::Run { step: expected, warning: None }, "{gsd_m}");
        }
    }

    #[test]
    fn coarser_images_are_run_with_a_warning_and_then_not_at_all() {
        assert!(matches!(plan(2.0), Plan::Run { step: 1, warning: Some(text) } if text.contains("2.00 m are coarser")));
        assert!(matches!(plan(10.0), Plan::TooCoarse { warning } if warning.contains("too coarse")));
        assert!(
            matches!(GsdRange::default().plan(None), Plan::Run { step: 1, warning: Some(text) } if text.contains("--gsd"))
        );
    }

    #[test]
    fn metadata_that_is_no_range_is_told() {
        let read = |min: &'static str| GsdRange::from_metadata(move |key| (key == "gsd_min_m").then(|| min.to_owned()));
        assert_eq!(read("0.4"), Ok(GsdRange { min: Meters(0.4), ..GsdRange::default() }));
        for text in ["half", "0", "2", "NaN"] {
            assert!(read(text).unwrap_err().contains("gsd_min_m"), "{text}");
        }
        let enlarging =
            |to: &'static str| GsdRange::from_metadata(move |key| (key == "gsd_enlarged_to_m").then(|| to.to_owned()));
        assert!(enlarging("0.1").unwrap_err().contains("gsd_enlarged_to_m"));
        let range = enlarging("0.6").unwrap();
        assert_eq!([None, Some(0.5), Some(1.5)].map(|gsd| range.enlargement(gsd.map(Meters))), [1.0, 1.0, 2.5]);
    }

    #[test]
    fn the_last_block_may_be_partial() {
        let full = GridSize { height: 101, width: 60 };
        let last = Window::from_tlhw(16, 0, 10, 15);
        assert_eq!(full_window(last, 4, full), Window::from_tlhw(64, 0, 37, 60));
    }
}
