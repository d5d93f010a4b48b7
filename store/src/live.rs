//! The live columns of `operations`: what each does now.

use latchwork_engine::Record;

use crate::cell::Cells;
use crate::commit::Origin;
use crate::record::order_id;
use crate::script::Script;
use crate::statement::{Bulk, bulk};

static PUT: Bulk = bulk!("put_live_status", 5);

/// Writes what operations do, by the latest record of each.
pub(crate) fn put(script: &mut Script, origin: &Origin<'_>, latest: &[&Record]) {
    script.put(&PUT, latest, |record| cells(record, origin));
}

fn cells(record: &Record, origin: &Origin<'_>) -> Cells {
    let open = record.end.is_none().then_some(record);
    Cells::with_capacity(5)
        .with(origin.gateway_id)
        .with(origin.plant.operations[record.operation.index()].id)
        .with(record.status.name())
        .with(open.map(|record| record.id))
        .with(open.and_then(|record| order_id(record, origin)))
}
