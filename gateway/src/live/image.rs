//! The image as rows of the store: tags that follow one another in the plant share a row, and beside it stands one with
//! what they are called.
//!
//! A row for each tag cost more than all else that a gateway does while nothing happens. Both rows of a block are
//! written in the same turn, so neither is ever read beside one of another plant.

use std::collections::BTreeMap;

use latchwork_engine::{Engine, RetainedError, RetainedTag, Sample};
use latchwork_expr::TagSlot;
use latchwork_store::RetainedRow;

use super::limits::TAGS_PER_ROW;

/// How the keys begin of what tags are called.
const NAMES: &str = "tags:";
/// How the keys begin of what tags hold.
const VALUES: &str = "image:";

/// The rows whose tags were read since they were written, each once.
#[derive(Debug, Default)]
pub(super) struct ChangedImage {
    rows: Vec<Row>,
    changed: Vec<u32>,
}

#[derive(Clone, Debug, Default)]
struct Row {
    is_changed: bool,
    /// Whether the store has what its tags are called in this plant.
    is_named: bool,
}

impl ChangedImage {
    /// Returns an image of which nothing is written: all rows are to be.
    pub(super) fn unwritten(engine: &Engine) -> Self {
        let count = row_count(engine);
        let row = Row { is_changed: true, is_named: false };
        Self { rows: vec![row; count as usize], changed: (0..count).collect() }
    }

    /// Notes the tags of samples.
    pub(super) fn add_samples(&mut self, samples: &[Sample]) {
        for sample in samples {
            self.add(sample.tag);
        }
    }

    /// Notes a tag.
    pub(super) fn add(&mut self, tag: TagSlot) {
        let number = tag.0 / TAGS_PER_ROW;
        if !std::mem::replace(&mut self.rows[number as usize].is_changed, true) {
            self.changed.push(number);
        }
    }

    /// Tells whether there is nothing to write.
    pub(super) fn is_empty(&self) -> bool {
        self.changed.is_empty()
    }

    /// Appends what is to be written, and counts it as written. Names come before all values: rows that are written
    /// again and again then lie side by side in the file.
    pub(super) fn take(&mut self, engine: &Engine, into: &mut Vec<RetainedRow>) {
        for &number in &self.changed {
            let row = &mut self.rows[number as usize];
            row.is_changed = false;
            if !std::mem::replace(&mut row.is_named, true) {
                let value = engine.retained_names(slots(engine, number));
                into.push(RetainedRow { key: format!("{NAMES}{number}"), value });
            }
        }
        for number in self.changed.drain(..) {
            let value = engine.retained_values(slots(engine, number));
            into.push(RetainedRow { key: format!("{VALUES}{number}"), value });
        }
    }
}

/// Tells whether a key is that of a row of the plant's image.
pub(super) fn is_of_image(key: &str, engine: &Engine) -> bool {
    let number = key.strip_prefix(NAMES).or_else(|| key.strip_prefix(VALUES));
    number.and_then(|number| number.parse::<u32>().ok()).is_some_and(|number| number < row_count(engine))
}

/// Returns the tags of the rows of an image among others. The texts of these are taken out of their rows, for what is read
/// of them is as large.
pub(super) fn tags(rows: &mut [RetainedRow]) -> Result<Vec<RetainedTag>, RetainedError> {
    let mut values = taken(rows, VALUES);
    let mut tags = Vec::new();
    for (number, names) in taken(rows, NAMES) {
        let values = values.remove(&number).unwrap_or_default();
        tags.extend(RetainedTag::of_texts(&names, &values)?);
    }
    Ok(tags)
}

/// Takes the texts of the rows whose keys begin with this, by what follows it.
fn taken(rows: &mut [RetainedRow], prefix: &str) -> BTreeMap<String, String> {
    let text = |row: &mut RetainedRow| Some((row.key.strip_prefix(prefix)?.to_owned(), std::mem::take(&mut row.value)));
    rows.iter_mut().filter_map(text).collect()
}

fn row_count(engine: &Engine) -> u32 {
    tag_count(engine).div_ceil(TAGS_PER_ROW)
}

fn tag_count(engine: &Engine) -> u32 {
    u32::try_from(engine.plant().tags.len()).expect("a plant has no more tags than slots")
}

fn slots(engine: &Engine, number: u32) -> impl Iterator<Item = TagSlot> + use<> {
    let first = number * TAGS_PER_ROW;
    (first..tag_count(engine).min(first + TAGS_PER_ROW)).map(TagSlot)
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use latchwork_config::{Memory, read};
    use latchwork_engine::{Input, Moment, Monotonic, Reading, Scan};
    use latchwork_expr::{Quality, Timestamp, Value};

    use super::*;

    /// An engine of so many tags, of which some were read, with its image.
    struct Bench {
        engine: Engine,
        image: ChangedImage,
        scans: u64,
    }

    impl Bench {
        fn new(tags: u32) -> Self {
            let tag = |index| format!("[[tags]]\npath = 'tag{index}'\ntype = 'int'\n");
            let text: String = (0..tags).map(tag).collect();
            let plant = read(Path::new("plant.toml"), &Memory::of("plant.toml", text)).unwrap().plant;
            let engine = Engine::new(Arc::new(plant));
            Self { image: ChangedImage::unwritten(&engine), engine, scans: 0 }
        }

        /// Reads tags in one scan.
        fn read(&mut self, tags: &[u32], value: i64) {
            self.scans += 1;
            let micros = i64::try_from(self.scans).unwrap() * 1_000_000;
            let at = Moment { monotonic: Monotonic(micros), wall: Timestamp(micros) };
            let reading = || Reading::Value(Value::Integer(value));
            let sample = |&tag: &u32| Sample {
                tag: TagSlot(tag),
                reading: reading(),
                quality: Quality::Good,
                source_time: at.wall,
            };
            let mut samples: Vec<Sample> = tags.iter().map(sample).collect();
            self.image.add_samples(&samples);
            let scan = Scan { sequence: self.scans, at, input: Input::Samples(&mut samples) };
            self.engine.step(scan, &mut Vec::new());
        }

        fn take(&mut self) -> Vec<RetainedRow> {
            let mut rows = Vec::new();
            self.image.take(&self.engine, &mut rows);
            rows
        }
    }

    fn keys(rows: &[RetainedRow]) -> Vec<&str> {
        rows.iter().map(|row| row.key.as_str()).collect()
    }

    #[test]
    fn all_rows_are_written_once_and_then_those_that_were_read() {
        let mut bench = Bench::new(TAGS_PER_ROW + 1);
        assert_eq!(keys(&bench.take()), ["tags:0", "tags:1", "image:0", "image:1"]);
        assert!(bench.image.is_empty() && bench.take().is_empty());
        bench.read(&[TAGS_PER_ROW], 5);
        bench.read(&[TAGS_PER_ROW], 6);
        let rows = bench.take();
        assert_eq!(keys(&rows), ["image:1"]);
        assert_eq!(rows[0].value, "[[6,2000000]]");
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut bench = Bench::new(2 * TAGS_PER_ROW);
        bench.read(&[3, 4, TAGS_PER_ROW + 1], 7);
        bench.read(&[4], 8);
        let held = |tag: RetainedTag| (tag.path, format!("{:?}", tag.value), tag.source_time.0);
        let expected = [3, 4, TAGS_PER_ROW + 1].map(|tag| held(bench.engine.retained_tag(TagSlot(tag)).unwrap()));
        let mut found: Vec<_> = tags(&mut bench.take()).unwrap().into_iter().map(held).collect();
        found.sort();
        assert_eq!(found.len(), 3);
        assert!(expected.iter().all(|tag| found.contains(tag)), "{found:?}");
    }

    #[test]
    fn a_row_without_its_other_half_is_refused() {
        let mut bench = Bench::new(2);
        let names = bench.take().swap_remove(0);
        assert!(tags(&mut [names]).is_err());
    }

    #[test]
    fn rows_behind_the_last_tag_are_not_of_the_image() {
        let engine = Bench::new(TAGS_PER_ROW + 1).engine;
        let of = |key| is_of_image(key, &engine);
        assert!(["tags:0", "tags:1", "image:1"].into_iter().all(of));
        assert!(!["tags:2", "image:2", "tags:", "tag:0", "image:x"].into_iter().any(of));
    }
}
