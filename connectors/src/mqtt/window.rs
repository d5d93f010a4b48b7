//! Which messages the broker still holds for us: acknowledged once they are committed, in the order in which they came.
//!
//! Pure. A message is known by its packet id as long as the broker may send it again: when it does, it is told from a
//! new one, and not taken twice.

use std::collections::{BTreeMap, VecDeque};

use super::client::{Guarantee, Held};
use crate::batch::Taken;
use crate::limits::MQTT_TAKEN_KEPT;

/// The bits of a message's number that hold its packet id: a receipt finds its message without a search.
const PACKET_BITS: u32 = 16;

/// What a message that came is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// A new one, with the number that its receipt tells.
    New(u64),
    /// One that is in hand already.
    Again,
}

/// The messages of `QoS` 1 and 2 in hand, and the last that were acknowledged. There are never more than packet ids.
#[derive(Debug, Default)]
pub(super) struct Window {
    count: u64,
    /// By packet id. Not hashed: as ids come and go, such a table is made anew at twice its size once its places are spent.
    messages: BTreeMap<u16, Message>,
    /// The packet ids to acknowledge on this connection, in the order of arrival [MQTT-4.6.0-2].
    order: VecDeque<u16>,
    /// The messages of `QoS` 1 that were acknowledged last, with their numbers: those before them are not sent again.
    acknowledged: VecDeque<(u16, u64)>,
}

#[derive(Clone, Copy, Debug)]
struct Message {
    number: u64,
    guarantee: Guarantee,
    /// Of topic and payload: a broker that mixes up its ids is not believed.
    digest: u64,
    state: State,
    /// Whether its id is in the order.
    is_expected: bool,
}

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// With the engine.
    Pending,
    /// Durable.
    Committed,
    /// Acknowledged. On the same connection the broker may have sent it again before it knew; with `QoS` 2 it may until
    /// it has released the id.
    Acknowledged,
}

impl Window {
    /// Returns a window that knows what an earlier one took: its acknowledgements may not have arrived.
    pub(super) fn resumed(taken: &[Taken]) -> Self {
        let message = |taken: &Taken| Message {
            number: 0,
            guarantee: if taken.is_once { Guarantee::Once } else { Guarantee::AtLeastOnce },
            digest: taken.digest,
            state: State::Committed,
            is_expected: false,
        };
        let messages = taken.iter().map(|taken| (taken.packet, message(taken))).collect();
        Self { messages, ..Self::default() }
    }

    /// Enters a message that came.
    pub(super) fn arrived(&mut self, held: Held, digest: u64) -> Arrival {
        let Held { packet, guarantee, again } = held;
        if let Some(message) = self.messages.get_mut(&packet).filter(|known| again && known.digest == digest) {
            if message.state == State::Acknowledged {
                message.state = State::Committed;
            }
            if !std::mem::replace(&mut message.is_expected, true) {
                self.order.push_back(packet);
            }
            return Arrival::Again;
        }
        self.count += 1;
        let number = self.count << PACKET_BITS | u64::from(packet);
        let message = Message { number, guarantee, digest, state: State::Pending, is_expected: true };
        if !self.messages.insert(packet, message).is_some_and(|before| before.is_expected) {
            self.order.push_back(packet);
        }
        Arrival::New(number)
    }

    /// Notes that a message is durable.
    pub(super) fn committed(&mut self, number: u64) {
        #[expect(clippy::cast_possible_truncation, reason = "the low bits are the packet id")]
        let packet = number as u16;
        // Another message has the id if the broker forgot this one meanwhile.
        if let Some(message) = self.messages.get_mut(&packet).filter(|message| message.number == number) {
            message.state = State::Committed;
        }
    }

    /// Returns the next message to acknowledge, once all before it are.
    pub(super) fn acknowledge(&mut self) -> Option<(u16, Guarantee)> {
        let packet = *self.order.front()?;
        let message = self.messages.get_mut(&packet).filter(|message| message.state == State::Committed)?;
        message.state = State::Acknowledged;
        message.is_expected = false;
        let Message { number, guarantee, .. } = *message;
        self.order.pop_front();
        if guarantee == Guarantee::AtLeastOnce {
            self.acknowledged.push_back((packet, number));
            self.forget_oldest();
        }
        Some((packet, guarantee))
    }

    /// Forgets what was acknowledged longest ago, if there is too much of it.
    fn forget_oldest(&mut self) {
        if self.acknowledged.len() <= usize::from(MQTT_TAKEN_KEPT) {
            return;
        }
        let Some((packet, number)) = self.acknowledged.pop_front() else { return };
        let is_it = |message: &Message| message.number == number && message.state == State::Acknowledged;
        if self.messages.get(&packet).is_some_and(is_it) {
            self.messages.remove(&packet);
        }
    }

    /// Notes that the broker will not send a `QoS` 2 message again.
    pub(super) fn released(&mut self, packet: u16) {
        if self.messages.get(&packet).is_some_and(|message| message.state == State::Acknowledged) {
            self.messages.remove(&packet);
        }
    }

    /// Notes that the connection is lost: nothing can be acknowledged until it is sent again. A `QoS` 1 message whose
    /// acknowledgement was on its way is forgotten: the broker may give its id to another.
    pub(super) fn disconnected(&mut self) {
        self.order.clear();
        self.acknowledged.clear();
        self.messages.retain(|_, message| {
            message.is_expected = false;
            message.guarantee == Guarantee::Once || message.state != State::Acknowledged
        });
    }

    /// Notes that the broker has forgotten all it held.
    pub(super) fn forgotten(&mut self) {
        self.order.clear();
        self.acknowledged.clear();
        self.messages.clear();
    }

    /// Tells whether there are messages that wait for their commit.
    pub(super) fn is_open(&self) -> bool {
        !self.order.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NONE: [u16; 0] = [];

    fn held(packet: u16, again: bool) -> Held {
        Held { packet, guarantee: Guarantee::AtLeastOnce, again }
    }

    fn new(window: &mut Window, packet: u16) -> u64 {
        match window.arrived(held(packet, false), 0) {
            Arrival::New(number) => number,
            Arrival::Again => panic!("{packet} is new"),
        }
    }

    fn acknowledged(window: &mut Window) -> Vec<u16> {
        std::iter::from_fn(|| window.acknowledge()).map(|(packet, _)| packet).collect()
    }

    #[test]
    fn messages_are_acknowledged_in_order_and_only_after_their_commit() {
        let mut window = Window::default();
        let numbers = [3, 1, 2].map(|packet| new(&mut window, packet));
        assert_eq!(acknowledged(&mut window), NONE);
        window.committed(numbers[1]);
        assert_eq!(acknowledged(&mut window), NONE);
        window.committed(numbers[0]);
        assert_eq!(acknowledged(&mut window), [3, 1]);
        assert!(window.is_open());
        window.committed(numbers[2]);
        assert_eq!(acknowledged(&mut window), [2]);
        assert!(!window.is_open());
    }

    #[test]
    fn what_an_earlier_process_took_is_acknowledged_and_not_taken_again() {
        let taken = |packet, digest| Taken { packet, digest, is_once: false };
        let mut window = Window::resumed(&[taken(7, 1), taken(8, 2), taken(9, 3), taken(7, 4)]);
        assert!(!window.is_open());
        // Of two with one id the later one counts; and a broker may mix up its ids.
        assert_eq!(window.arrived(held(7, true), 4), Arrival::Again);
        assert_eq!(window.arrived(held(8, true), 2), Arrival::Again);
        assert!(matches!(window.arrived(held(9, true), 5), Arrival::New(_)));
        assert_eq!(acknowledged(&mut window), [7, 8]);
        // The id is given to another message.
        assert!(matches!(window.arrived(held(7, false), 4), Arrival::New(_)));
        let mut window = Window::resumed(&[taken(7, 1)]);
        window.forgotten();
        assert!(matches!(window.arrived(held(7, true), 1), Arrival::New(_)));
    }

    #[test]
    fn a_message_in_hand_is_not_taken_twice_and_is_acknowledged_on_the_new_connection() {
        let mut window = Window::default();
        let number = new(&mut window, 7);
        window.disconnected();
        window.committed(number);
        assert_eq!(acknowledged(&mut window), NONE);
        assert_eq!(window.arrived(held(7, true), 0), Arrival::Again);
        assert_eq!(acknowledged(&mut window), [7]);
    }

    #[test]
    fn a_message_that_was_acknowledged_may_be_another_after_a_loss() {
        let mut window = Window::default();
        let number = new(&mut window, 7);
        window.committed(number);
        assert_eq!(acknowledged(&mut window), [7]);
        // On the same connection it crossed the acknowledgement.
        assert_eq!(window.arrived(held(7, true), 0), Arrival::Again);
        assert_eq!(acknowledged(&mut window), [7]);
        window.disconnected();
        assert!(matches!(window.arrived(held(7, true), 0), Arrival::New(_)));
    }

    #[test]
    fn only_the_latest_that_were_acknowledged_are_known() {
        let mut window = Window::default();
        let take = |window: &mut Window, packet| {
            let number = new(window, packet);
            window.committed(number);
            assert_eq!(acknowledged(window), [packet]);
        };
        for packet in 0..MQTT_TAKEN_KEPT {
            take(&mut window, packet);
        }
        // The oldest goes for the message that has its id now, and the next oldest for another.
        take(&mut window, 0);
        take(&mut window, u16::MAX);
        assert_eq!(window.messages.len(), usize::from(MQTT_TAKEN_KEPT));
        let known = [0, 2, u16::MAX].map(|packet| window.arrived(held(packet, true), 0));
        assert_eq!(known, [Arrival::Again; 3]);
        assert!(matches!(window.arrived(held(1, true), 0), Arrival::New(_)));
    }

    #[test]
    fn a_qos_2_message_is_known_until_it_is_released() {
        let mut window = Window::default();
        let held = |again| Held { packet: 7, guarantee: Guarantee::Once, again };
        let Arrival::New(number) = window.arrived(held(false), 0) else { panic!("it is new") };
        window.committed(number);
        assert_eq!(acknowledged(&mut window), [7]);
        window.disconnected();
        assert_eq!(window.arrived(held(true), 0), Arrival::Again);
        assert_eq!(acknowledged(&mut window), [7]);
        window.released(7);
        assert!(matches!(window.arrived(held(true), 0), Arrival::New(_)));
    }

    #[test]
    fn another_content_a_first_sending_or_a_new_session_is_another_message() {
        let mut window = Window::default();
        let first = new(&mut window, 7);
        assert!(matches!(window.arrived(held(7, true), 1), Arrival::New(_)));
        // The receipt of the first is nobody's now.
        window.committed(first);
        assert_eq!(acknowledged(&mut window), NONE);
        let second = new(&mut window, 7);
        window.forgotten();
        window.committed(second);
        assert!(matches!(window.arrived(held(7, true), 0), Arrival::New(_)));
    }

    proptest! {
        #[test]
        fn any_order_of_commits_acknowledges_each_message_once_in_order(
            commits in Just((0..20_usize).collect::<Vec<_>>()).prop_shuffle(),
        ) {
            let mut window = Window::default();
            let numbers: Vec<u64> = (1..=20).map(|packet| new(&mut window, packet)).collect();
            let mut order = Vec::new();
            for commit in commits {
                window.committed(numbers[commit]);
                order.extend(acknowledged(&mut window));
            }
            prop_assert_eq!(order, (1..=20).collect::<Vec<_>>());
        }
    }
}
