//! The command line: one file per command.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use latchwork_config::{Colour, Configuration};

use crate::exit::{Exit, Failure};

pub mod check;
pub mod collect;
mod columns;
pub mod connections;
pub mod convert;
#[cfg(feature = "demo")]
pub mod demo;
#[cfg(feature = "demo")]
mod demo_lines;
pub mod diff;
mod duration;
pub mod eval;
pub mod explain;
pub mod install;
pub mod ops;
pub mod outbox;
pub mod record;
mod remote;
mod remote_question;
pub mod replay;
pub mod run;
mod runtime;
pub mod simulate;
pub mod store;
pub mod tags;
pub mod test;
pub mod token;
mod traces;
mod trial_table;

/// Turns machine tags into operation records.
#[derive(Debug, Parser)]
#[command(name = "latchwork", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the engine over recorded samples, as fast as it can, and prints the records.
    Replay(replay::Arguments),
    /// Tells all problems and lints of a configuration at once.
    Check(check::Arguments),
    /// Runs scenario tests: inputs over time, and what must come of them.
    Test(test::Arguments),
    /// Turns any trace into any other.
    Convert(convert::Arguments),
    /// Tells what differs between two files of records.
    Diff(diff::Arguments),
    /// Shows it all with nothing installed: a simulated bottling line, the gateway, its store.
    #[cfg(feature = "demo")]
    Demo(demo::Arguments),
    /// Runs the gateway: connections in front, the store behind. SIGHUP reloads, SIGTERM ends it as it should.
    Run(run::Arguments),
    /// Writes what the connections bring as a trace.
    Record(record::Arguments),
    /// Serves a simulated plant over Modbus TCP and MQTT.
    Simulate(simulate::Arguments),
    /// Makes the gateway a service of systemd: its unit, watched and in a sandbox, and its directory.
    Install(install::Arguments),
    /// Gives a command to a running gateway: start, stop, pause, resume, cancel, fault, execute, set-order, edit, split.
    Ops(ops::Arguments),
    /// Shows what waits to be published and what the broker refused; has it tried again, or gives it up.
    Outbox(outbox::Arguments),
    /// Tells why an operation did or did not start or stop at a moment of a trace, or how it stands in a running gateway.
    Explain(explain::Arguments),
    /// Shows what the tags of a running gateway are; writes the tags of a configuration as CSV, and reads them from it.
    Tags(tags::Arguments),
    /// Looks after a store: checks, copies, exports and prunes it, brings its tables up to date.
    Store(store::Arguments),
    /// Shows how the connections of a running gateway stand, and what they counted.
    Connections(connections::Arguments),
    /// Makes a token for the HTTP interface, and its hash for the configuration.
    Token(token::Arguments),
    /// Keeps what any number of gateways publish in one database: asks for what is missing, acknowledges what is kept.
    Collect(collect::Arguments),
    /// Evaluates one expression, or many from standard input.
    Eval(eval::Arguments),
}

/// How a table is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Runs the program with its arguments; returns its exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to standard output and end well; the rest is bad usage.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    let result = match &arguments.command {
        Command::Replay(arguments) => replay::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Test(arguments) => test::run(arguments),
        Command::Convert(arguments) => convert::run(arguments),
        Command::Diff(arguments) => diff::run(arguments),
        #[cfg(feature = "demo")]
        Command::Demo(arguments) => demo::run(arguments),
        Command::Run(arguments) => run::run(arguments),
        Command::Record(arguments) => record::run(arguments),
        Command::Simulate(arguments) => simulate::run(arguments),
        Command::Install(arguments) => install::run(arguments),
        Command::Ops(arguments) => ops::run(arguments),
        Command::Outbox(arguments) => outbox::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Tags(arguments) => tags::run(arguments),
        Command::Store(arguments) => store::run(arguments),
        Command::Connections(arguments) => connections::run(arguments),
        Command::Token(arguments) => token::run(arguments),
        Command::Collect(arguments) => collect::run(arguments),
        Command::Eval(arguments) => eval::run(arguments),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if !failure.message.is_empty() {
                tell(&failure.message);
            }
            failure.exit.into()
        }
    }
}

/// Writes a line for people to standard error. When that is closed nobody is left to be told.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{}", line.trim_end_matches('\n'));
}

/// Returns whether a stream for people shows colours: a terminal without `NO_COLOR`.
pub(crate) fn colour(stream: &impl IsTerminal) -> Colour {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if stream.is_terminal() && !refused { Colour::On } else { Colour::Off }
}

/// Loads a configuration; tells its problems and lints.
pub(crate) fn load(path: &Path) -> Result<Configuration, Failure> {
    let stderr = std::io::stderr();
    match latchwork_config::load(path) {
        Ok(configuration) => Ok(configuration),
        Err(problems) => {
            tell(&problems.render(colour(&stderr)));
            Err(Failure::told())
        }
    }
}
