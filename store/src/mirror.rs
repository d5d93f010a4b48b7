//! The configuration in the tables: operations, locations and materials follow it, orders and the schedule only begin
//! with it.

use std::sync::Arc;

use latchwork_engine::{
    ExpectedDuration, Location, Operation, OrderResolution, OrderStatus, OrderUpdate, Plant, Trigger, TriggerType,
};
use latchwork_expr::Timestamp;
use serde_json::{Value as Json, json};

use crate::cell::Cells;
use crate::error::Failure;
use crate::session::Session;
use crate::statement::{Bulk, Statement, bulk, statement};
use crate::{material, order, schedule, station, words};

const COLUMNS: usize = 41;
static LOCATIONS: Bulk = bulk!("mirror_locations", 5);
static OPERATIONS: Bulk = bulk!("mirror_operations", COLUMNS);
static RETIRE: Statement = statement!("retire_operations", "operations");

/// Brings the tables to what the configuration says, in one transaction.
pub(crate) async fn mirror(
    session: &mut Session,
    gateway_id: &Arc<str>,
    plant: &Plant,
    at: Timestamp,
) -> Result<(), Failure> {
    session.begin().await?;
    session.put(&LOCATIONS, &plant.locations, |location| location_cells(location, gateway_id, at)).await?;
    retire(session, gateway_id, plant, at).await?;
    let cells = |operation: &Operation| {
        let cells = Cells::with_capacity(COLUMNS).with(gateway_id).with(operation.id).with(at);
        operation_cells(cells, operation, plant)
    };
    session.put(&OPERATIONS, &plant.operations, cells).await?;
    material::mirror(session, gateway_id, at, plant).await?;
    station::mirror(session, gateway_id, at, plant).await?;
    order::add_configured(session, gateway_id, at, &plant.orders).await?;
    schedule::add_configured(session, gateway_id, at, plant).await?;
    session.commit().await
}

/// Marks what the configuration has no more under its id, place and name: names are free again then.
async fn retire(session: &mut Session, gateway_id: &Arc<str>, plant: &Plant, at: Timestamp) -> Result<(), Failure> {
    let identity = |operation: &Operation| {
        json!([operation.id.to_string(), plant.locations[operation.location.index()].id.to_string(), operation.name])
    };
    let configured: Json = plant.operations.iter().map(identity).collect();
    let cells = Cells::default().with(gateway_id).with(at).with_json(configured.to_string());
    session.execute(&RETIRE, cells).await?;
    Ok(())
}

fn location_cells(location: &Location, gateway_id: &Arc<str>, at: Timestamp) -> Cells {
    let name = location.path.rsplit('/').next().unwrap_or_default();
    Cells::with_capacity(5).with(gateway_id).with(location.id).with(at).with(name).with(location.path.as_str())
}

/// Adds an operation in the order of the statement's columns.
fn operation_cells(cells: Cells, operation: &Operation, plant: &Plant) -> Cells {
    let [spare1, spare2, spare3] = &operation.spares;
    let cells = cells
        .with(operation.enabled)
        .with(operation.notes.as_deref())
        .with(spare1.as_deref())
        .with(spare2.as_deref())
        .with(spare3.as_deref())
        .with(operation.name.as_str())
        .with(plant.locations[operation.location.index()].id)
        .with(operation.parent.map(|parent| plant.operations[parent.index()].id))
        .with(words::trigger_source(operation.trigger_source));
    let cells = with_trigger(cells, operation.start.as_ref(), TriggerType::RisingEdge);
    let cells = with_trigger(cells, operation.stop.as_ref(), TriggerType::FallingEdge);
    let cells = cells
        .with(operation.fault.as_ref().map(|fault| fault.program.text()))
        .with(words::first_scan(operation.first_scan))
        .with(whole(operation.restart_holdoff_millis))
        .with(operation.max_duration_seconds)
        .with(words::conflict_strategy(operation.conflict_strategy))
        .with(words::conflict_scope(operation.conflict_scope));
    let cells = with_order(cells, operation);
    with_duration(cells, &operation.expected_duration)
        .with(whole(operation.flush_interval_millis))
        .with(operation.auto_add_to_schedule)
        .with(words::restart_policy(operation.restart_policy))
        .with(operation.resume_within_seconds)
}

/// Adds expression, type, hold and deadband; an operation without the trigger has the default type.
fn with_trigger(cells: Cells, trigger: Option<&Trigger>, default: TriggerType) -> Cells {
    cells
        .with(trigger.map(|trigger| trigger.program.text()))
        .with(words::trigger_type(trigger.map_or(default, |trigger| trigger.kind)))
        .with(whole(trigger.map_or(0, |trigger| trigger.hold_millis)))
        .with(trigger.map_or(0.0, |trigger| trigger.deadband))
}

fn with_order(cells: Cells, operation: &Operation) -> Cells {
    let (expression, update) = match &operation.order {
        OrderResolution::Expression(program, update) => (Some(program.text()), *update),
        OrderResolution::None | OrderResolution::Manual | OrderResolution::Schedule => (None, OrderUpdate::default()),
    };
    let (on_start, on_stop) = (operation.order_status_on_start, operation.order_status_on_stop);
    cells
        .with(words::order_resolution(&operation.order))
        .with(expression)
        .with(words::order_update(update))
        .with(operation.assigned_order.as_deref())
        .with(on_start.is_some())
        .with(on_start.unwrap_or(OrderStatus::Running).name())
        .with(on_stop.is_some())
        .with(on_stop.unwrap_or(OrderStatus::Stopped).name())
}

fn with_duration(cells: Cells, duration: &ExpectedDuration) -> Cells {
    let (expression, seconds) = match duration {
        ExpectedDuration::Static(seconds) => (None, *seconds),
        ExpectedDuration::Expression(program) => (Some(program.text()), 0.0),
        ExpectedDuration::FromOrder => (None, 0.0),
    };
    cells.with(words::duration_strategy(duration)).with(expression).with(seconds)
}

/// Returns a number of milliseconds as the tables hold it; what is more than 292 million years is that.
fn whole(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX)
}
