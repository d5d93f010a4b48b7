//! Production orders of the file.

use std::collections::BTreeSet;

use latchwork_engine::{ProductionOrder, UnknownOrders};

use super::materials::Materials;
use super::unique::Unique;
use crate::desk::Desk;
use crate::problems;
use crate::raw::RawOrder;
use crate::reader::Written;

/// The order names that the file may use.
#[derive(Debug)]
pub(super) struct OrderNames {
    names: BTreeSet<String>,
    unknown: UnknownOrders,
}

impl OrderNames {
    /// Complains about a name that no order has, unless such a name creates one.
    pub(super) fn check(&self, name: &Written, desk: &mut Desk<'_>) {
        if self.unknown == UnknownOrders::Create || self.names.contains(&name.value) {
            return;
        }
        let hint = desk.suggest(&name.value, self.names.iter().map(String::as_str));
        let message = format!("there is no production order `{}`", name.shown());
        desk.findings.add(problems::UNKNOWN_ORDER, name.place, message).hint_if(hint);
    }
}

/// Returns the order names that the file may use.
pub(super) fn names(orders: &[ProductionOrder], unknown: UnknownOrders) -> OrderNames {
    OrderNames { names: orders.iter().map(|order| order.name.clone()).collect(), unknown }
}

/// Lowers `[[production_orders]]`.
pub(super) fn lower(raw: Vec<RawOrder>, materials: &Materials, desk: &mut Desk<'_>) -> Vec<ProductionOrder> {
    let mut orders = Vec::with_capacity(raw.len());
    let (mut names, mut unique_ids) = (Unique::names("production orders"), Unique::ids("production orders"));
    for RawOrder { name, id: (id, id_place), quantity, status, rate_per_hour, material } in raw {
        let material = material.and_then(|material| materials.find(&material, desk));
        if names.take(name.value.clone(), name.shown(), name.place, desk) {
            let text = id.to_string();
            unique_ids.take(text.clone(), &text, id_place, desk);
            orders.push(ProductionOrder { name: name.value, id, quantity, rate_per_hour, material, status });
        }
    }
    orders
}
