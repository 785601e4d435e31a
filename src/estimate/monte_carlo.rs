//! The Monte Carlo chain: from draws of every doubt to people in one structure.

use rand_distr::{Distribution, StandardNormal};

use crate::capacity::UncertainInput;
use crate::estimate::groups::{Group, GroupDraws};
use crate::estimate::profiles::{AreaBasis, Profile, ProfileTable};
use crate::estimate::random_draws::{Sample, SiteDraws, Stream, draw_existence, stream};
use crate::estimate::triangular::Triangular;
use crate::estimate::{EstimateOptions, OutlinesAt};

/// Eaves beyond the wall, metres (docs/CAPACITY.md, "Conversion factors").
const OVERHANG: Triangular = Triangular::new(0.2, 0.5, 0.9);
/// The same for tents; the mode is the middle of the range given there.
const OVERHANG_TENT: Triangular = Triangular::new(0.0, 0.05, 0.1);
/// Thickness of outer walls, metres (same table).
const WALL: Triangular = Triangular::new(0.1, 0.2, 0.35);
/// Share of a camp's structures that people live in (same table): for what is only counted.
const RESIDENTIAL: Triangular = Triangular::new(0.45, 0.75, 0.90);
/// Standard deviation of the edge shift that a site shares, pixels (docs/CAPACITY.md, "The Monte Carlo chain").
pub(super) const SHARED_EDGE_SD_PX: f64 = 0.5;
/// Standard deviation of a dimension's own error, pixels: the square root of 2 x 0.5² (same chain).
pub(super) const OWN_EDGE_SD_PX: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Draws of what a profile says, a value each per draw.
struct ProfileDraws {
    people_per_m2: Vec<f64>,
    /// 1 where the basis is not net.
    net_ratio: Vec<f64>,
    /// `None` where structures of this use cannot be counted.
    people_each: Option<Vec<f64>>,
}

/// Everything that is shared, under one sample of draws.
pub(super) struct SharedDraws {
    sample: Sample,
    /// By index of the profile table; `None` for a profile that nothing asks for.
    profiles: Vec<Option<ProfileDraws>>,
    /// What is taken off every side of an outline, metres: by [`off_class`], for buildings and for tents.
    off_m: [[Vec<f64>; 2]; 3],
    /// Share of counted structures that people live in.
    pub(super) residential: Vec<f64>,
}

/// Which of three depths a basis takes off: none, eaves, eaves and walls.
fn off_class(basis: &AreaBasis) -> usize {
    match basis {
        AreaBasis::Footprint => 0,
        AreaBasis::Gross | AreaBasis::Net(_) => 1,
        AreaBasis::Internal => 2,
    }
}

impl SharedDraws {
    /// Works out what the site's draws mean, for the profiles that `wanted` asks for.
    pub(super) fn new(
        site: &SiteDraws,
        sample: Sample,
        wanted: impl Fn(usize) -> bool,
        gsd_m: f64,
        options: &EstimateOptions,
    ) -> Self {
        let profile = |(index, profile): (usize, &Profile)| wanted(index).then(|| ProfileDraws::new(profile, site));
        let off = |class: usize, overhang: Triangular| {
            let depth = |i: usize| {
                let eaves = if class >= 1 { overhang.quantile(site.overhang_u[i]) } else { 0.0 };
                let wall = if class >= 2 { WALL.quantile(site.wall_u[i]) } else { 0.0 };
                let edge = site.edge_z[i] * SHARED_EDGE_SD_PX * gsd_m;
                match options.outlines {
                    OutlinesAt::Roof => edge + eaves + wall,
                    OutlinesAt::WallToWall => edge,
                }
            };
            (0..site.edge_z.len()).map(depth).collect()
        };
        SharedDraws {
            sample,
            profiles: options.profiles.all().iter().enumerate().map(profile).collect(),
            off_m: [0, 1, 2].map(|class| [OVERHANG, OVERHANG_TENT].map(|overhang| off(class, overhang))),
            residential: site.residential_u.iter().map(|&u| RESIDENTIAL.quantile(u)).collect(),
        }
    }

    fn of_profile(&self, index: usize) -> &ProfileDraws {
        self.profiles[index].as_ref().expect("invariant: every profile in use was asked for")
    }

    /// People on one square metre under a profile, a value per draw.
    pub(super) fn people_per_m2(&self, index: usize) -> &[f64] {
        &self.of_profile(index).people_per_m2
    }
}

impl ProfileDraws {
    fn new(profile: &Profile, site: &SiteDraws) -> Self {
        let per_person = |&u: &f64| 1.0 / profile.area_per_person.log_quantile(u);
        // The same draw that gives a person much area puts few people into one structure.
        let each = |people: Triangular| site.density_u.iter().map(|&u| people.log_quantile(1.0 - u)).collect();
        ProfileDraws {
            people_per_m2: site.density_u.iter().map(per_person).collect(),
            net_ratio: match profile.basis {
                AreaBasis::Net(ratio) => site.net_u.iter().map(|&u| ratio.quantile(u)).collect(),
                _ => vec![1.0; site.net_u.len()],
            },
            people_each: profile.people_per_structure.map(each),
        }
    }
}

/// What the chain needs to know of one structure, metres and square metres.
pub(super) struct StructureModel {
    pub(super) id: u32,
    /// Length, width and area of the outline; `None` where it was not measured.
    pub(super) outline: Option<[f64; 3]>,
    pub(super) p_exists: f64,
    /// Counted rather than measured, where the use allows it.
    pub(super) is_counted: bool,
    /// Whether it is housing follows from the share of the camp that is, not from its group.
    pub(super) housing_by_share: bool,
}

/// One structure's own draws under one sample.
struct OwnDraws {
    /// Standard normal errors of length and width; empty where there is no outline.
    edge_z: Vec<[f64; 2]>,
    exists: Vec<bool>,
    /// `None` where the group says it.
    housing: Option<Vec<bool>>,
}

/// One structure with all draws that concern it, under both samples.
pub(super) struct DrawnStructure<'a> {
    model: &'a StructureModel,
    is_tent: bool,
    own_edge_m: f64,
    table: &'a ProfileTable,
    shared: &'a [SharedDraws; 2],
    group: &'a [GroupDraws; 2],
    own: [OwnDraws; 2],
}

/// Which sample each input is taken from.
#[derive(Clone, Copy)]
pub(super) struct Sources([Sample; UncertainInput::ALL.len()]);

impl Sources {
    /// All from the reported sample.
    pub(super) const REPORTED: Sources = Sources([Sample::Reported; UncertainInput::ALL.len()]);

    /// All from the second sample.
    pub(super) const SECOND: Sources = Sources([Sample::Second; UncertainInput::ALL.len()]);

    /// One input from the reported sample, all others from the second.
    pub(super) fn only(input: UncertainInput) -> Self {
        Sources(UncertainInput::ALL.map(|other| if other == input { Sample::Reported } else { Sample::Second }))
    }

    fn of(self, input: UncertainInput) -> usize {
        self.0[input as usize] as usize
    }
}

impl<'a> DrawnStructure<'a> {
    pub(super) fn draw(
        model: &'a StructureModel,
        of_group: &Group,
        group: &'a [GroupDraws; 2],
        shared: &'a [SharedDraws; 2],
        gsd_m: f64,
        options: &'a EstimateOptions,
    ) -> Self {
        let own = [0, 1].map(|index| {
            let (sample, draws) = (shared[index].sample, group[index].housing.len());
            let mut random = stream(options.seed, sample, Stream::Structure, u64::from(model.id));
            let mut normal = || StandardNormal.sample(&mut random);
            let edges = if model.outline.is_some() { draws } else { 0 };
            OwnDraws {
                edge_z: (0..edges).map(|_| [normal(), normal()]).collect(),
                exists: draw_existence(options.seed, sample, model.id, model.p_exists, draws),
                housing: model.housing_by_share.then(|| {
                    Group::draw_own_housing(options.seed, sample, model.id, &shared[index].residential[..draws])
                }),
            }
        });
        let own_edge_m = OWN_EDGE_SD_PX * gsd_m;
        DrawnStructure { model, is_tent: of_group.is_tent, own_edge_m, table: &options.profiles, shared, group, own }
    }

    /// True where the draw has it exist and be housing.
    pub(super) fn houses(&self, sources: Sources, draw: usize) -> bool {
        let housing = sources.of(UncertainInput::Housing);
        let is_housing = match &self.own[housing].housing {
            Some(own) => own[draw],
            None => self.group[housing].housing[draw],
        };
        is_housing && self.own[sources.of(UncertainInput::Existence)].exists[draw]
    }

    /// People it holds if it exists and is housing.
    pub(super) fn people(&self, sources: Sources, draw: usize) -> f64 {
        let profile = self.group[sources.of(UncertainInput::Profile)].profiles[draw];
        profile.map_or(0.0, |profile| self.people_under(usize::from(profile), sources)(draw))
    }

    /// The same under one use: everything that does not depend on the draw is looked up once.
    pub(super) fn people_under(&self, profile: usize, sources: Sources) -> impl Fn(usize) -> f64 {
        let by_profile = self.shared[sources.of(UncertainInput::Profile)].of_profile(profile);
        let net_ratio = &self.shared[sources.of(UncertainInput::NetRatio)].of_profile(profile).net_ratio;
        let storeys = &self.group[sources.of(UncertainInput::Storeys)].storeys;
        let area = sources.of(UncertainInput::Area);
        let class = off_class(&self.table.all()[profile].basis);
        let off_m = &self.shared[area].off_m[class][usize::from(self.is_tent)];
        let edge_z = &self.own[area].edge_z;
        let each = by_profile.people_each.as_ref().filter(|_| self.model.is_counted);
        let outline = self.model.outline;
        move |draw| {
            let on_one_floor = match (each, outline) {
                (Some(people), _) => people[draw],
                (None, Some(outline)) => {
                    let area = area_inside(outline, off_m[draw], edge_z[draw].map(|z| z * self.own_edge_m));
                    area * net_ratio[draw] * by_profile.people_per_m2[draw]
                }
                (None, None) => 0.0,
            };
            on_one_floor * storeys[draw]
        }
    }
}

/// The area inside what is taken off every side, square metres; 0 for a structure thinner than that.
fn area_inside([length, width, area]: [f64; 3], off: f64, errors: [f64; 2]) -> f64 {
    let inner = |side: f64, error: f64| (side - 2.0 * off + error).max(0.0);
    inner(length, errors[0]) * inner(width, errors[1]) * area / (length * width)
}
