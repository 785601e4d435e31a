//! The Monte Carlo chain: shared doubts are drawn once for the site, the rest for each group or structure.
//!
//! Every stream of random numbers has a seed of its own, made from the user's seed, what is drawn and a number, so the
//! same seed gives the same figures on any number of threads.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use crate::estimate::profiles::{AreaBasis, PROFILES, Profile};
use crate::estimate::triangular::Triangular;

/// Eaves beyond the wall, metres (docs/CAPACITY.md, "Conversion factors").
const OVERHANG: Triangular = Triangular::new(0.2, 0.5, 0.9);
/// The same for tents; the mode is the middle of the range given there.
const OVERHANG_TENT: Triangular = Triangular::new(0.0, 0.05, 0.1);
/// Thickness of outer walls, metres (same table).
const WALL: Triangular = Triangular::new(0.1, 0.2, 0.35);
/// Standard deviation of the edge shift that a site shares, pixels (docs/CAPACITY.md, "The Monte Carlo chain").
const SHARED_EDGE_SD_PX: f64 = 0.5;
/// Standard deviation of a dimension's own error, pixels: the square root of 2 x 0.5² (same chain).
const OWN_EDGE_SD_PX: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// What is drawn from a stream.
#[derive(Clone, Copy)]
pub(super) enum Stream {
    Site = 1,
    Group = 2,
    Structure = 3,
}

/// The random stream of one thing.
pub(super) fn stream(seed: u64, what: Stream, number: u64) -> Xoshiro256PlusPlus {
    // SplitMix64's multipliers (Steele, Lea and Flood, OOPSLA 2014, doi 10.1145/2660193.2660195) keep the seeds of
    // neighbouring numbers apart.
    let mixed = seed
        .wrapping_add((what as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_add(number.wrapping_mul(0xBF58_476D_1CE4_E5B9));
    Xoshiro256PlusPlus::seed_from_u64(mixed)
}

/// One draw of what the whole site shares. Fields named `…_u` are uniform between 0 and 1.
pub(super) struct SiteDraw {
    profile_u: f64,
    density_u: f64,
    net_u: f64,
    overhang_u: f64,
    wall_m: f64,
    edge_bias_m: f64,
}

/// The draws that the whole site shares.
pub(super) fn draw_site(seed: u64, draws: usize, gsd_m: f64) -> Vec<SiteDraw> {
    let mut random = stream(seed, Stream::Site, 0);
    let mut draw = || {
        let edge: f64 = StandardNormal.sample(&mut random);
        SiteDraw {
            profile_u: random.random(),
            density_u: random.random(),
            net_u: random.random(),
            overhang_u: random.random(),
            wall_m: WALL.quantile(random.random()),
            edge_bias_m: edge * SHARED_EDGE_SD_PX * gsd_m,
        }
    };
    (0..draws).map(|_| draw()).collect()
}

/// One draw of what a group of alike structures shares.
pub(super) struct GroupDraw {
    pub(super) storeys: f64,
    pub(super) is_housing: bool,
}

/// What a group shares: its uses, its storeys, and whether it is housing at all.
pub(super) struct Group {
    pub(super) number: u64,
    /// Shares of [`PROFILES`], summing to 1; all zero when the group can house nobody.
    pub(super) uses: [f64; PROFILES.len()],
    pub(super) storeys: [f64; 4],
    pub(super) p_housing: f64,
    pub(super) is_tent: bool,
}

impl Group {
    pub(super) fn draw(&self, seed: u64, draws: usize) -> Vec<GroupDraw> {
        let mut random = stream(seed, Stream::Group, self.number);
        let mut draw = || GroupDraw {
            storeys: (index_at(&self.storeys, random.random()).unwrap_or(0) + 1) as f64,
            is_housing: random.random::<f64>() < self.p_housing,
        };
        (0..draws).map(|_| draw()).collect()
    }
}

/// The first index at which the running sum of shares passes `u`; `None` when the shares are all zero.
fn index_at(shares: &[f64], u: f64) -> Option<usize> {
    let mut below = 0.0;
    for (index, share) in shares.iter().enumerate() {
        below += share;
        if u < below {
            return Some(index);
        }
    }
    shares.iter().rposition(|&share| share > 0.0)
}

/// The dimensions of one structure, metres and square metres.
pub(super) struct Dimensions {
    pub(super) number: u64,
    pub(super) length_m: f64,
    pub(super) width_m: f64,
    pub(super) area_m2: f64,
    pub(super) p_exists: f64,
}

/// One draw of a structure.
pub(super) struct StructureDraw {
    pub(super) exists: bool,
    /// People it holds if it exists and is housing.
    pub(super) people: f64,
}

/// Draws what a structure holds; with `profile` given, under that use only.
pub(super) fn draw_structure(
    structure: &Dimensions,
    group: &Group,
    site: &[SiteDraw],
    shared: &[GroupDraw],
    seed: u64,
    gsd_m: f64,
    profile: Option<&Profile>,
) -> Vec<StructureDraw> {
    let mut random = stream(seed, Stream::Structure, structure.number);
    let draw = |(site, shared): (&SiteDraw, &GroupDraw)| {
        let errors: [f64; 2] = [StandardNormal.sample(&mut random), StandardNormal.sample(&mut random)];
        let exists = random.random::<f64>() < structure.p_exists;
        let used = profile.or_else(|| index_at(&group.uses, site.profile_u).map(|index| &PROFILES[index]));
        let people = used.map_or(0.0, |profile| {
            let own = errors.map(|error| error * OWN_EDGE_SD_PX * gsd_m);
            counted_area(structure, group, site, own, profile) * shared.storeys
                / profile.area_per_person.log_quantile(site.density_u)
        });
        StructureDraw { exists, people }
    };
    site.iter().zip(shared).map(draw).collect()
}

/// The area that a profile counts, square metres on one storey; 0 for a structure thinner than what is taken off.
fn counted_area(structure: &Dimensions, group: &Group, site: &SiteDraw, own: [f64; 2], profile: &Profile) -> f64 {
    let overhang = if group.is_tent { OVERHANG_TENT } else { OVERHANG }.quantile(site.overhang_u);
    let off = site.edge_bias_m
        + match profile.basis {
            AreaBasis::Footprint => 0.0,
            AreaBasis::Gross | AreaBasis::Net(_) => overhang,
            AreaBasis::Internal => overhang + site.wall_m,
        };
    let net = match profile.basis {
        AreaBasis::Net(ratio) => ratio.quantile(site.net_u),
        _ => 1.0,
    };
    let width = (structure.width_m - 2.0 * off + own[0]).max(0.0);
    let length = (structure.length_m - 2.0 * off + own[1]).max(0.0);
    width * length * structure.area_m2 / (structure.width_m * structure.length_m) * net
}
