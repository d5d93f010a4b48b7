//! How traces are to be read: `[replay]` of the configuration and the command line, put together by the caller.

use chrono_tz::Tz;
use latchwork_expr::Timestamp;

/// How traces are to be read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The zone of times that name none.
    pub zone: Tz,
    /// How far a row may stand behind a later one, in microseconds. Rows within are sorted.
    pub reorder_window_micros: i64,
    /// What to do with lines that cannot be understood.
    pub bad_lines: BadLines,
    /// What stands before a wide file's column names to make them tag paths.
    pub prefix: String,
    /// The columns of wide files that are other tags than their name says.
    pub columns: Vec<ColumnMapping>,
    /// The name of the time column, where it is none of the usual ones.
    pub timestamp_column: Option<String>,
    /// The form of the times as strftime has it (`%d.%m.%Y %H:%M:%S%.f`), where it is neither RFC 3339 nor epoch.
    pub timestamp_format: Option<String>,
    /// Scans before this time are left out.
    pub from: Option<Timestamp>,
    /// Scans after this time are left out; reading ends at the first.
    pub until: Option<Timestamp>,
}

/// What to do with lines that cannot be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BadLines {
    /// The first one is an error.
    #[default]
    Stop,
    /// They are left out, counted, and the first are kept.
    Skip,
}

/// The tag of a column of a wide file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnMapping {
    /// The column's name in the header.
    pub column: String,
    /// The tag's path, with or without `[default]`.
    pub tag: String,
}

impl Default for Options {
    /// Returns the defaults of the command line: UTC, nothing reordered, nothing skipped.
    fn default() -> Self {
        Self {
            zone: Tz::UTC,
            reorder_window_micros: 0,
            bad_lines: BadLines::Stop,
            prefix: String::new(),
            columns: Vec::new(),
            timestamp_column: None,
            timestamp_format: None,
            from: None,
            until: None,
        }
    }
}
