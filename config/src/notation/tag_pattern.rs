//! Patterns of tag paths: `{1}/{2}/State`, where the numbers stand for what the wildcards of a topic
//! filter matched.

/// A pattern, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagPattern<'a> {
    /// What stands before the first number, between two, and after the last.
    texts: Vec<&'a str>,
    /// The numbers, from 1.
    numbers: Vec<usize>,
}

impl<'a> TagPattern<'a> {
    /// Reads a pattern whose filter has so many wildcards, or tells what is wrong with it.
    pub(crate) fn parse(text: &'a str, wildcards: usize) -> Result<Self, String> {
        let mut pattern = Self { texts: Vec::new(), numbers: Vec::new() };
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (digits, remainder) = after.split_once('}').ok_or("has a `{` without `}`")?;
            pattern.texts.push(before);
            pattern.numbers.push(number(digits, wildcards)?);
            rest = remainder;
        }
        pattern.texts.push(rest);
        let stray = pattern.texts.iter().any(|text| text.contains('}'));
        if stray { Err("has a `}` without `{`".to_owned()) } else { Ok(pattern) }
    }

    /// Returns whether the pattern is a path as it stands.
    pub(crate) const fn is_plain(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Tells whether some message can give this path. What one number stands for may be a whole
    /// path of levels, and is not compared with what it stands for elsewhere in the pattern.
    pub(crate) fn may_give(&self, path: &str) -> bool {
        let (first, others) = self.texts.split_first().map_or(("", &[][..]), |(first, others)| (*first, others));
        let Some((last, between)) = others.split_last() else { return path == first };
        let inner = path.strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
        // The leftmost match of each text leaves the most for those after it.
        let mut rest = inner;
        for text in between {
            rest = rest.and_then(|rest| rest.split_once(text)).map(|(_, after)| after);
        }
        rest.is_some()
    }
}

fn number(digits: &str, wildcards: usize) -> Result<usize, String> {
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: Option<usize> = whole.then(|| digits.parse().ok()).flatten();
    match number {
        Some(number) if (1..=wildcards).contains(&number) => Ok(number),
        Some(_) if wildcards == 1 => Err(format!("has `{{{digits}}}`, but the filter has one wildcard, {{1}}")),
        Some(_) if wildcards == 0 => Err(format!("has `{{{digits}}}`, but the filter has no wildcard")),
        Some(_) => Err(format!("has `{{{digits}}}`, expected {{1}} to {{{wildcards}}}: the filter's wildcards")),
        None => Err(format!("has `{{{digits}}}`, expected the number of a wildcard, such as `{{1}}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn gives(pattern: &str, path: &str) -> bool {
        TagPattern::parse(pattern, 3).unwrap().may_give(path)
    }

    #[test]
    fn knows_which_paths_it_may_give() {
        assert!(gives("{1}/{2}/State", "Line1/Filler/State"));
        assert!(gives("{1}/{2}/State", "a/b/c/State"));
        assert!(gives("Plant/{2}", "Plant/"));
        assert!(gives("{1}", "anything"));
        assert!(gives("{1}{2}", ""));
        assert!(gives("Plant/Speed", "Plant/Speed"));
        assert!(gives("a{1}a", "aa"));
        assert!(!gives("{1}/{2}/State", "Line1/State"));
        assert!(!gives("{1}/{2}/State", "Line1/Filler/Speed"));
        assert!(!gives("Plant/{1}", "Line1/Speed"));
        assert!(!gives("a{1}a", "a"));
        assert!(!gives("Plant/Speed", "Plant/Speed2"));
    }

    #[test]
    fn says_what_is_wrong() {
        for (pattern, wildcards, expected) in [
            ("{3}/x", 2, "has `{3}`, expected {1} to {2}: the filter's wildcards"),
            ("{0}", 1, "has `{0}`, but the filter has one wildcard, {1}"),
            ("{1}", 0, "has `{1}`, but the filter has no wildcard"),
            ("{name}", 1, "has `{name}`, expected the number of a wildcard, such as `{1}`"),
            ("{}", 1, "has `{}`, expected the number of a wildcard, such as `{1}`"),
            ("{1", 1, "has a `{` without `}`"),
            ("a}b", 1, "has a `}` without `{`"),
        ] {
            assert_eq!(TagPattern::parse(pattern, wildcards), Err(expected.to_owned()), "{pattern}");
        }
    }

    #[test]
    fn a_pattern_without_numbers_is_a_path() {
        assert!(TagPattern::parse("Plant/Speed", 0).unwrap().is_plain());
        assert!(!TagPattern::parse("Plant/{1}", 1).unwrap().is_plain());
    }
}
