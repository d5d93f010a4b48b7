//! The records that closed in a replay: what commands for closed records are about, as the store is in a live gateway.

use std::collections::VecDeque;

use latchwork_engine::{Ask, Command, Engine, Event, EventKind, Fetched, FetchedRecord, Info};

/// How many closed records are kept: the last ones, some tens of MB. People correct what has just happened.
const HISTORY_RECORDS_MAX: usize = 65_536;

/// The closed records, in the order in which they closed.
#[derive(Clone, Debug, Default)]
pub struct History {
    records: VecDeque<FetchedRecord>,
}

impl History {
    /// Keeps the record that an event closed or corrected.
    pub fn note(&mut self, event: &Event, engine: &Engine) {
        let Info::Record(record) = &event.info else { return };
        if record.end.is_none() {
            return;
        }
        let row = FetchedRecord::of(record, engine);
        if event.kind == EventKind::OperationEdited {
            if let Some(kept) = self.records.iter_mut().find(|kept| kept.id == row.id) {
                *kept = row;
            }
            return;
        }
        if self.records.len() == HISTORY_RECORDS_MAX {
            self.records.pop_front();
        }
        self.records.push_back(row);
    }

    /// Returns what is known of the record that a command names.
    pub fn fetch(&self, command: &Command, engine: &Engine) -> Option<Fetched> {
        let id = match &command.ask {
            Ask::Operate(..) | Ask::PutOrder(_) | Ask::Plan(_) | Ask::Unplan(_) | Ask::Abandon(_) => return None,
            Ask::Edit(info) => info.record,
            Ask::Split(info) => info.record,
        };
        let open: Vec<FetchedRecord> = engine.open_records().map(|record| FetchedRecord::of(record, engine)).collect();
        let all = || self.records.iter().chain(&open);
        let mut family: Vec<&FetchedRecord> = all().filter(|row| row.id == id).take(1).collect();
        let mut place = 0;
        while let Some(parent) = family.get(place).map(|row| row.id) {
            family.extend(all().filter(|row| row.parent == Some(parent)));
            place += 1;
        }
        let records = family.into_iter().map(|row| between(row, all())).collect();
        Some(Fetched { records, ..Fetched::default() })
    }
}

/// Returns a record with what of its operation stands before and behind it.
fn between<'a>(row: &FetchedRecord, all: impl Iterator<Item = &'a FetchedRecord>) -> FetchedRecord {
    let others: Vec<&FetchedRecord> =
        all.filter(|other| other.operation == row.operation && other.id != row.id).collect();
    let ends = others.iter().filter_map(|other| other.end).filter(|&end| end <= row.start);
    let starts = others.iter().map(|other| other.start).filter(|&start| row.end.is_some_and(|end| start >= end));
    FetchedRecord { previous_end: ends.max(), next_start: starts.min(), ..row.clone() }
}
