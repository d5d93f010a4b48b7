//! A turn in one trip to the server: its statements are parts of one, which is a transaction by itself.
//!
//! All parts see what was there before any of them. So no part may need what another one wrote; a turn in which one does
//! is told statement by statement.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use sqlx::{AssertSqlSafe, PgConnection};

use super::statements::{bind, bounded};
use crate::cell::Cells;
use crate::error::Failure;
use crate::limits::{ANSWER_WAIT, ROWS_PER_TRIP, TURN_SHAPES_MAX};
use crate::script::Part;
use crate::statement::Statement;

/// Tells whether these parts fit into one statement.
pub(crate) fn is_short(parts: &[Part]) -> bool {
    parts.iter().all(|part| match part {
        Part::Rows(_, rows) => rows.len() <= ROWS_PER_TRIP,
        Part::Once(..) => true,
    })
}

/// Runs these parts behind a guard.
pub(crate) async fn run_at_once(
    connection: &mut PgConnection,
    (guard, cells): (&'static Statement, Cells),
    parts: Vec<Part>,
) -> Result<(), Failure> {
    // Made of texts of ours alone: values are bound.
    let text = known_text(&parts, guard);
    let query = parts.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, part| match part {
        Part::Rows(bulk, rows) => bulk.postgres.bind(query, rows),
        Part::Once(_, cells) => bind(query, cells.as_slice()),
    });
    bounded(ANSWER_WAIT, bind(query, cells.as_slice()).execute(connection)).await?;
    Ok(())
}

/// Of which statements a turn is made, by where they lie, and which of them are over a single row.
type Shape = Vec<(usize, bool)>;

/// Returns the text of these parts behind a guard. Turns resemble one another: most have a text that was made before.
fn known_text(parts: &[Part], guard: &'static Statement) -> Arc<str> {
    static KNOWN: Mutex<BTreeMap<Shape, Arc<str>>> = Mutex::new(BTreeMap::new());
    let mut shape: Shape = parts.iter().map(place).collect();
    shape.push((ptr::from_ref(guard).addr(), true));
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(text) = known.get(&shape) {
        return Arc::clone(text);
    }
    if known.len() >= TURN_SHAPES_MAX {
        known.clear();
    }
    let text: Arc<str> = text(parts, guard).into();
    known.insert(shape, Arc::clone(&text));
    text
}

fn place(part: &Part) -> (usize, bool) {
    match part {
        Part::Rows(bulk, rows) => (ptr::from_ref(*bulk).addr(), rows.len() == 1),
        Part::Once(statement, _) => (ptr::from_ref(*statement).addr(), true),
    }
}

fn text(parts: &[Part], guard: &Statement) -> String {
    let mut text = String::new();
    let mut values = 0;
    for (index, part) in parts.iter().enumerate() {
        let (statement, count) = match part {
            Part::Rows(bulk, rows) => (bulk.postgres.text(rows), rows[0].as_slice().len()),
            Part::Once(statement, cells) => (statement.postgres, cells.as_slice().len()),
        };
        let opening = if index == 0 { "WITH " } else { "),\n" };
        _ = write!(text, "{opening}part{index} AS (");
        add(&mut text, statement, values);
        values += count;
    }
    if !parts.is_empty() {
        text.push_str(")\n");
    }
    add(&mut text, guard.postgres, values);
    text
}

/// Adds a statement whose values come after so many others: `$1` becomes the next one.
fn add(text: &mut String, statement: &str, before: usize) {
    let mut pieces = statement.split('$');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = piece.split_at(digits);
        let number: usize = number.parse().unwrap_or_default();
        _ = write!(text, "${}{rest}", number + before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_after_those_of_the_parts_before() {
        let mut text = String::new();
        add(&mut text, "UPDATE t SET a = $1, b = unnest($2, $13::jsonb[]) WHERE c = 'x'", 7);
        assert_eq!(text, "UPDATE t SET a = $8, b = unnest($9, $20::jsonb[]) WHERE c = 'x'");
    }
}
