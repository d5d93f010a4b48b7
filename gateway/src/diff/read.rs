//! Record files: JSON lines, or CSV with the same keys as its header.

use std::io::{BufRead, Read};

use serde_json::{Map, Value};

use super::row::{Row, RowProblem};

/// Keys whose CSV cells are JSON: numbers, booleans, captures. All others are texts.
const JSON_KEYS: [&str; 6] =
    ["duration_seconds", "expected_duration_seconds", "overrun", "paused_seconds", "detected_after_gap", "captures"];

/// Reads JSON lines; empty ones are none. A problem comes with its line, from 1.
pub fn read_json_lines(reader: impl BufRead) -> Result<Vec<Row>, (u64, RowProblem)> {
    let mut rows = Vec::new();
    for (number, line) in (1..).zip(reader.lines()) {
        let line = line.map_err(|error| (number, RowProblem(error.to_string())))?;
        if !line.trim().is_empty() {
            rows.push(Row::read(&line).map_err(|problem| (number, problem))?);
        }
    }
    Ok(rows)
}

/// Reads CSV with a header. A problem comes with its line, from 1.
pub fn read_csv(reader: impl Read) -> Result<Vec<Row>, (u64, RowProblem)> {
    let mut reader = csv::Reader::from_reader(reader);
    let header = reader.headers().map_err(|error| problem(&error))?.clone();
    let mut rows = Vec::new();
    for cells in reader.records() {
        let cells = cells.map_err(|error| problem(&error))?;
        let number = cells.position().map_or(0, csv::Position::line);
        let object: Map<String, Value> =
            header.iter().zip(&cells).map(|(key, cell)| (key.to_owned(), value(key, cell))).collect();
        rows.push(Row::read(&Value::Object(object).to_string()).map_err(|problem| (number, problem))?);
    }
    Ok(rows)
}

fn value(key: &str, cell: &str) -> Value {
    if cell.is_empty() {
        return Value::Null;
    }
    let json = JSON_KEYS.contains(&key).then(|| serde_json::from_str(cell).ok()).flatten();
    json.unwrap_or_else(|| cell.into())
}

fn problem(error: &csv::Error) -> (u64, RowProblem) {
    (error.position().map_or(1, csv::Position::line), RowProblem(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"operation":"Filling","location":"Line","start_date":"2026-01-01T00:00:00.000001Z","end_date":null,"overrun":false,"captures":{"good":7}}"#;

    #[test]
    fn both_forms_say_the_same() {
        let csv = "operation,location,start_date,end_date,overrun,captures\n\
                   Filling,Line,2026-01-01T00:00:00.000001Z,,false,\"{\"\"good\"\":7}\"\n";
        let rows = read_csv(csv.as_bytes()).unwrap();
        assert_eq!(rows, read_json_lines(format!("\n{LINE}\n").as_bytes()).unwrap());
        assert_eq!((rows[0].start, rows[0].end), (1_767_225_600_000_001, None));
    }

    #[test]
    fn problems_name_their_line() {
        for (bad, told) in [
            ("7", "a record is a JSON object"),
            ("{", "no JSON: "),
            (r#"{"operation":"A"}"#, "`location` is not there or no text"),
            (&LINE.replace("2026-01-01T", "yesterday "), "`start_date` is no date of RFC 3339"),
            (&LINE.replace("\"end_date\":null,", ""), "`end_date` is not there"),
            (&LINE.replace("\"2026-01-01T00:00:00.000001Z\"", "null"), "`start_date` is null"),
        ] {
            let (line, RowProblem(problem)) = read_json_lines(format!("{LINE}\n{bad}\n").as_bytes()).unwrap_err();
            assert!(line == 2 && problem.starts_with(told), "{line} {problem}");
        }
        let (line, RowProblem(problem)) = read_csv("operation,location\nFilling,Line\na\n".as_bytes()).unwrap_err();
        assert_eq!((line, problem.as_str()), (2, "`start_date` is not there"));
    }
}
