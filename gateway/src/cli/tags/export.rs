//! The tags of a configuration as CSV.

use std::io;
use std::path::PathBuf;

use csv::{Terminator, Writer, WriterBuilder};
use latchwork_config::{Disk, ExplainedSection, cell_of};

use crate::cli::{colour, tell};
use crate::exit::{Exit, Failure, write_failure};

/// What `tags export` is called with.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The configuration.
    #[arg(short, long = "config", value_name = "FILE")]
    config: PathBuf,
    /// The file to write, instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The header of a tag in an explanation.
const HEADER: &str = "[[tags]]";

/// The columns in their order; keys that no tag has are left out, others come behind.
const COLUMNS: &[&str] =
    &["path", "type", "connection", "address", "topic", "data_type", "scale", "offset", "unit", "scan_class"];

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let explained = latchwork_config::explain(&arguments.config, &Disk);
    let (_, explanation) = explained.map_err(|problems| {
        tell(&problems.render(colour(&io::stderr())));
        Failure::told()
    })?;
    let tags: Vec<&ExplainedSection> = explanation.sections.iter().filter(|section| section.header == HEADER).collect();
    let text = csv(&tags);
    match &arguments.output {
        None => {
            io::Write::write_all(&mut io::stdout(), &text).map_err(|error| write_failure("standard output", &error))?;
        }
        Some(path) => {
            std::fs::write(path, &text).map_err(|error| write_failure(&path.display().to_string(), &error))?;
            tell(&format!("{} tags written to {}", tags.len(), path.display()));
        }
    }
    Ok(Exit::Done)
}

/// Returns the tags as CSV: what the file says of each, and no defaults.
fn csv(tags: &[&ExplainedSection]) -> Vec<u8> {
    let keys = columns(tags);
    let mut writer = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(Vec::new());
    add(&mut writer, keys.iter().map(|key| (*key).to_owned()));
    for tag in tags {
        add(&mut writer, keys.iter().map(|&key| given(tag, key).map(|value| cell_of(key, value)).unwrap_or_default()));
    }
    writer.into_inner().unwrap_or_default()
}

fn add(writer: &mut Writer<Vec<u8>>, cells: impl Iterator<Item = String>) {
    // Writing to memory cannot fail, and every row has as many cells.
    let _ = writer.write_record(cells.map(String::into_bytes));
}

fn given<'a>(tag: &'a ExplainedSection, key: &str) -> Option<&'a str> {
    tag.rows.iter().find(|row| row.key == key && row.is_given).map(|row| row.value.as_str())
}

fn columns(tags: &[&ExplainedSection]) -> Vec<&'static str> {
    let mut given: Vec<&'static str> = Vec::new();
    for row in tags.iter().flat_map(|tag| &tag.rows).filter(|row| row.is_given) {
        if !given.contains(&row.key) {
            given.push(row.key);
        }
    }
    let known = COLUMNS.iter().copied().filter(|column| *column == "path" || given.contains(column));
    let others = given.iter().copied().filter(|key| !COLUMNS.contains(key));
    known.chain(others).collect()
}
