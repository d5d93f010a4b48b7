//! Rows of `retained`: what the engine must know besides its next scan. What they hold is its own.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::cell::Cells;
use crate::error::Failure;
use crate::row::Row;
use crate::script::Script;
use crate::session::Session;
use crate::statement::{Bulk, Statement, bulk, statement};
use crate::turn::RetainedRow;

static PUT: Bulk = bulk!("put_retained", 3);
static FORGET: Statement = statement!("forget_retained", "retained");
static ALL: Statement = statement!("retained", "retained");

/// Writes rows over those of the same key; of several the last.
pub(crate) fn put(script: &mut Script, gateway_id: &Arc<str>, rows: &[RetainedRow]) {
    let mut seen = HashSet::with_capacity(rows.len());
    let rows: Vec<&RetainedRow> = rows.iter().rev().filter(|row| seen.insert(row.key.as_str())).collect();
    let cells =
        |row: &&RetainedRow| Cells::with_capacity(3).with(gateway_id).with(row.key.as_str()).with(row.value.as_str());
    script.put(&PUT, &rows, cells);
}

/// Removes rows by their keys.
pub(crate) fn forget(script: &mut Script, gateway_id: &Arc<str>, keys: &[String]) {
    if !keys.is_empty() {
        let keys = Json::from(keys).to_string();
        script.say(&FORGET, Cells::default().with(gateway_id).with_json(keys));
    }
}

/// Returns every row.
pub(crate) async fn all(session: &mut Session, gateway_id: &Arc<str>) -> Result<Vec<RetainedRow>, Failure> {
    session.rows(&ALL, Cells::default().with(gateway_id), read).await
}

fn read(row: &Row<'_>) -> Result<RetainedRow, Failure> {
    Ok(RetainedRow { key: row.get("key")?, value: row.get("value")? })
}
