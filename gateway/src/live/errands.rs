//! What people ask of the gateway that is no command of the engine's: a memory tag set, the configuration read again.

use latchwork_connectors::trace::tag_value;
use latchwork_engine::{Reading, Sample, Tag};
use latchwork_expr::{Cell, Quality, Scheme, TagSlot, Timestamp};
use latchwork_store::jobs::{self, Asker, Audit};
use serde_json::{Value as Json, json};
use tokio::sync::oneshot;

use super::commands::Answered;
use super::gateway::Gateway;
use super::socket::refusal;
use super::tag_pages;
use crate::exit::Failure;

/// Something that is asked, and who waits for its answer: `{"status", …}` with the codes of HTTP. Nothing comes if the
/// gateway ends before.
#[derive(Debug)]
pub(crate) struct Errand {
    /// What is asked.
    pub(crate) deed: Deed,
    /// Who asks.
    pub(crate) asker: Asker,
    /// Where the answer goes.
    pub(crate) answer: oneshot::Sender<Json>,
}

/// What is asked.
#[derive(Debug)]
pub(crate) enum Deed {
    /// Give a memory tag a value.
    PutTag(TagPut),
    /// Read the configuration again.
    Reload,
}

/// What a memory tag is to show.
#[derive(Debug)]
pub(crate) struct TagPut {
    /// Its path, with or without provider.
    pub(crate) path: String,
    /// Its value, which must be of its type or become that.
    pub(crate) value: Json,
    /// Its quality.
    pub(crate) quality: Quality,
}

/// What the audit log calls the deeds.
const PUT_TAG: &str = "PUT_TAG";
const RELOAD: &str = "RELOAD";

impl Deed {
    /// Returns what the audit log tells of it: what was done, and to what.
    fn told(&self) -> (&'static str, Option<String>) {
        match self {
            Self::PutTag(put) => (PUT_TAG, Some(put.path.clone())),
            Self::Reload => (RELOAD, None),
        }
    }
}

fn audit(asker: Asker, action: &str, target: Option<String>, json: &Json) -> Audit {
    let status = json["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(500);
    let answer = jobs::Answer { status, body: json.clone() };
    Audit { asker, action: action.to_owned(), target, answer, event: None }
}

impl Gateway {
    /// Does what is asked. A tag is answered for once its scan is durable.
    pub(super) async fn take_errand(&mut self, errand: Errand) -> Result<(), Failure> {
        let Errand { deed, asker, answer } = errand;
        if let Some(key) = &asker.key
            && let Some(json) = self.known_answer(key).await?
        {
            Answered::new(answer, json).tell();
            return Ok(());
        }
        let (action, target) = deed.told();
        let scans = self.drive.scans();
        let json = match deed {
            Deed::PutTag(put) => self.put_tag(put)?,
            Deed::Reload => self.reload_when_asked().await?,
        };
        let audit = audit(asker, action, target, &json);
        if self.drive.scans() != scans && action == PUT_TAG {
            self.gathering.asked.audits.push(audit);
            self.gathering.asked.answered.push(Answered::new(answer, json));
        } else {
            // No turn waits that it could be written with.
            self.ledger.note(audit).await;
            Answered::new(answer, json).tell();
        }
        Ok(())
    }

    /// Takes a value of a memory tag as one scan.
    fn put_tag(&mut self, put: TagPut) -> Result<Json, Failure> {
        let (slot, mut sample) = match self.sample(put) {
            Ok(found) => found,
            Err(refused) => return Ok(refused),
        };
        let at = self.now();
        sample.source_time = at.wall;
        self.step(|drive, gathering| drive.samples(at, None, &mut [sample], gathering))?;
        let (tag, cell) = self.tag(slot);
        Ok(json!({"status": 200, "tag": tag_pages::row(tag, cell, None)}))
    }

    fn tag(&self, slot: TagSlot) -> (&Tag, &Cell) {
        let engine = self.drive.engine();
        (&engine.plant().tags[slot.index()], &engine.image()[slot.index()])
    }

    /// Returns the sample of a value, or why the tag does not take it.
    fn sample(&self, put: TagPut) -> Result<(TagSlot, Sample), Json> {
        let TagPut { path, value, quality } = put;
        let canonical = Scheme::canonical(&path);
        let tags = &self.drive.engine().plant().tags;
        let found = (0_u32..).map(TagSlot).zip(tags).find(|(_, tag)| tag.path == canonical);
        let (slot, tag) = found.ok_or_else(|| refusal(404, "NotFound", &format!("there is no tag `{path}`")))?;
        if tag.wire.is_some() || tag.expression.is_some() {
            let detail = format!("`{path}` is no memory tag: its value comes from elsewhere");
            return Err(refusal(409, "NotAMemoryTag", &detail));
        }
        let value = tag_value(tag.kind, value, self.drive.engine().plant().zone).map_err(|expected| {
            let mut refused = refusal(422, "BadField", &format!("`value` must be {expected}"));
            refused["field"] = "value".into();
            refused
        })?;
        let (reading, source_time) = (Reading::Value(value), Timestamp::default());
        Ok((slot, Sample { tag: slot, reading, quality, source_time }))
    }

    /// Reads the configuration again; returns what became of that.
    async fn reload_when_asked(&mut self) -> Result<Json, Failure> {
        self.supervisor.reloading();
        let reloaded = self.reload().await?;
        self.supervisor.ready();
        Ok(match reloaded {
            Ok(()) => {
                json!({"status": 200, "configuration_version": self.drive.engine().plant().configuration_version})
            }
            Err(not_taken) => refusal(not_taken.status, not_taken.name, &not_taken.detail),
        })
    }
}
