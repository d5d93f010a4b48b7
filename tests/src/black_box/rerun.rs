//! The replay of a black box without a configuration, as recorded.

use std::path::PathBuf;

use latchwork_connectors::trace::{Catalog, Options, Traces};
use latchwork_gateway::output::records::Form;
use latchwork_gateway::output::replayed::{Output, Replayed, Selection};
use latchwork_gateway::replay::{Basis, Recording, Replay, Speed};

use crate::rerun::Shared;

/// Event lines and record lines, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lines {
    pub(super) events: Vec<String>,
    pub(super) records: Vec<String>,
    /// The number from which on the events are told.
    pub(super) first_seq: u64,
}

/// Replays the files as recorded.
pub(super) fn replayed(files: &[PathBuf]) -> Lines {
    let traces = Traces::open(files, Catalog::new(), &Options::default()).unwrap_or_else(|error| panic!("{error}"));
    // A file may begin with scans that a later start revokes: from there on numbers are given again.
    let first_seq = traces.headers().map(|header| header.next_event_seq).min().unwrap_or_default();
    let (recording, _) = Recording::of(&traces).unwrap_or_else(|failure| panic!("{}", failure.message));
    replayed_on(Basis::Recorded(recording), traces, first_seq)
}

/// Replays traces on a basis.
pub(super) fn replayed_on(basis: Basis, traces: Traces, first_seq: u64) -> Lines {
    let (records, events) = (Shared::default(), Shared::default());
    let output = |name: &str, shared: &Shared| Output::new(name, shared.clone());
    let mut replayed = Replayed::new(
        Form::JsonLines,
        output("records", &records),
        Some(output("events", &events)),
        Selection::default(),
    )
    .expect("memory takes everything");
    let replay = Replay { until: None, speed: Speed::Unbounded, show_progress: false };
    replay.run_on(basis, traces, &mut replayed).unwrap_or_else(|failure| panic!("{}", failure.message));
    let lines = |shared: &Shared| shared.text().lines().map(str::to_owned).collect();
    Lines { events: lines(&events), records: lines(&records), first_seq }
}
