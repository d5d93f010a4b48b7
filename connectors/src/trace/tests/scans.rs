//! Where scans begin and end, and in which order they come.

use std::fmt::Write;

use latchwork_expr::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{check, check_with, open, read, shown, shown_seconds};
use crate::limits::ROWS_AHEAD_MAX;
use crate::trace::Options;

const MINUTE: i64 = 60_000_000;

#[test]
fn rows_of_one_time_are_one_scan_until_a_tag_appears_twice() {
    check(
        "timestamp,tag,value\n1,f,1\n1,g,1\n1,f,2\n1,b,1\n1,g,2\n1,g,3\n2,f,3\n",
        &["1 f=1.0 g=1.0", "1 f=2.0 b=true g=2.0", "1 g=3.0", "2 f=3.0"],
    );
}

proptest! {
    #[test]
    fn lone_rows_are_the_same_scans_in_runs_as_one_by_one(
        rows in vec((0_i64..3, "f|g|b|unread"), 0..3 * ROWS_AHEAD_MAX),
        from in prop::option::of(0_i64..300),
        until in prop::option::of(0_i64..300),
    ) {
        let mut time = 0;
        let mut text = "timestamp,tag,value\n".to_owned();
        for (step, tag) in rows {
            time += step;
            writeln!(text, "{time},{tag},1").unwrap();
        }
        let seconds = |seconds: Option<i64>| seconds.map(|seconds| Timestamp(seconds * 1_000_000));
        let options = Options { from: seconds(from), until: seconds(until), ..Options::default() };
        let mut traces = open(&[("t", text.as_bytes())], &options).unwrap();
        let mut in_runs = open(&[("t", text.as_bytes())], &options).unwrap();
        let expected = read(&mut traces).unwrap();
        let mut scans = Vec::new();
        while in_runs.advance().unwrap() {
            let samples = in_runs.samples().iter().map(|sample| shown(sample, in_runs.catalog()));
            scans.push(shown_seconds(in_runs.at().wall.0) + &samples.collect::<String>());
            for sample in in_runs.take_lone().to_vec() {
                scans.push(shown_seconds(sample.source_time.0) + &shown(&sample, in_runs.catalog()));
            }
        }
        prop_assert_eq!(scans, expected);
        prop_assert_eq!(in_runs.counters(), traces.counters());
        prop_assert_eq!(in_runs.end(), traces.end());
    }
}

#[test]
fn unread_rows_do_not_split_scans() {
    check("timestamp,tag,value\n1,f,1\n1,unread,1\n1,unread,2\n1,g,1\n", &["1 f=1.0 g=1.0"]);
}

#[test]
fn a_wide_row_is_one_scan() {
    check("timestamp,f,g\n1,1,2\n1,,3\n1,4,\n", &["1 f=1.0 g=2.0", "1 g=3.0", "1 f=4.0"]);
}

#[test]
fn files_are_merged_by_time_and_by_their_order() {
    check_with(
        &Options::default(),
        &["timestamp,tag,value\n1,f,1\n3,f,3\n3,b,0\n", "timestamp,tag,value\n0,g,0\n3,g,3\n", "time,i\n2,2\n3,3\n"],
        &["0 g=0.0", "1 f=1.0", "2 i=2", "3 f=3.0 b=false g=3.0", "3 i=3"],
    );
}

#[test]
fn no_files_have_no_scans() {
    check_with(&Options::default(), &[], &[]);
}

#[test]
fn rows_within_the_window_are_sorted_and_stay_in_order_at_one_time() {
    let options = Options { reorder_window_micros: 2_000_000, ..Options::default() };
    check_with(
        &options,
        &["timestamp,tag,value\n5,f,5\n3,f,3\n4,unread,0\n3,f,33\n7,f,7\n5,f,55\n"],
        &["3 f=3.0", "3 f=33.0", "5 f=5.0", "5 f=55.0", "7 f=7.0"],
    );
}

#[test]
fn a_clock_that_steps_back_needs_a_window_as_long() {
    let text =
        "timestamp,f\n2013-12-16 17:15:00,1\n2013-12-16 17:20:00,2\n2013-12-16 16:25:00,3\n2013-12-16 16:30:00,4\n";
    let options = Options { reorder_window_micros: 55 * MINUTE, ..Options::default() };
    check_with(&options, &[text], &["1387211100 f=3.0", "1387211400 f=4.0", "1387214100 f=1.0", "1387214400 f=2.0"]);
}

#[test]
fn an_end_of_the_window_joins_a_merge() {
    let options = Options { reorder_window_micros: 10_000_000, ..Options::default() };
    check_with(
        &options,
        &["timestamp,tag,value\n5,f,5\n3,f,3\n", "timestamp,tag,value\n4,g,4\n6,g,6\n"],
        &["3 f=3.0", "4 g=4.0", "5 f=5.0", "6 g=6.0"],
    );
}
