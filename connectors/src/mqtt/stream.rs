//! The stream of a connection: TCP, with what comes through the sieve.
//!
//! Knows no packet: what the sieve leaves of the bytes is handed on.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::sieve::Sieve;

/// Bytes that are read at once: many small packets cost one system call.
const READ_BYTES: usize = 16 << 10;

/// A connection's stream.
pub(super) struct Stream {
    tcp: TcpStream,
    sieve: Sieve,
    read: Box<[u8; READ_BYTES]>,
    /// What is left of the bytes, of which so many were handed on.
    sieved: Vec<u8>,
    taken: usize,
}

impl Stream {
    /// Connects to the broker.
    pub(super) async fn connect(host: String, port: u16, sieve: Sieve) -> io::Result<Self> {
        let tcp = TcpStream::connect((host, port)).await?;
        // Acknowledgements are small, and each waits for nothing.
        tcp.set_nodelay(true)?;
        Ok(Self { tcp, sieve, read: Box::new([0; READ_BYTES]), sieved: Vec::new(), taken: 0 })
    }

    /// Reads and sieves more bytes; returns whether there were any.
    fn poll_more(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let mut buffer = ReadBuf::new(self.read.as_mut_slice());
        ready!(Pin::new(&mut self.tcp).poll_read(context, &mut buffer))?;
        self.sieved.clear();
        self.taken = 0;
        let sieved = self.sieve.take(buffer.filled(), &mut self.sieved);
        sieved.map_err(|unreadable| io::Error::new(io::ErrorKind::InvalidData, unreadable))?;
        Poll::Ready(Ok(!buffer.filled().is_empty()))
    }
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
        Pin::new(&mut self.tcp).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(context)
    }
}
