//! The options of `sitedelta estimate`.

use std::path::PathBuf;

use clap::Args;
use sitedelta::appraisal::AppraisalOptions;
use sitedelta::batch::site_options::SiteOptions;
use sitedelta::capacity::Claim;
use sitedelta::estimate::{Counting, EstimateOptions, OutlinesAt};
use sitedelta::raster::units::Meters;
use sitedelta::structure::Kind;

use crate::cli::args::values::{claim, named, positive};
use crate::cli::estimate::EstimateTask;
use crate::cli::failure::{EXIT_CODES, Failure};

/// Estimate the housing capacity of footprints that were reviewed or drawn by hand
///
/// Reads GeoJSON in longitude and latitude, or the structures.geojson of an earlier run, also in pixels. Properties, all
/// optional: id; kind; profile; storeys; height_m, height_sd_m; p_housing; accepted, rejected (or review); confirmed_by
/// (ground_photo or plans); status; score; gsd_m; note. What is stated replaces what is inferred for that structure; in a
/// structures.geojson, what was changed is what was stated. Points of kind tent or container are counted: a usual number
/// of people in each. Prints the estimate, and with --out writes structures.csv, summary.csv, structures.geojson and
/// estimate.json.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
pub struct EstimateFlags {
    /// The footprints
    structures: PathBuf,
    /// Folder for the outputs; made if it is not there [default: nothing is written]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Read profile, profiles, draws, seed, gsd_m and site from this TOML file, such as the options.toml of a comparison;
    /// what is typed wins over it
    #[arg(long, value_name = "FILE.toml")]
    config: Option<PathBuf>,
    /// Ground sampling distance, metres, of the image that the outlines were drawn on: how sharp their edges can be. For
    /// pixel coordinates it also makes metres of them [default: the property gsd_m]
    #[arg(long, value_name = "METERS", value_parser = positive)]
    gsd: Option<f64>,
    /// A published number of people, such as 400-500: how much area a person would have, and whether that is plausible
    #[arg(long, value_name = "PEOPLE", value_parser = claim)]
    claim: Option<Claim>,
    /// Occupancy profile of all housing; see `sitedelta profiles` [default: the mix of each kind of building]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Add or change occupancy profiles as this file says; see `sitedelta profiles --help`
    #[arg(long, value_name = "FILE.toml")]
    profiles: Option<PathBuf>,
    /// Kind of every footprint that does not state its own, such as tent [default: inferred from its size]
    #[arg(long, value_name = "KIND", value_parser = named::<Kind>)]
    kind: Option<Kind>,
    /// Where the outlines lie: at the edge of the roof, or wall-to-wall as in plans [default: roof]
    #[arg(long, value_name = "PLACE", value_parser = named::<OutlinesAt>)]
    outlines: Option<OutlinesAt>,
    /// Measure tents and containers by area, or count them: auto, area or count [default: auto, which counts those whose
    /// outlines are too uncertain]
    #[arg(long = "by", value_name = "METHOD", value_parser = named::<Counting>)]
    counting: Option<Counting>,
    /// Draws of the Monte Carlo chain behind every interval [default: 10000]
    #[arg(long, value_name = "N")]
    draws: Option<usize>,
    /// Seed of the draws; equal seeds give equal results [default: 1]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Name of the site [default: the property site, else the file's name]
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
    /// Replace the outputs of an earlier run; without it, a folder that is not empty is refused
    #[arg(long)]
    overwrite: bool,
    /// Print estimate.json to standard output instead of a summary
    #[arg(long)]
    json: bool,
}

impl EstimateFlags {
    /// Puts what was typed over the configuration file, and that over the defaults.
    ///
    /// # Errors
    /// A configuration or profile file that cannot be used, or an option out of range.
    pub fn into_task(self) -> Result<EstimateTask, Failure> {
        let file = self.config.as_deref().map(SiteOptions::from_file).transpose().map_err(Failure::usage)?;
        let file = file.unwrap_or_default();
        let options = SiteOptions {
            gsd_m: self.gsd.or(file.gsd_m),
            profile: self.profile.or(file.profile),
            profiles: self.profiles.or(file.profiles),
            draws: self.draws.unwrap_or(file.draws),
            seed: self.seed.unwrap_or(file.seed),
            site: self.site.or(file.site),
            ..SiteOptions::default()
        };
        options.check().map_err(Failure::usage)?;
        Ok(EstimateTask {
            site: options.site.clone(),
            options: AppraisalOptions {
                gsd: options.gsd_m.map(Meters),
                kind: self.kind,
                estimate: EstimateOptions {
                    profiles: options.profile_table().map_err(Failure::usage)?,
                    profile: options.profile,
                    outlines: self.outlines.unwrap_or_default(),
                    counting: self.counting.unwrap_or_default(),
                    claim: self.claim,
                    draws: options.draws,
                    seed: options.seed,
                },
            },
            structures: self.structures,
            out: self.out,
            overwrite: self.overwrite,
            json: self.json,
        })
    }
}
