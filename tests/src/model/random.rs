//! A random case of a seed: a plant and what happens in it; knows nothing of what should come out.

use super::check::Case;
use super::dice::Dice;
use super::names::{FirstScan, OrderStatus, TagKind, Uncertain};
use super::plant::{ModelOrder, ModelPlant, ModelTag, UnknownOrders};
use super::random_command::random_commands;
use super::random_connection::random_connection;
use super::random_operation::random_operation;
use super::random_schedule::add_schedule;
use super::random_trace::random_trace;

/// The tags of every random plant; few, so that triggers share them.
pub(super) const TAGS: [(&str, TagKind); 8] = [
    ("run", TagKind::Bool),
    ("ready", TagKind::Bool),
    ("fault", TagKind::Bool),
    ("count", TagKind::Int),
    ("level", TagKind::Float),
    ("batch", TagKind::Text),
    ("order", TagKind::Text),
    ("unread", TagKind::Int),
];

/// The orders that plants name; the last one is never configured.
pub(super) const ORDERS: [&str; 3] = ["PO-1", "PO-2", "PO-3"];

/// The orders that every plant configures.
pub(super) const CONFIGURED_ORDERS: &[&str] = &[ORDERS[0], ORDERS[1]];

/// Returns the case of a seed, always the same.
pub fn random_case(seed: u64) -> Case {
    let mut dice = Dice::new(seed);
    let mut plant = random_plant(&mut dice);
    plant.connections.extend(random_connection(seed));
    let mut trace = random_trace(&mut dice, &plant);
    trace.commands = random_commands(&mut dice, &plant, &trace.rows);
    Case { plant, trace }
}

fn random_plant(dice: &mut Dice) -> ModelPlant {
    let mut plant = ModelPlant::empty();
    plant.first_scan = if dice.chance(25) { FirstScan::Fire } else { FirstScan::Arm };
    plant.uncertain = if dice.chance(25) { Uncertain::Bad } else { Uncertain::Good };
    plant.unknown_orders = if dice.chance(25) { UnknownOrders::Create } else { UnknownOrders::Report };
    plant.tags = TAGS.iter().map(|(path, kind)| ModelTag { path: (*path).to_owned(), kind: *kind }).collect();
    plant.orders = CONFIGURED_ORDERS.iter().map(|name| random_order(dice, name)).collect();
    for name in ["A", "B", "C", "D", "E"].into_iter().take(dice.below(4) + 2) {
        let parents: Vec<String> = plant.operations.iter().map(|operation| operation.name.clone()).collect();
        plant.operations.push(random_operation(dice, name, &parents));
    }
    if dice.chance(25) {
        // Children then come before their parents.
        plant.operations.reverse();
    }
    add_schedule(dice, &mut plant);
    plant
}

fn random_order(dice: &mut Dice, name: &str) -> ModelOrder {
    let status = if dice.chance(60) { OrderStatus::Idle } else { dice.pick(OrderStatus::ALL) };
    ModelOrder::new(name, status)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::names::{EndReason, EventKind, StartReason};
    use super::super::random_crash::random_crashing_case;
    use super::super::random_reload::random_reloading_case;
    use super::super::record::Outcome;
    use super::super::run::run;
    use super::*;

    const SEEDS: u64 = 1_000;
    const CASES: [fn(u64) -> Case; 3] = [random_case, random_crashing_case, random_reloading_case];

    fn outcomes() -> impl Iterator<Item = (u64, Outcome)> {
        let cases = (0..SEEDS).flat_map(|seed| CASES.map(|case| (seed, case(seed))));
        cases.map(|(seed, case)| (seed, run(&case.plant, &case.trace)))
    }

    #[test]
    fn a_seed_gives_the_same_case_and_its_neighbour_another() {
        assert_eq!(random_case(3), random_case(3));
        assert_ne!(random_case(3), random_case(4));
    }

    #[test]
    fn the_seeds_reach_every_reason_every_event_and_every_count() {
        let (mut starts, mut ends, mut events) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let (mut flags, mut counted) = (BTreeSet::new(), [false; 3]);
        for (_, outcome) in outcomes() {
            starts.extend(outcome.records.iter().map(|record| record.start_reason));
            ends.extend(outcome.records.iter().filter_map(|record| record.end_reason));
            flags.extend(outcome.records.iter().map(|record| (record.detected_after_gap, record.overrun)));
            events.extend(outcome.events.iter().map(|event| event.kind));
            let counts = outcome.counts;
            counted[0] |= counts.continued > 0;
            counted[1] |= counts.held_off > 0;
            counted[2] |= counts.ignored > 0;
        }
        assert_eq!(starts.into_iter().collect::<Vec<_>>(), StartReason::ALL);
        assert_eq!(ends.into_iter().collect::<Vec<_>>(), EndReason::ALL);
        assert_eq!(events.into_iter().collect::<Vec<_>>(), EventKind::ALL);
        assert_eq!((flags.len(), counted), (4, [true; 3]));
    }

    #[test]
    fn no_record_ends_before_it_starts_and_none_overlaps_the_next_of_its_operation() {
        for (seed, outcome) in outcomes() {
            // A person may say that a run began after it was seen.
            let is_corrected = outcome.events.iter().any(|event| event.kind == EventKind::Edited);
            for record in &outcome.records {
                assert!(record.end.is_none_or(|end| end >= record.start), "seed {seed}: {record:?}");
                let is_seen_late = record.detected_at >= record.start || record.has_parent || is_corrected;
                assert!(is_seen_late, "seed {seed}: {record:?}");
                assert_eq!(record.end.is_none(), record.end_reason.is_none(), "seed {seed}: {record:?}");
            }
            for (at, record) in outcome.records.iter().enumerate() {
                let next = outcome.records[at + 1..].iter().find(|next| next.operation == record.operation);
                let apart = next.is_none_or(|next| record.end.is_some_and(|end| end <= next.start));
                assert!(apart, "seed {seed}: {record:?} and {next:?}");
            }
        }
    }
}
