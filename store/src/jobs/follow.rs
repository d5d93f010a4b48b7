//! Operations drive jobs (`spec/jobs.md` section 6): what the records of a turn do to legs, in the turn's own transaction.

use std::collections::BTreeSet;
use std::sync::Arc;

use latchwork_engine::jobs::{
    Actor, Candidate, Closing, JobState, LegCompletion, MadeParts, Run, Scene, none_waiting, pick, record_closed,
    take_up,
};
use latchwork_engine::{Effect, Event, Record, RecordChange};
use latchwork_expr::Text;
use serde_json::Value as Json;
use ulid::Ulid;

use super::body::Teller;
use super::locked::Locked;
use super::mint::Mint;
use super::request::{Answer, Answered, Audit};
use super::transact::decide;
use super::work::{JobWork, Workshop};
use crate::cell::Cells;
use crate::error::Failure;
use crate::script::Script;
use crate::session::Session;
use crate::statement::{Statement, statement};
use crate::turn::{Commit, Committed, Turn};

static AROUND: Statement = statement!("jobs/around", "job_station_history");
static OPEN_OF: Statement = statement!("jobs/open_of", "operation_records");

/// A record that opened or closed, of an operation that follows jobs.
struct Step<'a> {
    event: &'a Event,
    record: &'a Record,
    opens: Opens,
}

/// What became of a record.
#[derive(Clone, Copy)]
enum Opens {
    Opened,
    Closed(LegCompletion),
}

/// What a turn does to jobs, decided and not yet written.
#[derive(Debug)]
pub(crate) struct Followed {
    locked: Locked,
    /// The requests that came with the turn.
    audits: Vec<Audit>,
    answers: Vec<Answer>,
}

/// Tells whether a turn may do anything to jobs.
pub(crate) fn drives_jobs(turn: &Turn<'_>) -> bool {
    !turn.works.is_empty() || turn.effects.iter().any(|effect| step(effect, turn).is_some())
}

/// Decides what a turn does to jobs; `None` if it does nothing. The first event of jobs has this number.
pub(crate) async fn follow(
    session: &mut Session,
    gateway_id: &Arc<str>,
    turn: &Turn<'_>,
    first_seq: u64,
) -> Result<Option<Followed>, Failure> {
    let steps: Vec<Step<'_>> = turn.effects.iter().filter_map(|effect| step(effect, turn)).collect();
    if steps.is_empty() && turn.works.is_empty() {
        return Ok(None);
    }
    let around = around(session, turn, &steps).await?;
    let named = turn.works.iter().filter_map(JobWork::jobs);
    let mut locked = Locked::read(session, gateway_id, around.into_iter().chain(named), []).await?;
    let mut open = open_records(session, &locked).await?;
    let mint = Mint::of(gateway_id, turn.written_at, first_seq);
    let mut workshop = Workshop { plant: turn.plant, mint, at: turn.written_at };
    // What is given up no longer follows a record that is cancelled for it.
    let (answers, audits) = decide(turn.works, &mut Answered::default(), &mut locked, &mut workshop);
    for step in &steps {
        step.take(&mut locked, &mut open, turn, &mut workshop.mint);
    }
    Ok(Some(Followed { locked, audits, answers }))
}

impl Followed {
    /// Writes what was decided; the first event has this number. Returns that of the last.
    pub(crate) async fn write(
        &self,
        session: &mut Session,
        gateway_id: &Arc<str>,
        turn: &Turn<'_>,
        first_seq: u64,
    ) -> Result<u64, Failure> {
        let mut script = Script::default();
        super::put_audits(&mut script, gateway_id, turn.written_at, &self.audits);
        script.run(session).await?;
        let teller = Teller { gateway_id, plant: turn.plant, recorded_at: turn.written_at };
        self.locked.write(session, teller, first_seq).await
    }

    /// Returns what the turn comes to, now that it is written up to this event.
    pub(crate) fn committed(self, last_seq: u64) -> Committed {
        Committed { commit: Commit::Written, last_seq, orders: self.locked.changed_orders(), answers: self.answers }
    }
}

/// Returns what an effect is to jobs, if it is anything.
fn step<'a>(effect: &'a Effect, turn: &Turn<'_>) -> Option<Step<'a>> {
    let Effect::Event(event) = effect else { return None };
    let (change, record) = event.change()?;
    let completion = turn.plant.operations[record.operation.index()].job?;
    let opens = match change {
        RecordChange::Opened => Opens::Opened,
        RecordChange::Closed => Opens::Closed(completion),
        RecordChange::Changed | RecordChange::Edited => return None,
    };
    Some(Step { event, record, opens })
}

/// Returns the jobs whose legs the records of a turn may take up, or drive.
async fn around(session: &mut Session, turn: &Turn<'_>, steps: &[Step<'_>]) -> Result<Vec<Ulid>, Failure> {
    let opened = || steps.iter().filter(|step| matches!(step.opens, Opens::Opened)).map(|step| step.record);
    let places: Json = opened().map(|record| turn.plant.locations[record.location.index()].id.to_string()).collect();
    let orders: Json = opened().filter_map(|record| order(record, turn)).map(|id| id.to_string()).collect();
    let records: Json = steps.iter().map(|step| step.record.id.to_string()).collect();
    // As many legs of each station as records may take up, and one more.
    let each = opened().count() as u64 + 1;
    let cells = Cells::default().with_json(places.to_string()).with_json(orders.to_string());
    session.rows(&AROUND, cells.with_json(records.to_string()).with(each), |row| row.id("job_id")).await
}

/// Returns which of the records are open that drive legs, of whichever gateway.
async fn open_records(session: &mut Session, locked: &Locked) -> Result<BTreeSet<Ulid>, Failure> {
    let records: Json =
        locked.legs().filter_map(|(_, leg)| leg.operation_record_id).map(|record| record.to_string()).collect();
    let found = session.rows(&OPEN_OF, Cells::default().with_json(records.to_string()), |row| row.id("id")).await?;
    Ok(found.into_iter().collect())
}

/// Returns the id of a record's order.
fn order(record: &Record, turn: &Turn<'_>) -> Option<Ulid> {
    let order = record.order.as_ref()?.order?;
    Some(turn.orders[order.0 as usize].id)
}

impl Step<'_> {
    /// Does to jobs what became of the record.
    fn take(&self, locked: &mut Locked, open: &mut BTreeSet<Ulid>, turn: &Turn<'_>, mint: &mut Mint) {
        match self.opens {
            Opens::Opened => {
                self.open(locked, open, turn, mint);
                open.insert(self.record.id);
            }
            Opens::Closed(completion) => {
                self.close(completion, locked, turn, mint);
                open.remove(&self.record.id);
            }
        }
    }

    fn open(&self, locked: &mut Locked, open: &BTreeSet<Ulid>, turn: &Turn<'_>, mint: &mut Mint) {
        let place = &turn.plant.locations[self.record.location.index()];
        let run = self.run(turn);
        let candidates = candidates(locked, open, place.id, &run);
        let taken = pick(&candidates, &run).and_then(|picked| {
            let rows = locked.rows(picked.job)?;
            take_up(picked.leg, rows, self.scene(run.clone(), turn, &mut || mint.next()))
        });
        if let Some(changes) = taken {
            locked.take(&changes);
        } else {
            let station = Text::from(place.path.as_str());
            locked.tell(none_waiting(&run, &station, self.event.occurred_at, &mut || mint.next()));
        }
    }

    fn close(&self, completion: LegCompletion, locked: &mut Locked, turn: &Turn<'_>, mint: &mut Mint) {
        let record = self.record;
        let driven = locked.legs().find(|(_, leg)| leg.operation_record_id == Some(record.id)).map(|(job, _)| job.id);
        let (Some(rows), Some(reason)) = (driven.and_then(|job| locked.rows(job)), record.end_reason) else { return };
        let parts = MadeParts::of(&record.captures);
        let closing = Closing { status: record.status, reason, parts, completion };
        let mut ids = || mint.next();
        let scene = self.scene(self.run(turn), turn, &mut ids);
        if let Some(changes) = record_closed(&closing, rows, scene) {
            locked.take(&changes);
        }
    }

    fn run(&self, turn: &Turn<'_>) -> Run {
        let operation = &turn.plant.operations[self.record.operation.index()];
        let place = &turn.plant.locations[operation.location.index()];
        Run {
            operation: operation.id,
            name: format!("{}:{}", place.path, operation.name).into(),
            record: self.record.id,
            order: order(self.record, turn),
        }
    }

    fn scene<'a>(&self, run: Run, turn: &Turn<'a>, mint: &'a mut dyn FnMut() -> Ulid) -> Scene<'a> {
        Scene {
            stations: &turn.plant.stations,
            settings: turn.plant.jobs,
            at: self.event.occurred_at,
            actor: Actor::Operation(run),
            mint,
        }
    }
}

/// Returns the legs at a station that a record may take up.
fn candidates(locked: &Locked, open: &BTreeSet<Ulid>, place: Ulid, run: &Run) -> Vec<Candidate> {
    let here = locked.legs().filter(|(_, leg)| leg.location == place && may_be_taken(leg.state));
    let candidate = |(job, leg): (&latchwork_engine::jobs::Job, &latchwork_engine::jobs::Leg)| Candidate {
        job: job.id,
        order: job.order.as_ref().map(|(id, _)| *id),
        leg: leg.key,
        state: leg.state,
        pause: leg.pause,
        posted_at: leg.posted_at,
        is_followed: leg.operation_record_id.is_some_and(|record| record != run.record && open.contains(&record)),
    };
    here.map(candidate).collect()
}

const fn may_be_taken(state: JobState) -> bool {
    match state {
        JobState::Pending | JobState::Running | JobState::Paused => true,
        JobState::Queued | JobState::Completed | JobState::Failed | JobState::Cancelled => false,
    }
}
