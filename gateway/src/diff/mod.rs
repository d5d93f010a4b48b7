//! What differs between two record files: runs that opened, closed, moved or are missing.
//!
//! It must never know an engine: it reads what `replay` and the store write, and files that people made like them.

mod difference;
mod pairs;
mod read;
mod row;
mod shown;

pub use difference::{Difference, Kind, differences};
pub use read::{read_csv, read_json_lines};
pub use row::{Row, RowProblem};
pub use shown::{json_line, text_line};
