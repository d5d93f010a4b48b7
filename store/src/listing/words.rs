//! A selection as a statement: words that are all ours, and the values that were given. Pure.

use super::{Condition, Direction, Page, Selection};
use crate::care::Kind;
use crate::cell::{Cell, Cells};

/// How a database writes the place of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `?1`.
    Sqlite,
    /// `$1`.
    Postgres,
}

/// A statement in the making.
struct Words {
    dialect: Dialect,
    text: String,
    cells: Cells,
    values: usize,
}

impl Words {
    /// Adds words, then the place of a value.
    fn say(&mut self, words: &[&str], value: impl Into<Cell>) {
        self.values += 1;
        self.text.push_str(&words.concat());
        self.text.push_str(&self.place(self.values));
        self.cells = std::mem::take(&mut self.cells).with(value);
    }

    /// Returns the place of a value by its number.
    fn place(&self, number: usize) -> String {
        match self.dialect {
            Dialect::Sqlite => format!("?{number}"),
            Dialect::Postgres => format!("${number}"),
        }
    }

    fn either(&mut self, columns: &[&str], value: &str) {
        let mut before = " AND (";
        for column in columns {
            self.say(&[before, column, " = "], value);
            before = " OR ";
        }
        self.text.push(')');
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Is(column, value) => self.say(&[" AND ", column, " = "], value.as_str()),
            Condition::IsNot(column, value) => self.say(&[" AND ", column, " <> "], *value),
            Condition::Either(columns, value) => self.either(columns, value),
            Condition::Refers { column, table, by, value } => {
                let table = table.layout().page.table;
                // The gateway is the first value of all.
                let gateway = self.place(1);
                self.text.push_str(
                    &[" AND ", column, " IN (SELECT id FROM ", table, " WHERE gateway_id = ", &gateway].concat(),
                );
                self.either(by, value);
                self.text.push(')');
            }
            Condition::Holds(column, truth) => self.say(&[" AND ", column, " = "], *truth),
            Condition::From(column, date) => self.say(&[" AND ", column, " >= "], *date),
            Condition::Before(column, date) => self.say(&[" AND ", column, " < "], *date),
        }
    }
}

/// Returns the statement of a page of a selection, with its values.
pub(super) fn of(selection: &Selection, page: &Page, gateway_id: &str, dialect: Dialect) -> (String, Cells) {
    let layout = selection.table.layout();
    let columns = if selection.columns.is_empty() { "*".to_owned() } else { selection.columns.join(", ") };
    let text = format!("SELECT {columns} FROM {}", layout.page.table);
    let mut words = Words { dialect, text, cells: Cells::default(), values: 0 };
    words.say(&[" WHERE gateway_id = "], gateway_id);
    selection.conditions.iter().for_each(|condition| words.condition(condition));
    let (sign, order) = match selection.direction {
        Direction::Forward => (" > ", ""),
        Direction::Backward => (" < ", " DESC"),
    };
    if let Some(after) = &page.after {
        let is_number = layout.columns.iter().any(|&(name, kind)| name == layout.key && kind == Kind::Whole);
        let after = if is_number { Cell::Whole(after.parse().ok()) } else { after.as_str().into() };
        words.say(&[" AND ", layout.key, sign], after);
    }
    words.say(&[" ORDER BY ", layout.key, order, " LIMIT "], page.rows());
    (words.text, words.cells)
}

#[cfg(test)]
mod tests {
    use latchwork_expr::Timestamp;

    use super::*;
    use crate::care::Table;

    #[test]
    fn what_is_given_is_bound_and_never_said() {
        let page = Page { after: Some("01".to_owned()), rows_max: 5 };
        let selection = Selection {
            table: Table::Records,
            columns: &["id", "operation"],
            conditions: vec![
                Condition::Either(&["operation", "operation_id"], "Fill'; DROP TABLE events".to_owned()),
                Condition::IsNot("status", "CANCELLED"),
                Condition::From("start_date", Timestamp(0)),
                Condition::Refers {
                    column: "location_id",
                    table: Table::Locations,
                    by: &["path", "id"],
                    value: "Line".to_owned(),
                },
            ],
            direction: Direction::Backward,
        };
        let (text, cells) = of(&selection, &page, "gw", Dialect::Sqlite);
        let expected = "SELECT id, operation FROM operation_records WHERE gateway_id = ?1 AND (operation = ?2 OR \
                        operation_id = ?3) AND status <> ?4 AND start_date >= ?5 AND location_id IN (SELECT id FROM locations WHERE \
                        gateway_id = ?1 AND (path = ?6 OR id = ?7)) AND id < ?8 ORDER BY id DESC LIMIT ?9";
        assert_eq!((text.as_str(), cells.as_slice().len()), (expected, 9));
        let (text, _) = of(&selection, &page, "gw", Dialect::Postgres);
        assert_eq!(text, expected.replace('?', "$"));
    }

    #[test]
    fn a_key_that_is_a_number_is_bound_as_one() {
        let page = Page { after: Some("17".to_owned()), rows_max: 5 };
        let selection =
            Selection { table: Table::Events, columns: &[], conditions: Vec::new(), direction: Direction::Forward };
        let (text, cells) = of(&selection, &page, "gw", Dialect::Sqlite);
        assert_eq!(text, "SELECT * FROM events WHERE gateway_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3");
        assert_eq!(cells.as_slice()[1], Cell::Whole(Some(17)));
    }
}
