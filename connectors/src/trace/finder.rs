//! Finds the tags of a file's rows without looking them up: recordings go round.

use memchr::memchr3;

use super::catalog::{Catalog, Tag, TagIndex};

/// Finds the tags of one file: it remembers which tag came after which, because recordings go round.
#[derive(Debug, Default)]
pub(crate) struct TagFinder {
    /// By tag: the one that came after it last time.
    followers: Vec<TagIndex>,
    latest: TagIndex,
}

impl TagFinder {
    /// Returns the known tag, unquoted, that begins a line, and what follows its delimiter. `None` proves nothing.
    #[inline]
    pub(crate) fn read_ahead<'a, 'c>(
        &mut self,
        catalog: &'c Catalog,
        line: &'a [u8],
        delimiter: u8,
    ) -> Option<(TagIndex, &'c Tag, &'a [u8])> {
        if let Some(&follower) = self.followers.get(self.latest.slot().index()) {
            let tag = catalog.tag(follower);
            let key = catalog.key(tag);
            if let Some((path, [after, rest @ ..])) = line.split_at_checked(key.len())
                && *after == delimiter
                && is_same(path, key)
            {
                self.latest = follower;
                return Some((follower, tag, rest));
            }
        }
        self.look_up(catalog, line, delimiter)
    }

    #[inline(never)]
    fn look_up<'a, 'c>(
        &mut self,
        catalog: &'c Catalog,
        line: &'a [u8],
        delimiter: u8,
    ) -> Option<(TagIndex, &'c Tag, &'a [u8])> {
        let length = memchr3(delimiter, b'\n', b'"', line).filter(|&length| line[length] == delimiter)?;
        let index = catalog.known(&line[..length])?;
        self.remember(index);
        Some((index, catalog.tag(index), &line[length + 1..]))
    }

    fn remember(&mut self, index: TagIndex) {
        let latest = self.latest.slot().index();
        if self.followers.len() <= latest {
            self.followers.resize(latest + 1, TagIndex::default());
        }
        self.followers[latest] = index;
        self.latest = index;
    }
}

/// Compares texts of the same length; those of paths' usual length without a call.
#[inline]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let ends = |text: &[u8]| Some((*text.first_chunk::<8>()?, *text.last_chunk::<8>()?));
    match (ends(one), ends(other)) {
        (Some(one), Some(other)) if one != other => false,
        (Some(_), Some(_)) if one.len() <= 16 => true,
        (_, _) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use latchwork_expr::Type;

    use super::*;
    use crate::trace::Usage;

    #[test]
    fn a_line_may_go_on_with_the_expected_tag_or_another() {
        let mut catalog = Catalog::new();
        for path in ["a", "b", "longer/path"] {
            catalog.add(path, Type::Any, Usage::Read);
        }
        let mut finder = TagFinder::default();
        for path in ["a", "b", "longer/path", "a", "b", "a", "longer/path", "[default]b"] {
            let line = format!("{path},1");
            let (index, _, rest) = finder.read_ahead(&catalog, line.as_bytes(), b',').unwrap();
            assert_eq!(
                (catalog.path(index.slot()).trim_start_matches("[default]"), rest),
                (path.trim_start_matches("[default]"), b"1".as_slice())
            );
        }
        assert!(finder.read_ahead(&catalog, b"axe,1", b',').is_none());
        assert!(finder.read_ahead(&catalog, b"a", b',').is_none());
    }
}
