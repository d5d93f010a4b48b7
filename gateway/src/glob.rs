//! Patterns of paths, as people type them to see some of many.

/// A pattern: `*` stands for anything; without one it is looked for anywhere in a path. Case does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glob {
    pieces: Vec<String>,
}

impl Glob {
    /// Reads a pattern; any text is one.
    pub(crate) fn new(pattern: &str) -> Self {
        let pattern = pattern.to_lowercase();
        let pattern = if pattern.contains('*') { pattern } else { format!("*{pattern}*") };
        Self { pieces: pattern.split('*').map(str::to_owned).collect() }
    }

    /// Tells whether a path is meant.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let path = path.to_lowercase();
        let [first, between @ .., last] = self.pieces.as_slice() else { return true };
        let Some(mut rest) = path.strip_prefix(first.as_str()) else { return false };
        // The leftmost place of each piece leaves the most for those after it.
        for piece in between {
            let Some((_, after)) = rest.split_once(piece.as_str()) else { return false };
            rest = after;
        }
        rest.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything_and_a_word_stands_anywhere() {
        let check = |pattern: &str, path: &str, expected: bool| {
            assert_eq!(Glob::new(pattern).matches(path), expected, "{pattern} {path}");
        };
        check("", "Line1/Speed", true);
        check("speed", "Line1/Speed", true);
        check("Line1/*", "Line1/Filler/Speed", true);
        check("Line1/*", "Line10", false);
        check("*/Speed", "Line1/Speed", true);
        check("*/Speed", "Line1/Speed2", false);
        check("a*a", "aa", true);
        check("a*a", "a", false);
        check("a*b*c", "axxbyyc", true);
        check("a*b*c", "axxcyyb", false);
        check("*", "", true);
    }
}
