//! A capture's level over time, as pieces that follow one another.
//!
//! What no boundary can fall into any more is one piece, of which only its tally is known. The current piece, and all
//! that a pending hold may still ask for, are pieces in which the level stood.

use std::collections::VecDeque;

use latchwork_expr::{Monotonic, Value, exact};
use serde::{Deserialize, Serialize};

use super::CaptureMode;
use super::tally::Tally;
use crate::latch::same;
use crate::retained::is_default;

/// A point between scans: after that scan of that time, and before the next one. As JSON `[time, scan]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(Monotonic, u64)", into = "(Monotonic, u64)")]
pub(crate) struct Cut {
    /// The time.
    pub(crate) at: Monotonic,
    /// The scan's number; the greatest for a point after every scan of the time.
    pub(crate) scan: u64,
}

impl From<(Monotonic, u64)> for Cut {
    fn from((at, scan): (Monotonic, u64)) -> Self {
        Self { at, scan }
    }
}

impl From<Cut> for (Monotonic, u64) {
    fn from(Cut { at, scan }: Cut) -> Self {
        (at, scan)
    }
}

/// A stretch of the level, up to where the next one begins.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Piece {
    /// Where it begins.
    from: Cut,
    /// The level at its beginning; null is unknown. It stands throughout, unless `rest` is there.
    #[serde(default, skip_serializing_if = "Value::is_null", with = "exact")]
    level: Value,
    /// Whether its beginning lies in a pause: then it counts for nothing.
    #[serde(default, skip_serializing_if = "is_default")]
    paused: bool,
    /// What it comes to, its beginning included, if it was made of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rest: Option<Tally>,
}

impl Piece {
    /// Returns what it comes to when it ends at a time.
    fn tally(&self, mode: CaptureMode, end: Monotonic) -> Tally {
        match &self.rest {
            Some(rest) => rest.clone(),
            None if self.paused => Tally::of_pause(),
            None => Tally::of_level(mode, self.known(), end.micros_since(self.from.at)),
        }
    }

    fn known(&self) -> Option<&Value> {
        (!self.level.is_null()).then_some(&self.level)
    }
}

/// The pieces, from the earliest that still matters to the current one. The current one is never merged.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Tape {
    pieces: VecDeque<Piece>,
}

impl Tape {
    /// Tells whether nothing is kept.
    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Returns how many pieces there are.
    pub(super) fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Returns where it begins.
    pub(super) fn beginning(&self) -> Option<Cut> {
        self.pieces.front().map(|piece| piece.from)
    }

    /// Forgets everything. The memory stays for the next run.
    pub(super) fn clear(&mut self) {
        self.pieces.clear();
    }

    /// Goes on with a level, which is null while it is unknown; returns whether that is another than before.
    pub(super) fn take(&mut self, from: Cut, level: Value, paused: bool) -> bool {
        if self.pieces.back().is_some_and(|piece| piece.paused == paused && same(&piece.level, &level)) {
            return false;
        }
        self.pieces.push_back(Piece { from, level, paused, rest: None });
        true
    }

    /// Begins or ends a pause in the middle of the level.
    pub(super) fn set_paused(&mut self, from: Cut, paused: bool) {
        if let Some(piece) = self.pieces.back() {
            self.take(from, piece.level.clone(), paused);
        }
    }

    /// Counts what lies in pauses too: they were those of a run that another one replaces.
    pub(super) fn forget_pauses(&mut self) {
        for piece in &mut self.pieces {
            piece.paused = false;
        }
    }

    /// Makes one piece of those that lie before `floor`, but for the one before the current: what was current at the end
    /// of the scan before may be asked for too.
    pub(super) fn fold(&mut self, mode: CaptureMode, floor: Option<Cut>) {
        while self.pieces.len() >= 3 && floor.is_none_or(|floor| self.pieces[2].from <= floor) {
            self.merge(mode, 0);
        }
    }

    /// Drops the pieces that end before `floor`; all but the current one without.
    pub(super) fn drop_before(&mut self, floor: Option<Cut>) {
        while self.pieces.len() >= 2 && floor.is_none_or(|floor| self.pieces[1].from <= floor) {
            self.pieces.pop_front();
        }
    }

    /// Makes one piece of all between two marks, and before and after them, up to the current one. From then on only
    /// marks fall between pieces.
    pub(super) fn coarsen(&mut self, mode: CaptureMode, marks: &[Cut]) {
        for &mark in marks {
            self.split(mark);
        }
        let mut place = 0;
        while place + 2 < self.pieces.len() {
            if marks.contains(&self.pieces[place + 1].from) {
                place += 1;
            } else {
                self.merge(mode, place);
            }
        }
    }

    /// Drops what lies before a point: nobody asks for it any more.
    pub(super) fn begin_at(&mut self, point: Cut) {
        self.split(point);
        let point = self.resolve(point);
        while self.pieces.len() >= 2 && self.pieces[1].from <= point {
            self.pieces.pop_front();
        }
    }

    /// Begins a run: what lies before it is dropped. Returns the level there. A run that begins before anything was
    /// kept takes what is known first.
    pub(super) fn begin(&mut self, start: Cut, paused: bool) -> Value {
        self.begin_at(start);
        let Some(first) = self.pieces.front_mut() else { return Value::Null };
        first.paused = paused;
        first.level.clone()
    }

    /// Returns the level at a point; null is unknown.
    pub(super) fn level_at(&self, to: Cut) -> Value {
        let place = self.place(self.resolve(to));
        self.pieces.get(place).map(|piece| piece.level.clone()).unwrap_or_default()
    }

    /// Returns what it comes to from its beginning up to a point, where the level at the point counts but has no time.
    pub(super) fn tally(&self, mode: CaptureMode, to: Cut) -> Tally {
        let to = self.resolve(to);
        let mut tally = Tally::default();
        for (place, piece) in self.pieces.iter().enumerate().take_while(|(_, piece)| piece.from <= to) {
            let next = self.pieces.get(place + 1).filter(|next| next.from <= to);
            let stretch = match (next, piece.paused) {
                (Some(next), _) => piece.tally(mode, next.from.at),
                (None, true) => Tally::of_pause(),
                (None, false) => Tally::of_level(mode, piece.known(), to.at.micros_since(piece.from.at)),
            };
            tally.join(mode, &stretch);
        }
        tally
    }

    /// Returns the place of the piece in which a point lies; of the first one if it lies before all.
    fn place(&self, to: Cut) -> usize {
        self.pieces.partition_point(|piece| piece.from <= to).saturating_sub(1)
    }

    /// Returns the next point at or after one at which the level is known, or known to be unknown: one within a merged
    /// piece is where that ends, one before all is where they begin.
    fn resolve(&self, to: Cut) -> Cut {
        let place = self.place(to);
        let Some(piece) = self.pieces.get(place) else { return to };
        match self.pieces.get(place + 1) {
            Some(next) if piece.rest.is_some() && to > piece.from => next.from,
            Some(_) | None => to.max(piece.from),
        }
    }

    /// Has a piece begin at a point, if the level there is known to stand.
    fn split(&mut self, at: Cut) {
        let place = self.place(at);
        let Some(piece) = self.pieces.get(place).filter(|piece| piece.from < at && piece.rest.is_none()) else {
            return;
        };
        let piece = Piece { from: at, ..piece.clone() };
        self.pieces.insert(place + 1, piece);
    }

    /// Makes one piece of two, neither of them the current one.
    fn merge(&mut self, mode: CaptureMode, place: usize) {
        let (Some(end), Some(second)) =
            (self.pieces.get(place + 2).map(|next| next.from.at), self.pieces.remove(place + 1))
        else {
            return;
        };
        let first = &mut self.pieces[place];
        let mut rest = match first.rest.take() {
            Some(rest) => rest,
            None => first.tally(mode, second.from.at),
        };
        rest.join(mode, &second.tally(mode, end));
        first.rest = Some(rest);
    }
}

#[cfg(test)]
mod tests;
