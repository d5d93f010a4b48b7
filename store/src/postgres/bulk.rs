//! Statements that carry many rows in one trip to the server.

use std::sync::OnceLock;

use sqlx::PgConnection;

use super::arrays::bind_column;
use super::statements::{Query, bounded};
use crate::cell::{Cell, Cells};
use crate::error::Failure;
use crate::limits::{ANSWER_WAIT, ROWS_PER_TRIP};
use crate::row::Row;

/// A statement whose text has `:rows` where the rows stand: an array for each of their columns. It is made once.
pub(crate) struct Bulk {
    text: &'static str,
    columns: usize,
    whole: OnceLock<String>,
}

impl Bulk {
    /// Returns the statement of a text whose rows have so many columns.
    pub(crate) const fn new(text: &'static str, columns: usize) -> Self {
        Self { text, columns, whole: OnceLock::new() }
    }

    /// Runs the statement over all rows, in their order.
    pub(crate) async fn run(&'static self, connection: &mut PgConnection, rows: &[Cells]) -> Result<(), Failure> {
        for rows in rows.chunks(ROWS_PER_TRIP) {
            bounded(ANSWER_WAIT, self.query(rows).execute(&mut *connection)).await?;
        }
        Ok(())
    }

    /// Runs the statement over all rows, and returns what it gives.
    pub(crate) async fn give<T, U>(
        &'static self,
        connection: &mut PgConnection,
        rows: &[T],
        cells: impl Fn(&T) -> Cells,
        (table, read): (&'static str, impl Fn(&Row<'_>) -> Result<U, Failure>),
    ) -> Result<Vec<U>, Failure> {
        let mut given = Vec::new();
        for some in rows.chunks(ROWS_PER_TRIP) {
            let rows: Vec<Cells> = some.iter().map(&cells).collect();
            for row in bounded(ANSWER_WAIT, self.query(&rows).fetch_all(&mut *connection)).await? {
                given.push(read(&Row::of_postgres(table, &row))?);
            }
        }
        Ok(given)
    }

    /// Returns the statement with the columns of some rows.
    fn query<'q>(&'static self, rows: &'q [Cells]) -> Query<'q> {
        (0..self.columns).fold(sqlx::query(self.text(&rows[0])), |query, index| bind_column(query, rows, index))
    }

    /// Returns the statement over rows of the kinds that this one has.
    pub(super) fn text(&self, row: &Cells) -> &str {
        assert_eq!(row.as_slice().len(), self.columns, "the values of a row are its columns'");
        self.whole.get_or_init(|| self.text_of(row.as_slice()))
    }

    fn text_of(&self, kinds: &[Cell]) -> String {
        let array = |(index, cell): (usize, &Cell)| match cell {
            // The driver knows JSON only as text.
            Cell::Json(_) => format!("${}::jsonb[]", index + 1),
            Cell::Text(_) | Cell::Date(_) | Cell::Real(_) | Cell::Whole(_) | Cell::Flag(_) => {
                format!("${}", index + 1)
            }
        };
        let arrays: Vec<String> = kinds.iter().enumerate().map(array).collect();
        self.text.replace(":rows", &format!("unnest({})", arrays.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_place_for_rows() {
        let bulk = Bulk::new("INSERT INTO t (a, b) SELECT * FROM :rows AS given", 2);
        let row = Cells::default().with("a").with_json("{}");
        let text = bulk.text_of(row.as_slice());
        assert_eq!(text, "INSERT INTO t (a, b) SELECT * FROM unnest($1, $2::jsonb[]) AS given");
    }
}
