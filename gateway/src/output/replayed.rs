//! Where the effects of a replay go: records, events, what the summary counts.

use std::collections::BTreeMap;
use std::io;

use latchwork_engine::{
    Answer, Command, Effect, Engine, Event, Fetched, Moment, Plant, Record, RecordChange, Rejection,
};
use latchwork_expr::Timestamp;
use ulid::Ulid;

use super::commanded::Commanded;
pub use super::destination::Output;
use super::events::write_event;
use super::held::{Change, Held, Told};
use super::history::History;
use super::records::Form;
use super::shown::has_operation;
pub use super::shown::{Selection, Shown};
use crate::drive::Sink;
use crate::exit::Failure;

/// Takes the effects of a replay.
#[derive(Debug)]
pub struct Replayed {
    form: Form,
    records: Output,
    events: Option<Output>,
    selection: Selection,
    line: Vec<u8>,
    /// The number of the last event line.
    seq: u64,
    told: u64,
    openings: BTreeMap<Ulid, u64>,
    opened: u64,
    shown: Vec<Shown>,
    /// The names of the selection that no plant had so far.
    unmet: Vec<String>,
    /// What may still be revoked, in the replay of a gateway's own recording.
    held: Option<Held>,
    /// What commands for closed records are about, where some may come.
    history: Option<History>,
    commands: u64,
    rejections: u64,
    /// The first rejections, in words.
    rejections_told: Vec<String>,
    /// The commands with their answers, if somebody wants them.
    commanded: Option<Vec<Commanded>>,
    failure: Option<Failure>,
}

/// How many rejected commands of a replay are told word for word.
const REJECTIONS_TOLD_MAX: usize = 10;

impl Replayed {
    /// Returns what takes a replay's effects, once the header is written.
    pub fn new(form: Form, records: Output, events: Option<Output>, selection: Selection) -> Result<Self, Failure> {
        let mut replayed = Self {
            form,
            records,
            events,
            unmet: selection.operations.clone(),
            selection,
            line: Vec::new(),
            seq: 0,
            told: 0,
            openings: BTreeMap::new(),
            opened: 0,
            shown: Vec::new(),
            held: None,
            history: None,
            commands: 0,
            rejections: 0,
            rejections_told: Vec::new(),
            commanded: None,
            failure: None,
        };
        replayed.records.write(form.header().as_bytes())?;
        Ok(replayed)
    }

    /// Meets the plant that runs from here on.
    pub fn meet(&mut self, plant: &Plant) {
        self.unmet.retain(|name| !has_operation(plant, name));
    }

    /// Returns the names of operations to show that no plant had.
    pub fn unmet(&self) -> &[String] {
        &self.unmet
    }

    /// Holds effects back from here on until they cannot be revoked.
    pub fn hold_back(&mut self) {
        self.held.get_or_insert_default();
    }

    /// Keeps what commands for closed records are about.
    pub fn keep_history(&mut self) {
        self.history.get_or_insert_default();
    }

    /// Returns what is known of the record that a command names.
    pub fn fetch(&self, command: &Command, engine: &Engine) -> Option<Box<Fetched>> {
        self.history.as_ref()?.fetch(command, engine).map(Box::new)
    }

    /// Returns how many commands there were, how many of them were rejected, and the first of these in words.
    pub fn commands(&self) -> (u64, u64, &[String]) {
        (self.commands, self.rejections, &self.rejections_told)
    }

    /// Keeps the commands and their answers from here on: as many as the traces have.
    pub fn keep_commands(&mut self) {
        self.commanded.get_or_insert_default();
    }

    /// Takes the commands that were kept, in the order in which they were given.
    pub fn take_commands(&mut self) -> Vec<Commanded> {
        self.commanded.take().unwrap_or_default()
    }

    /// Sees a command that is about to be given.
    pub(crate) fn see_command(&mut self, at: Timestamp, command: &Command) {
        if let Some(commanded) = &mut self.commanded {
            commanded.push(Commanded::new(at, command));
        }
    }

    fn count(&mut self, answer: &Answer) {
        self.commands += 1;
        if let Some(commanded) = self.commanded.as_mut().and_then(|commanded| commanded.last_mut()) {
            commanded.answered(answer);
        }
        let Err(Rejection { kind, text, .. }) = &answer.answer else { return };
        self.rejections += 1;
        if self.rejections_told.len() < REJECTIONS_TOLD_MAX {
            self.rejections_told.push(format!("{}: {text}", kind.name()));
        }
    }

    /// Gives the next event line this number, from 1.
    pub fn number_events_from(&mut self, next: u64) {
        self.seq = next.saturating_sub(1);
    }

    /// Forgets what scans after the last committed one did, and shows the rest. Only what is held back can be forgotten.
    pub fn revoke_after(&mut self, last_sequence: u64, next_event_seq: u64) {
        if let Some(held) = &mut self.held {
            held.revoke_after(last_sequence);
        }
        self.release();
        self.number_events_from(next_event_seq);
    }

    /// Returns the first failure of a write.
    #[inline]
    pub fn check(&mut self) -> Result<(), Failure> {
        if self.failure.is_none() { Ok(()) } else { self.failure.take().map_or(Ok(()), Err) }
    }

    /// Ends the replay: what was held back, the records that are still open, then those that waited to be sorted.
    /// `end` is the end of time, up to which open records are measured.
    pub fn finish(&mut self, engine: &Engine, end: Moment) -> Result<(), Failure> {
        self.release();
        self.check()?;
        for record in engine.open_records_at(end) {
            self.show(engine.plant(), &record)?;
        }
        self.shown.sort_by_key(|shown| (shown.start, shown.operation, shown.opening));
        if self.selection.sorted {
            self.shown.iter().try_for_each(|shown| self.records.write(&shown.line))?;
        }
        self.records.flush()?;
        self.events.as_mut().map_or(Ok(()), Output::flush)
    }

    /// Returns the records that were shown, if they are kept.
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// Returns how many records opened, shown or not.
    pub const fn opened(&self) -> u64 {
        self.opened
    }

    /// Returns how many events there were.
    pub const fn events(&self) -> u64 {
        self.told
    }

    fn take_event(&mut self, engine: &Engine, event: &Event) -> Result<(), Failure> {
        self.seq += 1;
        if let Some(history) = &mut self.history {
            history.note(event, engine);
        }
        self.line.clear();
        if self.events.is_some() {
            write_event(&mut self.line, event, self.seq, engine);
        }
        if self.held.is_some() {
            return self.hold(engine.plant(), event);
        }
        self.told += 1;
        if let Some(events) = &mut self.events {
            events.write(&self.line)?;
        }
        match event.change() {
            None | Some((RecordChange::Changed, _)) => Ok(()),
            Some((RecordChange::Opened, record)) => {
                self.open(record.id);
                Ok(())
            }
            Some((RecordChange::Closed, record)) => self.show(engine.plant(), record),
            Some((RecordChange::Edited, record)) => self.show_edited(engine.plant(), record),
        }
    }

    /// Holds an event back, with its line, and lets go what is settled by now.
    fn hold(&mut self, plant: &Plant, event: &Event) -> Result<(), Failure> {
        let change = match event.change() {
            None | Some((RecordChange::Changed, _)) => Change::None,
            Some((RecordChange::Opened, record)) => Change::Opened(record.id),
            Some((RecordChange::Closed, record)) => {
                let is_shown = self.selection.has(plant, record);
                let shown = is_shown.then(|| Box::new(Shown::of(record, plant, self.form)));
                Change::Closed(record.id, shown)
            }
            Some((RecordChange::Edited, record)) => {
                let is_shown = self.selection.has(plant, record);
                Change::Edited(is_shown.then(|| Box::new(Shown::of(record, plant, self.form))))
            }
        };
        let told = Told { line: self.line.clone(), change };
        let Some(held) = &mut self.held else { return Ok(()) };
        held.add(event.sequence, told);
        while let Some(told) = self.held.as_mut().and_then(|held| held.settled(event.sequence)) {
            self.tell(told)?;
        }
        Ok(())
    }

    /// Lets go everything that is held back.
    fn release(&mut self) {
        while let Some(told) = self.held.as_mut().and_then(Held::next) {
            if let Err(failure) = self.tell(told) {
                self.failure.get_or_insert(failure);
            }
        }
    }

    /// Takes an event that was held back.
    fn tell(&mut self, Told { line, change }: Told) -> Result<(), Failure> {
        self.told += 1;
        if let Some(events) = &mut self.events {
            events.write(&line)?;
        }
        match change {
            Change::None => Ok(()),
            Change::Opened(id) => {
                self.open(id);
                Ok(())
            }
            Change::Closed(id, shown) => {
                let opening = self.openings.remove(&id).unwrap_or_default();
                shown.map_or(Ok(()), |shown| self.put(Shown { opening, ..*shown }))
            }
            Change::Edited(shown) => shown.map_or(Ok(()), |shown| self.put_edited(*shown)),
        }
    }

    fn open(&mut self, id: Ulid) {
        self.opened += 1;
        if self.selection.waits() {
            self.openings.insert(id, self.opened);
        }
    }

    /// Shows a record that closed, or is open at the end.
    fn show(&mut self, plant: &Plant, record: &Record) -> Result<(), Failure> {
        let opening = self.openings.remove(&record.id).unwrap_or_default();
        if !self.selection.has(plant, record) {
            return Ok(());
        }
        if self.selection.waits() {
            return self.put(Shown { opening, ..Shown::of(record, plant, self.form) });
        }
        self.line.clear();
        self.form.write(&mut self.line, record, plant);
        self.records.write(&self.line)
    }

    /// Shows a closed record as it was corrected.
    fn show_edited(&mut self, plant: &Plant, record: &Record) -> Result<(), Failure> {
        if self.selection.has(plant, record) { self.put_edited(Shown::of(record, plant, self.form)) } else { Ok(()) }
    }

    /// Puts a corrected record in the place of what it was; what was written already is followed by it.
    fn put_edited(&mut self, shown: Shown) -> Result<(), Failure> {
        if !self.selection.sorted {
            self.records.write(&shown.line)?;
        }
        if let Some(before) = self.shown.iter_mut().find(|before| before.id == shown.id) {
            *before = Shown { opening: before.opening, ..shown };
        }
        Ok(())
    }

    /// Writes what is shown, now or when all are sorted.
    fn put(&mut self, shown: Shown) -> Result<(), Failure> {
        if !self.selection.sorted {
            self.records.write(&shown.line)?;
        }
        if self.selection.waits() {
            self.shown.push(shown);
        }
        Ok(())
    }
}

impl Sink for Replayed {
    fn take(&mut self, engine: &Engine, effects: &mut Vec<Effect>) {
        for effect in effects.iter() {
            let taken = match effect {
                Effect::Event(event) => self.take_event(engine, event),
                Effect::OrderCreated(_) | Effect::SchedulePaused(_) | Effect::Write(_) => Ok(()),
                Effect::Answered(answer) => {
                    self.count(answer);
                    Ok(())
                }
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
