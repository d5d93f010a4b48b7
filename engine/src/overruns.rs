//! Phase 6: runs that take longer than expected.

use crate::effect::EventKind;
use crate::lifecycle::micros;
use crate::record::Record;
use crate::scan::Monotonic;
use crate::step::{Engine, Turn};
use crate::wiring::Tasks;

impl Engine {
    /// Marks the open records whose expected duration is over, and tells each once.
    pub(crate) fn tell_overruns(&mut self, turn: &mut Turn<'_>) {
        for place in 0..self.touched.len() {
            let (operation, tasks) = self.touched.get(place);
            if !tasks.has(Tasks::OVERRUN_DUE) {
                continue;
            }
            let Some(run) = &mut self.state_mut(operation).run else { continue };
            // The run whose deadline it was may have made way for another in this very scan.
            if is_over(&run.record, turn.now.monotonic) {
                run.record.overrun = true;
                run.record.revision += 1;
                self.tell_record(operation, EventKind::OperationOverrun, turn.now, turn);
            }
        }
    }
}

fn is_over(record: &Record, now: Monotonic) -> bool {
    record.expected_duration_seconds.is_some_and(|seconds| record.start.monotonic.plus_micros(micros(seconds)) <= now)
}
