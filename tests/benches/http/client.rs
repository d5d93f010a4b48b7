//! Clients that ask over connections that they keep, all in one thread, and what became of many requests.

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

/// What is asked: method, path, body.
pub(crate) type Request = (&'static str, String, String);

/// What the client of this number asks in its turn of this number.
pub(crate) type Asks = Rc<dyn Fn(usize, usize) -> Request>;

/// A connection that is kept.
pub(crate) struct Client {
    connection: TcpStream,
    port: u16,
    /// What came and is not taken yet.
    came: Vec<u8>,
}

impl Client {
    pub(crate) async fn new(port: u16) -> io::Result<Self> {
        let connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        connection.set_nodelay(true)?;
        Ok(Self { connection, port, came: Vec::new() })
    }

    /// Asks, and returns the body of the answer. Any status but a success is an error.
    pub(crate) async fn ask(&mut self, (method, path, body): &Request) -> io::Result<String> {
        let (port, length) = (self.port, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nLatchwork-Actor: anna\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.connection.write_all(request.as_bytes()).await?;
        let end = loop {
            if let Some(end) = self.came.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
            self.receive().await?;
        };
        let head = String::from_utf8(self.came.drain(..end).collect()).map_err(io::Error::other)?;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then(|| value.parse())
        });
        let length: usize = length.unwrap_or(Ok(0)).map_err(io::Error::other)?;
        while self.came.len() < length {
            self.receive().await?;
        }
        let body = String::from_utf8(self.came.drain(..length).collect()).map_err(io::Error::other)?;
        let is_done = head.split(' ').nth(1).is_some_and(|status| status.starts_with('2'));
        if is_done { Ok(body) } else { Err(io::Error::other(format!("{method} {path}: {head}{body}"))) }
    }

    async fn receive(&mut self) -> io::Result<()> {
        match self.connection.read_buf(&mut self.came).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

/// How long requests took, and over which time they came.
#[derive(Default)]
pub(crate) struct Asked {
    durations: Vec<Duration>,
    lasted: Duration,
}

impl Asked {
    /// Has clients ask at once, each one request after the other, for so long.
    pub(crate) async fn at_once(port: u16, clients: usize, span: Duration, asks: &Asks) -> io::Result<Self> {
        let (begun, local) = (Instant::now(), LocalSet::new());
        let tasks: Vec<_> =
            (0..clients).map(|number| local.spawn_local(one(port, number, begun + span, Rc::clone(asks)))).collect();
        local.await;
        let mut durations = Vec::new();
        for task in tasks {
            durations.extend(task.await??);
        }
        Ok(Self { durations, lasted: begun.elapsed() })
    }

    /// Takes up others that came at another time.
    pub(crate) fn add(&mut self, others: Self) {
        self.durations.extend(others.durations);
        self.durations.sort_unstable();
        self.lasted += others.lasted;
    }

    /// Requests a second.
    #[expect(clippy::cast_precision_loss, reason = "counts of a bench are far below 2⁵³")]
    pub(crate) fn rate(&self) -> f64 {
        self.durations.len() as f64 / self.lasted.as_secs_f64()
    }

    fn millis(&self, percent: usize) -> f64 {
        self.durations[(self.durations.len() - 1) * percent / 100].as_secs_f64() * 1e3
    }
}

/// Has a client ask until then; returns how long each request took.
async fn one(port: u16, number: usize, end: Instant, asks: Asks) -> io::Result<Vec<Duration>> {
    let (mut client, mut durations) = (Client::new(port).await?, Vec::new());
    // An even number of requests: what a client begins it ends.
    while Instant::now() < end || !durations.len().is_multiple_of(2) {
        let request = asks(number, durations.len());
        let asked = Instant::now();
        client.ask(&request).await?;
        durations.push(asked.elapsed());
    }
    Ok(durations)
}

impl fmt::Display for Asked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rate, p50, p99) = (self.rate(), self.millis(50), self.millis(99));
        write!(formatter, "{rate:>8.0} a second, p50 {p50:>6.2} ms, p99 {p99:>6.2} ms")
    }
}
