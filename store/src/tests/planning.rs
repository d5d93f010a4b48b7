//! What commands do to orders and the schedule, as rows: whole, with whose doing it was.

use latchwork_engine::{
    Effect, EntryStatus, EventKind, Info, OperationIndex, Order, OrderIndex, OrderPlan, OrderStatus, PlannedEntry,
    Priority, ScheduleEntry, ids,
};

use crate::family::Lookup;
use crate::testing::{Ground, OwnTurn, at, on_both, plant};

/// Returns the turn whose last event somebody asked for.
fn by(mut turn: OwnTurn, actor: &str) -> OwnTurn {
    if let Some(Effect::Event(event)) = turn.effects.last_mut() {
        event.actor = Some(actor.into());
    }
    turn
}

fn order() -> Order {
    let plan = OrderPlan {
        start: Some(at(10).wall),
        due: Some(at(20).wall),
        end: None,
        priority: Some(Priority::High),
        location: Some(plant().locations[0].id),
        notes: Some("blue".into()),
    };
    let order = Order::named("PO-2".into(), ids::order_id("PO-2"));
    Order { quantity: Some(5.0), rate_per_hour: Some(60.0), plan: plan.boxed(), ..order }
}

fn entry() -> ScheduleEntry {
    let planned = PlannedEntry {
        id: ids::entry_id(plant().operations[0].id, at(10).wall, "PO-2", 0),
        operation: OperationIndex(0),
        order: Some("PO-2".to_owned()),
        start: at(10).wall,
        end: Some(at(100).wall),
        priority: Priority::Urgent,
        quantity: None,
        status: EntryStatus::Scheduled,
    };
    planned.entry()
}

async fn an_order_that_was_put_comes_back_whole(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let made = OwnTurn::new(1).tell(1, EventKind::ProductionOrderCreated, Info::Order(Box::new(order())));
    store.commit(&by(made, "anna").turn()).await.unwrap();
    let loaded = store.load(&plant()).await.unwrap().orders;
    let found = loaded.iter().find(|row| row.name == "PO-2").unwrap();
    assert_eq!(
        (found.quantity, found.rate_per_hour, found.plan.clone().boxed()),
        (Some(5.0), Some(60.0), order().plan)
    );
    let emptied = Order { quantity: None, plan: None, ..order() };
    let changed = OwnTurn::new(2).tell(2, EventKind::ProductionOrderUpdated, Info::Order(Box::new(emptied)));
    store.commit(&by(changed, "ben").turn()).await.unwrap();
    let fetched = store.fetch(Lookup { order: Some("PO-2"), ..Lookup::default() }).await.unwrap().orders;
    assert_eq!((fetched[0].quantity, fetched[0].plan.is_none()), (None, true));
    let signed = "SELECT count(*) FROM production_orders WHERE name = 'PO-2' AND created_by = 'anna' \
                  AND modified_by = 'ben' AND modified_date > created_date";
    assert_eq!(ground.number(signed).await, 1);
}

async fn what_is_final_by_its_row_stays(ground: Ground) {
    let store = ground.opened(&plant()).await;
    // Jobs of another gateway ended it, and the engine has not heard of that.
    ground.run("UPDATE production_orders SET status = 'CLOSED' WHERE name = 'PO-1'").await;
    let status = Info::OrderStatus { order: OrderIndex(0), from: OrderStatus::Scheduled, to: OrderStatus::Running };
    let turn = OwnTurn::new(1).tell(1, EventKind::ProductionOrderStatusChanged, status);
    store.commit(&turn.turn()).await.unwrap();
    assert_eq!(ground.number("SELECT count(*) FROM production_orders WHERE status = 'CLOSED'").await, 1);
}

async fn an_entry_that_was_removed_is_known_to_who_names_it(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let turn = OwnTurn::new(1).tell(1, EventKind::ProductionOrderCreated, Info::Order(Box::new(order())));
    let added = turn.tell(2, EventKind::ScheduleAdded, Info::Schedule(Box::new(entry())));
    store.commit(&by(added, "anna").turn()).await.unwrap();
    assert_eq!(store.load(&plant()).await.unwrap().schedule.len(), 1);
    let mut removed = entry();
    removed.status = EntryStatus::Cancelled;
    let turn = OwnTurn::new(2).tell(3, EventKind::ScheduleRemoved, Info::Schedule(Box::new(removed)));
    store.commit(&by(turn, "ben").turn()).await.unwrap();
    assert_eq!(store.load(&plant()).await.unwrap().schedule, []);
    let fetched = store.fetch(Lookup { entry: Some(entry().id), ..Lookup::default() }).await.unwrap().entries;
    assert_eq!((fetched.len(), fetched[0].status), (1, EntryStatus::Cancelled));
    let signed = "SELECT count(*) FROM schedules AS s JOIN production_orders AS o ON o.id = s.production_order_id \
                  WHERE o.name = 'PO-2' AND s.created_by = 'anna' AND s.modified_by = 'ben'";
    assert_eq!(ground.number(signed).await, 1);
    // It goes when it is long over, as one that is done.
    assert_eq!(store.care().prune(at(100).wall).await.unwrap().schedule, 0);
    assert_eq!(store.care().prune(at(101).wall).await.unwrap().schedule, 1);
}

on_both! {
    an_order_that_was_put_comes_back_whole,
    what_is_final_by_its_row_stays,
    an_entry_that_was_removed_is_known_to_who_names_it,
}
