//! How a command ends: the exit codes of `spec/cli.md` section 1, and what to tell people.

use std::fmt::Display;
use std::process::ExitCode;

/// Why a command ends before it is done; the text goes to standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What happened, where, and what to do; empty when all has been told.
    pub message: String,
}

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Problems in what the user wrote or gave.
    Problems = 1,
    /// Bad usage.
    Usage = 2,
    /// Could not start: a file that cannot be written, a port, a permission.
    NotStarted = 3,
    /// Ended by a fault: a disk that fills up, a pipe that closes.
    Fault = 4,
}

impl Failure {
    /// Returns a failure with its message.
    pub fn new(exit: Exit, message: impl Display) -> Self {
        Self { exit, message: message.to_string() }
    }

    /// Returns the failure of having told problems already.
    pub const fn told() -> Self {
        Self { exit: Exit::Problems, message: String::new() }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Returns the failure of a write: a pipe that its reader closed, or the system's reason.
pub fn write_failure(name: &str, error: &std::io::Error) -> Failure {
    let closed = error.kind() == std::io::ErrorKind::BrokenPipe;
    let reason = if closed { "closed by its reader".to_owned() } else { error.to_string() };
    Failure::new(Exit::Fault, format_args!("{name}: {reason}; what was not written yet is lost"))
}
