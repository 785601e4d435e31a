//! Measures structures on the ground and says what they probably are.

mod drawn_footprints;
mod ground_size;
mod kind_by_dimensions;
mod sisters;
mod storeys_by_height;

use thiserror::Error;

pub use crate::measure::drawn_footprints::measure_footprints;
use crate::measure::ground_size::measure_on_ground;
use crate::measure::kind_by_dimensions::{kinds_by_dimensions, p_housing, storeys_of_kinds};
use crate::measure::sisters::group_sisters;
use crate::raster::crs::CrsError;
use crate::raster::ground_frame::GroundFrame;
use crate::scene::Scene;
use crate::structure::{GroundMeasures, Judgement, Kind, KindDistribution, MeasuredStructure, Structure};

/// Why structures could not be measured.
#[derive(Debug, Error)]
pub enum MeasureError {
    /// A place could not be brought to WGS 84.
    #[error(transparent)]
    Crs(#[from] CrsError),
}

/// Measures every structure in the frame of the after image, and says what it probably is.
///
/// - Input: structures in pixels of `after`.
/// - Output: the same structures in the same order. Without a known ground sampling distance they have no measures and
///   their kind is `Other`.
///
/// The kind comes from footprint dimensions and from alike neighbours alone: a school can look like a barracks, and a
/// warehouse of 14 m x 50 m does. Heights are not measured yet; storeys are the prior of the kind.
///
/// # Errors
/// [`MeasureError::Crs`] when the after image's georeference cannot be brought to WGS 84.
pub fn measure_structures(structures: Vec<Structure>, after: &Scene) -> Result<Vec<MeasuredStructure>, MeasureError> {
    let frame = after.ground_frame()?;
    let grounds: Vec<Option<GroundMeasures>> =
        structures.iter().map(|s| frame.and_then(|frame| measure_on_ground(s, &frame, frame.gsd()))).collect();
    let groups = match frame {
        Some(frame) => group_sisters(&structures, &grounds, &frame),
        None => (0..structures.len()).collect(),
    };
    structures
        .into_iter()
        .enumerate()
        .map(|(index, structure)| {
            let sisters = groups.iter().filter(|&&group| group == groups[index]).count();
            describe(structure, grounds[index], groups[index], sisters, frame.as_ref(), after)
        })
        .collect()
}

fn describe(
    structure: Structure,
    ground: Option<GroundMeasures>,
    group: usize,
    sisters: usize,
    frame: Option<&GroundFrame>,
    after: &Scene,
) -> Result<MeasuredStructure, MeasureError> {
    let georeference = after.description().georeference.as_ref();
    let place = georeference.map(|g| g.to_lonlat(structure.rectangle.center)).transpose()?;
    let kinds = match (&ground, frame) {
        (Some(ground), Some(frame)) => kinds_by_dimensions(ground, fill_ratio(&structure), frame.gsd(), sisters),
        _ => KindDistribution::from_weights(|kind| f64::from(u8::from(kind == Kind::Other))),
    };
    Ok(MeasuredStructure {
        storeys: storeys_of_kinds(&kinds, ground.as_ref()),
        p_housing: to_thousandths(p_housing(&kinds, ground.as_ref(), sisters)),
        note: if sisters >= 3 { format!("one of {sisters} alike") } else { String::new() },
        structure,
        place,
        ground,
        height: None,
        kinds,
        group,
        judged: Judgement::default(),
    })
}

/// A prior of 0.3 that went through sums and products is still 0.3, on the side of a limit where its table puts it.
fn to_thousandths(probability: f64) -> f64 {
    (probability * 1000.0).round() / 1000.0
}

/// Share of the smallest rectangle that the outline covers: 1 for a rectangle, 0.785 for a circle.
fn fill_ratio(structure: &Structure) -> f64 {
    let rectangle = structure.rectangle.length_px * structure.rectangle.width_px;
    if rectangle > 0.0 { (structure.area_px / rectangle).min(1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raster::Raster;
    use crate::raster::point::PixelPoint;
    use crate::raster::units::Meters;
    use crate::structure::{OrientedRectangle, Status};
    use geo::{Coord, LineString, Polygon};
    use ndarray::Array3;

    fn building(x: f64, y: f64, length_px: f64, width_px: f64, angle_deg: f64) -> Structure {
        let rectangle = OrientedRectangle { center: PixelPoint::from_xy(x, y), length_px, width_px, angle_deg };
        let ring: LineString<f64> = rectangle.corners().iter().map(|p| Coord { x: p.x, y: p.y }).collect();
        let outline = Polygon::new(ring, Vec::new());
        let area_px = length_px * width_px;
        Structure { id: 1, status: Status::New, outline, rectangle, area_px, score: 0.9 }
    }

    fn scene(gsd: Option<Meters>) -> Scene {
        let raster = Raster::all_valid(Array3::zeros((3, 8, 8)));
        Scene::from_raster("drawn", raster).with_description(|description| description.gsd = gsd)
    }

    #[test]
    fn a_row_of_long_buildings_reads_as_barracks() {
        let row: Vec<Structure> =
            (0..5).map(|i| building(200.0, 100.0 + 60.0 * f64::from(i), 130.0, 24.0, 0.0)).collect();
        let measured = measure_structures(row, &scene(Some(Meters(0.5)))).expect("invariant: no georeference");
        let first = &measured[0];
        assert_eq!(first.kinds.most_probable(), Kind::Barracks);
        assert!(first.p_housing > 0.6, "{}", first.p_housing);
        assert!(measured.iter().all(|m| m.group == first.group));
        let ground = first.ground.expect("invariant: gsd is known");
        assert!((ground.length.0 - 65.0).abs() < 1e-6 && (ground.width.0 - 12.0).abs() < 1e-6);
        assert!((ground.orientation_deg - 90.0).abs() < 1e-6, "east-west is 90 degrees from north");
    }

    #[test]
    fn a_wide_hall_is_no_housing() {
        let hall = measure_structures(vec![building(100.0, 100.0, 120.0, 60.0, 0.0)], &scene(Some(Meters(0.5))))
            .expect("invariant: no georeference");
        assert_eq!(hall[0].kinds.most_probable(), Kind::Warehouse);
        assert!(hall[0].p_housing < 0.15, "{}", hall[0].p_housing);
    }

    #[test]
    fn nothing_is_said_without_a_gsd() {
        let unknown = measure_structures(vec![building(100.0, 100.0, 120.0, 24.0, 0.0)], &scene(None))
            .expect("invariant: no georeference");
        assert!(unknown[0].ground.is_none());
        assert_eq!(unknown[0].kinds.most_probable(), Kind::Other);
    }
}
