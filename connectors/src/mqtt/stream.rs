//! The stream of a connection: TCP or TLS, with what comes through the sieve.
//!
//! Knows no packet: what the sieve leaves of the bytes is handed on.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use latchwork_config::connections::{Mqtt, Tls};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::packets::Packets;
use super::sieve::Sieve;
use crate::frames::{FrameLog, Way};
use crate::tls::{encrypted, explained};

/// Bytes that are read at once: many small packets cost one system call.
const READ_BYTES: usize = 16 << 10;

/// A connection's stream.
pub(super) struct Stream {
    line: Line,
    /// What is logged, if anything is.
    frames: Option<Frames>,
    /// Whether anything came, be it the end.
    is_answered: bool,
    sieve: Sieve,
    read: Box<[u8; READ_BYTES]>,
    /// What is left of the bytes, of which so many were handed on.
    sieved: Vec<u8>,
    taken: usize,
}

/// What bytes come and go over.
enum Line {
    Bare(TcpStream),
    Encrypted(Box<TlsStream<TcpStream>>),
}

/// Where a broker is, and how a line to it is encrypted.
#[derive(Clone, Debug)]
pub(super) struct Address {
    host: String,
    port: u16,
    tls: Option<Tls>,
    frames: Option<FrameLog>,
}

impl Address {
    pub(super) fn of(mqtt: &Mqtt, frames: Option<FrameLog>) -> Self {
        Self { host: mqtt.host.clone(), port: mqtt.port, tls: mqtt.tls.clone(), frames }
    }
}

/// What goes over a stream, for the frame log.
struct Frames {
    outgoing: Packets,
    incoming: Packets,
}

impl Frames {
    fn of(log: FrameLog, address: &Address) -> Self {
        log.note(&format!("= connected to {}:{}", address.host, address.port));
        Self { outgoing: Packets::new(log.clone(), Way::Out), incoming: Packets::new(log, Way::In) }
    }
}

impl Stream {
    /// Connects to the broker.
    pub(super) async fn connect(address: Address, sieve: Sieve) -> io::Result<Self> {
        let tcp = TcpStream::connect((address.host.as_str(), address.port)).await?;
        // Acknowledgements are small, and each waits for nothing.
        tcp.set_nodelay(true)?;
        let line = match &address.tls {
            Some(tls) => Line::Encrypted(Box::new(encrypted(tls, tcp).await?)),
            None => Line::Bare(tcp),
        };
        let frames = address.frames.clone().map(|log| Frames::of(log, &address));
        Ok(Self {
            line,
            frames,
            is_answered: false,
            sieve,
            read: Box::new([0; READ_BYTES]),
            sieved: Vec::new(),
            taken: 0,
        })
    }

    /// Reads and sieves more bytes; returns whether there were any.
    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let mut buffer = ReadBuf::new(self.read.as_mut_slice());
        let read = ready!(self.line.poll_read(context, &mut buffer)).map_err(explained);
        if !std::mem::replace(&mut self.is_answered, true) && self.line.is_bare() {
            check_answer(&read, buffer.filled())?;
        }
        read?;
        if let Some(frames) = &mut self.frames {
            frames.incoming.take(buffer.filled());
        }
        self.sieved.clear();
        self.taken = 0;
        let sieved = self.sieve.take(buffer.filled(), &mut self.sieved);
        sieved.map_err(|unreadable| io::Error::new(io::ErrorKind::InvalidData, unreadable))?;
        Poll::Ready(Ok(!buffer.filled().is_empty()))
    }
}

impl Line {
    fn poll_read(&mut self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Bare(tcp) => Pin::new(tcp).poll_read(context, buffer),
            Self::Encrypted(tls) => Pin::new(tls).poll_read(context, buffer),
        }
    }

    const fn is_bare(&self) -> bool {
        matches!(self, Self::Bare(_))
    }

    fn writer(&mut self) -> Pin<&mut (dyn AsyncWrite + Send + Unpin)> {
        match self {
            Self::Bare(tcp) => Pin::new(tcp),
            Self::Encrypted(tls) => Pin::new(tls.as_mut()),
        }
    }
}

/// The first byte of an alert of TLS, with which no answer of a broker begins.
const TLS_ALERT: u8 = 0x15;

/// Complains about an answer that shows that the other side does not speak as we do.
fn check_answer(read: &io::Result<()>, bytes: &[u8]) -> io::Result<()> {
    let is_cut_off = match read {
        Ok(()) => bytes.first().is_none_or(|&first| first == TLS_ALERT),
        Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
    };
    if is_cut_off {
        let text = "the broker ended the connection instead of answering: does it want TLS (`mqtts://`)?";
        return Err(io::Error::new(io::ErrorKind::ConnectionAborted, text));
    }
    Ok(())
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        while self.taken == self.sieved.len() {
            if !ready!(self.poll_more(context))? {
                return Poll::Ready(Ok(()));
            }
        }
        let left = &self.sieved[self.taken..];
        let count = left.len().min(into.remaining());
        into.put_slice(&left[..count]);
        self.taken += count;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(self.line.writer().poll_write(context, bytes))?;
        if let Some(frames) = &mut self.frames {
            frames.outgoing.take(&bytes[..written]);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.line.writer().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.line.writer().poll_shutdown(context)
    }
}
