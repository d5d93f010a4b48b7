//! A dataset that is written out: `columns` and `rows`.

use chrono_tz::Tz;

use latchwork_expr::{Dataset, Value};

use super::cells::{Heading, check_headings, check_size, check_width, table};
use crate::date;
use crate::document::{Content, Item};
use crate::problems;
use crate::reader::Reader;

/// Reads the columns and rows.
pub(super) fn read(reader: &mut Reader<'_, '_>, zone: Tz) -> Option<Dataset> {
    let (columns, rows) = (list(reader, "columns"), list(reader, "rows"));
    let (columns, rows) = (columns?, rows?);
    let headings: Option<Vec<Heading>> = columns.iter().map(|item| heading(reader, item)).collect();
    let headings = headings.filter(|headings| check_headings(reader, headings))?;
    if !check_size(reader, rows.len(), headings.len(), reader.place()) {
        return None;
    }
    let rows: Vec<Option<Vec<Value>>> = rows.iter().map(|item| row(reader, item, headings.len(), zone)).collect();
    Some(table(headings, rows.into_iter().collect::<Option<_>>()?))
}

/// Returns the items of a list that must be there.
fn list<'r>(reader: &mut Reader<'r, '_>, key: &'static str) -> Option<&'r [Item]> {
    let Some(item) = reader.item(key) else {
        let hint = "give `columns` and `rows`, or `file`".to_owned();
        let message = format!("`{key}` is missing");
        reader.problem(problems::MISSING_KEY, reader.place(), message, Some(hint));
        return None;
    };
    let Content::List(items) = &item.content else {
        reader.wrong_type(key, item, "a list");
        return None;
    };
    reader.explain(key, Some(item.place), || item.content.to_string());
    Some(items)
}

fn heading(reader: &mut Reader<'_, '_>, item: &Item) -> Option<Heading> {
    if let Content::Text(name) = &item.content {
        return Some(Heading { name: name.clone(), place: item.place });
    }
    reader.wrong_type("columns", item, "strings");
    None
}

fn row(reader: &mut Reader<'_, '_>, item: &Item, columns: usize, zone: Tz) -> Option<Vec<Value>> {
    let Content::List(cells) = &item.content else {
        reader.wrong_type("rows", item, "lists");
        return None;
    };
    let sound = check_width(reader, cells.len(), columns, item.place);
    let values: Vec<Option<Value>> = cells.iter().map(|item| cell(reader, item, zone)).collect();
    values.into_iter().collect::<Option<_>>().filter(|_| sound)
}

fn cell(reader: &mut Reader<'_, '_>, item: &Item, zone: Tz) -> Option<Value> {
    let value = match &item.content {
        Content::Text(text) => return Some(Value::from(reader.resolved(text, item.place)?.value)),
        Content::Boolean(value) => Some(Value::Boolean(*value)),
        Content::Integer(value) => Some(Value::Integer(*value)),
        Content::Float(value) => value.is_finite().then_some(Value::Float(*value)),
        Content::Date(text) => date::instant(text, zone).map(Value::Date),
        Content::List(_) | Content::Table(_) => {
            let message = format!("a cell of `rows` is {}, expected a single value", item.content.kind());
            reader.problem(problems::WRONG_TYPE, item.place, message, None);
            return None;
        }
    };
    if value.is_none() {
        let message = format!("a cell is {}, expected a finite number or a date with a day", item.content);
        reader.problem(problems::OUT_OF_RANGE, item.place, message, None);
    }
    value
}
