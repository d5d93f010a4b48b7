//! `latchwork check`: all problems and lints of a configuration at once.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use latchwork_config::connections::{Connection, Wire};
use latchwork_connectors::modbus::Plan;

use super::runtime::block_on;
use super::{Format, colour, tell, trial_table};
use crate::exit::{Exit, Failure, write_failure};
use crate::live::{Trial, try_all};

/// What `check` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The configuration.
    #[arg(short, long = "config", value_name = "FILE")]
    config: PathBuf,
    /// Lints count as problems.
    #[arg(long)]
    strict: bool,
    /// Prints the effective configuration with its defaults, and where each value came from.
    #[arg(long)]
    explain: bool,
    /// Also connects to every device and broker, reads each tag once, and prints what became of it. Needs no gateway, and
    /// disturbs none that runs.
    #[arg(long)]
    connect: bool,
    /// How long a connection is tried with `--connect`.
    #[arg(long, value_name = "TIME", value_parser = super::duration::read, default_value = "10s", requires = "connect")]
    timeout: Duration,
    /// How problems and lints are told: text for people, or one JSON list on standard output.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Runs the command.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (problems, explanation, connections) =
        match latchwork_config::explain(&arguments.config, &latchwork_config::Disk) {
            Ok((configuration, explanation)) => {
                let plans = read_plans(&configuration.connections);
                (configuration.lints, Some(format!("{explanation}{plans}")), configuration.connections)
            }
            Err(problems) => (problems, None, Vec::new()),
        };
    match arguments.format {
        Format::Text if problems.as_slice().is_empty() => {}
        Format::Text => tell(&problems.render(colour(&std::io::stderr()))),
        Format::Json => print(&serde_json::json!(problems))?,
    }
    if let Some(explanation) = explanation.filter(|_| arguments.explain) {
        print(&explanation)?;
    }
    let found = problems.has_problems() || (arguments.strict && !problems.as_slice().is_empty());
    tell_summary(arguments, &problems);
    let connects = !arguments.connect || problems.has_problems() || connected(arguments, connections)?;
    Ok(if found || !connects { Exit::Problems } else { Exit::Done })
}

/// Returns which requests each Modbus connection makes, as comments behind the configuration.
fn read_plans(connections: &[Connection]) -> String {
    let plan = |connection: &Connection| {
        let Wire::Modbus(wire) = &connection.wire else { return None };
        let lines = Plan::of(wire).to_string().replace('\n', "\n#   ");
        Some(format!("\n# read plan of `{}`\n#   {}\n", connection.name, lines.trim_end_matches("\n#   ")))
    };
    connections.iter().filter_map(plan).collect()
}

/// Tries the connections, and prints what became of them; returns whether all is well.
fn connected(arguments: &Arguments, connections: Vec<Connection>) -> Result<bool, Failure> {
    let trials = block_on(async { Ok(try_all(connections, arguments.timeout).await) })?;
    match arguments.format {
        Format::Text => print(&trial_table::text(&trials))?,
        Format::Json => print(&trial_table::json(&trials))?,
    }
    Ok(trials.iter().all(Trial::is_good))
}

fn tell_summary(arguments: &Arguments, problems: &latchwork_config::Problems) {
    let lints = problems.as_slice().iter().filter(|row| row.severity == latchwork_expr::Severity::Lint).count();
    let rest = problems.as_slice().len() - lints;
    let (rest_s, lints_s) = (if rest == 1 { "" } else { "s" }, if lints == 1 { "" } else { "s" });
    tell(&format!("{}: {rest} problem{rest_s}, {lints} lint{lints_s}", arguments.config.display()));
}

fn print(text: &impl std::fmt::Display) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{text}").map_err(|error| write_failure("standard output", &error))
}
