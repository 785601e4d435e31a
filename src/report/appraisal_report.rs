//! Writes what came of footprints: tables, a layer and `estimate.json`.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::appraisal::Appraisal;
use crate::capacity::Quantiles;
use crate::report::analysis_json::{CapacityGrounds, FullRecord, full_record};
use crate::report::staging::{Staging, check_output_folder};
use crate::report::structure_record::{SiteTotals, StructureRecord};
use crate::report::structures_csv::write_structure_table;
use crate::report::structures_geojson::write_layer;
use crate::report::summary_csv::{Summary, write_summary_row};
use crate::report::wording::CAVEATS;
use crate::report::{ReportError, write_error};

/// Version of the layout of `estimate.json`: the second number grows when a key is added, the first when one changes or
/// goes.
const LAYOUT_VERSION: &str = "1.0";

/// Files of an appraisal, in the order in which they are published.
const FILES: [&str; 4] = ["structures.csv", "summary.csv", "structures.geojson", "estimate.json"];

/// The site's interval stands first.
#[derive(Serialize)]
struct Document<'a> {
    capacity: Option<Quantiles>,
    #[serde(flatten)]
    grounds: CapacityGrounds<'a>,
    new_structures_interval: Quantiles,
    totals: SiteTotals,
    rejected: &'a [u32],
    layout_version: &'static str,
    program_version: &'static str,
    site: &'a str,
    footprints: Input<'a>,
    gsd_m: Option<f64>,
    structures: Vec<FullRecord<'a>>,
    warnings: &'a [String],
    caveats: [&'static str; 7],
}

#[derive(Serialize)]
struct Input<'a> {
    name: &'a str,
    sha256: &'a str,
}

/// The text of `estimate.json`: the site's interval first, under `capacity`; numbers are not rounded.
pub fn appraisal_json(appraisal: &Appraisal, site: &str) -> String {
    let records = records(appraisal, site);
    let document = Document {
        capacity: appraisal.capacity.people,
        grounds: CapacityGrounds::of(&appraisal.capacity),
        new_structures_interval: appraisal.capacity.count,
        totals: SiteTotals::of_records(&records, appraisal.gsd),
        rejected: &appraisal.rejected,
        layout_version: LAYOUT_VERSION,
        program_version: env!("CARGO_PKG_VERSION"),
        site,
        footprints: Input { name: &appraisal.name, sha256: &appraisal.sha256 },
        gsd_m: appraisal.gsd.map(|gsd| gsd.0),
        structures: records.iter().map(full_record).collect(),
        warnings: &appraisal.warnings,
        caveats: CAVEATS,
    };
    serde_json::to_string_pretty(&document).expect("invariant: plain values are JSON") + "\n"
}

/// Writes `structures.csv`, `summary.csv`, `structures.geojson` and `estimate.json` into a folder and returns their paths.
///
/// - Input: the appraisal; a folder, made if it does not exist; `overwrite` as in
///   [`check_output_folder`].
/// - Output: the same columns and properties as [`write_report`](crate::report::write_report) gives them; what only an
///   image tells is empty. The layer has the coordinates of the file that was read, WGS 84 or pixels, and can be read
///   again.
///
/// # Errors
/// [`ReportError::OutputNotEmpty`] and [`ReportError::NotAFolder`] as [`check_output_folder`]; [`ReportError::Write`] when
/// a file cannot be written; [`ReportError::Crs`] when an outline leaves the domain of the projection. After any of them
/// nothing new stands under a final name, unless moving the finished files itself was what failed.
pub fn write_appraisal(
    appraisal: &Appraisal,
    site: &str,
    out: &Path,
    overwrite: bool,
) -> Result<Vec<PathBuf>, ReportError> {
    check_output_folder(out, overwrite)?;
    let records = records(appraisal, site);
    let staging = Staging::inside(out)?;
    let [structures, summary, layer, document] = FILES.map(|name| staging.path(name));
    write_structure_table(&records, &structures)?;
    write_summary_row(&summary_of(appraisal, &records, site), &summary)?;
    write_layer(&records, appraisal.georeference.as_ref(), &layer)?;
    std::fs::write(&document, appraisal_json(appraisal, site)).map_err(|error| write_error(&document, error))?;
    staging.publish(&FILES)
}

fn records<'a>(appraisal: &'a Appraisal, site: &'a str) -> Vec<StructureRecord<'a>> {
    let has_image = appraisal.georeference.is_none();
    StructureRecord::of_structures(&appraisal.structures, &appraisal.capacity, appraisal.gsd, has_image, site)
}

fn summary_of<'a>(appraisal: &'a Appraisal, records: &[StructureRecord], site: &'a str) -> Summary<'a> {
    Summary {
        site,
        before_date: String::new(),
        after_date: String::new(),
        gsd: appraisal.gsd,
        totals: Some(SiteTotals::of_records(records, appraisal.gsd)),
        capacity: &appraisal.capacity,
        registration: "",
        residual_px: None,
        warnings: &appraisal.warnings,
    }
}
