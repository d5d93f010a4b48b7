//! A small turn in one trip to the thread of the database: many statements, one text.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::statements::{bind, say};
use crate::cell::Cells;
use crate::error::Failure;
use crate::limits::ROWS_AT_ONCE_MAX;
use crate::script::Part;
use crate::statement::Statement;

/// Tells whether these parts make one text: with more rows there would be a text for each number of them, and a text
/// is prepared when it is new.
pub(crate) fn is_short(parts: &[Part]) -> bool {
    parts.iter().all(|part| match part {
        Part::Rows(_, rows) => rows.len() <= ROWS_AT_ONCE_MAX,
        Part::Once(..) => true,
    })
}

/// Runs a transaction of these parts behind a guard.
pub(crate) async fn run_at_once(
    connection: &mut SqliteConnection,
    (guard, cells): (&'static Statement, Cells),
    parts: Vec<Part>,
) -> Result<(), Failure> {
    // Not a plain BEGIN: see `Session::begin`.
    let mut text = String::from("BEGIN IMMEDIATE;\n");
    add(&mut text, guard.sqlite);
    for part in &parts {
        match part {
            Part::Rows(bulk, rows) => add(&mut text, &bulk.sqlite.text_of(rows.len())),
            Part::Once(statement, _) => add(&mut text, statement.sqlite),
        }
    }
    text.push_str("COMMIT");
    // Made of texts of ours alone: values are bound.
    let query = bind(sqlx::query(AssertSqlSafe(text)), cells);
    let query = parts.into_iter().fold(query, |query, part| match part {
        Part::Rows(_, rows) => rows.into_iter().fold(query, bind),
        Part::Once(_, cells) => bind(query, cells),
    });
    query.execute(connection).await?;
    Ok(())
}

/// Undoes the transaction that a failure left open. That there is none is not known beforehand: SQLite ends one by itself
/// when a disk is full.
pub(crate) async fn give_up(connection: &mut SqliteConnection) -> Result<(), Failure> {
    // A transaction begun within one is refused, and nothing else of this text is run then.
    say(connection, "SAVEPOINT here").await?;
    say(connection, "ROLLBACK").await
}

fn add(text: &mut String, statement: &str) {
    debug_assert!(!statement.contains("?1"), "the values of a statement among others have no numbers: {statement}");
    text.push_str(statement);
    text.push_str(";\n");
}
