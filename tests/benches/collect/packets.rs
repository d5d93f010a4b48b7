//! MQTT over a bare socket: nothing but what the broker needs to hear.

use std::io::{self, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use crate::events::event;

/// How many messages are under way at a time.
const WINDOW: u32 = 512;

/// Subscribes a session to all events, for later.
pub(crate) fn prepare(port: u16) -> io::Result<()> {
    let mut stream = connect(port, "bare", 0)?;
    let filter = b"latchwork/#";
    let mut subscribe = vec![0x82, 5 + 11, 0, 1, 0, 11];
    subscribe.extend_from_slice(filter);
    subscribe.push(1);
    stream.write_all(&subscribe)?;
    let _granted = packet(&mut BufReader::new(&stream))?;
    stream.write_all(&[0xe0, 0])
}

/// Publishes events.
pub(crate) fn publish(port: u16, count: u32, gateways: u32) -> io::Result<()> {
    let mut stream = connect(port, "publisher", 2)?;
    let mut answers = BufReader::new(stream.try_clone()?);
    let (mut sent, mut acknowledged, mut out) = (0, 0, Vec::new());
    while acknowledged < count {
        out.clear();
        while sent < count && sent - acknowledged < WINDOW {
            let (topic, payload) = event(sent, gateways);
            sent += 1;
            put(&mut out, &topic, &payload, u16::try_from(sent % 60_000 + 1).expect("it is small"));
        }
        stream.write_all(&out)?;
        packet(&mut answers)?;
        acknowledged += 1;
        while !answers.buffer().is_empty() {
            packet(&mut answers)?;
            acknowledged += 1;
        }
    }
    stream.write_all(&[0xe0, 0])
}

/// Takes all messages of the session, and acknowledges each.
pub(crate) fn drain(port: u16, count: u32) -> io::Result<()> {
    let mut stream = connect(port, "bare", 0)?;
    let mut messages = BufReader::with_capacity(1 << 16, stream.try_clone()?);
    let mut out = Vec::new();
    for left in (0..count).rev() {
        let message = packet(&mut messages)?;
        let topic = usize::from(u16::from_be_bytes([message[0], message[1]]));
        out.extend_from_slice(&[0x40, 2, message[2 + topic], message[3 + topic]]);
        if messages.buffer().is_empty() || left == 0 {
            stream.write_all(&out)?;
            out.clear();
        }
    }
    stream.write_all(&[0xe0, 0])
}

/// Connects by MQTT 3.1.1; `flags` says whether the session is a clean one.
fn connect(port: u16, name: &str, flags: u8) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    let length = u8::try_from(name.len()).expect("it is small");
    let head = [0x10, 12 + length, 0, 4, b'M', b'Q', b'T', b'T', 4, flags, 0, 0, 0, length];
    stream.write_all(&[&head, name.as_bytes()].concat())?;
    // What comes behind it is not to be lost in a buffer.
    stream.read_exact(&mut [0; 4])?;
    Ok(stream)
}

fn put(out: &mut Vec<u8>, topic: &str, payload: &str, id: u16) {
    out.push(0x32);
    let mut length = 2 + topic.len() + 2 + payload.len();
    while length > 0 {
        let low = u8::try_from(length % 128).expect("seven bits");
        length /= 128;
        out.push(if length > 0 { low | 0x80 } else { low });
    }
    out.extend_from_slice(&u16::try_from(topic.len()).expect("it is short").to_be_bytes());
    out.extend_from_slice(topic.as_bytes());
    out.extend_from_slice(&id.to_be_bytes());
    out.extend_from_slice(payload.as_bytes());
}

/// Reads the body of a packet.
fn packet(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut byte = [0];
    stream.read_exact(&mut byte)?;
    let (mut length, mut shift) = (0_usize, 0);
    loop {
        stream.read_exact(&mut byte)?;
        length |= usize::from(byte[0] & 0x7f) << shift;
        shift += 7;
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(body)
}
