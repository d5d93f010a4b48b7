//! `rate`: how fast a number changes.

use super::block::{Output, evaluate};
use super::inputs::duration;
use super::{Body, Cycle, Failure, Function, ROW, example};
use crate::coerce::{described, float};
use crate::evaluate::Evaluated;
use crate::limits::RATE_CHANGES_MAX;
use crate::monotonic::Monotonic;
use crate::site::{Site, Window};
use crate::value::{Type, Value};

pub(super) const ROWS: &[Function] = &[Function {
    name: "rate",
    arguments: "x, ms",
    least: 2,
    most: Some(2),
    result: Type::Float,
    summary: "Gives the change per second over the last `ms` milliseconds: the value less what it was then, divided \
              by that time; since the first value while that is younger, and 0 at first.",
    examples: &[example("rate({Speed}, 1000)", "0.0"), example("rate({Speed}, 0)", "error")],
    body: Body::Stateful(rate),
    ..ROW
}];

fn rate(cycle: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    evaluate(site, arguments, |window: &mut Window, [value, millis]| {
        let (number, time) = (finite(value)?, duration(millis)?);
        if time == 0 {
            return Err("a rate needs a time above zero".into());
        }
        window.add(cycle.monotonic, number);
        window.forget(cycle.monotonic.plus_micros(-time));
        if window.0.len() > RATE_CHANGES_MAX as usize {
            window.thin(time);
        }
        Ok(Output { value: window.rate(time, cycle.monotonic).into(), due: window.due(time, cycle.monotonic) })
    })
}

/// Returns a number that leaves no trace in a sum: NaN and the infinities would stay in it.
fn finite(value: &Value) -> Result<f64, Failure> {
    let number = float(value)?;
    if number.is_finite() { Ok(number) } else { Err(format!("{} has no rate", described(value)).into()) }
}

impl Window {
    /// Takes the number of an instant: of several at one instant the last counts.
    #[expect(clippy::float_cmp, reason = "the same number is no change")]
    fn add(&mut self, now: Monotonic, number: f64) {
        self.0.pop_if(|(time, _)| *time == now);
        if self.0.last().is_none_or(|&(_, last)| last != number) {
            self.0.push((now, number));
        }
    }

    /// Forgets changes that follow another too closely for half as many to fit into the window, but never the last.
    fn thin(&mut self, time: i64) {
        let gap = time / i64::from(RATE_CHANGES_MAX / 2);
        let newest = self.0.pop();
        self.0.dedup_by(|later, kept| later.0.micros_since(kept.0) <= gap);
        self.0.extend(newest);
    }

    /// Forgets what is older than what was at `begin`.
    fn forget(&mut self, begin: Monotonic) {
        let older = self.0.iter().skip(1).take_while(|&&(time, _)| time <= begin).count();
        self.0.drain(..older);
    }

    /// Returns the change per second since the window's begin, or since the first change if that is later.
    #[expect(clippy::cast_precision_loss, reason = "a time of 285 years would lose a microsecond")]
    fn rate(&self, time: i64, now: Monotonic) -> f64 {
        let (Some(&(since, first)), Some(&(_, last))) = (self.0.first(), self.0.last()) else { return 0.0 };
        let micros = now.micros_since(since).min(time);
        if micros <= 0 { 0.0 } else { (last - first) / (micros as f64 / 1e6) }
    }

    /// Returns when the next change falls out of the window.
    fn due(&self, time: i64, now: Monotonic) -> Option<Monotonic> {
        self.0.iter().map(|&(at, _)| at.plus_micros(time)).find(|&due| due > now)
    }
}
