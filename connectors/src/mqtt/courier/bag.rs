//! The letters of a courier: waiting, queued, sent. Which one goes next, and which one is to blame for losses. Pure.
//!
//! A broker of MQTT 3.1.1 has no way to refuse a message but to end the connection, and then nobody says which message it
//! was. So the first letter after a loss goes alone: whoever is lost again and again while nothing else is under way is
//! suspected, and is found guilty when another letter gets through instead.

use std::collections::VecDeque;

use super::Letter;
use crate::limits::{LETTER_LOSSES_MAX, LETTERS_IN_FLIGHT_MAX};

/// A letter and what it has been through.
#[derive(Debug)]
struct Carried {
    letter: Letter,
    /// How often the link ended while it alone was under way.
    losses: u32,
}

/// The letters of a courier, none of which is settled.
#[derive(Debug, Default)]
pub(super) struct Bag {
    waiting: VecDeque<Carried>,
    /// Given to the library, which has not told its packet yet.
    queued: VecDeque<Carried>,
    sent: VecDeque<(u16, Carried)>,
    /// Whether nothing was acknowledged since the last loss: then one letter goes alone.
    is_probing: bool,
    suspect: Option<Carried>,
    /// How many were acknowledged since the last loss.
    acknowledged: usize,
}

/// What an acknowledgement settles.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Acknowledged {
    /// The letter.
    pub(super) number: u64,
    /// The suspect that this shows to be guilty.
    pub(super) guilty: Option<u64>,
}

impl Bag {
    /// Tells whether another letter is taken.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() + self.under_way() < LETTERS_IN_FLIGHT_MAX
    }

    /// Returns how many letters the broker may have.
    pub(super) fn under_way(&self) -> usize {
        self.queued.len() + self.sent.len()
    }

    /// Takes a letter.
    pub(super) fn put(&mut self, letter: Letter) {
        self.waiting.push_back(Carried { letter, losses: 0 });
    }

    /// Returns the next letter that may go now, and counts it as queued.
    pub(super) fn next(&mut self) -> Option<&Letter> {
        if self.is_probing && self.under_way() > 0 {
            return None;
        }
        let carried = self.waiting.pop_front()?;
        self.queued.push_back(carried);
        self.queued.back().map(|carried| &carried.letter)
    }

    /// Notes that the first letter that is queued is sent in a packet.
    pub(super) fn sent(&mut self, packet: u16) {
        if let Some(carried) = self.queued.pop_front() {
            self.sent.push_back((packet, carried));
        }
    }

    /// Takes out the letter that a packet carried: the broker has said something about it.
    /// A refusal shows as well that others get through.
    pub(super) fn acknowledged(&mut self, packet: u16) -> Option<Acknowledged> {
        let place = self.sent.iter().position(|(sent, _)| *sent == packet)?;
        let (_, carried) = self.sent.remove(place)?;
        self.is_probing = false;
        self.acknowledged += 1;
        let guilty = self.suspect.take().map(|suspect| suspect.letter.number);
        Some(Acknowledged { number: carried.letter.number, guilty })
    }

    /// Tells whether the link has carried enough that another one is worth making at once, however short it was.
    pub(super) const fn has_moved(&self) -> bool {
        self.acknowledged >= LETTERS_IN_FLIGHT_MAX
    }

    /// Notes that the link is lost: what was under way waits again, in its order.
    pub(super) fn lost(&mut self) {
        self.acknowledged = 0;
        let sent = std::mem::take(&mut self.sent).into_iter().map(|(_, carried)| carried);
        let mut under_way: VecDeque<Carried> = sent.chain(std::mem::take(&mut self.queued)).collect();
        self.is_probing = true;
        if under_way.is_empty() {
            // A broker that cannot be reached says nothing about anybody.
            return;
        }
        if let [alone] = under_way.make_contiguous() {
            alone.losses += 1;
        }
        under_way.append(&mut self.waiting);
        self.waiting = under_way;
        self.judge();
    }

    /// Sets a suspect aside, so that the next letter shows whether it or the broker is to blame. That one lost as well
    /// acquits it.
    fn judge(&mut self) {
        if let Some(mut acquitted) = self.suspect.take() {
            acquitted.losses = 0;
            self.waiting.push_front(acquitted);
            return;
        }
        let is_suspected = self.waiting.front().is_some_and(|first| first.losses >= LETTER_LOSSES_MAX);
        if is_suspected && self.waiting.len() > 1 {
            self.suspect = self.waiting.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bag(letters: u64) -> Bag {
        let mut bag = Bag::default();
        for number in 1..=letters {
            bag.put(Letter { number, topic: "t".to_owned(), payload: Vec::new() });
        }
        bag
    }

    /// Sends all that may go, in packets of the letters' numbers; returns these.
    fn send(bag: &mut Bag) -> Vec<u64> {
        let mut sent = Vec::new();
        while let Some(letter) = bag.next() {
            sent.push(letter.number);
        }
        for &number in &sent {
            bag.sent(u16::try_from(number).unwrap());
        }
        sent
    }

    const fn acknowledged(number: u64, guilty: Option<u64>) -> Acknowledged {
        Acknowledged { number, guilty }
    }

    #[test]
    fn letters_go_in_order_and_after_a_loss_one_alone() {
        let mut bag = bag(4);
        assert_eq!(send(&mut bag), [1, 2, 3, 4]);
        assert_eq!(bag.acknowledged(1), Some(acknowledged(1, None)));
        assert_eq!(bag.acknowledged(3), Some(acknowledged(3, None)));
        assert_eq!(bag.acknowledged(3), None, "only once");
        bag.lost();
        assert_eq!(send(&mut bag), [2]);
        assert_eq!(send(&mut bag), Vec::<u64>::new());
        bag.acknowledged(2);
        assert_eq!(send(&mut bag), [4]);
    }

    #[test]
    fn what_was_only_queued_keeps_its_place() {
        let mut bag = bag(3);
        assert_eq!([bag.next().unwrap().number, bag.next().unwrap().number], [1, 2]);
        bag.sent(9);
        bag.lost();
        assert_eq!(send(&mut bag), [1]);
        assert_eq!(bag.acknowledged(1), Some(acknowledged(1, None)));
        assert_eq!(send(&mut bag), [2, 3]);
    }

    #[test]
    fn who_ends_the_link_alone_is_guilty_once_another_gets_through() {
        let mut bag = bag(3);
        for _ in 0..LETTER_LOSSES_MAX {
            assert_eq!(send(&mut bag).first(), Some(&1));
            bag.lost();
        }
        // The first loss was of all three and blames none.
        assert_eq!(send(&mut bag), [1]);
        bag.lost();
        assert_eq!(send(&mut bag), [2]);
        assert_eq!(bag.acknowledged(2), Some(acknowledged(2, Some(1))));
        assert_eq!(send(&mut bag), [3]);
    }

    #[test]
    fn a_broker_that_takes_nothing_makes_nobody_guilty() {
        let mut bag = bag(2);
        for _ in 0..10 * LETTER_LOSSES_MAX {
            assert!(!send(&mut bag).is_empty());
            bag.lost();
            bag.lost();
        }
        let (mut numbers, mut next) = (Vec::new(), send(&mut bag));
        while let Some(&number) = next.first() {
            let settled = bag.acknowledged(u16::try_from(number).unwrap()).unwrap();
            assert_eq!(settled.guilty, None);
            numbers.push(settled.number);
            next = send(&mut bag);
        }
        assert_eq!(numbers, [1, 2]);
    }

    #[test]
    fn a_letter_alone_in_the_bag_is_tried_for_ever() {
        let mut bag = bag(1);
        for _ in 0..3 * LETTER_LOSSES_MAX {
            assert_eq!(send(&mut bag), [1]);
            bag.lost();
        }
        bag.put(Letter { number: 2, topic: "t".to_owned(), payload: Vec::new() });
        assert_eq!(send(&mut bag), [1]);
        bag.lost();
        assert_eq!(send(&mut bag), [2]);
        assert_eq!(bag.acknowledged(2), Some(acknowledged(2, Some(1))));
    }

    #[test]
    fn a_link_that_carried_much_was_worth_it() {
        let count = LETTERS_IN_FLIGHT_MAX as u64;
        let mut bag = bag(count);
        for number in send(&mut bag) {
            assert!(!bag.has_moved());
            bag.acknowledged(u16::try_from(number).unwrap());
        }
        assert!(bag.has_moved());
        bag.lost();
        assert!(!bag.has_moved());
    }

    #[test]
    fn it_takes_a_bounded_number() {
        let mut bag = bag(LETTERS_IN_FLIGHT_MAX as u64 - 1);
        assert!(bag.has_room());
        send(&mut bag);
        bag.put(Letter { number: 0, topic: "t".to_owned(), payload: Vec::new() });
        assert!(!bag.has_room());
        bag.acknowledged(1);
        assert!(bag.has_room());
    }
}
