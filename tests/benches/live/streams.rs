//! Whoever watches a gateway over HTTP: streams, some of whose readers read nothing. A process of its own, so that what they
//! cost themselves is none of the gateway's; the two share the machine all the same.

use std::io::{self, BufRead, BufReader};
use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The argument by which the bench is started as that process.
const PART: &str = "streams";

/// The process; it ends with this value.
pub(crate) struct Streams(Child);

impl Drop for Streams {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _waited = self.0.wait();
    }
}

impl Streams {
    /// Opens so many streams, and so many more whose readers read nothing; returns when all of them are answered.
    pub(crate) fn open(port: u16, reading: usize, silent: usize) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([PART, &port.to_string(), &reading.to_string(), &silent.to_string()]);
        let mut streams = Self(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?);
        let output = streams.0.stdout.take().ok_or_else(|| io::Error::other("standard output is a pipe"))?;
        let open = BufReader::new(output).lines().next().transpose()?;
        assert_eq!(open.as_deref(), Some("open"), "streams are refused");
        Ok(streams)
    }
}

/// Runs as that process if that is what the bench was started as.
pub(crate) fn run_if_asked() -> io::Result<bool> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [word, numbers @ ..] = arguments.as_slice() else { return Ok(false) };
    if word != PART {
        return Ok(false);
    }
    let number = |text: &String| text.parse::<usize>().map_err(io::Error::other);
    let numbers = numbers.iter().map(number).collect::<io::Result<Vec<usize>>>()?;
    let &[port, reading, silent] = numbers.as_slice() else {
        return Err(io::Error::other("port, streams, silent ones"));
    };
    let port = u16::try_from(port).map_err(io::Error::other)?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(watch(port, reading, silent))?;
    Ok(true)
}

async fn watch(port: u16, reading: usize, silent: usize) -> io::Result<()> {
    let mut unread = Vec::new();
    for number in 0..reading + silent {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        let request = format!("GET /api/stream?kinds=events,records HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut head = [0; 12];
        stream.read_exact(&mut head).await?;
        assert_eq!(&head, b"HTTP/1.1 200");
        if number < reading {
            tokio::spawn(read_all(stream));
        } else {
            unread.push(stream);
        }
    }
    println!("open");
    std::future::pending().await
}

async fn read_all(mut stream: TcpStream) {
    let mut piece = [0; 4096];
    while stream.read(&mut piece).await.is_ok_and(|length| length > 0) {}
}
