//! Images of every type: usual values and those that are hard on functions.

use std::sync::Arc;

use latchwork_expr::{Cell, Column, Dataset, Quality, Timestamp, Type, Value};

use super::survive::NOW;
use crate::model::Dice;

/// The tags that the texts of all targets may read.
pub(super) const TAGS: [(&str, Type); 10] = [
    ("b", Type::Boolean),
    ("i", Type::Integer),
    ("f", Type::Float),
    ("s", Type::String),
    ("big", Type::String),
    ("d", Type::Date),
    ("ds", Type::Dataset),
    ("doc", Type::Document),
    ("a", Type::Any),
    ("Line 1/Pump-3/État", Type::Any),
];

/// Texts that mean something to some function.
pub(super) const TEXTS: &[&str] = &[
    "",
    " ",
    "RUN",
    "on",
    "off",
    "5",
    "-0",
    "2.5",
    "1e308",
    "0x1F",
    "NaN",
    "%s",
    "%d",
    "[",
    "]",
    "[0]",
    "a.b[1]",
    "$",
    "day",
    "month",
    "millisecond",
    "2026-03-29 02:30:00",
    "6:05 pm",
    "yyyy-MM-dd",
    "#,##0.00",
    "Good",
    "Bad_Stale",
    "{\"a\":{\"b\":[1,2]}}",
    "a;b;c",
    ";",
    "ß",
    "\u{0}",
    "🏭",
    "ŉ",
    "\u{202e}",
    "default",
    "s",
    "[default]i",
];

const FLOATS: [f64; 12] = [
    0.0,
    -0.0,
    0.5,
    -2.5,
    41.5,
    1e300,
    -1e300,
    f64::MAX,
    f64::MIN_POSITIVE,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
];

const INTEGERS: [i64; 12] =
    [0, 1, -1, 2, 7, 63, 64, 1_000_000, 2_147_483_648, 9_007_199_254_740_993, i64::MAX, i64::MIN];

/// Epoch, nights in which clocks are set, and the ends of time.
const DATES: [i64; 9] = [
    0,
    -1,
    1_774_746_000_000_000,
    1_792_890_000_000_000,
    1_793_512_800_000_000,
    253_402_300_799_999_999,
    -62_135_596_800_000_000,
    i64::MAX,
    i64::MIN,
];

/// Returns what every tag of [`TAGS`] is.
pub(super) fn image(dice: &mut Dice) -> Vec<Cell> {
    TAGS.iter().map(|(path, kind)| cell(path, *kind, dice)).collect()
}

fn cell(path: &str, kind: Type, dice: &mut Dice) -> Cell {
    let value = if dice.chance(8) {
        Value::Null
    } else if path == "big" {
        big(dice)
    } else {
        value(if dice.chance(5) { Type::Any } else { kind }, dice)
    };
    let quality = if dice.chance(75) { Quality::Good } else { dice.pick(Quality::ALL) };
    Cell { value, quality, time: Timestamp(dice.pick(&[0, NOW.0])) }
}

/// Returns a long text; rarely as long as texts may be.
fn big(dice: &mut Dice) -> Value {
    let piece = dice.pick(&["a", "ab;", "é", "%s", "[", "{\"a\":", "0", " ", "🏭"]);
    let bytes = if dice.chance(3) { 1 << 20 } else { 1 << dice.below(14) };
    Value::from(piece.repeat(bytes / piece.len()))
}

/// Returns a value of a type.
pub(super) fn value(kind: Type, dice: &mut Dice) -> Value {
    match kind {
        Type::Boolean => Value::Boolean(dice.chance(50)),
        Type::Integer => Value::Integer(dice.pick(&INTEGERS)),
        Type::Float => Value::Float(dice.pick(&FLOATS)),
        Type::String => Value::from(dice.pick(TEXTS)),
        Type::Date => Value::Date(Timestamp(dice.pick(&DATES))),
        Type::Dataset => Value::Dataset(Arc::new(table(dice))),
        Type::Document => Value::Document(Arc::new(document(dice))),
        Type::Null => Value::Null,
        Type::Any => {
            let kinds =
                [Type::Null, Type::Boolean, Type::Integer, Type::Float, Type::String, Type::Date, Type::Dataset];
            let kind = dice.pick(&kinds);
            value(kind, dice)
        }
    }
}

fn table(dice: &mut Dice) -> Dataset {
    let names = ["parts", "Code", "größe"];
    let width = 1 + dice.below(names.len());
    let columns = names[..width].iter().map(|name| Column { name: (*name).to_owned(), kind: Type::Any }).collect();
    let kinds = [Type::Null, Type::Integer, Type::Float, Type::String, Type::Date];
    let mut row = |_| {
        (0..width)
            .map(|_| {
                let kind = dice.pick(&kinds);
                value(kind, dice)
            })
            .collect()
    };
    let rows = (0..3).map(&mut row).collect();
    Dataset::new(columns, rows)
}

fn document(dice: &mut Dice) -> serde_json::Value {
    let deep = (0..dice.below(100)).fold(serde_json::json!(1), |inside, _| serde_json::json!([inside]));
    dice.pick(&[serde_json::json!({"a": {"b": [1, null, "x"]}, "": 2.5}), serde_json::json!([]), deep])
}
