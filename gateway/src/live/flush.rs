//! Open records whose rows are written again although nothing changed: `flush_interval_millis`.

use latchwork_engine::{Engine, Moment, Monotonic, OperationIndex, Record};

/// When each operation's open record was written last, on the axis of the scans.
#[derive(Debug, Default)]
pub(super) struct Flushes {
    rows: Vec<Flush>,
}

#[derive(Debug)]
struct Flush {
    operation: OperationIndex,
    interval_millis: u64,
    written: Option<Monotonic>,
}

impl Flushes {
    /// Returns the operations of a plant that want it.
    pub(super) fn of(engine: &Engine) -> Self {
        let operations = (0_u32..).map(OperationIndex).zip(&engine.plant().operations);
        let wanting = operations.filter(|(_, row)| row.flush_interval_millis > 0);
        let flush = |operation, interval_millis| Flush { operation, interval_millis, written: None };
        Self { rows: wanting.map(|(operation, row)| flush(operation, row.flush_interval_millis)).collect() }
    }

    /// Returns the open records that are due after the scan at a moment. A transition is written by itself; that a row
    /// is written twice then does no harm.
    pub(super) fn take_due(&mut self, engine: &Engine, at: Moment) -> Vec<Record> {
        let mut due = Vec::new();
        for flush in self.rows.iter_mut().filter(|flush| flush.is_due(at.monotonic)) {
            let Some(record) = engine.record_as_of(flush.operation, at) else { continue };
            flush.written = Some(at.monotonic);
            due.push(record);
        }
        due
    }
}

impl Flush {
    fn is_due(&self, now: Monotonic) -> bool {
        self.written.is_none_or(|written| now >= written.plus_millis(self.interval_millis))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_due_after_its_interval() {
        let mut flush = Flush { operation: OperationIndex(0), interval_millis: 2, written: None };
        assert!(flush.is_due(Monotonic(0)));
        flush.written = Some(Monotonic(5_000));
        assert_eq!([6_999, 7_000, 90_000].map(|now| flush.is_due(Monotonic(now))), [false, true, true]);
    }
}
