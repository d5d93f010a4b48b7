//! `latchwork outbox`: what waits to be published, what the broker refused, and what is to become of that.
//!
//! Looking reads the store's file beside a gateway that runs. Changing something is asked of that gateway, over the socket
//! in its data directory; without one it is done in the store.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use latchwork_config::Configuration;
use latchwork_store::outbox::{Overview, Shown, State};
use latchwork_store::{Options, Store, StoreError, Written};
use serde_json::{Value as Json, json};

use super::ops::exchange;
use super::runtime::block_on;
use super::{Format, load};
use crate::exit::{Exit, Failure, write_failure};
use crate::live::{SOCKET, wall_now};

/// What `outbox` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    order: Order,
    /// The gateway's configuration: it says where the store and the data directory are.
    #[arg(short, long = "config", value_name = "FILE", global = true, default_value = "plant.toml")]
    config: PathBuf,
    /// A table for people, or one JSON object a line.
    #[arg(long, value_enum, global = true, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum Order {
    /// Shows events that were not published.
    List {
        /// Which ones.
        #[arg(long, value_enum, default_value_t = Which::Quarantined)]
        state: Which,
        /// How many at most.
        #[arg(long, value_name = "COUNT", default_value_t = 100)]
        limit: u32,
    },
    /// Has refused events tried again, as if they never were: those named by number, else all.
    Retry {
        /// Their numbers.
        #[arg(value_name = "NUMBER")]
        seqs: Vec<u64>,
    },
    /// Gives quarantined events up: those named by number, or all with `--all`. They stay in the log for a time.
    Purge {
        /// Their numbers.
        #[arg(value_name = "NUMBER", required_unless_present = "all")]
        seqs: Vec<u64>,
        /// Every quarantined event.
        #[arg(long, conflicts_with = "seqs")]
        all: bool,
    },
    /// Shows how many events wait, were refused, and were dropped.
    Stats,
}

/// Which events are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// Not published yet, oldest first.
    Waiting,
    /// Refused, and tried again.
    Refused,
    /// Not tried any more.
    Quarantined,
}

/// A store and the gateway whose it is.
struct Place {
    options: Options,
    gateway_id: String,
    socket: PathBuf,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let place = Place::of(&load(&arguments.config)?)?;
    match &arguments.order {
        Order::List { state, limit } => list(&place, *state, *limit, arguments.format),
        Order::Retry { seqs } => change(&place, "retry", named(seqs), arguments.format),
        Order::Purge { seqs, .. } => change(&place, "purge", named(seqs), arguments.format),
        Order::Stats => stats(&place, arguments.format),
    }
}

impl Place {
    fn of(configuration: &Configuration) -> Result<Self, Failure> {
        let (store, directory): (_, &Path) = (&configuration.store, &configuration.data_directory);
        let written = Written { url: store.url.as_deref(), ca_file: store.ca_file.as_deref() };
        let options = Options::of(written, directory, &configuration.plant.gateway_id, wall_now());
        let gateway_id = configuration.plant.gateway_id.clone();
        Ok(Self { options: options.map_err(|error| unreadable(&error))?, gateway_id, socket: directory.join(SOCKET) })
    }
}

/// Returns the events that were named; none means all.
fn named(seqs: &[u64]) -> Option<&[u64]> {
    (!seqs.is_empty()).then_some(seqs)
}

fn list(place: &Place, which: Which, limit: u32, format: Format) -> Result<Exit, Failure> {
    let state = match which {
        Which::Waiting => State::Waiting,
        Which::Refused => State::Refused,
        Which::Quarantined => State::Quarantined,
    };
    let options = &place.options;
    let shown = block_on(async { Shown::of(options, state, limit).await.map_err(|error| unreadable(&error)) })?;
    let mut lines: Vec<String> = shown.iter().map(|event| line(event, format)).collect();
    if format == Format::Text && !lines.is_empty() {
        lines.insert(0, format!("{:>10}  {:<27}  {:<32}  {:>8}  REASON", "NUMBER", "RECORDED", "EVENT", "REFUSALS"));
    }
    print(&lines)
}

fn line(event: &Shown, format: Format) -> String {
    let Shown { seq, id, event_type, recorded_at, refusals, reason, quarantined_at } = event;
    match format {
        Format::Text => {
            let reason = reason.as_deref().unwrap_or_default();
            format!("{seq:>10}  {recorded_at:<27}  {event_type:<32}  {refusals:>8}  {reason}").trim_end().to_owned()
        }
        Format::Json => json!({
            "seq": seq,
            "event_id": id,
            "event_type": event_type,
            "recorded_at": recorded_at,
            "refusals": refusals,
            "reason": reason,
            "quarantined_at": quarantined_at,
        })
        .to_string(),
    }
}

fn stats(place: &Place, format: Format) -> Result<Exit, Failure> {
    let Place { options, gateway_id, .. } = place;
    let overview = block_on(async { Overview::of(options).await.map_err(|error| unreadable(&error)) })?;
    let Some(overview) = overview else {
        let message = format_args!("store `{}` has nothing of gateway `{gateway_id}`", options.shown_place());
        return Err(Failure::new(Exit::Problems, message));
    };
    let rows = json!({
        "last_event": overview.last_seq,
        "settled_up_to": overview.settled_seq,
        "waiting": overview.waiting,
        "oldest_waiting_at": overview.oldest_waiting_at,
        "refused": overview.refused,
        "quarantined": overview.quarantined,
        "dropped": overview.dropped,
        "published_and_kept": overview.kept,
        "last_published_at": overview.last_published_at,
    });
    match (format, &rows) {
        (Format::Text, Json::Object(rows)) => {
            let shown = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            print(&rows.iter().map(|(key, value)| format!("{key:<20}{}", shown(value))).collect::<Vec<_>>())
        }
        (Format::Text | Format::Json, _) => print(&[rows.to_string()]),
    }
}

/// Asks the gateway that runs; without one it is done in the store.
fn change(place: &Place, verb: &str, seqs: Option<&[u64]>, format: Format) -> Result<Exit, Failure> {
    let done = block_on(async { in_store(place, verb, seqs).await })?;
    let events = match done {
        Some(events) => Json::from(events),
        None => by_gateway(&place.socket, verb, seqs)?,
    };
    let count = events.as_array().map_or(0, Vec::len);
    match format {
        Format::Text if verb == "retry" => print(&[format!("{count} events are tried again")]),
        Format::Text => print(&[format!("{count} events are given up")]),
        Format::Json => print(&[json!({"events": events}).to_string()]),
    }
}

/// Changes the store itself; `None` if a gateway has it.
async fn in_store(place: &Place, verb: &str, seqs: Option<&[u64]>) -> Result<Option<Vec<u64>>, Failure> {
    if place.options.is_absent() {
        let message = format_args!("there is no store `{}`", place.options.shown_place());
        return Err(Failure::new(Exit::Problems, message));
    }
    let store = match Store::open(&place.options).await {
        Ok(store) => store,
        Err(error) if error.is_in_use() => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    };
    let done =
        if verb == "retry" { store.retry_refused(seqs).await } else { store.purge_quarantined(seqs, wall_now()).await };
    let closed = store.close().await;
    let events = done.map_err(|error| unreadable(&error))?;
    closed.map_err(|error| unreadable(&error))?;
    Ok(Some(events))
}

fn by_gateway(socket: &Path, verb: &str, seqs: Option<&[u64]>) -> Result<Json, Failure> {
    let answer = exchange(socket, &json!({"outbox": {verb: seqs}}))?;
    match answer["status"].as_u64() {
        Some(200) => Ok(answer["events"].clone()),
        Some(_) | None => {
            Err(Failure::new(Exit::Problems, answer["detail"].as_str().unwrap_or("the gateway did nothing")))
        }
    }
}

fn print(lines: &[String]) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    let written = lines.iter().try_for_each(|line| writeln!(out, "{line}"));
    written.map(|()| Exit::Done).map_err(|error| write_failure("standard output", &error))
}

fn unreadable(error: &StoreError) -> Failure {
    Failure::new(Exit::NotStarted, error)
}
