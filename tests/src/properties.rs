//! What holds for every plant and every trace.

use crate::model::{Observed, check_seed_in_full, records_from_json_lines};
use crate::rerun::{self, Outcome};

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
    let Outcome { records, .. } = rerun::replay(plant, &[("trace.csv", trace.as_bytes())]);
    let records = records_from_json_lines(&records).expect("record lines are as documented");
    Observed { records, events: None, orders: None }
}
