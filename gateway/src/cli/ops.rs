//! `latchwork ops`: commands to a running gateway over the socket in its data directory.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use latchwork_engine::{Ask, Command, EditInfo, OperationInfo, SplitInfo, Verb};
use latchwork_expr::{Text, Timestamp, Tz};
use serde_json::Value as Json;
use ulid::Ulid;

use super::load;
use super::remote::{Remote, RemoteArguments};
use super::replay::instant;
use crate::exit::{Exit, Failure, write_failure};
use crate::live::SOCKET;

/// How long an answer is waited for: a store that another program holds is written again within seconds.
const PATIENCE: Duration = Duration::from_mins(1);
/// The data directory of a configuration that names none.
const DATA_DIRECTORY: &str = "latchwork-data";

/// What `ops` is called with.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    operation: Operation,
    #[command(flatten)]
    way: Way,
}

/// Which gateway, and who asks.
#[derive(Debug, clap::Args)]
struct Way {
    /// The gateway's configuration: it says where the data directory is, and in which zone times are.
    #[arg(short, long = "config", value_name = "FILE", global = true, conflicts_with = "socket")]
    config: Option<PathBuf>,
    /// The gateway's socket, instead of the one in the data directory.
    #[arg(long, value_name = "PATH", global = true)]
    socket: Option<PathBuf>,
    #[command(flatten)]
    remote: RemoteArguments,
    /// Who asks, instead of the user who is logged in.
    #[arg(long = "as", value_name = "NAME", global = true)]
    actor: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum Operation {
    /// Opens a record.
    Start(Opening),
    /// Closes the open record.
    Stop {
        #[command(flatten)]
        target: Target,
        /// When it ended, if not now.
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
    },
    /// Has the open record stand.
    Pause(Target),
    /// Has it go on.
    Resume(Target),
    /// Closes the open record, which is not to count.
    Cancel(Target),
    /// Closes the open record, which failed.
    Fault(Target),
    /// Opens a record and closes it at once.
    Execute(Opening),
    /// Gives the open record another production order; with MANUAL resolution also the records to come.
    SetOrder {
        #[command(flatten)]
        target: Target,
        /// The production order.
        #[arg(value_name = "ORDER")]
        order: String,
    },
    /// Corrects a closed record.
    Edit {
        /// The record's id.
        #[arg(value_name = "RECORD", value_parser = record_id)]
        record: Ulid,
        /// When it began.
        #[arg(long, value_name = "TIME")]
        start: Option<String>,
        /// When it ended.
        #[arg(long, value_name = "TIME")]
        end: Option<String>,
        /// Its production order.
        #[arg(long, value_name = "NAME")]
        order: Option<String>,
        /// Why: the record's notes.
        #[arg(long, value_name = "TEXT")]
        notes: Option<String>,
    },
    /// Cuts an open record in two.
    Split {
        /// The record's id.
        #[arg(value_name = "RECORD", value_parser = record_id)]
        record: Ulid,
        /// The end of the one, the start of the other.
        #[arg(long, value_name = "TIME")]
        at: String,
        /// Why: the notes of the new record.
        #[arg(long, value_name = "TEXT")]
        notes: Option<String>,
    },
}

/// An operation.
#[derive(Debug, clap::Args)]
struct Target {
    /// The operation: its name, `Location/Path:Name`, or its id.
    #[arg(value_name = "OPERATION")]
    operation: String,
    /// Where it is, if its name is not unique.
    #[arg(long, value_name = "PATH")]
    location: Option<String>,
    /// Why: the record's notes.
    #[arg(long, value_name = "TEXT")]
    notes: Option<String>,
}

/// What opens a record.
#[derive(Debug, clap::Args)]
struct Opening {
    #[command(flatten)]
    target: Target,
    /// The production order.
    #[arg(long, value_name = "NAME")]
    order: Option<String>,
    /// When it began, if not now.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
}

fn record_id(text: &str) -> Result<Ulid, String> {
    Ulid::from_string(text).map_err(|_| "expected the 26 characters of a record's id".to_owned())
}

/// Runs the command: prints the record as it is afterwards.
pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let Way { config, socket, remote, actor } = &arguments.way;
    let remote = remote.remote(actor.as_deref())?;
    let (reach, zone) = Reach::of(config.as_deref(), socket.as_deref(), remote)?;
    let actor = arguments.way.actor.clone().or_else(user).map(Text::from);
    let ask = ask(&arguments.operation, zone)?;
    let command = Command { correlation: 0, actor, ask, fetched: None }.to_json();
    // The gateway would refuse it too; here the exit code is that of bad usage.
    Command::from_json(command.clone()).map_err(|error| Failure::new(Exit::Usage, error))?;
    shown(&reach.exchange(&command)?)
}

/// How a running gateway is reached.
#[derive(Clone, Debug)]
pub(super) enum Reach {
    /// By the socket in its data directory.
    Socket(PathBuf),
    /// Over HTTP.
    Remote(Remote),
}

impl Reach {
    /// Returns how a gateway is reached, and the zone of times that name none.
    pub(super) fn of(
        config: Option<&Path>,
        socket: Option<&Path>,
        remote: Option<Remote>,
    ) -> Result<(Self, Tz), Failure> {
        match remote {
            // Nothing of the gateway's is on this machine, but perhaps its configuration.
            Some(remote) => {
                let zone = config.map(load).transpose()?.map_or(Tz::UTC, |configuration| configuration.replay.zone);
                Ok((Self::Remote(remote), zone))
            }
            None => place(config, socket).map(|(socket, zone)| (Self::Socket(socket), zone)),
        }
    }

    /// Asks something and waits for the answer.
    pub(super) fn exchange(&self, question: &Json) -> Result<Json, Failure> {
        match self {
            Self::Socket(socket) => exchange(socket, question),
            Self::Remote(remote) => remote.exchange(question),
        }
    }
}

/// Returns where the gateway listens, and the zone of times that name none.
pub(super) fn place(config: Option<&Path>, socket: Option<&Path>) -> Result<(PathBuf, Tz), Failure> {
    match (config, socket) {
        (Some(config), _) => {
            let configuration = load(config)?;
            Ok((configuration.data_directory.join(SOCKET), configuration.replay.zone))
        }
        (None, Some(socket)) => Ok((socket.to_owned(), Tz::UTC)),
        (None, None) => Ok((Path::new(DATA_DIRECTORY).join(SOCKET), Tz::UTC)),
    }
}

fn user() -> Option<String> {
    ["USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok()).filter(|name| !name.is_empty())
}

fn ask(operation: &Operation, zone: Tz) -> Result<Ask, Failure> {
    let opened = |verb, opening: &Opening| {
        let info = info(&opening.target, opening.order.as_ref(), time(opening.at.as_ref(), zone)?);
        Ok(Ask::Operate(verb, info))
    };
    let done = |verb, target: &Target| Ok(Ask::Operate(verb, info(target, None, None)));
    match operation {
        Operation::Start(opening) => opened(Verb::Start, opening),
        Operation::Execute(opening) => opened(Verb::Execute, opening),
        Operation::Stop { target, at } => Ok(Ask::Operate(Verb::Stop, info(target, None, time(at.as_ref(), zone)?))),
        Operation::Pause(target) => done(Verb::Pause, target),
        Operation::Resume(target) => done(Verb::Resume, target),
        Operation::Cancel(target) => done(Verb::Cancel, target),
        Operation::Fault(target) => done(Verb::Fault, target),
        Operation::SetOrder { target, order } => Ok(Ask::Operate(Verb::SetOrder, info(target, Some(order), None))),
        Operation::Edit { record, start, end, order, notes } => Ok(Ask::Edit(EditInfo {
            record: *record,
            start: time(start.as_ref(), zone)?,
            end: time(end.as_ref(), zone)?,
            production_order: text(order.as_ref()),
            notes: text(notes.as_ref()),
        })),
        Operation::Split { record, at, notes } => {
            Ok(Ask::Split(SplitInfo { record: *record, at: instant(at, zone)?, notes: text(notes.as_ref()) }))
        }
    }
}

fn info(target: &Target, order: Option<&String>, at: Option<Timestamp>) -> OperationInfo {
    OperationInfo {
        operation: target.operation.clone(),
        location: target.location.clone(),
        production_order: text(order),
        at,
        notes: text(target.notes.as_ref()),
    }
}

fn text(text: Option<&String>) -> Option<Text> {
    text.map(|text| Text::from(text.as_str()))
}

fn time(text: Option<&String>, zone: Tz) -> Result<Option<Timestamp>, Failure> {
    text.map(|text| instant(text, zone)).transpose()
}

/// Sends a line and waits for its answer.
pub(super) fn exchange(socket: &Path, command: &Json) -> Result<Json, Failure> {
    let mut stream = UnixStream::connect(socket).map_err(|error| {
        Failure::new(Exit::NotStarted, format_args!("no gateway answers at `{}`: {error}", socket.display()))
    })?;
    let sent =
        stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.write_all(format!("{command}\n").as_bytes()));
    sent.map_err(|error| unanswered(&error))?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).map_err(|error| unanswered(&error))?;
    serde_json::from_str(&line).map_err(|_| unanswered(&io::ErrorKind::UnexpectedEof.into()))
}

fn unanswered(error: &io::Error) -> Failure {
    let message = format_args!("the gateway did not answer ({error}): whether a command was done is not known");
    Failure::new(Exit::Fault, message)
}

/// Prints the record of an answer, or returns why nothing was done.
fn shown(answer: &Json) -> Result<Exit, Failure> {
    let word = |key: &str| answer[key].as_str().unwrap_or_default();
    match answer["status"].as_u64() {
        Some(200) if answer["record"].is_null() => Ok(Exit::Done),
        Some(200) => {
            let written = writeln!(io::stdout(), "{}", answer["record"]);
            written.map(|()| Exit::Done).map_err(|error| write_failure("standard output", &error))
        }
        Some(400..500) => Err(Failure::new(Exit::Problems, format_args!("{}: {}", word("error"), word("detail")))),
        Some(_) | None => Err(Failure::new(Exit::Fault, word("detail"))),
    }
}
