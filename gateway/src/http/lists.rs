//! Lists of rows of the store: filters become conditions, a cursor is the key of the last row.

use latchwork_store::Table;
use latchwork_store::listing::{Condition, Direction, Listing, Object, Page, Selection};

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
pub(super) const SORT: Parameter = Parameter {
    name: "sort",
    kind: Kind::Word(&["newest", "oldest"]),
    about: "which come first; the newest if not given",
};
pub(super) const FROM: Parameter = Parameter { name: "from", kind: Kind::Instant, about: "not before this time" };
pub(super) const UNTIL: Parameter = Parameter { name: "until", kind: Kind::Instant, about: "before this time" };

/// What a list is made of.
pub(super) struct Wanted<'a> {
    pub(super) selection: Selection,
    /// What each row is told as.
    pub(super) shape: Shape<'a>,
}

/// What a row is told as: the names of its members, and how it becomes them.
pub(super) struct Shape<'a> {
    pub(super) names: Vec<&'static str>,
    pub(super) of: &'a (dyn Fn(Object) -> Object + Sync),
}

/// Returns a row as it is.
pub(super) const fn whole(row: Object) -> Object {
    row
}

impl Wanted<'_> {
    /// Returns all columns of a table, in the order of its keys.
    pub(super) fn all(table: Table, conditions: Vec<Condition>) -> Self {
        let names = table.column_types().map(|(name, _)| name).collect();
        let selection = Selection { table, columns: &[], conditions, direction: Direction::Forward };
        Self { selection, shape: Shape { names, of: &whole } }
    }
}

/// Returns which part of a list is asked for.
pub(super) fn page(asked: &Asked) -> Page {
    let rows_max = asked.query.whole("limit").unwrap_or(ROWS_DEFAULT);
    Page { after: asked.query.text("cursor").map(str::to_owned), rows_max }
}

/// Returns a page of a list of rows.
pub(super) async fn list(asked: &Asked, wanted: Wanted<'_>) -> Outcome<Answer> {
    let Wanted { mut selection, shape } = wanted;
    match asked.query.text("sort") {
        Some("newest") => selection.direction = Direction::Backward,
        Some(_) => selection.direction = Direction::Forward,
        None => {}
    }
    let listing = asked.site.store().select(&selection, &page(asked)).await?;
    Ok(told(asked, &shape.names, listing.map(shape.of)))
}

/// Returns the answer that a page is.
pub(super) fn told(asked: &Asked, names: &[&str], page: Listing<Object>) -> Answer {
    answer::list(asked, names, page.items, page.next)
}

/// Returns the production order that is asked for.
pub(super) fn order(asked: &Asked) -> Option<&str> {
    asked.query.text("production_order").or(asked.query.text("order"))
}
