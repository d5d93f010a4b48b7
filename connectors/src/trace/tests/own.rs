//! Our own traces: what a kill leaves, and what another version does.

use latchwork_engine::{Moment, Monotonic, Notice, Reading, Sample};
use latchwork_expr::{Quality, TagSlot, Timestamp, Type};
use serde_json::{Value as Json, json};

use super::{catalog, open, read};
use crate::trace::{
    BadLines, Catalog, Fault, News, Options, OwnBoot, OwnFile, OwnHeader, OwnReload, OwnWriter, Packing, TraceProblem,
    Traces, Usage, repack,
};

/// How the file and its boot are shown.
const FILE: &str = "0.99999 file x 40";
const BOOT: &str = "1 #41 boot {\"b\":2} 40 7";

fn header() -> OwnHeader {
    let file = OwnFile { path: "plant.toml".to_owned(), text: "[gateway]\nid = \"x\"\n".to_owned() };
    OwnHeader {
        gateway_id: "x".to_owned(),
        configuration_hash: "ab12".to_owned(),
        files: vec![file],
        retained: json!({"a": [1.5]}),
        last_sequence: 40,
        last: Some(at(-5)),
        next_event_seq: 7,
        begun: Timestamp(999_990),
    }
}

/// Returns the header of another file.
fn header_of(gateway: &str, begun: i64, last_sequence: u64) -> OwnHeader {
    OwnHeader {
        gateway_id: gateway.to_owned(),
        begun: Timestamp(begun),
        last_sequence,
        last: None,
        retained: Json::Null,
        ..header()
    }
}

fn boot() -> OwnBoot {
    OwnBoot { retained: json!({"b": 2}), last_sequence: 40, next_event_seq: 7 }
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
    writer.boot(41, at(0), &boot()).unwrap();
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

/// Returns a bare copy of a trace, as `latchwork convert` makes it.
fn copied(bytes: &[u8]) -> Vec<u8> {
    let mut traces = opened(bytes);
    let mut writer = OwnWriter::new(Vec::new(), Packing::Plain, &header()).unwrap();
    while traces.advance().unwrap() {
        let (sequence, at) = (traces.sequence().unwrap_or_default(), traces.at());
        if traces.is_retained() {
            writer.note_retained();
        }
        match traces.news() {
            Some(News::File(_)) => {}
            Some(News::Boot(state)) => writer.boot(sequence, at, state).unwrap(),
            news => {
                assert!(news.is_none(), "{news:?}");
                writer.scan(traces.catalog(), sequence, at, traces.samples()).unwrap();
            }
        }
    }
    writer.finish().unwrap()
}

#[test]
fn a_trace_gives_back_its_header_boots_and_sequences() {
    for packing in [Packing::Plain, Packing::Zstd] {
        let (bytes, _) = trace(packing, 2);
        let mut traces = opened(&bytes);
        assert_eq!(traces.headers().map(|header| (**header).clone()).collect::<Vec<_>>(), [header()]);
        assert_eq!(read(&mut traces).unwrap(), [FILE, BOOT, "1.000001 #42 g=0.5", "1.000002 #43 f=0.5"]);
        assert_eq!((traces.counters().scans, traces.counters().rows), (3, 3));
    }
}

#[test]
fn both_times_and_the_source_time_come_back() {
    let (bytes, _) = trace(Packing::Zstd, 1);
    let mut traces = opened(&bytes);
    assert!(traces.advance().unwrap() && traces.advance().unwrap() && traces.advance().unwrap());
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
        assert!((whole_scans + 2..=whole_scans + 3).contains(&scans), "cut at {length}: {scans}");
        let is_cut = u64::from(!ends.contains(&(length as u64)));
        assert_eq!(traces.counters().cut_off, is_cut, "cut at {length}");
    }
}

#[test]
fn a_packed_trace_reads_and_copies_as_the_bare_one() {
    let mut text = trace(Packing::Plain, 3).0;
    text.extend_from_slice(b"{\"scan\":45,\"monotonic\":9,\"wall\":1000009,\"samples\":[],\"retained\":true}\n");
    let small = zstd::encode_all(&*text, 1).unwrap();
    let mut packed = Vec::new();
    repack(&*small, &mut packed, || Ok(())).unwrap();
    assert_ne!(zstd::decode_all(&*packed).unwrap(), text);
    for form in [&text, &small, &packed, &zstd::decode_all(&*packed).unwrap()] {
        assert_eq!(String::from_utf8(copied(form)).unwrap(), String::from_utf8(text.clone()).unwrap());
    }
}

#[test]
fn half_a_line_of_a_plain_trace_is_dropped() {
    let (bytes, _) = trace(Packing::Plain, 2);
    let mut traces = opened(&bytes[..bytes.len() - 5]);
    assert_eq!(read(&mut traces).unwrap(), [FILE, BOOT, "1.000001 #42 g=0.5"]);
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
        [
            "the number of a declared tag",
            "the declaration of tag 1",
            "one of `tag`, `scan`, `timer`, `command`, `boot`, `reload`"
        ]
    );
    assert_eq!(traces.counters().bad_lines, 4);
}

/// Returns a trace with one scan of `f` at each of these times.
fn scans_of(header: &OwnHeader, first: u64, micros: &[i64]) -> Vec<u8> {
    let mut writer = OwnWriter::new(Vec::new(), Packing::Zstd, header).unwrap();
    for (sequence, &micros) in (first..).zip(micros) {
        writer.scan(&catalog(), sequence, at(micros), &[sample(0, 0.5, micros + 1_000_000)]).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn news_come_back_with_their_numbers_and_samples() {
    let mut writer = OwnWriter::new(Vec::new(), Packing::Zstd, &header()).unwrap();
    let down = Notice::ConnectionDown { connection: "plc".into(), reason: "refused".into() };
    let lost = Sample { reading: Reading::Kept, quality: Quality::BadNotConnected, ..sample(0, 0.0, 1_000_001) };
    writer.notice(&catalog(), 41, at(1), &down, &[lost]).unwrap();
    writer.timer(42, at(2)).unwrap();
    writer.notice(&catalog(), 43, at(3), &Notice::GatewayStopped, &[]).unwrap();
    let expected = [
        FILE,
        "1.000001 #41 ConnectionDown { connection: \"plc\", reason: \"refused\" } f!Bad_NotConnected",
        "1.000002 #42 timer",
        "1.000003 #43 GatewayStopped",
    ];
    assert_eq!(read(&mut opened(&writer.finish().unwrap())).unwrap(), expected);
}

#[test]
fn tags_are_declared_anew_behind_a_reload() {
    let mut writer = OwnWriter::new(Vec::new(), Packing::Plain, &header()).unwrap();
    let reload = OwnReload { configuration_hash: "cd".to_owned(), files: header().files, retained: json!({"c": 3}) };
    writer.scan(&catalog(), 41, at(1), &[sample(0, 0.5, 1)]).unwrap();
    writer.reload(42, at(2), &reload).unwrap();
    let mut other = Catalog::new();
    for path in ["g", "f"] {
        other.add(path, Type::Float, Usage::Read);
    }
    writer.scan(&other, 43, at(3), &[sample(0, 0.5, 3)]).unwrap();
    let bytes = writer.finish().unwrap();

    let same_catalog = [FILE, "1.000001 #41 f=0.5", "1.000002 #42 reload cd {\"c\":3}", "1.000003 #43 g=0.5"];
    assert_eq!(read(&mut opened(&bytes)).unwrap(), same_catalog);
    let mut traces = opened(&bytes);
    (0..3).for_each(|_| assert!(traces.advance().unwrap()));
    traces.replace_catalog(other);
    assert!(traces.advance().unwrap());
    assert_eq!(traces.samples()[0].tag, TagSlot(0));
}

#[test]
fn a_tag_of_before_a_reload_means_nothing_behind_it() {
    let mut bytes = scans_of(&header(), 41, &[1]);
    bytes = zstd::decode_all(bytes.as_slice()).unwrap();
    bytes.extend_from_slice(b"{\"scan\":42,\"monotonic\":2,\"wall\":1000002,\"samples\":[[0,1.5]]}\n");
    let mut traces = opened(&bytes);
    assert!(traces.advance().unwrap() && traces.advance().unwrap());
    traces.replace_catalog(catalog());
    let error = traces.advance().unwrap_err().to_string();
    assert!(error.starts_with("t.lwt:4:1: expected the number of a declared tag, found "), "{error}");
}

#[test]
fn only_tags_that_something_reads_are_written() {
    let mut writer = OwnWriter::new(Vec::new(), Packing::Plain, &header()).unwrap();
    let unread = u32::try_from(catalog().len() - 1).unwrap();
    writer.scan(&catalog(), 41, at(1), &[sample(unread, 1.5, 1), sample(1, 0.5, 1)]).unwrap();
    writer.scan(&catalog(), 42, at(2), &[sample(unread, 1.5, 1)]).unwrap();
    let bytes = writer.finish().unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains("unread"));
    let mut traces = opened(&bytes);
    assert_eq!(read(&mut traces).unwrap(), [FILE, "1.000001 #41 g=0.5", "1.000002 #42"]);
    assert_eq!(traces.counters().unread_rows, 1);
}

#[test]
fn files_of_one_gateway_follow_one_another_in_the_order_of_their_beginnings() {
    // The second process began with a wall clock that had been set back, so by time they would overlap.
    let (first, second) =
        (scans_of(&header_of("a", 10, 0), 1, &[100, 200]), scans_of(&header_of("a", 20, 1), 2, &[150]));
    let mut traces = open(&[("2.lwt", &second), ("1.lwt", &first)], &Options::default()).unwrap();
    assert!(traces.recording().is_some_and(|header| header.last_sequence == 0));
    let scans = read(&mut traces).unwrap();
    let expected = ["0.00001 file a 0", "1.0001 #1 f=0.5", "1.0002 #2 f=0.5", "0.00002 file a 1", "1.00015 #2 f=0.5"];
    assert_eq!(scans, expected);
    assert_eq!(traces.end(), Some(at(150)));
}

#[test]
fn traces_of_two_gateways_and_of_none_are_merged_by_time() {
    let traces_of = |first: &str, second: &str| {
        let first = scans_of(&header_of(first, 10, 0), 1, &[100, 300]);
        let second = scans_of(&header_of(second, 20, 0), 1, &[200]);
        open(&[("1.lwt", &first), ("2.lwt", &second)], &Options::default()).unwrap()
    };
    for (first, second) in [("a", "b"), ("", "")] {
        let mut traces = traces_of(first, second);
        assert!(traces.recording().is_none());
        let scans = read(&mut traces).unwrap();
        let scans: Vec<&str> = scans.iter().filter(|scan| !scan.contains("file")).map(String::as_str).collect();
        assert_eq!(scans, ["1.0001 #1 f=0.5", "1.0002 #1 f=0.5", "1.0003 #2 f=0.5"], "{first:?} {second:?}");
    }
}

#[test]
fn what_changes_the_meaning_of_later_scans_is_told_before_the_beginning_too() {
    let (mut bytes, _) = trace(Packing::Plain, 2);
    bytes.extend_from_slice(b"{\"timer\":44,\"monotonic\":3,\"wall\":1000003}\n");
    let from = |micros| Options { from: Some(Timestamp(micros)), ..Options::default() };
    let told = |micros| read(&mut open(&[("t", &bytes)], &from(micros)).unwrap()).unwrap();
    assert_eq!(told(1_000_002), [FILE, BOOT, "1.000002 #43 f=0.5", "1.000003 #44 timer"]);
    assert_eq!(told(1_000_004), [FILE, BOOT]);
}

#[test]
fn time_may_begin_anew_with_a_boot_and_with_nothing_else() {
    let mut writer = OwnWriter::new(Vec::new(), Packing::Plain, &header()).unwrap();
    writer.timer(41, at(9)).unwrap();
    writer.boot(41, at(5), &boot()).unwrap();
    let bytes = writer.finish().unwrap();
    assert_eq!(read(&mut opened(&bytes)).unwrap().len(), 3);
    let back = [&bytes[..], b"{\"timer\":42,\"monotonic\":4,\"wall\":1}\n"].concat();
    let error = read(&mut opened(&back)).unwrap_err();
    assert!(matches!(error.problem(), TraceProblem::OutOfOrder(_)), "{error}");
}

#[test]
fn a_damaged_line_is_told_with_its_place() {
    let (bytes, _) = trace(Packing::Plain, 1);
    for (line, expected) in [
        ("{\"scan\":43,\"samples\":[[0,{\"colour\":1}]]}\n", "t.lwt:5:1: expected a value, found "),
        ("{\"scan\":43,\"notice\":{\"event\":\"colour\"}}\n", "t.lwt:5:1: expected a notice that is known, found "),
        ("{\"boot\":\"x\"}\n", "t.lwt:5:1: expected a line of an own trace (invalid type"),
    ] {
        let error = read(&mut opened(&[&bytes[..], line.as_bytes()].concat())).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}
