//! What a polled device says while its connection is not valid: it is not believed afterwards either.
//!
//! The engine shows a tag again as it was read last once its connection is valid. Where readings come round after round
//! that may be the zeros of a device that was just starting, read a moment before the one that shows it to be valid; the
//! next round brings the truth. So such readings are taken back at once, by a scan of failed ones: the tag then waits for
//! its next reading. What a broker brings, and what is read once, comes but once, and stays.

use latchwork_engine::{Engine, Plant, Reading, Sample};
use latchwork_expr::{Level, Quality, TagSlot};

/// The guard of a polled connection.
#[derive(Clone, Debug)]
pub(super) struct Doubt {
    /// Its place in [`Plant::guards`].
    guard: usize,
    /// The tags that it hides, in ascending order.
    tags: Vec<TagSlot>,
}

impl Doubt {
    /// Returns the doubt about a polled connection of a plant, but for what is read once; `None` if it is always believed.
    pub(super) fn of(connection: &str, plant: &Plant, once: &[TagSlot]) -> Option<Self> {
        let guard = plant.guards.iter().position(|guard| guard.connection == connection)?;
        let mut tags = plant.guards[guard].tags.clone();
        tags.retain(|tag| !once.contains(tag));
        tags.sort_unstable();
        Some(Self { guard, tags })
    }

    /// Returns the samples that take back what a scan brought; none while the connection is valid.
    pub(super) fn of_scan(&self, samples: &[Sample], engine: &Engine) -> Vec<Sample> {
        if engine.is_valid(self.guard) {
            return Vec::new();
        }
        let doubted = samples
            .iter()
            .filter(|sample| sample.quality.level() < Level::Bad && self.tags.binary_search(&sample.tag).is_ok());
        doubted.map(taken_back).collect()
    }
}

const fn taken_back(sample: &Sample) -> Sample {
    Sample { tag: sample.tag, reading: Reading::Kept, quality: Quality::BadStale, source_time: sample.source_time }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use latchwork_config::{Memory, read};
    use latchwork_engine::{Effect, Input, Moment, Monotonic, Scan};
    use latchwork_expr::{Timestamp, Value};

    use super::*;

    const PLANT: &str = "
[[connections]]
name = 'plc'
type = 'modbus-tcp'
address = '192.0.2.10:502'
valid_when = '{mode} != 0'
[[tags]]
path = 'mode'
type = 'int'
connection = 'plc'
address = 'HR1'
[[tags]]
path = 'run'
type = 'bool'
connection = 'plc'
address = 'DI1'
[[operations]]
name = 'A'
location = 'Line'
start_trigger_expression = '{run}'
stop_trigger_expression = '{run}'
auto_add_to_schedule = false
";

    struct Gateway {
        engine: Engine,
        doubt: Doubt,
        scans: u64,
        events: usize,
    }

    impl Gateway {
        fn new() -> Self {
            Self::that_reads_once(&[])
        }

        fn that_reads_once(once: &[TagSlot]) -> Self {
            let plant = read(Path::new("plant.toml"), &Memory::of("plant.toml", PLANT)).unwrap().plant;
            let doubt = Doubt::of("plc", &plant, once).unwrap();
            Self { engine: Engine::new(Arc::new(plant)), doubt, scans: 0, events: 0 }
        }

        fn step(&mut self, samples: &mut [Sample]) {
            self.scans += 1;
            let micros = i64::try_from(self.scans).unwrap();
            let at = Moment { monotonic: Monotonic(micros), wall: Timestamp(micros) };
            let mut effects: Vec<Effect> = Vec::new();
            self.engine.step(Scan { sequence: self.scans, at, input: Input::Samples(samples) }, &mut effects);
            self.events += effects.len();
        }

        /// Takes readings, and takes them back if they are doubted; returns how many were.
        fn read(&mut self, readings: &[(u32, Value)]) -> usize {
            let sample = |(tag, value): &(u32, Value)| Sample {
                tag: TagSlot(*tag),
                reading: Reading::Value(value.clone()),
                quality: Quality::Good,
                source_time: Timestamp(0),
            };
            let mut samples: Vec<Sample> = readings.iter().map(sample).collect();
            self.step(&mut samples);
            let mut doubted = self.doubt.of_scan(&samples, &self.engine);
            if !doubted.is_empty() {
                self.step(&mut doubted);
            }
            doubted.len()
        }
    }

    const MODE: u32 = 0;
    const RUN: u32 = 1;

    #[test]
    fn what_is_read_once_is_not_taken_back() {
        let mut gateway = Gateway::that_reads_once(&[TagSlot(RUN)]);
        assert_eq!(gateway.read(&[(MODE, 0.into()), (RUN, true.into())]), 0);
        assert_eq!(gateway.events, 0, "nothing is believed yet");
        gateway.read(&[(MODE, 1.into())]);
        assert_eq!(gateway.read(&[(RUN, false.into())]), 0);
    }

    #[test]
    fn zeros_that_were_read_right_before_the_mode_came_back_end_no_run() {
        let mut gateway = Gateway::new();
        assert_eq!(gateway.read(&[(MODE, 1.into()), (RUN, false.into())]), 0);
        assert_eq!(gateway.read(&[(RUN, true.into())]), 0);
        assert_eq!(gateway.events, 1, "it runs");
        assert_eq!(gateway.read(&[(MODE, 0.into()), (RUN, false.into())]), 1, "the mode itself is not doubted");
        assert_eq!(gateway.read(&[(RUN, false.into())]), 1);
        assert_eq!(gateway.read(&[(MODE, 1.into())]), 0);
        assert_eq!(gateway.read(&[(RUN, true.into())]), 0);
        assert_eq!(gateway.events, 1, "it ran all the time");
        gateway.read(&[(RUN, false.into())]);
        assert_eq!(gateway.events, 2, "it stops");
    }
}
