//! A device in memory that does what a script says: answers late, wrong, twice, not at all.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf, duplex, split};
use tokio::sync::Mutex;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::plant::answer_frame;
use crate::modbus::dial::Dial;

/// A request as the device sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// How many came before it over this connection.
    pub(super) number: u64,
    pub(super) id: u16,
    pub(super) unit: u8,
    pub(super) function: u8,
    pub(super) address: u16,
    /// How many are asked for; what is written, if that is one.
    pub(super) count: u16,
}

/// What a device does about a request.
#[derive(Clone, Debug)]
pub(super) enum Move {
    /// It sends these bytes after so long.
    Send(Duration, Vec<u8>),
    /// It closes the connection after so long.
    HangUp(Duration),
}

/// What a device does about each request.
pub(super) type Script = Arc<dyn Fn(Asked) -> Vec<Move> + Send + Sync>;

/// Devices, one for each attempt to connect; `None` refuses. The last one stays.
pub(super) struct Devices(VecDeque<Option<Script>>);

impl Devices {
    pub(super) fn new(scripts: impl IntoIterator<Item = Option<Script>>) -> Self {
        Self(scripts.into_iter().collect())
    }
}

impl Dial for Devices {
    type Stream = DuplexStream;

    async fn dial(&mut self) -> io::Result<DuplexStream> {
        let script = if self.0.len() > 1 { self.0.pop_front().flatten() } else { self.0.front().cloned().flatten() };
        let script = script.ok_or_else(|| io::Error::from(io::ErrorKind::ConnectionRefused))?;
        let (ours, theirs) = duplex(64 << 10);
        tokio::spawn(serve(theirs, script));
        Ok(ours)
    }
}

async fn serve(stream: DuplexStream, script: Script) {
    let (mut reader, writer) = split(stream);
    let writer = Arc::new(Mutex::new(Some(writer)));
    let closed = CancellationToken::new();
    let mut number = 0;
    while let Some(Ok(bytes)) = closed.run_until_cancelled(request(&mut reader)).await {
        for step in script(asked(number, &bytes)) {
            tokio::spawn(play(step, writer.clone(), closed.clone()));
        }
        number += 1;
    }
    writer.lock().await.take();
}

/// Reads a request, however long it is.
async fn request(reader: &mut ReadHalf<DuplexStream>) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; 6];
    reader.read_exact(&mut bytes).await?;
    bytes.resize(6 + usize::from(u16::from_be_bytes([bytes[4], bytes[5]])), 0);
    reader.read_exact(&mut bytes[6..]).await?;
    Ok(bytes)
}

async fn play(step: Move, writer: Arc<Mutex<Option<WriteHalf<DuplexStream>>>>, closed: CancellationToken) {
    match step {
        Move::Send(delay, bytes) => {
            sleep(delay).await;
            if let Some(writer) = &mut *writer.lock().await {
                // The other side may be gone.
                let _gone = writer.write_all(&bytes).await;
            }
        }
        Move::HangUp(delay) => {
            sleep(delay).await;
            closed.cancel();
        }
    }
}

fn asked(number: u64, bytes: &[u8]) -> Asked {
    let word = |index: usize| u16::from_be_bytes([bytes[index], bytes[index + 1]]);
    Asked { number, id: word(0), unit: bytes[6], function: bytes[7], address: word(8), count: word(10) }
}

/// The frame that answers a read of registers with these words.
pub(super) fn words(asked: Asked, words: &[u16]) -> Vec<u8> {
    let bytes = words.iter().flat_map(|word| word.to_be_bytes());
    let length = u8::try_from(words.len() * 2).unwrap();
    let body: Vec<u8> = [asked.function, length].into_iter().chain(bytes).collect();
    answer_frame(asked.id, asked.unit, &body)
}

/// The frame that repeats what was to be written.
pub(super) fn echo(asked: Asked) -> Vec<u8> {
    let Asked { id, unit, function, address, count, .. } = asked;
    answer_frame(id, unit, &[&[function], &address.to_be_bytes()[..], &count.to_be_bytes()].concat())
}

/// Tells whether a request writes.
pub(super) const fn writes(asked: Asked) -> bool {
    !matches!(asked.function, 1..=4)
}

/// The frame that answers with an exception.
pub(super) fn exception(asked: Asked, code: u8) -> Vec<u8> {
    answer_frame(asked.id, asked.unit, &[asked.function | 0x80, code])
}

/// Sends a frame after so many milliseconds.
pub(super) fn after(millis: u64, frame: Vec<u8>) -> Vec<Move> {
    vec![Move::Send(Duration::from_millis(millis), frame)]
}

/// Sends a frame after so many milliseconds, so many bytes at a time and a millisecond apart.
pub(super) fn in_pieces(millis: u64, frame: &[u8], bytes: usize) -> Vec<Move> {
    let pieces = (millis..).zip(frame.chunks(bytes));
    pieces.map(|(millis, piece)| Move::Send(Duration::from_millis(millis), piece.to_vec())).collect()
}

/// Returns the registers that were asked for; each holds the number of the request.
pub(super) fn numbered(asked: Asked) -> Vec<u8> {
    words(asked, &vec![u16::try_from(asked.number).unwrap(); asked.count.into()])
}
