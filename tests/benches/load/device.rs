//! A Modbus server that does nothing but answer.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A device of 65,536 holding registers, each with a value that moves.
pub(crate) struct Device {
    begun: Instant,
    /// How long a level lasts on average; 0 = for ever.
    toggle_seconds: u64,
    /// How many registers were read.
    pub(crate) registers: AtomicU64,
}

impl Device {
    pub(crate) fn new(toggle_seconds: u64) -> Self {
        Self { begun: Instant::now(), toggle_seconds, registers: AtomicU64::new(0) }
    }

    fn value(&self, register: u64, millis: u64) -> u64 {
        let noise = (register.wrapping_mul(2_654_435_761) ^ millis) % 100;
        let phase = register * 137 % 50_000;
        let is_high = (millis + phase).checked_div(self.toggle_seconds * 1000).is_none_or(|turn| turn % 2 == 0);
        noise + if is_high { 600 } else { 200 }
    }

    async fn answer(&self, mut client: TcpStream) -> io::Result<()> {
        client.set_nodelay(true)?;
        let mut request = [0; 12];
        loop {
            client.read_exact(&mut request).await?;
            let [first, count] = [8, 10].map(|at| u16::from_be_bytes([request[at], request[at + 1]]));
            let bytes = u8::try_from(count * 2).map_err(io::Error::other)?;
            let millis = u64::try_from(self.begun.elapsed().as_millis()).map_err(io::Error::other)?;
            let mut answer = request[..4].to_vec();
            answer.extend((3 + u16::from(bytes)).to_be_bytes());
            answer.extend([request[6], request[7], bytes]);
            for register in u64::from(first)..u64::from(first) + u64::from(count) {
                let value = u16::try_from(self.value(register, millis)).map_err(io::Error::other)?;
                answer.extend(value.to_be_bytes());
            }
            client.write_all(&answer).await?;
            self.registers.fetch_add(u64::from(count), Ordering::Relaxed);
        }
    }
}

/// Serves a device at a free port, and returns where.
pub(crate) async fn serve(device: Arc<Device>) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let device = Arc::clone(&device);
            tokio::spawn(async move { device.answer(client).await });
        }
    });
    Ok(address)
}
