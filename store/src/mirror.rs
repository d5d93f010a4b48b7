//! The configuration in the tables: operations, locations and materials follow it, orders and the schedule only begin
//! with it.

use std::sync::Arc;

use latchwork_engine::{
    ExpectedDuration, Location, Operation, OrderResolution, OrderStatus, OrderUpdate, Plant, Trigger, TriggerType,
};
use latchwork_expr::{Timestamp, instant_text};
use serde_json::{Value as Json, json};
use sqlx::{Connection, SqliteConnection};
use ulid::Ulid;

use crate::bulk::{Bulk, Query};
use crate::error::Failure;
use crate::{material, order, schedule, words};

static LOCATIONS: Bulk = Bulk::new(include_str!("sql/mirror_locations.sql"), 5);
static OPERATIONS: Bulk = Bulk::new(include_str!("sql/mirror_operations.sql"), 41);

/// Brings the tables to what the configuration says, in one transaction.
pub(crate) async fn mirror(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    plant: &Plant,
    at: Timestamp,
) -> Result<(), Failure> {
    let date: Arc<str> = instant_text(at).into();
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let bind = |query, location: &Location| bind_location(query, location, gateway_id, &date);
    LOCATIONS.run(&mut transaction, &plant.locations, bind).await?;
    retire(&mut transaction, gateway_id, plant, &date).await?;
    let bind = |query, operation: &Operation| {
        let query = query_of(query, gateway_id, operation, &date);
        bind_operation(query, operation, plant)
    };
    OPERATIONS.run(&mut transaction, &plant.operations, bind).await?;
    material::mirror(&mut transaction, gateway_id, &date, plant).await?;
    order::add_configured(&mut transaction, gateway_id, &date, &plant.orders).await?;
    schedule::add_configured(&mut transaction, gateway_id, &date, plant).await?;
    Ok(transaction.commit().await?)
}

/// Marks what the configuration has no more under its id, place and name: names are free again then.
async fn retire(
    connection: &mut SqliteConnection,
    gateway_id: &Arc<str>,
    plant: &Plant,
    date: &Arc<str>,
) -> Result<(), Failure> {
    let identity = |operation: &Operation| {
        json!([operation.id.to_string(), plant.locations[operation.location.index()].id.to_string(), operation.name])
    };
    let configured: Json = plant.operations.iter().map(identity).collect();
    sqlx::query(include_str!("sql/retire_operations.sql"))
        .bind(gateway_id.clone())
        .bind(date.clone())
        .bind(configured.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

fn bind_location(query: Query<'static>, location: &Location, gateway_id: &Arc<str>, date: &Arc<str>) -> Query<'static> {
    let name = location.path.rsplit('/').next().unwrap_or_default();
    query
        .bind(gateway_id.clone())
        .bind(location.id.to_string())
        .bind(date.clone())
        .bind(name.to_owned())
        .bind(location.path.clone())
}

fn query_of(query: Query<'static>, gateway_id: &Arc<str>, operation: &Operation, date: &Arc<str>) -> Query<'static> {
    query.bind(gateway_id.clone()).bind(operation.id.to_string()).bind(date.clone())
}

/// Binds an operation in the order of the statement's columns.
fn bind_operation(query: Query<'static>, operation: &Operation, plant: &Plant) -> Query<'static> {
    let [spare1, spare2, spare3] = operation.spares.clone();
    let parent = operation.parent.map(|parent| plant.operations[parent.index()].id);
    let query = query
        .bind(operation.enabled)
        .bind(operation.notes.clone())
        .bind(spare1)
        .bind(spare2)
        .bind(spare3)
        .bind(operation.name.clone())
        .bind(plant.locations[operation.location.index()].id.to_string())
        .bind(parent.as_ref().map(Ulid::to_string))
        .bind(words::trigger_source(operation.trigger_source));
    let query = bind_trigger(query, operation.start.as_ref(), TriggerType::RisingEdge);
    let query = bind_trigger(query, operation.stop.as_ref(), TriggerType::FallingEdge);
    let query = query
        .bind(operation.fault.as_ref().map(|fault| fault.program.text().to_owned()))
        .bind(words::first_scan(operation.first_scan))
        .bind(whole(operation.restart_holdoff_millis))
        .bind(operation.max_duration_seconds)
        .bind(words::conflict_strategy(operation.conflict_strategy))
        .bind(words::conflict_scope(operation.conflict_scope));
    let query = bind_order(query, operation);
    bind_duration(query, &operation.expected_duration)
        .bind(whole(operation.flush_interval_millis))
        .bind(operation.auto_add_to_schedule)
        .bind(words::restart_policy(operation.restart_policy))
        .bind(operation.resume_within_seconds)
}

/// Binds expression, type, hold and deadband; an operation without the trigger has the default type.
fn bind_trigger(query: Query<'static>, trigger: Option<&Trigger>, default: TriggerType) -> Query<'static> {
    query
        .bind(trigger.map(|trigger| trigger.program.text().to_owned()))
        .bind(words::trigger_type(trigger.map_or(default, |trigger| trigger.kind)))
        .bind(whole(trigger.map_or(0, |trigger| trigger.hold_millis)))
        .bind(trigger.map_or(0.0, |trigger| trigger.deadband))
}

fn bind_order(query: Query<'static>, operation: &Operation) -> Query<'static> {
    let (expression, update) = match &operation.order {
        OrderResolution::Expression(program, update) => (Some(program.text().to_owned()), *update),
        OrderResolution::None | OrderResolution::Manual | OrderResolution::Schedule => (None, OrderUpdate::default()),
    };
    let (on_start, on_stop) = (operation.order_status_on_start, operation.order_status_on_stop);
    query
        .bind(words::order_resolution(&operation.order))
        .bind(expression)
        .bind(words::order_update(update))
        .bind(operation.assigned_order.clone())
        .bind(on_start.is_some())
        .bind(on_start.unwrap_or(OrderStatus::Running).name())
        .bind(on_stop.is_some())
        .bind(on_stop.unwrap_or(OrderStatus::Stopped).name())
}

fn bind_duration(query: Query<'static>, duration: &ExpectedDuration) -> Query<'static> {
    let (expression, seconds) = match duration {
        ExpectedDuration::Static(seconds) => (None, *seconds),
        ExpectedDuration::Expression(program) => (Some(program.text().to_owned()), 0.0),
        ExpectedDuration::FromOrder => (None, 0.0),
    };
    query.bind(words::duration_strategy(duration)).bind(expression).bind(seconds)
}

/// Returns a number of milliseconds as the tables hold it; what is more than 292 million years is that.
fn whole(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX)
}
