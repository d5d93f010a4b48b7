//! Which of the things that happened is which of those that were expected.

use std::collections::VecDeque;

/// Pairs expectations with what meets them, as many as can be: of several that would do each gets one that leaves the
/// others theirs. Returns for each expectation the place of what meets it.
pub(super) fn pair(expected: usize, actual: usize, is_met: impl Fn(usize, usize) -> bool) -> Vec<Option<usize>> {
    let mut pairs = Pairs { of_expected: vec![None; expected], of_actual: vec![None; actual] };
    // In nearly every test the first that is free is the right one.
    for one in 0..expected {
        if let Some(other) = (0..actual).find(|&other| pairs.of_actual[other].is_none() && is_met(one, other)) {
            pairs.join(one, other);
        }
    }
    for one in 0..expected {
        if pairs.of_expected[one].is_none() {
            pairs.make_room(one, &is_met);
        }
    }
    pairs.of_expected
}

struct Pairs {
    of_expected: Vec<Option<usize>>,
    of_actual: Vec<Option<usize>>,
}

impl Pairs {
    fn join(&mut self, one: usize, other: usize) {
        self.of_expected[one] = Some(other);
        self.of_actual[other] = Some(one);
    }

    /// Finds a partner for an expectation by having others change theirs: the shortest such chain, if there is one.
    fn make_room(&mut self, one: usize, is_met: &impl Fn(usize, usize) -> bool) {
        // By whom each was asked for.
        let mut asked_by: Vec<Option<usize>> = vec![None; self.of_actual.len()];
        let mut asking = VecDeque::from([one]);
        while let Some(asker) = asking.pop_front() {
            for other in 0..self.of_actual.len() {
                if asked_by[other].is_some() || !is_met(asker, other) {
                    continue;
                }
                asked_by[other] = Some(asker);
                match self.of_actual[other] {
                    Some(holder) => asking.push_back(holder),
                    None => return self.pass_on(other, &asked_by),
                }
            }
        }
    }

    /// Gives what is free to who asked for it, and what that held to who asked for that.
    fn pass_on(&mut self, free: usize, asked_by: &[Option<usize>]) {
        let mut next = Some(free);
        while let Some((other, asker)) = next.and_then(|other| Some((other, asked_by[other]?))) {
            next = self.of_expected[asker];
            self.join(asker, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each expectation is the set of what would meet it.
    #[track_caller]
    fn check(sets: &[&[usize]], actual: usize, expected: &[Option<usize>]) {
        assert_eq!(pair(sets.len(), actual, |one, other| sets[one].contains(&other)), expected);
    }

    #[test]
    fn the_first_that_is_free_is_taken() {
        check(&[&[0, 1], &[0, 1]], 2, &[Some(0), Some(1)]);
        check(&[&[1], &[]], 2, &[Some(1), None]);
    }

    #[test]
    fn a_vague_expectation_gives_way_to_an_exact_one() {
        check(&[&[0, 1], &[0]], 2, &[Some(1), Some(0)]);
        check(&[&[0, 1], &[0], &[0]], 2, &[Some(1), Some(0), None]);
    }

    #[test]
    fn as_many_as_can_be_are_paired() {
        check(&[&[0, 1], &[1, 2], &[0]], 3, &[Some(1), Some(2), Some(0)]);
    }
}
