//! A bar on a terminal that shows how far a replay is.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use latchwork_connectors::trace::Traces;

/// How many scans pass before the bar is drawn again.
const PROGRESS_SCANS: u64 = 1 << 16;

/// A bar on standard error, if that is a terminal.
pub(super) struct Progress {
    bar: Option<ProgressBar>,
    /// The number of the scan at which it is drawn again.
    due: u64,
}

impl Progress {
    /// Returns a bar, if one is wanted and standard error is a terminal.
    pub(super) fn new(traces: &Traces, wanted: bool) -> Self {
        if !wanted || !std::io::stderr().is_terminal() {
            return Self { bar: None, due: u64::MAX };
        }
        let bar = match traces.progress().bytes_total {
            Some(total) => {
                ProgressBar::new(total).with_style(style("{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}"))
            }
            None => ProgressBar::new_spinner().with_style(style("{spinner} {bytes} {bytes_per_sec}")),
        };
        Self { bar: Some(bar), due: 0 }
    }

    /// Shows how much was read when so many scans were taken, now and then.
    #[inline]
    pub(super) fn show(&mut self, scans: u64, traces: &Traces) {
        if scans >= self.due {
            self.due = scans.saturating_add(PROGRESS_SCANS);
            self.draw(traces);
        }
    }

    fn draw(&self, traces: &Traces) {
        if let Some(bar) = &self.bar {
            bar.set_position(traces.progress().bytes_read);
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("our own template is well-formed")
}
