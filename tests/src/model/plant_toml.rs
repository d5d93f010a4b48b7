//! A model plant as the text of a plant file; knows key names and nothing else.

use std::fmt::{Display, Write};

use super::names::OrderStatus;
use super::plant::{
    ExpectedDuration, ModelCapture, ModelConnection, ModelEntry, ModelMaterial, ModelOperation, ModelPlant,
    ModelTrigger, OrderRule, RestartRule, UnknownOrders,
};
use super::time::time_text;

/// The key of the order that is assigned to an operation beforehand: the contract leaves its name to us.
const ASSIGNED_ORDER_KEY: &str = "production_order";

/// Returns the plant as `plant.toml`.
pub fn plant_toml(plant: &ModelPlant) -> String {
    let mut file = File(String::new());
    file.header("[gateway]");
    file.text("id", "model");
    file.header("[engine]");
    file.text("first_scan", plant.first_scan.name());
    file.text("uncertain", plant.uncertain.name());
    file.value("create_unknown_production_orders", plant.unknown_orders == UnknownOrders::Create);
    for connection in &plant.connections {
        file.header("[[connections]]");
        file.connection(connection);
    }
    for tag in &plant.tags {
        file.header("[[tags]]");
        file.text("path", &tag.path);
        file.text("type", tag.kind.name());
        if let Some(connection) = plant.connections.iter().find(|connection| connection.tags.contains(&tag.path)) {
            file.text("connection", &connection.name);
            file.text("topic", &tag.path);
        }
    }
    for order in &plant.orders {
        file.header("[[production_orders]]");
        file.text("name", &order.name);
        file.text("status", order.status.name());
        file.unless_none("quantity", order.quantity);
        file.unless_none("rate_per_hour", order.rate_per_hour);
        if let Some(material) = &order.material {
            file.text("material", material);
        }
    }
    for material in &plant.materials {
        file.material(material);
    }
    for entry in &plant.schedule {
        file.entry(entry);
    }
    for operation in &plant.operations {
        file.header("[[operations]]");
        file.operation(operation);
        for capture in &operation.captures {
            file.header("[[operations.captures]]");
            file.capture(capture);
        }
        if let Some(sequence) = &operation.sequence {
            file.header("[operations.handshake]");
            file.text("sequence_tag", &sequence.tag);
            file.unless_none("sequence_rollover", sequence.rollover);
        }
    }
    file.0
}

/// A growing file.
struct File(String);

impl File {
    fn header(&mut self, header: &str) {
        let gap = if self.0.is_empty() { "" } else { "\n" };
        self.line(&format!("{gap}{header}"));
    }

    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn value(&mut self, key: &str, value: impl Display) {
        writeln!(self.0, "{key} = {value}").expect("a string takes what is written to it");
    }

    /// A string in single quotes needs no escapes: expressions hold double quotes only.
    fn text(&mut self, key: &str, text: &str) {
        self.value(key, format_args!("'{text}'"));
    }

    fn connection(&mut self, connection: &ModelConnection) {
        self.text("name", &connection.name);
        self.text("type", "mqtt");
        self.text("url", "mqtt://192.0.2.5:1883");
        if let Some(valid_when) = &connection.valid_when {
            self.text("valid_when", &valid_when.text());
        }
        if let Some((tag, timeout_millis)) = &connection.heartbeat {
            self.text("heartbeat_tag", tag);
            self.value("heartbeat_timeout_millis", timeout_millis);
        }
    }

    fn unless_none(&mut self, key: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.value(key, value);
        }
    }

    fn material(&mut self, material: &ModelMaterial) {
        self.header("[[materials]]");
        self.text("name", &material.name);
        self.unless_none("rate_per_hour", material.rate_per_hour);
        for (location, rate) in &material.rates {
            self.header("[[materials.rates]]");
            self.text("location", location);
            self.value("rate_per_hour", rate);
        }
    }

    fn entry(&mut self, entry: &ModelEntry) {
        self.header("[[schedule]]");
        self.text("operation", &entry.operation);
        if let Some(order) = &entry.order {
            self.text("production_order", order);
        }
        self.value("start_date", time_text(entry.start));
        self.unless_none("end_date", entry.end.map(time_text));
        self.text("priority", entry.priority.name());
    }

    fn operation(&mut self, operation: &ModelOperation) {
        self.text("name", &operation.name);
        self.text("location", &operation.location);
        self.value("enabled", operation.enabled);
        if let Some(parent) = &operation.parent {
            self.text("trigger_source", "PARENT");
            self.text("parent", parent);
        } else {
            self.text("trigger_source", "EXPRESSION");
            self.triggers(operation);
        }
        self.value("max_duration_seconds", operation.max_duration_seconds);
        self.orders(operation);
        self.expected(&operation.expected);
        self.value("auto_add_to_schedule", operation.auto_add);
    }

    fn capture(&mut self, capture: &ModelCapture) {
        self.text("name", &capture.name);
        self.text("expression", &capture.expression.text());
        self.text("mode", capture.mode.name());
        if let Some(rollover) = capture.rollover {
            self.value("rollover", rollover);
        }
    }

    fn triggers(&mut self, operation: &ModelOperation) {
        if let Some(first_scan) = operation.first_scan {
            self.text("first_scan", first_scan.name());
        }
        for (side, trigger) in [("start", &operation.start), ("stop", &operation.stop)] {
            if let Some(trigger) = trigger {
                self.trigger(side, trigger);
            }
        }
        if let Some(fault) = &operation.fault {
            self.text("fault_trigger_expression", &fault.text());
        }
        self.value("restart_holdoff_millis", operation.restart_holdoff_millis);
        self.text("running_conflict_strategy", operation.conflict_strategy.name());
        self.text("running_conflict_scope", operation.conflict_scope.name());
        match operation.restart {
            RestartRule::Resume(0) => {}
            RestartRule::Resume(seconds) => self.value("resume_within_seconds", seconds),
            RestartRule::CloseAtLastSeen => self.text("restart_policy", "CLOSE_AT_LAST_SEEN"),
        }
    }

    fn trigger(&mut self, side: &str, trigger: &ModelTrigger) {
        self.text(&format!("{side}_trigger_expression"), &trigger.expression.text());
        self.text(&format!("{side}_trigger_type"), trigger.kind.name());
        self.value(&format!("{side}_hold_millis"), trigger.hold_millis);
        if trigger.deadband > 0.0 {
            self.value(&format!("{side}_change_deadband"), format_args!("{:?}", trigger.deadband));
        }
    }

    fn orders(&mut self, operation: &ModelOperation) {
        match &operation.order {
            OrderRule::None => self.text("production_order_resolution_strategy", "NONE"),
            OrderRule::Schedule => self.text("production_order_resolution_strategy", "SCHEDULE"),
            OrderRule::Manual(order) => {
                self.text("production_order_resolution_strategy", "MANUAL");
                if let Some(order) = order {
                    self.text(ASSIGNED_ORDER_KEY, order);
                }
            }
            OrderRule::Expression(expression, update) => {
                self.text("production_order_resolution_strategy", "EXPRESSION");
                self.text("production_order_expression", &expression.text());
                self.text("production_order_update_strategy", update.name());
            }
        }
        self.order_status("start", operation.order_status_on_start);
        self.order_status("stop", operation.order_status_on_stop);
    }

    fn order_status(&mut self, side: &str, status: Option<OrderStatus>) {
        if let Some(status) = status {
            self.value(&format!("update_production_order_status_on_{side}"), true);
            self.text(&format!("{side}_production_order_status"), status.name());
        }
    }

    fn expected(&mut self, expected: &ExpectedDuration) {
        match expected {
            ExpectedDuration::Static(seconds) => {
                self.text("expected_duration_calculation_strategy", "STATIC");
                self.value("expected_duration_seconds", seconds);
            }
            ExpectedDuration::FromOrder => {
                self.text("expected_duration_calculation_strategy", "FROM_PRODUCTION_ORDER");
            }
            ExpectedDuration::Expression(expression) => {
                self.text("expected_duration_calculation_strategy", "EXPRESSION");
                self.text("expected_duration_expression", &expression.text());
            }
        }
    }
}
