//! A CSV file of tags as a TOML file that a configuration can include.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use latchwork_config::value_of;

use super::csv_rows::{Rows, read};
use crate::cli::tell;
use crate::exit::{Exit, Failure, write_failure};

/// What `tags import` is called with.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The CSV file: its first line has the keys of `[[tags]]`, each other line is a tag.
    #[arg(value_name = "CSV")]
    file: PathBuf,
    /// The file to write, instead of standard output. It must not be there yet.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Writes over the file if it is there.
    #[arg(long, requires = "output")]
    force: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let rows = read(&arguments.file)?;
    check_paths(&arguments.file, &rows)?;
    let text = toml(&arguments.file, &rows);
    let Some(output) = &arguments.output else {
        let written = io::stdout().write_all(text.as_bytes());
        return written.map(|()| Exit::Done).map_err(|error| write_failure("standard output", &error));
    };
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).create_new(!arguments.force);
    let written = options.open(output).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            let message = format_args!("`{}` is there already: `--force` writes over it", output.display());
            return Failure::new(Exit::Problems, message);
        }
        write_failure(&output.display().to_string(), &error)
    })?;
    tell(&format!("{} tags written to {}; name it in `include`", rows.tags.len(), output.display()));
    Ok(Exit::Done)
}

/// Complains about tags that are there twice.
fn check_paths(file: &Path, rows: &Rows) -> Result<(), Failure> {
    let Some(column) = rows.keys.iter().position(|key| key == "path") else { return Ok(()) };
    let mut lines: HashMap<&str, u64> = HashMap::new();
    let mut faults = Vec::new();
    for (line, cells) in &rows.tags {
        if let Some(first) = lines.insert(&cells[column], *line) {
            faults.push(format!("{}:{line}: the tag `{}` is in line {first} too", file.display(), cells[column]));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::new(Exit::Problems, faults.join("\n"))) }
}

/// Returns the tags as a configuration has them.
fn toml(file: &Path, Rows { keys, tags }: &Rows) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut text = format!("# Made of {} by `latchwork tags import`.\n", name.replace(char::is_control, " "));
    for (_, cells) in tags {
        text.push_str("\n[[tags]]\n");
        for (key, cell) in keys.iter().zip(cells) {
            if let Some(value) = value_of(key, cell) {
                // Writing to memory cannot fail.
                let _ = writeln!(text, "{key} = {value}");
            }
        }
    }
    text
}
