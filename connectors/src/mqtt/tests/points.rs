//! What messages become, in each form of a payload: from the configuration's text to the scans.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use latchwork_config::connections::Wire;
use latchwork_config::{Colour, Memory};
use latchwork_engine::Reading;
use latchwork_expr::{Timestamp, Tz, text};

use crate::limits::MQTT_POINTS_MAX;
use crate::mqtt::client::{Content, Message};
use crate::mqtt::counters::Counters;
use crate::mqtt::intake::{Intake, Received};
use crate::mqtt::repeats::Novelty;

/// When every message comes, in seconds since 1970.
const NOW_SECONDS: i64 = 1_700_000_000;

/// An intake, as a configuration makes it: tags `Line1/Speed` (float), `Line1/State` (int), `Line1/Text` (string),
/// `Line2/Speed` (float), `Doc` (document), `Any`.
struct Desk {
    intake: Intake,
    tags: Vec<String>,
    counters: Arc<Counters>,
    begun: Instant,
}

impl Desk {
    /// Makes the intake of a connection with these topics; the last one feeds what they do not.
    fn of(topics: &str) -> Self {
        Self::with_tags(&format!("{topics}\n[[connections.topics]]\nfilter = \"catch-all/#\"\ntag = \"{{1}}\"\n{TAGS}"))
    }

    /// Makes the intake of a connection with these topics and tags.
    fn with_tags(topics: &str) -> Self {
        let text = format!("[[connections]]\nname = \"broker\"\ntype = \"mqtt\"\nurl = \"mqtt://broker\"\n{topics}");
        let read = latchwork_config::read(Path::new("plant.toml"), &Memory::of("plant.toml", text));
        let mut read = read.unwrap_or_else(|problems| panic!("{}", problems.render(Colour::Off)));
        let connection = Arc::new(read.connections.remove(0));
        let Wire::Mqtt(mqtt) = &connection.wire else { panic!("it is mqtt") };
        let counters = Arc::new(Counters::default());
        let tags = connection.tags.iter().map(|tag| tag.path.replace("[default]", "")).collect();
        Self { intake: Intake::new(&connection, mqtt, &counters), tags, counters, begun: Instant::now() }
    }

    /// Returns the scans of a message, one text each.
    fn scans(&mut self, topic: &str, payload: &[u8]) -> Vec<String> {
        let content = Content::Payload(payload.to_vec());
        let message = Message { topic: topic.to_owned(), content, held: None, is_retained: false };
        let received = Received { novelty: Novelty::New, at: self.begun, wall: Timestamp(NOW_SECONDS * 1_000_000) };
        let scans = self.intake.take(&message, received);
        let shown = |scan: &Vec<latchwork_engine::Sample>| {
            let samples = scan.iter().map(|sample| {
                let value = match &sample.reading {
                    Reading::Kept => "kept".to_owned(),
                    Reading::Value(value) => text(value, Tz::UTC),
                };
                let quality = Some(sample.quality.name()).filter(|name| *name != "Good");
                let quality = quality.map(|name| format!(" {name}")).unwrap_or_default();
                let seconds = sample.source_time.0 / 1_000_000 - NOW_SECONDS;
                let time = if seconds == 0 { String::new() } else { format!(" @{seconds}") };
                format!("{} {value}{quality}{time}", self.tags[sample.tag.index()])
            });
            samples.collect::<Vec<_>>().join(", ")
        };
        scans.iter().map(shown).collect()
    }

    #[track_caller]
    fn check(&mut self, topic: &str, payload: &str, expected: &[&str]) {
        assert_eq!(self.scans(topic, payload.as_bytes()), expected, "{payload}");
    }
}

const TAGS: &str = r#"
[[tags]]
path = "Line1/Speed"
type = "float"
connection = "broker"
[[tags]]
path = "Line1/State"
type = "int"
connection = "broker"
[[tags]]
path = "Line1/Text"
type = "string"
connection = "broker"
[[tags]]
path = "Line2/Speed"
type = "float"
connection = "broker"
[[tags]]
path = "Doc"
type = "document"
connection = "broker"
[[tags]]
path = "Any"
connection = "broker"
"#;

#[test]
fn each_member_of_an_object_is_a_tag() {
    let mut desk = Desk::of(
        r#"
[[connections.topics]]
filter = "plant/+"
tag = "{1}/{name}"
payload = "json-object"
"#,
    );
    desk.check("plant/Line1", r#"{"Speed":5,"Nobody":[{"a":1}],"State":2}"#, &["Line1/Speed 5.0, Line1/State 2"]);
    desk.check("plant/Line2", r#"{"Speed":5.5,"State":2}"#, &["Line2/Speed 5.5"]);
    desk.check("plant/Line1", r#"{"Speed":null,"Text":"a\"b"}"#, &["Line1/Speed null, Line1/Text a\"b"]);
    // A value that does not fit is its own tag's fault only.
    desk.check("plant/Line1", r#"{"State":"x","Speed":6}"#, &["Line1/State kept Bad_Failure, Line1/Speed 6.0"]);
    assert_eq!(desk.counters.conversion_errors.get(), 1);
    desk.check("plant/Line1", r#"{"Nobody":1}"#, &[]);
    desk.check("plant/Line1", "{}", &[]);
    // A member that stands twice is the second one, in a scan of its own.
    desk.check("plant/Line1", r#"{"Speed":1,"Speed":2}"#, &["Line1/Speed 1.0", "Line1/Speed 2.0"]);
}

#[test]
fn a_message_that_cannot_be_read_spoils_every_tag_that_it_may_be_for() {
    let mut desk = Desk::of(
        r#"
[[connections.topics]]
filter = "plant/+"
tag = "{1}/{name}"
payload = "json-object"
points = "$.values"
"#,
    );
    let spoiled = "Line1/Speed kept Bad_Failure, Line1/State kept Bad_Failure, Line1/Text kept Bad_Failure";
    for payload in [r#"{"values":{"Speed":1}"#, "[]", "5", r#"{"values":[1]}"#, r#"{"values":7}"#, "{}", ""] {
        desk.check("plant/Line1", payload, &[spoiled]);
    }
    assert_eq!(desk.scans("plant/Line1", b"{\"values\":{\"Speed\":\"\xff\"}}"), [spoiled]);
    assert_eq!(desk.counters.conversion_errors.get(), 8);
    desk.check("plant/Line1", r#"{"values":{"Speed":1}}"#, &["Line1/Speed 1.0"]);
}

#[test]
fn an_object_may_have_times_and_qualities_of_its_own_or_in_common() {
    let mut desk = Desk::of(
        r#"
[[connections.topics]]
filter = "common"
tag = "Line1/{name}"
payload = "json-object"
time = "$.ts"
time_unit = "s"
quality = "$.q"
[[connections.topics]]
filter = "own"
tag = "Line1/{name}"
payload = "json-object"
value = "@.v"
time = "@.t"
time_unit = "iso"
quality = "@.ok"
"#,
    );
    desk.check("common", r#"{"Speed":5,"ts":1700000010,"q":"Uncertain"}"#, &["Line1/Speed 5.0 Uncertain @10"]);
    desk.check("common", r#"{"ts":1700000011,"State":5}"#, &["Line1/State 5 @11"]);
    let own = r#"{"Speed":{"v":1,"t":"2023-11-14T22:14:20Z","ok":true},"State":{"v":2,"t":"2023-11-14T22:14:20Z","ok":false},"Text":{"v":"x"}}"#;
    desk.check("own", own, &["Line1/Speed 1.0 @60, Line1/State 2 Bad @60", "Line1/Text x"]);
    // A number is no time where times are texts; a point without a value is not found.
    let own = r#"{"Speed":{"v":1,"t":1700000060},"State":{"t":null}}"#;
    desk.check("own", own, &["Line1/Speed kept Bad_Failure, Line1/State kept Bad_NotFound"]);
}

#[test]
fn an_array_is_points_of_one_tag_each_a_scan() {
    let mut desk = Desk::of(
        r#"
[[connections.topics]]
filter = "history"
tag = "Line1/Speed"
payload = "json-array"
value = "$.v"
time = "$.t"
time_unit = "s"
quality = "$.q"
[[connections.topics]]
filter = "bare"
tag = "Line1/State"
payload = "json-array"
"#,
    );
    let points = r#"[{"v":1,"t":1700000001},{"v":2,"t":1700000002,"q":0},{"v":2,"t":1700000002,"q":0},{"v":3,"t":1700000001},{"v":4,"t":1700000003}]"#;
    desk.check("history", points, &["Line1/Speed 1.0 @1", "Line1/Speed 2.0 Bad @2", "Line1/Speed 4.0 @3"]);
    assert_eq!(desk.counters.old_dropped.get(), 2);
    desk.check(
        "bare",
        "[1, 2, null, \"x\"]",
        &["Line1/State 1", "Line1/State 2", "Line1/State null", "Line1/State kept Bad_Failure"],
    );
    desk.check("bare", "[]", &[]);
    desk.check("bare", "{}", &["Line1/State kept Bad_Failure"]);
}

#[test]
fn points_of_an_array_have_names() {
    let mut desk = Desk::of(
        r#"
[[connections.topics]]
filter = "+/metrics"
tag = "{1}/{name}"
payload = "json-array"
points = "$.metrics"
name = "@.name"
value = "@.value"
time = "@.t"
time_unit = "s"
quality = "$.quality"
"#,
    );
    let metrics = r#"{"metrics":[{"name":"Speed","value":1,"t":1700000001},{"name":"State","value":1,"t":1700000001},
        {"name":"Speed","value":2,"t":1700000002},{"name":"Nobody","value":3},{"value":4},{"name":"State","value":2}]}"#;
    desk.check(
        "Line1/metrics",
        metrics,
        &["Line1/Speed 1.0 @1, Line1/State 1 @1", "Line1/Speed 2.0 @2", "Line1/State 2"],
    );
    // The point without a name is counted.
    assert_eq!(desk.counters.conversion_errors.get(), 1);
    let bad = r#"{"quality":"Bad_Stale","metrics":[{"name":"Speed"}]}"#;
    desk.check("Line2/metrics", bad, &["Line2/Speed kept Bad_Stale"]);
}

#[test]
fn more_points_than_there_may_be_are_a_message_that_cannot_be_read() {
    let mut desk =
        Desk::of("[[connections.topics]]\nfilter = \"a\"\ntag = \"Line1/State\"\npayload = \"json-array\"\n");
    let points = |count: usize| format!("[{}]", (0..count).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
    assert_eq!(desk.scans("a", points(MQTT_POINTS_MAX).as_bytes()).len(), MQTT_POINTS_MAX);
    desk.check("a", &points(MQTT_POINTS_MAX + 1), &["Line1/State kept Bad_Failure"]);
}

#[test]
fn a_document_is_a_value_as_it_is() {
    let mut desk = Desk::of(
        r#"
[[connections.topics]]
filter = "doc/#"
tag = "{1}"
payload = "document"
time = "$.t"
time_unit = "s"
"#,
    );
    desk.check("doc/Doc", r#"{"t":1700000009,"a":[1]}"#, &[r#"Doc {"t":1700000009,"a":[1]} @9"#]);
    desk.check("doc/Any", "[1, 2]", &["Any [1,2]"]);
    desk.check("doc/Line1/Text", r#"{ "a" : 1.50 }"#, &[r#"Line1/Text { "a" : 1.50 }"#]);
    for (topic, tag) in [("doc/Doc", "Doc"), ("doc/Any", "Any"), ("doc/Line1/Text", "Line1/Text")] {
        desk.check(topic, r#"{"a":"#, &[&format!("{tag} kept Bad_Failure")]);
    }
    desk.check("doc/Doc", "5", &["Doc kept Bad_Failure"]);
}

#[test]
fn one_document_feeds_many_tags_by_topics_of_their_own() {
    let mut desk = Desk::of(
        r#"
[[connections.topics]]
filter = "a"
tag = "Line1/Speed"
payload = "json"
value = "$.speed.now"
time = "$.ts"
time_unit = "s"
[[connections.topics]]
filter = "a"
tag = "Line1/State"
payload = "json"
value = "$.states[1]"
time = "$.ts"
time_unit = "s"
[[connections.topics]]
filter = "a"
tag = "Any"
payload = "json"
value = "$.speed"
[[connections.topics]]
filter = "a"
tag = "Line1/Text"
"#,
    );
    let text = r#"{"states":[7,8],"speed":{"now":5,"x":[]},"ts":1700000001}"#;
    let expected = format!(r#"Line1/Speed 5.0 @1, Line1/State 8 @1, Any {{"now":5,"x":[]}}, Line1/Text {text}"#);
    desk.check("a", text, &[&expected]);
    // What stands twice is the second one, with nothing of the first.
    let twice = r#"{"speed":{"now":5},"speed":{"later":6},"states":[1,2],"ts":1700000002}"#;
    let expected = format!(r#"Line1/Speed kept Bad_NotFound, Line1/State 2 @2, Any {{"later":6}}, Line1/Text {twice}"#);
    desk.check("a", twice, &[&expected]);
}

#[test]
fn several_topics_are_for_one_tag_each_in_its_own_form() {
    let mut desk = Desk::of(
        r#"
[[connections.topics]]
filter = "raw/+/speed"
tag = "{1}/Speed"
[[connections.topics]]
filter = "json/#"
tag = "{1}/Speed"
payload = "json"
value = "$.v"
[[connections.topics]]
filter = "$share/group/shared/+"
tag = "{1}/Speed"
"#,
    );
    desk.check("raw/Line1/speed", "5", &["Line1/Speed 5.0"]);
    desk.check("json/Line1", r#"{"v":6}"#, &["Line1/Speed 6.0"]);
    desk.check("shared/Line1", "7", &["Line1/Speed 7.0"]);
    desk.check("shared/Line9", "7", &[]);
    assert_eq!(desk.counters.unmatched.get(), 1);
}

#[test]
fn a_source_whose_clock_is_set_back_is_heard_again_after_ten_points_or_a_minute() {
    let topics = "[[connections.topics]]\nfilter = \"a\"\ntag = \"Line1/State\"\npayload = \"json\"\nvalue = \"$.v\"\ntime = \"$.t\"\ntime_unit = \"s\"\n";
    let point = |value: i64, time: i64| format!("{{\"v\":{value},\"t\":{}}}", NOW_SECONDS + time);
    let mut desk = Desk::of(topics);
    desk.check("a", &point(1, 100), &["Line1/State 1 @100"]);
    for time in 0..10 {
        desk.check("a", &point(2, time), &[]);
    }
    assert!(desk.intake.clock_step().is_none());
    desk.check("a", &point(2, 10), &["Line1/State 2 @10"]);
    let step = desk.intake.clock_step();
    assert!(format!("{step:?}").contains("step_micros: -90000000"), "{step:?}");
    assert_eq!((desk.counters.old_dropped.get(), desk.counters.clock_steps.get()), (10, 1));

    let mut desk = Desk::of(topics);
    desk.check("a", &point(1, 100), &["Line1/State 1 @100"]);
    desk.check("a", &point(2, 1), &[]);
    desk.begun += Duration::from_secs(59);
    desk.check("a", &point(2, 2), &[]);
    desk.begun += Duration::from_secs(1);
    desk.check("a", &point(2, 3), &["Line1/State 2 @3"]);
    assert!(desk.intake.clock_step().is_some());
}

#[test]
fn a_document_nested_without_end_is_refused_where_it_is_wanted_and_stepped_over_where_not() {
    let mut desk =
        Desk::of("[[connections.topics]]\nfilter = \"a\"\ntag = \"Doc\"\npayload = \"json\"\nvalue = \"$.v\"\n");
    let deep = "[".repeat(5_000) + &"]".repeat(5_000);
    desk.check("a", &format!("{{\"v\":{deep}}}"), &["Doc kept Bad_Failure"]);
    desk.check("a", &format!("{{\"x\":{deep},\"v\":[1]}}"), &["Doc [1]"]);
}

#[test]
fn the_rules_of_a_tag_change_what_is_read_and_not_what_is_old() {
    let topic = "[[connections.topics]]\nfilter = \"a\"\ntag = \"Line1/Level\"\npayload = \"json-array\"\nvalue = \"@.v\"\n\
                 time = \"@.t\"\ntime_unit = \"s\"\nquality = \"@.q\"\n[[tags]]\npath = \"Line1/Level\"\ntype = \"float\"\n\
                 connection = \"broker\"\nraw_range = [0, 10]\nengineering_range = [0.0, 100.0]\ndeadband = 5\n";
    let mut desk = Desk::with_tags(topic);
    let points = r#"[{"v":1,"t":1700000001},{"v":1,"t":1700000001},{"v":1.4,"t":1700000002},{"v":2,"t":1700000003},
        {"v":9,"t":1700000004,"q":0},{"v":"x","t":1700000005}]"#;
    desk.check(
        "a",
        points,
        &[
            "Line1/Level 10.0 @1",
            // Nearer than the deadband: the reading is told, and the value stays.
            "Line1/Level 10.0 @2",
            "Line1/Level 20.0 @3",
            "Line1/Level 9 Bad @4",
            "Line1/Level kept Bad_OutOfRange @5",
        ],
    );
    assert_eq!(desk.counters.old_dropped.get(), 1);
}
