//! An explanation for programs. Its keys are in `docs/outputs.md`.

use latchwork_engine::{
    Arrival, Began, Fate, HoldEnd, Known, Missed, Moment, OrderResolution, Pending, Record, ScanTime,
    TriggerExplanation, TriggerRole, Why,
};
use latchwork_expr::{instant_text, value_to_json};
use serde_json::{Value as Json, json};

use super::findings::{Findings, Scanned, Source, TagFinding};
use super::page::scope_name;
use super::phrases::{missed_words, strategy_name, why_words};
use super::trigger::asks_for;
use crate::output::records::write_json;

impl Findings {
    /// Returns the explanation as one object.
    pub fn to_json(&self) -> Json {
        let (row, explanation) = (self.operation(), &self.explanation);
        let trigger = |role| self.explained(role).map(|found| self.trigger_json(found));
        let (scans, ended) = match self.source {
            Source::Trace { scans, ended } => (Some(scans), ended),
            Source::Gateway => (None, None),
        };
        json!({
            "operation": row.name,
            "location": self.plant.locations[row.location.index()].path,
            "at": instant_text(explanation.now.wall),
            "scan": self.last.map(scan_json),
            "verdict": self.verdict(),
            "status": explanation.status.name(),
            "enabled": row.enabled,
            "record": explanation.open.as_ref().map(|record| self.record_json(record)),
            "start": trigger(TriggerRole::Start),
            "stop": trigger(TriggerRole::Stop),
            "fault": trigger(TriggerRole::Fault),
            "held_off_until": explanation.held_off_until.map(date),
            "interrupted": explanation.is_interrupted,
            "start_now": self.fate_json(&explanation.fate),
            "last_ignored": self.ignored_json(),
            "conflict": self.conflict_json(),
            "maximum_due": explanation.maximum_due.map(date),
            "overrun_due": explanation.overrun_due.map(date),
            "production_order": self.order_json(),
            "trouble": explanation.trouble.as_ref().map(latchwork_expr::Text::as_str),
            "tags": self.tags.iter().map(|tag| self.tag_json(tag)).collect::<Vec<_>>(),
            "window_seconds": seconds(self.window_micros),
            "before": self.before.iter().map(scanned_json).collect::<Vec<_>>(),
            "left_out": self.left_out,
            "after": self.after.iter().map(scanned_json).collect::<Vec<_>>(),
            "scans_read": scans,
            "trace_ended": ended.map(instant_text),
        })
    }

    fn record_json(&self, record: &Record) -> Json {
        let mut line = Vec::new();
        write_json(&mut line, record, &self.plant);
        serde_json::from_slice(&line).unwrap_or_default()
    }

    fn trigger_json(&self, found: &TriggerExplanation) -> Json {
        let trigger = self.trigger(found.role);
        let level = match &found.level {
            Known::Nothing => Json::Null,
            Known::Truth(truth) => Json::from(*truth),
            Known::Value(value) => value_to_json(value),
        };
        json!({
            "expression": trigger.map(|trigger| trigger.program.text()),
            "asks_for": trigger.map(asks_for),
            "level": level,
            "level_since": found.came.map(|came| date(came.when.at)),
            "level_came": found.came.map(|came| arrival_name(came.how)),
            "known": found.is_known,
            "known_since": found.known_since.map(|when| date(when.at)),
            "unknown_because": if found.is_known { Vec::new() } else { self.reasons(found) },
            "pending": found.pending.as_ref().map(|pending| self.pending_json(pending)),
            "fired": found.fired.as_ref().map(|fired| json!({
                "at": date(fired.when.at), "edge": edge_json(&fired.edge), "value": value_to_json(&fired.value),
            })),
            "missed": found.missed.as_ref().map(|missed| self.missed_json(found.role, missed)),
            "evaluated": found.evaluated.map(|when| date(when.at)),
            "tree": found.tree.to_json(),
        })
    }

    fn pending_json(&self, pending: &Pending) -> Json {
        let Pending { edge, deadline, is_overdue, candidate, fate } = pending;
        let stood = self.explanation.now.monotonic.micros_since(edge.when.at.monotonic);
        json!({
            "edge": edge_json(edge),
            "stood_seconds": seconds(stood),
            "hold_seconds": seconds(deadline.monotonic.micros_since(edge.when.at.monotonic)),
            "fires_at": date(*deadline),
            "overdue": is_overdue,
            "value": value_to_json(candidate),
            "then": fate.as_ref().map(|fate| self.fate_json(fate)),
        })
    }

    fn missed_json(&self, role: TriggerRole, missed: &Missed) -> Json {
        let Missed { edge, deadline, overdue, candidate, when, why } = missed;
        let text = self.trigger(role).map(|trigger| missed_words(missed, trigger.kind, self.clock.zone()));
        json!({
            "at": date(when.at),
            "edge": edge_json(edge),
            "stood_seconds": seconds(when.at.monotonic.micros_since(edge.when.at.monotonic)),
            "hold_seconds": seconds(deadline.micros_since(edge.when.at.monotonic)),
            "overdue": overdue,
            "value": value_to_json(candidate),
            "because": end_name(why),
            "text": text,
        })
    }

    /// Returns what a start comes to: `OPENS`, or why it opens nothing.
    fn fate_json(&self, fate: &Fate) -> Json {
        match fate {
            Fate::Opens => json!({"opens": true, "because": null, "text": null}),
            Fate::Ignored(why) => {
                let text = why_words(why, &self.plant, self.clock);
                json!({"opens": false, "because": why_name(why), "text": text})
            }
        }
    }

    fn ignored_json(&self) -> Json {
        let Some(ignored) = &self.explanation.ignored else { return Json::Null };
        let text = why_words(&ignored.why, &self.plant, self.clock);
        json!({
            "at": date(ignored.when.at), "edge": edge_json(&ignored.edge), "because": why_name(&ignored.why), "text": text,
        })
    }

    fn conflict_json(&self) -> Json {
        let row = self.operation();
        let open = self.explanation.in_scope.iter().map(|run| {
            let other = &self.plant.operations[run.operation.index()];
            json!({
                "operation": other.name,
                "location": self.plant.locations[other.location.index()].path,
                "record_id": run.record.to_string(),
                "start_date": date(run.start),
                "stop_pending": run.is_stopping,
            })
        });
        json!({
            "strategy": strategy_name(row.conflict_strategy),
            "scope": scope_name(row.conflict_scope),
            "open": open.collect::<Vec<_>>(),
        })
    }

    fn order_json(&self) -> Json {
        let order = &self.explanation.order;
        let resolution = match &self.operation().order {
            OrderResolution::None => "NONE",
            OrderResolution::Manual => "MANUAL",
            OrderResolution::Expression(..) => "EXPRESSION",
            OrderResolution::Schedule => "SCHEDULE",
        };
        json!({
            "resolution": resolution,
            "value": order.good.as_ref().map(latchwork_expr::Text::as_str),
            "assigned": order.assigned.as_ref().map(latchwork_expr::Text::as_str),
            "commanded": order.is_commanded,
            "waits_for_stop": order.waits_for_stop,
            "tree": order.tree.as_ref().map(latchwork_expr::Explained::to_json),
        })
    }

    fn tag_json(&self, TagFinding { slot, cell, since }: &TagFinding) -> Json {
        json!({
            "tag": self.path(*slot),
            "value": value_to_json(&cell.value),
            "quality": cell.quality.name(),
            "source_time": (cell.time.0 != 0).then(|| instant_text(cell.time)),
            "quality_since": since.map(date),
        })
    }
}

fn scanned_json(Scanned { when, phrases }: &Scanned) -> Json {
    let what = phrases.iter().map(|phrase| json!({"kind": phrase.kind, "text": phrase.text}));
    json!({"at": date(when.at), "scan": when.scan, "what": what.collect::<Vec<_>>()})
}

fn scan_json(when: ScanTime) -> Json {
    json!({"at": date(when.at), "scan": when.scan})
}

fn edge_json(edge: &Began) -> Json {
    json!({"at": date(edge.when.at), "after_gap": edge.after_gap})
}

fn date(at: Moment) -> String {
    instant_text(at.wall)
}

#[expect(clippy::cast_precision_loss, reason = "spans of 285 years keep their microseconds")]
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

const fn arrival_name(how: Arrival) -> &'static str {
    match how {
        Arrival::Armed => "ARMED",
        Arrival::Seen => "SEEN",
        Arrival::AcrossGap => "ACROSS_GAP",
    }
}

const fn end_name(why: &HoldEnd) -> &'static str {
    match why {
        HoldEnd::Lost => "LOST",
        HoldEnd::Returned => "RETURNED",
        HoldEnd::OtherValue(_) => "OTHER_VALUE",
        HoldEnd::Emptied => "EMPTY_TEXT",
        HoldEnd::BeganAgain => "BEGAN_AGAIN",
    }
}

const fn why_name(why: &Why) -> &'static str {
    match why {
        Why::Disabled => "DISABLED",
        Why::OrderOpened => "ORDER_OPENED",
        Why::Continues => "CONTINUES",
        Why::HeldOff(_) => "HELD_OFF",
        Why::Conflict { .. } => "CONFLICT",
    }
}
