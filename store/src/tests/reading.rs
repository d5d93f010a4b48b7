//! What people and other programs find: columns, views, pages.

use sqlx::Row;

use crate::testing::{Directory, OwnTurn, ended, opened, plainly, plant, running, with_order};

/// The columns that plants know (`spec/store.md`): a report that joins on them must go on working.
const CONTRACT: [(&str, &str); 4] = [
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
];

#[tokio::test]
async fn the_columns_of_the_contract_are_there() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    opened(&file, &plant()).await.close().await.unwrap();
    let mut connection = plainly(&file).await;
    for (table, columns) in CONTRACT {
        let there: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?1)")
            .bind(table)
            .fetch_all(&mut connection)
            .await
            .unwrap();
        for column in columns.split_whitespace() {
            assert!(there.iter().any(|name| name == column), "{table}.{column}");
        }
    }
}

#[tokio::test]
async fn views_tell_names_and_durations() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let store = opened(&file, &plant()).await;
    let (first, second) = (with_order(running(&plant(), 0, 1)), with_order(running(&plant(), 0, 11)));
    let records = [ended(&first, 4), second, running(&plant(), 2, 12)];
    store.commit(&OwnTurn::of(20, 1, records).turn()).await.unwrap();
    let mut connection = plainly(&file).await;
    let runs = sqlx::query("SELECT * FROM runs ORDER BY start_date").fetch_all(&mut connection).await.unwrap();
    assert_eq!(runs.len(), 3);
    assert_eq!(runs[0].get::<&str, _>("operation"), "Filling");
    assert_eq!(runs[0].get::<Option<f64>, _>("running_seconds"), Some(3.0));
    assert_eq!(runs[1].get::<Option<&str>, _>("production_order"), Some("PO-1"));
    let orders = sqlx::query("SELECT * FROM runs_per_order").fetch_all(&mut connection).await.unwrap();
    assert_eq!(orders.len(), 1);
    let counts = (orders[0].get::<i64, _>("runs"), orders[0].get::<i64, _>("open_runs"));
    assert_eq!((counts, orders[0].get::<f64, _>("duration_seconds")), ((2, 1), 3.0));
    let open = sqlx::query("SELECT * FROM open_runs ORDER BY start_date").fetch_all(&mut connection).await.unwrap();
    let elapsed: Vec<f64> = open.iter().map(|row| row.get("elapsed_seconds")).collect();
    assert_eq!(elapsed, [9.0, 8.0]);
}

#[tokio::test]
async fn pages_follow_one_another() {
    let directory = Directory::new();
    let store = opened(&directory.file("ledger.db"), &plant()).await;
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
