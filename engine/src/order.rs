//! Production orders while the engine runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchwork_expr::{Text, Timestamp};
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::plant::{Plant, ProductionOrder};
use crate::retained::{is_default, optional_ulid_text};
use crate::schedule::Priority;
use crate::words::words;

words! {
    /// An order's life (`spec/engine.md` section 8).
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    pub enum OrderStatus {
        /// Known, nothing planned.
        #[default]
        Idle = "IDLE",
        /// Planned.
        Scheduled = "SCHEDULED",
        /// Being made.
        Running = "RUNNING",
        /// Begun, standing.
        Paused = "PAUSED",
        /// Begun, ended for now.
        Stopped = "STOPPED",
        /// Done; final.
        Closed = "CLOSED",
        /// Given up; final.
        Cancelled = "CANCELLED",
    }
}

impl OrderStatus {
    /// Tells whether nothing may change it any more.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Closed | Self::Cancelled => true,
            Self::Idle | Self::Scheduled | Self::Running | Self::Paused | Self::Stopped => false,
        }
    }
}

/// An order's index among those that the engine knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderIndex(pub u32);

/// An order while the engine runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The name, unique.
    pub name: Text,
    /// The id.
    pub id: Ulid,
    /// The status now.
    pub status: OrderStatus,
    /// How much is to be made.
    pub quantity: Option<f64>,
    /// How many are made in an hour, where it is not its material that says so.
    pub rate_per_hour: Option<f64>,
    /// What is made: a material's id.
    pub material: Option<Ulid>,
    /// What is planned for it besides, if anything is: no rule reads it.
    pub plan: Option<Box<OrderPlan>>,
}

/// What people plan for an order that changes nothing of what its records are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrderPlan {
    /// When it is to begin.
    #[serde(skip_serializing_if = "is_default")]
    pub start: Option<Timestamp>,
    /// When it must be done.
    #[serde(skip_serializing_if = "is_default")]
    pub due: Option<Timestamp>,
    /// When it is to end.
    #[serde(skip_serializing_if = "is_default")]
    pub end: Option<Timestamp>,
    /// How urgent it is.
    #[serde(skip_serializing_if = "is_default")]
    pub priority: Option<Priority>,
    /// Where it is made: a location's id.
    #[serde(skip_serializing_if = "is_default", with = "optional_ulid_text")]
    pub location: Option<Ulid>,
    /// What people should know of it.
    #[serde(skip_serializing_if = "is_default")]
    pub notes: Option<Text>,
}

impl OrderPlan {
    /// Returns the plan, if anything is planned.
    pub fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}

impl Order {
    /// Returns an order of which only the name and the id are known.
    pub fn named(name: Text, id: Ulid) -> Self {
        Self { name, id, status: OrderStatus::Idle, quantity: None, rate_per_hour: None, material: None, plan: None }
    }

    /// Takes from the configuration what is not known otherwise.
    pub(crate) fn complete_by(&mut self, row: &ProductionOrder) {
        self.quantity = self.quantity.or(row.quantity);
        self.rate_per_hour = self.rate_per_hour.or(row.rate_per_hour);
        self.material = self.material.or(row.material);
    }
}

impl From<&ProductionOrder> for Order {
    fn from(row: &ProductionOrder) -> Self {
        let mut order = Self { status: row.status, ..Self::named(row.name.as_str().into(), row.id) };
        order.complete_by(row);
        order
    }
}

/// The orders that the engine knows, found by name or id.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    /// Shared with who writes them down: one that changes meanwhile changes in a copy.
    rows: Arc<Vec<Order>>,
    by_name: BTreeMap<Text, OrderIndex>,
    by_id: BTreeMap<Ulid, OrderIndex>,
}

impl Orders {
    /// Adds an order whose name is not there yet.
    ///
    /// # Panics
    /// Panics beyond 2³² orders.
    pub(crate) fn add(&mut self, order: Order) -> OrderIndex {
        let index = OrderIndex(u32::try_from(self.rows.len()).expect("more orders than indices"));
        self.by_name.insert(order.name.clone(), index);
        self.by_id.insert(order.id, index);
        Arc::make_mut(&mut self.rows).push(order);
        index
    }

    /// Returns the order of this name, else of this id.
    pub(crate) fn find(&self, name: &Text) -> Option<OrderIndex> {
        let by_id = || Ulid::from_string(name).ok().and_then(|id| self.by_id.get(&id));
        self.by_name.get(name).or_else(by_id).copied()
    }

    /// Tells whether there is an order of this name.
    pub(crate) fn has(&self, name: &Text) -> bool {
        self.by_name.contains_key(name)
    }

    /// Adds what the plant has besides.
    pub(crate) fn add_configured(&mut self, plant: &Plant) {
        for row in &plant.orders {
            match self.by_name.get(&Text::from(row.name.as_str())) {
                Some(&index) => self.get_mut(index).complete_by(row),
                None => _ = self.add(row.into()),
            }
        }
    }

    /// Returns an order.
    pub(crate) fn get(&self, index: OrderIndex) -> &Order {
        &self.rows[index.0 as usize]
    }

    /// Returns an order, to be changed.
    pub(crate) fn get_mut(&mut self, index: OrderIndex) -> &mut Order {
        &mut Arc::make_mut(&mut self.rows)[index.0 as usize]
    }

    /// Returns every order, in the order in which they were added.
    pub(crate) const fn all(&self) -> &Arc<Vec<Order>> {
        &self.rows
    }
}
