//! How an operation runs: conflicts and limits, production orders, expected durations.

use latchwork_engine::{ConflictScope, ConflictStrategy, OrderStatus, OrderUpdate, RestartPolicy};

use crate::reader::{ExpressionText, Reader, Written};
use crate::words::{
    CONFLICT_SCOPE, CONFLICT_STRATEGY, DURATION_STRATEGY, DurationStrategy, ORDER_STATUS, ORDER_STRATEGY, ORDER_UPDATE,
    OrderStrategy, RESTART_POLICY,
};

/// Conflicts and limits.
#[derive(Debug)]
pub(crate) struct RawRunning {
    /// What a start does while another run is open.
    pub(crate) conflict_strategy: ConflictStrategy,
    /// Which open runs a start conflicts with.
    pub(crate) conflict_scope: ConflictScope,
    /// How long after the latest start another is ignored.
    pub(crate) restart_holdoff_millis: u64,
    /// The longest run.
    pub(crate) max_duration_seconds: f64,
    /// How often an open record's row is written.
    pub(crate) flush_interval_millis: u64,
    /// Whether a record without a schedule entry adds one.
    pub(crate) auto_add_to_schedule: bool,
    /// What a restart makes of an open record.
    pub(crate) restart_policy: RestartPolicy,
    /// How long ago the run may have been seen last to go on.
    pub(crate) resume_within_seconds: f64,
}

/// How records find their order.
#[derive(Debug)]
pub(crate) struct RawOrderRule {
    /// The way.
    pub(crate) strategy: OrderStrategy,
    /// The expression that names the order.
    pub(crate) expression: Option<ExpressionText>,
    /// What a new good value does.
    pub(crate) update: OrderUpdate,
    /// The order assigned beforehand.
    pub(crate) assigned: Option<Written>,
    /// What a start makes of the order's status.
    pub(crate) status_on_start: Option<OrderStatus>,
    /// What a stop makes of the order's status.
    pub(crate) status_on_stop: Option<OrderStatus>,
}

/// How long records are expected to run.
#[derive(Debug)]
pub(crate) struct RawDuration {
    /// The way.
    pub(crate) strategy: DurationStrategy,
    /// For STATIC.
    pub(crate) seconds: f64,
    /// For EXPRESSION.
    pub(crate) expression: Option<ExpressionText>,
}

/// Reads conflicts and limits.
pub(crate) fn read_running(reader: &mut Reader<'_, '_>) -> RawRunning {
    RawRunning {
        conflict_strategy: reader.word("running_conflict_strategy", CONFLICT_STRATEGY, ConflictStrategy::StopPrevious),
        conflict_scope: reader.word("running_conflict_scope", CONFLICT_SCOPE, ConflictScope::Operation),
        restart_holdoff_millis: reader.millis("restart_holdoff_millis"),
        max_duration_seconds: reader.seconds("max_duration_seconds"),
        flush_interval_millis: reader.millis("flush_interval_millis"),
        auto_add_to_schedule: reader.boolean("auto_add_to_schedule", true),
        restart_policy: reader.word("restart_policy", RESTART_POLICY, RestartPolicy::Resume),
        resume_within_seconds: reader.seconds("resume_within_seconds"),
    }
}

/// Reads how records find their order.
pub(crate) fn read_order(reader: &mut Reader<'_, '_>) -> RawOrderRule {
    RawOrderRule {
        strategy: reader.word("production_order_resolution_strategy", ORDER_STRATEGY, OrderStrategy::None),
        expression: reader.expression("production_order_expression"),
        update: reader.word("production_order_update_strategy", ORDER_UPDATE, OrderUpdate::KeepFirstGoodValue),
        assigned: reader.name("production_order"),
        status_on_start: status(
            reader,
            "update_production_order_status_on_start",
            "start_production_order_status",
            OrderStatus::Running,
        ),
        status_on_stop: status(
            reader,
            "update_production_order_status_on_stop",
            "stop_production_order_status",
            OrderStatus::Stopped,
        ),
    }
}

/// Returns the status that is written, if writing is on.
fn status(
    reader: &mut Reader<'_, '_>,
    switch: &'static str,
    key: &'static str,
    default: OrderStatus,
) -> Option<OrderStatus> {
    let on = reader.boolean(switch, false);
    let status = reader.word(key, ORDER_STATUS, default);
    on.then_some(status)
}

/// Reads how long records are expected to run.
pub(crate) fn read_duration(reader: &mut Reader<'_, '_>) -> RawDuration {
    RawDuration {
        strategy: reader.word("expected_duration_calculation_strategy", DURATION_STRATEGY, DurationStrategy::Static),
        seconds: reader.seconds("expected_duration_seconds"),
        expression: reader.expression("expected_duration_expression"),
    }
}
