//! `[operations.job]`: whether an operation drives the jobs at its station.

use latchwork_engine::LegCompletion;

use crate::desk::Desk;
use crate::document::Table;
use crate::problems;
use crate::reader::Reader;
use crate::words::LEG_COMPLETION;

/// Reads `[operations.job]`: when the operation completes legs, if it follows jobs at all.
pub(super) fn read(desk: &mut Desk<'_>, table: &Table) -> Option<LegCompletion> {
    let mut reader = Reader::new(desk, "operations.job", table);
    let follows = reader.boolean("follow", false);
    let complete = reader.word("complete", LEG_COMPLETION, LegCompletion::default());
    if let (false, Some(place)) = (follows, reader.key_place("complete")) {
        let message = "`complete` has no effect: `follow` is not true";
        reader.problem(problems::NO_EFFECT, place, message, None);
    }
    reader.finish("[operations.job]");
    follows.then_some(complete)
}
