//! Names and ids that only one entry of a section may have.

use std::collections::BTreeMap;

use latchwork_expr::Code;

use crate::desk::Desk;
use crate::place::Place;
use crate::problems;

/// The names, or ids, that entries of a section have taken.
#[derive(Debug)]
pub(super) struct Unique {
    code: Code,
    what: &'static str,
    verb: &'static str,
    taken: BTreeMap<String, Place>,
}

impl Unique {
    /// Begins with no names taken; `what` is what has the names, such as `tag`.
    pub(super) const fn names(what: &'static str) -> Self {
        Self { code: problems::DUPLICATE_NAME, what, verb: "are called", taken: BTreeMap::new() }
    }

    /// Begins with no ids taken.
    pub(super) const fn ids(what: &'static str) -> Self {
        Self { code: problems::DUPLICATE_ID, what, verb: "have the id", taken: BTreeMap::new() }
    }

    /// Tells whether a name is taken.
    pub(super) fn has(&self, name: &str) -> bool {
        self.taken.contains_key(name)
    }

    /// Takes a name for an entry; tells whether it was free, and complains if it was not.
    pub(super) fn take(&mut self, name: String, shown: &str, place: Place, desk: &mut Desk<'_>) -> bool {
        if let Some(&first) = self.taken.get(&name) {
            let message = format!("two {} {} `{shown}`", self.what, self.verb);
            let hint = format!("the first is at {}", desk.location(first));
            desk.findings.add(self.code, place, message).hint(hint);
            return false;
        }
        self.taken.insert(name, place);
        true
    }
}
