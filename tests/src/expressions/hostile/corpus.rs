//! Texts to begin with, and their damage.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::model::Dice;

/// Most characters of a text that is made by damage.
const CHARS_MAX: usize = 4_000;

/// Pieces that mean something to the grammar.
const PIECES: &[&str] = &[
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
    ";",
    "||",
    "&&",
    "|",
    "==",
    "<>",
    "<=",
    "<<",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "!",
    "~",
    " xor ",
    " like ",
    "null",
    "true",
    "1",
    "2.5",
    "0x",
    ".5",
    "1e999",
    "9223372036854775808",
    "{i}",
    "{s.quality}",
    "{[.]../",
    "\u{0}",
    "\u{feff}",
    "é",
    "🏭",
    "if(",
    "ton(",
    "tag(",
];

static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut texts = found();
    texts.extend(of_cases());
    texts.extend(files("problems").map(|path| fs::read_to_string(path).unwrap()));
    assert!(texts.len() > 1_000, "the corpus is not here");
    texts
});

fn files(folder: &str) -> impl Iterator<Item = PathBuf> + use<> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("expressions").join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "expr" || end == "jsonl"))
}

/// Returns the texts that were trouble once, or are hard.
pub(super) fn found() -> Vec<String> {
    files("corpus").map(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned()).collect()
}

/// Returns the expressions of all cases.
fn of_cases() -> Vec<String> {
    let lines: Vec<String> = files("cases")
        .flat_map(|path| fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let expression =
        |line: &String| serde_json::from_str::<serde_json::Value>(line).unwrap()["expr"].as_str().map(str::to_owned);
    lines.iter().filter_map(expression).collect()
}

/// Returns a text of the corpus as it is, damaged, grafted onto another, or mere bytes.
pub(super) fn damaged(dice: &mut Dice) -> String {
    if dice.chance(5) {
        let bytes: Vec<u8> = (0..dice.below(200)).map(|_| u8::try_from(dice.below(256)).unwrap()).collect();
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    let mut characters: Vec<char> = dice.pick(&TEXTS).chars().take(CHARS_MAX).collect();
    for _ in 0..dice.below(5) {
        damage(&mut characters, dice);
        characters.truncate(CHARS_MAX);
    }
    characters.into_iter().collect()
}

fn damage(characters: &mut Vec<char>, dice: &mut Dice) {
    let from = dice.below(characters.len() + 1);
    let to = (from + dice.below(12)).min(characters.len());
    let cut: Vec<char> = characters[from..to].to_vec();
    let put: Vec<char> = match dice.below(5) {
        0 => Vec::new(),
        1 => cut.repeat(2),
        2 => cut.repeat(1 + dice.below(300)),
        3 => dice.pick(PIECES).chars().collect(),
        _ => dice.pick(&TEXTS).chars().take(200).collect(),
    };
    characters.splice(from..to, put);
}
