//! A sample on its way into an own trace: `[tag, value, quality, source time]`, as short as it can be.

use std::io::{self, Write};

use latchwork_engine::{Reading, Sample};
use latchwork_expr::{Quality, Timestamp, Value};

use super::code::encode_reading;

/// Appends a sample of the tag that was declared with this number, in a scan of this wall time.
pub(super) fn write_sample(out: &mut Vec<u8>, number: u32, sample: &Sample, wall: Timestamp) -> io::Result<()> {
    write!(out, "[{number},")?;
    write_reading(out, &sample.reading)?;
    if sample.quality != Quality::Good || sample.source_time != wall {
        write!(out, ",\"{}\"", sample.quality.name())?;
    }
    if sample.source_time != wall {
        write!(out, ",{}", sample.source_time.0)?;
    }
    out.push(b']');
    Ok(())
}

/// Appends a reading. What machines send most is written as it stands, without a tree of JSON in between.
fn write_reading(out: &mut Vec<u8>, reading: &Reading) -> io::Result<()> {
    match reading {
        Reading::Value(Value::Boolean(truth)) => write!(out, "{truth}"),
        Reading::Value(Value::Integer(number)) => write!(out, "{number}"),
        Reading::Value(Value::Float(number)) if number.is_finite() => Ok(serde_json::to_writer(out, number)?),
        Reading::Value(Value::String(text)) => Ok(serde_json::to_writer(out, text.as_str())?),
        Reading::Value(
            Value::Null | Value::Float(_) | Value::Date(_) | Value::Dataset(_) | Value::Document(_) | Value::Quality(_),
        )
        | Reading::Kept => Ok(serde_json::to_writer(out, &encode_reading(reading))?),
    }
}

#[cfg(test)]
mod tests {
    use latchwork_expr::TagSlot;

    use super::*;

    #[test]
    fn a_sample_is_as_short_as_it_can_be() {
        let wall = Timestamp(5);
        for (reading, quality, time, expected) in [
            (Reading::Value(Value::Float(5.0)), Quality::Good, 5, "[3,5.0]"),
            (Reading::Value(Value::Integer(5)), Quality::Uncertain, 5, "[3,5,\"Uncertain\"]"),
            (Reading::Value("a\"b".into()), Quality::Good, 4, "[3,\"a\\\"b\",\"Good\",4]"),
            (Reading::Kept, Quality::BadNotConnected, 5, "[3,{\"kept\":true},\"Bad_NotConnected\"]"),
            (Reading::Value(Value::Float(f64::INFINITY)), Quality::Good, 5, "[3,{\"float\":\"7ff0000000000000\"}]"),
        ] {
            let sample = Sample { tag: TagSlot(0), reading, quality, source_time: Timestamp(time) };
            let mut out = Vec::new();
            write_sample(&mut out, 3, &sample, wall).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }

    #[test]
    fn what_is_written_directly_is_what_the_tree_of_json_would_be() {
        let values = [0.1, -0.0, 1e300, 5e-324, 1e16, 123_456_789.125].map(Value::Float);
        for value in values.into_iter().chain([Value::from("ü\u{1}\n"), Value::from(""), Value::Integer(i64::MIN)]) {
            let reading = Reading::Value(value);
            let mut out = Vec::new();
            write_reading(&mut out, &reading).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), encode_reading(&reading).to_string());
        }
    }
}
