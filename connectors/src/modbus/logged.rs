//! Links whose frames are logged: what is written or read at once is a line.
//!
//! A request is written at once, and nearly every answer comes at once; what comes in pieces stands in as many lines.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::dial::Dial;
use crate::frames::{FrameLog, Way};

/// Makes links whose frames are logged, if that is asked for.
#[derive(Debug)]
pub(super) struct Logged<D> {
    dial: D,
    log: Option<FrameLog>,
}

/// A link whose frames are logged.
#[derive(Debug)]
pub(super) struct LoggedStream<S> {
    stream: S,
    log: Option<FrameLog>,
}

impl<D> Logged<D> {
    pub(super) const fn new(dial: D, log: Option<FrameLog>) -> Self {
        Self { dial, log }
    }
}

impl<D: Dial + Send> Dial for Logged<D> {
    type Stream = LoggedStream<D::Stream>;

    async fn dial(&mut self) -> io::Result<Self::Stream> {
        let stream = self.dial.dial().await;
        if let Some(log) = &self.log {
            match &stream {
                Ok(_) => log.note("= connected"),
                Err(error) => log.note(&format!("= not connected: {error}")),
            }
        }
        Ok(LoggedStream { stream: stream?, log: self.log.clone() })
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LoggedStream<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, into))?;
        let read = &into.filled()[before..];
        match &self.log {
            Some(log) if read.is_empty() => log.note("= ended by the other side"),
            Some(log) => log.frame(Way::In, read.len(), read),
            None => {}
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LoggedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        if let Some(log) = &self.log {
            log.frame(Way::Out, written, &bytes[..written]);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use latchwork_config::connections::FrameLogSettings;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    /// A device that answers once, and ends the link.
    struct Once;

    impl Dial for Once {
        type Stream = DuplexStream;

        async fn dial(&mut self) -> io::Result<DuplexStream> {
            let (ours, mut theirs) = duplex(64);
            tokio::spawn(async move {
                let _asked = theirs.read_u16().await;
                let _gone = theirs.write_all(&[0, 1, 0xff]).await;
            });
            Ok(ours)
        }
    }

    #[tokio::test]
    async fn requests_answers_and_ends_are_logged() {
        let file = std::env::temp_dir().join(format!("latchwork-modbus-frames-{}.log", std::process::id()));
        let _absent = std::fs::remove_file(&file);
        let log = FrameLog::of(Some(&FrameLogSettings { file: file.clone(), bytes_max: 1 << 20 }));
        let mut link = Logged::new(Once, log).dial().await.unwrap();
        link.write_all(&[0, 1]).await.unwrap();
        let mut answer = Vec::new();
        link.read_to_end(&mut answer).await.unwrap();
        assert_eq!(answer, [0, 1, 0xff]);
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let lines: Vec<&str> = text.lines().map(|line| line.split_once(' ').unwrap().1).collect();
        assert_eq!(lines, ["= connected", "> 2: 00 01", "< 3: 00 01 ff", "= ended by the other side"]);
    }
}
