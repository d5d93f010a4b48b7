//! Texts as Postgres can hold them: it knows no NUL, neither in a text nor in a JSON text.
//!
//! A machine that puts one into a name must not stop the ledger. U+FFFD stands for it, as for everything else that
//! cannot be shown.

use std::borrow::Cow;

/// Returns a text without NUL.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{FFFD}").into() } else { text.into() }
}

/// Returns a JSON text without the escape of a NUL.
pub(super) fn plain_json(text: &str) -> Cow<'_, str> {
    if !text.contains("\\u0000") {
        return text.into();
    }
    let (mut told, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('\\') {
        // An escape is two bytes long at least: the second backslash of `\\u0000` begins none.
        let (before, escape) = rest.split_at(at);
        told.push_str(before);
        let (one, after) = match escape.strip_prefix("\\u0000") {
            Some(after) => ("\\ufffd", after),
            None => escape.split_at(escape.ceil_char_boundary(2)),
        };
        told.push_str(one);
        rest = after;
    }
    told.push_str(rest);
    told.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_nul_is_left() {
        assert_eq!(plain("a\0b"), "a\u{FFFD}b");
        assert!(matches!(plain("a b"), Cow::Borrowed("a b")));
        for (json, told) in [
            (r#"{"a":"\u0000"}"#, r#"{"a":"\ufffd"}"#),
            (r#"{"a":"\\u0000 \u0000é\n\u0000"}"#, r#"{"a":"\\u0000 \ufffdé\n\ufffd"}"#),
            (r#"{"a":"\\\u0000"}"#, r#"{"a":"\\\ufffd"}"#),
        ] {
            assert_eq!(plain_json(json), told);
        }
    }
}
