//! What can be opened, by whom, and what is refused.

use sqlx::Connection;

use crate::error::Failure;
use crate::limits::LOCK_TEXT_BYTES_MAX;
use crate::store::Store;
use crate::testing::{Directory, number, opened, options, plainly, plant};

async fn refusal(path: &std::path::Path) -> Failure {
    Store::open(&options(path)).await.expect_err("it must not open").failure
}

#[tokio::test]
async fn an_empty_place_becomes_a_store_and_stays_one() {
    let directory = Directory::new();
    let file = directory.file("sub/ledger.db");
    for _ in 0..2 {
        opened(&file, &plant()).await.close().await.unwrap();
    }
    let mut connection = plainly(&file).await;
    assert_eq!(number(&mut connection, "SELECT max(version) FROM _sqlx_migrations").await, 6);
    assert_eq!(number(&mut connection, "SELECT count(*) FROM operations").await, 3);
    let tables = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'";
    assert_eq!(number(&mut connection, tables).await, 22);
}

#[tokio::test]
async fn a_closed_store_is_one_file_and_its_lock() {
    let directory = Directory::new();
    let store = opened(&directory.file("ledger.db"), &plant()).await;
    // A reader is a second connection: as long as it is open the log stays.
    assert_eq!(store.count_records().await.unwrap(), 0);
    assert_eq!(directory.names(), ["ledger.db", "ledger.db-shm", "ledger.db-wal", "ledger.db.lock"]);
    store.close().await.unwrap();
    assert_eq!(directory.names(), ["ledger.db", "ledger.db.lock"]);
}

#[tokio::test]
async fn a_second_instance_is_told_who_is_first() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let first = opened(&file, &plant()).await;
    let error = Store::open(&options(&file)).await.unwrap_err();
    let expected = format!(
        "store `{}`: in use by another instance: process {} since 2026-03-01T06:00:00.000000Z",
        file.display(),
        std::process::id()
    );
    assert_eq!(error.to_string(), expected);
    assert!(!error.is_transient());
    first.close().await.unwrap();
    opened(&file, &plant()).await.close().await.unwrap();
}

#[tokio::test]
async fn a_lock_file_of_any_text_is_bounded() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let lock = std::fs::File::create(directory.file("ledger.db.lock")).unwrap();
    lock.try_lock().unwrap();
    let holder = |failure| {
        let Failure::Locked { holder } = failure else { panic!("{failure:?}") };
        holder
    };
    assert_eq!(holder(refusal(&file).await), "who that is cannot be read");
    std::fs::write(directory.file("ledger.db.lock"), "x".repeat(100_000)).unwrap();
    assert_eq!(holder(refusal(&file).await).len() as u64, LOCK_TEXT_BYTES_MAX);
}

#[tokio::test]
async fn a_newer_store_is_refused_and_not_touched() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    opened(&file, &plant()).await.close().await.unwrap();
    let mut connection = plainly(&file).await;
    let newer = "INSERT INTO _sqlx_migrations SELECT 7, 'newer', installed_on, success, checksum, 0 FROM _sqlx_migrations \
         WHERE version = 1";
    sqlx::query(newer).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert!(matches!(refusal(&file).await, Failure::NewerStore { found: 7, known: 6 }));
    let mut connection = plainly(&file).await;
    assert_eq!(number(&mut connection, "SELECT count(*) FROM _sqlx_migrations").await, 7);
}

#[tokio::test]
async fn tables_that_were_made_otherwise_are_refused() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    opened(&file, &plant()).await.close().await.unwrap();
    let mut connection = plainly(&file).await;
    sqlx::query("UPDATE _sqlx_migrations SET checksum = x'00'").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert!(matches!(refusal(&file).await, Failure::AlteredSchema { version: 1 }));
}

#[tokio::test]
async fn what_is_no_file_cannot_be_opened() {
    let directory = Directory::new();
    let place = directory.file("place");
    std::fs::create_dir(&place).unwrap();
    let failure = refusal(&place).await;
    assert_eq!(failure.to_string(), "it cannot be opened: it is a directory");
    // Also true for root, whom no permission stops: nothing can be made below a file or in /proc.
    std::fs::write(directory.file("file"), "text").unwrap();
    assert!(matches!(refusal(&directory.file("file/ledger.db")).await, Failure::CannotOpen { .. }));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_directory_that_takes_no_file_is_told() {
    let failure = refusal(std::path::Path::new("/proc/self/ledger.db")).await;
    assert!(
        matches!(failure, Failure::NoPermission { .. } | Failure::CannotOpen { .. } | Failure::ReadOnly),
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_left_as_it_is() {
    let directory = Directory::new();
    let file = directory.file("ledger.db");
    let text = "this is a letter and not a database, however long one reads it. ".repeat(100);
    std::fs::write(&file, &text).unwrap();
    assert!(matches!(refusal(&file).await, Failure::NotADatabase));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
}
