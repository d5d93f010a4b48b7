//! JSON lines out: what [`crate::trace::Traces`] reads back as the same samples, where the types are declared.

use std::io::{self, Write};

use latchwork_engine::{Command, Reading, Sample};
use latchwork_expr::{Quality, Timestamp};
use serde_json::{Value as Json, json};

use super::super::catalog::Catalog;
use super::super::time::rfc3339;
use super::plain;

/// Writes JSON lines: `{"ts", "tag", "value", "quality"}`, and `{"ts", "command"}`.
pub struct JsonLinesWriter<W> {
    output: W,
}

impl<W: Write> JsonLinesWriter<W> {
    /// Begins a file.
    pub const fn new(output: W) -> Self {
        Self { output }
    }

    /// Adds the samples of a scan at its wall time, a line each; source times are left out.
    pub fn scan(&mut self, catalog: &Catalog, wall: Timestamp, samples: &[Sample]) -> io::Result<()> {
        let time = rfc3339(wall);
        for sample in samples {
            let path = catalog.path(sample.tag);
            let mut line = json!({"ts": time, "tag": path.strip_prefix("[default]").unwrap_or(path)});
            line["value"] = match &sample.reading {
                Reading::Kept => Json::Null,
                Reading::Value(value) => plain(value),
            };
            if sample.quality != Quality::Good {
                line["quality"] = sample.quality.name().into();
            }
            writeln!(self.output, "{line}")?;
        }
        Ok(())
    }

    /// Adds a command at its wall time.
    pub fn command(&mut self, wall: Timestamp, command: &Command) -> io::Result<()> {
        writeln!(self.output, "{}", json!({"ts": rfc3339(wall), "command": command.to_json()}))
    }

    /// Hands what was added to the output's own output.
    pub fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }

    /// Flushes and returns the output.
    pub fn finish(mut self) -> io::Result<W> {
        self.output.flush()?;
        Ok(self.output)
    }
}
