//! Phase 6: runs that take longer than expected.

use crate::effect::EventKind;
use crate::lifecycle::micros;
use crate::plant::OperationIndex;
use crate::scan::Moment;
use crate::step::{Engine, Turn};
use crate::touched::Tasks;

impl Engine {
    /// Tells the open records whose expected duration is over now. The run whose deadline it was may
    /// have made way for another in this very scan.
    pub(crate) fn tell_overruns(&mut self, turn: &mut Turn<'_>) {
        for place in 0..self.touched.len() {
            let (operation, tasks) = self.touched.get(place);
            if tasks.has(Tasks::OVERRUN_DUE) {
                self.tell_overrun(operation, turn.now.plus_micros(1), turn);
            }
        }
    }

    /// Tells, once, that the open record has run longer at `end` than expected, without its pauses: at its deadline,
    /// or when it closes before that could run.
    pub(crate) fn tell_overrun(&mut self, operation: OperationIndex, end: Moment, turn: &mut Turn<'_>) {
        let Some(run) = &mut self.state_mut(operation).run else { return };
        let record = &mut run.record;
        let running = end.monotonic.micros_since(record.start.monotonic) - run.pauses.micros_until(end);
        let expected = record.expected_duration_seconds.map(micros);
        if record.overrun || expected.is_none_or(|expected| running <= expected) {
            return;
        }
        record.overrun = true;
        record.revision += 1;
        self.tell_record(operation, EventKind::OperationOverrun, turn.now, turn);
    }
}
