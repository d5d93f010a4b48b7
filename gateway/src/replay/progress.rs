//! A bar on a terminal that shows how far a replay is.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use latchwork_connectors::trace::Traces;

/// A bar on standard error, if that is a terminal.
pub(super) struct Progress(Option<ProgressBar>);

impl Progress {
    /// Returns a bar, if one is wanted and standard error is a terminal.
    pub(super) fn new(traces: &Traces, wanted: bool) -> Self {
        if !wanted || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = match traces.progress().bytes_total {
            Some(total) => {
                ProgressBar::new(total).with_style(style("{bar:40} {bytes}/{total_bytes} {bytes_per_sec} {eta}"))
            }
            None => ProgressBar::new_spinner().with_style(style("{spinner} {bytes} {bytes_per_sec}")),
        };
        Self(Some(bar))
    }

    /// Shows how much was read.
    pub(super) fn show(&self, traces: &Traces) {
        if let Some(bar) = &self.0 {
            bar.set_position(traces.progress().bytes_read);
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("our own template is well-formed")
}
