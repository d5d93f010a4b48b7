//! Whose rows are written, and since when.

use std::sync::Arc;

use latchwork_expr::Timestamp;

/// A gateway that has opened a store. Its start stands in the store: who finds another one there writes no more.
#[derive(Clone, Debug)]
pub(crate) struct Owner {
    /// Whose the rows are.
    pub(crate) gateway_id: Arc<str>,
    /// When it opened the store.
    pub(crate) started: Timestamp,
}
