//! What happens in a replay besides samples: commands; and an own trace tells of files, boots, reloads, notices and
//! deadlines.
//!
//! As recorded, all of it happens as it did. Under another configuration boots and notices still do, and reloads are
//! left out.

use std::sync::Arc;

use latchwork_connectors::trace::{News, OwnBoot, OwnFile, OwnHeader, OwnReload, Traces};
use latchwork_engine::{Command, Engine, Plant, Retained};
use serde_json::Value as Json;

use super::audience::Audience;
use super::catalog;
use super::recording::Recording;
use crate::drive::Drive;
use crate::exit::{Exit, Failure};

/// Whose configuration a replay runs.
#[derive(Debug)]
pub enum Basis {
    /// One that is given, for everything.
    Given(Arc<Plant>),
    /// That of the trace, which it may change.
    Recorded(Recording),
}

/// An engine on its way through traces.
#[derive(Debug)]
pub(super) struct Course {
    pub(super) drive: Drive,
    basis: Basis,
    /// Scans before the drive's number `base`, and that number.
    scans_before: u64,
    base: u64,
    has_begun: bool,
    pub(super) reloads_left_out: u64,
}

impl Course {
    /// Begins a replay.
    pub(super) fn new(basis: Basis, traces: &mut Traces, audience: &mut impl Audience) -> Self {
        let plant = match &basis {
            Basis::Given(plant) => plant.clone(),
            Basis::Recorded(recording) => {
                audience.replayed().hold_back();
                traces.replace_catalog(catalog(recording.plant()));
                recording.plant().clone()
            }
        };
        audience.replayed().meet(&plant);
        if traces.may_command() {
            audience.replayed().keep_history();
        }
        let drive = Drive::new(Engine::new(plant));
        Self { drive, basis, scans_before: 0, base: 0, has_begun: false, reloads_left_out: 0 }
    }

    /// Returns how many scans were taken.
    pub(super) fn scans(&self, traces: &Traces) -> u64 {
        // An engine that begins in the middle of a trace takes the numbers of its scans.
        let base = if self.base == 0 { traces.last_left_out() } else { self.base };
        self.scans_before + self.drive.scans().saturating_sub(base)
    }

    /// Takes what a scan of an own trace tells besides samples.
    pub(super) fn take(
        &mut self,
        news: News,
        traces: &mut Traces,
        audience: &mut impl Audience,
    ) -> Result<(), Failure> {
        let (at, sequence) = (traces.at(), traces.sequence());
        match (news, &mut self.basis) {
            (News::Notice(notice), _) => self.drive.notice(at, sequence, &notice, traces.samples_mut(), audience),
            (News::Timer, _) => self.drive.pass(at, audience),
            (News::Command(command), _) => self.obey(*command, traces, audience),
            (News::File(header), Basis::Recorded(_)) => return self.enter_file(&header, traces, audience),
            (News::Boot(boot), Basis::Recorded(_)) => return self.boot(&boot, traces, audience),
            (News::Reload(reload), Basis::Recorded(_)) => return self.reload(&reload, traces, audience),
            (News::File(header), Basis::Given(_)) => return self.begin_given(&header, traces),
            (News::Boot(_), Basis::Given(_)) => self.boot_given(traces, audience),
            (News::Reload(_), Basis::Given(_)) => self.reloads_left_out += u64::from(!traces.is_left_out()),
        }
        Ok(())
    }

    /// Gives a command, with what this very replay knows where nothing was fetched for it, or where what was fetched is of
    /// another configuration.
    fn obey(&mut self, mut command: Command, traces: &Traces, audience: &mut impl Audience) {
        let at = traces.at();
        self.drive.pass(at, audience);
        let is_of_another = matches!(self.basis, Basis::Given(_)) && traces.sequence().is_some();
        if command.fetched.is_none() || is_of_another {
            command.fetched = audience.replayed().fetch(&command, self.drive.engine());
        }
        audience.replayed().see_command(at.wall, &command);
        self.drive.command(at, traces.sequence(), &command, audience);
    }

    /// Enters the next file of a recording: it goes on where the one before ended, unless something is missing between
    /// them. Then, and at the very beginning, its header says how things stand.
    fn enter_file(
        &mut self,
        header: &OwnHeader,
        traces: &mut Traces,
        audience: &mut impl Audience,
    ) -> Result<(), Failure> {
        let is_changed = self.change_plant(&header.configuration_hash, &header.files, traces, audience)?;
        let goes_on = self.has_begun && !is_changed && self.drive.scans() == header.last_sequence;
        self.has_begun = true;
        if traces.is_left_out() {
            if is_changed {
                self.go_on_with(Drive::new(Engine::new(self.plant())), traces);
            }
        } else if !goes_on {
            let engine = self.resumed(&header.retained)?;
            audience.leave(self.drive.engine(), traces.at());
            self.go_on_with(drive_of(engine, header), traces);
            audience.replayed().number_events_from(header.next_event_seq);
        }
        Ok(())
    }

    /// Starts the gateway as it was started: what was never committed before is revoked.
    fn boot(&mut self, boot: &OwnBoot, traces: &Traces, audience: &mut impl Audience) -> Result<(), Failure> {
        if traces.is_left_out() {
            return Ok(());
        }
        let (at, sequence) = (traces.at(), traces.sequence());
        audience.replayed().revoke_after(boot.last_sequence, boot.next_event_seq);
        self.scans_before = self.scans(traces);
        audience.leave(self.drive.engine(), at);
        self.drive.restart(self.resumed(&boot.retained)?);
        self.base = sequence.map_or(self.drive.scans(), |sequence| sequence.saturating_sub(1));
        self.drive.boot(at, sequence, audience);
        Ok(())
    }

    /// Changes the configuration as it was changed. Tags that only the new one reads are in no scan so far: the
    /// retained state has them.
    fn reload(&mut self, reload: &OwnReload, traces: &mut Traces, audience: &mut impl Audience) -> Result<(), Failure> {
        let (at, sequence) = (traces.at(), traces.sequence());
        let OwnReload { configuration_hash, files, retained } = reload;
        if traces.is_left_out() {
            self.change_plant(configuration_hash, files, traces, audience)?;
            self.go_on_with(Drive::new(Engine::new(self.plant())), traces);
            return Ok(());
        }
        self.drive.pass(at, audience);
        audience.leave(self.drive.engine(), at);
        if let Some(retained) = state(retained)? {
            let plant = Arc::new(self.drive.engine().plant().clone());
            self.drive.restart(Engine::resume(plant, &retained));
        }
        self.change_plant(configuration_hash, files, traces, audience)?;
        self.drive.reload(at, sequence, self.plant(), audience);
        Ok(())
    }

    /// Begins with the state of the first file, under a configuration that is given. Of several recordings beside one
    /// another none is the state of all.
    fn begin_given(&mut self, header: &OwnHeader, traces: &Traces) -> Result<(), Failure> {
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        if is_first && !traces.is_left_out() && traces.recording().is_some() {
            let engine = self.resumed(&header.retained)?;
            self.go_on_with(drive_of(engine, header), traces);
        }
        Ok(())
    }

    /// Starts the gateway under a configuration that is given: with what the engine has itself. Of several recordings
    /// beside one another a start of one is none of the others.
    fn boot_given(&mut self, traces: &Traces, audience: &mut impl Audience) {
        if traces.is_left_out() || traces.recording().is_none() {
            return;
        }
        let engine = self.drive.engine();
        audience.leave(engine, traces.at());
        let retained = engine.retained(self.drive.last().unwrap_or(traces.at()));
        self.drive.restart(Engine::resume(self.plant(), &retained));
        self.drive.boot(traces.at(), None, audience);
    }

    /// Takes another configuration of the recording; returns whether it is another one.
    fn change_plant(
        &mut self,
        hash: &str,
        files: &[OwnFile],
        traces: &mut Traces,
        audience: &mut impl Audience,
    ) -> Result<bool, Failure> {
        let Basis::Recorded(recording) = &mut self.basis else { return Ok(false) };
        if recording.runs(hash) {
            return Ok(false);
        }
        recording.change_to(hash, files)?;
        traces.replace_catalog(catalog(recording.plant()));
        audience.replayed().meet(recording.plant());
        Ok(true)
    }

    fn go_on_with(&mut self, drive: Drive, traces: &Traces) {
        self.scans_before = self.scans(traces);
        self.base = drive.scans();
        self.drive = drive;
    }

    fn plant(&self) -> Arc<Plant> {
        match &self.basis {
            Basis::Given(plant) => plant.clone(),
            Basis::Recorded(recording) => recording.plant().clone(),
        }
    }

    /// Returns the engine of the plant with what was retained.
    fn resumed(&self, retained: &Json) -> Result<Engine, Failure> {
        let plant = self.plant();
        Ok(state(retained)?
            .map_or_else(|| Engine::new(plant.clone()), |retained| Engine::resume(plant.clone(), &retained)))
    }
}

/// Returns the drive of an engine that stands where a file begins.
const fn drive_of(engine: Engine, header: &OwnHeader) -> Drive {
    match header.last {
        Some(last) => Drive::resumed(engine, header.last_sequence, last),
        None => Drive::new(engine),
    }
}

/// Returns the retained state that a trace has, if it has one.
fn state(retained: &Json) -> Result<Option<Retained>, Failure> {
    if retained.is_null() {
        return Ok(None);
    }
    Retained::from_json(retained.clone()).map(Some).map_err(|error| Failure::new(Exit::Problems, error))
}
