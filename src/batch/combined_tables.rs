//! The tables on top of a batch: those of its sites one below the other, and what failed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::batch::outcome::{SiteFailure, SiteOutcome};
use crate::report::{STRUCTURE_COLUMNS, SUMMARY_COLUMNS};

/// Tables that every site has and the batch joins, and their columns.
const JOINED: [(&str, &[&str]); 2] = [("summary.csv", &SUMMARY_COLUMNS), ("structures.csv", &STRUCTURE_COLUMNS)];

/// The table of what failed.
const FAILURES: &str = "failures.csv";

/// How the names of folders begin in which files are made; as in `report`, which ignores such folders.
const STAGING_PREFIX: &str = ".sitedelta-";

/// Writes `summary.csv`, `structures.csv` and `failures.csv` into the batch's folder, replacing earlier ones.
///
/// The header stands once, also where every site failed; rows follow in the order of `outcomes`. `failures.csv` is always written: id, the code with which `compare` would have
/// exited (1 or 3), and the message.
///
/// # Errors
/// The file that could not be read or written, and what the operating system says.
pub(super) fn write_tables(out: &Path, outcomes: &[SiteOutcome]) -> Result<(), (PathBuf, io::Error)> {
    for (name, columns) in JOINED {
        let path = out.join(name);
        let tables: Vec<PathBuf> = outcomes
            .iter()
            .filter(|outcome| outcome.result.is_ok())
            .map(|outcome| out.join(&outcome.id).join(name))
            .collect();
        let joined = join_tables(&tables, columns)?;
        write_whole(&path, &joined).map_err(|error| (path, error))?;
    }
    let path = out.join(FAILURES);
    failures_table(outcomes).and_then(|table| write_whole(&path, &table)).map_err(|error| (path, error))
}

/// The rows of several tables under the header of the first; `columns` alone where there is no table.
fn join_tables(tables: &[PathBuf], columns: &[&str]) -> Result<Vec<u8>, (PathBuf, io::Error)> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = None;
    for path in tables {
        let failed = |error: csv::Error| (path.clone(), io::Error::other(error));
        let mut reader = csv::Reader::from_path(path).map_err(failed)?;
        let own = reader.headers().map_err(failed)?.clone();
        match &header {
            None => {
                writer.write_record(&own).map_err(failed)?;
                header = Some(own);
            }
            Some(first) if *first != own => {
                return Err((path.clone(), io::Error::other("its columns differ from those of the other sites")));
            }
            Some(_) => {}
        }
        for row in reader.byte_records() {
            writer.write_byte_record(&row.map_err(failed)?).map_err(failed)?;
        }
    }
    if header.is_none() {
        writer.write_record(columns).expect("invariant: writing to memory cannot fail");
    }
    Ok(writer.into_inner().expect("invariant: writing to memory cannot fail"))
}

fn failures_table(outcomes: &[SiteOutcome]) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["id", "exit_code", "message"])?;
    for outcome in outcomes {
        if let Err(failure) = &outcome.result {
            writer.write_record([&outcome.id, &exit_code(failure).to_string(), &failure.to_string()])?;
        }
    }
    Ok(writer.into_inner().expect("invariant: writing to memory cannot fail"))
}

fn exit_code(failure: &SiteFailure) -> u8 {
    match failure {
        SiteFailure::Site(error) if error.is_input_fault() => 3,
        SiteFailure::Site(_) | SiteFailure::Panicked { .. } => 1,
    }
}

/// Writes a file under its final name only when it is whole.
fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let staging = tempfile::Builder::new().prefix(STAGING_PREFIX).tempdir_in(folder)?;
    let unfinished = staging.path().join("table");
    fs::write(&unfinished, content)?;
    fs::rename(&unfinished, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::outcome::SiteFindings;

    fn done(id: &str) -> SiteOutcome {
        let findings = SiteFindings { new_structures: 1, withheld: None, warnings: Vec::new() };
        SiteOutcome { id: id.to_owned(), result: Ok(findings) }
    }

    fn failed(id: &str) -> SiteOutcome {
        SiteOutcome { id: id.to_owned(), result: Err(SiteFailure::Panicked { reason: "a, b".to_owned() }) }
    }

    fn site_with(out: &Path, id: &str, summary: &str) {
        fs::create_dir_all(out.join(id)).unwrap();
        fs::write(out.join(id).join("summary.csv"), summary).unwrap();
        fs::write(out.join(id).join("structures.csv"), "site,id\n").unwrap();
    }

    #[test]
    fn the_header_stands_once_and_rows_keep_their_order() {
        let scratch = tempfile::tempdir().unwrap();
        let out = scratch.path();
        site_with(out, "z", "site,warnings\nz,\"one; \"\"two\"\"\"\n");
        site_with(out, "a", "site,warnings\na,\n");
        write_tables(out, &[done("z"), failed("m"), done("a")]).unwrap();
        let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
        assert_eq!(read("summary.csv"), "site,warnings\nz,\"one; \"\"two\"\"\"\na,\n");
        assert_eq!(read("structures.csv"), "site,id\n");
        assert_eq!(
            read("failures.csv"),
            "id,exit_code,message\nm,1,\"internal error: a, b; please report it with the two images\"\n"
        );
        // Nothing unfinished stays, and tables of an earlier run do not outlive it.
        assert_eq!(fs::read_dir(out).unwrap().count(), 5);
        write_tables(out, &[failed("z")]).unwrap();
        assert_eq!(read("summary.csv"), SUMMARY_COLUMNS.join(",") + "\n");
    }

    #[test]
    fn tables_of_different_columns_are_not_joined() {
        let scratch = tempfile::tempdir().unwrap();
        site_with(scratch.path(), "a", "site,warnings\na,\n");
        site_with(scratch.path(), "b", "site\nb\n");
        let (path, error) = write_tables(scratch.path(), &[done("a"), done("b")]).unwrap_err();
        assert!(path.ends_with("b/summary.csv") && error.to_string().contains("columns"), "{error}");
        assert!(!scratch.path().join("summary.csv").exists());
    }
}
