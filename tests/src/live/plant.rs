//! Plants of these tests, as text.

use std::fmt::Write;

/// A plant's configuration.
#[derive(Clone, Debug)]
pub(super) struct Plant(String);

impl Plant {
    /// Returns a plant of nothing.
    pub(super) fn new() -> Self {
        Self::of_gateway("gw-live")
    }

    /// Returns a plant of nothing for a gateway of this id.
    pub(super) fn of_gateway(id: &str) -> Self {
        Self(format!("[gateway]\nid = \"{id}\"\ndata_directory = \"data\"\n"))
    }

    /// Adds the Modbus connection `plc`, or another.
    pub(super) fn device(self, name: &str, port: u16, timeout_millis: u32) -> Self {
        self.with(format_args!(
            "[[connections]]\nname = \"{name}\"\ntype = \"modbus-tcp\"\naddress = \"127.0.0.1:{port}\"\n\
             period_millis = 20\ntimeout_millis = {timeout_millis}\n"
        ))
    }

    /// Adds a tag for a holding register.
    pub(super) fn register(self, tag: &str, connection: &str, address: u16) -> Self {
        self.with(format_args!(
            "[[tags]]\npath = \"{tag}\"\ntype = \"int\"\nconnection = \"{connection}\"\n\
             address = \"holding:{address}\"\n"
        ))
    }

    /// Adds an MQTT connection.
    pub(super) fn broker(self, name: &str, port: u16) -> Self {
        self.with(format_args!(
            "[[connections]]\nname = \"{name}\"\ntype = \"mqtt\"\nurl = \"mqtt://127.0.0.1:{port}\"\n"
        ))
    }

    /// Adds a tag for a topic.
    pub(super) fn topic(self, tag: &str, connection: &str, topic: &str) -> Self {
        self.with(format_args!(
            "[[tags]]\npath = \"{tag}\"\ntype = \"string\"\nconnection = \"{connection}\"\ntopic = \"{topic}\"\n"
        ))
    }

    /// Has the ledger be somewhere else.
    pub(super) fn store(self, url: &str) -> Self {
        self.with(format_args!("[store]\nurl = \"{url}\"\n"))
    }

    /// Adds a derived tag.
    pub(super) fn derived(self, tag: &str, expression: &str) -> Self {
        self.with(format_args!("[[tags]]\npath = \"{tag}\"\nexpression = \"{expression}\"\n"))
    }

    /// Adds an operation that runs while a condition is true.
    pub(super) fn operation(self, name: &str, condition: &str) -> Self {
        self.with(format_args!(
            "[[operations]]\nname = \"{name}\"\nlocation = \"Line\"\n\
             start_trigger_expression = \"{condition}\"\nstop_trigger_expression = \"{condition}\"\n"
        ))
    }

    /// Lets handshakes write over the connection that was added last.
    pub(super) fn writable(self) -> Self {
        self.with(format_args!("allow_writes = true"))
    }

    /// Gives the operation that was added last a handshake.
    pub(super) fn handshake(self, keys: &str) -> Self {
        self.with(format_args!("[operations.handshake]\n{keys}"))
    }

    /// Has the operation that was added last refuse starts within so many milliseconds.
    pub(super) fn holdoff(self, millis: u32) -> Self {
        self.with(format_args!("restart_holdoff_millis = {millis}"))
    }

    /// Adds an operation that only commands start.
    pub(super) fn manual(self, name: &str) -> Self {
        self.with(format_args!("[[operations]]\nname = \"{name}\"\nlocation = \"Line\"\ntrigger_source = \"MANUAL\"\n"))
    }

    /// Adds an operation with a record for each value of a tag; the value is the record's order.
    pub(super) fn operation_of_values(self, name: &str, tag: &str) -> Self {
        self.with(format_args!(
            "[[operations]]\nname = \"{name}\"\nlocation = \"Line\"\nstart_trigger_type = \"CHANGE\"\n\
             start_trigger_expression = \"{{{tag}}}\"\nproduction_order_resolution_strategy = \"EXPRESSION\"\n\
             production_order_expression = \"{{{tag}}}\"\n"
        ))
    }

    /// Adds a key to what was added last.
    pub(super) fn and(self, line: &str) -> Self {
        self.with(format_args!("{line}"))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    fn with(mut self, text: std::fmt::Arguments<'_>) -> Self {
        writeln!(self.0, "{text}").expect("writing text to memory cannot fail");
        self
    }
}
