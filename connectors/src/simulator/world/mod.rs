//! The plant at an instant of the scenario's time, and what comes next. Pure: no clock, no wire; the same scenario
//! gives the same changes however time is cut into steps, and whatever the speed.

mod machine;
mod signal;

use std::sync::Arc;
use std::time::Duration;

use self::machine::MachineRun;
use self::signal::SignalRun;
use super::scenario::{Scenario, When};
use super::value::SignalValue;

/// A signal that shows another value, or one that is to be told again.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// When, in the scenario's time.
    pub at: Duration,
    /// Which signal, in the order of the scenario.
    pub signal: usize,
    /// What it shows now.
    pub value: SignalValue,
}

/// The plant as it is at an instant.
#[derive(Clone, Debug)]
pub struct World {
    scenario: Arc<Scenario>,
    /// Milliseconds of the scenario's time.
    now: u64,
    machines: Vec<MachineRun>,
    signals: Vec<SignalRun>,
}

impl World {
    /// Returns the plant at its beginning: every machine in its first state.
    pub fn new(scenario: Arc<Scenario>) -> Self {
        let machines = scenario.machines.iter().zip(0..);
        let machines = machines.map(|(machine, stream)| MachineRun::new(machine, scenario.seed, stream)).collect();
        let signals = scenario.signals.iter().zip(SIGNAL_STREAMS..);
        let signals = signals.map(|(signal, stream)| SignalRun::new(signal, scenario.seed, stream)).collect();
        Self { scenario, now: 0, machines, signals }
    }

    /// Returns what every signal shows now.
    pub fn shown(&self) -> Vec<Change> {
        let at = Duration::from_millis(self.now);
        let values = self.signals.iter().map(|signal| signal.shown().clone()).enumerate();
        values.map(|(signal, value)| Change { at, signal, value }).collect()
    }

    /// Returns every machine's name with that of the state it is in, in the order of the scenario.
    pub fn states(&self) -> Vec<(&str, &str)> {
        let machines = self.scenario.machines.iter().zip(&self.machines);
        machines.map(|(machine, run)| (machine.name.as_str(), machine.states[run.state()].name.as_str())).collect()
    }

    /// Returns when something happens next, if anything ever does.
    pub fn next_due(&self) -> Option<Duration> {
        self.due().map(Duration::from_millis)
    }

    /// Goes on to a time and returns what changed on the way, in the order of time and then of the scenario. A time
    /// that is past changes nothing.
    pub fn step(&mut self, to: Duration) -> Vec<Change> {
        let to = u64::try_from(to.as_millis()).unwrap_or(u64::MAX);
        let mut changes = Vec::new();
        while let Some(due) = self.due().filter(|due| *due <= to) {
            self.now = due;
            let entered = self.turn_machines();
            self.turn_signals(&entered, &mut changes);
        }
        self.now = self.now.max(to);
        changes
    }

    /// Returns the first millisecond after now in which something happens.
    fn due(&self) -> Option<u64> {
        let scenario = &self.scenario;
        let machines = (0..self.machines.len()).filter_map(|index| self.machine_due(index));
        let signals = self.signals.iter().zip(&scenario.signals);
        machines.chain(signals.filter_map(|(run, signal)| run.due(signal, self.now))).min()
    }

    fn machine_due(&self, index: usize) -> Option<u64> {
        // What another machine does is answered a millisecond later: two that wait for one another go on for ever,
        // but not at one instant.
        let answer = self.answer(index).map(|_| self.now + 1);
        [self.machines[index].leaves_at(), answer].into_iter().flatten().min()
    }

    /// Returns the state to which the others take a machine now.
    fn answer(&self, index: usize) -> Option<usize> {
        let state = &self.scenario.machines[index].states[self.machines[index].state()];
        let holds = |when: &&When| when.states.contains(&self.machines[when.machine].state());
        state.when.iter().find(holds).map(|when| when.next)
    }

    /// Moves every machine whose time has come, each by what the others were before; returns which moved.
    fn turn_machines(&mut self) -> Vec<bool> {
        let answers: Vec<Option<usize>> = (0..self.machines.len()).map(|index| self.answer(index)).collect();
        let machines = self.machines.iter_mut().zip(&self.scenario.machines).zip(answers);
        machines.map(|((run, machine), answer)| run.turn(machine, self.now, answer)).collect()
    }

    fn turn_signals(&mut self, entered: &[bool], changes: &mut Vec<Change>) {
        let at = Duration::from_millis(self.now);
        for (index, (run, signal)) in self.signals.iter_mut().zip(&self.scenario.signals).enumerate() {
            let state = entered[signal.machine].then(|| self.machines[signal.machine].state());
            if run.turn(signal, self.now, state) {
                changes.push(Change { at, signal: index, value: run.shown().clone() });
            }
        }
    }
}

/// Where the streams of chance of signals begin, behind those of all machines that a scenario may have.
const SIGNAL_STREAMS: u64 = 1 << 32;

#[cfg(test)]
mod tests;
