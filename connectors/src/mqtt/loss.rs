//! Messages that were dropped because the engine was behind, until the engine is told.
//!
//! Knows no broker and no queue.

use std::collections::BTreeSet;
use std::time::Instant;

use latchwork_config::connections::Connection;
use latchwork_engine::{Loss, Notice, Sample};
use latchwork_expr::{Quality, Timestamp};

use super::intake::{Received, unread};

/// What was lost since the engine was told last.
#[derive(Debug)]
pub(super) struct Lost {
    count: u64,
    from: Received,
    until: Timestamp,
    tags: BTreeSet<usize>,
}

impl Lost {
    /// Returns that nothing is lost yet, at the moment of the first message that is.
    pub(super) const fn since(from: Received) -> Self {
        Self { count: 0, from, until: from.wall, tags: BTreeSet::new() }
    }

    /// Adds a message for these tags.
    pub(super) fn add(&mut self, tags: Vec<usize>, at: Received) {
        self.count += 1;
        self.until = at.wall;
        self.tags.extend(tags);
    }

    /// Returns the news with what it does to the image, and when it happened.
    pub(super) fn into_news(self, connection: &Connection) -> (Notice, Vec<Sample>, Instant) {
        let Self { count, from, until, tags } = self;
        let samples = tags.iter().map(|&tag| unread(tag, Quality::BadStale, from.wall)).collect();
        let tags = tags.iter().map(|&tag| connection.tags[tag].path.as_str().into()).collect();
        let loss = Loss { connection: connection.name.as_str().into(), count, from: from.wall, until, tags };
        (Notice::SamplesLost(Box::new(loss)), samples, from.at)
    }
}
