//! `sitedelta compare`: the main job.

use std::path::PathBuf;

use anyhow::Context;
use sitedelta::batch::site::{SiteReport, compare_site};
use sitedelta::batch::site_options::SiteOptions;
use sitedelta::pair::{Registration, RegistrationQuality};
use sitedelta::report::SMALL_CAVEAT;
use sitedelta::structure::Status;

use crate::cli::capacity_text::capacity_lines;
use crate::cli::failure::{Exit, Failure};
use crate::cli::output::{counted, say, say_line, warn};
use crate::cli::progress::StageProgress;

/// One comparison.
pub struct CompareTask {
    pub before: PathBuf,
    pub after: PathBuf,
    pub out: PathBuf,
    pub options: SiteOptions,
    pub json: bool,
}

/// Compares, writes every output and says what was found.
pub fn perform(task: &CompareTask, quiet: bool) -> Result<Exit, Failure> {
    let progress = StageProgress::new(quiet);
    let report = compare_site(&task.before, &task.after, &task.out, &task.options, &progress)?;
    progress.finish();
    report.analysis.warnings.iter().for_each(|warning| warn(warning));
    if task.json {
        let path = task.out.join("analysis.json");
        let json = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()));
        say(&json.map_err(Failure::other)?)?;
    } else {
        say_line(&summary(&report))?;
        say_line(&format!("outputs       {}", task.out.display()))?;
    }
    Ok(exit_of(&report))
}

fn exit_of(report: &SiteReport) -> Exit {
    let refused = report.analysis.registration.quality == RegistrationQuality::Refused;
    if refused || report.analysis.capacity.withheld.is_some() { Exit::Withheld } else { Exit::Done }
}

fn summary(report: &SiteReport) -> String {
    let analysis = &report.analysis;
    let count = |status| analysis.structures.iter().filter(|s| s.structure.status == status).count();
    let (new, replaced) = (count(Status::New) + count(Status::Replaced), count(Status::Replaced));
    let found = if analysis.seen.is_some() {
        let interval = analysis.capacity.count;
        let of_which = if replaced > 0 { format!(", {replaced} of them replacing another") } else { String::new() };
        let removed = counted(count(Status::Removed), "structure");
        let new = counted(new, "new structure");
        let (low, high) = (interval.p5.round(), interval.p95.round());
        let doubts = if low < high { format!(", {low} to {high} of them real by their scores") } else { String::new() };
        format!("{new}{of_which}{doubts}; {removed} removed")
    } else {
        "nothing was looked for".to_owned()
    };
    let capacity = capacity_lines(&analysis.capacity).join("\n");
    let registration = registration_line(&analysis.registration);
    format!(
        "{}\nfound         {found}\n{capacity}\nregistration  {registration}\ncaveat        {SMALL_CAVEAT}",
        report.site
    )
}

/// The verdict on a registration, its residual and its reason.
pub fn registration_line(registration: &Registration) -> String {
    let verdict = match registration.quality {
        RegistrationQuality::Trusted => "trusted",
        RegistrationQuality::Doubtful => "doubtful",
        RegistrationQuality::Refused => "refused",
        RegistrationQuality::Skipped => "skipped",
    };
    let residual = registration.residual_px.map(|px| format!(", residual {px:.2} px")).unwrap_or_default();
    let reason = registration.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{verdict}{residual}{reason}")
}
