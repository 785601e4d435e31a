//! `sitedelta register`: only line two images up.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;
use sitedelta::analysis::AnalysisError;
use sitedelta::batch::site::{SiteError, load_pair};
use sitedelta::batch::site_options::SiteOptions;
use sitedelta::pair::{Registration, ScenePair};
use sitedelta::register::{RegisterError, RegisterOptions, register_pair};
use sitedelta::report::check_output_folder;
use sitedelta::scene::Scene;

use crate::cli::aligned_image::{aligned_name, write_aligned};
use crate::cli::compare::registration_line;
use crate::cli::failure::{Exit, Failure};
use crate::cli::output::{say, say_line};
use crate::cli::progress::StageProgress;

/// Every name an aligned image can have.
const ALIGNED_NAMES: [&str; 2] = ["aligned.png", "aligned.tif"];

/// How the names of folders begin in which files are made; as in `report`, which ignores such folders.
const STAGING_PREFIX: &str = ".sitedelta-";

/// One registration.
pub struct RegisterTask {
    pub before: PathBuf,
    pub after: PathBuf,
    pub out: PathBuf,
    pub options: SiteOptions,
    pub json: bool,
}

/// What `registration.json` holds.
#[derive(Serialize)]
struct RegistrationReport<'a> {
    version: &'static str,
    before: ImageName<'a>,
    after: ImageName<'a>,
    /// The aligned image's file name; absent after a refusal.
    aligned: Option<&'static str>,
    registration: &'a Registration,
}

#[derive(Serialize)]
struct ImageName<'a> {
    name: &'a str,
    sha256: Option<&'a str>,
}

impl<'a> ImageName<'a> {
    fn of(scene: &'a Scene) -> Self {
        ImageName { name: &scene.description().name, sha256: scene.description().sha256.as_deref() }
    }
}

/// Registers, writes the aligned image and the residuals, and says how good they are.
pub fn perform(task: &RegisterTask, quiet: bool) -> Result<Exit, Failure> {
    check_output_folder(&task.out, task.options.overwrite).map_err(SiteError::OutputFolder)?;
    let progress = StageProgress::new(quiet);
    let scenes = load_pair(&task.before, &task.after, &task.options, &progress)?;
    let kept = scenes.clone();
    let (pair, registration) = match register_pair(scenes, &RegisterOptions::default(), &progress) {
        Ok(pair) => (Some(pair.clone()), pair.registration().clone()),
        Err(RegisterError::Refused { registration }) => (None, registration),
        Err(error) => return Err(SiteError::Analysis(AnalysisError::Register(error)).into()),
    };
    let aligned = pair.as_ref().map(aligned_name);
    let json = report(&kept, aligned, &registration).map_err(Failure::other)?;
    publish(&task.out, aligned, &json, |path| pair.as_ref().map_or(Ok(()), |pair| write_aligned(pair, path)))
        .map_err(Failure::other)?;
    progress.finish();
    if task.json {
        say(json.as_bytes())?;
    } else {
        say_line(&format!("registration  {}", registration_line(&registration)))?;
        say_line(&format!("outputs       {}", task.out.display()))?;
    }
    Ok(if pair.is_some() { Exit::Done } else { Exit::Withheld })
}

fn report(scenes: &ScenePair, aligned: Option<&'static str>, registration: &Registration) -> anyhow::Result<String> {
    let (before, after) = (ImageName::of(&scenes.before), ImageName::of(&scenes.after));
    let version = env!("CARGO_PKG_VERSION");
    let report = RegistrationReport { version, before, after, aligned, registration };
    Ok(serde_json::to_string_pretty(&report).context("cannot make registration.json")? + "\n")
}

/// Makes both files in a staging folder and moves them to their names, the report last.
fn publish(
    out: &Path,
    aligned: Option<&str>,
    json: &str,
    write: impl Fn(&Path) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let failed = || format!("cannot write into {}", out.display());
    fs::create_dir_all(out).with_context(failed)?;
    let staging = tempfile::Builder::new().prefix(STAGING_PREFIX).tempdir_in(out).with_context(failed)?;
    let made = |name: &str| staging.path().join(name);
    if let Some(name) = aligned {
        write(&made(name))?;
    }
    fs::write(made("registration.json"), json).with_context(failed)?;
    // An aligned image of an earlier run must not stand beside the report of this one.
    ALIGNED_NAMES.iter().try_for_each(|name| remove_if_there(&out.join(name))).with_context(failed)?;
    for name in aligned.into_iter().chain(["registration.json"]) {
        fs::rename(made(name), out.join(name)).with_context(failed)?;
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
