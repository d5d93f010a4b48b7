//! A configuration that can be used, and the ways to get one.

use std::path::{Path, PathBuf};

use latchwork_engine::Plant;
use latchwork_expr::{Scheme, TagSlot, Tz};

use crate::connections::Connection;
use crate::desk::Desk;
use crate::explain::Explanation;
use crate::files::{self, File};
use crate::findings::Findings;
use crate::http::Http;
use crate::lower::{self, Lowered};
use crate::problem::Problems;
use crate::publish::Publish;
use crate::raw;
use crate::source::{Disk, Source};

/// A configuration without problems.
#[derive(Debug)]
pub struct Configuration {
    /// What the engine runs.
    pub plant: Plant,
    /// The names of the plant's tags; a slot is an index of [`Plant::tags`].
    pub scheme: Scheme,
    /// How traces are read.
    pub replay: Replay,
    /// Where the gateway keeps what it must not lose, as written: relative to the working directory.
    pub data_directory: PathBuf,
    /// The links to devices and brokers, in the order of the file.
    pub connections: Vec<Connection>,
    /// Where the store is, and how long what is in it stays (`[store]`).
    pub store: StorePlace,
    /// Where events are published (`[publish]`); without it nowhere.
    pub publish: Option<Publish>,
    /// The HTTP server (`[http]`); without it there is none.
    pub http: Option<Http>,
    /// What may not mean what its author thinks.
    pub lints: Problems,
    /// The files that were read, the named one first.
    pub files: Vec<SourceFile>,
    /// The SHA-256 of the texts of all files, in hexadecimal.
    pub hash: String,
}

/// Where the store is, and how long what is in it stays (`[store]`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StorePlace {
    /// `sqlite:` and a path, or `postgres://` and a server; `None` is `latchwork.db` in the data directory.
    pub url: Option<String>,
    /// PEM certificates of the authorities that a server must have its own from.
    pub ca_file: Option<PathBuf>,
    /// How many days closed records stay; `None` is for ever.
    pub retention_days: Option<u32>,
}

/// A file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path, as named or as included.
    pub path: PathBuf,
    /// The text, as it stands in the file: secrets are not in it.
    pub text: String,
}

/// How traces are read (`[replay]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// The column of the times in wide files.
    pub timestamp_column: Option<String>,
    /// How the times are written, if not as RFC 3339 or epoch.
    pub timestamp_format: Option<String>,
    /// The zone of times that are written without one.
    pub zone: Tz,
    /// Which column of a wide file is which tag, beyond those named like their tag.
    pub columns: Vec<ReplayColumn>,
}

/// A column of a wide file and its tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayColumn {
    /// The column's name.
    pub column: String,
    /// The tag.
    pub tag: TagSlot,
}

/// Reads a configuration from this machine's files and environment, or gives all its problems.
pub fn load(path: &Path) -> Result<Configuration, Problems> {
    read(path, &Disk)
}

/// Reads a configuration from anywhere, or gives all its problems.
pub fn read(path: &Path, source: &dyn Source) -> Result<Configuration, Problems> {
    read_noting(path, source, None).map(|(configuration, _)| configuration)
}

/// Reads a configuration and notes every effective value with its origin, for `check --explain`.
pub fn explain(path: &Path, source: &dyn Source) -> Result<(Configuration, Explanation), Problems> {
    read_noting(path, source, Some(Explanation::default()))
}

fn read_noting(
    path: &Path,
    source: &dyn Source,
    explanation: Option<Explanation>,
) -> Result<(Configuration, Explanation), Problems> {
    let mut findings = Findings::default();
    let mut files = files::read_all(path, source, &mut findings);
    // Names that stand in a text that could not be read would all be unknown: nothing is gained by
    // reading on.
    if findings.has_problems() {
        return Err(findings.into_problems(&files));
    }
    let tags = files::take(&mut files, raw::TAGS);
    let mut desk = Desk::new(&files, source, findings, explanation);
    let raw = raw::read(&mut desk, tags);
    let data_directory = PathBuf::from(&raw.gateway.data_directory);
    let store = raw.store.clone();
    let Lowered { mut plant, scheme, replay, connections, publish, http } = lower::lower(raw, &mut desk);
    let Desk { findings, explanation, .. } = desk;
    if findings.has_problems() {
        return Err(findings.into_problems(&files));
    }
    let (lints, hash) = (findings.into_problems(&files), files::hash(&files));
    plant.configuration_version.clone_from(&hash);
    let files = files.into_iter().map(|File { path, text, .. }| SourceFile { path, text }).collect();
    let configuration =
        Configuration { plant, scheme, replay, data_directory, connections, store, publish, http, lints, files, hash };
    Ok((configuration, explanation.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use latchwork_engine::{
        ConflictScope, ConflictStrategy, FirstScan, Operation, OrderResolution, OrderStatus, OrderUpdate, Tag,
        TriggerSource, TriggerType,
    };
    use latchwork_expr::{Timestamp, Type, Value};

    use super::*;
    use crate::golden::folder;
    use crate::{Colour, Memory};

    /// Reads one of the good files.
    fn good(name: &str) -> Configuration {
        let folder = folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/good"));
        read(Path::new(name), &folder).unwrap_or_else(|problems| panic!("{}", problems.render(Colour::Off)))
    }

    fn operation<'a>(configuration: &'a Configuration, name: &str) -> &'a Operation {
        configuration.plant.operations.iter().find(|operation| operation.name == name).unwrap()
    }

    fn paths(tags: &[Tag]) -> Vec<&str> {
        tags.iter().map(|tag| tag.path.as_str()).collect()
    }

    #[test]
    fn an_empty_file_is_all_defaults() {
        let configuration = good("empty.toml");
        assert_eq!(configuration.plant.gateway_id, "latchwork");
        assert_eq!(configuration.plant.zone, Tz::UTC);
        assert_eq!(configuration.data_directory, Path::new("./latchwork-data"));
        assert!(configuration.plant.operations.is_empty());
    }

    #[test]
    fn slots_are_indices_of_the_tags_with_the_derived_ones_last() {
        let Configuration { plant, scheme, .. } = good("derived.toml");
        let expected = ["Line1/Speed", "Line1/Cleaning", "Line1/Producing", "Line1/Busy"].map(Scheme::canonical);
        assert_eq!(paths(&plant.tags), expected);
        assert_eq!(plant.derived, [TagSlot(2), TagSlot(3)]);
        for (index, tag) in plant.tags.iter().enumerate() {
            assert_eq!(scheme.find(&tag.path).unwrap().0.index(), index);
        }
        assert_eq!(plant.tags[3].kind, Type::Boolean);
    }

    #[test]
    fn equal_expressions_of_start_and_stop_are_one_program() {
        let configuration = good("minimal.toml");
        let run = operation(&configuration, "Run 000");
        let (start, stop) = (run.start.as_ref().unwrap(), run.stop.as_ref().unwrap());
        assert!(Arc::ptr_eq(&start.program, &stop.program));
        assert_eq!((start.kind, stop.kind), (TriggerType::RisingEdge, TriggerType::FallingEdge));
        assert_eq!(run.trigger_source, TriggerSource::Expression);
    }

    #[test]
    fn every_key_of_an_operation_arrives() {
        let configuration = good("bottling_line.toml");
        let filling = operation(&configuration, "Filling");
        assert_eq!(filling.id.to_string(), "01ARZ3NDEKTSV4RRFFQ69G5FAW");
        assert_eq!(configuration.plant.locations[filling.location.index()].path, "Brewery/Line1/Filler");
        let (start, stop) = (filling.start.as_ref().unwrap(), filling.stop.as_ref().unwrap());
        assert_eq!((start.hold_millis, stop.hold_millis), (2000, 5000));
        assert_eq!(start.program.text(), "{[.]Running} && {[.]Speed} > 5");
        assert_eq!(filling.fault.as_ref().unwrap().kind, TriggerType::RisingEdge);
        assert_eq!(filling.first_scan, FirstScan::Arm);
        assert_eq!((filling.restart_holdoff_millis, filling.flush_interval_millis), (1000, 1000));
        assert!((filling.max_duration_seconds - 86400.0).abs() < f64::EPSILON);
        assert_eq!(filling.conflict_strategy, ConflictStrategy::Ignore);
        assert_eq!(filling.conflict_scope, ConflictScope::Location);
        assert!(matches!(filling.order, OrderResolution::Expression(_, OrderUpdate::NewRecord)));
        assert_eq!(filling.order_status_on_start, Some(OrderStatus::Running));
        assert_eq!(filling.order_status_on_stop, Some(OrderStatus::Stopped));
        assert_eq!(filling.notes.as_deref(), Some("the bottleneck"));
        assert_eq!(filling.spares, ["a", "b", "c"].map(|text| Some(text.to_owned())));
    }

    #[test]
    fn what_an_operation_does_not_say_comes_from_the_engine_section_or_the_defaults() {
        let configuration = good("bottling_line.toml");
        let mode = operation(&configuration, "Mode");
        assert_eq!(mode.first_scan, FirstScan::Fire);
        assert_eq!(mode.order_status_on_start, None);
        assert!(mode.enabled && mode.auto_add_to_schedule);
        let cleaning = operation(&configuration, "Cleaning in place");
        assert_eq!(cleaning.assigned_order.as_deref(), Some("PO-4711"));
        assert!(cleaning.start.is_none() && cleaning.stop.is_none());
    }

    #[test]
    fn parents_are_indices() {
        let configuration = good("bottling_line.toml");
        let parent = |name: &str| {
            let index = operation(&configuration, name).parent.unwrap();
            configuration.plant.operations[index.index()].name.as_str()
        };
        assert_eq!(parent("Bottle inspection"), "Filling");
        assert_eq!(parent("Reject"), "Bottle inspection");
    }

    #[test]
    fn ids_are_derived_as_the_specification_says() {
        let text = "[[operations]]\nname = \"Run\"\nlocation = \"Plant/Machine44\"\ntrigger_source = \"MANUAL\"\n";
        let configuration = read(Path::new("plant.toml"), &Memory::of("plant.toml", text)).unwrap();
        assert_eq!(configuration.plant.operations[0].id.to_string(), "000000000048KC0RVYSD6XY8HF");
        assert_eq!(configuration.plant.locations[0].path, "Plant/Machine44");
    }

    #[test]
    fn initial_values_take_the_type_of_their_tag() {
        let tags = good("values.toml").plant.tags;
        assert!(matches!(tags[0].initial, Some(Value::Integer(1))));
        assert!(matches!(&tags[1].initial, Some(Value::String(text)) if text.as_str() == r#"C:\new "line""#));
        assert!(matches!(tags[2].initial, Some(Value::Date(Timestamp(1_772_427_600_000_000)))));
        let Some(Value::Document(document)) = &tags[3].initial else { panic!("a document") };
        assert_eq!(document.to_string(), r#"{"key one":[1,2.5,true],"at":"2026-03-02"}"#);
        assert!(tags[4].initial.is_none());
        assert!(matches!(tags[5].initial, Some(Value::Float(value)) if value < 0.0));
    }

    #[test]
    fn included_files_come_after_the_file_that_includes_them() {
        let Configuration { plant, files, .. } = good("includes.toml");
        let names: Vec<String> = files.iter().map(|file| file.path.display().to_string()).collect();
        let lines = ["lines/line-1.toml", "lines/line-2.toml", "lines/deeper/order.toml", "lines/shared.toml"];
        assert_eq!(names, [&["includes.toml"], &lines[..]].concat());
        assert_eq!(plant.operations[0].first_scan, FirstScan::Fire);
        assert_eq!(plant.orders[0].name, "PO-deep");
    }

    #[test]
    fn values_from_elsewhere_are_used() {
        let Configuration { plant, .. } = good("secrets.toml");
        assert_eq!(plant.gateway_id, "gw-Brewery");
        assert_eq!(plant.orders[0].name, "PO-from-a-file");
        assert_eq!(plant.operations[0].notes.as_deref(), Some("costs ${5}"));
        assert_eq!(plant.operations[0].start.as_ref().unwrap().program.text(), "'${PLANT}' = {Token}");
    }

    #[test]
    fn a_file_that_is_none_is_told_without_a_place() {
        let source = Memory::of("plants/plant.toml", "").with("latin1.toml", b"id = \"\xe4\"");
        let told = |path: &str| read(Path::new(path), &source).unwrap_err().render(Colour::Off);
        assert_eq!(told("none.toml"), "E201 none.toml there is no file `none.toml`\n");
        let directory =
            "E201 plants `plants` is a directory, expected a file; name the file in it, such as `plants/plant.toml`\n";
        assert_eq!(told("plants"), directory);
        let encoding =
            "E202 latin1.toml `latin1.toml` is not UTF-8 text: byte 6 begins no character; save it as UTF-8\n";
        assert_eq!(told("latin1.toml"), encoding);
    }

    #[test]
    fn the_hash_is_of_the_text_alone() {
        let hash = |path: &str, text: &str| read(Path::new(path), &Memory::of(path, text)).unwrap().hash;
        assert_eq!(hash("a.toml", "# x"), hash("b/c.toml", "# x"));
        assert_ne!(hash("a.toml", "# x"), hash("a.toml", "# y"));
    }

    #[test]
    fn replay_columns_are_slots_and_the_zone_is_the_gateways() {
        let Configuration { replay, scheme, .. } = good("bottling_line.toml");
        let speed = scheme.find("Line1/Filler/Speed").unwrap().0;
        assert_eq!(replay.columns, [ReplayColumn { column: "Filler speed".to_owned(), tag: speed }]);
        assert_eq!(good("values.toml").replay.zone, Tz::Europe__Berlin);
    }
}
