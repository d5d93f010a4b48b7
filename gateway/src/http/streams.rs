//! `GET /api/stream`: events, records, operations and tags as they change. Who comes back with the number of the last event
//! it saw misses none.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::header::RETRY_AFTER;
use latchwork_store::StoredEvent;
use serde_json::{Value as Json, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};

use super::answer::{self, EVENT_STREAM};
use super::asked::Asked;
use super::body::{Answer, Body};
use super::feed::{Happened, TagReader, look};
use super::limits::{EVENTS_PER_PAGE, PIECES_WAITING_MAX, STORE_PAUSE, STREAM_PULSE};
use super::problem::{Outcome, Problem};
use super::site::Site;
use super::told;
use crate::glob::Glob;

/// The kinds of messages, as `kinds` names them.
const KINDS: [&str; 4] = ["events", "records", "operations", "tags"];

/// How many streams each token has open.
#[derive(Debug)]
pub(super) struct Places {
    most: u32,
    is_limited: bool,
    open: Mutex<HashMap<String, u32>>,
}

/// An open stream of a token, as long as this is there.
#[derive(Debug)]
pub(super) struct Place {
    token: String,
    places: Arc<Places>,
}

impl Places {
    /// Returns that each token may have so many; without tokens there is no limit but that of connections.
    pub(super) fn new(most: u32, is_limited: bool) -> Self {
        Self { most, is_limited, open: Mutex::default() }
    }

    /// Takes a place for a stream.
    pub(super) fn take(self: &Arc<Self>, token: Option<&str>) -> Outcome<Place> {
        let token = token.unwrap_or_default().to_owned();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(token.clone()).or_default();
        if self.is_limited && *count >= self.most {
            let detail = format!("the token has {} streams open, and may not have more", self.most);
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "TooManyStreams", detail);
            return Err(problem.header(RETRY_AFTER, "1"));
        }
        *count += 1;
        drop(open);
        Ok(Place { token, places: Arc::clone(self) })
    }

    /// Returns how many are open.
    pub(super) fn open(&self) -> u32 {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.places.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.token) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.token);
            }
        }
    }
}

/// What a reader wants to hear of.
#[derive(Debug)]
struct Wanted {
    events: bool,
    records: bool,
    operations: bool,
    /// Which tags.
    tags: Option<Glob>,
}

/// A stream of one reader.
struct Stream {
    site: Arc<Site>,
    wanted: Wanted,
    pieces: mpsc::Sender<Bytes>,
    /// The last event that was told.
    cursor: u64,
    heard: broadcast::Receiver<Happened>,
    _place: Place,
    _tag_reader: Option<TagReader>,
}

/// The reader has gone.
struct Gone;

/// Opens a stream.
pub(super) fn open(asked: &Asked) -> Outcome<Answer> {
    let wanted = Wanted::of(asked)?;
    let site = Arc::clone(&asked.site);
    let place = site.places.take(asked.who.token.as_deref())?;
    // Heard before the head is looked at: what is committed between the two is heard, and not told twice.
    let feed = site.feed.listen();
    let head = *site.means.head.borrow();
    let cursor = cursor(asked)?.map_or(head, |cursor| cursor.min(head));
    let (sender, pieces) = mpsc::channel(PIECES_WAITING_MAX);
    let tag_reader = wanted.tags.is_some().then(|| site.feed.read_tags());
    let (stop, stream) = (
        site.stop.clone(),
        Stream { site, wanted, pieces: sender, cursor, heard: feed, _place: place, _tag_reader: tag_reader },
    );
    tokio::spawn(stop.run_until_cancelled_owned(stream.run()));
    Ok(answer::of(StatusCode::OK, EVENT_STREAM, Body::Pieces(pieces)))
}

/// Returns where a reader goes on: behind the event that it names.
pub(super) fn cursor(asked: &Asked) -> Outcome<Option<u64>> {
    let Some(text) = asked.header("last-event-id").or(asked.query.text("cursor")) else { return Ok(None) };
    let number = text.trim().parse();
    number.map(Some).map_err(|_| Problem::unfit("BadParameter", "cursor", "`cursor` must be the number of an event"))
}

impl Wanted {
    fn of(asked: &Asked) -> Outcome<Self> {
        let kinds: Vec<&str> = asked.query.text("kinds").map_or(KINDS.to_vec(), |kinds| kinds.split(',').collect());
        if let Some(unknown) = kinds.iter().find(|kind| !KINDS.contains(kind)) {
            let detail = format!("there is no kind `{unknown}`; there are {}", KINDS.join(", "));
            return Err(Problem::unfit("BadParameter", "kinds", detail));
        }
        let has = |kind| kinds.contains(&kind);
        let tags = has("tags").then(|| Glob::new(asked.query.text("tags").unwrap_or_default()));
        Ok(Self { events: has("events"), records: has("records"), operations: has("operations"), tags })
    }
}

impl Stream {
    /// Tells the reader what happens, until it has gone.
    async fn run(mut self) {
        // Whoever reads is gone: there is nobody to tell.
        let _gone = self.tell().await;
    }

    async fn tell(&mut self) -> Result<(), Gone> {
        self.send(told::beginning()).await?;
        self.tell_all_tags().await?;
        self.catch_up().await?;
        loop {
            let happened = tokio::select! {
                heard = self.heard.recv() => heard,
                () = self.pieces.closed() => return Err(Gone),
                () = tokio::time::sleep(STREAM_PULSE) => {
                    self.send(told::pulse()).await?;
                    continue;
                }
            };
            match happened {
                Ok(Happened::Event(event)) => self.tell_event(&event).await?,
                Ok(Happened::Tags(rows)) => self.tell_tags(&rows).await?,
                // It reads slowly, and goes on from what is kept.
                Err(RecvError::Lagged(_)) => {
                    self.tell_all_tags().await?;
                    self.catch_up().await?;
                }
                Err(RecvError::Closed) => return Ok(()),
            }
        }
    }

    /// Tells the events that are in the log behind the last one that was told.
    async fn catch_up(&mut self) -> Result<(), Gone> {
        while self.cursor < *self.site.means.head.borrow() {
            match self.site.store().events(self.cursor, EVENTS_PER_PAGE).await {
                Ok(events) if events.is_empty() => break,
                Ok(events) => {
                    for event in events {
                        self.tell_event(&event).await?;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the log cannot be read for a stream");
                    tokio::time::sleep(STORE_PAUSE).await;
                }
            }
        }
        Ok(())
    }

    /// Tells an event, and what it says of records and operations; its number stands on the last message.
    async fn tell_event(&mut self, event: &StoredEvent) -> Result<(), Gone> {
        if event.seq <= self.cursor {
            return Ok(());
        }
        self.cursor = event.seq;
        let run = (self.wanted.records || self.wanted.operations).then(|| run(event)).flatten();
        let mut messages: Vec<(&str, String)> = Vec::new();
        if let Some(run) = run {
            messages.extend(self.wanted.records.then(|| ("record", run["record"].to_string())));
            messages.extend(self.wanted.operations.then(|| ("operation", operation(&run).to_string())));
        }
        messages.extend(self.wanted.events.then(|| ("event", event.body.clone())));
        let last = messages.len();
        for (place, (kind, text)) in messages.into_iter().enumerate() {
            let number = (place + 1 == last).then_some(event.seq);
            self.send(told::message(kind, number, &text)).await?;
        }
        Ok(())
    }

    async fn tell_tags(&self, rows: &[Json]) -> Result<(), Gone> {
        let Some(wanted) = &self.wanted.tags else { return Ok(()) };
        let is_wanted = |row: &&Json| row["path"].as_str().is_some_and(|path| wanted.matches(path));
        let rows: Vec<&Json> = rows.iter().filter(is_wanted).collect();
        if rows.is_empty() {
            return Ok(());
        }
        self.send(told::message("tags", None, &json!(rows).to_string())).await
    }

    async fn tell_all_tags(&self) -> Result<(), Gone> {
        let mut from = self.wanted.tags.as_ref().map(|_| 0);
        while let Some(first) = from {
            let Some(page) = look(&self.site.means, "", first).await else { return Ok(()) };
            self.tell_tags(&page.rows()).await?;
            from = page.next();
        }
        Ok(())
    }

    async fn send(&self, piece: Bytes) -> Result<(), Gone> {
        self.pieces.send(piece).await.map_err(|_| Gone)
    }
}

/// Returns what an event says of a run, if it is about one.
fn run(event: &StoredEvent) -> Option<Json> {
    if !event.event_type.starts_with("operation.") {
        return None;
    }
    let mut body: Json = serde_json::from_str(&event.body).ok()?;
    let info = body["info"].take();
    info["record"].is_object().then_some(info)
}

/// Returns how an operation stands after an event about its run.
fn operation(run: &Json) -> Json {
    let record = &run["record"];
    let open = record["end_date"].is_null();
    json!({
        "operation_id": run["operation_id"],
        "operation": record["operation"],
        "location": record["location"],
        "status": record["status"],
        "current_operation_record_id": if open { record["id"].clone() } else { Json::Null },
        "production_order": if open { record["production_order"].clone() } else { Json::Null },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_so_many_streams_and_gets_its_places_back() {
        let places = Arc::new(Places::new(2, true));
        let first = places.take(Some("a")).unwrap();
        let _second = places.take(Some("a")).unwrap();
        assert_eq!(places.take(Some("a")).unwrap_err().status, StatusCode::TOO_MANY_REQUESTS);
        assert!(places.take(Some("b")).is_ok());
        drop(first);
        assert!(places.take(Some("a")).is_ok());
        assert_eq!(places.open(), 1);
        let unlimited = Arc::new(Places::new(1, false));
        let taken: Vec<Place> = (0..10).map(|_| unlimited.take(None).unwrap()).collect();
        assert_eq!(unlimited.open(), 10);
        drop(taken);
        assert_eq!(unlimited.open(), 0);
    }
}
