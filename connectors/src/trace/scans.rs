//! Rows to scans (`spec/engine.md` section 2): rows of the same time are one scan until a tag would appear twice; a
//! row that is a scan by itself stays one.

use std::mem;
use std::ops::{Deref, DerefMut};

use latchwork_engine::{Moment, Sample};
use latchwork_expr::{TagSlot, Timestamp};

use super::catalog::Catalog;
use super::error::TraceError;
use super::merge::Merge;
use super::own::News;
use super::row::{Row, Shape, moment};

/// The samples of a scan. Behind them may lie those of later scans, read ahead: many rows are parsed, then many scans
/// stepped, which is faster than to take turns for each row.
#[derive(Debug, Default)]
pub(crate) struct ScanSamples {
    read: Vec<Sample>,
    begin: usize,
    end: usize,
}

impl ScanSamples {
    /// Passes the scan; takes the next row as a scan, if it is plain that no other shares its time.
    #[inline]
    fn pass_to_lone_row(&mut self) -> bool {
        self.begin = self.end;
        let is_lone = matches!(&self.read[self.begin..], [row, next, ..] if row.source_time != next.source_time);
        self.end += usize::from(is_lone);
        is_lone
    }

    /// Passes the scan; takes the rows behind it that share their times with no other, if all of those lie in a span.
    /// What is read ahead is in order, so that the first and the last of them tell.
    fn pass_to_lone_rows(&mut self, from: Timestamp, until: Timestamp) {
        self.begin = self.end;
        let ahead = &self.read[self.begin..];
        let shared = ahead.windows(2).position(|rows| rows[0].source_time == rows[1].source_time);
        // Nobody knows yet what comes behind the last.
        let count = shared.unwrap_or(ahead.len().saturating_sub(1));
        let lone = &ahead[..count];
        let is_in_span = |row: &Sample| row.source_time >= from && row.source_time <= until;
        if lone.first().is_some_and(is_in_span) && lone.last().is_some_and(is_in_span) {
            self.end += count;
        }
    }

    /// Tells whether no row is left behind the scan.
    fn is_used_up(&self) -> bool {
        self.end == self.read.len()
    }

    /// Takes rows in place of those passed.
    fn replace(&mut self, samples: &mut Vec<Sample>) {
        mem::swap(&mut self.read, samples);
        (self.begin, self.end) = (0, 0);
    }

    /// Takes further rows behind those of the scan, and forgets those passed.
    fn append(&mut self, samples: &mut Vec<Sample>) {
        self.read.drain(..self.begin);
        self.end -= self.begin;
        self.begin = 0;
        self.read.append(samples);
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.read.clear();
        (self.begin, self.end) = (0, 0);
    }
}

impl Deref for ScanSamples {
    type Target = [Sample];

    fn deref(&self) -> &[Sample] {
        &self.read[self.begin..self.end]
    }
}

impl DerefMut for ScanSamples {
    fn deref_mut(&mut self) -> &mut [Sample] {
        &mut self.read[self.begin..self.end]
    }
}

/// Builds scans, one after the other: the last one is what the fields tell.
#[derive(Debug, Default)]
pub(crate) struct Scans {
    /// When the scan took effect.
    pub(crate) at: Moment,
    /// Its number, where the trace is one of our own.
    pub(crate) sequence: Option<u64>,
    /// What a trace tells besides samples.
    pub(crate) news: Option<Box<News>>,
    /// Whether it is of a message that its broker had kept, where an own trace tells that.
    pub(crate) is_retained: bool,
    /// Its samples.
    pub(crate) samples: ScanSamples,
    /// Rows read behind those of the scan, if they begin another one.
    next: Row,
    has_next: bool,
    /// By slot: the number of the scan in which the tag appeared last. Only scans of several rows are numbered.
    seen: Vec<u64>,
    scan: u64,
}

impl Scans {
    /// Reads on to the next scan; returns whether there was one.
    #[inline]
    pub(crate) fn next(&mut self, rows: &mut Merge, catalog: &mut Catalog) -> Result<bool, TraceError> {
        if self.samples.pass_to_lone_row() {
            self.at = moment(self.samples[0].source_time);
            return Ok(true);
        }
        self.next_of_all(rows, catalog)
    }

    /// Takes the rows that are read already and are each a scan by itself, if all of them lie in a span: the scan of the
    /// last of them is what the fields tell, and the samples are those of all.
    #[inline]
    pub(crate) fn take_lone(&mut self, from: Timestamp, until: Timestamp) {
        self.samples.pass_to_lone_rows(from, until);
        if let Some(last) = self.samples.last() {
            self.at = moment(last.source_time);
        }
    }

    fn next_of_all(&mut self, rows: &mut Merge, catalog: &mut Catalog) -> Result<bool, TraceError> {
        (self.sequence, self.news, self.is_retained) = (None, None, false);
        if self.samples.is_used_up() {
            if !self.has_next && !rows.next_rows(catalog, &mut self.next)? {
                self.samples.clear();
                return Ok(false);
            }
            self.has_next = false;
            self.samples.replace(&mut self.next.samples);
            self.is_retained = mem::take(&mut self.next.is_retained);
            match mem::take(&mut self.next.shape) {
                Shape::Joining => {}
                Shape::Whole => return Ok(self.take_whole()),
                Shape::Own(sequence) => {
                    self.sequence = Some(sequence);
                    return Ok(self.take_whole());
                }
                Shape::News(sequence, news) => {
                    (self.sequence, self.news) = (Some(sequence), Some(news));
                    return Ok(self.take_whole());
                }
                Shape::Command(command) => {
                    self.news = Some(Box::new(News::Command(command)));
                    return Ok(self.take_whole());
                }
                Shape::File(header) => {
                    self.news = Some(Box::new(News::File(header)));
                    return Ok(self.take_whole());
                }
            }
        }
        self.join(rows, catalog)?;
        Ok(true)
    }

    /// Makes a scan of everything that the row brought.
    fn take_whole(&mut self) -> bool {
        self.at = self.next.at;
        self.samples.end = self.samples.read.len();
        true
    }

    /// Makes a scan of the first row that is left and those that share its time.
    fn join(&mut self, rows: &mut Merge, catalog: &mut Catalog) -> Result<(), TraceError> {
        let time = self.samples.read[self.samples.begin].source_time;
        self.at = moment(time);
        self.scan += 1;
        loop {
            while let Some(row) = self.samples.read.get(self.samples.end)
                && row.source_time == time
                && appears(&mut self.seen, self.scan, row.tag)
            {
                self.samples.end += 1;
            }
            if !self.samples.is_used_up() || !self.read_on(time, rows, catalog)? {
                return Ok(());
            }
        }
    }

    /// Reads more rows, the first of which may join a scan of that time; returns whether there were such.
    fn read_on(&mut self, time: Timestamp, rows: &mut Merge, catalog: &mut Catalog) -> Result<bool, TraceError> {
        if !self.has_next && !rows.next_rows(catalog, &mut self.next)? {
            return Ok(false);
        }
        let is_of_time = |row: &Sample| row.source_time == time;
        let may_join = matches!(self.next.shape, Shape::Joining) && self.next.samples.first().is_some_and(is_of_time);
        if may_join {
            self.samples.append(&mut self.next.samples);
        }
        self.has_next = !may_join;
        Ok(may_join)
    }
}

/// Enters a tag; returns whether it is new in this scan.
fn appears(seen: &mut Vec<u64>, scan: u64, tag: TagSlot) -> bool {
    let slot = tag.index();
    if seen.len() <= slot {
        seen.resize(slot + 1, 0);
    }
    mem::replace(&mut seen[slot], scan) != scan
}
