//! How a link is made: TCP so far; TLS, serial lines and devices that dial in come beside it.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::timeout;

use crate::limits::CONNECT_MILLIS_MAX;

/// What makes links.
pub(super) trait Dial {
    /// What carries the bytes.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send;

    /// Makes a link.
    fn dial(&mut self) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

/// Makes links over TCP.
#[derive(Debug)]
pub(super) struct Tcp {
    address: String,
}

impl Tcp {
    pub(super) const fn new(address: String) -> Self {
        Self { address }
    }
}

impl Dial for Tcp {
    type Stream = TcpStream;

    async fn dial(&mut self) -> io::Result<TcpStream> {
        let limit = Duration::from_millis(CONNECT_MILLIS_MAX);
        timeout(limit, connect(&self.address)).await.unwrap_or_else(|_| {
            Err(io::Error::new(io::ErrorKind::TimedOut, format!("no connection within {CONNECT_MILLIS_MAX} ms")))
        })
    }
}

/// Connects to the first address of a name that accepts.
async fn connect(address: &str) -> io::Result<TcpStream> {
    let mut error = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in lookup_host(address).await? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // A request is one small segment that something waits for.
        socket.set_nodelay(true)?;
        socket.set_keepalive(true)?;
        match socket.connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(refused) => error = refused,
        }
    }
    Err(error)
}
