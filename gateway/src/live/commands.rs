//! Commands to the running gateway: what each needs is fetched, then it is a scan; it is answered once that is durable.

use std::time::Instant;

use latchwork_engine::{Accepted, Answer, Ask, Command, Done, Engine, Input, Rejection};
use latchwork_expr::Text;
use latchwork_store::Lookup;
use latchwork_store::jobs::{self, Asker, Audit, Door, RequestKey};
use serde_json::{Value as Json, json};
use tokio::sync::oneshot;
use ulid::Ulid;

use super::gateway::Gateway;
use super::jobs::unavailable;
use super::limits::COMMANDS_WAITING_MAX;
use crate::exit::Failure;
use crate::output::planned::{write_entry_row, write_order_row};
use crate::output::records::write_json;

/// A command, and who waits for its answer.
#[derive(Debug)]
pub struct Request {
    /// The command.
    pub command: Command,
    /// The way by which it came.
    pub door: Door,
    /// What makes it known again: then nothing is done again.
    pub key: Option<RequestKey>,
    /// Where the answer goes: `{"status", …}` with the codes of HTTP. Nothing comes if the gateway ends before.
    pub answer: oneshot::Sender<Json>,
}

/// The commands that were taken, until their turn is committed.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Those whose scan comes next, by what their answers are known by.
    waiting: Vec<Waiting>,
    /// Those of this turn's scans.
    pub(super) answered: Vec<Answered>,
    /// Who gave them, and what they were answered.
    pub(super) audits: Vec<Audit>,
    correlation: u64,
}

/// A command whose answer is to come.
#[derive(Debug)]
struct Waiting {
    correlation: u64,
    answer: oneshot::Sender<Json>,
    asker: Asker,
    action: &'static str,
    target: String,
}

/// An answer that is told when its turn is durable.
#[derive(Debug)]
pub(super) struct Answered {
    answer: oneshot::Sender<Json>,
    json: Json,
}

/// The way by which a command came, and its key.
type Origin = (Door, Option<RequestKey>);

/// What is to be fetched for a command.
#[derive(Default)]
struct Wanted {
    record: Option<Ulid>,
    order: Option<Text>,
    entry: Option<Ulid>,
}

impl Asked {
    /// Gives a command what its answer will be known by.
    fn wait(&mut self, command: &mut Command, (door, key): Origin, answer: oneshot::Sender<Json>) {
        self.correlation += 1;
        command.correlation = self.correlation;
        self.waiting.push(Waiting {
            correlation: self.correlation,
            answer,
            asker: Asker { actor: command.actor.clone(), door, key },
            action: command.event_type(),
            target: target(command),
        });
    }

    /// Tells whether a request with this key is of this turn.
    fn has(&self, key: &str) -> bool {
        self.audits.iter().any(|audit| audit.asker.key.as_ref().is_some_and(|other| other.key == key))
    }

    /// Takes the answer of a scan.
    pub(super) fn answer(&mut self, answer: &Answer, engine: &Engine) {
        let Some(place) = self.waiting.iter().position(|waiting| waiting.correlation == answer.correlation) else {
            return;
        };
        let Waiting { answer: sender, asker, action, target, .. } = self.waiting.swap_remove(place);
        let json = answer_json(&answer.answer, engine);
        let status = answer.answer.as_ref().map_or_else(|rejection| rejection.kind.status(), |_| 200);
        // Nobody asks again for what was done without a key.
        let is_kept = asker.key.is_some() || status >= 400;
        let body = if is_kept { json.clone() } else { Json::Null };
        self.audits.push(Audit {
            asker,
            action: action.to_owned(),
            target: Some(target),
            answer: jobs::Answer { status, body },
            event: answer.answer.as_ref().ok().map(|accepted| accepted.event),
        });
        self.answered.push(Answered { answer: sender, json });
    }
}

impl Answered {
    /// Returns an answer that is told when its turn is durable.
    pub(super) const fn new(answer: oneshot::Sender<Json>, json: Json) -> Self {
        Self { answer, json }
    }

    /// Tells the answer, if anybody still waits for it.
    pub(super) fn tell(self) {
        let _nobody_waits = self.answer.send(self.json);
    }
}

impl Gateway {
    /// Takes a command and those that come with it: they are committed at once.
    pub(super) async fn take_requests(&mut self, first: Request) -> Result<(), Failure> {
        self.take_request(first).await?;
        for _ in 1..COMMANDS_WAITING_MAX {
            // While a turn is committed whoever comes is of the next one anyway.
            if !self.may_scan() || self.ledger.is_underway() {
                break;
            }
            let Some(request) = self.asked.next().await else { break };
            self.take_request(request).await?;
        }
        self.asked.end();
        Ok(())
    }

    /// Takes a command as one scan.
    async fn take_request(&mut self, request: Request) -> Result<(), Failure> {
        let Request { mut command, door, key, answer } = request;
        command.fetched = None;
        if let Some(key) = &key
            && let Some(json) = self.known_answer(key).await?
        {
            Answered { answer, json }.tell();
            return Ok(());
        }
        if self.skip_command(&command)? {
            let detail = "the engine failed on this command before: it is skipped, and nothing was done";
            Answered { answer, json: json!({"status": 500, "error": "EngineFault", "detail": detail}) }.tell();
            return Ok(());
        }
        if let Some(wanted) = wanted(&command, self.drive.engine()) {
            // What is fetched must be what the engine decided last.
            self.turn().await?;
            match self.fetch(wanted).await {
                Ok(fetched) => command.fetched = Some(Box::new(fetched)),
                Err(reason) => {
                    let unavailable = json!({"status": 503, "error": "StoreUnavailable", "detail": reason});
                    Answered { answer, json: unavailable }.tell();
                    return Ok(());
                }
            }
        }
        self.gathering.asked.wait(&mut command, (door, key), answer);
        let at = self.now();
        self.step(|drive, gathering| drive.command(at, None, &command, gathering))
    }

    /// Returns what is answered instead of doing anything: the same request was made before, or nobody can know.
    pub(super) async fn known_answer(&mut self, key: &RequestKey) -> Result<Option<Json>, Failure> {
        // One that is under way may be the same.
        self.finish().await?;
        if !self.gathering.jobs.is_empty() || self.gathering.asked.has(&key.key) {
            self.turn().await?;
        }
        if !self.ledger.is_settled() {
            return Ok(Some(unavailable().body));
        }
        Ok(match self.ledger.answered(key).await {
            Ok(answer) => answer.map(|answer| answer.body),
            Err(error) => {
                tracing::warn!(%error, "keys of requests cannot be read");
                Some(unavailable().body)
            }
        })
    }

    /// Leaves out a command that the engine failed on again and again; tells whether it is one.
    fn skip_command(&mut self, command: &Command) -> Result<bool, Failure> {
        let plant = self.drive.engine().plant();
        let Some(poison) = self.crashes.find(&Input::Command(command), plant) else { return Ok(false) };
        if let Some(news) = poison.skip(&[], plant, Instant::now()) {
            let at = self.now();
            self.tell_skipped(&news, at, Vec::new())?;
        }
        Ok(true)
    }

    async fn fetch(&mut self, Wanted { record, order, entry }: Wanted) -> Result<latchwork_engine::Fetched, String> {
        if !self.ledger.is_settled() {
            return Err("the store cannot be written now: nothing was done".to_owned());
        }
        let lookup = Lookup { record, order: order.as_deref(), entry };
        self.ledger.fetch(lookup).await.map_err(|error| error.to_string())
    }
}

/// Returns what a command needs that the engine does not know.
fn wanted(command: &Command, engine: &Engine) -> Option<Wanted> {
    let mut wanted = match &command.ask {
        Ask::Operate(_, info) => Wanted { order: info.production_order.clone(), ..Wanted::default() },
        Ask::Edit(info) => {
            Wanted { record: Some(info.record), order: info.production_order.clone(), ..Wanted::default() }
        }
        Ask::Split(info) => Wanted { record: Some(info.record), ..Wanted::default() },
        Ask::PutOrder(info) => Wanted { order: Some(info.production_order.clone()), ..Wanted::default() },
        Ask::Plan(info) => Wanted { order: info.production_order.clone(), ..Wanted::default() },
        Ask::Unplan(info) => Wanted { entry: Some(info.entry), ..Wanted::default() },
        Ask::Abandon(_) => Wanted::default(),
    };
    wanted.order = wanted.order.filter(|name| !engine.orders().iter().any(|order| order.name == *name));
    wanted.entry = wanted.entry.filter(|id| !engine.schedule().any(|entry| entry.id == *id));
    let Wanted { record, order, entry } = &wanted;
    (record.is_some() || order.is_some() || entry.is_some()).then_some(wanted)
}

/// Returns what a command is about.
fn target(command: &Command) -> String {
    match &command.ask {
        Ask::Operate(_, info) => placed(&info.operation, info.location.as_deref()),
        Ask::Edit(info) => info.record.to_string(),
        Ask::Split(info) => info.record.to_string(),
        Ask::PutOrder(info) => info.production_order.to_string(),
        Ask::Plan(info) => placed(&info.operation, info.location.as_deref()),
        Ask::Unplan(info) => info.entry.to_string(),
        Ask::Abandon(info) => info.record.to_string(),
    }
}

/// Returns what an operation is called, with its location if that is said.
fn placed(operation: &str, location: Option<&str>) -> String {
    location.map_or_else(|| operation.to_owned(), |path| format!("{path}:{operation}"))
}

fn answer_json(answer: &Result<Accepted, Rejection>, engine: &Engine) -> Json {
    match answer {
        Ok(Accepted { event, done }) => {
            let (key, about) = match done {
                Done::Record(record) => {
                    ("record", record.as_ref().map(|record| line(|out| write_json(out, record, engine.plant()))))
                }
                Done::Order(order) => ("production_order", Some(line(|out| write_order_row(out, order)))),
                Done::Entry(entry) => ("schedule_entry", Some(line(|out| write_entry_row(out, entry, engine)))),
            };
            json!({"status": 200, "event_id": event.to_string(), key: about})
        }
        Err(Rejection { kind, text, record, .. }) => {
            let mut json = json!({"status": kind.status(), "error": kind.name(), "detail": text.as_str()});
            if let Some(record) = record {
                json["record_id"] = record.to_string().into();
            }
            json
        }
    }
}

/// Returns what is written as JSON.
fn line(write: impl FnOnce(&mut Vec<u8>)) -> Json {
    let mut line = Vec::new();
    write(&mut line);
    serde_json::from_slice(&line).unwrap_or_default()
}
