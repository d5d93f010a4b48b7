//! Whole traces in, scans or an error out.

mod faults;
mod formats;
mod own;
mod properties;
mod scans;

use std::fmt::Write;

use latchwork_engine::{Reading, Sample};
use latchwork_expr::{Quality, Type, Value};

use super::{Catalog, News, Options, OwnBoot, TraceError, Traces, Usage};

/// The tags of all these tests, by their names.
fn catalog() -> Catalog {
    let mut catalog = Catalog::new();
    for (path, kind) in [
        ("f", Type::Float),
        ("g", Type::Float),
        ("b", Type::Boolean),
        ("i", Type::Integer),
        ("s", Type::String),
        ("d", Type::Date),
        ("j", Type::Document),
        ("any", Type::Any),
        ("Line 1/f", Type::Float),
    ] {
        catalog.add(path, kind, Usage::Read);
    }
    catalog.add("unread", Type::Float, Usage::Unread);
    catalog
}

fn open(files: &[(&str, &[u8])], options: &Options) -> Result<Traces, TraceError> {
    let streams: Vec<_> =
        files.iter().map(|&(name, bytes)| (name, Box::new(std::io::Cursor::new(bytes.to_vec())) as _)).collect();
    Traces::of_streams(streams, catalog(), options)
}

/// Returns each scan as `seconds tag=value …`; a bare name keeps its value, and a quality that is not Good follows.
fn read(traces: &mut Traces) -> Result<Vec<String>, TraceError> {
    let mut scans = Vec::new();
    while traces.advance()? {
        let mut text = shown_seconds(traces.at().wall.0);
        if let Some(sequence) = traces.sequence() {
            write!(text, " #{sequence}").unwrap();
        }
        if let Some(news) = traces.news() {
            write!(text, " {}", shown_news(news)).unwrap();
        }
        for sample in traces.samples() {
            text.push_str(&shown(sample, traces.catalog()));
        }
        scans.push(text);
    }
    Ok(scans)
}

fn shown_news(news: &News) -> String {
    match news {
        News::File(header) => format!("file {} {}", header.gateway_id, header.last_sequence),
        News::Boot(OwnBoot { retained, last_sequence, next_event_seq }) => {
            format!("boot {retained} {last_sequence} {next_event_seq}")
        }
        News::Reload(reload) => format!("reload {} {}", reload.configuration_hash, reload.retained),
        News::Notice(notice) => format!("{notice:?}"),
        News::Timer => "timer".to_owned(),
        News::Command(command) => format!("command {}", command.to_json()),
    }
}

fn shown_seconds(micros: i64) -> String {
    let text = format!("{}.{:06}", micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn shown(sample: &Sample, catalog: &Catalog) -> String {
    let path = catalog.path(sample.tag).trim_start_matches("[default]");
    let value = match &sample.reading {
        Reading::Kept => String::new(),
        Reading::Value(Value::Null) => "=null".to_owned(),
        Reading::Value(Value::Boolean(value)) => format!("={value}"),
        Reading::Value(Value::Integer(value)) => format!("={value}"),
        Reading::Value(Value::Float(value)) => format!("={value:?}"),
        Reading::Value(Value::String(value)) => format!("={value:?}"),
        Reading::Value(Value::Document(value)) => format!("={value}"),
        Reading::Value(value @ (Value::Date(_) | Value::Dataset(_) | Value::Quality(_))) => format!("={value:?}"),
    };
    let quality = if sample.quality == Quality::Good { "" } else { sample.quality.name() };
    format!(" {path}{value}{}{quality}", if quality.is_empty() { "" } else { "!" })
}

#[track_caller]
fn check_with(options: &Options, files: &[&str], expected: &[&str]) {
    let files: Vec<_> = files.iter().map(|text| ("t", text.as_bytes())).collect();
    assert_eq!(open(&files, options).and_then(|mut traces| read(&mut traces)).unwrap(), expected);
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    check_with(&Options::default(), &[text], expected);
}

#[track_caller]
fn check_fault(options: &Options, bytes: &[u8], expected: &str) {
    let error = open(&[("t", bytes)], options).and_then(|mut traces| read(&mut traces)).unwrap_err();
    assert_eq!(error.to_string(), expected);
}
