//! A folder inside the output folder where files are made before they get their final names.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::report::{ReportError, write_error};

/// How the names of staging folders begin; a run that was killed leaves one behind, which the next one sweeps away.
const PREFIX: &str = ".sitedelta-";

/// Says early whether a report may be written into a folder, before hours are spent on the analysis.
///
/// A folder that does not exist yet, or holds nothing but what a killed run left behind, is fine.
///
/// # Errors
/// [`ReportError::OutputNotEmpty`] when it holds files and `overwrite` is false, [`ReportError::NotAFolder`] when the
/// name belongs to a file, [`ReportError::Write`] when it cannot be listed.
pub fn check_output_folder(out: &Path, overwrite: bool) -> Result<(), ReportError> {
    let entries = match fs::read_dir(out) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(_) if !out.is_dir() => return Err(ReportError::NotAFolder { path: out.to_owned() }),
        Err(error) => return Err(write_error(out, error)),
    };
    if overwrite {
        return Ok(());
    }
    for entry in entries {
        let found = entry.map_err(|error| write_error(out, error))?.file_name().to_string_lossy().into_owned();
        if !found.starts_with(PREFIX) {
            return Err(ReportError::OutputNotEmpty { folder: out.to_owned(), found });
        }
    }
    Ok(())
}

/// The staging folder of one run; it vanishes with this value.
pub(super) struct Staging {
    folder: TempDir,
    out: PathBuf,
}

impl Staging {
    /// Makes the output folder, sweeps away what killed runs left there, and makes a staging folder inside.
    pub fn inside(out: &Path) -> Result<Self, ReportError> {
        fs::create_dir_all(out).map_err(|error| write_error(out, error))?;
        sweep(out).map_err(|error| write_error(out, error))?;
        let folder =
            tempfile::Builder::new().prefix(PREFIX).tempdir_in(out).map_err(|error| write_error(out, error))?;
        Ok(Staging { folder, out: out.to_owned() })
    }

    /// Where to make a file.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Moves the files to their final names, in the order given; other files of the output folder stay.
    ///
    /// The last file of an earlier run goes first: it stands for a complete set, and there is none in between.
    pub fn publish(self, names: &[&str]) -> Result<Vec<PathBuf>, ReportError> {
        let finals: Vec<PathBuf> = names.iter().map(|name| self.out.join(name)).collect();
        if let Some(folder) = finals.iter().find(|path| path.is_dir()) {
            return Err(write_error(folder, "a folder of that name is in the way; remove it or choose another --out"));
        }
        if let Some(last) = finals.last().filter(|path| path.exists()) {
            fs::remove_file(last).map_err(|error| write_error(last, error))?;
        }
        for (name, path) in names.iter().zip(&finals) {
            fs::rename(self.path(name), path).map_err(|error| write_error(path, error))?;
        }
        Ok(finals)
    }
}

fn sweep(out: &Path) -> io::Result<()> {
    for entry in fs::read_dir(out)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> TempDir {
        tempfile::tempdir().expect("invariant: a temporary folder can be made")
    }

    #[test]
    fn only_an_empty_folder_is_written_into_unasked() {
        let out = folder();
        check_output_folder(&out.path().join("not/there/yet"), false).expect("a missing folder is fine");
        fs::create_dir(out.path().join(".sitedelta-killed")).expect("invariant: writable");
        check_output_folder(out.path(), false).expect("leftovers of a killed run do not count");
        let file = out.path().join("notes.txt");
        fs::write(&file, "mine").expect("invariant: writable");
        let error = check_output_folder(out.path(), false).expect_err("not empty").to_string();
        assert!(error.contains("notes.txt") && error.contains("--overwrite"), "{error}");
        check_output_folder(out.path(), true).expect("overwriting was asked for");
        assert!(matches!(check_output_folder(&file, true), Err(ReportError::NotAFolder { .. })));
    }

    #[test]
    fn dropped_staging_leaves_nothing_and_published_files_replace_their_namesakes() {
        let out = folder();
        fs::write(out.path().join("notes.txt"), "mine").expect("invariant: writable");
        fs::write(out.path().join("b"), "old").expect("invariant: writable");
        fs::create_dir(out.path().join(".sitedelta-killed")).expect("invariant: writable");
        let staging = Staging::inside(out.path()).expect("invariant: writable");
        fs::write(staging.path("a"), "half").expect("invariant: writable");
        drop(staging);
        let left = || {
            let mut names: Vec<_> =
                fs::read_dir(out.path()).expect("listable").map(|e| e.unwrap().file_name()).collect();
            names.sort();
            names
        };
        assert_eq!(left(), ["b", "notes.txt"]);

        let staging = Staging::inside(out.path()).expect("invariant: writable");
        fs::write(staging.path("a"), "new a").expect("invariant: writable");
        fs::write(staging.path("b"), "new b").expect("invariant: writable");
        staging.publish(&["a", "b"]).expect("invariant: same disk");
        assert_eq!(left(), ["a", "b", "notes.txt"]);
        assert_eq!(fs::read_to_string(out.path().join("b")).expect("readable"), "new b");
    }
}
