//! The blocks as tables: inputs a second apart, outputs below them, those of IEC 61131-3 among them.

use chrono_tz::Tz;

use crate::coerce::text;
use crate::evaluate::{Context, Evaluated, FirstScan, Host};
use crate::image::Cell;
use crate::monotonic::Monotonic;
use crate::program::Program;
use crate::quality::Quality;
use crate::scheme::{Scheme, Scope};
use crate::site::Site;
use crate::value::{Timestamp, Type, Value};

const SECOND: i64 = 1_000_000;

/// A program with its image, played through time as an engine would.
struct Player {
    program: Program,
    image: Vec<Cell>,
    sites: Box<[Site]>,
    first_scan: FirstScan,
    /// When and with what outcome it was evaluated at a time of its own.
    woken: Vec<String>,
}

impl Player {
    fn new(expression: &str, first_scan: FirstScan) -> Self {
        let mut scheme = Scheme::new();
        scheme.add("a", Type::Any);
        scheme.add("b", Type::Any);
        let (program, _) = Program::compile(expression, &Scope::of(&scheme)).unwrap_or_else(|it| panic!("{it:?}"));
        let (image, sites) = (vec![Cell::default(); 2], program.fresh_sites());
        Self { program, image, sites, first_scan, woken: Vec::new() }
    }

    fn evaluate(&mut self, micros: i64) -> String {
        let (host, first_scan) = (Host::default(), self.first_scan);
        let context = Context::of(&self.image, Timestamp(micros), Tz::UTC, &host, &mut self.sites);
        let evaluated = self.program.evaluate(&mut Context { first_scan, ..context });
        shown(&evaluated)
    }

    /// Evaluates wherever a block asks for it before a time, or at it.
    fn pass(&mut self, from: i64, until: i64) {
        let mut now = from;
        while let Some(due) = Site::next_due(&mut self.sites, Monotonic(now)).filter(|due| due.0 <= until) {
            now = due.0;
            let gives = self.evaluate(now);
            self.woken.push(format!("{}:{gives}", seconds(now)));
        }
    }

    fn read(&mut self, place: usize, reading: &str) {
        let cell = &mut self.image[place];
        cell.quality = Quality::Good;
        match reading {
            "." => {}
            "?" => cell.quality = Quality::BadStale,
            "~" => cell.quality = Quality::UncertainLastKnownValue,
            "null" => cell.value = Value::Null,
            "nan" => cell.value = f64::NAN.into(),
            number => cell.value = number.parse::<i64>().map_or_else(|_| number.into(), Value::from),
        }
    }
}

fn seconds(micros: i64) -> String {
    let millis = micros / 1000;
    if millis % 1000 == 0 { (millis / 1000).to_string() } else { format!("{}.{:03}", millis / 1000, millis % 1000) }
}

/// Shows a truth as 1 or 0, anything else as text, what is not Good with `?`, an error as `x`.
fn shown(evaluated: &Evaluated) -> String {
    let value = match text(&evaluated.value, Tz::UTC).as_str() {
        "null" if evaluated.is_error() => return "x".to_owned(),
        "null" => "-".to_owned(),
        "false" => "0".to_owned(),
        "true" => "1".to_owned(),
        other => other.trim_start_matches("1970-01-01 00:00:").to_owned(),
    };
    if evaluated.quality.is_good() { value } else { format!("{value}?") }
}

/// Plays rows of readings of `a` and `b`; returns what the expression gave in each second, and on wakings.
fn play(expression: &str, first_scan: FirstScan, rows: &[&str]) -> (String, String) {
    let mut player = Player::new(expression, first_scan);
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.split_whitespace().collect()).collect();
    let mut given = Vec::new();
    let mut last = 0;
    for (place, now) in (0..rows[0].len()).zip((0..).step_by(1_000_000)) {
        player.pass(last, now);
        rows.iter().enumerate().for_each(|(tag, row)| player.read(tag, row[place]));
        given.push(player.evaluate(now));
        last = now;
    }
    player.pass(last, last + 100 * SECOND);
    (given.join(" "), player.woken.join(" "))
}

#[track_caller]
fn check(expression: &str, rows: &[&str], wanted: &str) {
    assert_eq!(play(expression, FirstScan::Arm, rows).0, wanted, "{expression} of {rows:?}");
}

#[track_caller]
fn check_fire(expression: &str, rows: &[&str], wanted: &str) {
    assert_eq!(play(expression, FirstScan::Fire, rows).0, wanted, "{expression} of {rows:?}, FIRE");
}

#[track_caller]
fn check_woken(expression: &str, rows: &[&str], wanted: &str, woken: &str) {
    let played = play(expression, FirstScan::Arm, rows);
    assert_eq!((played.0.as_str(), played.1.as_str()), (wanted, woken), "{expression} of {rows:?}");
}

#[test]
fn edges_are_true_for_one_evaluation() {
    check("rTrig({a})", &["0 1 1 0 1 0 0"], "0 1 0 0 1 0 0");
    check("fTrig({a})", &["0 1 1 0 1 0 0"], "0 0 0 1 0 1 0");
}

#[test]
fn a_first_input_fires_only_where_first_scan_says_so() {
    check("rTrig({a})", &["1 1 0 1"], "0 0 0 1");
    check_fire("rTrig({a})", &["1 1 0 1"], "1 0 0 1");
    check_fire("rTrig({a})", &["0 1"], "0 1");
    check("fTrig({a})", &["0 0 1 0"], "0 0 0 1");
    check_fire("fTrig({a})", &["0 0 1 0"], "1 0 0 1");
    check_fire("fTrig({a})", &["1 0"], "0 1");
    check("tp({a}, 1500)", &["1 1 1"], "0 0 0");
    check_fire("tp({a}, 1500)", &["1 1 1"], "1 1 0");
    check("ctu({a}, false, 1)", &["1 1"], "0 0");
    check_fire("ctu({a}, false, 1)", &["1 1"], "1 1");
    check_fire("tof({a}, 1500)", &["0 0"], "0 0");
    check_fire("rTrig({a})", &["null 1"], "- 1");
}

#[test]
fn set_wins_in_sr_and_reset_in_rs() {
    let rows = ["0 1 0 0 1 0 1 0", "0 0 0 1 1 0 1 1"];
    check("sr({a}, {b})", &rows, "0 1 1 0 1 1 1 0");
    check("rs({a}, {b})", &rows, "0 1 1 0 0 0 0 0");
}

#[test]
fn ton_counts_while_the_input_holds_and_drops_at_once() {
    check_woken("ton({a}, 2000)", &["0 1 1 1 0 1 0 1"], "0 0 0 1 0 0 0 0", "3:1 9:1");
    check_woken("ton({a}, 1500)", &["1 1 1 0"], "0 0 1 0", "1.500:1");
    check_woken("ton({a}, 0)", &["0 1 0"], "0 1 0", "");
}

#[test]
fn tof_holds_after_the_fall() {
    check_woken("tof({a}, 2000)", &["0 0 1 1 0 0 0 1 0 1"], "0 0 1 1 1 1 0 1 1 1", "6:0");
    check_woken("tof({a}, 1500)", &["1 0 0 0"], "1 1 1 0", "2.500:0");
    check_woken("tof({a}, 0)", &["1 0"], "1 0", "");
}

#[test]
fn tp_is_not_retriggerable() {
    check_woken("tp({a}, 2500)", &["0 1 0 1 1 1 0 1 1"], "0 1 1 1 0 0 0 1 1", "3.500:0 9.500:0");
    check_woken("tp({a}, 2000)", &["0 1 0 1 0"], "0 1 1 1 1", "3:0 5:0");
    check_woken("tp({a}, 0)", &["0 1 0"], "0 0 0", "");
}

#[test]
fn counters_count_rises_and_are_told_what_to_begin_with() {
    check("ctu({a}, {b}, 2)", &["0 1 1 0 1 0 1 1 0 1", "0 0 0 0 0 0 0 1 0 0"], "0 0 0 0 1 1 1 0 0 0");
    check("ctu({a}, {b}, 1)", &["0 1 1", "0 1 0"], "0 0 0");
    check("ctd({a}, {b}, 2)", &["0 0 1 0 1 0 1 1 0", "0 1 0 0 0 0 0 1 0"], "1 0 0 0 1 1 1 0 0");
    check("ctd({a}, {b}, 1)", &["0 1 1", "0 1 0"], "1 0 0");
    check("ctu({a}, false, 1.5)", &["0"], "x");
}

#[test]
fn hysteresis_stays_between_its_ends() {
    check("hysteresis({a}, 10, 5)", &["7 10 6 5 9 11 nan 4"], "0 1 1 0 0 1 1 0");
    check("hysteresis({a}, 5, 10)", &["4 7 7 11 7 4"], "0 1 1 1 1 0");
    check("hysteresis({a}, {b}, 5)", &["7 7 7 4", "8 7 9 2"], "0 1 1 1");
}

#[test]
fn previous_is_the_value_of_the_evaluation_before() {
    check("previous({a})", &["1 2 2 3 ? 5 null 6"], "- 1 2 2 2? 3 3 5");
}

#[test]
fn last_change_is_the_scan_of_the_last_change() {
    check("lastChange({a})", &["7 7 8 ? 8 9"], "00.000 00.000 02.000 02.000? 02.000 05.000");
    check("lastChange({a})", &["nan nan 1"], "00.000 00.000 02.000");
}

#[test]
fn stable_for_counts_from_the_last_change() {
    check_woken("stableFor({a}, 2000)", &["7 7 7 8 8 9 9 9"], "0 0 1 0 0 0 0 1", "2:1 5:1 7:1");
    check_woken("stableFor({a}, 0)", &["7 8"], "1 1", "");
}

#[test]
fn a_rate_is_the_change_over_the_window() {
    check_woken("rate({a}, 2000)", &["0 1 2 3 3 3 3"], "0.0 1.0 1.0 1.0 0.5 0.0 0.0", "2:0.5 3:0.5 4:0.5 5:0.0");
    check("rate({a}, 60000)", &["0 . . 6 . 5"], "0.0 0.0 0.0 2.0 1.5 1.0");
    check_woken("rate({a}, 500)", &["0 10 10"], "0.0 20.0 0.0", "0.500:0.0 1.500:0.0");
    check("rate({a}, 0)", &["1"], "x");
    check("rate({a}, 1000)", &["1 nan 3"], "0.0 x 2.0");
}

#[test]
fn a_block_freezes_while_an_input_is_not_good_or_null() {
    check("rTrig({a})", &["0 ? 1 1"], "0 0? 1 0");
    check("rTrig({a})", &["0 1 ? 1 0 null 1"], "0 1 1? 0 0 0 1");
    check("rTrig({a})", &["? ~ null 1 0 1"], "-? -? - 0 0 1");
    check("sr({a}, {b})", &["1 ? 0", "0 1 0"], "1 1? 1");
    check("hysteresis({a}, 10, {b})", &["10 4 4", "5 null 5"], "1 1 0");
    // The time goes on, but completes only when the input is known again.
    check_woken("ton({a}, 2000)", &["1 ? ? ? 1 1"], "0 0? 0? 0? 1 1", "");
    check_woken("ton({a}, 5000)", &["1 ? 1 1"], "0 0? 0 0", "5:1");
    check_woken("tof({a}, 2000)", &["1 0 ? ? 0"], "1 1 1? 1? 0", "");
    check_woken("stableFor({a}, 2000)", &["7 ? ? 7"], "0 0? 0? 1", "");
    check_woken("rate({a}, 2000)", &["0 2 ? 2"], "0.0 2.0 1.0? 0.0", "2:1.0");
    check("ctu({a}, false, 2)", &["0 1 ? 0 1"], "0 0 0? 0 1");
}

#[test]
fn an_input_that_is_none_is_an_error_and_changes_nothing() {
    check("rTrig({a})", &["0 maybe 1"], "0 x 1");
    check("ton({a}, {b})", &["1 1 1", "2000 -5 2000"], "0 x 1");
    check("rTrig(1 + null)", &["0"], "x");
}

#[test]
fn a_block_that_is_skipped_wakes_once_and_keeps_its_state() {
    check_woken("{b} && ton({a}, 2000)", &["1 1 1 1", "1 0 0 1"], "0 0 0 1", "2:0");
}

#[test]
fn blocks_in_blocks_wake_when_the_inner_one_does() {
    check_woken("ton(tp({a}, 3000), 1000)", &["0 1 0 0 0"], "0 0 1 1 0", "2:1 4:0");
    check_woken("rTrig(ton({a}, 1500))", &["1 1"], "0 0", "1.500:1");
}

#[test]
fn the_time_may_be_another_in_each_evaluation() {
    check_woken("ton({a}, {b})", &["1 1 1 1", "9000 1500 2500 2500"], "0 0 0 1", "1.500:1 2.500:1");
}

#[test]
fn a_long_window_grows_coarser_but_no_shorter() {
    let mut player = Player::new("rate({a}, 3600000)", FirstScan::Arm);
    for second in 0..4000 {
        player.read(0, &second.to_string());
        player.evaluate(second * SECOND);
    }
    let Site::Block(block) = &player.sites[0] else { panic!("{:?}", player.sites) };
    let crate::site::Memory::Window(window) = &block.memory else { panic!("{block:?}") };
    assert!((300..=600).contains(&window.0.len()), "{}", window.0.len());
    let Value::Float(rate) = block.output else { panic!("{block:?}") };
    assert!((rate - 1.0).abs() < 0.01, "{rate}");
}
