//! `sitedelta man`: manual pages.

use std::fs;
use std::path::Path;

use anyhow::Context;
use clap_mangen::{Man, generate_to};

use crate::cli::args::grammar;
use crate::cli::failure::{Exit, Failure};
use crate::cli::output::say;

/// Prints the program's page, or writes a page for it and for every command into a folder.
pub fn perform(folder: Option<&Path>) -> Result<Exit, Failure> {
    match folder {
        Some(folder) => fs::create_dir_all(folder)
            .and_then(|()| generate_to(grammar(), folder))
            .with_context(|| format!("cannot write manual pages into {}", folder.display()))
            .map_err(Failure::other)?,
        None => {
            let mut page = Vec::new();
            Man::new(grammar()).render(&mut page).context("cannot make the manual page").map_err(Failure::other)?;
            say(&page)?;
        }
    }
    Ok(Exit::Done)
}
