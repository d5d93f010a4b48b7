//! The guard over the wire: which answer belongs to which request.
//!
//! A frame is taken only if its transaction id is one that was asked with and not answered yet. An answer after its
//! timeout is still its own request's, until the late guard gives that one up. Pure; never knows when to ask what. See
//! `docs/decisions/0006-who-matches-modbus-answers.md`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::answer::{Answer, Malformed, answer};
use super::frame::{Frame, Frames, OutOfStep, Stream, request};
use super::plan::Block;
use super::write::WriteAnswer;
use super::written::{AskedWrite, OverdueWrite, Written};

/// One connection over TCP.
#[derive(Debug)]
pub(super) struct Link {
    timeout: Duration,
    late_guard: Duration,
    stream: Stream,
    outstanding: BTreeMap<u16, Asked>,
    written: Written,
    next_id: u16,
    asked: u64,
}

/// A request that went out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// The index of the block in the plan.
    pub(super) block: usize,
    /// When it was sent.
    pub(super) sent: Instant,
    /// How many requests went over the link before it.
    pub(super) order: u64,
    /// Whether its answer would come in time.
    pub(super) stage: Stage,
}

/// Whether an answer is or would be in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its timeout is not over.
    InTime,
    /// It is.
    Late,
}

/// What a frame turned out to be.
#[derive(Debug)]
pub(super) enum Heard {
    /// The answer to a request, which is settled with it.
    Answer(Asked, Result<Answer, Malformed>),
    /// The answer to a write, which is settled with it.
    Written(AskedWrite, Result<WriteAnswer, Malformed>),
    /// The answer to nothing that is asked now.
    Unknown,
}

/// What time does to a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Overdue {
    /// Its answer is late from now on.
    TimedOut(Asked),
    /// Its answer will not be taken any more.
    GivenUp(Asked),
}

impl Link {
    /// Returns a link over which nothing was asked yet. Ids begin at 1, because devices that do not know about them
    /// answer with 0.
    pub(super) fn new(timeout: Duration, late_guard: Duration) -> Self {
        let (stream, outstanding, written) = (Stream::default(), BTreeMap::new(), Written::default());
        Self { timeout, late_guard: late_guard.max(timeout), stream, outstanding, written, next_id: 1, asked: 0 }
    }

    /// Returns the bytes that ask for a block, and expects the answer.
    pub(super) fn ask(&mut self, index: usize, block: &Block, now: Instant) -> [u8; 12] {
        let id = self.free_id();
        self.outstanding.insert(id, Asked { block: index, sent: now, order: self.asked, stage: Stage::InTime });
        self.asked += 1;
        request(id, block)
    }

    /// Returns the bytes of a write, and expects the answer.
    pub(super) fn ask_write(&mut self, asked: AskedWrite) -> Vec<u8> {
        let id = self.free_id();
        let bytes = asked.request.bytes(id);
        self.written.add(id, asked);
        bytes
    }

    /// Returns an id that no answer is expected with. There are far fewer requests outstanding than ids.
    fn free_id(&mut self) -> u16 {
        while self.is_outstanding(self.next_id) {
            self.next_id = self.next_id.wrapping_add(1);
        }
        let id = self.next_id;
        self.next_id = id.wrapping_add(1);
        id
    }

    fn is_outstanding(&self, id: u16) -> bool {
        self.outstanding.contains_key(&id) || self.written.has(id)
    }

    /// Takes bytes of the stream and returns what their frames turned out to be.
    ///
    /// A frame that came in pieces, with an answer to nothing behind it, may be one that was cut short and filled up
    /// from what only looks like a frame: neither is believed.
    pub(super) fn take(&mut self, bytes: &[u8], blocks: &[Block], now: Instant) -> Result<Vec<Heard>, OutOfStep> {
        let Frames { frames, is_pieced } = self.stream.take(bytes, now)?;
        if is_pieced && !frames.iter().all(|frame| self.is_outstanding(frame.id)) {
            return Err(OutOfStep::CutShort);
        }
        Ok(frames.into_iter().map(|frame| self.heard(frame, blocks)).collect())
    }

    fn heard(&mut self, frame: Frame, blocks: &[Block]) -> Heard {
        if let Some(asked) = self.outstanding.remove(&frame.id) {
            return Heard::Answer(asked, answer(&blocks[asked.block], frame));
        }
        match self.written.take(frame.id) {
            Some(asked) => {
                let answer = asked.request.answer(frame);
                Heard::Written(asked, answer)
            }
            None => Heard::Unknown,
        }
    }

    /// Returns which writes are late or given up since the last time.
    pub(super) fn overdue_writes(&mut self, now: Instant) -> Vec<OverdueWrite> {
        self.written.overdue(now, self.timeout, self.late_guard)
    }

    /// Returns which requests are late or given up since the last time, the oldest first.
    pub(super) fn overdue(&mut self, now: Instant) -> Result<Vec<Overdue>, OutOfStep> {
        if self.stream.begun().is_some_and(|begun| begun + self.timeout <= now) {
            return Err(OutOfStep::CutShort);
        }
        let mut overdue = Vec::new();
        for asked in self.outstanding.values_mut() {
            if asked.stage == Stage::InTime && asked.sent + self.timeout <= now {
                overdue.push(Overdue::TimedOut(*asked));
                asked.stage = Stage::Late;
            }
            if asked.sent + self.late_guard <= now {
                overdue.push(Overdue::GivenUp(*asked));
            }
        }
        self.outstanding.retain(|_, asked| asked.sent + self.late_guard > now);
        overdue.sort_by_key(|event| match event {
            Overdue::TimedOut(asked) | Overdue::GivenUp(asked) => asked.order,
        });
        Ok(overdue)
    }

    /// Returns when to look for overdue requests next.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let requests = self.outstanding.values().map(|asked| match asked.stage {
            Stage::InTime => asked.sent + self.timeout,
            Stage::Late => asked.sent + self.late_guard,
        });
        let writes = self.written.deadline(self.timeout, self.late_guard);
        requests.chain(self.stream.begun().map(|begun| begun + self.timeout)).chain(writes).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modbus::tests::plant::{answer_frame, block};

    const TIMEOUT: Duration = Duration::from_millis(100);

    /// A link on which everything happens so many milliseconds after the start.
    struct Bench {
        link: Link,
        start: Instant,
        blocks: [Block; 1],
    }

    impl Bench {
        fn new() -> Self {
            Self { link: Link::new(TIMEOUT, 10 * TIMEOUT), start: Instant::now(), blocks: [block()] }
        }

        fn at(&self, millis: u64) -> Instant {
            self.start + Duration::from_millis(millis)
        }

        /// Asks, and returns the id.
        fn ask(&mut self, millis: u64) -> u16 {
            let bytes = self.link.ask(0, &self.blocks[0], self.at(millis));
            u16::from_be_bytes([bytes[0], bytes[1]])
        }

        fn hears(&mut self, id: u16, value: u16, millis: u64) -> String {
            let frame = answer_frame(id, 1, &[3, 2, value.to_be_bytes()[0], value.to_be_bytes()[1]]);
            let heard = self.link.take(&frame, &self.blocks, self.at(millis)).unwrap();
            match &heard[..] {
                [Heard::Answer(asked, answer)] => format!("{} {:?} {answer:?}", asked.order, asked.stage),
                [Heard::Unknown] => "unknown".to_owned(),
                [Heard::Written(..)] => panic!("nothing was written"),
                _ => panic!("one frame is one thing"),
            }
        }

        fn overdue(&mut self, millis: u64) -> Vec<String> {
            let overdue = self.link.overdue(self.at(millis)).unwrap().into_iter();
            let shown = overdue.map(|event| match event {
                Overdue::TimedOut(asked) => format!("{} timed out", asked.order),
                Overdue::GivenUp(asked) => format!("{} given up", asked.order),
            });
            shown.collect()
        }
    }

    #[test]
    fn a_late_answer_is_its_own_requests() {
        let mut bench = Bench::new();
        let first = bench.ask(0);
        assert_eq!(bench.overdue(99), [""; 0]);
        assert_eq!(bench.overdue(100), ["0 timed out"]);
        let second = bench.ask(100);
        assert_ne!(first, second);
        assert_eq!(bench.hears(first, 5, 150), "0 Late Ok(Registers(Words([5])))");
        assert_eq!(bench.hears(second, 6, 160), "1 InTime Ok(Registers(Words([6])))");
        assert_eq!(bench.hears(second, 7, 170), "unknown");
    }

    #[test]
    fn after_the_late_guard_an_answer_is_unknown() {
        let mut bench = Bench::new();
        let id = bench.ask(0);
        assert_eq!(bench.overdue(999), ["0 timed out"]);
        assert_eq!(bench.overdue(1000), ["0 given up"]);
        assert_eq!(bench.hears(id, 5, 1001), "unknown");
        assert_eq!(bench.hears(0, 5, 1001), "unknown");
    }

    #[test]
    fn an_id_that_waits_for_its_answer_is_not_used_again() {
        let mut bench = Bench::new();
        let waiting = bench.ask(0);
        for _ in 0..0x1_FFFF {
            let id = bench.ask(0);
            assert_ne!(id, waiting);
            bench.hears(id, 0, 0);
        }
    }

    #[test]
    fn what_fills_up_a_frame_that_was_cut_short_is_not_believed() {
        let mut bench = Bench::new();
        let id = bench.ask(0);
        let cut = &answer_frame(id, 1, &[3, 2, 5, 5])[..10];
        bench.link.take(cut, &bench.blocks, bench.start).unwrap();
        // One byte is missing, and the ten behind the next one look like a frame.
        let next = [&[7][..], &answer_frame(0x0302, 1, &[1, 2, 3])].concat();
        assert_eq!(bench.link.take(&next, &bench.blocks, bench.start).unwrap_err(), OutOfStep::CutShort);
    }

    #[test]
    fn a_frame_that_does_not_end_ends_the_link() {
        let mut bench = Bench::new();
        bench.link.take(&[0, 1, 0], &[block()], bench.at(10)).unwrap();
        assert_eq!(bench.link.deadline(), Some(bench.at(110)));
        assert_eq!(bench.link.overdue(bench.at(109)), Ok(vec![]));
        assert_eq!(bench.link.overdue(bench.at(110)), Err(OutOfStep::CutShort));
    }
}
