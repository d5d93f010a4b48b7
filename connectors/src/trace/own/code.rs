//! Readings and notices of own traces as JSON.

use latchwork_engine::{Loss, Notice, Reading, SkippedScan};
use latchwork_expr::{Text, Timestamp, exact};
use serde_json::{Value as Json, json};

/// The reading that keeps the last value.
const KEPT: &str = "kept";

/// Returns a reading as JSON: a value as `latchwork_expr::exact` writes it, or that the last one is kept.
pub(crate) fn encode_reading(reading: &Reading) -> Json {
    match reading {
        Reading::Value(value) => exact::to_json(value),
        Reading::Kept => json!({KEPT: true}),
    }
}

/// Returns the reading of a JSON value.
pub(crate) fn decode_reading(json: Json) -> Option<Reading> {
    if json.get(KEPT).is_some() { Some(Reading::Kept) } else { exact::from_json(json).map(Reading::Value) }
}

/// Returns a notice as JSON: the type of its event, and what it is about.
pub(crate) fn encode_notice(notice: &Notice) -> Json {
    match notice {
        Notice::GatewayStarted => json!({"event": "gateway.started"}),
        Notice::GatewayStopped => json!({"event": "gateway.stopped"}),
        Notice::ConnectionUp { connection } => json!({"event": "connection.up", "connection": connection.as_str()}),
        Notice::ConnectionDown { connection, reason } => {
            json!({"event": "connection.down", "connection": connection.as_str(), "reason": reason.as_str()})
        }
        Notice::ConnectionClockStepped { connection, step_micros } => {
            json!({"event": "connection.clock_stepped", "connection": connection.as_str(), "step_micros": step_micros})
        }
        Notice::SamplesLost(loss) => json!({
            "event": "gateway.samples_lost",
            "connection": loss.connection.as_str(),
            "count": loss.count,
            "from": loss.from.0,
            "until": loss.until.0,
            "tags": loss.tags.iter().map(Text::as_str).collect::<Vec<_>>(),
        }),
        Notice::ScanSkipped(skipped) => json!({
            "event": "gateway.scan_skipped",
            "kind": skipped.kind.as_str(),
            "count": skipped.count,
            "crashes": skipped.crashes,
            "reason": skipped.reason.as_str(),
            "tags": skipped.tags.iter().map(Text::as_str).collect::<Vec<_>>(),
        }),
        Notice::ProductionOrderChanged { order, status } => {
            json!({"event": "production_order.status_changed", "production_order": order.as_str(), "status": status})
        }
        Notice::OutboxDropped { count, first_seq, last_seq } => {
            json!({"event": "outbox.dropped", "count": count, "first_seq": first_seq, "last_seq": last_seq})
        }
    }
}

/// Returns the notice of JSON that [`encode_notice`] wrote.
pub(crate) fn decode_notice(json: &Json) -> Option<Notice> {
    let text = |key: &str| json.get(key)?.as_str().map(Text::from);
    let number = |key: &str| json.get(key)?.as_i64();
    let count = |key: &str| json.get(key)?.as_u64();
    Some(match json.get("event")?.as_str()? {
        "gateway.started" => Notice::GatewayStarted,
        "gateway.stopped" => Notice::GatewayStopped,
        "connection.up" => Notice::ConnectionUp { connection: text("connection")? },
        "connection.down" => Notice::ConnectionDown { connection: text("connection")?, reason: text("reason")? },
        "connection.clock_stepped" => {
            Notice::ConnectionClockStepped { connection: text("connection")?, step_micros: number("step_micros")? }
        }
        "gateway.samples_lost" => Notice::SamplesLost(Box::new(Loss {
            connection: text("connection")?,
            count: count("count")?,
            from: Timestamp(number("from")?),
            until: Timestamp(number("until")?),
            tags: texts(json.get("tags")?)?,
        })),
        "gateway.scan_skipped" => Notice::ScanSkipped(Box::new(SkippedScan {
            kind: text("kind")?,
            count: count("count")?,
            crashes: count("crashes")?,
            reason: text("reason")?,
            tags: texts(json.get("tags")?)?,
        })),
        "production_order.status_changed" => Notice::ProductionOrderChanged {
            order: text("production_order")?,
            status: serde_json::from_value(json.get("status")?.clone()).ok()?,
        },
        "outbox.dropped" => Notice::OutboxDropped {
            count: count("count")?,
            first_seq: count("first_seq")?,
            last_seq: count("last_seq")?,
        },
        _ => return None,
    })
}

fn texts(json: &Json) -> Option<Vec<Text>> {
    json.as_array()?.iter().map(|text| text.as_str().map(Text::from)).collect()
}

#[cfg(test)]
mod tests {
    use latchwork_engine::OrderStatus;

    use super::*;

    #[test]
    fn what_is_kept_and_what_nobody_writes_differ_from_every_value() {
        let kept = encode_reading(&Reading::Kept);
        assert_eq!(kept.to_string(), "{\"kept\":true}");
        assert!(matches!(decode_reading(kept), Some(Reading::Kept)));
        assert!(decode_reading(json!({"colour": 1})).is_none());
    }

    #[test]
    fn notices_come_back() {
        let down = Notice::ConnectionDown { connection: "plc".into(), reason: "refused".into() };
        let up = Notice::ConnectionUp { connection: "plc".into() };
        let stepped = Notice::ConnectionClockStepped { connection: "broker".into(), step_micros: -5 };
        let loss = Loss {
            connection: "broker".into(),
            count: 7,
            from: Timestamp(1),
            until: Timestamp(2),
            tags: vec!["[default]a".into()],
        };
        let behind = Notice::SamplesLost(Box::new(loss));
        let changed = Notice::ProductionOrderChanged { order: "PO-1".into(), status: OrderStatus::Closed };
        assert_eq!(decode_notice(&encode_notice(&changed)), Some(changed));
        let dropped = Notice::OutboxDropped { count: 2, first_seq: 7, last_seq: 9 };
        let skipped = Notice::ScanSkipped(Box::new(SkippedScan {
            kind: "samples".into(),
            count: 3,
            crashes: 2,
            reason: "index out of bounds".into(),
            tags: vec!["[default]a".into()],
        }));
        for notice in [Notice::GatewayStarted, Notice::GatewayStopped, up, down, stepped, behind, skipped, dropped] {
            assert_eq!(decode_notice(&encode_notice(&notice)), Some(notice));
        }
        for json in [json!({}), json!({"event": "connection.up"}), json!({"event": "colour"})] {
            assert_eq!(decode_notice(&json), None, "{json}");
        }
    }
}
