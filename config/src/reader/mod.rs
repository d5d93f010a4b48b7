//! Reading the keys of one table. A key that is asked for is known; what is left in the end is not.

mod date;
mod number;
mod secret;
mod text;
mod word;

pub(crate) use number::float_of;
pub(crate) use text::{ExpressionText, Written};

use chrono_tz::Tz;
use latchwork_expr::Code;

use crate::date as dates;
use crate::desk::Desk;
use crate::document::{Content, Entry, Item, Table};
use crate::explain::{ExplainedRow, ExplainedSection};
use crate::place::Place;
use crate::problems;

/// Where a value came from that is not in the file.
pub(crate) const DEFAULT: &str = "default";

/// Reads the keys of one table.
pub(crate) struct Reader<'r, 'a> {
    /// What all readers share.
    pub(crate) desk: &'r mut Desk<'a>,
    /// The section, as it is named in the list of what comes later.
    section: &'static str,
    table: &'r Table,
    asked: Vec<&'static str>,
    rows: Vec<ExplainedRow>,
}

impl<'r, 'a> Reader<'r, 'a> {
    /// Begins to read a table of a section.
    pub(crate) const fn new(desk: &'r mut Desk<'a>, section: &'static str, table: &'r Table) -> Self {
        Self { desk, section, table, asked: Vec::new(), rows: Vec::new() }
    }

    /// Returns where the table is.
    pub(crate) const fn place(&self) -> Place {
        self.table.place
    }

    /// Ends the reading: keys that nobody asked for are problems. `header` is for the explanation.
    pub(crate) fn finish(mut self, header: &str) -> &'r mut Desk<'a> {
        let table = self.table;
        for entry in &table.entries {
            if !self.asked.contains(&&*entry.key) {
                self.unknown_key(entry);
            }
        }
        if let Some(explanation) = &mut self.desk.explanation {
            explanation.sections.push(ExplainedSection { header: header.to_owned(), rows: self.rows });
        }
        self.desk
    }

    /// Returns the value of a key.
    pub(crate) fn item(&mut self, key: &'static str) -> Option<&'r Item> {
        self.asked.push(key);
        self.table.entry(key).map(|entry| &entry.item)
    }

    /// Returns the tables of a list of tables.
    pub(crate) fn tables(&mut self, key: &'static str) -> Vec<&'r Table> {
        match self.item(key) {
            Some(item) => tables_of(item, key, &format!("[[{}.{key}]]", self.section), self.desk),
            None => Vec::new(),
        }
    }

    /// Returns the tables of a list of tables that stands at the top of the file.
    pub(crate) fn top_tables(&mut self, key: &'static str) -> Vec<&'r Table> {
        self.item(key).map(|item| tables_of(item, key, &format!("[[{key}]]"), self.desk)).unwrap_or_default()
    }

    /// Returns the table of a key, if it is given.
    pub(crate) fn table(&mut self, key: &'static str) -> Option<&'r Table> {
        let item = self.item(key)?;
        if let Content::Table(table) = &item.content {
            return Some(table);
        }
        self.wrong_type(key, item, "a table");
        None
    }

    /// Returns the texts of a list of texts, as they are written, and where they stand.
    pub(crate) fn texts(&mut self, key: &'static str) -> Vec<(&'r str, Place)> {
        let Some(item) = self.item(key) else { return Vec::new() };
        let Content::List(items) = &item.content else {
            self.wrong_type(key, item, "a list of strings");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items {
            if let Content::Text(text) = &item.content {
                texts.push((text.as_str(), item.place));
            } else {
                self.wrong_type(key, item, "a list of strings");
            }
        }
        texts
    }

    /// Adds a problem.
    pub(crate) fn problem(&mut self, code: Code, place: Place, message: impl Into<String>, hint: Option<String>) {
        self.desk.findings.add(code, place, message).hint_if(hint);
    }

    /// Adds the problem that a key that must be there is not.
    pub(crate) fn missing(&mut self, key: &str) {
        self.problem(problems::MISSING_KEY, self.place(), format!("`{key}` is missing"), None);
    }

    /// Tells whether a key is given. Asks for nothing: the key is not known by this.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.entry(key).is_some()
    }

    /// Returns where a key stands, if it is given.
    pub(crate) fn key_place(&self, key: &str) -> Option<Place> {
        self.table.entry(key).map(|entry| entry.key_place)
    }

    /// Returns where the value of the first of some keys stands that is given, else where the table is.
    pub(crate) fn value_place(&self, keys: &[&str]) -> Place {
        let entry = keys.iter().find_map(|key| self.table.entry(key));
        entry.map_or(self.table.place, |entry| entry.item.place)
    }

    /// Makes keys known whose values nothing can be said about.
    pub(crate) fn pass_over(&mut self, keys: &[&'static str]) {
        self.asked.extend(keys);
    }

    /// Makes keys known that have no place here: each that is given is a problem, which says what it
    /// `is_for`.
    pub(crate) fn refuse(&mut self, keys: &[&'static str], is_for: &str) {
        for &key in keys {
            self.asked.push(key);
            if let Some(entry) = self.table.entry(key) {
                self.problem(problems::MISPLACED_KEY, entry.key_place, format!("`{key}` is for {is_for}"), None);
            }
        }
    }

    /// Adds the problem that a value has another type than its key takes.
    pub(crate) fn wrong_type(&mut self, key: &str, item: &Item, expected: &str) {
        let message = format!("`{key}` is {}, expected {expected}", item.content.kind());
        let hint = unquoted(&item.content, expected);
        self.problem(problems::WRONG_TYPE, item.place, message, hint);
    }

    /// Notes the value of a key for the explanation: from the file if it has a place.
    pub(crate) fn explain(&mut self, key: &'static str, place: Option<Place>, value: impl FnOnce() -> String) {
        self.explain_from(key, place, DEFAULT, value);
    }

    /// Notes the value of a key for the explanation: from the file if it has a place, else from
    /// where `otherwise` says.
    pub(crate) fn explain_from(
        &mut self,
        key: &'static str,
        place: Option<Place>,
        otherwise: &str,
        value: impl FnOnce() -> String,
    ) {
        if self.desk.explanation.is_none() {
            return;
        }
        let (origin, is_given) =
            (place.map_or_else(|| otherwise.to_owned(), |place| self.line(place)), place.is_some());
        self.rows.push(ExplainedRow { key, value: value(), origin, is_given });
    }

    /// Adds to the explanation of a key what follows from its value.
    pub(crate) fn annotate(&mut self, key: &'static str, note: &str) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.key == key) {
            row.origin = format!("{}; {note}", row.origin);
        }
    }

    fn line(&self, place: Place) -> String {
        format!("{}:{}", self.desk.files[place.file.index()].name, self.desk.line(place))
    }

    /// Returns the keys of the section for a hint, if they are few.
    fn known_keys(&self) -> Option<String> {
        let mut keys = self.asked.clone();
        keys.sort_unstable();
        keys.dedup();
        (keys.len() <= KEYS_LISTED_MAX).then(|| format!("it has {}", keys.join(", ")))
    }

    fn unknown_key(&mut self, entry: &Entry) {
        let (section, key) = (self.section, &*entry.key);
        let hint = self.desk.suggest(key, self.asked.iter().copied()).or_else(|| self.known_keys());
        self.problem(problems::UNKNOWN_KEY, entry.key_place, format!("`{section}` has no key `{key}`"), hint);
    }
}

/// More keys than these are not listed in a hint.
const KEYS_LISTED_MAX: usize = 8;

/// Returns the tables of a list of tables, and complains about anything else in it; `header` is how
/// such a table begins.
pub(crate) fn tables_of<'a>(item: &'a Item, key: &str, header: &str, desk: &mut Desk<'_>) -> Vec<&'a Table> {
    check_tables(item, key, header, desk);
    let Content::List(items) = &item.content else { return Vec::new() };
    let table = |item: &'a Item| if let Content::Table(table) = &item.content { Some(table) } else { None };
    items.iter().filter_map(table).collect()
}

/// The same for tables that nobody else looks at: each is there only until the next is asked for.
pub(crate) fn into_tables(
    item: Item,
    key: &str,
    header: &str,
    desk: &mut Desk<'_>,
) -> impl Iterator<Item = Table> + use<> {
    check_tables(&item, key, header, desk);
    let items = if let Content::List(items) = item.content { items } else { Vec::new() };
    items.into_iter().filter_map(|item| if let Content::Table(table) = item.content { Some(table) } else { None })
}

/// Complains about anything that is no list of tables.
fn check_tables(item: &Item, key: &str, header: &str, desk: &mut Desk<'_>) {
    let Content::List(items) = &item.content else {
        let message = format!("`{key}` is {}, expected a list of tables", item.content.kind());
        desk.findings.add(problems::WRONG_TYPE, item.place, message).hint(format!("write `{header}`"));
        return;
    };
    for item in items.iter().filter(|item| !matches!(item.content, Content::Table(_))) {
        let message = format!("`{key}` has {}, expected tables only", item.content.kind());
        desk.findings.add(problems::WRONG_TYPE, item.place, message);
    }
}

/// Returns the hint for a number, truth value or date in quotes.
fn unquoted(content: &Content, expected: &str) -> Option<String> {
    let Content::Text(text) = content else { return None };
    let number = text.parse::<f64>().is_ok() && expected.contains("number");
    let truth = matches!(text.as_str(), "true" | "false") && expected.contains("true");
    let date = expected == "a date" && dates::instant(text, Tz::UTC).is_some();
    (number || truth || date).then(|| format!("write `{text}` without quotes"))
}
