//! The black box beside the loop. One that cannot be written is told and left behind: the gateway goes on without it.

use std::io;
use std::path::Path;

use latchwork_engine::{Engine, Moment, Retained, Scan};

use crate::black_box::{BlackBox, BlackBoxOptions, Running, Standing};

/// The black box, if there is one.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    black_box: Option<BlackBox>,
}

impl Recorder {
    /// Begins to record into a directory.
    pub(super) fn begin(directory: &Path, running: Running<'_>, standing: Standing, now: Moment) -> io::Result<Self> {
        let black_box = BlackBox::open(directory, BlackBoxOptions::default(), running, standing, now)?;
        tracing::info!(file = %black_box.path().display(), "black box begun");
        Ok(Self { black_box: Some(black_box) })
    }

    /// Writes a scan that is about to be taken.
    pub(super) fn see(&mut self, scan: &Scan<'_>) {
        self.write(|black_box| black_box.see(scan));
    }

    /// Notes that the next scan of samples is of a message that its broker had kept for who subscribes.
    pub(super) const fn note_retained(&mut self) {
        if let Some(black_box) = &mut self.black_box {
            black_box.note_retained();
        }
    }

    /// Notes the plant that the next scan, a reload, brings.
    pub(super) fn will_reload(&mut self, running: Running<'_>, engine: &Engine, now: Moment) {
        if let Some(black_box) = &mut self.black_box {
            black_box.will_reload(running, engine.retained(now).to_json());
        }
    }

    /// Hands what was written to the system, before it is committed.
    pub(super) fn flush(&mut self) {
        self.write(BlackBox::flush);
    }

    /// Begins a new file when it is time.
    pub(super) fn rotate_if_due(&mut self, engine: &Engine, last: (u64, Moment), next_event_seq: u64) {
        let standing = || standing(&engine.retained(last.1), Some(last), next_event_seq);
        self.write(|black_box| black_box.rotate_if_due(last.1, standing));
    }

    fn write(&mut self, write: impl FnOnce(&mut BlackBox) -> io::Result<()>) {
        let Some(black_box) = &mut self.black_box else { return };
        if let Err(error) = write(black_box) {
            tracing::error!(file = %black_box.path().display(), %error, "black box ended: it cannot be written");
            self.black_box = None;
        }
    }
}

/// Returns how the gateway stands after its last scan.
pub(super) fn standing(retained: &Retained, last: Option<(u64, Moment)>, next_event_seq: u64) -> Standing {
    Standing { retained: retained.to_json(), last, next_event_seq }
}
