//! Production orders while the engine runs.

use std::collections::BTreeMap;

use latchwork_expr::Text;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// An order's life (`spec/engine.md` section 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrderStatus {
    /// Known, nothing planned.
    #[default]
    Idle,
    /// Planned.
    Scheduled,
    /// Being made.
    Running,
    /// Begun, standing.
    Paused,
    /// Begun, ended for now.
    Stopped,
    /// Done; final.
    Closed,
    /// Given up; final.
    Cancelled,
}

impl OrderStatus {
    /// Returns the word that plants know.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Idle => "IDLE",
            Self::Scheduled => "SCHEDULED",
            Self::Running => "RUNNING",
            Self::Paused => "PAUSED",
            Self::Stopped => "STOPPED",
            Self::Closed => "CLOSED",
            Self::Cancelled => "CANCELLED",
        }
    }

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
#[derive(Clone, Debug)]
pub struct Order {
    /// The name, unique.
    pub name: Text,
    /// The id.
    pub id: Ulid,
    /// The status now.
    pub status: OrderStatus,
}

/// The orders that the engine knows, found by name or id.
#[derive(Debug, Default)]
pub(crate) struct Orders {
    rows: Vec<Order>,
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
        self.rows.push(order);
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

    /// Returns an order.
    pub(crate) fn get(&self, index: OrderIndex) -> &Order {
        &self.rows[index.0 as usize]
    }

    /// Returns an order, to be changed.
    pub(crate) fn get_mut(&mut self, index: OrderIndex) -> &mut Order {
        &mut self.rows[index.0 as usize]
    }

    /// Returns every order, in the order in which they were added.
    pub(crate) fn all(&self) -> &[Order] {
        &self.rows
    }
}
