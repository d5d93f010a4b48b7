//! `/api/records`: the runs, as record lines have them (`spec/cli.md` section 2).

use latchwork_store::Table;
use latchwork_store::listing::{Condition, Direction, Object, Selection};

use super::answer;
use super::asked::Asked;
use super::body::Answer;
use super::lists::{self, CURSOR, FROM, LIMIT, SORT, Shape, UNTIL, Wanted, whole};
use super::problem::{Outcome, Problem};
use super::route::{Kind, Parameter};

/// The keys of a record, in their order.
const KEYS: [&str; 17] = [
    "id",
    "operation",
    "location",
    "status",
    "start_date",
    "end_date",
    "duration_seconds",
    "detected_at",
    "production_order",
    "start_reason",
    "end_reason",
    "expected_duration_seconds",
    "overrun",
    "paused_seconds",
    "detected_after_gap",
    "parent_record_id",
    "captures",
];

pub(super) const PARAMETERS: &[Parameter] = &[
    Parameter { name: "operation", kind: Kind::Name, about: "its name, `Location/Path:Name`, or its id" },
    Parameter { name: "location", kind: Kind::Name, about: "its path or id" },
    Parameter { name: "production_order", kind: Kind::Name, about: "its name or id" },
    Parameter { name: "order", kind: Kind::Name, about: "the same" },
    Parameter {
        name: "status",
        kind: Kind::Word(&["RUNNING", "PAUSED", "COMPLETED", "CANCELLED", "FAULTED", "UNKNOWN"]),
        about: "how the run stands or ended",
    },
    FROM,
    UNTIL,
    SORT,
    LIMIT,
    CURSOR,
];

/// Lists records; `from` and `until` are about their starts.
pub(super) async fn list(asked: Asked) -> Outcome<Answer> {
    let conditions = conditions(&asked);
    let selection = Selection { table: Table::Records, columns: &KEYS, conditions, direction: Direction::Backward };
    lists::list(&asked, Wanted { selection, shape: Shape { names: KEYS.to_vec(), of: &whole } }).await
}

/// Shows one record.
pub(super) async fn one(asked: Asked) -> Outcome<Answer> {
    let row = asked.site.store().select_one(Table::Records, Condition::Is("id", asked.value().to_owned())).await?;
    let row = row.ok_or_else(|| Problem::not_found(format!("there is no record `{}`", asked.value())))?;
    Ok(answer::json(&line(row).into()))
}

fn conditions(asked: &Asked) -> Vec<Condition> {
    let mut conditions = Vec::new();
    if let Some(operation) = asked.query.text("operation") {
        conditions.extend(of_operation(operation));
    }
    let location = asked.query.text("location");
    conditions.extend(location.map(|path| Condition::Either(&["location", "location_id"], path.to_owned())));
    conditions.extend(lists::order(asked).map(of_order));
    conditions.extend(asked.query.text("status").map(|status| Condition::Is("status", status.to_owned())));
    conditions.extend(asked.query.instant("from").map(|from| Condition::From("start_date", from)));
    conditions.extend(asked.query.instant("until").map(|until| Condition::Before("start_date", until)));
    conditions
}

/// Returns what holds for the records of an operation: by its name, by its place and name, or by its id.
fn of_operation(operation: &str) -> Vec<Condition> {
    match operation.rsplit_once(':') {
        Some((location, name)) => {
            vec![Condition::Is("location", location.to_owned()), Condition::Is("operation", name.to_owned())]
        }
        None => vec![Condition::Either(&["operation", "operation_id"], operation.to_owned())],
    }
}

/// Returns what holds for what is done for an order: its name or its id is this.
pub(super) fn of_order(order: &str) -> Condition {
    Condition::Either(&["production_order", "production_order_id"], order.to_owned())
}

/// Returns the record of a row.
fn line(mut row: Object) -> Object {
    KEYS.iter().map(|&key| (key.to_owned(), row.remove(key).unwrap_or_default())).collect()
}
