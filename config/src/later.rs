//! What belongs to the format but is not in this version, in one list. Who adds a feature takes its
//! rows away; until then the file that uses it is told so by name.

/// One thing that is not in this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Later {
    /// The section that it is, or is in.
    pub(crate) section: &'static str,
    /// The key in the section, if not the whole section is meant.
    pub(crate) key: Option<&'static str>,
    /// The word of the key, if not every value of it is meant.
    pub(crate) word: Option<&'static str>,
    /// What to do without it.
    pub(crate) hint: &'static str,
}

const fn section(section: &'static str, hint: &'static str) -> Later {
    Later { section, key: None, word: None, hint }
}

const fn key(section: &'static str, key: &'static str, hint: &'static str) -> Later {
    Later { section, key: Some(key), word: None, hint }
}

const fn word(section: &'static str, key: &'static str, word: &'static str, hint: &'static str) -> Later {
    Later { section, key: Some(key), word: Some(word), hint }
}

const NO_STORE: &str = "leave it out: records go to where `replay` writes them";
const NO_CONNECTION: &str = "leave it out: the tag is then a memory tag, fed by replay or its `initial` value";
const NO_JOBS: &str = "leave it out: there are no jobs yet";
const NO_RATE: &str = "leave it out and give `expected_duration_seconds`, or an expression for it";
const NO_RESTART: &str = "leave it out: nothing is retained over a restart yet";
const NO_TEMPLATE: &str = "write the operations out, or one file per line and `include` them";

/// Everything that is not in this version.
pub(crate) const LATER: &[Later] = &[
    section("store", NO_STORE),
    section("publish", "leave it out: nothing is published yet"),
    section("http", "leave it out: there is no server yet"),
    section("connections", "leave it out and feed the tags by replay"),
    section("scan_classes", "leave it out: nothing is polled yet"),
    section("datasets", "leave it out: there are no lookup tables yet"),
    section("materials", NO_RATE),
    section("schedule", "leave it out and name the order by `production_order` or an expression"),
    section("jobs", NO_JOBS),
    section("station_connections", NO_JOBS),
    section("templates", NO_TEMPLATE),
    section("instances", NO_TEMPLATE),
    key("tags", "connection", NO_CONNECTION),
    key("tags", "address", NO_CONNECTION),
    key("tags", "topic", NO_CONNECTION),
    key("tags", "scan_class", NO_CONNECTION),
    key("tags", "data_type", NO_CONNECTION),
    key("tags", "scale", NO_CONNECTION),
    key("tags", "deadband", NO_CONNECTION),
    key("production_orders", "material", NO_RATE),
    key("production_orders", "rate_per_hour", NO_RATE),
    key("operations", "captures", "leave it out: records carry no captures yet"),
    key("operations", "job", NO_JOBS),
    key("operations", "handshake", "leave it out: nothing is written to a PLC yet"),
    key("operations", "restart_policy", NO_RESTART),
    key("operations", "resume_within_seconds", NO_RESTART),
    word("operations", "production_order_resolution_strategy", "SCHEDULE", "use MANUAL or EXPRESSION"),
    word("operations", "expected_duration_calculation_strategy", "FROM_PRODUCTION_ORDER", "use STATIC or EXPRESSION"),
];

/// Returns the row of a section.
pub(crate) fn later_section(name: &str) -> Option<&'static Later> {
    LATER.iter().find(|later| later.section == name && later.key.is_none())
}

/// Returns the row of a key.
pub(crate) fn later_key(section: &str, key: &str) -> Option<&'static Later> {
    LATER.iter().find(|later| later.section == section && later.key == Some(key) && later.word.is_none())
}

/// Returns the row of a word.
pub(crate) fn later_word(section: &str, key: &str, word: &str) -> Option<&'static Later> {
    LATER.iter().find(|later| later.section == section && later.key == Some(key) && later.word == Some(word))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::golden::folder;
    use crate::{problems, read};

    #[test]
    fn every_row_is_told_by_its_name() {
        let bad = folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad"));
        let told = read(Path::new("not_in_version.toml"), &bad).unwrap_err();
        assert!(told.as_slice().iter().all(|problem| problem.code == problems::NOT_IN_VERSION));
        let mut messages: Vec<&str> = told.as_slice().iter().map(|problem| problem.message.as_str()).collect();
        let name = |later: &Later| later.word.or(later.key).unwrap_or(later.section);
        let mut rows: Vec<String> =
            LATER.iter().map(|later| format!("`{}` is not in this version", name(later))).collect();
        messages.sort_unstable();
        rows.sort_unstable();
        assert_eq!(messages, rows);
    }
}
