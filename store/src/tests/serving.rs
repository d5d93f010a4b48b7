//! What only a server has: its lock, its restarts, what it cannot hold.

use std::sync::Arc;
use std::time::{Duration, Instant};

use latchwork_cluster::Cluster;

use crate::error::Failure;
use crate::store::Store;
use crate::testing::{BEGIN, Ground, OwnTurn, at, ended, plant, running};
use crate::turn::{Commit, RetainedRow};

/// Returns a turn of one run from its start to its end.
fn turn(n: u64) -> OwnTurn {
    let record = running(&plant(), 0, n.cast_signed());
    OwnTurn::of(n, 2 * n - 1, [record.clone(), ended(&record, n.cast_signed() + 1)])
}

/// Ends the server's processes of these connections, as an administrator does.
async fn end_sessions(ground: &Ground, name: &'static str) -> i64 {
    let query = format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
         WHERE application_name = '{name}' AND datname = current_database()"
    );
    ground.number(&query).await
}

#[tokio::test]
async fn a_second_instance_is_told_who_is_first_and_another_gateway_is_none() {
    let ground = Ground::server();
    let first = ground.opened(&plant()).await;
    let error = Store::open(&ground.options("gw", at(1).wall)).await.unwrap_err();
    let Failure::Locked { holder } = &error.failure else { panic!("{error}") };
    assert!(holder.contains("`latchwork gw` from this machine since "), "{holder}");
    let other = Store::open(&ground.options("gw-2", at(1).wall)).await.unwrap();
    other.close().await.unwrap();
    first.close().await.unwrap();
    ground.opened(&plant()).await.close().await.unwrap();
}

#[tokio::test]
async fn a_session_that_the_server_ends_is_made_anew_with_its_lock() {
    let ground = Ground::server();
    let store = ground.opened(&plant()).await;
    store.commit(&turn(1).turn()).await.unwrap();
    assert_eq!(end_sessions(&ground, "latchwork gw").await, 1);
    let error = store.commit(&turn(2).turn()).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    assert_eq!(store.commit(&turn(2).turn()).await.unwrap(), Commit::Written);
    let error = Store::open(&ground.options("gw", at(1).wall)).await.unwrap_err();
    assert!(matches!(error.failure, Failure::Locked { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_made_for_another_runtime_outlives_that() {
    let ground = Ground::server();
    let store = Arc::new(ground.opened(&plant()).await);
    assert_eq!(end_sessions(&ground, "latchwork gw").await, 1);
    assert!(store.outbox_standing().await.unwrap_err().is_transient());
    // The publisher has a runtime of its own: it comes first, and ends.
    let publisher = Arc::clone(&store);
    let standing = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { publisher.outbox_standing().await.unwrap().head })
    });
    assert_eq!(standing.await.unwrap(), 0);
    assert_eq!(store.commit(&turn(1).turn()).await.unwrap(), Commit::Written);
}

#[tokio::test]
async fn a_gateway_whose_lock_another_took_writes_no_more() {
    let ground = Ground::server();
    let store = ground.opened(&plant()).await;
    assert_eq!(end_sessions(&ground, "latchwork gw").await, 1);
    let other = Store::open(&ground.options("gw", at(1).wall)).await.unwrap();
    assert!(store.commit(&turn(1).turn()).await.unwrap_err().is_transient());
    let error = store.commit(&turn(1).turn()).await.unwrap_err();
    assert!(matches!(error.failure, Failure::Locked { .. }) && !error.is_transient(), "{error}");
    other.close().await.unwrap();
    // The lock is free again, but the other one has been there.
    let error = store.commit(&turn(1).turn()).await.unwrap_err();
    assert_eq!(error.failure.to_string(), "in use by another instance: one that was started later");
}

#[tokio::test]
async fn a_server_that_restarts_is_waited_for_and_loses_nothing() {
    let mut cluster = Cluster::start("");
    let ground = Ground::Server { url: cluster.database() };
    let store = ground.opened(&plant()).await;
    store.commit(&turn(1).turn()).await.unwrap();
    cluster.stop();
    for _ in 0..2 {
        let begin = Instant::now();
        let error = store.commit(&turn(2).turn()).await.unwrap_err();
        assert!(error.is_transient() && begin.elapsed() < Duration::from_secs(10), "{error}");
    }
    cluster.go_on();
    assert_eq!(store.commit(&turn(2).turn()).await.unwrap(), Commit::Written);
    assert_eq!(store.commit(&turn(2).turn()).await.unwrap(), Commit::AlreadyThere);
    assert_eq!(store.events(0, 10).await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_server_that_does_not_synchronise_is_refused() {
    for (setting, told) in [
        ("fsync = off", "`fsync` is `off` and cannot be set to `on`"),
        ("full_page_writes = off", "`full_page_writes` is `off` and cannot be set to `on`"),
    ] {
        let cluster = Cluster::start(setting);
        let ground = Ground::Server { url: cluster.database() };
        let error = Store::open(&ground.options("gw", BEGIN)).await.unwrap_err();
        assert_eq!(error.failure.to_string(), told);
    }
    // What a connection may say for itself, it says.
    let cluster = Cluster::start("synchronous_commit = off");
    let ground = Ground::Server { url: cluster.database() };
    ground.opened(&plant()).await.close().await.unwrap();
}

#[tokio::test]
async fn what_a_server_cannot_hold_stops_nothing() {
    let ground = Ground::server();
    let store = ground.opened(&plant()).await;
    let mut record = running(&plant(), 0, 1);
    record.notes = Some("a\0b".into());
    record.captures = vec![("text".into(), latchwork_expr::Value::String("c\0d".into()))];
    let mut turn = OwnTurn::of(1, 1, [record]);
    let row = RetainedRow { key: "k".to_owned(), value: r#""e\u0000f""#.to_owned() };
    turn.retained = vec![row.clone()];
    assert_eq!(store.commit(&turn.turn()).await.unwrap(), Commit::Written);
    assert_eq!(store.records("", 1).await.unwrap()[0].captures, "{\"text\":\"c\u{FFFD}d\"}");
    assert_eq!(store.load(&plant()).await.unwrap().retained, [row], "what is retained comes back as it was");
}
