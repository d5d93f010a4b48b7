//! What holds for every trace.

use std::io::{self, Read};
use std::sync::Arc;

use latchwork_engine::{Moment, Monotonic, Reading, Sample};
use latchwork_expr::{Column, Dataset, Level, Quality, TagSlot, Timestamp, Type, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::super::open::open_stream;
use super::{catalog, open, read};
use crate::trace::{
    BadLines, Catalog, Counters, JsonLinesWriter, LongWriter, Options, OwnHeader, OwnWriter, Packing, TraceError,
    Traces, Usage,
};

/// The types of the tags `t0`, `t1`, … of these tests.
const KINDS: [Type; 7] =
    [Type::Boolean, Type::Integer, Type::Float, Type::String, Type::Date, Type::Document, Type::Dataset];

/// One scan: both times and samples, each of another tag.
type Recorded = (Moment, Vec<Sample>);

fn typed_catalog() -> Catalog {
    let mut catalog = Catalog::new();
    for (number, kind) in KINDS.into_iter().enumerate() {
        catalog.add(&format!("Linie ä/\"t\",{number}"), kind, Usage::Read);
    }
    catalog
}

/// Microseconds of the years that RFC 3339 writes with four digits.
fn calendar_micros() -> impl Strategy<Value = i64> {
    -62_135_596_800_000_000..253_402_300_799_999_999_i64
}

fn document() -> impl Strategy<Value = serde_json::Value> {
    (any::<f64>(), any::<i64>(), ".*").prop_map(|(float, integer, text)| json!({"a": [float, integer], text: null}))
}

fn dataset() -> impl Strategy<Value = Dataset> {
    let columns = || vec![Column { name: "a \"".to_owned(), kind: Type::Integer }];
    vec(any::<i64>(), 0..3).prop_map(move |cells| {
        Dataset::new(columns(), cells.into_iter().map(|cell| vec![Value::Integer(cell)]).collect())
    })
}

fn value(kind: Type) -> BoxedStrategy<Value> {
    match kind {
        Type::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        Type::Integer => any::<i64>().prop_map(Value::Integer).boxed(),
        Type::Float => prop_oneof![any::<f64>(), Just(f64::NAN), Just(f64::NEG_INFINITY), Just(-0.0), Just(5.0)]
            .prop_map(Value::Float)
            .boxed(),
        Type::String => prop_oneof![".*", "[ \"\n\r,;\t]*", Just("null".to_owned())].prop_map(Value::from).boxed(),
        Type::Date => calendar_micros().prop_map(|micros| Value::Date(Timestamp(micros))).boxed(),
        Type::Document => document().prop_map(|document| Value::Document(Arc::new(document))).boxed(),
        Type::Dataset => dataset().prop_map(|dataset| Value::Dataset(Arc::new(dataset))).boxed(),
        Type::Any | Type::Null => Just(Value::Null).boxed(),
    }
}

/// Any sample of a tag; no value with a bad quality is always the last one.
fn sample(tag: usize) -> impl Strategy<Value = Sample> {
    let quality = prop::sample::select(Quality::ALL);
    (value(KINDS[tag]), any::<bool>(), quality).prop_map(move |(value, is_empty, quality)| {
        let reading = match (is_empty, quality.level()) {
            (false, _) => Reading::Value(value),
            (true, Level::Good | Level::Uncertain) => Reading::Value(Value::Null),
            (true, Level::Bad | Level::Error) => Reading::Kept,
        };
        let tag = TagSlot(u32::try_from(tag).unwrap());
        Sample { tag, reading, quality, source_time: Timestamp(0) }
    })
}

fn samples() -> impl Strategy<Value = Vec<Sample>> {
    let tags = prop::sample::subsequence((0..KINDS.len()).collect::<Vec<_>>(), 1..=KINDS.len()).prop_shuffle();
    tags.prop_flat_map(|tags| tags.into_iter().map(sample).collect::<Vec<_>>())
}

/// Scans of a foreign trace: one time, which the samples share.
fn foreign() -> impl Strategy<Value = Vec<Recorded>> {
    let times = prop::collection::btree_set(calendar_micros(), 1..6);
    (times, vec(samples(), 6)).prop_map(|(times, scans)| {
        let scan = |(micros, mut samples): (i64, Vec<Sample>)| {
            for sample in &mut samples {
                sample.source_time = Timestamp(micros);
            }
            (Moment { monotonic: Monotonic(micros), wall: Timestamp(micros) }, samples)
        };
        times.into_iter().zip(scans).map(scan).collect()
    })
}

/// Scans of an own trace: the axes and the sources' clocks have nothing to do with each other.
fn own() -> impl Strategy<Value = Vec<Recorded>> {
    let times = (prop::collection::btree_set(any::<i64>(), 0..6), vec(any::<[i64; 2]>(), 6));
    (times, vec(samples(), 6)).prop_map(|((monotonic, others), scans)| {
        let scan = |((monotonic, [wall, source]), mut samples): ((i64, [i64; 2]), Vec<Sample>)| {
            samples.iter_mut().step_by(2).for_each(|sample| sample.source_time = Timestamp(source));
            (Moment { monotonic: Monotonic(monotonic), wall: Timestamp(wall) }, samples)
        };
        monotonic.into_iter().zip(others).zip(scans).map(scan).collect()
    })
}

/// Reads a trace and holds it against what was written, to the bit.
fn compare(bytes: &[u8], expected: &[Recorded]) -> Result<(), TestCaseError> {
    let stream = ("t", Box::new(io::Cursor::new(bytes.to_vec())) as _);
    let mut traces = Traces::of_streams([stream], typed_catalog(), &Options::default()).unwrap();
    for (at, samples) in expected {
        prop_assert!(advance(&mut traces), "a scan is missing");
        prop_assert_eq!(traces.at(), *at);
        prop_assert_eq!(shown(traces.samples()), shown(samples));
    }
    prop_assert!(!advance(&mut traces));
    Ok(())
}

/// Reads the next scan, past the beginning of an own trace.
fn advance(traces: &mut Traces) -> bool {
    traces.advance().unwrap() && (traces.news().is_none() || traces.advance().unwrap())
}

fn shown(samples: &[Sample]) -> Vec<String> {
    let bits = |sample: &Sample| match &sample.reading {
        Reading::Value(Value::Float(number)) => number.to_bits(),
        Reading::Value(_) | Reading::Kept => 0,
    };
    samples.iter().map(|sample| format!("{sample:?} {:x}", bits(sample))).collect()
}

/// Bytes that look like a trace, mostly.
fn garbage() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("timestamp,tag,value,quality\n".to_owned()),
        Just("timestamp;f;s\n".to_owned()),
        Just("{\"latchwork_trace\":1,\"configuration_hash\":\"\",\"configuration\":\"\",\"retained\":0,\"last_sequence\":0}\n".to_owned()),
        Just("{\"ts\":1,\"tag\":\"f\",\"value\":".to_owned()),
        Just("{\"tag\":0,\"path\":\"f\"}\n{\"scan\":1,\"samples\":[[0,".to_owned()),
        Just("1700000000000,f,5\n".to_owned()),
        Just("2024-01-01T00:00:00".to_owned()),
        "[0-9]{1,20}",
        "[\",;\t\n\r{}\\[\\].:+-eE]{1,4}",
        ".{0,3}",
    ];
    let text = vec(piece, 0..12).prop_map(|pieces| pieces.concat().into_bytes());
    prop_oneof![text, vec(any::<u8>(), 0..64)]
}

fn cell_rows() -> impl Strategy<Value = Vec<String>> {
    let time = prop_oneof![
        Just("1700000000000"),
        Just("1700000000001"),
        Just("1700000000000.5"),
        Just("x"),
        Just("\"1700000000002\"")
    ];
    let tag = prop_oneof![
        Just("f"),
        Just("[default]f"),
        Just("i"),
        Just("b"),
        Just("s"),
        Just("any"),
        Just("unread"),
        Just("new"),
        Just("\"g\"")
    ];
    let value = prop_oneof![
        "-?[0-9]{0,5}(\\.[0-9]{0,3})?",
        "-?[0-9]{14,17}",
        "[a-z]{0,2}|\"[a-z]?\"",
        Just("1e3".to_owned()),
        Just("NaN".to_owned())
    ];
    let quality = prop_oneof![Just(""), Just(",Good"), Just(","), Just(",Bad"), Just(",x"), Just(",Good,x")];
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\n\n")];
    let row = (time, tag, value, quality, end)
        .prop_map(|(time, tag, value, quality, end)| format!("{time},{tag},{value}{quality}{end}"));
    vec(row, 0..8)
}

/// Gives its bytes in pieces of these lengths, over and over.
struct Pieces(io::Cursor<Vec<u8>>, Vec<usize>);

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1.rotate_left(1);
        let length = self.1[0].min(buffer.len());
        self.0.read(&mut buffer[..length])
    }
}

/// Reads a trace whole, and counts what was left out.
fn outcome(traces: Result<Traces, TraceError>) -> Result<(Vec<String>, Counters), String> {
    let read = |mut traces: Traces| read(&mut traces).map(|scans| (scans, traces.counters()));
    traces.and_then(read).map_err(|error| error.to_string())
}

fn skipping() -> Options {
    Options { bad_lines: BadLines::Skip, reorder_window_micros: i64::MAX, ..Options::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn long_csv_reads_back(scans in foreign()) {
        let mut writer = LongWriter::new(Vec::new()).unwrap();
        for (at, samples) in &scans {
            writer.scan(&typed_catalog(), at.wall, samples).unwrap();
        }
        compare(&writer.finish().unwrap(), &scans)?;
    }

    #[test]
    fn json_lines_read_back(scans in foreign()) {
        let mut writer = JsonLinesWriter::new(Vec::new());
        for (at, samples) in &scans {
            writer.scan(&typed_catalog(), at.wall, samples).unwrap();
        }
        compare(&writer.finish().unwrap(), &scans)?;
    }

    #[test]
    fn own_traces_read_back(scans in own(), plain in any::<bool>(), flush_every in 1..4_usize) {
        let packing = if plain { Packing::Plain } else { Packing::Zstd };
        let header = OwnHeader::default();
        let mut writer = OwnWriter::new(Vec::new(), packing, &header).unwrap();
        for (number, (at, samples)) in scans.iter().enumerate() {
            writer.scan(&typed_catalog(), number as u64, *at, samples).unwrap();
            if number % flush_every == 0 {
                writer.flush().unwrap();
            }
        }
        compare(&writer.finish().unwrap(), &scans)?;
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in garbage(), strict in any::<bool>()) {
        let options = if strict { Options::default() } else { skipping() };
        let _ = outcome(open(&[("t", &bytes)], &options));
        let packed = zstd::encode_all(bytes.as_slice(), 1).unwrap();
        let _ = outcome(open(&[("t", &packed[..packed.len() - packed.len() % 3])], &options));
    }

    #[test]
    fn how_the_bytes_arrive_changes_nothing(
        bytes in garbage(),
        lengths in vec(1..40_usize, 1..5),
        buffer_bytes in 4..64_usize,
    ) {
        let whole = outcome(open(&[("t", &bytes)], &skipping()));
        let pieces = Box::new(Pieces(io::Cursor::new(bytes), lengths));
        let opened = std::iter::once(open_stream("t", pieces, None));
        prop_assert_eq!(outcome(Traces::of_opened(opened, buffer_bytes, catalog(), &skipping())), whole);
    }

    #[test]
    fn the_short_way_through_a_file_reads_as_the_long_one(rows in cell_rows(), has_quality in any::<bool>()) {
        let header = if has_quality { "timestamp,tag,value,quality" } else { "timestamp,tag,value" };
        let usual = format!("{header}\n{}", rows.concat());
        let prefixed: Vec<String> = rows.iter().map(|row| format!("-,{row}")).collect();
        let unusual = format!("note,{header}\n{}", prefixed.concat());
        let short = outcome(open(&[("t", usual.as_bytes())], &skipping()));
        prop_assert_eq!(short, outcome(open(&[("t", unusual.as_bytes())], &skipping())));
    }
}
