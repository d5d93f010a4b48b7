//! What is known of a connection while it runs: whether it stands, what it counted, why its tags cannot be read.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use latchwork_config::connections::Wire;
use latchwork_connectors::mqtt::Counters;
use latchwork_connectors::{Health, LinkState};
use latchwork_engine::Notice;
use latchwork_expr::{TagSlot, Timestamp, instant_text};
use serde_json::{Map, Value as Json, json};

/// What a connector counts.
#[derive(Clone, Debug)]
pub(crate) enum Counted {
    /// One that speaks Modbus.
    Modbus(Arc<Health>),
    /// One that speaks MQTT.
    Mqtt(Arc<Counters>),
}

/// Whether a connection stands, as far as was told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    state: LinkState,
    /// When that was told.
    since: Option<Timestamp>,
    /// Why it does not stand.
    reason: Option<Arc<str>>,
}

/// A connection as people are shown it.
#[derive(Clone, Debug)]
pub(crate) struct LinkRow {
    pub(crate) connection: String,
    pub(super) standing: Standing,
    pub(super) counted: Counted,
}

impl Counted {
    /// Returns what nothing was counted by yet.
    pub(super) fn of(wire: &Wire) -> Self {
        match wire {
            Wire::Modbus(_) => Self::Modbus(Arc::default()),
            Wire::Mqtt(_) => Self::Mqtt(Arc::default()),
        }
    }

    /// Adds the diagnostics of the tags whose slots lie in a range; `slots` are those of the connection's tags.
    pub(super) fn add_diagnostics(
        &self,
        slots: &[TagSlot],
        range: &Range<usize>,
        diagnostics: &mut BTreeMap<usize, Arc<str>>,
    ) {
        let Self::Modbus(health) = self else { return };
        let told = health.diagnostics.all().into_iter().map(|(tag, diagnostic)| (slots[tag].index(), diagnostic));
        diagnostics.extend(told.filter(|(slot, _)| range.contains(slot)));
    }

    fn named(&self) -> Vec<(&'static str, u64)> {
        match self {
            Self::Modbus(health) => health.counts().to_vec(),
            Self::Mqtt(counters) => counters.counts().to_vec(),
        }
    }

    fn counts(&self) -> Map<String, Json> {
        self.named().into_iter().map(|(name, count)| (name.to_owned(), count.into())).collect()
    }

    const fn word(&self) -> &'static str {
        match self {
            Self::Modbus(_) => "modbus",
            Self::Mqtt(_) => "mqtt",
        }
    }
}

impl Standing {
    /// Takes the news of a connection.
    pub(super) fn take(&mut self, notice: &Notice, now: Timestamp) {
        let (state, reason) = match notice {
            Notice::ConnectionUp { .. } => (LinkState::Up, None),
            Notice::ConnectionDown { reason, .. } => (LinkState::Down, Some(reason.to_string().into())),
            Notice::GatewayStarted
            | Notice::GatewayStopped
            | Notice::ConnectionClockStepped { .. }
            | Notice::SamplesLost(_)
            | Notice::ScanSkipped(_)
            | Notice::ProductionOrderChanged { .. }
            | Notice::OutboxDropped { .. } => return,
        };
        *self = Self { state, since: Some(now), reason };
    }

    const fn word(&self) -> &'static str {
        match self.state {
            LinkState::Unknown => "unknown",
            LinkState::Up => "up",
            LinkState::Down => "down",
        }
    }
}

impl LinkRow {
    /// Returns the answer to the question what is known of the connections.
    pub(super) fn answer(rows: &[Self]) -> Json {
        let rows: Vec<Json> = rows.iter().map(Self::to_json).collect();
        json!({"status": 200, "connections": rows})
    }

    /// Returns whether it stands: `up`, `down` or `unknown`.
    pub(crate) const fn state(&self) -> &'static str {
        self.standing.word()
    }

    /// Returns what was counted, by name.
    pub(crate) fn counts(&self) -> Vec<(&'static str, u64)> {
        self.counted.named()
    }

    /// Returns the connection as people are shown it.
    pub(crate) fn to_json(&self) -> Json {
        json!({
            "connection": self.connection,
            "type": self.counted.word(),
            "state": self.standing.word(),
            "since": self.standing.since.map(instant_text),
            "reason": self.standing.reason.as_deref(),
            "counts": self.counted.counts(),
        })
    }
}
