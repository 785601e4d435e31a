//! Reads occupancy profiles that a user adds or changes, from TOML.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use crate::estimate::profiles::{AreaBasis, Profile, ProfileTable};
use crate::estimate::triangular::Triangular;

/// A profile file that cannot be read or used.
#[derive(Debug, Error)]
pub enum ProfileFileError {
    /// The file cannot be opened or read.
    #[error("cannot read the profiles {}: {source}; check the path", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// It is not TOML, lacks a key, or holds one that is unknown.
    #[error("profiles {}, line {line}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line of the fault, counted from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// A profile's values do not go together.
    #[error("profiles {}, profile '{profile}': {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// The profile's name.
        profile: String,
        /// What is wrong, and what would be right.
        reason: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    profile: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    basis: BasisName,
    area_per_person: [f64; 3],
    net_ratio: Option<[f64; 3]>,
    people_per_structure: Option<[f64; 3]>,
    source: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum BasisName {
    Footprint,
    Gross,
    Internal,
    Net,
}

impl ProfileTable {
    /// The program's profiles with those of a TOML file added, each in the place of its namesake.
    ///
    /// The file holds `[[profile]]` tables with `name`; `basis` (`footprint`, `gross`, `internal` or `net`);
    /// `area_per_person`, low, mode and high in square metres; `net_ratio`, three numbers up to 1, for the basis `net`
    /// and for no other; where wanted `people_per_structure`, three numbers, for tents and containers that are counted;
    /// and `source`, in words.
    ///
    /// # Errors
    /// [`ProfileFileError::Unreadable`] when there is no such file, [`ProfileFileError::Malformed`] when it is not TOML or
    /// a key is missing or unknown, [`ProfileFileError::Unusable`] when numbers are out of order or out of range.
    pub fn from_file(path: &Path) -> Result<Self, ProfileFileError> {
        let unreadable = |source| ProfileFileError::Unreadable { path: path.to_owned(), source };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let file: ProfileFile = toml::from_str(&text).map_err(|error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = 1 + text.bytes().take(start).filter(|&byte| byte == b'\n').count();
            ProfileFileError::Malformed { path: path.to_owned(), line, reason: error.message().to_owned() }
        })?;
        let mut table = ProfileTable::default();
        let mut names: Vec<String> = Vec::new();
        for entry in file.profile {
            let name = entry.name.clone();
            let unusable = |reason| ProfileFileError::Unusable { path: path.to_owned(), profile: name.clone(), reason };
            if names.contains(&name) {
                return Err(unusable("it stands there twice; keep one of them".to_owned()));
            }
            table.put(entry.into_profile().map_err(unusable)?);
            names.push(name);
        }
        Ok(table)
    }
}

impl Entry {
    fn into_profile(self) -> Result<Profile, String> {
        let sound = |c: char| c.is_ascii_alphanumeric() || "_-+".contains(c);
        if self.name.is_empty() || !self.name.chars().all(sound) {
            return Err("a name is made of letters, digits, _, - and +".to_owned());
        }
        if self.source.trim().is_empty() {
            return Err("source is empty; say where the numbers come from, be it \"our judgement\"".to_owned());
        }
        let basis = match (self.basis, self.net_ratio) {
            (BasisName::Net, Some(ratio)) => AreaBasis::Net(ordered("net_ratio", ratio, 1.0)?),
            (BasisName::Net, None) => {
                return Err("the basis net needs net_ratio, three numbers such as [0.5, 0.65, 0.85]".to_owned());
            }
            (_, Some(_)) => return Err("net_ratio goes with the basis net and with no other".to_owned()),
            (BasisName::Footprint, None) => AreaBasis::Footprint,
            (BasisName::Gross, None) => AreaBasis::Gross,
            (BasisName::Internal, None) => AreaBasis::Internal,
        };
        let people = self.people_per_structure.map(|three| ordered("people_per_structure", three, MOST));
        Ok(Profile {
            basis,
            area_per_person: ordered("area_per_person", self.area_per_person, MOST)?,
            people_per_structure: people.transpose()?,
            name: Cow::Owned(self.name),
            source: Cow::Owned(self.source),
        })
    }
}

/// Largest number accepted: no profile has a hectare a person, nor a structure ten thousand people.
const MOST: f64 = 10_000.0;

/// Low, mode and high of a triangular distribution: above 0, in order, not all the same, none above `most`.
fn ordered(key: &str, [low, mode, high]: [f64; 3], most: f64) -> Result<Triangular, String> {
    let sound = low > 0.0 && low <= mode && mode <= high && low < high && high <= most;
    let found = || format!("{key} is [{low}, {mode}, {high}], but must rise from above 0 to at most {most}");
    sound.then_some(Triangular::new(low, mode, high)).ok_or_else(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ProfileTable, ProfileFileError> {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("profiles.toml");
        std::fs::write(&path, text).unwrap();
        ProfileTable::from_file(&path)
    }

    const WARD: &str = "[[profile]]\nname = \"ward\"\nbasis = \"internal\"\narea_per_person = [6, 8.0, 12]\n\
        source = \"ward plan\"\n";

    #[test]
    fn a_file_adds_a_profile_and_changes_another() {
        let own = "[[profile]]\nname = \"container\"\nbasis = \"net\"\nnet_ratio = [0.6, 0.7, 0.8]\n\
            area_per_person = [3.0, 4.0, 5.0]\npeople_per_structure = [2, 3, 4]\nsource = \"measured\"\n";
        let table = read(&format!("{WARD}{own}")).unwrap();
        assert_eq!(table.all().len(), ProfileTable::default().all().len() + 1);
        assert_eq!(table.find("ward").unwrap().definition(), "6-8-12 m² internal");
        let changed = table.find("container").unwrap();
        assert_eq!(changed.basis, AreaBasis::Net(Triangular::new(0.6, 0.7, 0.8)));
        assert_eq!(table.position("container"), ProfileTable::default().position("container"));
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        for (text, told) in [
            (WARD.replace("internal", "inner"), "footprint"),
            (WARD.replace("[6, 8.0, 12]", "[8, 6, 12]"), "must rise"),
            (WARD.replace("[6, 8.0, 12]", "[0, 6, 12]"), "above 0"),
            (WARD.replace("[6, 8.0, 12]", "[6, nan, 12]"), "must rise"),
            (WARD.replace("internal", "net"), "needs net_ratio"),
            (format!("{WARD}net_ratio = [0.1, 0.2, 0.3]\n"), "no other"),
            (WARD.replace("ward plan", " "), "source is empty"),
            (format!("{WARD}{WARD}"), "twice"),
            (format!("{WARD}beds = 3\n"), "`beds`"),
            (WARD.replace("source = \"ward plan\"\n", ""), "source"),
            ("profile = 3".to_owned(), "line 1"),
        ] {
            let message = read(&text).unwrap_err().to_string();
            assert!(message.contains(told), "{told}: {message}");
        }
    }
}
