//! What is told of a structure, once for all tables and layers.

use serde::Serialize;

use crate::analysis::Analysis;
use crate::capacity::{CapacityMethod, Quantiles};
use crate::raster::units::Meters;
use crate::structure::{Kind, MeasuredStructure, Status};

/// One structure as the tables tell it: a field is `None` where nothing is known.
///
/// Without a ground sampling distance nothing in metres is known, and neither kind, storeys nor use can be inferred:
/// the kind is then `other` without a probability.
#[derive(Clone, Debug, Serialize)]
pub(super) struct StructureRecord<'a> {
    #[serde(skip)]
    pub measured: &'a MeasuredStructure,
    pub site: &'a str,
    pub id: u32,
    pub status: Status,
    pub kind: Kind,
    pub kind_probability: Option<f64>,
    pub center_x_px: f64,
    pub center_y_px: f64,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    pub length_m: Option<f64>,
    pub width_m: Option<f64>,
    /// Degrees, 0 to 180, clockwise from true north where georeferenced, else from the image's up.
    pub orientation_deg: f64,
    pub area_m2: Option<f64>,
    pub area_m2_p5: Option<f64>,
    pub area_m2_p95: Option<f64>,
    pub length_px: f64,
    pub width_px: f64,
    pub area_px: f64,
    pub height_m: Option<f64>,
    pub height_sd_m: Option<f64>,
    /// The most probable number of storeys.
    pub storeys: Option<usize>,
    pub p_housing: Option<f64>,
    /// People it could hold if it exists and is housing, not rounded.
    pub capacity: Option<Quantiles>,
    /// The same with the doubts about its existence and use.
    pub capacity_with_doubts: Option<Quantiles>,
    pub capacity_method: Option<CapacityMethod>,
    pub score: f64,
    pub group: usize,
    pub note: &'a str,
}

impl<'a> StructureRecord<'a> {
    /// The records of all structures, in order of their ids.
    pub fn of_analysis(analysis: &'a Analysis, site: &'a str) -> Vec<Self> {
        let mut records: Vec<_> =
            analysis.structures.iter().map(|measured| Self::new(analysis, measured, site)).collect();
        records.sort_by_key(|record| record.id);
        records
    }

    fn new(analysis: &'a Analysis, measured: &'a MeasuredStructure, site: &'a str) -> Self {
        let (structure, ground) = (&measured.structure, measured.ground);
        let rectangle = structure.rectangle;
        let kind = measured.kinds.most_probable();
        let capacity = analysis.capacity.structures.iter().find(|own| own.id == structure.id);
        StructureRecord {
            measured,
            site,
            id: structure.id,
            status: structure.status,
            kind,
            kind_probability: ground.map(|_| measured.kinds.probability(kind)),
            center_x_px: rectangle.center.x,
            center_y_px: rectangle.center.y,
            lon: measured.place.map(|place| place.lon),
            lat: measured.place.map(|place| place.lat),
            length_m: ground.map(|own| own.length.0),
            width_m: ground.map(|own| own.width.0),
            orientation_deg: ground.map_or((rectangle.angle_deg + 90.0).rem_euclid(180.0), |own| own.orientation_deg),
            area_m2: ground.map(|own| own.area.0),
            area_m2_p5: ground.map(|own| own.area_p5.0),
            area_m2_p95: ground.map(|own| own.area_p95.0),
            length_px: rectangle.length_px,
            width_px: rectangle.width_px,
            area_px: structure.area_px,
            height_m: measured.height.map(|own| own.height.0),
            height_sd_m: measured.height.map(|own| own.standard_deviation.0),
            storeys: ground.map(|_| most_probable_storeys(measured)),
            p_housing: ground.map(|_| measured.p_housing),
            capacity: capacity.and_then(|own| own.if_housing),
            capacity_with_doubts: capacity.and_then(|own| own.people),
            capacity_method: capacity.filter(|own| own.if_housing.is_some()).map(|own| own.method),
            score: structure.score,
            group: measured.group,
            note: &measured.note,
        }
    }

    /// True for a structure that the after image shows and the before image does not: new or replaced.
    pub fn counts_as_new(&self) -> bool {
        matches!(self.status, Status::New | Status::Replaced)
    }
}

/// Numbers of a site that follow from its records.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct SiteTotals {
    /// New structures, those in place of removed ones included.
    pub new_structures: usize,
    /// New structures in place of removed ones.
    pub replaced_structures: usize,
    /// Removed structures without a successor.
    pub removed_structures: usize,
    /// Area of the new structures without a predecessor; `None` when nothing is known in metres.
    pub new_area_m2: Option<f64>,
    /// Area of the removed structures without a successor.
    pub removed_area_m2: Option<f64>,
    /// New structures that are most probably barracks; `None` when nothing is known in metres, and so no kind.
    pub barracks: Option<usize>,
    /// The same for warehouses.
    pub warehouses: Option<usize>,
}

impl SiteTotals {
    /// Counts records. A replaced structure counts as new and adds to neither area.
    pub fn of_records(records: &[StructureRecord], gsd: Option<Meters>) -> Self {
        let count = |wanted: &dyn Fn(&StructureRecord) -> bool| records.iter().filter(|record| wanted(record)).count();
        let area = |status: Status| {
            let areas = records.iter().filter(|record| record.status == status).filter_map(|record| record.area_m2);
            gsd.map(|_| areas.fold(0.0, |total, own| total + own))
        };
        let new_of_kind = |kind: Kind| gsd.map(|_| count(&|record| record.counts_as_new() && record.kind == kind));
        SiteTotals {
            new_structures: count(&|record| record.counts_as_new()),
            replaced_structures: count(&|record| record.status == Status::Replaced),
            removed_structures: count(&|record| record.status == Status::Removed),
            new_area_m2: area(Status::New),
            removed_area_m2: area(Status::Removed),
            barracks: new_of_kind(Kind::Barracks),
            warehouses: new_of_kind(Kind::Warehouse),
        }
    }
}

/// Counted from 1; the lower of equals.
fn most_probable_storeys(measured: &MeasuredStructure) -> usize {
    let ranked = measured.storeys.iter().enumerate().rev().max_by(|a, b| a.1.total_cmp(b.1));
    ranked.map_or(1, |(index, _)| index + 1)
}
