//! An expression that computes the paths of its tags does what one does that names them all.

use std::fmt::Write;
use std::sync::Arc;

use latchwork_engine::{Effect, Engine, EventKind, Info, Input, Moment, Monotonic, Reading, Retained, Sample, Scan};
use latchwork_expr::{Program, Quality, TagSlot, Timestamp, Value, text};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use crate::model::{Case, plant_toml, random_case};
use crate::properties::seeds;
use crate::rerun;
use crate::resuming::{Between, Story};

/// How many random plants the ordinary test run looks at.
const SEEDS: u64 = 500;
/// How many random courses of a plant whose paths change.
const COURSES: u32 = 600;

/// Returns a random plant with, for each tag, a tag below `path` whose value is its path.
fn plant_with_paths(seed: u64) -> (String, Vec<String>) {
    let mut plant = random_case(seed).plant;
    // What connections are believed on must be named.
    plant.connections.clear();
    let tags: Vec<String> = plant.tags.iter().map(|tag| tag.path.clone()).collect();
    let mut toml = plant_toml(&plant);
    for tag in &tags {
        writeln!(toml, "[[tags]]\npath = 'path/{tag}'\ntype = 'string'\ninitial = '[default]{tag}'").unwrap();
    }
    (toml, tags)
}

#[test]
fn a_plant_that_reads_every_tag_by_a_path_does_what_it_did() {
    for seed in seeds(SEEDS) {
        let (named, tags) = plant_with_paths(seed);
        let by_path = |name: &str| (format!("{{[default]{name}}}"), format!("tag({{[default]path/{name}}})"));
        let pairs: Vec<(String, String)> = tags.iter().map(|tag| by_path(tag)).collect();
        let computed = pairs.iter().fold(named.clone(), |text, (name, path)| text.replace(name, path));
        let Case { trace, .. } = random_case(seed);
        let story = Story::of(&named, &[("trace.csv".to_owned(), trace.csv())]).expect("a random plant is right");
        let wanted = story.told(Between::Nothing);
        let plant = rerun::configuration(&computed).unwrap().plant;
        if plant.programs().any(Program::keeps_state) {
            // A call with state counts the scans that touch its expression, and what a skipped `tag()` would have read
            // does not touch it.
            continue;
        }
        let again = story.with_plant(plant);
        for between in [Between::Nothing, Between::Restart(1), Between::Restart(seed % 7 + 2), Between::Reload(3)] {
            let found = again.told(between);
            // Faults quote the expression.
            let found = pairs.iter().fold(found, |text, (name, path)| text.replace(path, name));
            let differs = wanted.lines().zip(found.lines()).find(|(wanted, found)| wanted != found);
            assert!(wanted == found, "seed {seed}, {between:?}: {differs:#?}\n{computed}\n{}", trace.csv());
        }
    }
}

/// A plant in which `PICK1` and `PICK2` stand for the tag that `s1` and `s2` name; derived tags and triggers do
/// with it what they do with any tag.
const PLANT: &str = r#"
[engine]
create_unknown_production_orders = true
[[tags]]
path = "a"
type = "int"
[[tags]]
path = "b"
type = "int"
[[tags]]
path = "s1"
type = "string"
[[tags]]
path = "s2"
type = "string"
[[tags]]
path = "one"
expression = '''PICK_ONE'''
[[tags]]
path = "two"
expression = '''PICK_TWO'''
[[tags]]
path = "sum"
expression = "{a} + {b}"
[[tags]]
path = "after"
expression = "{two} * 10"
[[operations]]
name = "Edge"
location = "Line"
start_trigger_expression = '''PICK1 > 1'''
stop_trigger_expression = '''PICK2 > 1'''
stop_trigger_type = "RISING_EDGE"
production_order_resolution_strategy = "EXPRESSION"
production_order_expression = '''PICK2'''
production_order_update_strategy = "NEW_RECORD"
[[operations]]
name = "Change"
location = "Line"
start_trigger_expression = '''PICK1'''
start_trigger_type = "CHANGE"
stop_trigger_expression = '''{a} = 0 && PICK2 = 2'''
"#;

/// Returns the plant that computes its paths.
fn computing() -> String {
    let tag = |selector: &str| format!("tag({{{selector}}})");
    let text = PLANT.replace("PICK_ONE", &tag("s1")).replace("PICK_TWO", &tag("s2"));
    text.replace("PICK1", &tag("s1")).replace("PICK2", &tag("s2"))
}

/// Returns the plant that names every tag that a path may lead to. A derived tag may not read what comes after it.
fn naming() -> String {
    let all = ["a", "b", "s1", "s2", "sum", "one", "two", "after"];
    let choice = |selector: &str, readable: usize| {
        let (before, behind) = all.split_at(readable);
        let before = before.iter().map(|name| format!("\"{name}\", {{{name}}}, "));
        let behind = behind.iter().map(|name| format!("\"{name}\", qualifiedValue(null, \"Error\", 780), "));
        let cases: String = before.chain(behind).chain(["\"[~]a\", {a}, ".to_owned()]).collect();
        let nowhere = "qualifiedValue(null, \"Bad\", 519)";
        format!("if(isNull({{{selector}}}), null + 1, case({{{selector}}}, {cases}{nowhere}))")
    };
    let text = PLANT.replace("PICK_ONE", &choice("s1", 5)).replace("PICK_TWO", &choice("s2", 6));
    text.replace("PICK1", &choice("s1", 8)).replace("PICK2", &choice("s2", 8))
}

/// A sample of one of the four fed tags; `None` is a failed reading.
type Reads = (usize, Option<(Value, Quality)>);

fn reads() -> impl Strategy<Value = Reads> {
    let quality = || select(vec![Quality::Good, Quality::Good, Quality::Good, Quality::Uncertain]);
    let number = (0_i64..4, quality()).prop_map(|(number, quality)| Some((Value::Integer(number), quality)));
    let names = vec!["a", "b", "[~]a", "sum", "one", "two", "after", "s1", "s2", "gone", ""];
    let name = (select(names), quality()).prop_map(|(name, quality)| Some((Value::from(name), quality)));
    prop_oneof![
        6 => (0_usize..2, number),
        4 => (2_usize..4, name),
        1 => (0_usize..4, Just(None)),
        1 => (0_usize..4, Just(Some((Value::Null, Quality::Good)))),
    ]
}

/// Returns what happens in each scan: what the derived tags are then, and what records did.
fn told(plant: &str, course: &[Vec<Reads>], restarts: bool) -> Vec<String> {
    let plant = rerun::configuration(plant).unwrap_or_else(|problems| panic!("{problems:?}")).plant;
    let plant = Arc::new(plant);
    let mut engine = Engine::new(plant.clone());
    let mut told = Vec::new();
    for (sequence, batch) in (1..).zip(std::iter::once(&Vec::new()).chain(course)) {
        let at = Moment { monotonic: Monotonic(sequence * 1_000_000), wall: Timestamp(sequence * 1_000_000) };
        let mut samples: Vec<Sample> = batch.iter().map(|reads| sample(reads, at.wall)).collect();
        let input = if sequence == 1 { Input::Boot } else { Input::Samples(&mut samples) };
        let mut effects = Vec::new();
        engine.step(Scan { sequence: sequence.unsigned_abs(), at, input }, &mut effects);
        let cells = plant.derived.iter().map(|slot| &engine.image()[slot.index()]);
        let cells = cells.map(|cell| format!("{} {}", text(&cell.value, plant.zone), cell.quality.name()));
        told.push(format!("{sequence}: {:?} {:?}", cells.collect::<Vec<_>>(), runs(&effects)));
        if restarts {
            let json = engine.retained(at).to_json().to_string();
            let retained = Retained::from_json(serde_json::from_str(&json).unwrap()).unwrap();
            engine = Engine::resume(plant.clone(), &retained);
            assert_eq!(engine.retained(at).to_json().to_string(), json, "what was read back is written the same");
        }
    }
    told
}

fn sample((tag, read): &Reads, source_time: Timestamp) -> Sample {
    let tag = TagSlot(u32::try_from(*tag).expect("one of four"));
    match read {
        Some((value, quality)) => {
            Sample { tag, reading: Reading::Value(value.clone()), quality: *quality, source_time }
        }
        None => Sample { tag, reading: Reading::Kept, quality: Quality::BadNotConnected, source_time },
    }
}

/// Returns what records did. Faults are left out: a text that names all tags waits for all of them to be known.
fn runs(effects: &[Effect]) -> Vec<String> {
    let shown = |effect: &Effect| {
        let Effect::Event(event) = effect else { return None };
        if let Info::Record(record) = &event.info {
            let order = record.order.as_ref().map(|order| order.name.to_string());
            return Some(format!("{} {:?} {:?} {order:?}", event.kind.name(), record.operation, record.start.wall));
        }
        (event.kind != EventKind::TriggerFault).then(|| event.kind.name().to_owned())
    };
    effects.iter().filter_map(shown).collect()
}

#[test]
fn paths_that_change_lead_where_a_choice_of_all_tags_leads() {
    let (computing, naming) = (computing(), naming());
    let course = prop::collection::vec(prop::collection::vec(reads(), 1..3), 1..40);
    let config = Config { cases: COURSES, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&course, |course| {
            let wanted = told(&naming, &course, false);
            prop_assert_eq!(&told(&computing, &course, false), &wanted);
            prop_assert_eq!(&told(&computing, &course, true), &wanted);
            Ok(())
        })
        .unwrap();
}
