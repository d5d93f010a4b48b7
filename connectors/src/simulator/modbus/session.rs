//! One client of the device: reads requests, and does with their answers what fate has for them.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until};

use super::answer::answer;
use super::broken::{broken, framed};
use super::device::Device;
use super::fate::{Act, Fate, Number};
use super::journal::{Entry, hexadecimal, values};
use super::request::Request;
use crate::limits::SIMULATED_ANSWERS_MAX;
use crate::simulator::fault::FaultKind;

/// How many bytes are read at once: many requests.
const READ_BYTES: usize = 4 << 10;

/// A client that is connected. What waits for it when it goes is told to the journal as not sent.
pub(super) struct Session {
    stream: TcpStream,
    device: Arc<Device>,
    connection: u64,
    requests: u64,
    received: Vec<u8>,
    /// Answers by when they are sent, and in the order of their requests.
    waiting: BTreeMap<(Instant, u64), Waiting>,
    /// Whether nothing is sent any more.
    is_silent: bool,
}

/// An answer that waits.
struct Waiting {
    request: Request,
    number: u64,
    asked: Instant,
    /// What is there to tell.
    answer: Vec<u8>,
    fate: Fate,
}

/// What becomes of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Stays,
    Ends,
}

/// What was done for a request.
enum Done {
    /// The answer was sent.
    Sent,
    /// This was sent instead.
    Broken(Vec<u8>),
    /// Nothing was.
    Nothing,
    /// Nothing was, and the line has ended.
    Ended,
}

impl Session {
    /// Returns the session of a client that has connected.
    pub(super) fn new(stream: TcpStream, device: Arc<Device>, connection: u64) -> Self {
        let (received, waiting) = (Vec::new(), BTreeMap::new());
        Self { stream, device, connection, requests: 0, received, waiting, is_silent: false }
    }

    /// Answers until the client goes, sends what is no frame, or a fault ends it.
    pub(super) async fn run(mut self) -> io::Result<()> {
        self.stream.set_nodelay(true)?;
        let mut bytes = [0; READ_BYTES];
        loop {
            let due = self.waiting.first_key_value().map(|((at, _), _)| *at);
            let has_room = self.waiting.len() < SIMULATED_ANSWERS_MAX;
            tokio::select! {
                read = self.stream.read(&mut bytes), if has_room => match read? {
                    0 => return Ok(()),
                    read => self.receive(&bytes[..read])?,
                },
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {}
            }
            if self.send_due().await? == Line::Ends {
                return Ok(());
            }
        }
    }

    fn receive(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.received.extend_from_slice(bytes);
        while let Some(request) = Request::take(&mut self.received)? {
            self.requests += 1;
            let fate = self.fate(&request);
            // Held for the answer alone: one answer is what was there at one instant.
            let registers = self.device.registers.lock().unwrap_or_else(PoisonError::into_inner);
            let answer = answer(&registers, request.unit, &request.body);
            drop(registers);
            let asked = Instant::now();
            // What trickles waits between its pieces.
            let wait = if let Act::Trickle(_) = fate.act { Duration::ZERO } else { fate.wait };
            let due = asked + self.device.pace.real(wait);
            self.waiting.insert((due, self.requests), Waiting { request, number: self.requests, asked, answer, fate });
        }
        Ok(())
    }

    fn fate(&self, request: &Request) -> Fate {
        let number = Number { connection: self.connection, request: self.requests };
        let fate = self.device.fates.of(request, number, self.device.pace.millis());
        if self.is_silent {
            return Fate { fault: Some(FaultKind::Silent), act: Act::Silence, wait: Duration::ZERO, ..fate };
        }
        fate
    }

    async fn send_due(&mut self) -> io::Result<Line> {
        while let Some(first) = self.waiting.first_entry()
            && first.key().0 <= Instant::now()
        {
            let waiting = first.remove();
            if self.send(waiting).await? == Line::Ends {
                return Ok(Line::Ends);
            }
        }
        Ok(Line::Stays)
    }

    async fn send(&mut self, mut waiting: Waiting) -> io::Result<Line> {
        let done = self.act(&mut waiting).await;
        self.device.note(|| match &done {
            Ok(Done::Sent) => self.sent(&waiting),
            Ok(Done::Broken(bytes)) => Entry { bytes: Some(hexadecimal(bytes)), ..self.entry(&waiting) },
            Ok(Done::Nothing | Done::Ended) | Err(_) => self.entry(&waiting),
        });
        match done? {
            Done::Sent => self.let_through(waiting.fate.act),
            Done::Broken(_) | Done::Nothing => {}
            Done::Ended => return Ok(Line::Ends),
        }
        Ok(Line::Stays)
    }

    /// Does what fate has for an answer.
    async fn act(&mut self, waiting: &mut Waiting) -> io::Result<Done> {
        let Request { transaction, unit, .. } = waiting.request;
        if let Act::Exception(code) = waiting.fate.act {
            waiting.answer = vec![waiting.request.function() | 0x80, code];
        }
        let right = framed(transaction, unit, &waiting.answer);
        match waiting.fate.act {
            Act::Answer | Act::Yield | Act::Exception(_) => self.stream.write_all(&right).await?,
            Act::Twice => self.stream.write_all(&right.repeat(2)).await?,
            Act::Trickle(bytes) => self.trickle(&right, bytes, waiting.fate.wait).await?,
            Act::Break(kind) => {
                let bytes = broken(kind, &waiting.request, &waiting.answer, &mut waiting.fate.random);
                self.stream.write_all(&bytes).await?;
                return Ok(Done::Broken(bytes));
            }
            Act::Nothing => return Ok(Done::Nothing),
            Act::Silence => {
                self.is_silent = true;
                self.forget();
                return Ok(Done::Nothing);
            }
            Act::Close => {
                self.stream.shutdown().await?;
                return Ok(Done::Ended);
            }
            Act::Reset => {
                self.stream.set_zero_linger()?;
                return Ok(Done::Ended);
            }
        }
        Ok(Done::Sent)
    }

    /// Sends a frame in pieces. The line is busy meanwhile, as a real one is.
    async fn trickle(&mut self, frame: &[u8], bytes: usize, pause: Duration) -> io::Result<()> {
        for (index, piece) in frame.chunks(bytes).enumerate() {
            if index > 0 {
                sleep(self.device.pace.real(pause)).await;
            }
            self.stream.write_all(piece).await?;
        }
        Ok(())
    }

    /// Lets the answers go that waited until another one was sent.
    fn let_through(&mut self, sent: Act) {
        if sent == Act::Yield || self.waiting.values().all(|waiting| waiting.fate.act != Act::Yield) {
            return;
        }
        let now = Instant::now();
        let waiting = std::mem::take(&mut self.waiting);
        let earlier = |((at, number), waiting): ((Instant, u64), Waiting)| {
            let at = if waiting.fate.act == Act::Yield { at.min(now) } else { at };
            ((at, number), waiting)
        };
        self.waiting = waiting.into_iter().map(earlier).collect();
    }

    /// Tells of what waited as not sent.
    fn forget(&mut self) {
        for waiting in std::mem::take(&mut self.waiting).into_values() {
            self.device.note(|| self.entry(&waiting));
        }
    }

    /// Returns the line of an answer that was sent whole.
    fn sent(&self, waiting: &Waiting) -> Entry {
        let entry = self.entry(waiting);
        match &waiting.answer[..] {
            &[function, code] if function >= 0x80 => Entry { exception: Some(code), ..entry },
            answer => Entry { values: values(answer, entry.count.unwrap_or(0)), ..entry },
        }
    }

    /// Returns the line of an answer that was not.
    fn entry(&self, waiting: &Waiting) -> Entry {
        let Waiting { request, number, asked, fate, .. } = waiting;
        let range = request.range();
        Entry {
            connection: self.connection,
            request: *number,
            transaction: request.transaction,
            unit: request.unit,
            function: request.function(),
            address: range.map(|(first, _)| first),
            count: range.map(|(_, count)| count),
            after_micros: u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX),
            fault: fate.fault.map(FaultKind::word),
            ..Entry::default()
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.forget();
    }
}
