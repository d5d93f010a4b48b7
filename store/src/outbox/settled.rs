//! Which events are settled: a floor below which all are, and islands above it. Pure.

use std::collections::BTreeMap;

/// Events from a first to a last one, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first.
    pub first: u64,
    /// The last; not before the first.
    pub last: u64,
}

impl Span {
    /// Returns one event alone.
    pub const fn one(seq: u64) -> Self {
        Self { first: seq, last: seq }
    }

    /// Returns the events between two others, if there are any.
    pub fn between(first: u64, last: u64) -> Option<Self> {
        (first <= last).then_some(Self { first, last })
    }

    /// Returns how many events it is.
    pub const fn count(self) -> u64 {
        self.last - self.first + 1
    }
}

/// The events that are settled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    floor: u64,
    /// First to last; none touches another or the floor.
    islands: BTreeMap<u64, u64>,
}

impl Settled {
    /// Returns the events up to one.
    pub const fn up_to(floor: u64) -> Self {
        Self { floor, islands: BTreeMap::new() }
    }

    /// Returns the event up to which all are settled; 0 before the first.
    pub const fn floor(&self) -> u64 {
        self.floor
    }

    /// Adds events; those that were there already change nothing.
    pub fn add(&mut self, span: Span) {
        let Some(Span { mut first, mut last }) = Span::between(span.first.max(self.floor + 1), span.last) else {
            return;
        };
        while let Some((&island, &end)) = self.islands.range(..=last + 1).next_back() {
            if end + 1 < first {
                break;
            }
            self.islands.remove(&island);
            (first, last) = (first.min(island), last.max(end));
        }
        if first == self.floor + 1 {
            self.floor = last;
        } else {
            self.islands.insert(first, last);
        }
    }

    /// Returns what is not settled up to an event, in order.
    pub fn gaps(&self, head: u64) -> Vec<Span> {
        let mut gaps = Vec::new();
        let mut next = self.floor + 1;
        for (&first, &last) in &self.islands {
            gaps.extend(Span::between(next, (first - 1).min(head)));
            next = last + 1;
        }
        gaps.extend(Span::between(next, head));
        gaps
    }

    /// Returns all that is settled above the floor, in order.
    pub fn islands(&self) -> impl Iterator<Item = Span> {
        self.islands.iter().map(|(&first, &last)| Span { first, last })
    }

    /// Takes all that is settled above the floor, in order, and forgets it.
    pub fn take_islands(&mut self) -> Vec<Span> {
        std::mem::take(&mut self.islands).into_iter().map(|(first, last)| Span { first, last }).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Adds spans such as `5-7 9` to what is settled up to 3; returns the floor, the islands, and the gaps up to 12.
    fn check(spans: &str, expected: &str) {
        let mut settled = Settled::up_to(3);
        for span in spans.split(' ') {
            let (first, last) = span.split_once('-').unwrap_or((span, span));
            settled.add(Span { first: first.parse().unwrap(), last: last.parse().unwrap() });
        }
        let shown = |spans: Vec<Span>| {
            spans.iter().map(|span| format!("{}-{}", span.first, span.last)).collect::<Vec<_>>().join(" ")
        };
        let found = format!("{}, {}, {}", settled.floor(), shown(settled.islands().collect()), shown(settled.gaps(12)));
        assert_eq!(found, expected, "{spans}");
    }

    #[test]
    fn spans_join_and_lift_the_floor() {
        check("4", "4, , 5-12");
        check("6", "3, 6-6, 4-5 7-12");
        check("6 7 5", "3, 5-7, 4-4 8-12");
        check("6 8 7", "3, 6-8, 4-5 9-12");
        check("6 8 4 5 7", "8, , 9-12");
        check("9 5-10", "3, 5-10, 4-4 11-12");
        check("5-10 7 6-12", "3, 5-12, 4-4");
        check("1-3", "3, , 4-12");
        check("2-20", "20, , ");
        check("15", "3, 15-15, 4-12");
    }

    proptest! {
        #[test]
        fn any_order_settles_the_same(spans in prop::collection::vec((1_u64..40, 0_u64..6), 0..30)) {
            let mut settled = Settled::default();
            let mut model = BTreeSet::new();
            for (first, more) in spans {
                settled.add(Span { first, last: first + more });
                model.extend(first..=first + more);
            }
            let floor = (1..=50).take_while(|seq| model.contains(seq)).last().unwrap_or(0);
            prop_assert_eq!(settled.floor(), floor);
            let unsettled: Vec<u64> = (1..=50).filter(|seq| !model.contains(seq)).collect();
            let gaps: Vec<u64> = settled.gaps(50).iter().flat_map(|gap| gap.first..=gap.last).collect();
            prop_assert_eq!(gaps, unsettled);
            let spans: Vec<Span> = settled.islands().collect();
            prop_assert!(spans.windows(2).all(|pair| pair[0].last + 1 < pair[1].first), "{:?}", spans);
        }
    }
}
