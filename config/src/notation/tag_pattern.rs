//! Patterns of tag paths: `{1}/{2}/State`, where the numbers stand for what the wildcards of a topic filter matched, and
//! `{1}/{name}`, where the word stands for the name of a point.

/// What can fill the places of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fillers {
    /// How many wildcards the filter has.
    pub(crate) wildcards: usize,
    /// Whether points have names.
    pub(crate) names: bool,
}

/// A pattern, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TagPattern<'a> {
    /// What stands before the first place, between two, and after the last.
    texts: Vec<&'a str>,
    places: Vec<FilledPlace>,
}

/// A place that is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FilledPlace {
    /// With what a wildcard matched.
    Wildcard,
    /// With a point's name.
    Name,
}

/// What stands for a point's name.
const NAME: &str = "name";

impl<'a> TagPattern<'a> {
    /// Reads a pattern, or tells what is wrong with it.
    pub(crate) fn parse(text: &'a str, fillers: Fillers) -> Result<Self, String> {
        let mut pattern = Self { texts: Vec::new(), places: Vec::new() };
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (digits, remainder) = after.split_once('}').ok_or("has a `{` without `}`")?;
            pattern.texts.push(before);
            pattern.places.push(filled_place(digits, fillers)?);
            rest = remainder;
        }
        pattern.texts.push(rest);
        let stray = pattern.texts.iter().any(|text| text.contains('}'));
        if stray { Err("has a `}` without `{`".to_owned()) } else { Ok(pattern) }
    }

    /// Returns whether the pattern is a path as it stands.
    pub(crate) const fn is_plain(&self) -> bool {
        self.places.is_empty()
    }

    /// Returns how often a point's name stands in it.
    pub(crate) fn names(&self) -> usize {
        self.places.iter().filter(|place| **place == FilledPlace::Name).count()
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

fn filled_place(text: &str, fillers: Fillers) -> Result<FilledPlace, String> {
    if fillers.names && text == NAME {
        return Ok(FilledPlace::Name);
    }
    number(text, fillers.wildcards).map(|_| FilledPlace::Wildcard)
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

    const fn fillers(wildcards: usize) -> Fillers {
        Fillers { wildcards, names: false }
    }

    #[track_caller]
    fn gives(pattern: &str, path: &str) -> bool {
        TagPattern::parse(pattern, fillers(3)).unwrap().may_give(path)
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
            assert_eq!(TagPattern::parse(pattern, fillers(wildcards)), Err(expected.to_owned()), "{pattern}");
        }
    }

    #[test]
    fn a_pattern_without_numbers_is_a_path() {
        assert!(TagPattern::parse("Plant/Speed", fillers(0)).unwrap().is_plain());
        assert!(!TagPattern::parse("Plant/{1}", fillers(1)).unwrap().is_plain());
    }

    #[test]
    fn names_of_points_fill_a_place_where_there_are_any() {
        let named = Fillers { wildcards: 1, names: true };
        let pattern = TagPattern::parse("{1}/{name}", named).unwrap();
        assert_eq!((pattern.names(), pattern.is_plain()), (1, false));
        assert!(pattern.may_give("Line1/Speed"));
        assert_eq!(TagPattern::parse("{1}/Speed", named).unwrap().names(), 0);
        assert!(TagPattern::parse("{1}/{name}", fillers(1)).is_err());
    }
}
