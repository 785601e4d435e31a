//! Occupancy profiles: floor area per person, on which area it counts, and where the number comes from.

use crate::estimate::triangular::Triangular;
use crate::structure::Kind;

/// The area that a profile's square metres per person count.
#[derive(Clone, Copy, Debug, PartialEq)]
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

/// How many square metres one person takes under one kind of use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Profile {
    /// Name, as in `--profile`.
    pub name: &'static str,
    /// The area counted.
    pub basis: AreaBasis,
    /// Square metres per person, drawn log-triangularly.
    pub area_per_person: Triangular,
    /// Where the number comes from.
    pub source: &'static str,
}

/// Net to gross ratio of deployed barracks.
const NET_DEPLOYED: AreaBasis = AreaBasis::Net(Triangular::new(0.50, 0.65, 0.85));
/// Net to gross ratio of conscript company barracks.
const NET_CONSCRIPT: AreaBasis = AreaBasis::Net(Triangular::new(0.42, 0.55, 0.70));

/// Every profile. Numbers and sources: docs/CAPACITY.md, "Occupancy profiles" and "Conversion factors".
pub const PROFILES: [Profile; 14] = [
    Profile {
        name: "emergency_bunk",
        basis: AreaBasis::Internal,
        area_per_person: Triangular::new(0.9, 2.0, 3.0),
        source: "derived from Tsel camp, Belarus 2023 (30 and 60 a tent); Russian field rule 1.2-1.5 m² (dokipedia.ru/document/5165233)",
    },
    Profile {
        name: "military_tent",
        basis: AreaBasis::Footprint,
        area_per_person: Triangular::new(1.8, 3.2, 6.0),
        source: "derived from Tsel camp, official figure; TEMPER tent 16-24 airmen (AFPS, 23 Oct 2003)",
    },
    Profile {
        name: "deployed_hut",
        basis: AreaBasis::Internal,
        area_per_person: Triangular::new(3.5, 4.5, 7.0),
        source: "Guantanamo seahut 15 x 32 ft, up to 10 people (720mpreunion.org)",
    },
    Profile {
        name: "container",
        basis: AreaBasis::Footprint,
        area_per_person: Triangular::new(4.1, 5.0, 9.0),
        source: "containerized housing unit 22 x 8 ft, 2-4 people (armymomstrong.com)",
    },
    Profile {
        name: "conscript_barracks",
        basis: NET_CONSCRIPT,
        area_per_person: Triangular::new(3.0, 4.0, 6.0),
        source: "derived from the Russian statute of at least 12 m³ of air per person (arhivinfo.ru/1-21200)",
    },
    Profile {
        name: "deployed_barracks",
        basis: NET_DEPLOYED,
        area_per_person: Triangular::new(2.8, 4.2, 7.0),
        source: "72 ft² (DA Pam 40-11, 22 Jul 2005); 50 ft² (UPI, 25 Apr 2006)",
    },
    Profile {
        name: "cubicle_2_4",
        basis: NET_DEPLOYED,
        area_per_person: Triangular::new(5.0, 7.0, 10.0),
        source: "our judgement",
    },
    Profile {
        name: "suite_1_plus_1",
        basis: AreaBasis::Gross,
        area_per_person: Triangular::new(28.0, 34.0, 40.0),
        source: "JBLM: 324 soldiers in at most 120,956 ft² (garco.com)",
    },
    Profile {
        name: "student_dorm",
        basis: AreaBasis::Gross,
        area_per_person: Triangular::new(24.0, 31.0, 36.0),
        source: "median 332 ft² per bed (spaces4learning.com, 2007)",
    },
    Profile {
        name: "worker_dorm",
        basis: NET_DEPLOYED,
        area_per_person: Triangular::new(3.0, 4.5, 5.5),
        source: "our judgement (after IFC/EBRD guidance, unverified)",
    },
    Profile {
        name: "detention_cell",
        basis: NET_CONSCRIPT,
        area_per_person: Triangular::new(2.0, 4.0, 7.0),
        source: "CPT/Inf(2015)44, paragraph 9: 4 m² shared, 6 m² single",
    },
    Profile {
        name: "detention_institution",
        basis: AreaBasis::Gross,
        area_per_person: Triangular::new(12.0, 19.0, 28.0),
        source: "derived from 206 million ft² for 1,014,883 people",
    },
    Profile {
        name: "humanitarian_shelter",
        basis: AreaBasis::Internal,
        area_per_person: Triangular::new(2.5, 3.5, 5.5),
        source: "Sphere, shelter standard 3: at least 3.5 m², 4.5-5.5 m² in cold or urban settings",
    },
    Profile {
        name: "unhcr_tent",
        basis: AreaBasis::Footprint,
        area_per_person: Triangular::new(4.3, 5.2, 6.5),
        source: "UNHCR family tent 6.5 x 4.0 m, 5 people (canvashome.com)",
    },
];

/// The profile of a name.
pub fn find_profile(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
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
        for kind in Kind::ALL {
            let mix = default_mix(kind);
            assert!(mix.iter().all(|(name, _)| find_profile(name).is_some()), "{kind:?}");
            let sum: f64 = mix.iter().map(|(_, share)| share).sum();
            assert!(mix.is_empty() || (sum - 1.0).abs() < 1e-12, "{kind:?}");
        }
    }

    #[test]
    fn names_are_unique_and_limits_ordered() {
        for (index, profile) in PROFILES.iter().enumerate() {
            assert!(PROFILES[..index].iter().all(|other| other.name != profile.name));
            let Triangular { low, mode, high } = profile.area_per_person;
            assert!(low < mode && mode < high, "{}", profile.name);
        }
    }
}
