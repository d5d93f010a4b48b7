//! No text, no values and no nesting make the language panic, hang or take memory without bound.
//!
//! Each target makes its inputs from seeds, measures what an input takes as allocated bytes, and shrinks what fails.
//! The ordinary run looks at a few thousand seeds of each; `LATCHWORK_SEEDS` asks for more. What was found once lies in
//! `tests/expressions/corpus`, and every text there is a seed for the next.

mod calls;
mod corpus;
mod survive;
mod values;

use std::fmt::Write as _;

use latchwork_expr::Cell;

use self::survive::{Outcome, survive};
use crate::model::Dice;
use crate::properties::seeds;

/// How many seeds of each target the ordinary run looks at.
const SEEDS: u64 = 1_500;

/// Most attempts at a shorter text that still fails.
const SHRINKS_MAX: usize = 2_000;

/// Runs a target over its seeds; a failure is told with its seed and a short text that fails the same way.
fn run(make: impl Fn(&mut Dice) -> (String, Vec<Cell>)) {
    let (mut compiled, mut most_bytes) = (0_u64, (0, 0));
    let seeds = seeds(SEEDS);
    let count = seeds.end;
    for seed in seeds {
        let (text, image) = make(&mut Dice::new(seed));
        match survive(&text, &image) {
            Ok(Outcome { is_expression, bytes }) => {
                compiled += u64::from(is_expression);
                most_bytes = most_bytes.max((bytes, seed));
            }
            Err(reason) => {
                let short = shrunk(text, |text| survive(text, &image).is_err());
                panic!("seed {seed}: {reason}\n{short}");
            }
        }
    }
    let mut told = format!("{count} texts, {compiled} of them expressions");
    let _ = write!(told, "; the most that one allocates: {} bytes (seed {})", most_bytes.0, most_bytes.1);
    println!("{told}");
    assert!(compiled * 20 > count, "hardly any text is an expression: {told}");
}

/// Takes pieces out of a text as long as it fails.
fn shrunk(mut text: String, fails: impl Fn(&str) -> bool) -> String {
    let mut attempts = 0;
    let mut size = text.chars().count().div_ceil(2);
    while size > 0 && attempts < SHRINKS_MAX {
        let characters: Vec<char> = text.chars().collect();
        let without = |from: usize| characters[..from].iter().chain(characters[from..].iter().skip(size)).collect();
        let mut shorter = (0..characters.len()).step_by(size).map(without);
        attempts += characters.len().div_ceil(size);
        match shorter.find(|shorter: &String| fails(shorter)) {
            Some(shorter) => text = shorter,
            None => size /= 2,
        }
    }
    text
}

#[test]
fn any_bytes_are_an_expression_or_have_problems() {
    run(|dice| (corpus::damaged(dice), values::image(dice)));
}

#[test]
fn any_calls_with_any_values_give_a_value_or_an_error() {
    run(|dice| (calls::expression(dice, 3), values::image(dice)));
}

#[test]
fn any_formats_and_patterns_are_bounded() {
    run(|dice| (calls::format(dice), values::image(dice)));
}

#[test]
fn constants_give_what_tags_with_their_values_give() {
    for seed in seeds(SEEDS) {
        let mut dice = Dice::new(seed);
        let (constants, tags, image) = calls::with_and_without_tags(&mut dice);
        let (folded, evaluated) = (survive::value_of(&constants, &[]), survive::value_of(&tags, &image));
        assert_eq!(folded, evaluated, "seed {seed}\n{constants}\n{tags}");
    }
}

#[test]
fn what_was_found_once_is_no_trouble_any_more() {
    let mut dice = Dice::new(0);
    for text in corpus::found() {
        let image = values::image(&mut dice);
        survive(&text, &image).unwrap_or_else(|reason| panic!("{reason}\n{text}"));
    }
}

#[test]
fn a_failing_text_is_shortened() {
    assert_eq!(shrunk("1 + boom(2) * 3".to_owned(), |text| text.contains("oom")), "oom");
}
