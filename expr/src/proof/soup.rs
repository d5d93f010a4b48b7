//! Whatever the text is, nothing panics: it is an expression or it has a problem with a place.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::arbitrary::{image, scheme};
use super::runner;
use crate::evaluate::{Context, Host};
use crate::image::Cell;
use crate::program::Program;
use crate::scheme::{Scope, UnknownTag};
use crate::site::Site;
use crate::value::Timestamp;
use chrono_tz::Tz;

const PIECES: [&str; 63] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"",
    "'",
    "\\",
    "//",
    "/*",
    "*/",
    "\n",
    ".",
    "?",
    ":",
    ";",
    "||",
    "&&",
    "|",
    "&",
    "=",
    "==",
    "!=",
    "<>",
    "<",
    ">",
    "<=",
    ">=",
    "<<",
    ">>",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "!",
    "~",
    "xor",
    "like",
    "null",
    "true",
    "if",
    "abs",
    "hasChanged",
    "ton",
    "rate",
    "ctu",
    "and",
    "1",
    "2.5",
    "0x",
    ".5",
    "1e9",
    "9223372036854775808",
    "{i}",
    "{s.quality}",
    "{[.]..}",
    "\"on\"",
    "ü",
    " ",
];

/// Compiles and, if that is possible, evaluates in every way.
fn survive(text: &str, image: &[Cell]) {
    let scheme = scheme();
    let scope = Scope { unknown_tag: UnknownTag::BadNotFound, operation: true, ..Scope::of(&scheme) };
    match Program::compile(text, &scope) {
        Ok((program, lints)) => {
            let (mut sites, mut notes) = (vec![Site::Fresh; program.sites()], Vec::new());
            let host = Host::default();
            let (now, zone) = (Timestamp(0), Tz::Europe__Berlin);
            let mut context = Context::of(image, now, zone, &host, &mut sites);
            program.truth(&mut context);
            context.notes = Some(&mut notes);
            program.evaluate(&mut context);
            assert!(lints.iter().all(|lint| text.get(lint.span.clone()).is_some()), "{lints:?}");
            assert!(notes.iter().all(|note| text.get(note.start..note.end).is_some()), "{notes:?}");
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            assert!(problems.iter().all(|problem| text.get(problem.span.clone()).is_some()), "{problems:?}");
        }
    }
}

#[test]
fn arbitrary_text_never_panics() {
    runner(2000)
        .run(&(any::<String>(), image()), |(text, image)| {
            survive(&text, &image);
            Ok(())
        })
        .unwrap();
}

#[test]
fn token_soup_never_panics() {
    let soup = vec(select(&PIECES[..]), 0..24).prop_map(|pieces| pieces.concat());
    runner(8000)
        .run(&(soup, image()), |(text, image)| {
            survive(&text, &image);
            Ok(())
        })
        .unwrap();
}
