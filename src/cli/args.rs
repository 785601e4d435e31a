//! What can be typed, and what it means: the one place that knows clap.

mod estimate_flags;
mod site_flags;
mod values;

use std::path::PathBuf;

use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use sitedelta::batch::run::BatchOptions;
use sitedelta::batch::site_options::SiteOptions;
use sitedelta::evaluate::EvaluateOptions;
use sitedelta::raster::units::Meters;
use sitedelta::simulate::SimulateOptions;
use sitedelta::simulate::description::Biome;
use sitedelta::simulate::write_pair::ImageFormat;

use crate::cli::args::estimate_flags::EstimateFlags;
use crate::cli::args::site_flags::{ImageFlags, SiteFlags};
use crate::cli::args::values::{named, positive, range_of_numbers};
use crate::cli::batch::BatchTask;
use crate::cli::compare::CompareTask;
use crate::cli::estimate::EstimateTask;
use crate::cli::evaluate::{EvaluateTask, EvaluatedAgainst};
use crate::cli::failure::{EXIT_CODES, Failure};
use crate::cli::info::InfoTask;
use crate::cli::profiles::ProfilesTask;
use crate::cli::register::RegisterTask;
use crate::cli::simulate::{SimulateTask, Simulated};

/// What the command line asks for.
pub struct Invocation {
    /// What to do.
    pub task: Task,
    /// How many times `-v` was given.
    pub verbosity: u8,
}

/// What to do, and all that is needed to do it.
pub enum Task {
    Compare(Box<CompareTask>),
    Batch(BatchTask),
    Register(RegisterTask),
    Estimate(Box<EstimateTask>),
    Profiles(ProfilesTask),
    Evaluate(EvaluateTask),
    Simulate(SimulateTask),
    Info(InfoTask),
    Completions(Shell),
    Man(Option<PathBuf>),
}

/// Finds, outlines, measures and counts what was built between two overhead images of one site, and estimates the
/// housing capacity with an honest interval.
#[derive(Parser)]
#[command(name = "sitedelta", version, after_help = EXIT_CODES, subcommand_required = true, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,

    /// Log what happens to standard error; twice for details
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
}

#[derive(Subcommand)]
enum Command {
    Compare(CompareFlags),
    Batch(BatchFlags),
    Register(RegisterFlags),
    Estimate(EstimateFlags),
    Profiles(ProfilesFlags),
    Evaluate(EvaluateFlags),
    Simulate(SimulateFlags),
    Info(InfoFlags),
    Completions(CompletionsFlags),
    Man(ManFlags),
}

/// Compare two images of one site and write pictures, tables and layers
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
struct CompareFlags {
    /// The earlier image: PNG, JPEG, WebP, TIFF or GeoTIFF (COG, BigTIFF), JPEG 2000
    before: PathBuf,
    /// The later image; all outputs lie on its grid
    after: PathBuf,
    /// Folder for the outputs; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    site_flags: SiteFlags,
    /// Name of the site in titles and tables [default: the output folder's name]
    #[arg(long, value_name = "NAME", help_heading = "Output")]
    site: Option<String>,
    /// Print analysis.json to standard output instead of a summary
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Compare the images of many sites
///
/// The manifest is a CSV table with the columns id, before, after, and where wanted gsd_m, before_date, after_date, site,
/// profile, aoi. Relative paths count from the manifest. A cell of the manifest wins over an option typed here. Outputs
/// go to DIR/ID/, with summary.csv, structures.csv and failures.csv on top.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
struct BatchFlags {
    /// The list of sites
    manifest: PathBuf,
    /// Folder for the outputs; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Sites compared at one time; memory grows with it [default: half the processor cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    #[command(flatten)]
    site_flags: SiteFlags,
}

/// Only line two images up: the before image on the after image's grid, and the residuals
///
/// Writes registration.json and, unless registration was refused, aligned.tif, or aligned.png for 8-bit images without
/// georeference.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
struct RegisterFlags {
    /// The earlier image
    before: PathBuf,
    /// The later image, whose grid is kept
    after: PathBuf,
    /// Folder for the outputs; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace the outputs of an earlier run
    #[arg(long)]
    overwrite: bool,
    /// Print registration.json to standard output instead of a summary
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    image: ImageFlags,
}

/// List the occupancy profiles with their sources, and the default uses of each kind of structure
///
/// A file of your own adds profiles or changes those of the same name, here and in compare, batch and estimate:
///
///     [[profile]]
///     name = "field_hospital"
///     basis = "internal"              # footprint, gross, internal or net
///     area_per_person = [6, 8, 12]    # m2: low, mode, high
///     # net_ratio = [0.5, 0.65, 0.85]       with the basis net
///     # people_per_structure = [4, 6, 8]    for tents and containers that are counted
///     source = "ward plan of 2024"
#[derive(Args)]
#[command(verbatim_doc_comment)]
struct ProfilesFlags {
    /// Add or change profiles as this file says
    #[arg(long, value_name = "FILE.toml")]
    profiles: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Set predicted masks against labels, or count false alarms where nothing was built
///
/// Figures are pooled over the set. Objects are 4-connected components; one is found when an object of the other side has
/// an intersection over union of at least 0.3 (also given for 0.5) with it.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
struct EvaluateFlags {
    /// Folder of predicted masks; a pixel above 127 is new structure
    predictions: PathBuf,
    /// Folder of labels, ID.png
    #[arg(required_unless_present = "false_alarms")]
    labels: Option<PathBuf>,
    /// Path of a prediction below the folder, with {id} for the label's name
    #[arg(long, value_name = "NAME", default_value_t = EvaluateOptions::default().prediction_name)]
    prediction_name: String,
    /// Smallest object, pixels
    #[arg(long, value_name = "PIXELS", default_value_t = EvaluateOptions::default().min_area_px)]
    min_area_px: usize,
    /// The pairs have no labels because nothing was built: give structures and m2 per km2 looked at, with an exact 95 %
    /// Poisson interval. What probability.tif beside a mask calls nodata was not looked at; without that file the whole
    /// image was
    #[arg(long, requires = "gsd", conflicts_with = "labels")]
    false_alarms: bool,
    /// Ground sampling distance of all pairs, for --false-alarms, metres
    #[arg(long, value_name = "METERS", value_parser = positive, requires = "false_alarms")]
    gsd: Option<f64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Render synthetic pairs with known truth
///
/// Random pairs go to DIR/00001, DIR/00002, … and are listed in DIR/pairs.csv; the pair of a scene file goes to DIR.
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
struct SimulateFlags {
    /// Folder for the outputs; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Render the pair that this file describes instead of random ones
    #[arg(long, value_name = "FILE.toml", conflicts_with_all = ["pairs", "size", "gsd", "biome", "seed", "format"])]
    scene: Option<PathBuf>,
    /// Number of random pairs
    #[arg(long, value_name = "N", default_value_t = SimulateOptions::default().pairs)]
    pairs: usize,
    /// Side of the images, pixels
    #[arg(long, value_name = "PIXELS", default_value_t = SimulateOptions::default().size_px)]
    size: usize,
    /// Ground sampling distance, metres, or a range of which every pair draws its own [default: 0.4-0.6]
    #[arg(long, value_name = "METERS", value_parser = range_of_numbers)]
    gsd: Option<(f64, f64)>,
    /// Landscape of all pairs, such as desert, savanna or temperate [default: every pair draws its own]
    #[arg(long, value_name = "NAME", value_parser = named::<Biome>)]
    biome: Option<Biome>,
    /// Seed; the same seed and options give the same files
    #[arg(long, value_name = "N", default_value_t = SimulateOptions::default().seed)]
    seed: u64,
    /// Format of the images: png or geotiff [default: png]
    #[arg(long, value_name = "FORMAT", value_parser = named::<ImageFormat>)]
    format: Option<ImageFormat>,
    /// Write all pairs into before.npy, after.npy, labels.npy and pairs.csv, for training (docs/SIMULATION.md)
    #[arg(long, conflicts_with_all = ["scene", "format"])]
    packed: bool,
    /// Write into a folder that is not empty, replacing files of the same names
    #[arg(long)]
    overwrite: bool,
}

/// Show what is read from an image
#[derive(Args)]
#[command(after_help = EXIT_CODES)]
struct InfoFlags {
    /// The image
    image: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    flags: ImageFlags,
}

/// Print a completion script for a shell
#[derive(Args)]
struct CompletionsFlags {
    /// The shell
    shell: Shell,
}

/// Print the manual page
#[derive(Args)]
struct ManFlags {
    /// Write a page for the program and one for each command into this folder instead
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Reads the command line. Ends the process itself on `--help`, `--version` and what clap can refuse.
///
/// # Errors
/// A configuration file that cannot be used, or an option out of range.
pub fn parse_command_line() -> Result<Invocation, Failure> {
    let CommandLine { command, verbose } = CommandLine::parse();
    Ok(Invocation { task: command.into_task()?, verbosity: verbose })
}

/// The grammar of the command line, for completions and manual pages.
pub fn grammar() -> clap::Command {
    CommandLine::command()
}

impl Command {
    fn into_task(self) -> Result<Task, Failure> {
        Ok(match self {
            Command::Compare(flags) => Task::Compare(Box::new(flags.into_task()?)),
            Command::Batch(flags) => Task::Batch(flags.into_task()?),
            Command::Register(flags) => Task::Register(flags.into_task()?),
            Command::Estimate(flags) => Task::Estimate(Box::new(flags.into_task()?)),
            Command::Profiles(flags) => Task::Profiles(ProfilesTask { file: flags.profiles, json: flags.json }),
            Command::Evaluate(flags) => Task::Evaluate(flags.into_task()),
            Command::Simulate(flags) => Task::Simulate(flags.into_task()),
            Command::Info(flags) => {
                let options = flags.flags.over(SiteOptions::default())?;
                Task::Info(InfoTask { image: flags.image, options, json: flags.json })
            }
            Command::Completions(flags) => Task::Completions(flags.shell),
            Command::Man(flags) => Task::Man(flags.out),
        })
    }
}

impl CompareFlags {
    fn into_task(self) -> Result<CompareTask, Failure> {
        let mut options = self.site_flags.resolve()?;
        options.site = self.site.or(options.site);
        Ok(CompareTask { before: self.before, after: self.after, out: self.out, options, json: self.json })
    }
}

impl BatchFlags {
    fn into_task(self) -> Result<BatchTask, Failure> {
        let options = self.site_flags.resolve()?;
        // Every stage uses all cores, but parts of it only one: two sites for every two cores keep them busy.
        let half = || std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        let jobs = self.jobs.map_or_else(half, usize::from);
        let run = BatchOptions { jobs, overwrite: options.overwrite };
        Ok(BatchTask { manifest: self.manifest, out: self.out, options, run })
    }
}

impl RegisterFlags {
    fn into_task(self) -> Result<RegisterTask, Failure> {
        let options = SiteOptions { overwrite: self.overwrite, ..SiteOptions::default() };
        let options = self.image.over(options)?;
        Ok(RegisterTask { before: self.before, after: self.after, out: self.out, options, json: self.json })
    }
}

impl EvaluateFlags {
    fn into_task(self) -> EvaluateTask {
        let against = match (self.labels, self.gsd) {
            (Some(labels), _) => EvaluatedAgainst::Labels(labels),
            (None, gsd) => EvaluatedAgainst::Nothing(Meters(gsd.expect("invariant: clap asks for one or the other"))),
        };
        let options = EvaluateOptions { prediction_name: self.prediction_name, min_area_px: self.min_area_px };
        EvaluateTask { predictions: self.predictions, against, options, json: self.json }
    }
}

impl SimulateFlags {
    fn into_task(self) -> SimulateTask {
        let simulated = match self.scene {
            Some(file) => Simulated::Scene { file, overwrite: self.overwrite },
            None => {
                let defaults = SimulateOptions::default();
                let (gsd_min, gsd_max) =
                    self.gsd.map_or((defaults.gsd_min, defaults.gsd_max), |(low, high)| (Meters(low), Meters(high)));
                let options = SimulateOptions {
                    pairs: self.pairs,
                    size_px: self.size,
                    gsd_min,
                    gsd_max,
                    biome: self.biome,
                    seed: self.seed,
                    format: self.format.unwrap_or(defaults.format),
                    overwrite: self.overwrite,
                };
                if self.packed { Simulated::Packed(options) } else { Simulated::Random(options) }
            }
        };
        SimulateTask { simulated, out: self.out }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_sound() {
        grammar().debug_assert();
    }

    #[test]
    fn help_states_the_true_defaults() {
        let mut grammar = grammar();
        let compare = grammar.find_subcommand_mut("compare").unwrap();
        let help = compare.render_long_help().to_string().replace('\n', " ");
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        let defaults = SiteOptions::default();
        for (flag, default) in [
            ("--min-area-m2", defaults.min_area_m2.to_string()),
            ("--draws", defaults.draws.to_string()),
            ("--seed", defaults.seed.to_string()),
            ("--figure-width", defaults.figure_width.to_string()),
            ("--max-pixels", defaults.max_pixels.to_string()),
        ] {
            let from = help.find(&format!("{flag} <")).unwrap_or_else(|| panic!("{flag} is not offered"));
            let text = &help[from..];
            let stated = text.find("[default: ").map(|at| &text[at + 10..]).unwrap();
            assert!(stated.starts_with(&default), "{flag}: {default} is not stated in {text:.120}");
        }
    }
}
