//! A broker of MQTT 5 that refuses what it does not like, which no real one does when it is asked. It forgets everything.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// `PUBACK` with the reason that the payload has not the form that it should.
const PAYLOAD_FORMAT_INVALID: u8 = 0x99;

/// The types of packets in the upper half of their first byte.
const CONNECT: u8 = 1;
const PUBLISH: u8 = 3;
const SUBSCRIBE: u8 = 8;
const PINGREQ: u8 = 12;

/// What the broker was given.
#[derive(Debug, Default)]
struct State {
    taken: Mutex<Vec<String>>,
    refused: Mutex<Vec<String>>,
    takes_all: AtomicBool,
}

/// The broker. It listens as long as the test runs.
pub(super) struct Refusing {
    port: u16,
    state: Arc<State>,
}

impl Refusing {
    /// Starts a broker that refuses messages with this text in them.
    pub(super) fn start(poison: &'static str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (port, state) = (listener.local_addr().unwrap().port(), Arc::<State>::default());
        let serving = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // A client that is gone ends its connection, and nothing else.
                let _gone = serve(client, poison, &serving);
            }
        });
        Self { port, state }
    }

    /// Returns where it listens.
    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// Returns the messages that it took.
    pub(super) fn taken(&self) -> Vec<String> {
        self.state.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns the messages that it refused.
    pub(super) fn refused(&self) -> Vec<String> {
        self.state.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has it take everything from now on.
    pub(super) fn take_all(&self) {
        self.state.takes_all.store(true, Ordering::SeqCst);
    }
}

fn serve(mut client: TcpStream, poison: &str, state: &State) -> std::io::Result<()> {
    loop {
        let (kind, body) = receive(&mut client)?;
        match kind {
            CONNECT => client.write_all(&[0x20, 3, 0, 0, 0])?,
            SUBSCRIBE => client.write_all(&[0x90, 4, body[0], body[1], 0, 1])?,
            PINGREQ => client.write_all(&[0xd0, 0])?,
            PUBLISH => {
                let topic = 2 + usize::from(u16::from_be_bytes([body[0], body[1]]));
                let (packet, message) = (&body[topic..topic + 2], String::from_utf8_lossy(&body[topic + 2..]));
                let is_refused = message.contains(poison) && !state.takes_all.load(Ordering::SeqCst);
                let (list, reason) =
                    if is_refused { (&state.refused, PAYLOAD_FORMAT_INVALID) } else { (&state.taken, 0) };
                list.lock().unwrap_or_else(PoisonError::into_inner).push(message.into_owned());
                client.write_all(&[0x40, 3, packet[0], packet[1], reason])?;
            }
            // Farewells and acknowledgements.
            _ => {}
        }
    }
}

fn receive(client: &mut TcpStream) -> std::io::Result<(u8, Vec<u8>)> {
    let mut byte = [0];
    client.read_exact(&mut byte)?;
    let kind = byte[0] >> 4;
    let (mut length, mut shift) = (0_usize, 0);
    loop {
        client.read_exact(&mut byte)?;
        length |= usize::from(byte[0] & 0x7f) << shift;
        shift += 7;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    client.read_exact(&mut body)?;
    Ok((kind, body))
}
