//! `analysis.json`: everything that was found, from what, how, and how far to trust it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::analysis::Analysis;
use crate::capacity::{
    CapacityEstimate, ClaimCheck, Confidence, GroupCapacity, ProfileCapacity, Quantiles, VarianceShare, Withheld,
};
use crate::change::{ChangeMap, SceneAdaptation};
use crate::pair::{Alignment, Radiometry, Registration};
use crate::raster::point::PixelShift;
use crate::report::structure_record::{SiteTotals, StructureRecord};
use crate::report::wording::CAVEATS;
use crate::report::{FILES, Report, ReportError, write_error};
use crate::scene::{Acquisition, DisplayStretch, SampleType, Scene};
use crate::structure::{Kind, StoreyDistribution};

/// Version of this file's layout: the second number grows when a key is added, the first when one changes or goes.
const LAYOUT_VERSION: &str = "1.1";

#[derive(Serialize)]
struct Document<'a> {
    layout_version: &'static str,
    program: Program,
    site: &'a str,
    before: Input<'a>,
    after: Input<'a>,
    ground: Option<Ground>,
    registration: &'a Registration,
    alignment: Option<AlignmentRecord>,
    radiometry: Option<&'a Radiometry>,
    detection: Option<Detection<'a>>,
    /// `null` after a refused registration: nothing was looked for.
    totals: Option<Totals>,
    capacity: Capacity<'a>,
    structures: Vec<FullRecord<'a>>,
    warnings: &'a [String],
    caveats: [&'static str; 7],
    options: Value,
    files: Vec<&'static str>,
}

#[derive(Serialize)]
struct Program {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Input<'a> {
    name: &'a str,
    sha256: Option<&'a str>,
    format: &'a str,
    width: usize,
    height: usize,
    bands: usize,
    sample_type: SampleType,
    /// Bands shown as red, green and blue, counted from 1.
    visible_bands: [usize; 3],
    crs: Option<&'a str>,
    /// From pixels to map coordinates, in GDAL's order.
    geotransform: Option<[f64; 6]>,
    stated_gsd_m: Option<f64>,
    acquisition: &'a Acquisition,
    nodata: Option<f64>,
    stretch: &'a DisplayStretch,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Ground {
    gsd_m: f64,
    gsd_x_m: f64,
    gsd_y_m: f64,
    /// Degrees clockwise from true north of the image's up; `null` when north is unknown.
    image_up_azimuth_deg: Option<f64>,
}

#[derive(Serialize)]
struct AlignmentRecord {
    /// x' = a x + b y + c, y' = d x + e y + f in after pixels, before the georeferences come in: what the pixels asked
    /// for.
    residual_affine: [f64; 6],
    /// Largest local displacement on top of it, after pixels; `null` where there is none.
    largest_local_shift_px: Option<f64>,
}

#[derive(Serialize)]
struct Detection<'a> {
    detector: &'a str,
    /// Of the file whose weights were used.
    #[serde(skip_serializing_if = "Option::is_none")]
    model_sha256: Option<&'a str>,
    /// Probability from which a pixel is changed.
    threshold: f32,
    /// Probability that a structure reaches somewhere.
    peak_threshold: f32,
    /// What the detector did to suit itself to the scene.
    #[serde(skip_serializing_if = "Option::is_none")]
    adaptation: Option<SceneAdaptation>,
}

#[derive(Serialize)]
struct Totals {
    #[serde(flatten)]
    counted: SiteTotals,
    new_structures_interval: Quantiles,
}

/// What an estimate says, for any document.
#[derive(Serialize)]
pub(super) struct Capacity<'a> {
    people: Option<Quantiles>,
    #[serde(flatten)]
    grounds: CapacityGrounds<'a>,
}

/// What stands beside the site's own interval.
#[derive(Serialize)]
pub(super) struct CapacityGrounds<'a> {
    if_all_housing: Option<Quantiles>,
    withheld: Option<&'a Withheld>,
    withheld_because: Option<String>,
    confidence: Option<Confidence>,
    /// First-order shares of the variance, the largest first.
    drivers: &'a [VarianceShare],
    profiles: &'a [ProfileCapacity],
    groups: &'a [GroupCapacity],
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<&'a ClaimCheck>,
    assumptions: &'a [String],
    draws: usize,
    seed: u64,
}

impl<'a> CapacityGrounds<'a> {
    pub(super) fn of(capacity: &'a CapacityEstimate) -> Self {
        CapacityGrounds {
            if_all_housing: capacity.if_all_housing,
            withheld: capacity.withheld.as_ref(),
            withheld_because: capacity.withheld.as_ref().map(|reason| reason.to_string()),
            confidence: capacity.people.map(|_| capacity.confidence),
            drivers: &capacity.drivers,
            profiles: &capacity.profiles,
            groups: &capacity.groups,
            claim: capacity.claim.as_ref(),
            assumptions: &capacity.assumptions,
            draws: capacity.draws,
            seed: capacity.seed,
        }
    }
}

#[derive(Serialize)]
pub(super) struct FullRecord<'a> {
    #[serde(flatten)]
    record: &'a StructureRecord<'a>,
    kind_probabilities: Option<BTreeMap<Kind, f64>>,
    storey_probabilities: Option<StoreyDistribution>,
    /// Exterior ring and holes, pixels of the image; `null` where there is none.
    outline_px: Option<Vec<Vec<[f64; 2]>>>,
    counts_as_new: bool,
}

/// Writes the document; numbers are not rounded.
pub(super) fn write_analysis(report: &Report, path: &Path) -> Result<(), ReportError> {
    let file = File::create(path).map_err(|error| write_error(path, error))?;
    let mut file = BufWriter::new(file);
    serde_json::to_writer_pretty(&mut file, &document(report)).map_err(|error| write_error(path, error))?;
    file.write_all(b"\n").and_then(|()| file.flush()).map_err(|error| write_error(path, error))
}

fn document<'a>(report: &'a Report) -> Document<'a> {
    let analysis = report.analysis;
    let seen = analysis.seen.as_ref();
    Document {
        layout_version: LAYOUT_VERSION,
        program: Program { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        site: &report.options.site,
        before: input(&analysis.scenes.before),
        after: input(&analysis.scenes.after),
        ground: ground(analysis),
        registration: &analysis.registration,
        alignment: seen.map(|seen| alignment(seen.pair.alignment())),
        radiometry: seen.map(|seen| &seen.radiometry),
        detection: seen.map(|seen| detection(&seen.change)),
        totals: seen.map(|_| totals(report)),
        capacity: capacity(analysis),
        structures: report.records.iter().map(full_record).collect(),
        warnings: &analysis.warnings,
        caveats: CAVEATS,
        options: options(&report.options.options_toml),
        files: FILES.iter().map(|(name, _)| *name).collect(),
    }
}

fn input(scene: &Scene) -> Input<'_> {
    let description = scene.description();
    Input {
        name: &description.name,
        sha256: description.sha256.as_deref(),
        format: &description.format,
        width: description.size.width,
        height: description.size.height,
        bands: description.bands,
        sample_type: description.sample_type,
        visible_bands: description.visible.map(|band| band + 1),
        crs: description.georeference.as_ref().map(|georeference| georeference.crs.name()),
        geotransform: description.georeference.as_ref().map(|georeference| georeference.transform.coefficients()),
        stated_gsd_m: description.gsd.map(|gsd| gsd.0),
        acquisition: &description.acquisition,
        nodata: description.nodata,
        stretch: &description.stretch,
        warnings: &description.warnings,
    }
}

fn ground(analysis: &Analysis) -> Option<Ground> {
    let frame = analysis.frame.as_ref()?;
    let (gsd_x, gsd_y) = frame.gsd_xy();
    let up = PixelShift::from_xy(0.0, -1.0);
    Some(Ground {
        gsd_m: frame.gsd().0,
        gsd_x_m: gsd_x.0,
        gsd_y_m: gsd_y.0,
        image_up_azimuth_deg: frame.is_oriented().then(|| frame.azimuth_deg(up)),
    })
}

fn alignment(alignment: &Alignment) -> AlignmentRecord {
    let largest = |shifts: &ndarray::Array2<PixelShift>| shifts.iter().map(|shift| shift.length()).fold(0.0, f64::max);
    AlignmentRecord {
        residual_affine: alignment.residual().coefficients(),
        largest_local_shift_px: alignment.local().map(|local| largest(&local.shifts)),
    }
}

fn detection(change: &ChangeMap) -> Detection<'_> {
    Detection {
        detector: change.detector(),
        model_sha256: change.model_sha256(),
        threshold: change.threshold().probability,
        peak_threshold: change.threshold().peak,
        adaptation: change.adaptation(),
    }
}

fn totals(report: &Report) -> Totals {
    let gsd = report.analysis.frame.as_ref().map(|frame| frame.gsd());
    Totals {
        counted: SiteTotals::of_records(&report.records, gsd),
        new_structures_interval: report.analysis.capacity.count,
    }
}

fn capacity(analysis: &Analysis) -> Capacity<'_> {
    Capacity { people: analysis.capacity.people, grounds: CapacityGrounds::of(&analysis.capacity) }
}

pub(super) fn full_record<'a>(record: &'a StructureRecord<'a>) -> FullRecord<'a> {
    let measured = record.measured;
    let outline = &measured.structure.outline;
    let rings = std::iter::once(outline.exterior()).chain(outline.interiors());
    let kinds = || Kind::ALL.map(|kind| (kind, measured.kinds.probability(kind))).into();
    FullRecord {
        record,
        kind_probabilities: measured.ground.map(|_| kinds()),
        storey_probabilities: measured.ground.map(|_| measured.storeys),
        outline_px: record
            .center_x_px
            .map(|_| rings.map(|ring| ring.coords().map(|point| [point.x, point.y]).collect()).collect()),
        counts_as_new: record.counts_as_new(),
    }
}

/// The options as values; as text should they not be TOML.
fn options(toml: &str) -> Value {
    let parsed = toml::from_str::<toml::Table>(toml).ok().and_then(|table| serde_json::to_value(table).ok());
    parsed.unwrap_or_else(|| Value::from(toml))
}
