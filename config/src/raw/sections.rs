//! The sections of all files, put together: list sections one after the other, the others once.

use std::collections::BTreeMap;

use crate::desk::Desk;
use crate::document::{Content, Entry, Table};
use crate::later::later_section;
use crate::place::{FileIndex, Place};
use crate::problems;
use crate::reader::tables_of;

/// The sections that are one table.
const TABLES: &[&str] = &["gateway", "engine", "store", "publish", "http", "replay", "jobs"];

/// The sections that are lists of tables.
const LISTS: &[&str] = &[
    "scan_classes",
    "connections",
    "tags",
    "datasets",
    "locations",
    "station_connections",
    "materials",
    "production_orders",
    "schedule",
    "operations",
];

/// Read with the files, before there are sections.
const INCLUDE: &str = "include";

/// Stands in for a section that no file has.
static ABSENT: Table = Table { place: Place::beginning(FileIndex(0)), entries: Vec::new() };

/// The sections of all files.
#[derive(Debug, Default)]
pub(crate) struct Sections<'a> {
    tables: BTreeMap<&'a str, (Place, &'a Table)>,
    lists: BTreeMap<&'a str, Vec<&'a Table>>,
}

impl<'a> Sections<'a> {
    /// Puts the sections of all files together.
    pub(crate) fn collect(desk: &mut Desk<'a>) -> Self {
        let mut sections = Self::default();
        for entry in desk.files.iter().flat_map(|file| &file.root.entries) {
            sections.add(entry, desk);
        }
        sections
    }

    /// Returns a section that is one table; an empty one if no file has it.
    pub(crate) fn table(&self, name: &str) -> &'a Table {
        self.find(name).unwrap_or(&ABSENT)
    }

    /// Returns a section that is one table, if any file has it.
    pub(crate) fn find(&self, name: &str) -> Option<&'a Table> {
        self.tables.get(name).map(|&(_, table)| table)
    }

    /// Returns the entries of a list section.
    pub(crate) fn list(&self, name: &str) -> &[&'a Table] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, entry: &'a Entry, desk: &mut Desk<'a>) {
        let key = &*entry.key;
        if LISTS.contains(&key) {
            self.lists.entry(key).or_default().extend(tables_of(&entry.item, key, &format!("[[{key}]]"), desk));
        } else if TABLES.contains(&key) {
            self.add_table(entry, desk);
        } else if key != INCLUDE {
            unknown_section(entry, desk);
        }
    }

    fn add_table(&mut self, entry: &'a Entry, desk: &mut Desk<'a>) {
        let key = &*entry.key;
        let Content::Table(table) = &entry.item.content else {
            let message = format!("`{key}` is {}, expected a table", entry.item.content.kind());
            desk.findings.add(problems::WRONG_TYPE, entry.item.place, message).hint(format!("write `[{key}]`"));
            return;
        };
        if let Some((first, _)) = self.tables.get(key) {
            let hint = format!("the first is at {}", desk.location(*first));
            desk.findings
                .add(problems::DUPLICATE_SECTION, entry.key_place, format!("`[{key}]` is set twice"))
                .hint(hint);
            return;
        }
        self.tables.insert(key, (entry.key_place, table));
    }
}

fn unknown_section(entry: &Entry, desk: &mut Desk<'_>) {
    let key = &*entry.key;
    if let Some(later) = later_section(key) {
        let message = format!("`{key}` is not in this version");
        desk.findings.add(problems::NOT_IN_VERSION, entry.key_place, message).hint(later.hint);
        return;
    }
    let known = TABLES.iter().chain(LISTS).copied().chain([INCLUDE]);
    let suggestion = desk.suggest(key, known);
    let (message, otherwise) = if matches!(entry.item.content, Content::Table(_) | Content::List(_)) {
        (format!("there is no section `{key}`"), None)
    } else {
        let hint = "keys stand below the header of their section, such as `[gateway]`".to_owned();
        (format!("there is no key `{key}` above the first section"), Some(hint))
    };
    desk.findings.add(problems::UNKNOWN_KEY, entry.key_place, message).hint_if(suggestion.or(otherwise));
}
