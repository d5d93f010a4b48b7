//! Rows turned into columns: each column is one array, so that any number of rows is one statement of few values.

use latchwork_expr::Timestamp;

use super::statements::{Query, moment};
use super::text::{plain, plain_json};
use crate::cell::{Cell, Cells};

/// Binds one column of the rows. Its first row says of which kind it is.
pub(super) fn bind_column<'q>(query: Query<'q>, rows: &'q [Cells], index: usize) -> Query<'q> {
    match &rows[0].as_slice()[index] {
        Cell::Text(_) => query.bind(column(rows, index, text).map(|text| text.map(plain)).collect::<Vec<_>>()),
        Cell::Json(_) => query.bind(column(rows, index, json).map(plain_json).collect::<Vec<_>>()),
        Cell::Date(_) => query.bind(column(rows, index, date).map(|date| date.map(moment)).collect::<Vec<_>>()),
        Cell::Real(_) => query.bind(column(rows, index, real).collect::<Vec<_>>()),
        Cell::Whole(_) => query.bind(column(rows, index, whole).collect::<Vec<_>>()),
        Cell::Flag(_) => query.bind(column(rows, index, flag).collect::<Vec<_>>()),
    }
}

/// Returns the values of a column, all of one kind.
fn column<'r, T>(
    rows: &'r [Cells],
    index: usize,
    of_kind: impl Fn(&'r Cell) -> Kind<'r, T>,
) -> impl Iterator<Item = T> {
    let value = move |row: &'r Cells| of_kind(&row.as_slice()[index]);
    rows.iter().map(move |row| value(row).unwrap_or_else(|cell| panic!("column {index} has another kind in {cell:?}")))
}

/// A value of a kind, or the cell that is of another.
type Kind<'r, T> = Result<T, &'r Cell>;

fn text(cell: &Cell) -> Kind<'_, Option<&str>> {
    if let Cell::Text(text) = cell { Ok(text.as_deref()) } else { Err(cell) }
}

fn json(cell: &Cell) -> Kind<'_, &str> {
    if let Cell::Json(text) = cell { Ok(text) } else { Err(cell) }
}

const fn date(cell: &Cell) -> Kind<'_, Option<Timestamp>> {
    if let Cell::Date(date) = cell { Ok(*date) } else { Err(cell) }
}

const fn real(cell: &Cell) -> Kind<'_, Option<f64>> {
    if let Cell::Real(number) = cell { Ok(*number) } else { Err(cell) }
}

const fn whole(cell: &Cell) -> Kind<'_, Option<i64>> {
    if let Cell::Whole(number) = cell { Ok(*number) } else { Err(cell) }
}

const fn flag(cell: &Cell) -> Kind<'_, bool> {
    if let Cell::Flag(truth) = cell { Ok(*truth) } else { Err(cell) }
}
