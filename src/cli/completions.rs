//! `sitedelta completions`: completion scripts.

use clap_complete::{Shell, generate};

use crate::cli::args::grammar;
use crate::cli::failure::{Exit, Failure};
use crate::cli::output::say;

/// Prints the completion script of a shell.
pub fn perform(shell: Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    generate(shell, &mut grammar(), "sitedelta", &mut script);
    say(&script)?;
    Ok(Exit::Done)
}
