//! Any schedule of lost, late, overtaken, doubled and broken answers: no value that the device did not have for that
//! very register, and none that is older than what was told before.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use latchwork_config::connections::{Coding, Connection, Modbus, Point, Wire};
use latchwork_engine::{Notice, Reading};
use latchwork_expr::{Quality, Timestamp, Value};
use proptest::prelude::*;

use super::bench::poller;
use super::plant::{answer_frame, connection, modbus, point};
use crate::modbus::poller::{Now, Poller};
use crate::{Batch, Health};

/// What happens to one answer.
#[derive(Clone, Debug)]
enum Fate {
    /// It comes after so many milliseconds.
    Comes(u64),
    /// It comes twice.
    ComesTwice(u64, u64),
    /// It never comes.
    Lost,
    /// It comes under another id, from another unit, for another function, with other lengths.
    OtherId(u64, u16),
    OtherUnit(u64, u8),
    OtherFunction(u64, u8),
    Shorter(u64, usize),
    Exception(u64, u8),
    /// It comes in pieces of so many bytes.
    InPieces(u64, usize),
    /// Its last bytes are missing, whatever its header says.
    Cut(u64, usize),
    /// Something else comes: more bytes than are ever cut off, as nobody can tell filled-up frames from true ones.
    Garbage(u64, Vec<u8>),
    /// The connection ends.
    HangUp(u64),
}

fn fates() -> impl Strategy<Value = Fate> {
    let delay = || prop_oneof![4 => 1_u64..90, 2 => 90_u64..600, 1 => 600_u64..2000];
    prop_oneof![
        12 => delay().prop_map(Fate::Comes),
        1 => (delay(), delay()).prop_map(|(one, two)| Fate::ComesTwice(one, two)),
        3 => Just(Fate::Lost),
        1 => (delay(), 1_u16..4).prop_map(|(delay, by)| Fate::OtherId(delay, by)),
        1 => (delay(), any::<u8>()).prop_map(|(delay, unit)| Fate::OtherUnit(delay, unit)),
        1 => (delay(), any::<u8>()).prop_map(|(delay, function)| Fate::OtherFunction(delay, function)),
        1 => (delay(), 1_usize..9).prop_map(|(delay, by)| Fate::Shorter(delay, by)),
        1 => (delay(), 1_u8..12).prop_map(|(delay, code)| Fate::Exception(delay, code)),
        3 => (delay(), 1_usize..9).prop_map(|(delay, bytes)| Fate::InPieces(delay, bytes)),
        1 => (delay(), 1_usize..8).prop_map(|(delay, by)| Fate::Cut(delay, by)),
        1 => (delay(), prop::collection::vec(any::<u8>(), 8..40)).prop_map(|(delay, bytes)| Fate::Garbage(delay, bytes)),
        1 => delay().prop_map(Fate::HangUp),
    ]
}

/// What the network brings.
enum Event {
    Bytes(Vec<u8>),
    HangUp,
}

/// A device, the network and the poller, with a clock that only the test moves.
struct World {
    poller: Poller,
    connection: Arc<Connection>,
    start: Instant,
    millis: u64,
    events: BTreeMap<(u64, u64), Event>,
    sequence: u64,
    /// How often each register was read: its value, so that a later value is a greater one.
    reads: u64,
    /// The newest value told of each tag.
    told: BTreeMap<usize, i64>,
    good: u64,
}

/// Three units with two blocks each of two 64-bit values, whose upper half says which they are.
fn plant() -> Modbus {
    let points = (1..=3).flat_map(|unit| {
        [0, 4, 100, 104].map(|address| Point {
            unit,
            coding: Coding::Uint64,
            period: Some(Duration::from_millis(50)),
            ..point(address)
        })
    });
    let (timeout, late_guard) = (Duration::from_millis(100), Duration::from_secs(1));
    Modbus { timeout, late_guard, ..modbus(points.collect()) }
}

impl World {
    fn new() -> Self {
        let connection = connection(plant());
        let poller = poller(connection.clone(), Arc::new(Health::default()));
        let (events, told) = (BTreeMap::new(), BTreeMap::new());
        Self { poller, connection, start: Instant::now(), millis: 0, events, sequence: 0, reads: 0, told, good: 0 }
    }

    fn now(&self) -> Now {
        Now { at: self.start + Duration::from_millis(self.millis), wall: Timestamp(0) }
    }

    fn at(&mut self, delay: u64, event: Event) {
        self.sequence += 1;
        self.events.insert((self.millis + delay, self.sequence), event);
    }

    /// Answers a request as its fate has it.
    fn answer(&mut self, request: &[u8], fate: Fate) {
        let word = |index: usize| u16::from_be_bytes([request[index], request[index + 1]]);
        let (id, unit, function, address, count) = (word(0), request[6], request[7], word(8), word(10));
        self.reads += 1;
        let count_of_reads = u16::try_from(self.reads).unwrap();
        let value = |address: u16| [u16::from(unit), address, 0, count_of_reads];
        let words = (0..count / 4).flat_map(|index| value(address + index * 4));
        let values: Vec<u8> = words.flat_map(u16::to_be_bytes).collect();
        let body = |function: u8, values: &[u8]| [&[function, u8::try_from(values.len()).unwrap()], values].concat();
        let right = answer_frame(id, unit, &body(function, &values));
        let bytes = |delay, bytes| vec![(delay, Event::Bytes(bytes))];
        let events = match fate {
            Fate::Comes(delay) => bytes(delay, right),
            Fate::ComesTwice(one, two) => {
                [bytes(one, right.clone()), bytes(two, right)].into_iter().flatten().collect()
            }
            Fate::Lost => vec![],
            Fate::OtherId(delay, by) => bytes(delay, answer_frame(id.wrapping_add(by * 1000), unit, &right[7..])),
            Fate::OtherUnit(delay, other) => {
                bytes(delay, answer_frame(id, if other == unit { 99 } else { other }, &right[7..]))
            }
            Fate::OtherFunction(delay, other) => {
                let other = if other == function { 99 } else { other };
                bytes(delay, answer_frame(id, unit, &body(other, &values)))
            }
            Fate::Shorter(delay, by) => bytes(delay, answer_frame(id, unit, &body(function, &values[by..]))),
            Fate::Exception(delay, code) => bytes(delay, answer_frame(id, unit, &[function | 0x80, code])),
            Fate::InPieces(delay, size) => {
                right.chunks(size).map(|piece| (delay, Event::Bytes(piece.to_vec()))).collect()
            }
            Fate::Cut(delay, by) => bytes(delay, right[..right.len() - by].to_vec()),
            Fate::Garbage(delay, garbage) => bytes(delay, garbage),
            Fate::HangUp(delay) => vec![(delay, Event::HangUp)],
        };
        for (delay, event) in events {
            self.at(delay, event);
        }
    }

    /// Makes the connection anew; what was on its way is gone.
    fn reconnect(&mut self) {
        self.poller.disconnected("the test says so", self.now());
        self.events.clear();
        self.millis += 10;
        self.poller.connected(self.now());
    }

    /// Lets everything happen until the next deadline or event, and checks what is told.
    fn step(&mut self, fates: &mut impl Iterator<Item = Fate>) {
        if self.poller.turn(self.now()).is_err() {
            self.reconnect();
            self.poller.turn(self.now()).expect("nothing can be overdue on a new link");
        }
        for request in self.poller.take_requests().chunks(12) {
            let fate = fates.next().unwrap_or(Fate::Comes(5));
            self.answer(request, fate);
        }
        self.check();
        let millis = |at: Instant| u64::try_from(at.duration_since(self.start).as_micros().div_ceil(1000)).unwrap();
        let deadline = self.poller.deadline().map(millis);
        let event = self.events.keys().next().map(|&(at, _)| at);
        // Asked at the deadline the poller does what was due, so that time goes on.
        assert!(deadline.is_none_or(|at| at > self.millis), "{deadline:?} at {}", self.millis);
        self.millis = deadline.into_iter().chain(event).min().unwrap_or(self.millis + 1).max(self.millis);
        while self.events.first_key_value().is_some_and(|(key, _)| key.0 <= self.millis) {
            self.arrive();
        }
    }

    fn arrive(&mut self) {
        let Some((_, event)) = self.events.pop_first() else { return };
        let fault = match event {
            Event::Bytes(bytes) => self.poller.received(&bytes, self.now()).is_err(),
            Event::HangUp => true,
        };
        self.check();
        if fault {
            self.reconnect();
        }
    }

    fn check(&mut self) {
        for batch in self.poller.take_batches() {
            self.check_batch(&batch);
        }
    }

    fn check_batch(&mut self, batch: &Batch) {
        if let Some(Notice::ConnectionDown { .. }) = &batch.notice {
            assert_eq!(batch.samples.len(), self.connection.tags.len());
        }
        for sample in &batch.samples {
            let tag = sample.tag.index();
            let Reading::Value(Value::Integer(value)) = sample.reading else {
                assert!(!sample.quality.is_good(), "a good reading has a value");
                continue;
            };
            assert_eq!(sample.quality, Quality::Good);
            let Wire::Modbus(modbus) = &self.connection.wire else { panic!("the plant is Modbus") };
            let point = &modbus.points[tag];
            assert_eq!(value >> 48, i64::from(point.unit), "the value is another unit's");
            assert_eq!(value >> 32 & 0xFFFF, i64::from(point.address), "the value is another register's");
            let newest = self.told.insert(tag, value);
            assert!(newest.is_none_or(|newest| newest < value), "the value is older than the one before");
            self.good += 1;
        }
    }
}

proptest! {
    #[test]
    fn no_value_is_wrong_or_older_than_the_one_before(
        fates in prop::collection::vec(fates(), 1..300),
    ) {
        let mut world = World::new();
        world.poller.connected(world.now());
        let mut fates = fates.into_iter().peekable();
        while fates.peek().is_some() && world.millis < 600_000 {
            world.step(&mut fates);
        }
        // When everything is well again, so are all tags.
        world.told.clear();
        let end = world.millis + 20_000;
        while world.millis < end {
            world.step(&mut fates);
        }
        prop_assert_eq!(world.told.len(), 12);
    }
}
