//! The black box beside the engine: every scan of the running gateway as an own trace, in files that follow one
//! another and do not grow for ever.
//!
//! It knows no store and no clock. A write that fails is an error for whoever runs the gateway to tell; the gateway
//! needs no black box to go on.

mod directory;
#[cfg(test)]
mod tests;
mod upkeep;

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use latchwork_config::SourceFile;
use latchwork_connectors::trace::{Catalog, OwnBoot, OwnHeader, OwnReload, OwnWriter, Packing, Usage};
use latchwork_engine::{ClockWatch, Input, Moment, Plant, Sample, Scan};
use serde_json::Value as Json;

use crate::replay::{catalog, own_files};
pub use directory::files_near;
use directory::{Directory, name};
use upkeep::Upkeep;

/// How much is kept, and in what pieces.
#[derive(Clone, Copy, Debug)]
pub struct BlackBoxOptions {
    /// Bytes after which a new file begins.
    pub rotate_bytes: u64,
    /// How long after its beginning a file is followed by a new one.
    pub rotate_after: Duration,
    /// Bytes of all files together.
    pub keep_bytes: u64,
    /// How long ago the newest scan of a file may be.
    pub keep_for: Duration,
    /// Which tags are written.
    pub tags: RecordedTags,
}

/// Which tags a black box writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordedTags {
    /// Those that some expression reads: all that a replay needs.
    #[default]
    Read,
    /// All, for a replay under another configuration.
    All,
}

impl Default for BlackBoxOptions {
    /// Returns files of 32 MiB or a day, 1 GiB and 30 days together.
    fn default() -> Self {
        const DAY: Duration = Duration::from_hours(24);
        Self {
            rotate_bytes: 32 << 20,
            rotate_after: DAY,
            keep_bytes: 1 << 30,
            keep_for: 30 * DAY,
            tags: RecordedTags::Read,
        }
    }
}

/// What the gateway runs.
#[derive(Clone, Copy, Debug)]
pub struct Running<'a> {
    /// The plant.
    pub plant: &'a Plant,
    /// The hash of its configuration.
    pub hash: &'a str,
    /// The files of its configuration.
    pub files: &'a [SourceFile],
}

/// How the gateway stands between two scans: what a file needs so that it replays alone.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The retained state as JSON; null when there is none.
    pub retained: Json,
    /// The number of the last scan, and when it was. At a start of the gateway, of the last committed one.
    pub last: Option<(u64, Moment)>,
    /// The number of the next event line.
    pub next_event_seq: u64,
}

/// The black box of a running gateway.
pub struct BlackBox {
    options: BlackBoxOptions,
    directory: Directory,
    catalog: Catalog,
    header: OwnHeader,
    writer: OwnWriter<File>,
    begun: Moment,
    /// A scan without samples that are written, if it was the last: its number and time count for what comes behind it.
    unwritten: Option<(u64, Moment)>,
    /// The reload that the next scan brings.
    reload: Option<OwnReload>,
    /// Whether the next scan of samples is of a message that its broker had kept.
    is_retained: bool,
    /// Sees what the engine sees of the wall clock.
    clock: ClockWatch,
    /// What becomes of the files before, meanwhile.
    upkeep: Option<Upkeep>,
}

impl BlackBox {
    /// Begins a file in a directory. `standing` is what was loaded, before the gateway's first scan.
    pub fn open(
        directory: &Path,
        options: BlackBoxOptions,
        running: Running<'_>,
        standing: Standing,
        now: Moment,
    ) -> io::Result<Self> {
        let gateway_id = running.plant.gateway_id.clone();
        let mut directory = Directory::open(directory, &gateway_id)?;
        let header = OwnHeader {
            gateway_id,
            configuration_hash: running.hash.to_owned(),
            files: own_files(running.files),
            begun: directory.next_beginning(now.wall),
            ..header_of(standing)
        };
        let writer = begin(&mut directory, &header)?;
        let catalog = written_tags(running.plant, options.tags);
        let clock = ClockWatch::resumed(header.retained["clock_ahead_micros"].as_i64());
        let mut black_box = Self {
            options,
            directory,
            catalog,
            header,
            writer,
            begun: now,
            unwritten: None,
            reload: None,
            is_retained: false,
            clock,
            upkeep: None,
        };
        black_box.keep_up(now);
        Ok(black_box)
    }

    /// Writes a scan; to be called before it is taken.
    pub fn see(&mut self, scan: &Scan<'_>) -> io::Result<()> {
        let Scan { sequence, at, input } = scan;
        self.note_state_passed(input);
        let is_stepped = self.clock.look(*at).is_some();
        if let Input::Samples(samples) = input {
            let is_retained = std::mem::take(&mut self.is_retained);
            // A scan in which the wall clock is found to be set did something whatever it brings.
            let is_read = |sample: &Sample| self.catalog.usage(sample.tag) == Usage::Read;
            if !is_stepped && !samples.iter().any(is_read) {
                self.unwritten = Some((*sequence, *at));
                return Ok(());
            }
            self.write_unwritten()?;
            if is_retained {
                self.writer.note_retained();
            }
        }
        self.write_unwritten()?;
        match input {
            Input::Samples(samples) => self.writer.scan(&self.catalog, *sequence, *at, samples),
            Input::Notice(notice, samples) => self.writer.notice(&self.catalog, *sequence, *at, notice, samples),
            Input::Timer => self.writer.timer(*sequence, *at),
            Input::Command(command) => self.writer.command(*sequence, *at, command),
            Input::Boot => {
                let boot = self.boot();
                self.writer.boot(*sequence, *at, &boot)
            }
            Input::Reload => self.writer.reload(*sequence, *at, &self.reload.take().unwrap_or_default()),
        }
    }

    /// Notes that the next scan of samples is of a message that its broker had kept for who subscribes.
    pub const fn note_retained(&mut self) {
        self.is_retained = true;
    }

    /// Notes what the next scan, a reload, brings. `retained` is the state right before it, when all deadlines up to its
    /// time have passed. If a scan comes in between all the same, that state is left out: a replay then has its own,
    /// and lacks no more than the values of tags that nothing read so far.
    pub fn will_reload(&mut self, running: Running<'_>, retained: Json) {
        let (configuration_hash, files) = (running.hash.to_owned(), own_files(running.files));
        self.catalog = written_tags(running.plant, self.options.tags);
        self.header.configuration_hash.clone_from(&configuration_hash);
        self.header.files.clone_from(&files);
        self.reload = Some(OwnReload { configuration_hash, files, retained });
    }

    /// Hands what was written to the system: it survives the process. To be called before its scans are committed.
    pub fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    /// Begins a new file, if the current one is large or old enough. To be called between two turns.
    pub fn rotate_if_due(&mut self, now: Moment, standing: impl FnOnce() -> Standing) -> io::Result<()> {
        let age = u64::try_from(now.monotonic.micros_since(self.begun.monotonic)).unwrap_or(0);
        let is_old = Duration::from_micros(age) >= self.options.rotate_after;
        if !is_old && self.writer.bytes_written() < self.options.rotate_bytes {
            return Ok(());
        }
        self.write_unwritten()?;
        self.flush()?;
        let OwnHeader { gateway_id, configuration_hash, files, .. } = std::mem::take(&mut self.header);
        let begun = self.directory.next_beginning(now.wall);
        self.header = OwnHeader { gateway_id, configuration_hash, files, begun, ..header_of(standing()) };
        self.writer = begin(&mut self.directory, &self.header)?;
        self.begun = now;
        self.header.retained = Json::Null;
        self.keep_up(now);
        Ok(())
    }

    /// Has the files before packed, and deleted if they are too many. If that still goes on since the last time, the next
    /// file will be time enough; and if there is no thread for it, too.
    fn keep_up(&mut self, now: Moment) {
        if self.upkeep.as_ref().is_none_or(Upkeep::is_done) {
            let begun = Upkeep::start(self.directory.clone(), self.options, now.wall);
            self.upkeep = begun.inspect_err(|error| tracing::warn!(%error, "black box not tidied up")).ok();
        }
    }

    /// Returns the file that is being written.
    pub fn path(&self) -> PathBuf {
        self.directory.current()
    }

    /// Forgets the state of before a reload, if a scan comes before the reload does.
    fn note_state_passed(&mut self, input: &Input<'_>) {
        let is_reload = matches!(input, Input::Reload);
        if let Some(reload) = self.reload.as_mut().filter(|_| !is_reload) {
            reload.retained = Json::Null;
        }
    }

    /// Writes the last scan, of which nothing was written: until then was seen what is lost next, and from then on go the
    /// dates of deadlines.
    fn write_unwritten(&mut self) -> io::Result<()> {
        let Some((sequence, at)) = self.unwritten.take() else { return Ok(()) };
        self.writer.scan(&self.catalog, sequence, at, &[])
    }

    /// Returns the start of the gateway that the first file begins with.
    fn boot(&mut self) -> OwnBoot {
        OwnBoot {
            retained: self.header.retained.take(),
            last_sequence: self.header.last_sequence,
            next_event_seq: self.header.next_event_seq,
        }
    }
}

impl std::fmt::Debug for BlackBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlackBox").field("file", &self.path()).finish_non_exhaustive()
    }
}

fn header_of(Standing { retained, last, next_event_seq }: Standing) -> OwnHeader {
    let (last_sequence, last) = last.map_or((0, None), |(sequence, at)| (sequence, Some(at)));
    OwnHeader { retained, last_sequence, last, next_event_seq, ..OwnHeader::default() }
}

fn begin(directory: &mut Directory, header: &OwnHeader) -> io::Result<OwnWriter<File>> {
    let path = directory.begin(name(&header.gateway_id, header.begun, header.last_sequence + 1), header.begun);
    let file = OpenOptions::new().write(true).create_new(true).open(path)?;
    OwnWriter::new(file, Packing::Zstd, header)
}

/// Returns the tags of a plant, those that are written as read.
fn written_tags(plant: &Plant, tags: RecordedTags) -> Catalog {
    match tags {
        RecordedTags::Read => catalog(plant),
        RecordedTags::All => {
            let mut catalog = Catalog::new();
            for tag in &plant.tags {
                catalog.add(&tag.path, tag.kind, Usage::Read);
            }
            catalog
        }
    }
}
