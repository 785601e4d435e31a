//! `summary.csv`: one row for the site.

use std::path::Path;

use crate::analysis::Analysis;
use crate::capacity::{Quantiles, two_significant_figures};
use crate::pair::RegistrationQuality;
use crate::report::structure_record::SiteTotals;
use crate::report::structures_csv::{cell, plain};
use crate::report::{Report, ReportError, write_error};
use crate::scene::Scene;

/// The columns of `summary.csv`.
pub const SUMMARY_COLUMNS: [&str; 20] = [
    "site",
    "before_date",
    "after_date",
    "gsd_m",
    "new_structures",
    "new_structures_p5",
    "new_structures_p95",
    "removed_structures",
    "new_area_m2",
    "barracks",
    "warehouses",
    "capacity_p5",
    "capacity_p25",
    "capacity_p50",
    "capacity_p75",
    "capacity_p95",
    "confidence",
    "registration",
    "residual_px",
    "warnings",
];

/// Writes the row. Counts are empty after a refused registration, when nothing was looked for; a replaced structure
/// counts as new and adds to no area; confidence is empty where the capacity is withheld.
pub(super) fn write_summary(report: &Report, path: &Path) -> Result<(), ReportError> {
    let failed = |error: csv::Error| write_error(path, error);
    let mut table = csv::Writer::from_path(path).map_err(failed)?;
    table.write_record(SUMMARY_COLUMNS).map_err(failed)?;
    table.write_record(row(report)).map_err(failed)?;
    table.flush().map_err(|error| write_error(path, error))
}

fn row(report: &Report) -> [String; SUMMARY_COLUMNS.len()] {
    let analysis = report.analysis;
    let gsd = analysis.frame.as_ref().map(|frame| frame.gsd());
    let totals = analysis.seen.as_ref().map(|_| SiteTotals::of_records(&report.records, gsd));
    let count = |number: fn(&SiteTotals) -> Option<usize>| {
        totals.as_ref().and_then(number).map(|number| number.to_string()).unwrap_or_default()
    };
    let counted = analysis.seen.as_ref().map(|_| analysis.capacity.count);
    let people = |quantile: fn(&Quantiles) -> f64| {
        plain(analysis.capacity.people.as_ref().map(quantile).map(two_significant_figures))
    };
    [
        report.options.site.clone(),
        date(&analysis.scenes.before),
        date(&analysis.scenes.after),
        cell(gsd.map(|gsd| gsd.0), 3),
        count(|totals| Some(totals.new_structures)),
        plain(counted.map(|q| q.p5)),
        plain(counted.map(|q| q.p95)),
        count(|totals| Some(totals.removed_structures)),
        cell(totals.and_then(|totals| totals.new_area_m2), 1),
        count(|totals| totals.barracks),
        count(|totals| totals.warehouses),
        people(|q| q.p5),
        people(|q| q.p25),
        people(|q| q.p50),
        people(|q| q.p75),
        people(|q| q.p95),
        analysis.capacity.people.map(|_| analysis.capacity.confidence.name().to_owned()).unwrap_or_default(),
        registration_name(analysis).to_owned(),
        cell(analysis.registration.residual_px, 2),
        analysis.warnings.join("; "),
    ]
}

fn date(scene: &Scene) -> String {
    scene.description().acquisition.date.map(|date| date.to_string()).unwrap_or_default()
}

fn registration_name(analysis: &Analysis) -> &'static str {
    match analysis.registration.quality {
        RegistrationQuality::Trusted => "trusted",
        RegistrationQuality::Doubtful => "doubtful",
        RegistrationQuality::Refused => "refused",
        RegistrationQuality::Skipped => "skipped",
    }
}
