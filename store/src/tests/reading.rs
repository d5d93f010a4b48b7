//! What people and other programs find: columns, views, pages.

use crate::testing::{Ground, OwnTurn, ended, on_both, plant, running, with_order};

/// The columns that plants know (`spec/store.md`): a report that joins on them must go on working.
const CONTRACT: [(&str, &str); 8] = [
    (
        "operations",
        "id enabled created_date created_by modified_date modified_by notes spare1 spare2 spare3 name \
         auto_add_to_schedule expected_duration_calculation_strategy expected_duration_expression \
         expected_duration_seconds flush_interval_millis production_order_expression \
         production_order_resolution_strategy production_order_update_strategy running_conflict_strategy \
         start_production_order_status start_trigger_expression start_trigger_type status \
         stop_production_order_status stop_trigger_expression stop_trigger_type trigger_source \
         update_production_order_status_on_start update_production_order_status_on_stop \
         current_operation_record_id current_production_order_id location_id",
    ),
    (
        "operation_records",
        "id enabled created_date created_by modified_date modified_by notes spare1 spare2 spare3 name start_date \
         end_date status location_id operation_id production_order_id shift_record_id \
         operation location duration_seconds detected_at production_order schedule_id parent_record_id start_reason \
         end_reason expected_duration_seconds overrun paused_seconds detected_after_gap last_seen_date captures \
         revision",
    ),
    (
        "production_orders",
        "id enabled created_date created_by modified_date modified_by notes spare1 spare2 spare3 name start_date \
         due_date end_date quantity quantity_produced quantity_scheduled schedule_priority status location_id \
         product_material_id rate_per_hour",
    ),
    (
        "schedules",
        "id enabled created_date created_by modified_date modified_by notes spare1 spare2 spare3 duration_expected \
         start_date end_date quantity status location_id operation_id operation_record_id production_order_id",
    ),
    (
        "jobs",
        "id state production_order_id production_order quantity good_parts scrap_parts lost_parts in_process_parts \
         finished_parts assigned_to active active_batch_key active_batch_qt created_at started_at completed_at \
         last_online last_work_session_started retry_of error_code error_message",
    ),
    (
        "job_station_history",
        "id job_id location_id station entry_number state input good scrap rework lost posted_at posted_by started_at \
         started_by completed_at completed_by operation_record_id",
    ),
    ("jobs_with_legs", "gateway_id job_id production_order state station entry_number leg_state input good scrap lost"),
    ("parts_by_station", "station legs input good scrap rework lost"),
];

async fn the_columns_of_the_contract_are_there(ground: Ground) {
    ground.opened(&plant()).await.close().await.unwrap();
    for (table, columns) in CONTRACT {
        for column in columns.split_whitespace() {
            // A column that is not there is an error.
            ground.number(&format!("SELECT count({column}) FROM {table}")).await;
        }
    }
}

async fn views_tell_names_and_durations(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let (first, second) = (with_order(running(&plant(), 0, 1)), with_order(running(&plant(), 0, 11)));
    let records = [ended(&first, 4), second, running(&plant(), 2, 12)];
    store.commit(&OwnTurn::of(20, 1, records).turn()).await.unwrap();
    let three = "SELECT count(*) FROM runs WHERE operation IN ('Filling', 'Packing')";
    assert_eq!(ground.number(three).await, 3);
    let ended = "SELECT count(*) FROM runs WHERE operation = 'Filling' AND running_seconds = 3.0";
    assert_eq!(ground.number(ended).await, 1);
    let ordered = "SELECT count(*) FROM runs_per_order WHERE production_order = 'PO-1' AND runs = 2 AND open_runs = 1 \
                   AND duration_seconds = 3.0";
    assert_eq!(ground.number(ordered).await, 1);
    for (operation, elapsed) in [("Filling", 9), ("Packing", 8)] {
        let open =
            format!("SELECT count(*) FROM open_runs WHERE operation = '{operation}' AND elapsed_seconds = {elapsed}");
        assert_eq!(ground.number(&open).await, 1, "{operation}");
    }
}

async fn pages_follow_one_another(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let records: Vec<_> = (0..5).map(|n| ended(&running(&plant(), 0, n), n + 1)).collect();
    store.commit(&OwnTurn::of(1, 1, records).turn()).await.unwrap();
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = store.records(&after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after.clone_from(&last.id);
        seen.extend(page.into_iter().map(|record| record.start_date));
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted());
    let events = store.events(3, 10).await.unwrap();
    assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [4, 5]);
}

on_both! {
    the_columns_of_the_contract_are_there,
    views_tell_names_and_durations,
    pages_follow_one_another,
}
