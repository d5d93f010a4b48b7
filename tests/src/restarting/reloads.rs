//! The gateway takes another plant while it runs.

use super::{Line, RUNS, plant};

/// Starts a run in second 2.
fn running(text: &str) -> Line {
    let mut line = Line::new(text);
    line.read(1, "run=false").read(2, "run=true").told();
    line
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn what_did_not_change_goes_on_undisturbed() {
    let text = RUNS.to_owned() + "stop_hold_millis = 5000\n";
    let more =
        text.clone() + &text.replace("[[tags]]\npath = \"run\"\ntype = \"bool\"\n", "").replace("\"A\"", "\"B\"");
    let mut line = running(&text);
    line.read(4, "run=false").reloads(6, plant(&more));
    assert_eq!(line.told(), none());
    assert_eq!(line.pass(20).told(), ["9 operation.stopped A@Line 2..4 COMPLETED/TRIGGER"], "the hold went on");
    line.read(21, "run=true");
    let started = ["21 operation.started A@Line 21..", "21 operation.started B@Line 21.."];
    assert_eq!(line.told(), started, "the new one was armed by the reload");
}

#[test]
fn records_of_what_is_disabled_or_gone_close_at_the_reload() {
    let closed = ["5 operation.stopped A@Line 2..5 UNKNOWN/DISABLED"];
    assert_eq!(running(RUNS).reloads(5, plant(&(RUNS.to_owned() + "enabled = false\n"))).told(), closed);
    let gone = RUNS.replace("\"A\"", "\"B\"").replace("\"Line\"", "\"Side\"");
    let mut line = running(RUNS);
    assert_eq!(line.reloads(5, plant(&gone)).told(), closed);
    assert_eq!(line.engine.plant().operations.len(), 2, "what is gone closed under its name");
    line.reloads(6, plant(&gone));
    assert_eq!(line.engine.plant().operations.len(), 1, "and then is gone");
}

#[test]
fn a_changed_start_arms_and_does_not_fire() {
    let always = RUNS.replace("start_trigger_expression = \"{run}\"", "start_trigger_expression = \"!{run}\"");
    let mut line = Line::new(RUNS);
    line.read(1, "run=false").reloads(5, plant(&always));
    assert_eq!(line.told(), none());
    line.read(6, "run=true").read(7, "run=false");
    assert_eq!(line.told(), ["7 operation.started A@Line 7.."]);
}

#[test]
fn a_run_that_no_edge_will_end_is_told() {
    let changed = RUNS.replace("stop_trigger_expression = \"{run}\"", "stop_trigger_expression = \"!{run}\"");
    let mut line = running(RUNS);
    let stuck = ["5 operation.stuck A@Line 2.."];
    assert_eq!(line.reloads(5, plant(&changed)).told(), stuck);
    assert_eq!(line.read(6, "run=true").told(), none(), "once");
    assert_eq!(running(&changed).reloads(5, plant(RUNS)).told(), none(), "the new level says running");

    let mut line = running(RUNS);
    line.read(4, "run=?").reloads(5, plant(&changed));
    assert_eq!(line.told(), none(), "nobody knows yet");
    line.restarts(6, 20, plant(&changed));
    assert_eq!(line.read(22, "run=true").told(), ["22 operation.stuck A@Line 2.."], "also over a restart");
}

#[test]
fn a_tag_with_another_wire_waits_for_its_first_reading() {
    let rewired = || {
        let mut plant = plant(RUNS);
        plant.tags[0].wire = Some("another plc".to_owned());
        plant
    };
    let mut line = running(RUNS);
    assert_eq!(line.reloads(5, rewired()).told(), none());
    assert_eq!(line.read(6, "run=false").told(), ["6 operation.stopped A@Line 2..6 COMPLETED/TRIGGER!"]);
    assert_eq!(running(RUNS).reloads(5, rewired()).read(6, "run=true").told(), none());
}

#[test]
fn a_tag_of_another_type_is_a_new_one() {
    let number = RUNS.replace("type = \"bool\"", "type = \"int\"");
    let mut line = running(RUNS);
    assert_eq!(line.reloads(5, plant(&number)).told(), none());
    assert_eq!(line.read(6, "run=0").told(), ["6 operation.stopped A@Line 2..6 COMPLETED/TRIGGER!"]);
}

#[test]
fn a_new_memory_tag_has_its_initial_value() {
    let text = RUNS.replace("stop_trigger_expression = \"{run}\"", "stop_trigger_expression = \"!{ok}\"")
        + "stop_trigger_type = \"RISING_EDGE\"\n[[tags]]\npath = \"ok\"\ntype = \"bool\"\ninitial = true\n";
    let mut line = running(RUNS);
    assert_eq!(line.reloads(5, plant(&text)).told(), none());
    assert_eq!(line.read(6, "ok=false").told(), ["6 operation.stopped A@Line 2..6 COMPLETED/TRIGGER"]);
}

#[test]
fn a_changed_derived_tag_is_an_ordinary_change() {
    let derived = |expression: &str| {
        format!(
            "[[tags]]\npath = \"speed\"\ntype = \"int\"\n[[tags]]\npath = \"run\"\ntype = \"bool\"\n\
             expression = \"{expression}\"\n{}",
            RUNS.replace("[[tags]]\npath = \"run\"\ntype = \"bool\"\n", "")
        )
    };
    let mut line = Line::new(&derived("{speed} > 5"));
    line.read(1, "speed=0").read(2, "speed=7").told();
    let stopped = ["5 operation.stopped A@Line 2..5 COMPLETED/TRIGGER"];
    assert_eq!(line.reloads(5, plant(&derived("{speed} > 8"))).told(), stopped);
}

#[test]
fn a_changed_dataset_is_an_ordinary_change() {
    let with_limit = |limit: i64| {
        let limits =
            format!("[[datasets]]\npath = \"Limits\"\ncolumns = [\"code\", \"limit\"]\nrows = [[1, {limit}]]\n");
        let level = "\"{speed} > lookup({Limits}, {code}, 0)\"";
        let text = RUNS.replace("\"{run}\"", level).replace("\"run\"\ntype = \"bool\"", "\"speed\"\ntype = \"int\"");
        limits + "[[tags]]\npath = \"code\"\ntype = \"int\"\n" + &text
    };
    let mut line = Line::new(&with_limit(5));
    line.read(1, "code=1 speed=0").read(2, "speed=7").told();
    assert_eq!(line.reloads(3, plant(&with_limit(6))).told(), none());
    assert_eq!(line.reloads(5, plant(&with_limit(8))).told(), ["5 operation.stopped A@Line 2..5 COMPLETED/TRIGGER"]);
    line.restarts(6, 8, plant(&with_limit(5)));
    assert_eq!(line.told(), none(), "nobody knows the speed yet");
    assert_eq!(line.read(9, "code=1 speed=7").told(), ["9 operation.started A@Line 9..!"]);
}

#[test]
fn a_path_leads_where_it_leads_in_the_plant_that_is_there() {
    let tags = |names: &[&str]| {
        let tag = |name: &&str| format!("[[tags]]\npath = \"{name}\"\ntype = \"bool\"\n");
        let chosen = "[[tags]]\npath = \"chosen\"\ntype = \"string\"\ninitial = \"two\"\n";
        names.iter().map(tag).collect::<String>() + chosen + &RUNS.replace("\"{run}\"", "\"tag({chosen})\"")
    };
    let mut line = Line::new(&tags(&["one", "two"]));
    line.read(1, "two=false").read(2, "two=true").told();
    assert_eq!(
        line.reloads(3, plant(&tags(&["one"]))).told(),
        none(),
        "a tag that is gone is unknown, which ends no run"
    );
    assert_eq!(line.read(4, "one=false").told(), none());
    assert_eq!(line.reloads(5, plant(&tags(&["two", "one"]))).told(), none());
    assert_eq!(line.read(6, "two=false").told(), ["6 operation.stopped A@Line 2..6 COMPLETED/TRIGGER!"]);
}

const FAMILY: &str = r#"
[[operations]]
name = "Child"
location = "Line"
trigger_source = "PARENT"
parent = "A"
"#;

#[test]
fn a_child_ends_with_the_run_that_it_belongs_to() {
    let family = RUNS.to_owned() + FAMILY;
    let other = RUNS.replace("[[tags]]\npath = \"run\"\ntype = \"bool\"\n", "").replace("\"A\"", "\"B\"");
    let moved = family.replace("parent = \"A\"", "parent = \"B\"") + &other;
    let closed = ["5 operation.stopped Child@Line 2..5 UNKNOWN/DISABLED"];
    assert_eq!(running(&family).reloads(5, plant(&moved)).told(), closed, "its parent is another");

    let both =
        ["5 operation.stopped A@Line 2..5 UNKNOWN/DISABLED", "5 operation.stopped Child@Line 2..5 UNKNOWN/PARENT"];
    let disabled = RUNS.to_owned() + "enabled = false\n" + FAMILY;
    assert_eq!(running(&family).reloads(5, plant(&disabled)).told(), both, "its parent is disabled");
    assert_eq!(running(&family).reloads(5, plant(&family)).told(), none());
}

#[test]
fn orders_that_are_known_win_over_the_files() {
    let order = |name: &str, status: &str| format!("[[production_orders]]\nname = \"{name}\"\nstatus = \"{status}\"\n");
    let mut line = running(&(RUNS.to_owned() + &order("PO-1", "PAUSED")));
    line.reloads(5, plant(&(RUNS.to_owned() + &order("PO-2", "IDLE") + &order("PO-1", "CLOSED"))));
    let orders: Vec<_> = line.engine.orders().iter().map(|order| (order.name.as_str(), order.status.name())).collect();
    assert_eq!(orders, [("PO-1", "PAUSED"), ("PO-2", "IDLE")]);
}
