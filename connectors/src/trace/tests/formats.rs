//! What each format may look like.

use chrono_tz::Tz;

use super::{check, check_with, open, read};
use crate::trace::{BadLines, Catalog, ColumnMapping, Options, Traces, rfc3339};

#[test]
fn long_csv() {
    check(
        "timestamp,tag,value,quality\n1,f,5,Good\n2,b,1,\n2.5,i,7,64\n3,s,run,Bad_Stale\n4,j,\"{\"\"a\"\":1}\",192\n",
        &["1 f=5.0", "2 b=true", "2.5 i=7!Uncertain", "3 s=\"run\"!Bad_Stale", "4 j={\"a\":1}"],
    );
}

#[test]
fn long_csv_with_its_columns_in_another_order_and_others_between() {
    check(
        "Quality;note;Value;TAG;Time\r\nGood;a b;5;f;1\r\n;\"x;\ny\";\"7\";[default]f;2\r\n",
        &["1 f=5.0", "2 f=7.0"],
    );
}

#[test]
fn a_quality_at_the_end_of_a_row_may_be_missing() {
    check("timestamp,tag,value,quality\n1,f,5\n2,f,,Bad\n3,s,,\n", &["1 f=5.0", "2 f!Bad", "3 s=null"]);
}

#[test]
fn an_empty_cell_is_null_or_keeps_the_value_and_quotes_are_the_empty_text() {
    check(
        "timestamp,tag,value,quality\n1,s,,Good\n2,s,,Bad\n3,s,\"\",Good\n4,f,\"\",Good\n5,f,8,Bad\n",
        &["1 s=null", "2 s!Bad", "3 s=\"\"", "4 f=null", "5 f=8.0!Bad"],
    );
}

#[test]
fn quoted_headers_and_a_byte_order_mark() {
    check("\u{feff}\"timestamp\",\"tag\",\"value\"\n1,f,5\n", &["1 f=5.0"]);
}

#[test]
fn wide_csv() {
    check("t_stamp\tf\tb\tnobody\ts\n1\t5\t\t9\t\n2\t\t\t9\t\n3\t\toff\t\t\"\"\n", &["1 f=5.0", "3 b=false s=\"\""]);
}

#[test]
fn wide_csv_with_prefix_and_mapping() {
    let columns = vec![ColumnMapping { column: "Drehzahl".to_owned(), tag: "g".to_owned() }];
    let options = Options { prefix: "Line 1/".to_owned(), columns, ..Options::default() };
    check_with(&options, &["date;f;Drehzahl\n1;2;3\n"], &["1 Line 1/f=2.0 g=3.0"]);
}

#[test]
fn a_time_column_and_a_form_of_ones_own() {
    let options = Options {
        timestamp_column: Some("Zeit".to_owned()),
        timestamp_format: Some("%d.%m.%Y %H:%M:%S".to_owned()),
        zone: Tz::Europe__Berlin,
        ..Options::default()
    };
    check_with(&options, &["f;Zeit\n1;01.01.1970 01:00:05\n"], &["5 f=1.0"]);
}

#[test]
fn local_times_are_in_the_zone_given() {
    let options = Options { zone: Tz::Europe__Berlin, ..Options::default() };
    check_with(
        &options,
        &["timestamp,f\n1970-01-01 01:00:00,1\n1970-01-01T00:00:01Z,2\n1970-01-01T01:00:02,3\n"],
        &["0 f=1.0", "1 f=2.0", "2 f=3.0"],
    );
}

#[test]
fn json_lines() {
    check(
        r#"{"ts":1,"tag":"f","value":5}

{"ts":"2","tag":"[default]s","value":"x","quality":"Uncertain","retained":true}
{"ts":3.5,"tag":"f","value":null,"quality":516}
{"ts":4,"tag":"f","quality":"Bad"}
{"ts":5,"values":{"b":true,"i":7.0,"nobody":1,"j":{"a":[1]}}}
{"ts":6,"values":{"nobody":1}}
{"ts":7,"tag":"f","value":"NaN"}"#,
        &["1 f=5.0", "2 s=\"x\"!Uncertain", "3.5 f!Bad_Stale", "4 f!Bad", "5 b=true i=7 j={\"a\":[1]}", "7 f=NaN"],
    );
}

#[test]
fn values_without_a_declared_type() {
    check(
        "time,any\n1,true\n2,5\n3,5.0\n4,five\n5,null\n",
        &["1 any=true", "2 any=5", "3 any=5.0", "4 any=\"five\"", "5 any=null"],
    );
}

#[test]
fn a_file_without_rows_has_no_scans() {
    let mut traces = open(&[("t", b"timestamp,f")], &Options::default()).unwrap();
    assert_eq!(traces.end(), None);
    assert!(read(&mut traces).unwrap().is_empty());
}

#[test]
fn tags_that_nothing_reads_are_counted_and_their_time_counts() {
    let text = "timestamp,tag,value\n1,f,5\n2,nobody,what?\n3,unread,1\n9,\"nobody\",\"\"\n";
    let mut traces = open(&[("t", text.as_bytes())], &Options::default()).unwrap();
    read(&mut traces).unwrap();
    let counters = traces.counters();
    assert_eq!((counters.rows, counters.unread_rows, counters.scans, counters.samples), (4, 3, 1, 1));
    assert_eq!(traces.end().unwrap().wall.0, 9_000_000);
    assert_eq!(traces.catalog().unknown_paths().collect::<Vec<_>>(), ["[default]nobody"]);
    assert_eq!(traces.progress().bytes_read, text.len() as u64);
}

#[test]
fn a_conversion_reads_every_tag() {
    let stream = ("t", Box::new(b"timestamp,tag,value\n1,x,5\n1,y,on\n".as_slice()) as _);
    let mut traces = Traces::of_streams([stream], Catalog::of_everything(), &Options::default()).unwrap();
    assert_eq!(read(&mut traces).unwrap(), ["1 x=5 y=\"on\""]);
}

#[test]
fn skipped_lines_are_counted_and_the_first_ten_kept() {
    let options = Options { bad_lines: BadLines::Skip, ..Options::default() };
    let rows: Vec<String> =
        (0..20).map(|second| format!("{second},f,{}\n", if second % 2 == 0 { "x" } else { "1" })).collect();
    let text = format!("timestamp,tag,value\n{}", rows.concat());
    let mut traces = open(&[("t", text.as_bytes())], &options).unwrap();
    read(&mut traces).unwrap();
    assert_eq!((traces.counters().bad_lines, traces.counters().scans), (10, 10));
    let kept: Vec<u64> = traces.bad_lines().map(|bad| bad.line).collect();
    assert_eq!(kept, [2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
}

#[test]
fn from_and_until_bound_the_scans_and_the_end() {
    let seconds = |seconds: i64| Some(latchwork_expr::Timestamp(seconds * 1_000_000));
    let options = Options { from: seconds(2), until: seconds(3), ..Options::default() };
    let text = b"timestamp,f\n1,1\n2,2\n3,3\n4,4\n5,5\n".as_slice();
    let mut traces = open(&[("t", text)], &options).unwrap();
    assert_eq!(read(&mut traces).unwrap(), ["2 f=2.0", "3 f=3.0"]);
    assert_eq!(rfc3339(traces.end().unwrap().wall), "1970-01-01T00:00:03.000000Z");
}
