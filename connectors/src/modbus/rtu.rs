//! The guard over a serial line, whose frames have no ids: what comes is the answer to what was asked last, or nothing.
//!
//! One request at a time. After any error a late answer may still come, which nothing but its unit and its length would
//! tell from the next one. So the unit is left alone until the line has said nothing that nobody asked for, for as long
//! as the late guard; whether others wait for that too, whoever asks decides. Pure. See
//! `docs/decisions/0023-who-waits-after-an-error-on-a-serial-line.md`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio_modbus::bytes::Bytes;

use super::answer::{Malformed, answer};
use super::frame::{Frame, function_code, read_body};
use super::link::{Asked, Heard, Overdue, Stage};
use super::plan::Block;
use super::written::{AskedWrite, OverdueWrite};
use crate::limits::MODBUS_RTU_FRAME_BYTES_MAX;

/// Bytes of an answer that refuses: unit, function, code and checksum.
const EXCEPTION_BYTES: usize = 5;

/// Bytes of an answer that repeats a write.
const ECHO_BYTES: usize = 8;

/// Bytes of an answer around what was read: unit, function, byte count and checksum.
const AROUND_BYTES: usize = 5;

/// One serial line, or a link to a converter in front of one.
#[derive(Debug)]
pub(super) struct Rtu {
    timeout: Duration,
    late_guard: Duration,
    waiting: Option<Waiting>,
    /// The units after errors, each with when the line was last not silent about it.
    guarded: BTreeMap<u8, Instant>,
    /// The unit that was asked last: what comes without a question is most likely its.
    last: Option<u8>,
    asked: u64,
}

/// What was asked, and what came so far.
#[derive(Debug)]
struct Waiting {
    question: Question,
    unit: u8,
    function: u8,
    /// How long the answer is, if it is no exception.
    length: usize,
    bytes: Vec<u8>,
}

#[derive(Debug)]
enum Question {
    Read(Asked),
    Write(AskedWrite),
}

/// What the first bytes that came are.
enum Shape {
    /// Not a whole frame yet.
    Begun,
    /// A frame of so many bytes.
    Frame(usize),
    /// No frame that can be taken.
    Wrong(Malformed),
}

impl Rtu {
    /// Returns a line over which nothing was asked yet.
    pub(super) fn new(timeout: Duration, late_guard: Duration) -> Self {
        let late_guard = late_guard.max(timeout);
        Self { timeout, late_guard, waiting: None, guarded: BTreeMap::new(), last: None, asked: 0 }
    }

    /// Returns the bytes that ask for a block, and expects the answer.
    pub(super) fn ask(&mut self, index: usize, block: &Block, now: Instant) -> Vec<u8> {
        let asked = Asked { block: index, sent: now, order: self.asked, stage: Stage::InTime };
        self.asked += 1;
        self.expect(Question::Read(asked), block.unit, function_code(block.table), AROUND_BYTES + block.bytes());
        with_checksum(block.unit, &read_body(block))
    }

    /// Returns the bytes of a write, and expects the answer.
    pub(super) fn ask_write(&mut self, asked: AskedWrite) -> Vec<u8> {
        let (unit, body) = (asked.request.unit(), asked.request.body());
        self.expect(Question::Write(asked), unit, body[0], ECHO_BYTES);
        with_checksum(unit, &body)
    }

    fn expect(&mut self, question: Question, unit: u8, function: u8, length: usize) {
        self.last = Some(unit);
        self.guarded.remove(&unit);
        self.waiting = Some(Waiting { question, unit, function, length, bytes: Vec::new() });
    }

    /// Takes bytes and returns what they turned out to be.
    pub(super) fn take(&mut self, bytes: &[u8], blocks: &[Block], now: Instant) -> Vec<Heard> {
        let mut heard = Vec::new();
        let Some(mut waiting) = self.waiting.take() else {
            self.disturbed(self.last, now);
            return vec![Heard::Unknown];
        };
        waiting.bytes.extend_from_slice(bytes);
        while let Some(length) = self.foreign(&waiting) {
            self.disturbed(Some(waiting.bytes[0]), now);
            waiting.bytes.drain(..length);
            heard.push(Heard::Unknown);
        }
        match waiting.shape(self.is_foreign(&waiting)) {
            Shape::Begun => self.waiting = Some(waiting),
            Shape::Frame(length) => heard.push(self.answered(waiting, length, blocks, now)),
            Shape::Wrong(malformed) => {
                self.disturbed(Some(waiting.unit), now);
                heard.push(waiting.wrong(malformed));
            }
        }
        heard
    }

    /// Tells whether what comes may be the late answer of a unit that was asked before.
    fn is_foreign(&self, waiting: &Waiting) -> bool {
        waiting.bytes.first().is_some_and(|unit| *unit != waiting.unit && self.guarded.contains_key(unit))
    }

    /// Returns the length of the late answer that came first, if one did.
    fn foreign(&self, waiting: &Waiting) -> Option<usize> {
        if !self.is_foreign(waiting) {
            return None;
        }
        let length = match *waiting.bytes.get(1..3)? {
            [function, _] if function & 0x80 != 0 => EXCEPTION_BYTES,
            [1..=4, count] => AROUND_BYTES + usize::from(count),
            _ => ECHO_BYTES,
        };
        waiting.bytes.get(..length).filter(|frame| is_sound(frame)).map(<[u8]>::len)
    }

    /// Settles a question by a whole frame.
    fn answered(&mut self, waiting: Waiting, length: usize, blocks: &[Block], now: Instant) -> Heard {
        let body = Bytes::copy_from_slice(&waiting.bytes[1..length - 2]);
        let frame = Frame { id: 0, unit: waiting.unit, body };
        let heard = match waiting.question {
            Question::Read(asked) => Heard::Answer(asked, answer(&blocks[asked.block], frame)),
            Question::Write(asked) => {
                let answer = asked.request.answer(frame);
                Heard::Written(asked, answer)
            }
        };
        if matches!(heard, Heard::Answer(_, Err(_)) | Heard::Written(_, Err(_))) {
            self.disturbed(Some(waiting.unit), now);
        }
        heard
    }

    /// Notes that the line said what nobody asked for, or not what was asked for: that starts every wait anew.
    fn disturbed(&mut self, unit: Option<u8>, now: Instant) {
        self.guarded.extend(unit.map(|unit| (unit, now)));
        self.guarded.values_mut().for_each(|since| *since = now);
    }

    /// Returns what became of a read whose answer did not come in time: it will not be taken any more.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<Overdue> {
        match self.take_overdue(now, |question| matches!(question, Question::Read(_))) {
            Some(Question::Read(asked)) => vec![Overdue::TimedOut(asked), Overdue::GivenUp(asked)],
            Some(Question::Write(_)) | None => Vec::new(),
        }
    }

    /// Returns what became of a write whose answer did not come in time.
    pub(super) fn overdue_writes(&mut self, now: Instant) -> Vec<OverdueWrite> {
        match self.take_overdue(now, |question| matches!(question, Question::Write(_))) {
            Some(Question::Write(asked)) => vec![OverdueWrite::TimedOut(asked.clone()), OverdueWrite::GivenUp(asked)],
            Some(Question::Read(_)) | None => Vec::new(),
        }
    }

    fn take_overdue(&mut self, now: Instant, is_meant: impl Fn(&Question) -> bool) -> Option<Question> {
        let is_overdue = |waiting: &mut Waiting| waiting.sent() + self.timeout <= now && is_meant(&waiting.question);
        let waiting = self.waiting.take_if(is_overdue)?;
        self.disturbed(Some(waiting.unit), now);
        Some(waiting.question)
    }

    /// Returns when to look for overdue requests next.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.waiting.as_ref().map(|waiting| waiting.sent() + self.timeout)
    }

    /// Tells whether an answer is waited for.
    pub(super) const fn is_taken(&self) -> bool {
        self.waiting.is_some()
    }

    /// Returns before when nobody must be asked who has to wait for the silence about some units.
    pub(super) fn not_before(&self, waits_for: impl Fn(u8) -> bool) -> Option<Instant> {
        let guarded = self.guarded.iter().filter(|(unit, _)| waits_for(**unit));
        guarded.map(|(_, since)| *since + self.late_guard).max()
    }
}

impl Waiting {
    const fn sent(&self) -> Instant {
        match &self.question {
            Question::Read(asked) => asked.sent,
            Question::Write(asked) => asked.sent,
        }
    }

    /// Returns what the bytes are, of which the first may be those of another unit's late answer.
    fn shape(&self, may_be_foreign: bool) -> Shape {
        let bytes = &self.bytes;
        if bytes.len() > MODBUS_RTU_FRAME_BYTES_MAX {
            return Shape::Wrong(Malformed::Disturbed);
        }
        match bytes.first() {
            Some(_) if may_be_foreign => return Shape::Begun,
            Some(&found) if found != self.unit => return Shape::Wrong(Malformed::Unit { expected: self.unit, found }),
            Some(_) | None => {}
        }
        let length = match bytes.get(1) {
            None => return Shape::Begun,
            Some(&function) if function == self.function | 0x80 => EXCEPTION_BYTES,
            Some(&function) if function == self.function => self.length,
            Some(&found) => return Shape::Wrong(Malformed::Function { expected: self.function, found }),
        };
        match bytes.get(..length) {
            None => Shape::Begun,
            Some(frame) if bytes.len() == length && is_sound(frame) => Shape::Frame(length),
            Some(_) => Shape::Wrong(Malformed::Disturbed),
        }
    }

    /// Settles the question by what is no answer to it.
    fn wrong(self, malformed: Malformed) -> Heard {
        match self.question {
            Question::Read(asked) => Heard::Answer(asked, Err(malformed)),
            Question::Write(asked) => Heard::Written(asked, Err(malformed)),
        }
    }
}

/// Returns a frame: unit, function and data, and the checksum, whose low byte goes first.
pub(super) fn with_checksum(unit: u8, body: &[u8]) -> Vec<u8> {
    let mut frame = [&[unit], body].concat();
    let checksum = checksum(&frame);
    frame.extend(checksum.to_le_bytes());
    frame
}

/// Tells whether a frame ends with its checksum.
fn is_sound(frame: &[u8]) -> bool {
    frame.split_last_chunk().is_some_and(|(content, sum)| u16::from_le_bytes(*sum) == checksum(content))
}

/// Returns the checksum of a frame (Modbus over Serial Line 1.02, 6.2.2).
fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xA001 } else { sum >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::modbus::tests::plant::block;

    const TIMEOUT: Duration = Duration::from_millis(100);
    const GUARD: Duration = Duration::from_secs(1);

    /// A line on which everything happens so many milliseconds after the start; two units with a register each.
    struct Bench {
        line: Rtu,
        start: Instant,
        blocks: [Block; 2],
    }

    impl Bench {
        fn new() -> Self {
            let blocks = [block(), Block { unit: 2, ..block() }];
            Self { line: Rtu::new(TIMEOUT, GUARD), start: Instant::now(), blocks }
        }

        fn at(&self, millis: u64) -> Instant {
            self.start + Duration::from_millis(millis)
        }

        fn ask(&mut self, unit: u8, millis: u64) {
            let block = usize::from(unit - 1);
            self.line.ask(block, &self.blocks[block], self.at(millis));
        }

        fn hears(&mut self, bytes: &[u8], millis: u64) -> String {
            let heard = self.line.take(bytes, &self.blocks, self.at(millis));
            let shown = heard.iter().map(|heard| match heard {
                Heard::Answer(asked, Ok(answer)) => format!("{} {answer:?}", asked.block + 1),
                Heard::Answer(asked, Err(malformed)) => format!("{} {malformed}", asked.block + 1),
                Heard::Unknown => "unknown".to_owned(),
                Heard::Written(..) => panic!("nothing was written"),
            });
            shown.collect::<Vec<_>>().join("; ")
        }

        fn free_at(&self, unit: u8) -> Option<u128> {
            self.line.not_before(|other| other == unit).map(|at| at.duration_since(self.start).as_millis())
        }
    }

    fn value(unit: u8, value: u8) -> Vec<u8> {
        with_checksum(unit, &[3, 2, 0, value])
    }

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        // The example of the standard's appendix: unit 2, function 7.
        assert_eq!(with_checksum(2, &[7]), [2, 7, 0x41, 0x12]);
        assert_eq!(Rtu::new(TIMEOUT, GUARD).ask(0, &block(), Instant::now()), [1, 3, 0, 0, 0, 1, 0x84, 0x0A]);
    }

    #[test]
    fn an_answer_may_come_in_pieces() {
        let mut bench = Bench::new();
        bench.ask(1, 0);
        assert_eq!(bench.hears(&value(1, 5)[..3], 10), "");
        assert_eq!(bench.hears(&value(1, 5)[3..], 20), "1 Registers(Words([5]))");
        assert_eq!((bench.free_at(1), bench.line.is_taken()), (None, false));
        bench.ask(1, 30);
        assert_eq!(bench.hears(&with_checksum(1, &[0x83, 2]), 40), "1 Exception(IllegalDataAddress)");
        assert_eq!(bench.free_at(1), None);
    }

    #[test]
    fn after_a_timeout_the_unit_is_left_alone_and_the_others_are_not() {
        let mut bench = Bench::new();
        bench.ask(1, 0);
        assert_eq!(bench.line.overdue(bench.at(99)), []);
        assert_eq!(bench.line.overdue(bench.at(100)).len(), 2);
        assert_eq!((bench.free_at(1), bench.free_at(2)), (Some(1_100), None));
        // The late answer comes before, within and instead of what the other unit says.
        assert_eq!(bench.hears(&value(1, 7), 150), "unknown");
        assert_eq!(bench.free_at(1), Some(1_150));
        bench.ask(2, 200);
        assert_eq!(bench.hears(&value(1, 7), 210), "unknown");
        assert_eq!(bench.hears(&[value(1, 7), value(2, 8)].concat(), 220), "unknown; 2 Registers(Words([8]))");
        assert_eq!(bench.free_at(1), Some(1_220));
    }

    #[test]
    fn what_is_no_answer_is_an_error_and_starts_the_wait() {
        for (bytes, told) in [
            (value(9, 5), "1 unit 9 answered for unit 1"),
            (with_checksum(1, &[4, 2, 0, 5]), "1 function 3 was asked and 4 answered"),
            (vec![1, 3, 2, 0, 5, 0, 0], "1 the line is disturbed"),
            ([value(1, 5), vec![0]].concat(), "1 the line is disturbed"),
            (with_checksum(1, &[3, 1, 0, 5]), "1 2 bytes were asked for, 1 announced, and 2 came"),
        ] {
            let mut bench = Bench::new();
            bench.ask(1, 0);
            assert_eq!(bench.hears(&bytes, 10), told);
            assert_eq!(bench.free_at(1), Some(1_010), "{told}");
        }
    }

    proptest! {
        #[test]
        fn noise_is_never_a_value(
            noise in prop::collection::vec(any::<u8>(), 0..40), at in 0_usize..8, bit in 0_u32..8, step in 1_usize..50,
        ) {
            // A bit that is turned over anywhere, and noise around it.
            let mut frame = value(1, 5);
            let at = at.min(frame.len() - 1);
            frame[at] ^= 1 << bit;
            for bytes in [frame.clone(), [noise.clone(), frame.clone()].concat(), [frame, noise].concat()] {
                let mut bench = Bench::new();
                bench.ask(1, 0);
                for chunk in bytes.chunks(step) {
                    let heard = bench.hears(chunk, 10);
                    prop_assert!(!heard.contains("Words"), "{heard}");
                }
            }
        }

        #[test]
        fn no_bytes_make_it_panic(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..6)) {
            let mut bench = Bench::new();
            bench.ask(1, 0);
            bench.line.overdue(bench.at(100));
            bench.ask(2, 100);
            for chunk in chunks {
                bench.hears(&chunk, 110);
            }
        }
    }
}
