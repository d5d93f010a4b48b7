//! What a command finds of the records that it names, and what an edit leaves.

use latchwork_engine::{EventKind, FetchedRecord, Info, Modified, Record, Status};
use latchwork_expr::Timestamp;
use ulid::Ulid;

use crate::family::Lookup;
use crate::store::Store;
use crate::testing::{Ground, OwnTurn, at, ended, on_both, plant, running, with_order};

/// Looks an order up.
fn order(name: &str) -> Lookup<'_> {
    Lookup { order: Some(name), ..Lookup::default() }
}

/// Three runs of `Filling`, the second with a run of `Packing` below it, the third open.
async fn commit(store: &Store) -> [Record; 4] {
    let first = ended(&running(&plant(), 0, 1), 4);
    let second = with_order(ended(&running(&plant(), 0, 5), 9));
    let below = ended(&Record { parent: Some(second.id), ..running(&plant(), 2, 6) }, 8);
    let third = running(&plant(), 0, 12);
    let records = [first, second, below, third];
    store.commit(&OwnTurn::of(1, 1, records.clone()).turn()).await.unwrap();
    records
}

async fn fetched(store: &Store, record: Ulid) -> Vec<FetchedRecord> {
    store.fetch(Lookup { record: Some(record), ..Lookup::default() }).await.unwrap().records
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with what may be missing")]
fn wall(second: i64) -> Option<Timestamp> {
    Some(at(second).wall)
}

async fn a_record_comes_with_its_neighbours_and_those_below_it(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let [first, second, below, third] = commit(&store).await;

    let rows = fetched(&store, second.id).await;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [second.id, below.id]);
    let row = &rows[0];
    assert_eq!((row.previous_end, row.next_start), (wall(4), wall(12)));
    assert_eq!((row.start, row.end, row.duration_micros), (at(5).wall, wall(9), 4_000_000));
    assert_eq!((row.order.as_deref(), row.status, row.revision), (Some("PO-1"), Status::Completed, 2));
    assert_eq!((rows[1].previous_end, rows[1].next_start, rows[1].parent), (None, None, Some(second.id)));

    let row = fetched(&store, first.id).await.remove(0);
    assert_eq!((row.previous_end, row.next_start), (None, wall(5)));
    let row = fetched(&store, third.id).await.remove(0);
    assert_eq!((row.end, row.next_start), (None, None));
    assert!(fetched(&store, Ulid::nil()).await.is_empty());
}

async fn orders_are_found_by_name_and_id_whatever_their_status(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let [_, second, ..] = commit(&store).await;
    let names = |fetched: latchwork_engine::Fetched| -> Vec<String> {
        fetched.orders.iter().map(|order| order.name.to_string()).collect()
    };
    assert_eq!(names(store.fetch(order("PO-1")).await.unwrap()), ["PO-1"]);
    let id = plant().orders[0].id.to_string();
    assert_eq!(names(store.fetch(order(&id)).await.unwrap()), ["PO-1"]);
    assert_eq!(names(store.fetch(order("PO-2")).await.unwrap()), [] as [&str; 0]);
    assert_eq!(names(store.fetch(Lookup { record: Some(second.id), ..Lookup::default() }).await.unwrap()), ["PO-1"]);
}

async fn an_edit_changes_the_record_and_not_what_happens_now(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let [first, ..] = commit(&store).await;
    let modified = Some(Modified { by: Some("anna".into()), at: at(20).wall });
    let edited = Record { modified, notes: Some("late".into()), ..ended(&first, 3) };
    let edited = Record { revision: first.revision + 1, ..edited };
    let turn = OwnTurn::new(2).tell(5, EventKind::OperationEdited, Info::Record(Box::new(edited)));
    store.commit(&turn.turn()).await.unwrap();

    let row = fetched(&store, first.id).await.remove(0);
    assert_eq!((row.end, row.notes.as_deref(), row.revision), (wall(3), Some("late"), 3));
    let running = "SELECT count(*) FROM operations WHERE name = 'Filling' AND status = 'RUNNING' \
                   AND current_operation_record_id IS NOT NULL";
    assert_eq!(ground.number(running).await, 1);
    let by = "SELECT count(*) FROM operation_records WHERE modified_by = 'anna' \
              AND modified_date = '2026-03-01T06:00:20.000000Z'";
    assert_eq!(ground.number(by).await, 1);
}

on_both! {
    a_record_comes_with_its_neighbours_and_those_below_it,
    orders_are_found_by_name_and_id_whatever_their_status,
    an_edit_changes_the_record_and_not_what_happens_now,
}
