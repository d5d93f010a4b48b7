//! A small deterministic generator (splitmix64), so that a seed gives the same case everywhere and for ever.

/// A source of chance that is none.
pub(crate) struct Dice(u64);

impl Dice {
    /// Returns the dice of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number from 0 up to, but without, `sides`.
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        let sides = u64::try_from(sides).expect("a slice's length is a u64");
        usize::try_from(self.next() % sides).expect("smaller than a usize")
    }

    /// Returns a number of an inclusive range.
    pub(crate) fn between(&mut self, least: i64, most: i64) -> i64 {
        let span = usize::try_from(most - least + 1).expect("a range that is not empty");
        least + i64::try_from(self.below(span)).expect("smaller than an i64")
    }

    /// Says yes in so many of a hundred cases.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// Returns one of the choices.
    pub(crate) fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let mut dice = Dice::new(0);
        assert_eq!([dice.next(), dice.next()], [0xE220_A839_7B1D_CDAF, 0x6E78_9E6A_A1B9_65F4]);
    }

    #[test]
    fn a_range_includes_both_its_ends() {
        let mut dice = Dice::new(7);
        let thrown: std::collections::BTreeSet<i64> = (0..200).map(|_| dice.between(-1, 2)).collect();
        assert_eq!(thrown.into_iter().collect::<Vec<_>>(), [-1, 0, 1, 2]);
    }
}
