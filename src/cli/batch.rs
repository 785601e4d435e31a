//! `sitedelta batch`: many sites.

use std::path::PathBuf;

use sitedelta::batch::manifest::read_manifest;
use sitedelta::batch::outcome::SiteOutcome;
use sitedelta::batch::run::{BatchOptions, run_batch};
use sitedelta::batch::site::open_detector;
use sitedelta::batch::site_options::SiteOptions;

use crate::cli::failure::{Exit, Failure};
use crate::cli::output::{counted, say_line, warn};
use crate::cli::progress::bar;

/// One batch.
pub struct BatchTask {
    pub manifest: PathBuf,
    pub out: PathBuf,
    pub options: SiteOptions,
    pub run: BatchOptions,
}

/// Compares every site and says what became of each.
pub fn perform(task: &BatchTask, quiet: bool) -> Result<Exit, Failure> {
    let sites = read_manifest(&task.manifest, &task.options)?;
    // A network that cannot be used fails here, once, and not at every site.
    open_detector(&task.options)?;
    let bar = bar(quiet);
    bar.set_length(sites.len() as u64);
    bar.set_message("sites");
    let outcomes = run_batch(&sites, &task.out, &task.run, &|outcome| {
        tracing::info!(site = outcome.id, failed = outcome.result.is_err(), "done");
        bar.inc(1);
    })?;
    bar.finish_and_clear();
    outcomes.iter().try_for_each(tell)?;
    let failed = outcomes.iter().filter(|outcome| outcome.result.is_err()).count();
    let compared = counted(outcomes.len() - failed, "site");
    say_line(&format!("{compared} compared, {failed} failed; outputs in {}", task.out.display()))?;
    if failed == 0 {
        return Ok(Exit::Done);
    }
    eprintln!("error: {} failed; see {}", counted(failed, "site"), task.out.join("failures.csv").display());
    Ok(Exit::SomeFailed)
}

fn tell(outcome: &SiteOutcome) -> Result<(), Failure> {
    let id = &outcome.id;
    match &outcome.result {
        Ok(findings) => {
            findings.warnings.iter().for_each(|warning| warn(&format!("{id}: {warning}")));
            let withheld = findings.withheld.as_ref().map(|reason| format!("; capacity withheld: {reason}"));
            let found = counted(findings.new_structures, "new structure");
            say_line(&format!("{id}: {found}{}", withheld.unwrap_or_default()))
        }
        Err(failure) => {
            warn(&format!("{id} failed: {failure}"));
            Ok(())
        }
    }
}
