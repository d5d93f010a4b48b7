//! `now`: the scan's time, and how often whoever asks for it wants to be asked again.

use super::{Failure, Function, ROW, Type, Value, example};
use crate::coerce::integer;
use crate::compile::ValueFn;
use crate::evaluate::{Context, Evaluated};
use crate::functions::{Body, Span};

const NAME: &str = "now";

/// How often `now()` polls, in milliseconds.
const DEFAULT_POLL_MILLIS: u32 = 1000;

pub(super) const ROWS: &[Function] = &[Function {
    name: NAME,
    arguments: "pollRate?",
    least: 0,
    result: Type::Date,
    summary: "Gives the scan's time. The expression is evaluated every 1000 ms although no tag changes, or every \
              `pollRate` ms; `now(0)` never polls.",
    examples: &[
        example("now()", "1970-01-01 00:00:00.000"),
        example("now(0)", "1970-01-01 00:00:00.000"),
        example("now(-1)", "error"),
    ],
    // Lazy, because a constant rate must not fold the time.
    body: Body::Lazy(now),
    ..ROW
}];

fn now(context: &mut Context<'_>, arguments: &[ValueFn], _: Span) -> Result<Evaluated, Failure> {
    let time = Value::Date(context.now);
    let Some(rate) = arguments.first() else { return Ok(Evaluated::good(time)) };
    let rate = rate(context);
    if rate.is_poison() {
        return Ok(rate);
    }
    rate_millis(&rate.value)?;
    Ok(Evaluated { value: time, quality: rate.quality })
}

/// Returns a rate; one beyond 32 bits is some 49 days.
fn rate_millis(rate: &Value) -> Result<u32, Failure> {
    let millis = integer(rate)?;
    let millis = u64::try_from(millis).map_err(|_| format!("the poll rate {millis} is below zero"))?;
    Ok(u32::try_from(millis).unwrap_or(u32::MAX))
}

/// Returns how often a call of this function polls, in milliseconds, if it polls at all. `rate` is its
/// first argument if that is constant; a rate that changes polls as if there were none.
pub(crate) fn poll_millis(function: &Function, rate: Option<&Value>) -> Option<u32> {
    if function.name != NAME {
        return None;
    }
    match rate {
        Some(constant) => rate_millis(constant).ok().filter(|&millis| millis > 0),
        None => Some(DEFAULT_POLL_MILLIS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_whole_milliseconds_from_zero_up() {
        assert_eq!(rate_millis(&"250".into()), Ok(250));
        assert_eq!(rate_millis(&i64::MAX.into()), Ok(u32::MAX));
        for rate in [Value::Null, (-1).into(), 0.5.into(), "fast".into()] {
            assert!(rate_millis(&rate).is_err(), "{rate:?}");
        }
    }
}
