//! What commands say: results to standard output, warnings to standard error.

use std::io::{self, Write};

use anyhow::Context;
use serde::Serialize;
use sitedelta::capacity::{Quantiles, two_significant_figures};

use crate::cli::failure::Failure;

/// Writes to standard output. A reader that has gone away (`| head`) is not an error.
pub fn say(text: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output").map_err(Failure::other)
        }
        _ => Ok(()),
    }
}

/// Writes one line to standard output.
pub fn say_line(line: &str) -> Result<(), Failure> {
    say(format!("{line}\n").as_bytes())
}

/// Writes a value as one line of JSON to standard output.
pub fn say_json(value: &impl Serialize) -> Result<(), Failure> {
    say_line(&serde_json::to_string(value).context("cannot make JSON").map_err(Failure::other)?)
}

/// Writes a warning to standard error.
pub fn warn(message: &str) {
    eprintln!("warning: {message}");
}

/// A number of people as they are shown: two significant figures, whole people.
pub fn people(number: f64) -> String {
    format!("{}", two_significant_figures(number))
}

/// A median with its 90 % interval, each with two significant figures.
pub fn people_interval(quantiles: &Quantiles) -> String {
    let Quantiles { p5, p50, p95, .. } = *quantiles;
    format!("{} ({} to {})", people(p50), people(p5), people(p95))
}

/// A count and its noun: `1 structure`, `2 structures`.
pub fn counted(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_shown_with_two_figures() {
        let quantiles = Quantiles { p5: 212.4, p25: 300.0, p50: 437.0, p75: 500.0, p95: 1_044.0 };
        assert_eq!(people_interval(&quantiles), "440 (210 to 1000)");
        assert_eq!([0.0, 3.0, 0.46].map(people), ["0", "3", "0"]);
        assert_eq!((counted(1, "site"), counted(0, "site")), ("1 site".to_owned(), "0 sites".to_owned()));
    }
}
