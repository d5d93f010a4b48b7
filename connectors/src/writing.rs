//! Writes on their way to a device or a broker: who may ask for them, and which are still due.
//!
//! A [`Writer`] exists only for a connection whose configuration lets handshakes write over it. Knows no wire.

use std::collections::BTreeMap;
use std::time::Instant;

use latchwork_config::connections::{Connection, Writing};
use latchwork_expr::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::limits::WRITE_REFUSALS_MAX;
use crate::{Backoff, LinkId};

/// A value that is to be written.
#[derive(Clone, Debug)]
pub struct WriteJob {
    /// The tag's index in the connection.
    pub tag: usize,
    /// The value, of the tag's type.
    pub value: Value,
    /// What the report is known by. A job takes the place of an earlier one for the same tag.
    pub number: u64,
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteReport {
    /// The connection.
    pub link: LinkId,
    /// The tag's index in it.
    pub tag: usize,
    /// The job's number.
    pub number: u64,
    /// What became of it.
    pub outcome: WriteOutcome,
}

/// What became of a write in the end: until then it is tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteOutcome {
    /// The device has it, or the broker.
    Written,
    /// It was refused too often.
    GivenUp(String),
}

/// Hands jobs to a connection.
#[derive(Clone, Debug)]
pub struct Writer {
    jobs: UnboundedSender<WriteJob>,
}

/// The connection's end: the jobs, and where they are reported.
#[derive(Debug)]
pub struct WriteJobs {
    link: LinkId,
    jobs: UnboundedReceiver<WriteJob>,
    reports: UnboundedSender<WriteReport>,
}

impl Writer {
    /// Returns what writes over a connection, and what its connector takes; `None` if nothing may be written. The
    /// channels need no bounds: whoever writes waits for the report of a tag before its next job, or replaces it.
    pub fn to(
        connection: &Connection,
        link: LinkId,
        reports: UnboundedSender<WriteReport>,
    ) -> Option<(Self, WriteJobs)> {
        let _allowed: &Writing = connection.writing.as_ref()?;
        let (sender, jobs) = unbounded_channel();
        Some((Self { jobs: sender }, WriteJobs { link, jobs, reports }))
    }

    /// Hands a job over. A connection that has ended meanwhile does not mind: nothing is reported then.
    pub fn write(&self, job: WriteJob) {
        let _ended = self.jobs.send(job);
    }
}

impl WriteJobs {
    /// Waits for the next job; for ever, once nobody gives any. May be dropped at any time.
    pub(crate) async fn next(&mut self) -> WriteJob {
        match self.jobs.recv().await {
            Some(job) => job,
            None => std::future::pending().await,
        }
    }

    /// Returns a job that is there already.
    pub(crate) fn ready(&mut self) -> Option<WriteJob> {
        self.jobs.try_recv().ok()
    }

    /// Reports what became of a job, if anybody still wants to know.
    pub(crate) fn report(&self, job: &WriteJob, outcome: WriteOutcome) {
        let WriteJob { tag, number, .. } = *job;
        let _nobody_asks = self.reports.send(WriteReport { link: self.link, tag, number, outcome });
    }
}

/// Waits for the next job of a connection that may have none.
pub(crate) async fn next_job(jobs: &mut Option<WriteJobs>) -> WriteJob {
    match jobs {
        Some(jobs) => jobs.next().await,
        None => std::future::pending().await,
    }
}

/// The writes that are due over a connection: for each tag the newest.
#[derive(Debug, Default)]
pub(crate) struct DueWrites {
    rows: BTreeMap<usize, Due>,
}

#[derive(Debug)]
struct Due {
    job: WriteJob,
    /// When it may be tried; `None` while an attempt is on its way.
    at: Option<Instant>,
    backoff: Backoff,
    refusals: u32,
}

impl DueWrites {
    /// Adds a job, in place of one for the same tag. While an attempt of that is on its way this one waits for its end,
    /// so that the two arrive in their order.
    pub(crate) fn put(&mut self, job: WriteJob, now: Instant) {
        let is_on_its_way = self.rows.get(&job.tag).is_some_and(|due| due.at.is_none());
        let (at, backoff) = ((!is_on_its_way).then_some(now), Backoff::new(job.number));
        self.rows.insert(job.tag, Due { job, at, backoff, refusals: 0 });
    }

    /// Returns the jobs that wait for their attempt, and since or until when.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (&WriteJob, Instant)> {
        self.rows.values().filter_map(|due| Some((&due.job, due.at?)))
    }

    /// Notes that an attempt is on its way.
    pub(crate) fn sent(&mut self, tag: usize) {
        if let Some(due) = self.rows.get_mut(&tag) {
            due.at = None;
        }
    }

    /// Notes that a job is done; returns it if it is the newest of its tag.
    pub(crate) fn written(&mut self, tag: usize, number: u64, now: Instant) -> Option<WriteJob> {
        if self.is_newest(tag, number, now) { self.rows.remove(&tag).map(|due| due.job) } else { None }
    }

    /// Notes that nobody answered, or nobody who could: the job is tried again after a pause, as often as it takes.
    pub(crate) fn unreached(&mut self, tag: usize, number: u64, now: Instant) {
        if self.is_newest(tag, number, now)
            && let Some(due) = self.rows.get_mut(&tag)
        {
            due.at = Some(now + due.backoff.pause());
        }
    }

    /// Notes that the job was refused: it is tried again after a pause, but not for ever; returned is one that is not
    /// tried any more.
    pub(crate) fn refused(&mut self, tag: usize, number: u64, now: Instant) -> Option<WriteJob> {
        if !self.is_newest(tag, number, now) {
            return None;
        }
        let due = self.rows.get_mut(&tag)?;
        due.refusals += 1;
        if due.refusals >= WRITE_REFUSALS_MAX {
            return self.rows.remove(&tag).map(|due| due.job);
        }
        due.at = Some(now + due.backoff.pause());
        None
    }

    /// Has a job tried again at once: in another manner.
    pub(crate) fn again(&mut self, tag: usize, number: u64, now: Instant) {
        if self.is_newest(tag, number, now)
            && let Some(due) = self.rows.get_mut(&tag)
        {
            due.at = Some(now);
        }
    }

    /// Has every job tried: the link is new, and what was on its way is lost.
    pub(crate) fn restart(&mut self, now: Instant) {
        for due in self.rows.values_mut() {
            due.at = Some(now);
        }
    }

    /// Tells whether an attempt is that of the newest job of its tag. If another one has come meanwhile, that is free
    /// to go now.
    fn is_newest(&mut self, tag: usize, number: u64, now: Instant) -> bool {
        let Some(due) = self.rows.get_mut(&tag) else { return false };
        if due.job.number != number && due.at.is_none() {
            due.at = Some(now);
        }
        due.job.number == number
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn job(tag: usize, number: u64) -> WriteJob {
        WriteJob { tag, value: Value::Integer(1), number }
    }

    fn due(writes: &DueWrites, now: Instant) -> Vec<u64> {
        writes.waiting().filter(|(_, at)| *at <= now).map(|(job, _)| job.number).collect()
    }

    #[test]
    fn the_newest_job_of_a_tag_is_done() {
        let (mut writes, now) = (DueWrites::default(), Instant::now());
        writes.put(job(0, 1), now);
        writes.put(job(1, 2), now);
        writes.put(job(0, 3), now);
        assert_eq!(due(&writes, now), [3, 2]);
        writes.sent(0);
        assert_eq!(due(&writes, now), [2]);
        assert!(writes.written(0, 1, now).is_none());
        assert_eq!(writes.written(0, 3, now).unwrap().number, 3);
        assert_eq!(writes.written(1, 2, now).unwrap().number, 2);
        assert_eq!(writes.waiting().count(), 0);
    }

    #[test]
    fn a_new_job_waits_for_the_end_of_an_attempt() {
        let (mut writes, now) = (DueWrites::default(), Instant::now());
        writes.put(job(0, 1), now);
        writes.sent(0);
        writes.put(job(0, 2), now);
        assert_eq!(due(&writes, now), [0; 0]);
        writes.unreached(0, 1, now);
        assert_eq!(due(&writes, now), [2]);
    }

    #[test]
    fn what_nobody_answers_is_tried_for_ever_and_what_is_refused_is_not() {
        let (mut writes, now) = (DueWrites::default(), Instant::now());
        writes.put(job(0, 1), now);
        for _ in 0..100 {
            writes.sent(0);
            writes.unreached(0, 1, now);
            assert_eq!(due(&writes, now), [0; 0], "it waits");
            assert_eq!(due(&writes, now + Duration::from_secs(30)), [1]);
        }
        let given_up = (1..=100).find(|_| writes.refused(0, 1, now).is_some());
        assert_eq!(given_up, Some(WRITE_REFUSALS_MAX));
    }
}
