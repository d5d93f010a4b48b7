//! Correcting closed records.

use std::sync::Arc;

use latchwork_engine::{Effect, Engine, Moment, Monotonic};
use latchwork_expr::Timestamp;
use latchwork_gateway::drive::{Drive, Sink};
use serde_json::Value as Json;

use super::{FAMILY, MANUAL, RUNS, play};
use crate::asking::Ledger;
use crate::model::command::ModelCommand;
use crate::model::names::CommandKind;
use crate::rerun;

#[test]
fn a_closed_record_is_corrected_in_its_place() {
    let told = play(MANUAL, "5 start A\n 9 stop A\n 20 edit @A start=3 end=12 order=PO-1 notes=forgotten as=anna");
    let told = told.runs(&["A 3..12 COMMAND/COMMAND COMPLETED order=PO-1"]).rejects(&[]);
    assert_eq!(told.outcome.record_rows()[0]["duration_seconds"], 9.0);
    let event = told.events("operation.edited").remove(0);
    let info = &event["info"];
    assert_eq!(event["actor"], "anna");
    assert_eq!((&info["notes"], &info["modified_by"]), (&"forgotten".into(), &"anna".into()));
    assert_eq!(super::second(&info["modified_date"]), "20");
    assert_eq!(info["revision"], 3);
    let started = told.events("operation.started").remove(0);
    assert_eq!(info["record"]["id"], started["info"]["record"]["id"], "an edit never changes an id");
    assert_eq!(started["info"]["modified_date"], Json::Null);
}

#[test]
fn only_what_is_given_changes() {
    play(MANUAL, "5 start A order=PO-1\n 7 pause A\n 8 resume A\n 9 stop A\n 20 edit @A end=10")
        .runs(&["A 5..10 COMMAND/COMMAND COMPLETED order=PO-1 paused=1.0"]);
    play(MANUAL, "5 start A\n 7 pause A\n 9 stop A\n 20 edit @A start=8")
        .runs(&["A 8..9 COMMAND/COMMAND COMPLETED paused=1.0"]);
}

#[test]
fn records_do_not_overlap() {
    let story = |edit: &str| format!("5 start A\n 9 stop A\n 12 start A\n 15 stop A\n 18 start A\n 30 edit {edit}");
    let plant = |n: usize| format!("{MANUAL}spare1 = \"{n}\"\n");
    // `@A` is the open record here: it is not edited.
    play(&plant(1), &story("@A end=20")).rejects(&["StateConflict: the record is open"]);
    let two = "5 start A\n 9 stop A\n 12 start A\n 15 stop A";
    play(MANUAL, &format!("{two}\n 30 edit @A start=8")).rejects(&["RecordOverlap: the record before ended at"]);
    play(MANUAL, &format!("{two}\n 30 edit @A start=9 end=30")).rejects(&[]);
    let rows = play(MANUAL, "5 start A\n 9 stop A").outcome.record_rows();
    let earlier = rows[0]["id"].as_str().unwrap();
    play(MANUAL, &format!("{two}\n 30 edit {earlier} end=13")).rejects(&["RecordOverlap: the next record began at"]);
    play(MANUAL, &format!("{two}\n 30 edit {earlier} end=12")).rejects(&[]);
    let first = "5 start A\n 9 stop A\n 10 edit @A end=10";
    play(MANUAL, first).runs(&["A 5..10 COMMAND/COMMAND COMPLETED"]);
}

#[test]
fn times_of_an_edit_are_in_order_and_in_the_past() {
    let closed = "5 start A\n 9 stop A\n";
    play(MANUAL, &format!("{closed} 20 edit @A end=21")).rejects(&["TimeInFuture: "]);
    play(MANUAL, &format!("{closed} 20 edit @A start=10")).rejects(&["TimeBeforePrevious: the end, "]);
    play(MANUAL, "5 edit 017BT4K86YJQAHS8X7VWEFPAHH notes=x").rejects(&["NotFound: there is no record 017BT4K86"]);
}

#[test]
fn the_times_of_children_are_corrected_alike() {
    let told = play(FAMILY, "5 start A\n 9 stop A\n 20 edit @A start=3 end=12");
    let told = told.runs(&["A 3..12 COMMAND/COMMAND COMPLETED", "B 3..12 PARENT/PARENT COMPLETED"]);
    assert_eq!(told.events("operation.edited").len(), 2);
    // Notes are the record's own.
    let told = play(FAMILY, "5 start A\n 9 stop A\n 20 edit @A notes=late");
    assert_eq!(told.events("operation.edited").len(), 1);
}

#[test]
fn what_comes_after_goes_by_the_corrected_times() {
    // The end was entered too late: what really came next can be entered now.
    play(MANUAL, "5 start A\n 20 stop A\n 21 edit @A end=9\n 30 start A at=12")
        .runs(&["A 5..9 COMMAND/COMMAND COMPLETED", "A 12.. COMMAND/ RUNNING"])
        .rejects(&[]);
    play(MANUAL, "5 start A\n 9 stop A\n 21 edit @A end=20\n 30 start A at=12")
        .runs(&["A 5..20 COMMAND/COMMAND COMPLETED"])
        .rejects(&["TimeBeforePrevious: "]);
    // The hold-off counts from the corrected start.
    let plant = format!("{RUNS}restart_holdoff_millis = 10000\n");
    play(&plant, "1 run=false\n 5 run=true\n 7 run=false\n 8 edit @A start=1\n 12 run=true")
        .runs(&["A 1..7 TRIGGER/TRIGGER COMPLETED", "A 12.. TRIGGER/ RUNNING"]);
}

#[test]
fn an_overrun_is_worked_out_again() {
    let plant = format!("{MANUAL}expected_duration_seconds = 10\n");
    play(&plant, "5 start A\n 20 stop A\n 30 edit @A end=15").runs(&["A 5..15 COMMAND/COMMAND COMPLETED"]);
    play(&plant, "5 start A\n 9 stop A\n 30 edit @A end=16").runs(&["A 5..16 COMMAND/COMMAND COMPLETED overrun"]);
}

/// What was told of records, and the kinds of rejections.
#[derive(Default)]
struct Told {
    ledger: Ledger,
    rejections: Vec<&'static str>,
}

impl Sink for Told {
    fn take(&mut self, engine: &Engine, effects: &mut Vec<Effect>) {
        for effect in effects.iter() {
            match effect {
                Effect::Event(event) => self.ledger.note(event, engine),
                Effect::Answered(answer) => {
                    self.rejections.extend(answer.answer.as_ref().err().map(|no| no.kind.name()));
                }
                Effect::OrderCreated(_) | Effect::SchedulePaused(_) | Effect::Write(_) => {}
            }
        }
    }
}

#[test]
fn a_run_that_began_since_the_record_was_fetched_is_not_run_over() {
    for (end, rejections) in [(13, vec!["RecordOverlap"]), (12, vec![])] {
        let at = |second: i64| second * 1_000_000;
        let moment = |micros| Moment { monotonic: Monotonic(micros), wall: Timestamp(micros) };
        let asked = |kind, second, until| ModelCommand {
            at: at(second),
            kind,
            operation: "A".to_owned(),
            order: None,
            since: None,
            until,
        };
        let mut drive = Drive::new(Engine::new(Arc::new(rerun::configuration(MANUAL).unwrap().plant)));
        let mut told = Told::default();
        for (kind, second) in [(CommandKind::Start, 5), (CommandKind::Stop, 9), (CommandKind::Start, 12)] {
            let edit = asked(CommandKind::Edit, 20, Some(at(end)));
            // Fetched before the second start.
            let edit = told.ledger.command(&edit, drive.engine());
            let asked = asked(kind, second, None);
            let command = told.ledger.command(&asked, drive.engine());
            drive.command(moment(asked.at), None, &command, &mut told);
            if second == 12 {
                drive.command(moment(at(20)), None, &edit, &mut told);
            }
        }
        assert_eq!(told.rejections, rejections, "an end in second {end}");
    }
}
