//! Tables: named, typed columns of equal length.

use serde_json::{Value as Json, json};

use crate::value::{Type, Value};

/// A column's name and type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name; looked up without regard to case.
    pub name: String,
    /// The type of its values.
    pub kind: Type,
}

/// A table. Rows are stored one after the other.
#[derive(Clone, Debug, Default)]
pub struct Dataset {
    columns: Vec<Column>,
    cells: Vec<Value>,
}

impl Dataset {
    /// Returns a table of these columns and rows.
    ///
    /// # Panics
    /// Panics when a row has not one value for each column: rows are made by our own code.
    pub fn new(columns: Vec<Column>, rows: Vec<Vec<Value>>) -> Self {
        assert!(rows.iter().all(|row| row.len() == columns.len()), "a row has not one value for each column");
        Self { columns, cells: rows.into_iter().flatten().collect() }
    }

    /// Returns the same rows under other columns.
    ///
    /// # Panics
    /// Panics when there are not as many columns as before.
    #[must_use]
    pub(crate) fn with_columns(&self, columns: Vec<Column>) -> Self {
        assert_eq!(columns.len(), self.columns.len(), "a row has not one value for each column");
        Self { columns, cells: self.cells.clone() }
    }

    /// Returns the rows of these indices, in their order.
    #[must_use]
    pub(crate) fn with_rows(&self, rows: &[usize]) -> Self {
        let width = self.columns.len();
        let cells = rows.iter().flat_map(|row| self.cells[row * width..(row + 1) * width].iter().cloned());
        Self { columns: self.columns.clone(), cells: cells.collect() }
    }

    /// Returns the columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Returns how many rows there are.
    pub fn rows(&self) -> usize {
        self.cells.len().checked_div(self.columns.len()).unwrap_or(0)
    }

    /// Returns about how many bytes the cells take, the texts in them taken as short: it must not cost a look at each.
    pub(crate) const fn held_bytes(&self) -> usize {
        2 * self.cells.len() * size_of::<Value>()
    }

    /// Returns the value at a row and column, both from zero.
    pub fn get(&self, row: usize, column: usize) -> Option<&Value> {
        let is_here = row < self.rows() && column < self.columns.len();
        if is_here { self.cells.get(row * self.columns.len() + column) } else { None }
    }

    /// Returns the index of the column of this name, in any case.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Returns the table as JSON, `{"columns": [{"name", "type"}], "rows": [[…]]}`, each cell by `cell`.
    pub fn to_json_with(&self, cell: &dyn Fn(&Value) -> Json) -> Json {
        let column = |column: &Column| json!({"name": column.name, "type": column.kind.name()});
        let width = self.columns.len();
        let row = |row| (0..width).filter_map(|column| self.get(row, column)).map(cell).collect::<Json>();
        let columns: Vec<Json> = self.columns.iter().map(column).collect();
        json!({"columns": columns, "rows": (0..self.rows()).map(row).collect::<Vec<Json>>()})
    }

    /// Returns the table of JSON as [`Self::to_json_with`] writes it, each cell by `cell`; `None` for any other.
    pub fn from_json_with(mut json: Json, cell: &dyn Fn(Json) -> Option<Value>) -> Option<Self> {
        let columns: Vec<Column> = json.get("columns")?.as_array()?.iter().map(column).collect::<Option<_>>()?;
        let Json::Array(rows) = json.get_mut("rows")?.take() else { return None };
        let row = |row: Json| match row {
            Json::Array(cells) if cells.len() == columns.len() => cells.into_iter().map(cell).collect(),
            Json::Array(_) | Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Object(_) => None,
        };
        let rows = rows.into_iter().map(row).collect::<Option<_>>()?;
        Some(Self::new(columns, rows))
    }
}

fn column(json: &Json) -> Option<Column> {
    let kind = serde_json::from_value::<Type>(json.get("type")?.clone()).ok()?;
    Some(Column { name: json.get("name")?.as_str()?.to_owned(), kind })
}
