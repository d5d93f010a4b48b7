//! Whether a ledger is whole: looked over while its gateway is dead, again and again. What was there stays as it was.

use std::collections::BTreeMap;

use super::ledger::{Ledger, record_of};

/// A record as it is told and kept: what may never change once it is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    id: String,
    operation: String,
    status: String,
    start_date: String,
    end_date: Option<String>,
    revision: u32,
}

impl Row {
    fn all(ledger: &Ledger) -> Vec<Self> {
        let rows: Vec<(String, String, String, String, Option<String>, u32)> = ledger
            .rows("SELECT id, operation, status, start_date, end_date, revision FROM operation_records ORDER BY id");
        let row = |(id, operation, status, start_date, end_date, revision)| Self {
            id,
            operation,
            status,
            start_date,
            end_date,
            revision,
        };
        rows.into_iter().map(row).collect()
    }
}

/// What was seen of a ledger so far.
#[derive(Debug, Default)]
pub(super) struct Audit {
    /// The ids of all events; the first has number 1.
    events: Vec<String>,
    /// What was told of each record.
    told: BTreeMap<String, Vec<String>>,
    /// The records that are closed.
    closed: BTreeMap<String, Row>,
    /// The records that were open when it was looked last.
    open: Vec<Row>,
}

impl Audit {
    /// Looks a ledger over; all that it does not find as it must be is a panic.
    pub(super) fn look(&mut self, ledger: &Ledger) {
        assert_eq!(ledger.number("SELECT count(*) FROM pragma_quick_check WHERE quick_check <> 'ok'"), 0);
        self.look_at_events(ledger);
        let rows = Row::all(ledger);
        self.look_at_records(&rows);
        let (open, closed) = rows.into_iter().partition(|row: &Row| row.end_date.is_none());
        self.open = open;
        self.closed = closed.into_iter().map(|row: Row| (row.id.clone(), row)).collect();
    }

    /// Returns how many records are closed, and how many events there are.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.closed.len(), self.events.len())
    }

    /// Takes the new events. The last that was known is still the one that it was.
    fn look_at_events(&mut self, ledger: &Ledger) {
        let before = u64::try_from(self.events.len()).unwrap().saturating_sub(1);
        let mut new = ledger.events_after(before);
        let count = ledger.number("SELECT count(*) FROM events");
        assert_eq!(count.unsigned_abs(), before + u64::try_from(new.len()).unwrap(), "an event is gone");
        if let Some(last) = self.events.last() {
            assert!(!new.is_empty(), "the last event is gone: {last}");
            assert_eq!(&new.remove(0).id, last, "the last event is another one");
        }
        for event in new {
            if event.event_type.starts_with("operation.") {
                self.told.entry(record_of(&event)).or_default().push(event.event_type);
            }
            self.events.push(event.id);
        }
    }

    /// Sees to it that each record was told to start once and to stop once if it is closed, that nothing is told of
    /// others, and that what is closed is as it was.
    fn look_at_records(&self, rows: &[Row]) {
        let mut open: BTreeMap<&str, &Row> = BTreeMap::new();
        for row in rows {
            let wanted: &[&str] = match row.end_date {
                Some(_) => &["operation.started", "operation.stopped"],
                None => &["operation.started"],
            };
            assert_eq!(self.told.get(&row.id).map_or(&[][..], Vec::as_slice), wanted, "{row:?}");
            if row.end_date.is_none() {
                assert_eq!(open.insert(&row.operation, row), None, "two are open: {row:?}");
            }
        }
        assert_eq!(self.told.len(), rows.len(), "a record is told of that is not there");
        let known: BTreeMap<&str, &Row> = rows.iter().map(|row| (row.id.as_str(), row)).collect();
        for (id, closed) in &self.closed {
            assert_eq!(known.get(id.as_str()), Some(&closed), "a closed record changed");
        }
        for before in &self.open {
            let now = known.get(before.id.as_str()).unwrap_or_else(|| panic!("an open record is gone: {before:?}"));
            assert_eq!(now.start_date, before.start_date, "an open record begins at another time: {now:?}");
        }
    }
}
