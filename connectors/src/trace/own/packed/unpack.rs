//! Gives back the lines of a packed trace; any other stream it passes on as it is.

use std::io::{self, BufRead, BufReader, Read};

use serde::Deserialize;

use super::course::{Course, differing};
use super::digits::Digits;
use super::number::{Number, is_decimals};
use super::template::{Place, Template};
use super::{FIRST_LINE, damaged};
use crate::limits::{PACKED_LINE_BYTES_MAX, REPACKING_STEP_BYTES};

/// A stream of lines, whether it was packed or not.
pub(crate) struct Unpacked<R> {
    stream: BufReader<R>,
    form: Form,
    /// Whether the stream is known to break off behind the block that is being read.
    is_cut: bool,
    /// Lines, and how many bytes of them were given.
    lines: Vec<u8>,
    given: usize,
}

enum Form {
    Unknown,
    Bare,
    /// With the block that is being read.
    Packed(Option<Box<Reading>>),
}

impl<R: Read> Unpacked<R> {
    pub(crate) fn new(stream: R) -> Self {
        Self { stream: BufReader::new(stream), form: Form::Unknown, is_cut: false, lines: Vec::new(), given: 0 }
    }

    /// Finds out which form the stream has, and takes what tells it.
    fn begin(&mut self) -> io::Result<Form> {
        while self.lines.len() < FIRST_LINE.len() && FIRST_LINE.starts_with(&self.lines) {
            let mut piece = [0; FIRST_LINE.len()];
            let length = self.stream.read(&mut piece[self.lines.len()..])?;
            self.lines.extend_from_slice(&piece[self.lines.len()..][..length]);
            if length == 0 {
                break;
            }
        }
        if self.lines != FIRST_LINE {
            return Ok(Form::Bare);
        }
        self.lines.clear();
        Ok(Form::Packed(None))
    }

    /// Has lines ready to be given, unless it is at its end.
    fn prepare(&mut self) -> io::Result<()> {
        self.lines.clear();
        self.given = 0;
        let Form::Packed(block) = &mut self.form else { return Ok(()) };
        while self.lines.is_empty() {
            let mut reading = match block.take() {
                Some(reading) => reading,
                None if self.is_cut => return Err(io::ErrorKind::UnexpectedEof.into()),
                None => {
                    let Some(reading) = next_block(&mut self.stream)? else { return Ok(()) };
                    self.is_cut = is_cut(&mut self.stream)?;
                    reading
                }
            };
            if reading.read(&mut self.lines)? {
                *block = Some(reading);
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if matches!(self.form, Form::Unknown) {
            self.form = self.begin()?;
        }
        if self.given == self.lines.len() {
            if matches!(self.form, Form::Bare) {
                return self.stream.read(buffer);
            }
            self.prepare()?;
        }
        let length = (&self.lines[self.given..]).read(buffer)?;
        self.given += length;
        Ok(length)
    }
}

/// Looks beyond a block, so that its frame is known to be whole before a line of it is given; tells whether the stream breaks
/// off there.
fn is_cut(stream: &mut impl BufRead) -> io::Result<bool> {
    loop {
        match stream.fill_buf() {
            Ok(_) => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(true),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn next_block(stream: &mut impl BufRead) -> io::Result<Option<Box<Reading>>> {
    let mut line = Vec::new();
    stream.take(PACKED_LINE_BYTES_MAX as u64).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.last() != Some(&b'\n') {
        let is_long = line.len() == PACKED_LINE_BYTES_MAX;
        return Err(if is_long { damaged("an end of its line") } else { io::ErrorKind::UnexpectedEof.into() });
    }
    let mut columns: Columns =
        serde_json::from_slice(&line).map_err(|error| damaged(&format!("its columns ({error})")))?;
    let templates = columns.templates.drain(..).map(|characters| Template::of_characters(&characters));
    let mut templates = templates.collect::<Option<Vec<_>>>().ok_or_else(|| damaged("a template"))?;
    templates.reverse();
    let gap = columns.gaps.next()?;
    Ok(Some(Box::new(Reading { templates, columns, gap, course: Course::default() })))
}

/// A block as it stands in the file.
#[derive(Deserialize)]
struct Columns {
    templates: Vec<String>,
    lines: Digits,
    times: Digits,
    offsets: Digits,
    gaps: Digits,
    decimals: Digits,
    values: Digits,
}

/// A block that is being read.
struct Reading {
    columns: Columns,
    /// The templates that are not met yet, the last one first.
    templates: Vec<Template>,
    /// How many numbers are as expected until the next that is not; none if all are.
    gap: Option<u64>,
    course: Course,
}

impl Reading {
    /// Reads some lines; returns whether there are others.
    fn read(&mut self, lines: &mut Vec<u8>) -> io::Result<bool> {
        while lines.len() < REPACKING_STEP_BYTES {
            let Some(code) = self.columns.lines.next()? else {
                self.end()?;
                return Ok(false);
            };
            let index = self.template(code)?;
            let known = self.course.follow(index);
            let mut numbers = std::mem::take(&mut known.numbers);
            let has_times = known.has_times;
            if has_times {
                self.times(index, &mut numbers)?;
            }
            for (at, number) in numbers.iter_mut().enumerate().skip(if has_times { 3 } else { 0 }) {
                let place = self.course.known(index).template.place(at);
                *number = self.number(place, *number)?;
            }
            let known = self.course.known_mut(index);
            known.template.write(&numbers, lines);
            known.numbers = numbers;
        }
        Ok(true)
    }

    fn template(&mut self, code: u64) -> io::Result<usize> {
        match code {
            0 => self.course.expected().ok_or_else(|| damaged("a line that was expected")),
            1 => {
                let template = self.templates.pop().ok_or_else(|| damaged("another template"))?;
                Ok(self.course.add(template))
            }
            _ => usize::try_from(code - 2)
                .ok()
                .filter(|&index| index < self.course.len())
                .ok_or_else(|| damaged("a template")),
        }
    }

    fn times(&mut self, index: usize, numbers: &mut [Number]) -> io::Result<()> {
        let missing = || damaged("a time");
        let late = self.columns.times.next_signed()?.ok_or_else(missing)?;
        let moved = self.columns.offsets.next_signed()?.ok_or_else(missing)?;
        let next = Number { digits: self.course.sequence.wrapping_add(1), decimals: 0 };
        numbers[0] = self.number(Place::Number, next)?;
        let monotonic = self.course.due(index).wrapping_add(late);
        let offset = self.course.offset.wrapping_add(moved);
        for (number, digits) in numbers[1..].iter_mut().zip([monotonic, monotonic.wrapping_add(offset)]) {
            *number = Number { digits, decimals: 0 };
        }
        self.course.pass(index, numbers[0].digits, monotonic, offset);
        Ok(())
    }

    fn number(&mut self, place: Place, before: Number) -> io::Result<Number> {
        match &mut self.gap {
            None => return Ok(before),
            Some(0) => {}
            Some(gap) => {
                *gap -= 1;
                return Ok(before);
            }
        }
        let missing = || damaged("what a number is");
        let decimals = match self.columns.decimals.next()?.ok_or_else(missing)? {
            0 => before.decimals,
            more => u8::try_from(more - 1).ok().filter(|&decimals| is_decimals(decimals)).ok_or_else(missing)?,
        };
        let difference = self.columns.values.next_signed()?.ok_or_else(missing)?;
        self.gap = self.columns.gaps.next()?;
        Ok(differing(place, before, decimals, difference))
    }

    /// Refuses what no line has taken.
    fn end(&self) -> io::Result<()> {
        let Columns { templates: _, lines, times, offsets, gaps, decimals, values } = &self.columns;
        let are_taken = [lines, times, offsets, gaps, decimals, values].iter().all(|column| column.is_at_end());
        if are_taken && self.templates.is_empty() && self.gap.is_none() { Ok(()) } else { Err(damaged("its end")) }
    }
}
