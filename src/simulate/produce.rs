//! Makes folders of pairs: random ones by the number, or one from a scene file.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::observer::{Observer, Stage};
use crate::raster::units::Meters;
use crate::simulate::description::{Biome, PairDescription};
use crate::simulate::render_pair;
use crate::simulate::scene_file::{SceneError, read_scene_file};
use crate::simulate::story::{RandomOptions, random_pair};
use crate::simulate::write_pair::{ImageFormat, WriteError, place_file, write_pair};
use crate::structure::Status;

/// What to simulate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SimulateOptions {
    /// Number of pairs, at least 1.
    pub pairs: usize,
    /// Side of the images, pixels, 16 to 16,384.
    pub size_px: usize,
    /// Smallest ground sampling distance; every pair draws its own, evenly by ratio.
    pub gsd_min: Meters,
    /// Largest ground sampling distance.
    pub gsd_max: Meters,
    /// Landscape of all pairs; every pair draws its own when `None`.
    pub biome: Option<Biome>,
    /// Seed: the same seed and options give the same files, on any number of threads; pair `i` is the same whatever
    /// the number of pairs.
    pub seed: u64,
    /// Format of the images.
    pub format: ImageFormat,
    /// Whether to write into a folder that is not empty. Files of the same names are replaced, others left alone.
    pub overwrite: bool,
}

impl Default for SimulateOptions {
    fn default() -> Self {
        SimulateOptions {
            pairs: 10,
            size_px: 256,
            gsd_min: Meters(0.4),
            gsd_max: Meters(0.6),
            biome: None,
            seed: 1,
            format: ImageFormat::Png,
            overwrite: false,
        }
    }
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Produced {
    /// Number of pairs.
    pub pairs: usize,
    /// Folder of every pair, in order; the one folder of packed pairs.
    pub folders: Vec<PathBuf>,
    /// New structures in all pairs together, those outside the images left out.
    pub new_structures: usize,
    /// Removed structures, likewise.
    pub removed_structures: usize,
}

/// Why nothing was simulated.
#[derive(Debug, Error)]
pub enum SimulateError {
    /// An option is out of its range.
    #[error("{option} is {found}; it must be {expected}")]
    Option {
        /// Name of the option.
        option: &'static str,
        /// Its value.
        found: String,
        /// The range.
        expected: &'static str,
    },
    /// The output folder holds files.
    #[error("output folder {} is not empty; choose another one or allow overwriting", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The output folder cannot be read.
    #[error("cannot read output folder {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A scene cannot be rendered.
    #[error(transparent)]
    Scene(#[from] SceneError),
    /// A pair cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Renders random pairs into `out/00001`, `out/00002`, … and lists them in `out/pairs.csv`, which is a manifest of
/// `sitedelta batch`.
///
/// Each folder holds what [`write_pair`](crate::simulate::write_pair::write_pair) writes. Pairs are rendered in
/// parallel on rayon's current thread pool; `observer` hears of every finished pair.
///
/// # Errors
/// [`SimulateError::Option`] for an option out of range, [`SimulateError::NotEmpty`] when `out` holds files and
/// `overwrite` is off, [`SimulateError::Folder`] and [`SimulateError::Write`] when the disk refuses.
pub fn simulate_pairs(
    options: &SimulateOptions,
    out: &Path,
    observer: &dyn Observer,
) -> Result<Produced, SimulateError> {
    check_options(options)?;
    check_folder(out, options.overwrite)?;
    observer.stage_started(Stage::Simulate);
    let done = AtomicUsize::new(0);
    let made: Result<Vec<(PairDescription, [usize; 2])>, SimulateError> = (0..options.pairs)
        .into_par_iter()
        .map(|index| {
            let description = describe_pair(options, index);
            let counts = render_into(&description, &out.join(folder_name(index)), options.format)?;
            observer.progressed(Stage::Simulate, done.fetch_add(1, Ordering::Relaxed) + 1, options.pairs);
            Ok((description, counts))
        })
        .collect();
    let made = made?;
    place_file(out, "pairs.csv", &manifest(&made, options.format))?;
    Ok(Produced {
        pairs: options.pairs,
        folders: (0..options.pairs).map(|index| out.join(folder_name(index))).collect(),
        new_structures: made.iter().map(|(_, counts)| counts[0]).sum(),
        removed_structures: made.iter().map(|(_, counts)| counts[1]).sum(),
    })
}

/// Renders the pair of a scene file into `out`: GeoTIFF when the scene has a place on the earth, else PNG. The scene file
/// is copied along as `scene.toml`.
///
/// # Errors
/// [`SimulateError::Scene`] when the file cannot be used, [`SimulateError::NotEmpty`] when `out` holds files and
/// `overwrite` is off, [`SimulateError::Folder`] and [`SimulateError::Write`] when the disk refuses.
pub fn render_scene_file(scene: &Path, out: &Path, overwrite: bool) -> Result<Produced, SimulateError> {
    let description = read_scene_file(scene)?;
    check_folder(out, overwrite)?;
    let format = if description.georeference.is_some() { ImageFormat::GeoTiff } else { ImageFormat::Png };
    let text = std::fs::read(scene).map_err(|source| SceneError::Read { path: scene.to_owned(), source })?;
    let [new_structures, removed_structures] = render_into(&description, out, format)?;
    // The file as it was written by hand, with its remarks.
    place_file(out, "scene.toml", &text)?;
    Ok(Produced { pairs: 1, folders: vec![out.to_owned()], new_structures, removed_structures })
}

/// Tells pair `index` of a run.
pub(super) fn describe_pair(options: &SimulateOptions, index: usize) -> PairDescription {
    let random =
        RandomOptions { size_px: options.size_px, gsd: (options.gsd_min, options.gsd_max), biome: options.biome };
    random_pair(seed_of_pair(options.seed, index), &random)
}

/// Seed of one pair of a run.
fn seed_of_pair(seed: u64, index: usize) -> u64 {
    // Seeds stay below 2^63: TOML knows no larger integers.
    crate::simulate::dice::scramble(seed ^ crate::simulate::dice::scramble(index as u64)) >> 1
}

pub(super) fn folder_name(index: usize) -> String {
    format!("{:05}", index + 1)
}

fn render_into(description: &PairDescription, folder: &Path, format: ImageFormat) -> Result<[usize; 2], SimulateError> {
    let pair = render_pair(description)?;
    write_pair(&pair, folder, format)?;
    Ok([Status::New, Status::Removed].map(|status| pair.truth.count_seen(status)))
}

pub(super) fn check_options(options: &SimulateOptions) -> Result<(), SimulateError> {
    let refuse = |option, found: String, expected| Err(SimulateError::Option { option, found, expected });
    if options.pairs == 0 || options.pairs > 99_999 {
        return refuse("pairs", options.pairs.to_string(), "1 to 99999");
    }
    if !(16..=16_384).contains(&options.size_px) {
        return refuse("size", options.size_px.to_string(), "16 to 16384 pixels");
    }
    let (min, max) = (options.gsd_min.0, options.gsd_max.0);
    if !(min >= 0.1 && max <= 5.0 && min <= max) {
        return refuse("gsd", format!("{min}-{max}"), "a range within 0.1-5 metres");
    }
    Ok(())
}

/// Makes the output folder, or refuses one that holds files.
pub(super) fn check_folder(out: &Path, overwrite: bool) -> Result<(), SimulateError> {
    let failed = |source| SimulateError::Folder { path: out.to_owned(), source };
    if out.exists() {
        let mut entries = std::fs::read_dir(out).map_err(failed)?;
        if !overwrite && entries.next().is_some() {
            return Err(SimulateError::NotEmpty { path: out.to_owned() });
        }
    }
    std::fs::create_dir_all(out).map_err(failed)
}

fn manifest(made: &[(PairDescription, [usize; 2])], format: ImageFormat) -> Vec<u8> {
    let mut text = String::from("id,before,after,gsd_m\n");
    for (index, (description, _)) in made.iter().enumerate() {
        let (id, extension) = (folder_name(index), format.extension());
        let gsd = description.gsd_m;
        text += &format!("{id},{id}/before.{extension},{id}/after.{extension},{gsd}\n");
    }
    text.into_bytes()
}
