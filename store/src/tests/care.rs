//! Care of a store, while it is written.

use std::fs;

use latchwork_cluster::Cluster;

use crate::care::{Care, Pruned, Table, Target};
use crate::error::Failure;
use crate::options::Options;
use crate::store::Store;
use crate::testing::{BEGIN, Directory, Ground, OwnTurn, at, ended, on_both, plant, running, with_order};

fn care(ground: &Ground) -> Care {
    Care::of(&ground.options("gw", BEGIN))
}

/// Commits a closed run of each of two operations and an open one.
async fn run(store: &Store) {
    let mut first = with_order(ended(&running(&plant(), 0, 1), 4));
    first.captures = vec![("good".into(), latchwork_expr::Value::Integer(7))];
    let records = [first, ended(&running(&plant(), 2, 100), 200), running(&plant(), 0, 150)];
    store.commit(&OwnTurn::of(300, 1, records).turn()).await.unwrap();
}

async fn a_sound_store_has_no_faults(ground: Ground) {
    let store = ground.opened(&plant()).await;
    run(&store).await;
    assert_eq!(care(&ground).check().await.unwrap(), [] as [String; 0]);
}

async fn what_is_against_the_rules_is_told(ground: Ground) {
    let store = ground.opened(&plant()).await;
    run(&store).await;
    ground.run("DELETE FROM events WHERE seq = 2").await;
    ground.run("UPDATE operations SET current_operation_record_id = NULL").await;
    ground
        .run("UPDATE operation_records SET start_date = '2027-01-01T00:00:00.000000Z' WHERE end_date IS NOT NULL")
        .await;
    let found = care(&ground).check().await.unwrap();
    let told = [
        "events before which numbers are missing: 1",
        "open records that their operations do not show: 1",
        "records that end before they start: 2",
    ];
    assert_eq!(found, told);
}

#[tokio::test]
async fn what_names_a_row_that_is_not_there_is_told() {
    let ground = Ground::server();
    let store = ground.opened(&plant()).await;
    run(&store).await;
    ground.run("UPDATE operation_records SET operation_id = 'gone' WHERE production_order_id IS NOT NULL").await;
    ground.run("UPDATE operation_records SET location_id = 'gone' WHERE end_date IS NULL").await;
    ground.run("UPDATE operations SET current_operation_record_id = NULL").await;
    let told = [
        "open records that their operations do not show: 1",
        "records whose operation, location or order is not there: 2",
    ];
    assert_eq!(care(&ground).check().await.unwrap(), told);
    ground.run("UPDATE operation_records SET production_order_id = 'gone'").await;
    let told = [told[0], "records whose operation, location or order is not there: 3"];
    assert_eq!(care(&ground).check().await.unwrap(), told);
}

async fn exported(ground: &Ground, table: Table) -> (String, String) {
    let (mut lines, mut csv) = (Vec::new(), Vec::new());
    let rows = care(ground).export(table, Target::JsonLines(&mut lines)).await.unwrap();
    assert_eq!(care(ground).export(table, Target::Csv(&mut csv)).await.unwrap(), rows);
    let (lines, csv) = (String::from_utf8(lines).unwrap(), String::from_utf8(csv).unwrap());
    assert_eq!((lines.lines().count() as u64, csv.lines().count() as u64), (rows, rows + 1));
    (lines, csv)
}

async fn a_table_is_exported_alike(ground: Ground) {
    let store = ground.opened(&plant()).await;
    run(&store).await;
    let (lines, csv) = exported(&ground, Table::Records).await;
    let record = ended(&running(&plant(), 0, 1), 4);
    let (place, operation) = (plant().locations[0].id, plant().operations[0].id);
    let order = plant().orders[0].id;
    let first = format!(
        "{{\"gateway_id\":\"gw\",\"id\":\"{}\",\"enabled\":true,\"created_date\":\"2026-03-01T06:05:00.000000Z\",\
         \"created_by\":null,\"modified_date\":null,\"modified_by\":null,\"notes\":\"by hand\",\"spare1\":null,\
         \"spare2\":\"two\",\"spare3\":null,\"name\":\"Filling\",\"start_date\":\"2026-03-01T06:00:01.000000Z\",\
         \"end_date\":\"2026-03-01T06:00:04.000000Z\",\"status\":\"COMPLETED\",\"location_id\":\"{place}\",\
         \"operation_id\":\"{operation}\",\"production_order_id\":\"{order}\",\"shift_record_id\":null,\
         \"operation\":\"Filling\",\"location\":\"Line1/Filler\",\"duration_seconds\":3.0,\
         \"detected_at\":\"2026-03-01T06:00:01.000000Z\",\"production_order\":\"PO-1\",\"schedule_id\":null,\
         \"parent_record_id\":null,\"start_reason\":\"TRIGGER\",\"end_reason\":\"TRIGGER\",\
         \"expected_duration_seconds\":null,\"overrun\":false,\"paused_seconds\":0.0,\"detected_after_gap\":false,\
         \"last_seen_date\":null,\"captures\":{{\"good\":7}},\"revision\":2}}",
        record.id
    );
    assert_eq!(lines.lines().next().unwrap(), first);
    let cells = csv.lines().nth(1).unwrap();
    assert!(cells.starts_with(&format!("gw,{},true,2026-03-01T06:05:00.000000Z,,,,by hand,,two,,Filling,", record.id)));
    assert!(cells.ends_with(",false,0.0,false,,\"{\"\"good\"\":7}\",2"), "{cells}");
    for table in [Table::Operations, Table::Orders, Table::Schedule, Table::Locations, Table::Materials] {
        exported(&ground, table).await;
    }
}

async fn an_export_of_many_rows_has_each_once(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let records = (0..2_500).map(|n| ended(&running(&plant(), 0, n), n + 1));
    store.commit(&OwnTurn::of(1, 1, records).turn()).await.unwrap();
    let (lines, _) = exported(&ground, Table::Events).await;
    let seqs: Vec<u64> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(seqs, (1..=2_500).collect::<Vec<_>>());
}

async fn only_what_is_over_is_pruned(ground: Ground) {
    let store = ground.opened(&plant()).await;
    run(&store).await;
    let before = at(150).wall;
    assert_eq!(care(&ground).prune(before).await.unwrap(), Pruned { records: 1, ..Pruned::default() });
    assert_eq!(care(&ground).prune(before).await.unwrap(), Pruned::default());
    let late = at(1_000_000).wall;
    assert_eq!(care(&ground).prune(late).await.unwrap(), Pruned { records: 1, ..Pruned::default() });
    assert_eq!(store.open_records().await.unwrap().len(), 1, "what is open stays, however old it is");
    assert_eq!(store.events(0, 10).await.unwrap().len(), 3, "and so does what nobody was told");
    assert_eq!(care(&ground).check().await.unwrap(), [] as [String; 0]);
}

async fn a_store_is_copied_while_it_is_written(ground: Ground) {
    let store = ground.opened(&plant()).await;
    run(&store).await;
    let directory = Directory::new();
    let copy = directory.file("copy");
    care(&ground).back_up(&copy).await.unwrap();
    let error = care(&ground).back_up(&copy).await.unwrap_err();
    assert!(error.to_string().ends_with("is there already"), "{error}");
    let restored = match &ground {
        Ground::File(_) => Store::open(&Options::file(&copy, "gw", at(1).wall).unwrap()).await.unwrap(),
        Ground::Server { .. } => {
            let url = Cluster::shared().restored(&copy);
            Ground::Server { url }.reopened(at(1).wall).await
        }
    };
    assert_eq!(restored.records("", 10).await.unwrap(), store.records("", 10).await.unwrap());
    assert_eq!(restored.load(&plant()).await.unwrap().mark, store.load(&plant()).await.unwrap().mark);
}

async fn what_is_not_there_is_not_made(ground: Ground) {
    let error = care(&ground).check().await.unwrap_err();
    assert!(matches!(error.failure, Failure::CannotOpen { .. } | Failure::NoStore), "{error}");
    care(&ground).migrate().await.unwrap();
    assert_eq!(care(&ground).check().await.unwrap(), [] as [String; 0]);
    assert!(matches!(ground.opened(&plant()).await.count_records().await, Ok(0)));
}

#[tokio::test]
async fn damaged_pages_are_told() {
    let ground = Ground::file();
    let store = ground.opened(&plant()).await;
    let records = (0..500).map(|n| ended(&running(&plant(), 0, n), n + 1));
    store.commit(&OwnTurn::of(1, 1, records).turn()).await.unwrap();
    store.close().await.unwrap();
    let Ground::File(directory) = &ground else { unreachable!() };
    let file = directory.file("ledger.db");
    let mut bytes = fs::read(&file).unwrap();
    let last = bytes.len() - 4096;
    bytes[last..].fill(0xA5);
    fs::write(&file, bytes).unwrap();
    assert!(!care(&ground).check().await.unwrap().is_empty());
}

on_both! {
    a_sound_store_has_no_faults,
    what_is_against_the_rules_is_told,
    a_table_is_exported_alike,
    an_export_of_many_rows_has_each_once,
    only_what_is_over_is_pruned,
    a_store_is_copied_while_it_is_written,
    what_is_not_there_is_not_made,
}
