//! The diagnostics of tags that cannot be read: in words what their quality does not say, such as the code of a device's
//! exception.
//!
//! For whoever looks at a tag; no rule reads it. Bounded by the connection's tags.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The diagnostics of a connection's tags, by the tags' indices in it. What was read has none.
#[derive(Debug, Default)]
pub struct Diagnostics(Mutex<BTreeMap<usize, Arc<str>>>);

impl Diagnostics {
    /// Returns why a tag cannot be read, if that is known.
    pub fn of(&self, tag: usize) -> Option<Arc<str>> {
        self.tags().get(&tag).cloned()
    }

    /// Returns all that is known, by the tags' order.
    pub fn all(&self) -> Vec<(usize, Arc<str>)> {
        self.tags().iter().map(|(tag, diagnostic)| (*tag, Arc::clone(diagnostic))).collect()
    }

    /// Notes why some tags cannot be read.
    pub(crate) fn put(&self, tags: impl IntoIterator<Item = usize>, diagnostic: &str) {
        let mut tags = tags.into_iter().peekable();
        // Nothing is to be told after most answers.
        if tags.peek().is_some() {
            let diagnostic: Arc<str> = diagnostic.into();
            self.tags().extend(tags.map(|tag| (tag, Arc::clone(&diagnostic))));
        }
    }

    /// Notes that some tags were read.
    pub(crate) fn clear(&self, tags: impl IntoIterator<Item = usize>) {
        let mut diagnostics = self.tags();
        if !diagnostics.is_empty() {
            tags.into_iter().for_each(|tag| _ = diagnostics.remove(&tag));
        }
    }

    /// Each diagnostic is whole whoever panicked beside it.
    fn tags(&self) -> MutexGuard<'_, BTreeMap<usize, Arc<str>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_stays_until_the_tag_is_read() {
        let diagnostics = Diagnostics::default();
        diagnostics.put([0, 2], "no answer in time");
        diagnostics.put([2], "exception 4");
        diagnostics.clear([1, 0]);
        assert_eq!(diagnostics.all(), [(2, "exception 4".into())]);
        assert_eq!((diagnostics.of(2).as_deref(), diagnostics.of(0)), (Some("exception 4"), None));
    }
}
