//! Which record of one file is which of the other: the same run, perhaps moved.
//!
//! Runs of one operation pair when they start at the same instant; what is left pairs by the longest time in common.

use std::collections::BTreeMap;

use super::row::Row;

/// Two records of the same run, or one that the other file does not have: places in their files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pair {
    Both(usize, usize),
    Before(usize),
    After(usize),
}

/// Pairs the records of two files. Each is in one pair.
pub(super) fn pairs(before: &[Row], after: &[Row], tolerance: i64) -> Vec<Pair> {
    let mut groups: BTreeMap<(&str, &str), [Vec<usize>; 2]> = BTreeMap::new();
    for (side, rows) in [before, after].into_iter().enumerate() {
        for (place, row) in rows.iter().enumerate() {
            groups.entry((&row.location, &row.operation)).or_default()[side].push(place);
        }
    }
    let mut pairs = Vec::with_capacity(before.len());
    for [mut old, mut new] in groups.into_values() {
        old.sort_by_key(|&place| before[place].start);
        new.sort_by_key(|&place| after[place].start);
        let (old, new) = same_start((before, old), (after, new), &mut pairs);
        let mut left = Left { rows: after, places: new.into_iter().map(Some).collect(), first: 0 };
        for place in old {
            let found = left.take_most_in_common(&before[place], tolerance);
            pairs.push(found.map_or(Pair::Before(place), |found| Pair::Both(place, found)));
        }
        pairs.extend(left.places.into_iter().flatten().map(Pair::After));
    }
    pairs
}

/// Pairs those that start at the same instant, in their order; returns the others.
fn same_start(
    (before, old): (&[Row], Vec<usize>),
    (after, new): (&[Row], Vec<usize>),
    pairs: &mut Vec<Pair>,
) -> (Vec<usize>, Vec<usize>) {
    let (mut old_left, mut new_left) = (Vec::new(), Vec::new());
    let mut new = new.into_iter().peekable();
    for place in old {
        let start = before[place].start;
        while let Some(earlier) = new.next_if(|&other| after[other].start < start) {
            new_left.push(earlier);
        }
        match new.next_if(|&other| after[other].start == start) {
            Some(other) => pairs.push(Pair::Both(place, other)),
            None => old_left.push(place),
        }
    }
    new_left.extend(new);
    (old_left, new_left)
}

/// The records of the second file that are in no pair yet, by their start.
struct Left<'a> {
    rows: &'a [Row],
    places: Vec<Option<usize>>,
    /// The first that may still have something in common with a record that starts later than those before.
    first: usize,
}

impl Left<'_> {
    /// Takes out the record that has most time in common with another, the first of several. The others come by their
    /// start, so that what ended before one ended before all that follow.
    fn take_most_in_common(&mut self, row: &Row, tolerance: i64) -> Option<usize> {
        let is_over = |place: &Option<usize>| place.is_none_or(|place| self.rows[place].ends_before(row, tolerance));
        self.first += self.places[self.first..].iter().take_while(|place| is_over(place)).count();
        let mut best: Option<(i64, usize)> = None;
        for (number, place) in self.places.iter().enumerate().skip(self.first) {
            let Some(place) = *place else { continue };
            if row.ends_before(&self.rows[place], tolerance) {
                break;
            }
            let common = row.overlap(&self.rows[place], tolerance);
            if common > best.map_or(0, |(most, _)| most) {
                best = Some((common, number));
            }
        }
        self.places[best?.1].take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(spans: &[(u32, Option<u32>)]) -> Vec<Row> {
        let date = |second: u32| format!("\"2026-01-01T00:00:{second:02}Z\"");
        let row = |&(start, end): &(u32, Option<u32>)| {
            let (start, end) = (date(start), end.map_or("null".to_owned(), date));
            let line = r#"{"operation":"A","location":"Line","start_date":START,"end_date":END}"#;
            Row::read(&line.replace("START", &start).replace("END", &end)).unwrap()
        };
        spans.iter().map(row).collect()
    }

    fn paired(before: &[(u32, Option<u32>)], after: &[(u32, Option<u32>)], tolerance: i64) -> Vec<Pair> {
        pairs(&rows(before), &rows(after), tolerance)
    }

    #[test]
    fn the_same_start_is_the_same_run_wherever_it_stands() {
        let found = paired(&[(10, Some(20)), (0, Some(5))], &[(0, Some(30)), (10, None)], 0);
        assert_eq!(found, [Pair::Both(1, 0), Pair::Both(0, 1)]);
    }

    #[test]
    fn what_moved_pairs_by_the_time_in_common() {
        let found = paired(&[(10, Some(20))], &[(5, Some(11)), (12, Some(30)), (40, None)], 0);
        assert_eq!(found, [Pair::Both(0, 1), Pair::After(0), Pair::After(2)]);
        let found = paired(&[(10, None)], &[(2, Some(10)), (11, None)], 0);
        assert_eq!(found, [Pair::Both(0, 1), Pair::After(0)]);
    }

    #[test]
    fn what_only_touches_is_another_run_unless_that_is_tolerated() {
        let (before, after) = ([(10, Some(20))], [(20, Some(30))]);
        assert_eq!(paired(&before, &after, 0), [Pair::Before(0), Pair::After(0)]);
        assert_eq!(paired(&before, &after, 1_000_000), [Pair::Both(0, 0)]);
        assert_eq!(paired(&[(10, Some(10))], &[(11, Some(11))], 2_000_000), [Pair::Both(0, 0)]);
    }
}
