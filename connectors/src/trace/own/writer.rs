//! Writes own traces: lines are gathered, and a flush makes one frame of them that a kill cannot take back.

use std::io::{self, Write};

use latchwork_engine::{Command, Moment, Notice, Sample};
use serde::Serialize;
use zstd::bulk::Compressor;
use zstd::zstd_safe::compress_bound;

use super::code::encode_notice;
use super::line::{BootLine, CommandLine, HeaderLine, ReloadLine, TagLine, TimerLine};
use super::sample::write_sample;
use super::{FORMAT_VERSION, OwnBoot, OwnHeader, OwnReload};
use crate::limits::{LINE_BYTES_MAX, OWN_FRAME_BYTES};
use crate::trace::{Catalog, Usage};

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
    /// Memory for a frame.
    frame: Vec<u8>,
    /// By slot: the number that the tag was declared with.
    numbers: Vec<Option<u32>>,
    declared: u32,
    /// Whether the next scan is of a retained message.
    is_retained: bool,
    bytes_written: u64,
}

impl<W: Write> OwnWriter<W> {
    /// Begins a trace with its header, which is handed on at once.
    pub fn new(output: W, packing: Packing, header: &OwnHeader) -> io::Result<Self> {
        let compressor = match packing {
            Packing::Plain => None,
            Packing::Zstd => Some(compressor()?),
        };
        let mut writer = Self {
            output,
            compressor,
            lines: Vec::new(),
            frame: Vec::new(),
            numbers: Vec::new(),
            declared: 0,
            is_retained: false,
            bytes_written: 0,
        };
        writer.line(&HeaderLine { latchwork_trace: FORMAT_VERSION, header })?;
        writer.flush()?;
        Ok(writer)
    }

    /// Adds a scan of samples: those of tags that the catalog says to be read.
    pub fn scan(&mut self, catalog: &Catalog, sequence: u64, at: Moment, samples: &[Sample]) -> io::Result<()> {
        self.scan_line(catalog, (sequence, at), None, samples)
    }

    /// Notes that the next scan is of a message that its broker had kept.
    pub const fn note_retained(&mut self) {
        self.is_retained = true;
    }

    /// Adds a scan of news with what they do to the image.
    pub fn notice(
        &mut self,
        catalog: &Catalog,
        sequence: u64,
        at: Moment,
        notice: &Notice,
        samples: &[Sample],
    ) -> io::Result<()> {
        self.scan_line(catalog, (sequence, at), Some(notice), samples)
    }

    /// Adds a scan that a deadline made.
    pub fn timer(&mut self, sequence: u64, at: Moment) -> io::Result<()> {
        self.line(&TimerLine { timer: sequence, at: at.into() })
    }

    /// Adds a command, with what was fetched for it.
    pub fn command(&mut self, sequence: u64, at: Moment, command: &Command) -> io::Result<()> {
        self.line(&CommandLine { command: sequence, at: at.into(), asked: &command.to_json() })
    }

    /// Adds a start of the gateway.
    pub fn boot(&mut self, sequence: u64, at: Moment, state: &OwnBoot) -> io::Result<()> {
        self.line(&BootLine { boot: sequence, at: at.into(), state })
    }

    /// Adds a change of the configuration. The scans behind it come with another catalog.
    pub fn reload(&mut self, sequence: u64, at: Moment, change: &OwnReload) -> io::Result<()> {
        self.numbers.clear();
        self.line(&ReloadLine { reload: sequence, at: at.into(), change })
    }

    /// Ends a frame and hands it to the system: from then on it survives the process.
    pub fn flush(&mut self) -> io::Result<()> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let frame = match &mut self.compressor {
            Some(compressor) => {
                self.frame.clear();
                self.frame.reserve(compress_bound(self.lines.len()));
                compressor.compress_to_buffer(&self.lines, &mut self.frame)?;
                &self.frame
            }
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

    fn scan_line(
        &mut self,
        catalog: &Catalog,
        (sequence, at): (u64, Moment),
        notice: Option<&Notice>,
        samples: &[Sample],
    ) -> io::Result<()> {
        let read = || samples.iter().filter(|sample| catalog.usage(sample.tag) == Usage::Read);
        for sample in read() {
            self.declare(catalog, sample)?;
        }
        let start = self.lines.len();
        write!(self.lines, "{{\"scan\":{sequence},\"monotonic\":{},\"wall\":{},", at.monotonic.0, at.wall.0)?;
        if let Some(notice) = notice {
            write!(self.lines, "\"notice\":{},", encode_notice(notice))?;
        }
        self.lines.extend_from_slice(b"\"samples\":[");
        for (place, sample) in read().enumerate() {
            if place > 0 {
                self.lines.push(b',');
            }
            let number = self.numbers[sample.tag.index()].expect("declared above");
            write_sample(&mut self.lines, number, sample, at.wall)?;
        }
        let end: &[u8] = if std::mem::take(&mut self.is_retained) { b"],\"retained\":true}" } else { b"]}" };
        self.lines.extend_from_slice(end);
        self.end_line(start)
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

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        let start = self.lines.len();
        serde_json::to_writer(&mut self.lines, line)?;
        self.end_line(start)
    }

    /// Ends the line that begins at `start`; one that nobody could read is taken back.
    fn end_line(&mut self, start: usize) -> io::Result<()> {
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
