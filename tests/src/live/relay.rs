//! A relay between a gateway and its MQTT broker: passes on every byte as it is, and notes which numbered messages
//! reached the gateway and which of these it acknowledged.
//!
//! Knows of MQTT 3.1.1 only where a packet ends, and what CONNACK, PUBLISH and PUBACK hold.

use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

/// How much is passed on at once.
const PIECE_BYTES: usize = 4096;

/// What went over the relay.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// The numbers of the messages that reached the gateway, in their order, as often as they did.
    pub(super) delivered: Vec<u64>,
    /// Those that the gateway acknowledged.
    pub(super) acknowledged: BTreeSet<u64>,
    /// Of each connection that the broker accepted, whether it had kept the gateway's session.
    pub(super) sessions_kept: Vec<bool>,
}

/// A relay that runs until the tests end.
#[derive(Debug)]
pub(super) struct Relay(Arc<Mutex<Seen>>);

impl Relay {
    /// Starts a relay from one port to the broker's. `number` finds a message's number in its payload.
    pub(super) fn start(port: u16, broker: u16, number: fn(&[u8]) -> u64) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let seen = Arc::default();
        let relay = Self(Arc::clone(&seen));
        thread::spawn(move || {
            for gateway in listener.incoming().map_while(Result::ok) {
                // Without a broker the gateway finds its connection closed.
                if let Ok(broker) = TcpStream::connect((Ipv4Addr::LOCALHOST, broker)) {
                    Line { seen: Arc::clone(&seen), numbers: Arc::default(), number }.open(gateway, broker);
                }
            }
        });
        relay
    }

    /// Returns how many messages the gateway has acknowledged so far.
    pub(super) fn acknowledged(&self) -> usize {
        lock(&self.0).acknowledged.len()
    }

    /// Returns what went over it so far.
    pub(super) fn seen(&self) -> Seen {
        lock(&self.0).clone()
    }
}

/// One connection of the gateway.
#[derive(Clone)]
struct Line {
    seen: Arc<Mutex<Seen>>,
    /// The messages by the packet ids that they have on this connection.
    numbers: Arc<Mutex<HashMap<u16, u64>>>,
    number: fn(&[u8]) -> u64,
}

impl Line {
    fn open(self, gateway: TcpStream, broker: TcpStream) {
        let (from_gateway, from_broker) = (gateway.try_clone().unwrap(), broker.try_clone().unwrap());
        let other = self.clone();
        thread::spawn(move || other.pass_to_broker(from_gateway, broker));
        thread::spawn(move || self.pass_to_gateway(from_broker, gateway));
    }

    /// Passes on what the broker sends, to its last byte; then the gateway is told that no more comes, and may read in
    /// peace what it has not read yet.
    fn pass_to_gateway(&self, broker: TcpStream, mut gateway: TcpStream) {
        let mut packets = Packets::default();
        for piece in pieces(broker) {
            let arrived: Vec<Packet> = packets.add(&piece).collect();
            // The acknowledgement may come back at once.
            let numbers: Vec<u64> = arrived.iter().filter_map(|packet| self.delivery(packet)).collect();
            if gateway.write_all(&piece).is_err() {
                return;
            }
            let kept = arrived.iter().filter_map(Packet::session_kept);
            let mut seen = lock(&self.seen);
            seen.sessions_kept.extend(kept);
            seen.delivered.extend(numbers);
        }
        let _gone = gateway.shutdown(Shutdown::Write);
    }

    /// Passes on what the gateway sends, and goes on reading when the broker is gone.
    fn pass_to_broker(&self, gateway: TcpStream, mut broker: TcpStream) {
        let mut packets = Packets::default();
        for piece in pieces(gateway) {
            for packet in packets.add(&piece) {
                self.note_acknowledgement(&packet);
            }
            let _gone = broker.write_all(&piece);
        }
        let _gone = broker.shutdown(Shutdown::Both);
    }

    /// Returns the number of the message that a packet delivers, and remembers its packet id.
    fn delivery(&self, packet: &Packet) -> Option<u64> {
        let (id, payload) = packet.message()?;
        let number = (self.number)(payload);
        lock(&self.numbers).insert(id, number);
        Some(number)
    }

    fn note_acknowledgement(&self, packet: &Packet) {
        let Some(id) = packet.acknowledges() else { return };
        let number = lock(&self.numbers)[&id];
        lock(&self.seen).acknowledged.insert(number);
    }
}

/// Returns what a stream brings until it ends.
fn pieces(mut stream: TcpStream) -> impl Iterator<Item = Vec<u8>> {
    std::iter::from_fn(move || {
        let mut piece = vec![0; PIECE_BYTES];
        let length = stream.read(&mut piece).ok().filter(|&length| length > 0)?;
        piece.truncate(length);
        Some(piece)
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A control packet: its first byte, and all behind its length.
struct Packet {
    first: u8,
    body: Vec<u8>,
}

impl Packet {
    /// Returns the packet id and the payload of a message of `QoS` 1.
    fn message(&self) -> Option<(u16, &[u8])> {
        if self.first & 0b1111_0110 != 0b0011_0010 {
            return None;
        }
        let (topic_bytes, rest) = number_at_start(&self.body);
        let (id, payload) = number_at_start(&rest[usize::from(topic_bytes)..]);
        Some((id, payload))
    }

    /// Returns the packet id that a PUBACK is for.
    fn acknowledges(&self) -> Option<u16> {
        (self.first == 0b0100_0000).then(|| number_at_start(&self.body).0)
    }

    /// Returns what a CONNACK says of the session.
    fn session_kept(&self) -> Option<bool> {
        (self.first == 0b0010_0000).then(|| self.body[0] == 1)
    }
}

fn number_at_start(bytes: &[u8]) -> (u16, &[u8]) {
    let (number, rest) = bytes.split_first_chunk().expect("a packet ends where its length says");
    (u16::from_be_bytes(*number), rest)
}

/// Finds the packets in a stream.
#[derive(Default)]
struct Packets(Vec<u8>);

impl Packets {
    /// Takes a piece; returns the packets that end in it.
    fn add(&mut self, piece: &[u8]) -> impl Iterator<Item = Packet> {
        self.0.extend_from_slice(piece);
        std::iter::from_fn(|| {
            let (header, length) = header(&self.0)?;
            let whole = self.0.get(..header + length)?;
            let packet = Packet { first: whole[0], body: whole[header..].to_vec() };
            self.0.drain(..header + length);
            Some(packet)
        })
    }
}

/// Returns how long a packet's header is, and how long what follows, once its length is there.
fn header(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut length = 0;
    for (place, &byte) in bytes.iter().enumerate().skip(1) {
        length |= usize::from(byte & 0x7F) << (7 * (place - 1));
        if byte & 0x80 == 0 {
            return Some((place + 1, length));
        }
    }
    None
}
