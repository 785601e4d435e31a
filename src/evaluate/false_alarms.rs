//! Structures found where nothing was built, per square kilometre looked at.

use std::path::Path;

use rayon::prelude::*;

use crate::evaluate::components::label_components;
use crate::evaluate::mask_file::{list_predictions, read_mask};
use crate::evaluate::poisson_interval::{Interval, poisson_interval};
use crate::evaluate::valid_area::count_valid_pixels;
use crate::evaluate::{EvaluateError, EvaluateOptions, Figure, Figures};
use crate::raster::units::{Meters, SquareMeters};
use crate::raster::window::GridSize;

/// File beside a mask whose nodata says what was not looked at.
const PROBABILITY_FILE: &str = "probability.tif";

/// False alarms of a set of pairs between which nothing was built.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FalseAlarms {
    /// Number of pairs.
    pub pairs: usize,
    /// Ground sampling distance of all pairs.
    pub gsd: Meters,
    /// Pixels looked at.
    pub valid_px: usize,
    /// Structures found.
    pub structures: usize,
    /// Pixels of these structures.
    pub structure_px: usize,
}

/// Counts the structures predicted on a set of pairs that have no label because nothing was built there.
///
/// - Input: a folder of masks as `compare` or `batch` writes them, all at ground sampling distance `gsd`; every entry of
///   the folder that fits the prediction name is a pair.
/// - Output: structures (4-connected components of at least `min_area_px`) and their area, against the area looked at:
///   the pixels that are not nodata in the first band of `probability.tif` beside the mask. Where a prediction name has
///   no folder, or no such file is there, the whole image counts as looked at.
///
/// Misleads where something was built after all: every structure counts as false.
///
/// # Errors
/// As [`evaluate_folders`](crate::evaluate::evaluate_folders), with [`EvaluateError::NoPredictions`] for an empty set.
pub fn count_false_alarms(
    predictions: &Path,
    gsd: Meters,
    options: &EvaluateOptions,
) -> Result<FalseAlarms, EvaluateError> {
    let masks = list_predictions(predictions, &options.prediction_name)?;
    let in_folders = options.prediction_name.contains('/');
    let counts = masks
        .par_iter()
        .map(|mask| count_in_mask(&mask.path, in_folders, options.min_area_px))
        .collect::<Result<Vec<_>, _>>()?;
    let nothing = FalseAlarms { pairs: counts.len(), gsd, valid_px: 0, structures: 0, structure_px: 0 };
    Ok(counts.iter().fold(nothing, |sum, count| FalseAlarms {
        valid_px: sum.valid_px + count.valid_px,
        structures: sum.structures + count.structures,
        structure_px: sum.structure_px + count.structure_px,
        ..sum
    }))
}

struct MaskCount {
    valid_px: usize,
    structures: usize,
    structure_px: usize,
}

fn count_in_mask(path: &Path, in_folder: bool, min_area_px: usize) -> Result<MaskCount, EvaluateError> {
    let mask = read_mask(path)?;
    let (height, width) = mask.dim();
    let probability = path.with_file_name(PROBABILITY_FILE);
    let valid_px = if in_folder && probability.exists() {
        count_valid_pixels(&probability, GridSize { height, width })?
    } else {
        mask.len()
    };
    let areas = label_components(mask.view()).area_px;
    let large: Vec<usize> = areas.into_iter().skip(1).filter(|&area| area >= min_area_px).collect();
    Ok(MaskCount { valid_px, structures: large.len(), structure_px: large.iter().sum() })
}

impl FalseAlarms {
    /// Ground area looked at, in square kilometres.
    pub fn valid_km2(&self) -> f64 {
        self.pixels_to_area(self.valid_px).0 / 1e6
    }

    /// Ground area of the structures.
    pub fn area(&self) -> SquareMeters {
        self.pixels_to_area(self.structure_px)
    }

    /// Structures per square kilometre and their exact 95 % Poisson interval; `None` when nothing was looked at.
    pub fn structures_per_km2(&self) -> Option<(f64, Interval)> {
        let km2 = Some(self.valid_km2()).filter(|&km2| km2 > 0.0)?;
        let Interval { low, high } = poisson_interval(self.structures);
        Some((self.structures as f64 / km2, Interval { low: low / km2, high: high / km2 }))
    }

    /// Every figure under its name; the rates are left out when nothing was looked at.
    pub fn figures(&self) -> Figures {
        let mut figures = vec![
            ("pairs".to_owned(), Figure::Count(self.pairs)),
            ("gsd_m".to_owned(), Figure::Ratio(self.gsd.0)),
            ("valid_km2".to_owned(), Figure::Ratio(self.valid_km2())),
            ("structures".to_owned(), Figure::Count(self.structures)),
            ("structures_m2".to_owned(), Figure::Ratio(self.area().0)),
        ];
        if let Some((rate, Interval { low, high })) = self.structures_per_km2() {
            figures.extend([
                ("structures_per_km2".to_owned(), Figure::Ratio(rate)),
                ("structures_per_km2_low".to_owned(), Figure::Ratio(low)),
                ("structures_per_km2_high".to_owned(), Figure::Ratio(high)),
                ("m2_per_km2".to_owned(), Figure::Ratio(self.area().0 / self.valid_km2())),
            ]);
        }
        Figures(figures)
    }

    fn pixels_to_area(&self, pixels: usize) -> SquareMeters {
        SquareMeters(pixels as f64 * self.gsd.0 * self.gsd.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geotiff_writer::GeoTiffBuilder;
    use image::GrayImage;
    use ndarray::Array3;

    #[test]
    fn structures_are_counted_against_the_area_looked_at() {
        let scratch = tempfile::tempdir().unwrap();
        // Two images of 100 x 200 px at 2 m, 0.08 km2 each; of the second only the lower half was looked at.
        for id in ["first", "second"] {
            std::fs::create_dir(scratch.path().join(id)).unwrap();
        }
        let structure = |x: u32, y: u32| (10..20).contains(&x) && (60..66).contains(&y);
        let crumb = |x: u32, y: u32| (30..33).contains(&x) && (60..66).contains(&y);
        let mask =
            GrayImage::from_fn(200, 100, |x, y| image::Luma([if structure(x, y) || crumb(x, y) { 255 } else { 0 }]));
        mask.save(scratch.path().join("first/new_structures.png")).unwrap();
        mask.save(scratch.path().join("second/new_structures.png")).unwrap();
        let map = Array3::from_shape_fn((100, 200, 2), |(row, ..)| if row < 50 { -1.0f32 } else { 0.0 });
        let probability = scratch.path().join("second").join(PROBABILITY_FILE);
        GeoTiffBuilder::new(200, 100).bands(2).write_3d(&probability, map.view()).unwrap();

        let options = EvaluateOptions { prediction_name: "{id}/new_structures.png".into(), min_area_px: 30 };
        let alarms = count_false_alarms(scratch.path(), Meters(2.0), &options).unwrap();
        assert_eq!((alarms.pairs, alarms.structures, alarms.structure_px), (2, 2, 120));
        assert!((alarms.valid_km2() - 0.12).abs() < 1e-12);
        let (rate, Interval { low, high }) = alarms.structures_per_km2().unwrap();
        // Garwood's interval of a count of 2 is 0.2422 to 7.2247.
        assert!((rate - 2.0 / 0.12).abs() < 1e-9);
        assert!((low - 0.2422 / 0.12).abs() < 1e-3 && (high - 7.2247 / 0.12).abs() < 1e-3);
        let json = serde_json::to_value(alarms.figures()).unwrap();
        assert_eq!(json["structures_m2"], serde_json::json!(480.0));
    }

    #[test]
    fn nothing_looked_at_has_no_rate() {
        let alarms = FalseAlarms { pairs: 1, gsd: Meters(0.5), valid_px: 0, structures: 0, structure_px: 0 };
        assert_eq!(alarms.structures_per_km2(), None);
        assert_eq!(
            alarms.figures().to_string(),
            "pairs 1 gsd_m 0.5000 valid_km2 0.0000 structures 0 structures_m2 0.0000"
        );
    }
}
