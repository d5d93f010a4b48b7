//! The program as people run it: what it prints where, and how it ends.
#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it set it up")]

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const PLANT: &str = r#"
[gateway]
id = "test"

[[tags]]
path = "Line/Running"
type = "bool"
[[tags]]
path = "Line/Speed"
type = "float"

[[operations]]
name = "Filling"
location = "Line"
start_trigger_expression = "{Line/Running} && {Line/Speed} > 5"
stop_trigger_expression = "{Line/Running}"
"#;

const TRACE: &str = "timestamp,tag,value,quality
2026-01-01T00:00:00Z,Line/Speed,7,Good
2026-01-01T00:00:00Z,Line/Running,false,Good
2026-01-01T00:00:10Z,Line/Running,true,Good
2026-01-01T00:00:40Z,Line/Running,false,Good
2026-01-01T00:00:50Z,Line/Running,true,Good
2026-01-01T00:01:00Z,Line/Other,1,Good
";

/// A folder that is gone with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        let folder = Self(path);
        folder.write("plant.toml", PLANT);
        folder.write("trace.csv", TRACE);
        folder
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), content).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_latchwork"));
        command.args(arguments).current_dir(&self.0).stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(&self.command(arguments).output().unwrap())
    }

    fn run_with(&self, arguments: &[&str], input: &[u8]) -> Ended {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        Ended::of(&child.wait_with_output().unwrap())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Ended {
    code: Option<i32>,
    out: String,
    told: String,
}

impl Ended {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let told = text(&output.stderr);
        assert!(!told.contains("panicked"), "{told}");
        Self { code: output.status.code(), out: text(&output.stdout), told }
    }

    #[track_caller]
    fn ends(self, code: i32, told: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.told);
        for part in told {
            assert!(self.told.contains(part), "`{part}` is not in\n{}", self.told);
        }
        self
    }
}

#[test]
fn records_go_to_standard_output_and_the_summary_to_standard_error() {
    let ended = Folder::new("replay").run(&["replay", "-c", "plant.toml", "trace.csv"]);
    let ended = ended.ends(0, &["5 samples in 4 scans, 2 records (1 open)", "1 row of tags that nothing reads"]);
    let lines: Vec<serde_json::Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["end_date"], "2026-01-01T00:00:40.000000Z");
    assert_eq!(lines[0]["duration_seconds"], 30.0);
    assert_eq!(lines[1]["status"], "RUNNING");
    let keys = lines[0].as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let documented = "id, operation, location, status, start_date, end_date, duration_seconds, detected_at, \
                      production_order, start_reason, end_reason, expected_duration_seconds, overrun, \
                      paused_seconds, detected_after_gap, parent_record_id, captures";
    assert_eq!(keys, documented);
}

#[test]
fn csv_and_events_go_to_files() {
    let folder = Folder::new("files");
    let arguments = ["replay", "-c", "plant.toml", "trace.csv", "-o", "records.csv", "--events", "events.jsonl"];
    assert_eq!(folder.run(&arguments).ends(0, &[]).out, "");
    let records = folder.read("records.csv");
    assert!(records.starts_with("id,operation,location,"), "{records}");
    assert_eq!(records.lines().count(), 3);
    let events = folder.read("events.jsonl");
    let types: Vec<String> = events
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["event_type"].as_str().unwrap().to_owned())
        .collect();
    let [opened, closed] = [["operation.started", "schedule.added"], ["operation.stopped", "schedule.completed"]]
        .map(|types| types.map(str::to_owned));
    assert_eq!(types, [opened.clone(), closed, opened].concat());
}

#[test]
fn standard_input_is_a_trace() {
    let ended = Folder::new("stdin").run_with(&["replay", "-c", "plant.toml", "-"], TRACE.as_bytes());
    assert_eq!(ended.ends(0, &[]).out.lines().count(), 2);
}

#[test]
fn until_ends_time_and_from_begins_it() {
    let folder = Folder::new("span");
    let until = folder.run(&["replay", "-c", "plant.toml", "trace.csv", "--until", "2026-01-01T00:00:20Z"]);
    assert!(until.ends(0, &["1 record (1 open)"]).out.contains("\"end_date\":null"));
    let from = folder.run(&["replay", "-c", "plant.toml", "trace.csv", "--from", "2026-01-01 00:00:45"]);
    assert_eq!(from.ends(0, &["0 records"]).out, "");
}

#[test]
fn one_operation_can_be_shown() {
    let folder = Folder::new("operation");
    let shown = folder.run(&["replay", "-c", "plant.toml", "trace.csv", "--operation", "Line:Filling"]);
    assert_eq!(shown.ends(0, &[]).out.lines().count(), 2);
    let misspelt = folder.run(&["replay", "-c", "plant.toml", "trace.csv", "--operation", "Fillin"]);
    misspelt.ends(1, &["there is no operation `Fillin`; did you mean `Filling`?"]);
}

#[test]
fn the_timeline_shows_bars() {
    let ended = Folder::new("timeline").run(&["replay", "-c", "plant.toml", "trace.csv", "--timeline"]);
    let out = ended.ends(0, &[]).out;
    assert!(out.contains("Line: Filling  ██") && out.contains('▓') && out.contains('·'), "{out}");
}

#[test]
fn a_broken_file_is_told_with_its_place() {
    let folder = Folder::new("broken");
    folder.write("plant.toml", "[gateway\nid = 1\n");
    folder.run(&["check", "-c", "plant.toml"]).ends(1, &["plant.toml:1:", "^"]);
    folder.run(&["replay", "-c", "plant.toml", "trace.csv"]).ends(1, &["plant.toml:1:"]);
}

#[test]
fn all_problems_are_told_at_once() {
    let folder = Folder::new("problems");
    let plant = PLANT.replace("{Line/Running}\"", "{Line/Runing}\"").replace("type = \"float\"", "type = 5");
    folder.write("plant.toml", plant + "start_hold_millis = \"soon\"\n");
    let told = ["did you mean `Line/Running`?", "plant.toml:10:8", "\"soon\""];
    folder.run(&["check", "-c", "plant.toml"]).ends(1, &told);
    let json = folder.run(&["check", "-c", "plant.toml", "--format", "json"]).ends(1, &[]).out;
    let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(rows.as_array().unwrap().len() >= 3, "{json}");
}

#[test]
fn lints_are_problems_only_when_strict() {
    let folder = Folder::new("lints");
    folder.write("plant.toml", PLANT.replace("> 5", "> 5 && 1 == 1"));
    folder.run(&["check", "-c", "plant.toml"]).ends(0, &["L101", "0 problems, 1 lint"]);
    folder.run(&["check", "-c", "plant.toml", "--strict"]).ends(1, &["L101"]);
}

#[test]
fn check_explains_where_values_come_from() {
    let out = Folder::new("explain").run(&["check", "-c", "plant.toml", "--explain"]).ends(0, &[]).out;
    let row = |key: &str| out.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
    assert!(row("id = \"test\"").ends_with("plant.toml:3"), "{out}");
    assert!(row("running_conflict_strategy = \"STOP_PREVIOUS\"").ends_with("default"), "{out}");
}

#[test]
fn check_explains_where_a_tag_lies_on_the_wire() {
    let folder = Folder::new("explain-wire");
    let connection = "[[connections]]\nname = \"plc\"\ntype = \"modbus-tcp\"\naddress = \"192.0.2.1\"\n";
    let fed = "path = \"Line/Speed\"\nconnection = \"plc\"\naddress = \"2!400013\"\n";
    folder.write("plant.toml", format!("{}{connection}", PLANT.replace("path = \"Line/Speed\"\n", fed)));
    let out = folder.run(&["check", "-c", "plant.toml", "--explain"]).ends(0, &[]).out;
    let row = |key: &str| out.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
    let place = "plant.toml:11; unit 2, holding registers 12 to 13, every 250 ms";
    assert!(row("address = \"2!400013\"").ends_with(place), "{out}");
    assert!(row("data_type = \"float32\"").ends_with("by the tag's type"), "{out}");
    assert!(row("timeout_millis = 1000").ends_with("default"), "{out}");
    let plan = "# read plan of `plc`\n#   unit 2 holding 12-13 (2 registers, 1 tag) every 250 ms\n";
    assert!(out.contains(plan), "{out}");
}

#[test]
fn a_damaged_line_is_told_and_can_be_skipped() {
    let folder = Folder::new("damaged");
    folder.write("trace.csv", TRACE.replace("00:10Z,Line/Running,true", "00:10Z,Line/Running,perhaps"));
    let replay = ["replay", "-c", "plant.toml", "trace.csv", "--skip-bad-lines"];
    folder.run(&replay[..4]).ends(1, &["trace.csv:4:35", "perhaps"]);
    folder.run(&replay).ends(0, &["1 bad line skipped", "trace.csv:4:35"]);
}

#[test]
fn a_trace_of_other_tags_says_what_may_be_meant() {
    let folder = Folder::new("other-tags");
    folder.write("trace.csv", "timestamp,Running,Sped\n2026-01-01T00:00:00Z,1,2\n");
    let told = ["1 row of tags that nothing reads", "no tag `Running`; did you mean `Line/Running`?", "--prefix"];
    folder.run(&["replay", "-c", "plant.toml", "trace.csv"]).ends(0, &told);
}

#[test]
fn a_clock_that_steps_back_names_both_lines() {
    let folder = Folder::new("order");
    let rows = "timestamp,tag,value\n10,Line/Running,0\n30,Line/Running,1\n20,Line/Running,0\n40,Line/Running,0\n";
    folder.write("trace.csv", rows);
    folder
        .run(&["replay", "-c", "plant.toml", "trace.csv"])
        .ends(1, &["trace.csv:4", "trace.csv:3", "a reorder window of 10 s"]);
    folder.run(&["replay", "-c", "plant.toml", "trace.csv", "--reorder-window", "10s"]).ends(0, &[]);
}

#[test]
fn files_that_are_no_traces_are_told() {
    let folder = Folder::new("files-that-are-none");
    folder.write("cut.csv.zst", [0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x00, 0x51, 0x00, 0x00, b't']);
    folder.write("empty.csv", "");
    for (name, told) in
        [(".", "directory"), ("missing.csv", "no such file"), ("cut.csv.zst", "cut off"), ("empty.csv", "empty")]
    {
        folder.run(&["replay", "-c", "plant.toml", name]).ends(1, &[name, told]);
    }
    folder.run(&["replay", "-c", ".", "trace.csv"]).ends(1, &["directory"]);
    folder.run(&["replay", "-c", "nowhere.toml", "trace.csv"]).ends(1, &["nowhere.toml"]);
}

#[test]
fn what_cannot_be_written_is_told() {
    let folder = Folder::new("write");
    let arguments = ["replay", "-c", "plant.toml", "trace.csv", "-o", "no/such/folder.jsonl"];
    folder.run(&arguments).ends(3, &["cannot write `no/such/folder.jsonl`"]);
    folder.run(&["replay", "-c", "plant.toml", "trace.csv", "-o", "x.parquet"]).ends(2, &["Parquet"]);
}

#[test]
fn a_closed_pipe_is_told_without_a_panic() {
    let folder = Folder::new("pipe");
    let mut rows = String::from("timestamp,tag,value\n0,Line/Speed,9\n");
    for second in 1..20_000 {
        writeln!(rows, "{second},Line/Running,{}", second % 2).unwrap();
    }
    folder.write("long.csv", rows);
    let mut command = folder.command(&["replay", "-c", "plant.toml", "long.csv"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(4), "{told}");
    assert!(told.contains("standard output: closed by its reader"), "{told}");
}

#[test]
fn a_converted_trace_replays_to_the_same_records() {
    let folder = Folder::new("convert");
    let wanted = folder.run(&["replay", "-c", "plant.toml", "trace.csv"]).ends(0, &[]).out;
    let mut from = "trace.csv".to_owned();
    for to in ["a.lwt.zst", "b.jsonl.gz", "c.csv.zst", "d.lwt", "e.jsonl"] {
        folder.run(&["convert", "-c", "plant.toml", &from, to]).ends(0, &["6 samples written"]);
        let found = folder.run(&["replay", "-c", "plant.toml", to]).ends(0, &["1 row of tags that nothing reads"]);
        assert_eq!(found.out, wanted, "{to}");
        to.clone_into(&mut from);
    }
    folder.run(&["convert", "trace.csv", "plain.csv"]).ends(0, &["6 samples"]);
    assert_eq!(folder.run(&["replay", "-c", "plant.toml", "plain.csv"]).ends(0, &[]).out, wanted);
    folder.run(&["convert", "trace.csv", "x.parquet"]).ends(3, &["cannot write `x.parquet`", ".csv, .jsonl or .lwt"]);
}

/// An own trace with a reload: two runs of `Filling`, then one of `Rinsing`.
fn recording() -> String {
    let second = PLANT.replace("Filling", "Rinsing");
    let file = |text: &str| serde_json::json!([{"path": "line/plant.toml", "text": text}]);
    let mut lines = vec![serde_json::json!({
        "latchwork_trace": 1, "gateway_id": "gw-7", "configuration_hash": "a", "files": file(PLANT), "retained": null,
        "last_sequence": 0, "last": null, "next_event_seq": 1, "begun": 0
    })];
    lines.push(serde_json::json!({"boot": 1, "monotonic": 1, "wall": 1, "next_event_seq": 1}));
    lines.push(serde_json::json!({"tag": 0, "path": "[default]Line/Running"}));
    lines.push(serde_json::json!({"tag": 1, "path": "[default]Line/Speed"}));
    let scan = |number: i64, value: bool| {
        let at = number * 1_000_000;
        serde_json::json!({"scan": number, "monotonic": at, "wall": at, "samples": [[0, value], [1, 7.0]]})
    };
    lines.extend([scan(2, false), scan(3, true), scan(4, false), scan(5, true), scan(6, false)]);
    lines.push(serde_json::json!({
        "reload": 7, "monotonic": 7_000_000, "wall": 7_000_000, "configuration_hash": "b", "files": file(&second)
    }));
    let mut text = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n") + "\n";
    text += "{\"tag\":2,\"path\":\"[default]Line/Running\"}\n{\"tag\":3,\"path\":\"[default]Line/Speed\"}\n";
    for (number, value) in [(8, false), (9, true), (10, false)] {
        text += &scan(number, value).to_string().replace("[0,", "[2,").replace("[1,", "[3,");
        text += "\n";
    }
    text
}

#[test]
fn a_recording_replays_without_a_configuration() {
    let folder = Folder::new("recording");
    folder.write("box.lwt", recording());
    let ended = folder.run(&["replay", "box.lwt", "--events", "events.jsonl"]);
    let ended = ended.ends(0, &["16 samples in 10 scans, 3 records (0 open)"]);
    let operations = |out: &str| -> Vec<String> {
        let name = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["operation"].to_string();
        out.lines().map(name).collect()
    };
    assert_eq!(operations(&ended.out), ["\"Filling\"", "\"Filling\"", "\"Rinsing\""]);
    assert!(folder.read("events.jsonl").contains("\"gateway_id\":\"gw-7\""));

    let only = |name: &str| folder.run(&["replay", "box.lwt", "--sort", "--operation", name]);
    assert_eq!(operations(&only("Rinsing").ends(0, &[]).out).len(), 1);
    only("Rinsin").ends(1, &["there is no operation `Rinsin`; did you mean `Rinsing`?"]);
    let timeline = folder.run(&["replay", "box.lwt", "--timeline"]).ends(0, &[]).out;
    assert!(timeline.contains("Line: Filling  ") && timeline.contains("Line: Rinsing  "), "{timeline}");
    let from = folder.run(&["replay", "box.lwt", "--from", "1970-01-01T00:00:05Z"]);
    let from = from.ends(0, &["10 samples in 6 scans, 1 record (0 open)"]).out;
    assert_eq!(operations(&from), ["\"Rinsing\""], "Filling's first level arms");
    let other = folder.run(&["replay", "-c", "plant.toml", "box.lwt"]);
    let left_out = "1 reload of the trace left out: the given configuration holds throughout";
    assert_eq!(operations(&other.ends(0, &[left_out]).out), ["\"Filling\"", "\"Filling\"", "\"Filling\""]);
}

#[test]
fn a_recording_stays_one_when_it_is_converted() {
    let folder = Folder::new("copied");
    folder.write("box.lwt", recording());
    let wanted = folder.run(&["replay", "box.lwt", "--events", "wanted.jsonl"]).ends(0, &[]).out;
    folder.run(&["convert", "box.lwt", "copy.lwt.zst"]).ends(0, &["16 samples written"]);
    let found = folder.run(&["replay", "copy.lwt.zst", "--events", "found.jsonl"]).ends(0, &[]).out;
    assert_eq!((found, folder.read("found.jsonl")), (wanted, folder.read("wanted.jsonl")));
    folder.run(&["convert", "trace.csv", "foreign.lwt"]).ends(0, &[]);
    let bare = folder.run(&["replay", "foreign.lwt"]);
    bare.ends(2, &["the trace holds no configuration; give one with `-c`"]);
}

#[test]
fn bad_usage_ends_with_two_and_help_with_zero() {
    let folder = Folder::new("usage");
    folder
        .run(&["replay", "trace.csv"])
        .ends(2, &["`trace.csv` is no trace of a gateway: give the configuration with `-c`"]);
    folder.run(&["replai"]).ends(2, &["replay"]);
    assert!(folder.run(&["--help"]).ends(0, &[]).out.contains("replay"));
}

#[test]
fn eval_prints_value_type_and_quality() {
    let folder = Folder::new("eval");
    let out = folder.run(&["eval", "{Line/Speed} * 2", "--tag", "Line/Speed=2.5"]).ends(0, &[]).out;
    assert_eq!(out, "{\"value\":5.0,\"type\":\"float\",\"quality\":\"Good\"}\n");
    folder.run(&["eval", "1 +"]).ends(1, &["E101 expression:1:4", "^"]);
    folder.run(&["eval", "nosuch(1)"]).ends(1, &["E103"]);
}

#[test]
fn eval_explains_a_part_a_line_or_as_json() {
    let folder = Folder::new("eval-explain");
    let asked = ["eval", "--explain", "{Speed} > 5 || hasChanged({Speed})", "--tag", "Speed=7"];
    let ended = folder.run(&asked).ends(0, &["L108"]);
    let wanted = "\
{Speed} > 5 || hasChanged({Speed})  true  Good
├─ {Speed} > 5                      true  Good
│  ├─ {Speed}                       7     Good
│  └─ 5                             5     Good
└─ hasChanged({Speed})              not evaluated
";
    assert_eq!(ended.out, wanted);
    let ended = folder.run(&[&asked[..], &["--format", "json"]].concat()).ends(0, &[]);
    let answer: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((&answer["value"], &answer["tree"]["parts"][1]["evaluated"]), (&true.into(), &false.into()));
    folder.run(&["eval", "--explain", "1 +"]).ends(1, &["E101 expression:1:4"]);
    folder.run(&["eval", "--format", "json", "1"]).ends(2, &["--explain"]);
}

#[test]
fn explained_steps_are_the_steps_with_a_tree() {
    let lines = r#"{"expr": "ton({I} > 1, 1500)", "steps": [{"tags": {"I": 1}}, {"tags": {"I": 2}}, {}, {}]}
{"expr": "{A} + null", "tags": {"A": {"value": 4, "quality": "Bad_Stale"}}}
{"expr": "é +"}
"#;
    let folder = Folder::new("explained-steps");
    let rows = |arguments: &[&str]| -> Vec<serde_json::Value> {
        let ended = folder.run_with(arguments, lines.as_bytes()).ends(0, &[]);
        ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let (plain, mut explained) = (rows(&["eval", "--jsonl"]), rows(&["eval", "--jsonl", "--explain"]));
    let states: Vec<_> =
        explained[0].as_array().unwrap().iter().map(|row| row["tree"]["state"].as_str().unwrap().to_owned()).collect();
    assert_eq!(states, ["not running", "runs for 0 s, 1.5 s left", "runs for 1 s, 0.5 s left", "runs for 2 s, over"]);
    assert_eq!(explained[1]["tree"]["notes"][0]["message"], explained[1]["diagnostic"]);
    let take_tree = |answer: &mut serde_json::Value| {
        assert!(answer.as_object_mut().unwrap().remove("tree").is_some(), "{answer}");
    };
    explained[0].as_array_mut().unwrap().iter_mut().for_each(take_tree);
    take_tree(&mut explained[1]);
    assert_eq!(explained, plain);
}

#[test]
fn eval_keeps_image_and_state_from_step_to_step() {
    let lines = r#"{"expr": "hasChanged({I})", "steps": [{"tags": {"I": 1}}, {}, {"tags": {"I": 2}}]}
{"expr": "{A} + 1", "tags": {"A": {"value": 4, "quality": "Bad_Stale"}}, "other": 0}
{"expr": "é +"}
{"expr": "1 / 0"}
not json
"#;
    let ended = Folder::new("steps").run_with(&["eval", "--jsonl"], lines.as_bytes()).ends(1, &[]);
    let rows: Vec<serde_json::Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let values: Vec<_> = rows[0].as_array().unwrap().iter().map(|row| row["value"].clone()).collect();
    assert_eq!(values, [false, false, true]);
    assert_eq!((&rows[1]["value"], &rows[1]["quality"]), (&serde_json::json!(5), &serde_json::json!("Bad_Stale")));
    assert_eq!(rows[2]["error"]["code"], "E101");
    assert_eq!(rows[3]["value"], "Infinity");
    assert_eq!(rows[4]["error"]["code"], "INPUT");
}

#[test]
fn diff_tells_what_a_change_of_the_configuration_did() {
    let folder = Folder::new("diff");
    folder.write("held.toml", PLANT.replace("stop_trigger_exp", "start_hold_millis = 12000\nstop_trigger_exp"));
    folder.write("faster.toml", PLANT.replace("> 5", "> 8"));
    let replay = |plant: &str, records: &str| {
        folder.run(&["replay", "-c", plant, "trace.csv", "--output", records]).ends(0, &[]);
    };
    replay("plant.toml", "a.jsonl");
    replay("plant.toml", "a.csv");
    replay("held.toml", "held.csv");
    replay("faster.toml", "none.jsonl");

    let same = folder.run(&["diff", "a.jsonl", "a.csv"]).ends(0, &["2 records in a.jsonl, 2 in a.csv: 2 the same"]);
    assert_eq!(same.out, "");
    let held =
        folder.run(&["diff", "a.jsonl", "held.csv"]).ends(1, &["1 in held.csv: 0 the same, 1 missing, 1 changed"]);
    assert_eq!(
        held.out,
        "changed    2026-01-01T00:00:10.000000Z..2026-01-01T00:00:40.000000Z  Filling  Line  detected_at +12.000000 s\n\
         missing    2026-01-01T00:00:50.000000Z..  Filling  Line  RUNNING\n"
    );
    let arguments = ["diff", "none.jsonl", "a.jsonl", "--format", "json"];
    let opened = folder.run(&arguments).ends(1, &["0 the same, 2 opened"]).out;
    let opened: Vec<serde_json::Value> = opened.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&opened[0]["difference"], &opened[0]["before"]), (&"opened".into(), &serde_json::Value::Null));
    assert_eq!(opened[1]["after"]["start_date"], "2026-01-01T00:00:50.000000Z");
    folder.run(&["diff", "a.jsonl", "gone.jsonl"]).ends(1, &["cannot read `gone.jsonl`"]);
    folder.run(&["diff", "a.jsonl", "trace.csv"]).ends(1, &["trace.csv:2: `location` is not there"]);
}
