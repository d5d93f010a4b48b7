//! The configuration in the tables.

use latchwork_engine::{OrderStatus, Plant, ids};

use crate::store::Store;
use crate::testing::{BEGIN, Ground, OwnTurn, at, on_both, order, plant, running};

async fn again(store: &Store, plant: &Plant) {
    store.mirror(plant, at(60).wall).await.unwrap();
}

async fn only_what_changed_is_modified(ground: Ground) {
    let store = ground.opened(&plant()).await;
    again(&store, &plant()).await;
    let modified = "SELECT count(*) FROM operations WHERE modified_date IS NOT NULL";
    assert_eq!(ground.number(modified).await, 0);
    let mut changed = plant();
    changed.operations[1].max_duration_seconds = 90.0;
    again(&store, &changed).await;
    let cleaning = "SELECT count(*) FROM operations WHERE name = 'Cleaning' AND max_duration_seconds = 90 \
                    AND created_date = '2026-03-01T06:00:00.000000Z' AND modified_date = '2026-03-01T06:01:00.000000Z'";
    assert_eq!(ground.number(cleaning).await, 1);
    assert_eq!(ground.number(modified).await, 1);
}

async fn an_operation_that_is_gone_keeps_its_rows(ground: Ground) {
    let store = ground.opened(&plant()).await;
    store.commit(&OwnTurn::of(1, 1, [running(&plant(), 2, 1)]).turn()).await.unwrap();
    let mut less = plant();
    less.operations.pop();
    again(&store, &less).await;
    let gone = "SELECT count(*) FROM operations WHERE name = 'Packing' AND NOT configured AND NOT enabled";
    assert_eq!(ground.number(gone).await, 1);
    assert_eq!(store.count_records().await.unwrap(), 1);
    again(&store, &plant()).await;
    let back = "SELECT count(*) FROM operations WHERE name = 'Packing' AND configured AND enabled";
    assert_eq!(ground.number(back).await, 1);
}

async fn two_operations_may_exchange_their_names(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let mut exchanged = plant();
    exchanged.operations[0].name = "Cleaning".to_owned();
    exchanged.operations[1].name = "Filling".to_owned();
    again(&store, &exchanged).await;
    let id = ids::operation_id("Line1/Filler", "Filling").to_string();
    let name = format!("SELECT count(*) FROM operations WHERE id = '{id}' AND configured AND name = 'Cleaning'");
    assert_eq!(ground.number(&name).await, 1);
}

async fn an_order_that_is_there_wins(ground: Ground) {
    let store = ground.opened(&plant()).await;
    ground.run("UPDATE production_orders SET status = 'CLOSED', quantity = 5").await;
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
    assert_eq!(ground.number("SELECT count(*) FROM production_orders WHERE quantity = 5").await, 1);
    // A final order that nobody names is history.
    let mut fewer = plant();
    fewer.orders.clear();
    assert_eq!(store.load(&fewer).await.unwrap().orders.len(), 1);
}

async fn two_gateways_of_one_configuration_do_not_meet(ground: Ground) {
    let store = ground.opened(&plant()).await;
    store.commit(&OwnTurn::of(1, 1, [running(&plant(), 0, 1)]).turn()).await.unwrap();
    store.close().await.unwrap();
    let mut other = OwnTurn::of(1, 1, [running(&plant(), 0, 1)]);
    other.plant.gateway_id = "gw-2".to_owned();
    let store = Store::open(&ground.options("gw-2", BEGIN)).await.unwrap();
    store.mirror(&other.plant, BEGIN).await.unwrap();
    assert_eq!(store.load(&other.plant).await.unwrap().mark, None);
    store.commit(&other.turn()).await.unwrap();
    assert_eq!(store.count_records().await.unwrap(), 1);
    assert_eq!(ground.number("SELECT count(*) FROM operation_records").await, 2);
    assert_eq!(ground.number("SELECT count(*) FROM operations").await, 6);
}

on_both! {
    only_what_changed_is_modified,
    an_operation_that_is_gone_keeps_its_rows,
    two_operations_may_exchange_their_names,
    an_order_that_is_there_wins,
    two_gateways_of_one_configuration_do_not_meet,
}
