//! `sitedelta simulate`: synthetic pairs with truth.

use std::path::PathBuf;

use sitedelta::simulate::packed::pack_pairs;
use sitedelta::simulate::{SimulateError, SimulateOptions, render_scene_file, simulate_pairs};

use crate::cli::failure::{Exit, Failure};
use crate::cli::output::{counted, say_line};
use crate::cli::progress::StageProgress;

/// What is rendered.
pub enum Simulated {
    /// Random pairs.
    Random(SimulateOptions),
    /// Random pairs in a few arrays.
    Packed(SimulateOptions),
    /// The pair of a scene file.
    Scene { file: PathBuf, overwrite: bool },
}

/// One simulation.
pub struct SimulateTask {
    pub simulated: Simulated,
    pub out: PathBuf,
}

/// Renders pairs and says what was made.
pub fn perform(task: &SimulateTask, quiet: bool) -> Result<Exit, Failure> {
    let progress = StageProgress::new(quiet);
    let produced = match &task.simulated {
        Simulated::Random(options) => simulate_pairs(options, &task.out, &progress)?,
        Simulated::Packed(options) => pack_pairs(options, &task.out, &progress)?,
        Simulated::Scene { file, overwrite } => render_scene_file(file, &task.out, *overwrite)?,
    };
    progress.finish();
    say_line(&format!(
        "{}, {}, {} removed; outputs in {}",
        counted(produced.pairs, "pair"),
        counted(produced.new_structures, "new structure"),
        produced.removed_structures,
        task.out.display()
    ))?;
    Ok(Exit::Done)
}

impl From<SimulateError> for Failure {
    fn from(error: SimulateError) -> Self {
        match error {
            SimulateError::Option { .. } | SimulateError::NotEmpty { .. } => Failure::usage(error),
            SimulateError::Scene(_) => Failure::input(error),
            SimulateError::Folder { .. } | SimulateError::Write(_) => Failure::other(error),
        }
    }
}
