//! `previous`, `lastChange` and `stableFor`: what a value was, and since when it is what it is.

use super::block::{Output, evaluate};
use super::inputs::duration;
use super::{Body, Cycle, Failure, Function, ROW, example};
use crate::evaluate::Evaluated;
use crate::functions::logic::changes::same;
use crate::site::{Site, Watch};
use crate::value::{Type, Value};

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "previous",
        arguments: "x",
        least: 1,
        most: Some(1),
        result: Type::Any,
        summary: "Gives the value at the evaluation before; null at the first.",
        examples: &[example("previous({Speed})", "null"), example("coalesce(previous({Speed}), 0)", "0")],
        body: Body::Stateful(previous),
        ..ROW
    },
    Function {
        name: "lastChange",
        arguments: "x",
        least: 1,
        most: Some(1),
        result: Type::Date,
        summary: "Gives the time of the scan in which the value last changed; the first value counts as a change.",
        examples: &[
            example("lastChange({Speed})", "1970-01-01 00:00:00.000"),
            example("lastChange({Count})", "null (Bad_Stale)"),
        ],
        body: Body::Stateful(last_change),
        ..ROW
    },
    Function {
        name: "stableFor",
        arguments: "x, ms",
        least: 2,
        most: Some(2),
        summary: "True when the value has not changed for `ms` milliseconds.",
        examples: &[example("stableFor({Speed}, 1000)", "false"), example("stableFor({Speed}, 0)", "true")],
        body: Body::Stateful(stable_for),
        ..ROW
    },
];

fn previous(cycle: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    evaluate(site, arguments, |watch: &mut Watch, [value]| {
        let before = watch.value.clone();
        watch.see(value, cycle);
        Ok(Output::of(before))
    })
}

fn last_change(cycle: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    let last = last_output(site);
    evaluate(site, arguments, |watch: &mut Watch, [value]| {
        Ok(Output::of(if watch.see(value, cycle) { Value::Date(cycle.now) } else { last }))
    })
}

fn stable_for(cycle: &Cycle, site: &mut Site, arguments: &[Evaluated]) -> Result<Evaluated, Failure> {
    evaluate(site, arguments, |watch: &mut Watch, [value, millis]| {
        let time = duration(millis)?;
        watch.see(value, cycle);
        let due = Some(watch.since.plus_micros(time)).filter(|&due| due > cycle.monotonic);
        Ok(Output { value: due.is_none().into(), due })
    })
}

/// Returns what a block gave last.
fn last_output(site: &Site) -> Value {
    if let Site::Block(block) = site { block.output.clone() } else { Value::Null }
}

impl Watch {
    /// Takes the value; tells whether it is another than before.
    fn see(&mut self, value: &Value, cycle: &Cycle) -> bool {
        let changed = !same(&self.value, value);
        if changed {
            self.since = cycle.monotonic;
        }
        self.value = value.clone();
        changed
    }
}
