//! `rTrig` and `fTrig`: true for the one evaluation in which the input rises or falls.

use super::block::{Output, evaluate};
use super::{Body, Cycle, Failure, Function, ROW, example};
use crate::coerce::boolean;
use crate::evaluate::Evaluated;
use crate::site::{Edge, Site};

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "rTrig",
        summary: "Tells whether the input was false at the evaluation before and is true now: true for one evaluation. \
                  At a cold start a first true fires only where `first_scan` is FIRE.",
        examples: &[example("rTrig({Speed} > 5)", "false"), example("rTrig({Count})", "null (Bad_Stale)")],
        body: Body::Stateful(r_trig),
        ..EDGE
    },
    Function {
        name: "fTrig",
        summary: "Tells whether the input was true at the evaluation before and is false now: true for one evaluation. \
                  At a cold start a first false fires only where `first_scan` is FIRE.",
        examples: &[example("fTrig({Speed} < 5)", "false"), example("fTrig('maybe')", "error")],
        body: Body::Stateful(f_trig),
        ..EDGE
    },
];

const EDGE: Function = Function { arguments: "x", least: 1, most: Some(1), ..ROW };

fn r_trig(cycle: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    evaluate(site, arguments, |edge: &mut Edge, [input]| Ok(Output::of(edge.rises(boolean(input)?, cycle))))
}

fn f_trig(cycle: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    evaluate(site, arguments, |edge: &mut Edge, [input]| Ok(Output::of(edge.falls(boolean(input)?, cycle))))
}
