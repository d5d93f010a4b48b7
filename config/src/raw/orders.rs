//! `[[production_orders]]`.

use latchwork_engine::{OrderStatus, ids};
use ulid::Ulid;

use crate::desk::Desk;
use crate::document::Table;
use crate::place::Place;
use crate::reader::{Reader, Written};
use crate::words::ORDER_STATUS;

/// One of `[[production_orders]]`.
#[derive(Debug)]
pub(crate) struct RawOrder {
    /// The name.
    pub(crate) name: Written,
    /// The id, and where it stands.
    pub(crate) id: (Ulid, Place),
    /// How much is to be made.
    pub(crate) quantity: Option<f64>,
    /// The status before anything happened.
    pub(crate) status: OrderStatus,
    /// How many are made in an hour.
    pub(crate) rate_per_hour: Option<f64>,
    /// The material that is made, by name.
    pub(crate) material: Option<Written>,
}

/// Reads one of `[[production_orders]]`.
pub(crate) fn read(desk: &mut Desk<'_>, table: &Table) -> Option<RawOrder> {
    let mut reader = Reader::new(desk, "production_orders", table);
    let name = reader.required_name("name");
    let derived = name.as_ref().map(|name| ids::order_id(&name.value));
    let id = reader.id("id", derived, "derived from the name");
    let quantity = reader.amount("quantity");
    let status = reader.word("status", ORDER_STATUS, OrderStatus::Idle);
    let material = reader.name("material");
    let rate_per_hour = reader.positive("rate_per_hour");
    reader.finish("[[production_orders]]");
    Some(RawOrder { name: name?, id: id?, quantity, status, rate_per_hour, material })
}
