//! What opens and closes an operation's records.

use latchwork_engine::{FirstScan, TriggerSource, TriggerType};

use crate::raw::RawEngine;
use crate::reader::{ExpressionText, Reader, Written};
use crate::words::{FIRST_SCAN, TRIGGER_SOURCE, TRIGGER_TYPE};

/// What opens and closes an operation's records.
#[derive(Debug)]
pub(crate) struct RawTriggers {
    /// Who decides; `None` if the word was wrong.
    pub(crate) source: Option<TriggerSource>,
    /// The parent as named.
    pub(crate) parent: Option<Written>,
    /// What opens a record.
    pub(crate) start: RawTrigger,
    /// What closes it.
    pub(crate) stop: RawTrigger,
    /// What closes it FAULTED.
    pub(crate) fault: Option<ExpressionText>,
    /// What the first known level does.
    pub(crate) first_scan: FirstScan,
}

/// A start or a stop trigger.
#[derive(Debug)]
pub(crate) struct RawTrigger {
    /// The expression; without one there is no trigger.
    pub(crate) expression: Option<ExpressionText>,
    /// The edge.
    pub(crate) kind: TriggerType,
    /// The hold.
    pub(crate) hold_millis: u64,
    /// For CHANGE of numbers.
    pub(crate) deadband: f64,
}

/// The names of a trigger's keys.
struct TriggerKeys {
    expression: &'static str,
    kind: &'static str,
    hold_millis: &'static str,
    deadband: &'static str,
    default_kind: TriggerType,
}

const START: TriggerKeys = TriggerKeys {
    expression: "start_trigger_expression",
    kind: "start_trigger_type",
    hold_millis: "start_hold_millis",
    deadband: "start_change_deadband",
    default_kind: TriggerType::RisingEdge,
};

const STOP: TriggerKeys = TriggerKeys {
    expression: "stop_trigger_expression",
    kind: "stop_trigger_type",
    hold_millis: "stop_hold_millis",
    deadband: "stop_change_deadband",
    default_kind: TriggerType::FallingEdge,
};

/// Reads the keys that say what opens and closes an operation's records.
pub(crate) fn read(reader: &mut Reader<'_, '_>, engine: RawEngine) -> RawTriggers {
    RawTriggers {
        source: reader.right_word("trigger_source", TRIGGER_SOURCE, TriggerSource::Expression),
        parent: reader.name("parent"),
        start: trigger(reader, &START),
        stop: trigger(reader, &STOP),
        fault: reader.expression("fault_trigger_expression"),
        first_scan: reader.word_or("first_scan", FIRST_SCAN, engine.first_scan, "[engine] first_scan"),
    }
}

fn trigger(reader: &mut Reader<'_, '_>, keys: &TriggerKeys) -> RawTrigger {
    RawTrigger {
        expression: reader.expression(keys.expression),
        kind: reader.word(keys.kind, TRIGGER_TYPE, keys.default_kind),
        hold_millis: reader.millis(keys.hold_millis),
        deadband: reader.amount_or_zero(keys.deadband),
    }
}
