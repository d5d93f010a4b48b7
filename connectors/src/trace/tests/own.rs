//! Our own traces: what a kill leaves, and what another version does.

use latchwork_engine::{Moment, Monotonic, Reading, Sample};
use latchwork_expr::{Quality, TagSlot, Timestamp};
use serde_json::json;

use super::{catalog, open, read};
use crate::trace::{BadLines, Fault, Options, OwnHeader, OwnWriter, Packing, TraceProblem, Traces};

fn header() -> OwnHeader {
    let configuration = "[gateway]\nid = \"x\"\n".to_owned();
    OwnHeader { configuration_hash: "ab12".to_owned(), configuration, retained: json!({"a": [1.5]}), last_sequence: 40 }
}

fn at(micros: i64) -> Moment {
    Moment { monotonic: Monotonic(micros), wall: Timestamp(micros + 1_000_000) }
}

fn sample(slot: u32, number: f64, micros: i64) -> Sample {
    let reading = Reading::Value(number.into());
    Sample { tag: TagSlot(slot), reading, quality: Quality::Good, source_time: Timestamp(micros) }
}

/// Returns a trace of a boot and scans, a frame each, and where each frame ends.
fn trace(packing: Packing, scans: u64) -> (Vec<u8>, Vec<u64>) {
    let mut writer = OwnWriter::new(Vec::new(), packing, &header()).unwrap();
    writer.boot(41, at(0), &json!({"b": 2})).unwrap();
    let mut ends = Vec::new();
    for number in 1..=scans {
        let micros = i64::try_from(number).unwrap();
        let slot = u32::try_from(number % 2).unwrap();
        writer.scan(&catalog(), 41 + number, at(micros), &[sample(slot, 0.5, micros)]).unwrap();
        writer.flush().unwrap();
        ends.push(writer.bytes_written());
    }
    (writer.finish().unwrap(), ends)
}

fn opened(bytes: &[u8]) -> Traces {
    open(&[("t.lwt", bytes)], &Options::default()).unwrap()
}

#[test]
fn a_trace_gives_back_its_header_boots_and_sequences() {
    for packing in [Packing::Plain, Packing::Zstd] {
        let (bytes, _) = trace(packing, 2);
        let mut traces = opened(&bytes);
        assert_eq!(traces.headers().map(|header| (**header).clone()).collect::<Vec<_>>(), [header()]);
        assert_eq!(read(&mut traces).unwrap(), ["1 #41 boot {\"b\":2}", "1.000001 #42 g=0.5", "1.000002 #43 f=0.5"]);
    }
}

#[test]
fn both_times_and_the_source_time_come_back() {
    let (bytes, _) = trace(Packing::Zstd, 1);
    let mut traces = opened(&bytes);
    assert!(traces.advance().unwrap() && traces.advance().unwrap());
    assert_eq!((traces.at(), traces.samples()[0].source_time), (at(1), Timestamp(1)));
}

#[test]
fn a_killed_writer_loses_at_most_its_last_frame() {
    let (bytes, ends) = trace(Packing::Zstd, 5);
    let header_end = usize::try_from(ends[0]).unwrap();
    for length in header_end..=bytes.len() {
        let whole_scans = ends.iter().filter(|&&end| end <= length as u64).count();
        let mut traces = opened(&bytes[..length]);
        let scans = read(&mut traces).unwrap().len();
        // Only the checksum may be missing: then the frame's lines are all there.
        assert!((whole_scans + 1..=whole_scans + 2).contains(&scans), "cut at {length}: {scans}");
        let is_cut = u64::from(!ends.contains(&(length as u64)));
        assert_eq!(traces.counters().cut_off, is_cut, "cut at {length}");
    }
}

#[test]
fn half_a_line_of_a_plain_trace_is_dropped() {
    let (bytes, _) = trace(Packing::Plain, 2);
    let mut traces = opened(&bytes[..bytes.len() - 5]);
    assert_eq!(read(&mut traces).unwrap(), ["1 #41 boot {\"b\":2}", "1.000001 #42 g=0.5"]);
}

#[test]
fn a_damaged_frame_in_the_middle_is_an_error() {
    let (mut bytes, ends) = trace(Packing::Zstd, 3);
    let middle = usize::try_from(ends[1]).unwrap() - 3;
    bytes[middle] ^= 0xff;
    let error = read(&mut opened(&bytes)).unwrap_err();
    assert!(matches!(error.problem(), TraceProblem::Damaged(_)), "{error}");
    assert_eq!(error.fault(), Fault::Given);
}

#[test]
fn a_newer_version_is_told() {
    let error = open(&[("t", b"{\"latchwork_trace\":2,\"colour\":1}\n")], &Options::default()).err().unwrap();
    assert_eq!(error.to_string(), "t: is an own trace of format version 2, newer than this program");
}

#[test]
fn lines_that_nobody_writes_are_bad_lines() {
    let (mut bytes, _) = trace(Packing::Plain, 1);
    for line in ["{\"scan\":9,\"samples\":[[7,1]]}\n", "{\"tag\":9,\"path\":\"x\"}\n", "{}\n", "[]\n"] {
        bytes.extend_from_slice(line.as_bytes());
    }
    let options = Options { bad_lines: BadLines::Skip, ..Options::default() };
    let mut traces = open(&[("t", &bytes)], &options).unwrap();
    read(&mut traces).unwrap();
    let expected: Vec<&str> = traces.bad_lines().map(|bad| bad.expected.as_str()).collect();
    assert_eq!(
        expected[..3],
        ["the number of a declared tag", "the declaration of tag 1", "one of `tag`, `scan`, `boot`"]
    );
    assert_eq!(traces.counters().bad_lines, 4);
}
