//! The guard over the wire: which answer belongs to which request.
//!
//! A frame is taken only if its transaction id is one that was asked with and not answered yet. An answer after its
//! timeout is still its own request's, until the late guard gives that one up. Pure; never knows when to ask what. See
//! `docs/decisions/0006-who-matches-modbus-answers.md`.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use super::answer::{Answer, Malformed, answer};
use super::doubt::{End, Head, end, heads};
use super::frame::{Frame, Frames, OutOfStep, Stream, function_code, request};
use super::plan::Block;
use super::write::WriteAnswer;
use super::written::{AskedWrite, OverdueWrite, Written};
use crate::limits::MODBUS_DOUBT_MILLIS;

/// The first transaction id. Not 0, which devices answer that do not know about ids; and its upper byte is none that
/// answers often end with, so that few are doubtful while others are waited for.
const FIRST_ID: u16 = 0x6B01;

/// Bytes that the length of an answer to a read counts beside what was read: unit, function, byte count.
const AROUND_BYTES: usize = 3;

/// One connection over TCP.
#[derive(Debug)]
pub(super) struct Link {
    timeout: Duration,
    late_guard: Duration,
    stream: Stream,
    doubtful: Option<Doubtful>,
    outstanding: BTreeMap<u16, Asked>,
    /// What was given up, for another late guard: its answer is not taken, and must not be taken for another one's end.
    gone: BTreeMap<u16, Asked>,
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

/// An answer whose end may be the beginning of another one.
#[derive(Debug)]
struct Doubtful {
    heard: Heard,
    /// When it is believed, if nothing comes behind it.
    until: Instant,
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
    /// Returns a link over which nothing was asked yet.
    pub(super) fn new(timeout: Duration, late_guard: Duration) -> Self {
        Self {
            timeout,
            late_guard: late_guard.max(timeout),
            stream: Stream::default(),
            doubtful: None,
            outstanding: BTreeMap::new(),
            gone: BTreeMap::new(),
            written: Written::default(),
            next_id: FIRST_ID,
            asked: 0,
        }
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
        self.gone.remove(&id);
        id
    }

    fn is_outstanding(&self, id: u16) -> bool {
        self.outstanding.contains_key(&id) || self.written.has(id)
    }

    /// Takes bytes of the stream and returns what their frames turned out to be.
    ///
    /// A frame that was cut short may have been filled up from the next one. So no frame is believed that has another
    /// answer within it; one that came in pieces, or ends as another answer begins, only together with a right one behind
    /// it; the latter also when nothing comes for a while.
    pub(super) fn take(&mut self, bytes: &[u8], blocks: &[Block], now: Instant) -> Result<Vec<Heard>, OutOfStep> {
        let Frames { frames, is_pieced } = self.stream.take(bytes, now)?;
        let is_suspect = is_pieced || self.doubtful.is_some();
        if is_suspect && !frames.iter().all(|frame| self.is_outstanding(frame.id)) {
            return Err(OutOfStep::CutShort);
        }
        if frames.is_empty() {
            return Ok(Vec::new());
        }
        let mut heard: Vec<Heard> = self.doubtful.take().map(|doubtful| doubtful.heard).into_iter().collect();
        let mut last = End::Own;
        for frame in frames {
            last = self.settle(frame, blocks, &mut heard)?;
        }
        if last == End::Doubtful {
            let until = now + self.timeout.min(Duration::from_millis(MODBUS_DOUBT_MILLIS));
            self.doubtful = heard.pop().map(|heard| Doubtful { heard, until });
        }
        Ok(heard)
    }

    /// Finds out what a frame is, and returns what it ends with.
    fn settle(&mut self, frame: Frame, blocks: &[Block], heard: &mut Vec<Heard>) -> Result<End, OutOfStep> {
        let body = frame.body.clone();
        heard.push(self.heard(frame, blocks));
        match end(&body, |ids| self.heads(ids, blocks)) {
            End::Foreign => Err(OutOfStep::CutShort),
            end @ (End::Own | End::Doubtful) => Ok(end),
        }
    }

    /// Returns how the answers begin that may come under some ids.
    fn heads(&self, ids: RangeInclusive<u16>, blocks: &[Block]) -> impl Iterator<Item = Head> {
        let asked = self.outstanding.range(ids.clone()).chain(self.gone.range(ids.clone()));
        let reads = asked.flat_map(|(&id, asked)| {
            let block = &blocks[asked.block];
            heads(id, block.unit, function_code(block.table), AROUND_BYTES + block.bytes())
        });
        reads.chain(self.written.heads(ids))
    }

    /// Returns the answer that was doubtful, once nothing has come behind it for long enough.
    pub(super) fn cleared(&mut self, now: Instant) -> Option<Heard> {
        let until = self.cleared_at()?;
        self.doubtful.take_if(|_| until <= now).map(|doubtful| doubtful.heard)
    }

    /// Returns when the answer that is doubtful is not any more. While a frame has begun behind it, that one will tell.
    fn cleared_at(&self) -> Option<Instant> {
        let doubtful = self.doubtful.as_ref().filter(|_| self.stream.begun().is_none());
        doubtful.map(|doubtful| doubtful.until)
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
        let given_up = self.outstanding.extract_if(.., |_, asked| asked.sent + self.late_guard <= now);
        self.gone.extend(given_up);
        self.gone.retain(|_, asked| asked.sent + 2 * self.late_guard > now);
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
        let begun = self.stream.begun().map(|begun| begun + self.timeout);
        requests.chain(begun).chain(self.cleared_at()).chain(writes).min()
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

    /// Asks two units, and returns the bench with the answer of the first one, which ends as the second one's begins.
    fn doubtful() -> (Bench, Vec<u8>, Vec<u8>) {
        let mut bench = Bench::new();
        let (first, second) = (bench.ask(0), bench.ask(0));
        let [high, low] = second.to_be_bytes();
        (bench, answer_frame(first, 1, &[3, 2, high, low]), answer_frame(second, 1, &[3, 2, 7, 7]))
    }

    #[test]
    fn an_answer_that_ends_as_another_begins_waits_for_what_follows() {
        let (mut bench, doubtful, next) = doubtful();
        let start = bench.start;
        let take = |bench: &mut Bench, bytes: &[u8], millis| {
            let heard = bench.link.take(bytes, &bench.blocks, start + Duration::from_millis(millis));
            heard.map(|heard| heard.len())
        };
        assert_eq!(take(&mut bench, &doubtful, 10), Ok(0));
        assert_eq!(take(&mut bench, &next[..4], 20), Ok(0));
        assert!(bench.link.cleared(bench.at(119)).is_none() && bench.link.deadline() == Some(bench.at(100)));
        assert_eq!(take(&mut bench, &next[4..], 119), Ok(2));
    }

    #[test]
    fn an_answer_that_ends_as_another_begins_is_believed_when_nothing_follows() {
        let (mut bench, doubtful, next) = doubtful();
        assert!(bench.link.take(&doubtful, &bench.blocks, bench.at(10)).unwrap().is_empty());
        assert!(bench.link.cleared(bench.at(109)).is_none());
        assert!(matches!(bench.link.cleared(bench.at(110)), Some(Heard::Answer(asked, Ok(_))) if asked.order == 0));
        assert!(bench.link.cleared(bench.at(110)).is_none());
        assert_eq!(bench.link.take(&next, &bench.blocks, bench.at(120)).unwrap().len(), 1);
    }

    #[test]
    fn an_answer_that_was_filled_up_from_another_one_is_not_believed() {
        let (mut bench, filled, next) = doubtful();
        bench.link.take(&filled, &bench.blocks, bench.at(10)).unwrap();
        assert!(bench.link.take(&next[2..], &bench.blocks, bench.at(20)).is_err());
    }

    #[test]
    fn an_answer_that_was_filled_up_from_one_that_is_given_up_is_not_believed() {
        let (mut bench, _, next) = doubtful();
        assert_eq!(bench.overdue(1000).len(), 4);
        let third = bench.ask(1000);
        let filled = answer_frame(third, 1, &[3, 2, next[0], next[1]]);
        assert!(bench.link.take(&filled, &bench.blocks, bench.at(1010)).unwrap().is_empty());
        assert!(bench.link.take(&next[2..], &bench.blocks, bench.at(1020)).is_err());
    }

    #[test]
    fn an_answer_with_another_one_within_it_is_not_believed() {
        let (mut bench, _, next) = doubtful();
        let long = answer_frame(FIRST_ID, 1, &[&[3, 13], &next[..]].concat());
        assert_eq!(bench.link.take(&long, &bench.blocks, bench.at(10)).unwrap_err(), OutOfStep::CutShort);
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
