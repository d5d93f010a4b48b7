//! `latchwork install`: the gateway as a service of systemd.

mod places;
mod unit;

use std::fs::{self, DirBuilder};
use std::io;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use latchwork_config::Configuration;
use latchwork_config::connections::{Transport, Wire};

use super::{load, tell};
use crate::exit::{Exit, Failure, write_failure};
use places::Places;
use unit::Unit;

/// What `install` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Prints the unit and writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// The configuration, as the service will find it.
    #[arg(short, long = "config", value_name = "FILE", default_value = "/etc/latchwork/plant.toml")]
    config: PathBuf,
    /// The service's name, and that of its directory in /var/lib: one for each gateway of a machine.
    #[arg(long, value_name = "NAME", default_value = "latchwork", value_parser = name)]
    name: String,
    /// Whom it runs as.
    #[arg(long, value_name = "USER", default_value = "latchwork", value_parser = name)]
    user: String,
    /// Has it keep a black box there, relative to its directory.
    #[arg(long, value_name = "DIRECTORY")]
    trace: Option<PathBuf>,
    /// Writes below this directory, as for the image of a machine.
    #[arg(long, value_name = "DIRECTORY", default_value = "/")]
    root: PathBuf,
    /// Replaces a unit that is there and says something else.
    #[arg(long, conflicts_with = "dry_run")]
    force: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let places = Places::new(&arguments.root, &arguments.name);
    let config = absolute(&arguments.config)?;
    let configuration = configuration(&places, &config)?;
    let unit = unit(arguments, config, configuration.as_ref())?;
    unit.unseen().into_iter().for_each(|path| {
        tell(&format!("the service will not see `{}`: home directories and /tmp are closed to it", path.display()));
    });
    if arguments.dry_run {
        let mut output = io::stdout().lock();
        let written = output.write_all(unit.text().as_bytes()).and_then(|()| output.flush());
        written.map_err(|error| write_failure("standard output", &error))?;
        return Ok(Exit::Done);
    }
    write_unit(&places.unit(), &unit.text(), arguments.force)?;
    make_directory(&places.state())?;
    tell(&next_steps(&places, &unit));
    Ok(Exit::Done)
}

/// Returns the configuration, if there is one yet.
fn configuration(places: &Places, config: &Path) -> Result<Option<Configuration>, Failure> {
    let path = places.below_root(config);
    if path.is_file() {
        return load(&path).map(Some);
    }
    tell(&format!("there is no `{}` yet: the unit is for a plant without serial lines", path.display()));
    Ok(None)
}

fn unit(arguments: &Arguments, config: PathBuf, configuration: Option<&Configuration>) -> Result<Unit, Failure> {
    let program = std::env::current_exe().map_err(|error| not_written("the program's own path", &error))?;
    let mut elsewhere = configuration.map(written).unwrap_or_default();
    elsewhere.extend(arguments.trace.clone());
    elsewhere.retain(|path| path.is_absolute() && !path.starts_with(places::state(&arguments.name)));
    elsewhere.sort();
    elsewhere.dedup();
    Ok(Unit {
        name: arguments.name.clone(),
        user: arguments.user.clone(),
        program,
        config,
        trace: arguments.trace.clone(),
        elsewhere,
        has_serial_lines: configuration.is_some_and(has_serial_lines),
    })
}

/// Returns the directories that a configuration has written into.
fn written(configuration: &Configuration) -> Vec<PathBuf> {
    let store = configuration.store.url.as_deref().and_then(|url| url.strip_prefix("sqlite:"));
    let store = store.map(|url| Path::new(url.strip_prefix("//").unwrap_or(url)));
    let logs = configuration.connections.iter().filter_map(|connection| connection.frame_log.as_ref());
    let files = store.into_iter().chain(logs.map(|log| log.file.as_path()));
    let directories = files.filter_map(Path::parent).map(Path::to_path_buf);
    directories.chain([configuration.data_directory.clone()]).collect()
}

fn has_serial_lines(configuration: &Configuration) -> bool {
    configuration.connections.iter().any(|connection| match &connection.wire {
        Wire::Modbus(modbus) => matches!(modbus.transport, Transport::Rtu(_)),
        Wire::Mqtt(_) => false,
    })
}

/// Writes the unit. One that says something else may be somebody's work, and stays.
fn write_unit(path: &Path, text: &str, is_forced: bool) -> Result<(), Failure> {
    let shown = path.display();
    if fs::read_to_string(path).is_ok_and(|known| known != text) && !is_forced {
        let reason = "says something else: put changes into a drop-in (`systemctl edit`), or give --force";
        return Err(Failure::new(Exit::Problems, format_args!("`{shown}` {reason}")));
    }
    let directory = path.parent().unwrap_or(path);
    fs::create_dir_all(directory).map_err(|error| not_written(directory.display(), &error))?;
    fs::write(path, text).map_err(|error| not_written(path.display(), &error))?;
    tell(&format!("written: {shown}"));
    Ok(())
}

/// Makes the directory that the service works in. systemd gives it to the service's user when that starts.
fn make_directory(path: &Path) -> Result<(), Failure> {
    let made = DirBuilder::new().recursive(true).mode(unit::STATE_MODE).create(path);
    made.map_err(|error| not_written(path.display(), &error))?;
    tell(&format!("the data directory is in: {}", path.display()));
    Ok(())
}

/// Returns what is left to do by hand.
fn next_steps(places: &Places, unit: &Unit) -> String {
    let (name, user) = (&unit.name, &unit.user);
    let mut steps = vec!["next:".to_owned()];
    if !places.has_user(user) {
        steps.push(format!("  useradd --system --no-create-home --shell /usr/sbin/nologin {user}"));
    }
    for path in &unit.elsewhere {
        steps.push(format!("  install --directory --owner {user} --mode 0750 {}", path.display()));
    }
    steps.push("  systemctl daemon-reload".to_owned());
    steps.push(format!("  systemctl enable --now {name}"));
    steps.join("\n")
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path).map_err(|error| not_written(path.display(), &error))
}

fn not_written(what: impl std::fmt::Display, error: &io::Error) -> Failure {
    Failure::new(Exit::NotStarted, format_args!("{what}: {error}"))
}

/// Reads a name that needs no quotes anywhere.
fn name(text: &str) -> Result<String, String> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    if !text.is_empty() && text.len() <= NAME_BYTES_MAX && text.chars().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err(format!("up to {NAME_BYTES_MAX} letters, digits, `_` and `-`"))
}

/// Longest name of a service or user: what useradd takes.
const NAME_BYTES_MAX: usize = 32;
