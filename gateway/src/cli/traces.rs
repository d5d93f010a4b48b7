//! How traces of the command line are read: what `replay` and `explain` share.

use std::path::PathBuf;
use std::sync::Arc;

use latchwork_config::Configuration;
use latchwork_connectors::trace::{BadLines, Catalog, Options, Traces};
use latchwork_engine::Plant;
use latchwork_expr::{Timestamp, Tz};

use super::eval::zone;
use crate::exit::Failure;
use crate::replay::{Basis, Recording, options, trace_failure, whole_micros};

/// How traces are read.
#[derive(Debug, clap::Args)]
pub(super) struct Reading {
    /// The zone of times that are written without one, instead of the configuration's.
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    pub(super) timezone: Option<Tz>,
    /// What stands before the column names of a wide file to make them tag paths.
    #[arg(long, default_value = "", hide_default_value = true)]
    prefix: String,
    /// Sorts rows that are out of order by at most this long, such as `500ms`, `30s`, `1h`.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    reorder_window: Option<i64>,
    /// Skips and counts lines that cannot be understood, instead of ending at the first.
    #[arg(long)]
    skip_bad_lines: bool,
}

/// Traces with what runs over them.
pub(super) struct Opened {
    pub(super) basis: Basis,
    pub(super) traces: Traces,
    /// The zone of times that are written without one.
    pub(super) zone: Tz,
}

/// From when to when traces are read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    pub(super) from: Option<Timestamp>,
    pub(super) until: Option<Timestamp>,
}

impl Reading {
    /// Opens the traces for a configuration. If it is the one in them, they replay as recorded; else `given` may
    /// refuse its plant.
    pub(super) fn open_with(
        &self,
        paths: &[PathBuf],
        configuration: Configuration,
        span: Span,
        given: impl FnOnce(&Plant) -> Result<(), Failure>,
    ) -> Result<Opened, Failure> {
        let zone = self.zone(configuration.replay.zone);
        let Span { from, until } = span;
        let options = Options { from, until, ..self.options(options(&configuration)) };
        let plant = Arc::new(configuration.plant);
        let traces = open(paths, crate::replay::catalog(&plant), &options)?;
        let recording = Recording::with(&traces, &configuration.hash, &plant);
        if recording.is_none() {
            given(&plant)?;
        }
        let basis = recording.map_or(Basis::Given(plant), Basis::Recorded);
        Ok(Opened { basis, traces, zone })
    }

    /// Opens the traces of a gateway, which have their configuration in them; `span` says, in the zone of that, from
    /// when to when they are read.
    pub(super) fn open_recording(
        &self,
        paths: &[PathBuf],
        span: impl FnOnce(Tz) -> Result<Span, Failure>,
    ) -> Result<Opened, Failure> {
        let mut traces = open(paths, Catalog::new(), &self.options(Options::default()))?;
        let (recording, zone) = Recording::of(&traces)?;
        let zone = self.zone(zone);
        let Span { from, until } = span(zone)?;
        traces.set_span(from, until);
        Ok(Opened { basis: Basis::Recorded(recording), traces, zone })
    }

    /// Returns the zone of times that are written without one: that of the configuration unless another is given.
    pub(super) fn zone(&self, configured: Tz) -> Tz {
        self.timezone.unwrap_or(configured)
    }

    fn options(&self, configured: Options) -> Options {
        Options {
            zone: self.timezone.unwrap_or(configured.zone),
            reorder_window_micros: self.reorder_window.unwrap_or(0),
            bad_lines: if self.skip_bad_lines { BadLines::Skip } else { BadLines::Stop },
            prefix: self.prefix.clone(),
            ..configured
        }
    }
}

fn open(paths: &[PathBuf], catalog: Catalog, options: &Options) -> Result<Traces, Failure> {
    Traces::open(paths, catalog, options).map_err(|error| trace_failure(&error))
}

/// Reads a duration such as `1h`; gives microseconds.
pub(super) fn duration(text: &str) -> Result<i64, String> {
    const UNITS: [(&str, f64); 7] =
        [("us", 1.0), ("µs", 1.0), ("ms", 1e3), ("s", 1e6), ("min", 6e7), ("m", 6e7), ("h", 3.6e9)];
    let split = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = UNITS.into_iter().find(|(name, _)| *name == unit).map(|(_, factor)| factor);
    let micros = number.parse::<f64>().ok().zip(factor).map(|(number, factor)| number * factor);
    micros.map(whole_micros).ok_or_else(|| "expected a duration such as 500ms, 30s, 5m, 1h".into())
}
