//! A signal as it moves within a state of its machine.

use crate::simulator::random::Random;
use crate::simulator::scenario::{Behaviour, Motion, Signal};
use crate::simulator::value::SignalValue;

/// A signal as it is at an instant.
#[derive(Clone, Debug)]
pub(super) struct SignalRun {
    /// What it does.
    behaviour: Behaviour,
    /// Where a number began to move, and when.
    base: f64,
    base_at: u64,
    /// Whether it will not move again in this state.
    settled: bool,
    /// Which entry of its list it shows.
    entry: usize,
    shown: SignalValue,
    random: Random,
}

impl SignalRun {
    /// Returns the signal at the beginning of time, in its machine's first state.
    pub(super) fn new(signal: &Signal, seed: u64, stream: u64) -> Self {
        let number = number(&signal.initial);
        let mut run = Self {
            behaviour: Behaviour::Hold,
            base: number.unwrap_or_default(),
            base_at: 0,
            settled: true,
            entry: 0,
            shown: signal.initial.clone(),
            random: Random::new(seed, stream),
        };
        if let Some(number) = number {
            run.show_number(signal, number);
        }
        // A list shows its first entry before any state takes the next.
        if signal.behaviours[0] != Behaviour::Advance {
            run.enter(signal, 0, 0);
        }
        run
    }

    /// Returns what it shows.
    pub(super) const fn shown(&self) -> &SignalValue {
        &self.shown
    }

    /// Returns the first millisecond after now in which it is to be looked at or told again.
    pub(super) fn due(&self, signal: &Signal, now: u64) -> Option<u64> {
        let sample = (!self.settled).then(|| multiple_after(now, signal.sample_millis));
        [sample, repeat_millis(signal).map(|millis| multiple_after(now, millis))].into_iter().flatten().min()
    }

    /// Goes on to now, `entered` being the state that its machine entered in this millisecond. Returns whether there
    /// is something to tell.
    pub(super) fn turn(&mut self, signal: &Signal, now: u64, entered: Option<usize>) -> bool {
        let before = self.shown.clone();
        match entered {
            Some(state) => self.enter(signal, state, now),
            None if !self.settled && now.is_multiple_of(signal.sample_millis) => self.sample(signal, now),
            None => {}
        }
        self.shown != before || repeat_millis(signal).is_some_and(|millis| now.is_multiple_of(millis))
    }

    fn enter(&mut self, signal: &Signal, state: usize, now: u64) {
        self.base = self.level(now);
        self.base_at = now;
        let before = std::mem::replace(&mut self.behaviour, signal.behaviours[state].clone());
        match &self.behaviour {
            Behaviour::Hold => self.hold(signal, &before),
            Behaviour::Boolean(value) => self.shown = SignalValue::Boolean(*value),
            Behaviour::Text(text) => self.shown = SignalValue::Text(text.clone()),
            Behaviour::Number(motion) => {
                self.base = motion.start.unwrap_or(self.base);
                self.sample(signal, now);
            }
            Behaviour::Advance => self.advance(signal),
        }
    }

    /// Stays. A number that moved is shown as far as it came, which may be farther than when it was last looked at.
    fn hold(&mut self, signal: &Signal, before: &Behaviour) {
        self.settled = true;
        if let Behaviour::Number(_) = before {
            self.show_number(signal, self.base);
        }
    }

    fn advance(&mut self, signal: &Signal) {
        self.entry = (self.entry + 1) % signal.list.len().max(1);
        if let Some(text) = signal.list.get(self.entry) {
            self.shown = text.clone();
        }
    }

    fn sample(&mut self, signal: &Signal, now: u64) {
        let level = self.level(now);
        let Behaviour::Number(motion) = &self.behaviour else { return };
        let moves = motion.per_second > 0.0 && motion.end != Some(level);
        self.settled = !moves && motion.noise == 0.0;
        let noise = if motion.noise > 0.0 { motion.noise * self.random.around_zero() } else { 0.0 };
        self.show_number(signal, level + noise);
    }

    /// Returns where a number is, without noise.
    fn level(&self, now: u64) -> f64 {
        match &self.behaviour {
            Behaviour::Number(motion) => moved(self.base, motion, now - self.base_at),
            Behaviour::Hold | Behaviour::Boolean(_) | Behaviour::Text(_) | Behaviour::Advance => self.base,
        }
    }

    fn show_number(&mut self, signal: &Signal, number: f64) {
        self.shown = match signal.decimals {
            Some(decimals) => SignalValue::Float(rounded(number, decimals)),
            None => SignalValue::Integer(whole(number)),
        };
    }
}

fn repeat_millis(signal: &Signal) -> Option<u64> {
    signal.topic.as_ref().and_then(|topic| topic.every_millis)
}

fn multiple_after(now: u64, millis: u64) -> u64 {
    (now / millis + 1) * millis
}

/// Returns where a motion is after a time.
fn moved(base: f64, motion: &Motion, millis: u64) -> f64 {
    let way = motion.per_second * seconds(millis);
    match motion.end {
        None => base + way,
        Some(end) if end >= base => (base + way).min(end),
        Some(end) => (base - way).max(end),
    }
}

fn number(value: &SignalValue) -> Option<f64> {
    match value {
        SignalValue::Float(number) => Some(*number),
        SignalValue::Integer(number) => Some(exact(*number)),
        SignalValue::Boolean(_) | SignalValue::Text(_) => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a time of 285,000 years is exact in a float")]
fn seconds(millis: u64) -> f64 {
    millis as f64 / 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "the text's numbers were read as floats already")]
const fn exact(number: i64) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a number beyond 64 bits stays at their end")]
fn whole(number: f64) -> i64 {
    number.floor() as i64
}

fn rounded(number: f64, decimals: u8) -> f64 {
    let unit = 10_f64.powi(i32::from(decimals));
    // Adding zero makes the zero that was rounded from below positive.
    (number * unit).round() / unit + 0.0
}
