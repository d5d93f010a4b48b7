//! No text makes the reader panic, and the same text always gives the same answer.

use std::path::Path;

use proptest::prelude::*;

use crate::golden::{configurations, folder};
use crate::{Colour, Memory, explain};

/// One change of a text.
#[derive(Clone, Debug)]
enum Edit {
    Delete,
    Double,
    Insert(&'static str),
    Replace(&'static str),
}

/// Pieces that mean something somewhere.
const PIECES: &[&str] = &[
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "\\",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "{[.]",
    "${",
    "=",
    ",",
    ".",
    "#",
    "\n",
    "\r",
    "\0",
    "\u{feff}",
    "é",
    "😀",
    "-1",
    "nan",
    "inf",
    "1e999",
    "99999999999999999999",
    "0x",
    "true",
    "2026-01-01",
    "07:30:00",
    "file:",
    "PARENT",
    "CHANGE",
    "EXPRESSION",
    "id = \"x\"\n",
    "[[operations]]\n",
    "[[tags]]\n",
    "include = [\"*\"]\n",
    "mqtt",
    "modbus-tcp",
    "json",
    "2!",
    "HR65536",
    "0x",
    "$.a[0]",
    "+/#",
    "{1}",
    "[::1]",
    "scan_class = \"fast\"\n",
    "[[connections]]\n",
    "[[connections.topics]]\n",
];

fn edit() -> impl Strategy<Value = Edit> {
    let piece = || proptest::sample::select(PIECES);
    prop_oneof![Just(Edit::Delete), Just(Edit::Double), piece().prop_map(Edit::Insert), piece().prop_map(Edit::Replace)]
}

/// Changes `length` characters somewhere in a text; `at` is a fraction of it.
fn apply(text: &str, edit: &Edit, at: f64, length: usize) -> String {
    let characters: Vec<char> = text.chars().collect();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rough place"
    )]
    let start = (characters.len() as f64 * at) as usize;
    let end = (start + length).min(characters.len());
    let (before, cut, after) = (&characters[..start], &characters[start..end], &characters[end..]);
    let string = |characters: &[char]| characters.iter().collect::<String>();
    let middle = match edit {
        Edit::Delete => String::new(),
        Edit::Double => string(cut).repeat(2),
        Edit::Insert(piece) => format!("{piece}{}", string(cut)),
        Edit::Replace(piece) => (*piece).to_owned(),
    };
    format!("{}{middle}{}", string(before), string(after))
}

/// Returns everything that people may see of a configuration.
fn outcome(path: &Path, memory: &Memory) -> String {
    match explain(path, memory) {
        Ok((configuration, explanation)) => {
            format!("{} {explanation} {}", configuration.hash, configuration.lints.render(Colour::On))
        }
        Err(problems) => format!("{}{}", problems.render(Colour::Off), serde_json::to_string(&problems).unwrap()),
    }
}

proptest! {
    #[test]
    fn a_damaged_file_is_told_and_never_panics(
        file in any::<proptest::sample::Index>(),
        edits in proptest::collection::vec((edit(), 0.0..1.0_f64, 0..40_usize), 1..6),
    ) {
        let mut memory = folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good"));
        let path = file.get(&configurations(&memory)).clone();
        let mut text = String::from_utf8(memory.files[&path].clone()).unwrap();
        for (edit, at, length) in edits {
            text = apply(&text, &edit, at, length);
        }
        memory.files.insert(path.clone(), text.into_bytes());
        prop_assert_eq!(outcome(&path, &memory), outcome(&path, &memory));
    }

    #[test]
    fn any_text_is_told_and_never_panics(text in "\\PC{0,200}") {
        let memory = Memory::of("plant.toml", text);
        prop_assert!(!outcome(Path::new("plant.toml"), &memory).is_empty());
    }
}
