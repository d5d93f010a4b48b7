//! Gathers lines into a block, and writes it.

use std::io::{self, Write};

use rustc_hash::FxHashMap;

use super::course::{Course, difference};
use super::digits::Column;
use super::number::Number;
use super::template::{Place, Split, Template};
use crate::limits::{PACKED_BLOCK_BYTES, REPACKED_FRAME_BYTES, REPACKING_STEP_BYTES};

/// A block that is being gathered.
#[derive(Debug, Default)]
pub(crate) struct Block {
    course: Course,
    /// The templates by their keys, and as they are written.
    known: FxHashMap<Vec<u8>, usize>,
    templates: String,
    lines: Column,
    times: Column,
    offsets: Column,
    gaps: Column,
    decimals: Column,
    values: Column,
    /// How many numbers were as expected since the last that was not.
    gap: u64,
    split: Split,
    /// Bytes of lines, and of what they became.
    bytes: usize,
    packed: usize,
}

impl Block {
    /// Tells whether there is nothing in it.
    pub(crate) const fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Tells whether it is large enough.
    pub(crate) const fn is_full(&self) -> bool {
        self.bytes >= REPACKED_FRAME_BYTES || self.packed >= PACKED_BLOCK_BYTES
    }

    /// Adds a line with its end, or any piece of one.
    pub(crate) fn add(&mut self, line: &[u8]) {
        self.bytes += line.len();
        let mut split = std::mem::take(&mut self.split);
        let index = if split.read(line) { self.template(&split) } else { None };
        if let Some(index) = index {
            if self.course.known(index).has_times {
                self.add_times(index, &split.numbers);
            }
            self.add_numbers(index, &split.numbers);
        } else {
            let index = self.add_template(Template::of_text(line));
            self.course.follow(index);
        }
        self.split = split;
    }

    /// Returns the template of a line that was split, told as that of the next line; none if its times are no times.
    fn template(&mut self, split: &Split) -> Option<usize> {
        let are_no_times = split.numbers.iter().take(3).any(|number| number.decimals > 0);
        let index = if let Some(&index) = self.known.get(&split.key) {
            if are_no_times && self.course.known(index).has_times {
                return None;
            }
            let code = if self.course.expected() == Some(index) { 0 } else { index as u64 + 2 };
            self.packed += self.lines.push(code);
            index
        } else {
            let template = split.template();
            if are_no_times && template.has_times() {
                return None;
            }
            let index = self.add_template(template);
            self.packed += split.key.len();
            self.known.insert(split.key.clone(), index);
            index
        };
        self.course.follow(index);
        Some(index)
    }

    /// Adds a template, told as that of the next line.
    fn add_template(&mut self, template: Template) -> usize {
        let characters = serde_json::Value::String(template.characters()).to_string();
        self.packed += self.lines.push(1) + characters.len() + template.places().len() * size_of::<Number>();
        if !self.templates.is_empty() {
            self.templates.push(',');
        }
        self.templates.push_str(&characters);
        self.course.add(template)
    }

    fn add_times(&mut self, index: usize, numbers: &[Number]) {
        let [sequence, monotonic, wall] = [0, 1, 2].map(|place: usize| numbers[place].digits);
        let offset = wall.wrapping_sub(monotonic);
        self.packed += self.times.push_signed(monotonic.wrapping_sub(self.course.due(index)));
        self.packed += self.offsets.push_signed(offset.wrapping_sub(self.course.offset));
        let next = Number { digits: self.course.sequence.wrapping_add(1), decimals: 0 };
        self.add_number(Place::Number, next, numbers[0]);
        self.course.pass(index, sequence, monotonic, offset);
    }

    fn add_numbers(&mut self, index: usize, numbers: &[Number]) {
        let known = self.course.known(index);
        let first = if known.has_times { 3 } else { 0 };
        for (number, at) in numbers.iter().zip(0..).skip(first) {
            let known = self.course.known(index);
            let (place, before) = (known.template.place(at), known.numbers[at]);
            self.add_number(place, before, *number);
        }
        self.course.known_mut(index).numbers.copy_from_slice(numbers);
    }

    fn add_number(&mut self, place: Place, before: Number, number: Number) {
        if before == number {
            self.gap += 1;
            return;
        }
        let decimals = if before.decimals == number.decimals { 0 } else { u64::from(number.decimals) + 1 };
        self.packed += self.gaps.push(self.gap) + self.decimals.push(decimals);
        self.packed += self.values.push_signed(difference(place, before, number));
        self.gap = 0;
    }

    /// Writes it as a line, with `pause` called after every little of work. Each place of a column is flushed, for what
    /// compresses it goes by how often a character is in what it has of a kind.
    pub(crate) fn write(&self, output: &mut impl Write, pause: &mut impl FnMut() -> io::Result<()>) -> io::Result<()> {
        output.write_all(b"{\"templates\":[")?;
        write_pieces(output, self.templates.as_bytes(), pause)?;
        output.write_all(b"]")?;
        for (name, column) in [
            ("lines", &self.lines),
            ("times", &self.times),
            ("offsets", &self.offsets),
            ("gaps", &self.gaps),
            ("decimals", &self.decimals),
            ("values", &self.values),
        ] {
            write!(output, ",\"{name}\":[")?;
            for (place, digits) in column.places().iter().enumerate() {
                output.write_all(if place == 0 { b"\"" } else { b",\"" })?;
                output.flush()?;
                write_pieces(output, digits, pause)?;
                output.write_all(b"\"")?;
            }
            output.write_all(b"]")?;
        }
        output.write_all(b"}\n")
    }
}

fn write_pieces(output: &mut impl Write, text: &[u8], pause: &mut impl FnMut() -> io::Result<()>) -> io::Result<()> {
    for piece in text.chunks(REPACKING_STEP_BYTES) {
        output.write_all(piece)?;
        pause()?;
    }
    Ok(())
}
