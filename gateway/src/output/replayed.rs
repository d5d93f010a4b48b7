//! Where the effects of a replay go: records, events, what the summary counts.

use std::collections::BTreeMap;
use std::io::{self, Write};

use latchwork_engine::{Effect, Engine, Event, EventKind, Info, OperationIndex, Record};
use ulid::Ulid;

use super::events::write_event;
use super::records::Form;
use crate::drive::Sink;
use crate::exit::{Failure, write_failure};

/// A file, standard output or memory, with the name that people know it by.
pub struct Output {
    name: String,
    writer: Box<dyn Write>,
}

impl Output {
    /// Returns an output.
    pub fn new(name: impl Into<String>, writer: impl Write + 'static) -> Self {
        Self { name: name.into(), writer: Box::new(writer) }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.writer.write_all(bytes).map_err(|error| write_failure(&self.name, &error))
    }

    fn flush(&mut self) -> Result<(), Failure> {
        self.writer.flush().map_err(|error| write_failure(&self.name, &error))
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Which records are shown, and in which order.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only those of these operations; of all when empty.
    pub operations: Vec<OperationIndex>,
    /// By start, then configuration order, then opening; else each when it closes.
    pub sorted: bool,
    /// Whether [`Replayed::records`] is wanted.
    pub kept: bool,
}

/// Takes the effects of a replay.
#[derive(Debug)]
pub struct Replayed {
    form: Form,
    records: Output,
    events: Option<Output>,
    selection: Selection,
    line: Vec<u8>,
    seq: u64,
    openings: BTreeMap<Ulid, u64>,
    kept: Vec<(u64, Record)>,
    opened: u64,
    failure: Option<Failure>,
}

impl Replayed {
    /// Returns what takes a replay's effects, once the header is written.
    pub fn new(form: Form, records: Output, events: Option<Output>, selection: Selection) -> Result<Self, Failure> {
        let mut replayed = Self {
            form,
            records,
            events,
            selection,
            line: Vec::new(),
            seq: 0,
            openings: BTreeMap::new(),
            kept: Vec::new(),
            opened: 0,
            failure: None,
        };
        replayed.records.write(form.header().as_bytes())?;
        Ok(replayed)
    }

    /// Returns the first failure of a write.
    #[inline]
    pub fn check(&mut self) -> Result<(), Failure> {
        if self.failure.is_none() { Ok(()) } else { self.failure.take().map_or(Ok(()), Err) }
    }

    /// Ends the replay: the records that are still open, then those that waited to be sorted.
    pub fn finish(&mut self, engine: &Engine) -> Result<(), Failure> {
        for record in engine.open_records() {
            self.show(engine, record)?;
        }
        self.kept.sort_by_key(|(opening, record)| (record.start.wall, record.operation, *opening));
        if self.selection.sorted {
            for (_, record) in std::mem::take(&mut self.kept) {
                self.write(engine, &record)?;
                if self.selection.kept {
                    self.kept.push((0, record));
                }
            }
        }
        self.records.flush()?;
        self.events.as_mut().map_or(Ok(()), Output::flush)
    }

    /// Returns the records that were shown, if they are kept.
    pub fn records(&self) -> Vec<Record> {
        self.kept.iter().map(|(_, record)| record.clone()).collect()
    }

    /// Returns how many records opened, shown or not.
    pub const fn opened(&self) -> u64 {
        self.opened
    }

    /// Returns how many events there were.
    pub const fn events(&self) -> u64 {
        self.seq
    }

    fn take_event(&mut self, engine: &Engine, event: &Event) -> Result<(), Failure> {
        self.seq += 1;
        if let Some(events) = &mut self.events {
            self.line.clear();
            write_event(&mut self.line, event, self.seq, engine);
            events.write(&self.line)?;
        }
        let Info::Record(record) = &event.info else { return Ok(()) };
        match event.kind {
            EventKind::OperationStarted => {
                self.opened += 1;
                if self.selection.sorted || self.selection.kept {
                    self.openings.insert(record.id, self.opened);
                }
                Ok(())
            }
            EventKind::OperationStopped | EventKind::OperationFaulted => self.show(engine, record),
            EventKind::OperationUpdated
            | EventKind::OperationOverrun
            | EventKind::OperationConflict
            | EventKind::OperationStuck
            | EventKind::ProductionOrderStatusChanged
            | EventKind::ProductionOrderMissing
            | EventKind::ProductionOrderUnknown
            | EventKind::ProductionOrderChanged
            | EventKind::ProductionOrderFinal
            | EventKind::TriggerFault
            | EventKind::GatewayStarted
            | EventKind::GatewayStopped
            | EventKind::ConnectionUp
            | EventKind::ConnectionDown => Ok(()),
        }
    }

    /// Shows a record that closed, or is open at the end: now, or when all are sorted.
    fn show(&mut self, engine: &Engine, record: &Record) -> Result<(), Failure> {
        let opening = self.openings.remove(&record.id).unwrap_or_default();
        let Selection { operations, sorted, kept } = &self.selection;
        if !operations.is_empty() && !operations.contains(&record.operation) {
            return Ok(());
        }
        let now = !sorted;
        if *sorted || *kept {
            self.kept.push((opening, record.clone()));
        }
        if now { self.write(engine, record) } else { Ok(()) }
    }

    fn write(&mut self, engine: &Engine, record: &Record) -> Result<(), Failure> {
        self.line.clear();
        self.form.write(&mut self.line, record, engine.plant());
        self.records.write(&self.line)
    }
}

impl Sink for Replayed {
    fn take(&mut self, engine: &Engine, effects: &mut Vec<Effect>) {
        for effect in effects.iter() {
            let taken = match effect {
                Effect::Event(event) => self.take_event(engine, event),
                Effect::OrderCreated(_) => Ok(()),
            };
            if let Err(failure) = taken {
                self.failure.get_or_insert(failure);
            }
        }
    }
}

/// Returns an output that forgets what it is given.
pub fn nowhere() -> Output {
    Output::new("nowhere", io::sink())
}
