//! What is told of a structure, once for all tables and layers.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::Analysis;
use crate::capacity::{CapacityEstimate, CapacityMethod, Quantiles};
use crate::raster::units::Meters;
use crate::structure::{
    GroundMeasures, Judgement, Kind, MeasuredStructure, Status, StoreyDistribution, most_probable_storeys,
};

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
    pub center_x_px: Option<f64>,
    pub center_y_px: Option<f64>,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
    pub length_m: Option<f64>,
    pub width_m: Option<f64>,
    /// Degrees, 0 to 180, clockwise from true north where georeferenced, else from the image's up.
    pub orientation_deg: Option<f64>,
    pub area_m2: Option<f64>,
    pub area_m2_p5: Option<f64>,
    pub area_m2_p95: Option<f64>,
    pub length_px: Option<f64>,
    pub width_px: Option<f64>,
    pub area_px: Option<f64>,
    pub height_m: Option<f64>,
    pub height_sd_m: Option<f64>,
    /// The most probable number of storeys.
    pub storeys: Option<u32>,
    pub p_housing: Option<f64>,
    /// People it could hold if it exists and is housing, not rounded.
    pub capacity: Option<Quantiles>,
    /// The same with the doubts about its existence and use.
    pub capacity_with_doubts: Option<Quantiles>,
    pub capacity_method: Option<CapacityMethod>,
    pub score: f64,
    /// Occupancy profile that an analyst stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<&'a str>,
    pub group: usize,
    pub gsd_m: Option<f64>,
    /// What an analyst said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judged: Option<&'a Judgement>,
    /// What was inferred, in full, so that whoever reads the layer back can tell what was changed in between.
    pub inferred: Option<InferredRecord>,
    pub note: &'a str,
}

impl<'a> StructureRecord<'a> {
    /// The records of an analysis's structures, in order of their ids.
    pub fn of_analysis(analysis: &'a Analysis, site: &'a str) -> Vec<Self> {
        let gsd = analysis.frame.as_ref().map(|frame| frame.gsd());
        Self::of_structures(&analysis.structures, &analysis.capacity, gsd, true, site)
    }

    /// The records of structures, in order of their ids. Pixel columns are filled where there is an image.
    pub fn of_structures(
        structures: &'a [MeasuredStructure],
        capacity: &CapacityEstimate,
        gsd: Option<Meters>,
        has_image: bool,
        site: &'a str,
    ) -> Vec<Self> {
        let one = |measured| Self::new(measured, capacity, gsd, has_image, site);
        let mut records: Vec<_> = structures.iter().map(one).collect();
        records.sort_by_key(|record| record.id);
        records
    }

    fn new(
        measured: &'a MeasuredStructure,
        capacity: &CapacityEstimate,
        gsd: Option<Meters>,
        has_image: bool,
        site: &'a str,
    ) -> Self {
        let (structure, ground) = (&measured.structure, measured.ground);
        let rectangle = structure.rectangle;
        let kind = measured.kinds.most_probable();
        let capacity = capacity.structures.iter().find(|own| own.id == structure.id);
        let pixels = |value: f64| has_image.then_some(value);
        let has_size = rectangle.length_px > 0.0;
        let kind_is_known = ground.is_some() || measured.judged.kind.is_some();
        StructureRecord {
            measured,
            site,
            id: structure.id,
            status: structure.status,
            kind,
            kind_probability: kind_is_known.then(|| measured.kinds.probability(kind)),
            center_x_px: pixels(rectangle.center.x),
            center_y_px: pixels(rectangle.center.y),
            lon: measured.place.map(|place| place.lon),
            lat: measured.place.map(|place| place.lat),
            length_m: ground.map(|own| own.length.0),
            width_m: ground.map(|own| own.width.0),
            orientation_deg: match ground {
                Some(own) => Some(own.orientation_deg),
                None => has_size.then(|| (rectangle.angle_deg + 90.0).rem_euclid(180.0)),
            },
            area_m2: ground.map(|own| own.area.0),
            area_m2_p5: ground.map(|own| own.area_p5.0),
            area_m2_p95: ground.map(|own| own.area_p95.0),
            length_px: pixels(rectangle.length_px).filter(|_| has_size),
            width_px: pixels(rectangle.width_px).filter(|_| has_size),
            area_px: pixels(structure.area_px).filter(|_| has_size),
            height_m: measured.height.map(|own| own.height.0),
            height_sd_m: measured.height.map(|own| own.standard_deviation.0),
            storeys: kind_is_known
                .then(|| measured.judged.storeys.unwrap_or_else(|| most_probable_storeys(&measured.storeys))),
            p_housing: kind_is_known.then_some(measured.p_housing),
            capacity: capacity.and_then(|own| own.if_housing),
            capacity_with_doubts: capacity.and_then(|own| own.people),
            capacity_method: capacity.filter(|own| own.if_housing.is_some()).map(|own| own.method),
            score: structure.score,
            profile: measured.judged.profile.as_deref(),
            group: measured.group,
            gsd_m: gsd.map(|gsd| gsd.0),
            judged: Some(&measured.judged).filter(|judged| **judged != Judgement::default()),
            inferred: ground.map(|ground| InferredRecord::of(measured, &ground)),
            note: &measured.note,
        }
    }

    /// True for a structure that the after image shows and the before image does not: new or replaced.
    pub fn counts_as_new(&self) -> bool {
        matches!(self.status, Status::New | Status::Replaced)
    }
}

/// Everything inferred of a structure that an estimate rests on.
#[derive(Clone, Debug, Serialize)]
pub(super) struct InferredRecord {
    kinds: BTreeMap<Kind, f64>,
    storeys: StoreyDistribution,
    p_housing: f64,
    length_m: f64,
    width_m: f64,
    area_m2: f64,
    height_m: Option<f64>,
    height_sd_m: Option<f64>,
}

impl InferredRecord {
    fn of(measured: &MeasuredStructure, ground: &GroundMeasures) -> Self {
        InferredRecord {
            kinds: Kind::ALL.map(|kind| (kind, measured.kinds.probability(kind))).into(),
            storeys: measured.storeys,
            p_housing: measured.p_housing,
            length_m: ground.length.0,
            width_m: ground.width.0,
            area_m2: ground.area.0,
            height_m: measured.height.map(|own| own.height.0),
            height_sd_m: measured.height.map(|own| own.standard_deviation.0),
        }
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
