//! Lints of operations: what is legal and yet hardly meant.

use std::collections::BTreeSet;

use latchwork_engine::{ConflictStrategy, GOOD, RestartPolicy, Tag, Trigger, TriggerSource, TriggerType};
use latchwork_expr::{Program, TagSlot};

use crate::desk::Desk;
use crate::document::Table;
use crate::place::Place;
use crate::problems;
use crate::raw::RawOperation;
use crate::reader::Written;
use crate::words::{DurationStrategy, OrderStrategy};

/// Keys that have no effect while something holds of their operation.
struct Idle {
    keys: &'static [&'static str],
    when: fn(&RawOperation<'_>) -> bool,
    because: &'static str,
}

const IDLE: &[Idle] = &[
    Idle {
        keys: &[
            "start_trigger_expression",
            "start_trigger_type",
            "start_hold_millis",
            "start_change_deadband",
            "stop_trigger_expression",
            "stop_trigger_type",
            "stop_hold_millis",
            "stop_change_deadband",
            "fault_trigger_expression",
            "first_scan",
        ],
        when: |operation| !listens(operation),
        because: "`trigger_source` is not EXPRESSION",
    },
    Idle {
        keys: &["stop_trigger_type", "stop_hold_millis", "stop_change_deadband"],
        when: |operation| listens(operation) && operation.table.entry("stop_trigger_expression").is_none(),
        because: "there is no `stop_trigger_expression`",
    },
    Idle {
        keys: &["handshake"],
        when: |operation| operation.triggers.source == Some(TriggerSource::Manual),
        because: "`trigger_source` is MANUAL: only machines are answered",
    },
    Idle {
        keys: &["start_change_deadband"],
        when: |operation| listens(operation) && operation.triggers.start.kind != TriggerType::Change,
        because: "`start_trigger_type` is not CHANGE",
    },
    Idle {
        keys: &["stop_change_deadband"],
        when: |operation| {
            let stop = &operation.triggers.stop;
            listens(operation) && stop.expression.is_some() && stop.kind != TriggerType::Change
        },
        because: "`stop_trigger_type` is not CHANGE",
    },
    Idle {
        keys: &["production_order_expression", "production_order_update_strategy"],
        when: |operation| operation.order.strategy != OrderStrategy::Expression,
        because: "`production_order_resolution_strategy` is not EXPRESSION",
    },
    Idle {
        keys: &["production_order"],
        when: |operation| operation.order.strategy != OrderStrategy::Manual,
        because: "`production_order_resolution_strategy` is not MANUAL",
    },
    Idle {
        keys: &["start_production_order_status"],
        when: |operation| operation.order.status_on_start.is_none(),
        because: "`update_production_order_status_on_start` is not on",
    },
    Idle {
        keys: &["stop_production_order_status"],
        when: |operation| operation.order.status_on_stop.is_none(),
        because: "`update_production_order_status_on_stop` is not on",
    },
    Idle {
        keys: &["restart_policy", "resume_within_seconds"],
        when: |operation| operation.triggers.source == Some(TriggerSource::Parent),
        because: "`trigger_source` is PARENT: its runs go on or end with those of its parent",
    },
    Idle {
        keys: &["resume_within_seconds"],
        when: |operation| operation.running.restart_policy != RestartPolicy::Resume,
        because: "`restart_policy` is not RESUME",
    },
    Idle {
        keys: &["expected_duration_seconds"],
        when: |operation| operation.duration.strategy != DurationStrategy::Static,
        because: "`expected_duration_calculation_strategy` is not STATIC",
    },
    Idle {
        keys: &["expected_duration_calculation_strategy"],
        when: |operation| {
            let takes_none = operation.order.strategy == OrderStrategy::None;
            let follows = operation.triggers.source == Some(TriggerSource::Parent);
            operation.duration.strategy == DurationStrategy::FromOrder && takes_none && !follows
        },
        because: "its records have no production order",
    },
    Idle {
        keys: &["expected_duration_expression"],
        when: |operation| operation.duration.strategy != DurationStrategy::Expression,
        because: "`expected_duration_calculation_strategy` is not EXPRESSION",
    },
];

fn listens(operation: &RawOperation<'_>) -> bool {
    operation.triggers.source == Some(TriggerSource::Expression)
}

/// Tells which keys of an operation have no effect.
pub(crate) fn keys_without_effect(operation: &RawOperation<'_>, desk: &mut Desk<'_>) {
    for idle in IDLE.iter().filter(|idle| operation.whole && (idle.when)(operation)) {
        for entry in idle.keys.iter().filter_map(|key| operation.table.entry(key)) {
            let message = format!("`{}` has no effect: {}", entry.key, idle.because);
            desk.findings.add(problems::NO_EFFECT, entry.key_place, message);
        }
    }
}

/// Tells that an operation drives jobs and never says how many parts it made.
pub(crate) fn uncounted_jobs(operation: &RawOperation<'_>, desk: &mut Desk<'_>) {
    let is_good = |name: &Written| name.value == GOOD;
    let counts = operation.captures.iter().any(|capture| capture.name.as_ref().is_some_and(is_good));
    if operation.job.is_some() && operation.whole && !counts {
        let message = format!("no part of a job is ever counted: there is no capture `{GOOD}`");
        let hint = "without it people count, and complete what stands at the station";
        desk.findings.add(problems::UNCOUNTED_JOBS, key_place(operation.table, "job"), message).hint(hint);
    }
}

/// Tells that short stops will split the run: the start can be lost before the stop's edge, so that
/// no stop hold is pending yet, and when it comes back it is a new start.
pub(crate) fn short_stops(
    operation: &RawOperation<'_>,
    start: &Trigger,
    stop: &Trigger,
    tags: &[Tag],
    desk: &mut Desk<'_>,
) {
    let edge = matches!(start.kind, TriggerType::RisingEdge | TriggerType::FallingEdge);
    let replaces = operation.running.conflict_strategy == ConflictStrategy::StopPrevious;
    if stop.hold_millis == 0 || !edge || !replaces {
        return;
    }
    let seen_by_stop = leaves(&stop.program, tags);
    let unseen = leaves(&start.program, tags).into_iter().find(|slot| !seen_by_stop.contains(slot));
    if let Some(slot) = unseen {
        let path = tags[slot.index()].path.trim_start_matches("[default]");
        let message = format!("a short stop splits the run: the start also reads `{path}`, which the stop does not");
        let hint = "write `running_conflict_strategy = \"IGNORE\"` to let the run go on";
        desk.findings.add(problems::SHORT_STOPS, key_place(operation.table, "stop_hold_millis"), message).hint(hint);
    }
}

/// Returns the fed tags that a program reads, itself or through derived tags.
fn leaves(program: &Program, tags: &[Tag]) -> BTreeSet<TagSlot> {
    let mut seen: BTreeSet<TagSlot> = program.reads().iter().copied().collect();
    let mut waiting: Vec<TagSlot> = seen.iter().copied().collect();
    while let Some(slot) = waiting.pop() {
        for &read in tags[slot.index()].expression.iter().flat_map(|expression| expression.reads()) {
            if seen.insert(read) {
                waiting.push(read);
            }
        }
    }
    seen.retain(|slot| tags[slot.index()].expression.is_none());
    seen
}

/// Returns where the value of a key stands, or the table if the key is not given.
pub(crate) fn key_place(table: &Table, key: &str) -> Place {
    table.entry(key).map_or(table.place, |entry| entry.item.place)
}
