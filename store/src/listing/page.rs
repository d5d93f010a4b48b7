//! Lists in pages: each goes on after a cursor, so that what comes meanwhile neither doubles nor hides a row.

use crate::limits::PAGE_ROWS_MAX;

/// Which part of a list is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The rows after this one: [`Listing::next`] of the page before. From the first if it is not given.
    pub after: Option<String>,
    /// How many at most; never more than [`PAGE_ROWS_MAX`].
    pub rows_max: u32,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listing<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page goes on, if there is one.
    pub next: Option<String>,
}

impl Page {
    /// Returns the cursor.
    pub(crate) fn after(&self) -> &str {
        self.after.as_deref().unwrap_or_default()
    }

    /// Returns how many rows are asked of the database: one more than are told, which says whether there is a next page.
    pub(crate) fn rows(&self) -> u64 {
        u64::from(self.told()) + 1
    }

    /// Returns the page of rows that the database gave.
    pub(crate) fn of<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> String) -> Listing<T> {
        let told = self.told() as usize;
        let has_more = rows.len() > told;
        rows.truncate(told);
        let next = rows.last().filter(|_| has_more).map(key);
        Listing { items: rows, next }
    }

    fn told(&self) -> u32 {
        self.rows_max.clamp(1, PAGE_ROWS_MAX)
    }
}

impl<T> Listing<T> {
    /// Returns the page with something made of each row.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Listing<U> {
        Listing { items: self.items.into_iter().map(make).collect(), next: self.next }
    }
}
