//! `sitedelta estimate`: the capacity of footprints that were reviewed or drawn by hand.

use std::path::PathBuf;

use sitedelta::appraisal::{Appraisal, AppraisalOptions, appraise_footprints};
use sitedelta::batch::site::SiteError;
use sitedelta::load::footprint_file::load_footprints;
use sitedelta::report::{appraisal_json, check_output_folder, write_appraisal};

use crate::cli::capacity_text::{
    advice_line, assumption_lines, capacity_lines, caveat_lines, claim_lines, group_lines, profile_lines,
};
use crate::cli::failure::{Exit, Failure};
use crate::cli::output::{say, say_line, warn};

/// One estimate.
pub struct EstimateTask {
    pub structures: PathBuf,
    /// The site's name, where one was given.
    pub site: Option<String>,
    pub options: AppraisalOptions,
    pub out: Option<PathBuf>,
    pub overwrite: bool,
    pub json: bool,
}

/// Estimates, writes the outputs where they were asked for, and says what came of it.
pub fn perform(task: &EstimateTask) -> Result<Exit, Failure> {
    if let Some(out) = &task.out {
        check_output_folder(out, task.overwrite).map_err(SiteError::OutputFolder)?;
    }
    let layer = load_footprints(&task.structures)?;
    let by_name = || task.structures.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let site = task.site.clone().or_else(|| layer.site.clone()).or_else(by_name).unwrap_or_else(|| "site".to_owned());
    let appraisal = appraise_footprints(layer, &task.options)?;
    if let Some(out) = &task.out {
        write_appraisal(&appraisal, &site, out, task.overwrite).map_err(SiteError::Report)?;
    }
    appraisal.warnings.iter().for_each(|warning| warn(warning));
    if task.json {
        say(appraisal_json(&appraisal, &site).as_bytes())?;
    } else {
        say_line(&text(&appraisal, &site, task.options.estimate.claim.is_some()).join("\n"))?;
        if let Some(out) = &task.out {
            say_line(&format!("\noutputs       {}", out.display()))?;
        }
    }
    Ok(if appraisal.capacity.withheld.is_some() { Exit::Withheld } else { Exit::Done })
}

fn text(appraisal: &Appraisal, site: &str, claimed: bool) -> Vec<String> {
    let capacity = &appraisal.capacity;
    let mut lines = vec![site.to_owned(), format!("structures    {}", structures(appraisal))];
    let (low, high) = (capacity.count.p5.round(), capacity.count.p95.round());
    if low < high {
        lines.push(format!("count         {low} to {high} of them real by their scores (90 % interval)"));
    }
    lines.extend(capacity_lines(capacity));
    lines.extend(advice_line(capacity));
    if claimed && capacity.claim.is_none() {
        lines.push("claim         not checked: no structure with a known area may be housing".to_owned());
    }
    lines.extend(claim_lines(capacity));
    lines.extend(profile_lines(capacity));
    lines.extend(group_lines(capacity));
    lines.extend(assumption_lines(capacity));
    lines.extend(caveat_lines());
    lines
}

fn structures(appraisal: &Appraisal) -> String {
    let capacity = &appraisal.capacity;
    let mut text = format!("{} counted", capacity.structures.len());
    if capacity.withheld.is_none() {
        let likely = capacity.structures.iter().filter(|own| own.if_housing.is_some()).count();
        text += &format!(", {likely} of them may be housing (P(housing) 0.3 or more)");
    }
    let removed = appraisal.structures.len() - capacity.structures.len();
    for (number, word) in [(removed, "removed"), (appraisal.rejected.len(), "rejected")] {
        if number > 0 {
            text += &format!("; {number} {word}");
        }
    }
    text
}
