//! The program: what was typed, which command does it, how it ends.

mod aligned_image;
mod args;
mod batch;
mod capacity_text;
mod compare;
mod completions;
mod estimate;
mod evaluate;
mod failure;
mod info;
mod kept_memory;
mod man;
mod output;
mod profiles;
mod progress;
mod register;
mod simulate;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use anyhow::anyhow;
use sitedelta::batch::run::panic_message;

use crate::cli::args::{Invocation, Task, parse_command_line};
use crate::cli::failure::{Exit, Failure};
use crate::cli::progress::start_logging;

/// Does what the command line asks and says how it went.
pub fn run() -> ExitCode {
    kept_memory::keep_freed_memory();
    let invocation = match parse_command_line() {
        Ok(invocation) => invocation,
        Err(failure) => return end(Err(failure)),
    };
    start_logging(invocation.verbosity);
    // One line on the way out says what happened; with -v the place of the panic is logged as well.
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    let done = catch_unwind(AssertUnwindSafe(|| perform(&invocation)));
    end(done.unwrap_or_else(|panic| {
        let reason = panic_message(panic.as_ref());
        Err(Failure::other(anyhow!("internal error: {reason}; please report it with the command and its files")))
    }))
}

fn perform(invocation: &Invocation) -> Result<Exit, Failure> {
    #[cfg(feature = "ort")]
    if matches!(invocation.task, Task::Compare(_) | Task::Batch(_)) {
        use_named_runtime()?;
    }
    let quiet = invocation.verbosity > 0;
    match &invocation.task {
        Task::Compare(task) => compare::perform(task, quiet),
        Task::Batch(task) => batch::perform(task, quiet),
        Task::Register(task) => register::perform(task, quiet),
        Task::Estimate(task) => estimate::perform(task),
        Task::Profiles(task) => profiles::perform(task),
        Task::Evaluate(task) => evaluate::perform(task),
        Task::Simulate(task) => simulate::perform(task, quiet),
        Task::Info(task) => info::perform(task),
        Task::Completions(shell) => completions::perform(*shell),
        Task::Man(folder) => man::perform(folder.as_deref()),
    }
}

/// Runs networks in the ONNX Runtime that `ORT_DYLIB_PATH` names, as programs with the `ort` crate do.
#[cfg(feature = "ort")]
fn use_named_runtime() -> Result<(), Failure> {
    match std::env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()) {
        Some(library) => sitedelta::detect::network::use_onnx_runtime(library.as_ref()).map_err(Failure::input),
        None => Ok(()),
    }
}

fn end(done: Result<Exit, Failure>) -> ExitCode {
    let exit = done.unwrap_or_else(|failure| {
        eprintln!("{failure}");
        failure.exit
    });
    ExitCode::from(exit.code())
}
