//! What happens, read once for all streams: committed events as the log grows, tags that changed.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use latchwork_store::StoredEvent;
use serde_json::{Value as Json, json};
use tokio::sync::broadcast;
use tokio::time::{Instant, sleep_until};

use super::limits::{EVENTS_PER_PAGE, EVENTS_TOLD_AHEAD_MAX, STORE_PAUSE, TAGS_EVERY};
use super::site::{Means, exchange};
use crate::live::{Inquiry, TagPage, TagWish};

/// Something that happened.
#[derive(Clone, Debug)]
pub(super) enum Happened {
    /// An event, in the order of the log.
    Event(Arc<StoredEvent>),
    /// Tags that show something else than before.
    Tags(Arc<Vec<Json>>),
}

/// Where streams hear what happens.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    told: broadcast::Sender<Happened>,
    /// How many want to know of tags.
    tag_readers: Arc<AtomicUsize>,
}

/// Somebody who wants to know of tags, as long as this is there.
#[derive(Debug)]
pub(super) struct TagReader(Arc<AtomicUsize>);

impl Drop for TagReader {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Reads the log and looks at the tags.
struct Poller {
    means: Means,
    feed: Feed,
    /// The last event that was told.
    seq: u64,
    /// What each tag showed, by its slot.
    shown: Vec<u64>,
    tags_at: Instant,
}

impl Feed {
    /// Returns a feed, and what reads for it, which is to be run beside.
    pub(super) fn new(means: Means) -> (Self, impl Future<Output = ()> + Send + use<>) {
        let feed = Self { told: broadcast::Sender::new(EVENTS_TOLD_AHEAD_MAX), tag_readers: Arc::default() };
        let (seq, tags_at) = (*means.head.borrow(), Instant::now());
        let poller = Poller { means, feed: feed.clone(), seq, shown: Vec::new(), tags_at };
        (feed, poller.run())
    }

    /// Hears what happens from now on.
    pub(super) fn listen(&self) -> broadcast::Receiver<Happened> {
        self.told.subscribe()
    }

    /// Has tags be looked at.
    pub(super) fn read_tags(&self) -> TagReader {
        self.tag_readers.fetch_add(1, Ordering::Relaxed);
        TagReader(Arc::clone(&self.tag_readers))
    }
}

impl Poller {
    async fn run(mut self) {
        loop {
            self.tell_events().await;
            if Instant::now() >= self.tags_at {
                self.tell_tags().await;
                self.tags_at = Instant::now() + TAGS_EVERY;
            }
            tokio::select! {
                changed = self.means.head.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
                () = sleep_until(self.tags_at) => {}
            }
        }
    }

    /// Tells the events that are new in the log; where nobody listens they are passed over.
    async fn tell_events(&mut self) {
        let head = *self.means.head.borrow_and_update();
        if self.feed.told.receiver_count() == 0 {
            self.seq = head;
        }
        while self.seq < head {
            match self.means.store.events(self.seq, EVENTS_PER_PAGE).await {
                Ok(events) => {
                    let Some(last) = events.last() else { return };
                    self.seq = last.seq;
                    for event in events {
                        // Who listened may be gone.
                        let _heard = self.feed.told.send(Happened::Event(Arc::new(event)));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "the log cannot be read for streams");
                    return tokio::time::sleep(STORE_PAUSE).await;
                }
            }
        }
    }

    /// Tells the tags that show something else than at the last look.
    async fn tell_tags(&mut self) {
        if self.feed.tag_readers.load(Ordering::Relaxed) == 0 {
            return self.shown.clear();
        }
        let (mut from, mut place) = (Some(0), 0);
        while let Some(first) = from {
            let Some(page) = look(&self.means, "", first).await else { return };
            let mut changed = Vec::new();
            for row in page.rows() {
                if self.has_changed(place, &row) {
                    changed.push(row);
                }
                place += 1;
            }
            if !changed.is_empty() {
                let _heard = self.feed.told.send(Happened::Tags(Arc::new(changed)));
            }
            from = page.next();
        }
        // After a reload there may be fewer.
        self.shown.truncate(place);
    }

    /// Notes what a tag shows: its name, value and quality, for the time of a reading alone is no news.
    fn has_changed(&mut self, place: usize, row: &Json) -> bool {
        let mut hasher = DefaultHasher::new();
        for key in ["path", "value", "quality", "diagnostic"] {
            row[key].to_string().hash(&mut hasher);
        }
        let digest = hasher.finish();
        if let Some(before) = self.shown.get_mut(place) {
            return std::mem::replace(before, digest) != digest;
        }
        self.shown.push(digest);
        true
    }
}

/// Looks at a page of tags; `None` if the gateway ends.
pub(super) async fn look(means: &Means, filter: &str, from: usize) -> Option<TagPage> {
    let wish = TagWish::of(&json!({"filter": filter, "from": from})).ok()?;
    exchange(&means.doors.inquiries, |answer| Inquiry::Tags(wish, answer)).await.ok()
}
