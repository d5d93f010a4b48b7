//! Requests of people and programs: who asked, what was answered, and that the same request does nothing twice.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchwork_expr::{Text, Timestamp};
use serde_json::{Value as Json, json};
use ulid::Ulid;

use crate::cell::Cells;
use crate::error::Failure;
use crate::limits::KEYS_KEPT_MICROS;
use crate::row::Row;
use crate::script::Script;
use crate::session::{Readers, Session};
use crate::statement::{Bulk, Statement, bulk, statement};

static KEYS: Statement = statement!("jobs/keys", "idempotency_keys");
static ADD_KEYS: Bulk = bulk!("jobs/add_keys", 6);
static PRUNE_KEYS: Statement = statement!("jobs/prune_keys", "idempotency_keys");
static ADD_AUDIT: Bulk = bulk!("jobs/add_audit", 9);

/// Who asks for something, and under which key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    /// By name, if it is known.
    pub actor: Option<Text>,
    /// Through which door.
    pub door: Door,
    /// What makes the request known again.
    pub key: Option<RequestKey>,
}

/// The way by which a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// HTTP.
    Http,
    /// The socket in the data directory, which only its owner opens.
    Socket,
}

/// What makes a request known again for 24 hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    /// The key that was sent.
    pub key: String,
    /// A digest of all that was asked.
    pub digest: String,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status code of HTTP.
    pub status: u16,
    /// The answer; of a refusal `{"status", "error", "detail", …}`.
    pub body: Json,
}

/// A request that was answered: a row of `audit`, and of `idempotency_keys` if it has a key.
#[derive(Clone, Debug, PartialEq)]
pub struct Audit {
    /// Who asked.
    pub asker: Asker,
    /// What was asked: a type of event, or the method and path of a route.
    pub action: String,
    /// Of what: an id, a name.
    pub target: Option<String>,
    /// What came of it.
    pub answer: Answer,
    /// The event that tells of it.
    pub event: Option<Ulid>,
}

/// What was answered under keys.
#[derive(Debug, Default)]
pub(crate) struct Answered(BTreeMap<String, (String, Answer)>);

impl Door {
    /// Returns the word in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Socket => "SOCKET",
        }
    }
}

impl Answer {
    /// Returns a refusal.
    pub fn refusal(status: u16, error: &str, detail: &str) -> Self {
        Self { status, body: json!({"status": status, "error": error, "detail": detail}) }
    }

    /// Returns the name of the error, if it is a refusal.
    fn error(&self) -> Option<&str> {
        self.body.get("error").and_then(Json::as_str).filter(|_| self.status >= 400)
    }
}

impl Answered {
    /// Reads in a transaction what was answered under some keys and is not forgotten at this time.
    pub(super) async fn read(
        session: &mut Session,
        gateway_id: &Arc<str>,
        keys: &[&RequestKey],
        at: Timestamp,
    ) -> Result<Self, Failure> {
        if keys.is_empty() {
            return Ok(Self::default());
        }
        let rows = session.rows(&KEYS, wanted(gateway_id, keys, at), row).await?;
        Ok(Self(rows.into_iter().collect()))
    }

    /// Reads it outside of one.
    pub(crate) async fn look(
        readers: &Readers,
        gateway_id: &Arc<str>,
        key: &RequestKey,
        at: Timestamp,
    ) -> Result<Self, Failure> {
        Ok(Self(readers.rows(&KEYS, wanted(gateway_id, &[key], at), row).await?.into_iter().collect()))
    }

    /// Returns what a request is answered whose key is known: what the first one was, unless it asked for something else.
    pub(crate) fn find(&self, key: &RequestKey) -> Option<Answer> {
        let (digest, answer) = self.0.get(&key.key)?;
        if *digest == key.digest {
            return Some(answer.clone());
        }
        let detail = "something else was asked under this Idempotency-Key within the last 24 hours";
        Some(Answer::refusal(409, "IdempotencyKeyReused", detail))
    }

    /// Notes an answer.
    pub(super) fn add(&mut self, key: &RequestKey, answer: &Answer) {
        self.0.insert(key.key.clone(), (key.digest.clone(), answer.clone()));
    }
}

fn wanted(gateway_id: &Arc<str>, keys: &[&RequestKey], at: Timestamp) -> Cells {
    let names: Json = keys.iter().map(|key| key.key.as_str()).collect();
    Cells::default().with(gateway_id).with_json(names.to_string()).with(expiry(at))
}

/// Returns the time up to which keys are forgotten.
const fn expiry(at: Timestamp) -> Timestamp {
    Timestamp(at.0.saturating_sub(KEYS_KEPT_MICROS))
}

fn row(row: &Row<'_>) -> Result<(String, (String, Answer)), Failure> {
    let text: String = row.get("answer")?;
    let body = serde_json::from_str(&text).map_err(|_| row.unreadable(format!("`{text}` in `answer` is no JSON")))?;
    let status = row.small("status")?;
    let status = u16::try_from(status).map_err(|_| row.unreadable(format!("{status} in `status` is none")))?;
    Ok((row.get("key")?, (row.get("digest")?, Answer { status, body })))
}

/// Writes requests that were answered, and forgets keys that are a day old.
pub(crate) fn put(script: &mut Script, gateway_id: &Arc<str>, at: Timestamp, audits: &[Audit]) {
    let keyed: Vec<(&RequestKey, &Answer)> =
        audits.iter().filter_map(|audit| Some((audit.asker.key.as_ref()?, &audit.answer))).collect();
    if !keyed.is_empty() {
        script.say_for_others(&PRUNE_KEYS, Cells::default().with(gateway_id).with(expiry(at)));
    }
    let cells = |(key, answer): &(&RequestKey, &Answer)| {
        let cells = Cells::with_capacity(6).with(gateway_id).with(key.key.as_str()).with(key.digest.as_str());
        cells.with(u64::from(answer.status)).with(&*answer.body.to_string()).with(at)
    };
    script.put(&ADD_KEYS, &keyed, cells);
    script.put(&ADD_AUDIT, audits, |audit| audit.cells(gateway_id, at));
}

impl Audit {
    fn cells(&self, gateway_id: &Arc<str>, at: Timestamp) -> Cells {
        Cells::with_capacity(9)
            .with(gateway_id)
            .with(at)
            .with(self.asker.actor.as_deref())
            .with(self.asker.door.name())
            .with(self.action.as_str())
            .with(self.target.as_deref())
            .with(u64::from(self.answer.status))
            .with(self.answer.error())
            .with(self.event)
    }
}
