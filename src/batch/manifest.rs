//! The list of sites of a batch.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use csv::StringRecord;
use thiserror::Error;

use crate::batch::site_options::{OptionsError, SiteOptions};

/// Columns that a manifest may have; the first three must be there.
pub const COLUMNS: [&str; 9] =
    ["id", "before", "after", "gsd_m", "before_date", "after_date", "site", "profile", "aoi"];

/// Number of columns that must be there.
const REQUIRED: usize = 3;

/// Longest id: leaves room for file names within the 255 bytes of common file systems.
const LONGEST_ID: usize = 100;

/// Names that Windows keeps for devices (Microsoft, "Naming Files, Paths, and Namespaces").
const DEVICE_NAMES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// One site of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchSite {
    /// Name of its output folder; unique in the batch.
    pub id: String,
    /// The earlier image.
    pub before: PathBuf,
    /// The later image.
    pub after: PathBuf,
    /// Options of the batch, with those of the site's own row.
    pub options: SiteOptions,
}

/// A manifest that cannot be read or used.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum ManifestError {
    #[error("cannot read the manifest {}: {source}; check the path", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("manifest {}: {reason}; it must be a CSV table in UTF-8 with a header", path.display())]
    Malformed { path: PathBuf, reason: String },
    #[error("manifest {}: unknown column {column:?}; known are {}", path.display(), COLUMNS.join(", "))]
    UnknownColumn { path: PathBuf, column: String },
    #[error("manifest {}: column {column:?} stands there twice", path.display())]
    RepeatedColumn { path: PathBuf, column: String },
    #[error("manifest {}: column {column:?} is missing; id, before and after must be there", path.display())]
    MissingColumn { path: PathBuf, column: &'static str },
    #[error("manifest {} lists no site; add a row for each", path.display())]
    NoSites { path: PathBuf },
    #[error("manifest {}, line {line}: {column} is {value:?}: {reason}", path.display())]
    BadValue { path: PathBuf, line: u64, column: &'static str, value: String, reason: String },
}

/// Reads a manifest: a CSV table with a row for each site.
///
/// - Columns: id, before, after, and where wanted gsd_m, before_date, after_date, site, profile, aoi. An empty cell
///   leaves the option as the batch has it; a site without a name is called by its id.
/// - Relative paths count from the manifest's folder.
///
/// # Errors
/// [`ManifestError`]: a file that cannot be read, a column that is unknown, missing or there twice, no row, an id that
/// is used twice (upper and lower case count as the same) or is not safe as a folder name, or a cell that cannot be
/// parsed.
pub fn read_manifest(path: &Path, options: &SiteOptions) -> Result<Vec<BatchSite>, ManifestError> {
    let unreadable = |source| ManifestError::Unreadable { path: path.to_owned(), source };
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let malformed = |error: csv::Error| ManifestError::Malformed { path: path.to_owned(), reason: error.to_string() };
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes.as_slice());
    let columns = find_columns(path, table.headers().map_err(malformed)?)?;
    let mut lines_of_ids = BTreeMap::new();
    let mut sites = Vec::new();
    for record in table.records() {
        let record = record.map_err(malformed)?;
        let row = Row { path, columns, record: &record };
        let site = row.site(options)?;
        if let Some(line) = lines_of_ids.insert(site.id.to_lowercase(), row.line()) {
            return Err(row.bad_value("id", &format!("line {line} has the same id; ids must be unique")));
        }
        sites.push(site);
    }
    if sites.is_empty() { Err(ManifestError::NoSites { path: path.to_owned() }) } else { Ok(sites) }
}

/// Position of every column of [`COLUMNS`] in a table.
type ColumnPositions = [Option<usize>; COLUMNS.len()];

fn find_columns(path: &Path, headers: &StringRecord) -> Result<ColumnPositions, ManifestError> {
    let mut positions = [None; COLUMNS.len()];
    for (position, header) in headers.iter().enumerate() {
        let name = header.trim_start_matches('\u{feff}');
        let column = || name.to_owned();
        let index = COLUMNS
            .iter()
            .position(|&known| known == name)
            .ok_or_else(|| ManifestError::UnknownColumn { path: path.to_owned(), column: column() })?;
        if positions[index].replace(position).is_some() {
            return Err(ManifestError::RepeatedColumn { path: path.to_owned(), column: column() });
        }
    }
    match (0..REQUIRED).find(|&index| positions[index].is_none()) {
        Some(missing) => Err(ManifestError::MissingColumn { path: path.to_owned(), column: COLUMNS[missing] }),
        None => Ok(positions),
    }
}

/// One row of a manifest.
struct Row<'a> {
    path: &'a Path,
    columns: ColumnPositions,
    record: &'a StringRecord,
}

impl Row<'_> {
    fn site(&self, batch: &SiteOptions) -> Result<BatchSite, ManifestError> {
        let id = self.required("id")?;
        check_id(id).map_err(|reason| self.bad_value("id", reason))?;
        let mut options = batch.clone();
        options.site = Some(self.cell("site").unwrap_or(id).to_owned());
        options.gsd_m = self.parsed("gsd_m")?.or(batch.gsd_m);
        options.before_date = self.parsed("before_date")?.or(batch.before_date);
        options.after_date = self.parsed("after_date")?.or(batch.after_date);
        options.profile = self.cell("profile").map(str::to_owned).or(batch.profile.clone());
        options.aoi = self.cell("aoi").map(|file| self.beside_manifest(file)).or(batch.aoi.clone());
        options.check().map_err(|error| match error {
            OptionsError::OutOfRange { name: "gsd_m", required, .. } => {
                self.bad_value("gsd_m", &format!("must be {required}"))
            }
            other => self.bad_value("id", &other.to_string()),
        })?;
        Ok(BatchSite {
            id: id.to_owned(),
            before: self.beside_manifest(self.required("before")?),
            after: self.beside_manifest(self.required("after")?),
            options,
        })
    }

    /// The text of a cell; `None` when it is empty or its column absent.
    fn cell(&self, column: &str) -> Option<&str> {
        let index = COLUMNS.iter().position(|&known| known == column)?;
        self.record.get(self.columns[index]?).filter(|text| !text.is_empty())
    }

    fn required(&self, column: &'static str) -> Result<&str, ManifestError> {
        self.cell(column).ok_or_else(|| self.bad_value(column, "every site needs one"))
    }

    fn parsed<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, ManifestError>
    where
        T::Err: std::fmt::Display,
    {
        let parse = |text: &str| text.parse().map_err(|error: T::Err| self.bad_value(column, &error.to_string()));
        self.cell(column).map(parse).transpose()
    }

    fn beside_manifest(&self, file: &str) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join(file)
    }

    fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    fn bad_value(&self, column: &'static str, reason: &str) -> ManifestError {
        let value = self.cell(column).unwrap_or("").to_owned();
        ManifestError::BadValue {
            path: self.path.to_owned(),
            line: self.line(),
            column,
            value,
            reason: reason.to_owned(),
        }
    }
}

/// Checks that an id can be a folder's name on every common file system, and none of the batch's own files.
fn check_id(id: &str) -> Result<(), &'static str> {
    let lower = id.to_lowercase();
    let stem = lower.split('.').next().unwrap_or("").trim_end_matches(|c: char| c.is_ascii_digit());
    if id.len() > LONGEST_ID {
        Err("ids are folder names of at most 100 bytes")
    } else if !id.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        Err("ids are folder names: letters, digits, '-', '_' and '.' only")
    } else if id.starts_with(['.', '-']) || id.ends_with('.') {
        Err("ids are folder names: they may not begin with '.' or '-', nor end with '.'")
    } else if DEVICE_NAMES.contains(&stem) {
        Err("ids are folder names, and Windows keeps this one for a device")
    } else if lower.ends_with(".csv") {
        Err("ids ending with .csv would clash with the batch's own tables")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<BatchSite>, String> {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("sites.csv");
        std::fs::write(&path, text).unwrap();
        let batch = SiteOptions { gsd_m: Some(0.5), profile: Some("camp".into()), ..SiteOptions::default() };
        let strip = |file: &PathBuf| file.strip_prefix(scratch.path()).unwrap_or(file).to_owned();
        let sites = read_manifest(&path, &batch).map_err(|error| error.to_string())?;
        let relative = |site: BatchSite| BatchSite {
            before: strip(&site.before),
            after: strip(&site.after),
            options: SiteOptions { aoi: site.options.aoi.as_ref().map(strip), ..site.options },
            id: site.id,
        };
        Ok(sites.into_iter().map(relative).collect())
    }

    #[test]
    fn a_row_overrides_the_batch() {
        let sites = read(
            "id, after, before, gsd_m, after_date, site, aoi, profile\n\
             a, a/2.png, a/1.png, 0.3, 2024-12-03,\"Base, north\", a/aoi.kml, barracks\n\
             b, /far/2.tif, b/1.png,,,,,\n",
        )
        .unwrap();
        assert_eq!(sites[0].before, Path::new("a/1.png"));
        assert_eq!(sites[1].after, Path::new("/far/2.tif"));
        let (own, batch) = (&sites[0].options, &sites[1].options);
        assert_eq!((own.gsd_m, batch.gsd_m), (Some(0.3), Some(0.5)));
        assert_eq!((own.site.as_deref(), batch.site.as_deref()), (Some("Base, north"), Some("b")));
        assert_eq!((own.profile.as_deref(), batch.profile.as_deref()), (Some("barracks"), Some("camp")));
        assert_eq!(own.aoi.as_deref(), Some(Path::new("a/aoi.kml")));
        assert_eq!(own.after_date, Some(jiff::civil::date(2024, 12, 3)));
        assert_eq!(batch.after_date, None);
    }

    #[test]
    fn columns_are_checked_by_name() {
        let message = read("id,before,after,gsd\na,1,2,3\n").unwrap_err();
        assert!(message.contains("unknown column \"gsd\"") && message.contains("gsd_m"), "{message}");
        assert!(read("id,before\na,1\n").unwrap_err().contains("\"after\" is missing"));
        assert!(read("id,before,after,id\na,1,2,b\n").unwrap_err().contains("twice"));
        assert!(read("id,before,after\n").unwrap_err().contains("no site"));
        assert!(read("\u{feff}id,before,after\na,1,2\n").is_ok());
    }

    #[test]
    fn a_bad_cell_is_named_with_its_line() {
        let message = read("id,before,after,gsd_m\na,1,2,0.5\nb,1,2,half\n").unwrap_err();
        assert!(message.contains("line 3") && message.contains("gsd_m is \"half\""), "{message}");
        let message = read("id,before,after,gsd_m\na,1,2,-1\n").unwrap_err();
        assert!(message.contains("line 2") && message.contains("more than 0"), "{message}");
        assert!(read("id,before,after,after_date\na,1,2,2024-13-01\n").unwrap_err().contains("after_date"));
        assert!(read("id,before,after\na,,2\n").unwrap_err().contains("before"));
        assert!(read("id,before,after\na,1\n").unwrap_err().contains("CSV"));
    }

    #[test]
    fn ids_are_unique_and_safe() {
        for id in ["../a", "a/b", "a b", ".hidden", "-flag", "a.", "NUL", "com1.x", "summary.csv", "a:b", "a\\b"] {
            let message = read(&format!("id,before,after\n{id},1,2\n")).unwrap_err();
            assert!(message.contains("id is"), "{id}: {message}");
        }
        for id in ["bamako", "Gao_2024-12.v2", "Ségou", "company"] {
            assert!(read(&format!("id,before,after\n{id},1,2\n")).is_ok(), "{id}");
        }
        let message = read("id,before,after\na,1,2\nA,1,2\n").unwrap_err();
        assert!(message.contains("line 3") && message.contains("line 2 has the same id"), "{message}");
    }
}
