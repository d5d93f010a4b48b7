//! A machine in one of its states.

use crate::simulator::random::Random;
use crate::simulator::scenario::{Machine, State};

/// A machine as it is at an instant.
#[derive(Clone, Debug)]
pub(super) struct MachineRun {
    state: usize,
    entered: u64,
    leaves_at: Option<u64>,
    random: Random,
}

impl MachineRun {
    /// Returns a machine that enters its first state at the beginning of time.
    pub(super) fn new(machine: &Machine, seed: u64, stream: u64) -> Self {
        let mut run = Self { state: 0, entered: 0, leaves_at: None, random: Random::new(seed, stream) };
        run.enter(machine, 0, 0);
        run
    }

    /// Returns its state.
    pub(super) const fn state(&self) -> usize {
        self.state
    }

    /// Returns when its state ends by itself.
    pub(super) const fn leaves_at(&self) -> Option<u64> {
        self.leaves_at
    }

    /// Moves on if it is time; `answer` is the state to which the other machines take it. Returns whether it entered
    /// a state, which may be the same again.
    pub(super) fn turn(&mut self, machine: &Machine, now: u64, answer: Option<usize>) -> bool {
        // The end by itself was drawn before: it wins over what happens in the same millisecond.
        let next = if self.leaves_at == Some(now) {
            self.choose(&machine.states[self.state])
        } else {
            answer.filter(|_| now > self.entered)
        };
        if let Some(next) = next {
            self.enter(machine, next, now);
        }
        next.is_some()
    }

    fn enter(&mut self, machine: &Machine, state: usize, now: u64) {
        let lasts = machine.states[state].lasts;
        self.state = state;
        self.entered = now;
        self.leaves_at = lasts.map(|(low, high)| now + self.random.between(low, high));
    }

    /// Draws the state that follows.
    fn choose(&mut self, state: &State) -> Option<usize> {
        let total: u64 = state.next.iter().map(|(_, weight)| weight).sum();
        let mut drawn = self.random.below(total.max(1));
        for &(next, weight) in &state.next {
            if drawn < weight {
                return Some(next);
            }
            drawn -= weight;
        }
        None
    }
}
