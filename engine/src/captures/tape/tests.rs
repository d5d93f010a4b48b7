//! Tapes as tables: levels in, what they come to out, however they were merged on the way.

use super::*;

/// Plays levels a second apart, `x` for an unknown one and `=` in front of one in a pause, and tells what it comes to
/// at a second. Before each level `shape` may merge what is there.
fn measured(mode: CaptureMode, levels: &str, end: i64, shape: impl Fn(&mut Tape, Cut)) -> String {
    let mut tape = Tape::default();
    for (second, level) in (0..).zip(levels.split(' ')) {
        let (paused, level) = level.strip_prefix('=').map_or((false, level), |level| (true, level));
        let level = level.parse().map(Value::Integer).unwrap_or_default();
        shape(&mut tape, cut(second));
        tape.take(cut(second), level, paused);
    }
    format!("{:?}", tape.tally(mode, cut(end)).value(mode))
}

fn cut(second: i64) -> Cut {
    Cut { at: Monotonic(second * 1_000_000), scan: u64::try_from(second).unwrap() }
}

/// Does something to a tape before a scan.
type Shape<'a> = &'a dyn Fn(&mut Tape, Cut);

/// Whatever was merged on the way, it comes to the same.
#[track_caller]
fn check(mode: CaptureMode, levels: &str, end: i64, expected: &str) {
    // Marks are past: they are edges of holds that are pending.
    let coarsen = |tape: &mut Tape, now: Cut, marks: &[Cut]| {
        let marks: Vec<Cut> = marks.iter().copied().filter(|&mark| mark < now).collect();
        tape.coarsen(mode, &marks);
    };
    let folds: [Shape<'_>; 5] = [
        &|_, _| {},
        &|tape, _| tape.fold(mode, None),
        &|tape, _| tape.fold(mode, Some(cut(2))),
        &|tape, now| coarsen(tape, now, &[cut(end)]),
        &|tape, now| coarsen(tape, now, &[cut(1), cut(3), cut(end)]),
    ];
    for (place, fold) in folds.iter().enumerate() {
        // Without a mark there, only the end can be asked for.
        if place != 1 && place != 2 || levels.split(' ').count() <= usize::try_from(end).unwrap() {
            assert_eq!(measured(mode, levels, end, fold), expected, "{levels}, {place}");
        }
    }
}

#[test]
fn extremes_count_both_ends() {
    check(CaptureMode::Min, "5 7 3 9 1", 4, "Integer(1)");
    check(CaptureMode::Min, "5 7 3 9 1", 3, "Integer(3)");
    check(CaptureMode::Max, "5 x 3 9 1", 3, "Integer(9)");
    check(CaptureMode::Max, "x x x", 4, "Null");
}

#[test]
fn a_mean_weighs_by_known_time() {
    check(CaptureMode::Mean, "4 8", 3, "Float(6.666666666666667)");
    check(CaptureMode::Mean, "4 x x 8", 4, "Float(6.0)");
    check(CaptureMode::Mean, "4 8", 1, "Float(4.0)");
    check(CaptureMode::Mean, "4", 0, "Float(4.0)");
    check(CaptureMode::Mean, "x x 3", 2, "Float(3.0)");
}

#[test]
fn increases_leave_out_what_a_reset_loses() {
    check(CaptureMode::SumOfIncreases, "5 7 2 6", 5, "Integer(6)");
    check(CaptureMode::SumOfIncreases, "5 x x 9", 5, "Integer(4)");
    check(CaptureMode::SumOfIncreases, "5 4", 5, "Integer(0)");
    check(CaptureMode::SumOfIncreases, "x", 5, "Null");
}

#[test]
fn changes_are_between_known_values() {
    check(CaptureMode::CountOfChanges, "5 5 x 5 6 x 7", 9, "Integer(2)");
    check(CaptureMode::CountOfChanges, "5 6 7", 1, "Integer(1)");
}

#[test]
fn a_pause_counts_for_nothing() {
    check(CaptureMode::Mean, "4 =100 =100 8", 4, "Float(6.0)");
    check(CaptureMode::Max, "4 =100 8", 5, "Integer(8)");
    check(CaptureMode::SumOfIncreases, "4 5 =5 =50 50 51", 9, "Integer(2)");
    check(CaptureMode::CountOfChanges, "4 =5 6 7", 9, "Integer(1)");
    check(CaptureMode::Max, "4 =9", 5, "Integer(4)");
}

#[test]
fn a_point_within_a_merged_piece_is_its_end() {
    let mode = CaptureMode::Max;
    let folded = |end| measured(mode, "1 2 3 4 5", end, |tape, _| tape.fold(mode, None));
    assert_eq!((folded(1), folded(4)), ("Integer(4)".to_owned(), "Integer(5)".to_owned()));
}

#[test]
fn a_run_begins_within_a_piece() {
    let mut tape = Tape::default();
    for (second, level) in [(0, 1), (5, 2)] {
        tape.take(cut(second), Value::Integer(level), false);
    }
    assert!(matches!(tape.begin(cut(3), false), Value::Integer(1)));
    assert_eq!(tape.beginning(), Some(cut(3)));
    let mean = tape.tally(CaptureMode::Mean, cut(7)).value(CaptureMode::Mean);
    assert!(matches!(mean, Value::Float(mean) if (mean - 1.5).abs() < 1e-12), "{mean:?}");
}
