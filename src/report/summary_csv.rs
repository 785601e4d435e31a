//! `summary.csv`: one row for the site.

use std::path::Path;

use crate::analysis::Analysis;
use crate::capacity::{CapacityEstimate, Quantiles, two_significant_figures};
use crate::pair::RegistrationQuality;
use crate::raster::units::Meters;
use crate::report::structure_record::SiteTotals;
use crate::report::structures_csv::{cell, plain};
use crate::report::wording::SMALL_CAVEAT;
use crate::report::{Report, ReportError, write_error};
use crate::scene::Scene;

/// The columns of `summary.csv`.
pub const SUMMARY_COLUMNS: [&str; 25] = [
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
    "capacity_if_housing_p5",
    "capacity_if_housing_p50",
    "capacity_if_housing_p95",
    "capacity_drivers",
    "caveat",
];

/// What the row of a site is made from.
pub(super) struct Summary<'a> {
    pub site: &'a str,
    pub before_date: String,
    pub after_date: String,
    pub gsd: Option<Meters>,
    /// `None` where nothing was looked for.
    pub totals: Option<SiteTotals>,
    pub capacity: &'a CapacityEstimate,
    /// Empty where no images were compared.
    pub registration: &'static str,
    pub residual_px: Option<f64>,
    pub warnings: &'a [String],
}

/// Writes the row. Counts are empty after a refused registration, when nothing was looked for; a replaced structure
/// counts as new and adds to no area; confidence is empty where the capacity is withheld.
pub(super) fn write_summary(report: &Report, path: &Path) -> Result<(), ReportError> {
    let analysis = report.analysis;
    let gsd = analysis.frame.as_ref().map(|frame| frame.gsd());
    let summary = Summary {
        site: &report.options.site,
        before_date: date(&analysis.scenes.before),
        after_date: date(&analysis.scenes.after),
        gsd,
        totals: analysis.seen.as_ref().map(|_| SiteTotals::of_records(&report.records, gsd)),
        capacity: &analysis.capacity,
        registration: registration_name(analysis),
        residual_px: analysis.registration.residual_px,
        warnings: &analysis.warnings,
    };
    write_summary_row(&summary, path)
}

/// Writes the row of any site.
pub(super) fn write_summary_row(summary: &Summary, path: &Path) -> Result<(), ReportError> {
    let failed = |error: csv::Error| write_error(path, error);
    let mut table = csv::Writer::from_path(path).map_err(failed)?;
    table.write_record(SUMMARY_COLUMNS).map_err(failed)?;
    table.write_record(row(summary)).map_err(failed)?;
    table.flush().map_err(|error| write_error(path, error))
}

fn row(summary: &Summary) -> [String; SUMMARY_COLUMNS.len()] {
    let (totals, capacity) = (summary.totals, summary.capacity);
    let count = |number: fn(&SiteTotals) -> Option<usize>| {
        totals.as_ref().and_then(number).map(|number| number.to_string()).unwrap_or_default()
    };
    let counted = totals.map(|_| capacity.count);
    let shown = |people: &Option<Quantiles>, quantile: fn(&Quantiles) -> f64| {
        plain(people.as_ref().map(quantile).map(two_significant_figures))
    };
    let people = |quantile| shown(&capacity.people, quantile);
    let if_housing = |quantile| shown(&capacity.if_all_housing, quantile);
    [
        summary.site.to_owned(),
        summary.before_date.clone(),
        summary.after_date.clone(),
        cell(summary.gsd.map(|gsd| gsd.0), 3),
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
        capacity.people.map(|_| capacity.confidence.name().to_owned()).unwrap_or_default(),
        summary.registration.to_owned(),
        cell(summary.residual_px, 2),
        summary.warnings.join("; "),
        if_housing(|q| q.p5),
        if_housing(|q| q.p50),
        if_housing(|q| q.p95),
        capacity.drivers_in_words(),
        capacity.people.map(|_| SMALL_CAVEAT.to_owned()).unwrap_or_default(),
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
