//! Recorded tags as scans: reading traces of others and our own, and writing them.
//!
//! Bytes → lines → rows → scans. Knows no engine beyond the types of its entrance: what a scan does is not its
//! business. What each format looks like stands in `docs/formats.md`.

mod bad_line;
mod catalog;
mod csv;
mod dataset;
mod detect;
mod error;
mod express;
mod finder;
mod jsonl;
mod lanes;
mod ledger;
mod lines;
mod long;
mod merge;
mod number;
mod open;
mod options;
mod own;
pub(crate) mod quality;
mod quotes;
pub(crate) mod reading;
mod row;
mod scans;
mod source;
#[cfg(test)]
mod tests;
pub(crate) mod time;
mod traces;
mod value;
mod wide;
mod window;
mod write;

pub(crate) use bad_line::quoted;
pub use bad_line::{BadLine, OutOfOrder};
pub use catalog::{Catalog, Usage};
pub(crate) use csv::Style;
pub use error::{Fault, TraceError, TraceProblem};
pub use open::Bytes;
pub use options::{BadLines, ColumnMapping, Options};
pub use own::{FORMAT_VERSION, News, OwnBoot, OwnFile, OwnHeader, OwnReload, OwnWriter, Packing, is_repacked, repack};
pub use time::rfc3339;
pub use traces::{Counters, Progress, Traces};
pub use value::tag_value;
pub use write::{JsonLinesWriter, LongWriter, TraceFile};
