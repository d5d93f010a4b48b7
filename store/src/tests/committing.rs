//! What a commit writes, and that it writes it once.

use latchwork_engine::{Effect, EventKind, Info, Order, OrderIndex, OrderStatus, ids};
use serde_json::json;

use crate::error::Failure;
use crate::testing::{Ground, OwnTurn, at, ended, on_both, plant, running, with_order};
use crate::turn::{Commit, RetainedRow};

async fn a_run_is_written_as_it_was(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let mut record = with_order(running(&plant(), 0, 1));
    record.captures =
        vec![("good".into(), latchwork_expr::Value::Integer(7)), ("speed".into(), latchwork_expr::Value::Null)];
    let closed = ended(&record, 4);
    let turn = OwnTurn::of(5, 1, [record, closed.clone()]);
    assert_eq!(store.commit(&turn.turn()).await.unwrap(), Commit::Written);
    let stored = store.records("", 10).await.unwrap();
    assert_eq!(stored.len(), 1);
    let line = json!({
        "id": closed.id.to_string(), "operation": "Filling", "location": "Line1/Filler", "status": "COMPLETED",
        "start_date": "2026-03-01T06:00:01.000000Z", "end_date": "2026-03-01T06:00:04.000000Z",
        "duration_seconds": 3.0, "detected_at": "2026-03-01T06:00:01.000000Z", "production_order": "PO-1",
        "start_reason": "TRIGGER", "end_reason": "TRIGGER", "expected_duration_seconds": null, "overrun": false,
        "paused_seconds": 0.0, "detected_after_gap": false, "parent_record_id": null,
        "captures": {"good": 7, "speed": null},
    });
    assert_eq!(stored[0].to_line().to_string(), line.to_string());
    assert_eq!(stored[0].revision, 2);
    assert_eq!(stored[0].production_order_id, Some(ids::order_id("PO-1").to_string()));
    let rest = "SELECT count(*) FROM operation_records WHERE name = 'Filling' AND notes = 'by hand' AND spare2 = 'two' \
                AND spare1 IS NULL AND enabled AND created_date = '2026-03-01T06:00:05.000000Z' \
                AND created_by IS NULL AND modified_date IS NULL AND shift_record_id IS NULL";
    assert_eq!(ground.number(rest).await, 1);
}

async fn a_turn_is_there_once_however_often_it_is_given(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let turn = OwnTurn::of(1, 1, [running(&plant(), 0, 1), running(&plant(), 2, 1)]);
    assert_eq!(store.commit(&turn.turn()).await.unwrap(), Commit::Written);
    assert_eq!(store.commit(&turn.turn()).await.unwrap(), Commit::AlreadyThere);
    // The program ended before it learned of its commit.
    store.close().await.unwrap();
    let store = ground.opened(&plant()).await;
    assert_eq!(store.commit(&turn.turn()).await.unwrap(), Commit::AlreadyThere);
    assert_eq!(store.count_records().await.unwrap(), 2);
    let events = store.events(0, 10).await.unwrap();
    assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(events[1].body, "{\"seq\":2}");
    assert_eq!(events[0].event_type, "operation.started");
}

async fn a_turn_out_of_step_is_refused(ground: Ground) {
    let store = ground.opened(&plant()).await;
    store.commit(&OwnTurn::of(5, 1, [running(&plant(), 0, 1)]).turn()).await.unwrap();
    for (sequence, seq) in [(4, 1), (5, 2), (6, 3), (6, 1)] {
        let error = store.commit(&OwnTurn::of(sequence, seq, [running(&plant(), 2, 1)]).turn()).await.unwrap_err();
        assert!(matches!(error.failure, Failure::OutOfStep { .. }), "{sequence} {seq}: {error}");
    }
    assert_eq!(store.count_records().await.unwrap(), 1);
}

async fn a_ledger_that_was_moved_meanwhile_is_looked_at_again(ground: Ground) {
    let store = ground.opened(&plant()).await;
    // After the first turn the writer knows where the ledger stands, and asks no more.
    for (sequence, operation) in [(1, 0), (2, 2)] {
        store.commit(&OwnTurn::of(sequence, sequence, [running(&plant(), operation, 1)]).turn()).await.unwrap();
    }
    ground.run("UPDATE gateways SET last_event_seq = 7").await;
    let next = OwnTurn::of(3, 3, [ended(&running(&plant(), 0, 1), 4)]);
    let error = store.commit(&next.turn()).await.unwrap_err();
    assert!(matches!(error.failure, Failure::OutOfStep { stored_seq: 7, .. }), "{error}");
    assert_eq!(ground.number("SELECT count(*) FROM operation_records WHERE end_date IS NOT NULL").await, 0);
    ground.run("UPDATE gateways SET last_event_seq = 2").await;
    assert_eq!(store.commit(&next.turn()).await.unwrap(), Commit::Written);
    assert_eq!(ground.number("SELECT last_event_seq FROM gateways").await, 3);
    assert_eq!(ground.number("SELECT count(*) FROM operation_records WHERE end_date IS NOT NULL").await, 1);
}

async fn a_ledger_that_another_took_over_is_left_alone(ground: Ground) {
    let store = ground.opened(&plant()).await;
    for (sequence, operation) in [(1, 0), (2, 2)] {
        store.commit(&OwnTurn::of(sequence, sequence, [running(&plant(), operation, 1)]).turn()).await.unwrap();
    }
    ground.run("UPDATE gateways SET started_date = '2026-03-02T06:00:00.000000Z'").await;
    let next = OwnTurn::of(3, 3, [ended(&running(&plant(), 0, 1), 4)]);
    let error = store.commit(&next.turn()).await.unwrap_err();
    assert!(matches!(error.failure, Failure::Locked { .. }), "{error}");
    assert_eq!(ground.number("SELECT count(*) FROM events").await, 2);
}

async fn turns_of_every_size_are_whole(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let mut seq = 1;
    for (sequence, rows) in [(1_u64, 1_usize), (2, 3), (3, 4), (4, 5), (5, 40), (6, 1), (7, 0), (8, 2)] {
        let record = running(&plant(), 0, sequence.cast_signed());
        let changed = std::iter::repeat_n(record.clone(), rows.saturating_sub(1));
        let mut turn = OwnTurn::of(sequence, seq, changed.chain((rows > 0).then(|| ended(&record, 60))));
        turn.retained =
            (0..rows).map(|row| RetainedRow { key: format!("k{row}"), value: sequence.to_string() }).collect();
        assert_eq!(store.commit(&turn.turn()).await.unwrap(), Commit::Written, "{rows} rows");
        seq += rows as u64;
        assert_eq!(ground.number("SELECT count(*) FROM events").await, seq.cast_signed() - 1);
        assert_eq!(ground.number("SELECT last_scan_sequence FROM gateways").await, sequence.cast_signed());
    }
    assert_eq!(ground.number("SELECT count(*) FROM operation_records WHERE end_date IS NOT NULL").await, 7);
    assert_eq!(ground.number("SELECT count(*) FROM retained").await, 40);
}

async fn the_greatest_revision_stays(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let record = running(&plant(), 0, 1);
    let closed = ended(&record, 9);
    for (sequence, given) in [(1, &closed), (2, &record), (3, &closed)] {
        store.commit(&OwnTurn::of(sequence, sequence, [given.clone()]).turn()).await.unwrap();
        let stored = store.records("", 10).await.unwrap();
        assert_eq!((stored.len(), stored[0].revision, stored[0].status.as_str()), (1, 2, "COMPLETED"), "{sequence}");
    }
}

async fn two_open_records_of_an_operation_are_impossible(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let first = running(&plant(), 0, 1);
    store.commit(&OwnTurn::of(1, 1, [first.clone()]).turn()).await.unwrap();
    // The turn has something good in it as well: nothing of it may stay.
    let both = OwnTurn::of(2, 2, [running(&plant(), 2, 2), running(&plant(), 0, 2)]);
    let error = store.commit(&both.turn()).await.unwrap_err();
    let Failure::Constraint { reason } = &error.failure else { panic!("{error}") };
    assert!(reason.to_lowercase().contains("unique constraint") && reason.contains("operation_records"), "{reason}");
    assert!(!error.is_transient());
    assert_eq!(store.count_records().await.unwrap(), 1);
    assert_eq!(store.events(0, 10).await.unwrap().len(), 1);
    // A close and the next open of one turn are no two open ones, and the store goes on.
    let next = OwnTurn::of(2, 2, [ended(&first, 2), running(&plant(), 0, 2)]);
    assert_eq!(store.commit(&next.turn()).await.unwrap(), Commit::Written);
    let open = store.open_records().await.unwrap();
    assert_eq!(
        open.iter().map(|record| record.start_date.as_str()).collect::<Vec<_>>(),
        ["2026-03-01T06:00:02.000000Z"]
    );
}

async fn an_operation_shows_what_it_does_now(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let record = with_order(running(&plant(), 0, 1));
    store.commit(&OwnTurn::of(1, 1, [record.clone()]).turn()).await.unwrap();
    let running = "SELECT count(*) FROM operations o JOIN operation_records r ON r.id = o.current_operation_record_id \
                   JOIN production_orders p ON p.id = o.current_production_order_id \
                   WHERE o.name = 'Filling' AND o.status = 'RUNNING' AND p.name = 'PO-1'";
    assert_eq!(ground.number(running).await, 1);
    store.commit(&OwnTurn::of(2, 2, [ended(&record, 2)]).turn()).await.unwrap();
    let ended = "SELECT count(*) FROM operations WHERE name = 'Filling' AND status = 'COMPLETED' \
                 AND current_operation_record_id IS NULL AND current_production_order_id IS NULL";
    assert_eq!(ground.number(ended).await, 1);
    assert_eq!(ground.number("SELECT count(*) FROM operations WHERE status = 'IDLE'").await, 2);
}

async fn orders_are_created_and_change_their_status(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let status = |order, from, to| Info::OrderStatus { order: OrderIndex(order), from, to };
    let mut turn = OwnTurn::new(1);
    let named = Order::named("PO-2".into(), ids::order_id("PO-2"));
    turn.orders.push(named.clone());
    turn.effects.push(Effect::OrderCreated(named));
    let changed = EventKind::ProductionOrderStatusChanged;
    let turn = turn
        .tell(1, changed, status(1, OrderStatus::Idle, OrderStatus::Running))
        .tell(2, changed, status(0, OrderStatus::Scheduled, OrderStatus::Running))
        .tell(3, changed, status(0, OrderStatus::Running, OrderStatus::Closed))
        .tell(4, EventKind::ProductionOrderFinal, status(0, OrderStatus::Closed, OrderStatus::Running));
    store.commit(&turn.turn()).await.unwrap();
    let orders = store.load(&plant()).await.unwrap().orders;
    let seen: Vec<_> = orders.iter().map(|order| (order.name.as_str(), order.status)).collect();
    assert_eq!(seen, [("PO-1", OrderStatus::Closed), ("PO-2", OrderStatus::Running)]);
}

async fn many_rows_keep_their_order_and_their_numbers(ground: Ground) {
    let store = ground.opened(&plant()).await;
    // 64, 16, 4 and single rows all take part.
    let records = (0..107).flat_map(|n| {
        let record = running(&plant(), 0, n);
        [record.clone(), ended(&record, n + 1)]
    });
    let turn = OwnTurn::of(1, 1, records);
    store.commit(&turn.turn()).await.unwrap();
    let stored = store.records("", 1000).await.unwrap();
    let starts: Vec<_> = stored.iter().map(|record| record.start_date.clone()).collect();
    let expected: Vec<_> = (0..107).map(|n| latchwork_expr::instant_text(at(n).wall)).collect();
    assert_eq!(starts, expected);
    assert!(stored.iter().all(|record| record.duration_seconds == Some(1.0)));
    let seqs: Vec<_> = store.events(0, 1000).await.unwrap().iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=214).collect::<Vec<_>>());
}

async fn what_is_retained_is_replaced_and_forgotten(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let row = |key: &str, value: &str| RetainedRow { key: key.to_owned(), value: value.to_owned() };
    let mut turn = OwnTurn::new(1);
    turn.retained = vec![row("a", "0"), row("b", "1"), row("a", "1"), row("c", "1")];
    store.commit(&turn.turn()).await.unwrap();
    // The same scan again: fresher state, no events.
    turn.retained = vec![row("b", "2")];
    turn.forgotten = vec!["c".to_owned(), "never there".to_owned()];
    assert_eq!(store.commit(&turn.turn()).await.unwrap(), Commit::Written);
    let loaded = store.load(&plant()).await.unwrap();
    assert_eq!(loaded.retained, [row("a", "1"), row("b", "2")]);
    assert_eq!((loaded.mark, loaded.next_seq), (Some(turn.mark), 1));
}

async fn a_commit_may_run_on_any_thread(ground: Ground) {
    const fn is_send<T: Send>(future: T) -> T {
        future
    }
    let store = ground.opened(&plant()).await;
    let turn = OwnTurn::of(1, 1, [running(&plant(), 0, 1)]);
    assert_eq!(is_send(store.commit(&turn.turn())).await.unwrap(), Commit::Written);
    is_send(store.close()).await.unwrap();
}

async fn a_flush_writes_how_an_open_record_stands_and_changes_nothing_else(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let record = running(&plant(), 0, 1);
    store.commit(&OwnTurn::of(1, 1, [record.clone()]).turn()).await.unwrap();
    let mut flushed = record.clone();
    flushed.last_seen = Some(at(3).wall);
    flushed.captures = vec![("good".into(), latchwork_expr::Value::Integer(7))];
    let turn = OwnTurn { flushed: vec![flushed.clone()], ..OwnTurn::new(2) };
    assert_eq!(store.commit(&turn.turn()).await.unwrap(), Commit::Written);
    let seen = "SELECT count(*) FROM operation_records WHERE last_seen_date = '2026-03-01T06:00:03.000000Z' \
                AND captures = '{\"good\":7}' AND revision = 1 AND end_date IS NULL";
    assert_eq!(ground.number(seen).await, 1);
    assert_eq!(ground.number("SELECT count(*) FROM events").await, 1, "a flush is no event");
    // The row is of a later revision by now: how the record stood before is of no interest.
    store.commit(&OwnTurn::of(3, 2, [ended(&record, 4)]).turn()).await.unwrap();
    let late = OwnTurn { flushed: vec![flushed], ..OwnTurn::new(4) };
    assert_eq!(store.commit(&late.turn()).await.unwrap(), Commit::Written);
    let closed = "SELECT count(*) FROM operation_records WHERE end_date IS NOT NULL AND captures = '{}'";
    assert_eq!(ground.number(closed).await, 1);
}

on_both! {
    a_run_is_written_as_it_was,
    a_turn_is_there_once_however_often_it_is_given,
    a_turn_out_of_step_is_refused,
    a_ledger_that_was_moved_meanwhile_is_looked_at_again,
    a_ledger_that_another_took_over_is_left_alone,
    turns_of_every_size_are_whole,
    the_greatest_revision_stays,
    two_open_records_of_an_operation_are_impossible,
    an_operation_shows_what_it_does_now,
    orders_are_created_and_change_their_status,
    many_rows_keep_their_order_and_their_numbers,
    what_is_retained_is_replaced_and_forgotten,
    a_commit_may_run_on_any_thread,
    a_flush_writes_how_an_open_record_stands_and_changes_nothing_else,
}
