//! Operations drive jobs: what a record that opens does (`spec/jobs.md` section 6).

use latchwork_expr::{Text, Timestamp};
use serde_json::{Map, Value as Json, json};
use ulid::Ulid;

use super::changes::Changes;
use super::draft::{Draft, Run, Scene};
use super::event::{JobEvent, JobEventKind};
use super::rows::Rows;
use super::state::{JobState, Pause};

/// A leg at a station that a record may take up: none that is final, and none that waits for a destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its job.
    pub job: Ulid,
    /// The job's production order.
    pub order: Option<Ulid>,
    /// The leg.
    pub leg: Ulid,
    /// How it stands.
    pub state: JobState,
    /// What has it stand.
    pub pause: Option<Pause>,
    /// When its parts came.
    pub posted_at: Timestamp,
    /// Whether a record that is still open follows it: another operation has it.
    pub is_followed: bool,
}

/// Returns the leg that a record takes up as it opens: among those of the record's order if there are any, else among all,
/// the one that runs, else the one that this operation paused, else the oldest that waits.
pub fn pick<'a>(candidates: &'a [Candidate], run: &Run) -> Option<&'a Candidate> {
    let is_of_order = |candidate: &&Candidate| run.order.is_some() && candidate.order == run.order;
    let has_own = candidates.iter().any(|candidate| is_of_order(&candidate));
    let among = candidates.iter().filter(|candidate| !has_own || is_of_order(candidate));
    let ranked = among.filter_map(|candidate| Some((rank(candidate, run)?, candidate)));
    ranked.min_by_key(|(rank, candidate)| (*rank, candidate.posted_at, candidate.leg)).map(|(_, candidate)| candidate)
}

/// Returns how soon a leg is taken up; `None`: not at all.
fn rank(candidate: &Candidate, run: &Run) -> Option<u8> {
    match candidate.state {
        JobState::Running => (!candidate.is_followed).then_some(0),
        JobState::Paused => (candidate.pause == Some(Pause::Operation(run.operation))).then_some(1),
        JobState::Pending => Some(2),
        JobState::Queued | JobState::Completed | JobState::Failed | JobState::Cancelled => None,
    }
}

/// Has a record take up a leg: it starts, goes on, or goes on running. `None` if the leg no longer stands so that it could
/// be picked: then another one is to be.
pub fn take_up(leg: Ulid, rows: Rows, scene: Scene<'_>) -> Option<Changes> {
    let mut draft = Draft::new(rows, scene);
    let run = draft.run()?.clone();
    let leg = draft.rows.leg(leg)?;
    let (state, pause) = (draft.rows.legs[leg].state, draft.rows.legs[leg].pause);
    draft.rows.legs[leg].operation_record_id = Some(run.record);
    match state {
        JobState::Running => draft.tell_of(leg, JobEventKind::JobAttached, told_of(&run)),
        JobState::Paused if pause == Some(Pause::Operation(run.operation)) => {
            draft.tell_of(leg, JobEventKind::JobResumed, told_of(&run));
            draft.resume(leg);
        }
        JobState::Pending => {
            draft.tell_of(leg, JobEventKind::JobStarted, told_of(&run));
            let serials = draft.rows.job.first_serials.clone();
            draft.begin(leg, serials);
        }
        JobState::Paused | JobState::Queued | JobState::Completed | JobState::Failed | JobState::Cancelled => {
            return None;
        }
    }
    draft.settle();
    Some(draft.finish())
}

/// Returns the event that a record opened at a station and found no leg to take up.
pub fn none_waiting(run: &Run, station: &Text, occurred_at: Timestamp, mint: &mut dyn FnMut() -> Ulid) -> JobEvent {
    let mut info = told_of(run);
    info.insert("station".to_owned(), json!(station));
    info.insert("production_order_id".to_owned(), json!(run.order.map(|order| order.to_string())));
    JobEvent {
        id: mint(),
        kind: JobEventKind::JobNoneWaiting,
        parent: None,
        job: None,
        occurred_at,
        actor: Some(run.name.clone()),
        info,
    }
}

/// Returns what events tell of the run that they come of.
pub(super) fn told_of(run: &Run) -> Map<String, Json> {
    Map::from_iter([
        ("operation_record_id".to_owned(), json!(run.record.to_string())),
        ("operation".to_owned(), json!(run.name)),
    ])
}
