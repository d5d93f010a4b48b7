//! The words of the `operations` table for what the configuration says.

use latchwork_engine::{
    ConflictScope, ConflictStrategy, ExpectedDuration, FirstScan, OrderResolution, OrderUpdate, RestartPolicy,
    TriggerSource, TriggerType,
};

/// Returns what opens and closes records.
pub(crate) const fn trigger_source(source: TriggerSource) -> &'static str {
    match source {
        TriggerSource::Manual => "MANUAL",
        TriggerSource::Expression => "EXPRESSION",
        TriggerSource::Parent => "PARENT",
    }
}

/// Returns the edge that a trigger asks for.
pub(crate) const fn trigger_type(kind: TriggerType) -> &'static str {
    match kind {
        TriggerType::RisingEdge => "RISING_EDGE",
        TriggerType::FallingEdge => "FALLING_EDGE",
        TriggerType::Change => "CHANGE",
    }
}

/// Returns what the first known level does.
pub(crate) const fn first_scan(first: FirstScan) -> &'static str {
    match first {
        FirstScan::Arm => "ARM",
        FirstScan::Fire => "FIRE",
    }
}

/// Returns what a restart makes of an open record.
pub(crate) const fn restart_policy(policy: RestartPolicy) -> &'static str {
    match policy {
        RestartPolicy::Resume => "RESUME",
        RestartPolicy::CloseAtLastSeen => "CLOSE_AT_LAST_SEEN",
    }
}

/// Returns what a start does while another run is open.
pub(crate) const fn conflict_strategy(strategy: ConflictStrategy) -> &'static str {
    match strategy {
        ConflictStrategy::StopPrevious => "STOP_PREVIOUS",
        ConflictStrategy::Ignore => "IGNORE",
        ConflictStrategy::ThrowException => "THROW_EXCEPTION",
    }
}

/// Returns which open runs a start conflicts with.
pub(crate) const fn conflict_scope(scope: ConflictScope) -> &'static str {
    match scope {
        ConflictScope::Operation => "OPERATION",
        ConflictScope::Location => "LOCATION",
    }
}

/// Returns how a record finds its order.
pub(crate) const fn order_resolution(order: &OrderResolution) -> &'static str {
    match order {
        OrderResolution::None => "NONE",
        OrderResolution::Manual => "MANUAL",
        OrderResolution::Expression(..) => "EXPRESSION",
        OrderResolution::Schedule => "SCHEDULE",
    }
}

/// Returns what a new good value of the order's expression does.
pub(crate) const fn order_update(update: OrderUpdate) -> &'static str {
    match update {
        OrderUpdate::KeepFirstGoodValue => "KEEP_FIRST_GOOD_VALUE",
        OrderUpdate::KeepLastGoodValue => "KEEP_LAST_GOOD_VALUE",
        OrderUpdate::ThrowError => "THROW_ERROR",
        OrderUpdate::NewRecord => "NEW_RECORD",
    }
}

/// Returns how the expected duration is found.
pub(crate) const fn duration_strategy(duration: &ExpectedDuration) -> &'static str {
    match duration {
        ExpectedDuration::Static(_) => "STATIC",
        ExpectedDuration::Expression(_) => "EXPRESSION",
        ExpectedDuration::FromOrder => "FROM_PRODUCTION_ORDER",
    }
}
