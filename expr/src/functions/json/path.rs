//! Paths into documents: `a.b`, `a[0]`, `[0].a`. One path leads to one place.

use crate::diagnostic::quoted;
use crate::functions::Failure;

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// A member of an object.
    Name(&'a str),
    /// An element of a list, from 0.
    Index(usize),
}

/// Returns the steps of a path.
pub(super) fn steps(path: &str) -> Result<Vec<Step<'_>>, Failure> {
    let fault = |fault: &str| Failure::from(format!("the path {} {fault}", quoted(path)));
    if path.is_empty() {
        return Err(fault("is empty"));
    }
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let (step, after) = if let Some(inside) = rest.strip_prefix('[') {
            element(inside).ok_or_else(|| fault("has a `[` that is not followed by an index and `]`"))?
        } else {
            // Only the very first name stands without a dot before it.
            let name = if steps.is_empty() { Some(rest) } else { rest.strip_prefix('.') };
            member(name.ok_or_else(|| fault("has a `]` that neither `.` nor `[` follows"))?)
        };
        if step == Step::Name("") {
            return Err(fault("has an empty name beside a `.`"));
        }
        steps.push(step);
        rest = after;
    }
    Ok(steps)
}

/// Takes what stands after `[`.
fn element(inside: &str) -> Option<(Step<'_>, &str)> {
    let (digits, after) = inside.split_once(']')?;
    let is_index = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((Step::Index(digits.parse().ok().filter(|_| is_index)?), after))
}

/// Takes a name up to the next `.` or `[`.
fn member(text: &str) -> (Step<'_>, &str) {
    let (name, after) = text.split_at(text.find(['.', '[']).unwrap_or(text.len()));
    (Step::Name(name), after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_indices_are_steps() {
        use Step::{Index, Name};
        assert_eq!(steps("a.b c[0].é"), Ok(vec![Name("a"), Name("b c"), Index(0), Name("é")]));
        assert_eq!(steps("[1][02].x"), Ok(vec![Index(1), Index(2), Name("x")]));
        assert_eq!(steps("items.1"), Ok(vec![Name("items"), Name("1")]));
        assert_eq!(steps("a]"), Ok(vec![Name("a]")]));
    }

    #[test]
    fn what_is_no_path_says_why() {
        for path in ["a[", "a[]", "a[-1]", "a[+1]", "a[x]", "a['b']", "a[99999999999999999999]"] {
            let Err(reason) = steps(path) else { panic!("{path}") };
            assert!(reason.to_string().contains("is not followed by an index"), "{path}: {reason}");
        }
        for path in ["", ".", ".a", "a.", "a..b", "a.[0]", "[0]a"] {
            assert!(steps(path).is_err(), "{path}");
        }
    }
}
