//! Ledgers that are damaged when they are opened.

use std::fs;
use std::path::{Path, PathBuf};

use latchwork_engine::Record;

use crate::error::Failure;
use crate::limits::EVENTS_PASSED_OVER;
use crate::outbox::Span;
use crate::sqlite::Replaced;
use crate::store::Store;
use crate::testing::{Directory, OwnTurn, ended, opened, options, plainly, plant, running, with_order};
use crate::turn::{Commit, RetainedRow};

/// Where the damaged ledger of a test is put.
const KEPT: &str = "ledger.db.damaged-20260301T060000000000Z";

/// Overwrites everything behind the first page, which holds the header and the root of the schema.
fn damage(file: &Path) -> Vec<u8> {
    let mut bytes = fs::read(file).unwrap();
    bytes[4096..].fill(0xA5);
    fs::write(file, &bytes).unwrap();
    bytes
}

/// Opens the ledger and closes it; returns what became of it if it was damaged.
async fn replaced(file: &Path) -> Option<Replaced> {
    let store = opened(file, &plant()).await;
    let replaced = store.replaced().cloned();
    store.close().await.unwrap();
    replaced
}

fn row(value: &str) -> RetainedRow {
    RetainedRow { key: "state".to_owned(), value: value.to_owned() }
}

/// Commits a closed and an open run with what is retained; returns the open one.
async fn run(store: &Store) -> Record {
    let open = with_order(running(&plant(), 2, 3));
    let mut turn = OwnTurn::of(5, 1, [ended(&running(&plant(), 0, 1), 2), open.clone()]);
    turn.retained = vec![row("as of the copy")];
    store.commit(&turn.turn()).await.unwrap();
    open
}

#[tokio::test]
async fn a_damaged_ledger_is_kept_and_another_goes_on_from_the_minute_copy() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let store = opened(&file, &plant()).await;
    let open = run(&store).await;
    store.minute_copy().unwrap().write().await.unwrap();
    let mut later = OwnTurn::of(6, 3, [ended(&running(&plant(), 0, 4), 5)]);
    later.retained = vec![row("after the copy")];
    store.commit(&later.turn()).await.unwrap();
    store.close().await.unwrap();
    let damaged = damage(&file);

    let store = opened(&file, &plant()).await;
    let instead = store.replaced().unwrap();
    assert!(instead.is_seeded && instead.kept == directory.file(KEPT), "{instead:?}");
    assert_eq!(fs::read(directory.file(KEPT)).unwrap(), damaged, "not a byte of it is touched");
    let loaded = store.load(&plant()).await.unwrap();
    assert_eq!(loaded.retained, [row("as of the copy")]);
    assert!(loaded.mark.unwrap().sequence > 6, "no number of a scan is given twice");
    assert_eq!(loaded.next_seq, EVENTS_PASSED_OVER.cast_unsigned() + 3, "nor that of an event");
    assert_eq!(loaded.orders.len(), 1);
    let standing = store.outbox_standing().await.unwrap();
    assert_eq!(standing.untold, [Span { first: 1, last: 2 }], "what was not published is lost, and will be told");
    assert_eq!(standing.settled.gaps(standing.head), []);
    let records = store.open_records().await.unwrap();
    assert_eq!(records.iter().map(|record| record.id.clone()).collect::<Vec<_>>(), [open.id.to_string()]);
    let turn = OwnTurn::of(loaded.mark.unwrap().sequence + 1, loaded.next_seq, [ended(&open, 9)]);
    assert_eq!(store.commit(&turn.turn()).await.unwrap(), Commit::Written);
    assert_eq!(store.open_records().await.unwrap(), []);
    store.close().await.unwrap();
    // Once is enough: the new one is sound.
    assert_eq!(replaced(&file).await, None);
}

#[tokio::test]
async fn without_a_minute_copy_the_new_ledger_is_empty() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let store = opened(&file, &plant()).await;
    run(&store).await;
    store.close().await.unwrap();
    damage(&file);
    let store = opened(&file, &plant()).await;
    assert!(!store.replaced().unwrap().is_seeded);
    assert_eq!(store.load(&plant()).await.unwrap().mark, None);
    assert!(directory.file(KEPT).exists());
}

#[tokio::test]
async fn a_damaged_minute_copy_is_not_gone_on_from() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let store = opened(&file, &plant()).await;
    run(&store).await;
    store.minute_copy().unwrap().write().await.unwrap();
    store.close().await.unwrap();
    damage(&directory.file("ledger.db.minute"));
    damage(&file);
    assert!(!replaced(&file).await.unwrap().is_seeded);
}

#[tokio::test]
async fn a_file_whose_head_is_gone_is_ours_if_a_minute_copy_says_so() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let store = opened(&file, &plant()).await;
    run(&store).await;
    store.minute_copy().unwrap().write().await.unwrap();
    store.close().await.unwrap();
    fs::write(&file, [0x5A; 8192]).unwrap();
    let store = opened(&file, &plant()).await;
    assert!(store.replaced().unwrap().is_seeded);
    assert_eq!(store.open_records().await.unwrap().len(), 1);
}

/// Damages the pages by which events are found: what looks for one fails, all else does not.
async fn damage_events(file: &Path) {
    let mut connection = plainly(file).await;
    let pages = "SELECT pageno FROM dbstat WHERE name LIKE 'sqlite_autoindex_events_%' AND pagetype = 'leaf'";
    let pages: Vec<i64> = sqlx::query_scalar(pages).fetch_all(&mut connection).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
    assert!(!pages.is_empty());
    let mut bytes = fs::read(file).unwrap();
    for page in pages.into_iter().map(|page| usize::try_from(page).unwrap()) {
        bytes[(page - 1) * 4096..page * 4096].fill(0xA5);
    }
    fs::write(file, bytes).unwrap();
}

/// Returns the files of a ledger as a power cut would leave them: with a log, whatever is in it.
fn cut_off(file: &Path) -> PathBuf {
    fs::write(file.with_extension("db-wal"), [0; 32]).unwrap();
    file.to_owned()
}

async fn with_many_events(directory: &Directory) -> PathBuf {
    let file = directory.file("ledger.db");
    let store = opened(&file, &plant()).await;
    let records = (0..500).map(|n| ended(&running(&plant(), 0, n), n + 1));
    store.commit(&OwnTurn::of(1, 1, records).turn()).await.unwrap();
    store.close().await.unwrap();
    file
}

#[tokio::test]
async fn a_ledger_that_was_cut_off_is_looked_through() {
    let directory = Directory::new();
    let file = with_many_events(&directory).await;
    damage_events(&file).await;
    // Nobody looks through one that was closed: that may take minutes.
    assert_eq!(replaced(&file).await, None);
    assert!(replaced(&cut_off(&file)).await.is_some());
}

#[tokio::test]
async fn damage_that_is_found_while_the_ledger_is_written_is_looked_for_at_the_next_start() {
    let directory = Directory::new();
    let file = with_many_events(&directory).await;
    damage_events(&file).await;
    let store = Store::open(&options(&file)).await.unwrap();
    // An event that is there: looking for it reads a damaged page.
    let mut connection = plainly(&file).await;
    sqlx::query("UPDATE gateways SET last_event_seq = 0, last_scan_sequence = 0")
        .execute(&mut connection)
        .await
        .unwrap();
    let again = OwnTurn::of(1, 1, [running(&plant(), 2, 1)]);
    let error = store.commit(&again.turn()).await.unwrap_err();
    assert!(matches!(error.failure, Failure::Corrupt { .. }) && !error.is_transient(), "{error}");
    sqlx::Connection::close(connection).await.unwrap();
    store.close().await.unwrap();
    assert!(replaced(&file).await.is_some(), "although it was closed");
    assert_eq!(opened_names(&directory), ["ledger.db", "ledger.db.lock", KEPT]);
}

fn opened_names(directory: &Directory) -> Vec<String> {
    let mut names = directory.names();
    names.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
    names.sort_by_key(|name| name.contains("damaged"));
    names
}
