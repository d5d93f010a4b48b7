//! What is expected of an operation or an order at a moment, or at the end.

use latchwork_engine::OperationIndex;

use super::keys::OPERATION_STATUS;
use super::names::Names;
use super::when::{self, When};
use crate::desk::Desk;
use crate::document::Table;
use crate::reader::Reader;
use crate::words::{ORDER_STATUS, Words};

/// An expected status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedStatus {
    /// The line that it begins in.
    pub line: usize,
    /// When: after all that happens at that moment; at the end of time if it is not said.
    pub at: Option<When>,
    /// Whose.
    pub subject: Subject,
    /// The status.
    pub status: &'static str,
}

/// What has a status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An operation.
    Operation(OperationIndex),
    /// A production order, by its name.
    Order(String),
}

/// Reads one of `statuses`.
pub(super) fn read_operation(
    desk: &mut Desk<'_>,
    table: &Table,
    names: Names<'_>,
    section: &'static str,
) -> Option<ExpectedStatus> {
    let mut reader = Reader::new(desk, section, table);
    let subject = reader.required_name("operation");
    let subject = subject.and_then(|name| names.operation(&mut reader, &name.value, name.place));
    let at = when::optional(&mut reader, "at", names.zone());
    let status = reader.required_word("status", OPERATION_STATUS);
    let desk = reader.finish(section);
    let line = desk.line(table.place);
    Some(ExpectedStatus { line, at, subject: Subject::Operation(subject?), status: status? })
}

/// Reads one of `orders`.
pub(super) fn read_order(
    desk: &mut Desk<'_>,
    table: &Table,
    names: Names<'_>,
    section: &'static str,
) -> Option<ExpectedStatus> {
    let mut reader = Reader::new(desk, section, table);
    let order = reader.required_name("order");
    if let Some(name) = &order {
        names.check_order(&mut reader, &name.value, name.place);
    }
    let at = when::optional(&mut reader, "at", names.zone());
    let status = order_status(&mut reader);
    let desk = reader.finish(section);
    let line = desk.line(table.place);
    Some(ExpectedStatus { line, at, subject: Subject::Order(order?.value), status: status? })
}

fn order_status(reader: &mut Reader<'_, '_>) -> Option<&'static str> {
    const WORDS: Words<latchwork_engine::OrderStatus> = ORDER_STATUS;
    reader.required_word("status", WORDS).map(latchwork_engine::OrderStatus::name)
}
