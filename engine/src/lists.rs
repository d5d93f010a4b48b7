//! Many short lists in one piece of memory.

/// Lists by their numbers.
#[derive(Debug)]
pub(crate) struct Lists<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Lists<T> {
    /// Sorts items into `count` lists, keeping their order within each.
    pub(crate) fn new(count: usize, items: impl Iterator<Item = (usize, T)>) -> Self {
        let mut keyed: Vec<(usize, T)> = items.collect();
        keyed.sort_by_key(|&(list, _)| list);
        let mut starts = vec![0; count + 1];
        for &(list, _) in &keyed {
            starts[list + 1] += 1;
        }
        for list in 0..count {
            starts[list + 1] += starts[list];
        }
        Self { starts, items: keyed.into_iter().map(|(_, item)| item).collect() }
    }

    /// Returns a list.
    #[inline]
    pub(crate) fn get(&self, list: usize) -> &[T] {
        &self.items[self.starts[list] as usize..self.starts[list + 1] as usize]
    }
}
