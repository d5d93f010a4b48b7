//! Rows on their way out of a database, whichever it is.

use chrono::{DateTime, Utc};
use latchwork_expr::{Text, Timestamp, instant_of};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};
use ulid::Ulid;

use crate::error::Failure;

/// A row as a database gives it, and of which table it is: what cannot be understood is told with that.
#[derive(Clone, Copy)]
pub(crate) struct Row<'r> {
    table: &'static str,
    of: Of<'r>,
}

#[derive(Clone, Copy)]
enum Of<'r> {
    Sqlite(&'r SqliteRow),
    Postgres(&'r PgRow),
}

/// What both databases give alike.
pub(crate) trait Plain<'r>: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres> {}

impl<'r, T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>> Plain<'r> for T {}

impl<'r> Row<'r> {
    pub(crate) const fn of_sqlite(table: &'static str, row: &'r SqliteRow) -> Self {
        Self { table, of: Of::Sqlite(row) }
    }

    pub(crate) const fn of_postgres(table: &'static str, row: &'r PgRow) -> Self {
        Self { table, of: Of::Postgres(row) }
    }

    /// Returns a text, a number, a boolean; optional where it may be missing.
    pub(crate) fn get<T: Plain<'r>>(&self, column: &str) -> Result<T, Failure> {
        Ok(match self.of {
            Of::Sqlite(row) => row.try_get(column)?,
            Of::Postgres(row) => row.try_get(column)?,
        })
    }

    /// Returns a JSON text, written as tightly on both: Postgres puts spaces in, and has an order of keys of its own.
    pub(crate) fn json(&self, column: &str) -> Result<String, Failure> {
        match self.of {
            Of::Sqlite(row) => Ok(row.try_get(column)?),
            Of::Postgres(row) => {
                let no_json = |reason: String| self.unreadable(format!("`{column}` is no JSON: {reason}"));
                let bytes = row.try_get_raw(column)?.as_bytes().map_err(|error| no_json(error.to_string()))?;
                // What is no text yet has the number of its form before the text.
                let text = bytes.strip_prefix(&[1]).unwrap_or(bytes);
                let json: Json = serde_json::from_slice(text).map_err(|error| no_json(error.to_string()))?;
                Ok(json.to_string())
            }
        }
    }

    /// Returns a number that is never negative.
    pub(crate) fn count(&self, column: &str) -> Result<u64, Failure> {
        Ok(self.get::<i64>(column)?.cast_unsigned())
    }

    /// Returns a number that is never negative and may be missing.
    pub(crate) fn optional_count(&self, column: &str) -> Result<Option<u64>, Failure> {
        Ok(self.get::<Option<i64>>(column)?.map(i64::cast_unsigned))
    }

    /// Returns a text that may be missing.
    pub(crate) fn text(&self, column: &str) -> Result<Option<Text>, Failure> {
        Ok(self.get::<Option<String>>(column)?.map(Text::from))
    }

    /// Returns a small number that is never negative.
    pub(crate) fn small(&self, column: &str) -> Result<u32, Failure> {
        let number: i64 = self.get(column)?;
        u32::try_from(number).map_err(|_| self.unreadable(format!("{number} in `{column}` cannot be")))
    }

    /// Returns a date.
    pub(crate) fn date(&self, column: &str) -> Result<Timestamp, Failure> {
        self.optional_date(column)?.ok_or_else(|| self.unreadable(format!("`{column}` is missing")))
    }

    /// Returns a date that may be missing.
    pub(crate) fn optional_date(&self, column: &str) -> Result<Option<Timestamp>, Failure> {
        match self.of {
            Of::Sqlite(row) => {
                let Some(text) = row.try_get::<Option<String>, _>(column)? else { return Ok(None) };
                instant_of(&text).map(Some).ok_or_else(|| self.unreadable(format!("`{text}` in `{column}` is no date")))
            }
            Of::Postgres(row) => {
                let date: Option<DateTime<Utc>> = row.try_get(column)?;
                Ok(date.map(|date| Timestamp(date.timestamp_micros())))
            }
        }
    }

    /// Returns an id.
    pub(crate) fn id(&self, column: &str) -> Result<Ulid, Failure> {
        self.optional_id(column)?.ok_or_else(|| self.unreadable(format!("`{column}` is missing")))
    }

    /// Returns an id that may be missing.
    pub(crate) fn optional_id(&self, column: &str) -> Result<Option<Ulid>, Failure> {
        let Some(text) = self.get::<Option<String>>(column)? else { return Ok(None) };
        let id = Ulid::from_string(&text);
        id.map(Some).map_err(|_| self.unreadable(format!("`{text}` in `{column}` is no id")))
    }

    /// Returns one of the words that a column may hold.
    pub(crate) fn word<T: DeserializeOwned>(&self, column: &str) -> Result<T, Failure> {
        self.optional_word(column)?.ok_or_else(|| self.unreadable(format!("`{column}` is missing")))
    }

    /// Returns one of the words that a column may hold, if there is one.
    pub(crate) fn optional_word<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, Failure> {
        let Some(text) = self.get::<Option<String>>(column)? else { return Ok(None) };
        let word = serde_json::from_value(Json::from(text.as_str()));
        word.map(Some).map_err(|_| self.unreadable(format!("`{text}` in `{column}` is no word of it")))
    }

    /// Says that the row holds what none of ours does.
    pub(crate) fn unreadable(&self, reason: String) -> Failure {
        Failure::Unreadable { table: self.table, reason }
    }
}
