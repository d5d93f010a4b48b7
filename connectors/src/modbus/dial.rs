//! How a link is made: over TCP, encrypted or not, and over serial lines.

use std::io;
use std::time::Duration;

use latchwork_config::connections::{Parity, Rs485, Serial, Tls};
use serial2_tokio::rs4xx::{Rs485Config, TransceiverMode};
use serial2_tokio::{CharSize, SerialPort, Settings, StopBits};
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use crate::limits::{CONNECT_MILLIS_MAX, TCP_KEEPALIVE_AFTER, TCP_KEEPALIVE_EVERY, TCP_KEEPALIVE_TIMES};
use crate::tls::encrypted;

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
        in_time(connect(&self.address)).await
    }
}

/// Makes encrypted links over TCP.
#[derive(Debug)]
pub(super) struct Encrypted {
    address: String,
    tls: Tls,
}

impl Encrypted {
    pub(super) const fn new(address: String, tls: Tls) -> Self {
        Self { address, tls }
    }
}

impl Dial for Encrypted {
    type Stream = TlsStream<TcpStream>;

    async fn dial(&mut self) -> io::Result<TlsStream<TcpStream>> {
        in_time(async { encrypted(&self.tls, connect(&self.address).await?).await }).await
    }
}

/// Opens a serial line.
#[derive(Debug)]
pub(super) struct SerialLine {
    port: String,
    serial: Serial,
}

impl SerialLine {
    pub(super) const fn new(port: String, serial: Serial) -> Self {
        Self { port, serial }
    }
}

impl Dial for SerialLine {
    type Stream = SerialPort;

    async fn dial(&mut self) -> io::Result<SerialPort> {
        let Self { port, serial } = self;
        let named = |error: io::Error| io::Error::new(error.kind(), format!("`{port}`: {error}"));
        let line = SerialPort::open(&*port, |settings: Settings| set_up(settings, serial)).map_err(named)?;
        if let Some(rs485) = &serial.rs485 {
            let without = |error: io::Error| {
                io::Error::new(error.kind(), format!("`{port}`: its driver knows no such RS-485: {error}"))
            };
            line.set_rs4xx_mode(TransceiverMode::Rs485(mode(rs485))).map_err(without)?;
        }
        // What came before anybody asked is nobody's answer.
        line.discard_buffers().map_err(named)?;
        Ok(line)
    }
}

fn set_up(mut settings: Settings, serial: &Serial) -> io::Result<Settings> {
    settings.set_raw();
    settings.set_char_size(CharSize::Bits8);
    settings.set_baud_rate(serial.baud_rate)?;
    settings.set_stop_bits(if serial.stop_bits == 2 { StopBits::Two } else { StopBits::One });
    settings.set_parity(match serial.parity {
        Parity::None => serial2_tokio::Parity::None,
        Parity::Odd => serial2_tokio::Parity::Odd,
        Parity::Even => serial2_tokio::Parity::Even,
    });
    Ok(settings)
}

fn mode(rs485: &Rs485) -> Rs485Config {
    let mut mode = Rs485Config::new();
    mode.set_delay_before_send(rs485.delay_before_send);
    mode.set_delay_after_send(rs485.delay_after_send);
    mode.set_invert_rts(rs485.invert_rts);
    mode.set_bus_termination(rs485.bus_termination);
    mode.set_full_duplex(rs485.full_duplex);
    mode
}

/// Waits for a link no longer than it may take to be made.
async fn in_time<S>(link: impl Future<Output = io::Result<S>>) -> io::Result<S> {
    let limit = Duration::from_millis(CONNECT_MILLIS_MAX);
    timeout(limit, link).await.unwrap_or_else(|_| {
        Err(io::Error::new(io::ErrorKind::TimedOut, format!("no connection within {CONNECT_MILLIS_MAX} ms")))
    })
}

/// Returns when the system asks whether the other side is still there.
const fn keepalive() -> TcpKeepalive {
    let keepalive = TcpKeepalive::new().with_time(TCP_KEEPALIVE_AFTER);
    keepalive.with_interval(TCP_KEEPALIVE_EVERY).with_retries(TCP_KEEPALIVE_TIMES)
}

/// Connects to the first address of a name that accepts.
async fn connect(address: &str) -> io::Result<TcpStream> {
    let mut error = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in lookup_host(address).await? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // A request is one small segment that something waits for.
        socket.set_nodelay(true)?;
        SockRef::from(&socket).set_tcp_keepalive(&keepalive())?;
        match socket.connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(refused) => error = refused,
        }
    }
    Err(error)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_device_that_goes_without_a_word_is_missed_within_half_a_minute() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = Tcp::new(listener.local_addr().unwrap().to_string()).dial().await.unwrap();
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive().unwrap());
        let times = socket.tcp_keepalive_retries().unwrap();
        let gone_after = socket.tcp_keepalive_time().unwrap() + times * socket.tcp_keepalive_interval().unwrap();
        assert_eq!(gone_after, Duration::from_secs(30));
    }
}
