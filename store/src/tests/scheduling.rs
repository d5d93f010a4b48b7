//! The schedule, and what orders and materials say of quantities and rates.

use latchwork_engine::{
    Effect, EntryStatus, EventKind, Info, LocationIndex, Material, OperationIndex, PlannedEntry, Plant, Priority,
    ScheduleEntry, ids,
};

use crate::testing::{Ground, OwnTurn, at, on_both, plant, running};

/// Returns a plant with a material, an order of it and one planned entry.
fn planned() -> Plant {
    let mut plant = plant();
    let id = ids::material_id("Lager");
    let rates = vec![(LocationIndex(1), 600.0)];
    plant.materials = vec![Material { name: "Lager".to_owned(), id, rate_per_hour: Some(9_000.0), rates }];
    plant.orders[0].material = Some(id);
    plant.schedule = vec![entry(&plant, "PO-1")];
    plant
}

/// Returns an entry of the first operation, from second 10 to second 100.
fn entry(plant: &Plant, order: &str) -> PlannedEntry {
    PlannedEntry {
        id: ids::entry_id(plant.operations[0].id, at(10).wall, order, 0),
        operation: OperationIndex(0),
        order: Some(order.to_owned()),
        start: at(10).wall,
        end: Some(at(100).wall),
        priority: Priority::High,
        quantity: Some(50.0),
        status: EntryStatus::Scheduled,
    }
}

fn told(turn: OwnTurn, seq: u64, kind: EventKind, entry: &ScheduleEntry) -> OwnTurn {
    turn.tell(seq, kind, Info::Schedule(Box::new(entry.clone())))
}

async fn the_configurations_entries_are_added_and_come_back(ground: Ground) {
    let plant = planned();
    let store = ground.opened(&plant).await;
    let found = &store.load(&plant).await.unwrap().schedule;
    let wanted = &plant.schedule[0];
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].id, found[0].operation), (wanted.id, plant.operations[0].id));
    assert_eq!((found[0].start, found[0].end), (wanted.start, wanted.end));
    assert_eq!((found[0].order.as_deref(), found[0].quantity), (Some("PO-1"), Some(50.0)));
    assert_eq!((found[0].priority, found[0].status), (Priority::High, EntryStatus::Scheduled));
    let row = "SELECT count(*) FROM schedules AS s JOIN production_orders AS o ON o.id = s.production_order_id \
               JOIN operations AS p ON p.id = s.operation_id AND p.location_id = s.location_id \
               WHERE s.duration_expected = 1.5 AND o.name = 'PO-1' AND p.name = 'Filling'";
    assert_eq!(ground.number(row).await, 1);
}

async fn an_entry_that_is_there_wins_also_when_it_is_done(ground: Ground) {
    let plant = planned();
    let store = ground.opened(&plant).await;
    let mut done = plant.schedule[0].entry();
    done.status = EntryStatus::Completed;
    done.record = Some(running(&plant, 0, 1).id);
    store.commit(&told(OwnTurn::new(1), 1, EventKind::ScheduleCompleted, &done).turn()).await.unwrap();
    let mut more = plant.clone();
    more.schedule.push(entry(&plant, "PO-9"));
    more.schedule[0].end = None;
    store.mirror(&more, at(60).wall).await.unwrap();
    let found = store.load(&more).await.unwrap().schedule;
    let seen: Vec<_> = found.iter().map(|entry| (entry.status, entry.end, entry.record)).collect();
    let end = Some(at(100).wall);
    assert_eq!(seen, [(EntryStatus::Completed, end, done.record), (EntryStatus::Scheduled, end, None)]);
    // One that is done and that nobody plans any more is history.
    assert!(store.load(&crate::testing::plant()).await.unwrap().schedule.iter().all(|row| row.id != done.id));
    assert_eq!(ground.number("SELECT count(*) FROM schedules").await, 2);
}

async fn runs_move_their_entries(ground: Ground) {
    let plant = planned();
    let store = ground.opened(&plant).await;
    let mut record = running(&plant, 0, 20);
    let mut added = PlannedEntry { id: ids::entry_id(record.id, at(20).wall, "", 0), ..entry(&plant, "PO-1") }.entry();
    (added.status, added.record, added.end) = (EntryStatus::Running, Some(record.id), None);
    record.schedule = Some(added.id);
    let turn = OwnTurn { plant: plant.clone(), ..OwnTurn::of(1, 1, [record]) };
    store.commit(&told(turn, 2, EventKind::ScheduleAdded, &added).turn()).await.unwrap();
    let linked = "SELECT count(*) FROM schedules AS s JOIN operation_records AS r ON r.id = s.operation_record_id \
                  WHERE r.schedule_id = s.id AND s.status = 'RUNNING' AND s.duration_expected IS NULL";
    assert_eq!(ground.number(linked).await, 1);
    added.status = EntryStatus::Paused;
    let mut turn = OwnTurn { plant: plant.clone(), ..OwnTurn::new(2) };
    turn.effects.push(Effect::SchedulePaused(Box::new(added)));
    store.commit(&turn.turn()).await.unwrap();
    let statuses: Vec<_> = store.load(&plant).await.unwrap().schedule.iter().map(|entry| entry.status).collect();
    assert_eq!(statuses, [EntryStatus::Scheduled, EntryStatus::Paused]);
}

async fn an_order_takes_from_the_configuration_what_it_lacks(ground: Ground) {
    let mut bare = plant();
    bare.orders[0].quantity = None;
    let store = ground.opened(&bare).await;
    let mut full = planned();
    full.orders[0].rate_per_hour = Some(100.0);
    store.mirror(&full, at(60).wall).await.unwrap();
    let mut other = planned();
    other.orders[0].quantity = Some(1.0);
    store.mirror(&other, at(70).wall).await.unwrap();
    let orders = store.load(&full).await.unwrap().orders;
    let seen: Vec<_> = orders.iter().map(|order| (order.quantity, order.rate_per_hour, order.material)).collect();
    assert_eq!(seen, [(Some(12_000.0), Some(100.0), Some(ids::material_id("Lager")))]);
}

async fn materials_follow_the_configuration(ground: Ground) {
    let store = ground.opened(&planned()).await;
    let rates = "SELECT count(*) FROM materials AS m JOIN material_rates AS r ON r.material_id = m.id \
                 WHERE m.name = 'Lager' AND m.rate_per_hour = 9000 AND r.rate_per_hour = 600";
    assert_eq!(ground.number(rates).await, 1);
    let mut changed = planned();
    changed.materials[0].rate_per_hour = None;
    changed.materials[0].rates = vec![(LocationIndex(0), 700.0)];
    store.mirror(&changed, at(60).wall).await.unwrap();
    let moved = "SELECT count(*) FROM materials AS m JOIN material_rates AS r ON r.material_id = m.id \
                 JOIN locations AS l ON l.id = r.location_id \
                 WHERE m.rate_per_hour IS NULL AND r.rate_per_hour = 700 AND l.path = 'Line1/Filler'";
    assert_eq!(ground.number(moved).await, 1);
    // The name under another id is another material; the old row stays for the orders that name it.
    changed.materials[0].id = ids::material_id("another id");
    store.mirror(&changed, at(70).wall).await.unwrap();
    assert_eq!(ground.number("SELECT count(*) FROM materials WHERE enabled").await, 1);
    assert_eq!(ground.number("SELECT count(*) FROM materials WHERE NOT enabled").await, 1);
    assert_eq!(ground.number("SELECT count(*) FROM material_rates").await, 1);
}

on_both! {
    the_configurations_entries_are_added_and_come_back,
    an_entry_that_is_there_wins_also_when_it_is_done,
    runs_move_their_entries,
    an_order_takes_from_the_configuration_what_it_lacks,
    materials_follow_the_configuration,
}
