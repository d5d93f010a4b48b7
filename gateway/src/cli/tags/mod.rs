//! `latchwork tags`: what the tags of a running gateway show; and the tags of a configuration as CSV, there and back.

mod csv_rows;
mod export;
mod import;
mod live;
mod table;

use std::path::PathBuf;
use std::time::Duration;

use super::Format;
use super::remote::RemoteArguments;
use crate::exit::{Exit, Failure};

/// What `tags` is called with.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    file: Option<FileCommand>,
    #[command(flatten)]
    show: Show,
}

/// What becomes of the tags of a file.
#[derive(Debug, clap::Subcommand)]
enum FileCommand {
    /// Writes the `[[tags]]` of a configuration as CSV: a row for each, a column for each key.
    Export(export::Arguments),
    /// Writes a TOML file with `[[tags]]` out of such a CSV file, to be named in `include`.
    Import(import::Arguments),
}

/// Which tags are shown, and how.
#[derive(Debug, clap::Args)]
struct Show {
    /// The gateway's configuration: it says where the data directory is.
    #[arg(short, long = "config", value_name = "FILE", conflicts_with = "socket")]
    config: Option<PathBuf>,
    /// The gateway's socket, instead of the one in the data directory.
    #[arg(long, value_name = "PATH", global = true)]
    socket: Option<PathBuf>,
    #[command(flatten)]
    remote: RemoteArguments,
    /// Only tags whose path has this in it; `*` stands for anything, such as `Line1/*`.
    #[arg(long, value_name = "PATTERN", default_value = "")]
    filter: String,
    /// Shows them once, as in a pipe; on a terminal they are shown again and again.
    #[arg(long)]
    once: bool,
    /// How long until they are shown again.
    #[arg(long, value_name = "TIME", value_parser = super::duration::read, default_value = "1s")]
    every: Duration,
    /// A table for people, or one JSON object a line.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The same as `--format json`.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    match &arguments.file {
        Some(FileCommand::Export(arguments)) => export::run(arguments),
        Some(FileCommand::Import(arguments)) => import::run(arguments),
        None => live::run(&arguments.show),
    }
}
