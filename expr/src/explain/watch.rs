//! The closures of an evaluation, each with one around it that notes what it gave.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::plan::Planned;
use super::remembered::remembered;
use crate::compile::{ValueFn, node, value};
use crate::evaluate::{Context, Evaluated, Note};
use crate::functions::{Category, Function};
use crate::limits::EXPLAINED_NOTES_MAX;
use crate::site::Site;

/// What was seen of a part.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// What it gave, if it was evaluated.
    pub(super) result: Option<Evaluated>,
    /// What it noted itself.
    pub(super) notes: Vec<Note>,
    /// What it remembers.
    pub(super) state: Option<String>,
}

/// Evaluates a plan; returns what its first part gave, and what was seen of every part.
pub(super) fn evaluate(plan: &[Planned<'_>], context: &mut Context<'_>) -> (Evaluated, Vec<Seen>) {
    let log = Log::of(plan.len());
    let whole = Compiler { plan, log: log.clone() }.part(0, 0);
    let result = whole(context);
    let seen = std::mem::take(&mut log.entries().seen);
    (result, seen)
}

/// What was seen so far. The closures share it; the lock is there because closures of a program may be sent to other
/// threads. These never are, and nobody holds it while a part is evaluated.
#[derive(Clone)]
struct Log(Arc<Mutex<Entries>>);

struct Entries {
    seen: Vec<Seen>,
    /// How many of the evaluation's notes belong to a part already.
    claimed: usize,
}

impl Log {
    fn of(parts: usize) -> Self {
        Self(Arc::new(Mutex::new(Entries { seen: vec![Seen::default(); parts], claimed: 0 })))
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    /// Gives a part the notes that belong to nobody yet. Notes that were taken back (`try`) stay with their part.
    fn claim(&mut self, part: usize, context: &Context<'_>) {
        let notes = context.notes.as_ref().map_or(&[][..], |notes| &notes[..]);
        let begin = self.claimed.min(notes.len());
        let own = &mut self.seen[part].notes;
        let room = EXPLAINED_NOTES_MAX.saturating_sub(own.len());
        own.extend(notes[begin..].iter().take(room).cloned());
        self.claimed = notes.len();
    }

    /// Tells whether an input is one that freezes a block.
    fn froze(&self, inputs: Range<usize>) -> bool {
        let mut results = self.seen[inputs].iter().filter_map(|seen| seen.result.as_ref());
        results.any(|input| !input.quality.is_good() || input.value.is_null())
    }
}

struct Compiler<'a> {
    plan: &'a [Planned<'a>],
    log: Log,
}

impl Compiler<'_> {
    /// Compiles a part of the plan, as it was written.
    fn part(&self, index: usize, parent: usize) -> ValueFn {
        let Planned { checked, parts, .. } = &self.plan[index];
        let written = checked.unfolded();
        let mut shown = parts.clone();
        // The path of a `tag(…)` that is constant is not needed any more, only told.
        let path = written.path().and_then(|_| shown.next()).map(|path| self.part(path, index));
        let inner = node(written, &mut |part| match shown.next() {
            Some(place) => {
                assert!(std::ptr::eq(self.plan[place].checked, part), "parts are compiled in the plan's order");
                self.part(place, index)
            }
            None => value(part),
        });
        let watch =
            Watch { part: index, parent, inputs: parts.clone(), call: written.stateful(), log: self.log.clone() };
        Box::new(move |context| {
            let before = watch.begin(context);
            if let Some(path) = &path {
                path(context);
            }
            let result = inner(context);
            watch.end(context, before, &result);
            result
        })
    }
}

/// What looks on while a part is evaluated.
struct Watch {
    part: usize,
    parent: usize,
    inputs: Range<usize>,
    call: Option<(&'static Function, usize)>,
    log: Log,
}

impl Watch {
    /// Leaves what was noted so far to the part around this one; returns what a call remembers from before.
    fn begin(&self, context: &Context<'_>) -> Option<Site> {
        self.log.entries().claim(self.parent, context);
        self.call.map(|(_, site)| context.sites[site].clone())
    }

    fn end(&self, context: &Context<'_>, before: Option<Site>, result: &Evaluated) {
        let mut entries = self.log.entries();
        entries.claim(self.part, context);
        let state = self.call.zip(before).and_then(|((function, site), before)| {
            let frozen = function.category == Category::Plc && entries.froze(self.inputs.clone());
            remembered(&before, &context.sites[site], frozen, context)
        });
        let seen = &mut entries.seen[self.part];
        (seen.result, seen.state) = (Some(result.clone()), state);
    }
}
