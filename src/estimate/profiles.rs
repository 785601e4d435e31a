//! Occupancy profiles: floor area per person, on which area it counts, and where the number comes from.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::estimate::triangular::Triangular;
use crate::structure::Kind;

/// The area that a profile's square metres per person count.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AreaBasis {
    /// The outline as seen: tents, containers.
    Footprint,
    /// The outline less the eaves.
    Gross,
    /// The outline less eaves and walls.
    Internal,
    /// The outline less the eaves, times a net to gross ratio that already contains the walls.
    Net(Triangular),
}

impl AreaBasis {
    /// The word for it in files and tables.
    pub fn name(&self) -> &'static str {
        match self {
            AreaBasis::Footprint => "footprint",
            AreaBasis::Gross => "gross",
            AreaBasis::Internal => "internal",
            AreaBasis::Net(_) => "net",
        }
    }
}

/// How many square metres one person takes under one kind of use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Name, as in `--profile`.
    pub name: Cow<'static, str>,
    /// The area counted.
    pub basis: AreaBasis,
    /// Square metres per person, drawn log-triangularly.
    pub area_per_person: Triangular,
    /// People in one structure of the usual size, drawn log-triangularly; for tents and containers, which can be counted.
    pub people_per_structure: Option<Triangular>,
    /// Where the numbers come from.
    pub source: Cow<'static, str>,
}

impl Profile {
    /// `2.8-4.2-7.0 m² net`: how much area a person takes, and which.
    pub fn definition(&self) -> String {
        let Triangular { low, mode, high } = self.area_per_person;
        format!("{low}-{mode}-{high} m² {}", self.basis.name())
    }
}

/// Net to gross ratio of deployed barracks.
const NET_DEPLOYED: AreaBasis = AreaBasis::Net(Triangular::new(0.50, 0.65, 0.85));
/// Net to gross ratio of conscript company barracks.
const NET_CONSCRIPT: AreaBasis = AreaBasis::Net(Triangular::new(0.42, 0.55, 0.70));

/// Floor of the tents at Tsel, 16 x 36 ft: people in one of them are derived from the square metres below, with which they
/// agree by construction (16.7 official, 30 and 60 by observers).
const TSEL_TENT_M2: f64 = 53.5;
/// Outer footprint of the UNHCR family tent, 6.5 x 4.0 m (canvashome.com).
const UNHCR_TENT_M2: f64 = 26.0;
/// Footprint of a containerized housing unit, 22 x 8 ft (armymomstrong.com).
const CHU_M2: f64 = 16.35;

/// Every profile that comes with the program. Numbers and sources: docs/CAPACITY.md, "Occupancy profiles" and "Conversion factors".
const PROFILES: [Profile; 14] = [
    Profile {
        name: Cow::Borrowed("emergency_bunk"),
        basis: AreaBasis::Internal,
        area_per_person: Triangular::new(0.9, 2.0, 3.0),
        people_per_structure: Some(Triangular::new(0.9, 2.0, 3.0).shares_of(TSEL_TENT_M2)),
        source: Cow::Borrowed(
            "derived from Tsel camp, Belarus 2023 (30 and 60 a tent); Russian field rule 1.2-1.5 m² (dokipedia.ru/document/5165233)",
        ),
    },
    Profile {
        name: Cow::Borrowed("military_tent"),
        basis: AreaBasis::Footprint,
        area_per_person: Triangular::new(1.8, 3.2, 6.0),
        people_per_structure: Some(Triangular::new(1.8, 3.2, 6.0).shares_of(TSEL_TENT_M2)),
        source: Cow::Borrowed("derived from Tsel camp, official figure; TEMPER tent 16-24 airmen (AFPS, 23 Oct 2003)"),
    },
    Profile {
        name: Cow::Borrowed("deployed_hut"),
        basis: AreaBasis::Internal,
        area_per_person: Triangular::new(3.5, 4.5, 7.0),
        people_per_structure: None,
        source: Cow::Borrowed("Guantanamo seahut 15 x 32 ft, up to 10 people (720mpreunion.org)"),
    },
    Profile {
        name: Cow::Borrowed("container"),
        basis: AreaBasis::Footprint,
        area_per_person: Triangular::new(4.1, 5.0, 9.0),
        people_per_structure: Some(Triangular::new(4.1, 5.0, 9.0).shares_of(CHU_M2)),
        source: Cow::Borrowed("containerized housing unit 22 x 8 ft, 2-4 people (armymomstrong.com)"),
    },
    Profile {
        name: Cow::Borrowed("conscript_barracks"),
        basis: NET_CONSCRIPT,
        area_per_person: Triangular::new(3.0, 4.0, 6.0),
        people_per_structure: None,
        source: Cow::Borrowed(
            "derived from the Russian statute of at least 12 m³ of air per person (arhivinfo.ru/1-21200)",
        ),
    },
    Profile {
        name: Cow::Borrowed("deployed_barracks"),
        basis: NET_DEPLOYED,
        area_per_person: Triangular::new(2.8, 4.2, 7.0),
        people_per_structure: None,
        source: Cow::Borrowed("72 ft² (DA Pam 40-11, 22 Jul 2005); 50 ft² (UPI, 25 Apr 2006)"),
    },
    Profile {
        name: Cow::Borrowed("cubicle_2_4"),
        basis: NET_DEPLOYED,
        area_per_person: Triangular::new(5.0, 7.0, 10.0),
        people_per_structure: None,
        source: Cow::Borrowed("our judgement"),
    },
    Profile {
        name: Cow::Borrowed("suite_1_plus_1"),
        basis: AreaBasis::Gross,
        area_per_person: Triangular::new(28.0, 34.0, 40.0),
        people_per_structure: None,
        source: Cow::Borrowed("JBLM: 324 soldiers in at most 120,956 ft² (garco.com)"),
    },
    Profile {
        name: Cow::Borrowed("student_dorm"),
        basis: AreaBasis::Gross,
        area_per_person: Triangular::new(24.0, 31.0, 36.0),
        people_per_structure: None,
        source: Cow::Borrowed("median 332 ft² per bed (spaces4learning.com, 2007)"),
    },
    Profile {
        name: Cow::Borrowed("worker_dorm"),
        basis: NET_DEPLOYED,
        area_per_person: Triangular::new(3.0, 4.5, 5.5),
        people_per_structure: None,
        source: Cow::Borrowed("our judgement (after IFC/EBRD guidance, unverified)"),
    },
    Profile {
        name: Cow::Borrowed("detention_cell"),
        basis: NET_CONSCRIPT,
        area_per_person: Triangular::new(2.0, 4.0, 7.0),
        people_per_structure: None,
        source: Cow::Borrowed("CPT/Inf(2015)44, paragraph 9: 4 m² shared, 6 m² single"),
    },
    Profile {
        name: Cow::Borrowed("detention_institution"),
        basis: AreaBasis::Gross,
        area_per_person: Triangular::new(12.0, 19.0, 28.0),
        people_per_structure: None,
        source: Cow::Borrowed("derived from 206 million ft² for 1,014,883 people"),
    },
    Profile {
        name: Cow::Borrowed("humanitarian_shelter"),
        basis: AreaBasis::Internal,
        area_per_person: Triangular::new(2.5, 3.5, 5.5),
        people_per_structure: None,
        source: Cow::Borrowed("Sphere, shelter standard 3: at least 3.5 m², 4.5-5.5 m² in cold or urban settings"),
    },
    Profile {
        name: Cow::Borrowed("unhcr_tent"),
        basis: AreaBasis::Footprint,
        area_per_person: Triangular::new(4.3, 5.2, 6.5),
        people_per_structure: Some(Triangular::new(4.3, 5.2, 6.5).shares_of(UNHCR_TENT_M2)),
        source: Cow::Borrowed("UNHCR family tent 6.5 x 4.0 m, 5 people (canvashome.com)"),
    },
];

/// The profiles that an estimate can use: those of the program, and those a file adds or changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProfileTable {
    profiles: Vec<Profile>,
}

impl Default for ProfileTable {
    /// The profiles of the program.
    fn default() -> Self {
        ProfileTable { profiles: PROFILES.to_vec() }
    }
}

impl ProfileTable {
    /// Every profile, in the order of the table.
    pub fn all(&self) -> &[Profile] {
        &self.profiles
    }

    /// The profile of a name.
    pub fn find(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// The place of a name in the table.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.profiles.iter().position(|profile| profile.name == name)
    }

    /// Every name, parted by commas.
    pub fn names(&self) -> String {
        self.profiles.iter().map(|profile| &*profile.name).collect::<Vec<_>>().join(", ")
    }

    /// Puts a profile in the place of its namesake, or at the end.
    pub fn put(&mut self, profile: Profile) {
        match self.position(&profile.name) {
            Some(index) => self.profiles[index] = profile,
            None => self.profiles.push(profile),
        }
    }
}

/// The default uses of a kind and their shares; empty for a kind that houses nobody (docs/CAPACITY.md, "Kinds").
pub fn default_mix(kind: Kind) -> &'static [(&'static str, f64)] {
    match kind {
        Kind::Barracks => &[("deployed_barracks", 0.55), ("conscript_barracks", 0.25), ("cubicle_2_4", 0.20)],
        Kind::House => &[("cubicle_2_4", 0.5), ("humanitarian_shelter", 0.5)],
        Kind::Tent => &[("military_tent", 0.6), ("unhcr_tent", 0.3), ("emergency_bunk", 0.1)],
        Kind::Container => &[("container", 1.0)],
        Kind::Shed => &[("deployed_hut", 1.0)],
        Kind::Other => &[("deployed_barracks", 0.5), ("worker_dorm", 0.5)],
        Kind::Warehouse | Kind::Hangar | Kind::Tank | Kind::Greenhouse => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mix_names_profiles_and_sums_to_one() {
        let table = ProfileTable::default();
        for kind in Kind::ALL {
            let mix = default_mix(kind);
            assert!(mix.iter().all(|(name, _)| table.find(name).is_some()), "{kind:?}");
            let sum: f64 = mix.iter().map(|(_, share)| share).sum();
            assert!(mix.is_empty() || (sum - 1.0).abs() < 1e-12, "{kind:?}");
        }
    }

    #[test]
    fn names_are_unique_limits_ordered_and_sources_given() {
        for (index, profile) in PROFILES.iter().enumerate() {
            assert!(PROFILES[..index].iter().all(|other| other.name != profile.name));
            let Triangular { low, mode, high } = profile.area_per_person;
            assert!(low < mode && mode < high && !profile.source.is_empty(), "{}", profile.name);
        }
    }

    #[test]
    fn people_in_a_tent_agree_with_their_area() {
        // 53.5 m2 at 1.8-3.2-6.0 m2 a person: 8.9-16.7-29.7 people; the official figure of Tsel is 5,000 / 298 = 16.8.
        let tent = PROFILES[1].people_per_structure.expect("invariant: a tent can be counted");
        assert!((tent.low - 8.92).abs() < 0.01 && (tent.mode - 16.72).abs() < 0.01 && (tent.high - 29.72).abs() < 0.01);
    }
}
