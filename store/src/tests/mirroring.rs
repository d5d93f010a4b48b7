//! The configuration in the tables.

use latchwork_engine::{OrderStatus, Plant, ids};

use crate::store::Store;
use crate::testing::{BEGIN, Directory, OwnTurn, at, number, opened, options, order, plainly, plant, running};

async fn again(store: &Store, plant: &Plant) {
    store.mirror(plant, at(60).wall).await.unwrap();
}

#[tokio::test]
async fn only_what_changed_is_modified() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let store = opened(&file, &plant()).await;
    again(&store, &plant()).await;
    let mut connection = plainly(&file).await;
    let modified = "SELECT count(*) FROM operations WHERE modified_date IS NOT NULL";
    assert_eq!(number(&mut connection, modified).await, 0);
    let mut changed = plant();
    changed.operations[1].max_duration_seconds = 90.0;
    again(&store, &changed).await;
    let cleaning = "SELECT count(*) FROM operations WHERE name = 'Cleaning' AND max_duration_seconds = 90 \
                    AND created_date = '2026-03-01T06:00:00.000000Z' AND modified_date = '2026-03-01T06:01:00.000000Z'";
    assert_eq!(number(&mut connection, cleaning).await, 1);
    assert_eq!(number(&mut connection, modified).await, 1);
}

#[tokio::test]
async fn an_operation_that_is_gone_keeps_its_rows() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let store = opened(&file, &plant()).await;
    store.commit(&OwnTurn::of(1, 1, [running(&plant(), 2, 1)]).turn()).await.unwrap();
    let mut less = plant();
    less.operations.pop();
    again(&store, &less).await;
    let mut connection = plainly(&file).await;
    let gone = "SELECT count(*) FROM operations WHERE name = 'Packing' AND configured = 0 AND enabled = 0";
    assert_eq!(number(&mut connection, gone).await, 1);
    assert_eq!(store.count_records().await.unwrap(), 1);
    again(&store, &plant()).await;
    let back = "SELECT count(*) FROM operations WHERE name = 'Packing' AND configured = 1 AND enabled = 1";
    assert_eq!(number(&mut connection, back).await, 1);
}

#[tokio::test]
async fn two_operations_may_exchange_their_names() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let store = opened(&file, &plant()).await;
    let mut exchanged = plant();
    exchanged.operations[0].name = "Cleaning".to_owned();
    exchanged.operations[1].name = "Filling".to_owned();
    again(&store, &exchanged).await;
    let id = ids::operation_id("Line1/Filler", "Filling").to_string();
    let name: String = sqlx::query_scalar("SELECT name FROM operations WHERE id = ?1 AND configured = 1")
        .bind(id)
        .fetch_one(&mut plainly(&file).await)
        .await
        .unwrap();
    assert_eq!(name, "Cleaning");
}

#[tokio::test]
async fn an_order_that_is_there_wins() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let store = opened(&file, &plant()).await;
    let mut connection = plainly(&file).await;
    sqlx::query("UPDATE production_orders SET status = 'CLOSED', quantity = 5").execute(&mut connection).await.unwrap();
    let mut more = plant();
    // The same name under another id is the order that is there.
    more.orders[0].id = ids::order_id("another id");
    more.orders.push(order("PO-2"));
    again(&store, &more).await;
    let orders = store.load(&more).await.unwrap().orders;
    let seen: Vec<_> = orders.iter().map(|order| (order.name.as_str(), order.id, order.status)).collect();
    let expected =
        [("PO-1", ids::order_id("PO-1"), OrderStatus::Closed), ("PO-2", ids::order_id("PO-2"), OrderStatus::Scheduled)];
    assert_eq!(seen, expected);
    assert_eq!(number(&mut connection, "SELECT count(*) FROM production_orders WHERE quantity = 5").await, 1);
    // A final order that nobody names is history.
    let mut fewer = plant();
    fewer.orders.clear();
    assert_eq!(store.load(&fewer).await.unwrap().orders.len(), 1);
}

#[tokio::test]
async fn two_gateways_of_one_configuration_do_not_meet() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let store = opened(&file, &plant()).await;
    store.commit(&OwnTurn::of(1, 1, [running(&plant(), 0, 1)]).turn()).await.unwrap();
    store.close().await.unwrap();
    let mut other = OwnTurn::of(1, 1, [running(&plant(), 0, 1)]);
    other.plant.gateway_id = "gw-2".to_owned();
    let mut theirs = options(&file);
    theirs.gateway_id = "gw-2".to_owned();
    let store = Store::open(&theirs).await.unwrap();
    store.mirror(&other.plant, BEGIN).await.unwrap();
    assert_eq!(store.load(&other.plant).await.unwrap().mark, None);
    store.commit(&other.turn()).await.unwrap();
    assert_eq!(store.count_records().await.unwrap(), 1);
    let mut connection = plainly(&file).await;
    assert_eq!(number(&mut connection, "SELECT count(*) FROM operation_records").await, 2);
    assert_eq!(number(&mut connection, "SELECT count(*) FROM operations").await, 6);
}
