//! Expressions that the grammar allows: any function, any arguments, formats and patterns of their own alphabets.

use latchwork_expr::{Cell, Function, Quality, Timestamp, Value, functions};

use super::survive::NOW;
use super::values::{TAGS, TEXTS};
use crate::model::Dice;

const OPERATORS: &[&str] =
    &["||", "&&", "|", "xor", "&", "=", "!=", "<", ">", "<=", ">=", "like", "<<", ">>", "+", "-", "*", "/", "%", "^"];

const LITERALS: &[&str] = &[
    "null",
    "true",
    "FALSE",
    "0",
    "1",
    "-1",
    "2",
    "63",
    "64",
    "100",
    "1000000",
    "9223372036854775807",
    "0xFF",
    "0.5",
    "-2.5",
    "1e21",
    "1e400",
    "(0.0/0)",
    "-0.0",
    "9007199254740993",
    "''",
    "now(0)",
    "fromMillis(1774746000000)",
    "repeat('ab', 70000)",
    "split('b;a;22;3', ';')",
];

/// Functions that read a format or a pattern, with what stands before and after it.
const FORMATS: &[(&str, &str, &str)] = &[
    ("dateFormat({d}, ", ")", "GyYMwWDdFEuaHkKhmsSzZX'' :-/.bQ"),
    ("numberFormat({f}, ", ")", "0000####..,,;;EE%‰¤'- x"),
    ("numberFormat({i}, ", ")", "000##.,;E%'"),
    ("stringFormat(", ", {i}, {f}, {s}, {b}, {d}, {a})", "%%%%123$<-+ 0,(#.789bBsScCdoxXeEfgGnhat%"),
    ("split({s}, ", ")[0, 0]", "ab;.*+?|()[]{}^$\\dws-,0129&&"),
    ("split({big}, ", ", -1)", "ab;.*+?|()[]{}^$\\dws-,0129"),
    ("jsonGet({doc}, ", ")", "ab.[]0129\"' "),
    ("jsonGet(", ", 'a.b[1]')", "{}[]:,\"'ab0129.eE-\\ntrufls "),
    ("jsonSet({doc}, ", ", {a})", "ab.[]0129"),
    ("jsonFormat(", ")", "{}[]:,\"'ab019.eE-\\u"),
    ("{big} like ", "", "%*?ab%;"),
    ("toDate(", ")", "0123456789-/: .TZ+apmAPM"),
    ("toInt(", ")", "0123456789.eE+- xX"),
    ("timeBetween(", ", '9:00 am', '5:00:00 pm')", "0123456789: apmAPM"),
    ("dateDiff({d}, now(0), ", ")", "mshrdaywekont"),
    ("tag(", ")", "[]default~./sbi "),
    ("urlEncode({s} + ", ", {b})", "a %&+é🏭~*"),
    ("fromHex(", ")", "0123456789abcdefxX-+ "),
];

/// Returns any expression, as deep as asked for at most.
pub(super) fn expression(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 || dice.chance(15) {
        return leaf(dice);
    }
    match dice.below(10) {
        0 | 1 => format!("{} {} {}", operand(dice, depth), dice.pick(OPERATORS), operand(dice, depth)),
        2 => format!("{}({})", dice.pick(&["-", "!", "~"]), expression(dice, depth - 1)),
        3 => format!("{}[{}]", operand(dice, depth), expression(dice, depth - 1)),
        4 => format!("{{ds}}[{}, {}]", expression(dice, depth - 1), expression(dice, depth - 1)),
        _ => call(dice, depth),
    }
}

fn operand(dice: &mut Dice, depth: usize) -> String {
    format!("({})", expression(dice, depth - 1))
}

fn leaf(dice: &mut Dice) -> String {
    match dice.below(3) {
        0 => dice.pick(LITERALS).to_owned(),
        1 => quoted(dice.pick(TEXTS)),
        _ => format!("{{{}{}}}", dice.pick(&TAGS).0, dice.pick(&["", "", "", ".quality", ".timestamp", ".name"])),
    }
}

fn call(dice: &mut Dice, depth: usize) -> String {
    let function = any_function(dice);
    let count = count(&function, dice);
    let arguments: Vec<String> = (0..count).map(|_| expression(dice, depth - 1)).collect();
    format!("{}({})", function.name, arguments.join(", "))
}

fn any_function(dice: &mut Dice) -> Function {
    let all: Vec<Function> = functions().filter(|function| !function.examples.is_empty()).copied().collect();
    dice.pick(&all)
}

/// Returns how many arguments a call may have.
fn count(function: &Function, dice: &mut Dice) -> usize {
    let count = function.least + function.step * dice.below(3);
    if function.takes(count) { count } else { function.least }
}

/// Returns a call with a format or pattern of its own alphabet.
pub(super) fn format(dice: &mut Dice) -> String {
    let (before, after, alphabet) = dice.pick(FORMATS);
    let alphabet: Vec<char> = alphabet.chars().collect();
    let length = if dice.chance(2) { 5_000 } else { dice.below(16) };
    let pattern: String = (0..length).map(|_| dice.pick(&alphabet)).collect();
    let pattern = quoted(&pattern);
    // Some are made while the expression runs, so that nothing was looked at before.
    let pattern = if dice.chance(30) { format!("if({{b}}, {pattern}, {pattern})") } else { pattern };
    format!("{before}{pattern}{after}")
}

/// Returns a text as a literal.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Returns a call with constants, the same call with tags, and what those tags are: the constants.
pub(super) fn with_and_without_tags(dice: &mut Dice) -> (String, String, Vec<Cell>) {
    let function = any_function(dice);
    let values: Vec<(Value, String)> = (0..count(&function, dice)).map(|_| constant(dice)).collect();
    let calling = |arguments: Vec<String>| format!("{}({})", function.name, arguments.join(", "));
    let constants = calling(values.iter().map(|(_, literal)| literal.clone()).collect());
    let tags = calling((0..values.len()).map(|index| format!("{{p{index}}}")).collect());
    let good = |(value, _): (Value, String)| Cell { value, quality: Quality::Good, time: Timestamp(NOW.0) };
    (constants, tags, values.into_iter().map(good).collect())
}

/// Returns a value and how it is written.
fn constant(dice: &mut Dice) -> (Value, String) {
    match dice.below(5) {
        0 => {
            let (value, written) = dice.pick(&[(Value::Null, "null"), (true.into(), "true"), (false.into(), "false")]);
            (value, written.to_owned())
        }
        1 => {
            let number = dice.pick(&[0, 1, -1, 2, 7, 63, 64, 500, 86_400_000, i64::MAX, i64::MIN]);
            (number.into(), number.to_string())
        }
        2 => {
            let number = dice.pick(&[0.0, -0.0, 0.5, -2.5, 1e21, 1e300, f64::MIN_POSITIVE]);
            (number.into(), format!("{number:?}"))
        }
        _ => {
            let text = dice.pick(TEXTS);
            (text.into(), quoted(text))
        }
    }
}
