//! What a command does to a job: the entrance for what people ask.

use ulid::Ulid;

use super::changes::Changes;
use super::command::{JobAsk, JobCommand};
use super::draft::{Draft, Scene};
use super::error::{JobError, JobErrorKind};
use super::event::JobEventKind;
use super::rows::Rows;
use super::state::Pause;
use super::table::{JobVerb, Verdict, verdict};

/// Decides what a command does to a job whose rows are locked: all that it asks, or nothing.
pub fn decide(command: &JobCommand, rows: Rows, scene: Scene<'_>) -> Result<Changes, JobError> {
    let mut draft = Draft::new(rows, scene);
    let verb = command.verb();
    if is_of_a_leg(verb) {
        let leg = draft.choose(command.leg, verb)?;
        draft.tell_of(leg, kind_of(verb), command.told());
        draft.obey(command, Some(leg))?;
    } else {
        draft.check(command.leg, verb)?;
        draft.tell(kind_of(verb), command.told());
        draft.obey(command, None)?;
    }
    draft.settle();
    Ok(draft.finish())
}

impl Draft<'_> {
    /// Returns the leg that is meant: the one that is named, else the only one that could be.
    fn choose(&self, key: Option<Ulid>, verb: JobVerb) -> Result<usize, JobError> {
        let legs = &self.rows.legs;
        if let Some(key) = key {
            let leg = self.rows.leg(key).ok_or(JobErrorKind::LegNotFound)?;
            return allowed(verdict(legs[leg].state, verb)).map(|()| leg);
        }
        let could_be: Vec<usize> =
            (0..legs.len()).filter(|&leg| verdict(legs[leg].state, verb) == Verdict::Done).collect();
        match could_be[..] {
            [only] => Ok(only),
            [] => Err(self.refusal(verb).into()),
            [_, _, ..] => Err(JobError::ambiguous(could_be.iter().map(|&leg| &legs[leg]))),
        }
    }

    /// Returns why no leg could be meant. The job stands as one of its legs does, which the table refuses for that.
    fn refusal(&self, verb: JobVerb) -> JobErrorKind {
        match verdict(self.rows.job.state, verb) {
            Verdict::Refused(kind) => kind,
            Verdict::Done => JobErrorKind::LegNotFound,
        }
    }

    /// Complains about what cannot be asked of the job as it stands.
    fn check(&self, key: Option<Ulid>, verb: JobVerb) -> Result<(), JobError> {
        if key.is_some_and(|key| self.rows.leg(key).is_none()) {
            return Err(JobErrorKind::LegNotFound.into());
        }
        allowed(verdict(self.rows.job.state, verb))
    }

    /// Does what is asked; `leg` is the one that is meant, where one is.
    fn obey(&mut self, command: &JobCommand, leg: Option<usize>) -> Result<(), JobError> {
        match (&command.ask, leg) {
            (JobAsk::Start(start), Some(leg)) => self.start(leg, start)?,
            (JobAsk::Pause, Some(leg)) => self.pause(leg, Pause::Person, self.at),
            (JobAsk::PauseOffline(told), Some(leg)) => {
                self.seen_at = told.last_seen.min(self.at);
                self.pause(leg, Pause::Offline, self.seen_at);
            }
            (JobAsk::Resume, Some(leg)) => self.resume(leg),
            (JobAsk::Complete(told), Some(leg)) => self.complete(leg, told)?,
            (JobAsk::SelectDestination(told), Some(leg)) => self.select(leg, &told.destination)?,
            (JobAsk::BackOnline, _) => self.back_online(command.leg)?,
            (JobAsk::Reassign(told), _) => {
                self.rows.job.assigned_to.clone_from(&told.assigned_to);
                self.enqueue();
            }
            (JobAsk::Fail(fault), _) => self.fail(fault),
            (JobAsk::Cancel, _) => self.cancel(),
            (JobAsk::CompleteBatch(done), _) => self.complete_batch(done)?,
            // The event is all there is of it.
            (JobAsk::AppendLog(_), _) => {}
            (
                JobAsk::Start(_)
                | JobAsk::Pause
                | JobAsk::PauseOffline(_)
                | JobAsk::Resume
                | JobAsk::Complete(_)
                | JobAsk::SelectDestination(_),
                None,
            ) => return Err(JobErrorKind::LegNotFound.into()),
        }
        Ok(())
    }
}

fn allowed(verdict: Verdict) -> Result<(), JobError> {
    match verdict {
        Verdict::Done => Ok(()),
        Verdict::Refused(kind) => Err(kind.into()),
    }
}

/// Tells whether a verb is about one leg, and not about the whole job.
pub(super) const fn is_of_a_leg(verb: JobVerb) -> bool {
    match verb {
        JobVerb::Start
        | JobVerb::Pause
        | JobVerb::PauseOffline
        | JobVerb::Resume
        | JobVerb::Complete
        | JobVerb::SelectDestination => true,
        JobVerb::BackOnline
        | JobVerb::Reassign
        | JobVerb::Fail
        | JobVerb::Cancel
        | JobVerb::CompleteBatch
        | JobVerb::AppendLog => false,
    }
}

/// Returns the event that tells that a verb was obeyed.
const fn kind_of(verb: JobVerb) -> JobEventKind {
    match verb {
        JobVerb::Start => JobEventKind::JobStarted,
        JobVerb::Pause => JobEventKind::JobPaused,
        JobVerb::Resume => JobEventKind::JobResumed,
        JobVerb::PauseOffline => JobEventKind::JobPausedOffline,
        JobVerb::BackOnline => JobEventKind::JobBackOnline,
        JobVerb::Complete => JobEventKind::JobCompleted,
        JobVerb::SelectDestination => JobEventKind::DestinationSelected,
        JobVerb::Reassign => JobEventKind::JobReassigned,
        JobVerb::Fail => JobEventKind::JobFailed,
        JobVerb::Cancel => JobEventKind::JobCancelled,
        JobVerb::CompleteBatch => JobEventKind::BatchCompleted,
        JobVerb::AppendLog => JobEventKind::LogAppended,
    }
}
