//! What can be wrong with a store.

use crate::cell::Cells;
use crate::error::Failure;
use crate::row::Row;
use crate::session::Session;
use crate::sqlite;
use crate::statement::{Statement, statement};

static SOUNDNESS: Statement = statement!("soundness", "gateways");

/// A rule of the ledger, and how many rows are against it.
struct Broken {
    rule: String,
    rows: u64,
}

/// Returns what is wrong, a line each.
pub(super) async fn check(session: &mut Session) -> Result<Vec<String>, Failure> {
    // Rows of damaged pages say nothing.
    let mut found = match session {
        Session::Sqlite(connection) => sqlite::faults(connection).await?,
        // A server looks after its pages itself.
        Session::Postgres(_) => Vec::new(),
    };
    if found.is_empty() {
        let rules = session.rows(&SOUNDNESS, Cells::default(), Broken::read).await?;
        let broken = rules.into_iter().filter(|broken| broken.rows > 0);
        found.extend(broken.map(|broken| format!("{}: {}", broken.rule, broken.rows)));
    }
    Ok(found)
}

impl Broken {
    fn read(row: &Row<'_>) -> Result<Self, Failure> {
        Ok(Self { rule: row.get("rule")?, rows: row.count("broken")? })
    }
}
