//! A client that asks over one connection that it keeps, and what became of many requests.

use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

/// A connection that is kept.
pub(crate) struct Client {
    connection: BufReader<TcpStream>,
    port: u16,
}

impl Client {
    pub(crate) fn new(port: u16) -> io::Result<Self> {
        let connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        connection.set_nodelay(true)?;
        Ok(Self { connection: BufReader::new(connection), port })
    }

    /// Asks, and returns the body of the answer. Any status but a success is an error.
    pub(crate) fn ask(&mut self, method: &str, path: &str, body: &str) -> io::Result<String> {
        let (port, length) = (self.port, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nLatchwork-Actor: anna\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        self.connection.get_mut().write_all(request.as_bytes())?;
        let (mut status, mut length) = (String::new(), 0);
        self.connection.read_line(&mut status)?;
        loop {
            let mut line = String::new();
            self.connection.read_line(&mut line)?;
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(": ")
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.parse().map_err(io::Error::other)?;
            }
        }
        let mut body = vec![0; length];
        self.connection.read_exact(&mut body)?;
        let body = String::from_utf8(body).map_err(io::Error::other)?;
        let is_done = status.split(' ').nth(1).is_some_and(|status| status.starts_with('2'));
        if is_done { Ok(body) } else { Err(io::Error::other(format!("{method} {path}: {status}{body}"))) }
    }
}

/// How long requests took, and over which time they came.
pub(crate) struct Asked {
    durations: Vec<Duration>,
    lasted: Duration,
}

impl Asked {
    /// Has clients ask at once, each one request after the other, for so long. `request` gives what the client of this
    /// number asks in its turn of this number: method, path, body.
    pub(crate) fn at_once(
        port: u16,
        clients: usize,
        span: Duration,
        request: &(impl Fn(usize, usize) -> (&'static str, String, String) + Sync),
    ) -> io::Result<Self> {
        let begun = Instant::now();
        let one = |number: usize| -> io::Result<Vec<Duration>> {
            let (mut client, mut durations) = (Client::new(port)?, Vec::new());
            // An even number of requests: what a client begins it ends.
            while begun.elapsed() < span || !durations.len().is_multiple_of(2) {
                let (method, path, body) = request(number, durations.len());
                let asked = Instant::now();
                client.ask(method, &path, &body)?;
                durations.push(asked.elapsed());
            }
            Ok(durations)
        };
        let durations: io::Result<Vec<Vec<Duration>>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..clients).map(|number| scope.spawn(move || one(number))).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        let mut durations = durations?.concat();
        durations.sort_unstable();
        Ok(Self { durations, lasted: begun.elapsed() })
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

impl fmt::Display for Asked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rate, p50, p99) = (self.rate(), self.millis(50), self.millis(99));
        write!(formatter, "{rate:>8.0} a second, p50 {p50:>6.2} ms, p99 {p99:>6.2} ms")
    }
}
