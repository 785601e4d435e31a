//! Progress bars on a terminal, log lines with `-v`, silence in a pipe.

use std::io::{self, IsTerminal};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sitedelta::observer::{Observer, Stage};
use tracing::Level;

/// How often a bar's spinner turns: fast enough to show that the program lives.
const TICK: Duration = Duration::from_millis(120);

/// Sends the library's log lines to standard error: none at 0, stages and warnings at 1, details at 2, all at 3.
pub fn start_logging(verbosity: u8) {
    let level = match verbosity {
        0 => return,
        1 => Level::INFO,
        2 => Level::DEBUG,
        _ => Level::TRACE,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .init();
}

/// A bar on standard error when that is a terminal, hidden elsewhere and where log lines are shown instead.
pub fn bar(quiet: bool) -> ProgressBar {
    if quiet || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{spinner} {msg:10} {wide_bar} {pos}/{len} {elapsed}")
        .expect("invariant: the template is sound");
    bar.set_style(style);
    bar.enable_steady_tick(TICK);
    bar
}

/// Shows the stages of one comparison.
pub struct StageProgress {
    bar: ProgressBar,
    running: Mutex<Option<(Stage, Instant)>>,
}

impl StageProgress {
    /// Shows a bar, unless `quiet`.
    pub fn new(quiet: bool) -> Self {
        StageProgress { bar: bar(quiet), running: Mutex::new(None) }
    }

    /// Clears the bar away.
    pub fn finish(&self) {
        self.next(None);
        self.bar.finish_and_clear();
    }

    fn next(&self, stage: Option<Stage>) {
        let next = stage.map(|stage| (stage, Instant::now()));
        let mut running = self.running.lock().expect("invariant: no panic while held");
        if let Some((stage, since)) = std::mem::replace(&mut *running, next) {
            tracing::info!(stage = stage.name(), seconds = format!("{:.2}", since.elapsed().as_secs_f64()), "done");
        }
    }
}

impl Drop for StageProgress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for StageProgress {
    fn stage_started(&self, stage: Stage) {
        self.next(Some(stage));
        self.bar.set_position(0);
        self.bar.unset_length();
        self.bar.set_message(stage.name());
    }

    fn progressed(&self, _stage: Stage, done: usize, total: usize) {
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
    }

    fn warned(&self, stage: Stage, message: &str) {
        tracing::warn!(stage = stage.name(), "{message}");
    }
}
