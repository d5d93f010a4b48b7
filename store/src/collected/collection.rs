//! An open collection: one connection, opened anew after each failure.

use std::collections::BTreeSet;
use std::time::Duration;

use latchwork_expr::Timestamp;
use tokio::sync::{Mutex, MutexGuard};

use super::arrival::{Arrival, Told};
use super::course::Patience;
use super::letter::DeadLetter;
use super::month::Month;
use super::review::{Reviewed, Wanted};
use super::shown::{CollectorRow, ShownGateway};
use super::take::Outcome;
use super::{review, shown, take};
use crate::error::{Failure, StoreError};
use crate::limits::PAGE_ROWS_MAX;
use crate::options::{Options, Place};
use crate::session::Session;
use crate::{postgres, sqlite};

/// What collectors keep, open for one of them. Several may have it open at a time.
#[derive(Debug)]
pub struct Collection {
    place: Place,
    /// What the server lists the connection as.
    name: String,
    line: Mutex<Line>,
}

/// The connection, unless the last one failed.
#[derive(Debug)]
struct Line {
    session: Option<Session>,
    /// The months that have partitions.
    months: BTreeSet<Month>,
}

impl Collection {
    /// Opens a collection, making it or bringing its tables up to date. The options' gateway is the collector's own name.
    ///
    /// # Errors
    /// Refuses the ledger of a gateway, what a newer program made, and what cannot be written durably.
    pub async fn open(options: &Options) -> Result<Self, StoreError> {
        let (place, name) = (options.place.clone(), format!("latchwork collector {}", options.gateway_id));
        let session = Box::pin(open(&place, &name)).await.map_err(|failure| place.error(failure))?;
        Ok(Self { place, name, line: Mutex::new(Line { session: Some(session), months: BTreeSet::new() }) })
    }

    /// Takes a batch of events and dead letters, all of it or nothing: from its return on it survives a power cut.
    /// Of the dead letters the newest `letters_max` are kept.
    pub async fn take(
        &self,
        arrivals: &[Arrival],
        letters: &[DeadLetter],
        letters_max: u32,
        at: Timestamp,
    ) -> Result<Outcome, StoreError> {
        let mut line = self.line.lock().await;
        let mut session = self.session(&mut line).await?;
        let partitioned = partition(&mut session, &mut line.months, arrivals, at).await;
        let outcome = match partitioned {
            Ok(()) => Box::pin(take::take(&mut session, (arrivals, letters), letters_max, at)).await,
            Err(failure) => Err(failure),
        };
        self.give_back(line, session, outcome).await
    }

    /// Looks at the gateways with holes that nobody has looked at for this long: says what is to be asked for, and what is
    /// given up.
    pub async fn review(&self, patience: &Patience, pause: Duration, at: Timestamp) -> Result<Reviewed, StoreError> {
        let mut line = self.line.lock().await;
        let mut session = self.session(&mut line).await?;
        let reviewed = Box::pin(review::review(&mut session, patience, pause, at)).await;
        self.give_back(line, session, reviewed).await
    }

    /// Returns what is to be asked of the gateways that are quiet, for what they did last: once for who was not there until
    /// `since`, and again and again as long as some collector is away for which the broker keeps a share.
    pub async fn tails(&self, since: Timestamp, patience: &Patience, at: Timestamp) -> Result<Vec<Wanted>, StoreError> {
        let mut line = self.line.lock().await;
        let mut session = self.session(&mut line).await?;
        let wanted = Box::pin(review::tails(&mut session, since, patience, at)).await;
        self.give_back(line, session, wanted).await
    }

    /// Writes how a collector stands.
    pub async fn put_collector(&self, row: &CollectorRow) -> Result<(), StoreError> {
        let mut line = self.line.lock().await;
        let mut session = self.session(&mut line).await?;
        let put = shown::put_collector(&mut session, row).await;
        self.give_back(line, session, put).await
    }

    /// Returns how gateways stand, by id after this one ("" for the first).
    pub async fn gateways(&self, after: &str) -> Result<Vec<ShownGateway>, StoreError> {
        let mut line = self.line.lock().await;
        let mut session = self.session(&mut line).await?;
        let found = shown::gateways(&mut session, after, PAGE_ROWS_MAX).await;
        self.give_back(line, session, found).await
    }

    /// Returns the collectors that ever were.
    pub async fn collectors(&self) -> Result<Vec<CollectorRow>, StoreError> {
        let mut line = self.line.lock().await;
        let mut session = self.session(&mut line).await?;
        let found = shown::collectors(&mut session, PAGE_ROWS_MAX).await;
        self.give_back(line, session, found).await
    }

    /// Returns how many dead letters are kept.
    pub async fn count_dead_letters(&self) -> Result<u64, StoreError> {
        let mut line = self.line.lock().await;
        let mut session = self.session(&mut line).await?;
        let counted = shown::count_letters(&mut session).await;
        self.give_back(line, session, counted).await
    }

    /// Closes it; a file alone is then the whole of it, unless another collector has it open.
    pub async fn close(self) -> Result<(), StoreError> {
        match self.line.into_inner().session {
            Some(session) => crate::backend::close(session).await.map_err(|failure| self.place.error(failure)),
            None => Ok(()),
        }
    }

    async fn session(&self, line: &mut MutexGuard<'_, Line>) -> Result<Session, StoreError> {
        match line.session.take() {
            Some(session) => Ok(session),
            None => Box::pin(open(&self.place, &self.name)).await.map_err(|failure| self.place.error(failure)),
        }
    }

    /// Puts the connection back if it did what was asked: closing one that did not undoes its transaction.
    async fn give_back<T>(
        &self,
        mut line: MutexGuard<'_, Line>,
        session: Session,
        outcome: Result<T, Failure>,
    ) -> Result<T, StoreError> {
        if outcome.is_ok() {
            line.session = Some(session);
        } else {
            session.abandon().await;
        }
        outcome.map_err(|failure| self.place.error(failure))
    }
}

async fn open(place: &Place, name: &str) -> Result<Session, Failure> {
    match place {
        Place::File(file) => Ok(Session::Sqlite(sqlite::open_collected(file).await?)),
        Place::Server(address) => Ok(Session::Postgres(Box::new(postgres::open_collected(address, name).await?))),
    }
}

/// Sees to it that what arrives has partitions.
async fn partition(
    session: &mut Session,
    months: &mut BTreeSet<Month>,
    arrivals: &[Arrival],
    at: Timestamp,
) -> Result<(), Failure> {
    let Session::Postgres(connection) = session else { return Ok(()) };
    let ids = arrivals.iter().flat_map(|arrival| {
        let run = if let Told::Run(run) = &arrival.told { Some(run.id) } else { None };
        run.into_iter().chain([arrival.id])
    });
    let missing: BTreeSet<Month> =
        ids.filter_map(|id| Month::of_id(id, at)).filter(|month| !months.contains(month)).collect();
    for month in missing {
        postgres::add_partitions(connection, month).await?;
        months.insert(month);
    }
    Ok(())
}
