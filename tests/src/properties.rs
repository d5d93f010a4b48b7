//! What holds for every plant and every trace.

use latchwork_engine::Order;
use serde_json::Value as Json;

use crate::model::names::{EventKind, OrderStatus};
use crate::model::plant::Micros;
use crate::model::{Observed, check_seed_in_full, records_from_json_lines, time_from_text};
use crate::rerun;

/// How many random plants the ordinary test run looks at.
const SEEDS: u64 = 3_000;
/// How many differing seeds are told.
const REPORTS_MAX: usize = 3;

#[test]
fn the_engine_agrees_with_the_model() {
    let seeds = std::env::var("LATCHWORK_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(SEEDS);
    let reports = (0..seeds).filter_map(|seed| check_seed_in_full(seed, &observe).err());
    let reports: Vec<String> = reports.take(REPORTS_MAX).collect();
    assert!(reports.is_empty(), "{}", reports.join("\n\n"));
}

fn observe(plant: &str, trace: &str) -> Observed {
    let outcome = rerun::replay(plant, &[("trace.csv", trace.as_bytes())]);
    let records = records_from_json_lines(&outcome.records).expect("record lines are as documented");
    let events = outcome.event_rows().iter().filter_map(event).collect();
    let status = |order: &Order| (order.name.to_string(), OrderStatus::from_name(order.status.name()).unwrap());
    Observed { records, events: Some(events), orders: Some(outcome.orders.iter().map(status).collect()) }
}

/// Returns an event's scan and kind, if the model knows that kind.
fn event(row: &Json) -> Option<(Micros, EventKind)> {
    let kind = EventKind::from_name(row["event_type"].as_str()?)?;
    Some((time_from_text(row["recorded_at"].as_str()?)?, kind))
}
