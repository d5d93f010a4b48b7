//! Rows as the API asks for them.

use latchwork_expr::instant_text;

use crate::Store;
use crate::care::Table;
use crate::listing::{Condition, Direction, Object, Page, Selection};
use crate::testing::{Ground, OwnTurn, at, ended, on_both, plant, running, with_order};

/// Lists all pages of two rows each; returns a column.
async fn all(store: &Store, selection: Selection, column: &str) -> Vec<String> {
    let (mut seen, mut page) = (Vec::new(), Page { after: None, rows_max: 2 });
    loop {
        let listing = store.select(&selection, &page).await.unwrap();
        assert!(listing.items.len() <= 2);
        let text = |row: &Object| row[column].as_str().map_or_else(|| row[column].to_string(), str::to_owned);
        seen.extend(listing.items.iter().map(text));
        if listing.next.is_none() {
            return seen;
        }
        page.after = listing.next;
    }
}

fn of(table: Table, conditions: Vec<Condition>) -> Selection {
    Selection { table, columns: &[], conditions, direction: Direction::Forward }
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

    let few = Selection { columns: &["status", "id"], ..of(Table::Records, vec![operation("Filling")]) };
    let row = store.select(&few, &Page { after: None, rows_max: 1 }).await.unwrap().items.pop().unwrap();
    assert_eq!(row.keys().collect::<Vec<_>>(), ["status", "id"]);

    let newest = Selection { direction: Direction::Backward, ..of(Table::Records, vec![operation("Filling")]) };
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
    let one = async |conditions| {
        let page = Page { after: None, rows_max: 1 };
        store.select(&of(Table::Operations, conditions), &page).await.unwrap().items.pop()
    };
    let id = plant().operations[2].id.to_string();
    let row = store.select_one(Table::Operations, Condition::Is("id", id)).await.unwrap().unwrap();
    assert_eq!((row["name"].as_str(), row["enabled"].as_bool()), (Some("Packing"), Some(true)));
    let columns: Vec<&str> = Table::Operations.column_types().map(|(name, _)| name).collect();
    assert!(row.keys().eq(&columns));
    assert_eq!(one(vec![Condition::Is("id", "0".to_owned())]).await, None);
    let (column, by) = ("location_id", &["path", "id"][..]);
    let there = Condition::Refers { column, table: Table::Locations, by, value: "Line1/Packer".to_owned() };
    assert_eq!(one(vec![there]).await, Some(row));
    assert_eq!(one(vec![Condition::Holds("enabled", false)]).await, None);
}

async fn who_reads_may_have_a_runtime_of_its_own_that_ends(ground: Ground) {
    let store = std::sync::Arc::new(ground.opened(&plant()).await);
    let count = async |store: &Store| all(store, of(Table::Operations, Vec::new()), "id").await.len();
    let expected = count(&store).await;
    for _ in 0..20 {
        let reader = std::sync::Arc::clone(&store);
        let read = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                // Two connections at once.
                let reads = [(); 2].map(|()| all(&reader, of(Table::Operations, Vec::new()), "id"));
                let [one, other] = reads;
                let (one, other) = tokio::join!(one, other);
                (one.len(), other.len())
            })
        };
        assert_eq!(tokio::task::spawn_blocking(read).await.unwrap(), (expected, expected));
        assert_eq!(count(&store).await, expected);
    }
}

on_both! {
    who_reads_may_have_a_runtime_of_its_own_that_ends,
    rows_are_found_by_name_id_time_and_status,
    events_are_listed_by_their_numbers,
    a_row_has_every_column_and_its_own_key,
}
