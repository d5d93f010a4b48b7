//! Lists of rows of the store: filters become conditions, a cursor is the key of the last row.

use latchwork_store::{Condition, Direction, ListedRow, Listing, Table};
use serde_json::Value as Json;

use super::answer;
use super::asked::Asked;
use super::body::Answer;
use super::limits::{ROWS_DEFAULT, ROWS_MAX};
use super::problem::Outcome;
use super::route::{Kind, Parameter};

/// The parameters that every list has.
pub(super) const LIMIT: Parameter =
    Parameter { name: "limit", kind: Kind::Whole(1, ROWS_MAX), about: "how many at most; 100 if not given" };
pub(super) const CURSOR: Parameter =
    Parameter { name: "cursor", kind: Kind::Name, about: "`next` of the page before: goes on behind it" };
pub(super) const ORDER: Parameter = Parameter {
    name: "order",
    kind: Kind::Word(&["newest", "oldest"]),
    about: "which come first; the newest if not given",
};
pub(super) const FROM: Parameter = Parameter { name: "from", kind: Kind::Instant, about: "not before this time" };
pub(super) const UNTIL: Parameter = Parameter { name: "until", kind: Kind::Instant, about: "before this time" };

/// What a list is made of.
pub(super) struct Wanted<'a> {
    pub(super) table: Table,
    /// The column of the cursor.
    pub(super) key: &'static str,
    pub(super) conditions: Vec<Condition>,
    /// In which order rows come that are not asked for in another.
    pub(super) direction: Direction,
    /// What each row is told as.
    pub(super) shape: Shape<'a>,
}

/// What a row is told as: the names of its members, and how it becomes them.
pub(super) struct Shape<'a> {
    pub(super) names: Vec<&'static str>,
    pub(super) of: &'a (dyn Fn(ListedRow) -> ListedRow + Sync),
}

/// Returns a row as it is.
pub(super) const fn whole(row: ListedRow) -> ListedRow {
    row
}

impl Wanted<'_> {
    /// Returns all columns of a table, in the order of its keys.
    pub(super) fn all(table: Table, conditions: Vec<Condition>) -> Self {
        let names = table.columns().map(|(name, _)| name).collect();
        let shape = Shape { names, of: &whole };
        Self { table, key: "id", conditions, direction: Direction::Forward, shape }
    }
}

impl Wanted<'_> {
    /// Returns the listing of its first row.
    pub(super) fn one(self) -> Listing {
        let Self { table, conditions, direction, .. } = self;
        Listing { table, conditions, direction, after: None, rows_max: 1 }
    }
}

/// Returns a page of a list.
pub(super) async fn page(asked: &Asked, wanted: Wanted<'_>) -> Outcome<Answer> {
    let Wanted { table, key, conditions, direction, shape } = wanted;
    let rows = asked.query.whole("limit").unwrap_or(ROWS_DEFAULT);
    let direction = match asked.query.text("order") {
        Some("newest") => Direction::Backward,
        Some(_) => Direction::Forward,
        None => direction,
    };
    let after = asked.query.text("cursor").map(str::to_owned);
    // One more tells whether there is a next page.
    let listing = Listing { table, conditions, direction, after, rows_max: rows + 1 };
    let mut found = asked.site.store().list(&listing).await?;
    let has_more = found.len() > rows as usize;
    found.truncate(rows as usize);
    let next = found.last().filter(|_| has_more).map(|row| plain(&row[key]));
    let items = found.into_iter().map(shape.of).collect();
    Ok(answer::list(asked, &shape.names, items, next))
}

/// Returns a text as it is, and all else as its JSON.
fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
