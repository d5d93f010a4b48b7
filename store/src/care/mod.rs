//! Care of a store beside the gateway that writes it: nothing here needs the gateway to stop, but to bring the tables up
//! to date.

mod backup;
mod check;
mod export;
mod layout;
mod prune;

use std::path::Path;

use latchwork_expr::Timestamp;

use crate::backend::{self, Backend};
use crate::error::{Failure, StoreError};
use crate::options::{Options, Place};
use crate::owner::Owner;
use crate::session::Session;

pub use export::Target;
pub(crate) use export::object;
pub use layout::Table;
pub(crate) use layout::{Kind, Layout};
pub use prune::Pruned;

/// Somebody who looks after a store.
#[derive(Clone, Debug)]
pub struct Care {
    place: Place,
    owner: Owner,
}

impl Care {
    /// Returns care of the store that the options name. It must be there.
    pub fn of(options: &Options) -> Self {
        let owner = Owner { gateway_id: options.gateway_id.as_str().into(), started: options.opened_at };
        Self::beside(options.place.clone(), owner)
    }

    /// Returns care of a store that is open.
    pub(crate) const fn beside(place: Place, owner: Owner) -> Self {
        Self { place, owner }
    }

    /// Returns what is wrong with the store, a line each; nothing when it is sound.
    pub async fn check(&self) -> Result<Vec<String>, StoreError> {
        let checked = async {
            let mut session = self.connect().await?;
            let found = check::check(&mut session).await;
            self.end(session, found).await
        };
        match checked.await {
            // Damage may be where nothing can be looked through any more.
            Err(error) if matches!(error.failure, Failure::Corrupt { .. }) => Ok(vec![error.failure.to_string()]),
            checked => checked,
        }
    }

    /// Copies the store as of one moment into a file that is not there yet: a store of its own, or what `pg_dump` writes.
    pub async fn back_up(&self, target: &Path) -> Result<(), StoreError> {
        backup::back_up(&self.place, target).await.map_err(|failure| self.place.error(failure))
    }

    /// Writes every row of a table, in the order of its keys; returns how many there were.
    pub async fn export(&self, table: Table, target: Target<'_>) -> Result<u64, StoreError> {
        let mut session = self.connect().await?;
        let written = export::export(&mut session, table.layout(), target).await;
        self.end(session, written).await
    }

    /// Removes what ended before a time: closed records, entries of the schedule that are over, finished jobs with all that
    /// hangs on them, what was asked. Whatever is open stays, however old it is; events leave the log after they were
    /// published, by what `[publish]` says.
    pub async fn prune(&self, before: Timestamp) -> Result<Pruned, StoreError> {
        let mut session = self.connect().await?;
        let pruned = prune::prune(&mut session, &self.owner.gateway_id, before).await;
        self.end(session, pruned).await
    }

    /// Brings the tables up to date as a gateway does that starts. Nobody else may write the store meanwhile.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let migrated = async {
            let (_lock, session) = Backend::open(&self.place, &self.owner).await?;
            backend::close(session).await
        };
        migrated.await.map_err(|failure| self.place.error(failure))
    }

    async fn connect(&self) -> Result<Session, StoreError> {
        backend::visit(&self.place).await.map_err(|failure| self.place.error(failure))
    }

    async fn end<T>(&self, session: Session, outcome: Result<T, Failure>) -> Result<T, StoreError> {
        session.abandon().await;
        outcome.map_err(|failure| self.place.error(failure))
    }
}
