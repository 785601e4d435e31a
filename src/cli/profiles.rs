//! `sitedelta profiles`: the occupancy profiles, their sources, and who has them by default.

use std::path::PathBuf;

use serde::Serialize;
use sitedelta::estimate::{AreaBasis, Profile, ProfileTable, Triangular, default_mix};
use sitedelta::structure::Kind;

use crate::cli::failure::{Exit, Failure};
use crate::cli::output::{say_json, say_line};

/// A question about profiles.
pub struct ProfilesTask {
    pub file: Option<PathBuf>,
    pub json: bool,
}

/// What the bases count.
const BASES: [&str; 4] = [
    "footprint  the outline as seen",
    "gross      the outline less the eaves",
    "internal   the outline less eaves and walls",
    "net        the outline less the eaves, times a net to gross ratio that contains the walls",
];

/// Prints the profiles.
pub fn perform(task: &ProfilesTask) -> Result<Exit, Failure> {
    let table = task.file.as_deref().map_or_else(|| Ok(ProfileTable::default()), ProfileTable::from_file);
    let table = table.map_err(Failure::usage)?;
    if task.json {
        say_json(&Listing::of(&table))?
    } else {
        say_line(&text(&table))?
    }
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Listing<'a> {
    profiles: &'a ProfileTable,
    default_uses: Vec<DefaultUse>,
}

#[derive(Serialize)]
struct DefaultUse {
    kind: Kind,
    mix: &'static [(&'static str, f64)],
}

impl<'a> Listing<'a> {
    fn of(table: &'a ProfileTable) -> Self {
        let default_uses = Kind::ALL.map(|kind| DefaultUse { kind, mix: default_mix(kind) });
        Listing { profiles: table, default_uses: default_uses.into() }
    }
}

fn text(table: &ProfileTable) -> String {
    let mut lines =
        vec!["profile                m² a person      basis      source (numbers: low-mode-high)".to_owned()];
    lines.extend(table.all().iter().flat_map(profile_lines));
    lines.extend([String::new(), "basis: the area that the square metres count".to_owned()]);
    lines.extend(BASES.map(|basis| format!("  {basis}")));
    lines.extend([String::new(), "uses taken when nobody states one".to_owned()]);
    lines.extend(Kind::ALL.map(|kind| {
        let mix = default_mix(kind).iter().map(|(name, share)| format!("{name} {:.0} %", 100.0 * share));
        let mix = mix.collect::<Vec<_>>().join(", ");
        format!("  {:<11}{}", kind.name(), if mix.is_empty() { "not housing" } else { &mix })
    }));
    lines.join("\n")
}

/// One line, and one more for what else a profile says.
fn profile_lines(profile: &Profile) -> Vec<String> {
    let area = numbers(&profile.area_per_person);
    let mut lines = vec![format!("{:<22} {area:<16} {:<10} {}", profile.name, profile.basis.name(), profile.source)];
    let ratio = match &profile.basis {
        AreaBasis::Net(ratio) => Some(format!("net/gross {}", numbers(ratio))),
        _ => None,
    };
    let people = profile.people_per_structure.map(|people| format!("people in one, when counted {}", numbers(&people)));
    let more: Vec<String> = ratio.into_iter().chain(people).collect();
    if !more.is_empty() {
        lines.push(format!("{:<23}{}", "", more.join("; ")));
    }
    lines
}

fn numbers(of: &Triangular) -> String {
    // Three figures: people in one structure are quotients.
    let word = |number: f64| format!("{}", (number * 100.0).round() / 100.0);
    [of.low, of.mode, of.high].map(word).join("-")
}
