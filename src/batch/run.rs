//! Runs the sites of a batch side by side.

use std::any::Any;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use thiserror::Error;

use crate::batch::combined_tables::write_tables;
use crate::batch::manifest::BatchSite;
use crate::batch::outcome::{SiteFailure, SiteFindings, SiteOutcome};
use crate::batch::site::compare_site;
use crate::observer::Silent;
use crate::report::{ReportError, check_output_folder};
use crate::structure::Status;

/// How to run a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchOptions {
    /// Sites in work at one time. The stages of each share all cores, so memory grows with it faster than speed.
    pub jobs: usize,
    /// Replace the outputs of an earlier run.
    pub overwrite: bool,
}

/// Why there is no batch.
#[derive(Debug, Error)]
#[allow(missing_docs)]
pub enum BatchError {
    /// The output folder may not be written into.
    #[error(transparent)]
    OutputFolder(ReportError),
    #[error("cannot write {}: {source}", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// Compares every site of a batch; a site that fails does not stop the others.
///
/// - Output: `out/ID/` for each site as [`compare_site`] writes it, and on top `summary.csv`, `structures.csv` and
///   `failures.csv`, in the order of `sites`; the outcomes in the same order.
/// - `finished` is called after each site, from any thread.
///
/// # Errors
/// [`BatchError::OutputFolder`] when the folder is not empty and `overwrite` is not set, [`BatchError::Write`] when the
/// tables on top cannot be written.
pub fn run_batch(
    sites: &[BatchSite],
    out: &Path,
    options: &BatchOptions,
    finished: &(dyn Fn(&SiteOutcome) + Sync),
) -> Result<Vec<SiteOutcome>, BatchError> {
    check_output_folder(out, options.overwrite).map_err(BatchError::OutputFolder)?;
    fs::create_dir_all(out).map_err(|source| BatchError::Write { path: out.to_owned(), source })?;
    let outcomes = side_by_side(sites, options.jobs, |site| {
        let outcome = SiteOutcome { id: site.id.clone(), result: run_site(site, &out.join(&site.id)) };
        finished(&outcome);
        outcome
    });
    write_tables(out, &outcomes).map_err(|(path, source)| BatchError::Write { path, source })?;
    Ok(outcomes)
}

fn run_site(site: &BatchSite, out: &Path) -> Result<SiteFindings, SiteFailure> {
    let compare = || compare_site(&site.before, &site.after, out, &site.options, &Silent);
    // Nothing of a site that panicked is used again, so no broken invariant can be seen.
    let report = catch_unwind(AssertUnwindSafe(compare))
        .map_err(|panic| SiteFailure::Panicked { reason: panic_message(panic.as_ref()) })??;
    let analysis = report.analysis;
    Ok(SiteFindings {
        new_structures: analysis.structures.iter().filter(|found| found.structure.status != Status::Removed).count(),
        withheld: analysis.capacity.withheld,
        warnings: analysis.warnings,
    })
}

/// What a panic said.
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

/// Works on at most `jobs` items at one time and returns the results in the items' order.
///
/// Plain threads and not a rayon pool of their own: a rayon worker that waits for the inside of one site would begin
/// another one meanwhile, and more than `jobs` sites would be held in memory.
fn side_by_side<Item: Sync, Output: Send>(
    items: &[Item],
    jobs: usize,
    work: impl Fn(&Item) -> Output + Sync,
) -> Vec<Output> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Output)>> = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, items.len().max(1)) {
            scope.spawn(|| {
                while let Some((index, item)) = take(items, &next) {
                    let result = work(item);
                    results.lock().expect("invariant: no panic while held").push((index, result));
                }
            });
        }
    });
    let mut results = results.into_inner().expect("invariant: no panic while held");
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn take<'a, Item>(items: &'a [Item], next: &AtomicUsize) -> Option<(usize, &'a Item)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    items.get(index).map(|item| (index, item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::site_options::SiteOptions;

    #[test]
    fn results_keep_the_order_and_jobs_their_number() {
        let (working, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let items: Vec<u64> = (0..20).collect();
        let results = side_by_side(&items, 3, |&item| {
            most.fetch_max(working.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(std::time::Duration::from_millis(20 - item));
            working.fetch_sub(1, Ordering::SeqCst);
            item * item
        });
        assert_eq!(results, items.iter().map(|item| item * item).collect::<Vec<_>>());
        assert!((2..=3).contains(&most.into_inner()));
        assert!(side_by_side(&[] as &[u64], 0, |&item| item).is_empty());
    }

    #[test]
    fn every_failure_is_listed_and_none_stops_the_rest() {
        let scratch = tempfile::tempdir().unwrap();
        let out = scratch.path().join("out");
        let sites = ["one", "two"].map(|id| BatchSite {
            id: id.to_owned(),
            before: scratch.path().join("absent-1.png"),
            after: scratch.path().join("absent-2.png"),
            options: SiteOptions::default(),
        });
        let finished = Mutex::new(Vec::new());
        let note = |outcome: &SiteOutcome| finished.lock().unwrap().push(outcome.id.clone());
        let outcomes = run_batch(&sites, &out, &BatchOptions { jobs: 2, overwrite: false }, &note).unwrap();
        assert!(outcomes.iter().all(|outcome| outcome.result.is_err()));
        let mut finished = finished.into_inner().unwrap();
        finished.sort();
        assert_eq!(finished, ["one", "two"]);
        let failures = fs::read_to_string(out.join("failures.csv")).unwrap();
        assert!(failures.starts_with("id,exit_code,message\none,3,"), "{failures}");
        assert!(!out.join("one").exists());
        let summary = fs::read_to_string(out.join("summary.csv")).unwrap();
        assert_eq!(summary.lines().count(), 1, "the header alone: {summary}");
    }
}
