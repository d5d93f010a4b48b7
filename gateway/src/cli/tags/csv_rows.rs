//! The rows of a CSV file of tags.

use std::path::Path;

use csv::{ReaderBuilder, StringRecord};

use crate::exit::{Exit, Failure};

/// A file of tags: the keys, and for each tag its line and cells.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) keys: Vec<String>,
    pub(super) tags: Vec<(u64, Vec<String>)>,
}

/// The key that every tag has.
const PATH: &str = "path";

/// Most tags of a file: far more than a plant has.
const TAGS_MAX: usize = 1 << 20;

/// Reads a file; `;` and tabs separate cells as commas do. Tells all that is wrong with it at once.
pub(super) fn read(path: &Path) -> Result<Rows, Failure> {
    let text = std::fs::read_to_string(path);
    let text =
        text.map_err(|error| Failure::new(Exit::Problems, format_args!("cannot read `{}`: {error}", path.display())))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut reader = ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).from_reader(text.as_bytes());
    let unreadable = |error: csv::Error| Failure::new(Exit::Problems, format_args!("{}: {error}", path.display()));
    let keys: Vec<String> = reader.headers().map_err(unreadable)?.iter().map(|key| key.trim().to_owned()).collect();
    let mut faults = header_faults(&keys);
    let mut tags = Vec::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(unreadable)? {
        let line = record.position().map_or(0, csv::Position::line);
        match fault_of(&record, &keys) {
            Some(fault) => faults.push(format!("{line}: {fault}")),
            None if record.iter().all(str::is_empty) => {}
            None => tags.push((line, record.iter().map(str::to_owned).collect())),
        }
        if tags.len() > TAGS_MAX {
            faults.push(format!("{line}: there are more than {TAGS_MAX} tags"));
            break;
        }
    }
    if faults.is_empty() {
        return Ok(Rows { keys, tags });
    }
    let told: Vec<String> = faults.iter().map(|fault| format!("{}:{fault}", path.display())).collect();
    Err(Failure::new(Exit::Problems, told.join("\n")))
}

/// Returns what separates the cells of the first line.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let count = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

fn header_faults(keys: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    if !keys.iter().any(|key| key == PATH) {
        faults.push("1: there is no column `path`".to_owned());
    }
    for (place, key) in keys.iter().enumerate() {
        let is_key = !key.is_empty()
            && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !is_key {
            faults.push(format!("1: `{key}` is no key of a tag"));
        } else if keys[..place].contains(key) {
            faults.push(format!("1: there are two columns `{key}`"));
        }
    }
    faults
}

fn fault_of(record: &StringRecord, keys: &[String]) -> Option<String> {
    if record.iter().all(str::is_empty) {
        return None;
    }
    if record.len() != keys.len() {
        return Some(format!("there are {} cells, expected {} as in the first line", record.len(), keys.len()));
    }
    let path = keys.iter().position(|key| key == PATH)?;
    record.get(path).is_none_or(str::is_empty).then(|| "the tag has no `path`".to_owned())
}
