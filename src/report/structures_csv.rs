//! `structures.csv`: a row for every structure.

use std::path::Path;

use crate::capacity::{CapacityMethod, two_significant_figures};
use crate::report::structure_record::StructureRecord;
use crate::report::wording::SMALL_CAVEAT;
use crate::report::{Report, ReportError, write_error};

/// The columns of `structures.csv`.
pub const STRUCTURE_COLUMNS: [&str; 29] = [
    "site",
    "id",
    "status",
    "kind",
    "kind_probability",
    "center_x_px",
    "center_y_px",
    "lon",
    "lat",
    "length_m",
    "width_m",
    "orientation_deg",
    "area_m2",
    "area_m2_p5",
    "area_m2_p95",
    "length_px",
    "width_px",
    "area_px",
    "height_m",
    "height_sd_m",
    "storeys",
    "p_housing",
    "capacity_p5",
    "capacity_p50",
    "capacity_p95",
    "score",
    "note",
    "capacity_method",
    "caveat",
];

/// Writes the table; a cell is empty where nothing is known. Capacities are rounded to two significant figures.
pub(super) fn write_structures(report: &Report, path: &Path) -> Result<(), ReportError> {
    write_structure_table(&report.records, path)
}

/// Writes the table of any records.
pub(super) fn write_structure_table(records: &[StructureRecord], path: &Path) -> Result<(), ReportError> {
    let failed = |error: csv::Error| write_error(path, error);
    let mut table = csv::Writer::from_path(path).map_err(failed)?;
    table.write_record(STRUCTURE_COLUMNS).map_err(failed)?;
    for record in records {
        table.write_record(row(record)).map_err(failed)?;
    }
    table.flush().map_err(|error| write_error(path, error))
}

fn row(record: &StructureRecord) -> [String; STRUCTURE_COLUMNS.len()] {
    let people = |quantile: fn(&crate::capacity::Quantiles) -> f64| {
        record.capacity.as_ref().map(|capacity| two_significant_figures(quantile(capacity)))
    };
    [
        record.site.to_owned(),
        record.id.to_string(),
        record.status.name().to_owned(),
        record.kind.name().to_owned(),
        cell(record.kind_probability, 3),
        cell(record.center_x_px, 2),
        cell(record.center_y_px, 2),
        cell(record.lon, 7),
        cell(record.lat, 7),
        cell(record.length_m, 2),
        cell(record.width_m, 2),
        cell(record.orientation_deg, 1),
        cell(record.area_m2, 1),
        cell(record.area_m2_p5, 1),
        cell(record.area_m2_p95, 1),
        cell(record.length_px, 2),
        cell(record.width_px, 2),
        cell(record.area_px, 1),
        cell(record.height_m, 2),
        cell(record.height_sd_m, 2),
        record.storeys.map(|storeys| storeys.to_string()).unwrap_or_default(),
        cell(record.p_housing, 3),
        plain(people(|q| q.p5)),
        plain(people(|q| q.p50)),
        plain(people(|q| q.p95)),
        cell(record.score, 3),
        record.note.to_owned(),
        record.capacity_method.map(method_name).unwrap_or_default().to_owned(),
        record.capacity.map(|_| SMALL_CAVEAT).unwrap_or_default().to_owned(),
    ]
}

fn method_name(method: CapacityMethod) -> &'static str {
    match method {
        CapacityMethod::Area => "area",
        CapacityMethod::Count => "count",
    }
}

/// A number with a fixed number of decimals; empty where it is not known.
pub(super) fn cell(value: impl Into<Option<f64>>, decimals: usize) -> String {
    value.into().map(|value| format!("{value:.decimals$}")).unwrap_or_default()
}

/// A number already rounded to two significant figures, in as many digits as it needs.
pub(super) fn plain(value: Option<f64>) -> String {
    let Some(value) = value else { return String::new() };
    if value == 0.0 {
        return "0".to_owned();
    }
    // The second significant figure stands this many places behind the point.
    let decimals = (1.0 - value.abs().log10().floor()).max(0.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_numbers_have_no_trailing_noise() {
        let rounded = |value: f64| plain(Some(two_significant_figures(value)));
        assert_eq!(
            [0.0, 0.437, 4.26, 5.04, 43.7, 437.2, 98_765.0].map(rounded),
            ["0", "0", "4", "5", "44", "440", "99000"]
        );
        assert_eq!(plain(None), "");
    }
}
