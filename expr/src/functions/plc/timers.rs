//! `ton`, `tof` and `tp`: the timers of IEC 61131-3. Times run on the monotonic axis, so that a step of the wall clock
//! neither lengthens nor shortens them.

use super::block::{Output, evaluate};
use super::inputs::duration;
use super::{Body, Cycle, Failure, Function, ROW, example};
use crate::coerce::boolean;
use crate::evaluate::Evaluated;
use crate::monotonic::Monotonic;
use crate::site::{Site, Timer};

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "ton",
        summary: "True when the input has been true for `ms` milliseconds; false at once with the input.",
        examples: &[
            example("ton({Speed} > 5, 1000)", "false"),
            example("ton({Speed} > 5, 0)", "true"),
            example("ton(true, -1)", "error"),
        ],
        body: Body::Stateful(ton),
        ..TIMER
    },
    Function {
        name: "tof",
        summary: "True with the input, and for `ms` milliseconds after it fell; an input that was never true holds \
                  nothing.",
        examples: &[example("tof({Speed} > 5, 1000)", "true"), example("tof({Speed} < 5, 1000)", "false")],
        body: Body::Stateful(tof),
        ..TIMER
    },
    Function {
        name: "tp",
        summary: "True for `ms` milliseconds from the input's rise, whatever the input does meanwhile. At a cold \
                  start a first true begins a pulse only where `first_scan` is FIRE.",
        examples: &[example("tp({Speed} > 5, 1000)", "false"), example("tp({Count}, 1000)", "null (Bad_Stale)")],
        body: Body::Stateful(tp),
        ..TIMER
    },
];

const TIMER: Function = Function { arguments: "in, ms", least: 2, most: Some(2), ..ROW };

fn ton(cycle: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    evaluate(site, arguments, |timer: &mut Timer, [input, millis]| {
        let (input, time) = (boolean(input)?, duration(millis)?);
        timer.since = input.then(|| timer.since.unwrap_or(cycle.monotonic));
        let due = timer.due(time, cycle.monotonic);
        Ok(Output { value: (input && due.is_none()).into(), due })
    })
}

fn tof(cycle: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    evaluate(site, arguments, |timer: &mut Timer, [input, millis]| {
        let (input, time) = (boolean(input)?, duration(millis)?);
        let was_true = timer.input.0.replace(input).unwrap_or(false);
        if input {
            timer.since = None;
        } else if was_true {
            timer.since = Some(cycle.monotonic);
        }
        let due = timer.run_out(time, cycle.monotonic);
        Ok(Output { value: (input || due.is_some()).into(), due })
    })
}

fn tp(cycle: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    evaluate(site, arguments, |timer: &mut Timer, [input, millis]| {
        let (input, time) = (boolean(input)?, duration(millis)?);
        let rises = timer.input.rises(input, cycle);
        if timer.run_out(time, cycle.monotonic).is_none() && rises {
            timer.since = Some(cycle.monotonic);
        }
        let due = timer.run_out(time, cycle.monotonic);
        Ok(Output { value: due.is_some().into(), due })
    })
}

impl Timer {
    /// Returns when the time is over that runs; `None` if none runs or it is over.
    fn due(&self, time: i64, now: Monotonic) -> Option<Monotonic> {
        let due = self.since?.plus_micros(time);
        (due > now).then_some(due)
    }

    /// As [`Self::due`]; a time that is over runs no more, however long the next evaluation says that it is.
    fn run_out(&mut self, time: i64, now: Monotonic) -> Option<Monotonic> {
        let due = self.due(time, now);
        if due.is_none() {
            self.since = None;
        }
        due
    }
}
