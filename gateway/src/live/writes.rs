//! What handshakes write: each write is stored with the turn that decided it, handed over once that is durable, and
//! forgotten when the device has it. What is still due is due again after a restart.
//!
//! The engine knows nothing of this: it decides what is to be written, and whether that arrived changes no record.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use latchwork_config::connections::Connection;
use latchwork_connectors::{WriteOutcome, WriteReport};
use latchwork_engine::{Effect, Exact, Plant, TagWrite, WriteKind};
use latchwork_expr::TagSlot;
use latchwork_store::{Loaded, RetainedRow};
use serde::{Deserialize, Serialize};

use super::links::Links;

/// How the keys of stored writes begin.
pub(super) const WRITE: &str = "write:";

/// The writes that are not done.
#[derive(Debug, Default)]
pub(super) struct Writes {
    /// By the paths of their tags.
    rows: BTreeMap<String, Row>,
    /// The tags that may be written.
    writable: BTreeSet<TagSlot>,
    /// The tags whose stored rows are not what they should be.
    changed: BTreeSet<String>,
    number: u64,
}

/// What is to be written to a tag: an answer, and behind it the end of that answer.
#[derive(Debug)]
struct Row {
    slot: TagSlot,
    wire: Option<String>,
    steps: VecDeque<Step>,
    /// Since when what was written last stands there.
    stands_since: Option<Instant>,
}

#[derive(Debug)]
struct Step {
    value: Exact,
    /// For how long what is written before must have stood.
    after: Duration,
    /// Known by this to the turn that decided it.
    decided: u64,
    is_durable: bool,
    /// The number of the job, once it is handed over.
    job: Option<u64>,
}

/// A write as it is stored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredRow {
    tag: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wire: Option<String>,
    steps: Vec<StoredStep>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredStep {
    value: Exact,
    #[serde(default)]
    after_millis: u64,
}

/// A write that a turn decided: it may go out when that is durable.
#[derive(Debug)]
pub(super) struct Decided {
    tag: String,
    number: u64,
}

impl Writes {
    /// Returns what is due since before the gateway started, as far as it may still be written there.
    pub(super) fn resume(loaded: &Loaded, plant: &Plant, connections: &[Connection]) -> Self {
        let mut writes = Self { writable: writable(connections), ..Self::default() };
        let slots = slots(plant, &writes.writable);
        for row in loaded.retained.iter().filter(|row| row.key.starts_with(WRITE)) {
            let stored: Option<StoredRow> = serde_json::from_str(&row.value).ok();
            let slot = stored.as_ref().and_then(|stored| slots.get(stored.tag.as_str()).copied());
            match stored.zip(slot) {
                Some((stored, slot)) if writes.is_writable(slot, stored.wire.as_ref(), plant) => {
                    writes.rows.insert(stored.tag.clone(), Row::of(stored, slot));
                }
                Some(_) | None => _ = writes.changed.insert(row.key[WRITE.len()..].to_owned()),
            }
        }
        writes
    }

    /// Takes another configuration: what may no longer be written is void, all else goes out again.
    pub(super) fn reload(&mut self, plant: &Plant, connections: &[Connection]) {
        self.writable = writable(connections);
        let slots = slots(plant, &self.writable);
        for (tag, mut row) in std::mem::take(&mut self.rows) {
            match slots.get(tag.as_str()) {
                Some(&slot) if self.is_writable(slot, row.wire.as_ref(), plant) => {
                    row.slot = slot;
                    row.steps.iter_mut().for_each(|step| step.job = None);
                    self.rows.insert(tag, row);
                }
                Some(_) | None => _ = self.changed.insert(tag),
            }
        }
    }

    /// Takes the writes among effects; returns which were decided.
    pub(super) fn take(&mut self, effects: &[Effect], plant: &Plant) -> Vec<Decided> {
        let writes = effects.iter().filter_map(|effect| match effect {
            Effect::Write(write) => Some(&**write),
            Effect::Event(_) | Effect::OrderCreated(_) | Effect::SchedulePaused(_) | Effect::Answered(_) => None,
        });
        writes.filter_map(|write| self.take_one(write, plant)).collect()
    }

    fn take_one(&mut self, write: &TagWrite, plant: &Plant) -> Option<Decided> {
        if !self.writable.contains(&write.tag) {
            return None;
        }
        self.number += 1;
        let tag = &plant.tags[write.tag.index()];
        let row = self.rows.entry(tag.path.clone()).or_insert_with(|| Row {
            slot: write.tag,
            wire: tag.wire.clone(),
            steps: VecDeque::new(),
            stands_since: None,
        });
        row.take(write, self.number);
        self.changed.insert(tag.path.clone());
        Some(Decided { tag: tag.path.clone(), number: self.number })
    }

    /// Notes that writes are durable.
    pub(super) fn release(&mut self, decided: &[Decided]) {
        for Decided { tag, number } in decided {
            let steps = self.rows.get_mut(tag).into_iter().flat_map(|row| &mut row.steps);
            steps.filter(|step| step.decided == *number).for_each(|step| step.is_durable = true);
        }
    }

    /// Hands over what may go out now.
    pub(super) fn hand_over(&mut self, links: &Links, now: Instant) {
        for row in self.rows.values_mut() {
            let Some(due_at) = row.due_at() else { continue };
            let Some(step) = row.steps.front_mut().filter(|_| due_at.is_none_or(|at| at <= now)) else { continue };
            self.number += 1;
            if links.write(row.slot, step.value.0.clone(), self.number) {
                step.job = Some(self.number);
            }
        }
    }

    /// Returns when something may go out that may not yet.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        self.rows.values().filter_map(|row| row.due_at().flatten()).min()
    }

    /// Takes a report of a connection.
    pub(super) fn take_report(&mut self, report: &WriteReport, now: Instant) {
        let is_meant = |row: &Row| row.steps.front().is_some_and(|step| step.job == Some(report.number));
        let Some((tag, row)) = self.rows.iter_mut().find(|(_, row)| is_meant(row)) else { return };
        match &report.outcome {
            WriteOutcome::Written => {
                row.steps.pop_front();
                row.stands_since = Some(now);
                tracing::debug!(tag, "handshake written");
            }
            WriteOutcome::GivenUp(reason) => {
                row.steps.clear();
                tracing::error!(tag, reason, "handshake not written: it was refused too often");
            }
        }
        self.changed.insert(tag.clone());
    }

    /// Appends the rows that are to be stored and the keys of those that are to be forgotten.
    pub(super) fn take_changed(&mut self, into: &mut Vec<RetainedRow>, forgotten: &mut Vec<String>) {
        for tag in std::mem::take(&mut self.changed) {
            let key = format!("{WRITE}{tag}");
            match self.rows.get(&tag).filter(|row| !row.steps.is_empty()) {
                Some(row) => into.push(RetainedRow { key, value: row.to_text(tag) }),
                None => forgotten.push(key),
            }
        }
    }

    /// Tells whether what was to be written may still be: the tag may, and is where it was.
    fn is_writable(&self, slot: TagSlot, wire: Option<&String>, plant: &Plant) -> bool {
        self.writable.contains(&slot) && plant.tags[slot.index()].wire.as_ref() == wire
    }
}

impl Row {
    fn of(stored: StoredRow, slot: TagSlot) -> Self {
        let step = |StoredStep { value, after_millis }| Step {
            value,
            after: Duration::from_millis(after_millis),
            decided: 0,
            is_durable: true,
            job: None,
        };
        let steps = stored.steps.into_iter().map(step).collect();
        Self { slot, wire: stored.wire, steps, stands_since: None }
    }

    /// Takes a write. An answer makes void what was to be written; the end of an answer that is not written yet waits
    /// behind it, so that the PLC sees the answer at all.
    fn take(&mut self, write: &TagWrite, decided: u64) {
        let after = match write.kind {
            WriteKind::Answer => {
                self.steps.clear();
                self.stands_since = None;
                Duration::ZERO
            }
            WriteKind::Reset { after_millis } => {
                self.steps.truncate(1);
                Duration::from_millis(after_millis)
            }
        };
        self.steps.push_back(Step { value: Exact(write.value.clone()), after, decided, is_durable: false, job: None });
    }

    /// Returns when the next write may go out, if it is durable and not handed over: nothing is at once.
    #[expect(clippy::option_option, reason = "not at all, at once, then")]
    fn due_at(&self) -> Option<Option<Instant>> {
        let step = self.steps.front().filter(|step| step.is_durable && step.job.is_none())?;
        Some(self.stands_since.map(|since| since + step.after))
    }

    fn to_text(&self, tag: String) -> String {
        let step = |step: &Step| {
            let after_millis = u64::try_from(step.after.as_millis()).unwrap_or(u64::MAX);
            StoredStep { value: step.value.clone(), after_millis }
        };
        let stored = StoredRow { tag, wire: self.wire.clone(), steps: self.steps.iter().map(step).collect() };
        serde_json::to_string(&stored).expect("a write has a JSON form")
    }
}

/// Returns the tags that a configuration lets handshakes write.
fn writable(connections: &[Connection]) -> BTreeSet<TagSlot> {
    let tags = connections.iter().filter_map(|connection| Some((connection.writing.as_ref()?, &connection.tags)));
    let writable = tags.flat_map(|(writing, tags)| {
        tags.iter().enumerate().filter(|(index, _)| writing.target(*index).is_some()).map(|(_, tag)| tag.slot)
    });
    writable.collect()
}

/// Returns the tags that may be written, by their paths.
fn slots<'a>(plant: &'a Plant, writable: &BTreeSet<TagSlot>) -> BTreeMap<&'a str, TagSlot> {
    writable.iter().map(|&slot| (plant.tags[slot.index()].path.as_str(), slot)).collect()
}

#[cfg(test)]
mod tests {
    use latchwork_expr::Value;

    use super::*;

    fn row() -> Row {
        let stored = StoredRow { tag: "Ack".to_owned(), wire: None, steps: Vec::new() };
        Row::of(stored, TagSlot(0))
    }

    fn write(value: i64, kind: WriteKind) -> TagWrite {
        TagWrite { tag: TagSlot(0), value: Value::Integer(value), kind }
    }

    fn answer(value: i64) -> TagWrite {
        write(value, WriteKind::Answer)
    }

    fn reset() -> TagWrite {
        write(0, WriteKind::Reset { after_millis: 500 })
    }

    fn values(row: &Row) -> Vec<String> {
        row.steps.iter().map(|step| format!("{:?}", step.value.0)).collect()
    }

    #[test]
    fn the_newest_answer_makes_those_before_it_void() {
        let mut row = row();
        row.take(&answer(1), 1);
        row.take(&reset(), 2);
        row.take(&answer(2), 3);
        assert_eq!(values(&row), ["Integer(2)"]);
    }

    #[test]
    fn nothing_goes_out_before_it_is_durable() {
        let mut row = row();
        row.take(&answer(1), 1);
        assert_eq!(row.due_at(), None);
        row.steps[0].is_durable = true;
        assert_eq!(row.due_at(), Some(None));
        row.steps[0].job = Some(1);
        assert_eq!(row.due_at(), None);
    }

    #[test]
    fn a_reset_waits_until_its_answer_has_stood() {
        let (mut row, now) = (row(), Instant::now());
        row.take(&answer(1), 1);
        row.take(&reset(), 2);
        assert_eq!(values(&row), ["Integer(1)", "Integer(0)"]);
        // The answer was written late.
        row.steps.pop_front();
        row.stands_since = Some(now);
        row.steps[0].is_durable = true;
        assert_eq!(row.due_at(), Some(Some(now + Duration::from_millis(500))));
    }

    #[test]
    fn what_is_stored_is_due_again() {
        let mut before = row();
        before.take(&answer(1), 1);
        before.take(&reset(), 2);
        let text = before.to_text("Ack".to_owned());
        assert_eq!(text, r#"{"tag":"Ack","steps":[{"value":1,"after_millis":0},{"value":0,"after_millis":500}]}"#);
        let after = Row::of(serde_json::from_str(&text).unwrap(), TagSlot(3));
        assert_eq!((values(&after), after.due_at()), (values(&before), Some(None)));
    }
}
