//! `GET /api/jobs/{id}/events`: how a job stands, what is logged, what its legs do, from its beginning to its end.
//!
//! One cursor counts the job's events, whichever gateways made them. Who comes late is told what was, then how it ended.

use std::sync::Arc;

use hyper::StatusCode;
use hyper::body::Bytes;
use latchwork_store::jobs::StoredJobEvent;
use serde_json::{Value as Json, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Instant, timeout_at};
use ulid::Ulid;

use super::answer::{self, EVENT_STREAM};
use super::asked::Asked;
use super::body::{Answer, Body};
use super::feed::Happened;
use super::jobs::{find, view};
use super::limits::{JOB_EVENTS_PER_PAGE, JOB_LOOK_EVERY, PIECES_WAITING_MAX, STORE_PAUSE};
use super::problem::Outcome;
use super::route::{Kind, Parameter};
use super::site::Site;
use super::streams::{Place, cursor};
use super::told;

pub(super) const PARAMETERS: &[Parameter] = &[Parameter {
    name: "cursor",
    kind: Kind::Name,
    about: "the last message that was seen, as the header `Last-Event-ID`; from the beginning without",
}];

/// The states after which nothing more happens.
const FINAL: [&str; 3] = ["completed", "failed", "cancelled"];

/// A stream of one reader.
struct Stream {
    site: Arc<Site>,
    job: Ulid,
    pieces: mpsc::Sender<Bytes>,
    /// The last event of the job that was told.
    cursor: u64,
    /// The last state that was told.
    state: Option<String>,
    feed: broadcast::Receiver<Happened>,
    _place: Place,
}

/// Why a stream ends.
enum End {
    /// The reader has gone.
    Gone,
    /// All is told.
    Over,
}

/// Opens a stream.
pub(super) async fn open(asked: Asked) -> Outcome<Answer> {
    let cursor = cursor(&asked)?.unwrap_or(0);
    let place = asked.site.places.take(asked.who.token.as_deref())?;
    let feed = asked.site.feed.listen();
    let job = find(&asked).await?.job.id;
    let (sender, pieces) = mpsc::channel(PIECES_WAITING_MAX);
    let (site, stop) = (Arc::clone(&asked.site), asked.site.stop.clone());
    let stream = Stream { site, job, pieces: sender, cursor, state: None, feed, _place: place };
    tokio::spawn(stop.run_until_cancelled_owned(stream.run()));
    Ok(answer::of(StatusCode::OK, EVENT_STREAM, Body::Pieces(pieces)))
}

impl Stream {
    async fn run(mut self) {
        // Either way there is nothing more to tell, and the reader hears the end.
        let _ended = self.tell().await;
    }

    async fn tell(&mut self) -> Result<(), End> {
        self.send(told::beginning()).await?;
        loop {
            self.tell_new().await?;
            self.wait().await?;
        }
    }

    /// Tells what is new of the job; ends once its end is told.
    async fn tell_new(&mut self) -> Result<(), End> {
        match self.read().await {
            Ok(Some(last)) => {
                if self.state.as_deref() != Some(word(&last["state"])) {
                    self.send(told::message("status", None, &status(&last).to_string())).await?;
                }
                Err(End::Over)
            }
            Ok(None) => Ok(()),
            Err(Trouble::End(end)) => Err(end),
            Err(Trouble::Store) => {
                tokio::time::sleep(STORE_PAUSE).await;
                Ok(())
            }
        }
    }

    /// Reads what is new, and tells it; returns the job if it has ended and all is told.
    async fn read(&mut self) -> Result<Option<Json>, Trouble> {
        // The job is looked at before its events: if it has ended by then, they are all there.
        let job = self.site.store().job(self.job).await?.map(|job| view(&job));
        loop {
            let events = self.site.store().job_events(self.job, self.cursor, JOB_EVENTS_PER_PAGE).await?;
            for event in &events {
                self.tell_event(event).await?;
            }
            if events.len() < JOB_EVENTS_PER_PAGE as usize {
                return Ok(job.filter(|job| FINAL.contains(&word(&job["state"]))));
            }
        }
    }

    /// Tells an event as messages; its number stands on the last of them.
    async fn tell_event(&mut self, event: &StoredJobEvent) -> Result<(), End> {
        self.cursor = event.number;
        let body: Json = serde_json::from_str(&event.body).unwrap_or_default();
        let messages = messages(event, &body["info"], self.state.as_deref());
        if let Some(state) = body["info"]["state"].as_str() {
            self.state = Some(state.to_owned());
        }
        let last = messages.len();
        for (place, (kind, json)) in messages.into_iter().enumerate() {
            let number = (place + 1 == last).then_some(event.number);
            self.send(told::message(kind, number, &json.to_string())).await?;
        }
        Ok(())
    }

    /// Waits until something may have happened to the job.
    async fn wait(&mut self) -> Result<(), End> {
        let (look_at, job) = (Instant::now() + JOB_LOOK_EVERY, self.job.to_string());
        loop {
            let heard = tokio::select! {
                heard = timeout_at(look_at, self.feed.recv()) => heard,
                () = self.pieces.closed() => return Err(End::Gone),
            };
            match heard {
                Ok(Ok(Happened::Event(event))) if event.body.contains(&job) => return Ok(()),
                Ok(Ok(Happened::Event(_) | Happened::Tags(_))) => {}
                Ok(Err(RecvError::Lagged(_))) => return Ok(()),
                Ok(Err(RecvError::Closed)) => return Err(End::Over),
                Err(_) => return self.send(told::pulse()).await,
            }
        }
    }

    async fn send(&self, piece: Bytes) -> Result<(), End> {
        self.pieces.send(piece).await.map_err(|_| End::Gone)
    }
}

/// Why nothing more was told now.
enum Trouble {
    End(End),
    /// The store could not be read: it is tried again.
    Store,
}

impl From<End> for Trouble {
    fn from(end: End) -> Self {
        Self::End(end)
    }
}

impl From<latchwork_store::StoreError> for Trouble {
    fn from(error: latchwork_store::StoreError) -> Self {
        tracing::warn!(%error, "the events of a job cannot be read for a stream");
        Self::Store
    }
}

/// Returns what an event is told as: the line of a log, the legs that changed, how the job stands if that is another state.
fn messages(event: &StoredJobEvent, info: &Json, before: Option<&str>) -> Vec<(&'static str, Json)> {
    let mut messages = Vec::new();
    if event.event_type == "LOG_APPENDED" {
        messages.push(("log", json!({"line": info["line"], "cursor": event.number})));
    }
    messages.extend(info["legs"].as_array().into_iter().flatten().map(|leg| ("leg", leg.clone())));
    if info["state"].as_str().is_some_and(|state| before != Some(state)) {
        messages.push(("status", status(info)));
    }
    messages
}

/// Returns how a job stands; of one that has ended, what it came to.
fn status(job: &Json) -> Json {
    let state = &job["state"];
    if FINAL.contains(&word(state)) {
        let output = json!({"good": job["good_parts"], "scrap": job["scrap_parts"], "lost": job["lost_parts"]});
        return json!({"state": state, "output": output});
    }
    json!({"state": state})
}

fn word(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use latchwork_expr::Timestamp;

    use super::*;

    fn told(event_type: &str, info: &Json, before: Option<&str>) -> Vec<(&'static str, Json)> {
        let (event_type, body) = (event_type.to_owned(), String::new());
        messages(&StoredJobEvent { number: 7, event_type, occurred_at: Timestamp(0), body }, info, before)
    }

    #[test]
    fn an_event_is_told_by_what_it_changed() {
        let info = json!({"line": "begun", "state": "running", "legs": []});
        assert_eq!(told("LOG_APPENDED", &info, Some("running")), [("log", json!({"line": "begun", "cursor": 7}))]);
        let info =
            json!({"state": "completed", "good_parts": 7, "scrap_parts": 5, "lost_parts": 0, "legs": [{"good": 7}]});
        let output = json!({"good": 7, "scrap": 5, "lost": 0});
        let expected = [("leg", json!({"good": 7})), ("status", json!({"state": "completed", "output": output}))];
        assert_eq!(told("JOB_COMPLETED", &info, Some("running")), expected);
        assert_eq!(told("BATCH_CREATED", &json!({"batch_key": "x"}), Some("running")), []);
    }
}
