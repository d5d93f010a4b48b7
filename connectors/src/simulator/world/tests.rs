//! The sequence of values: what is told, and that nothing but the scenario decides it.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn world(text: &str) -> World {
    let text = format!("[mqtt]\nurl = \"mqtt://127.0.0.1\"\n{text}");
    World::new(Scenario::parse("test.toml", &text).unwrap().into())
}

fn example(seed: u64) -> World {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/bottling-line/scenario.toml");
    let mut scenario = Scenario::load(&path).unwrap();
    scenario.seed = seed;
    World::new(scenario.into())
}

const fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Checks what a scenario tells up to a time, as `at value` in the order of time.
#[track_caller]
fn check(text: &str, to: u64, expected: &[&str]) {
    let changes = world(text).step(millis(to));
    let told: Vec<String> =
        changes.iter().map(|change| format!("{} {}", change.at.as_millis(), change.value.plain())).collect();
    assert_eq!(told, expected);
}

/// A machine that is in A for 100 ms and then in B for 200 ms, with one signal.
fn two_states(signal: &str) -> String {
    format!(
        r#"
        [[machines]]
        name = "M"
        states = [{{ name = "A", lasts_millis = 100, next = "B" }}, {{ name = "B", lasts_millis = 200, next = "A" }}]
        [[machines.signals]]
        name = "s"
        mqtt = "t"
        {signal}
        "#
    )
}

#[test]
fn a_constant_changes_with_the_state() {
    check(&two_states("in.B = true\notherwise = false"), 650, &["100 true", "300 false", "400 true", "600 false"]);
}

#[test]
fn a_state_that_is_not_named_keeps_the_value() {
    check(&two_states("in.B = \"seen\"\ninitial = \"new\""), 1_000, &["100 seen"]);
}

#[test]
fn a_ramp_goes_from_where_it_is_up_and_down() {
    let ramps = "in.B = { ramp_to = 20.0, per_second = 160.0 }\nin.A = { ramp_to = 0.0, per_second = 400.0 }";
    check(&two_states(ramps), 400, &["150 8", "200 16", "250 20", "350 0"]);
}

#[test]
fn a_counter_goes_on_where_it_was() {
    let counter = "in.B = { count_per_second = 10.0 }\ninitial = 7\nsample_millis = 100";
    check(&two_states(counter), 600, &["200 8", "300 9", "500 10", "600 11"]);
}

#[test]
fn a_list_advances_and_begins_again() {
    let list = "list = [\"x\", \"y\"]\nadvance_on = \"A\"";
    check(&two_states(list), 900, &["300 y", "600 x", "900 y"]);
}

#[test]
fn noise_stays_around_its_value() {
    let mut world = world(&two_states("otherwise = { value = 50.0, noise = 2.0 }\ndecimals = 3"));
    let changes = world.step(millis(10_000));
    let number = |change: &Change| change.value.plain().parse::<f64>().unwrap();
    assert!(changes.len() > 100);
    assert!(changes.iter().map(number).all(|number| (48.0..=52.0).contains(&number)));
    assert!(changes.iter().map(number).any(|number| number < 49.0));
    assert!(changes.iter().map(number).any(|number| number > 51.0));
}

#[test]
fn what_is_to_be_repeated_is_told_again() {
    let text = two_states("in.B = 5").replace("mqtt = \"t\"", "mqtt = { topic = \"t\", every_millis = 80 }");
    check(&text, 330, &["80 0", "100 5", "160 5", "240 5", "320 5"]);
}

#[test]
fn a_machine_answers_another_one_millisecond_later() {
    let follower = r#"
        [[machines]]
        name = "F"
        states = [
          { name = "Waits", when = [{ machine = "M", is = "B", next = "Follows" }] },
          { name = "Follows", lasts_millis = 1000, next = "Waits", when = [{ machine = "M", is = "A", next = "Waits" }] },
        ]
        signals = [{ name = "f", mqtt = "f", in.Follows = true, otherwise = false }]
    "#;
    let text = format!("{}{follower}", two_states("in.B = 1\notherwise = 0"));
    check(&text, 450, &["100 1", "101 true", "300 0", "301 false", "400 1", "401 true"]);
    let mut world = world(&text);
    world.step(millis(200));
    assert_eq!(world.states(), [("M", "B"), ("F", "Follows")]);
}

#[test]
fn weights_are_kept() {
    let mut world = world(
        r#"
        [[machines]]
        name = "M"
        [[machines.states]]
        name = "Choice"
        lasts_millis = 1
        next = { Often = 9, Seldom = 1 }
        [[machines.states]]
        name = "Often"
        lasts_millis = 1
        next = "Choice"
        [[machines.states]]
        name = "Seldom"
        lasts_millis = 1
        next = "Choice"
        [[machines.signals]]
        name = "s"
        in.Often = 1
        in.Seldom = 2
        otherwise = 0
        mqtt = "t"
        "#,
    );
    let changes = world.step(millis(20_000));
    let seldom = changes.iter().filter(|change| change.value == SignalValue::Integer(2)).count();
    assert!((900..1_100).contains(&seldom), "{seldom} of 10,000");
}

#[test]
fn a_world_in_which_nothing_happens_has_no_next() {
    let mut world = world("[[machines]]\nname = \"M\"\nstates = [{ name = \"S\" }]\n");
    assert_eq!(world.next_due(), None);
    assert_eq!(world.step(millis(1_000)), []);
}

#[test]
fn seeds_differ() {
    assert_ne!(example(1).step(millis(20_000)), example(2).step(millis(20_000)));
}

#[test]
fn half_a_minute_of_the_example_has_runs_of_every_machine() {
    let mut world = example(4711);
    let mut entered = std::collections::BTreeMap::<(String, String), u32>::new();
    let mut before = Vec::new();
    for at in 0..30_000 {
        world.step(millis(at));
        let states: Vec<_> = world.states().iter().map(|(m, s)| ((*m).to_owned(), (*s).to_owned())).collect();
        for state in states.iter().filter(|state| !before.contains(*state)) {
            *entered.entry(state.clone()).or_default() += 1;
        }
        before = states;
    }
    let times = |machine: &str, state: &str| entered.get(&(machine.to_owned(), state.to_owned())).copied().unwrap_or(0);
    assert!(times("Filler", "Stopped") >= 5, "{entered:?}");
    assert!(times("Filler", "Hiccup") >= 1, "{entered:?}");
    assert!(times("Labeller", "Labelling") >= 5, "{entered:?}");
    assert!(times("Labeller", "Jam") >= 1, "{entered:?}");
    assert!(times("Packer", "Packing") >= 5, "{entered:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn steps_do_not_matter(seed in 0..1_000_u64, steps in vec(0..3_000_u64, 1..40)) {
        let end: u64 = steps.iter().sum();
        let mut stepped = example(seed);
        let mut now = 0;
        let mut changes = Vec::new();
        for step in steps {
            now += step;
            changes.extend(stepped.step(millis(now)));
        }
        let mut whole = example(seed);
        prop_assert_eq!(&changes, &whole.step(millis(end)));
        prop_assert_eq!(stepped.shown(), whole.shown());
    }

    #[test]
    fn time_only_goes_on(seed in 0..1_000_u64, to in 0..20_000_u64, back in 0..20_000_u64) {
        let mut world = example(seed);
        let changes = world.step(millis(to));
        prop_assert!(changes.iter().all(|change| change.at <= millis(to)));
        prop_assert!(changes.is_sorted_by_key(|change| (change.at, change.signal)));
        prop_assert_eq!(world.step(millis(to.min(back))), []);
        prop_assert!(world.next_due().is_some_and(|due| due > millis(to)));
    }

    #[test]
    fn what_is_told_last_is_what_is_shown(seed in 0..1_000_u64, to in 0..20_000_u64) {
        let mut world = example(seed);
        let mut shown: Vec<SignalValue> = world.shown().into_iter().map(|change| change.value).collect();
        for change in world.step(millis(to)) {
            shown[change.signal] = change.value;
        }
        let expected: Vec<SignalValue> = world.shown().into_iter().map(|change| change.value).collect();
        prop_assert_eq!(shown, expected);
    }
}
