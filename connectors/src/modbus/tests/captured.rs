//! A capture of nearly every function code, by others (`captures/`, with its licence), and what becomes of each answer.

use std::time::Instant;

use latchwork_config::connections::RegisterTable;
use proptest::prelude::*;

use super::plant::block;
use crate::modbus::answer::{Answer, Registers, answer};
use crate::modbus::frame::{Frame, Stream};
use crate::modbus::plan::Block;

const CAPTURE: &[u8] = include_bytes!("captures/all-function-codes.pcap");

/// Returns what each packet says over TCP, with whether it is an answer: a little-endian pcap of Ethernet and IPv4.
fn payloads() -> Vec<(bool, &'static [u8])> {
    let mut payloads = Vec::new();
    let mut rest = &CAPTURE[24..];
    while let Some((header, more)) = rest.split_first_chunk::<16>() {
        let length = u32::from_le_bytes([header[8], header[9], header[10], header[11]]);
        let (packet, next) = more.split_at(length.try_into().unwrap());
        rest = next;
        let ip = &packet[14..];
        let total = usize::from(u16::from_be_bytes([ip[2], ip[3]]));
        let tcp = &ip[usize::from(ip[0] & 0xF) * 4..total];
        let payload = &tcp[usize::from(tcp[12] >> 4) * 4..];
        if !payload.is_empty() {
            payloads.push((u16::from_be_bytes([tcp[0], tcp[1]]) == 502, payload));
        }
    }
    payloads
}

fn frame(bytes: &[u8]) -> Option<Frame> {
    Stream::default().take(bytes, Instant::now()).ok()?.frames.pop()
}

/// Returns a request, which may be shorter than any answer is.
fn request(bytes: &'static [u8]) -> Frame {
    let [high, low, ..] = bytes else { panic!("a request has an id") };
    Frame { id: u16::from_be_bytes([*high, *low]), unit: bytes[6], body: bytes[7..].into() }
}

/// Returns the block that a request asks for; one register for those that do not read a table.
fn asked(request: &Frame) -> Block {
    let word = |at: usize| u16::from_be_bytes([request.body[at], request.body[at + 1]]);
    let table = match request.body[0] {
        1 => RegisterTable::Coils,
        2 => RegisterTable::DiscreteInputs,
        3 => RegisterTable::HoldingRegisters,
        4 => RegisterTable::InputRegisters,
        _ => return Block { unit: request.unit, ..block() },
    };
    Block { unit: request.unit, table, address: word(1), count: word(3), ..block() }
}

fn told(payloads: &[(bool, &'static [u8])]) -> String {
    let (request, response) = (request(payloads[0].1), frame(payloads[1].1));
    let function = request.body[0];
    let Some(response) = response else { return format!("{function}: refused as a frame") };
    let told = match answer(&asked(&request), response) {
        Ok(Answer::Registers(Registers::Words(words))) => format!("{words:04X?}"),
        Ok(Answer::Registers(Registers::Bits(bits))) => {
            bits.iter().map(|bit| if *bit { '1' } else { '0' }).collect::<String>()
        }
        Ok(Answer::Exception(code)) => code.to_string(),
        Err(malformed) => malformed.to_string(),
    };
    format!("{function}: {told}")
}

#[test]
fn every_function_code_is_decoded_or_refused() {
    let payloads = payloads();
    let pairs: Vec<&[(bool, &'static [u8])]> = payloads.chunks(2).collect();
    assert!(pairs.iter().all(|pair| !pair[0].0 && pair[1].0), "requests and answers take turns");
    let told: Vec<String> = pairs.iter().map(|pair| told(pair)).collect();
    let (reads, others) = told.split_at(8);
    assert_eq!(
        reads,
        [
            "1: 1",
            "1: 10010111",
            "2: 0",
            "2: 00110100",
            "3: [00AA]",
            "3: [00AA, 00AA, 00BB, 00CC, EF84, E3EB, 9F8B, E4C1]",
            "4: [8E2B]",
            "4: [8E2B, 1F7B, 9B4B, 8251, 1BFA, DB8F, 026B, AE97]",
        ]
    );
    let (last, others) = others.split_last().unwrap();
    assert_eq!(last, "3: Illegal data address");
    for line in others {
        assert!(line.contains("function 3 was asked and") || line.contains("refused"), "{line}");
    }
}

proptest! {
    #[test]
    fn a_frame_with_a_damaged_byte_never_makes_it_panic(
        which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte: u8, other in any::<prop::sample::Index>(),
    ) {
        let payloads = payloads();
        let mut bytes = payloads[which.index(payloads.len())].1.to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let request = request(payloads[other.index(payloads.len())].1);
        if let Some(damaged) = frame(&bytes) {
            let _refused = answer(&asked(&Frame { body: [&request.body[..], &[0; 5]].concat().into(), ..request }), damaged);
        }
    }
}
