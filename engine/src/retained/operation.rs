//! What survives of an operation.

use latchwork_expr::{Text, Timestamp};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::captures::RetainedCapture;
use super::form::{Exact, is_default, optional_ulid_text, ulid_text};
use super::sites::RetainedSite;
use crate::handshake::RetainedHandshake;
use crate::operation::{Counters, Latest, Trouble};
use crate::pauses::Pauses;
use crate::plant::{Trigger, TriggerType};
use crate::record::{StartReason, Status};
use crate::scan::Moment;
use crate::trigger::{Hold, Lineage, Memory, Trail};

/// An operation's memory and its open run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetainedOperation {
    /// The id.
    #[serde(with = "ulid_text")]
    pub id: Ulid,
    /// The name, should the plant no longer have it.
    pub name: String,
    /// Where it is.
    pub location: RetainedLocation,
    /// The start trigger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) start: Option<RetainedTrigger>,
    /// The stop trigger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stop: Option<RetainedTrigger>,
    /// The fault trigger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fault: Option<RetainedTrigger>,
    /// The order's expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) order: Option<RetainedOrderProgram>,
    /// The order that a command assigned to runs to come.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) assigned_order: Option<Text>,
    /// The open run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) run: Option<Box<RetainedRun>>,
    /// What is being measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) captures: Vec<RetainedCapture>,
    /// What is going on with the PLC.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) handshake: RetainedHandshake,
    /// The status of the last record.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) last_status: Status,
    /// The latest record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) latest: Option<Latest>,
    /// The latest end of all records.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) latest_end: Option<Moment>,
    /// The last moment at which the stop level was known.
    #[serde(default, skip_serializing_if = "is_default")]
    pub last_seen: Option<Moment>,
    /// What did not become a record.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) counters: Counters,
    /// The last run-time problem.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) trouble: Trouble,
}

/// A place in the plant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetainedLocation {
    /// The path.
    pub path: String,
    /// The id.
    #[serde(with = "ulid_text")]
    pub id: Ulid,
}

/// A trigger's memory, which belongs to the expression's text and the edge.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetainedTrigger {
    /// The expression's text.
    pub(crate) expression: String,
    /// The edge.
    #[serde(rename = "type")]
    pub(crate) kind: TriggerType,
    /// The last known level.
    #[serde(default, skip_serializing_if = "Memory::is_unarmed")]
    pub(crate) level: Memory,
    /// Whether the last level was known.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) known: bool,
    /// Whether the next known level is one across a gap.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) gap: bool,
    /// The pending hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hold: Option<Hold>,
    /// Whether it is another than an earlier configuration had, and was not armed since.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) rearming: bool,
    /// The state of its call sites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) sites: Vec<RetainedSite>,
    /// What it did last, over a reload only.
    #[serde(skip)]
    pub(crate) trail: Option<Box<Trail>>,
}

impl RetainedTrigger {
    /// Tells whether this is the memory of a trigger.
    pub(crate) fn is_of(&self, trigger: &Trigger) -> bool {
        self.expression == trigger.program.text() && self.kind == trigger.kind
    }
}

/// The state of the expression that gives an operation's records their order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetainedOrderProgram {
    /// The expression's text.
    pub(crate) expression: String,
    /// Its value while that is a good one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) good: Option<Text>,
    /// The state of its call sites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) sites: Vec<RetainedSite>,
}

/// An open run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "a form to be written: each is a fact by itself")]
pub(crate) struct RetainedRun {
    /// The open record.
    pub(crate) record: RetainedRecord,
    /// The run's identity over all its splits.
    pub(crate) lineage: Lineage,
    /// Whether its start level was lost while its stop hold was pending.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) interrupted: bool,
    /// Whether the unknown name of its order was told.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) unknown_order_told: bool,
    /// Whether its overrun was told in the scan of another's, so that its own deadline still has a scan to come.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) overrun_told_early: bool,
    /// The last good value of the order's expression that was acted on.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) order_seen: Option<Text>,
    /// Whether a command named its order.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) order_is_commanded: bool,
    /// When it stood by command.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) pauses: Pauses,
}

/// An open record: whose it is stands around it, and it has no end yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetainedRecord {
    #[serde(with = "ulid_text")]
    pub(crate) id: Ulid,
    /// Where the run is; its operation may have moved since.
    pub(crate) location: RetainedLocation,
    pub(crate) status: Status,
    pub(crate) start: Moment,
    pub(crate) detected_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) order: Option<RetainedLink>,
    #[serde(default, skip_serializing_if = "is_default", with = "optional_ulid_text")]
    pub(crate) parent: Option<Ulid>,
    #[serde(default, skip_serializing_if = "is_default", with = "optional_ulid_text")]
    pub(crate) schedule: Option<Ulid>,
    pub(crate) start_reason: StartReason,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) expected_duration_seconds: Option<f64>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) overrun: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) paused_micros: i64,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) detected_after_gap: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) captures: Vec<(Text, Exact)>,
    pub(crate) revision: u32,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) notes: Option<Text>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) created_by: Option<Text>,
}

/// A record's order: the name as read, and that of the order which it means.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RetainedLink {
    pub(crate) name: Text,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) order: Option<Text>,
}
