//! A dataset that is a CSV file: the first record names the columns.
//!
//! A column whose cells are all whole numbers, numbers or truths holds such; a number with a leading zero is a
//! code, and a cell in quotes a text. Any other column holds texts. An empty cell is null.

use std::ops::Range;

use latchwork_expr::{Dataset, Value};

use super::cells::{Heading, check_headings, check_size, check_width, table};
use crate::document::Content;
use crate::explain::quoted;
use crate::notation::{CsvCell, CsvFault, csv_records};
use crate::place::{FileIndex, Place};
use crate::problems;
use crate::reader::Reader;

/// Reads the file; that it can be read was seen to before.
pub(super) fn read(reader: &mut Reader<'_, '_>) -> Option<Dataset> {
    let item = reader.item("file")?;
    let Content::Text(name) = &item.content else {
        reader.wrong_type("file", item, "a string");
        return None;
    };
    reader.explain("file", Some(item.place), || quoted(name));
    let (index, text) = reader.desk.dataset_file(name, item.place)?;
    let place = |span: &Range<usize>| Place::new(index, span);
    let mut records = match csv_records(text) {
        Ok(records) => records.into_iter(),
        Err(CsvFault { fault, span }) => {
            reader.problem(problems::BAD_DATASET, place(&span), fault, Some("double a quote to write it".to_owned()));
            return None;
        }
    };
    let Some(first) = records.next() else {
        let message = format!("`{name}` is empty, expected a line with the names of the columns");
        reader.problem(problems::BAD_DATASET, item.place, message, None);
        return None;
    };
    let headings = first.into_iter().map(|cell| Heading { name: cell.text.into_owned(), place: place(&cell.span) });
    let headings: Vec<Heading> = headings.collect();
    let records: Vec<Vec<CsvCell<'_>>> = records.collect();
    let sound = check_headings(reader, &headings)
        & check_size(reader, records.len(), headings.len(), item.place)
        & check_widths(reader, &records, headings.len(), index);
    sound.then(|| table(headings, values(&records)))
}

fn check_widths(reader: &mut Reader<'_, '_>, records: &[Vec<CsvCell<'_>>], columns: usize, file: FileIndex) -> bool {
    let whole = |record: &[CsvCell<'_>]| match record {
        [first, .., last] => first.span.start..last.span.end,
        [only] => only.span.clone(),
        [] => 0..0,
    };
    let mut odd = records.iter().filter(|record| record.len() != columns);
    // One is told: the others are wrong in the same way, and there may be many.
    odd.next().is_none_or(|record| check_width(reader, record.len(), columns, Place::new(file, &whole(record))))
}

/// Returns the values of records that are all as wide.
fn values(records: &[Vec<CsvCell<'_>>]) -> Vec<Vec<Value>> {
    let width = records.first().map_or(0, Vec::len);
    let readers: Vec<ReadCell> = (0..width).map(|column| reader_of(records, column)).collect();
    let cell = |(cell, read): (&CsvCell<'_>, &ReadCell)| {
        if is_empty(cell) { Value::Null } else { read(cell).unwrap_or_default() }
    };
    records.iter().map(|record| record.iter().zip(&readers).map(cell).collect()).collect()
}

/// Reads a cell that is not empty as a value of a type, if it is one.
type ReadCell = fn(&CsvCell<'_>) -> Option<Value>;

/// Returns the first reader that reads all cells of a column.
fn reader_of(records: &[Vec<CsvCell<'_>>], column: usize) -> ReadCell {
    const READERS: [ReadCell; 3] = [whole_number, number, truth];
    let cells = || records.iter().map(|record| &record[column]).filter(|cell| !is_empty(cell));
    READERS.into_iter().find(|read| cells().all(|cell| read(cell).is_some())).unwrap_or(text)
}

fn is_empty(cell: &CsvCell<'_>) -> bool {
    cell.text.is_empty() && !cell.quoted
}

fn whole_number(cell: &CsvCell<'_>) -> Option<Value> {
    digits(cell)?.parse().ok().map(Value::Integer)
}

fn number(cell: &CsvCell<'_>) -> Option<Value> {
    digits(cell)?.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Float)
}

/// Returns the text of a cell that may be a number: one with a leading zero is a code.
fn digits<'a>(cell: &'a CsvCell<'_>) -> Option<&'a str> {
    let unsigned = cell.text.strip_prefix('-').unwrap_or(&cell.text);
    let begins = unsigned.starts_with(|first: char| first.is_ascii_digit());
    let code = unsigned.len() > 1 && unsigned.starts_with('0') && !unsigned.starts_with("0.");
    (begins && !code && !cell.quoted).then_some(&*cell.text)
}

fn truth(cell: &CsvCell<'_>) -> Option<Value> {
    match &*cell.text {
        "true" | "TRUE" | "True" if !cell.quoted => Some(Value::Boolean(true)),
        "false" | "FALSE" | "False" if !cell.quoted => Some(Value::Boolean(false)),
        _ => None,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the last reader reads everything")]
fn text(cell: &CsvCell<'_>) -> Option<Value> {
    Some(Value::from(&*cell.text))
}

#[cfg(test)]
mod tests {
    use latchwork_expr::value_to_json;

    use super::*;

    /// Reads the one column of a file and shows its values.
    fn check(text: &str, wanted: &str) {
        let rows = values(&csv_records(text).unwrap());
        let shown: Vec<String> = rows.iter().map(|row| value_to_json(&row[0]).to_string()).collect();
        assert_eq!(shown.join(" "), wanted, "{text:?}");
    }

    #[test]
    fn a_column_has_the_type_of_its_cells() {
        check("1\n-20\n9223372036854775807\n0", "1 -20 9223372036854775807 0");
        check("1\n2.5\n1e3\n-0.5", "1.0 2.5 1000.0 -0.5");
        check("true\nFalse", "true false");
        check("1\nx", "\"1\" \"x\"");
        check("9223372036854775808", "9.223372036854776e+18");
    }

    #[test]
    fn codes_and_quoted_cells_are_texts() {
        check("007\n12", "\"007\" \"12\"");
        check("\"1\"\n2", "\"1\" \"2\"");
        check("1.2.3\n4", "\"1.2.3\" \"4\"");
        check("inf\nnan\n1e999", "\"inf\" \"nan\" \"1e999\"");
        check("+1\n.5", "\"+1\" \".5\"");
    }

    #[test]
    fn nothing_is_null_and_quotes_alone_are_the_empty_text() {
        check("\"\"\nx", "\"\" \"x\"");
        let rows = values(&csv_records("1,\n2,5").unwrap());
        assert!(rows[0][1].is_null() && matches!(rows[1][1], Value::Integer(5)));
    }
}
