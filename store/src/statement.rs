//! What is said to the databases: each has a text of its own, in a file of its own.

use crate::{postgres, sqlite};

/// A statement: the same meaning in the words of either database.
#[derive(Debug)]
pub(crate) struct Statement {
    /// The table that its rows are of.
    pub(crate) table: &'static str,
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

/// A statement over many rows. Its texts have `:rows` where these stand.
pub(crate) struct Bulk {
    pub(crate) sqlite: sqlite::Bulk,
    pub(crate) postgres: postgres::Bulk,
}

/// Returns the statement of this name: `sqlite/sql/….sql` and `postgres/sql/….sql`.
macro_rules! statement {
    ($name:literal, $table:literal) => {
        $crate::statement::Statement {
            table: $table,
            sqlite: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/sqlite/sql/", $name, ".sql")),
            postgres: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/postgres/sql/", $name, ".sql")),
        }
    };
}

/// Returns the statement of this name over rows of so many columns.
macro_rules! bulk {
    ($name:literal, $columns:expr) => {
        $crate::statement::Bulk {
            sqlite: $crate::sqlite::Bulk::new(
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/sqlite/sql/", $name, ".sql")),
                $columns,
            ),
            postgres: $crate::postgres::Bulk::new(
                include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/postgres/sql/", $name, ".sql")),
                $columns,
            ),
        }
    };
}

pub(crate) use {bulk, statement};
