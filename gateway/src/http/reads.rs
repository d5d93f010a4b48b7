//! What is shown of the gateway: tags, operations, orders, the schedule, events, connections, explanations.

use latchwork_engine::EntryStatus;
use latchwork_expr::Quality;
use latchwork_store::Table;
use latchwork_store::listing::{Condition, Direction, Object, Selection};
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::answer;
use super::asked::Asked;
use super::body::{self, Answer};
use super::feed::look;
use super::limits::{ROWS_DEFAULT, ROWS_MAX};
use super::lists::{self, CURSOR, FROM, LIMIT, SORT, Shape, UNTIL, Wanted};
use super::problem::{Outcome, Problem};
use super::records::of_order;
use super::route::{Kind, Parameter};
use super::site::succeeded;
use crate::live::{Deed, Inquiry, LinkRow, TagPut, Wish};

/// The members of a tag.
const TAG_NAMES: [&str; 6] = ["path", "value", "quality", "time", "source", "diagnostic"];

pub(super) const TAGS: &[Parameter] = &[
    Parameter { name: "filter", kind: Kind::Text, about: "only paths that have this in them; `*` stands for anything" },
    Parameter { name: "name", kind: Kind::Name, about: "only the tag of this path" },
    LIMIT,
    CURSOR,
];

pub(super) const OPERATIONS: &[Parameter] = &[
    Parameter { name: "name", kind: Kind::Name, about: "its name or id" },
    Parameter { name: "location", kind: Kind::Name, about: "its location's path or id" },
    Parameter {
        name: "status",
        kind: Kind::Word(&["IDLE", "RUNNING", "PAUSED", "COMPLETED", "CANCELLED", "FAULTED", "UNKNOWN"]),
        about: "what it does now",
    },
    LIMIT,
    CURSOR,
];

pub(super) const ORDERS: &[Parameter] = &[
    Parameter { name: "name", kind: Kind::Name, about: "its name or id" },
    Parameter {
        name: "status",
        kind: Kind::Word(&["IDLE", "SCHEDULED", "RUNNING", "PAUSED", "STOPPED", "CLOSED", "CANCELLED"]),
        about: "how it stands",
    },
    LIMIT,
    CURSOR,
];

pub(super) const SCHEDULE: &[Parameter] = &[
    Parameter { name: "operation", kind: Kind::Name, about: "its name or id" },
    Parameter { name: "location", kind: Kind::Name, about: "its path or id" },
    Parameter { name: "production_order", kind: Kind::Name, about: "its name or id" },
    Parameter { name: "order", kind: Kind::Name, about: "the same" },
    Parameter {
        name: "status",
        kind: Kind::Word(&["IDLE", "SCHEDULED", "RUNNING", "PAUSED", "COMPLETED", "CANCELLED"]),
        about: "how the entry stands; all but CANCELLED, which were removed, if not given",
    },
    FROM,
    UNTIL,
    LIMIT,
    CURSOR,
];

pub(super) const EVENTS: &[Parameter] = &[
    Parameter { name: "event_type", kind: Kind::Name, about: "such as `operation.started`" },
    FROM,
    UNTIL,
    SORT,
    LIMIT,
    CURSOR,
];

pub(super) const EXPLAIN: &[Parameter] = &[
    Parameter { name: "operation", kind: Kind::Name, about: "its name, `Location/Path:Name`, or its id; required" },
    Parameter { name: "window_seconds", kind: Kind::Whole(0, 86_400), about: "how far back; 600 if not given" },
    Parameter { name: "format", kind: Kind::Word(&["json", "text"]), about: "for programs or for people; json" },
];

/// Lists what tags show.
pub(super) async fn tags(asked: Asked) -> Outcome<Answer> {
    let (name, filter) = (asked.query.text("name"), asked.query.text("filter").unwrap_or_default());
    let most = asked.query.whole("limit").unwrap_or(ROWS_DEFAULT).min(ROWS_MAX) as usize;
    let cursor = asked.query.text("cursor").map(str::parse).transpose();
    let cursor: Option<usize> =
        cursor.map_err(|_| Problem::unfit("BadParameter", "cursor", "`cursor` is none of a page of tags"))?;
    let (mut items, mut from) = (Vec::new(), Some(cursor.unwrap_or(0)));
    // A page of the loop may have few of those that are meant; each look begins behind the last tag that is shown.
    while let Some(first) = from.filter(|_| items.len() < most) {
        let page = look(&asked.site.means, filter, first).await.ok_or_else(Problem::ending)?;
        from = page.next();
        for (slot, row) in page.placed_rows() {
            if name.is_some_and(|name| row["path"] != bare(name)) {
                continue;
            }
            if items.len() == most {
                from = Some(slot);
                break;
            }
            items.extend(row.as_object().cloned());
        }
    }
    Ok(answer::list(&asked, &TAG_NAMES, items, from.map(|from| from.to_string())))
}

/// Shows what one tag shows.
pub(super) async fn tag(asked: Asked) -> Outcome<Answer> {
    let path = bare(asked.value()).to_owned();
    let mut from = Some(0);
    while let Some(first) = from {
        let page = look(&asked.site.means, &path, first).await.ok_or_else(Problem::ending)?;
        if let Some(row) = page.rows().into_iter().find(|row| row["path"] == path.as_str()) {
            return Ok(answer::json(&row));
        }
        from = page.next();
    }
    Err(Problem::not_found(format!("there is no tag `{path}`")))
}

/// Returns a path as people write it.
fn bare(path: &str) -> &str {
    path.strip_prefix("[default]").unwrap_or(path)
}

/// What a memory tag is to show.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewValue {
    value: Json,
    #[serde(default)]
    quality: Option<String>,
}

/// Gives a memory tag a value.
pub(super) async fn put_tag(asked: Asked) -> Outcome<Answer> {
    let NewValue { value, quality } = body::fields(asked.json()?)?;
    let quality = match quality {
        None => Quality::Good,
        Some(name) => Quality::from_name(&name)
            .ok_or_else(|| Problem::unfit("BadField", "quality", format!("there is no quality `{name}`")))?,
    };
    let path = asked.value().to_owned();
    let mut done = asked.site.run(Deed::PutTag(TagPut { path, value, quality }), asked.asker()?).await?;
    Ok(answer::json(&done["tag"].take()))
}

/// Lists operations, with every column of theirs.
pub(super) async fn operations(asked: Asked) -> Outcome<Answer> {
    let mut conditions = vec![Condition::Holds("configured", true)];
    conditions.extend(named(&asked));
    conditions.extend(place(&asked));
    conditions.extend(status(&asked));
    lists::list(&asked, Wanted::all(Table::Operations, conditions)).await
}

/// Shows one operation.
pub(super) async fn operation(asked: Asked) -> Outcome<Answer> {
    let condition = Condition::Is("id", asked.value().to_owned());
    shown(asked.site.store().select_one(Table::Operations, condition).await?, "operation", asked.value())
}

/// Lists production orders.
pub(super) async fn orders(asked: Asked) -> Outcome<Answer> {
    let conditions = named(&asked).into_iter().chain(status(&asked)).collect();
    lists::list(&asked, Wanted::all(Table::Orders, conditions)).await
}

/// Shows the order of a name.
pub(super) async fn order(asked: Asked) -> Outcome<Answer> {
    let condition = Condition::Either(&["name", "id"], asked.value().to_owned());
    shown(asked.site.store().select_one(Table::Orders, condition).await?, "production order", asked.value())
}

/// Lists the entries of the schedule, but for removed ones; `from` and `until` are about their starts.
pub(super) async fn schedule(asked: Asked) -> Outcome<Answer> {
    let operation = asked.query.text("operation").map(|value| Condition::Refers {
        column: "operation_id",
        table: Table::Operations,
        by: &["name", "id"],
        value: value.to_owned(),
    });
    let order = lists::order(&asked).map(of_order);
    let mut conditions: Vec<Condition> = operation.into_iter().chain(order).collect();
    conditions.extend(place(&asked));
    // What was removed is shown to who asks for that.
    conditions.push(status(&asked).unwrap_or(Condition::IsNot("status", EntryStatus::Cancelled.name())));
    conditions.extend(asked.query.instant("from").map(|from| Condition::From("start_date", from)));
    conditions.extend(asked.query.instant("until").map(|until| Condition::Before("start_date", until)));
    lists::list(&asked, Wanted::all(Table::Schedule, conditions)).await
}

/// Lists events, as they are published.
pub(super) async fn events(asked: Asked) -> Outcome<Answer> {
    let kind = asked.query.text("event_type").map(|kind| Condition::Is("event_type", kind.to_owned()));
    let mut conditions: Vec<Condition> = kind.into_iter().collect();
    conditions.extend(asked.query.instant("from").map(|from| Condition::From("recorded_at", from)));
    conditions.extend(asked.query.instant("until").map(|until| Condition::Before("recorded_at", until)));
    if let Some(cursor) = asked.query.text("cursor").filter(|cursor| cursor.parse::<u32>().is_err()) {
        return Err(Problem::unfit("BadParameter", "cursor", format!("`{cursor}` is no number of an event")));
    }
    let shape = Shape { names: EVENT_NAMES.to_vec(), of: &event };
    let columns = &["seq", "body"];
    let selection = Selection { table: Table::Events, columns, conditions, direction: Direction::Backward };
    lists::list(&asked, Wanted { selection, shape }).await
}

/// The members of an event; three of them only events of jobs have.
const EVENT_NAMES: [&str; 13] = [
    "event_id",
    "seq",
    "event_type",
    "domain",
    "subject",
    "parent_event_id",
    "occurred_at",
    "recorded_at",
    "gateway_id",
    "configuration_version",
    "request_id",
    "actor",
    "info",
];

/// Returns the event of a row: its body, with the members in their order whatever database it was in.
fn event(mut row: Object) -> Object {
    let mut body = row.remove("body").unwrap_or_default();
    EVENT_NAMES.iter().filter_map(|&name| Some((name.to_owned(), body.get_mut(name)?.take()))).collect()
}

/// Lists the connections.
pub(super) async fn connections(asked: Asked) -> Outcome<Answer> {
    let rows = asked.site.ask(Inquiry::Connections).await?;
    let items = rows.iter().map(LinkRow::to_json).filter_map(|row| row.as_object().cloned()).collect();
    Ok(answer::list(&asked, &["connection", "type", "state", "since", "reason", "counts"], items, None))
}

/// Explains why an operation does what it does.
pub(super) async fn explain(asked: Asked) -> Outcome<Answer> {
    let operation = asked.query.text("operation");
    let operation = operation.ok_or_else(|| Problem::unfit("BadParameter", "operation", "`operation` is missing"))?;
    let format = asked.query.text("format").unwrap_or("json");
    let window = asked.query.whole("window_seconds").unwrap_or(600);
    let wish = Wish::of(&json!({"operation": operation, "window_seconds": window, "format": format}));
    let wish = wish.map_err(|reason| Problem::unfit("BadParameter", "operation", reason))?;
    let answered = wish.ask(&asked.site.means.doors.inquiries).await.ok_or_else(Problem::ending)?;
    let mut found = succeeded(answered)?;
    Ok(match found["text"].as_str() {
        Some(text) => answer::text(answer::TEXT, text.to_owned()),
        None => answer::json(&found["explanation"].take()),
    })
}

fn named(asked: &Asked) -> Option<Condition> {
    asked.query.text("name").map(|name| Condition::Either(&["name", "id"], name.to_owned()))
}

fn place(asked: &Asked) -> Option<Condition> {
    asked.query.text("location").map(|location| Condition::Refers {
        column: "location_id",
        table: Table::Locations,
        by: &["path", "id"],
        value: location.to_owned(),
    })
}

fn status(asked: &Asked) -> Option<Condition> {
    asked.query.text("status").map(|status| Condition::Is("status", status.to_owned()))
}

fn shown(row: Option<Object>, what: &str, key: &str) -> Outcome<Answer> {
    let row = row.ok_or_else(|| Problem::not_found(format!("there is no {what} `{key}`")))?;
    Ok(answer::json(&row.into()))
}
