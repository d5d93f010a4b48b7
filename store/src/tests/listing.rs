//! Rows as the API asks for them.

use latchwork_expr::instant_text;

use crate::care::Table;
use crate::testing::{Ground, OwnTurn, at, ended, on_both, plant, running, with_order};
use crate::{Condition, Direction, ListedRow, Listing, Store};

/// Lists all pages of two rows each; returns a column.
async fn all(store: &Store, listing: Listing, column: &str) -> Vec<String> {
    let (mut seen, mut listing) = (Vec::new(), Listing { rows_max: 2, ..listing });
    loop {
        let page = store.list(&listing).await.unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { return seen };
        let text =
            |row: &ListedRow, name: &str| row[name].as_str().map_or_else(|| row[name].to_string(), str::to_owned);
        listing.after = Some(text(last, if listing.table == Table::Events { "seq" } else { "id" }));
        seen.extend(page.iter().map(|row| text(row, column)));
    }
}

fn of(table: Table, conditions: Vec<Condition>) -> Listing {
    Listing { table, conditions, direction: Direction::Forward, after: None, rows_max: 2 }
}

async fn rows_are_found_by_name_id_time_and_status(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let mut records: Vec<_> = (0..4).map(|n| ended(&running(&plant(), 0, 10 * n), 10 * n + 5)).collect();
    records.push(with_order(running(&plant(), 2, 100)));
    store.commit(&OwnTurn::of(1, 1, records).turn()).await.unwrap();
    let starts = |conditions| all(&store, of(Table::Records, conditions), "start_date");
    let operation = |value: &str| Condition::Either(&["operation", "operation_id"], value.to_owned());
    let filling = starts(vec![operation("Filling")]).await;
    assert_eq!(filling, [0, 10, 20, 30].map(|second| instant_text(at(second).wall)));
    let id = plant().operations[0].id.to_string();
    assert_eq!(starts(vec![operation(&id)]).await, filling);
    let between = vec![Condition::From("start_date", at(10).wall), Condition::Before("start_date", at(30).wall)];
    assert_eq!(starts(between).await, filling[1..3]);
    assert_eq!(starts(vec![Condition::Is("status", "RUNNING".to_owned())]).await, [instant_text(at(100).wall)]);
    assert_eq!(starts(vec![operation("Filling'; --")]).await, [""; 0]);

    let newest = Listing { direction: Direction::Backward, ..of(Table::Records, vec![operation("Filling")]) };
    let reversed: Vec<String> = filling.into_iter().rev().collect();
    assert_eq!(all(&store, newest, "start_date").await, reversed);
}

async fn events_are_listed_by_their_numbers(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let records = (0..12).map(|n| ended(&running(&plant(), 0, n), n + 1)).collect::<Vec<_>>();
    store.commit(&OwnTurn::of(1, 1, records).turn()).await.unwrap();
    let numbers: Vec<String> = (1..=12).map(|seq: u32| seq.to_string()).collect();
    assert_eq!(all(&store, of(Table::Events, Vec::new()), "seq").await, numbers);
}

async fn a_row_has_every_column_and_its_own_key(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let id = plant().operations[2].id.to_string();
    let row = store.listed(Table::Operations, &id).await.unwrap().unwrap();
    assert_eq!((row["name"].as_str(), row["enabled"].as_bool()), (Some("Packing"), Some(true)));
    let columns: Vec<&str> = Table::Operations.columns().map(|(name, _)| name).collect();
    assert!(row.keys().eq(&columns));
    assert_eq!(store.listed(Table::Operations, "0").await.unwrap(), None);
    let (column, by) = ("location_id", &["path", "id"][..]);
    let there = Condition::Refers { column, table: Table::Locations, by, value: "Line1/Packer".to_owned() };
    assert_eq!(store.list(&of(Table::Operations, vec![there])).await.unwrap(), [row]);
    let enabled = of(Table::Operations, vec![Condition::Holds("enabled", false)]);
    assert_eq!(store.list(&enabled).await.unwrap(), [] as [ListedRow; 0]);
}

on_both! {
    rows_are_found_by_name_id_time_and_status,
    events_are_listed_by_their_numbers,
    a_row_has_every_column_and_its_own_key,
}
