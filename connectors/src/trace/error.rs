//! Why a trace cannot be read: place, what was found, what was expected, and one hint.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::bad_line::{BadLine, OutOfOrder};
use crate::limits::{FILES_MAX, LINE_BYTES_MAX, REORDER_ROWS_MAX};

/// Who must act on a [`TraceError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Whoever gave the trace or the options: exit code 1.
    Given,
    /// The system: a disk, a permission, a broken pipe.
    System,
}

/// Why a trace cannot be read; its text names the place and ends with a hint where there is one.
pub struct TraceError(Box<Located>);

struct Located {
    file: Arc<str>,
    problem: TraceProblem,
}

/// What is wrong with a trace.
#[derive(Debug, thiserror::Error)]
pub enum TraceProblem {
    /// There is no such file.
    #[error("no such file")]
    Missing,
    /// The path is a directory.
    #[error("is a directory, not a trace")]
    Directory,
    /// Not a single byte, or nothing but white space.
    #[error("is empty")]
    Empty,
    /// A file of a kind that is not read.
    #[error("is {0}, which is not read by this version")]
    Unsupported(&'static str),
    /// The ending promises a compression that the bytes do not have.
    #[error("its name ends in `{0}`, but its content is not compressed like that")]
    NotCompressed(&'static str),
    /// The compressed stream ends in its middle.
    #[error("the compressed stream is cut off: it ends in the middle of a frame")]
    CutOff,
    /// The compressed stream does not decode.
    #[error("the compressed stream is damaged: {0}")]
    Damaged(String),
    /// A line beyond [`LINE_BYTES_MAX`].
    #[error("line {line} is longer than {LINE_BYTES_MAX} bytes")]
    LineTooLong {
        /// The line's number.
        line: u64,
    },
    /// A line that cannot be understood.
    #[error("{0}")]
    BadLine(BadLine),
    /// A line that holds no command where it says so.
    #[error("line {line}: {reason}")]
    Command {
        /// The line's number.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// An own trace of a newer version.
    #[error("is an own trace of format version {0}, newer than this program")]
    NewerVersion(u64),
    /// Rows out of order beyond the window.
    #[error("{0}")]
    OutOfOrder(OutOfOrder),
    /// The window holds more rows than are held back.
    #[error("the reorder window holds more than {REORDER_ROWS_MAX} rows")]
    WindowTooFull,
    /// More files than are merged.
    #[error("more than {FILES_MAX} traces at once")]
    TooManyFiles,
    /// Standard input was named twice.
    #[error("standard input can be read only once")]
    StandardInputTwice,
    /// A `timestamp_format` that is no format.
    #[error("`timestamp_format` `{0}` is not a format of strftime")]
    TimestampFormat(String),
    /// A column mapping that no file has.
    #[error("no trace has the column `{0}` of `[[replay.columns]]`")]
    UnusedColumn(String),
    /// The system failed.
    #[error("{0}")]
    Io(#[source] io::Error),
}

impl TraceError {
    pub(crate) fn new(file: &Arc<str>, problem: TraceProblem) -> Self {
        Self(Box::new(Located { file: Arc::clone(file), problem }))
    }

    /// Returns the error of a failed read: of a decoder when the system is not to blame.
    pub(crate) fn reading(file: &Arc<str>, error: io::Error) -> Self {
        let problem = match (error.raw_os_error(), error.kind()) {
            (Some(_), _) => TraceProblem::Io(error),
            (None, io::ErrorKind::UnexpectedEof) => TraceProblem::CutOff,
            (None, _) => TraceProblem::Damaged(error.to_string()),
        };
        Self::new(file, problem)
    }

    /// Returns what is wrong.
    pub fn problem(&self) -> &TraceProblem {
        &self.0.problem
    }

    /// Returns who must act: it decides the exit code.
    pub fn fault(&self) -> Fault {
        match &self.0.problem {
            TraceProblem::Io(_) => Fault::System,
            TraceProblem::Missing
            | TraceProblem::Directory
            | TraceProblem::Empty
            | TraceProblem::Unsupported(_)
            | TraceProblem::NotCompressed(_)
            | TraceProblem::CutOff
            | TraceProblem::Damaged(_)
            | TraceProblem::LineTooLong { .. }
            | TraceProblem::BadLine(_)
            | TraceProblem::Command { .. }
            | TraceProblem::NewerVersion(_)
            | TraceProblem::OutOfOrder(_)
            | TraceProblem::WindowTooFull
            | TraceProblem::TooManyFiles
            | TraceProblem::StandardInputTwice
            | TraceProblem::TimestampFormat(_)
            | TraceProblem::UnusedColumn(_) => Fault::Given,
        }
    }
}

impl TraceProblem {
    /// Returns what to do about it, where that can be said in a sentence.
    fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Directory => "name the files in it",
            Self::Empty => "a trace begins with a header line or a JSON object",
            Self::CutOff => "copy the file again; what was read before the cut is not complete",
            Self::NotCompressed(_) => "give the file the ending of what it holds",
            Self::LineTooLong { .. } => "is this a trace at all?",
            Self::WindowTooFull => "make the window smaller, or sort the file first",
            Self::TimestampFormat(_) => "for example `%d.%m.%Y %H:%M:%S%.f`",
            Self::TooManyFiles => "join some of them first",
            Self::OutOfOrder(rows) => return Some(rows.hint()),
            Self::Missing
            | Self::Unsupported(_)
            | Self::Damaged(_)
            | Self::BadLine(_)
            | Self::Command { .. }
            | Self::NewerVersion(_)
            | Self::StandardInputTwice
            | Self::UnusedColumn(_)
            | Self::Io(_) => return None,
        };
        Some(text.to_owned())
    }
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = &self.0.problem;
        // These two name their lines in the form that editors jump to.
        if !matches!(problem, TraceProblem::BadLine(_) | TraceProblem::OutOfOrder(_)) {
            write!(f, "{}: ", self.0.file)?;
        }
        write!(f, "{problem}")?;
        problem.hint().map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

impl fmt::Debug for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceError").field("file", &self.0.file).field("problem", &self.0.problem).finish()
    }
}

impl std::error::Error for TraceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.0.problem)
    }
}

#[cfg(test)]
mod tests {
    use super::super::bad_line::quoted;
    use super::*;

    #[test]
    fn a_bad_line_is_told_in_one_line_with_its_place() {
        let bad = BadLine {
            file: "a.csv".into(),
            line: 7,
            column: 3,
            expected: "a number".to_owned(),
            found: quoted(b"ab\nc"),
        };
        let error = TraceError::new(&"a.csv".into(), TraceProblem::BadLine(bad));
        assert_eq!(error.to_string(), "a.csv:7:3: expected a number, found `ab\\nc`");
        assert_eq!(error.fault(), Fault::Given);
    }

    #[test]
    fn a_decoder_is_told_apart_from_the_disk() {
        let file: Arc<str> = "a.zst".into();
        let cut = TraceError::reading(&file, io::Error::from(io::ErrorKind::UnexpectedEof));
        assert!(matches!(cut.problem(), TraceProblem::CutOff));
        let disk = TraceError::reading(&file, io::Error::from_raw_os_error(5));
        assert_eq!(disk.fault(), Fault::System);
    }
}
