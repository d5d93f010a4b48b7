//! Whether the end of a frame may be the beginning of another answer.
//!
//! A frame that a device cut short takes its missing bytes from the answer behind it. If just so many of those have come,
//! it looks whole: its lengths are right, and the bytes end where it does. What gives it away is what it ends with, which
//! is how the other answer begins. Pure; never knows when that one would have to come.

use std::ops::RangeInclusive;

/// Bytes of an answer that are known before it comes: its header, and its function.
const HEAD_BYTES: usize = 8;

/// How an answer that may come begins.
pub(super) type Head = [u8; HEAD_BYTES];

/// What a frame ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Its own bytes.
    Own,
    /// What may be its own bytes, or the first ones of another answer: the next ones tell.
    Doubtful,
    /// Another answer, from its first byte to its function at least.
    Foreign,
}

/// Returns how the answers to a request begin, if it succeeds and if it is refused. `length` counts what follows the
/// header's length of the former.
pub(super) fn heads(id: u16, unit: u8, function: u8, length: usize) -> [Head; 2] {
    let [id_high, id_low] = id.to_be_bytes();
    // No answer is longer than 254 bytes, so that the upper byte of its length is 0.
    let length = u8::try_from(length).unwrap_or(u8::MAX);
    [(length, function), (3, function | 0x80)]
        .map(|(length, function)| [id_high, id_low, 0, 0, 0, length, unit, function])
}

/// Returns what the body of a frame ends with, where `heads` returns how the answers begin that may come under some ids.
pub(super) fn end<H: Iterator<Item = Head>>(body: &[u8], heads: impl Fn(RangeInclusive<u16>) -> H) -> End {
    for at in 0..body.len() {
        let tail = &body[at..body.len().min(at + HEAD_BYTES)];
        // Between id and length is nothing but zeros; most tails are not looked up.
        let may_begin = tail.iter().skip(2).take(3).all(|byte| *byte == 0);
        if may_begin && heads(ids(tail)).any(|head| head.starts_with(tail)) {
            return if tail.len() == HEAD_BYTES { End::Foreign } else { End::Doubtful };
        }
    }
    End::Own
}

/// Returns the ids that begin with what comes.
fn ids(tail: &[u8]) -> RangeInclusive<u16> {
    let first = u16::from_be_bytes([tail[0], tail.get(1).copied().unwrap_or(0)]);
    let last = u16::from_be_bytes([tail[0], tail.get(1).copied().unwrap_or(u8::MAX)]);
    first..=last
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks a body while the answer to a read of two registers of unit 9 is waited for under one id.
    fn check(body: &[u8], expected: End) {
        let awaited = 0x1234;
        let found = end(body, |ids| heads(awaited, 9, 3, 7).into_iter().filter(move |_| ids.contains(&awaited)));
        assert_eq!(found, expected, "{body:02x?}");
    }

    #[test]
    fn a_tail_that_begins_as_another_answer_is_doubtful() {
        for head in [[0x12, 0x34, 0, 0, 0, 7, 9, 3], [0x12, 0x34, 0, 0, 0, 3, 9, 0x83]] {
            for length in 1..HEAD_BYTES {
                check(&[&[3, 4, 1, 2], &head[..length]].concat(), End::Doubtful);
                check(&[&[3, 4], &head[..length], &[1]].concat(), End::Own);
            }
            check(&[&[3, 4], &head[..]].concat(), End::Foreign);
            check(&[&[3, 4], &head[..], &[4, 0, 0]].concat(), End::Foreign);
        }
    }

    #[test]
    fn what_only_resembles_another_answer_is_the_frames_own() {
        check(&[3, 4, 0, 0, 0, 0], End::Own);
        check(&[3, 4, 0x12, 0x35], End::Own);
        check(&[3, 4, 0x12, 0x34, 0, 1], End::Own);
        check(&[3, 4, 0x12, 0x34, 0, 0, 0, 6], End::Own);
        check(&[3, 4, 0x12, 0x34, 0, 0, 0, 7, 8, 3], End::Own);
        check(&[], End::Own);
    }
}
