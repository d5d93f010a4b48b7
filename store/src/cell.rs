//! Values on their way into a row, whichever database it is in.

use std::sync::Arc;

use latchwork_expr::Timestamp;
use ulid::Ulid;

/// One value of a row. What is missing still has a kind: a database wants to know it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    /// A text, a word, an id.
    Text(Option<Arc<str>>),
    /// A JSON text.
    Json(Arc<str>),
    /// A date.
    Date(Option<Timestamp>),
    /// A number.
    Real(Option<f64>),
    /// A whole number.
    Whole(Option<i64>),
    /// A boolean.
    Flag(bool),
}

/// The values of a row in the order of its statement's columns, or those that a statement asks for.
#[derive(Debug, Default)]
pub(crate) struct Cells(Vec<Cell>);

impl Cells {
    /// Returns no values, with room for so many.
    pub(crate) fn with_capacity(columns: usize) -> Self {
        Self(Vec::with_capacity(columns))
    }

    /// Returns the values with one more.
    pub(crate) fn with(mut self, cell: impl Into<Cell>) -> Self {
        self.0.push(cell.into());
        self
    }

    /// Returns the values with a JSON text more.
    pub(crate) fn with_json(self, text: impl Into<Arc<str>>) -> Self {
        self.with(Cell::Json(text.into()))
    }

    /// Returns the values.
    pub(crate) fn as_slice(&self) -> &[Cell] {
        &self.0
    }
}

impl IntoIterator for Cells {
    type Item = Cell;
    type IntoIter = std::vec::IntoIter<Cell>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl From<Option<&str>> for Cell {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(Into::into))
    }
}

impl From<&Arc<str>> for Cell {
    fn from(text: &Arc<str>) -> Self {
        Self::Text(Some(Arc::clone(text)))
    }
}

impl From<Option<&Arc<str>>> for Cell {
    fn from(text: Option<&Arc<str>>) -> Self {
        Self::Text(text.map(Arc::clone))
    }
}

impl From<Ulid> for Cell {
    fn from(id: Ulid) -> Self {
        Some(id).into()
    }
}

impl From<Option<Ulid>> for Cell {
    fn from(id: Option<Ulid>) -> Self {
        let mut text = [0; ulid::ULID_LEN];
        Self::Text(id.map(|id| (&*id.array_to_str(&mut text)).into()))
    }
}

impl From<Timestamp> for Cell {
    fn from(date: Timestamp) -> Self {
        Self::Date(Some(date))
    }
}

impl From<Option<Timestamp>> for Cell {
    fn from(date: Option<Timestamp>) -> Self {
        Self::Date(date)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Real(Some(number))
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        Self::Real(number)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Whole(Some(number))
    }
}

impl From<u64> for Cell {
    fn from(count: u64) -> Self {
        Some(count).into()
    }
}

impl From<Option<u64>> for Cell {
    fn from(count: Option<u64>) -> Self {
        Self::Whole(count.map(u64::cast_signed))
    }
}

impl From<bool> for Cell {
    fn from(truth: bool) -> Self {
        Self::Flag(truth)
    }
}
