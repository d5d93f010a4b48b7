//! The ledger of a gateway, read as reports read it: from outside, while the gateway writes.

use std::path::PathBuf;

use latchwork_engine::RetainedTag;
use latchwork_store::{StoredEvent, StoredRecord};
use serde_json::Value as Json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::runtime::{self, Runtime};

use super::patience::until;

/// A ledger. Its file is opened for each look and closed again: nothing here keeps it open when a gateway dies.
#[derive(Debug)]
pub(super) struct Ledger {
    file: PathBuf,
    runtime: Runtime,
}

impl Ledger {
    pub(super) fn new(file: PathBuf) -> Self {
        Self { file, runtime: runtime::Builder::new_current_thread().enable_all().build().unwrap() }
    }

    /// Returns the records of an operation, by their start.
    pub(super) fn records(&self, operation: &str) -> Vec<StoredRecord> {
        let query = sqlx::query_as("SELECT * FROM operation_records WHERE operation = ?1 ORDER BY start_date, id");
        self.look(async |connection| query.bind(operation.to_owned()).fetch_all(connection).await)
    }

    /// Returns the open record of an operation.
    pub(super) fn open_record(&self, operation: &str) -> Option<StoredRecord> {
        let mut open = self.records(operation);
        open.retain(|record| record.end_date.is_none());
        assert!(open.len() <= 1, "two open records: {open:#?}");
        open.pop()
    }

    /// Returns all events, and sees to it that their numbers have no gap.
    pub(super) fn events(&self) -> Vec<StoredEvent> {
        self.events_after(0)
    }

    /// Returns the events behind this one, and sees to it that their numbers have no gap.
    pub(super) fn events_after(&self, seq: u64) -> Vec<StoredEvent> {
        let query = sqlx::query_as("SELECT * FROM events WHERE seq > ?1 ORDER BY seq");
        let events: Vec<StoredEvent> =
            self.look(async |connection| query.bind(seq.cast_signed()).fetch_all(connection).await);
        for (event, seq) in events.iter().zip(seq + 1..) {
            assert_eq!(event.seq, seq, "a gap before {event:#?}");
        }
        events
    }

    /// Returns the events about operations as their types and the ids of their records.
    pub(super) fn operation_events(&self) -> Vec<(String, String)> {
        let events = self.events().into_iter().filter(|event| event.event_type.starts_with("operation."));
        events.map(|event| (event.event_type.clone(), record_of(&event))).collect()
    }

    /// Returns the types of the events about operations.
    pub(super) fn operation_event_types(&self) -> Vec<String> {
        self.operation_events().into_iter().map(|(kind, _)| kind).collect()
    }

    /// Returns the bodies of the events of a type.
    pub(super) fn events_of(&self, kind: &str) -> Vec<Json> {
        self.events().iter().filter(|event| event.event_type == kind).map(body).collect()
    }

    /// Returns the quality of a tag as it was committed last.
    pub(super) fn quality(&self, tag: &str) -> Option<String> {
        let rows: Vec<(String, String)> = self.rows(
            "SELECT t.value, i.value FROM retained AS t JOIN retained AS i ON i.key = 'image:' || substr(t.key, 6) \
             WHERE t.key LIKE 'tags:%'",
        );
        let tags = rows.iter().flat_map(|(names, values)| RetainedTag::of_texts(names, values).unwrap());
        let path = format!("[default]{tag}");
        tags.into_iter().find(|tag| tag.path == path).map(|tag| tag.quality.name().to_owned())
    }

    /// Waits until an operation has an open record; returns it.
    pub(super) fn wait_for_open(&self, operation: &str) -> StoredRecord {
        until(&format!("an open record of {operation}"), || self.open_record(operation))
    }

    /// Waits until a record is closed; returns it.
    pub(super) fn wait_for_closed(&self, record: &StoredRecord) -> StoredRecord {
        until(&format!("the end of {record:?}"), || {
            let found = self.records(&record.operation).into_iter().find(|row| row.id == record.id).unwrap();
            found.end_date.is_some().then_some(found)
        })
    }

    /// Waits until there are so many events of a type; returns the last of them.
    pub(super) fn wait_for_events(&self, kind: &str, count: usize) -> Json {
        until(&format!("event {count} of {kind}"), || self.events_of(kind).into_iter().nth(count - 1))
    }

    /// Waits until a tag has a quality.
    pub(super) fn wait_for_quality(&self, tag: &str, quality: &str) {
        until(&format!("{quality} at {tag}"), || (self.quality(tag)? == quality).then_some(()));
    }

    /// Returns the number that a query gives.
    pub(super) fn number(&self, query: &'static str) -> i64 {
        self.look(async |connection| sqlx::query_scalar(query).fetch_one(connection).await)
    }

    /// Returns the rows that a query gives.
    pub(super) fn rows<T>(&self, query: &'static str) -> Vec<T>
    where
        T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + Send + Unpin,
    {
        self.look(async |connection| sqlx::query_as(query).fetch_all(connection).await)
    }

    /// Changes the ledger of a gateway that does not run.
    pub(super) fn change(&self, statement: &'static str) {
        let options = self.options();
        self.runtime
            .block_on(async {
                let mut connection = options.connect().await?;
                sqlx::query(statement).execute(&mut connection).await?;
                connection.close().await
            })
            .unwrap();
    }

    /// Makes the log of a gateway that does not run so many events longer than the last one: they tell of nothing.
    pub(super) fn lengthen(&self, count: u64) {
        let options = self.options();
        self.runtime
            .block_on(async {
                let mut connection = options.connect().await?;
                sqlx::query(include_str!("publishing/lengthen.sql"))
                    .bind(count.cast_signed())
                    .execute(&mut connection)
                    .await?;
                sqlx::query("UPDATE gateways SET last_event_seq = (SELECT max(seq) FROM events)")
                    .execute(&mut connection)
                    .await?;
                connection.close().await
            })
            .unwrap();
    }

    /// Begins to read, as a long report does: until the reader is gone, nothing that is written takes the place of
    /// what was there.
    pub(super) fn begin_to_read(&self) -> Held<'_> {
        self.hold(&self.options().read_only(true), &["BEGIN", "SELECT count(*) FROM events"])
    }

    /// Begins to write and does not end: until the writer is gone, nobody else can write.
    pub(super) fn begin_to_write(&self) -> Held<'_> {
        self.hold(&self.options(), &["BEGIN IMMEDIATE"])
    }

    fn hold(&self, options: &SqliteConnectOptions, statements: &[&'static str]) -> Held<'_> {
        let held = self.runtime.block_on(async {
            let mut connection = options.connect().await?;
            for &statement in statements {
                sqlx::query(statement).execute(&mut connection).await?;
            }
            Ok::<_, sqlx::Error>(connection)
        });
        Held { connection: held.unwrap(), ledger: self }
    }

    fn look<T>(&self, read: impl AsyncFnOnce(&mut SqliteConnection) -> sqlx::Result<T>) -> T {
        let options = self.options().read_only(true);
        let found = self.runtime.block_on(async {
            let mut connection = options.connect().await?;
            let found = read(&mut connection).await?;
            connection.close().await?;
            Ok::<T, sqlx::Error>(found)
        });
        found.unwrap_or_else(|error| panic!("`{}` cannot be read: {error}", self.file.display()))
    }

    fn options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new().filename(&self.file).disable_statement_logging()
    }
}

/// A reader or a writer in the middle.
pub(super) struct Held<'a> {
    connection: SqliteConnection,
    ledger: &'a Ledger,
}

impl Held<'_> {
    /// Ends it.
    pub(super) fn end(self) {
        self.ledger.runtime.block_on(self.connection.close()).unwrap();
    }
}

/// Returns the id of the record that an event tells of.
pub(super) fn record_of(event: &StoredEvent) -> String {
    text(&body(event)["info"]["record"]["id"])
}

fn body(event: &StoredEvent) -> Json {
    serde_json::from_str(&event.body).unwrap()
}

fn text(json: &Json) -> String {
    json.as_str().unwrap_or_default().to_owned()
}
