//! The tables, version by version: forward only. A version means the same on both databases; how it is reached is
//! each one's own affair.

use std::borrow::Cow;
use std::cmp::Ordering;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};

use crate::error::Failure;

/// One step: the version that it leads to, its name, its text. A step that was ever released is never changed.
pub(crate) type Step = (i64, &'static str, &'static str);

/// The steps to the tables of this program.
pub(crate) struct Steps {
    migrator: Migrator,
    /// The version that they lead to.
    pub(crate) known: i64,
}

impl Steps {
    pub(crate) fn of(steps: &[Step]) -> Self {
        let mut migrator = Migrator::with_migrations(steps.iter().map(migration).collect());
        // Nobody else is at it: whoever takes these steps has locked the store before.
        migrator.set_locking(false);
        Self { migrator, known: steps.last().map_or(0, |step| step.0) }
    }

    /// Returns steps of which those that were taken are noted in a table of their own.
    pub(crate) fn noted_in(table: &'static str, steps: &[Step]) -> Self {
        let mut steps = Self::of(steps);
        steps.migrator.dangerous_set_table_name(table);
        steps
    }

    /// Returns the version of the tables that are there, 0 if there are none; refuses those of a newer program.
    pub(crate) async fn found(&self, connection: &mut impl Migrate) -> Result<i64, Failure> {
        connection.ensure_migrations_table(&self.migrator.table_name).await?;
        let applied = connection.list_applied_migrations(&self.migrator.table_name).await?;
        let found = applied.last().map_or(0, |last| last.version);
        if found > self.known {
            return Err(Failure::NewerStore { found, known: self.known });
        }
        Ok(found)
    }

    /// Refuses tables that are not those of this program.
    pub(crate) async fn expect(&self, connection: &mut impl Migrate) -> Result<(), Failure> {
        let applied = connection.list_applied_migrations(&self.migrator.table_name).await;
        let found = applied.map_err(|_| Failure::NoStore)?.last().map_or(0, |last| last.version);
        match found.cmp(&self.known) {
            Ordering::Equal => Ok(()),
            Ordering::Less => Err(Failure::OlderStore { found, known: self.known }),
            Ordering::Greater => Err(Failure::NewerStore { found, known: self.known }),
        }
    }

    /// Takes the steps that are left.
    pub(crate) async fn take(&self, connection: &mut impl Migrate) -> Result<(), Failure> {
        Ok(self.migrator.run_direct(None, connection, false).await?)
    }
}

fn migration(&(version, name, text): &Step) -> Migration {
    Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, text.into_sql_str(), false)
}
