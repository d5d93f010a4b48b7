//! Writes own traces: lines are gathered, and a flush makes one frame of them that a kill cannot take back.

use std::io::{self, Write};

use latchwork_engine::{Moment, Sample};
use latchwork_expr::Quality;
use serde::Serialize;
use serde_json::{Value as Json, json};
use zstd::bulk::Compressor;

use super::code::encode_reading;
use super::{FORMAT_VERSION, OwnHeader};
use crate::limits::{LINE_BYTES_MAX, OWN_FRAME_BYTES};
use crate::trace::Catalog;

/// How an own trace is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Bare lines, `.lwt`.
    Plain,
    /// zstd frames, `.lwt.zst`.
    Zstd,
}

/// Writes an own trace.
pub struct OwnWriter<W> {
    output: W,
    compressor: Option<Compressor<'static>>,
    /// The lines since the last flush.
    lines: Vec<u8>,
    /// By slot: the number that the tag was declared with.
    numbers: Vec<Option<u32>>,
    declared: u32,
    bytes_written: u64,
}

impl<W: Write> OwnWriter<W> {
    /// Begins a trace with its header, which is handed on at once.
    pub fn new(output: W, packing: Packing, header: &OwnHeader) -> io::Result<Self> {
        let compressor = match packing {
            Packing::Plain => None,
            Packing::Zstd => Some(compressor()?),
        };
        let mut writer =
            Self { output, compressor, lines: Vec::new(), numbers: Vec::new(), declared: 0, bytes_written: 0 };
        writer.line(&HeaderLine { latchwork_trace: FORMAT_VERSION, header })?;
        writer.flush()?;
        Ok(writer)
    }

    /// Adds a scan of samples.
    pub fn scan(&mut self, catalog: &Catalog, sequence: u64, at: Moment, samples: &[Sample]) -> io::Result<()> {
        for sample in samples {
            self.declare(catalog, sample)?;
        }
        let samples: Json = samples.iter().map(|sample| self.sample(sample, at)).collect();
        self.line(&ScanLine { scan: sequence, monotonic: at.monotonic.0, wall: at.wall.0, samples })
    }

    /// Adds a boot with the retained state as it was loaded.
    pub fn boot(&mut self, sequence: u64, at: Moment, retained: &Json) -> io::Result<()> {
        self.line(&BootLine { boot: sequence, monotonic: at.monotonic.0, wall: at.wall.0, retained })
    }

    /// Ends a frame and hands it to the system: from then on it survives the process.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let frame = match &mut self.compressor {
            Some(compressor) => &compressor.compress(&self.lines)?,
            None => &self.lines,
        };
        self.output.write_all(frame)?;
        self.bytes_written += frame.len() as u64;
        self.lines.clear();
        self.output.flush()
    }

    /// Returns how many bytes were handed on: what a rotation by size goes by.
    pub const fn bytes_written(&self) -> u64 {
        self.bytes_written
    }

    /// Flushes and returns the output.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        Ok(self.output)
    }

    /// Gives a tag its number before its first sample.
    fn declare(&mut self, catalog: &Catalog, sample: &Sample) -> io::Result<()> {
        let slot = sample.tag.index();
        if self.numbers.len() <= slot {
            self.numbers.resize(slot + 1, None);
        }
        if self.numbers[slot].is_some() {
            return Ok(());
        }
        self.numbers[slot] = Some(self.declared);
        self.declared += 1;
        self.line(&TagLine { tag: self.declared - 1, path: catalog.path(sample.tag) })
    }

    /// Returns `[tag, value, quality, source time]`, as short as it can be.
    fn sample(&self, sample: &Sample, at: Moment) -> Json {
        let number = self.numbers[sample.tag.index()];
        let value = encode_reading(&sample.reading);
        match (sample.quality, sample.source_time == at.wall) {
            (Quality::Good, true) => json!([number, value]),
            (quality, true) => json!([number, value, quality.name()]),
            (quality, false) => json!([number, value, quality.name(), sample.source_time.0]),
        }
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        let start = self.lines.len();
        serde_json::to_writer(&mut self.lines, line)?;
        if self.lines.len() - start > LINE_BYTES_MAX {
            self.lines.truncate(start);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a line is longer than a trace can be read with"));
        }
        self.lines.push(b'\n');
        if self.lines.len() >= OWN_FRAME_BYTES { self.flush() } else { Ok(()) }
    }
}

fn compressor() -> io::Result<Compressor<'static>> {
    let mut compressor = Compressor::new(zstd::DEFAULT_COMPRESSION_LEVEL)?;
    compressor.include_checksum(true)?;
    Ok(compressor)
}

#[derive(Serialize)]
struct HeaderLine<'a> {
    latchwork_trace: u64,
    #[serde(flatten)]
    header: &'a OwnHeader,
}

#[derive(Serialize)]
struct TagLine<'a> {
    tag: u32,
    path: &'a str,
}

#[derive(Serialize)]
struct ScanLine {
    scan: u64,
    monotonic: i64,
    wall: i64,
    samples: Json,
}

#[derive(Serialize)]
struct BootLine<'a> {
    boot: u64,
    monotonic: i64,
    wall: i64,
    retained: &'a Json,
}
