//! The file of a collector: `[collect]` and `[store]`.

use std::path::PathBuf;
use std::time::Duration;

use super::links::read_collector;
use super::{publish, store};
use crate::collect::{Collect, CollectorConfiguration};
use crate::desk::Desk;
use crate::document::Table;
use crate::limits::{ASK_SECONDS_MAX, COLLECTED_BATCH_MAX, COLLECTED_WAIT_MILLIS_MAX, DEAD_LETTERS_MAX, REQUESTS_MAX};
use crate::problems;
use crate::reader::Reader;

/// The file as it is called in messages.
const FILE: &str = "the file of a collector";

/// What stands for the store if the file does not say where it is.
const DEFAULT_URL: &str = "sqlite:collected.db";

/// Among whom messages are shared if the file does not say.
const GROUP: &str = "latchwork";

/// How many messages the broker may send before one is acknowledged: four batches, so that it goes on while one is written.
const RECEIVE_MAXIMUM: u16 = 4096;

/// Most events of a transaction: twice as many are no faster.
const BATCH_EVENTS: u32 = 1000;

/// How long a batch waits for more: less than anybody sees, and fifty transactions a second when little happens.
const BATCH_WAIT_MILLIS: u64 = 20;

/// How long a hole stands: far longer than another collector has a batch in hand.
const GAP_WAIT_SECONDS: u64 = 5;

/// How long until it is asked for again: a gateway answers within a second.
const ASK_AGAIN_SECONDS: u64 = 10;

/// After how many requests it is given up: after half an hour in which the gateway was heard.
const REQUESTS: u32 = 10;

/// How many dead letters are kept.
const DEAD_LETTERS: u32 = 10_000;

/// Reads the file.
pub(crate) fn read_root(desk: &mut Desk<'_>, root: &Table) -> Option<CollectorConfiguration> {
    let mut reader = Reader::new(desk, FILE, root);
    if !reader.has("collect") {
        reader.missing("collect");
    }
    let (collect, place) = (reader.table("collect"), reader.table("store"));
    let desk = reader.finish(FILE);
    let place = place.map(|table| {
        let mut reader = Reader::new(desk, "store", table);
        let place = store::read_place(&mut reader, DEFAULT_URL);
        reader.finish("[store]");
        place
    });
    let (collect, data_directory) = read(desk, collect?);
    Some(CollectorConfiguration { collect, store: place.unwrap_or_default(), data_directory })
}

fn read(desk: &mut Desk<'_>, table: &Table) -> (Collect, PathBuf) {
    let mut reader = Reader::new(desk, "collect", table);
    let collect = Collect {
        broker: read_collector(&mut reader),
        topic_prefix: publish::topic_prefix(&mut reader),
        group: group(&mut reader),
        receive_maximum: reader.whole_or("receive_maximum", 1..=u16::MAX, RECEIVE_MAXIMUM),
        batch_events_max: reader.whole_or("batch_events_max", 1..=COLLECTED_BATCH_MAX, BATCH_EVENTS),
        batch_wait: Duration::from_millis(reader.whole_or(
            "batch_wait_millis",
            0..=COLLECTED_WAIT_MILLIS_MAX,
            BATCH_WAIT_MILLIS,
        )),
        gap_wait: seconds(&mut reader, "gap_wait_seconds", GAP_WAIT_SECONDS),
        ask_again: seconds(&mut reader, "ask_again_seconds", ASK_AGAIN_SECONDS),
        requests_max: reader.whole_or("requests_max", 1..=REQUESTS_MAX, REQUESTS),
        dead_letters_max: reader.whole_or("dead_letters_max", 1..=DEAD_LETTERS_MAX, DEAD_LETTERS),
    };
    let data_directory = reader.text_or("data_directory", "./latchwork-data");
    reader.finish("[collect]");
    (collect, data_directory.into())
}

fn seconds(reader: &mut Reader<'_, '_>, key: &'static str, otherwise: u64) -> Duration {
    Duration::from_secs(reader.whole_or(key, 1..=ASK_SECONDS_MAX, otherwise))
}

/// Reads the group: one level of a topic.
fn group(reader: &mut Reader<'_, '_>) -> String {
    let key = "group";
    if !reader.has(key) {
        return reader.text_or(key, GROUP);
    }
    let Some(group) = reader.name(key) else { return GROUP.to_owned() };
    if let Some(character) = group.value.chars().find(|character| matches!(character, '/' | '+' | '#')) {
        let fault = format!("has a `{character}`: it is one level of a topic");
        reader.malformed(problems::BAD_TOPIC_PREFIX, "group", &group, &fault, None);
    }
    group.value
}
