//! What must hold of the rows of a job, and of what one step may do to them.

use std::collections::BTreeMap;

use ulid::Ulid;

use super::world::Kept;
use super::*;

/// Holds the rows of a job against the rules; `before` are those before the latest step, if it was there.
pub(super) fn check_kept(before: Option<&Kept>, after: &Kept) {
    check_job(after);
    check_legs(after);
    if let Some(before) = before {
        check_course(before, after);
    }
}

fn check_job(Kept { job, legs, batches, sessions, queue }: &Kept) {
    assert_eq!(job.completed_at.is_some(), job.state.is_final());
    assert_eq!(job.started_at.is_some(), legs.iter().any(|leg| leg.started_at.is_some()));
    assert!(Some(job.created_at) <= job.started_at.or(Some(job.created_at)));
    assert!(job.completed_at.is_none() || job.started_at <= job.completed_at);
    let leg = |key: Ulid| legs.iter().find(|leg| leg.key == key).unwrap();
    for session in sessions.iter().filter(|session| session.ended_at.is_none()) {
        assert_eq!(leg(session.leg).state, JobState::Running, "people work on what runs");
    }
    for batch in batches.iter().filter(|batch| batch.completed_at.is_none()) {
        assert!(matches!(leg(batch.leg).state, JobState::Running | JobState::Paused));
    }
    let open: u64 = batches.iter().map(|batch| batch.quantity).sum();
    assert!(open <= legs.iter().filter(|leg| leg.started_at.is_some()).map(|leg| leg.input).sum());
    assert!(queue.iter().all(|entry| Some(&entry.operator) == job.assigned_to.as_ref() && !job.state.is_final()));
    assert!(queue.len() <= 1);
}

fn check_legs(Kept { job, legs, .. }: &Kept) {
    let mut entries: BTreeMap<&str, u32> = BTreeMap::new();
    for leg in legs {
        let entry = entries.entry(leg.station.as_str()).or_default();
        *entry += 1;
        assert_eq!(leg.entry_number, *entry, "passes are numbered without gaps");
        let sum = leg.good + leg.scrap + leg.rework + leg.lost;
        let is_counted = leg.state.is_final() || leg.state == JobState::Queued;
        assert!(sum == leg.input || (sum < leg.input && !is_counted), "{leg:?}");
        assert_eq!(leg.completed_at.is_some(), is_counted, "{leg:?}");
        assert_eq!(leg.pause.is_some(), leg.state == JobState::Paused);
        assert!(leg.started_at.is_none_or(|at| at >= leg.posted_at), "{leg:?}");
        assert!(leg.completed_at.is_none_or(|at| at >= leg.posted_at && Some(at) >= leg.started_at), "{leg:?}");
        if leg.state == JobState::Pending {
            assert!(leg.started_at.is_none() && leg.started_by.is_none() && sum == 0, "{leg:?}");
        }
    }
    assert!(legs.windows(2).all(|pair| pair[0].posted_at <= pair[1].posted_at));
    let all_final = legs.iter().all(|leg| leg.state.is_final());
    assert_eq!(all_final, job.state.is_final());
}

/// What one step may do to a job.
fn check_course(before: &Kept, after: &Kept) {
    let is_allowed = |from: JobState, to: JobState| match from {
        JobState::Pending => matches!(to, JobState::Running | JobState::Cancelled),
        JobState::Running => true,
        // As running by a completion; and of several legs one may have been what the job stood as.
        JobState::Paused => !matches!(to, JobState::Failed | JobState::Cancelled),
        JobState::Queued => !matches!(to, JobState::Paused | JobState::Failed | JobState::Completed),
        JobState::Completed | JobState::Failed | JobState::Cancelled => false,
    };
    let (from, to) = (before.job.state, after.job.state);
    assert!(from == to || is_allowed(from, to), "{from:?} became {to:?}");
    if from.is_final() {
        assert_eq!((&before.job, &before.legs, &before.queue), (&after.job, &after.legs, &after.queue));
    }
    assert!(before.job.started_at.is_none() || before.job.started_at == after.job.started_at);
    assert!(before.job.last_online <= after.job.last_online);
    for (before, after) in before.legs.iter().zip(&after.legs) {
        assert!(before.state == JobState::Pending || after.state != JobState::Pending, "no leg goes back");
        assert!(!before.state.is_final() || before == after, "what is final stays");
    }
}
