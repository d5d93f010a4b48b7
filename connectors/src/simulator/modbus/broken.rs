//! Frames: right ones, and broken ones. Pure.

use super::request::Request;
use crate::simulator::fault::FaultKind;
use crate::simulator::random::Random;

/// How far a wrong transaction is from the right one at least. A client has no means to tell an answer under the id of
/// another of its own requests from that request's answer, so no fault makes one.
const TRANSACTIONS_APART: u64 = 0x4000;
/// Where the length stands in a frame, its low byte.
const LENGTH_AT: usize = 5;

/// Returns the frame of an answer.
pub(super) fn framed(transaction: u16, unit: u8, answer: &[u8]) -> Vec<u8> {
    let length = u16::try_from(answer.len() + 1).unwrap_or(u16::MAX).to_be_bytes();
    [&transaction.to_be_bytes()[..], &[0, 0], &length, &[unit], answer].concat()
}

/// Returns what a broken device sends in place of an answer.
pub(super) fn broken(kind: FaultKind, request: &Request, answer: &[u8], random: &mut Random) -> Vec<u8> {
    let Request { transaction, unit, .. } = *request;
    match kind {
        FaultKind::WrongUnit => framed(transaction, unit.wrapping_add(byte(random, 1, 255)), answer),
        FaultKind::WrongTransaction => {
            let apart = random.between(TRANSACTIONS_APART, 0xFFFF - TRANSACTIONS_APART);
            framed(transaction.wrapping_add(u16::try_from(apart).unwrap_or(0x8000)), unit, answer)
        }
        FaultKind::TooShort => framed(transaction, unit, &shorter(answer)),
        FaultKind::TooLong => framed(transaction, unit, &longer(answer)),
        FaultKind::WrongLength => misannounced(framed(transaction, unit, answer), random),
        FaultKind::Garbage => (0..random.between(8, 40)).map(|_| byte(random, 0, 255)).collect(),
        FaultKind::Late
        | FaultKind::Never
        | FaultKind::Overtaken
        | FaultKind::Exception
        | FaultKind::Doubled
        | FaultKind::Closed
        | FaultKind::Reset
        | FaultKind::Silent
        | FaultKind::Trickle
        | FaultKind::Off
        | FaultKind::Recorded => framed(transaction, unit, answer),
    }
}

fn byte(random: &mut Random, low: u64, high: u64) -> u8 {
    u8::try_from(random.between(low, high)).unwrap_or(u8::MAX)
}

/// Returns an answer without its last value; one that is an exception, without its code.
fn shorter(answer: &[u8]) -> Vec<u8> {
    let value = value_bytes(answer).min(answer.len() - 1);
    let mut shorter = answer[..answer.len() - value].to_vec();
    if let [_, count, ..] = &mut shorter[..] {
        *count = count.saturating_sub(u8::try_from(value).unwrap_or(2));
    }
    shorter
}

/// Returns an answer with a value more.
fn longer(answer: &[u8]) -> Vec<u8> {
    let value = value_bytes(answer);
    let mut longer = [answer, &[7, 7][..value]].concat();
    if answer[0] < 0x80 {
        longer[1] = longer[1].saturating_add(u8::try_from(value).unwrap_or(2));
    }
    longer
}

/// Returns how many bytes a value of an answer has: bits are packed, an exception has its code.
fn value_bytes(answer: &[u8]) -> usize {
    if matches!(answer[0], 3 | 4) { 2 } else { 1 }
}

/// Returns a frame without its last bytes, or one whose head announces less than comes. Fewer are missing than the
/// shortest answer has, so that no whole answer fills them up.
fn misannounced(mut frame: Vec<u8>, random: &mut Random) -> Vec<u8> {
    match random.below(8) {
        less @ 6.. => frame[LENGTH_AT] = frame[LENGTH_AT].saturating_sub(byte(random, less - 5, less - 5)),
        cut => frame.truncate(frame.len() - 1 - usize::try_from(cut).unwrap_or(0)),
    }
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: [u8; 6] = [3, 4, 0, 1, 0, 2];

    fn request() -> Request {
        Request { transaction: 0x0102, unit: 9, body: vec![3, 0, 0, 0, 2] }
    }

    fn all(kind: FaultKind, answer: &[u8]) -> Vec<Vec<u8>> {
        (0..500).map(|stream| broken(kind, &request(), answer, &mut Random::new(3, stream))).collect()
    }

    #[test]
    fn a_right_frame() {
        assert_eq!(framed(0x0102, 9, &ANSWER), [1, 2, 0, 0, 0, 7, 9, 3, 4, 0, 1, 0, 2]);
    }

    #[test]
    fn units_and_transactions_are_never_the_right_ones() {
        assert!(all(FaultKind::WrongUnit, &ANSWER).iter().all(|frame| frame[6] != 9 && frame[7..] == ANSWER));
        for frame in all(FaultKind::WrongTransaction, &ANSWER) {
            let apart = u16::from_be_bytes([frame[0], frame[1]]).wrapping_sub(0x0102);
            assert!((0x4000..=0xBFFF).contains(&apart), "{frame:?}");
        }
    }

    #[test]
    fn lengths_agree_with_themselves_and_not_with_the_request() {
        let one = |kind, answer: &[u8]| all(kind, answer)[0][4..].to_vec();
        assert_eq!(one(FaultKind::TooShort, &ANSWER), [0, 5, 9, 3, 2, 0, 1]);
        assert_eq!(one(FaultKind::TooLong, &ANSWER), [0, 9, 9, 3, 6, 0, 1, 0, 2, 7, 7]);
        assert_eq!(one(FaultKind::TooShort, &[1, 1, 5]), [0, 3, 9, 1, 0]);
        assert_eq!(one(FaultKind::TooLong, &[1, 1, 5]), [0, 5, 9, 1, 2, 5, 7]);
        assert_eq!(one(FaultKind::TooShort, &[0x83, 2]), [0, 2, 9, 0x83]);
        assert_eq!(one(FaultKind::TooLong, &[0x83, 2]), [0, 4, 9, 0x83, 2, 7]);
    }

    #[test]
    fn a_head_announces_more_or_less_than_comes() {
        let right = framed(0x0102, 9, &ANSWER);
        let apart = |frame: &Vec<u8>| i32::from(frame[5]) + 6 - i32::try_from(frame.len()).unwrap();
        let mut seen: Vec<i32> = all(FaultKind::WrongLength, &ANSWER).iter().map(apart).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!((seen, right.len()), (vec![-2, -1, 1, 2, 3, 4, 5, 6], 13));
    }
}
