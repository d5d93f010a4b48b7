//! Writes between the readings: each goes out when its unit is free, before the next reading of that unit, and holds up
//! no other.

use std::time::Instant;

use tokio_modbus::ExceptionCode;

use super::{Now, Poller};
use crate::limits::MODBUS_IN_TIME_MAX;
use crate::modbus::answer::Malformed;
use crate::modbus::write::{RegisterWriter, WriteAnswer};
use crate::modbus::written::{AskedWrite, OverdueWrite};
use crate::writing::{DueWrites, WriteJob, WriteOutcome};

/// What may be written over the link, and what is.
#[derive(Debug)]
pub(super) struct Writes {
    writer: RegisterWriter,
    due: DueWrites,
    reports: Vec<(WriteJob, WriteOutcome)>,
}

/// Why a write is not done.
enum Refusal {
    /// Nobody who could do it answered.
    Unreached,
    /// The device does not know the function.
    UnknownFunction,
    /// The device will not, or says something that makes no sense.
    Refused(String),
}

impl Writes {
    /// Returns what writes, for a connection that allows it.
    pub(super) fn new(writer: RegisterWriter) -> Self {
        Self { writer, due: DueWrites::default(), reports: Vec::new() }
    }
}

impl Poller {
    /// Takes a job. Without the permission to write it is dropped: nobody can have one then.
    pub(in crate::modbus) fn write(&mut self, job: WriteJob, now: Now) {
        if let Some(writes) = &mut self.writes {
            writes.due.put(job, now.at);
        }
    }

    /// Returns what became of jobs, and forgets it.
    pub(in crate::modbus) fn take_reports(&mut self) -> Vec<(WriteJob, WriteOutcome)> {
        self.writes.as_mut().map(|writes| std::mem::take(&mut writes.reports)).unwrap_or_default()
    }

    /// Has every write tried again: the link is new.
    pub(super) fn restart_writes(&mut self, now: Now) {
        if let Some(writes) = &mut self.writes {
            writes.due.restart(now.at);
        }
    }

    /// Sends what is to be written.
    pub(super) fn send_writes(&mut self, now: Now) {
        while let Some((job, unit)) = self.next_write(now.at) {
            self.send_write(&job, unit, now);
        }
    }

    /// Returns when something is to be written, if its unit can take it then.
    pub(super) fn write_due_at(&self) -> Option<Instant> {
        let quiet_until = self.session.as_ref()?.quiet_until;
        self.writable().map(|(_, at, _)| at.max(quiet_until)).min()
    }

    fn next_write(&self, now: Instant) -> Option<(WriteJob, usize)> {
        if self.session.as_ref()?.quiet_until > now {
            return None;
        }
        let (job, _, unit) = self.writable().find(|(_, at, _)| *at <= now)?;
        Some((job.clone(), unit))
    }

    /// Returns the writes that wait, since or until when, each with its unit that can take it.
    fn writable(&self) -> impl Iterator<Item = (&WriteJob, Instant, usize)> {
        let in_time = self.units.iter().filter(|unit| unit.is_asked_in_time() && !unit.is_silent()).count();
        let is_taken = self.session.as_ref().is_none_or(|session| session.line.is_taken());
        let writes = self.writes.iter().filter(move |_| in_time < MODBUS_IN_TIME_MAX && !is_taken);
        writes.flat_map(move |writes| {
            writes.due.waiting().filter_map(|(job, at)| {
                let number = writes.writer.unit(job.tag)?;
                let unit = self.units.iter().position(|unit| unit.number == number)?;
                let at = self.silent_at(number).map_or(at, |silent| silent.max(at));
                (self.units[unit].is_free() && !self.units[unit].is_dead()).then_some((job, at, unit))
            })
        })
    }

    fn send_write(&mut self, job: &WriteJob, unit: usize, now: Now) {
        let (Some(writes), Some(session)) = (&mut self.writes, &mut self.session) else { return };
        writes.due.sent(job.tag);
        let Some(request) = writes.writer.request(job.tag, &job.value) else {
            let reason = "the tag cannot have this value".to_owned();
            writes.due.written(job.tag, job.number, now.at);
            writes.reports.push((job.clone(), WriteOutcome::GivenUp(reason)));
            return;
        };
        self.health.writes.add_one();
        let (tag, number, sent, stage) = (job.tag, job.number, now.at, crate::modbus::link::Stage::InTime);
        let asked = AskedWrite { tag, number, unit, sent, stage, request };
        self.requests.extend(session.line.ask_write(asked));
        session.quiet_until = now.at + self.modbus.pause_between_requests;
        self.units[unit].asked();
    }

    /// Takes the answer to a write.
    pub(super) fn hear_write(&mut self, asked: &AskedWrite, answer: Result<WriteAnswer, Malformed>, now: Now) {
        let refusal = match answer {
            Ok(WriteAnswer::Done) => None,
            Ok(WriteAnswer::Exception(code)) => {
                self.health.exceptions.add_one();
                Some(refusal(code))
            }
            Err(malformed) => {
                self.health.malformed.add_one();
                Some(Refusal::Refused(malformed.to_string()))
            }
        };
        let life = match &refusal {
            Some(Refusal::Unreached) => self.units[asked.unit].failed(asked.stage, asked.sent, now.at),
            None | Some(Refusal::UnknownFunction | Refusal::Refused(_)) => self.units[asked.unit].answered(asked.stage),
        };
        self.note_works(now);
        self.note_life(life, asked.unit, now);
        self.settle_write(asked, refusal, now);
    }

    /// Takes the news that a write was not answered in time, or will not be.
    pub(super) fn take_overdue_write(&mut self, overdue: &OverdueWrite, now: Now) {
        match overdue {
            OverdueWrite::TimedOut(asked) => {
                self.health.timeouts.add_one();
                if let Some(session) = &mut self.session {
                    session.unanswered = session.unanswered.saturating_add(1);
                }
                let life = self.units[asked.unit].timed_out(asked.sent, now.at);
                self.note_life(life, asked.unit, now);
                self.settle_write(asked, Some(Refusal::Unreached), now);
            }
            OverdueWrite::GivenUp(asked) => self.units[asked.unit].given_up(),
        }
    }

    fn settle_write(&mut self, asked: &AskedWrite, refusal: Option<Refusal>, now: Now) {
        let Some(Writes { writer, due, reports }) = &mut self.writes else { return };
        let AskedWrite { tag, number, .. } = *asked;
        match refusal {
            None => reports.extend(due.written(tag, number, now.at).map(|job| (job, WriteOutcome::Written))),
            Some(Refusal::Unreached) => due.unreached(tag, number, now.at),
            Some(Refusal::UnknownFunction) if writer.use_other_function(tag, &asked.request) => {
                due.again(tag, number, now.at);
            }
            Some(Refusal::UnknownFunction) => {
                self.health.writes_refused.add_one();
                let given_up = due.refused(tag, number, now.at);
                let reason = "the device does not know the function".to_owned();
                reports.extend(given_up.map(|job| (job, WriteOutcome::GivenUp(reason))));
            }
            Some(Refusal::Refused(reason)) => {
                self.health.writes_refused.add_one();
                let (connection, tag_path) = (&self.connection.name, &self.connection.tags[tag].path);
                tracing::warn!(connection, tag = tag_path, reason, "write refused");
                let given_up = due.refused(tag, number, now.at);
                reports.extend(given_up.map(|job| (job, WriteOutcome::GivenUp(reason))));
            }
        }
    }
}

/// Returns what an exception means for a write.
fn refusal(code: ExceptionCode) -> Refusal {
    match code {
        ExceptionCode::IllegalFunction => Refusal::UnknownFunction,
        // It is busy, or a gateway does not reach it.
        ExceptionCode::Acknowledge
        | ExceptionCode::ServerDeviceBusy
        | ExceptionCode::GatewayPathUnavailable
        | ExceptionCode::GatewayTargetDevice => Refusal::Unreached,
        ExceptionCode::IllegalDataAddress
        | ExceptionCode::IllegalDataValue
        | ExceptionCode::ServerDeviceFailure
        | ExceptionCode::MemoryParityError
        | ExceptionCode::Custom(_) => Refusal::Refused(format!("exception {}: {code}", u8::from(code))),
    }
}
