//! A condition as a rung of contacts, as ladder diagrams draw it: each contact is a comparison of a tag with a number,
//! and remembers what it gives; what joins them is followed without looking at any tag.
//!
//! Pure speed: a rung tells what [`Program::truth`](crate::Program::truth) would, or nothing.

use crate::image::TagSlot;

/// Most contacts of a rung: with what they remember it fits a line of the cache beside what its owner keeps. Longer
/// conditions have no rung, and are evaluated.
const CONTACTS_MAX: usize = 16;
/// Where a rung ends that is true, and where one that is false: behind all contacts.
const ENDS: [u8; 2] = [16, 17];

/// A condition's rung, and its contacts by the tags that close and open them.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// The rung, of whose contacts nothing is known yet.
    pub rung: Rung,
    /// Every comparison of a tag with a number: while its tag moves, nothing but these changes the truth.
    pub contacts: Vec<(TagSlot, Contact)>,
    /// The tags any change of which may change the truth.
    pub others: Vec<TagSlot>,
}

/// The numbers with which a tag closes a contact: from one to another, both included.
#[derive(Clone, Copy, Debug)]
pub struct Contact {
    first: f64,
    last: f64,
    /// Its place in the rung; behind its end if it has none there.
    place: u8,
}

impl Contact {
    pub(crate) fn new([first, last]: [f64; 2], place: usize) -> Self {
        Self { first, last, place: u8::try_from(place).unwrap_or(u8::MAX) }
    }

    /// Returns the first and the last number that close it.
    pub const fn ends(self) -> [f64; 2] {
        [self.first, self.last]
    }

    /// Tells whether a number closes it.
    #[inline]
    pub const fn is_closed_by(self, number: f64) -> bool {
        self.first <= number && number <= self.last
    }

    /// Returns the first and the last of the finite numbers around a finite one that close it too, or do not either.
    #[inline]
    pub fn around(self, number: f64) -> [f64; 2] {
        if self.is_closed_by(number) {
            return [self.first.max(f64::MIN), self.last.min(f64::MAX)];
        }
        let above = if self.last < number { self.last.next_up() } else { f64::MIN };
        let below = if number < self.first { self.first.next_down() } else { f64::MAX };
        [above, below]
    }
}

/// What joins the contacts of a condition, and what is known of them.
#[derive(Clone, Copy, Debug)]
pub struct Rung {
    /// The contacts that are closed, a bit each.
    closed: u16,
    /// The contacts of which that is known.
    known: u16,
    /// Where it goes on behind each contact: if that is open, and if it is closed.
    ways: [[u8; 2]; CONTACTS_MAX],
}

impl Default for Rung {
    /// Returns the rung of a condition that has none: nothing is ever known of its first contact.
    fn default() -> Self {
        Self { closed: 0, known: 0, ways: [ENDS; CONTACTS_MAX] }
    }
}

impl Rung {
    /// Notes whether a contact is closed, if that is known.
    #[inline]
    pub fn note(&mut self, contact: Contact, is_closed: Option<bool>) {
        // No bit for a contact that has no place.
        let bit = 1_u16.checked_shl(u32::from(contact.place)).unwrap_or_default();
        self.known = if is_closed.is_some() { self.known | bit } else { self.known & !bit };
        self.closed = if is_closed == Some(true) { self.closed | bit } else { self.closed & !bit };
    }

    /// Takes it that nothing is known of any contact.
    pub const fn forget(&mut self) {
        self.known = 0;
    }

    /// Returns the truth, unless it hangs on a contact of which nothing is known.
    #[inline]
    pub fn truth(&self) -> Option<bool> {
        let mut place = 0;
        // Every way leads forward.
        while let Some(ways) = self.ways.get(place) {
            if self.known >> place & 1 == 0 {
                return None;
            }
            place = usize::from(ways[usize::from(self.closed >> place & 1)]);
        }
        Some(place == usize::from(ENDS[1]))
    }
}

/// Where a part of a condition goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// The condition has this truth.
    End(bool),
    /// At a contact, counted from the last one.
    Contact(usize),
}

/// A rung that is laid from its end: who comes to a contact knows where each of its ways leads.
#[derive(Debug, Default)]
pub(crate) struct RungLayer(Vec<[Way; 2]>);

impl RungLayer {
    /// Lays a contact, and where it goes on if it is open and if it is closed; returns the way to it.
    pub(crate) fn lay(&mut self, open: Way, closed: Way) -> Way {
        self.0.push([open, closed]);
        Way::Contact(self.0.len() - 1)
    }

    /// Returns the place of a contact by the way to it, and the rung, once all are laid.
    pub(crate) fn done(self) -> (Rung, impl Fn(Way) -> usize) {
        let count = self.0.len();
        let place = move |way| match way {
            Way::End(truth) => usize::from(ENDS[usize::from(truth)]),
            Way::Contact(_) if count > CONTACTS_MAX => usize::MAX,
            Way::Contact(number) => count - 1 - number,
        };
        let mut rung = Rung::default();
        if count <= CONTACTS_MAX {
            for (ways, laid) in rung.ways.iter_mut().zip(self.0.iter().rev()) {
                *ways = laid.map(|way| u8::try_from(place(way)).unwrap_or(u8::MAX));
            }
        }
        (rung, place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn around_a_number_a_contact_gives_the_same_and_right_behind_another() {
        let (inf, min, max) = (f64::INFINITY, f64::MIN, f64::MAX);
        for ends in [[5.0, inf], [-inf, 5.0], [2.0, 2.0], [2.0, 5.0], [f64::NAN, inf], [-inf, inf]] {
            let contact = Contact::new(ends, 0);
            for number in [min, -0.0, 1.0, 2.0, 2.0_f64.next_up(), 4.0, 5.0, 5.0_f64.next_down(), 5.5, max] {
                let [first, last] = contact.around(number);
                assert!(first <= number && number <= last, "{number} in {ends:?}");
                for (inside, outside) in [(first, first.next_down()), (last, last.next_up())] {
                    assert_eq!(contact.is_closed_by(inside), contact.is_closed_by(number), "{inside} in {ends:?}");
                    let is_other = contact.is_closed_by(outside) != contact.is_closed_by(number);
                    assert!(is_other || outside.is_infinite(), "{outside} beside {number} in {ends:?}");
                }
            }
        }
    }
}
