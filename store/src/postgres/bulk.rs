//! Statements that carry many rows in one trip to the server.

use std::sync::OnceLock;

use sqlx::PgConnection;

use super::arrays::bind_column;
use super::statements::{Query, bind, bounded};
use crate::cell::{Cell, Cells};
use crate::error::Failure;
use crate::limits::{ANSWER_WAIT, ROWS_PER_TRIP};
use crate::row::Row;

/// A statement whose text has `:rows` where the rows stand: of an array for each of their columns, or of the values of a
/// single row, with which the server has less to do. Each of the two texts is made once.
pub(crate) struct Bulk {
    text: &'static str,
    columns: usize,
    of_many: OnceLock<String>,
    of_one: OnceLock<String>,
}

impl Bulk {
    /// Returns the statement of a text whose rows have so many columns.
    pub(crate) const fn new(text: &'static str, columns: usize) -> Self {
        Self { text, columns, of_many: OnceLock::new(), of_one: OnceLock::new() }
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

    fn query<'q>(&'static self, rows: &'q [Cells]) -> Query<'q> {
        self.bind(sqlx::query(self.text(rows)), rows)
    }

    /// Returns the statement over these rows, or over others of the same kinds: one, or any number of them.
    pub(super) fn text(&self, rows: &[Cells]) -> &str {
        let kinds = rows[0].as_slice();
        assert_eq!(kinds.len(), self.columns, "the values of a row are its columns'");
        match rows {
            [_] => self.of_one.get_or_init(|| self.text_of_one(kinds)),
            _ => self.of_many.get_or_init(|| self.text_of_many(kinds)),
        }
    }

    /// Binds what the text over these rows names.
    pub(super) fn bind<'q>(&self, query: Query<'q>, rows: &'q [Cells]) -> Query<'q> {
        match rows {
            [row] => bind(query, row.as_slice()),
            _ => (0..self.columns).fold(query, |query, index| bind_column(query, rows, index)),
        }
    }

    fn text_of_one(&self, kinds: &[Cell]) -> String {
        let values = values(kinds, |place| place);
        // The one row is the first.
        let text = self.text.replace(":rows WITH ORDINALITY", &format!("(VALUES ({values}, 1::bigint))"));
        text.replace(":rows", &format!("(VALUES ({values}))"))
    }

    /// Unnests the arrays where values stand, a row at a time. As a table the server would unnest each of them into a
    /// store of its own before there is a first row.
    fn text_of_many(&self, kinds: &[Cell]) -> String {
        let values = values(kinds, |place| format!("unnest({place})"));
        let text = self.text;
        let text =
            text.replace(":rows WITH ORDINALITY", &format!("(SELECT {values}, generate_subscripts($1, 1)::bigint)"));
        text.replace(":rows", &format!("(SELECT {values})"))
    }
}

/// Returns values of these kinds, each made of the place where it stands. The driver knows JSON only as text.
fn values(kinds: &[Cell], of_place: impl Fn(String) -> String) -> String {
    let value = |(index, cell): (usize, &Cell)| match (of_place(format!("${}", index + 1)), cell) {
        (value, Cell::Json(_)) => format!("{value}::jsonb"),
        (value, Cell::Text(_) | Cell::Date(_) | Cell::Real(_) | Cell::Whole(_) | Cell::Flag(_)) => value,
    };
    kinds.iter().enumerate().map(value).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_place_for_rows() {
        let bulk = Bulk::new("INSERT INTO t (a, b) SELECT * FROM :rows AS given", 2);
        let row = || Cells::default().with("a").with_json("{}");
        let many = "INSERT INTO t (a, b) SELECT * FROM (SELECT unnest($1), unnest($2)::jsonb) AS given";
        assert_eq!(bulk.text(&[row(), row()]), many);
        let one = "INSERT INTO t (a, b) SELECT * FROM (VALUES ($1, $2::jsonb)) AS given";
        assert_eq!(bulk.text(&[row()]), one);
    }

    #[test]
    fn a_row_alone_is_the_first() {
        let bulk = Bulk::new("SELECT * FROM :rows WITH ORDINALITY AS given", 1);
        let row = || Cells::default().with("a");
        let many = "SELECT * FROM (SELECT unnest($1), generate_subscripts($1, 1)::bigint) AS given";
        assert_eq!(bulk.text(&[row(), row()]), many);
        assert_eq!(bulk.text(&[row()]), "SELECT * FROM (VALUES ($1, 1::bigint)) AS given");
    }
}
