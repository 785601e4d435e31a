//! `sitedelta evaluate`: masks against labels.

use std::path::PathBuf;

use sitedelta::evaluate::false_alarms::count_false_alarms;
use sitedelta::evaluate::{EvaluateOptions, evaluate_folders};
use sitedelta::raster::units::Meters;

use crate::cli::failure::{Exit, Failure};
use crate::cli::output::{say_json, say_line};

/// What predictions are set against.
pub enum EvaluatedAgainst {
    /// A folder of labels.
    Labels(PathBuf),
    /// Nothing was built: every structure is false. Pixels have this ground sampling distance.
    Nothing(Meters),
}

/// One evaluation.
pub struct EvaluateTask {
    pub predictions: PathBuf,
    pub against: EvaluatedAgainst,
    pub options: EvaluateOptions,
    pub json: bool,
}

/// Evaluates and prints the figures.
pub fn perform(task: &EvaluateTask) -> Result<Exit, Failure> {
    let figures = match &task.against {
        EvaluatedAgainst::Labels(labels) => evaluate_folders(&task.predictions, labels, &task.options)?.figures(),
        EvaluatedAgainst::Nothing(gsd) => count_false_alarms(&task.predictions, *gsd, &task.options)?.figures(),
    };
    if task.json {
        say_json(&figures)?
    } else {
        say_line(&figures.to_string())?
    }
    Ok(Exit::Done)
}
