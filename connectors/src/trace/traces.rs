//! [`Traces`]: any number of traces as one sequence of scans.

use std::path::Path;
use std::sync::Arc;

use latchwork_engine::{Moment, Monotonic, Sample};
use latchwork_expr::Timestamp;

use super::bad_line::BadLine;
use super::catalog::Catalog;
use super::detect::Detector;
use super::error::{TraceError, TraceProblem};
use super::merge::Merge;
use super::open::{Bytes, Opened, is_standard_input, open, open_stream};
use super::options::Options;
use super::own::{News, OwnHeader};
use super::scans::Scans;
use super::source::{Format, Source};
use super::time::Pattern;
use crate::limits::{BAD_LINES_KEPT, FILES_MAX, READ_BUFFER_BYTES, READ_BUFFER_BYTES_MIN, READ_BUFFERS_BYTES};

/// Where a fault in the options is said to stand.
const OPTIONS: &str = "[replay]";

/// Traces being read.
///
/// ```
/// use latchwork_connectors::trace::{Catalog, Options, Traces, Usage};
/// use latchwork_expr::Type;
///
/// let text = "timestamp,tag,value\n1700000000,Line/Speed,5\n1700000001,Line/Speed,7\n";
/// let mut catalog = Catalog::new();
/// catalog.add("Line/Speed", Type::Float, Usage::Read);
/// let stream = ("line.csv", Box::new(text.as_bytes()) as _);
/// let mut traces = Traces::of_streams([stream], catalog, &Options::default())?;
/// while traces.advance()? {
///     println!("{:?} {:?}", traces.at(), traces.samples());
/// }
/// assert_eq!(traces.counters().samples, 2);
/// # Ok::<(), latchwork_connectors::trace::TraceError>(())
/// ```
pub struct Traces {
    catalog: Catalog,
    rows: Merge,
    scans: Scans,
    from: Timestamp,
    until: Timestamp,
    scans_returned: u64,
    samples_returned: u64,
    last_left_out: u64,
}

/// What was read so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Rows of all kinds, read or not.
    pub rows: u64,
    /// Rows of which nothing is read.
    pub unread_rows: u64,
    /// Lines that could not be understood, and were skipped.
    pub bad_lines: u64,
    /// Scans that were returned.
    pub scans: u64,
    /// Samples that were returned.
    pub samples: u64,
    /// Own traces whose end was lost with the process that wrote them.
    pub cut_off: u64,
}

/// How far the files have been read, in bytes as they lie on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read.
    pub bytes_read: u64,
    /// Bytes of all files; `None` when one does not tell.
    pub bytes_total: Option<u64>,
}

impl Traces {
    /// Opens files, and standard input where the path is `-`. Their scans are merged by time, at the same time in
    /// the order given; own traces of one gateway are read one after the other, in the order in which they were begun.
    pub fn open<P: AsRef<Path>>(paths: &[P], catalog: Catalog, options: &Options) -> Result<Self, TraceError> {
        if paths.len() > FILES_MAX {
            return Err(TraceError::new(&OPTIONS.into(), TraceProblem::TooManyFiles));
        }
        if paths.iter().filter(|path| is_standard_input(path.as_ref())).count() > 1 {
            return Err(TraceError::new(&"-".into(), TraceProblem::StandardInputTwice));
        }
        let opened = paths.iter().map(|path| open(path.as_ref()));
        Self::of_opened(opened, buffer_bytes(paths.len()), catalog, options)
    }

    /// Opens files, and beside them streams, which at one time come behind the files.
    pub fn open_with<'a, P, I>(paths: &[P], streams: I, catalog: Catalog, options: &Options) -> Result<Self, TraceError>
    where
        P: AsRef<Path>,
        I: IntoIterator<Item = (&'a str, Bytes)>,
    {
        let files = paths.iter().map(|path| open(path.as_ref()));
        let streams = streams.into_iter().map(|(name, bytes)| open_stream(name, bytes, None));
        Self::of_opened(files.chain(streams), buffer_bytes(paths.len() + 1), catalog, options)
    }

    /// Reads streams, each with the name that stands in errors.
    pub fn of_streams<'a, I>(streams: I, catalog: Catalog, options: &Options) -> Result<Self, TraceError>
    where
        I: IntoIterator<Item = (&'a str, Bytes), IntoIter: ExactSizeIterator>,
    {
        let streams = streams.into_iter();
        let buffer_bytes = buffer_bytes(streams.len());
        Self::of_opened(streams.map(|(name, bytes)| open_stream(name, bytes, None)), buffer_bytes, catalog, options)
    }

    /// Reads the next scan, which the methods below tell of afterwards; returns whether there was one.
    ///
    /// After an error nothing more can be read.
    #[inline]
    pub fn advance(&mut self) -> Result<bool, TraceError> {
        while self.scans.next(&mut self.rows, &mut self.catalog)? && self.scans.at.wall <= self.until {
            if self.scans.at.wall >= self.from || self.is_lasting() {
                self.scans_returned += 1;
                self.samples_returned += self.scans.samples.len() as u64;
                return Ok(true);
            }
            self.last_left_out = self.scans.sequence.unwrap_or(0);
        }
        self.scans.samples.clear();
        Ok(false)
    }

    /// Passes the scan and takes those that are read already and are one sample each, at its source time; perhaps none.
    /// Who takes them does so many times faster than by [`Traces::advance`], which finds what comes behind them.
    #[inline]
    pub fn take_lone(&mut self) -> &mut [Sample] {
        self.scans.take_lone(self.from, self.until);
        let samples = &mut *self.scans.samples;
        self.scans_returned += samples.len() as u64;
        self.samples_returned += samples.len() as u64;
        samples
    }

    /// Tells whether the scan changes what later ones mean: such news are told also where they lie before `from`.
    #[cold]
    fn is_lasting(&self) -> bool {
        matches!(self.scans.news.as_deref(), Some(News::File(_) | News::Boot(_) | News::Reload(_)))
    }

    /// Tells whether the scan lies before `from`: of such only news are told that change what later scans mean.
    pub fn is_left_out(&self) -> bool {
        self.scans.at.wall < self.from
    }

    /// Returns the number of the last scan of an own trace that was left out because it lies before `from`; else 0.
    pub const fn last_left_out(&self) -> u64 {
        self.last_left_out
    }

    /// Returns when the scan took effect.
    pub fn at(&self) -> Moment {
        self.scans.at
    }

    /// Returns the scan's number, where the trace is one of our own.
    pub fn sequence(&self) -> Option<u64> {
        self.scans.sequence
    }

    /// Tells whether the scan is of a message that its broker had kept, where an own trace tells that.
    pub const fn is_retained(&self) -> bool {
        self.scans.is_retained
    }

    /// Returns what an own trace tells besides samples, if the scan is more than those.
    #[inline]
    pub fn news(&self) -> Option<&News> {
        self.scans.news.as_deref()
    }

    /// Takes what an own trace tells besides samples.
    pub fn take_news(&mut self) -> Option<News> {
        self.scans.news.take().map(|news| *news)
    }

    /// Returns the samples of the scan, each tag at most once.
    pub fn samples(&self) -> &[Sample] {
        &self.scans.samples
    }

    /// Returns them to a step, which takes their values.
    #[inline]
    pub fn samples_mut(&mut self) -> &mut [Sample] {
        &mut self.scans.samples
    }

    /// Returns the catalog, with the tags that were met on the way.
    pub const fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Returns the headers of the own traces among the files, in the order in which they are read.
    pub fn headers(&self) -> impl Iterator<Item = &Arc<OwnHeader>> {
        self.rows.sources.iter().filter_map(Source::own_header)
    }

    /// Returns the header of the first file, if all are own traces of one gateway: then they are one recording.
    pub fn recording(&self) -> Option<&Arc<OwnHeader>> {
        let first = self.rows.sources.first()?;
        if self.rows.is_one_lane() { first.own_header() } else { None }
    }

    /// Returns the name of the first file that is no own trace.
    pub fn foreign(&self) -> Option<&str> {
        self.rows.sources.iter().find(|source| source.own().is_none()).map(|source| &*source.ledger.file)
    }

    /// Tells whether commands may come.
    pub fn may_command(&self) -> bool {
        self.rows.sources.iter().any(|source| matches!(source.format, Format::JsonLines(_) | Format::Own(_)))
    }

    /// Has the scans from here on mean the tags of another catalog, as after a change of the configuration.
    ///
    /// # Panics
    /// Panics unless the traces are one recording: of others the meaning of what is read ahead is already settled.
    pub fn replace_catalog(&mut self, catalog: Catalog) {
        assert!(self.recording().is_some(), "only a recording can go on with another catalog");
        self.catalog = catalog;
        for source in &mut self.rows.sources {
            if let Format::Own(own) = &mut source.format {
                own.forget_tags();
            }
        }
    }

    /// Leaves out scans before and after these times, in place of those of the options.
    pub fn set_span(&mut self, from: Option<Timestamp>, until: Option<Timestamp>) {
        self.from = from.unwrap_or(Timestamp(i64::MIN));
        self.until = until.unwrap_or(Timestamp(i64::MAX));
    }

    /// Returns the latest time of all rows so far, of unread ones too, but none after `until`: where time ends.
    pub fn end(&self) -> Option<Moment> {
        let latest = self.rows.latest()?;
        let beyond = latest.wall.0.saturating_sub(self.until.0).max(0);
        let wall = Timestamp(latest.wall.0 - beyond);
        Some(Moment { monotonic: Monotonic(latest.monotonic.0.saturating_sub(beyond)), wall })
    }

    /// Returns what was read so far.
    pub fn counters(&self) -> Counters {
        let mut counters =
            Counters { scans: self.scans_returned, samples: self.samples_returned, ..Counters::default() };
        for source in &self.rows.sources {
            counters.rows += source.ledger.rows;
            counters.unread_rows += source.ledger.unread_rows;
            counters.bad_lines += source.ledger.bad_lines;
            if let Some(own) = source.own() {
                // That a file begins was returned as news, and is no scan.
                counters.scans = counters.scans.saturating_sub(u64::from(own.is_begun()));
                counters.cut_off += u64::from(own.is_cut_off());
            }
        }
        counters
    }

    /// Returns the first bad lines, file by file.
    pub fn bad_lines(&self) -> impl Iterator<Item = &BadLine> {
        self.rows.sources.iter().flat_map(|source| &source.ledger.bad_lines_kept).take(BAD_LINES_KEPT)
    }

    /// Returns how far the files have been read.
    pub fn progress(&self) -> Progress {
        let meters = || self.rows.sources.iter().map(|source| &source.meter);
        Progress {
            bytes_read: meters().map(super::open::Meter::read).sum(),
            bytes_total: meters().map(|meter| meter.total).sum(),
        }
    }

    pub(super) fn of_opened(
        opened: impl Iterator<Item = Result<Opened, TraceError>>,
        buffer_bytes: usize,
        mut catalog: Catalog,
        options: &Options,
    ) -> Result<Self, TraceError> {
        let refused = |problem| Err(TraceError::new(&OPTIONS.into(), problem));
        let Ok(pattern) = options.timestamp_format.as_deref().map(Pattern::new).transpose() else {
            let format = options.timestamp_format.clone().unwrap_or_default();
            return refused(TraceProblem::TimestampFormat(format));
        };
        let detector = Detector { options, pattern: pattern.as_ref() };
        let source = |opened: Result<Opened, TraceError>| detector.source(opened?, buffer_bytes, &mut catalog);
        let sources = opened.map(source).collect::<Result<Vec<Source>, TraceError>>()?;
        if let Some(column) = unused_column(&sources, options) {
            return refused(TraceProblem::UnusedColumn(column.to_owned()));
        }
        Ok(Self {
            catalog,
            rows: Merge::new(sources),
            scans: Scans::default(),
            from: options.from.unwrap_or(Timestamp(i64::MIN)),
            until: options.until.unwrap_or(Timestamp(i64::MAX)),
            scans_returned: 0,
            samples_returned: 0,
            last_left_out: 0,
        })
    }
}

/// Returns the size of each of so many files' read buffers.
fn buffer_bytes(files: usize) -> usize {
    (READ_BUFFERS_BYTES / files.max(1)).clamp(READ_BUFFER_BYTES_MIN, READ_BUFFER_BYTES)
}

/// Returns a mapped column that none of the wide files has, if there are wide files: a name misspelt.
fn unused_column<'a>(sources: &[Source], options: &'a Options) -> Option<&'a str> {
    let wide = |source: &Source| matches!(source.format, Format::Wide(_));
    let has = |source: &Source, name: &str| matches!(&source.format, Format::Wide(wide) if wide.has_column(name));
    let mut names = options.columns.iter().map(|mapping| mapping.column.as_str());
    let is_unused = |name: &&str| !sources.iter().any(|source| has(source, name));
    if sources.iter().any(wide) { names.find(is_unused) } else { None }
}
