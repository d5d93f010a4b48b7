//! What survives a restart: everything that a step reads besides its scan, as plain structs with a JSON form.
//!
//! Names and ids instead of indices, for the plant may be another one when it is read back. Nothing that can be
//! worked out again is in it: timers, probes, wiring.

mod captures;
mod connection;
mod form;
mod image;
mod keep;
mod operation;
mod removed;
mod resume;
mod schedule;
mod sites;

use latchwork_expr::{Quality, Text, Timestamp, Value, exact};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use thiserror::Error;
use ulid::Ulid;

pub use captures::RetainedCapture;
pub(crate) use captures::{resume_capture, retain_captures};
pub use connection::RetainedConnection;
pub use form::{Exact, Instant};
use form::{good, is_good};
pub(crate) use form::{instant_text, is_default, optional_instant_text, optional_ulid_text, ulid_text};
use operation::{RetainedLink, RetainedOrderProgram, RetainedRecord, RetainedRun};
pub use operation::{RetainedLocation, RetainedOperation, RetainedTrigger};
pub use schedule::RetainedEntry;
pub use sites::RetainedSite;
pub(crate) use sites::{resume_sites, retain_sites};

use crate::order::{Order, OrderPlan, OrderStatus};
use crate::scan::Moment;

/// Everything that survives.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retained {
    /// The tags that were ever read, set or evaluated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<RetainedTag>,
    /// The operations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<RetainedOperation>,
    /// The production orders, in the order in which they came to be known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<RetainedOrder>,
    /// The schedule: what is not completed, and of the configuration's entries all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<RetainedEntry>,
    /// What is remembered of whether connections are believed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<RetainedConnection>,
    /// By how much the wall clock is ahead of the monotonic one, in microseconds: from it is seen when it is set.
    #[serde(skip_serializing_if = "is_default")]
    pub clock_ahead_micros: Option<i64>,
    /// The last scan, if there was one: from it are worked out the next polls, how far what was measured is known, and
    /// until when what is lost next was seen.
    #[serde(skip_serializing_if = "is_default")]
    pub last: Option<Moment>,
}

/// A tag's cell, and where its value came from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetainedTag {
    /// The canonical path.
    #[serde(rename = "tag")]
    pub path: String,
    /// The last value.
    #[serde(default, skip_serializing_if = "Value::is_null", with = "exact")]
    pub value: Value,
    /// The quality that it was read with.
    #[serde(default = "good", skip_serializing_if = "is_good")]
    pub quality: Quality,
    /// Whether it is stale all the same, because its connection is not believed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) hidden: bool,
    /// The source's own time.
    #[serde(rename = "time")]
    pub source_time: Timestamp,
    /// For a tag of a connection, the source as one text.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) wire: Option<String>,
    /// For a derived tag, its expression.
    #[serde(default, skip_serializing_if = "is_default")]
    pub(crate) expression: Option<String>,
    /// The state of that expression's call sites.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) sites: Vec<RetainedSite>,
}

/// A production order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetainedOrder {
    /// The name, unique.
    pub name: Text,
    /// The id.
    #[serde(with = "ulid_text")]
    pub id: Ulid,
    /// The status.
    pub status: OrderStatus,
    /// How much is to be made.
    #[serde(default, skip_serializing_if = "is_default")]
    pub quantity: Option<f64>,
    /// How many are made in an hour.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rate_per_hour: Option<f64>,
    /// What is made: a material's id.
    #[serde(default, skip_serializing_if = "is_default", with = "optional_ulid_text")]
    pub material: Option<Ulid>,
    /// What is planned for it besides.
    #[serde(default, skip_serializing_if = "is_default")]
    pub plan: Option<Box<OrderPlan>>,
}

impl RetainedOrder {
    /// Returns the order.
    pub(crate) fn to_order(&self) -> Order {
        let Self { name, id, status, quantity, rate_per_hour, material, plan } = self.clone();
        Order { name, id, status, quantity, rate_per_hour, material, plan }
    }
}

/// Why retained state was not taken: a newer program wrote it, or it is damaged.
#[derive(Debug, Error)]
#[error("this program cannot read the retained state: {reason}")]
pub struct RetainedError {
    reason: String,
}

impl Retained {
    /// Returns the state as JSON.
    pub fn to_json(&self) -> Json {
        serde_json::to_value(self).expect("retained state has a JSON form")
    }

    /// Returns the state of JSON; keys that are not known are refused, for what they say would be lost.
    pub fn from_json(json: Json) -> Result<Self, RetainedError> {
        serde_json::from_value(json).map_err(|error| RetainedError { reason: error.to_string() })
    }
}

/// A part of the retained state that is stored as a row of its own.
pub trait RetainedRow: Serialize + DeserializeOwned {
    /// Returns the row as JSON text.
    fn to_text(&self) -> String {
        serde_json::to_string(self).expect("retained state has a JSON form")
    }

    /// Returns the row of a JSON text; keys that are not known are refused.
    fn from_text(text: &str) -> Result<Self, RetainedError> {
        serde_json::from_str(text).map_err(|error| RetainedError { reason: error.to_string() })
    }
}

impl RetainedRow for RetainedTag {}
impl RetainedRow for RetainedConnection {}
impl RetainedRow for RetainedOperation {}
impl RetainedRow for RetainedOrder {}
