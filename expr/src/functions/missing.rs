//! The functions of the language that this version does not have yet. One that gets its row
//! leaves this list; a test holds the two apart.

use super::Category;

/// A function of the language that this version does not have yet.
#[derive(Clone, Copy, Debug)]
pub struct Missing {
    /// The name as documented.
    pub name: &'static str,
    /// Its chapter.
    pub category: Category,
}

const fn missing(category: Category, name: &'static str) -> Missing {
    Missing { name, category }
}

const MISSING: &[Missing] = &[
    missing(Category::Advanced, "columnRearrange"),
    missing(Category::Advanced, "columnRename"),
    missing(Category::Advanced, "sortDataset"),
    missing(Category::Advanced, "forceQuality"),
    missing(Category::Advanced, "qualifiedValue"),
    missing(Category::Advanced, "qualityOf"),
    missing(Category::Advanced, "timestampOf"),
    missing(Category::Advanced, "tag"),
    missing(Category::Advanced, "typeOf"),
    missing(Category::Json, "jsonFormat"),
    missing(Category::Json, "jsonGet"),
    missing(Category::Json, "jsonSet"),
];

/// Returns the functions that this version does not have yet, chapter by chapter.
pub fn missing_functions() -> &'static [Missing] {
    MISSING
}
