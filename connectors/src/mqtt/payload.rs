//! What a message says: bytes → value, quality, source time.
//!
//! Pure, and total: any bytes are read or refused with the place and what was expected there. Values, qualities and
//! times are read as from recorded traces.

use std::borrow::Cow;
use std::fmt;
use std::str::Utf8Error;

use chrono_tz::Tz;
use latchwork_config::connections::{JsonPaths, JsonStep, Payload, TimeUnit};
use latchwork_engine::Reading;
use latchwork_expr::{Level, Quality, Timestamp, Type};
use serde_json::Value as Json;

use super::chart::{Chart, Found, Slot};
use super::scalar::Scalar;
use super::topic::{Names, Reads};
use crate::trace::Style;
use crate::trace::quality;
use crate::trace::reading::Readings;
use crate::trace::time::Calendar;
use crate::trace::time::epoch::{self, Unit};

/// What a message says of a tag.
#[derive(Debug)]
pub(super) struct Point {
    pub(super) reading: Reading,
    pub(super) quality: Quality,
    /// The payload's own time, if it has one.
    pub(super) time: Option<Timestamp>,
}

/// Why a message says nothing of a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) place: Place,
    pub(super) expected: Cow<'static, str>,
}

/// Where a fault is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// At a byte of the payload.
    Byte(usize),
    /// At a path of the document, where something else stands.
    Path(String),
    /// At a path of the document, where nothing stands.
    Missing(String),
    /// Nowhere: the packet had so many bytes, and was not read.
    Packet(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Byte(at) => write!(formatter, "byte {at}"),
            Self::Path(path) => write!(formatter, "`{path}`"),
            Self::Missing(path) => write!(formatter, "`{path}`, which is not there"),
            Self::Packet(bytes) => write!(formatter, "a packet of {bytes} bytes"),
        }
    }
}

impl Fault {
    /// Returns the fault of a message beyond the packet limit.
    pub(super) const fn oversized(bytes: u64) -> Self {
        Self { place: Place::Packet(bytes), expected: Cow::Borrowed("at most `packet_bytes_max` bytes") }
    }

    fn at(path: Option<&[JsonStep]>, expected: impl Into<Cow<'static, str>>) -> Self {
        Self { place: Place::Path(shown(path.unwrap_or_default())), expected: expected.into() }
    }

    /// Returns the fault of a document in which points are looked for that are not there.
    pub(super) fn no_points(path: &[JsonStep], expected: &'static str) -> Self {
        Self::at(Some(path), expected)
    }

    /// Returns the fault of a point without a name.
    pub(super) fn nameless(path: &[JsonStep]) -> Self {
        Self { place: Place::Missing(shown(path)), expected: Cow::Borrowed("the point's name") }
    }

    /// Returns the fault as one of a point of this number, from 0.
    pub(super) fn of_point(self, number: usize) -> Self {
        let within = |path: String| format!("@{} of point {number}", path.trim_start_matches('$'));
        let place = match self.place {
            Place::Path(path) => Place::Path(within(path)),
            Place::Missing(path) => Place::Missing(within(path)),
            place @ (Place::Byte(_) | Place::Packet(_)) => place,
        };
        Self { place, ..self }
    }

    /// Returns the quality of a tag whose message cannot be read.
    pub(super) const fn quality(&self) -> Quality {
        match self.place {
            Place::Missing(_) => Quality::BadNotFound,
            Place::Byte(_) | Place::Path(_) | Place::Packet(_) => Quality::BadFailure,
        }
    }
}

/// A message's payload, and what was found in it.
#[derive(Debug)]
pub(super) struct Body<'a> {
    pub(super) bytes: &'a [u8],
    /// Why nothing can be found in it, if it is to be JSON.
    pub(super) document: Result<&'a Found, Fault>,
}

/// Reads the payloads of a connection. Dates without an offset are in UTC.
#[derive(Debug)]
pub(super) struct Reader {
    readings: Readings,
    calendar: Calendar,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self { readings: Readings::new(Tz::UTC), calendar: Calendar::new(Tz::UTC) }
    }

    /// Returns what a payload says of a tag of this type.
    pub(super) fn read(&mut self, form: &Payload, reads: Reads, kind: Type, body: &Body<'_>) -> Result<Point, Fault> {
        let (found, slots) = match reads {
            Reads::Raw => return self.read_raw(kind, body.bytes),
            Reads::Json(slots) | Reads::Document(slots) => (body.document.clone()?, slots),
        };
        let (Payload::Json(paths) | Payload::Document(paths)) = form else { return self.read_raw(kind, body.bytes) };
        let at = |slot: Option<Slot>| found.slots[slot?].as_ref();
        let says = Says { value: at(Some(slots.value)), time: at(slots.time), quality: at(slots.quality) };
        match (reads, kind) {
            // A document that is a text is that text, as it was written.
            (Reads::Document(_), Type::String) => {
                let point = self.read_point(paths, Type::Any, says)?;
                let text = str::from_utf8(body.bytes).map_err(|error| not_utf8(&error))?;
                Ok(Point { reading: Reading::Value(text.into()), ..point })
            }
            (Reads::Document(_), Type::Any) => self.read_point(paths, Type::Document, says),
            (Reads::Document(_) | Reads::Json(_) | Reads::Raw, kind) => self.read_point(paths, kind, says),
        }
    }

    fn read_raw(&mut self, kind: Type, bytes: &[u8]) -> Result<Point, Fault> {
        // Checked for every type, so that the place is told.
        str::from_utf8(bytes).map_err(|error| not_utf8(&error))?;
        let reading = self.readings.of_cell(kind, bytes, Style::Bare, Quality::Good);
        let reading = reading.map_err(|expected| Fault { place: Place::Byte(0), expected: expected.into() })?;
        Ok(Point { reading, quality: Quality::Good, time: None })
    }

    /// Returns what something says of a tag of this type. A fault names the path as it is configured.
    pub(super) fn read_point(&mut self, paths: &JsonPaths, kind: Type, says: Says<'_>) -> Result<Point, Fault> {
        let quality = match says.quality {
            Some(scalar) => scalar.quality().ok_or_else(|| Fault::at(paths.quality.as_deref(), quality::EXPECTED))?,
            None => Quality::Good,
        };
        let time = match says.time {
            Some(scalar) => self.read_time(scalar, paths)?,
            None => None,
        };
        let reading = match says.value {
            Some(scalar) => match scalar.plain_reading(kind, quality) {
                Some(reading) => Ok(reading),
                None => self.readings.of_json(kind, scalar.json(), quality),
            },
            // Who says that a value is bad need not say what it is.
            None if quality.level() >= Level::Bad => Ok(Reading::Kept),
            None => return Err(Fault { place: Place::Missing(shown(&paths.value)), expected: "a value".into() }),
        };
        let reading = reading.map_err(|expected| Fault::at(Some(&paths.value), expected))?;
        Ok(Point { reading, quality, time })
    }

    fn read_time(&mut self, scalar: &Scalar, paths: &JsonPaths) -> Result<Option<Timestamp>, Fault> {
        let unit = unit(paths.time_unit);
        let time = match (scalar, unit) {
            (Scalar::Null, _) => return Ok(None),
            (Scalar::Integer(number), Some(unit)) => epoch::of_whole(*number, unit),
            (Scalar::Float(number), Some(unit)) => epoch::read(number.to_string().as_bytes(), unit),
            (Scalar::Other(json @ Json::Number(_)), Some(unit)) => epoch::read(json.to_string().as_bytes(), unit),
            (Scalar::Text(text), unit) => {
                let of_calendar = self.calendar.read(text.as_bytes());
                of_calendar.or_else(|| epoch::read(text.as_bytes(), unit?))
            }
            (Scalar::Truth(_) | Scalar::Integer(_) | Scalar::Float(_) | Scalar::Other(_), _) => None,
        };
        time.map(Some).ok_or_else(|| Fault::at(paths.time.as_deref(), expected_time(unit)))
    }
}

/// What stands where value, time and quality are looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Says<'a> {
    pub(super) value: Option<&'a Scalar>,
    pub(super) time: Option<&'a Scalar>,
    pub(super) quality: Option<&'a Scalar>,
}

/// Looks for what a chart wants of a payload.
pub(super) fn search(bytes: &[u8], chart: &Chart, names: &mut Names<'_>, found: &mut Found) -> Result<(), Fault> {
    // First, because the parser only tells where the text around it ends.
    let text = str::from_utf8(bytes).map_err(|error| not_utf8(&error))?;
    chart.read(text, names, found).map_err(|error| Fault {
        place: Place::Byte(offset(bytes, error.line(), error.column())),
        expected: "a JSON document".into(),
    })
}

fn not_utf8(error: &Utf8Error) -> Fault {
    Fault { place: Place::Byte(error.valid_up_to()), expected: "text in UTF-8".into() }
}

/// Returns the byte at a line and a column, both from 1; the parser counts columns in bytes, and 0 is before the line.
fn offset(bytes: &[u8], line: usize, column: usize) -> usize {
    let before = bytes.split_inclusive(|&byte| byte == b'\n').take(line.saturating_sub(1));
    let start: usize = before.map(<[u8]>::len).sum();
    (start + column.saturating_sub(1)).min(bytes.len())
}

/// Returns a path as it is configured.
fn shown(path: &[JsonStep]) -> String {
    let steps = path.iter().map(|step| match step {
        JsonStep::Key(key) => format!(".{key}"),
        JsonStep::Index(index) => format!("[{index}]"),
    });
    std::iter::once("$".to_owned()).chain(steps).collect()
}

fn expected_time(unit: Option<Unit>) -> &'static str {
    if unit.is_some() { "a time (RFC 3339, or a number since the epoch)" } else { "a time (RFC 3339)" }
}

/// Returns the unit of times that are numbers, if they may be.
const fn unit(configured: TimeUnit) -> Option<Unit> {
    match configured {
        TimeUnit::Seconds => Some(Unit::Seconds),
        TimeUnit::Millis => Some(Unit::Millis),
        TimeUnit::Micros => Some(Unit::Micros),
        TimeUnit::Nanos => Some(Unit::Nanos),
        TimeUnit::Iso => None,
    }
}

#[cfg(test)]
mod tests {
    use latchwork_config::connections::{Topic, TopicTarget};
    use proptest::prelude::*;

    use super::*;
    use crate::mqtt::topic::Router;

    fn path(text: &str) -> Vec<JsonStep> {
        let step = |name: &str| name.parse().map_or_else(|_| JsonStep::Key(name.to_owned()), JsonStep::Index);
        text.split('.').filter(|name| !name.is_empty()).map(step).collect()
    }

    fn json(value: &str, time_unit: TimeUnit) -> Payload {
        Payload::Json(JsonPaths { value: path(value), time: Some(path("t")), time_unit, quality: Some(path("q")) })
    }

    fn read(form: &Payload, kind: Type, bytes: &[u8]) -> Result<Point, Fault> {
        let topic = Topic { filter: "a".to_owned(), qos: 0, target: TopicTarget::Tag(0), payload: form.clone() };
        let mut router = Router::new(&[topic], &[]);
        let (route, mut found) = (router.route("a"), Found::default());
        let document = match &route.chart {
            Some(chart) => search(bytes, chart, &mut router.names(&route), &mut found),
            None => Ok(()),
        };
        let body = Body { bytes, document: document.map(|()| &found) };
        Reader::new().read(form, route.targets[0].reads, kind, &body)
    }

    fn shown_of(form: &Payload, kind: Type, payload: &[u8]) -> String {
        match read(form, kind, payload) {
            Ok(Point { reading, quality, time }) => {
                let time = time.map_or_else(String::new, |time| format!(" @{}", time.0));
                format!("{reading:?} {}{time}", quality.name())
            }
            Err(fault) => format!("{:?}: {} ({})", fault.place, fault.expected, fault.quality().name()),
        }
    }

    fn check(form: &Payload, kind: Type, payload: impl AsRef<[u8]>, expected: &str) {
        let payload = payload.as_ref();
        assert_eq!(shown_of(form, kind, payload), expected, "{}", String::from_utf8_lossy(payload));
    }

    #[test]
    fn raw_text_is_read_as_in_a_trace() {
        let raw = &Payload::Raw;
        check(raw, Type::Float, "7.5", "Value(Float(7.5)) Good");
        check(raw, Type::Boolean, "ON", "Value(Boolean(true)) Good");
        check(raw, Type::Integer, " 12 ", "Value(Integer(12)) Good");
        check(raw, Type::String, "a b", "Value(String(\"a b\")) Good");
        check(raw, Type::Any, "5", "Value(Integer(5)) Good");
        check(raw, Type::Float, "", "Value(Null) Good");
    }

    #[test]
    fn raw_text_that_does_not_fit_is_refused() {
        check(&Payload::Raw, Type::Integer, "x", "Byte(0): a whole number (Bad_Failure)");
        check(&Payload::Raw, Type::Float, b"12\xff", "Byte(2): text in UTF-8 (Bad_Failure)");
        check(&Payload::Raw, Type::String, b"ab\xc3", "Byte(2): text in UTF-8 (Bad_Failure)");
    }

    #[test]
    fn values_lie_at_paths() {
        let form = &json("d.0.v", TimeUnit::Millis);
        check(form, Type::Float, r#"{"d":[{"v":3}]}"#, "Value(Float(3.0)) Good");
        check(form, Type::Boolean, r#"{"d":[{"v":1}]}"#, "Value(Boolean(true)) Good");
        check(form, Type::Float, r#"{"d":[{"v":null}]}"#, "Value(Null) Good");
        check(form, Type::Float, r#"{"d":[]}"#, "Missing(\"$.d[0].v\"): a value (Bad_NotFound)");
        check(form, Type::Float, r#"{"d":{"0":{"v":1}}}"#, "Missing(\"$.d[0].v\"): a value (Bad_NotFound)");
        check(form, Type::Integer, r#"{"d":[{"v":"x"}]}"#, "Path(\"$.d[0].v\"): a whole number (Bad_Failure)");
    }

    #[test]
    fn a_whole_document_is_a_value() {
        let form = &json("", TimeUnit::Millis);
        check(form, Type::Integer, "5", "Value(Integer(5)) Good");
        check(form, Type::Document, r#"{"a":1}"#, "Value(Document(Object {\"a\": Number(1)})) Good");
    }

    #[test]
    fn times_have_units_or_are_iso_8601() {
        let check_time = |unit, time: &str, expected: &str| {
            let payload = format!("{{\"v\":1,\"t\":{time}}}");
            check(&json("v", unit), Type::Integer, payload, &format!("Value(Integer(1)) Good{expected}"));
        };
        check_time(TimeUnit::Seconds, "1700000000", " @1700000000000000");
        check_time(TimeUnit::Seconds, "1700000000.25", " @1700000000250000");
        check_time(TimeUnit::Millis, "1700000000123", " @1700000000123000");
        check_time(TimeUnit::Micros, "1700000000123456", " @1700000000123456");
        check_time(TimeUnit::Nanos, "1700000000123456789", " @1700000000123456");
        check_time(TimeUnit::Nanos, "1.7e18", " @1700000000000000");
        check_time(TimeUnit::Millis, "\"1700000000123\"", " @1700000000123000");
        check_time(TimeUnit::Seconds, "\"2023-11-14T22:13:20.5Z\"", " @1700000000500000");
        check_time(TimeUnit::Seconds, "\"2023-11-14T23:13:20+01:00\"", " @1700000000000000");
        check_time(TimeUnit::Seconds, "null", "");
    }

    #[test]
    fn a_time_that_is_none_is_refused() {
        let expected = "Path(\"$.t\"): a time (RFC 3339, or a number since the epoch) (Bad_Failure)";
        for time in ["true", "\"soon\"", "1e300", "[]"] {
            check(&json("v", TimeUnit::Millis), Type::Any, format!("{{\"v\":1,\"t\":{time}}}"), expected);
        }
    }

    #[test]
    fn qualities_have_names_and_numbers() {
        let form = &json("v", TimeUnit::Millis);
        check(form, Type::Integer, r#"{"v":1,"q":192}"#, "Value(Integer(1)) Good");
        check(form, Type::Integer, r#"{"v":1,"q":"uncertain"}"#, "Value(Integer(1)) Uncertain");
        check(form, Type::Integer, r#"{"v":1,"q":null}"#, "Value(Integer(1)) Good");
        check(form, Type::Integer, r#"{"v":null,"q":"Bad_Stale"}"#, "Kept Bad_Stale");
        check(form, Type::Integer, r#"{"q":0}"#, "Kept Bad");
        let expected =
            "Path(\"$.q\"): a quality (`Good`, `Uncertain`, `Bad`, a subcode's name, or a number) (Bad_Failure)";
        check(form, Type::Integer, r#"{"v":1,"q":"fine"}"#, expected);
    }

    #[test]
    fn a_broken_document_tells_its_byte() {
        let form = &json("v", TimeUnit::Millis);
        check(form, Type::Any, "{\"v\":\n 1,}", "Byte(9): a JSON document (Bad_Failure)");
        check(form, Type::Any, "{\"v\":1", "Byte(5): a JSON document (Bad_Failure)");
        check(form, Type::Any, "", "Byte(0): a JSON document (Bad_Failure)");
        check(form, Type::Any, b"{\"v\":\"\xff\"}", "Byte(6): text in UTF-8 (Bad_Failure)");
        let deep = "[".repeat(100_000);
        assert!(shown_of(form, Type::Any, deep.as_bytes()).contains("a JSON document"));
    }

    fn any_kind() -> impl Strategy<Value = Type> {
        prop::sample::select(vec![
            Type::Any,
            Type::Boolean,
            Type::Integer,
            Type::Float,
            Type::String,
            Type::Date,
            Type::Document,
            Type::Dataset,
        ])
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(kind in any_kind(), bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            for form in [Payload::Raw, json("v", TimeUnit::Nanos), json("", TimeUnit::Seconds)] {
                if let Err(Fault { place: Place::Byte(at), .. }) = read(&form, kind, &bytes) {
                    prop_assert!(at <= bytes.len());
                }
            }
        }

        #[test]
        fn any_document_is_read_or_refused(
            kind in any_kind(),
            text in r#"\{("v":(-?[0-9]{1,30}(\.[0-9]{1,3})?|null|"[^"\\]{0,9}"|\[1\])),"t":(-?[0-9]{1,30}|"[0-9T:.Z-]{0,30}"),"q":(-?[0-9]{1,12}|"[a-zA-Z_]{0,9}")\}"#,
        ) {
            let _point = read(&json("v", TimeUnit::Seconds), kind, text.as_bytes());
        }
    }
}
