//! Statements that carry many rows: every trip to the database's thread costs more than a row.

use std::sync::OnceLock;

use sqlx::SqliteConnection;

use super::statements::bind;
use crate::cell::Cells;
use crate::error::Failure;
use crate::limits::ROWS_PER_STATEMENT;
use crate::row::Row;

/// A statement whose text has `:rows` where the rows stand. It is made once for each length of
/// [`ROWS_PER_STATEMENT`], so that the database prepares few statements and keeps them.
pub(crate) struct Bulk {
    text: &'static str,
    columns: usize,
    lengths: [OnceLock<String>; ROWS_PER_STATEMENT.len()],
}

impl Bulk {
    /// Returns the statement of a text whose rows have so many columns.
    pub(crate) const fn new(text: &'static str, columns: usize) -> Self {
        Self { text, columns, lengths: [const { OnceLock::new() }; ROWS_PER_STATEMENT.len()] }
    }

    /// Runs the statement over all rows, in their order.
    pub(crate) async fn run(&'static self, connection: &mut SqliteConnection, rows: Vec<Cells>) -> Result<(), Failure> {
        let mut rows = rows.into_iter();
        for (length, text) in ROWS_PER_STATEMENT.into_iter().zip(&self.lengths) {
            while rows.len() >= length {
                let text = text.get_or_init(|| self.text_of(length));
                let query = rows.by_ref().take(length).fold(sqlx::query(text.as_str()), bind);
                query.execute(&mut *connection).await?;
            }
        }
        Ok(())
    }

    /// Runs the statement over all rows, and returns what it gives.
    pub(crate) async fn give<T, U>(
        &'static self,
        connection: &mut SqliteConnection,
        mut rows: &[T],
        cells: impl Fn(&T) -> Cells,
        (table, read): (&'static str, impl Fn(&Row<'_>) -> Result<U, Failure>),
    ) -> Result<Vec<U>, Failure> {
        let mut given = Vec::new();
        for (length, text) in ROWS_PER_STATEMENT.into_iter().zip(&self.lengths) {
            while let Some((some, rest)) = rows.split_at_checked(length) {
                let text = text.get_or_init(|| self.text_of(length));
                let query = some.iter().fold(sqlx::query(text.as_str()), |query, row| bind(query, cells(row)));
                for row in query.fetch_all(&mut *connection).await? {
                    given.push(read(&Row::of_sqlite(table, &row))?);
                }
                rows = rest;
            }
        }
        Ok(given)
    }

    /// Returns the statement over so many rows.
    pub(super) fn text_of(&self, rows: usize) -> String {
        let row = format!("({})", vec!["?"; self.columns].join(", "));
        self.text.replace(":rows", &vec![row; rows].join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_place_for_rows() {
        static BULK: Bulk = Bulk::new("INSERT INTO t (a, b) VALUES :rows", 2);
        assert_eq!(BULK.text_of(1), "INSERT INTO t (a, b) VALUES (?, ?)");
        assert_eq!(BULK.text_of(3), "INSERT INTO t (a, b) VALUES (?, ?), (?, ?), (?, ?)");
    }
}
