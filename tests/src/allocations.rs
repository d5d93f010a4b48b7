//! What a scan may not do: allocate.

use std::fmt::Write;
use std::sync::Arc;

use latchwork_engine::{Engine, Input, Moment, Monotonic, Plant, Reading, Sample, Scan};
use latchwork_expr::{Quality, TagSlot, Timestamp, Value};

use crate::rerun;

/// Returns a plant of operations that each read tags of their own: a bit, a speed, and others that are to be low.
pub fn plant(operations: usize, tags_each: usize) -> Arc<Plant> {
    let mut text = String::from("[gateway]\nid = \"scans\"\n");
    for index in 0..operations {
        operation(&mut text, index, tags_each).expect("a string takes what is written to it");
    }
    let configuration = rerun::configuration(&text);
    Arc::new(
        configuration.unwrap_or_else(|problems| panic!("{}", problems.render(latchwork_config::Colour::Off))).plant,
    )
}

fn operation(text: &mut String, index: usize, tags_each: usize) -> std::fmt::Result {
    let line = format!("Line/{index}");
    writeln!(text, "[[tags]]\npath = \"{line}/Running\"\ntype = \"bool\"")?;
    writeln!(text, "[[tags]]\npath = \"{line}/Speed\"\ntype = \"float\"")?;
    let levels = 2..tags_each;
    for level in levels.clone() {
        writeln!(text, "[[tags]]\npath = \"{line}/Level{level}\"\ntype = \"float\"")?;
    }
    let faults: Vec<String> = levels.map(|level| format!("{{[.]Level{level}}} > {level}00")).collect();
    writeln!(text, "[[operations]]")?;
    if !faults.is_empty() {
        writeln!(text, "fault_trigger_expression = \"{}\"", faults.join(" || "))?;
    }
    writeln!(
        text,
        r#"name = "Run"
location = "{line}"
tag_folder = "{line}"
start_trigger_expression = "{{[.]Running}} && {{[.]Speed}} > 5"
stop_trigger_expression = "{{[.]Running}}"
start_hold_millis = 2000
stop_hold_millis = 5000"#
    )
}

/// An engine that is given one sample a scan, a millisecond apart.
#[derive(Debug)]
pub struct Feed {
    engine: Engine,
    sequence: u64,
    effects: Vec<latchwork_engine::Effect>,
}

impl Feed {
    /// Returns the feed of a plant.
    pub fn new(plant: Arc<Plant>) -> Self {
        Self { engine: Engine::new(plant), sequence: 0, effects: Vec::new() }
    }

    /// Gives the next sample.
    #[inline]
    pub fn sample(&mut self, tag: TagSlot, value: Value) {
        self.sequence += 1;
        let micros = i64::try_from(self.sequence).unwrap_or(i64::MAX).saturating_mul(1000);
        let at = Moment { monotonic: Monotonic(micros), wall: Timestamp(micros) };
        let reading = Reading::Value(value);
        let mut batch = [Sample { tag, reading, quality: Quality::Good, source_time: at.wall }];
        let scan = Scan { sequence: self.sequence, at, input: Input::Samples(&mut batch) };
        self.engine.step(scan, &mut self.effects);
    }

    /// Returns how many effects there were.
    pub fn effects(&self) -> usize {
        self.effects.len()
    }
}

/// Returns the slot of a tag of a plant of [`plant`].
///
/// # Panics
/// Panics when there is no such tag.
pub fn slot(plant: &Plant, path: &str) -> TagSlot {
    let place = plant.tags.iter().position(|tag| tag.path == format!("[default]{path}")).expect("the tag is there");
    TagSlot(u32::try_from(place).expect("a slot has 32 bits"))
}

#[cfg(test)]
mod tests {
    use latchwork_expr::{Cell, Context, Host, Program, Scheme, Scope, Type, Tz};

    use super::*;

    #[test]
    fn a_scan_that_opens_and_closes_nothing_allocates_nothing() {
        let plant = plant(10_000, 2);
        let (running, speed) = (slot(&plant, "Line/77/Running"), slot(&plant, "Line/77/Speed"));
        let mut feed = Feed::new(plant);
        let turn = |feed: &mut Feed, round: u32| {
            // A level that flickers: holds begin and are cancelled, timers are set and cleared.
            feed.sample(running, Value::Boolean(!round.is_multiple_of(3)));
            feed.sample(speed, Value::Float(f64::from(round % 7) * 1.5));
        };
        (0..20).for_each(|round| turn(&mut feed, round));
        let counted = allocation_counter::measure(|| (20..2000).for_each(|round| turn(&mut feed, round)));
        assert_eq!(counted.count_total, 0, "{counted:?}");
        assert_eq!(feed.effects(), 0);
    }

    /// Boolean programs of every kind that makes no text.
    const CONDITIONS: [&str; 29] = [
        "{f} > 5 && !{b}",
        "({f} - {g} > 2.5 || {g} >= 7) && {i} = 3",
        "{s} = 'RUN' && {o} != ''",
        "{b}",
        "!{i} || {b} && {f} && {s}",
        "{a} > 5 || {a} = 'RUN' || {a}",
        "{s} > 5",
        "5 <= {s} || {s} < {i}",
        "{s} * 2 > 5 && -{s} < 1",
        "{s} && {b}",
        "!{s}",
        "{d} > 5 || {b}",
        "{d} > {d} || {s} >= {o} || {i} != {f}",
        "{b} = true && {b} != {i}",
        "{i} + {f} * 2 - {g} / 3 > {i} ^ 2",
        "{i} & 4 = 4 || ~{i} = 3 || {i} << 1 > 9",
        "{i} = null || {f} != null",
        "{f.quality} = 'Good' && {f.quality} != 192",
        "{f.timestamp} = {d}",
        "if({b}, {f}, {g}) > 2",
        "coalesce({f}, {g}, 1) < 9 && abs({f} - {g}) <= 0.5",
        "isGood({f}) && !isBad({s}) || isNull({a})",
        "getBit({i}, 2) = 1",
        "max({f}, {g}, {i}) > 3 && min({f}, {g}) < 3",
        "case({i}, 1, true, 3, {b}, false)",
        "try({s} * 2, 5) > 4",
        "hasChanged({f}) || rTrig({b}) && fTrig({i})",
        "ton({b}, 2000) || tof({f} > 5, 100) || hysteresis({f}, 7, 5)",
        "sr({b}, {f} > 5) && stableFor({i}, 100)",
    ];

    const TAGS: [(&str, Type); 8] = [
        ("f", Type::Float),
        ("g", Type::Float),
        ("i", Type::Integer),
        ("b", Type::Boolean),
        ("s", Type::String),
        ("o", Type::String),
        ("d", Type::Date),
        ("a", Type::Any),
    ];

    /// Images with what the tags declare, with nothing, and with what they do not declare.
    fn images() -> Vec<Vec<Cell>> {
        let declared = |run: bool| -> [Value; 8] {
            let date = Value::Date(Timestamp(1_700_000_000_000_000));
            let text = if run { "RUN" } else { "6.5" };
            [(6.5).into(), (2.0).into(), 3.into(), run.into(), text.into(), "ORD-4711".into(), date, text.into()]
        };
        let (mut others, nothing) = (declared(true), [const { Value::Null }; 8]);
        others.rotate_right(3);
        let qualities = [Quality::Good, Quality::UncertainLastKnownValue, Quality::BadStale, Quality::ErrorIo];
        let image = |values: [Value; 8], shift: usize| {
            let cell = |(place, value)| Cell { value, quality: qualities[place * shift % 4], time: Timestamp(0) };
            values.into_iter().enumerate().map(cell).collect()
        };
        [declared(true), declared(false), nothing, others]
            .into_iter()
            .flat_map(|values| (0..3).map(move |shift| (values.clone(), shift)))
            .map(|(values, shift)| image(values, shift))
            .collect()
    }

    /// Returns how often a program allocates, for each image.
    fn allocations(text: &str, images: &[Vec<Cell>]) -> Vec<u64> {
        let mut scheme = Scheme::new();
        for (path, kind) in TAGS {
            scheme.add(path, kind);
        }
        let (program, _) = Program::compile(text, &Scope::of(&scheme)).expect(text);
        let (host, mut sites) = (Host::default(), program.fresh_sites());
        let mut count = |image: &Vec<Cell>| {
            let mut context = Context::of(image, Timestamp(0), Tz::UTC, &host, &mut sites);
            allocation_counter::measure(|| _ = std::hint::black_box(program.truth(&mut context))).count_total
        };
        // A block makes the memory of its call at the first evaluation, and keeps it.
        count(&images[0]);
        images.iter().map(count).collect()
    }

    #[test]
    fn a_boolean_program_allocates_nothing_whatever_its_tags_are() {
        let images = images();
        let counts = CONDITIONS.map(|text| (text, allocations(text, &images)));
        let wrong: Vec<_> = counts.into_iter().filter(|(_, counts)| counts.iter().any(|count| *count > 0)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn a_pattern_makes_text_only_of_what_is_none() {
        let counts = allocations("{s} like 'R?N*' || {o} like '%7'", &images());
        // The images with what the tags declare come first, then those without values.
        assert!(
            counts[..9].iter().all(|count| *count == 0) && counts[9..].iter().any(|count| *count > 0),
            "{counts:?}"
        );
    }

    #[test]
    fn a_scan_that_only_measures_allocates_nothing() {
        let text = r#"
[[tags]]
path = "run"
type = "bool"
[[tags]]
path = "speed"
type = "float"
[[operations]]
name = "A"
location = "Line"
start_trigger_expression = "{run}"
stop_trigger_expression = "{run}"
[[operations.captures]]
name = "mean"
expression = "{speed}"
mode = "MEAN"
[[operations.captures]]
name = "grown"
expression = "{speed} * 2"
mode = "SUM_OF_INCREASES"
[[operations.captures]]
name = "fast"
expression = "{speed} > 3"
mode = "TRUE_SECONDS"
"#;
        let plant = Arc::new(rerun::configuration(text).unwrap_or_else(|_| panic!("the plant is right")).plant);
        let (run, speed) = (slot(&plant, "run"), slot(&plant, "speed"));
        let mut feed = Feed::new(plant);
        feed.sample(run, Value::Boolean(false));
        feed.sample(run, Value::Boolean(true));
        let turn = |feed: &mut Feed, round: u32| feed.sample(speed, Value::Float(f64::from(round % 7)));
        (0..20).for_each(|round| turn(&mut feed, round));
        let counted = allocation_counter::measure(|| (20..2000).for_each(|round| turn(&mut feed, round)));
        assert_eq!(counted.count_total, 0, "{counted:?}");
        assert_eq!(feed.effects(), 2, "a record opened, and is in the schedule");
    }

    #[test]
    fn the_counter_sees_an_allocation() {
        let counted = allocation_counter::measure(|| drop(std::hint::black_box(vec![0_u8; 100])));
        assert_eq!(counted.count_total, 1);
    }
}
