//! The Modbus TCP server: takes clients, and frames what `answer` says.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::answer::answer;
use super::registers::Registers;
use crate::limits::MODBUS_CLIENTS_MAX;

/// The head of a frame: transaction, protocol, length, unit.
const HEAD_BYTES: usize = 7;
/// Most bytes of function and data (Modbus Application Protocol 1.1b3, section 4.1).
const REQUEST_BYTES_MAX: usize = 253;
/// How long to wait before clients are taken again after the system refused one: it may have no descriptors left.
const PAUSE_AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// A server that listens.
#[derive(Debug)]
pub(in crate::simulator) struct Server {
    listener: TcpListener,
    registers: Arc<Mutex<Registers>>,
}

impl Server {
    /// Listens at an address.
    pub(in crate::simulator) async fn bind(
        address: SocketAddr,
        registers: Arc<Mutex<Registers>>,
    ) -> io::Result<(Self, SocketAddr)> {
        let listener = TcpListener::bind(address).await?;
        let bound = listener.local_addr()?;
        Ok((Self { listener, registers }, bound))
    }

    /// Answers clients until it is stopped; then all of them are cut off.
    pub(in crate::simulator) async fn run(self, stop: CancellationToken) {
        let mut clients = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => return,
                accepted = self.listener.accept() => accepted,
            };
            while clients.try_join_next().is_some() {}
            match accepted {
                Ok((_, peer)) if clients.len() >= MODBUS_CLIENTS_MAX => {
                    warn!(%peer, clients = clients.len(), "simulated device turned a client away");
                }
                Ok((stream, peer)) => {
                    debug!(%peer, "simulated device has a client");
                    clients.spawn(session(stream, Arc::clone(&self.registers)));
                }
                Err(error) => {
                    warn!(%error, "simulated device cannot take a client");
                    tokio::time::sleep(PAUSE_AFTER_REFUSAL).await;
                }
            }
        }
    }
}

/// Answers one client until it goes or sends what is no frame.
async fn session(mut stream: TcpStream, registers: Arc<Mutex<Registers>>) {
    let ended = match stream.set_nodelay(true) {
        Ok(()) => exchange(&mut stream, &registers).await,
        Err(error) => Err(error),
    };
    if let Err(error) = ended {
        debug!(%error, "simulated device lost a client");
    }
}

async fn exchange(stream: &mut TcpStream, registers: &Mutex<Registers>) -> io::Result<()> {
    let mut request = [0; REQUEST_BYTES_MAX];
    loop {
        let mut head = [0; HEAD_BYTES];
        stream.read_exact(&mut head).await?;
        let request = &mut request[..request_bytes(head)?];
        stream.read_exact(request).await?;
        let unit = head[HEAD_BYTES - 1];
        // Held for the answer alone: one answer is what was there at one instant.
        let answer = answer(&registers.lock().unwrap_or_else(PoisonError::into_inner), unit, request);
        stream.write_all(&framed(head, &answer)).await?;
    }
}

/// Returns how many bytes follow a head.
fn request_bytes(head: [u8; HEAD_BYTES]) -> io::Result<usize> {
    let protocol = u16::from_be_bytes([head[2], head[3]]);
    let length = usize::from(u16::from_be_bytes([head[4], head[5]]));
    // The length counts the unit, which is in the head.
    match length.checked_sub(1) {
        Some(bytes @ 1..=REQUEST_BYTES_MAX) if protocol == 0 => Ok(bytes),
        Some(_) | None => Err(io::Error::new(io::ErrorKind::InvalidData, "not a frame of Modbus TCP")),
    }
}

fn framed(head: [u8; HEAD_BYTES], answer: &[u8]) -> Vec<u8> {
    let length = u16::try_from(answer.len() + 1).unwrap_or(u16::MAX).to_be_bytes();
    let [transaction @ .., _, _, _, _, _] = head;
    [&transaction[..], &[0, 0], &length, &[head[HEAD_BYTES - 1]], answer].concat()
}
