//! Many requests of jobs, one transaction: each is decided on the rows as those before it left them.

use latchwork_engine::{OrderStatus, Plant};
use latchwork_expr::Timestamp;
use ulid::Ulid;

use super::body::Teller;
use super::locked::Locked;
use super::mint::Mint;
use super::request::{self, Answer, Answered, Audit, RequestKey};
use super::work::{JobWork, Workshop};
use crate::cell::Cells;
use crate::error::{Failure, StoreError};
use crate::limits::WORKS_AT_ONCE_MAX;
use crate::owner::Owner;
use crate::position::Position;
use crate::script::Script;
use crate::session::Session;
use crate::statement::{Statement, statement};
use crate::store::Store;

static ADVANCE: Statement = statement!("jobs/advance", "gateways");

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Transacted {
    /// One for each request, in their order.
    pub answers: Vec<Answer>,
    /// The number of the gateway's last event now.
    pub last_seq: u64,
    /// The orders whose status jobs changed, by their ids.
    pub orders: Vec<(Ulid, OrderStatus)>,
    /// Whether any event was told.
    has_events: bool,
}

/// Requests of which nothing was written, or of which nobody knows.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Unwritten {
    /// What went wrong.
    #[source]
    pub error: StoreError,
    /// What was decided, if it may have been written: [`Store::has_transacted`] tells.
    pub in_doubt: Option<Transacted>,
}

impl Store {
    /// Does what is asked of jobs, all in one transaction. A request that is refused writes nothing but that it was made,
    /// and undoes none of the others.
    ///
    /// # Errors
    /// Nothing was written, unless the outcome is in doubt: then nothing else may be written before it is known.
    ///
    /// # Panics
    /// Panics when there are more requests than [`WORKS_AT_ONCE_MAX`], or the plant is another gateway's.
    pub async fn transact(
        &self,
        plant: &Plant,
        works: &[JobWork],
        at: Timestamp,
    ) -> Result<Transacted, Box<Unwritten>> {
        assert!(works.len() <= WORKS_AT_ONCE_MAX, "{} requests in one transaction", works.len());
        self.check_gateway(plant);
        let unwritten = |error| Box::new(Unwritten { error, in_doubt: None });
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await.map_err(unwritten)?;
        *self.known() = None;
        let prepared = Box::pin(prepare(&mut writer, &self.owner, (plant, works, at))).await;
        let transacted = match prepared {
            Ok(transacted) => transacted,
            Err(failure) => return self.give_back(slot, writer, Err(failure)).await.map_err(unwritten),
        };
        let committed = writer.commit().await;
        match self.give_back(slot, writer, committed).await {
            Ok(()) => Ok(transacted),
            Err(error) => Err(Box::new(Unwritten { error, in_doubt: Some(transacted) })),
        }
    }

    /// Returns what a request was answered whose key is known at this time; nothing if it is not.
    pub async fn answered(&self, key: &RequestKey, at: Timestamp) -> Result<Option<Answer>, StoreError> {
        let answered = Answered::look(&self.readers, &self.owner.gateway_id, key, at).await;
        Ok(self.read(answered)?.find(key))
    }

    /// Records requests that are neither of jobs nor scans, with what they were answered.
    pub async fn record_audits(&self, audits: &[Audit], at: Timestamp) -> Result<(), StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let written = Box::pin(async {
            writer.begin().await?;
            let mut script = Script::default();
            request::put(&mut script, &self.owner.gateway_id, at, audits);
            script.run(&mut writer).await?;
            writer.commit().await
        });
        let written = written.await;
        self.give_back(slot, writer, written).await
    }

    /// Tells whether what was in doubt was written.
    pub async fn has_transacted(&self, doubted: &Transacted) -> Result<bool, StoreError> {
        let mut slot = self.writer.lock().await;
        let mut writer = self.take(&mut slot).await?;
        let position = Box::pin(async {
            writer.begin().await?;
            let position = Position::read(&mut writer, &self.owner).await?;
            writer.rollback().await?;
            Ok(position)
        });
        let position = position.await;
        let position = self.give_back(slot, writer, position).await?;
        // Of refusals nothing hangs on whether they were written: they are refused again.
        Ok(doubted.has_events && position.seq == doubted.last_seq)
    }
}

/// Decides and writes, up to the commit.
async fn prepare(
    session: &mut Session,
    owner: &Owner,
    (plant, works, at): (&Plant, &[JobWork], Timestamp),
) -> Result<Transacted, Failure> {
    let gateway_id = &owner.gateway_id;
    session.begin().await?;
    let position = Position::read(session, owner).await?;
    let keys: Vec<&RequestKey> = works.iter().filter_map(|work| work.asker.key.as_ref()).collect();
    let mut answered = Answered::read(session, gateway_id, &keys, at).await?;
    let mut locked = lock(session, owner, works).await?;
    let mut workshop = Workshop { plant, mint: Mint::of(gateway_id, at, position.seq + 1), at };
    let (answers, audits) = decide(works, &mut answered, &mut locked, &mut workshop);
    let teller = Teller { gateway_id, plant, recorded_at: at };
    let last_seq = locked.write(session, teller, position.seq + 1).await?;
    let mut script = Script::default();
    request::put(&mut script, gateway_id, at, &audits);
    script.run(session).await?;
    let cells = Cells::default().with(gateway_id).with(at).with(last_seq);
    session.execute(&ADVANCE, cells).await?;
    Ok(Transacted { answers, last_seq, orders: locked.changed_orders(), has_events: last_seq > position.seq })
}

/// Locks what requests name.
pub(super) async fn lock(session: &mut Session, owner: &Owner, works: &[JobWork]) -> Result<Locked, Failure> {
    let orders = works.iter().filter_map(|work| work.order().map(str::to_owned));
    Locked::read(session, &owner.gateway_id, works.iter().filter_map(JobWork::jobs), orders).await
}

/// Decides one request after the other. One that was made before is answered as it was then, and not recorded again.
pub(super) fn decide(
    works: &[JobWork],
    answered: &mut Answered,
    locked: &mut Locked,
    workshop: &mut Workshop<'_>,
) -> (Vec<Answer>, Vec<Audit>) {
    let (mut answers, mut audits) = (Vec::with_capacity(works.len()), Vec::new());
    for work in works {
        let key = work.asker.key.as_ref();
        if let Some(answer) = key.and_then(|key| answered.find(key)) {
            answers.push(answer);
            continue;
        }
        let audit = work.decide(locked, workshop);
        if let Some(key) = key {
            answered.add(key, &audit.answer);
        }
        answers.push(audit.answer.clone());
        audits.push(audit);
    }
    (answers, audits)
}
