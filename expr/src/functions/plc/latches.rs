//! `sr`, `rs` and `hysteresis`: a bit that stays as it was set until something resets it.

use std::cmp::Ordering;

use super::block::{Output, evaluate};
use super::{Body, Cycle, Failure, Function, ROW, example};
use crate::coerce::{boolean, compare_numbers, number};
use crate::evaluate::Evaluated;
use crate::site::{Latch, Site};
use crate::value::Value;

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "sr",
        arguments: "s1, r",
        least: 2,
        most: Some(2),
        summary: "True from `s1` until `r`; where both are true, it is set. False at first.",
        examples: &[example("sr({Speed} > 40, false)", "true"), example("sr(true, true)", "true")],
        body: Body::Stateful(sr),
        ..ROW
    },
    Function {
        name: "rs",
        arguments: "s, r1",
        least: 2,
        most: Some(2),
        summary: "True from `s` until `r1`; where both are true, it is reset. False at first.",
        examples: &[example("rs({Speed} > 40, false)", "true"), example("rs(true, true)", "false")],
        body: Body::Stateful(rs),
        ..ROW
    },
    Function {
        name: "hysteresis",
        arguments: "x, on, off",
        least: 3,
        most: Some(3),
        summary: "True from the value being `on` or more until it is `off` or less; between them it stays as it is, \
                  and at first false.",
        examples: &[example("hysteresis({Speed}, 40, 35)", "true"), example("hysteresis({Speed}, 50, 35)", "false")],
        body: Body::Stateful(hysteresis),
        ..ROW
    },
];

fn sr(_: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    evaluate(site, arguments, |latch: &mut Latch, [set, reset]| {
        let (set, reset) = (boolean(set)?, boolean(reset)?);
        Ok(latch.set(set || (!reset && latch.0)))
    })
}

fn rs(_: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    evaluate(site, arguments, |latch: &mut Latch, [set, reset]| {
        let (set, reset) = (boolean(set)?, boolean(reset)?);
        Ok(latch.set(!reset && (set || latch.0)))
    })
}

fn hysteresis(_: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    evaluate(site, arguments, |latch: &mut Latch, [value, on, off]| {
        let (to_on, to_off) = (compared(value, on)?, compared(value, off)?);
        let is_on = to_on.is_some_and(Ordering::is_ge);
        let is_off = to_off.is_some_and(Ordering::is_le);
        Ok(latch.set(is_on || (!is_off && latch.0)))
    })
}

/// Compares two numbers; NaN is on neither side of anything.
fn compared(one: &Value, other: &Value) -> Result<Option<Ordering>, Failure> {
    Ok(compare_numbers(number(one)?, number(other)?))
}

impl Latch {
    fn set(&mut self, bit: bool) -> Output {
        self.0 = bit;
        Output::of(bit)
    }
}
