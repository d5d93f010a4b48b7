//! Commits that are given up, refused for a time, or cut off by a power cut.

use std::pin::pin;
use std::task::Poll;

use sqlx::{Connection, SqliteConnection};

use crate::error::{Failure, StoreError};
use crate::store::Store;
use crate::testing::{Directory, Ground, OwnTurn, ended, number, on_both, opened, plainly, plant, running};
use crate::turn::Commit;

/// Returns a turn of one run from its start to its end.
fn turn(n: u64) -> OwnTurn {
    let record = running(&plant(), 0, n.cast_signed());
    OwnTurn::of(n, 2 * n - 1, [record.clone(), ended(&record, n.cast_signed() + 1)])
}

/// Commits, but goes away after so many looks at whether it is done.
async fn given_up_after(looks: usize, store: &Store, turn: &OwnTurn) -> Option<Result<Commit, StoreError>> {
    let given = turn.turn();
    let mut commit = pin!(store.commit(&given));
    let mut looked = 0;
    std::future::poll_fn(|context| {
        if looked == looks {
            return Poll::Ready(None);
        }
        looked += 1;
        commit.as_mut().poll(context).map(Some)
    })
    .await
}

async fn a_commit_that_is_given_up_anywhere_is_whole_or_nothing(ground: Ground) {
    let store = ground.opened(&plant()).await;
    let (mut given_up, mut came_through) = (0, 0);
    for n in 1..=60 {
        let turn = turn(n);
        match given_up_after(usize::try_from(n).unwrap() - 1, &store, &turn).await {
            Some(done) => {
                came_through += 1;
                assert_eq!(done.unwrap(), Commit::Written);
            }
            None => given_up += 1,
        }
        store.commit(&turn.turn()).await.unwrap();
        assert_eq!(store.count_records().await.unwrap(), n);
    }
    // How many looks a commit takes is the system's affair; the first two rounds never look long enough.
    assert!(given_up > 1 && came_through > 5, "given up {given_up}, came through {came_through}");
    let seqs: Vec<_> = store.events(0, 1000).await.unwrap().iter().map(|event| event.seq).collect();
    assert_eq!(seqs, (1..=120).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_lock_of_another_program_is_waited_for_and_told() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let store = opened(&file, &plant()).await;
    let mut other = plainly(&file).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let error = store.commit(&turn(1).turn()).await.unwrap_err();
    assert!(matches!(error.failure, Failure::Busy) && error.is_transient(), "{error}");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!(store.commit(&turn(1).turn()).await.unwrap(), Commit::Written);
}

#[tokio::test]
async fn a_store_whose_file_is_gone_is_not_made_anew() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let store = opened(&file, &plant()).await;
    // The commit that fails makes the next one open the file again.
    let mut other = plainly(&file).await;
    sqlx::query("DROP TABLE events").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    assert!(store.commit(&turn(1).turn()).await.is_err());
    std::fs::remove_file(&file).unwrap();
    let error = store.commit(&turn(1).turn()).await.unwrap_err();
    assert!(matches!(error.failure, Failure::CannotOpen { .. }), "{error}");
    assert!(!file.exists());
}

/// Copies a database with its log as it is on the disk at this moment: what a power cut would leave.
fn image(directory: &Directory, name: &str) -> std::path::PathBuf {
    let target = directory.file(name);
    std::fs::copy(directory.file("ledger.db"), &target).unwrap();
    std::fs::copy(directory.file("ledger.db-wal"), directory.file(&format!("{name}-wal"))).unwrap();
    target
}

async fn counts(connection: &mut SqliteConnection) -> (i64, i64) {
    let records = number(connection, "SELECT count(*) FROM operation_records").await;
    (records, number(connection, "SELECT count(*) FROM events").await)
}

#[tokio::test]
async fn a_power_cut_in_the_middle_leaves_what_was_committed() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let store = opened(&file, &plant()).await;
    store.commit(&turn(1).turn()).await.unwrap();
    // A transaction of the same kind that is in the middle: its rows are in the log already, because
    // they do not fit into the smallest cache.
    let mut writing = plainly(&file).await;
    sqlx::query("PRAGMA cache_size = 1").execute(&mut writing).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut writing).await.unwrap();
    let many = "WITH RECURSIVE n (i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) \
                INSERT INTO events (gateway_id, seq, id, event_type, occurred_at, recorded_at, body) \
                SELECT 'gw', i, 'event ' || i, 'x', 'x', 'x', printf('%.500c', 'x') FROM n";
    sqlx::query(many).execute(&mut writing).await.unwrap();
    let cut = image(&directory, "cut.db");
    let log = std::fs::metadata(directory.file("cut.db-wal")).unwrap().len();
    assert!(log > 1_000_000, "the log holds {log} bytes: nothing of the transaction is on the disk");
    sqlx::query("ROLLBACK").execute(&mut writing).await.unwrap();
    let after = opened(&cut, &plant()).await;
    assert_eq!(after.load(&plant()).await.unwrap().next_seq, 3);
    assert_eq!(after.commit(&turn(1).turn()).await.unwrap(), Commit::AlreadyThere);
    assert_eq!(after.commit(&turn(2).turn()).await.unwrap(), Commit::Written);
    after.close().await.unwrap();
    assert_eq!(counts(&mut plainly(&cut).await).await, (2, 4));
}

on_both! {
    a_commit_that_is_given_up_anywhere_is_whole_or_nothing,
}
