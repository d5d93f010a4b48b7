//! Production orders and entries of the schedule as JSON: in events, and as the rows that they are.

use latchwork_engine::{Engine, Order, Priority, ScheduleEntry};
use latchwork_expr::Text;

use super::object::{Keys, write_object};

/// Appends an order as a row of `production_orders`: what the engine knows of it.
pub(crate) fn write_order_row(out: &mut Vec<u8>, order: &Order) {
    write_object(out, |keys| {
        keys.id("id", order.id);
        keys.put("name", order.name.as_str());
        write_order(keys, order);
    });
}

/// Writes what there is of an order but its name and id.
pub(super) fn write_order(keys: &mut Keys<'_>, order: &Order) {
    let plan = order.plan.as_deref();
    keys.put("status", order.status.name());
    keys.put("quantity", order.quantity);
    keys.put("rate_per_hour", order.rate_per_hour);
    keys.id("product_material_id", order.material);
    keys.date("start_date", plan.and_then(|plan| plan.start));
    keys.date("due_date", plan.and_then(|plan| plan.due));
    keys.date("end_date", plan.and_then(|plan| plan.end));
    keys.put("schedule_priority", plan.and_then(|plan| plan.priority).map(Priority::name));
    keys.id("location_id", plan.and_then(|plan| plan.location));
    keys.put("notes", plan.and_then(|plan| plan.notes.as_ref()).map(Text::as_str));
}

/// Appends an entry as a row of `schedules`.
pub(crate) fn write_entry_row(out: &mut Vec<u8>, entry: &ScheduleEntry, engine: &Engine) {
    let plant = engine.plant();
    let operation = &plant.operations[entry.operation.index()];
    let order = entry.order.as_ref();
    let known = order.and_then(|name| engine.find_order(name));
    write_object(out, |keys| {
        keys.id("id", entry.id);
        keys.id("operation_id", operation.id);
        keys.id("location_id", plant.locations[operation.location.index()].id);
        keys.put("production_order", order.map(Text::as_str));
        keys.id("production_order_id", known.map(|known| engine.orders()[known.0 as usize].id));
        keys.date("start_date", entry.start);
        keys.date("end_date", entry.end);
        keys.put("priority", entry.priority.name());
        keys.put("quantity", entry.quantity);
        keys.put("status", entry.status.name());
        keys.id("operation_record_id", entry.record);
    });
}
