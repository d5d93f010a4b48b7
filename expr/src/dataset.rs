//! Tables: named, typed columns of equal length.

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

    /// Returns the columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Returns how many rows there are.
    pub fn rows(&self) -> usize {
        self.cells.len().checked_div(self.columns.len()).unwrap_or(0)
    }

    /// Returns the value at a row and column, both from zero.
    pub fn get(&self, row: usize, column: usize) -> Option<&Value> {
        if column < self.columns.len() { self.cells.get(row * self.columns.len() + column) } else { None }
    }

    /// Returns the index of the column of this name, in any case.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
    }
}
