//! `sitedelta estimate`: the capacity of footprints that were reviewed or drawn by hand.

use std::path::PathBuf;

use sitedelta::appraisal::{Appraisal, AppraisalOptions, appraise_footprints};
use sitedelta::batch::site::SiteError;
use sitedelta::load::footprint_file::load_footprints;
use sitedelta::report::{appraisal_json, check_output_folder, write_appraisal};

use crate::cli::capacity_text::{
    assumption_lines, capacity_lines, caveat_lines, claim_lines, group_lines, profile_lines,
};
use crate::cli::failure::{Exit, Failure};
use crate::cli::output::{counted, say, say_line, warn};

/// One estimate.
pub struct EstimateTask {
    pub structures: PathBuf,
    pub site: String,
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
    let appraisal = appraise_footprints(load_footprints(&task.structures)?, &task.options)?;
    if let Some(out) = &task.out {
        write_appraisal(&appraisal, &task.site, out, task.overwrite).map_err(SiteError::Report)?;
    }
    appraisal.warnings.iter().for_each(|warning| warn(warning));
    if task.json {
        say(appraisal_json(&appraisal, &task.site).as_bytes())?;
    } else {
        say_line(&text(&appraisal, &task.site).join("\n"))?;
        if let Some(out) = &task.out {
            say_line(&format!("\noutputs       {}", out.display()))?;
        }
    }
    Ok(if appraisal.capacity.withheld.is_some() { Exit::Withheld } else { Exit::Done })
}

fn text(appraisal: &Appraisal, site: &str) -> Vec<String> {
    let capacity = &appraisal.capacity;
    let mut lines = vec![site.to_owned(), format!("structures    {}", structures(appraisal))];
    let (low, high) = (capacity.count.p5.round(), capacity.count.p95.round());
    if low < high {
        lines.push(format!("count         {low} to {high} of them real by their scores (90 % interval)"));
    }
    lines.extend(capacity_lines(capacity));
    lines.extend(claim_lines(capacity));
    lines.extend(profile_lines(capacity));
    lines.extend(group_lines(capacity));
    lines.extend(assumption_lines(capacity));
    lines.extend(caveat_lines());
    lines
}

fn structures(appraisal: &Appraisal) -> String {
    let capacity = &appraisal.capacity;
    let mut text = counted(capacity.structures.len(), "structure");
    if capacity.withheld.is_none() {
        let likely = capacity.structures.iter().filter(|own| own.if_housing.is_some()).count();
        text += &format!(", {likely} of them counted as possible housing (P(housing) 0.3 or more)");
    }
    let removed = appraisal.structures.len() - capacity.structures.len();
    for (number, word) in [(removed, "removed"), (appraisal.rejected.len(), "rejected")] {
        if number > 0 {
            text += &format!("; {number} {word}");
        }
    }
    text
}
