//! What a gateway believed, held against what the device sent: from its black box, sample by sample.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use super::folder::Folder;
use super::gateway::Gateway;
use super::program::program;
use super::simulated::DeviceLog;
use crate::black_box::files;

/// A tag of a simulated device, as unit, function, wire address and words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Register {
    pub(super) unit: u64,
    pub(super) function: u64,
    pub(super) address: u64,
    pub(super) words: usize,
}

/// The good values that reached the engine, by tag, in their order.
#[derive(Debug)]
pub(super) struct Believed(BTreeMap<String, Vec<i64>>);

/// Starts a gateway that keeps a black box.
pub(super) fn start(folder: &Folder) -> Gateway {
    let mut command = Command::new(program());
    let gateway = Gateway::of(command.args(["run", "-c", "plant.toml", "--trace", "box"]), folder);
    gateway.wait_for_message("gateway runs", 1);
    gateway
}

impl Believed {
    /// Reads the black box of a gateway that has ended. It has what operations read.
    pub(super) fn read(folder: &Folder) -> Self {
        let files = files(&folder.join("box"));
        let mut believed: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for file in files {
            let mut command = Command::new(program());
            command.arg("convert").arg(file).arg("samples.csv").current_dir(folder.path());
            let converted = command.output().unwrap();
            assert!(converted.status.success(), "{}", String::from_utf8_lossy(&converted.stderr));
            for line in fs::read_to_string(folder.join("samples.csv")).unwrap().lines().skip(1) {
                let [_, tag, value, quality] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
                if quality == "Good" {
                    let tag = tag.trim_start_matches("[default]").to_owned();
                    believed.entry(tag).or_default().push(number(value));
                }
            }
        }
        Self(believed)
    }

    /// Returns how many good values there were of a tag.
    pub(super) fn count(&self, tag: &str) -> usize {
        self.0.get(tag).map_or(0, Vec::len)
    }

    /// Sees to it that every value of every tag is one that the device sent for that very register, and that they change
    /// only as those did: no value twice, none before its time. Returns how many values that were.
    pub(super) fn assert_sent(&self, log: &DeviceLog, tags: &BTreeMap<String, Register>) -> usize {
        let courses = log.courses();
        let mut held = 0;
        for (tag, values) in &self.0 {
            let Register { unit, function, address, words } = tags[tag];
            let sent = courses.get(&(unit, function, address)).map_or(&[][..], Vec::as_slice);
            let sent = sent.iter().filter_map(|sent| sent.get(..words)).map(joined);
            assert_is_part(tag, values, &mut sent.collect());
            held += values.len();
        }
        held
    }
}

/// Sees to it that the records of an operation with one for each value of a tag began with changes that the device had;
/// returns how many records there are.
pub(super) fn assert_changes(folder: &Folder, log: &DeviceLog, changes: &[(String, Register)]) -> usize {
    let (courses, rows) = (log.courses(), starts(folder));
    let mut count = 0;
    for (operation, Register { unit, function, address, words }) in changes {
        let of_operation = rows.iter().filter(|(name, _)| name == operation);
        let values: Vec<i64> = of_operation.map(|(_, order)| number(order.as_deref().unwrap_or_default())).collect();
        assert!(values.windows(2).all(|pair| pair[0] != pair[1]), "{operation}: a change to the same, {values:?}");
        let sent = courses.get(&(*unit, *function, *address)).map_or(&[][..], Vec::as_slice);
        assert_is_part(operation, &values, &mut sent.iter().map(|sent| joined(&sent[..*words])).collect());
        count += values.len();
    }
    count
}

/// Returns an operation with a record for each value of a tag, which has the value as its order. It stands alone at its
/// place, and is called as the tag is.
pub(super) fn operation_of_changes(tag: &str) -> String {
    format!(
        "[[operations]]\nname = \"{tag}\"\nlocation = \"{tag}\"\nstart_trigger_type = \"CHANGE\"\n\
         start_trigger_expression = \"{{{tag}}}\"\nproduction_order_resolution_strategy = \"EXPRESSION\"\n\
         production_order_expression = \"{{{tag}}}\"\n"
    )
}

/// Returns the operation and the order of every record, by its start.
pub(super) fn starts(folder: &Folder) -> Vec<(String, Option<String>)> {
    folder.ledger().rows("SELECT operation, production_order FROM operation_records ORDER BY start_date, id")
}

/// Sees to it that the changes of some values are those of a course, of which some may be missing.
pub(super) fn assert_is_part(what: &str, values: &[i64], course: &mut Vec<i64>) {
    course.dedup();
    let mut rest = course.iter();
    let mut before = None;
    for (index, value) in values.iter().enumerate() {
        if before.replace(value) == Some(value) {
            continue;
        }
        let found = rest.any(|sent| sent == value);
        assert!(
            found,
            "{what}: {value}, number {index}, was not sent then: {:?}",
            &values[index.saturating_sub(3)..=index]
        );
    }
}

fn joined(words: &[u16]) -> i64 {
    words.iter().fold(0, |value, word| value << 16 | i64::from(*word))
}

fn number(value: &str) -> i64 {
    match value {
        "true" => 1,
        "false" => 0,
        number => number.parse().unwrap_or_else(|_| panic!("`{number}` is no whole number")),
    }
}

#[test]
fn values_that_were_not_sent_are_found() {
    let refused = |values: &[i64], course: &[i64]| {
        let (values, mut course) = (values.to_vec(), course.to_vec());
        std::panic::catch_unwind(move || assert_is_part("tag", &values, &mut course)).is_err()
    };
    assert!(!refused(&[1, 1, 2, 4], &[1, 2, 2, 3, 4]));
    assert!(refused(&[1, 5], &[1, 2]));
    // A value that comes back without having come back at the device is an edge that never was.
    assert!(refused(&[1, 2, 1], &[1, 2, 2]) && refused(&[2, 1], &[1, 2]));
}
