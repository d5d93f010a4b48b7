//! What a turn writes, gathered before it is said: a database takes a small turn in one trip, whatever rows it has.
//!
//! On a quick disk every trip to the database (to its thread, or to the server) costs a good part of what the disk takes
//! for the commit itself. So a turn is written down first, as rows and statements without an answer; then it is either
//! said at once, with its beginning and its commit, or statement by statement in a transaction that is open.

use crate::cell::Cells;
use crate::error::Failure;
use crate::session::Session;
use crate::statement::{Bulk, Statement};
use crate::{postgres, sqlite};

/// Statements in the order in which they are to be run. None has an answer that anybody waits for.
#[derive(Default)]
pub(crate) struct Script {
    parts: Vec<Part>,
    /// Whether some parts need what others write.
    is_entwined: bool,
}

/// A part of a script.
pub(crate) enum Part {
    /// A statement over rows: there is at least one.
    Rows(&'static Bulk, Vec<Cells>),
    /// A statement with its values. Its text names them in their order, each once.
    Once(&'static Statement, Cells),
}

impl Script {
    /// Adds a statement over rows, unless there are none.
    pub(crate) fn put<T>(&mut self, bulk: &'static Bulk, rows: &[T], cells: impl Fn(&T) -> Cells) {
        if !rows.is_empty() {
            self.parts.push(Part::Rows(bulk, rows.iter().map(cells).collect()));
        }
    }

    /// Adds a statement over rows that later ones look for.
    pub(crate) fn put_for_others<T>(&mut self, bulk: &'static Bulk, rows: &[T], cells: impl Fn(&T) -> Cells) {
        self.is_entwined |= !rows.is_empty();
        self.put(bulk, rows, cells);
    }

    /// Adds a statement.
    pub(crate) fn say(&mut self, statement: &'static Statement, cells: Cells) {
        self.parts.push(Part::Once(statement, cells));
    }

    /// Adds a statement that removes what later ones may write.
    pub(crate) fn say_for_others(&mut self, statement: &'static Statement, cells: Cells) {
        self.is_entwined = true;
        self.say(statement, cells);
    }

    /// Tells whether a database takes it in one trip, between its beginning and its commit.
    pub(crate) fn is_short(&self, session: &Session) -> bool {
        match session {
            Session::Sqlite(_) => sqlite::is_short(&self.parts),
            Session::Postgres(_) => !self.is_entwined && postgres::is_short(&self.parts),
        }
    }

    /// Runs it in one trip, as a transaction of its own: it is on the disk when this returns. `guard` comes first, and
    /// must change a row, or nothing is done. After a failure a transaction may still be open.
    pub(crate) async fn run_at_once(
        self,
        session: &mut Session,
        guard: (&'static Statement, Cells),
    ) -> Result<(), Failure> {
        match session {
            Session::Sqlite(connection) => sqlite::run_at_once(connection, guard, self.parts).await,
            Session::Postgres(connection) => postgres::run_at_once(connection, guard, self.parts).await,
        }
    }

    /// Runs it statement by statement in the transaction that is open.
    pub(crate) async fn run(self, session: &mut Session) -> Result<(), Failure> {
        for part in self.parts {
            match part {
                Part::Rows(bulk, rows) => session.put_cells(bulk, rows).await?,
                Part::Once(statement, cells) => _ = session.execute(statement, cells).await?,
            }
        }
        Ok(())
    }
}
