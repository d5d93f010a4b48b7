//! An open collection: a few connections, each opened anew after a failure.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use latchwork_expr::Timestamp;
use tokio::sync::Semaphore;

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
    /// The lines that nobody uses, and how many there are.
    idle: Mutex<Vec<Line>>,
    lines: Semaphore,
}

/// How many batches a server takes at once: while one waits for the disk, the other is worked on. A file has one writer.
const SERVER_LINES: usize = 2;

/// A connection, unless the last one failed.
#[derive(Debug, Default)]
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
        // The others are opened when they are wanted.
        let idle = vec![Line { session: Some(session), months: BTreeSet::new() }];
        let lines = Semaphore::new(lines_of(&place));
        Ok(Self { place, name, idle: Mutex::new(idle), lines })
    }

    /// Returns how many batches can be taken at once.
    pub const fn lines(&self) -> usize {
        lines_of(&self.place)
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
        self.say(async |session, months| {
            partition(session, months, arrivals, at).await?;
            Box::pin(take::take(session, (arrivals, letters), letters_max, at)).await
        })
        .await
    }

    /// Looks at the gateways with holes that nobody has looked at for this long: says what is to be asked for, and what is
    /// given up.
    pub async fn review(&self, patience: &Patience, pause: Duration, at: Timestamp) -> Result<Reviewed, StoreError> {
        self.say(async |session, _| Box::pin(review::review(session, patience, pause, at)).await).await
    }

    /// Returns what is to be asked of the gateways that are quiet, for what they did last: once for who was not there until
    /// `since`, and again and again as long as some collector is away for which the broker keeps a share.
    pub async fn tails(&self, since: Timestamp, patience: &Patience, at: Timestamp) -> Result<Vec<Wanted>, StoreError> {
        self.say(async |session, _| Box::pin(review::tails(session, since, patience, at)).await).await
    }

    /// Writes how a collector stands.
    pub async fn put_collector(&self, row: &CollectorRow) -> Result<(), StoreError> {
        self.say(async |session, _| shown::put_collector(session, row).await).await
    }

    /// Returns how gateways stand, by id after this one ("" for the first).
    pub async fn gateways(&self, after: &str) -> Result<Vec<ShownGateway>, StoreError> {
        self.say(async |session, _| shown::gateways(session, after, PAGE_ROWS_MAX).await).await
    }

    /// Returns the collectors that ever were.
    pub async fn collectors(&self) -> Result<Vec<CollectorRow>, StoreError> {
        self.say(async |session, _| shown::collectors(session, PAGE_ROWS_MAX).await).await
    }

    /// Returns how many dead letters are kept.
    pub async fn count_dead_letters(&self) -> Result<u64, StoreError> {
        self.say(async |session, _| shown::count_letters(session).await).await
    }

    /// Closes it; a file alone is then the whole of it, unless another collector has it open.
    pub async fn close(self) -> Result<(), StoreError> {
        let idle = self.idle.into_inner().unwrap_or_else(PoisonError::into_inner);
        for session in idle.into_iter().filter_map(|line| line.session) {
            crate::backend::close(session).await.map_err(|failure| self.place.error(failure))?;
        }
        Ok(())
    }

    /// Says something over a line that nobody uses. A connection that did not do what was asked is closed, which undoes its
    /// transaction.
    async fn say<T>(
        &self,
        what: impl AsyncFnOnce(&mut Session, &mut BTreeSet<Month>) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let _turn = self.lines.acquire().await;
        let mut line = self.idle().pop().unwrap_or_default();
        let mut session = match line.session.take() {
            Some(session) => session,
            None => Box::pin(open(&self.place, &self.name)).await.map_err(|failure| self.place.error(failure))?,
        };
        let outcome = what(&mut session, &mut line.months).await;
        if outcome.is_ok() {
            line.session = Some(session);
        } else {
            session.abandon().await;
        }
        self.idle().push(line);
        outcome.map_err(|failure| self.place.error(failure))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Line>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns how many connections there are at most.
const fn lines_of(place: &Place) -> usize {
    match place {
        Place::File(_) => 1,
        Place::Server(_) => SERVER_LINES,
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
