//! `dateFormat`: dates as text by a pattern of Java's `SimpleDateFormat`, in the locale en-US.

use super::calendar::{Clock, local};
use super::weeks;
use super::{Body, Call, Failure, Function, ROW, Type, Value, date, example};
use crate::functions::Basis;
use crate::functions::arguments::{bounded, fits, string};

mod pattern;
mod write;
mod zone_names;

use pattern::Pieces;
use write::Moment;

pub(super) const ROWS: &[Function] = &[Function {
    name: "dateFormat",
    arguments: "date, pattern",
    least: 2,
    most: Some(2),
    result: Type::String,
    summary: "Writes the date by a pattern of Java's `SimpleDateFormat`: letters stand for parts, repeated for more \
              digits or the longer name, and text stands in single quotes. `yyyy` is the year, `YYYY` the year of the \
              week (a trap in the last days of December), `MM` the month, `mm` the minute.",
    examples: &[
        example("dateFormat(toDate(\"2026-03-02 18:05:09\"), \"dd.MM.yy HH:mm:ss\")", "\"02.03.26 18:05:09\""),
        example("dateFormat(toDate(\"2026-03-02 18:05:09\"), \"EEE, MMM d, h:mm a\")", "\"Mon, Mar 2, 6:05 PM\""),
        example("dateFormat(toDate(\"2026-12-28\"), \"yyyy YYYY 'week' w\")", "\"2026 2027 week 1\""),
        example("dateFormat(toDate(\"2026-03-02\"), \"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\")", "\"2026-03-02T00:00:00.000Z\""),
        example("dateFormat(toDate(\"2026-03-02\"), \"yyyy-MM-ddThh\")", "error"),
        example("dateFormat(null, \"yyyy\")", "error"),
    ],
    basis: Basis::Measured,
    body: Body::Plain(date_format),
    ..ROW
}];

fn date_format(call: &Call, arguments: &[Value]) -> Result<Value, Failure> {
    let instant = date(call, &arguments[0])?;
    let pattern = string(&arguments[1], call.zone)?;
    let moment = Moment::new(local(instant, call.zone)?, Clock::at(instant, call.zone)?, call.zone);
    bounded(formatted(&moment, &pattern)?)
}

fn formatted(moment: &Moment, pattern: &str) -> Result<String, Failure> {
    let mut out = String::new();
    for piece in Pieces::of(pattern) {
        moment.write(piece?, &mut out);
        // Asked here, too: a long pattern of names is many times longer when it is written.
        fits(out.len())?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests;
