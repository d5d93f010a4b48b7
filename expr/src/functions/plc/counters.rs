//! `ctu` and `ctd`: the counters of IEC 61131-3, each giving its output Q.

use super::block::{Output, evaluate};
use super::{Body, Cycle, Failure, Function, ROW, example};
use crate::coerce::{boolean, integer};
use crate::evaluate::Evaluated;
use crate::site::{Counter, Site};

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "ctu",
        arguments: "cu, r, pv",
        summary: "Counts the rises of `cu` from 0 and tells whether there were `pv` of them; `r` sets \
                  the count to 0 and wins. At a cold start a first true counts only where `first_scan` is FIRE.",
        examples: &[example("ctu({Speed} > 5, false, 3)", "false"), example("ctu({Speed} > 5, false, 0)", "true")],
        body: Body::Stateful(ctu),
        ..COUNTER
    },
    Function {
        name: "ctd",
        arguments: "cd, ld, pv",
        summary: "Counts the rises of `cd` down and tells whether the count is 0 or less, as it is at first; \
                  `ld` sets it to `pv` and wins. At a cold start a first true counts only where `first_scan` \
                  is FIRE.",
        examples: &[example("ctd({Speed} > 5, true, 3)", "false"), example("ctd({Speed} > 5, false, 3)", "true")],
        body: Body::Stateful(ctd),
        ..COUNTER
    },
];

const COUNTER: Function = Function { least: 3, most: Some(3), ..ROW };

fn ctu(cycle: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    evaluate(site, arguments, |counter: &mut Counter, [count_up, reset, preset]| {
        let (count_up, reset, preset) = (boolean(count_up)?, boolean(reset)?, integer(preset)?);
        let rises = counter.input.rises(count_up, cycle);
        counter.count = if reset { 0 } else { counter.count.saturating_add(rises.into()) };
        Ok(Output::of(counter.count >= preset))
    })
}

fn ctd(cycle: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    evaluate(site, arguments, |counter: &mut Counter, [count_down, load, preset]| {
        let (count_down, load, preset) = (boolean(count_down)?, boolean(load)?, integer(preset)?);
        let rises = counter.input.rises(count_down, cycle);
        counter.count = if load { preset } else { counter.count.saturating_sub(rises.into()) };
        Ok(Output::of(counter.count <= 0))
    })
}
