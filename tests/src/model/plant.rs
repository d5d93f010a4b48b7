//! A plant of the model: plain structs, tags and orders by name; knows nothing of running.

use std::collections::BTreeSet;

use super::expression::Expression;
use super::names::{
    CaptureMode, ConflictScope, ConflictStrategy, EdgeKind, FirstScan, OrderStatus, OrderUpdate, Priority, TagKind,
    Uncertain,
};
use super::time::time_text;

/// One microsecond is the unit of the model's times.
pub type Micros = i64;

/// A millisecond.
pub const MILLISECOND: Micros = 1_000;

/// A second.
pub const SECOND: Micros = 1_000_000;

/// Everything configured.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelPlant {
    /// What first known levels do, unless an operation says otherwise.
    pub first_scan: FirstScan,
    /// What Uncertain is to a trigger.
    pub uncertain: Uncertain,
    /// Whether an unknown order's name makes an order.
    pub unknown_orders: UnknownOrders,
    /// The declared tags.
    pub tags: Vec<ModelTag>,
    /// The configured orders.
    pub orders: Vec<ModelOrder>,
    /// The operations, in configuration order.
    pub operations: Vec<ModelOperation>,
    /// The configured materials.
    pub materials: Vec<ModelMaterial>,
    /// The configured schedule.
    pub schedule: Vec<ModelEntry>,
    /// The connections. None reads a tag of another.
    pub connections: Vec<ModelConnection>,
}

/// A connection that is believed on a condition only.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelConnection {
    /// The name.
    pub name: String,
    /// Its tags, by path.
    pub tags: Vec<String>,
    /// What must be true; without memory.
    pub valid_when: Option<Expression>,
    /// The tag that must change again and again, and within how many milliseconds.
    pub heartbeat: Option<(String, i64)>,
}

/// What an order's unknown name does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownOrders {
    /// It is told.
    Report,
    /// It is created.
    Create,
}

/// A declared tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelTag {
    /// The path, without provider.
    pub path: String,
    /// The type.
    pub kind: TagKind,
}

/// A configured order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelOrder {
    /// The name.
    pub name: String,
    /// The status before anything happened.
    pub status: OrderStatus,
    /// How much is to be made.
    pub quantity: Option<i64>,
    /// How many are made in an hour.
    pub rate_per_hour: Option<i64>,
    /// The material, by name.
    pub material: Option<String>,
}

/// A configured material.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelMaterial {
    /// The name.
    pub name: String,
    /// How many are made in an hour.
    pub rate_per_hour: Option<i64>,
    /// How many are made in an hour at locations.
    pub rates: Vec<(String, i64)>,
}

/// An entry of the schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelEntry {
    /// The operation, by name.
    pub operation: String,
    /// The order, by name.
    pub order: Option<String>,
    /// When its window begins.
    pub start: Micros,
    /// When its window is over.
    pub end: Option<Micros>,
    /// How urgent it is.
    pub priority: Priority,
}

/// A configured operation.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelOperation {
    /// The name; unique in a model plant.
    pub name: String,
    /// The location's path.
    pub location: String,
    /// Whether it may start.
    pub enabled: bool,
    /// The operation whose records it follows (`PARENT`), by name; else its edges count (`EXPRESSION`).
    pub parent: Option<String>,
    /// What opens a record.
    pub start: Option<ModelTrigger>,
    /// What closes it.
    pub stop: Option<ModelTrigger>,
    /// What closes it FAULTED, on a rising edge.
    pub fault: Option<Expression>,
    /// What its first known levels do, if not the plant's rule.
    pub first_scan: Option<FirstScan>,
    /// How long after its latest record's start a start is ignored.
    pub restart_holdoff_millis: i64,
    /// The longest run; 0 is none.
    pub max_duration_seconds: i64,
    /// What a start does while another run is open.
    pub conflict_strategy: ConflictStrategy,
    /// Which runs that concerns.
    pub conflict_scope: ConflictScope,
    /// Where its records' order comes from.
    pub order: OrderRule,
    /// What an order becomes when a record starts with it.
    pub order_status_on_start: Option<OrderStatus>,
    /// What an order becomes when a record stops with it.
    pub order_status_on_stop: Option<OrderStatus>,
    /// How long a run should last.
    pub expected: ExpectedDuration,
    /// Whether a run that nobody planned is added to the schedule.
    pub auto_add: bool,
    /// What is measured over a run.
    pub captures: Vec<ModelCapture>,
    /// What counts the machine's runs.
    pub sequence: Option<ModelSequence>,
    /// What a start of the gateway makes of its run.
    pub restart: RestartRule,
}

/// A counter of a machine's runs.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelSequence {
    /// The tag.
    pub tag: String,
    /// Where it begins again at 0.
    pub rollover: Option<f64>,
}

/// What a start of the gateway makes of an open run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RestartRule {
    /// It goes on, unless it was seen last longer than so many seconds ago; 0 is always.
    Resume(i64),
    /// It ends when it was seen last.
    CloseAtLastSeen,
}

/// Something that is measured over a run.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCapture {
    /// The name; unique in its operation.
    pub name: String,
    /// What is measured.
    pub expression: Expression,
    /// How.
    pub mode: CaptureMode,
    /// For DELTA: where a counter begins again at 0.
    pub rollover: Option<i64>,
}

/// One trigger.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelTrigger {
    /// The level.
    pub expression: Expression,
    /// The edge.
    pub kind: EdgeKind,
    /// How long the level must stand.
    pub hold_millis: i64,
    /// For CHANGE: differences up to this are none.
    pub deadband: f64,
}

/// Where a record's order comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum OrderRule {
    /// Nowhere, or from the parent.
    None,
    /// Assigned beforehand.
    Manual(Option<String>),
    /// Read.
    Expression(Expression, OrderUpdate),
    /// Planned.
    Schedule,
}

/// How long a run should last.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpectedDuration {
    /// So many seconds; 0 is none.
    Static(i64),
    /// As the expression says when the record opens.
    Expression(Expression),
    /// As the record's order says when the record opens.
    FromOrder,
}

impl ModelPlant {
    /// Returns a plant with the defaults and nothing in it.
    pub fn empty() -> Self {
        Self {
            first_scan: FirstScan::Arm,
            uncertain: Uncertain::Good,
            unknown_orders: UnknownOrders::Report,
            tags: Vec::new(),
            orders: Vec::new(),
            operations: Vec::new(),
            materials: Vec::new(),
            schedule: Vec::new(),
            connections: Vec::new(),
        }
    }

    /// Returns the tags that any expression reads.
    pub fn tags_read(&self) -> BTreeSet<String> {
        let mut tags = BTreeSet::new();
        for operation in &self.operations {
            operation.add_tags(&mut tags);
        }
        tags.extend(self.connections.iter().flat_map(ModelConnection::witnesses));
        tags
    }

    /// Returns the operation's parent.
    pub fn parent_of(&self, operation: usize) -> Option<usize> {
        let parent = self.operations[operation].parent.as_ref()?;
        self.operations.iter().position(|candidate| candidate.name == *parent)
    }

    /// Returns the operation at the top of the operation's family.
    pub fn topmost(&self, operation: usize) -> usize {
        self.parent_of(operation).map_or(operation, |parent| self.topmost(parent))
    }

    /// Returns the operations that follow this one, in configuration order.
    pub fn children_of(&self, operation: usize) -> Vec<usize> {
        (0..self.operations.len()).filter(|child| self.parent_of(*child) == Some(operation)).collect()
    }
}

impl ModelConnection {
    /// Returns the tags that show whether it is to be believed.
    pub fn witnesses(&self) -> BTreeSet<String> {
        let mut tags: BTreeSet<String> = self.heartbeat.iter().map(|(tag, _)| tag.clone()).collect();
        self.valid_when.iter().for_each(|expression| expression.add_tags(&mut tags));
        tags
    }

    /// Returns its tags that are not believed while it is not.
    pub fn guarded(&self) -> Vec<String> {
        let witnesses = self.witnesses();
        self.tags.iter().filter(|tag| !witnesses.contains(*tag)).cloned().collect()
    }
}

impl ModelOperation {
    /// Returns an operation with the defaults and without triggers.
    pub fn new(name: &str, location: &str) -> Self {
        Self {
            name: name.to_owned(),
            location: location.to_owned(),
            enabled: true,
            parent: None,
            start: None,
            stop: None,
            fault: None,
            first_scan: None,
            restart_holdoff_millis: 0,
            max_duration_seconds: 0,
            conflict_strategy: ConflictStrategy::StopPrevious,
            conflict_scope: ConflictScope::Operation,
            order: OrderRule::None,
            order_status_on_start: None,
            order_status_on_stop: None,
            expected: ExpectedDuration::Static(0),
            captures: Vec::new(),
            sequence: None,
            auto_add: false,
            restart: RestartRule::Resume(0),
        }
    }

    /// Adds the tags that the operation's expressions read.
    pub(super) fn add_tags(&self, tags: &mut BTreeSet<String>) {
        for trigger in [&self.start, &self.stop].into_iter().flatten() {
            trigger.expression.add_tags(tags);
        }
        if let Some(fault) = &self.fault {
            fault.add_tags(tags);
        }
        if let OrderRule::Expression(order, _) = &self.order {
            order.add_tags(tags);
        }
        if let ExpectedDuration::Expression(seconds) = &self.expected {
            seconds.add_tags(tags);
        }
        self.captures.iter().for_each(|capture| capture.expression.add_tags(tags));
        tags.extend(self.sequence.iter().map(|sequence| sequence.tag.clone()));
    }
}

impl ModelOrder {
    /// Returns an order of which nothing else is known.
    pub fn new(name: &str, status: OrderStatus) -> Self {
        Self { name: name.to_owned(), status, quantity: None, rate_per_hour: None, material: None }
    }
}

impl ModelEntry {
    /// Returns an entry of the usual priority without an order.
    pub fn new(operation: &str, start: Micros, end: Option<Micros>) -> Self {
        Self { operation: operation.to_owned(), order: None, start, end, priority: Priority::Normal }
    }

    /// Returns the entry as one line: what events of it are about.
    pub fn text(&self) -> String {
        let end = self.end.map(time_text).unwrap_or_default();
        format!("{} {}..{end} {}", self.operation, time_text(self.start), self.order.as_deref().unwrap_or("none"))
    }
}

impl ModelTrigger {
    /// Returns a trigger on a rising edge without hold.
    pub fn rising(expression: Expression) -> Self {
        Self { expression, kind: EdgeKind::Rising, hold_millis: 0, deadband: 0.0 }
    }
}
