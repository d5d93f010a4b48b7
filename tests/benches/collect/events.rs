//! Events as gateways publish them: each run is started and stopped.

/// Returns the topic and the payload of an event, by its place among all.
pub(crate) fn event(place: u32, gateways: u32) -> (String, String) {
    let (gateway, seq) = (place % gateways, place / gateways + 1);
    let (run, is_end) = ((seq - 1) / 2, seq % 2 == 0);
    let (kind, status, revision) = if is_end { ("stopped", "COMPLETED", 2) } else { ("started", "RUNNING", 1) };
    let ended = |text: &'static str| if is_end { text } else { "null" };
    let (end, duration, reason) = (ended("\"2026-03-01T06:00:05.250000Z\""), ended("5.25"), ended("\"TRIGGER\""));
    let payload = format!(
        r#"{{"event_id":"{}","seq":{seq},"event_type":"operation.{kind}","occurred_at":"2026-03-01T06:00:00.000000Z","recorded_at":"2026-03-01T06:00:00.000000Z","gateway_id":"gw-{gateway}","configuration_version":"5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9","request_id":"{}","actor":null,"info":{{"operation_id":"000000000048KC0RVYSD6XY8HF","location_id":"0000000000V5C4T8JH8MBQ9D1K","production_order_id":null,"schedule_id":null,"revision":{revision},"last_seen_date":null,"record":{{"id":"{}","operation":"Filling","location":"Brewery/Line1/Filler","status":"{status}","start_date":"2026-03-01T06:00:00.000000Z","end_date":{end},"duration_seconds":{duration},"detected_at":"2026-03-01T06:00:00.000000Z","production_order":"PO-4711","start_reason":"TRIGGER","end_reason":{reason},"expected_duration_seconds":300.0,"overrun":false,"paused_seconds":0.0,"detected_after_gap":false,"parent_record_id":null,"captures":{{"good":4711,"speed":12.5,"recipe":"Lager"}}}},"notes":null,"created_by":null,"modified_date":null,"modified_by":null}}}}"#,
        id("E", gateway, seq),
        id("E", gateway, seq),
        id("R", gateway, run),
    );
    (format!("latchwork/gw-{gateway}/operation/{kind}"), payload)
}

/// Returns an id of 2026-03-01T06:00:00Z, and after it in the order of the numbers.
fn id(kind: &str, gateway: u32, number: u32) -> String {
    format!("01KJKZPWR0{kind}{gateway:05}{number:010}")
}
