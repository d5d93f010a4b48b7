//! Rows that a collector has as its gateway has them, column by column.

use super::super::ledger::Ledger;

/// The columns of a run that a collector has otherwise than its gateway: when the row was written here, and what no event
/// tells.
const NOT_THE_SAME: [&str; 4] = ["created_date", "spare1", "spare2", "spare3"];

/// All others; of a run that is open `last_seen_date` and `captures` are only as of its last event.
const RUNS: &str = "SELECT json_array(gateway_id, id, enabled, created_by, modified_date, modified_by, notes, name, start_date, \
     end_date, status, location_id, operation_id, production_order_id, shift_record_id, operation, location, \
     duration_seconds, detected_at, production_order, schedule_id, parent_record_id, start_reason, end_reason, \
     expected_duration_seconds, overrun, paused_seconds, detected_after_gap, \
     CASE WHEN end_date IS NOT NULL THEN json_array(last_seen_date, captures) END, revision) \
     FROM operation_records ORDER BY id";
const EVENTS: &str =
    "SELECT json_array(gateway_id, seq, id, event_type, occurred_at, recorded_at, body) FROM events ORDER BY seq";
/// Of orders and of entries what events tell.
const ORDERS: &str = "SELECT json_array(gateway_id, id, name, status) FROM production_orders ORDER BY id";
const ENTRIES: &str = "SELECT json_array(gateway_id, id, enabled, duration_expected, start_date, end_date, quantity, status, \
     location_id, operation_id, operation_record_id, production_order_id, priority, production_order) \
     FROM schedules ORDER BY id";

/// Sees to it that the runs, the events and the entries of the schedule are those of the gateway.
pub(in crate::live) fn assert_same_rows(kept: &Ledger, gateway: &Ledger) {
    let columns: Vec<(String,)> = gateway.rows("SELECT name FROM pragma_table_info('operation_records')");
    let is_compared = |column: &str| NOT_THE_SAME.contains(&column) || words(RUNS).any(|word| word == column);
    let forgotten = columns.iter().find(|column| !is_compared(&column.0));
    assert_eq!(forgotten, None, "every column of a run is compared");
    for query in [RUNS, EVENTS, ENTRIES] {
        assert_same(kept, gateway, query);
    }
}

/// Sees to it that the orders are those of the gateway: each must have had its status changed once.
pub(super) fn assert_same_orders(kept: &Ledger, gateway: &Ledger) {
    assert_same(kept, gateway, ORDERS);
}

fn assert_same(kept: &Ledger, gateway: &Ledger, query: &'static str) {
    let (kept, wanted) = (rows(kept, query), rows(gateway, query));
    let differing = kept.iter().zip(&wanted).find(|(kept, wanted)| kept != wanted);
    assert_eq!(differing, None, "{query}");
    assert_eq!(kept.len(), wanted.len(), "{query}");
}

fn rows(ledger: &Ledger, query: &'static str) -> Vec<String> {
    ledger.rows::<(String,)>(query).into_iter().map(|row| row.0).collect()
}

fn words(query: &str) -> impl Iterator<Item = &str> {
    query.split(|character: char| !character.is_alphanumeric() && character != '_')
}
