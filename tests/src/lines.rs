//! What a gateway tells in a life that a test gives it, to be held against the model: if its clock was ever set, with the
//! dates of the monotonic clock, for the model knows no other.

use std::collections::BTreeMap;

use latchwork_engine::{Effect, Engine, Info, Moment, Record};
use latchwork_expr::Timestamp;
use latchwork_gateway::drive::Sink;
use latchwork_gateway::output::events::write_event;
use latchwork_gateway::output::records::Form;

use crate::asking::Ledger;
use crate::model::{Observed, events_from_json_lines, records_from_json_lines};

/// Event lines, the last lines of closed records in the order of their ends, and why commands did nothing.
#[derive(Clone, Default)]
pub(crate) struct Lines {
    events: String,
    records: Vec<(String, String)>,
    count: u64,
    rejections: Vec<String>,
    /// The moment that the gateway was told last, and by how much the clock on the wall was ahead before.
    now: Moment,
    ahead_before: i64,
    /// Whether that clock was ever set.
    is_set: bool,
    /// When records were opened, on the monotonic clock, by id.
    detected: BTreeMap<String, i64>,
    /// What commands may name.
    pub(crate) ledger: Ledger,
}

impl Sink for Lines {
    fn take(&mut self, engine: &Engine, effects: &mut Vec<Effect>) {
        for effect in effects.iter() {
            if let Effect::Answered(answer) = effect {
                self.rejections.extend(answer.answer.as_ref().err().map(|rejection| format!("{:?}", rejection.kind)));
            }
            let Effect::Event(event) = effect else { continue };
            self.ledger.note(event, engine);
            self.count += 1;
            let mut line = Vec::new();
            write_event(&mut line, event, self.count, engine);
            self.events += str::from_utf8(&line).unwrap();
            let Info::Record(record) = &event.info else { continue };
            let detected = self.monotonic(record.detected_at);
            self.detected.entry(record.id.to_string()).or_insert(detected);
            if record.end.is_some() {
                self.keep(record.id.to_string(), self.line_of(record, engine));
            }
        }
    }
}

impl Lines {
    /// Notes when the next scan is. Deadlines before it still go by the clock as it was.
    pub(crate) fn expect(&mut self, now: Moment) {
        self.ahead_before = self.now.wall.0 - self.now.monotonic.0;
        self.is_set |= now.wall.0 != now.monotonic.0;
        self.now = now;
    }

    /// Returns when a scan was, by its date.
    fn monotonic(&self, wall: Timestamp) -> i64 {
        if wall == self.now.wall { self.now.monotonic.0 } else { wall.0 - self.ahead_before }
    }

    /// Keeps a record's line, in place of an earlier one of it.
    fn keep(&mut self, id: String, line: String) {
        match self.records.iter_mut().find(|(other, _)| *other == id) {
            Some((_, kept)) => *kept = line,
            None => self.records.push((id, line)),
        }
    }

    /// Returns all that was told, and the records that are open at a time; operations are those of the engine's plant.
    pub(crate) fn observed(self, engine: &Engine, now: Moment) -> Observed {
        let open = engine.open_records_at(now).map(|record| self.line_of(&record, engine));
        let closed = self.records.iter().map(|(_, line)| line.clone());
        let lines: String = closed.chain(open).collect();
        let mut records = records_from_json_lines(&lines).unwrap();
        let place = |name: &str| engine.plant().operations.iter().position(|operation| operation.name == name);
        records.sort_by_key(|record| (record.start, place(&record.operation)));
        let events = Some(events_from_json_lines(&self.events).unwrap());
        Observed { records, events, rejections: Some(self.rejections), counts: None }
    }

    /// Returns a record's line.
    fn line_of(&self, record: &Record, engine: &Engine) -> String {
        // What a person has edited has no monotonic times any more.
        let dated = |at: Moment| if self.is_set { Moment { wall: Timestamp(at.monotonic.0), ..at } } else { at };
        let detected_at = Timestamp(self.detected[&record.id.to_string()]);
        let (start, end) = (dated(record.start), record.end.map(dated));
        let record = Record { start, end, detected_at, ..record.clone() };
        let mut line = Vec::new();
        Form::JsonLines.write(&mut line, &record, engine.plant());
        String::from_utf8(line).unwrap()
    }
}
