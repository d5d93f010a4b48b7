//! What people are told when a trace is not right.

use super::{check_fault, check_with, open};
use crate::trace::{BadLines, ColumnMapping, Fault, Options, TraceProblem, Traces};

#[track_caller]
fn check(text: &str, expected: &str) {
    check_fault(&Options::default(), text.as_bytes(), expected);
}

#[test]
fn a_bad_cell_is_told_with_its_place() {
    check("timestamp,tag,value\n1,f,5\n2,f,five\n", "t:3:5: expected a number with a decimal point, found `five`");
    check("timestamp,tag,value\n1,i,5.5\n", "t:2:5: expected a whole number, found `5.5`");
    check(
        "timestamp,tag,value,quality\n1,f,5,Fine\n",
        "t:2:7: expected a quality (`Good`, `Uncertain`, `Bad`, a subcode's name, or a number), found `Fine`",
    );
    check("time,f,g\n1,2,3\n2,ä,x\n", "t:3:3: expected a number with a decimal point, found `ä`");
}

#[test]
fn a_time_must_be_of_the_files_form() {
    check("time,f\nsoon,5\n", "t:2:1: expected a time (RFC 3339, or a number since the epoch), found `soon`");
    check(
        "time,f\n1,5\n2024-01-01T00:00:00Z,5\n",
        "t:3:1: expected a time in seconds since the epoch, as in the first row, found `2024-01-01T00:00:00Z`",
    );
}

#[test]
fn a_row_has_as_many_cells_as_the_header() {
    check("timestamp,tag,value\n1,f\n", "t:2:4: expected 3 cells, found 2");
    check("timestamp,tag,value\n1,f,5,Good\n", "t:2:7: expected 3 cells, found 4");
    check("time;f;g\n1;7,5\n", "t:2:6: expected 3 cells, found 2");
}

#[test]
fn quotes_must_close() {
    check("timestamp,tag,value\n1,s,\"open\n2,f,5\n", "t:2:5: expected a closing quote, found `\"open`");
    check("timestamp,tag,value\n1,s,\"a\"b\n", "t:2:5: expected a delimiter after the closing quote, found `\"a\"b`");
}

#[test]
fn an_open_quote_spoils_one_line_only() {
    let options = Options { bad_lines: BadLines::Skip, ..Options::default() };
    check_with(&options, &["timestamp,tag,value\n1,s,\"open\n2,f,5\n"], &["2 f=5.0"]);
}

#[test]
fn a_header_must_have_a_time() {
    check(
        "a,b\n",
        "t:1:1: expected a header with a time column (`timestamp`, `time`, `datetime`, `t_stamp`, `date`; another is \
         named by `timestamp_column`), found `a,b`",
    );
    check("time\n", "t:1:1: expected a column beside the time, found none");
    check("time,a,a\n", "t:1:8: expected each column's name once, found `a`");
    check("time,f,[default]f\n", "t:1:8: expected a tag that no column before has, found `[default]f`");
    let options = Options { timestamp_column: Some("Zeit".to_owned()), ..Options::default() };
    check_fault(&options, b"time,f\n", "t:1:1: expected a header with the time column `Zeit`, found `time,f`");
}

#[test]
fn rows_out_of_order_name_both_lines() {
    check(
        "timestamp,tag,value\n1,f,5\n2000,unread,6\n800.5,f,7\n",
        "t:4: rows are out of order: 1970-01-01T00:13:20.500000Z here, after 1970-01-01T00:33:20.000000Z in t:3; a \
         reorder window of 1200 s would sort them",
    );
}

#[test]
fn json_lines_are_told_what_is_missing() {
    check("{\"tag\":\"f\",\"value\":1}", "t:1:1: expected the key `ts`, found `{\"tag\":\"f\",\"value\":1}`");
    check(
        "{\"ts\":1,\"tag\":\"f\"}",
        "t:1:1: expected the keys `tag` and `value`, or `values`, found `{\"ts\":1,\"tag\":\"f\"}`",
    );
    check("{\"ts\":1,\"tag\":\"i\",\"value\":true}", "t:1:1: expected a whole number for `i`, found `true`");
    check("{\"ts\":1,\n", "t:1:8: expected a JSON object, found `,`");
    check("{\"ts\":1,\"tag\":5}", "t:1:15: expected a string, found `5}`");
}

#[test]
fn a_command_that_is_none_is_never_skipped() {
    let options = Options { bad_lines: BadLines::Skip, ..Options::default() };
    check_fault(
        &options,
        b"{\"ts\":1,\"command\":{\"start\":\"Run\"}}",
        "t: line 1: not a command: unknown field `start`, expected one of `event_type`, `info`, `actor`, `fetched`",
    );
}

#[test]
fn other_files_are_told_by_what_they_are() {
    for (bytes, expected) in [
        (b"".as_slice(), "t: is empty; a trace begins with a header line or a JSON object"),
        (b"\n \n", "t: is empty; a trace begins with a header line or a JSON object"),
        (b"PAR1....", "t: is a Parquet file, which is not read by this version"),
        (b"PK\x03\x04..", "t: is a spreadsheet or a zip archive, which is not read by this version"),
        (b"\x7fELF\x02\0\0\n", "t: is a binary file, which is not read by this version"),
        (b"\xff\xfet\0i\0", "t: is a text in UTF-16, which is not read by this version"),
        (b"timestamp,\xff\n1,2\n", "t:1:11: expected a name in UTF-8, found `\u{fffd}`"),
        (b"timestamp,s\n1,\xff\n", "t:2:3: expected text in UTF-8, found `\u{fffd}`"),
        (b"timestamp,tag,value\n1,\xff,1\n", "t:2:3: expected a tag in UTF-8, found `\u{fffd}`"),
    ] {
        check_fault(&Options::default(), bytes, expected);
    }
}

#[test]
fn a_cut_foreign_file_is_an_error() {
    let text: Vec<String> = (0..9999).map(|second| format!("{second},f,{}\n", second * 7919 % 1000)).collect();
    let whole = zstd::encode_all(format!("timestamp,tag,value\n{}", text.concat()).as_bytes(), 0).unwrap();
    let expected = "t: the compressed stream is cut off: it ends in the middle of a frame; copy the file again; what \
                    was read before the cut is not complete";
    check_fault(&Options::default(), &whole[..whole.len() / 2], expected);
}

#[test]
fn a_mapping_that_no_file_has_is_a_misspelling() {
    let columns = vec![ColumnMapping { column: "Sped".to_owned(), tag: "f".to_owned() }];
    let options = Options { columns, ..Options::default() };
    check_fault(&options, b"time,Speed\n1,2\n", "[replay]: no trace has the column `Sped` of `[[replay.columns]]`");
    check_with(&options, &["timestamp,tag,value\n1,f,2\n"], &["1 f=2.0"]);
}

#[test]
fn options_are_checked() {
    let options = Options { timestamp_format: Some("%Q".to_owned()), ..Options::default() };
    let error = open(&[], &options).err().unwrap();
    assert!(error.to_string().starts_with("[replay]: `timestamp_format` `%Q` is not a format of strftime"), "{error}");
    assert_eq!(error.fault(), Fault::Given);
    let error = Traces::open(&["-", "-"], super::catalog(), &Options::default()).err().unwrap();
    assert!(matches!(error.problem(), TraceProblem::StandardInputTwice));
    let many = vec!["nowhere"; crate::limits::FILES_MAX + 1];
    let error = Traces::open(&many, super::catalog(), &Options::default()).err().unwrap();
    assert!(matches!(error.problem(), TraceProblem::TooManyFiles));
}
