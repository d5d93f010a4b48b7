//! Long CSV out: what [`crate::trace::Traces`] reads back as the same samples, where the types are declared.

use std::io::{self, Write};

use latchwork_engine::{Reading, Sample};
use latchwork_expr::{Timestamp, Value};

use super::super::catalog::Catalog;
use super::super::time::rfc3339;
use super::plain;

/// Writes long CSV: `timestamp,tag,value,quality`.
pub struct LongWriter<W> {
    output: W,
}

impl<W: Write> LongWriter<W> {
    /// Begins a file with its header.
    pub fn new(mut output: W) -> io::Result<Self> {
        output.write_all(b"timestamp,tag,value,quality\n")?;
        Ok(Self { output })
    }

    /// Adds the samples of a scan at its wall time; source times are left out.
    pub fn scan(&mut self, catalog: &Catalog, wall: Timestamp, samples: &[Sample]) -> io::Result<()> {
        let time = rfc3339(wall);
        for sample in samples {
            let path = catalog.path(sample.tag);
            let path = cell(path.strip_prefix("[default]").unwrap_or(path));
            writeln!(self.output, "{time},{path},{},{}", value(&sample.reading), sample.quality.name())?;
        }
        Ok(())
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

/// Returns a reading as a cell; nothing stands for null and for the last value alike: the quality tells them apart.
fn value(reading: &Reading) -> String {
    match reading {
        Reading::Kept | Reading::Value(Value::Null) => String::new(),
        Reading::Value(Value::String(text)) if text.is_empty() => "\"\"".to_owned(),
        Reading::Value(value) => {
            let plain = plain(value);
            cell(&plain.as_str().map_or_else(|| plain.to_string(), str::to_owned))
        }
    }
}

/// Returns a text as a cell, quoted where it must be.
fn cell(text: &str) -> String {
    let is_bare = !text.contains([',', '"', '\n', '\r', ';', '\t']) && text.trim() == text;
    if is_bare { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}
