//! What becomes of a reading before it is its tag's value, for tags of every connection: range, inversion, names,
//! transform, the tag's type, deadband.
//!
//! Pure. Knows no wire: values come as they were read, of the type that [`Shaper::reads_as`] says.

use latchwork_config::connections::{ConnectionTag, Range, Shaping, Transform, WireNumber};
use latchwork_engine::Reading;
use latchwork_expr::{Context, Host, Level, Quality, Timestamp, Type, Value};

use crate::number::of_type;

/// The rules of a connection's tags, with what was told of each last.
#[derive(Debug)]
pub(crate) struct Shaper {
    /// By the tag's index in the connection; empty where no tag has any.
    rows: Vec<Option<Row>>,
}

/// The rules of one tag.
#[derive(Debug)]
struct Row {
    rules: Box<Shaping>,
    kind: Type,
    told: Option<Value>,
}

impl Shaper {
    /// Returns the rules of a connection's tags, of which nothing was told yet.
    pub(crate) fn new(tags: &[ConnectionTag]) -> Self {
        let row = |tag: &ConnectionTag| tag.shaping.clone().map(|rules| Row { rules, kind: tag.kind, told: None });
        let has_rules = tags.iter().any(|tag| tag.shaping.is_some());
        Self { rows: if has_rules { tags.iter().map(row).collect() } else { Vec::new() } }
    }

    /// Returns the type that the readings of a tag, by its index in the connection, must be read as: its own if no rule
    /// changes them, else whatever comes.
    pub(crate) fn reads_as(&self, tag: usize, kind: Type) -> Type {
        self.rows.get(tag).and_then(Option::as_ref).map_or(kind, |row| row.rules.reads_as(kind))
    }

    /// Returns what becomes of a value that was read Good or Uncertain. One that its rules or its type make none of is
    /// Bad, and brings no value that could be taken for one.
    pub(crate) fn shape(&mut self, tag: usize, value: Value, quality: Quality, now: Timestamp) -> (Reading, Quality) {
        match self.rows.get_mut(tag).and_then(Option::as_mut) {
            None => (Reading::Value(value), quality),
            Some(row) => match row.shape(value, quality, now) {
                Ok((value, quality)) => (Reading::Value(value), quality),
                Err(quality) => (Reading::Kept, quality),
            },
        }
    }
}

impl Row {
    fn shape(&mut self, value: Value, quality: Quality, now: Timestamp) -> Result<(Value, Quality), Quality> {
        let (value, quality) =
            if self.rules.changes_values() { self.changed(value, quality, now)? } else { (value, quality) };
        Ok((self.held(value), quality))
    }

    fn changed(&self, value: Value, quality: Quality, now: Timestamp) -> Result<(Value, Quality), Quality> {
        let unfit = Quality::BadOutOfRange;
        let Shaping { range, invert, names, transform, deadband: _ } = &*self.rules;
        let mut value = value;
        if let Some(range) = range {
            value = Value::Float(ranged(range, value.as_float().ok_or(unfit)?));
        }
        if *invert {
            let Some(Value::Boolean(truth)) = of_kind(value, Type::Boolean) else { return Err(unfit) };
            value = Value::Boolean(!truth);
        }
        if let Some(names) = names {
            let Some(Value::Integer(number)) = of_kind(value, Type::Integer) else { return Err(unfit) };
            value = names.get(&number).ok_or(unfit)?.as_str().into();
        }
        let (value, quality) = match transform {
            Some(transform) => transformed(transform, value, quality, now)?,
            None => (value, quality),
        };
        of_kind(value, self.kind).map(|value| (value, quality)).ok_or(unfit)
    }

    /// Returns the value told last while this one is no further from it than the deadband, so that nobody sees a change.
    /// The reading is told all the same: its quality and its time are news.
    fn held(&mut self, value: Value) -> Value {
        let Some(deadband) = self.rules.deadband else { return value };
        let distance = |told: &Value| Some((value.as_float()? - told.as_float()?).abs());
        // Not a number is never near anything.
        match self.told.as_ref().filter(|told| distance(told).is_some_and(|distance| distance <= deadband)) {
            Some(told) => told.clone(),
            None => self.told.insert(value).clone(),
        }
    }
}

/// Returns what a number of the device means; the ends of the range are met exactly.
fn ranged(range: &Range, number: f64) -> f64 {
    let Range { raw: (from, to), engineering: (start, end), clamp } = *range;
    // Between one and the other, whichever of them is greater; what is not a number stays so.
    let number = if clamp && !number.is_nan() { number.clamp(from.min(to), from.max(to)) } else { number };
    let part = (number - from) / (to - from);
    start * (1.0 - part) + end * part
}

fn transformed(
    transform: &Transform,
    value: Value,
    quality: Quality,
    now: Timestamp,
) -> Result<(Value, Quality), Quality> {
    let Transform { program, zone } = transform;
    let host = Host { value, ..Host::default() };
    let mut sites = program.fresh_sites();
    let evaluated = program.evaluate(&mut Context::of(&[], now, *zone, &host, &mut sites));
    if evaluated.quality.level() >= Level::Bad {
        return Err(evaluated.quality);
    }
    // What was uncertain does not become certain by arithmetic.
    let is_worse = quality.level() > evaluated.quality.level();
    Ok((evaluated.value, if is_worse { quality } else { evaluated.quality }))
}

/// Returns a value as one of a type; `None` when that cannot hold it. Null is a value of every type.
fn of_kind(value: Value, kind: Type) -> Option<Value> {
    match (value, kind) {
        (value, Type::Any)
        | (value @ Value::String(_), Type::String)
        | (value @ Value::Date(_), Type::Date)
        | (value @ Value::Dataset(_), Type::Dataset)
        | (value @ Value::Document(_), Type::Document) => Some(value),
        (Value::Null, _) => Some(Value::Null),
        (Value::Boolean(truth), _) => of_type(WireNumber::Truth(truth), kind),
        (Value::Integer(number), _) => of_type(WireNumber::Whole(number.into()), kind),
        (Value::Float(number), _) => of_type(WireNumber::Real(number), kind),
        (
            Value::String(_) | Value::Date(_) | Value::Dataset(_) | Value::Document(_) | Value::Quality(_),
            Type::Null
            | Type::Boolean
            | Type::Integer
            | Type::Float
            | Type::String
            | Type::Date
            | Type::Dataset
            | Type::Document,
        ) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use latchwork_config::{Colour, Memory};

    use super::*;

    /// Returns the rules of a tag of a type, with these keys.
    fn shaper(kind: &str, keys: &str) -> Shaper {
        let text = format!(
            "[[connections]]\nname = \"plc\"\ntype = \"modbus-tcp\"\naddress = \"a\"\n[[tags]]\npath = \"T\"\n\
             connection = \"plc\"\naddress = \"HR1\"\ndata_type = \"int16\"\ntype = \"{kind}\"\n{keys}\n"
        );
        let read = latchwork_config::read(Path::new("plant.toml"), &Memory::of("plant.toml", text));
        let configuration = read.unwrap_or_else(|problems| panic!("{}", problems.render(Colour::Off)));
        Shaper::new(&configuration.connections[0].tags)
    }

    #[track_caller]
    fn check(kind: &str, keys: &str, readings: &[(Value, &str)]) {
        let mut shaper = shaper(kind, keys);
        for (value, expected) in readings {
            let (reading, quality) = shaper.shape(0, value.clone(), Quality::Good, Timestamp(0));
            let shown = match reading {
                Reading::Value(value) => format!("{value:?} {}", quality.name()),
                Reading::Kept => quality.name().to_owned(),
            };
            assert_eq!(&shown, expected, "{keys}: {value:?}");
        }
    }

    fn whole(number: i64) -> Value {
        Value::Integer(number)
    }

    #[test]
    fn ranges_meet_their_ends() {
        let range = "raw_range = [0, 27648]\nengineering_range = [0.0, 100.0]";
        let readings = [(whole(0), "Float(0.0) Good"), (whole(27_648), "Float(100.0) Good")];
        check("float", range, &readings);
        check("float", range, &[(whole(13_824), "Float(50.0) Good"), (whole(-13_824), "Float(-50.0) Good")]);
        check("float", range, &[("x".into(), "Bad_OutOfRange")]);
        let turned = "raw_range = [20, 4]\nengineering_range = [-1, 1]\nclamp = true";
        check("float", turned, &[(whole(4), "Float(1.0) Good"), (whole(99), "Float(-1.0) Good")]);
    }

    #[test]
    fn what_is_inverted_is_a_truth() {
        let readings = [
            (Value::Boolean(true), "Boolean(false) Good"),
            (whole(0), "Boolean(true) Good"),
            ("x".into(), "Bad_OutOfRange"),
        ];
        check("bool", "invert = true", &readings);
    }

    #[test]
    fn a_number_without_a_name_is_bad() {
        let readings = [
            (whole(0), "String(\"Idle\") Good"),
            (whole(-1), "String(\"Fault\") Good"),
            (Value::Float(1.0), "String(\"Run\") Good"),
            (whole(7), "Bad_OutOfRange"),
            (Value::Float(0.5), "Bad_OutOfRange"),
        ];
        check("string", "enum = { 0 = \"Idle\", 1 = \"Run\", -1 = \"Fault\" }", &readings);
    }

    #[test]
    fn transforms_calculate_and_judge() {
        check("float", "transform = \"{value} / 4\"", &[(whole(5), "Float(1.25) Good")]);
        check("int", "transform = \"{value} / 4\"", &[(whole(8), "Integer(2) Good"), (whole(5), "Bad_OutOfRange")]);
        check("string", "transform = \"if({value} > 1, 'many', 'few')\"", &[(whole(2), "String(\"many\") Good")]);
        let judged = "transform = \"if({value} > 9, forceQuality({value}, 0), {value})\"";
        check("int", judged, &[(whole(1), "Integer(1) Good"), (whole(10), "Bad")]);
        let named = "enum = { 1 = \"Run\" }\ntransform = \"lower({value})\"";
        check("string", named, &[(whole(1), "String(\"run\") Good")]);
    }

    #[test]
    fn within_the_deadband_the_value_before_stands() {
        let readings = [
            (Value::Float(1.0), "Float(1.0) Good"),
            (Value::Float(1.5), "Float(1.0) Good"),
            (Value::Float(0.5), "Float(1.0) Good"),
            (Value::Float(1.75), "Float(1.75) Good"),
            (Value::Float(f64::NAN), "Float(NaN) Good"),
            (Value::Float(1.75), "Float(1.75) Good"),
        ];
        check("float", "deadband = 0.5", &readings);
        check("int", "deadband = 1", &[(whole(5), "Integer(5) Good"), (whole(6), "Integer(5) Good")]);
    }
}
