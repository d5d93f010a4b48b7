//! Whole tables as JSON lines or CSV, the same from either database.

use std::io::Write;

use latchwork_expr::instant_text;
use serde_json::{Map, Value as Json};

use super::layout::{Kind, Layout};
use crate::cell::Cells;
use crate::error::Failure;
use crate::limits::EXPORTED_AT_ONCE;
use crate::row::Row;
use crate::session::Session;

/// Where rows go, and how.
pub enum Target<'a> {
    /// An object a line.
    JsonLines(&'a mut (dyn Write + Send)),
    /// A line of names, then a line a row.
    Csv(&'a mut (dyn Write + Send)),
}

/// A row: names and values in the order of the columns.
type Exported = Map<String, Json>;

/// Writes every row of a table as of one moment; returns how many there were.
pub(super) async fn export(
    session: &mut Session,
    layout: &'static Layout,
    mut target: Target<'_>,
) -> Result<u64, Failure> {
    target.begin(layout)?;
    session.begin_reading().await?;
    let (mut count, mut after) = (0, (String::new(), layout.first_key.to_owned()));
    loop {
        let cells = Cells::default().with(after.0.as_str()).with(after.1.as_str()).with(EXPORTED_AT_ONCE.cast_signed());
        let rows = session.rows(&layout.page, cells, |row| object(layout.columns, row)).await?;
        for row in &rows {
            target.take(row)?;
        }
        count += rows.len() as u64;
        let Some(last) = rows.last().filter(|_| rows.len() as u64 == EXPORTED_AT_ONCE) else { break };
        after = (plain(&last["gateway_id"]), plain(&last[layout.key]));
    }
    session.rollback().await?;
    target.flush()?;
    Ok(count)
}

/// Returns a row as an object with these columns.
pub(crate) fn object(columns: &[(&'static str, Kind)], row: &Row<'_>) -> Result<Exported, Failure> {
    let value = |&(name, kind): &(&'static str, Kind)| Ok((name.to_owned(), value(row, name, kind)?));
    columns.iter().map(value).collect()
}

fn value(row: &Row<'_>, name: &str, kind: Kind) -> Result<Json, Failure> {
    Ok(match kind {
        Kind::Text => row.get::<Option<String>>(name)?.into(),
        Kind::Date => row.optional_date(name)?.map(instant_text).into(),
        Kind::Real => row.get::<Option<f64>>(name)?.into(),
        Kind::Whole => row.get::<Option<i64>>(name)?.into(),
        Kind::Flag => row.get::<Option<bool>>(name)?.into(),
        Kind::Json => serde_json::from_str(&row.json(name)?).map_err(|error| row.unreadable(error.to_string()))?,
    })
}

impl Target<'_> {
    fn begin(&mut self, layout: &Layout) -> Result<(), Failure> {
        match self {
            Self::JsonLines(_) => Ok(()),
            Self::Csv(into) => Ok(writeln!(into, "{}", line(layout.columns.iter().map(|(name, _)| quoted(name))))?),
        }
    }

    fn take(&mut self, row: &Exported) -> Result<(), Failure> {
        match self {
            Self::JsonLines(into) => Ok(writeln!(into, "{}", Json::from(row.clone()))?),
            Self::Csv(into) => Ok(writeln!(into, "{}", line(row.values().map(cell)))?),
        }
    }

    fn flush(&mut self) -> Result<(), Failure> {
        match self {
            Self::JsonLines(into) | Self::Csv(into) => Ok(into.flush()?),
        }
    }
}

fn line(cells: impl Iterator<Item = String>) -> String {
    cells.collect::<Vec<_>>().join(",")
}

/// Returns a value as a cell: nothing for null, a text as it is, all else as its JSON.
fn cell(value: &Json) -> String {
    if value.is_null() { String::new() } else { quoted(&plain(value)) }
}

/// Returns a text as it is, and all else as its JSON.
fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Quotes a cell that would else be taken for several, or for none (RFC 4180).
fn quoted(text: &str) -> String {
    if text.is_empty() || text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_one_cell() {
        assert_eq!(cell(&Json::Null), "");
        assert_eq!(cell(&Json::from("")), "\"\"");
        assert_eq!(cell(&Json::from("a, \"b\"\nc")), "\"a, \"\"b\"\"\nc\"");
        assert_eq!(cell(&serde_json::json!({"a": 1.5, "b": 2})), "\"{\"\"a\"\":1.5,\"\"b\"\":2}\"");
        assert_eq!(cell(&Json::from(true)), "true");
    }
}
