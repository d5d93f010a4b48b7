//! The operators of the plain walk, each from its line in the specification.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a new operator or value must fail the properties, not the compilation of what they are held against"
)]

use std::cmp::Ordering;

use chrono_tz::Tz;

use super::{broken, result};
use crate::ast::{BinaryOperator as Op, UnaryOperator};
use crate::coerce::text;
use crate::evaluate::Evaluated;
use crate::value::{Timestamp, Type, Value};

#[derive(Clone, Copy)]
pub(super) enum Number {
    Whole(i64),
    Real(f64),
}

#[expect(clippy::cast_precision_loss, reason = "the nearest float is meant")]
fn real(number: Number) -> f64 {
    match number {
        Number::Whole(number) => number as f64,
        Number::Real(number) => number,
    }
}

pub(super) fn number(value: &Value) -> Option<Number> {
    match value {
        Value::Boolean(truth) => Some(Number::Whole(i64::from(*truth))),
        Value::Integer(number) => Some(Number::Whole(*number)),
        Value::Float(number) => Some(Number::Real(*number)),
        Value::String(text) => numeric_text(text),
        Value::Quality(quality) => Some(Number::Whole(quality.code().into())),
        _ => None,
    }
}

fn numeric_text(text: &str) -> Option<Number> {
    let starts_like_a_number = text.starts_with(|first: char| "+-.0123456789".contains(first));
    let has_no_words = !text.to_lowercase().contains("inf") && !text.to_lowercase().contains("nan");
    if !starts_like_a_number || !has_no_words {
        return None;
    }
    text.parse().map(Number::Whole).or_else(|_| text.parse().map(Number::Real)).ok()
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be whole and within range")]
pub(super) fn whole(value: &Value) -> Option<i64> {
    match number(value)? {
        Number::Whole(number) => Some(number),
        Number::Real(number) if number.fract() == 0.0 && (-2_f64.powi(63)..2_f64.powi(63)).contains(&number) => {
            Some(number as i64)
        }
        Number::Real(_) => None,
    }
}

pub(super) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Boolean(truth) => Some(*truth),
        Value::Integer(number) => Some(*number != 0),
        Value::Float(number) => Some(*number != 0.0),
        Value::String(text) => match text.to_lowercase().as_str() {
            "on" | "true" | "t" | "yes" | "y" => Some(true),
            "off" | "false" | "f" | "no" | "n" => Some(false),
            _ => numeric_text(text).map(|number| real(number) != 0.0),
        },
        _ => None,
    }
}

pub(super) fn unary(operator: UnaryOperator, operand: &Value) -> Option<Value> {
    match operator {
        UnaryOperator::Not => truth(operand).map(|truth| Value::Boolean(!truth)),
        UnaryOperator::BitNot => whole(operand).map(|number| Value::Integer(-1 - number)),
        UnaryOperator::Negate => match number(operand)? {
            Number::Whole(number) => 0_i64.checked_sub(number).map(Value::Integer),
            Number::Real(number) => Some(Value::Float(-number)),
        },
    }
}

pub(super) fn binary(operator: Op, left: &Evaluated, right: &Evaluated) -> Evaluated {
    let qualities = [left.quality, right.quality];
    if broken(left) || broken(right) {
        return result(None, &qualities);
    }
    let (left, right) = (&left.value, &right.value);
    let value = match operator {
        Op::Equal => Some(Value::Boolean(same(left, right))),
        Op::NotEqual => Some(Value::Boolean(!same(left, right))),
        Op::Less => ordered(left, right, |order| order == Ordering::Less),
        Op::Greater => ordered(left, right, |order| order == Ordering::Greater),
        Op::LessOrEqual => ordered(left, right, |order| order != Ordering::Greater),
        Op::GreaterOrEqual => ordered(left, right, |order| order != Ordering::Less),
        Op::Like => like(left, right),
        Op::BitOr | Op::BitXor | Op::BitAnd | Op::ShiftLeft | Op::ShiftRight => bits(operator, left, right),
        Op::Add if left.kind() == Type::String || right.kind() == Type::String => {
            Some(Value::from(text(left, Tz::UTC) + &text(right, Tz::UTC)))
        }
        Op::Add | Op::Subtract if left.kind() == Type::Date || right.kind() == Type::Date => {
            dates(operator, left, right)
        }
        Op::Or | Op::And | Op::Add | Op::Subtract | Op::Multiply | Op::Divide | Op::Remainder | Op::Power => {
            number(left).zip(number(right)).and_then(|(left, right)| calculated(operator, left, right))
        }
    };
    result(value, &qualities)
}

fn calculated(operator: Op, left: Number, right: Number) -> Option<Value> {
    let (l, r) = (real(left), real(right));
    match (operator, left, right) {
        (Op::Divide, _, _) => Some(Value::Float(l / r)),
        (Op::Power, _, _) if r.is_nan() || r.is_infinite() && [1.0, -1.0].contains(&l) => Some(Value::Float(f64::NAN)),
        (Op::Power, _, _) => Some(Value::Float(l.powf(r))),
        (_, Number::Whole(left), Number::Whole(right)) => {
            let (left, right) = (i128::from(left), i128::from(right));
            let exact = match operator {
                Op::Add => left + right,
                Op::Subtract => left - right,
                Op::Multiply => left * right,
                _ => left.checked_rem(right)?,
            };
            i64::try_from(exact).ok().map(Value::Integer)
        }
        (Op::Add, _, _) => Some(Value::Float(l + r)),
        (Op::Subtract, _, _) => Some(Value::Float(l - r)),
        (Op::Multiply, _, _) => Some(Value::Float(l * r)),
        _ => Some(Value::Float(l % r)),
    }
}

/// Dates move by milliseconds; their difference is milliseconds.
#[expect(clippy::cast_possible_truncation, reason = "a cast that saturates is caught by the conversion after it")]
fn dates(operator: Op, left: &Value, right: &Value) -> Option<Value> {
    let millis_of = |micros: i64| i128::from(micros).div_euclid(1000);
    let (date, millis) = match (operator, left, right) {
        (Op::Subtract, Value::Date(left), Value::Date(right)) => {
            return i64::try_from(millis_of(left.0) - millis_of(right.0)).ok().map(Value::Integer);
        }
        (_, Value::Date(date), millis) | (Op::Add, millis, Value::Date(date)) => (date, millis),
        _ => return None,
    };
    let micros = match number(millis)? {
        Number::Whole(millis) => i128::from(millis) * 1000,
        Number::Real(millis) if millis.abs() < 1e18 => (millis * 1000.0).round() as i128,
        Number::Real(_) => return None,
    };
    let moved = if operator == Op::Add { i128::from(date.0) + micros } else { i128::from(date.0) - micros };
    // Neither the distance nor the place may leave 64 bits.
    i64::try_from(micros).ok().and(i64::try_from(moved).ok()).map(|micros| Value::Date(Timestamp(micros)))
}

fn bits(operator: Op, left: &Value, right: &Value) -> Option<Value> {
    if let (Value::Boolean(left), Value::Boolean(right)) = (left, right) {
        match operator {
            Op::BitOr => return Some(Value::Boolean(*left || *right)),
            Op::BitXor => return Some(Value::Boolean(left != right)),
            Op::BitAnd => return Some(Value::Boolean(*left && *right)),
            _ => {}
        }
    }
    let (left, right) = (whole(left)?, whole(right)?);
    let distance = right.rem_euclid(64);
    Some(Value::Integer(match operator {
        Op::BitOr => left | right,
        Op::BitXor => (left | right) - (left & right),
        Op::BitAnd => left & right,
        Op::ShiftLeft => (0..distance).fold(left, |bits, _| bits.wrapping_add(bits)),
        _ => (0..distance).fold(left, |bits, _| bits.div_euclid(2)),
    }))
}

/// Compares exactly; `None` where one is NaN.
#[expect(clippy::cast_possible_truncation, reason = "a cast that saturates keeps the order against any i64")]
fn compare(left: Number, right: Number) -> Option<Ordering> {
    match (left, right) {
        (Number::Whole(left), Number::Whole(right)) => Some(left.cmp(&right)),
        (Number::Real(left), Number::Real(right)) => left.partial_cmp(&right),
        (Number::Real(_), Number::Whole(_)) => compare(right, left).map(Ordering::reverse),
        (Number::Whole(_), Number::Real(right)) if right.is_nan() => None,
        (Number::Whole(left), Number::Real(right)) => {
            let floor = right.floor();
            let by_floor = i128::from(left).cmp(&(floor as i128));
            Some(if by_floor == Ordering::Equal && right > floor { Ordering::Less } else { by_floor })
        }
    }
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::String(left), Value::String(right)) => left.as_str() == right.as_str(),
        (Value::Date(left), Value::Date(right)) => left.0 == right.0,
        (Value::Quality(left), Value::Quality(right)) => left.name() == right.name(),
        (Value::Quality(quality), Value::String(name)) | (Value::String(name), Value::Quality(quality))
            if name.as_str() == quality.name() =>
        {
            true
        }
        (Value::Quality(quality), code) | (code, Value::Quality(quality)) if code.kind() != Type::Boolean => {
            let is = |own: i32| {
                number(code).and_then(|code| compare(Number::Whole(own.into()), code)) == Some(Ordering::Equal)
            };
            is(quality.code()) || is(quality.subcode())
        }
        (Value::Boolean(truth), Value::String(text)) | (Value::String(text), Value::Boolean(truth)) => {
            match numeric_text(text) {
                Some(number) => compare(number, Number::Whole(i64::from(*truth))) == Some(Ordering::Equal),
                None => self::truth(&Value::from(text.as_str())) == Some(*truth),
            }
        }
        (Value::Dataset(left), Value::Dataset(right)) => format!("{left:?}") == format!("{right:?}"),
        (Value::Document(left), Value::Document(right)) => left.to_string() == right.to_string(),
        (Value::Quality(_), _) | (_, Value::Quality(_)) => false,
        _ => number(left).zip(number(right)).and_then(|(left, right)| compare(left, right)) == Some(Ordering::Equal),
    }
}

fn ordered(left: &Value, right: &Value, accepts: impl Fn(Ordering) -> bool) -> Option<Value> {
    let order = match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.chars().cmp(right.chars())),
        (Value::Date(left), Value::Date(right)) => Some(left.0.cmp(&right.0)),
        _ => compare(number(left)?, number(right)?),
    };
    Some(Value::Boolean(order.is_some_and(accepts)))
}

/// Tries every way to match, from the left.
fn like(value: &Value, pattern: &Value) -> Option<Value> {
    fn matches(text: &[char], pattern: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['%' | '*', rest @ ..] => (0..=text.len()).any(|skipped| matches(&text[skipped..], rest)),
            [wanted, rest @ ..] => {
                text.first().is_some_and(|first| *wanted == '?' || wanted == first) && matches(&text[1..], rest)
            }
        }
    }
    if value.is_null() || pattern.is_null() {
        return None;
    }
    let characters = |value: &Value| text(value, Tz::UTC).chars().collect::<Vec<char>>();
    Some(Value::Boolean(matches(&characters(value), &characters(pattern))))
}
