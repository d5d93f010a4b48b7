//! Regular expressions as Java reads them, where the library reads them otherwise: `\d`, `\w` and
//! `\s` match ASCII only.

/// Returns a pattern whose predefined classes are written out. Negated ones inside brackets stay as
/// they are: they are rare, and differ only beyond ASCII.
pub(super) fn with_ascii_classes(pattern: &str) -> String {
    let mut written = String::with_capacity(pattern.len());
    let mut characters = pattern.chars();
    let mut brackets = 0_usize;
    while let Some(character) = characters.next() {
        match character {
            '[' => brackets += 1,
            ']' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        if character != '\\' {
            written.push(character);
            continue;
        }
        let Some(escaped) = characters.next() else {
            written.push('\\');
            break;
        };
        match (class(escaped.to_ascii_lowercase()), escaped.is_ascii_lowercase(), brackets) {
            (Some(class), true, 1..) => written.push_str(class),
            (Some(class), true, 0) => written.extend(["[", class, "]"]),
            (Some(class), false, 0) => written.extend(["[^", class, "]"]),
            (Some(_), false, 1..) | (None, _, _) => written.extend(['\\', escaped]),
        }
    }
    written
}

/// Returns what a predefined class holds.
const fn class(letter: char) -> Option<&'static str> {
    match letter {
        'd' => Some("0-9"),
        'w' => Some("a-zA-Z_0-9"),
        's' => Some(r" \t\n\x0B\f\r"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_written_out() {
        let check = |pattern, wanted| assert_eq!(with_ascii_classes(pattern), wanted);
        check(r"\d+", "[0-9]+");
        check(r"\W", "[^a-zA-Z_0-9]");
        check(r"[\d,]", "[0-9,]");
        check(r"[^\D]", r"[^\D]");
        check(r"\\d\[\d", r"\\d\[[0-9]");
        check(r"a\", r"a\");
        check("é;", "é;");
    }
}
